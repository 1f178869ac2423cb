"""The logits in what a network gives."""

from typing import Any

import tensorflow as tf

from collector.capture.network_output import LOGITS
from collector.keras.named_tensors import named_tensors


def logits_of(output: Any, n_samples: int) -> tf.Tensor | None:
    """The logits ``[N, K]`` in a network's output: of several tensors the one of that name, else the first such.

    They are those before a softmax at their end.
    """
    fitting = [(name, each) for name, each in named_tensors(output, "output") if _fits(each, n_samples)]
    named = [each for name, each in fitting if name.rpartition(".")[2] == LOGITS]
    chosen = next((each for each in (*named, *(each for _, each in fitting))), None)
    return None if chosen is None else tf.cast(before_softmax(chosen), tf.float32)


def before_softmax(output: tf.Tensor) -> tf.Tensor:
    """What a softmax at the end of the model was given; the output itself where there is none."""
    tensor = output
    while tensor.op.type in ("Identity", "Cast"):
        tensor = tensor.op.inputs[0]
    return tensor.op.inputs[0] if tensor.op.type == "Softmax" else output


def _fits(tensor: tf.Tensor, n_samples: int) -> bool:
    return tensor.shape.rank == 2 and tensor.shape[0] == n_samples and tensor.dtype.is_floating
