"""A callback for Keras."""

from collector.keras.backend import check_backend

check_backend()  # in words, before TensorFlow is imported, which may not be there

from collector.keras.collector import KerasCollector  # noqa: E402

__all__ = ["KerasCollector"]
