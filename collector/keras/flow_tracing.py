"""Follows the data through a Keras model while its graph is made: which layers they pass, and where they are joined."""

from collections.abc import Callable, Iterable
from typing import Any

import keras
import tensorflow as tf

from collector.capture.flow import Flow, FlowError
from collector.keras.forward import Forward, ProbeCall
from collector.keras.layer_options import layer_options
from collector.keras.layers import INPUT, named_layers
from collector.keras.named_tensors import named_tensors
from collector.storage import schema

_OPERATIONS = {
    "AddV2": "add",
    "AddN": "add",
    "Sub": "subtract",
    "Mul": "multiply",
    "RealDiv": "divide",
    "ConcatV2": "concat",
    "Pack": "stack",
    "BatchMatMulV2": "matmul",
    "BatchMatMulV3": "matmul",
    "Einsum": "matmul",
    "XlaEinsum": "matmul",
    "SelectV2": "select",
}

_EMPTY = frozenset(["Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike"])
"""They take a shape from their input, and no data."""


class FlowTracing:
    """While it is entered, one run of a model in a graph tells its data flow. It leaves no trace and raises nothing.

    Attributes:
        forward: runs the model, followed.
        problem: why there is no flow, in words; empty where there is one.
    """

    def __init__(self, forward: Forward, inputs: Any) -> None:
        self._model = forward.model
        self.forward = Forward(forward.model, self._whole(forward))
        given = [each for each in tf.nest.flatten(inputs) if tf.is_tensor(each)]
        self._graph = given[0].graph
        self._flow = Flow(given[0].shape[0])
        self._sources: dict[str, str | None] = {}
        self._own_calls: dict[int, tuple[Any, Any]] = {}
        self.problem = ""
        for name, tensor in named_tensors(inputs, INPUT):
            shape = _shape(tensor) if tensor.shape.rank == 4 else tuple(tensor.shape)
            self._sources[tensor.name] = self._flow.give(name, shape)

    @property
    def nodes(self) -> list[schema.FlowNode] | None:
        """The nodes in order of execution; None where the flow cannot be told."""
        return None if self.problem else self._flow.nodes()

    def __enter__(self) -> "FlowTracing":
        layers = named_layers(self._model)
        # Their cells are called once outside the loop over positions, for nothing but a shape.
        loops = tuple(f"{name}." for name, layer in layers if isinstance(layer, keras.layers.RNN))
        for name, layer in layers:
            if id(layer) not in self._own_calls and not name.startswith(loops):
                self._own_calls[id(layer)] = layer, vars(layer).get("call")
                object.__setattr__(layer, "call", self._followed(name, layer, layer.call))
        return self

    def __exit__(self, *failure: Any) -> None:
        for layer, own in self._own_calls.values():
            if own is None:
                object.__delattr__(layer, "call")
            else:
                object.__setattr__(layer, "call", own)

    def _whole(self, forward: Forward) -> ProbeCall:
        followed = self._followed("", forward.model, forward)
        return lambda model, inputs: followed(inputs)

    def _followed(self, name: str, layer: Any, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            # A cell that is called inside a loop of TensorFlow's own is part of the layer with the loop.
            is_here = tf.compat.v1.get_default_graph() is self._graph
            if is_here:
                self._safely(lambda: self._flow.enter(name, self._sources_in((args, kwargs))))
            output = None
            try:
                output = original(*args, **kwargs)
            finally:
                if is_here:
                    self._safely(lambda: self._leave(layer, output))
            if not name:
                self._safely(lambda: self._take(output))
            return output

        return call

    def _leave(self, layer: Any, output: Any) -> None:
        made = list(self._tensors_in(output))
        self._sources_in(made)  # what joins them happens within this call
        node = self._flow.leave(type(layer).__name__, _shape(made[0]) if made else (), layer_options(layer))
        if node is not None:
            self._sources |= {tensor.name: node for tensor in made}

    def _take(self, output: Any) -> None:
        for name, tensor in named_tensors(output, "output"):
            self._flow.take(name, self._sources_in(tensor), _shape(tensor))

    def _tensors_in(self, value: Any) -> Iterable[Any]:
        return (each for each in tf.nest.flatten(value) if tf.is_tensor(each) and each.graph is self._graph)

    def _sources_in(self, value: Any) -> list[str]:
        sources = [self._source_of(each) for each in self._tensors_in(value)]
        return [each for each in sources if each is not None]

    def _source_of(self, tensor: Any) -> str | None:
        """The node that a tensor comes from; made anew where it joins what comes from several."""
        waiting = [tensor]
        while waiting:  # no recursion: a loop that was unrolled is a long chain
            each = waiting[-1]
            given = [] if each.op.type in _EMPTY or each.dtype.is_bool else list(each.op.inputs)
            unknown = [one for one in given if one.name not in self._sources]
            if each.name in self._sources or not unknown:
                waiting.pop()
                if each.name not in self._sources:
                    reads = [self._sources[one.name] for one in given]
                    operation = _OPERATIONS.get(each.op.type, each.op.type.lower())
                    known = [name for name in reads if name is not None]
                    self._sources[each.name] = self._flow.join(operation, known, _shape(each))
            waiting += [one for one in unknown if each.name not in self._sources]
        return self._sources[tensor.name]

    def _safely(self, follow: Callable[[], None]) -> None:
        """The model runs on, whatever happens here."""
        if self.problem:
            return
        try:
            follow()
        except FlowError as error:
            self.problem = str(error)
        except Exception as error:  # noqa: BLE001 - an error of ours must not look like one of the model
            self.problem = f"{type(error).__name__}: {error}"


def _shape(tensor: Any) -> tuple[int, ...]:
    """With the units behind the samples, as everywhere in the file."""
    if not tensor.shape.is_fully_defined():
        return ()
    shape = tuple(tensor.shape)
    if len(shape) < 3 or keras.config.image_data_format() == "channels_first":
        return shape
    return (shape[0], shape[-1], *shape[1:-1])
