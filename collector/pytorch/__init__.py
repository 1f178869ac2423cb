"""Hooks for PyTorch."""

from collector.pytorch.collector import Collector

__all__ = ["Collector"]
