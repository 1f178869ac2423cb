"""From the numbers of parameters to those of layers and of the whole model."""

from collections.abc import Sequence

import numpy as np


class LayerSums:
    """Sums over the parameters of each layer, and over all of them.

    Args:
        layers: the layers of each parameter. One that several layers share counts in each, and once in the total.

    Attributes:
        names: of the `L` layers.
        owners: int ``[M]``, the layer, or the total, of each place in what `gathered` gives.
    """

    def __init__(self, layers: Sequence[Sequence[str]]) -> None:
        members: dict[str, list[int]] = {}
        for number, names in enumerate(layers):
            for name in names:
                members.setdefault(name, []).append(number)
        self.names = list(members)
        groups = [*members.values(), list(range(len(layers)))]
        self._members = np.array([number for own in groups for number in own], np.intp)
        self._starts = np.cumsum([0, *(len(own) for own in groups)][:-1])
        self.owners = np.repeat(np.arange(len(groups)), [len(own) for own in groups])
        self._matrix = np.zeros((len(layers), len(groups)))
        for column, own in enumerate(groups):
            self._matrix[own, column] = 1

    def count(self, values: np.ndarray) -> np.ndarray:
        """float64 ``[…, L + 1]`` of finite numbers ``[…, P]``, the total last."""
        sums: np.ndarray = values @ self._matrix
        return sums

    def gathered(self, values: np.ndarray) -> np.ndarray:
        """The numbers of each layer's parameters, then of all, ``[…, M]`` of ``[…, P]``."""
        return values[..., self._members]

    def add_gathered(self, values: np.ndarray) -> np.ndarray:
        """``[…, L + 1]`` of ``[…, M]``."""
        sums: np.ndarray = np.add.reduceat(values, self._starts, axis=-1)
        return sums

    def add(self, values: np.ndarray) -> np.ndarray:
        """``[…, L + 1]`` of any numbers ``[…, P]``: a NaN of one layer stays its own."""
        return self.add_gathered(self.gathered(values))

    def largest(self, values: np.ndarray) -> np.ndarray:
        """``[…, L + 1]`` of ``[…, P]``."""
        largest: np.ndarray = np.maximum.reduceat(self.gathered(values), self._starts, axis=-1)
        return largest

    def norm(self, norms: np.ndarray) -> np.ndarray:
        """The norms of parts together, ``[…, L + 1]`` of ``[…, P]``: none is too small or too large to be squared."""
        parts = self.gathered(norms)
        found: np.ndarray = np.hypot.reduceat(parts, self._starts, axis=-1)
        return np.where(self.add_gathered(np.isnan(parts).astype(float)) > 0, np.nan, found)

    def columns(self, metrics: Sequence[str]) -> list[str]:
        """``metric/layer`` for each metric and each layer."""
        return [f"{metric}/{layer}" for metric in metrics for layer in (*self.names, "total")]
