"""A model whose layers make their parameters only when it is first called."""

from typing import Any

import keras
import tensorflow as tf

from collector.keras.samples import Samples
from collector.keras.trace import forward


def build(model: keras.Model, samples: Samples | None) -> str:
    """Let the layers make their parameters now, and not in the first training step, where they are not made yet.

    Each initial value is drawn from a seed that its layer got when that was made, so that the values are those that
    the first step would make; nothing of the model is run. What building draws besides (a layer that makes further
    layers draws their seeds) it would draw then.

    Args:
        samples: what the model is called with; None: it cannot be.

    Returns:
        What is not recorded, in a sentence; empty where nothing is missing.

    Raises:
        Exception: whatever the model raises where it cannot run on the samples.
    """
    if not _unbuilt(model):
        return ""
    if samples is None:
        return (
            "The layers of this model have no parameters before it is called, and there is no probe to call it with: "
            "none of them is recorded. Give the collector a probe, or call the model once before the training."
        )
    call = tf.function(lambda inputs: forward(model, inputs), autograph=False)
    call.get_concrete_function(samples.specs())
    left = ", ".join(f"{layer.name!r} ({type(layer).__name__})" for layer in _unbuilt(model))
    return f"Not recorded, as the model did not call them when it ran on the probe: {left}." if left else ""


def _unbuilt(model: keras.Model) -> list[Any]:
    return [layer for layer in model._flatten_layers(include_self=False) if not layer.built]
