"""The page under the name that its wheel installs it by, in a checkout too, where its folder is demo/."""

from demo import __path__  # noqa: F401 - this package's modules are demo's
