"""How a model is run on held-out samples where calling it with them along the first axis is not it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import nn

ProbeCall = Callable[[nn.Module, Any], Any]
"""Is given the model and the inputs as the user gave them, and gives what the network does."""

Loss = Callable[[Any, Any], Any]
"""Is given what the model gives and the targets, and gives a tensor."""

SampleAxis = int | Mapping[str, int | None]
"""Of every tensor of the inputs, or by its name; None: the tensor belongs to all samples alike."""


@dataclass(frozen=True)
class ProbeOptions:
    """What a user says of it.

    Attributes:
        call: runs the model; None: it is called with the inputs.
        sample_axis: None: the first, unless the model's modules say otherwise.
        time_axis: of the first tensor; None: not known.
        loss: of what the model gives and the targets; None: no losses are computed.

    Raises:
        ValueError: what is wrong, in words.
    """

    call: ProbeCall | None = None
    sample_axis: SampleAxis | None = None
    time_axis: int | None = None
    loss: Loss | None = None

    def __post_init__(self) -> None:
        if self.call is not None and not callable(self.call):
            raise ValueError(
                f"probe_call is of type {type(self.call).__name__}; give a function of the model and the inputs, as "
                "lambda model, inputs: model.get_action(inputs)"
            )
        if self.loss is not None and not callable(self.loss):
            raise ValueError(
                f"loss is of type {type(self.loss).__name__}; give a function of the output and the targets, as "
                "torch.nn.functional.mse_loss"
            )
        several = isinstance(self.sample_axis, Mapping)
        for axis in self.sample_axis.values() if isinstance(self.sample_axis, Mapping) else [self.sample_axis]:
            if not _is_axis(axis):
                raise ValueError(f"sample_axis is {axis!r}; it must be the number of an axis, from 0")
        if not _is_axis(self.time_axis):
            raise ValueError(f"time_axis is {self.time_axis!r}; it must be the number of an axis, from 0, or None")
        if self.time_axis is not None and not several and self.time_axis == self.sample_axis:
            raise ValueError(f"sample_axis and time_axis are both {self.time_axis}; they are two axes of the inputs")


def _is_axis(axis: object) -> bool:
    return axis is None or (isinstance(axis, int) and not isinstance(axis, bool) and axis >= 0)
