"""An optimizer's step that is given a closure makes its gradients itself, by calling it."""

from collections.abc import Callable, Iterable
from typing import Any

from torch import Tensor

SEVERAL = (
    "The optimizer calls its closure several times in a step: the gradients recorded are those of the first call, "
    "at the weights before the step; the updates are those of the whole step."
)
MOVED = (
    "Gradients are not recorded: the optimizer had moved the weights when it first called its closure, so that the "
    "gradients are not those of the state before the step."
)

Arguments = tuple[tuple[Any, ...], dict[str, Any]]


def closure_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[[], Any] | None:
    """The closure among the arguments of ``step``, the first of which is the optimizer itself."""
    closure: Callable[[], Any] | None = kwargs.get("closure", args[1] if len(args) > 1 else None)
    return closure


def with_closure(args: tuple[Any, ...], kwargs: dict[str, Any], closure: Callable[[], Any]) -> Arguments:
    """The same arguments with another closure."""
    if len(args) > 1:
        return (args[0], closure, *args[2:]), kwargs
    return args, kwargs | {"closure": closure}


class WatchedClosure:
    """A user's closure, after whose first call something is looked at.

    Args:
        weights: what the optimizer may change.
        look: called once, when the gradients are there and the weights are still those before the step.
        say: told once where that is not all.
    """

    def __init__(
        self, closure: Callable[[], Any], weights: Iterable[Tensor], look: Callable[[], None], say: Callable[[str], Any]
    ) -> None:
        self._closure = closure
        self._weights = list(weights)
        self._look = look
        self._say = say
        self._version = self._version_of_weights()
        self._n_calls = 0

    def __call__(self) -> Any:
        has_moved = self._version_of_weights() != self._version
        result = self._closure()
        self._n_calls += 1
        if self._n_calls > 1:
            self._say(SEVERAL)
        elif has_moved:
            self._say(MOVED)
        else:
            self._look()
        return result

    def _version_of_weights(self) -> int:
        return sum(each._version for each in self._weights)
