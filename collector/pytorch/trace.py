"""One forward pass over the probe, watched closely: which layers are called, what they read and what they give."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import count
from typing import Any

from torch import Tensor, nn

from collector.capture.wording import listed, unique_name
from collector.pytorch.attention_calls import AttentionShapes
from collector.pytorch.flow_tracing import FlowTracing
from collector.pytorch.functions import FunctionCalls
from collector.pytorch.hooks import Hooks
from collector.pytorch.layers import CONVOLUTIONS, INPUT, STAGES, layer_name, layers_of, unit_axis
from collector.pytorch.modules import modules_of
from collector.pytorch.origin_tracing import OriginTracing
from collector.pytorch.origins import Origin
from collector.pytorch.preserved_state import preserved_state
from collector.pytorch.samples import Samples
from collector.pytorch.tensors import shape_of, tensors_in

KEEPS = (
    "The model keeps something from call to call ({}). A run on held-out samples goes on from what the training left "
    "there, and puts it back; what is recorded of these samples depends on it."
)


@dataclass
class Call:
    """A layer's part in the pass; of several calls the last one."""

    order: int
    reads: Origin | None
    """What it was given, where that is known and its weight fits that axis."""
    holds: Origin | None
    """What its output holds: units of its own, or of the stage that it carries on."""
    output_shape: tuple[int, ...] = ()
    """Without the sample axis."""
    problem: str = ""
    """Why its output is no activation ``[N, …]``."""
    times: int = 1
    reads_differ: bool = False
    """Whether it was given something else at an earlier call."""
    like: nn.Module | None = None
    """Of an activation that is called as a function, a module that does the same; of what only attends, itself."""
    number: int | None = None
    """Which of the calls of such functions it was."""
    attends: tuple[int, int, int] | None = None
    """Heads, queries and keys of the attention that its own code computes; of several the last one's."""


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
    calls: dict[str, Call] = {}
    modules, layers, orders = modules_of(model), layers_of(model), count()
    attention = AttentionShapes(modules, len(inputs))
    origins = _tracing_from(inputs)

    def watch(name: str) -> Callable[[nn.Module, tuple[Any, ...], dict[str, Any], Any], None]:
        def hook(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
            is_layer = name in layers
            if not is_layer and name not in attention.shapes:
                return
            given = next(tensors_in((args, kwargs)), None)
            earlier = calls.get(name)
            reads = None if given is None else _readable(module, given, origins.origin_of(given))
            call = Call(next(orders), reads, None)
            if isinstance(output, Tensor):
                call.holds = _held(name, module, output, origins.origin_of(output))
                call.output_shape = shape_of(output)[1:]
            for tensor in tensors_in(output):
                if is_layer or origins.origin_of(tensor) is None:
                    origins.put(tensor, call.holds)
            call.problem = _problem(output, len(inputs))
            call.attends, call.like = attention.shapes.get(name), None if is_layer else module
            if earlier is not None:
                call.times = earlier.times + 1
                call.reads_differ = earlier.reads_differ or earlier.reads != call.reads
            calls[name] = call

        return hook

    functions: dict[tuple[str, str, object], str] = {}

    def see(number: int, like: nn.Module, function: str, result: Tensor) -> None:
        origin = origins.origin_of(result)
        if not origins.knows(result) or (isinstance(origin, Origin) and origin.stages == (INPUT,)):
            return
        stages = () if origin is None else origin.stages
        key = (function_calls.place, function, stages)
        earlier = calls.get(functions.get(key, ""))
        if earlier is None:
            place = stages[0] if len(stages) == 1 else function_calls.place
            functions[key] = unique_name(f"{place}.{function}".lstrip("."), calls, layers)
        name = functions[key]
        call = Call(next(orders), None, _held(name, like, result, origin), shape_of(result)[1:], like=like)
        call.problem, call.number = _problem(result, len(inputs)), number
        call.times = 1 if earlier is None else earlier.times + 1
        calls[name] = call

    function_calls = FunctionCalls(modules, see)
    with preserved_state(model) as run, flow or nullcontext(), Hooks() as hooks, origins, function_calls, attention:
        for name, module in modules.items():
            hooks.after(module, watch(layer_name(name)))
        output = inputs.run(model)
        if flow is not None:
            flow.gave(output)
        keep(output)
    if run.changed:
        tell(KEEPS.format(listed(run.changed)))
    return calls


def _tracing_from(inputs: Samples) -> OriginTracing:
    origins = OriginTracing(inputs.first)
    for _, other in inputs.tensors[1:]:
        if inputs.is_list:
            origins.put(other, Origin((INPUT,)))
        elif other.is_floating_point():  # a mask of whole numbers or truth values has no units of its own
            origins.put(other, None)
    return origins


def _readable(module: nn.Module, given: Tensor, origin: Origin | None) -> Origin | None:
    """The origin, if the axis that the module's weight reads is the one along which the units lie."""
    if origin is None or origin.stages == (INPUT,):
        return origin
    axis = 1 if isinstance(module, CONVOLUTIONS) else given.ndim - 1
    return origin if origin.axis == axis else None


def _held(name: str, module: nn.Module, output: Tensor, carried: Origin | None) -> Origin:
    """A layer that only passes on the units of one stage carries them; any other has units of its own."""
    if not isinstance(module, STAGES) and carried is not None:
        is_one_stage = len(carried.stages) == 1 and carried.stages != (INPUT,)
        if is_one_stage and carried.block == 1:
            return carried
    return Origin((name,), unit_axis(module, output.ndim))


def _problem(output: Any, n_samples: int) -> str:
    if not isinstance(output, Tensor):
        return f"its output is no tensor but of type {type(output).__name__}"
    if not output.is_floating_point():
        return f"its output is of type {output.dtype}"
    if output.is_nested:
        return "its output is nested, of different lengths"
    if output.ndim < 2 or len(output) != n_samples:
        return f"its output has shape {tuple(output.shape)}, not an axis of samples and one of units"
    return ""
