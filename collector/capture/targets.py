"""What the samples of a probe are to give: class numbers where there is one for each, other numbers else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from collector.capture.wording import listed
from collector.storage.probe import MOST_TARGETS


@dataclass(frozen=True, eq=False)
class Targets:
    """What is known of it.

    Attributes:
        classes: class numbers int64 ``[N]``; None where there are none.
        values: float32 or int64 ``[N, …]``, where it is something else than class numbers, or may be; None else.
        told: a sentence on what cannot be kept; empty where all is.
    """

    classes: np.ndarray | None = None
    values: np.ndarray | None = None
    told: str = ""

    def first(self, n: int) -> "Targets":
        """Those of the first samples."""
        classes, values = self.classes, self.values
        return replace(
            self, classes=None if classes is None else classes[:n], values=None if values is None else values[:n]
        )

    @property
    def shape(self) -> tuple[int, ...] | None:
        """Of the values; None where there are none."""
        return None if self.values is None else self.values.shape

    @property
    def are_whole(self) -> bool:
        """Whether the values are whole numbers."""
        return self.values is not None and self.values.dtype.kind in "iu"

    @property
    def kept(self) -> np.ndarray | None:
        """The values of as many first samples as a file takes."""
        if self.values is None or self.values.size <= MOST_TARGETS:
            return self.values
        return self.values[: max(1, MOST_TARGETS * len(self.values) // self.values.size)]


CLASSES = ("labels", "label", "classes", "class", "y")
"""Under these names targets by name have class numbers."""


def of_names(found: Mapping[str, Targets], others: Sequence[str] = ()) -> Targets:
    """Of several targets those with class numbers and one other, as a file has a place for.

    Args:
        others: names of what is no target for each sample.
    """
    classes = [name for name, each in found.items() if each.values is None]
    named = next((name for name in classes if name.rpartition(".")[2] in CLASSES), next(iter(classes), ""))
    values = [name for name in found if name not in classes]
    kept = [name for name in (named, *values[:1]) if name]
    left = [name for name in (*found, *others) if name not in kept]
    told = f"Of the probe's targets the file holds {' and '.join(kept)}; not in it: {listed(left, 8)}."
    own = found[values[0]] if values else Targets()
    return replace(own, classes=found[named].classes if named else own.classes, told=told if left else "")


def targets_of(given: np.ndarray, n_samples: int) -> Targets:
    """What numbers ``[N, …]`` stand for.

    Whole numbers ``[N]`` are classes, and so are zeros and ones ``[N]`` or ``[N, 1]`` of any type and rows ``[N, K]``
    of which each has one 1 among zeros, which may just as well be values. All else is values.

    Raises:
        ValueError: they are no numbers, or not of so many samples; the text goes on from "the labels".
    """
    if given.dtype.kind not in "iubf":
        raise ValueError(f"are of type {given.dtype}")
    if given.ndim < 1 or len(given) != n_samples:
        raise ValueError(f"have shape {given.shape}")
    values = given.astype(np.float32 if given.dtype.kind == "f" else np.int64)
    row = values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
    if row.ndim == 1 and given.dtype.kind != "f":
        return Targets(row.astype(np.int64), None if row is values else values)
    if row.ndim == 1 and np.isin(row, (0, 1)).all():
        return Targets(row.astype(np.int64), values)
    is_one_hot = values.ndim == 2 and np.isin(values, (0, 1)).all() and (values.sum(1) == 1).all()
    return Targets(values.argmax(1).astype(np.int64) if is_one_hot else None, values)
