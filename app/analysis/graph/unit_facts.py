"""What is known of one unit at one pass, in words: for tooltips and the panel of the selected unit."""

import numpy as np

from app.analysis.figures import NOT_RECORDED, figure
from app.analysis.graph.columns import INPUT, Column, Drawing
from app.analysis.graph.graph_view import GraphView
from app.analysis.graph.pass_arrays import activation_of
from app.analysis.probabilities import percent

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
        case Drawing.OUTPUT:
            return f"{column.stage} · unit {number} · class “{column.class_names[number]}”"
        case Drawing.NEURONS:
            return f"{column.stage} · unit {number}"


def unit_facts(view: GraphView, column_number: int, position: int) -> list[tuple[str, str]]:
    """What is known of a unit, as (what, figure) with 4 significant digits.

    Args:
        view: the pass and sample.
        column_number: number of the column in the graph.
        position: of the unit among the drawn ones.
    """
    column = view.graph.columns[column_number]
    if column.drawing is Drawing.PICTURE:
        return [("value", _pixel(view, column, position))]
    if column.stage == INPUT:
        values = view.columns[column_number].values
        return [("value, this sample", figure(None if values is None else values[position]))]
    activation = activation_of(view.pass_, column)
    facts = [(ACTIVATION, figure(_of_sample(activation, view.sample, position)))]
    with np.errstate(all="ignore"):  # +Inf and -Inf among the samples have no mean
        facts.append((MEAN, figure(None if activation is None else activation[:, position].mean())))
    if column.class_names and view.probabilities is not None:
        facts.append(("probability", percent(float(view.probabilities[column.kept[position]]))))
    arrays = view.pass_.layers.get(column.stage)
    bias = None if arrays is None else arrays.bias
    gradient = None if arrays is None else arrays.weight_gradient
    facts.append((BIAS, NO_BIAS if column.has_no_bias else figure(None if bias is None else bias[position])))
    facts.append((GRADIENT_NORM, figure(None if gradient is None else gradient_norm(gradient[position]))))
    return facts


def _of_sample(activation: np.ndarray | None, sample: int, position: int) -> float | None:
    return None if activation is None or not 0 <= sample < len(activation) else float(activation[sample, position])


def gradient_norm(gradient: np.ndarray) -> float:
    """L2 norm of the gradient of one unit's weights, any shape."""
    return float(np.sqrt(np.square(gradient, dtype=np.float64).sum()))


def _pixel(view: GraphView, column: Column, position: int) -> str:
    row, across = divmod(position, column.shape[2])
    if view.picture is None:
        return NOT_RECORDED
    pixel = view.picture[row, across]
    return str(int(pixel)) if pixel.ndim == 0 else ", ".join(str(int(part)) for part in pixel)
