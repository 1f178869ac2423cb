"""Notices where a model attends to something, whatever it calls for it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from collector.pytorch.attention_scores import GivenScores, Scores, scores_of
from collector.pytorch.layers import layer_name
from collector.pytorch.placed_functions import PlacedFunctions
from collector.pytorch.tensors import tensors_in

_PRODUCTS = frozenset(("matmul", "rmatmul", "bmm", "baddbmm", "einsum"))
_BESIDE = frozenset(("torch.nn.modules.activation", "torch.nn.modules.dropout"))
"""Where the modules are from that stand between scores and weights, and do not attend themselves."""


class AttentionCalls(PlacedFunctions):
    """While it is entered, hands on the scores of each attention, and the module whose code computes it.

    A softmax over the last axis is one if something is multiplied by what it gives, cast, dropped out or reshaped.
    Who is told may compute with tensors; nothing of that is noticed.

    Args:
        modules: all that the model has.
        n_samples: in what is given to the model.
        see: is given the module's dotted name and the scores.
    """

    def __init__(self, modules: Mapping[str, nn.Module], n_samples: int, see: Callable[[str, Scores], None]) -> None:
        super().__init__(modules)
        self._n_samples = n_samples
        self._see = see
        self._waiting: dict[int, tuple[Tensor, Scores, str]] = {}
        """Id of a tensor → it (so that no other one has the id), the scores it was made of, and the place."""

    @property
    def place(self) -> str:
        """The dotted name of the innermost module that is running, and is no softmax or dropout alone."""
        return next((name for name in reversed(self._running) if not self._is_beside(name)), "")

    def _is_beside(self, name: str) -> bool:
        module = self._modules[name]
        return type(module).__module__ in _BESIDE and not isinstance(module, nn.MultiheadAttention)

    def end(self, name: str, module: nn.Module, *_: Any) -> None:
        """A module has run: what it has not multiplied by, nobody will."""
        super().end(name, module)
        self._waiting = {key: each for key, each in self._waiting.items() if each[2] != name}

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "").strip("_")
        if name in _PRODUCTS and self._waiting:
            self._multiplied(args, kwargs)
        scores = scores_of(name, args, kwargs)
        if scores is not None and scores.shape[0] != self._n_samples:
            scores = None
        if scores is not None and not isinstance(scores, GivenScores):
            self._tell(self.place, scores)
        result = func(*args, **kwargs)
        if isinstance(result, Tensor):
            if isinstance(scores, GivenScores):
                self._waiting[id(result)] = result, scores, self.place
            elif self._waiting and args and name not in _PRODUCTS:
                self._passed_on(args[0], result)
        return result

    def _tell(self, place: str, scores: Scores) -> None:
        with torch._C.DisableTorchFunction():  # of other modes, too
            self._see(place, scores)

    def _multiplied(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        found = [self._waiting[id(each)] for each in tensors_in((args, kwargs)) if id(each) in self._waiting]
        for _, scores, place in found:
            self._tell(place, scores)
            self._waiting = {key: each for key, each in self._waiting.items() if each[1] is not scores}

    def _passed_on(self, given: Any, result: Tensor) -> None:
        known = self._waiting.get(id(given))
        if known is not None and result.numel() == given.numel() and result.shape[-1:] == given.shape[-1:]:
            self._waiting[id(result)] = result, *known[1:]


class AttentionShapes(AttentionCalls):
    """Notes of which shape they are.

    Attributes:
        shapes: layer, or module without parameters of its own → heads, queries and keys, of several calls of the last.
    """

    def __init__(self, modules: Mapping[str, nn.Module], n_samples: int) -> None:
        super().__init__(modules, n_samples, self._note)
        self.shapes: dict[str, tuple[int, int, int]] = {}

    def _note(self, place: str, scores: Scores) -> None:
        self.shapes[layer_name(place)] = scores.shape[1:]
