"""Which layers of a PyTorch model can be laid out in a plane, and the samples they are run on."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from torch import nn

from collector.capture.layer_widths import layer_widths
from collector.capture.projected_samples import ProjectedSamples, plan_features
from collector.capture.sample_recorder import SampleRecorder
from collector.capture.setup_guard import SetupGuard
from collector.pytorch.layers import layers_of
from collector.pytorch.many_samples import many_samples
from collector.pytorch.probe import check_probe
from collector.pytorch.probe_options import ProbeOptions
from collector.pytorch.samples import Samples
from collector.storage.schema import Projection


def projection_recorder(
    model: nn.Module,
    projection: Any,
    layers: Sequence[str],
    mean: Sequence[float],
    std: Sequence[float],
    attempt: SetupGuard,
    options: ProbeOptions,
) -> tuple[SampleRecorder[Projection], list[str]]:
    """What will be recorded of the samples, and what will not be, a sentence for each reason.

    Args:
        projection: samples and their class numbers ``[N]`` or None, as a probe; None: none are recorded.
        layers: names of the layers whose features are kept; none: see `projected_samples.default_layers`.
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
        return SampleRecorder(None), []
    inputs, targets = check_probe(projection, model, options)
    plan = partial(_planned, model, inputs, targets.classes, layers, mean, std)
    nothing: tuple[ProjectedSamples | None, list[str]] = None, []
    samples, notes = attempt("preparing samples to be projected", plan, nothing)
    return SampleRecorder(samples), notes


def _planned(
    model: nn.Module,
    inputs: Samples,
    labels: np.ndarray | None,
    layers: Sequence[str],
    mean: Sequence[float],
    std: Sequence[float],
) -> tuple[ProjectedSamples | None, list[str]]:
    samples = many_samples(model, inputs, "samples to be projected")
    if isinstance(samples, str):
        return None, [f"Samples that can be projected are not recorded: {samples}"]
    widths, without = layer_widths(layers or samples.default_layers(), samples.calls, "cannot be projected")
    plan = plan_features(widths, len(samples))
    pictures, told = samples.looks(mean, std)
    notes = [*samples.notes, *without, *filter(None, [told])]
    if pictures is None:
        return None, notes
    classes = None if labels is None else labels[: len(samples)]
    outputs = samples.outputs(layer.name for layer in plan.layers)
    return ProjectedSamples(plan, outputs, pictures, classes), notes
