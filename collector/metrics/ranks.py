"""What the processes ("ranks") of one training make of their own parts of the data. `R` ranks, `K` values.

Everything here is put together two by two, in any order, and stays as large as it is however many ranks there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

MOST_TOLD = 64
"""Of so many ranks each is told by itself; of more, the mean and the extremes."""


@dataclass(frozen=True)
class OfRanks:
    """One number of each of some ranks.

    Attributes:
        n: how many ranks.
        total: their sum.
        least, most: the extremes.
        each: rank → its number; None where they are too many.
    """

    n: int
    total: float
    least: float
    most: float
    each: Mapping[int, float] | None

    @classmethod
    def of(cls, rank: int, value: float) -> "OfRanks":
        """That of one rank."""
        return cls(1, value, value, value, {rank: value})

    def __add__(self, other: "OfRanks") -> "OfRanks":
        """Of the ranks of both."""
        n, each = self.n + other.n, None
        if self.each is not None and other.each is not None and n <= MOST_TOLD:
            each = {**self.each, **other.each}
        least, most = float(np.fmin(self.least, other.least)), float(np.fmax(self.most, other.most))
        return OfRanks(n, self.total + other.total, least, most, each)

    def columns(self, name: str) -> dict[str, float]:
        """Those under which each is told by itself, or ``name/least`` and ``name/most`` in their place."""
        if self.each is None:
            return {f"{name}/least": self.least, f"{name}/most": self.most}
        return {f"{name}/{rank}": self.each[rank] for rank in sorted(self.each)}


@dataclass(frozen=True)
class GradientsOfRanks:
    """The ranks' own gradients g_r, float ``[K]`` each, as far as what is made of them needs them.

    Attributes:
        total: Σ g_r, float64 ``[K]``.
        squares: ‖g_r‖² of the ranks.
    """

    total: np.ndarray = field(repr=False)
    squares: OfRanks

    @classmethod
    def of(cls, rank: int, gradient: np.ndarray) -> "GradientsOfRanks":
        """That of one rank."""
        return cls(gradient.astype(np.float64), OfRanks.of(rank, float(np.square(gradient, dtype=np.float64).sum())))

    def __add__(self, other: "GradientsOfRanks") -> "GradientsOfRanks":
        """Of the ranks of both."""
        return GradientsOfRanks(self.total + other.total, self.squares + other.squares)

    def disagreement(self) -> float:
        """How far they are from one another: d = mean ‖g_r‖² ÷ ‖mean g_r‖².

        1: all the same; about `R`: nothing in common but chance; more: they pull against one another. At least 1,
        infinite where they cancel, NaN where all are zero.

        With it the gradient noise scale can be estimated: of batches of b samples a rank, the unbiased estimates of
        McCandlish et al. 2018 (An Empirical Model of Large-Batch Training, appendix A.1, with b and R·b as the two
        batch sizes) are |G|² = (R ‖mean g_r‖² − mean ‖g_r‖²) ÷ (R − 1) and S = b R (mean ‖g_r‖² − ‖mean g_r‖²) ÷
        (R − 1), so S ÷ |G|² = b R (d − 1) ÷ (R − d). One step tells little: average S and |G|² over many before
        dividing.
        """
        of_mean = np.square(self.total / self.squares.n).sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.float64(self.squares.total / self.squares.n) / of_mean)

    def norms(self, scale: float) -> dict[str, float]:
        """The columns of ‖g_r‖, where each value stands for so many."""
        return {name: float(np.sqrt(each * scale)) for name, each in self.squares.columns("rank_gradient_norm").items()}


def rank_columns(name: str, values: OfRanks) -> dict[str, float]:
    """The columns of a scalar that ranks have logged.

    Under ``name`` the plain mean over them; where they are several also ``rank_name/0`` and so on, see
    `OfRanks.columns`, and ``rank_name/spread``, the largest minus the smallest.
    """
    own = None if values.each is None else np.array([values.each[rank] for rank in sorted(values.each)])
    columns = {name: values.total / values.n if own is None else float(own.mean())}
    if values.n > 1:
        columns |= values.columns(f"rank_{name}")
        columns[f"rank_{name}/spread"] = values.most - values.least if own is None else float(np.ptp(own))
    return columns
