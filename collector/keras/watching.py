"""Sees what a compiled training step does, from inside its graph, without changing it."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from collector.keras.tensors import is_real, read, to_numpy


class StepWatch:
    """Keeps the gradients, the loss and the learning rate of the latest step of a model.

    The optimizer's ``apply`` and the loss tracker's ``update_state`` are wrapped on these very objects, and the
    train function is made anew, so that the wrappers are traced into it: there each gradient is handed to a variable
    of ours, which takes its memory over and copies nothing. `close` puts everything back.

    A gradient is recorded as the optimizer receives it: before the optimizer's own clipping, but with the factor of
    its loss scaling taken out.
    """

    def __init__(self, model: keras.Model) -> None:
        self._model = model
        self._optimizer = model.optimizer
        self._is_open = False
        self.is_stepping = False
        """Whether a training step is under way; all else that calls what is wrapped is none of ours."""
        self._slots = {
            id(each.value): tf.Variable(tf.zeros(each.shape, each.dtype), trainable=False)
            for each in model.trainable_variables
            if is_real(each)
        }
        self._loss = tf.Variable(float("nan"), trainable=False)
        self._rate = tf.Variable(float("nan"), trainable=False)
        self._scale = tf.Variable(1.0, trainable=False)
        self._wants_sparse = tf.Variable(True, trainable=False)
        self._has_sparse = False
        self._present: set[int] = set()
        self.has_loss = False
        """Whether the step's own loss was seen on its way into the tracker."""
        self.has_rate = False
        self._put_back: list[Callable[[], None]] = []
        self._functions: tuple[Any, Any] = (None, None)
        """The train function that the model had, and ours in its place, for the next time."""

    def open(self) -> None:
        """Wrap, and put a train function of our own in the place of the model's."""
        self._is_open = True
        if self._optimizer is not None:
            self._wrap(self._optimizer, "apply", self._watched_apply)
        tracker = next((each for each in self._model.metrics if each.name == "loss"), None)
        if isinstance(tracker, keras.metrics.Mean):
            self._wrap(tracker, "update_state", self._watched_loss)
        model, kept = self._model, self._model.train_function
        if self._functions[0] is kept:
            model.train_function = self._functions[1]
        else:
            model.make_train_function(force=True)
            self._functions = kept, model.train_function

        def put_back() -> None:
            model.train_function = kept

        self._put_back.append(put_back)

    def fits(self) -> bool:
        """Whether the model is still the one that was watched: neither compiled anew nor frozen otherwise."""
        trained = {id(each.value) for each in self._model.trainable_variables if is_real(each)}
        return self._model.optimizer is self._optimizer and trained == set(self._slots)

    def close(self) -> None:
        """Take the wrappers off and give the model its own train function back."""
        self._is_open = False
        for each in reversed(self._put_back):
            each()
        self._put_back = []

    def _wrap(self, owner: Any, name: str, watched: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        own = vars(owner).get(name)
        object.__setattr__(owner, name, watched(getattr(owner, name)))

        def put_back() -> None:
            if own is None:
                object.__delattr__(owner, name)
            else:
                object.__setattr__(owner, name, own)

        self._put_back.append(put_back)

    def _watched_apply(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def apply(grads: Any, trainable_variables: Any = None) -> Any:
            gradients = list(grads)
            variables = None if trainable_variables is None else list(trainable_variables)
            if self._is_open and self.is_stepping:
                known = self._optimizer._trainable_variables if variables is None else variables
                self._keep(gradients, known)
            return original(gradients, variables)

        return apply

    def _keep(self, gradients: list[Any], variables: list[Any]) -> None:
        for gradient, variable in zip(gradients, variables, strict=False):
            key = id(variable.value if isinstance(variable, keras.Variable) else variable)
            slot = self._slots.get(key)
            if slot is None or gradient is None:
                continue
            self._present.add(key)
            if isinstance(gradient, tf.IndexedSlices):
                self._keep_sparse(slot, gradient)
            else:
                slot.assign(tf.cast(gradient, slot.dtype))
        rate = getattr(self._optimizer, "inner_optimizer", self._optimizer)._learning_rate
        if isinstance(rate, keras.Variable | keras.optimizers.schedules.LearningRateSchedule):
            # A function of the user's own is not called a second time: it may draw or count.
            self.has_rate = True
            self._rate.assign(tf.cast(self._optimizer.learning_rate, tf.float32))
        scale = self._loss_scale()
        if scale is not None:
            self._scale.assign(tf.cast(scale, tf.float32))

    def _loss_scale(self) -> Any:
        if isinstance(self._optimizer, keras.optimizers.LossScaleOptimizer):
            return self._optimizer.dynamic_scale if self._optimizer.built else self._optimizer.initial_scale
        return self._optimizer.loss_scale_factor

    def _keep_sparse(self, slot: tf.Variable, gradient: tf.IndexedSlices) -> None:
        """A sparse gradient costs a dense one's memory, so it is only kept at the steps that want it."""

        self._has_sparse = True

        def keep() -> tf.Tensor:
            slot.assign(tf.cast(tf.convert_to_tensor(gradient), slot.dtype))
            return tf.constant(True)

        tf.cond(self._wants_sparse, keep, lambda: tf.constant(False))

    def _watched_loss(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def update_state(values: Any, *args: Any, **kwargs: Any) -> Any:
            if self._is_open and self.is_stepping:
                loss = tf.convert_to_tensor(values)
                if loss.shape.rank == 0:
                    self.has_loss = True
                    self._loss.assign(tf.cast(loss, tf.float32))
            return original(values, *args, **kwargs)

        return update_state

    def want_sparse(self, wanted: bool) -> None:
        """Whether the next step keeps sparse gradients too."""
        if self._has_sparse:
            self._wants_sparse.assign(wanted)

    def gradients(self) -> dict[int, Any]:
        """``id`` of TensorFlow's variable → gradient of the latest step; a variable that had none is missing."""
        scale = float(to_numpy(read(self._scale)))
        found = {key: to_numpy(read(self._slots[key])) for key in self._present}
        return found if scale == 1 else {key: each / scale for key, each in found.items()}

    def loss(self) -> float:
        """The latest step's own loss, before its update."""
        return float(to_numpy(read(self._loss)))

    def learning_rate(self) -> float:
        """The rate of the latest step."""
        return float(to_numpy(read(self._rate)))
