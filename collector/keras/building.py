"""A model whose layers make their parameters only when it is first called."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import keras
import tensorflow as tf

from collector.keras.forward import Forward
from collector.keras.preserved_state import random_states_kept
from collector.keras.samples import Samples
from collector.keras.state_snapshot import StateSnapshot
from collector.keras.trace import wrapped_calls


def build(forward: Forward, samples: Samples | None) -> str:
    """Let the layers make their parameters now, and not in the first training step, where they are not made yet.

    Each initial value is drawn from a seed that its layer got when that was made, so that the values are those that
    the first step would make; nothing of the model is run. What building draws besides (a layer that makes further
    layers draws their seeds) it would draw then.

    The model is called with any number of samples, as in the training: some keep the shape that they were built for.

    Args:
        forward: runs the model.
        samples: what the model is called with; None: it cannot be.

    Returns:
        What is not recorded, in a sentence; empty where nothing is missing.

    Raises:
        Exception: whatever the model raises where it cannot run on the samples.
    """
    model = forward.model
    if not _unbuilt(model):
        return ""
    if samples is None:
        return (
            "The layers of this model have no parameters before it is called, and there is no probe to call it with: "
            "none of them is recorded. Give the collector a probe, or call the model once before the training."
        )

    def run(inputs: Any) -> None:
        graph = tf.compat.v1.get_default_graph()
        with wrapped_calls(_layers(model), lambda layer, original: _unseen(layer, original, graph)):
            forward(inputs)

    with keras.StatelessScope():  # at whose end parameters have their values, even if the model fails behind them
        tf.function(run, autograph=False).get_concrete_function(samples.specs(is_open=True))
    left = ", ".join(f"{layer.name!r} ({type(layer).__name__})" for layer in _unbuilt(model))
    return f"Not recorded, as the model did not call them when it ran on the probe: {left}." if left else ""


def _unseen(layer: Any, original: Callable[..., Any], graph: Any) -> Callable[..., Any]:
    """A layer's ``call`` of which stays what layers are built of, and nothing else.

    Keras calls layers in a graph of its own to build them, once; it does so here instead of in the first step, and
    what that changes it changes then.
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        if tf.compat.v1.get_default_graph() is not graph:
            return original(*args, **kwargs)
        with ExitStack() as stack:
            stack.callback(StateSnapshot(layer, is_alone=True).put_back)
            if all(each.built for each in _layers(layer)):
                stack.enter_context(random_states_kept())
            return original(*args, **kwargs)

    return call


def _layers(layer: Any) -> list[Any]:
    return [layer, *layer._flatten_layers(include_self=False)]


def _unbuilt(model: keras.Model) -> list[Any]:
    return [layer for layer in model._flatten_layers(include_self=False) if not layer.built]
