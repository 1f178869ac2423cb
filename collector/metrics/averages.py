"""Moving averages with a memory of about ten steps: m ← 0.9 m + 0.1 x."""

from collections.abc import Mapping, Sequence

import numpy as np

from collector.metrics.flat import Chunk, FlatLayout

_DECAY = np.float32(0.9)
_REST = np.float32(0.1)


class MovingAverages:
    """The averages of the gradients, and how those of the weights change.

    The change of an average is the average of the changes.

    Args:
        layout: where the parameters lie.
    """

    def __init__(self, layout: FlatLayout) -> None:
        self._layout = layout
        self._mean = np.zeros(layout.length, np.float32)
        self._mean_change = np.zeros(layout.length, np.float32)
        self._aged = np.empty(layout.longest, np.float32)
        self._means = np.empty(layout.largest, np.float32)
        self._changes = np.empty(layout.largest, np.float32)

    def of_values(self, values: np.ndarray, is_followed: np.ndarray, chunk: Chunk) -> np.ndarray:
        """The averages at `S` steps.

        Args:
            values: float32 ``[S, D]`` of the chunk.
            is_followed: bool ``[S, P]``; where a parameter is not, its average begins anew with its value.
        """
        means: np.ndarray = np.multiply(values, _REST, out=self._means[: values.size].reshape(values.shape))
        latest, aged = self._mean[chunk.columns], self._aged[: values.shape[1]]
        for row, value, follows in zip(means, values, is_followed, strict=True):
            row += np.multiply(latest, _DECAY, out=aged)
            if not follows.all():
                for piece, parameter in zip(chunk.pieces, self._layout.parameters[chunk.numbers], strict=True):
                    if not follows[parameter]:
                        row[piece] = value[piece]
            latest = row
        self._mean[chunk.columns] = latest
        return means

    def of_changes(
        self, changes: np.ndarray, begins_anew: Sequence[bool], since: Mapping[int, np.ndarray], chunk: Chunk
    ) -> tuple[np.ndarray, dict[int, np.ndarray]]:
        """The averages of the changes at `K` steps.

        Args:
            changes: float32 ``[K, D]`` of the chunk.
            begins_anew: ``[K]``, whether the average begins with 0 before the step.
            since: number of a step → how the weights were changed ``[D]`` between the update before and this one,
                which moved the average of the weights too.

        Returns:
            Float32 ``[K, D]``; and number of a step → the average ``[D]`` that it found, where that is not what the
            step before left.
        """
        means: np.ndarray = np.multiply(changes, _REST, out=self._changes[: changes.size].reshape(changes.shape))
        latest, aged = self._mean_change[chunk.columns], self._aged[: changes.shape[1]]
        corrected: dict[int, np.ndarray] = {}
        for number, (row, is_first) in enumerate(zip(means, begins_anew, strict=True)):
            if is_first:
                corrected[number] = np.zeros_like(latest)
            else:
                if number in since:
                    latest = corrected[number] = np.add(latest, since[number] * _REST, dtype=np.float32)
                row += np.multiply(latest, _DECAY, out=aged)
            latest = row
        self._mean_change[chunk.columns] = latest
        return means, corrected
