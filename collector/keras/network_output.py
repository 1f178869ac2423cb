"""What a network gives for the probe: which tensors are kept, as tensors of a graph, and put into passes."""

import math
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from collector.capture.network_output import (
    Given,
    NetworkOutput,
    Output,
    by_samples,
    kept_part,
    kept_positions,
    network_output,
)
from collector.capture.pass_draft import PassDraft
from collector.capture.targets import Targets
from collector.capture.top_logits import TOP, TOP_TOKENS
from collector.keras.logits import before_softmax
from collector.keras.named_tensors import named_tensors
from collector.keras.samples import channels_first, shown
from collector.keras.tensors import to_numpy
from collector.storage.schema import TopLogits

_WHOLE = "iu"


class OutputRecorder:
    """Chooses what is kept of a network's output, and keeps it.

    Args:
        inputs: the probe's first input, ``[N, …]``.
        targets: what its samples are to give, pictures with their channels first.
        kind: of the task, where the user said it.

    Attributes:
        chosen: what is kept.
    """

    def __init__(self, inputs: np.ndarray, targets: Targets, kind: str = "") -> None:
        looks, values = channels_first(shown(inputs)), targets.values
        is_whole = looks.dtype.kind in _WHOLE
        self._targets, self._n_classes = targets, 0
        self.chosen = NetworkOutput(None)
        self.given = Given(
            shape=looks.shape,
            is_whole=is_whole,
            largest=float(looks.max()) if is_whole and looks.size else 0,
            targets=None if values is None else values.shape,
            are_whole_targets=values is not None and values.dtype.kind in _WHOLE,
            kind=kind,
        )

    def keep(self, output: Any) -> dict[str, tf.Tensor]:
        """The tensors that passes hold of an output: by the fields of `schema.PassRecord`, of top logits by theirs."""
        tensors = {name: _in_file(each) for name, each in named_tensors(output, "output") if _is_real(each)}
        shapes = [(name, by_samples(tuple(each.shape), self.given)) for name, each in tensors.items()]
        self.chosen = network_output(shapes, self.given, f"is of type {type(output).__name__}")
        found: dict[str, tf.Tensor] = {}
        for each in filter(None, (self.chosen.main, self.chosen.beside)):
            found |= self._kept(tf.reshape(tensors[each.name], each.shape), each)
        return found

    def _kept(self, tensor: tf.Tensor, output: Output) -> dict[str, tf.Tensor]:
        match output.form:
            case "rows":
                return {"logits": tf.reshape(tensor, (tensor.shape[0], -1))}
            case "large rows":
                self._n_classes = tensor.shape[-1]
                return _top("top_logits", tensor, self._targets.classes, TOP)
            case "tokens":
                n, positions = kept_positions(output.shape)
                self._n_classes, values = tensor.shape[-1], self._targets.values
                wanted = None if values is None or values.shape != output.shape[:2] else values[:n, :positions]
                return _top("token_logits", tensor[:n, :positions], wanted, TOP_TOKENS)
            case _:
                return {"outputs": tensor[kept_part(output.shape)]}

    def put(self, kept: dict[str, tf.Tensor], draft: PassDraft) -> None:
        """Put what `keep` has named into a pass."""
        tops: dict[str, dict[str, np.ndarray]] = {}
        for name, tensor in kept.items():
            kind, _, part = name.partition(".")
            if part:
                whole = np.int64 if part == "numbers" else np.float32
                tops.setdefault(kind, {})[part] = np.array(tensor.numpy(), whole)
            else:
                setattr(draft, kind, np.array(to_numpy(tensor), order="C"))
        for kind, parts in tops.items():
            setattr(draft, kind, TopLogits(self._n_classes, **parts))  # type: ignore[arg-type]


def _is_real(tensor: Any) -> bool:
    return bool(tensor.dtype.is_floating and tensor.shape.is_fully_defined())


def _in_file(output: tf.Tensor) -> tf.Tensor:
    """An output before its softmax, a picture with its channels first."""
    tensor = tf.cast(before_softmax(output), tf.float32)
    is_last = len(tensor.shape) == 4 and keras.config.image_data_format() == "channels_last"
    return tf.transpose(tensor, (0, 3, 1, 2)) if is_last else tensor


def _top(kind: str, logits: tf.Tensor, wanted: np.ndarray | None, top: int) -> dict[str, tf.Tensor]:
    """What is kept of logits ``[…, K]`` of which there are many, by the names of `schema.TopLogits`.

    Args:
        wanted: number of the class that each row shall have, ``[…]``.
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
        rows = np.arange(math.prod(wanted.shape))
        places = np.stack((rows, np.where(is_class, wanted, 0).ravel()), -1)
        true = tf.reshape(tf.gather_nd(tf.reshape(logits, (-1, n_classes)), places), wanted.shape)
        kept["true"] = tf.where(is_class, true, np.nan)
    return {f"{kind}.{name}": each for name, each in kept.items()}
