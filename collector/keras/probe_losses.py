"""The loss of each of the probe's samples, by the loss that the model is trained with."""

from collections.abc import Callable
from copy import copy
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from collector.capture.fact_names import PROBE_LOSS
from collector.capture.pass_draft import PassDraft
from collector.keras.loss_facts import single_loss
from collector.keras.tensors import to_numpy

Loss = Callable[[Any, Any], Any] | str
"""Of the targets and what the model gives, in Keras's order; or Keras's name of one."""

NOT_APART = (
    "The loss of the whole probe is recorded as probe_loss; no sample has one of its own, as the loss gives one number "
    "for all of them."
)


def check_loss(given: object) -> None:
    """Whether an option is a loss.

    Raises:
        ValueError: it is none.
    """
    if isinstance(given, str):
        keras.losses.get(given)  # raises it in its own words
    elif given is not None and not callable(given):
        raise ValueError(
            f"loss is of type {type(given).__name__}; give a function of the targets and the output, a "
            "keras.losses.Loss or the name of one, as 'mse'"
        )


class ProbeLosses:
    """Computes losses of the probe, as tensors of the graph that it is run in.

    A sample's own loss is what the loss gives before it is reduced, a mean where that is several numbers.

    Args:
        loss: the user's; None: that which the model was compiled with, where it is a single one.
        targets: as the user gave them; None: there are none, and no losses.

    Attributes:
        problem: why losses that were asked for are not recorded, in a sentence.
        told: a sentence where samples have none of their own.
    """

    def __init__(self, model: keras.Model, loss: Loss | None, targets: Any) -> None:
        self._is_asked = loss is not None
        given = loss if loss is not None else single_loss(getattr(model, "loss", None))
        self._targets = None if given is None or targets is None else tf.nest.map_structure(_constant, targets)
        self._loss = keras.losses.get(given) if isinstance(given, str) else given
        self.told = ""
        self.problem = (
            "No losses of the probe are recorded: it has no targets." if self._is_asked and targets is None else ""
        )

    def tensors(self, output: Any, n_samples: int) -> dict[str, tf.Tensor]:
        """``whole`` ``[]`` and ``each`` ``[N]``, as far as there are such, of what the model gives."""
        if self._targets is None:
            return {}
        try:
            targets = _of_rank(self._targets, output)
            each = tf.cast(self._unreduced(targets, output), tf.float32)
            whole = tf.cast(self._loss(targets, output), tf.float32)
        except Exception as error:  # noqa: BLE001 - the loss is the user's, or made for something else
            if self._is_asked:
                first = str(error).strip().split("\n", 1)[0]
                self.problem = (
                    f"No losses of the probe are recorded: loss, of the probe's targets and the model's output, raised "
                    f"{type(error).__name__}: {first}"
                )
            return {}
        found = {"whole": tf.reduce_mean(whole)}
        if each.shape.rank and each.shape[0] == n_samples:
            found["each"] = tf.reduce_mean(tf.reshape(each, (n_samples, -1)), 1)
        elif self._is_asked:
            self.told = NOT_APART
        return found

    @property
    def _unreduced(self) -> Callable[[Any, Any], Any]:
        """The loss without a mean or sum over the samples, where it is one of Keras's classes."""
        if not isinstance(self._loss, keras.losses.Loss):
            return self._loss
        own = copy(self._loss)
        own.reduction = "none"
        return own

    def put(self, draft: PassDraft[Any], found: dict[str, tf.Tensor]) -> None:
        """Put the losses into a pass."""
        if "whole" in found:
            draft.scalars[PROBE_LOSS] = float(found["whole"])
        if "each" in found:
            draft.losses = np.array(to_numpy(found["each"]), np.float32)


def _of_rank(targets: Any, output: Any) -> Any:
    """The targets ``[N]`` of an output ``[N, 1]`` as ``[N, 1]``, as Keras does it, or each would meet every other."""
    if tf.is_tensor(targets) and tf.is_tensor(output) and output.shape[-1:] == (1,):
        return tf.expand_dims(targets, -1) if targets.shape == output.shape[:-1] else targets
    return targets


def _constant(values: Any) -> tf.Tensor:
    """Numbers of the targets as Keras makes them out of arrays: with no more digits than it computes in."""
    tensor = tf.convert_to_tensor(values)
    return tf.cast(tensor, keras.config.floatx()) if tensor.dtype == tf.float64 else tensor
