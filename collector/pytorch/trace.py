"""One forward pass over the probe, watched closely: which layers are called, what they read and what they give."""

from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from itertools import count
from typing import Any

from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from collector.capture.wording import listed, unique_name
from collector.pytorch.attention_calls import AttentionShapes
from collector.pytorch.expert_choices import ChoosingCalls, ExpertChoice, place_of_experts
from collector.pytorch.flow_tracing import FlowTracing
from collector.pytorch.functions import FunctionCalls
from collector.pytorch.hooks import Hooks
from collector.pytorch.layer_calls import Call, held, held_by_part, readable, see_output
from collector.pytorch.layers import INPUT, STAGES, layer_name, layers_of
from collector.pytorch.modules import is_within, modules_of
from collector.pytorch.origin_tracing import OriginTracing
from collector.pytorch.origins import Origin
from collector.pytorch.preserved_state import preserved_state
from collector.pytorch.samples import Samples
from collector.pytorch.tensors import tensors_in
from collector.pytorch.weight_form import weight_form

__all__ = ["Call", "trace"]

KEEPS = (
    "The model keeps something from call to call ({}). A run on held-out samples goes on from what the training left "
    "there, and puts it back; what is recorded of these samples depends on it."
)


def trace(
    model: nn.Module,
    inputs: Samples,
    flow: FlowTracing | None = None,
    tell: Callable[[str], object] = lambda _: None,
    keep: Callable[[Any], object] = lambda _: None,
) -> dict[str, Call]:
    """The layers that were called in a forward pass over samples, in no particular order.

    Whatever the model raises passes through; no hook is left behind.

    Args:
        flow: follows the data through the same pass.
        tell: is given a sentence where the model keeps something from call to call.
        keep: is given what the model gives.

    Raises:
        NotRunError: the model cannot be run without leaving a trace.
    """
    watched = _Watched(model, inputs)
    with preserved_state(model) as run, flow or nullcontext(), Hooks() as hooks, ExitStack() as modes:
        for mode in watched.modes:
            modes.enter_context(mode)
        for name, module in modules_of(model).items():
            hooks.after(module, watched.hook_of(layer_name(name)))
        output = inputs.run(model)
        if flow is not None:
            flow.gave(output)
        keep(output)
    if run.changed:
        tell(KEEPS.format(listed(run.changed)))
    return watched.finished()


class _Watched:
    """What was seen of a run so far."""

    def __init__(self, model: nn.Module, inputs: Samples) -> None:
        self._model, self._inputs = model, inputs
        self._calls: dict[str, Call] = {}
        self._orders = count()
        self._names: dict[tuple[str, str, object], str] = {}
        self._choices: dict[int, tuple[str, str, ExpertChoice]] = {}
        self._layers = layers_of(model)
        self._functions = FunctionCalls(modules_of(model), self._see_function)
        self._attention = AttentionShapes(modules_of(model), len(inputs))
        self._origins = _tracing_from(inputs)

    @property
    def modes(self) -> tuple[TorchFunctionMode, ...]:
        """What has to be entered while the model runs, in this order."""
        return self._origins, self._functions, ChoosingCalls(self._see_choice), self._attention

    def hook_of(self, name: str) -> Callable[[nn.Module, tuple[Any, ...], dict[str, Any], Any], None]:
        """A hook for the layer of this name."""

        def hook(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
            self._see_layer(name, module, next(tensors_in((args, kwargs)), None), output)

        return hook

    def _see_layer(self, name: str, module: nn.Module, given: Tensor | None, output: Any) -> None:
        is_layer, attends = name in self._layers, self._attention.shapes.get(name)
        if not is_layer and attends is None:
            return
        origins, earlier = self._origins, self._calls.get(name)
        call = Call(next(self._orders), None, None, like=None if is_layer else module, attends=attends)
        made = see_output(call, output, name, self._inputs, origins)
        if made is not None:
            call.weight_form = "" if given is None else weight_form(module, given, made)
            is_stage = isinstance(module, STAGES) or bool(call.weight_form)
            call.holds = held(name, module, made, origins.origin_of(made), call, is_stage=is_stage)
        call.reads = None if given is None else readable(module, given, origins.origin_of(given))
        for tensor in tensors_in(output):
            if is_layer or origins.origin_of(tensor) is None:
                origins.put(tensor, held_by_part(call.holds, module, tensor, made))
        if isinstance(module, nn.Embedding | nn.EmbeddingBag) and given is not None:
            call.rows_used = given.detach().reshape(-1).bincount(minlength=module.num_embeddings).cpu().numpy()
        if earlier is not None:
            call.times = earlier.times + 1
            call.reads_differ = earlier.reads_differ or earlier.reads != call.reads
            if earlier.weight_form != call.weight_form:
                call.weight_form = ""
        self._calls[name] = call

    def _see_function(self, number: int, like: nn.Module, function: str, result: Tensor) -> None:
        """See an activation that is called as a function."""
        origins, place = self._origins, self._functions.place
        origin = origins.origin_of(result)
        if not origins.knows(result) or (isinstance(origin, Origin) and origin.stages == (INPUT,)):
            return
        stages = () if origin is None else origin.stages
        key = (place, function, stages)
        earlier = self._calls.get(self._names.get(key, ""))
        if earlier is None:
            at = stages[0] if len(stages) == 1 else place
            self._names[key] = unique_name(f"{at}.{function}".lstrip("."), self._calls, self._layers)
        name = self._names[key]
        call = Call(next(self._orders), None, None, like=like, number=number)
        see_output(call, result, number, self._inputs, origins)
        call.holds = held(name, like, result, origin, call, is_stage=False)
        call.times = 1 if earlier is None else earlier.times + 1
        self._calls[name] = call

    def _see_choice(self, number: int, scores: Tensor, n_experts: int, chosen: Tensor) -> None:
        """See one of many chosen by its score; see `ChoosingCalls`."""
        inner = self._functions.place
        place = place_of_experts(self._model, inner, n_experts)
        if place is not None and self._origins.knows(scores):
            origin = self._origins.origin_of(scores)
            stage = origin.stages[0] if origin is not None and len(origin.stages) == 1 else ""
            self._choices[number] = stage, inner, ExpertChoice(n_experts, place)

    def finished(self) -> dict[str, Call]:
        """The calls, with what was seen of their outputs later on."""
        calls = self._calls
        for name, split in self._origins.splits.items():
            calls[name].split = split
        for number, (stage, inner, choice) in self._choices.items():
            around = sorted(
                (name for name in calls if is_within(name, choice.place)), key=lambda name: calls[name].order
            )
            owner = next((name for name in (stage, inner, *around) if name in calls), None)
            if owner is not None:
                calls[owner].choices[number] = choice
        return calls


def _tracing_from(inputs: Samples) -> OriginTracing:
    origins = OriginTracing(inputs.first, inputs.first_axis)
    for _, other in inputs.tensors[1:]:
        if inputs.is_list:
            origins.put(other, Origin((INPUT,)))
        elif other.is_floating_point():  # a mask of whole numbers or truth values has no units of its own
            origins.put(other, None)
    return origins
