"""How much of a batch's gradient is noise: the gradient noise scale, from gradients of few and of many samples.

With G the gradient of the true loss and Σ the covariance of single samples' gradients, the mean gradient g of n
samples has E ‖g‖² = ‖G‖² + tr Σ ÷ n. From two sizes of batch both terms follow without bias (McCandlish, Kaplan, Amodei
& the OpenAI Dota Team 2018, An Empirical Model of Large-Batch Training, arXiv:1812.06162, appendix A.1).
"""


def signal(small: float, big: float, n_small: float, n_big: float) -> float:
    """An unbiased estimate of ‖G‖²: (B ‖g_B‖² − b ‖g_b‖²) ÷ (B − b). It may be negative.

    Args:
        small, big: ‖g‖² of the mean gradients of ``n_small`` and ``n_big`` samples.
    """
    return (n_big * big - n_small * small) / (n_big - n_small)


def noise(small: float, big: float, n_small: float, n_big: float) -> float:
    """An unbiased estimate of tr Σ, of a single sample: (‖g_b‖² − ‖g_B‖²) ÷ (1/b − 1/B). It may be negative."""
    return (small - big) / (1 / n_small - 1 / n_big)


class NoiseAverage:
    """Moving averages of both estimates, whose quotient is less biased than the mean of quotients (appendix A.1).

    Args:
        decay: part of what was known that each new estimate leaves, 0 … 1.

    Attributes:
        signal, noise: both averages, up to one factor.
    """

    def __init__(self, decay: float) -> None:
        self._decay = decay
        self.signal = self.noise = 0.0

    def add(self, signal: float, noise: float) -> None:
        """One more estimate of both."""
        self.signal = self._decay * self.signal + (1 - self._decay) * signal
        self.noise = self._decay * self.noise + (1 - self._decay) * noise

    @property
    def scale(self) -> float:
        """B_simple = tr Σ ÷ ‖G‖², in samples: at so many, signal and noise of a batch's gradient are equally strong.

        NaN while either estimate is not positive: then it is lost in the noise.
        """
        return self.noise / self.signal if self.signal > 0 and self.noise > 0 else float("nan")
