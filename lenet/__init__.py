"""LeNet-5 as published in 1998: `load` the network, `classify` a drawing, `vary` and `blend` drawings."""

from lenet.checkpoint import load
from lenet.experiment import Conditions, blend, smallest_change, smallest_change_of_pixels, vary
from lenet.model import LeNet5
from lenet.prediction import Prediction, classify

__version__ = "0.1.0"
__all__ = [
    "Conditions",
    "LeNet5",
    "Prediction",
    "blend",
    "classify",
    "load",
    "smallest_change",
    "smallest_change_of_pixels",
    "vary",
]
