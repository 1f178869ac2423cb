"""Clocks by which two runs are laid over each other: where a step of one lies on the other."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from collector.findings.recording import Recording
from collector.storage.reader import Collection

Clock = Literal["step", "epoch", "samples", "seconds", "loss"]
CLOCKS: tuple[Clock, ...] = ("step", "epoch", "samples", "seconds", "loss")

_SMOOTHED = 9
"""Steps whose median is the loss that the clock of that name goes by."""


class ClockError(ValueError):
    """A run does not tell what a clock goes by; in words."""


@dataclass(frozen=True)
class Aligned:
    """Steps of A and what lies next to each in B.

    Attributes:
        a, b: steps, int ``[R]``.
        is_exact: whether B has a value at just that place of the clock, bool ``[R]``.
    """

    a: np.ndarray
    b: np.ndarray
    is_exact: np.ndarray

    @property
    def exact(self) -> tuple[np.ndarray, np.ndarray]:
        """Only the steps that lie on one another: of A and of B, int ``[E]`` each."""
        return self.a[self.is_exact], self.b[self.is_exact]


class Alignment:
    """Two runs on one clock.

    Args:
        clock: what they are aligned by. ``loss``: where each first came down to the same loss.
        offset: what lies at ``x`` on the clock of A is compared with ``x + offset`` on that of B.

    Raises:
        ClockError: a run does not tell what the clock goes by.
    """

    def __init__(self, a: Collection, b: Collection, clock: Clock = "step", offset: float = 0) -> None:
        if clock == "loss" and offset:
            raise ClockError("the clock of losses has no offset")
        self.clock, self.offset = clock, offset
        self._a, self._b = _Clock(a, clock), _Clock(b, clock)

    def of(self, steps_a: np.ndarray, steps_b: np.ndarray) -> Aligned:
        """What lies next to each of A's steps ``[R]`` among B's ``[Q]``, both rising; nothing where B has none.

        What lies beyond the ends of B by more than its last distance is left out.
        """
        if not len(steps_a) or not len(steps_b):
            return Aligned(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, bool))
        places_a, places_b = self._a.places(steps_a) + self.offset, self._b.places(steps_b)
        if len(places_b) == 1:
            nearest = np.zeros(len(places_a), np.int64)
        else:
            right = np.clip(np.searchsorted(places_b, places_a), 1, len(places_b) - 1)
            is_left = places_a - places_b[right - 1] <= places_b[right] - places_a
            nearest = np.where(is_left, right - 1, right)
        distance = np.abs(places_b[nearest] - places_a)
        is_exact = distance <= 1e-9 * np.maximum(1, np.abs(places_a))
        gap = np.diff(places_b).max(initial=0)
        inside = np.isfinite(distance) & ((distance <= gap) | is_exact)
        return Aligned(
            np.asarray(steps_a, np.int64)[inside], np.asarray(steps_b, np.int64)[nearest][inside], is_exact[inside]
        )

    def on_a(self, steps: np.ndarray, last: int) -> np.ndarray:
        """Where steps of B ``[R]`` lie among those of A up to ``last``, float64 ``[R]``; NaN beyond its ends."""
        own = np.arange(last + 1)
        places = self._a.places(own) + self.offset
        known = np.isfinite(places)
        if not known.any():
            return np.full(len(steps), np.nan)
        return np.interp(self._b.places(steps), places[known], own[known].astype(float), left=np.nan, right=np.nan)

    @property
    def turned(self) -> "Alignment":
        """The same with B in A's place."""
        other = copy(self)
        other.offset, other._a, other._b = -self.offset, self._b, self._a
        return other


class _Clock:
    """Step → place on the clock of a run."""

    def __init__(self, collection: Collection, clock: Clock) -> None:
        self._collection = collection
        ways: dict[Clock, Callable[[], Callable[[np.ndarray], np.ndarray]]] = {
            "step": lambda: lambda steps: np.asarray(steps, float),
            "epoch": self._epochs,
            "samples": self._samples,
            "seconds": self._seconds,
            "loss": self._losses,
        }
        self.places = ways[clock]()

    @cached_property
    def _name(self) -> str:
        return str(self._collection.path)

    def _epochs(self) -> Callable[[np.ndarray], np.ndarray]:
        ends = [0, *(each.step for each in self._collection.epochs)]
        per_epoch = self._collection.run.steps_per_epoch
        if per_epoch:
            return lambda steps: np.asarray(steps, float) / per_epoch
        if len(ends) < 2:
            raise ClockError(f"{self._name} tells no epochs")
        last = ends[-1] - ends[-2]
        return lambda steps: np.interp(steps, [*ends, ends[-1] + last], np.arange(len(ends) + 1))

    def _samples(self) -> Callable[[np.ndarray], np.ndarray]:
        series = self._collection.series
        if "batch_samples/total" in series:
            own, counts = series.recorded("batch_samples/total")
            if len(own) == 0 or len(own) != own[-1] - own[0] + 1:  # not of each step
                return lambda steps: np.asarray(steps, float) * float(np.median(counts))
            sums = np.concatenate([[0.0], np.cumsum(counts)])
            return lambda steps: np.interp(steps, [*own, own[-1] + 1], sums)
        size = self._collection.run.options.get("batch_size")
        if isinstance(size, int) and size > 0:
            return lambda steps: np.asarray(steps, float) * size
        raise ClockError(f"{self._name} does not tell how many samples a step has")

    def _seconds(self) -> Callable[[np.ndarray], np.ndarray]:
        steps, seconds = self._collection.passes.steps, self._collection.passes.seconds
        if len(steps) < 2:
            raise ClockError(f"{self._name} has no two passes whose times could be told")
        return lambda wanted: np.interp(wanted, steps, seconds, right=np.nan)

    def _losses(self) -> Callable[[np.ndarray], np.ndarray]:
        steps, values = Recording(self._collection).loss
        is_there = np.isfinite(values)
        if not is_there.any():
            raise ClockError(f"{self._name} has no loss")
        steps, best = steps[is_there], np.minimum.accumulate(_medians(values[is_there]))
        return lambda wanted: -best[np.clip(np.searchsorted(steps, wanted, side="right") - 1, 0, None)]


def _medians(values: np.ndarray) -> np.ndarray:
    """Of each value and those before it, so that one lucky batch is not taken for progress."""
    padded = np.concatenate([np.full(_SMOOTHED - 1, np.nan), values])
    windows = np.lib.stride_tricks.sliding_window_view(padded, _SMOOTHED)
    medians: np.ndarray = np.nanmedian(windows, axis=1)
    return medians
