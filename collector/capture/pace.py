"""How often that is looked at which is cheap enough to be looked at at each step, where a budget is to be kept."""

from collector.capture.budget import HIDDEN
from collector.capture.overhead import Overhead

STEPS = 64
"""After so many, or as many as one is looked at of, it is asked whether that was too dear."""
MOST = 256
"""At least one of so many steps is looked at."""
_SHARE = 0.5
"""Of the budget, for what is done at each step: the rest is for passes and gradients."""


class Pace:
    """Doubles the distance between the steps that are looked at as long as they cost more than their part of a budget.

    What is not looked at is not measured otherwise: it is left out, and what is in the file was measured as always.

    Args:
        overhead: what was spent so far.
        share: the budget, of the training's own time; None: each step is looked at.

    Attributes:
        each: each so manieth step is looked at.
    """

    def __init__(self, overhead: Overhead, share: float | None) -> None:
        self._overhead = overhead
        self._share = share
        self.each = 1
        self._asked: int | None = None
        self._spent = self._trained = 0.0

    def rests(self, step: int) -> bool:
        """Whether a step is not looked at, if nothing else is due."""
        return self.each > 1 and step % self.each != 0

    def stepped(self, step: int) -> bool:
        """The steps below this one are over; whether from here on fewer are looked at than ever before."""
        if self._asked is None:  # of a run that goes on the first step has another number
            self._asked = step - 1
        if self._share is None or step < self._asked + max(STEPS, self.each):
            return False
        self._asked = step
        spent, trained = self._overhead.seconds["scalars"], self._overhead.training_seconds
        price, income = spent - self._spent, _SHARE * self._share * (trained - self._trained) / HIDDEN
        self._spent, self._trained = spent, trained
        is_first = self.each == 1
        if price > income:
            self.each = min(2 * self.each, MOST)
        elif price < income / 4:
            self.each = max(self.each // 2, 1)
        return is_first and self.each > 1
