"""LeNet-5 as published in 1998: `load` the network, `classify` a drawing, `vary` and `blend` drawings, and
see what it made of them `over_training`."""

from lenet.checkpoint import load
from lenet.experiment import (
    Conditions,
    blend,
    over_training,
    smallest_change,
    smallest_change_of_pixels,
    vary,
)
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
    "over_training",
    "smallest_change",
    "smallest_change_of_pixels",
    "vary",
]
