"""The results of each step by itself, out of what Keras averages over the epoch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf, isfinite, isnan, nan
from typing import Any

import keras
import tensorflow as tf

from collector.capture.guard import Guard
from collector.capture.wording import listed
from collector.keras.graphs import first_read, is_made_of, written
from collector.keras.optimizers import Optimizers
from collector.keras.step_rows import WIDTH, StepRows
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

State = Sequence[float]
"""Of a mean: sum and count before the step and behind it, and the number that the step gave it and its weight; NaN:
not known. That is a row of `StepRows`."""


class StepMetrics:
    """Tells each step's own value of whatever the training step returns, by what it is and not by its name.

    What is computed without the state of any metric is the step's own. What equals the result of one of the model's
    `keras.metrics.Mean`s is that mean, and the step's own value is the growth of its sum by the growth of its count:
    exact for accuracies, whose sums are whole numbers; where the step gives the mean single numbers, as the losses,
    these very numbers. Of any other (an AUC, the sum of two means) no part belongs to one step: its value so far in
    the epoch is what is recorded, and a note says so.

    Args:
        rows: of which the first `MOST_MEANS` are for the means; None: its own.
    """

    def __init__(self, model: keras.Model, optimizers: Optimizers, guard: Guard, rows: StepRows | None = None) -> None:
        self._model, self._optimizers = model, optimizers
        self._guard = guard
        self._means: list[keras.metrics.Mean] = []
        self._look_for_means()
        self._rows = StepRows(MOST_MEANS) if rows is None else rows
        self._before: dict[int, tuple[float, float]] = {}
        self._is_watched = False
        self._outside: set[int] = set()
        """Numbers of the means that the graph does not read before it changes them."""
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
        pair = [tf.cast(tf.convert_to_tensor(each), dtype) for each in (values, weight)]
        is_plain = all(each.shape.rank == 0 for each in pair)
        is_here = tf.executing_eagerly() or pair[0].graph is self._graph
        given = self._given[number] if self._given is not None else None
        if given is not None and is_plain and is_here:
            given.append((pair[0], pair[1]))
        elif self._given is not None:
            self._given[number] = None

    def _sums(self) -> list[tuple[Any, Any]]:
        """Sum and count of each as they are now, in the graph of the step."""
        return [
            (tf.convert_to_tensor(each.total.value), tf.convert_to_tensor(each.count.value)) for each in self._means
        ]

    def _keep(self, before: list[tuple[Any, Any]], results: Any) -> None:
        self._look_for_means()
        made = self._means[len(before) :]  # by the step itself, as Keras does in the first
        before = [*before, *(self._read_first(each) for each in made)]
        self._outside |= {number for number, (total, _) in enumerate(before) if not tf.is_tensor(total)}
        unknown = [(nan, nan)] * len(made)
        given = [_joined(each) for each in self._given or ()]
        states = zip(before, self._sums(), (*given, *unknown), strict=True)
        numbers = [each for state in states for pair in state for each in pair]
        if numbers:
            self._rows.put(0, tf.reshape(_stacked(numbers), (-1, WIDTH)))
        self._is_watched = True
        if self._graph is not None and isinstance(results, Mapping):
            ours = [*self._model.weights, *(each for one in self._optimizers for each in one.variables)]
            known = {id(each.value.handle) for each in ours}
            states_of_metrics = {
                key for key, each in written(self._graph).items() if key not in known and _is_float(each)
            }
            self._is_running |= {
                name: tf.is_tensor(each) and is_made_of(each, states_of_metrics) for name, each in results.items()
            }

    def _read_first(self, mean: keras.metrics.Mean) -> tuple[Any, Any]:
        """Sum and count before the step, where reading them is the first that its graph does with them; else NaN."""
        found = [None if self._graph is None else first_read(self._graph, each.value) for each in mean.variables]
        return (nan, nan) if any(each is None for each in found) else (found[0], found[1])

    def _look_for_means(self) -> None:
        known = {id(each) for each in self._means}
        self._means += [each for each in _means_of(self._model) if id(each) not in known]
        del self._means[MOST_MEANS:]

    def begin_step(self) -> None:
        """A step, or the first of several that run at once, is about to be taken."""
        self._before = self._read()

    def of_step(self, logs: Mapping[str, Any], rows: Any = None) -> dict[str, float]:
        """The step's own value of each number in the logs, and ``loss`` where only its mean was told of it.

        Args:
            rows: what the latest step left in the rows; None: they are read.
        """
        states = self._states(rows)
        found: dict[str, float | None] = {}
        unclear: dict[str, list[str]] = {}
        if "loss" not in logs:
            tracker = next((n for n, each in enumerate(self._means) if each is self._model._loss_tracker), None)
            if tracker is not None:
                found["loss"] = self._own(tracker, states[tracker])
        for name, value in logs.items():
            if not isinstance(value, int | float):
                continue
            is_running = self._is_running.get(name)
            number = None if is_running is False else self._mean_of(name, value, states)
            found[name] = float(value) if number is None else self._own(number, states[number])
            if number is None and is_running is not False:
                unclear.setdefault(AS_RETURNED if is_running is None else SO_FAR, []).append(name)
        for text, names in unclear.items():
            self._guard.remark(text.format(listed(names)))
        return {name: value for name, value in found.items() if value is not None}

    def _states(self, rows: Any) -> list[State]:
        if self._is_watched:
            states: list[Any] = (self._rows.read() if rows is None else rows)[: len(self._means)].tolist()
            for number in self._outside:
                if isnan(states[number][0]):
                    states[number][:2] = self._before.get(number, (0.0, 0.0))
            return states
        self._look_for_means()
        found: list[State] = []
        for number, now in self._read().items():
            before = self._before.get(number, (0.0, 0.0))
            is_new = now[1] < before[1]  # set back in between
            found.append((*((0.0, 0.0) if is_new else before), *now, nan, nan))
        return found

    def _read(self) -> dict[int, tuple[float, float]]:
        """Number → sum and count, of those that the graph does not read before the step."""
        found = {}
        for number in self._outside if self._is_watched else range(len(self._means)):
            total, count = (float(read(each).numpy()) for each in self._means[number].variables)
            found[number] = total, count
        return found

    def _mean_of(self, name: str, value: float, states: Sequence[State]) -> int | None:
        """Number of the mean whose result this value is: the one that it was before, or that has its name, or any."""
        first = self._equals.get(name)
        if first is not None and self._is_result(value, first, states):
            return first
        for number in sorted(range(len(states)), key=lambda each: self._means[each].name != name):
            if self._is_result(value, number, states):
                self._equals[name] = number
                return number
        return None

    def _is_result(self, value: float, number: int, states: Sequence[State]) -> bool:
        total, count = states[number][2:4]
        return _is_close(self._result(number, total, count), value)

    def _own(self, number: int, state: State) -> float | None:
        """The step's own; None where the step gave the mean nothing."""
        total_before, count_before, total, count, given, weight = state
        if isfinite(weight) and weight:
            return self._result(number, given * weight, weight)
        count -= count_before
        return self._result(number, total - total_before, count) if count else None

    def _result(self, number: int, total: float, count: float) -> float:
        """What the mean makes of a sum and a count; the root of a mean square is no plain mean."""
        mean = self._means[number]
        if type(mean).result is keras.metrics.Mean.result:
            return total / count if count else 0.0
        return float(mean.stateless_result([tf.constant(each, mean.dtype) for each in (total, count)]))


def _joined(given: list[tuple[Any, Any]] | None) -> tuple[Any, Any]:
    """The one number, and its weight, that stands for all that a mean was given; NaN where that is not known."""
    if not given:
        return nan, nan
    if len(given) == 1:
        return given[0]
    weights = [tf.cast(weight, tf.float64) for _, weight in given]
    total = tf.add_n([tf.cast(value, tf.float64) * weight for (value, _), weight in zip(given, weights, strict=True)])
    return total / tf.add_n(weights), tf.add_n(weights)


def _stacked(numbers: list[Any]) -> Any:
    """float64 ``[numbers]``, of tensors of any kind and floats: of one kind they are cast all at once."""
    kinds = {each.dtype for each in numbers if tf.is_tensor(each)}
    kind = kinds.pop() if len(kinds) == 1 else tf.float64
    same = [tf.cast(each, kind) if tf.is_tensor(each) else tf.constant(each, kind) for each in numbers]
    return tf.cast(tf.stack(same), tf.float64)


def _is_close(one: float, other: float) -> bool:
    """Whether two numbers are the same but for rounding; NaN is NaN."""
    if isnan(one) or isnan(other):
        return isnan(one) and isnan(other)
    return one == other or abs(one - other) <= 1e-30 + 1e-5 * abs(other) < inf


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
