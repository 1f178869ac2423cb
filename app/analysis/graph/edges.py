"""Edges of the network graph: which units they join, and the number that each of them shows.

`U` units of the target, `I` input units of its weight, `S` sources drawn, `E` = `U` * `S` edges.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.graph.columns import INPUT, Column, Drawing

if TYPE_CHECKING:
    from collector.storage.header import Layer


class Measure(Enum):
    """What the number of an edge is."""

    EXACT = "weight"
    NORM = "norm of the weights between them, with the sign of their mean"


@dataclass(frozen=True, eq=False)
class Wiring:
    """The way from a weight to edges, worked out once for each pair of columns.

    Edge ``e`` goes from anchor ``sources[e % S]`` of the source column to unit ``e // S`` of the target column.

    Attributes:
        n_targets: `U`
        n_inputs: `I`, input units that the weight has columns for.
        sources: anchors of the source column, int32 ``[S]``.
        inputs: which of the weight's input columns are used, in this order; None: all of them as they stand.
        starts: where, among those, the columns of each source start; None: the same number for each.
    """

    n_targets: int
    n_inputs: int
    sources: np.ndarray
    measure: Measure
    inputs: np.ndarray | None = None
    starts: np.ndarray | None = None

    def __len__(self) -> int:
        return self.n_targets * len(self.sources)

    def ends(self, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Source anchors and target units of edges given by number, each int ``[n]``."""
        target, source = np.divmod(edges, len(self.sources))
        return self.sources[source], target

    def edges_into(self, target: int) -> np.ndarray:
        """Numbers of the edges that end at a unit of the target column, int ``[S]``."""
        return np.arange(len(self.sources)) + target * len(self.sources)

    def edges_from(self, anchor: int) -> np.ndarray:
        """Numbers of the edges that start at an anchor of the source column, int ``[U]`` or empty."""
        at = np.flatnonzero(self.sources == anchor)
        return (at[:, None] + np.arange(self.n_targets) * len(self.sources)).ravel()


def wire(target: Layer, source: Column, offset: int, span: int) -> Wiring | None:
    """Join a layer with one of the columns that it reads.

    Args:
        target: the layer whose weight makes the edges.
        source: the column that it reads.
        offset: number of the source's first unit among the layer's inputs: not 0 where several are concatenated.
        span: how many of the layer's input units are the source's.

    Returns:
        None where the layer's inputs cannot be told to be the source's units.
    """
    if source.drawing is Drawing.PICTURE:
        return _from_picture(target, source) if offset == 0 and span == target.input_units else None
    if span != source.true_units:
        return None
    positions = source.positions[target.input_kept - offset]
    is_drawn = positions >= 0
    is_exact = target.input_block == 1 and not _has_kernel(target)
    return Wiring(
        n_targets=len(target.kept),
        n_inputs=len(target.input_kept),
        sources=positions[is_drawn],
        measure=Measure.EXACT if is_exact else Measure.NORM,
        inputs=None if is_drawn.all() else np.flatnonzero(is_drawn),
    )


def _from_picture(target: Layer, source: Column) -> Wiring | None:
    channels, height, width = source.shape
    pixels = height * width
    if _has_kernel(target):
        if target.input_units != channels:
            return None
        return Wiring(
            n_targets=len(target.kept),
            n_inputs=len(target.input_kept),
            sources=(pixels + target.input_kept).astype(np.int32),
            measure=Measure.NORM,
        )
    if target.input_units * target.input_block != channels * pixels:
        return None
    flat = (target.input_kept[:, None] * target.input_block + np.arange(target.input_block)).ravel()
    pixel = flat % pixels
    order = np.argsort(pixel, kind="stable")
    sources, starts = np.unique(pixel[order], return_index=True)
    is_exact = len(sources) == len(flat)
    return Wiring(
        n_targets=len(target.kept),
        n_inputs=len(flat),
        sources=sources.astype(np.int32),
        measure=Measure.EXACT if is_exact else Measure.NORM,
        inputs=None if np.array_equal(order, np.arange(len(order))) else order,
        starts=None if is_exact else starts,
    )


def edge_values(wiring: Wiring, weight: np.ndarray | None) -> np.ndarray | None:
    """The number of each edge, float32 ``[E]``; None where the weight is missing or of another shape.

    Takes a weight, its gradient or its update alike: linear ``[U, I * block]``, convolutional ``[U, I, h, w]``. One
    number between two units is shown as it is; several as their L2 norm with the sign of their mean. What is not
    finite stays so.
    """
    n_joined = wiring.n_targets * wiring.n_inputs
    if weight is None or weight.ndim < 2 or len(weight) != wiring.n_targets or not n_joined:
        return None
    block, rest = divmod(weight.size, n_joined)
    if rest or not block:
        return None
    parts = np.asarray(weight, np.float32).reshape(wiring.n_targets, wiring.n_inputs, block)
    if wiring.inputs is not None:
        parts = parts[:, wiring.inputs]
    if wiring.starts is None and block == 1:
        return parts.ravel()
    with np.errstate(over="ignore", invalid="ignore"):
        squares, sums = np.einsum("usb,usb->us", parts, parts), np.einsum("usb->us", parts)
        if wiring.starts is not None:
            squares, sums = (np.add.reduceat(each, wiring.starts, axis=1) for each in (squares, sums))
        return np.copysign(np.sqrt(squares), sums).ravel()


def _has_kernel(layer: Layer) -> bool:
    return len(layer.parameters.get("weight", ())) > 2


def spans(target: Layer, sources: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Where the units of each source stand among a layer's inputs: name → (offset, number).

    Args:
        target: the reading layer.
        sources: its sources in order, name → true number of units.

    One source is all of the inputs. Several are either concatenated (their units add up to the inputs) or added (each
    has as many units as there are inputs). Anything else cannot be told, and is left out.
    """
    if len(sources) == 1:
        return dict.fromkeys(sources, (0, target.input_units))
    if sum(sources.values()) == target.input_units:
        offsets = np.cumsum([0, *sources.values()])
        return {name: (int(at), units) for at, (name, units) in zip(offsets, sources.items(), strict=False)}
    return {name: (0, units) for name, units in sources.items() if units == target.input_units and name != INPUT}
