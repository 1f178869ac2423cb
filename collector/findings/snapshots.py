"""What rules need of the passes: outputs at once, and of single layers what is asked for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from collector.storage.errors import CollectionError
from collector.storage.reader import Collection
from collector.storage.snapshot import LayerArrays, Pass

MOST_PASSES = 60
MOST_BYTES = 2**28
"""Of a large recording only so much is read: the first two passes, the last, and evenly spread ones between."""

MOST_REMOTE_BYTES = 2**23
"""The same where it comes over a network; three passes all the same."""

_OF_ALL = ("states", "")


class JudgingStopped(BaseException):
    """Nobody waits any more for what rules say."""


@dataclass(frozen=True)
class Snapshot:
    """A pass. What is asked of its layers is read from the file, and kept as a figure.

    Attributes:
        step: of the pass.
        logits: ``[N, K]``; None where they were not recorded.
    """

    step: int
    logits: np.ndarray | None
    _again: Callable[[], Pass]
    _known: dict[tuple[str, str], Any] = field(default_factory=dict)

    def spreads(self, layers: Iterable[str]) -> dict[str, float]:
        """Standard deviation of a layer's activations over the probe, mean over the kept units; where it has any."""
        return self._of("spread", layers, _spread)

    def ranks(self, layers: Iterable[str]) -> dict[str, float]:
        """How many directions a layer's activations fill, see `effective_rank`; where it has any."""
        return self._of("rank", layers, _rank)

    def alike(self, layers: Iterable[str]) -> list[str]:
        """Those layers of which all kept units have the same weights, or weights of zero."""
        return [name for name, are_alike in self._of("alike", layers, _are_alike).items() if are_alike]

    def states(self, layer: str) -> np.ndarray | None:
        """Which of all units of the layer are dead, or saturated, bool ``[units]``; None where that is not known."""
        if _OF_ALL not in self._known:
            try:
                self._known[_OF_ALL] = self._again().unit_states
            except CollectionError:  # a damaged array says nothing
                self._known[_OF_ALL] = {}
        found: np.ndarray | None = self._known[_OF_ALL].get(layer)
        return found

    def _of(self, what: str, layers: Iterable[str], measure: Callable[[LayerArrays], Any]) -> dict[str, Any]:
        wanted = list(layers)
        if missing := [name for name in wanted if (what, name) not in self._known]:
            one = self._again()
            for name in missing:
                self._known[what, name] = _or_nothing(measure, one.layers.get(name))
        found = {name: self._known[what, name] for name in wanted}
        return {name: figure for name, figure in found.items() if figure is not None}


class Snapshots:
    """The passes that rules look at: few of many, and mostly the same ones when the recording has grown."""

    def __init__(self) -> None:
        self._read: dict[int, Snapshot | None] = {}

    def of(self, collection: Collection, check: Callable[[], object] = lambda: None) -> list[Snapshot]:
        """In order; a damaged pass is passed over, as is a damaged array of one.

        Args:
            check: is called before each pass that is read, and raises where nobody waits for it any more.
        """
        self._read = {
            number: self._read[number] if number in self._read else _snapshot(collection, number, check)
            for number in chosen(collection)
        }
        return [each for each in self._read.values() if each is not None]


def chosen(collection: Collection) -> list[int]:
    """Numbers of the passes that are read: the first two, the last, and each 2ᵏ-th."""
    n = len(collection.passes)
    total = sum(collection.passes.n_bytes(number) for number in range(n))
    most = min(MOST_PASSES, max(3, int(n * _most_bytes(collection) / max(total, 1))))
    stride = 1
    while n > most * stride:
        stride *= 2
    return sorted({*range(0, n, stride), *range(min(n, 2)), *range(max(n - 1, 0), n)})


def left_out(collection: Collection) -> list[str]:
    """What is not looked at only because it would have to come over a network, in words."""
    n, n_chosen = len(collection.passes), len(chosen(collection))
    told = []
    if collection.is_remote and n_chosen < min(n, MOST_PASSES):
        told.append(
            f"It lies elsewhere: of its {n:,} passes {n_chosen} were looked at. What only passes show may have begun "
            "earlier, or have come and gone between them."
        )
    if collection.unread:
        told.append(f"Its last {collection.unread:,} bytes were not looked through yet.")
    return told


def _most_bytes(collection: Collection) -> int:
    return MOST_REMOTE_BYTES if collection.is_remote else MOST_BYTES


def _snapshot(collection: Collection, number: int, check: Callable[[], object]) -> Snapshot | None:
    def read() -> Pass:
        check()
        return collection.passes[number]

    try:
        one = read()
    except CollectionError:  # it is told of elsewhere, and what can be read says enough
        return None
    return Snapshot(one.step, one.logits, read)


def _or_nothing(measure: Callable[[LayerArrays], Any], arrays: LayerArrays | None) -> Any:
    try:
        return None if arrays is None else measure(arrays)
    except CollectionError:
        return None


def _spread(arrays: LayerArrays) -> float | None:
    activation = arrays.activation
    if activation is None or len(activation) < 2:
        return None
    with np.errstate(invalid="ignore", over="ignore"):
        return float(np.mean(np.std(activation.astype(float), axis=0)))


def _rank(arrays: LayerArrays) -> float | None:
    activation = arrays.activation
    return None if activation is None or len(activation) < 2 else effective_rank(activation)


def _are_alike(arrays: LayerArrays) -> bool:
    weight = arrays.weight
    if weight is None or weight.ndim < 2 or len(weight) < 2:
        return False
    rows = weight.reshape(len(weight), -1).astype(float)
    with np.errstate(invalid="ignore", over="ignore"):
        return bool(np.abs(rows - rows[0]).max(initial=0.0) <= 1e-6 * np.abs(rows).max(initial=0.0))


def effective_rank(activation: np.ndarray) -> float:
    """How many directions the rows fill: (Σλ)² ÷ Σλ² of the eigenvalues λ of their covariance; NaN where none differ.

    Args:
        activation: ``[N, U]``.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        values = activation.astype(float)
        centred = values - values.mean(axis=0)
        gram = centred @ centred.T if len(centred) <= centred.shape[1] else centred.T @ centred
        total, squares = np.trace(gram), np.square(gram).sum()
    return float(total**2 / squares) if squares > 0 and np.isfinite(squares) else float("nan")
