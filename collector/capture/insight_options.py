"""What is recorded of the gradients between the passes."""

from dataclasses import dataclass, replace
from math import isfinite


@dataclass(frozen=True)
class InsightOptions:
    """How often and how exactly the gradients' course is followed.

    Attributes:
        interval: the two consecutive steps of every so many are measured; 1: every step, and the moving averages
            with it; 0: none, and passes leave out how all values are spread.
        thresholds: a gradient is near zero where its absolute value is at most this.
        sample: of models with more parameters, counts and angles are estimated from a fixed random set of about so
            many, with standard errors; norms are always those of all. 0: all are counted, however many.
        sample_seed: draws that set.
        sign_interval: steps between the rows of the sign raster; 0: there is none.
        sign_columns: of larger models so many evenly spread parameters have a column; 0: all of them.

    Raises:
        ValueError: a bad option, by its name.
    """

    interval: int = 10
    thresholds: tuple[float, ...] = (1e-7, 1e-5)
    sample: int = 2**15
    sample_seed: int = 0
    sign_interval: int = 30
    sign_columns: int = 1_000_000

    def __post_init__(self) -> None:
        for name in ("interval", "sample", "sample_seed", "sign_interval", "sign_columns"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise ValueError(f"insight {name} is {value!r}; it must be a whole number from 0 on")
        bad = [each for each in self.thresholds if not (isfinite(each) and each > 0)]
        if bad or not self.thresholds or len(set(self.thresholds)) < len(self.thresholds):
            raise ValueError(f"insight thresholds are {self.thresholds!r}; they must be different numbers above 0")
        object.__setattr__(self, "thresholds", tuple(sorted(float(each) for each in self.thresholds)))


def insight_within(insight: InsightOptions | None, budget: float | None) -> InsightOptions | None:
    """The options under a budget: it leaves steps out, and moving averages need every step."""
    if insight is None or budget is None or insight.interval != 1:
        return insight
    return replace(insight, interval=2)
