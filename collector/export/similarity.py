"""The similarity of layers for other tools: the original study's ``corr_means.json``, and tables."""

import json
from collections.abc import Iterator
from typing import TextIO

import numpy as np

from collector.export.csv_table import Cell, write_table
from collector.storage import Collection, CollectionError
from collector.storage.compared import Augmentations, Similarity


def write_corr_means(collection: Collection, file: TextIO) -> None:
    """Pair of layers → its clipped mean correlation at each epoch, as ``{"fc1 → bn1": [0.08, 0.126]}``.

    The first number is of the state before the first step, the last of the end of the run; between them stands one
    for each epoch that ended. Pairs are i ≤ j in the order of execution; null where there is no such number.

    Raises:
        CollectionError: layers were not compared.
    """
    layers = list(required(collection).layers)
    numbers = epoch_numbers(collection)
    _, values = collection.similarities.series("clipped")
    means = {
        f"{layers[i]} → {layers[j]}": [_number(value) for value in values[numbers, i, j]]
        for i in range(len(layers))
        for j in range(i, len(layers))
    }
    json.dump(means, file, ensure_ascii=False, allow_nan=False, indent=1)
    file.write("\n")


def write_pairs(collection: Collection, file: TextIO) -> None:
    """Every pair measure of every measurement, a row for each step and pair i ≤ j; empty where there is no number.

    Raises:
        CollectionError: layers were not compared.
    """
    layers = list(required(collection).layers)
    steps, epochs = collection.similarities.steps, collection.similarities.epochs
    series = {name: collection.similarities.series(name)[1] for name in ("clipped", "mean", "cka", "cka_null")}

    def rows() -> Iterator[list[Cell]]:
        for at, step in enumerate(steps.tolist()):
            for i, layer in enumerate(layers):
                for j in range(i, len(layers)):
                    values = [series[name][at, i, j] for name in ("clipped", "mean", "cka")]
                    values += series["cka_null"][at, i, j].tolist()
                    yield [step, int(epochs[at]), layer, layers[j], *map(_number, values)]

    measures = ("correlation_clipped", "correlation", "cka", "cka_null_low", "cka_null_high")
    write_table(file, ["step", "epoch", "layer", "other_layer", *measures], rows())


def write_layers(collection: Collection, file: TextIO) -> None:
    """Effective rank and constant features of every layer at every measurement, a row for each.

    Raises:
        CollectionError: layers were not compared.
    """
    layers = required(collection).layers
    steps, epochs = collection.similarities.steps, collection.similarities.epochs
    ranks, constants = (collection.similarities.series(name)[1] for name in ("effective_rank", "constant"))

    def rows() -> Iterator[list[Cell]]:
        for at, step in enumerate(steps.tolist()):
            for number, layer in enumerate(layers.values()):
                constant = constants[at, number]
                counted = None if np.isnan(constant) else int(constant)
                yield [step, int(epochs[at]), layer.name, layer.features, _number(ranks[at, number]), counted]

    write_table(file, ["step", "epoch", "layer", "features", "effective_rank", "constant_features"], rows())


def write_stability(collection: Collection, file: TextIO) -> None:
    """How alike each layer's output for each augmentation is to that for the unchanged sample, a row for each.

    Raises:
        CollectionError: no sample was augmented, or a measurement is damaged.
    """
    augmentations = required_augmentations(collection)
    changes = list(zip(augmentations.kinds, augmentations.strengths.tolist(), strict=True))

    def rows() -> Iterator[list[Cell]]:
        for measured in collection.augmentation_records:
            for number, (kind, strength) in enumerate(changes):
                for layer, stability in zip(measured.layers, measured.stability[:, number], strict=True):
                    yield [measured.step, measured.epoch, number, kind, _number(strength), layer, _number(stability)]

    write_table(file, ["step", "epoch", "augmentation", "kind", "strength", "layer", "stability"], rows())


def epoch_numbers(collection: Collection) -> list[int]:
    """Which measurements stand for the epochs: the first of each, and the last of all; none that cannot be read."""
    epochs = collection.similarities.epochs
    readable = np.flatnonzero(epochs >= 0)
    first = [int(number) for number in readable if epochs[number] not in epochs[:number]]
    last = readable[-1:].tolist()
    return first + [number for number in last if number not in first]


def required(collection: Collection) -> Similarity:
    """What is compared in a collection that has a measurement of it.

    Raises:
        CollectionError: it has none.
    """
    if collection.similarity is None or not len(collection.similarities):
        way_out = "Train with --similarity_samples 256, or give Collector similarity=(samples, labels)."
        raise CollectionError(collection.path, "does not say how alike its layers are.", way_out)
    return collection.similarity


def required_augmentations(collection: Collection) -> Augmentations:
    """What was augmented in a collection that has a measurement of it.

    Raises:
        CollectionError: it has none.
    """
    if collection.augmentations is None or not len(collection.augmentation_records):
        way_out = "Train with --augmentations end, or give Collector augmented=AugmentedSample(…)."
        raise CollectionError(collection.path, "has no augmented sample.", way_out)
    return collection.augmentations


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
