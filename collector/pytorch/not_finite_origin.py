"""Where in a step the first value arose that is not finite: the step's own calls are run once more, and looked at."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map_only

from collector.pytorch.finite_check import is_finite
from collector.pytorch.hooks import Hooks
from collector.pytorch.model_call import ModelCall
from collector.pytorch.preserved_state import preserved_state
from collector.pytorch.tensors import real_values, tensors_in
from collector.storage.schema import OriginRecord, scalar

MODEL = "the model itself"


def find_origin(model: nn.Module, calls: Sequence[ModelCall], step: int) -> OriginRecord | None:
    """Run the calls of a step whose gradients are not finite once more, in order; None where nothing shows it.

    The model and all random states are as before afterwards, as with the probe.

    Raises:
        NotRunError: the model cannot be run without leaving a trace.
    """
    names = {module: name for name, module in model.named_modules()}
    for call in calls:
        with preserved_state(model) as state:
            state.train_as_before()
            torch.set_rng_state(call.random_state)
            found = _Forward(model, names).search(call, step)
        if found is not None:
            return found
    for call in calls:
        bad = [each for each in call.gradients.values() if not is_finite(each)]
        if bad:
            text = "What the model gave was finite, and its gradient is not."
            return _record(step, "loss", "", "", bad[0], text=text)
        with preserved_state(model) as state, torch.enable_grad():
            state.train_as_before()
            torch.set_rng_state(call.random_state)
            found = _Backward(model, names).search(call, step)
        if found is not None:
            return found
    return None


def origin_of_input(step: int, name: str, tensor: Tensor) -> OriginRecord:
    """The training's own input was not finite."""
    return _record(step, "input", name, "", tensor)


class _Forward:
    """Finds the first module in order of execution whose output is not finite while what it was given is."""

    def __init__(self, model: nn.Module, names: dict[nn.Module, str]) -> None:
        self._model, self._names = model, names
        self._under_way: list[nn.Module] = []
        self._found: tuple[nn.Module, Tensor, str] | None = None
        self._masks: tuple[nn.Module, Tensor, str] | None = None
        self._given: dict[nn.Module, Tensor | None] = {}

    def search(self, call: ModelCall, step: int) -> OriginRecord | None:
        with Hooks() as hooks, call.autocast:
            for module in self._names:
                hooks.before(module, self._before)
                hooks.after(module, self._after)
            self._model(*call.args, **call.kwargs)
        found = self._found or self._masks
        if found is None:
            return None
        module, values, text = found
        bad = [name for name, each in module.named_parameters(recurse=False) if not is_finite(each)]
        if bad:
            text = f"Its {' and '.join(bad)} held values that are not finite before this step."
        given = self._given.get(module)
        name, kind = self._names[module], type(module).__name__
        return _record(step, "forward", name or MODEL, kind, values, given=given, text=text)

    def _before(self, module: nn.Module, args: Any, kwargs: Any) -> None:
        given = [each for each in tensors_in((args, kwargs)) if each.is_floating_point()]
        self._given[module] = given[0].detach() if given else None
        bad = next((each for each in given if not is_finite(each) and not is_mask(each)), None)
        if self._found is None and bad is not None and self._under_way and self._is_hard(bad):
            parent = self._under_way[-1]
            self._found = parent, bad.detach(), f"In its own code, before it calls {self._names[module]}."
        self._under_way.append(module)

    def _after(self, module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        self._under_way.pop()
        bad = next((each for each in tensors_in(output) if not is_finite(each) and not is_mask(each)), None)
        if bad is None:
            return
        if self._is_hard(bad):
            self._found = self._found or (module, bad.detach(), "")
        else:
            self._masks = self._masks or (module, bad.detach(), "")

    @staticmethod
    def _is_hard(values: Tensor) -> bool:
        """Whether there is anything else than −∞, which may be meant: a softmax behind it makes it finite again."""
        return bool((torch.isnan(values) | (values == torch.inf)).any())


class _Backward:
    """Finds the first module in order of the backward pass whose gradient is not finite while what comes to it is.

    Each call of a module is given views of its own of its inputs, so that what comes back through it is told from what
    comes back to the same values from elsewhere.
    """

    def __init__(self, model: nn.Module, names: dict[nn.Module, str]) -> None:
        self._model, self._names = model, names
        self._found: tuple[nn.Module | None, Tensor, str] | None = None
        self._has_inner: set[nn.Module] = set()
        self._under_way: list[nn.Module] = []
        self._handles: list[Any] = []

    def search(self, call: ModelCall, step: int) -> OriginRecord | None:
        with Hooks() as hooks, call.autocast:
            for module in self._names:
                hooks.before(module, self._before)
                hooks.after(module, self._after)
            outputs = [each for each in tensors_in(self._model(*call.args, **call.kwargs)) if each.requires_grad]
        pairs = [(outputs[place], each) for place, each in call.gradients.items() if place < len(outputs)]
        parameters = {name: each for name, each in self._model.named_parameters() if each.requires_grad}
        if not pairs or not parameters:
            return None
        roots, gradients = zip(*pairs, strict=True)
        made = torch.autograd.grad(roots, list(parameters.values()), gradients, allow_unused=True)
        for handle in self._handles:
            handle.remove()
        if self._found is not None:
            place, values, text = self._found
            name = MODEL if place is None else self._names[place] or MODEL
            return _record(step, "backward", name, "" if place is None else type(place).__name__, values, text=text)
        for name, each in reversed(list(zip(parameters, made, strict=True))):
            if each is not None and not is_finite(each):
                text = "Only the gradient of this parameter is not finite."
                return _record(step, "backward", name, "", each, text=text)
        return None

    def _before(self, module: nn.Module, args: Any, kwargs: Any) -> Any:
        if self._under_way:
            self._has_inner.add(self._under_way[-1])
        self._under_way.append(module)
        return self._views((args, kwargs), partial(self._look, module, ""))

    def _after(self, module: nn.Module, args: Any, kwargs: Any, output: Any) -> Any:
        self._under_way.pop()
        if module in self._has_inner:
            return None
        parent = self._under_way[-1] if self._under_way else None
        return self._views(output, partial(self._look, parent, f"In its own code, behind {self._names[module]}."))

    def _views(self, value: Any, look: Callable[[Tensor], None]) -> Any:
        def view(tensor: Tensor) -> Tensor:
            if not tensor.requires_grad or tensor.layout is not torch.strided or tensor.is_nested:
                return tensor
            own = tensor.view_as(tensor)
            self._handles.append(own.register_hook(look))
            return own

        return tree_map_only(Tensor, view, value)

    def _look(self, module: nn.Module | None, text: str, gradient: Tensor) -> None:
        if self._found is None and not is_finite(gradient):
            self._found = module, gradient.detach(), text


def is_mask(tensor: Tensor) -> bool:
    """Whether it holds zeros and −∞ alone, as what is added to scores before a softmax."""
    return tensor.is_floating_point() and bool(((tensor == 0) | (tensor == -torch.inf)).all())


def _record(
    step: int, phase: Any, name: str, kind: str, values: Tensor, *, given: Tensor | None = None, text: str = ""
) -> OriginRecord:
    own = (real_values(values) if values.layout is not torch.strided else values).detach()
    return OriginRecord(
        step,
        phase,
        name,
        kind,
        nan=int(torch.isnan(own).sum()),
        plus_inf=int((own == torch.inf).sum()),
        minus_inf=int((own == -torch.inf).sum()),
        largest=_largest(own),
        largest_input=None if given is None else _largest(given),
        text=text,
    )


def _largest(values: Tensor) -> Any:
    finite = values[torch.isfinite(values)]
    return scalar(float(finite.abs().max())) if finite.numel() else None
