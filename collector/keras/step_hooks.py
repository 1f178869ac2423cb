"""Sees what a compiled training step does, from inside its graph, without changing it."""

from collections.abc import Callable
from itertools import count
from typing import Any, Protocol

import keras
import tensorflow as tf

from collector.capture.guard import Guard
from collector.keras.optimizer_hooks import OptimizerHooks
from collector.keras.optimizers import Optimizers, optimizer_of
from collector.keras.step_data import StepData
from collector.keras.step_metrics import MOST_MEANS, StepMetrics
from collector.keras.step_rows import StepRows
from collector.keras.tensors import is_real
from collector.keras.train_functions import GOES_ON, trains_otherwise


class NotWatchedError(Exception):
    """The training steps cannot be watched, for the reason that the text says."""


class StepTold(Protocol):
    """Who wants to know when exactly the weights are changed."""

    def step_begins(self) -> None:
        """They are about to be."""

    def step_ends(self) -> None:
        """They were."""


class StepHooks:
    """Keeps the inputs, the gradients, the results and the learning rates of the latest step of a model.

    The optimizers' ``apply``, the model's ``train_step`` and the ``update_state`` of metrics that are means are wrapped
    on these very objects, and the train function is made anew, so that the wrappers are traced into it: there each
    gradient is handed to a variable of ours, which takes its memory over and copies nothing. `close` puts all back.

    A gradient is recorded as its optimizer receives it: before the optimizer's own clipping, but with the factor of
    its loss scaling taken out.

    Args:
        told: is told when an optimizer begins to change the weights and has ended, where that is no part of a graph.
    """

    def __init__(self, model: keras.Model, optimizers: Optimizers, guard: Guard, told: StepTold | None = None) -> None:
        self.model = model
        self._told = told
        self._has_begun = False
        self._guard = guard
        self._is_open = False
        self._is_stepping = False
        self._slots = {
            key: tf.Variable(tf.zeros(each.shape, each.dtype), trainable=False) for key, each in trained(model).items()
        }
        own = list(optimizers)
        self.rows = StepRows(MOST_MEANS + len(own))
        self.results, self.data = StepMetrics(model, optimizers, guard, self.rows), StepData(model, guard)
        self._wants_sparse = tf.Variable(True, trainable=False)
        self.compiled_with = optimizer_of(model)
        self._optimizers = [
            OptimizerHooks(each, self._slots, self._wants_sparse, self.rows, MOST_MEANS + number)
            for number, each in enumerate(own)
        ]
        self._put_back: list[Callable[[], None]] = []
        self._functions: tuple[Any, Any] = (None, None)
        """The train function that the model had, and ours in its place, for the next time."""

    def open(self) -> None:
        """Wrap, and put a train function of our own in the place of the model's.

        Raises:
            NotWatchedError: one of our own would train something else than the model's.
        """
        if self.model.train_function is not self._functions[0] and trains_otherwise(
            self.model.train_function, self.model
        ):
            raise NotWatchedError(GOES_ON)
        self._is_open = True
        for each in self._optimizers:
            self._wrap(each.optimizer, "apply", self._watched_apply(each))
        for owner, name, watched in (*self.results.wrappers(), *self.data.wrappers()):
            self._wrap(owner, name, watched)
        if self.model.compiled:
            self._replace_train_function()

    def _replace_train_function(self) -> None:
        model, kept = self.model, self.model.train_function
        if self._functions[1] is not None and self._functions[0] is kept:
            model.train_function = self._functions[1]
        else:
            model.make_train_function(force=True)
            self._functions = kept, model.train_function

        ours = self._functions[1]

        def put_back() -> None:
            if model.train_function is ours:
                model.train_function = kept

        self._put_back.append(put_back)

    def fits(self) -> bool:
        """Whether the model still takes the steps that were watched: it was not compiled anew.

        Where it was frozen otherwise and not compiled, Keras goes on as before, and so does what is watched.
        """
        is_same = self.is_as_compiled or not self.model.run_eagerly
        return not self.is_replaced and self.model.train_function in self._functions and is_same

    @property
    def is_as_compiled(self) -> bool:
        """Whether what is trained is what it was when the watching began."""
        return trained(self.model).keys() == self._slots.keys()

    @property
    def is_replaced(self) -> bool:
        """Whether the model was compiled anew."""
        return optimizer_of(self.model) is not self.compiled_with

    @property
    def keys(self) -> set[int]:
        """``id`` of TensorFlow's variable, of those whose gradients can be kept."""
        return set(self._slots)

    def close(self) -> None:
        """Take the wrappers off and give the model its own train function back."""
        self._is_open = False
        for each in reversed(self._put_back):
            each()
        self._put_back = []
        self.data.let_go()

    def _wrap(self, owner: Any, name: str, watched: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        own = vars(owner).get(name)
        object.__setattr__(owner, name, watched(getattr(owner, name)))

        def put_back() -> None:
            if own is None:
                object.__delattr__(owner, name)
            else:
                object.__setattr__(owner, name, own)

        self._put_back.append(put_back)

    def _watched_apply(self, watch: OptimizerHooks) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def watched(original: Callable[..., Any]) -> Callable[..., Any]:
            def apply(grads: Any, trainable_variables: Any = None) -> Any:
                gradients = list(grads)
                variables = None if trainable_variables is None else list(trainable_variables)
                is_step = self._is_open and self._is_stepping
                if is_step:
                    watch.is_called = True
                    self._tell_begun()
                    with self._guard("keeping the gradients of a step"):
                        watch.keep(gradients, variables)
                result = original(gradients, variables)
                if is_step and self._told is not None and tf.executing_eagerly():
                    self._told.step_ends()
                return result

            return apply

        return watched

    def _tell_begun(self) -> None:
        if self._told is not None and tf.executing_eagerly() and not self._has_begun:
            self._has_begun = True
            self._told.step_begins()

    def begin_step(self, *, wants_gradients: bool) -> None:
        """A training step is under way: what is called until `end_step` belongs to it, and nothing else does."""
        if wants_gradients:
            for each in self._optimizers:
                each.begin()
        if any(each.has_sparse for each in self._optimizers):
            self._wants_sparse.assign(wants_gradients)
        self._is_stepping, self._has_begun = True, False

    def end_step(self) -> None:
        """It was taken, or failed."""
        self._is_stepping = False

    @property
    def is_own_loop(self) -> bool:
        """Whether the steps are those of a loop of the user's own."""
        return self._told is not None

    @property
    def is_called(self) -> bool:
        """Whether a training step has called any of the optimizers."""
        return any(each.is_called for each in self._optimizers)

    @property
    def optimizers(self) -> list[Any]:
        """All of them, as they were given."""
        return [each.optimizer for each in self._optimizers]

    @property
    def in_use(self) -> list[OptimizerHooks]:
        """Those of the optimizers that were given gradients."""
        return [each for each in self._optimizers if each.seen]

    def never_seen(self) -> set[int]:
        """``id`` of TensorFlow's variable, of those that no optimizer was given a gradient of."""
        return self.keys - {key for each in self._optimizers for key in each.seen}

    def gradients(self) -> dict[int, Any]:
        """``id`` of TensorFlow's variable → gradient of the latest step; a variable that had none is missing."""
        return {key: gradient for each in self._optimizers for key, gradient in each.gradients().items()}

    def by_rate(self) -> dict[str, OptimizerHooks]:
        """Scalar → the optimizer whose learning rate it is, of those in use whose rate can be seen."""
        names = (f"learning_rate/group{number}" if number else "learning_rate" for number in count())
        return {name: each for name, each in zip(names, self.in_use, strict=False) if each.has_rate}


def trained(model: keras.Model) -> dict[int, keras.Variable]:
    """``id`` of TensorFlow's variable → the model's variable, of those real ones that are trained now."""
    return {id(each.value): each for each in model.trainable_variables if is_real(each)}
