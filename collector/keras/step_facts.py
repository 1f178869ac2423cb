"""What rules need of the steps of a Keras training besides its gradients."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from collector.capture.fact_names import (
    AGE,
    CLIPPED,
    GRADIENTS_CHECKSUM,
    NO_GRADIENT,
    TRAINING_MODE,
    UNCLIPPED,
    WEIGHTS_CHECKSUM,
)
from collector.capture.run_log import RunLog
from collector.keras.clipping import clips, left_by_clipping, norm_of
from collector.keras.layers import named_layers
from collector.keras.loss_facts import loss_record
from collector.keras.optimizer_groups import optimizers_record, parameter_names
from collector.keras.optimizers import inner, optimizer_of
from collector.keras.pass_recorder import Values
from collector.keras.probe import ProbeRun
from collector.keras.step_hooks import StepHooks
from collector.keras.tensors import as_array, read
from collector.metrics.norms import norm
from collector.storage.checksums import crc32


class StepFacts:
    """Takes them around the steps that are followed.

    Args:
        probe: knows the layers, and what lies between them.
    """

    def __init__(self, model: keras.Model, probe: ProbeRun, log: RunLog) -> None:
        self._model, self._probe, self._log = model, probe, log
        self._told: Any = None
        self._has_loss = False
        self._norms_of: tuple[StepHooks | None, dict[str, Any]] = (None, {})
        """The norms of the model as it was when a watching began: to look for them takes longer than to read them."""
        self._statistics: dict[str, tf.Tensor] = {}
        self._age: float | None = None

    def before_step(self, watch: StepHooks) -> None:
        """A step is about to be taken that is measured."""
        if self._norms_of[0] is not watch:
            layers = named_layers(self._model)
            norms = {name: each for name, each in layers if isinstance(each, keras.layers.BatchNormalization)}
            self._norms_of = watch, norms
        self._statistics = {name: read(each.moving_mean) for name, each in self._norms_of[1].items() if each.built}
        optimizers = [each.optimizer for each in watch.in_use] or [optimizer_of(self._model)]
        self._age = None if optimizers[-1] is None else float(inner(optimizers[-1]).iterations)

    def after_step(self, step: int, watch: StepHooks, weights: Values, gradients: Values, *, is_measured: bool) -> None:
        """It was taken; ``weights`` are those before it, ``gradients`` those that the optimizers received."""
        for name, value in watch.data.facts(with_statistics=is_measured).items():
            self._log.put(name, step, value)
        if is_measured:
            self._put_modes(step)
            self._log_checksums(step, weights, gradients)
            self._put_clipping(step, watch, gradients)
            if self._age is not None:
                self._log.put(AGE, step, self._age)
        self._statistics, self._age = {}, None

    def tell(self, step: int, watch: StepHooks) -> None:
        """Who updates what, and what the loss is made of: when it is known, and when it is otherwise."""
        known = watch, [len(each.seen) for each in watch.in_use]
        if watch.in_use and known != self._told:
            self._told = known
            self._log.add(optimizers_record(step, self._probe.plans, watch))
        if not self._has_loss and watch.in_use:
            self._has_loss = True
            names = parameter_names(self._probe.plans)
            apart = [names[key] for key in watch.never_seen() if key in names]
            if (record := loss_record(step, self._model, self._probe.way, apart)) is not None:
                self._log.add(record)

    def _put_modes(self, step: int) -> None:
        """Of norms, whether they were in training mode: whether the step has moved their statistics."""
        for name, before in self._statistics.items():
            own, other = as_array(before), as_array(read(self._norms_of[1][name].moving_mean))
            # TensorFlow moves what changes to other memory as long as it is held
            is_moved = own.ctypes.data != other.ctypes.data and not np.array_equal(own, other, equal_nan=True)
            self._log.put(f"{TRAINING_MODE}/{name}", step, float(is_moved))

    def _log_checksums(self, step: int, weights: Values, gradients: Values) -> None:
        row = {}
        for plan in self._probe.plans:
            keys = [] if plan.is_gone else [id(each.value) for each in plan.parameters.values()]
            if keys:
                row[f"{WEIGHTS_CHECKSUM}/{plan.name}"] = _crc_of(weights, keys, np.nan)
                row[f"{GRADIENTS_CHECKSUM}/{plan.name}"] = _crc_of(gradients, keys, NO_GRADIENT)
        self._log.put_row(tuple(row), step, np.array([*row.values()]))

    def _put_clipping(self, step: int, watch: StepHooks, gradients: Values) -> None:
        """Norm of all gradients, before and behind the clipping that optimizers do themselves, where one does."""
        if any(clips(each.optimizer) for each in watch.in_use):
            left = left_by_clipping(watch, gradients)
            self._log.put(UNCLIPPED, step, norm_of([norm(each) for each in gradients.values()]))
            self._log.put(CLIPPED, step, norm_of(list(left.values())))


def _crc_of(values: Values, keys: Sequence[int], lacking: float) -> float:
    """CRC-32 of those that there are, one behind the other."""
    own = [values[key] for key in keys if key in values]
    crc = 0
    for each in own:
        crc = crc32(np.ascontiguousarray(each).data.cast("B") if each.size else b"", crc)
    return float(crc) if own else lacking
