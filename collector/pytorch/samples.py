"""Held-out samples as a model takes them: one tensor, several arguments, keywords, or a dict as the one argument."""

import copy
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from collector.pytorch.tensors import named_tensors, shape_of


@dataclass(frozen=True)
class Samples:
    """What a model is called with; its tensors whose first axis is as long as that of the first one are the samples'.

    Others, as the mask ``[T, T]`` of a transformer, and what is no tensor, belong to all samples alike.

    Raises:
        ValueError: there is no tensor of samples.
    """

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.names:
            raise ValueError("hold no tensor")
        if self.shown.is_meta:
            raise ValueError("are on the device meta, which holds no numbers")
        if self.shown.ndim < 1 or not len(self):
            raise ValueError(f"have shape {shape_of(self.shown)}")

    def __len__(self) -> int:
        return self.shown.size(0)

    def __getitem__(self, part: slice) -> "Samples":
        """Some of the samples."""
        n_samples = len(self)
        return self._mapped(lambda each: _rows(each, part) if each.ndim and each.size(0) == n_samples else each)

    @property
    def shown(self) -> Tensor:
        """The first tensor ``[N, …]``, which stands for the samples wherever one array does."""
        return self.tensors[0][1]

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
        return model(*self.args, **self.kwargs)

    def to(self, device: torch.device | str) -> "Samples":
        """The samples on a device; those that are there already are shared."""
        return self._mapped(lambda each: each.to(device))

    def copied(self) -> "Samples":
        """The samples in memory of their own."""
        return self._mapped(lambda each: each.detach().clone())

    def _mapped(self, change: Callable[[Tensor], Tensor]) -> "Samples":
        return Samples(_mapped(self.args, change), _mapped(self.kwargs, change))


def samples_of(inputs: Any, model: nn.Module) -> Samples:
    """The samples that a user gives, in the form in which the model takes them.

    A tuple or list holds the arguments; a tuple of a tuple and a dict the arguments and the keywords; a dict holds the
    keywords, if ``forward`` can be called with keywords of these names, else it is the one argument. Anything else is
    the one argument, too.

    Raises:
        ValueError: there is no tensor of samples; the text goes on from "the inputs".
    """
    if isinstance(inputs, tuple | list) and not hasattr(inputs, "_fields"):
        if len(inputs) == 2 and isinstance(inputs[0], tuple | list) and isinstance(inputs[1], Mapping):
            return Samples(tuple(inputs[0]), dict(inputs[1]))
        return Samples(tuple(inputs))
    if isinstance(inputs, Mapping) and _takes(model, inputs):
        return Samples((), dict(inputs))
    return Samples((inputs,))


def _takes(model: nn.Module, keywords: Mapping[Any, Any]) -> bool:
    """Whether the model can be called with these keywords."""
    try:
        inspect.signature(model.forward).bind(**keywords)
    except TypeError:  # a name that it does not have, one that it misses, or one that is no text
        return False
    return True


def _rows(tensor: Tensor, part: slice) -> Tensor:
    """Some of the samples of a tensor of any layout."""
    if tensor.is_nested:
        return torch.nested.as_nested_tensor(list(tensor.unbind())[part], layout=tensor.layout)
    if tensor.layout == torch.strided:
        return tensor[part]
    rows = torch.arange(tensor.size(0), device=tensor.device)[part]
    if tensor.layout == torch.sparse_coo:
        return tensor.index_select(0, rows)
    return tensor.to_dense().index_select(0, rows).to_sparse(layout=tensor.layout)


def _mapped(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """The same structure with other tensors."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, tuple | list):
        parts = [_mapped(each, change) for each in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    if isinstance(value, Mapping):
        made: Any = copy.copy(value)  # which keeps what a tokenizer's batch knows besides
        for name, each in value.items():
            made[name] = _mapped(each, change)
        return made
    if is_dataclass(value) and not isinstance(value, type):
        own = [each.name for each in fields(value) if each.init]
        return replace(value, **{name: _mapped(getattr(value, name), change) for name in own})
    return value
