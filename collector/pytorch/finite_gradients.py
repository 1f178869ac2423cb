"""Whether all gradients of a step are finite, asked at each step, and where it began when they are not."""

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from collector.capture.run_log import RunLog
from collector.pytorch.finite_check import FiniteCheck, is_finite
from collector.pytorch.model_call import ModelCall
from collector.pytorch.not_finite_origin import find_origin, origin_of_input
from collector.pytorch.preserved_state import NotRunError

MOST_ORIGINS = 3
"""A run that outlives values that are not finite is searched so many times."""


class FiniteGradients:
    """Asks all gradients before each update whether there is anything to look for; see `FiniteCheck`.

    Args:
        parameters: those whose gradients are asked.
        calls: what the model was called with in the step under way.
        held: argument → tensor, of the step's calls.
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
        self._are_finite = FiniteCheck(model, parameters)
        self._n_found = 0
        self._was_bad = False

    @property
    def is_over(self) -> bool:
        """Whether nothing is looked for any more."""
        return self._n_found >= MOST_ORIGINS

    def look(self, step: int, gradients: Sequence[Tensor | None]) -> None:
        """The gradients of the step under way are there, and nothing is updated yet."""
        if self.is_over:
            return
        is_narrow = any(each.is_narrow for each in self._calls(step))
        is_bad = not self._are_finite(gradients, is_narrow=is_narrow)
        if is_bad and not self._was_bad:
            self._n_found += 1
            self._search(step)
        self._was_bad = is_bad

    def _search(self, step: int) -> None:
        for inputs in self._held(step):
            for name, tensor in inputs.items():
                if not is_finite(tensor):
                    self._log.add(origin_of_input(step, name, tensor))
                    return
        calls = self._calls(step)
        try:
            found = find_origin(self._model, calls, step) if calls else None
        except NotRunError as error:
            self._log.guard.remark(f"Where step {step} is not finite first was not looked for: {error}.")
            return
        if found is not None:
            self._log.add(found)
