"""One forward pass over the probe, watched closely: which layers are called, what they read and what they give."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from collector.capture.wording import unique_name
from collector.keras.einsum import einsum_form, unit_axes
from collector.keras.forward import Forward
from collector.keras.functions import FunctionCalls
from collector.keras.layers import (
    CONVOLUTIONS,
    INPUT,
    NORMS,
    TRANSPOSED,
    is_channels_first,
    is_stage,
    named_layers,
    unit_axis,
)
from collector.keras.named_tensors import named_tensors
from collector.keras.origins import CONSTANT, Origin, Origins
from collector.keras.samples import named

_SAME = "it is given the same for all samples, and has no axis of them"
"""As an embedding of positions is."""


@dataclass
class Call:
    """A layer's part in the pass; of several calls the last one."""

    order: int
    """So many operations the graph had behind it."""
    output: tf.Tensor | None
    """In the graph, None where it gave no activation."""
    reads: Origin | None
    """What it was given, where that is known and its kernel fits that axis."""
    holds: Origin | None
    """What its output holds: units of its own, or of the stage that it carries on."""
    problem: str = ""
    """Why its output is no activation ``[N, …]``."""
    times: int = 1
    reads_differ: bool = False
    """Whether it was given something else at an earlier call."""
    more: int = 0
    """Outputs that it gave besides."""
    rows: tf.Tensor | None = None
    """Numbers of the rows that an embedding was asked for."""
    like: Any = None
    """Of an activation that is called as a function, a layer that does the same; of what only attends, itself."""
    scores: Any = None
    """In front of the softmax of its attention, ``[N, heads, T, S]``, in the graph."""

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Without the sample axis."""
        return () if self.output is None else tuple(self.output.shape[1:])


def watch(forward: Forward, layers: Mapping[str, Any], inputs: Any, main: str = INPUT) -> tuple[dict[str, Call], Any]:
    """Run the model inside a graph; the layers that were called, and what the model gave.

    Each layer's ``call`` is wrapped meanwhile, on the layer itself; the wrappers are gone afterwards.

    Args:
        forward: runs the model.
        inputs: a tensor, or several as the model takes them.
        main: name of the one that the file shows, see `Samples.main`.
    """
    calls: dict[str, Call] = {}
    others = named(inputs)
    shown = others.pop(main)
    origins = Origins(shown, others)

    def seen(name: str, layer: Any, given: Any, output: Any) -> None:
        origin = None if given is None else origins.of(given)
        call = Call(shown.graph.num_operations(), None, _readable(layer, given, origin), None)
        first, call.more = _first(output, shown.shape[0])
        call.rows = given if isinstance(layer, keras.layers.Embedding) else None
        call.problem = _SAME if origin == CONSTANT else _problem(layer, first, shown)
        if not call.problem:
            call.output = _with_one_axis(layer, first)
            call.holds = _held(name, layer, given, call.output, origins)
            if call.output is first:
                origins.put(first, call.holds)
        if name in calls:
            earlier = calls.pop(name)
            call.times = earlier.times + 1
            call.reads_differ = earlier.reads_differ or earlier.reads != call.reads
        calls[name] = call

    functions = FunctionCalls(shown.graph)
    run: dict[str, tuple[int, Any, Any, Any]] = {}
    with _placed(forward.model, functions, run), _wrapped(layers, seen):
        output = forward(inputs)
    for name, scores in functions.attentions(shown.shape[0]).items():
        if name not in layers:
            order, layer, given, made = run[name]
            seen(name, layer, given, made)
            calls[name].order, calls[name].like = order + 1, layer  # behind all that it called
        if name in calls:
            calls[name].scores = scores
    known: dict[tuple[str, str, tuple[str, ...]], str] = {}
    for found in functions.found():
        origin = origins.of(found.output)
        stages = () if origin is None else origin.stages
        if stages == (INPUT,) or origin == CONSTANT:
            continue
        key = (found.place, found.function, stages)
        earlier = calls.get(known.get(key, ""))
        if earlier is None:
            place = stages[0] if len(stages) == 1 else found.place
            known[key] = unique_name(f"{place}.{found.function}".lstrip("."), calls, layers)
        call = Call(found.order, found.output, None, None, _problem(None, found.output, shown), like=found.like)
        call.times = 1 if earlier is None else earlier.times + 1
        if call.problem:
            call.output = None
        else:
            is_carried = origin is not None and len(stages) == 1 and origin.block == 1
            own = Origin((known[key],), max(1, found.output.shape.rank - 1))
            call.holds = origin if is_carried else own
        calls[known[key]] = call
    return dict(sorted(calls.items(), key=lambda item: (item[1].order, item[1].like is None))), output


@contextmanager
def _placed(model: keras.Model, functions: FunctionCalls, run: dict[str, tuple[int, Any, Any, Any]]) -> Iterator[None]:
    """Meanwhile it is known which layer is at work, and noted at which operation each has ended, and with what."""
    named = [("", model), *named_layers(model)]
    names = {id(layer): name for name, layer in reversed(named)}

    def around(layer: Any, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            functions.enter(names[id(layer)], layer)
            try:
                output = original(*args, **kwargs)
            finally:
                functions.leave()
            run[names[id(layer)]] = functions.n_operations, layer, _first_given(args, kwargs), output
            return output

        return call

    with wrapped_calls([layer for _, layer in named], around):
        yield


@contextmanager
def _wrapped(layers: Mapping[str, Any], seen: Callable[[str, Any, Any, Any], None]) -> Iterator[None]:
    """Calls ``seen`` with name, layer, first tensor given and output whenever one of the layers is called."""

    names = {id(layer): name for name, layer in layers.items()}

    def around(layer: Any, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            output = original(*args, **kwargs)
            seen(names[id(layer)], layer, _first_given(args, kwargs), output)
            return output

        return call

    with wrapped_calls(layers.values(), around):
        yield


def _first_given(args: Any, kwargs: Any) -> Any:
    return next((each for each in tf.nest.flatten((args, kwargs)) if tf.is_tensor(each)), None)


@contextmanager
def wrapped_calls(
    layers: Iterable[Any], around: Callable[[Any, Callable[..., Any]], Callable[..., Any]]
) -> Iterator[None]:
    """Meanwhile the layers have the ``call`` that ``around`` makes of a layer and its own, on the layers themselves."""
    own = [(layer, vars(layer).get("call")) for layer in {id(each): each for each in layers}.values()]
    for layer, _ in own:
        object.__setattr__(layer, "call", around(layer, layer.call))
    try:
        yield
    finally:
        for layer, call in own:
            if call is None:
                object.__delattr__(layer, "call")
            else:
                object.__setattr__(layer, "call", call)


def _readable(layer: Any, given: Any, origin: Origin | None) -> Origin | None:
    """The origin, if the axis that the layer's kernel reads is the one along which the units lie."""
    if origin is None or origin == CONSTANT:
        return None
    axis = 1 if is_channels_first(layer) and isinstance(layer, CONVOLUTIONS + TRANSPOSED) else given.shape.rank - 1
    return origin if origin.axis == axis else None


def _held(name: str, layer: Any, given: Any, output: tf.Tensor, origins: Origins) -> Origin:
    """A layer that only passes on the units of one stage carries them; any other has units of its own."""
    if not is_stage(layer) and given is not None:
        is_norm = isinstance(layer, NORMS) and given.shape == output.shape
        carried = origins.of(given) if is_norm else origins.of(output)
        if carried is not None and len(carried.stages) == 1 and carried.stages != (INPUT,) and carried.block == 1:
            return carried
    return Origin((name,), unit_axis(layer, output.shape.rank))


def _first(output: Any, n_samples: int) -> tuple[Any, int]:
    """The first of several outputs, in tuples, dicts or dataclasses, that has the samples; how many are besides."""
    tensors = [each for _, each in named_tensors(output, "")]
    fitting = (each for each in tensors if each.shape.rank and each.shape[0] == n_samples and each.dtype.is_floating)
    return (next(fitting, tensors[0]), len(tensors) - 1) if tensors else (output, 0)


def _with_one_axis(layer: Any, output: tf.Tensor) -> tf.Tensor:
    """The output with its units along one axis, where an EinsumDense has heads of them."""
    form = einsum_form(layer)
    if form is None or len(form.units) == 1:
        return output
    return tf.reshape(output, (*output.shape[: -len(form.units)], form.n_units))


def _problem(layer: Any, output: Any, inputs: tf.Tensor) -> str:
    is_other = isinstance(layer, keras.layers.EinsumDense) and einsum_form(layer) is None
    if is_other and (axes := unit_axes(layer)) > 1:
        return f"its units lie along {axes} axes of its output"
    if not tf.is_tensor(output):
        return f"its output is no tensor but of type {type(output).__name__}"
    if output.graph is not inputs.graph:
        return "it runs inside a function or loop of TensorFlow's own"
    if not output.dtype.is_floating:
        return f"its output is of type {output.dtype.name}"
    shape = output.shape
    if not shape.is_fully_defined() or shape.rank < 2 or shape[0] != inputs.shape[0]:
        return f"its output has shape {shape}, not an axis of samples and one of units"
    return ""
