"""The version of the package, read by the build and by ``trailstats --version``."""

__version__ = "0.2.0"
