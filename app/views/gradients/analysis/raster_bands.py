"""Whose column is which: the bands of layers and parameters along the sign raster."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from app.analysis.layer_names import tails
from collector.storage.layer import Layer
from collector.storage.schema import Band


@dataclass(frozen=True)
class LayerBand:
    """Neighbouring columns of one layer."""

    layer: str
    first: int
    stop: int


def layer_bands(bands: Iterable[Band]) -> tuple[LayerBand, ...]:
    """The layers from left to right, each over all of its parameters."""
    joined: list[LayerBand] = []
    for band in bands:
        stop = band.first + band.columns
        if joined and joined[-1].layer == band.layer and joined[-1].stop == band.first:
            joined[-1] = LayerBand(band.layer, joined[-1].first, stop)
        elif band.columns:
            joined.append(LayerBand(band.layer, band.first, stop))
    return tuple(joined)


class RasterBands:
    """Finds the parameter of a column.

    Attributes:
        names: of `layers`, as short as they stay different.
    """

    def __init__(self, bands: Iterable[Band], layers: Mapping[str, Layer], n_columns: int) -> None:
        """Bands in any order; what lies beyond the raster's columns is left out."""
        kept = sorted((band for band in bands if band.columns), key=lambda band: band.first)
        self.parameters = tuple(band for band in kept if band.first + band.columns <= n_columns)
        self.layers = layer_bands(self.parameters)
        layers_of = tuple(dict.fromkeys(band.layer for band in self.layers))
        short = dict(zip(layers_of, tails(layers_of), strict=True))
        self.names = tuple(short[band.layer] for band in self.layers)
        self._firsts = [band.first for band in self.parameters]
        self._layer_firsts = [band.first for band in self.layers]
        self._plan = layers

    def layer_at(self, column: int) -> LayerBand | None:
        """The layer whose column this is."""
        at = bisect_right(self._layer_firsts, column) - 1
        return self.layers[at] if at >= 0 and column < self.layers[at].stop else None

    def parameter_at(self, column: int) -> Band | None:
        """The parameter whose column this is."""
        at = bisect_right(self._firsts, column) - 1
        found = self.parameters[at] if at >= 0 else None
        return found if found and column < found.first + found.columns else None

    def name_of(self, column: int) -> str:
        """The parameter of a column in words, as ``conv2 weight[3, 1, 0, 2]``; by its number if shapes are unknown."""
        band = self.parameter_at(column)
        if band is None:
            return f"column {column:,}"
        number = number_of(band, column)
        layer = self._plan.get(band.layer)
        shape = layer.parameters.get(band.parameter, ()) if layer else ()
        if shape and prod(shape) == band.size:
            places = ", ".join(str(int(place)) for place in np.unravel_index(number, shape))
            return f"{band.layer} {band.parameter}[{places}]"
        return f"{band.layer} {band.parameter}, value {number:,}"

    def names_between(self, first: int, last: int) -> str:
        """The parameters of the columns from ``first`` to ``last``, in words."""
        if first == last:
            return self.name_of(first)
        start, end = self.parameter_at(first), self.parameter_at(last)
        if start is None or end is None:
            return f"columns {first:,} to {last:,}"
        if start is end:
            numbers = f"{number_of(start, first):,} to {number_of(start, last):,}"
            return f"{start.layer} {start.parameter}, values {numbers}"
        return f"{start.layer} {start.parameter} to {end.layer} {end.parameter}"


def number_of(band: Band, column: int) -> int:
    """Which of a parameter's values a column shows, flattened in C order.

    Where not all have a column, those have that are evenly spread from the first to the last, rounded.
    """
    at = column - band.first
    if band.columns in (1, band.size):
        return at
    return int(np.rint(at * ((band.size - 1) / (band.columns - 1))))
