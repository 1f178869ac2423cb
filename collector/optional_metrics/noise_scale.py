"""Gradient noise scale and signal-to-noise ratio."""

from collections.abc import Mapping

from collector.capture.metric import Metric
from collector.capture.step_state import BATCHES, TOTAL, Squares, StepState
from collector.metrics.noise_scale import NoiseAverage, noise, signal
from collector.storage import schema


class GradientNoiseScale(Metric):
    """How noisy gradients are, of each layer and of all: the simple noise scale and the signal-to-noise ratio.

    McCandlish, Kaplan, Amodei & the OpenAI Dota Team 2018, An Empirical Model of Large-Batch Training,
    arXiv:1812.06162, equation 2.9 and appendix A.1: B_simple = tr Σ ÷ ‖G‖², both estimated without bias from gradients
    of few and of many samples, and averaged over the measured steps before they are divided.

    - ``gradient_noise_scale``: B_simple, in samples. Batches far larger hardly make a step better; with far smaller
      ones more steps can be bought for the same samples.
    - ``gradient_snr``: ‖G‖² ÷ (tr Σ ÷ B) = B ÷ B_simple, of the gradient of the step's whole batch of B samples.

    Where a step has several backward passes (gradient accumulation), each is taken for a part of its batch: then all
    trained parameters of a layer count. Otherwise both halves of the batch are, whose gradients of the weights of
    linear layers and plain convolutions are made again: then those count. A sample is what lies along the batch's axis:
    of text a sequence. Where samples depend on each other, as through batch norm, that is part of the noise. There are
    no numbers while the signal is lost in the noise, none for parts of different sizes, and none of halves of a
    compiled model. Where several processes train together, the halves are those of the first one's batch.

    Args:
        interval: steps between two numbers. With halves, a measured step costs up to a third more.
        average: of what was known before a measured step so much stays, 0 … 1.
    """

    name = "noise_scale"
    needs = (BATCHES,)
    numbers = (
        schema.Metric(
            "gradient_noise_scale",
            "gradient noise scale",
            "tr Σ ÷ ‖G‖² (McCandlish et al.): in a batch of so many samples signal and noise of the gradient are "
            "equally strong. Far larger batches hardly help.",
            "samples",
        ),
        schema.Metric(
            "gradient_snr",
            "gradient signal-to-noise",
            "Power of the true gradient divided by that of the noise in the gradient of the step's batch: batch size "
            "divided by noise scale.",
        ),
    )

    def __init__(self, interval: int = 20, average: float = 0.9) -> None:
        if not 0 <= average < 1:
            raise ValueError(f"average is {average!r}; it must be a number from 0, and below 1, as 0.9")
        self.interval, self._decay = interval, average
        self._known: dict[str, NoiseAverage] = {}

    def compute(self, state: StepState) -> Mapping[str, float]:
        found: dict[str, float] = {}
        for layer, squares in _with_total(state.batches).items():
            known = self._known.setdefault(layer, NoiseAverage(self._decay))
            known.add(signal(*squares), noise(*squares))
            found[f"gradient_noise_scale/{layer}"] = known.scale
            found[f"gradient_snr/{layer}"] = squares.n_big / known.scale
        return found


def _with_total(batches: Mapping[str, Squares]) -> dict[str, Squares]:
    if not batches:
        return {}
    first = next(iter(batches.values()))
    small, big = (sum(each[place] for each in batches.values()) for place in range(2))
    return {**batches, TOTAL: Squares(small, big, first.n_small, first.n_big)}
