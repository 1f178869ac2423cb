"""The version of the collector, which every file names."""

__version__ = "0.1.0"
