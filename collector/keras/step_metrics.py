"""The results of each step by itself, out of what Keras averages over the epoch."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from collector.capture.guard import Guard
from collector.capture.wording import listed
from collector.keras.graphs import is_made_of, written
from collector.keras.optimizers import Optimizers
from collector.keras.tensors import read

SO_FAR = (
    "Of one step by itself these results are not known, so that their value in the epoch so far is recorded: {}. They "
    "are computed from a metric's state in another way than as the mean of a `keras.metrics.Mean`."
)
AS_RETURNED = (
    "Recorded as the training step gave them: {}. Whether they are of one step or of the epoch so far cannot be told "
    "where the step does not run as a graph."
)

MOST_MEANS = 64
"""So many of a model's means are told apart."""

_NOW, _GROWN, _SEEN = range(3)
"""What is kept of each mean, a sum and a count each: so far in the epoch, of this step, and of this step exactly."""


class StepMetrics:
    """Tells each step's own value of whatever the training step returns, by what it is and not by its name.

    What is computed without the state of any metric is the step's own. What equals the result of one of the model's
    `keras.metrics.Mean`s is that mean, and the step's own value is the growth of its sum by the growth of its count:
    exact for accuracies, whose sums are whole numbers; where the step gives the mean single numbers, as the losses,
    these very numbers. Of any other (an AUC, the sum of two means) no part belongs to one step: its value so far in
    the epoch is what is recorded, and a note says so.
    """

    def __init__(self, model: keras.Model, optimizers: Optimizers, guard: Guard) -> None:
        self._model, self._optimizers = model, optimizers
        self._guard = guard
        self._means: list[keras.metrics.Mean] = []
        self._look_for_means()
        self._kept = tf.Variable(tf.zeros((MOST_MEANS, 3, 2), tf.float64), trainable=False)
        self._before = np.zeros((MOST_MEANS, 2))
        self._is_watched = False
        self._n_inside = 0
        """So many first means are read in the graph when a step begins. Keras makes others in the first step."""
        self._given: list[list[tuple[Any, Any]] | None] | None = None
        """What each mean is given by the step under way; None for one that was given more than single numbers."""
        self._is_running: dict[str, bool] = {}
        self._equals: dict[str, int] = {}

    def wrappers(self) -> Iterator[tuple[Any, str, Callable[[Callable[..., Any]], Callable[..., Any]]]]:
        """Object, name of its method, and what makes the watched method of it."""
        yield self._model, "train_step", self._watched_step
        for number, mean in enumerate(self._means):
            if type(mean).update_state is keras.metrics.Mean.update_state:
                yield mean, "update_state", self._watched_update(number)

    def _watched_step(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def train_step(*args: Any, **kwargs: Any) -> Any:
            before = None
            with self._guard("watching the results of a step"):
                self._graph = None if tf.executing_eagerly() else tf.compat.v1.get_default_graph()
                before, self._given = self._sums(), [[] for _ in self._means]
            try:
                results = original(*args, **kwargs)
                if before is not None:
                    with self._guard("watching the results of a step"):
                        self._keep(before, results)
            finally:
                self._given = None
            return results

        return train_step

    def _watched_update(self, number: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def watched(original: Callable[..., Any]) -> Callable[..., Any]:
            def update_state(values: Any, sample_weight: Any = None, **kwargs: Any) -> Any:
                if self._given is not None:
                    with self._guard("watching the results of a step"):
                        self._see(number, values, 1.0 if sample_weight is None else sample_weight)
                return original(values, sample_weight=sample_weight, **kwargs)

            return update_state

        return watched

    def _see(self, number: int, values: Any, weight: Any) -> None:
        dtype = self._means[number].dtype
        pair = [tf.cast(tf.cast(tf.convert_to_tensor(each), dtype), tf.float64) for each in (values, weight)]
        is_plain = all(each.shape.rank == 0 for each in pair)
        is_here = tf.executing_eagerly() or pair[0].graph is self._graph
        given = self._given[number] if self._given is not None else None
        if given is not None and is_plain and is_here:
            given.append((pair[0], pair[1]))
        elif self._given is not None:
            self._given[number] = None

    def _sums(self) -> Any:
        """``[M, 2]`` as they are now, in the graph of the step."""
        return _rows([(mean.total.value, mean.count.value) for mean in self._means])

    def _keep(self, before: Any, results: Any) -> None:
        self._n_inside = len(self._given or ()) if not self._is_watched else self._n_inside
        self._look_for_means()
        now = self._sums()
        of_others = tf.fill((now.shape[0] - before.shape[0], 2), tf.constant(np.nan, tf.float64))
        grown = now - tf.concat((before, of_others), 0)
        rows = tf.stack((now, grown, tf.concat((self._exactly(), of_others), 0)), axis=1)
        self._kept.assign(tf.pad(rows, ((0, MOST_MEANS - rows.shape[0]), (0, 0), (0, 0))))
        self._is_watched = True
        if self._graph is not None and isinstance(results, Mapping):
            ours = [*self._model.weights, *(each for one in self._optimizers for each in one.variables)]
            known = {id(each.value.handle) for each in ours}
            states = {key for key, each in written(self._graph).items() if key not in known and _is_float(each)}
            self._is_running |= {
                name: tf.is_tensor(each) and is_made_of(each, states) for name, each in results.items()
            }

    def _exactly(self) -> Any:
        """``[M, 2]`` of the numbers that the means were given; NaN where that is not all that they were given."""
        unknown = [(tf.constant(np.nan, tf.float64),) * 2]
        given = [each or unknown for each in self._given or ()]
        return _rows([(tf.add_n([v * w for v, w in each]), tf.add_n([w for _, w in each])) for each in given])

    def _look_for_means(self) -> None:
        known = {id(each) for each in self._means}
        self._means += [each for each in _means_of(self._model) if id(each) not in known]
        del self._means[MOST_MEANS:]

    def begin_step(self) -> None:
        """A step, or the first of several that run at once, is about to be taken."""
        self._read(self._before)

    def of_step(self, logs: Mapping[str, Any]) -> dict[str, float]:
        """The step's own value of each number in the logs, and ``loss`` where only its mean was told of it."""
        states = self._states()
        found: dict[str, float | None] = {}
        unclear: dict[str, list[str]] = {}
        tracker = next((n for n, each in enumerate(self._means) if each is self._model._loss_tracker), None)
        if "loss" not in logs and tracker is not None:
            found["loss"] = self._own(tracker, states)
        for name, value in logs.items():
            if not isinstance(value, int | float):
                continue
            is_running = self._is_running.get(name)
            number = None if is_running is False else self._mean_of(name, value, states)
            found[name] = float(value) if number is None else self._own(number, states)
            if number is None and is_running is not False:
                unclear.setdefault(AS_RETURNED if is_running is None else SO_FAR, []).append(name)
        for text, names in unclear.items():
            self._guard.remark(text.format(listed(names)))
        return {name: value for name, value in found.items() if value is not None}

    def _states(self) -> np.ndarray:
        if self._is_watched:
            states: np.ndarray = read(self._kept).numpy().copy()
            now, grown = states[:, _NOW], states[:, _GROWN]
            states[:, _GROWN] = np.where(np.isnan(grown), now - self._before, grown)
            return states
        self._look_for_means()
        now = np.zeros_like(self._before)
        self._read(now)
        is_new = now[:, 1:] < self._before[:, 1:]  # set back in between
        return np.stack((now, np.where(is_new, now, now - self._before), np.full_like(now, np.nan)), axis=1)

    def _read(self, sums: np.ndarray) -> None:
        """Take the sums ``[M, 2]`` of those that the graph does not read."""
        for number in range(self._n_inside, len(self._means)):
            mean = self._means[number]
            sums[number] = [float(read(each).numpy()) for each in (mean.total, mean.count)]

    def _mean_of(self, name: str, value: float, states: np.ndarray) -> int | None:
        """Number of the mean whose result this value is: the one that it was before, or that has its name, or any."""
        numbers = range(len(self._means))
        first = self._equals.get(name)
        for number in sorted(numbers, key=lambda each: (each != first, self._means[each].name != name)):
            result = self._result(number, *states[number, _NOW])
            if np.isclose(result, value, rtol=1e-5, atol=1e-30, equal_nan=True):
                self._equals[name] = number
                return number
        return None

    def _own(self, number: int, states: np.ndarray) -> float | None:
        """The step's own; None where the step gave the mean nothing."""
        is_exact = np.isfinite(states[number, _SEEN, 1]) and states[number, _SEEN, 1]
        total, count = states[number, _SEEN if is_exact else _GROWN]
        return self._result(number, total, count) if count else None

    def _result(self, number: int, total: float, count: float) -> float:
        """What the mean makes of a sum and a count; the root of a mean square is no plain mean."""
        mean = self._means[number]
        if type(mean).result is keras.metrics.Mean.result:
            return total / count if count else 0.0
        return float(mean.stateless_result([tf.constant(each, mean.dtype) for each in (total, count)]))


def _rows(pairs: list[tuple[Any, Any]]) -> Any:
    """float64 ``[M, 2]``."""
    return tf.reshape(tf.cast([tf.cast(each, tf.float64) for pair in pairs for each in pair], tf.float64), (-1, 2))


def _is_float(handle: Any) -> bool:
    held = handle._handle_data
    return bool(held is not None and held.shape_and_type and tf.as_dtype(held.shape_and_type[0].dtype).is_floating)


def _means_of(model: keras.Model) -> Iterator[keras.metrics.Mean]:
    """The means among the metrics of a model and of its layers, each once, whatever `Model.metrics` is made to say."""
    owners = [model, *model._flatten_layers(include_self=False)]
    names = ("_loss_tracker", "_compile_metrics", "_compile_loss")
    outer = [getattr(owner, name, None) for owner in owners for name in names]
    outer += [each for owner in owners for each in (*owner._metrics, *owner.metrics)]
    inner = [each for one in outer if one is not None for each in (getattr(one, "metrics", None) or [one])]
    for mean in {id(each): each for each in inner}.values():
        if isinstance(mean, keras.metrics.Mean) and len(mean.variables) == 2:
            yield mean
