"""Keeps what one optimizer of a Keras model is given at a step."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from collector.keras.optimizers import inner
from collector.keras.step_rows import WIDTH, StepRows
from collector.keras.tensors import Reader, as_array, read


class OptimizerHooks:
    """The gradients and the learning rate of the latest step, in variables of ours.

    Args:
        optimizer: whose ``apply`` is watched.
        slots: ``id`` of TensorFlow's variable → where its gradient is kept.
        wants_sparse: whether sparse gradients are kept at the step under way.
        rows: of which one is for the learning rate.
        row: number of that one.

    Attributes:
        is_called: whether it was called in a training step.
        seen: ``id`` of each of the variables that a gradient was seen of, at any step.
        has_rate: whether the learning rate was seen.
        has_sparse: whether a gradient was sparse.
    """

    def __init__(
        self, optimizer: Any, slots: Mapping[int, tf.Variable], wants_sparse: tf.Variable, rows: StepRows, row: int
    ) -> None:
        self.optimizer = optimizer
        self._slots = slots
        self._wants_sparse = wants_sparse
        self._rows, self._row = rows, row
        self._scale = tf.Variable(1.0, trainable=False)
        self._n_applied: dict[frozenset[int], tf.Variable] = {}
        """``id`` of the variables that are given gradients together → how often they were."""
        self._n_before: dict[frozenset[int], int] = {}
        self._read: Reader | None = None
        self._is_of = 0, 0
        """So many variables and sets of them that are given gradients together are read."""
        self.seen: set[int] = set()
        self.is_called = self.has_rate = self.has_sparse = False

    def begin(self) -> None:
        """A step begins whose gradients are wanted."""
        self._n_before = self._counts()

    def _counts(self) -> dict[frozenset[int], int]:
        return {keys: int(read(count).numpy()) for keys, count in self._n_applied.items()}

    def keep(self, gradients: list[Any], variables: list[Any] | None) -> None:
        """The optimizer is given these; None stands for the variables that it was built for."""
        variables = self.optimizer._trainable_variables if variables is None else variables
        present: set[int] = set()
        for gradient, variable in zip(gradients, variables, strict=False):
            key = id(variable.value if isinstance(variable, keras.Variable) else variable)
            slot = self._slots.get(key)
            if slot is None or gradient is None:
                continue
            present.add(key)
            if isinstance(gradient, tf.IndexedSlices):
                self._keep_sparse(slot, gradient)
            else:
                slot.assign(tf.cast(gradient, slot.dtype))
        self.seen |= present
        self._count(frozenset(present))
        rate = inner(self.optimizer)._learning_rate
        if isinstance(rate, keras.Variable | keras.optimizers.schedules.LearningRateSchedule):
            # A function of the user's own is not called a second time: it may draw or count.
            self.has_rate = True
            rate = tf.cast(tf.cast(self.optimizer.learning_rate, tf.float32), tf.float64)
            self._rows.put(self._row, tf.fill((1, WIDTH), rate))
        scale = self._loss_scale()
        if scale is not None:
            self._scale.assign(tf.cast(scale, tf.float32))

    def _count(self, keys: frozenset[int]) -> None:
        if keys not in self._n_applied:
            with tf.init_scope():  # beside the graph that is being made
                self._n_applied[keys] = tf.Variable(0, trainable=False, dtype=tf.int64)
        self._n_applied[keys].assign_add(1)

    def gradients(self) -> dict[int, np.ndarray]:
        """``id`` of TensorFlow's variable → gradient; only of those that were given one since `begin`."""
        if self._read is None or (len(self.seen), len(self._n_applied)) != self._is_of:
            self._is_of = len(self.seen), len(self._n_applied)
            self._read = Reader({key: self._slots[key] for key in self.seen} | self._n_applied | {"scale": self._scale})
        held = self._read()
        given = {key for keys in self._n_applied if int(held[keys]) != self._n_before.get(keys, 0) for key in keys}
        scale = float(held["scale"])
        found = {key: as_array(held[key]) for key in given}
        return found if scale == 1 else {key: each / scale for key, each in found.items()}

    def learning_rate(self, rows: np.ndarray) -> float:
        """The rate of the latest step that was applied, of what it left in the rows."""
        return float(rows[self._row, 0])

    def _loss_scale(self) -> Any:
        if isinstance(self.optimizer, keras.optimizers.LossScaleOptimizer):
            return self.optimizer.dynamic_scale if self.optimizer.built else self.optimizer.initial_scale
        return self.optimizer.loss_scale_factor

    def _keep_sparse(self, slot: tf.Variable, gradient: tf.IndexedSlices) -> None:
        """A sparse gradient costs a dense one's memory, so it is only kept at the steps that want it."""
        self.has_sparse = True

        def keep() -> tf.Tensor:
            slot.assign(tf.cast(tf.convert_to_tensor(gradient), slot.dtype))
            return tf.constant(True)

        tf.cond(self._wants_sparse, keep, lambda: tf.constant(False))
