"""Moving averages with a memory of about ten steps: m ← 0.9 m + 0.1 x."""

from collections.abc import Mapping, Sequence

import numpy as np

from collector.metrics.flat_layout import WORD, Chunk, FlatLayout

_DECAY, _REST = 0.9, 0.1


class MovingAverages:
    """The averages of the gradients, and how those of the weights change.

    The change of an average is the average of the changes.

    Args:
        layout: where the parameters lie.
    """

    def __init__(self, layout: FlatLayout) -> None:
        self._begun = np.zeros(len(layout.sizes), bool)
        self._mean = np.zeros(layout.length, layout.dtype)
        self._mean_change = np.zeros(layout.length, layout.dtype)
        self._aged = np.empty(layout.longest, layout.dtype)
        self._means = np.empty(layout.largest, layout.dtype)
        self._changes = np.empty(layout.largest, layout.dtype)
        self._decay, self._rest = (layout.dtype.type(each) for each in (_DECAY, _REST))

    def begin(self, has_gradient: np.ndarray, follows: np.ndarray) -> np.ndarray:
        """Go on to `S` steps: which averages there were before each of them, bool ``[S, P]``.

        Args:
            has_gradient: bool ``[S, P]``.
            follows: bool ``[S]``, whether the step before was taken too; if not, all begin anew.
        """
        begun = np.empty_like(has_gradient)
        for row, has, is_next in zip(begun, has_gradient, follows, strict=True):
            self._begun &= is_next
            row[:] = self._begun
            self._begun |= has
        return begun

    def of_values(self, values: np.ndarray, has_gradient: np.ndarray, begun: np.ndarray, chunk: Chunk) -> np.ndarray:
        """The averages at `S` steps: where a parameter has no gradient, the average stays what it was.

        Args:
            values: ``[S, D]`` of the chunk.
            has_gradient: bool ``[S, P]``.
            begun: bool ``[S, P]``, what `begin` said; an average begins with its first value.
        """
        means: np.ndarray = np.multiply(values, self._rest, out=self._means[: values.size].reshape(values.shape))
        latest, aged = self._mean[chunk.columns], self._aged[: values.shape[1]]
        bounds = [*(chunk.starts * WORD).tolist(), values.shape[1]]
        for row, value, has, old in zip(means, values, has_gradient, begun, strict=True):
            row += np.multiply(latest, self._decay, out=aged)
            if not (has & old).all():
                for place, parameter in enumerate(chunk.owners.tolist()):
                    if not (has[parameter] and old[parameter]):
                        piece = slice(bounds[place], bounds[place + 1])
                        row[piece] = value[piece] if has[parameter] else latest[piece]
            latest = row
        self._mean[chunk.columns] = latest
        return means

    def of_changes(
        self, changes: np.ndarray, begins_anew: Sequence[bool], since: Mapping[int, np.ndarray], chunk: Chunk
    ) -> tuple[np.ndarray, dict[int, np.ndarray]]:
        """The averages of the changes at `K` steps.

        Args:
            changes: ``[K, D]`` of the chunk.
            begins_anew: ``[K]``, whether the average begins with 0 before the step.
            since: number of a step → how the weights were changed ``[D]`` between the update before and this one,
                which moved the average of the weights too.

        Returns:
            ``[K, D]``; and number of a step → the average ``[D]`` that it found, where that is not what the
            step before left.
        """
        means: np.ndarray = np.multiply(changes, self._rest, out=self._changes[: changes.size].reshape(changes.shape))
        latest, aged = self._mean_change[chunk.columns], self._aged[: changes.shape[1]]
        corrected: dict[int, np.ndarray] = {}
        for number, (row, is_first) in enumerate(zip(means, begins_anew, strict=True)):
            if is_first:
                corrected[number] = np.zeros_like(latest)
            else:
                if number in since:
                    latest = corrected[number] = np.add(latest, since[number] * self._rest)
                row += np.multiply(latest, self._decay, out=aged)
            latest = row
        self._mean_change[chunk.columns] = latest
        return means, corrected
