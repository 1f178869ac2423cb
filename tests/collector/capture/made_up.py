"""A run log that remembers what it is told, and a network whose outputs are known."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from collector.capture.compared_layers import Outputs, Wanted


class Log:
    """As much of a `RunLog` as what is recorded beside the steps needs."""

    def __init__(self) -> None:
        self.steps_taken, self.epoch, self.is_open = 0, 0, True
        self.records: list[Any] = []
        self.notes: list[str] = []
        self.asked: list[str] = []
        self.entered: list[str] = []
        self.affords_more = True
        self.holds = lambda kind: False
        self.note: Callable[[str], None] = self.notes.append
        self.add: Callable[[Any], None] = self.records.append
        self.overhead = self
        self.of = self._entered

    def affords(self, kind: str) -> bool:
        self.asked.append(kind)
        return self.affords_more

    def guard(self, what: str) -> Any:
        return self._entered(what)

    @contextmanager
    def _entered(self, what: str) -> Iterator[None]:
        self.entered.append(what)
        yield

    @property
    def steps(self) -> list[int]:
        """The steps of the records."""
        return [each.step for each in self.records]


def outputs_of(layers: dict[str, np.ndarray]) -> Outputs:
    """A network that gives these outputs ``[N, D]``, of which what is wanted is taken."""

    def outputs(wanted: Wanted) -> dict[str, np.ndarray]:
        found = {}
        for name, features in wanted.items():
            if name in layers:
                found[name] = layers[name] if features is None else layers[name][:, features]
        return found

    return outputs
