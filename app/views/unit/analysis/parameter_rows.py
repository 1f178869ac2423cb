"""What a unit has in parameters of any name, by the parts of their dimensions: gates, projections, experts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.analysis.figures import DAMAGED, NOT_RECORDED, figure

if TYPE_CHECKING:
    from collector.storage.layer import Axis, Layer
    from collector.storage.passes import Pass

MOST_PARTS = 8
"""More are not listed."""


def parameter_rows(layer: Layer, number: int, pass_: Pass, no_gradient: str = NOT_RECORDED) -> list[tuple[str, str]]:
    """A heading for each parameter that has a place for a unit, and below it a row for each of its parts: the value, or
    the norm ‖·‖₂ of its kept values, and that of the gradient.

    Args:
        number: the unit's true one.
        pass_: the pass, or B less A.
        no_gradient: why a parameter has none where it has none.
    """
    arrays = pass_.layers.get(layer.name)
    found = []
    for name, axes in layer.kept_parameters.items():
        at = _axis_of_units(layer, axes)
        places = [] if at is None else axes[at].places(number).tolist()
        if arrays is None or at is None or name not in arrays.parameters or not places:
            continue
        own = arrays.parameters[name]
        has_gradient = own.gradient is not None or (layer.name, f"{name}_gradient") in pass_.damaged
        is_norm = len(axes) > 1
        told = ("norm · of the gradient", "norm") if is_norm else ("value · gradient", "value")
        found.append((name, told[not has_gradient]))
        for place in places[:MOST_PARTS]:
            value = _figure(own.value, at, place, pass_, layer.name, name)
            gradient = _figure(own.gradient, at, place, pass_, layer.name, f"{name}_gradient")
            found.append((_part(axes[at], place), f"{value} · {gradient}" if has_gradient else value))
        if len(places) > MOST_PARTS:
            found.append((f"and {len(places) - MOST_PARTS:,} more", ""))
        if not has_gradient:
            found.append(("  gradient", no_gradient))
    return found


def _axis_of_units(layer: Layer, axes: tuple[Axis, ...]) -> int | None:
    """The first dimension along which the layer's own units lie, or heads that have as many."""
    own = [number for number, axis in enumerate(axes) if axis.units_of == layer.name]
    alike = [number for number, axis in enumerate(axes) if axis.heads and axis.part_size == layer.units]
    return next(iter([*own, *alike]), None)


def _part(axis: Axis, place: int) -> str:
    position = int(axis.kept[place])
    head = axis.head_of(position)
    told = " ".join(filter(None, (axis.part_of(position), "" if head is None else f"(head {head})")))
    return f"  {told or 'all'}"


def _figure(values: np.ndarray | None, at: int, place: int, pass_: Pass, layer: str, kind: str) -> str:
    if values is None:
        return DAMAGED if (layer, kind) in pass_.damaged else NOT_RECORDED
    own = values.take(place, at).astype(np.float64)
    return figure(float(own) if own.ndim == 0 else float(np.linalg.norm(own)))
