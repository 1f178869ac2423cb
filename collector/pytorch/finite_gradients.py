"""Whether all gradients of a step are finite, asked at each step, and where it began when they are not."""

from collections.abc import Callable, Sequence

import torch
from msgspec.structs import replace
from torch import Tensor, nn

from collector.capture.run_log import RunLog
from collector.pytorch.finite_check import FiniteCheck, is_finite
from collector.pytorch.model_call import ModelCall
from collector.pytorch.not_finite_origin import find_origin, origin_of_input
from collector.pytorch.preserved_state import NotRunError
from collector.storage.schema import OriginRecord

MOST_ORIGINS = 3
"""A run that outlives values that are not finite is searched so many times; as often in steps that were skipped."""


class FiniteGradients:
    """Asks all gradients before each update whether there is anything to look for; see `FiniteCheck`.

    Args:
        parameters: those whose gradients are asked.
        calls: what the model was called with in the step under way.
        held: argument → tensor, of the step's calls.

    Attributes:
        are_finite: whether those were that were asked last.
    """

    def __init__(
        self,
        model: nn.Module,
        parameters: Sequence[Tensor],
        calls: Callable[[int], Sequence[ModelCall]],
        held: Callable[[int], Sequence[dict[str, Tensor]]],
        log: RunLog,
    ) -> None:
        self._model, self._calls, self._held, self._log = model, calls, held, log
        self._check = FiniteCheck(model, parameters)
        self._n_found = dict.fromkeys((False, True), 0)
        self.are_finite = True

    def is_over(self, *, is_skipped: bool = False) -> bool:
        """Whether nothing is looked for any more."""
        return self._n_found[is_skipped] >= MOST_ORIGINS

    def look(
        self,
        step: int,
        gradients: Sequence[Tensor | None],
        *,
        is_skipped: bool = False,
        are_known: bool = False,
    ) -> None:
        """The gradients of the step under way are there, and nothing is updated yet, or will be.

        Args:
            are_known: whether all are known to be finite.
        """
        if are_known:
            self.are_finite = True
            return
        # float16 overflows within a product where its results do not
        is_narrow = torch.float16 in [each.dtype for each in self._calls(step)]
        is_bad = not self._check(gradients, is_narrow=is_narrow)
        if is_bad and self.are_finite:
            self._n_found[is_skipped] += 1
            if (found := self._search(step)) is not None:
                self._log.add(replace(found, skipped=is_skipped))
        self.are_finite = not is_bad

    def _search(self, step: int) -> OriginRecord | None:
        for inputs in self._held(step):
            for name, tensor in inputs.items():
                if not is_finite(tensor):
                    return origin_of_input(step, name, tensor)
        calls = self._calls(step)
        try:
            return find_origin(self._model, calls, step) if calls else None
        except NotRunError as error:
            self._log.guard.remark(f"Where step {step} is not finite first was not looked for: {error}.")
            return None
