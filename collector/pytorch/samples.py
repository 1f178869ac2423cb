"""Held-out samples as a model takes them: one tensor, several arguments, keywords, or a dict as the one argument."""

import copy
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from itertools import count, islice
from typing import Any

import torch
from torch import Tensor, nn

from collector.pytorch.graphs import is_graph, mapped_graph, means_by_graph
from collector.pytorch.preserved_state import preserved_code
from collector.pytorch.probe_options import ProbeCall, ProbeOptions, SampleAxis
from collector.pytorch.sample_lists import is_list_of_samples
from collector.pytorch.tensors import named_tensors, shape_of, tensors_in

_AS_USUAL = ProbeOptions()

OUTPUT = "(output)"
"""The place of what the model itself gives, among those of its layers."""


@dataclass(frozen=True)
class Samples:
    """What a model is called with, and where in it the samples are.

    A tensor of it that is along ``axis``, or along its first axis, as long as there are samples has a row for each.
    Others, as the mask ``[T, T]`` of a transformer, and what is no tensor, belong to all samples alike.

    Attributes:
        call: runs the model on the one argument; None: the model is called.
        axis: the samples' in all tensors, or by name (None: the tensor belongs to all alike).
        time_axis: of the first tensor; None: not known.
        is_list: whether the one argument is a list that holds a tensor of its own size for each sample.
        axes: place in the model and number of the tensor that is given there → its axis of samples, where they are not
            all the first; see `collector.pytorch.sample_axes`.
        graph_of: where the samples are graphs, the number of each node's.
        n_graphs: so many there are then.

    Raises:
        ValueError: there is no tensor of samples.
    """

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    call: ProbeCall | None = None
    axis: SampleAxis = 0
    time_axis: int | None = None
    is_list: bool = False
    axes: Mapping[tuple[object, int], int | None] | None = None
    graph_of: Tensor | None = None
    n_graphs: int = 0

    def __post_init__(self) -> None:
        if not self.names:
            raise ValueError("hold no tensor")
        if self.first.is_meta:
            raise ValueError("are on the device meta, which holds no numbers")
        shape = shape_of(self.first)
        if self.is_list:
            return
        if len(shape) <= self.first_axis:
            at = f", and no axis {self.first_axis} of samples" if self.first_axis else ""
            raise ValueError(f"have shape {shape}{at}")
        if not shape[self.first_axis]:
            raise ValueError(f"have shape {shape}")

    def __len__(self) -> int:
        return self.n_graphs or (len(self.tensors) if self.is_list else self.first.size(self.first_axis))

    def __getitem__(self, part: slice) -> "Samples":
        """Some of the samples; all of them where they cannot be run in parts."""
        if self.is_whole:
            return self
        if self.is_list:
            return replace(self, args=(self.args[0][part],))
        axes = {id(each): self._axis_in(name, each) for name, each in self.tensors}

        def cut(each: Tensor) -> Tensor:
            axis = axes[id(each)]
            return each if axis is None else _rows(each, part, axis)

        return self._mapped(cut)

    @property
    def first(self) -> Tensor:
        """The first tensor as the model is given it."""
        return self.tensors[0][1]

    @property
    def first_axis(self) -> int:
        """The axis of samples in the first tensor."""
        axis = self.axis.get(self.names[0], 0) if isinstance(self.axis, Mapping) else self.axis
        return axis or 0

    def n_in(self, batch: Any) -> int:
        """How many samples a batch of the training is, in which they lie as here."""
        if self.is_list:
            return len(_list_in(batch) or ())
        first = batch if isinstance(batch, Tensor) else next(tensors_in(batch), None)
        axis = self.first_axis
        return 0 if first is None or first.ndim <= axis else first.size(axis)

    @property
    def n_inputs(self) -> int:
        """Of so many tensors each sample has a part."""
        return 1 if self.is_list else sum(self._axis_in(name, each) is not None for name, each in self.tensors)

    @property
    def is_whole(self) -> bool:
        """Whether they cannot be run in parts: graphs, and nodes that edges ``[2, E]`` or a matrix ``[N, N]`` join."""
        if self.graph_of is not None or any(map(is_graph, (*self.args, *self.kwargs.values()))):
            return True
        n_samples = len(self)
        others = [(name, each) for name, each in self.tensors[1:] if each.ndim == 2 and not self.is_list]
        is_edges = any(
            len(each) == 2 < n_samples and not each.is_floating_point() and self._axis_in(name, each) is None
            for name, each in others
        )
        return is_edges or any(tuple(each.shape) == (n_samples, n_samples) for _, each in others)

    @property
    def shown(self) -> Tensor:
        """The first tensor ``[N, …]``, which stands for the samples wherever one array does.

        Where it is known along which axis time passes that is ``[N, T, …]``. Tensors of different sizes, one for each
        sample, are filled up with zeros. Graphs are rows without numbers.
        """
        if self.graph_of is not None:
            return torch.zeros(len(self), 0)
        if self.is_list:
            return _filled_up([each for _, each in self.tensors])
        if self.time_axis is None or self.first.ndim <= self.time_axis:
            return self.first.movedim(self.first_axis, 0) if self.first_axis else self.first
        return self.first.movedim((self.first_axis, self.time_axis), (0, 1))

    @property
    def parts(self) -> Any:
        """The one argument; of several, number (from 0 on) or keyword → argument."""
        is_one = len(self.args) == 1 and not self.kwargs
        return self.args[0] if is_one else {**dict(enumerate(self.args)), **self.kwargs}

    @property
    def tensors(self) -> list[tuple[str, Tensor]]:
        """Names and tensors in order."""
        return list(named_tensors(self.parts))

    @property
    def names(self) -> list[str]:
        """The names of the tensors."""
        return [name for name, _ in self.tensors]

    def run(self, model: nn.Module) -> Any:
        """What the model gives for them."""
        if self.call is None:
            return model(*self.args, **self.kwargs)
        with preserved_code(self.call):
            return self.call(model, self.args[0])

    def to(self, device: torch.device | str) -> "Samples":
        """The samples on a device; those that are there already are shared."""
        return self._mapped(lambda each: each.to(device))

    def copied(self) -> "Samples":
        """The samples in memory of their own."""
        return self._mapped(lambda each: each.detach().clone())

    def axis_at(self, place: object, tensor: Tensor, number: int = 0) -> int | None:
        """Which axis of what a place in the model gives for them is the samples'; None: it has none.

        Args:
            place: name of a layer, or `OUTPUT`.
            number: of the tensor among those that are given there.
        """
        axis = 0 if self.axes is None else self.axes.get((place, number))
        is_there = axis is not None and tensor.ndim > axis and tensor.size(axis) == len(self)
        return axis if is_there else None

    def rows(self, output: Any, place: object = OUTPUT) -> Any:
        """The same structure, in which the samples lie along the first axis of each tensor that has them.

        Of a list with something for each sample what is as large for all of them.
        """
        if self.is_list and isinstance(output, list) and len(output) == len(self):
            return _stacked(output)
        numbers = count()

        def moved(each: Tensor) -> Tensor:
            axis = self.axis_at(place, each, next(numbers))
            return each.movedim(axis, 0) if axis else each

        return mapped(output, moved)

    def activation_in(self, output: Any, number: int, axis: int) -> Tensor | None:
        """The activation ``[N, …]`` in what a layer gives; None where it is not as it was seen.

        Where the samples are graphs, what it gives for each node is averaged over the nodes of each graph.

        Args:
            number: of the tensor among those that are given.
            axis: the samples' in it.
        """
        each = next(islice(tensors_in(output), number, None), None)
        if each is None or each.is_nested or each.ndim < 2 or not each.is_floating_point():
            return None
        if axis < each.ndim and each.size(axis) == len(self):
            return each.movedim(axis, 0) if axis else each
        return means_by_graph(each, self.graph_of, len(self)) if self.is_by_node(each) else None  # type: ignore[arg-type]

    def is_by_node(self, tensor: Tensor) -> bool:
        """Whether a tensor has a row for each node of graphs that are the samples."""
        return self.graph_of is not None and tensor.ndim > 1 and len(tensor) == len(self.graph_of)

    def _axis_in(self, name: str, tensor: Tensor) -> int | None:
        """Which axis of a tensor of theirs is the samples'."""
        given = self.axis.get(name, 0) if isinstance(self.axis, Mapping) else self.axis
        wished = () if given is None else (given,) if isinstance(self.axis, Mapping) else (given, 0)
        return next((axis for axis in wished if tensor.ndim > axis and tensor.size(axis) == len(self)), None)

    def _mapped(self, change: Callable[[Tensor], Tensor]) -> "Samples":
        graph_of = None if self.graph_of is None else change(self.graph_of)
        return replace(self, args=mapped(self.args, change), kwargs=mapped(self.kwargs, change), graph_of=graph_of)


def samples_of(inputs: Any, model: nn.Module, options: ProbeOptions = _AS_USUAL, targets: Any = None) -> Samples:
    """The samples that a user gives, in the form in which the model takes them.

    A tuple or list holds the arguments; a tuple of a tuple and a dict the arguments and the keywords; a dict holds the
    keywords, if ``forward`` can be called with keywords of these names, else it is the one argument. Anything else is
    the one argument, too, and so are whatever a call of the user's own is given, and a list with a tensor for each
    sample (see `is_list_of_samples`).

    Args:
        targets: of the samples, which may tell such a list.

    Raises:
        ValueError: there is no tensor of samples; the text goes on from "the inputs".
    """
    axis = options.sample_axis
    if axis is None:
        axis = 1 if options.time_axis == 0 else 0
    if options.call is None and is_list_of_samples(inputs, targets, model, may_be_arguments=True):
        return Samples(([*inputs],), is_list=True)
    args, kwargs = _arguments(inputs, model, options)
    is_list = len(args) == 1 and not kwargs and is_list_of_samples(args[0], targets, model, may_be_arguments=False)
    return Samples(args, kwargs, options.call, 0 if is_list else axis, options.time_axis, is_list)


def _arguments(inputs: Any, model: nn.Module, options: ProbeOptions) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if options.call is not None:
        return (inputs,), {}
    if isinstance(inputs, tuple | list) and not hasattr(inputs, "_fields"):
        if len(inputs) == 2 and isinstance(inputs[0], tuple | list) and isinstance(inputs[1], Mapping):
            return tuple(inputs[0]), dict(inputs[1])
        return tuple(inputs), {}
    if isinstance(inputs, Mapping) and _takes(model, inputs):
        return (), dict(inputs)
    return (inputs,), {}


def _takes(model: nn.Module, keywords: Mapping[Any, Any]) -> bool:
    """Whether the model can be called with these keywords."""
    try:
        inspect.signature(model.forward).bind(**keywords)
    except TypeError:  # a name that it does not have, one that it misses, or one that is no text
        return False
    return True


def _rows(tensor: Tensor, part: slice, axis: int) -> Tensor:
    """Some of the samples of a tensor of any layout."""
    if tensor.is_nested:
        return torch.nested.as_nested_tensor(list(tensor.unbind())[part], layout=tensor.layout)
    if tensor.layout == torch.strided:
        return tensor[(slice(None),) * axis + (part,)]
    rows = torch.arange(tensor.size(axis), device=tensor.device)[part]
    if tensor.layout == torch.sparse_coo:
        return tensor.index_select(axis, rows)
    return tensor.to_dense().index_select(axis, rows).to_sparse(layout=tensor.layout)


def _list_in(given: Any) -> list[Tensor] | None:
    """The first list of tensors in what a step is given."""
    if isinstance(given, list) and given and isinstance(given[0], Tensor):
        return given
    parts = given.values() if isinstance(given, Mapping) else given if isinstance(given, tuple | list) else ()
    return next(filter(None, map(_list_in, parts)), None)


def _stacked(outputs: list[Any]) -> dict[str, Tensor]:
    """Name → the tensors of that name in all outputs, in one; those of different sizes are left out."""
    each = [dict(named_tensors(output)) for output in outputs]
    alike = [name for name in each[0] if len({own[name].shape if name in own else None for own in each}) == 1]
    return {name: torch.stack([own[name] for own in each]) for name in alike}


def _filled_up(tensors: list[Tensor]) -> Tensor:
    """Tensors of as many axes as one, with zeros behind those that are smaller."""
    sizes = [max(each) for each in zip(*(each.shape for each in tensors), strict=True)]
    lacking = [[size - own for size, own in zip(sizes, each.shape, strict=True)] for each in tensors]
    ends = [[part for n in reversed(own) for part in (0, n)] for own in lacking]
    return torch.stack([nn.functional.pad(each, end) for each, end in zip(tensors, ends, strict=True)])


def mapped(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """The same structure with other tensors."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, tuple | list):
        parts = [mapped(each, change) for each in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    if isinstance(value, Mapping):
        made: Any = copy.copy(value)  # which keeps what a tokenizer's batch knows besides
        for name, each in value.items():
            made[name] = mapped(each, change)
        return made
    if is_graph(value):
        return mapped_graph(value, change)
    if is_dataclass(value) and not isinstance(value, type):
        own = [each.name for each in fields(value) if each.init]
        return replace(value, **{name: mapped(getattr(value, name), change) for name in own})
    return value
