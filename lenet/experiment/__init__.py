"""Something is done to a drawing, or to the network, and one sees what becomes of the answer."""

from lenet.experiment.conditions import Conditions
from lenet.experiment.learning import Learning, at_moment, over_training
from lenet.experiment.smallest import smallest_change, smallest_change_of_pixels
from lenet.experiment.vary import Range, blend, vary

__all__ = [
    "Conditions",
    "Learning",
    "Range",
    "at_moment",
    "blend",
    "over_training",
    "smallest_change",
    "smallest_change_of_pixels",
    "vary",
]
