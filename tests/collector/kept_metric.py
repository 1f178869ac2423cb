"""A metric for tests of both frameworks."""

from collections.abc import Mapping

import numpy as np

from collector import Metric
from collector.capture.step_state import StepState


class Kept(Metric):
    """Keeps what it is given."""

    name = "kept"
    title = "what is kept"
    needs = ("weights", "gradients", "updates")
    interval = 1

    def __init__(self) -> None:
        self.states: list[StepState] = []

    def compute(self, state: StepState) -> Mapping[str, float]:
        self.states.append(state)
        return {layer: float(np.abs(own["weight"]).sum()) for layer, own in state.gradients.items()}
