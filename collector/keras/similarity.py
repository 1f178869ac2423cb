"""The similarity of layers in a Keras model: which of its layers are compared, and how it is run."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from collector.capture.compared_layers import plan_compared_layers
from collector.capture.layer_widths import layer_widths
from collector.capture.setup_guard import SetupGuard
from collector.capture.similarity_recorder import AugmentedSample, ComparedSamples, SimilarityRecorder
from collector.keras.forward import Forward
from collector.keras.layers import is_activation, layers_of, parameters_of
from collector.keras.outputs import LayerOutputs
from collector.keras.preserved_state import why_not_run
from collector.keras.samples import Samples


def check_augmented(sample: AugmentedSample) -> AugmentedSample:
    """The sample with its inputs in memory of its own.

    Raises:
        ValueError: there are not as many inputs as pictures.
    """
    inputs = np.array(sample.inputs)
    if len(inputs) != len(sample.pictures):
        raise ValueError(f"augmented has {len(inputs)} inputs, but {len(sample.pictures)} pictures")
    return replace(sample, inputs=inputs)


def similarity_recorder(
    forward: Forward,
    similarity: tuple[Samples, np.ndarray | None] | None,
    interval: int,
    n_features: int,
    augmented: AugmentedSample | None,
    attempt: SetupGuard,
) -> tuple[SimilarityRecorder, list[str]]:
    """What will be recorded of the similarity of layers, and what will not be, a sentence for each reason.

    Args:
        forward: runs the model.
        similarity: samples and their class numbers ``[N]`` or None; None: none are recorded.
        interval: steps between measurements; 0: at the epochs only.
        n_features: features of each layer in the file, at most.
        augmented: one sample, changed in many ways, as `check_augmented` gives it.
        attempt: tries what may fail on our side.
    """
    inputs, labels = (None, None) if similarity is None else similarity
    notes: list[str] = []
    samples = None
    if inputs is not None:
        measure = partial(_measured, forward, inputs, n_features, "The similarity of layers", notes)
        samples = attempt("preparing to compare layers", measure, None)
    changed = None
    if augmented is not None:
        what = "What the network makes of the augmented sample"
        measure = partial(_measured, forward, Samples(augmented.inputs), n_features, what, notes)
        changed = attempt("preparing the augmented sample", measure, None)
    classes = None if labels is None else labels.astype(np.int64)
    return SimilarityRecorder(samples, classes, interval, changed, augmented), list(dict.fromkeys(notes))


def _measured(
    forward: Forward, inputs: Samples, n_features: int, what: str, notes: list[str]
) -> ComparedSamples | None:
    """What is compared on these samples; None, and a sentence, where the model cannot run on them."""
    layers = {name: layer for name, layer in layers_of(forward.model).items() if _is_compared(layer)}
    try:
        outputs = LayerOutputs(forward, inputs, layers)
    except Exception as error:  # noqa: BLE001 - the model is the user's, and may well learn without this
        notes.append(f"{what} is not recorded: {why_not_run(error, 'the samples', forward)}")
        return None
    widths, without = layer_widths(outputs.calls, outputs.calls, "is not compared with other layers")
    notes += without
    return ComparedSamples(
        plan_compared_layers(widths, outputs.n_outputs, len(inputs), n_features), outputs, len(inputs)
    )


def _is_compared(layer: Any) -> bool:
    """Dense layers, convolutions, norms and whatever else has parameters; activations repeat what is before them."""
    return bool(parameters_of(layer)) and not is_activation(layer)
