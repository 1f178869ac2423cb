"""What rules need of the passes, taken from each in one reading."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from collector.storage.errors import CollectionError
from collector.storage.layer import Layer
from collector.storage.reader import Collection
from collector.storage.snapshot import Pass

MOST_PASSES = 60
MOST_BYTES = 2**28
"""Of a large recording only so much is read: the first two passes, the last, and evenly spread ones between."""

_ALIKE = 0.999


@dataclass(frozen=True)
class Snapshot:
    """A pass in a few figures.

    Attributes:
        step: of the pass.
        logits: ``[N, K]``; None where they were not recorded.
        spread: layer → standard deviation of its activations over the probe, mean over the kept units.
        rank: layer → how many directions its activations fill: (Σλ)² ÷ Σλ² of the eigenvalues of their covariance.
        alike: layers of which all kept units have the same weights, or weights of zero.
        without_gradient: stage → which of its kept units have a weight gradient of exactly zero, bool ``[U]``.
    """

    step: int
    logits: np.ndarray | None
    spread: Mapping[str, float]
    rank: Mapping[str, float]
    alike: frozenset[str]
    without_gradient: Mapping[str, np.ndarray]


def snapshots(collection: Collection) -> list[Snapshot]:
    """Of the passes that are read, in order; damaged ones are passed over."""
    return list(_read(collection))


def chosen(collection: Collection) -> list[int]:
    """Numbers of the passes that are read."""
    n = len(collection.passes)
    total = sum(collection.passes.n_bytes(number) for number in range(n))
    most = min(n, MOST_PASSES, max(3, int(n * MOST_BYTES / max(total, 1))))
    spread = np.linspace(0, n - 1, most).round().astype(int).tolist() if n else []
    return sorted({*spread, *range(min(n, 2))})


def _read(collection: Collection) -> Iterator[Snapshot]:
    for number in chosen(collection):
        try:
            one = collection.passes[number]
            yield snapshot(one, collection.layers)
        except CollectionError:  # it is told of elsewhere, and what can be read says enough
            continue


def snapshot(one: Pass, layers: Mapping[str, Layer]) -> Snapshot:
    """The figures of a pass."""
    spread: dict[str, float] = {}
    rank: dict[str, float] = {}
    gradients: dict[str, np.ndarray] = {}
    alike = set()
    for name, arrays in one.layers.items():
        if (activation := arrays.activation) is not None and len(activation) > 1:
            spread[name] = float(np.mean(np.std(activation.astype(float), axis=0)))
            rank[name] = effective_rank(activation)
        if (weight := arrays.weight) is not None and weight.ndim > 1 and len(weight) > 1:
            rows = weight.reshape(len(weight), -1).astype(float)
            largest = np.abs(rows).max(initial=0.0)
            if np.abs(rows - rows[0]).max(initial=0.0) <= 1e-6 * largest:
                alike.add(name)
        if (gradient := arrays.weight_gradient) is not None and gradient.ndim > 1:
            gradients[name] = np.asarray(~gradient.reshape(len(gradient), -1).any(axis=1))
    return Snapshot(one.step, one.logits, spread, rank, frozenset(alike), gradients)


def effective_rank(activation: np.ndarray) -> float:
    """How many directions the rows fill: (Σλ)² ÷ Σλ² of the eigenvalues λ of their covariance; NaN where none differ.

    Args:
        activation: ``[N, U]``.
    """
    centred = activation.astype(float) - activation.astype(float).mean(axis=0)
    gram = centred @ centred.T if len(centred) <= centred.shape[1] else centred.T @ centred
    total, squares = np.trace(gram), np.square(gram).sum()
    return float(total**2 / squares) if squares > 0 and np.isfinite(squares) else float("nan")
