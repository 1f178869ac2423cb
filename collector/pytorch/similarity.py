"""The similarity of layers in a PyTorch model: which of its layers are compared, and how it is run."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import nn

from collector.capture.compared_layers import OUTPUT, plan_compared_layers
from collector.capture.layer_widths import layer_widths
from collector.capture.setup_guard import SetupGuard
from collector.capture.similarity_recorder import AugmentedSample, ComparedSamples, SimilarityRecorder
from collector.capture.targets import Targets
from collector.pytorch.layers import device_of, layers_of, parameters_of
from collector.pytorch.outputs import LayerOutputs
from collector.pytorch.preserved_state import why_not_run
from collector.pytorch.probe import check_probe
from collector.pytorch.probe_options import ProbeOptions
from collector.pytorch.sample_axes import with_axes
from collector.pytorch.samples import Samples
from collector.pytorch.trace import trace


def similarity_recorder(
    model: nn.Module,
    similarity: Any,
    interval: int,
    n_features: int,
    augmented: AugmentedSample | None,
    attempt: SetupGuard,
    options: ProbeOptions,
) -> tuple[SimilarityRecorder, list[str]]:
    """What will be recorded of the similarity of layers, and what will not be, a sentence for each reason.

    Args:
        similarity: samples and their class numbers ``[N]`` or None, as a probe; None: none are recorded.
        interval: steps between measurements; 0: at the epochs only.
        n_features: features of each layer in the file, at most.
        augmented: one sample, changed in many ways.
        attempt: tries what may fail on our side.
        options: how the model is run on samples.

    Raises:
        ValueError: samples that are none.
    """
    inputs, targets = (None, Targets()) if similarity is None else check_probe(similarity, model, options)
    notes: list[str] = []
    samples = None
    if inputs is not None:
        measure = partial(_measured, model, inputs, n_features, "The similarity of layers", notes)
        samples = attempt("preparing to compare layers", measure, None)
    changed = None
    if augmented is not None:
        if isinstance(augmented.inputs, tuple | Mapping):
            kind = type(augmented.inputs).__name__
            raise ValueError(f"augmented has inputs of type {kind}; give one array: only pictures can be changed")
        tensors = torch.as_tensor(augmented.inputs)
        if len(tensors) != len(augmented.pictures):
            raise ValueError(f"augmented has {len(tensors)} inputs, but {len(augmented.pictures)} pictures")
        what = "What the network makes of the augmented sample"
        measure = partial(_measured, model, Samples((tensors,), call=options.call), n_features, what, notes)
        changed = attempt("preparing the augmented sample", measure, None)
    return SimilarityRecorder(samples, targets.classes, interval, changed, augmented), list(dict.fromkeys(notes))


def _measured(
    model: nn.Module, inputs: Samples, n_features: int, what: str, notes: list[str]
) -> ComparedSamples | None:
    """What is compared on these samples; None, and a sentence, where the model cannot run on them."""
    inputs = inputs.copied().to("cpu")
    try:
        first = with_axes(model, inputs[:2].to(device_of(model)))
        inputs = replace(inputs, axes=first.axes)
        calls = trace(model, first)
        last = LayerOutputs(model, first, {}, {})({OUTPUT: None}).get(OUTPUT)
    except Exception as error:  # noqa: BLE001 - the model is the user's, and may well learn without this
        notes.append(f"{what} is not recorded: {why_not_run(error, 'the samples', model, inputs.call)}")
        return None
    modules = {name: module for name, module in layers_of(model).items() if name in calls and _is_compared(module)}
    widths, without = layer_widths(modules, calls, "is not compared with other layers")
    notes += without
    n_outputs = last.shape[1] if last is not None and last.shape[0] == len(first) else None
    comparison = plan_compared_layers(widths, n_outputs, len(inputs), n_features)
    return ComparedSamples(comparison, LayerOutputs(model, inputs, modules, calls), len(inputs))


def _is_compared(module: nn.Module) -> bool:
    """Linear layers, convolutions, norms and whatever else has parameters; activations repeat what is before them."""
    if isinstance(module, nn.MultiheadAttention):  # which torch counts among the activations
        return True
    return bool(parameters_of(module)) and type(module).__module__ != "torch.nn.modules.activation"
