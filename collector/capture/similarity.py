"""One measurement of how alike the layers are, or of one sample changed in many ways: outputs in, a record out."""

from collections.abc import Iterator

import numpy as np

from collector.capture.compared_layers import OUTPUT, ComparedLayers, LayerFeatures, Outputs, softmax
from collector.capture.top_logits import MOST_CLASSES
from collector.metrics.cka import debiased_cka, null_band, u_centred
from collector.metrics.correlations import clipped_means, plain_means, stability
from collector.metrics.effective_rank import effective_ranks
from collector.metrics.features import gram_matrix, standardised
from collector.storage.schema import AugmentationRecord, SimilarityRecord


def measure_similarity(
    comparison: ComparedLayers, outputs: Outputs, n_samples: int, step: int, epoch: int
) -> SimilarityRecord:
    """How alike the layers are now.

    A layer that the network did not call, or that gave something of another size, has NaN for numbers and no features.
    """
    layers = comparison.layers
    grams = np.full((len(layers), n_samples, n_samples), np.nan)
    scaled = [np.full((n_samples, 1), np.nan, np.float32) for _ in layers]
    constant = np.zeros(len(layers), np.int64)
    kept: dict[str, np.ndarray] = {}
    numbers = {layer.name: number for number, layer in enumerate(layers)}
    for layer, features in _features(comparison, outputs, n_samples):
        number = numbers[layer.name]
        grams[number], constant[number] = gram_matrix(features)
        scaled[number] = standardised(features[:, layer.correlated])
        kept[layer.name] = features[:, layer.kept]
    centred = u_centred(grams)
    pairs = np.triu_indices(len(layers))
    return SimilarityRecord(
        step=step,
        epoch=epoch,
        correlation_clipped=clipped_means(scaled)[pairs],  # type: ignore[arg-type]
        correlation=plain_means(scaled)[pairs],  # type: ignore[arg-type]
        cka=debiased_cka(centred)[pairs],  # type: ignore[arg-type]
        cka_null=null_band(centred)[pairs],  # type: ignore[arg-type]
        effective_rank=effective_ranks(grams),  # type: ignore[arg-type]
        constant=constant,  # type: ignore[arg-type]
        features=kept,  # type: ignore[arg-type]
    )


def measure_augmented(
    comparison: ComparedLayers, outputs: Outputs, n_samples: int, step: int, epoch: int
) -> AugmentationRecord:
    """What the network makes of the augmented sample now; the first of the samples is the unchanged one."""
    stabilities = np.full((len(comparison.layers), n_samples), np.nan)
    kept: dict[str, np.ndarray] = {}
    numbers = {layer.name: number for number, layer in enumerate(comparison.layers)}
    for layer, features in _features(comparison, outputs, n_samples):
        stabilities[numbers[layer.name]] = stability(features)
        kept[layer.name] = features[:, layer.kept]
    logits = outputs({OUTPUT: None}).get(OUTPUT) if any(each.source == OUTPUT for each in comparison.layers) else None
    if logits is not None and logits.shape[1] > MOST_CLASSES:
        logits = None
    return AugmentationRecord(step, epoch, stabilities, kept, logits)  # type: ignore[arg-type]


def _features(
    comparison: ComparedLayers, outputs: Outputs, n_samples: int
) -> Iterator[tuple[LayerFeatures, np.ndarray]]:
    """Each layer and its output, float32 ``[N, D]``; no longer held than until the next is asked for."""
    for group in comparison.groups:
        found = outputs({layer.source: layer.taken for layer in group})
        for layer in group:
            features = found.pop(layer.source, None)
            if features is not None and features.shape == (n_samples, layer.n_taken):
                yield layer, softmax(features) if layer.source == OUTPUT else features
