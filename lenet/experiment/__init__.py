"""Something is done to a drawing, or to the network, and one sees what becomes of the answer."""

from lenet.experiment.conditions import Conditions
from lenet.experiment.vary import Range, blend, vary

__all__ = ["Conditions", "Range", "blend", "vary"]
