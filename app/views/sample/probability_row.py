"""The probabilities of classes for one sample, row by row; those of two networks beside one another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.replay.frame import SampleView


@dataclass(frozen=True)
class ProbabilityRow:
    """One class.

    Attributes:
        name: of it.
        probability: in 0…1; NaN where there is none.
        is_true, is_predicted, is_wrong: whether it is the label, the prediction, a wrong prediction.
        beside: the same of B, where this is of A; None: there is one network only.
    """

    name: str
    probability: float
    is_true: bool
    is_predicted: bool
    is_wrong: bool = False
    beside: ProbabilityRow | None = None

    @property
    def bars(self) -> list[ProbabilityRow]:
        """Each that has a bar, that of A above that of B."""
        return [self] if self.beside is None else [self, self.beside]

    @property
    def largest(self) -> float:
        """The larger probability."""
        return max(each.probability if each.probability == each.probability else 0.0 for each in self.bars)

    @property
    def difference(self) -> float:
        """B less A; NaN where one of them has none."""
        return float("nan") if self.beside is None else self.beside.probability - self.probability


def probability_rows(sample: SampleView, beside: SampleView | None = None) -> list[ProbabilityRow]:
    """A row for each class that either network has a probability of."""
    own, other = dict(sample.by_class), {} if beside is None else dict(beside.by_class)
    rows = []
    for number in dict.fromkeys((*own, *other)):
        row = _row(sample, number, own.get(number))
        rows.append(row if beside is None else replace(row, beside=_row(beside, number, other.get(number))))
    return rows


def _row(sample: SampleView, number: int, probability: float | None) -> ProbabilityRow:
    return ProbabilityRow(
        name=sample.name_of(number),
        probability=float("nan") if probability is None else probability,
        is_true=number == sample.true_class,
        is_predicted=number == sample.predicted_class,
        is_wrong=number == sample.predicted_class and sample.true_class not in (None, number),
    )
