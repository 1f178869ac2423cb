"""The scalars of measured steps: their names, and how the parameters' numbers become the layers'."""

from collections.abc import Sequence

import numpy as np

from collector.metrics.angles import degrees
from collector.metrics.measured import Measured

COUNTED = (
    *("near_zero", "near_zero_fraction", "released", "released_fraction", "retained", "retained_fraction"),
    *("sign_flips", "flip_fraction", "minima", "maxima", "minima_original", "maxima_original"),
    *("still_change_mean", "still_change_max", "still_change_norm"),
)
"""With a threshold; in the order of `_counted`."""
FLIPS = ("flips_all", "flips_all_fraction")
SIZES = ("gradient_norm", "update_norm", "weight_norm", "update_ratio", "step_size", "gradient_angle", "moment_angle")


class LayerSums:
    """Sums over the parameters of each layer, and over all of them.

    Args:
        layers: the layers of each parameter. One that several layers share counts in each, and once in the total.
    """

    def __init__(self, layers: Sequence[Sequence[str]]) -> None:
        members: dict[str, list[int]] = {}
        for number, names in enumerate(layers):
            for name in names:
                members.setdefault(name, []).append(number)
        self.names = list(members)
        self._members = np.array([number for own in members.values() for number in own], np.intp)
        self._starts = np.cumsum([0, *(len(own) for own in members.values())][:-1])
        self._matrix = np.zeros((len(layers), len(members) + 1))
        self._matrix[:, -1] = 1
        for column, own in enumerate(members.values()):
            self._matrix[own, column] = 1

    def count(self, values: np.ndarray) -> np.ndarray:
        """float64 ``[…, L + 1]`` of whole numbers ``[…, P]``, the total last."""
        sums: np.ndarray = values @ self._matrix
        return sums

    def add(self, values: np.ndarray) -> np.ndarray:
        """The same of any numbers: a NaN of one layer stays its own."""
        of_layers = np.add.reduceat(values[..., self._members], self._starts, axis=-1)
        return np.concatenate((of_layers, values.sum(axis=-1, keepdims=True)), axis=-1)

    def largest(self, values: np.ndarray) -> np.ndarray:
        """``[…, L + 1]`` of ``[…, P]``."""
        of_layers = np.maximum.reduceat(values[..., self._members], self._starts, axis=-1)
        return np.concatenate((of_layers, values.max(axis=-1, keepdims=True)), axis=-1)

    def columns(self, metrics: Sequence[str]) -> list[str]:
        """``metric/layer`` for each metric and each layer."""
        return [f"{metric}/{layer}" for metric in metrics for layer in (*self.names, "total")]


def column_names(layers: LayerSums, thresholds: Sequence[float], *, averages: bool) -> tuple[str, ...]:
    """The columns of a row, in its order."""
    suffixes = ("", "~ema") if averages else ("",)
    marked = [f"{each}@{limit:g}{suffix}" for each in COUNTED for suffix in suffixes for limit in thresholds]
    flips = [each + suffix for each in FLIPS for suffix in suffixes]
    return (*layers.columns([*marked, *flips, *SIZES]), "not_finite/total")


def rows(layers: LayerSums, measured: Measured, counted: np.ndarray, frozen: np.ndarray) -> np.ndarray:
    """The values of `column_names` at `S` steps but the last, float64 ``[S, names - 1]``; NaN: nothing can be told.

    Args:
        counted: int ``[P]``, how many values of each parameter are counted where it has a gradient.
        frozen: float ``[S, L + 1]``, Σw² of the parameters that are not trained.
    """
    has_gradient, is_followed, has_moment = measured.there.swapaxes(0, 1)
    n_values = np.where(has_gradient, counted, 0)
    parts = (
        _counted(layers, measured, n_values, is_followed),
        _all_flips(layers, measured.flips, n_values, is_followed),
        _sizes(layers, measured.sums, frozen, has_gradient, is_followed, has_moment),
    )
    return np.concatenate([np.moveaxis(part, 1, 0).reshape(len(n_values), -1) for part in parts], axis=1)


def _counted(layers: LayerSums, measured: Measured, n_values: np.ndarray, is_followed: np.ndarray) -> np.ndarray:
    """The metrics `COUNTED`, float64 ``[15, S, C, T, L + 1]``; ``n_values`` and ``is_followed`` are ``[S, P]``."""
    counts, still = measured.counts.swapaxes(0, 1), measured.still.swapaxes(0, 1)
    n_values, is_followed = n_values[:, None, None], is_followed[:, None, None]
    near = layers.count(counts[0] * (n_values > 0))
    retained, flips, minima, maxima, minima_original, maxima_original = layers.count(counts[1:] * is_followed)
    before = layers.count(measured.near_before * is_followed)
    size = layers.count(n_values)
    sums, largest, squares = np.zeros((3, *retained.shape))
    if retained.any():
        sums, squares = layers.add(np.where(is_followed, still[::2], 0))
        largest = layers.largest(np.where(is_followed, still[1], 0))
    row = np.empty((len(COUNTED), *near.shape))
    with np.errstate(all="ignore"):
        row[0], row[1] = near, near / size
        row[2], row[3] = before - retained, (before - retained) / before
        row[4], row[5] = retained, retained / before
        row[6], row[7] = flips, flips / retained
        row[8:12] = minima, maxima, minima_original, maxima_original
        row[12], row[13], row[14] = sums / retained, largest, np.sqrt(squares)
    row[13:, retained == 0] = np.nan
    if not is_followed.all():
        row[:2, np.broadcast_to(size == 0, near.shape)] = np.nan
        row[2:, np.broadcast_to(layers.count(is_followed) == 0, near.shape)] = np.nan
    return row


def _all_flips(layers: LayerSums, flips: np.ndarray, n_values: np.ndarray, is_followed: np.ndarray) -> np.ndarray:
    """The metrics `FLIPS`, float64 ``[2, S, C, L + 1]``; ``flips`` is int ``[S, C, P]``."""
    n_flips = layers.count(flips * is_followed[:, None])
    size = layers.count(n_values * is_followed)[:, None]
    with np.errstate(all="ignore"):
        row = np.stack((n_flips, n_flips / size))
    row[:, np.broadcast_to(size == 0, n_flips.shape)] = np.nan
    return row


def _sizes(
    layers: LayerSums,
    measured: np.ndarray,
    frozen: np.ndarray,
    has_gradient: np.ndarray,
    is_followed: np.ndarray,
    has_moment: np.ndarray,
) -> np.ndarray:
    """The metrics `SIZES`, float64 ``[7, S, L + 1]``, of the sums ``[S, 7, P]``; the three masks are ``[S, P]``."""

    def over(which: np.ndarray, *values: np.ndarray) -> np.ndarray:
        sums = layers.add(np.where(which, np.stack(values), 0))
        sums[:, layers.count(which) == 0] = np.nan
        return sums

    now, before, along, moment, along_moment, weight, update = measured.swapaxes(0, 1)
    (gradient,) = over(has_gradient, now)
    followed = over(is_followed, along, before, now)
    moved = over(has_moment, along_moment, moment, now)
    with np.errstate(all="ignore"):
        gradient_norm = np.sqrt(gradient)
        update_norm = np.sqrt(layers.add(update))
        weight_norm = np.sqrt(layers.add(weight) + frozen)
        ratios = [
            np.where(below > 0, update_norm / below, np.where(below == 0, np.nan, below))
            for below in (weight_norm, gradient_norm)
        ]
    return np.stack((gradient_norm, update_norm, weight_norm, *ratios, degrees(*followed), degrees(*moved)))
