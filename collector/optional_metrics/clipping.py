"""What clipping leaves of gradients."""

from collections.abc import Mapping
from math import hypot

from collector.capture.metric import Metric
from collector.capture.step_state import CLIPPING, TOTAL, Clipping, StepState
from collector.storage import schema


class ClippedGradients(Metric):
    """Norms of gradients before clipping, by layer, and what clipping has left of them.

    - ``norm_before_clipping``: ‖g‖ of each layer when the last backward pass of the step ended.
    - ``kept_gradient_fraction``: ‖g‖ that the update was made of ÷ that, 1 where nothing was cut. By the norm of all,
      the cut is the same for all layers (Pascanu, Mikolov & Bengio 2013, On the Difficulty of Training Recurrent Neural
      Networks, arXiv:1211.5063, algorithm 1); by value, or by the norm of each, it tells who is cut.

    There is none where a `torch.amp.GradScaler` is at work, whose factor is in the first of both.

    Args:
        interval: steps between two numbers.
    """

    name = "clipped_gradients"
    needs = (CLIPPING,)
    numbers = (
        schema.Metric(
            "norm_before_clipping",
            "gradient norm before clipping",
            "Length of the layer's gradient when the backward pass ended, before anything was cut.",
        ),
        schema.Metric(
            "kept_gradient_fraction",
            "gradient left by clipping",
            "Length of the gradient that the update was made of, divided by that before clipping: 1 where nothing was "
            "cut.",
            "fraction",
        ),
    )

    def __init__(self, interval: int = 10) -> None:
        self.interval = interval

    def compute(self, state: StepState) -> Mapping[str, float]:
        if not state.clipping:
            return {}
        whole = Clipping(*(hypot(*norms) for norms in zip(*state.clipping.values(), strict=True)))
        found: dict[str, float] = {}
        for layer, (before, after) in {**state.clipping, TOTAL: whole}.items():
            found[f"norm_before_clipping/{layer}"] = before
            if before > 0:
                found[f"kept_gradient_fraction/{layer}"] = after / before
        return found
