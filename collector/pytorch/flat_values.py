"""All values of a small model's tensors in one vector: few calls for all, where many for each would cost more.

Behind a forward and a backward pass the caches hold other things, so that a call of torch or NumPy takes 3 to 5 µs
whatever it does: of the 8 parameters of an MLP the norms alone were 200 µs a step.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from collector.metrics.flat_layout import WORD
from collector.metrics.norms import Sizes, is_safe, joined, norm
from collector.metrics.not_finite import not_finite

MOST_VALUES = 2**20
"""Of larger models the values themselves cost more than the calls."""

_ROW = 2**10
"""So many products are added in float32, and all else in float64."""


def can_be_flat(tensors: Sequence[Tensor]) -> bool:
    """Whether tensors are few values of float32 in this machine's memory, and none is empty."""
    are_plain = all(each.is_cpu and each.dtype is torch.float32 and each.layout is torch.strided for each in tensors)
    return are_plain and all(each.numel() for each in tensors) and sum(map(Tensor.numel, tensors)) <= MOST_VALUES


class FlatValues:
    """Copies of the values of some tensors, each beginning in a row of its own, with zeros behind its last one.

    Args:
        like: tensors of the shapes that are taken.

    Attributes:
        arrays: the values of each tensor, in its shape.
    """

    def __init__(self, like: Sequence[Tensor]) -> None:
        n_rows = np.array([-(-each.numel() // _ROW) for each in like])
        self.starts = np.cumsum(n_rows) - n_rows
        self._vector = torch.zeros(int(n_rows.sum()) * _ROW)
        first = (self.starts * _ROW).tolist()
        self._parts = [
            self._vector[start : start + each.numel()].view(each.shape) for start, each in zip(first, like, strict=True)
        ]
        self.arrays = [part.numpy() for part in self._parts]
        self._rows = self._vector.numpy().reshape(-1, _ROW)
        self._words = self._rows.reshape(-1, WORD)

    def take(self, tensors: Sequence[Tensor | None]) -> None:
        """Copy the values; of what is not there they are 0."""
        into, values = [], []
        with torch.no_grad():
            for part, each in zip(self._parts, tensors, strict=True):
                if each is None:
                    part.zero_()
                else:
                    into.append(part)
                    values.append(each)
            if values:
                torch._foreach_copy_(into, values)

    def become_change(self, after: "FlatValues") -> None:
        """Let each value be its change to the one ``after``."""
        np.subtract(after._rows, self._rows, out=self._rows)

    def norms(self) -> np.ndarray:
        """‖x‖₂ of each tensor, float64 ``[P]``; see `collector.metrics.norms.norm`.

        Of values whose squares overflow NumPy warns, if it is let.
        """
        totals = np.add.reduceat(np.vecdot(self._rows, self._rows), self.starts, dtype=np.float64)
        found: np.ndarray = np.sqrt(totals)
        are_safe = is_safe(totals, self._rows.dtype)
        if not are_safe.all():
            for number in np.flatnonzero(~are_safe).tolist():
                found[number] = norm(self.arrays[number])
        return found

    def sizes(self, norms: np.ndarray | None = None) -> Sizes:
        """The norms, and how many values are not finite."""
        norms = self.norms() if norms is None else norms
        counts = np.zeros(len(norms), np.int64)
        if not np.isfinite(norms).all():
            for number in np.flatnonzero(~np.isfinite(norms)).tolist():
                counts[number] = not_finite(self.arrays[number]).sum()
        return Sizes(norms, counts)

    def draw(self, words: np.ndarray, into: np.ndarray) -> None:
        """Some of the words of `WORD` values, which `words_of` numbers, ``[W, 64]``."""
        self._words.take(words, 0, into, "clip")

    def words_of(self, numbers: Sequence[np.ndarray]) -> np.ndarray:
        """Which words the values of these numbers of each tensor lie in, int ``[W]``."""
        first = self.starts * (_ROW // WORD)
        return np.concatenate([start + own[::WORD] // WORD for start, own in zip(first, numbers, strict=True)])


class Drawn:
    """The counted values of each tensor, where they were drawn, in memory that is used again.

    Args:
        numbers: of each tensor, those of its values that are counted: whole words, the last of which may end early.
    """

    def __init__(self, like: FlatValues, numbers: Sequence[np.ndarray]) -> None:
        self._words = like.words_of(numbers)
        self._values = np.zeros((len(self._words), WORD), np.float32)
        n_words = np.array([-(-len(own) // WORD) for own in numbers])
        first = ((np.cumsum(n_words) - n_words) * WORD).tolist()
        flat = self._values.reshape(-1)
        self._arrays = [flat[start : start + len(own)] for start, own in zip(first, numbers, strict=True)]

    def of(self, values: FlatValues) -> list[np.ndarray]:
        """Those of all tensors, each flat."""
        values.draw(self._words, self._values)
        return self._arrays


class GradientNorms:
    """The norms of all gradients of a step, made once for all who ask, as long as nobody has written to them.

    Args:
        parameters: whose gradients they are, in the order of the norms.
    """

    def __init__(self, parameters: Sequence[Tensor]) -> None:
        self.values = FlatValues(parameters)
        self._parameters = set(parameters)
        self._order = list(parameters)
        self._of: dict[int, tuple[Tensor, int]] = {}
        self._norms = np.zeros(len(parameters))

    def forget(self) -> None:
        """The step is over, and its gradients may go."""
        self._of = {}

    def of(self, gradients: Sequence[Tensor | None]) -> np.ndarray | None:
        """‖g‖ of each, float64 ``[P]``, 0 where there is none; None where one of them is no plain tensor."""
        own = [each for each in gradients if each is not None]
        if not (self._of and len(own) == len(self._of) and self.knows(own)):
            if not all(each.dtype is torch.float32 and each.layout is torch.strided and each.is_cpu for each in own):
                return None
            self.values.take(gradients)
            self._norms = self.values.norms()
            self._of = {id(each): (each, each._version) for each in own}
        return self._norms

    def together(self, parameters: Sequence[Tensor]) -> float | None:
        """‖g‖ of the gradients that these parameters have, all together; None where others than ours are asked for."""
        if len(parameters) != len(self._order) or self._parameters != set(parameters):
            return None
        with np.errstate(all="ignore"):
            norms = self.of([each.grad for each in self._order])
        return None if norms is None else joined(norms.tolist())

    def knows(self, gradients: Sequence[Tensor | None]) -> bool:
        """Whether the norms are those of these gradients as they are now, among others."""
        known = self._of
        return bool(known) and all(
            (found := known.get(id(each))) is not None and found[1] == each._version
            for each in gradients
            if each is not None
        )

    def are_finite(self, gradients: Sequence[Tensor | None]) -> bool:
        """Whether it is known of these gradients that all values are finite."""
        return self.knows(gradients) and bool(np.isfinite(self._norms).all())


class FlatWeights:
    """The weights around the update of a step, and how large they and their change are.

    Args:
        parameters: in the order of the norms.
    """

    def __init__(self, parameters: Sequence[Tensor]) -> None:
        self._before, self._after = FlatValues(parameters), FlatValues(parameters)

    def before(self, weights: Sequence[Tensor]) -> FlatValues:
        """The weights before an update. They are taken each time: no version tells of what ``.data`` has changed."""
        self._before.take(weights)
        return self._before

    def after(self, weights: Sequence[Tensor]) -> tuple[FlatValues, Sizes]:
        """The weights behind the update, and the sizes of their changes."""
        self._after.take(weights)
        self._before.become_change(self._after)
        return self._after, self._before.sizes()
