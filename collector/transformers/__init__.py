"""A callback for the Trainer of Hugging Face: ``pip install 'strobe-collector[transformers]'``."""

from importlib.util import find_spec

if find_spec("transformers") is None or find_spec("accelerate") is None:
    raise ImportError("collector.transformers needs the Trainer of Hugging Face: pip install 'transformers[torch]'")

from collector.transformers.callback import CollectorCallback

__all__ = ["CollectorCallback"]
