"""Which of the metrics that Lightning holds belong to the epoch that ends."""

from collections.abc import Mapping
from typing import Any

from collector.pytorch.epoch_results import results


class ValidationMetrics:
    """Lightning keeps a metric until it comes anew: an epoch without validation would show the one before."""

    def __init__(self) -> None:
        self._before: set[str] = set()
        self._names: set[str] = set()
        self._is_new = False

    def begin(self, metrics: Mapping[str, Any]) -> None:
        """A validation begins."""
        self._before = set(metrics)

    def end(self, metrics: Mapping[str, Any]) -> None:
        """It has ended: what it added is its own."""
        self._names |= set(metrics) - self._before
        self._is_new = True

    def results(self, metrics: Mapping[str, Any]) -> dict[str, float]:
        """The results of the epoch that ends; ``name_step`` and ``name_epoch`` are told once, as ``name``."""
        stale = set() if self._is_new else self._names
        self._is_new = False
        twice = {f"{name}{ending}" for name in metrics for ending in ("_step", "_epoch")}
        return results({name: value for name, value in metrics.items() if name not in stale | twice})
