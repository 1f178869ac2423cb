"""How sharply the loss of the probe bends around the weights."""

from collections.abc import Callable, Mapping

import numpy as np

from collector.capture.metric import Metric
from collector.capture.step_state import LOSS, TOTAL, UPDATES, WEIGHTS, Arrays, LossAt, StepState
from collector.metrics.curvature import curvature
from collector.storage import schema


class Sharpness(Metric):
    """Curvature of the probe's loss, by forward passes alone: along the update, and along random directions.

    H is the Hessian of the probe's loss at the weights behind the step, in evaluation mode; each number is a second
    difference over the distance ± δ, δ = ``radius`` × ‖w‖.

    - ``update_curvature``: uᵀHu, u the direction of the step's update: the directional sharpness of Pan & Li 2023,
      Toward Understanding Why Adam Converges Faster Than SGD for Transformers, arXiv:2306.00204. It is never above the
      largest eigenvalue of H, which is what Cohen et al. 2021, Gradient Descent on Neural Networks Typically Occurs at
      the Edge of Stability, arXiv:2103.00065, call sharpness.
    - ``random_curvature``: the mean of vᵀHv over directions v of signs (Hutchinson 1990), which estimates tr H ÷ D, the
      mean eigenvalue of D parameters.

    The collector has to know the probe's loss: in PyTorch by ``loss=`` and the targets of ``probe=(inputs, targets)``,
    in Keras by what the model was compiled with, or ``loss=``. It takes 3 + 2 × ``directions`` runs of the probe.

    Args:
        directions: random ones at each measurement; they are drawn from a generator of its own.
        radius: δ ÷ ‖w‖.
        interval: steps between two numbers.
    """

    name = "sharpness"
    needs = (WEIGHTS, UPDATES, LOSS)
    numbers = (
        schema.Metric(
            "update_curvature",
            "curvature along the update",
            "Second difference of the probe's loss along the step's update (directional sharpness, Pan & Li): never "
            "above the Hessian's largest eigenvalue. Below 0 the loss bends down.",
            is_linear=True,
        ),
        schema.Metric(
            "random_curvature",
            "mean curvature",
            "Mean second difference of the probe's loss along random directions: an estimate of the Hessian's mean "
            "eigenvalue.",
            is_linear=True,
        ),
    )

    def __init__(self, directions: int = 2, radius: float = 0.01, interval: int = 200, seed: int = 0) -> None:
        if directions < 0 or radius <= 0:
            raise ValueError(f"directions is {directions!r} and radius {radius!r}; give 0 or more, and more than 0")
        self.interval, self._directions, self._radius = interval, directions, radius
        self._chance = np.random.default_rng(seed)

    def compute(self, state: StepState) -> Mapping[str, float]:
        if state.loss is None:
            return {}
        weights, updates = _distinct(state.weights), _distinct(state.updates)
        distance = self._radius * _norm(weights)
        found: dict[str, float] = {}
        if not distance > 0:
            return found
        middle = state.loss({})
        if _norm(updates) > 0:
            found[f"update_curvature/{TOTAL}"] = curvature(_along(state.loss, updates), distance, middle)
        if self._directions:
            signs = (self._signs(weights) for _ in range(self._directions))
            bends = [curvature(_along(state.loss, each), distance, middle) for each in signs]
            found[f"random_curvature/{TOTAL}"] = float(np.mean(bends))
        return found

    def _signs(self, like: Arrays) -> Arrays:
        return {layer: {name: self._signs_of(each) for name, each in own.items()} for layer, own in like.items()}

    def _signs_of(self, like: np.ndarray) -> np.ndarray:
        bits = np.frombuffer(self._chance.bytes((like.size + 7) // 8), np.uint8)
        return (np.unpackbits(bits, count=like.size).astype(like.dtype) * 2 - 1).reshape(like.shape)


def _along(loss: LossAt, direction: Arrays) -> Callable[[float], float]:
    """How far along a direction → the loss there."""
    length = _norm(direction)
    return lambda far: loss(
        {layer: {name: each * (far / length) for name, each in own.items()} for layer, own in direction.items()}
    )


def _distinct(arrays: Arrays) -> Arrays:
    """The same without what belongs to a parameter under a second name."""
    seen: set[int] = set()
    found: dict[str, dict[str, np.ndarray]] = {}
    for layer, own in arrays.items():
        found[layer] = {name: each for name, each in own.items() if id(each) not in seen}
        seen |= {id(each) for each in own.values()}
    return found


def _norm(arrays: Arrays) -> float:
    squares = (float(np.square(each, dtype=np.float64).sum()) for own in arrays.values() for each in own.values())
    return float(np.sqrt(sum(squares)))
