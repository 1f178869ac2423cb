"""A callback for Lightning: ``pip install 'strobe-collector[lightning]'``."""

from importlib.util import find_spec

if find_spec("lightning") is None and find_spec("pytorch_lightning") is None:
    raise ImportError("collector.lightning needs Lightning: pip install lightning")

from collector.lightning.callback import CollectorCallback

__all__ = ["CollectorCallback"]
