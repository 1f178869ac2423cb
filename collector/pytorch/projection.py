"""Which layers of a PyTorch model can be laid out in a plane, and the samples they are run on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import prod
from typing import Any

import numpy as np
import torch
from torch import nn

from collector.capture.layer_widths import layer_widths
from collector.capture.projection_recorder import (
    ProjectedSamples,
    ProjectionRecorder,
    as_pictures,
    default_layers,
    is_picture,
    plan_projection,
    samples_kept,
)
from collector.capture.setup_guard import SetupGuard
from collector.pytorch.layers import CONVOLUTIONS, device_of, layers_of
from collector.pytorch.outputs import LayerOutputs
from collector.pytorch.plain_numbers import plain_numbers
from collector.pytorch.preserved_state import why_not_run
from collector.pytorch.probe import check_probe
from collector.pytorch.probe_options import ProbeOptions
from collector.pytorch.sample_axes import with_axes
from collector.pytorch.samples import Samples
from collector.pytorch.tensors import shape_of
from collector.pytorch.trace import Call, trace


def projection_recorder(
    model: nn.Module,
    projection: Any,
    layers: Sequence[str],
    mean: Sequence[float],
    std: Sequence[float],
    attempt: SetupGuard,
    options: ProbeOptions,
) -> tuple[ProjectionRecorder, list[str]]:
    """What will be recorded of the samples, and what will not be, a sentence for each reason.

    Args:
        projection: samples and their class numbers ``[N]`` or None, as a probe; None: none are recorded.
        layers: names of the layers whose features are kept; none: see `projection_recorder.default_layers`.
        mean, std: per channel, what the samples were normalised with.
        attempt: tries what may fail on our side.
        options: how the model is run on samples.

    Raises:
        ValueError: samples that are none, or layers that the model does not have.
    """
    modules = layers_of(model)
    unknown = [name for name in layers if name not in modules]
    if unknown:
        raise ValueError(f"projection_layers has {unknown[0]!r}; the layers are {', '.join(modules)}")
    if projection is None:
        return ProjectionRecorder(None), []
    inputs, targets = check_probe(projection, model, options)
    plan = partial(_planned, model, modules, inputs, targets.classes, layers, mean, std)
    nothing: tuple[ProjectionRecorder, list[str]] = ProjectionRecorder(None), []
    return attempt("preparing samples to be projected", plan, nothing)


def _planned(
    model: nn.Module,
    modules: dict[str, nn.Module],
    inputs: Samples,
    labels: np.ndarray | None,
    layers: Sequence[str],
    mean: Sequence[float],
    std: Sequence[float],
) -> tuple[ProjectionRecorder, list[str]]:
    notes: list[str] = []
    shape = torch.Size(shape_of(inputs.shown))
    n_kept = samples_kept(len(inputs), prod(shape[1:]), are_pictures=is_picture(shape[1:]))
    if inputs.is_whole:
        n_kept = len(inputs)
    if n_kept < len(inputs):
        notes.append(f"Of {len(inputs):,} samples to be projected the first {n_kept:,} are kept: more are too large.")
    inputs = inputs[:n_kept].copied().to("cpu")
    try:
        first = with_axes(model, inputs[:2].to(device_of(model)))
        calls = trace(model, first)
    except Exception as error:  # noqa: BLE001 - the model is the user's, and may well learn without this
        reason = why_not_run(error, "the samples", model, inputs.call)
        return ProjectionRecorder(None), [*notes, f"Samples that can be projected are not recorded: {reason}"]
    widths, without = layer_widths(layers or _default_layers(modules, calls), calls, "cannot be projected")
    notes += without
    plan = plan_projection(widths, len(inputs))
    classes = None if labels is None else labels[:n_kept]
    pictures, told = plain_numbers(inputs.shown, "The samples to be projected")
    if pictures is None:
        return ProjectionRecorder(None), [*notes, told]
    notes += filter(None, [told])
    inputs = replace(inputs, axes=first.axes)
    outputs = LayerOutputs(model, inputs, {layer.name: modules[layer.name] for layer in plan.layers}, calls)
    return ProjectionRecorder(ProjectedSamples(plan, outputs, as_pictures(pictures, mean, std), classes)), notes


def _default_layers(modules: Mapping[str, nn.Module], calls: Mapping[str, Call]) -> list[str]:
    called = {name: call for name, call in calls.items() if name in modules}  # not what is called as a function
    return default_layers(
        called, lambda name: isinstance(modules[name], nn.Linear), lambda name: isinstance(modules[name], CONVOLUTIONS)
    )
