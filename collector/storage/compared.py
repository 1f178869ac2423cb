"""What the header says of the comparison of layers, as a reader sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from collector.storage import schema
from collector.storage.blocks import to_array, to_whole_numbers
from collector.storage.errors import BlockError
from collector.storage.layer import kept_numbers

MOST_LAYERS = 256
"""A reader takes no more compared layers: each of their pairs has a number at each measurement."""


@dataclass(frozen=True)
class ComparedLayer:
    """A layer whose output is compared; see `schema.ComparedLayer`."""

    name: str
    features: int
    correlated: int
    kept: np.ndarray
    """int ``[D]``"""


@dataclass(frozen=True)
class Similarity:
    """How alike the layers are: what is measured, on what; see `schema.Similarity`."""

    layers: Mapping[str, ComparedLayer]
    samples: int
    labels: np.ndarray | None
    """int ``[N]``"""
    interval: int
    shuffles: int


@dataclass(frozen=True)
class Augmentations:
    """One sample, changed in many ways; see `schema.Augmentations`."""

    pictures: np.ndarray
    """uint8 ``[A, C, H, W]``"""
    kinds: tuple[str, ...]
    strengths: np.ndarray
    """float ``[A]``"""
    largest: Mapping[str, str]
    label: int | None
    seed: int | None
    layers: Mapping[str, ComparedLayer]

    def __len__(self) -> int:
        return len(self.pictures)


def similarity_of(given: schema.Similarity) -> Similarity:
    """The header's words on similarity, with arrays.

    Raises:
        BlockError: they do not fit one another.
    """

    def check(shape: tuple[int, ...]) -> None:
        if shape != (given.samples,):
            raise BlockError("the samples that layers are compared on do not have one label each")

    labels = None if given.labels is None else to_whole_numbers(given.labels, check)
    return Similarity(compared_layers(given.layers), given.samples, labels, given.interval, given.shuffles)


def augmentations_of(given: schema.Augmentations) -> Augmentations:
    """The header's words on augmentations, with arrays.

    Raises:
        BlockError: they do not fit one another.
    """

    def check(shape: tuple[int, ...]) -> None:
        if not shape or shape[0] != len(given.kinds):
            raise BlockError("not every augmented picture has a kind and a strength")

    pictures, strengths = to_array(given.pictures, "|u1", check), to_array(given.strengths, "<f8", check)
    if pictures.ndim != 4 or pictures.dtype != np.uint8 or strengths.ndim != 1 or strengths.dtype.kind != "f":
        raise BlockError("the augmented pictures are no pictures")
    kinds, layers = tuple(given.kinds), compared_layers(given.layers)
    return Augmentations(pictures, kinds, strengths, given.largest, given.label, given.seed, layers)


def compared_layers(given: Sequence[schema.ComparedLayer]) -> dict[str, ComparedLayer]:
    """Name → layer, in order.

    Raises:
        BlockError: there are too many, or they do not fit one another.
    """
    if len(given) > MOST_LAYERS:
        raise BlockError(f"{len(given):,} layers are compared; a reader takes {MOST_LAYERS}")
    layers = {}
    for layer in given:
        kept = kept_numbers(layer.kept, f"the kept features of {layer.name!r}", layer.features)
        layers[layer.name] = ComparedLayer(layer.name, layer.features, layer.correlated, kept)
    if len(layers) < len(given):
        raise BlockError("two compared layers have the same name")
    return layers
