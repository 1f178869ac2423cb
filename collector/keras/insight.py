"""Gives the insight recorder what Keras holds at a step."""

from math import prod

import numpy as np

from collector.capture.insight import InsightRecorder, ParameterSpec
from collector.capture.insight_options import InsightOptions
from collector.keras.plan import LayerPlan
from collector.keras.taking import Values, arrays
from collector.keras.tensors import is_real, read
from collector.metrics.norms import sums_of_squares


class StepInsight:
    """Follows the parameters that are trained when the run begins, in Keras's own order of their values.

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
        self.keys = [key for key, each in variables.items() if each.trainable]
        specs = []
        for key in self.keys:
            (layer, name), *others = places[key]
            also = tuple(other for other, _ in others if other != layer)
            specs.append(ParameterSpec(layer, name, prod(variables[key].shape), also))
        self.recorder = InsightRecorder(specs, options)
        self._after: list[np.ndarray] = []
        self._places = places
        self._frozen = {key: each for key, each in variables.items() if not each.trainable}
        if self._frozen:
            self._set_frozen(arrays({key: read(each) for key, each in self._frozen.items()}))

    def _set_frozen(self, values: Values) -> None:
        places = self._places
        squares = dict(zip(values, sums_of_squares(values.values()), strict=True))
        of_layers: dict[str, float] = {}
        for key, square in squares.items():
            for layer in dict.fromkeys(layer for layer, _ in places[key]):
                of_layers[layer] = of_layers.get(layer, 0.0) + square
        self.recorder.set_frozen(of_layers, sum(squares.values()))

    def add_step(self, step: int, before: Values, after: Values, gradients: Values, moments: Values) -> None:
        """What a step that the recorder wants was made of and did.

        Args:
            moments: the optimizer's first moments before the step, where it has them.
        """
        if any(each.trainable for each in self._frozen.values()):  # not any more
            self._set_frozen({key: before[key] for key in self._frozen})
        before, after, gradients, moments = map(_narrow, (before, after, gradients, moments))
        weights = [before[key] for key in self.keys]
        self.recorder.before_update(
            step,
            [gradients.get(key) for key in self.keys],
            None if self._are_as_left(weights) else weights,
            [moments.get(key) for key in self.keys] if moments else None,
        )
        self._after = []
        if self.recorder.measures(step):
            self._after = [after[key] for key in self.keys]
            self.recorder.after_update(step, self._after)

    def _are_as_left(self, weights: list[np.ndarray]) -> bool:
        """Whether these are the weights of the latest `add_step`: TensorFlow moves to other memory to change them."""
        pairs = zip(weights, self._after, strict=False)
        return bool(self._after) and all(now.ctypes.data == then.ctypes.data for now, then in pairs)


def _narrow(values: Values) -> Values:
    """As float32, which the recorder takes."""
    return {key: each if each.dtype == np.float32 else each.astype(np.float32) for key, each in values.items()}
