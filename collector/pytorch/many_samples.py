"""Samples that a model is run on again and again, in batches: kept in memory of their own, and seen once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
import torch
from torch import nn

from collector.capture.projected_samples import as_pictures, default_layers, is_picture, samples_kept
from collector.pytorch.layers import CONVOLUTIONS, device_of, layers_of
from collector.pytorch.outputs import BATCH, LayerOutputs
from collector.pytorch.plain_numbers import plain_numbers
from collector.pytorch.preserved_state import why_not_run
from collector.pytorch.sample_axes import with_axes
from collector.pytorch.samples import Samples
from collector.pytorch.tensors import shape_of
from collector.pytorch.trace import Call, trace


@dataclass(frozen=True)
class ManySamples:
    """The samples, and what was seen of the model in a run on the first two.

    Attributes:
        inputs: in memory of their own, with the axes that they have in the model.
        calls: of its layers.
        first_output: what it gave for the first two, with these along the first axis.
        notes: sentences for the file.
    """

    model: nn.Module
    inputs: Samples
    calls: Mapping[str, Call]
    first: Samples
    first_output: Any
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def modules(self) -> dict[str, nn.Module]:
        """Layer → module."""
        return layers_of(self.model)

    def outputs(
        self,
        names: Iterable[str],
        output: Callable[[Samples, Any, int], np.ndarray | None] | None = None,
        batch: int = BATCH,
    ) -> LayerOutputs:
        """Runs the model for the outputs of these layers; see `LayerOutputs`."""
        modules = self.modules
        own = {name: modules[name] for name in names}
        return LayerOutputs(self.model, self.inputs, own, self.calls, output, min(BATCH, max(1, batch)))

    def looks(self, mean: Iterable[float], std: Iterable[float]) -> tuple[np.ndarray | None, str]:
        """The samples as the file has them; None, and a sentence, where they are too many numbers."""
        numbers, told = plain_numbers(self.inputs.shown, "The samples")
        return None if numbers is None else as_pictures(numbers, tuple(mean), tuple(std)), told

    def default_layers(self, *, all_convolutions: bool = False) -> list[str]:
        """See `projected_samples.default_layers`; of all convolutions as of linear layers where they are wanted."""
        modules = self.modules
        called = {
            name: call for name, call in self.calls.items() if name in modules
        }  # not what is called as a function
        stages = (nn.Linear, *CONVOLUTIONS) if all_convolutions else nn.Linear
        return default_layers(
            called,
            lambda name: isinstance(modules[name], stages),
            lambda name: isinstance(modules[name], CONVOLUTIONS),
        )


def many_samples(model: nn.Module, inputs: Samples, what: str) -> ManySamples | str:
    """The samples, as many as a file takes; or why the model cannot be run on them, in a sentence.

    Args:
        what: the samples, as ``samples to be projected``.
    """
    shape = torch.Size(shape_of(inputs.shown))
    n_kept = samples_kept(len(inputs), prod(shape[1:]), are_pictures=is_picture(shape[1:]))
    if inputs.is_whole:
        n_kept = len(inputs)
    notes = []
    if n_kept < len(inputs):
        notes.append(f"Of {len(inputs):,} {what} the first {n_kept:,} are kept: more are too large.")
    inputs = inputs[:n_kept].copied().to("cpu")
    outputs: list[Any] = []
    try:
        first = with_axes(model, inputs[:2].to(device_of(model)))
        calls = trace(model, first, keep=outputs.append)
    except Exception as error:  # noqa: BLE001 - the model is the user's, and may well learn without this
        return why_not_run(error, "the samples", model, inputs.call)
    inputs = replace(inputs, axes=first.axes)
    return ManySamples(model, inputs, calls, first, first.rows(outputs[0]), tuple(notes))
