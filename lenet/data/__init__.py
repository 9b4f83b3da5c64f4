"""The digits, and drawings that are none: downloaded, verified and read."""

from lenet.data.digits import PenDigit, mnist, pendigits, unipen_characters
from lenet.data.download import SOURCES, DataError, fetch

__all__ = ["SOURCES", "DataError", "PenDigit", "fetch", "mnist", "pendigits", "unipen_characters"]
