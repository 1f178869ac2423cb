"""Which part of what a network gives is its logits."""

from typing import Any

import numpy as np
import tensorflow as tf

from collector.capture.network_output import LOGITS
from collector.keras.flow_tracing import named_tensors


def logits_of(output: Any, n_samples: int) -> tf.Tensor | None:
    """The logits ``[N, K]``, before a softmax at their end: of several tensors the one of that name, else the first."""
    fitting = [(name, each) for name, each in named_tensors(output, "output") if _fits(each, n_samples)]
    named = [each for name, each in fitting if name.rpartition(".")[2] == LOGITS]
    chosen = next((each for each in (*named, *(each for _, each in fitting))), None)
    return None if chosen is None else tf.cast(before_softmax(chosen), tf.float32)


def top_logits(logits: tf.Tensor, wanted: np.ndarray | None, top: int, name: str) -> dict[str, tf.Tensor]:
    """What is kept of logits ``[…, K]``: fields of `schema.TopLogits` as ``name:field``.

    Args:
        wanted: number of the class that each row shall have, ``[…]``.
        top: so many of the largest.
    """
    n_classes = logits.shape[-1]
    exact = tf.cast(logits, tf.float64)
    log_sum_exp = tf.reduce_logsumexp(exact, -1)
    logs = exact - log_sum_exp[..., None]
    values, numbers = tf.math.top_k(logits, min(top, n_classes))
    # Σ -p log p, in which a class that is impossible has no part.
    parts = tf.where(tf.exp(logs) > 0, -tf.exp(logs) * logs, tf.exp(logs))
    kept = {"numbers": numbers, "values": values, "log_sum_exp": log_sum_exp, "entropy": tf.reduce_sum(parts, -1)}
    if wanted is not None:
        is_class = (wanted >= 0) & (wanted < n_classes)
        own = tf.gather(logits, np.where(is_class, wanted, 0)[..., None], axis=-1, batch_dims=wanted.ndim)
        kept["true"] = tf.where(is_class, own[..., 0], np.nan)
    return {f"{name}:{field}": each for field, each in kept.items()}


def before_softmax(output: tf.Tensor) -> tf.Tensor:
    """What a softmax at the end of the model was given; the output itself where there is none."""
    last = last_operation(output)
    return last.inputs[0] if last.type == "Softmax" else output


def last_operation(output: tf.Tensor) -> tf.Operation:
    """What gave a tensor its values."""
    while output.op.type in ("Identity", "Cast", "Reshape", "Squeeze") and output.op.inputs[0].shape == output.shape:
        output = output.op.inputs[0]
    return output.op


def _fits(tensor: tf.Tensor, n_samples: int) -> bool:
    return tensor.shape.rank == 2 and tensor.shape[0] == n_samples and tensor.dtype.is_floating
