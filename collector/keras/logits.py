"""Which part of what a network gives is its logits."""

from typing import Any

import numpy as np
import tensorflow as tf

from collector.capture.top_logits import MOST_CLASSES, TOP
from collector.keras.named_tensors import named_tensors

NAME = "logits"


def logits_of(output: Any, n_samples: int) -> tuple[tf.Tensor | None, str]:
    """The logits ``[N, K]``, before a softmax at their end, and a sentence where they were chosen or are not there.

    Of several tensors, in a tuple, list or dict, they are the one named ``logits``, else the first that has their
    shape.
    """
    tensors = list(named_tensors(output, "output"))
    fitting = [(name, each) for name, each in tensors if _fits(each, n_samples)]
    if not fitting:
        shapes = ", ".join(f"{name} {each.shape}" for name, each in tensors)
        found = f"has shape {shapes}" if shapes else f"is of type {type(output).__name__}"
        return None, f"No logits are recorded: the network's output {found}, no row of numbers for each sample."
    named = [each for name, each in fitting if name.rpartition(".")[2] == NAME]
    name, chosen = fitting[0]
    logits = tf.cast(before_softmax(named[0] if named else chosen), tf.float32)
    if named or len(tensors) == 1:
        return logits, ""
    names = ", ".join(name for name, _ in tensors)
    return logits, f"Of the network's outputs {names} the first with a row for each sample, {name}, counts as logits."


def kept_logits(logits: tf.Tensor, labels: np.ndarray | None) -> dict[str, tf.Tensor]:
    """What is kept of logits ``[N, K]``: themselves, or of very many classes what `schema.TopLogits` has by its names.

    Args:
        labels: class numbers ``[N]``.
    """
    n_samples, n_classes = logits.shape
    if n_classes <= MOST_CLASSES:
        return {"logits": logits}
    exact = tf.cast(logits, tf.float64)
    log_sum_exp = tf.reduce_logsumexp(exact, 1)
    logs = exact - log_sum_exp[:, None]
    values, numbers = tf.math.top_k(logits, TOP)
    # Σ -p log p, in which a class that is impossible has no part.
    parts = tf.where(tf.exp(logs) > 0, -tf.exp(logs) * logs, tf.exp(logs))
    kept = {"numbers": numbers, "values": values, "log_sum_exp": log_sum_exp, "entropy": tf.reduce_sum(parts, 1)}
    if labels is not None:
        is_class = (labels >= 0) & (labels < n_classes)
        places = np.stack((np.arange(n_samples), np.where(is_class, labels, 0)), -1)
        kept["true"] = tf.where(is_class, tf.gather_nd(logits, places), np.nan)
    return kept


def before_softmax(output: tf.Tensor) -> tf.Tensor:
    """What a softmax at the end of the model was given; the output itself where there is none."""
    tensor = output
    while tensor.op.type in ("Identity", "Cast"):
        tensor = tensor.op.inputs[0]
    return tensor.op.inputs[0] if tensor.op.type == "Softmax" else output


def _fits(tensor: tf.Tensor, n_samples: int) -> bool:
    return tensor.shape.rank == 2 and tensor.shape[0] == n_samples and tensor.dtype.is_floating
