"""What `training_step` returns, gathered into the values of an optimizer's step."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor


class StepValues:
    """Gathers the batches that a step accumulates.

    Lightning divides each batch's loss by the number of batches of a step before its gradient is taken, and hands it
    over so: the loss that the step goes down on is their sum. Other values are the batch's own, and averaged.

    Args:
        tried: steps that the trainer has counted.
        taken: steps that the optimizer has taken: not those with gradients that overflowed.
    """

    def __init__(self, tried: int = 0, taken: int = 0) -> None:
        self._values: dict[str, list[float | Tensor]] = {}
        self._tried = tried
        self._taken = taken

    def add(self, outputs: Mapping[str, Any]) -> None:
        """One batch's outputs, of which single numbers are kept."""
        for name, value in outputs.items():
            if isinstance(value, Tensor) and value.numel() == 1:
                self._values.setdefault(name, []).append(value.detach())
            elif isinstance(value, int | float):
                self._values.setdefault(name, []).append(value)

    def of_step(self, tried: int, taken: int) -> dict[str, float | Tensor]:
        """The values of the step just taken; nothing while batches accumulate, or where no step came of them."""
        if tried == self._tried:
            return {}
        gathered, self._values = self._values, {}
        has_step = taken > self._taken
        self._tried, self._taken = tried, taken
        if not has_step:
            return {}
        return {name: sum(each) / (1 if name == "loss" else len(each)) for name, each in gathered.items()}
