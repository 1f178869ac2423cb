"""Which layers of a Keras model can be laid out in a plane, and the samples they are run on."""

from collections.abc import Mapping, Sequence
from functools import partial
from math import prod
from typing import Any

import keras
import numpy as np

from collector.capture.layer_widths import layer_widths
from collector.capture.projected_samples import (
    ProjectedSamples,
    as_pictures,
    default_layers,
    is_picture,
    plan_features,
    samples_kept,
)
from collector.capture.sample_recorder import SampleRecorder
from collector.capture.setup_guard import SetupGuard
from collector.keras.forward import Forward
from collector.keras.layers import CONVOLUTIONS, DEPTHWISE, TRANSPOSED, layers_of
from collector.keras.outputs import LayerOutputs
from collector.keras.preserved_state import why_not_run
from collector.keras.probe import channels_first
from collector.keras.samples import Samples, shown
from collector.keras.trace import Call
from collector.storage.schema import Projection

_CONVOLUTIONS = (*CONVOLUTIONS, *TRANSPOSED, *DEPTHWISE)


def projection_recorder(
    forward: Forward,
    projection: tuple[Samples, np.ndarray | None] | None,
    names: Sequence[str],
    mean: Sequence[float],
    std: Sequence[float],
    attempt: SetupGuard,
) -> tuple[SampleRecorder[Projection], list[str]]:
    """What will be recorded of the samples, and what will not be, a sentence for each reason.

    Args:
        forward: runs the model.
        projection: samples and their class numbers ``[N]`` or None; None: none are recorded.
        names: of the layers whose features are kept; none: see `projected_samples.default_layers`.
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
        return SampleRecorder(None), []
    plan = partial(_planned, forward, layers, *projection, names, mean, std)
    nothing: tuple[ProjectedSamples | None, list[str]] = None, []
    samples, notes = attempt("preparing samples to be projected", plan, nothing)
    return SampleRecorder(samples), notes


def _planned(
    forward: Forward,
    layers: dict[str, Any],
    samples: Samples,
    labels: np.ndarray | None,
    names: Sequence[str],
    mean: Sequence[float],
    std: Sequence[float],
) -> tuple[ProjectedSamples | None, list[str]]:
    looks, notes = looks_kept(samples, "samples to be projected")
    try:
        outputs = LayerOutputs(forward, samples.part(0, len(looks)), layers)
    except Exception as error:  # noqa: BLE001 - the model is the user's, and may well learn without this
        reason = why_not_run(error, "the samples", forward)
        return None, [*notes, f"Samples that can be projected are not recorded: {reason}"]
    calls = outputs.calls
    widths, without = layer_widths(names or layers_by_default(layers, calls), calls, "cannot be projected")
    plan = plan_features(widths, len(looks))
    classes = None if labels is None else labels[: len(looks)].astype(np.int64)
    return ProjectedSamples(plan, outputs, as_pictures(looks, mean, std), classes), [*notes, *without]


def looks_kept(samples: Samples, what: str) -> tuple[np.ndarray, list[str]]:
    """Of the samples as many as a file takes, as they are looked at, ``[N, …]``; with a sentence where not all.

    Args:
        what: the samples, as ``samples to be projected``.
    """
    looks = channels_first(shown(samples.first))
    n_kept = samples_kept(len(looks), prod(looks.shape[1:]), are_pictures=is_picture(looks.shape[1:]))
    notes = []
    if n_kept < len(looks):
        notes.append(f"Of {len(looks):,} {what} the first {n_kept:,} are kept: more are too large.")
    return looks[:n_kept], notes


def layers_by_default(
    layers: Mapping[str, Any], calls: Mapping[str, Call], *, all_convolutions: bool = False
) -> list[str]:
    """See `projected_samples.default_layers`; of all convolutions as of dense layers where they are wanted."""
    stages = (keras.layers.Dense, *_CONVOLUTIONS) if all_convolutions else keras.layers.Dense
    return default_layers(
        calls,
        lambda name: isinstance(layers[name], stages),
        lambda name: isinstance(layers[name], _CONVOLUTIONS),
    )
