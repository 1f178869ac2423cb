"""The probe that a user gives, checked and described."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from collector.capture.targets import Targets
from collector.capture.wording import listed
from collector.pytorch.plain_numbers import plain_numbers
from collector.pytorch.probe_options import ProbeOptions
from collector.pytorch.sample_axes import says_time_first
from collector.pytorch.sample_graphs import as_graphs
from collector.pytorch.samples import Samples, samples_of
from collector.pytorch.target_forms import targets_in
from collector.pytorch.tensors import real_values
from collector.storage import schema

_HOW = (
    "give it as (inputs, labels), or (inputs, None): inputs a tensor [N, …], a tuple of arguments or a dict of "
    "keywords; labels class numbers [N], or what the outputs are to be, [N, …]"
)
_OTHER_AXIS = "; samples that do not lie along the first axis are told by sample_axis=1"
_AS_USUAL = ProbeOptions()


def check_probe(
    probe: Any, model: nn.Module, options: ProbeOptions = _AS_USUAL, option: str = "probe"
) -> tuple[Samples, Targets]:
    """The probe's inputs, as the model takes them (see `samples_of`), and what they are to give.

    Samples for which there are labels along the second axis alone lie along that one, where the model has modules that
    say so (see `sample_axes`).

    Args:
        option: that gives them, for messages.

    Raises:
        ValueError: it is something else than samples and numbers for them.
    """
    if not isinstance(probe, tuple | list) or len(probe) != 2:
        raise ValueError(f"{option} is of type {type(probe).__name__}; {_HOW}")
    inputs, given = probe
    try:
        samples = samples_of(inputs, model, options, given)
    except ValueError as error:
        raise ValueError(f"the {option}'s inputs, of type {type(inputs).__name__}, {error}; {_HOW}") from None
    try:
        return samples, targets_in(given, len(samples), samples.first_axis)
    except ValueError as error:
        if (graphs := as_graphs(samples, model)) is not None:
            with suppress(ValueError):
                return graphs, targets_in(given, len(graphs))
        if options.sample_axis is None and not samples.is_list and says_time_first(model):
            with suppress(ValueError):
                other = replace(samples, axis=1, time_axis=0)
                return other, targets_in(given, len(other), 1)
        other_axis = _OTHER_AXIS if options.sample_axis is None and samples.first.ndim > 1 else ""
        raise ValueError(f"the {option}'s labels {error}; {_HOW}{other_axis}") from None


def describe_probe(
    samples: Samples,
    targets: Targets,
    class_names: Sequence[str],
    mean: Sequence[float],
    std: Sequence[float],
) -> tuple[schema.Probe | None, str]:
    """The probe as the header holds it, in memory of its own: of several tensors the first. With a sentence on it."""
    dtype = samples.first.dtype
    inputs, told = plain_numbers(samples.shown, "The probe's inputs")
    if inputs is None:
        return None, told
    if samples.is_list and len({each.shape for _, each in samples.tensors}) > 1:
        told = "The probe's samples have different sizes: in the file zeros fill them up."
    probe = schema.Probe(
        inputs=inputs,  # type: ignore[arg-type]
        whole_numbers=not (dtype.is_floating_point or dtype.is_complex),
        labels=targets.classes,  # type: ignore[arg-type]
        targets=targets.kept,  # type: ignore[arg-type]
        n_inputs=samples.n_inputs,
        class_names=[str(name) for name in class_names],
        mean=[float(each) for each in mean],
        std=[float(each) for each in std],
    )
    return probe, told


def left_out(samples: Samples) -> list[str]:
    """A sentence on the tensors of the probe that are not in the file, where there are any."""
    if samples.graph_of is not None:
        return [f"The probe is {len(samples)} graphs, which the file does not hold."]
    name, *others = samples.names
    if not others or samples.is_list:
        return []
    return [f"Of the probe's inputs the file holds the first, {name}; not in it: {listed(others, 8)}."]


def not_finite_in(samples: Samples) -> list[str]:
    """A sentence on the samples that hold NaN or Inf, where there are any."""
    told = []
    for name, tensor in samples.tensors:
        values = _values(tensor.detach())
        if not (values.is_floating_point() or values.is_complex()) or values.is_quantized:
            continue
        n_bad = int((~torch.isfinite(values)).sum())
        if n_bad:
            of_what = f"'{name}' of the probe's inputs" if name else "The probe's inputs"
            told.append(f"{of_what} hold{'s' if name else ''} {n_bad:,} values that are NaN or Inf.")
    return told


def _values(tensor: Tensor) -> Tensor:
    """The values that a tensor of any layout holds."""
    if tensor.is_nested:
        return tensor.to_padded_tensor(0.0)
    return tensor if tensor.layout == torch.strided else real_values(tensor)
