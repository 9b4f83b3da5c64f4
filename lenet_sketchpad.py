"""The page under the name that its wheel installs it by, in a checkout too, where its folder is demo/."""

from demo import __path__  # noqa: F401 - it makes this module a package with demo's modules
