"""The results of each step by itself, out of what Keras averages over the epoch."""

from collections.abc import Mapping

import keras

from collector.keras.tensors import read, to_numpy

Sums = tuple[float, float]


class StepMetrics:
    """Takes the running means of a model's metrics apart.

    A `keras.metrics.Mean` holds a sum and a count; their growth at a step is the step's own mean: exact for the
    accuracies, whose sums are whole numbers, and as good as float32 sums are for others. Any other metric (an AUC,
    say) has no part that belongs to one step: its value so far in the epoch is what is recorded.
    """

    def __init__(self, model: keras.Model) -> None:
        self._model = model
        self._means: dict[str, keras.metrics.Mean] | None = None
        self._before: dict[str, Sums] = {}

    def begin_epoch(self) -> None:
        """Keras has set its metrics back."""
        self._before = {}
        self._means = None

    def of_step(self, logs: Mapping[str, float]) -> dict[str, float]:
        """The step's own value of each metric in the logs but the loss."""
        if self._means is None:
            self._means = _means(self._model)
        found = {}
        for name, running in logs.items():
            mean = self._means.get(name)
            if name != "loss" and isinstance(running, int | float):
                found[name] = float(running) if mean is None else self._growth(name, mean)
        return found

    def of_loss(self, logs: Mapping[str, float]) -> float | None:
        """The step's loss where it could not be seen by itself: the tracker's growth, or what was logged."""
        if self._means is None:
            self._means = _means(self._model)
        mean = self._means.get("loss")
        if mean is not None and (sums := _sums(mean))[1] and abs(sums[0] / sums[1] - logs.get("loss", 0.0)) < 1e-5:
            return self._growth("loss", mean)
        return logs.get("loss")

    def _growth(self, name: str, mean: keras.metrics.Mean) -> float:
        total, count = _sums(mean)
        total_before, count_before = self._before.get(name, (0.0, 0.0))
        if count < count_before:  # set back in between, as by an evaluation
            total_before = count_before = 0.0
        self._before[name] = total, count
        grown = count - count_before
        return (total - total_before) / grown if grown else float("nan")


def _sums(mean: keras.metrics.Mean) -> Sums:
    return float(to_numpy(read(mean.total))), float(to_numpy(read(mean.count)))


def _means(model: keras.Model) -> dict[str, keras.metrics.Mean]:
    """Name in the logs → metric, for those that are plain means and whose name is theirs alone."""
    inner = [each for outer in model.metrics for each in (getattr(outer, "metrics", None) or [outer])]
    names = [each.name for each in inner]
    return {each.name: each for each in inner if isinstance(each, keras.metrics.Mean) and names.count(each.name) == 1}
