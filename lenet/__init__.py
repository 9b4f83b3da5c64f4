"""LeNet-5 as published in 1998: `load` the network, `classify` a drawing."""

from lenet.checkpoint import load
from lenet.model import LeNet5
from lenet.prediction import Prediction, classify

__version__ = "0.1.0"
__all__ = ["LeNet5", "Prediction", "classify", "load"]
