"""What a pass keeps of an attention: weights of some samples, and how spread and how large those of each head are."""

from typing import Any

import numpy as np
import tensorflow as tf

from collector.capture.fact_names import ATTENTION_ENTROPY, ATTENTION_LOGIT
from collector.capture.pass_draft import PassDraft
from collector.capture.sequences import n_scored
from collector.keras.plan import LayerPlan
from collector.keras.tensors import to_numpy

_FORBIDDEN = {"float16": -2.5e4}
"""A score below this is a mask's; -1e8 where numbers have more room: -1e9 is what Keras adds."""

_NOTHING = -1e4
_TINY = np.finfo(np.float32).tiny


def attention_tensors(scores: Any, plan: LayerPlan) -> dict[str, Any]:
    """How spread and how large the scores of each head are, and the weights of some samples; see `AttentionRecorder`.

    Args:
        scores: ``[N, heads, T, S]``.
        plan: of the layer.

    Returns:
        ``entropy`` and ``logit``, float32 ``[heads]``, and ``weights``, float32 ``[M, heads, t, s]``.
    """
    own = plan.attention
    if own is None or tuple(scores.shape[1:]) != (own.heads, own.queries.size, own.keys.size):
        return {}
    n_samples = min(scores.shape[0], max(plan.n_attended, n_scored(own)))
    queries, keys = (np.asarray(axis.kept, np.int32) for axis in (own.queries, own.keys))
    given = tf.cast(tf.gather(scores[:n_samples], queries, axis=2), tf.float32)
    logits = tf.reduce_max(given, -1)
    is_counted = logits > _FORBIDDEN.get(scores.dtype.name, -1e8)
    below = tf.maximum(given - tf.maximum(logits, tf.float32.min)[..., None], _NOTHING)
    parts = tf.exp(below)
    total = tf.reduce_sum(parts, -1)
    if own.queries.size == own.keys.size:  # a position whose key gets no weight at all is padding
        is_counted &= tf.gather(tf.reduce_max(parts, (1, 2)) > 0, queries, axis=1)[:, None]
    entropy = tf.math.log(total) - tf.reduce_sum(parts * below, -1) / total
    n_counted = tf.reduce_sum(tf.cast(is_counted, tf.float32), (0, 2))
    largest = tf.reduce_max(tf.where(is_counted, logits, -np.inf), (0, 2))
    found = {
        "entropy": tf.reduce_sum(tf.where(is_counted, entropy, 0.0), (0, 2)) / n_counted,
        "logit": tf.where(n_counted > 0, largest, np.nan),
    }
    if plan.n_attended:
        some = slice(plan.n_attended)
        found["weights"] = tf.gather(parts[some], keys, axis=-1) / tf.maximum(total[some], _TINY)[..., None]
    return found


def put_attention(draft: PassDraft[Any], layer: str, found: dict[str, Any]) -> None:
    """Put what a layer attends to into a pass, and two scalars of it."""
    record = draft.layers[layer]
    entropy, logit = (np.array(to_numpy(found[name]), np.float32) for name in ("entropy", "logit"))
    record.attention_entropy, record.attention_logit = entropy, logit  # type: ignore[assignment]
    draft.scalars[f"{ATTENTION_ENTROPY}/{layer}"] = float(np.mean(entropy))
    draft.scalars[f"{ATTENTION_LOGIT}/{layer}"] = float(np.max(logit))
    if "weights" in found:
        record.attention = to_numpy(found["weights"]).astype(np.float16)  # type: ignore[assignment]
