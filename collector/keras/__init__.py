"""A callback for Keras."""

from collector.keras.collector import KerasCollector

__all__ = ["KerasCollector"]
