"""The units of a layer at two passes, as rows of a table."""

from __future__ import annotations

import numpy as np

from app.views.features.analysis.feature_history import dead_units
from app.views.features.analysis.feature_stages import FeatureStage
from collector.comparing.subtracted import PassDifference

HEADINGS = (
    "layer",
    "unit",
    *(f"{what}{side}" for what in ("activation", "activation_mean") for side in ("_a", "_b", "_difference")),
    "dead_a",
    "dead_b",
)


def numbers_of_two(
    both: PassDifference, stage: FeatureStage, sample: int
) -> tuple[tuple[str, ...], list[tuple[str | int | float | None, ...]]]:
    """Headings and a row for each unit that both keep."""
    units = stage.layer.kept.tolist()
    columns: list[list[float | int | None]] = []
    activations = [
        each.layers[stage.after.name].activation if stage.after.name in each.layers else None
        for each in (both.a, both.b, both)
    ]
    for of in (
        lambda values: values[sample] if 0 <= sample < len(values) else None,
        lambda values: values.mean(axis=0),
    ):
        columns += [_cells(None if each is None else of(each), len(units)) for each in activations]
    for each in (both.a, both.b):
        dead = None if stage.rectifier is None else dead_units(each, stage.rectifier)
        columns.append(_cells(None if dead is None else dead.astype(int), len(units)))
    return HEADINGS, [(stage.after.name, unit, *cells) for unit, *cells in zip(units, *columns, strict=True)]


def _cells(values: np.ndarray | None, n: int) -> list[float | int | None]:
    return [None] * n if values is None else values.tolist()
