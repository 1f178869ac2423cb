"""What is known of one unit at one pass, in words: for tooltips and the panel of the selected unit."""

from __future__ import annotations

from collections.abc import Callable
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.figures import DAMAGED, NOT_RECORDED, figure, figures_of_two
from app.analysis.graph.columns import Column, Drawing
from app.analysis.graph.graph_view import GraphView
from app.analysis.graph.pass_arrays import PassArray, activation_of, bias_of, weight_gradient_of
from app.analysis.probabilities import percent
from app.analysis.token_words import visible

if TYPE_CHECKING:
    from collector.storage.passes import Pass

NO_STEP_FOLLOWS = "no step follows"
"""Of a gradient at the run's last state, which has none."""

NO_BIAS = "no bias"
"""Of a layer that has none."""

ACTIVATION, MEAN = "activation, this sample", "mean over the probe"
BIAS, GRADIENT_NORM = "bias", "gradient norm"


def unit_name(column: Column, position: int) -> str:
    """Name of a unit by its true number, as ``conv2 · channel 5`` or ``fc1 · unit 17 · class “7”``."""
    number = int(column.kept[position])
    match column.drawing:
        case Drawing.PICTURE:
            row, across = divmod(number, column.shape[2])
            return f"{column.stage} · pixel row {row}, column {across}"
        case Drawing.MAPS:
            return f"{column.stage} · channel {number}"
        case Drawing.NEURONS if column.are_tokens:
            return f"{column.stage} · position {number:,}"
        case Drawing.OUTPUT:
            return f"{column.stage} · unit {number} · class “{column.class_names[number]}”"
        case Drawing.NEURONS:
            return f"{column.stage} · unit {number}"


def unit_facts(view: GraphView, column: Column, position: int) -> list[tuple[str, str]]:
    """What is known of a unit, as (what, figure) with 4 significant digits.

    Args:
        view: the pass and sample.
        column: of the graph of the run.
        position: of the unit among the drawn ones.
    """
    if column.drawing is Drawing.PICTURE:
        return [("value", _pixel(view, column, position))]
    if column.is_input:
        shown = compress(view.columns, [each.is_input for each in view.graph.columns])
        values = next((each.values for each in shown), None)
        if column.are_tokens:
            return [("token", NOT_RECORDED if values is None else _token(view, int(values[position])))]
        return [("value, this sample", figure(None if values is None else values[position]))]
    if view.difference is not None and column.stage in view.difference.common.why_not:
        return [(view.difference.common.why_not[column.stage], "")]
    facts = [
        (ACTIVATION, _figure_of(view, column, activation_of, lambda values: _of_sample(values, view.sample, position)))
    ]
    with np.errstate(all="ignore"):  # +Inf and -Inf among the samples have no mean
        facts.append((MEAN, _figure_of(view, column, activation_of, lambda values: values[:, position].mean())))
    if column.class_names and view.probabilities is not None:
        facts.append(("probability", _probability(view, int(column.kept[position]))))
    facts.append(
        (BIAS, NO_BIAS if column.has_no_bias else _figure_of(view, column, bias_of, lambda values: values[position]))
    )
    facts.append(
        (GRADIENT_NORM, _figure_of(view, column, weight_gradient_of, lambda values: gradient_norm(values[position])))
    )
    return facts


def _figure_of(
    view: GraphView,
    column: Column,
    array_of: Callable[[Pass, Column], PassArray],
    number: Callable[[np.ndarray], float | None],
) -> str:
    """A number made of an array of the pass; of two passes that of each and B less A."""
    arrays = [array_of(side.pass_, column) for side in view.sides]
    if any(each.damage for each in arrays) or array_of(view.pass_, column).damage:
        return DAMAGED
    numbers = [None if each.values is None else number(each.values) for each in arrays]
    if view.difference is None:
        [own] = numbers
        return figure(own)
    a, b = numbers
    if a is None:
        return NOT_RECORDED
    assert b is not None, "a difference has of both what both have"
    return figures_of_two(float(a), float(b), float(b) - float(a), digits=3)


def _probability(view: GraphView, number: int) -> str:
    assert view.probabilities is not None
    told = percent(float(view.probabilities[number]))
    before = view.probabilities_before
    return told if before is None else f"A {percent(float(before[number]))} · B {told}"


def _of_sample(activation: np.ndarray, sample: int, position: int) -> float | None:
    return float(activation[sample, position]) if 0 <= sample < len(activation) else None


def gradient_norm(gradient: np.ndarray) -> float:
    """L2 norm of the gradient of one unit's weights, any shape."""
    return float(np.sqrt(np.square(gradient, dtype=np.float64).sum()))


def _token(view: GraphView, number: int) -> str:
    """Its text, where that is known, and its number in the vocabulary."""
    names = {} if view.graph.probe is None else view.graph.probe.token_names
    return f"“{visible(names[number])}” ({number:,})" if number in names else f"{number:,}"


def _pixel(view: GraphView, column: Column, position: int) -> str:
    row, across = divmod(position, column.shape[2])
    if view.picture is None:
        return NOT_RECORDED
    pixel = view.picture[row, across]
    return str(int(pixel)) if pixel.ndim == 0 else ", ".join(str(int(part)) for part in pixel)
