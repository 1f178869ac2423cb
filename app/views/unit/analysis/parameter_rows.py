"""What a unit has in parameters of any name, by the parts of their dimensions: gates, projections, experts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.analysis.figures import DAMAGED, NOT_RECORDED, figure

if TYPE_CHECKING:
    from collector.storage.layer import Axis, Layer
    from collector.storage.layer_arrays import LayerArrays
    from collector.storage.passes import Pass

MOST_PARTS = 8
"""More are not listed."""


def parameter_rows(layer: Layer, number: int, pass_: Pass) -> list[tuple[str, str]]:
    """Name of each parameter that has a place for a unit → a line for each of its parts, with the value, or the norm
    ‖·‖₂ of its kept values, and that of the gradient.

    Args:
        number: the unit's true one.
        pass_: the pass, or B less A.
    """
    arrays = pass_.layers.get(layer.name)
    found = []
    for name, axes in layer.kept_parameters.items():
        at = _axis_of_units(layer, axes)
        if arrays is None or at is None or name not in arrays.parameters:
            continue
        places = axes[at].places(number)
        lines = [_line(layer, arrays, pass_, name, at, int(place)) for place in places[:MOST_PARTS]]
        if len(places) > MOST_PARTS:
            lines.append(f"and {len(places) - MOST_PARTS:,} more")
        if lines:
            found.append((name, "\n".join(lines)))
    return found


def _axis_of_units(layer: Layer, axes: tuple[Axis, ...]) -> int | None:
    """The first dimension along which the layer's own units lie, or heads that have as many."""
    own = [number for number, axis in enumerate(axes) if axis.units_of == layer.name]
    alike = [number for number, axis in enumerate(axes) if axis.heads and axis.part_size == layer.units]
    return next(iter([*own, *alike]), None)


def _line(layer: Layer, arrays: LayerArrays, pass_: Pass, name: str, at: int, place: int) -> str:
    axis = layer.kept_parameters[name][at]
    position = int(axis.kept[place])
    head = axis.head_of(position)
    told = " ".join(filter(None, (axis.part_of(position), "" if head is None else f"(head {head})")))
    own = arrays.parameters[name]
    figures = [_figure(own.value, at, place, pass_, layer.name, name)]
    if own.gradient is not None:
        figures.append(f"gradient {_figure(own.gradient, at, place, pass_, layer.name, f'{name}_gradient')}")
    return f"{told} {', '.join(figures)}".lstrip()


def _figure(values: np.ndarray | None, at: int, place: int, pass_: Pass, layer: str, kind: str) -> str:
    if values is None:
        return DAMAGED if (layer, kind) in pass_.damaged else NOT_RECORDED
    own = values.take(place, at).astype(np.float64)
    return figure(float(own) if own.ndim == 0 else float(np.linalg.norm(own)))
