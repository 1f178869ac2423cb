"""Which layers of a Keras model can be laid out in a plane, and the samples they are run on."""

from collections.abc import Mapping, Sequence
from functools import partial
from math import prod
from typing import Any

import keras
import numpy as np

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
from collector.keras.forward import Forward
from collector.keras.layers import CONVOLUTIONS, DEPTHWISE, TRANSPOSED, layers_of
from collector.keras.outputs import LayerOutputs
from collector.keras.preserved_state import why_not_run
from collector.keras.probe import channels_first
from collector.keras.samples import Samples, shown
from collector.keras.trace import Call

_CONVOLUTIONS = (*CONVOLUTIONS, *TRANSPOSED, *DEPTHWISE)


def projection_recorder(
    forward: Forward,
    projection: tuple[Samples, np.ndarray | None] | None,
    names: Sequence[str],
    mean: Sequence[float],
    std: Sequence[float],
    attempt: SetupGuard,
) -> tuple[ProjectionRecorder, list[str]]:
    """What will be recorded of the samples, and what will not be, a sentence for each reason.

    Args:
        forward: runs the model.
        projection: samples and their class numbers ``[N]`` or None; None: none are recorded.
        names: of the layers whose features are kept; none: see `projection_recorder.default_layers`.
        mean, std: per channel, what the samples were normalised with.
        attempt: tries what may fail on our side.

    Raises:
        ValueError: layers that the model does not have.
    """
    layers = layers_of(forward.model)
    unknown = [name for name in names if name not in layers]
    if unknown:
        raise ValueError(f"projection_layers has {unknown[0]!r}; the layers are {', '.join(layers)}")
    if projection is None:
        return ProjectionRecorder(None), []
    plan = partial(_planned, forward, layers, *projection, names, mean, std)
    nothing: tuple[ProjectionRecorder, list[str]] = ProjectionRecorder(None), []
    return attempt("preparing samples to be projected", plan, nothing)


def _planned(
    forward: Forward,
    layers: dict[str, Any],
    samples: Samples,
    labels: np.ndarray | None,
    names: Sequence[str],
    mean: Sequence[float],
    std: Sequence[float],
) -> tuple[ProjectionRecorder, list[str]]:
    notes: list[str] = []
    looks = channels_first(shown(samples.first))
    n_kept = samples_kept(len(looks), prod(looks.shape[1:]), are_pictures=is_picture(looks.shape[1:]))
    if n_kept < len(looks):
        notes.append(f"Of {len(looks):,} samples to be projected the first {n_kept:,} are kept: more are too large.")
    try:
        outputs = LayerOutputs(forward, samples.part(0, n_kept), layers)
    except Exception as error:  # noqa: BLE001 - the model is the user's, and may well learn without this
        reason = why_not_run(error, "the samples", forward)
        return ProjectionRecorder(None), [*notes, f"Samples that can be projected are not recorded: {reason}"]
    calls = outputs.calls
    widths, without = layer_widths(names or _default_layers(layers, calls), calls, "cannot be projected")
    notes += without
    plan = plan_projection(widths, n_kept)
    classes = None if labels is None else labels[:n_kept].astype(np.int64)
    pictures = as_pictures(looks[:n_kept], mean, std)
    return ProjectionRecorder(ProjectedSamples(plan, outputs, pictures, classes)), notes


def _default_layers(layers: Mapping[str, Any], calls: Mapping[str, Call]) -> list[str]:
    return default_layers(
        calls,
        lambda name: isinstance(layers[name], keras.layers.Dense),
        lambda name: isinstance(layers[name], _CONVOLUTIONS),
    )
