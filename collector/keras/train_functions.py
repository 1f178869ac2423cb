"""The train function that Keras keeps of a model from one `fit` to the next."""

from collections.abc import Iterator
from typing import Any

import keras

from collector.keras.graphs import written

GOES_ON = (
    "What of the model is trained was changed, and the model was not compiled anew: Keras goes on with the step "
    "that it made before, which cannot be watched. Gradients and updates are not recorded. Call the model's `compile`."
)


def trains_otherwise(function: Any, model: keras.Model) -> bool:
    """Whether a train function moves other weights than one that is made now would.

    Keras makes it once, and again only when the model is compiled; freezing a layer in between changes nothing.
    """
    graphs = [each.graph for each in _graphs_of(function)]
    if not graphs or model.run_eagerly:
        return False
    moved = {key for graph in graphs for key in written(graph)}
    layers = [model, *model._flatten_layers(include_self=False)]
    weights = [each for layer in layers for each in layer._trainable_variables]
    trained = {id(each.value.handle) for each in model.trainable_variables}
    return {id(each.value.handle) for each in weights} & moved != trained


def _graphs_of(function: Any) -> Iterator[Any]:
    """The graphs that were made of it so far."""
    for cell in getattr(function, "__closure__", None) or ():
        inner = cell.cell_contents
        while inner is not None:
            made = getattr(inner, "_list_all_concrete_functions", None)
            if made is not None:
                yield from made()
                break
            inner = getattr(inner, "__wrapped__", None)
