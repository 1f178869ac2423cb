"""Gives the insight recorder what Keras holds at a step."""

from math import prod

import numpy as np
import tensorflow as tf

from collector.capture.insight import InsightRecorder
from collector.capture.insight_options import InsightOptions
from collector.capture.parameters import ParameterSpec
from collector.keras.pass_recorder import Values
from collector.keras.plan import LayerPlan
from collector.keras.tensors import is_real
from collector.metrics.norms import Sizes, sizes_of, sizes_of_changes


class StepInsight:
    """Follows the parameters of the layers, in Keras's own order of their values.

    Attributes:
        keys: ``id`` of TensorFlow's variable of each, in the order of the layers.
    """

    def __init__(self, plans: list[LayerPlan], options: InsightOptions) -> None:
        places: dict[int, list[tuple[str, str]]] = {}
        variables = {}
        for plan in plans:
            for name, each in plan.parameters.items():
                if is_real(each):
                    variables[id(each.value)] = each
                    places.setdefault(id(each.value), []).append((plan.name, name))
        self.keys = list(variables)
        specs = [
            ParameterSpec.owned_by(
                places[key],
                prod(each.shape),
                is_trained=bool(each.trainable),
                is_wide=tf.as_dtype(each.dtype) == tf.float64,
            )
            for key, each in variables.items()
        ]
        self.recorder = InsightRecorder(specs, options)
        self._after: list[np.ndarray] = []
        self._at_rest: dict[int, tuple[np.ndarray, Sizes]] = {}
        """A variable without a gradient → its latest values and their size."""

    def add_step(self, step: int, before: Values, after: Values, gradients: Values, moments: Values) -> None:
        """What a step that the recorder wants was made of and did.

        Args:
            moments: the optimizer's first moments before the step, where it has them.
        """
        weights = [before[key] for key in self.keys]
        own = [gradients.get(key) for key in self.keys]
        is_measured = self.recorder.measures(step)
        is_sampled = self.recorder.is_sampled and is_measured
        self.recorder.before_update(
            step,
            own,
            None if self._are_as_left(weights) else weights,
            [moments.get(key) for key in self.keys] if moments else None,
            (sizes_of(own), self._sizes(before, gradients)) if is_sampled else None,
        )
        self._after = []
        if is_measured:
            self._after = [after[key] for key in self.keys]
            self.recorder.after_update(step, self._after, self._changes(before, after) if is_sampled else None)

    def _sizes(self, before: Values, gradients: Values) -> Sizes:
        """Of the weights; one that has no gradient and lies where it did is not measured again."""
        found = []
        for key in self.keys:
            known = self._at_rest.get(key)
            if known is None or not _is_same(known[0], before[key]):
                known = before[key], sizes_of([before[key]])
            if key in gradients:
                self._at_rest.pop(key, None)
            else:
                self._at_rest[key] = known  # which holds its memory, so that it is not used for other values
            found.append(known[1])
        return Sizes(
            np.concatenate([each.norms for each in found]), np.concatenate([each.not_finite for each in found])
        )

    def _changes(self, before: Values, after: Values) -> Sizes:
        sizes = Sizes(np.zeros(len(self.keys)), np.zeros(len(self.keys), np.int64))
        moved = [number for number, key in enumerate(self.keys) if not _is_same(before[key], after[key])]
        keys = [self.keys[number] for number in moved]
        found = sizes_of_changes([after[key] for key in keys], [before[key] for key in keys])
        for own, of_moved in zip(sizes, found, strict=True):
            own[moved] = of_moved
        return sizes

    def _are_as_left(self, weights: list[np.ndarray]) -> bool:
        """Whether these are the weights of the latest `add_step`."""
        return bool(self._after) and all(map(_is_same, weights, self._after))


def _is_same(now: np.ndarray, then: np.ndarray) -> bool:
    """Whether a variable was left alone: TensorFlow moves to other memory to change one that is held."""
    return now.ctypes.data == then.ctypes.data
