"""Which layers are compared, and which of their features: decided once, when a run begins.

The rule that bounds memory and file: at most 24 layers; correlations of at most 2,048 features of a layer; CKA and
effective rank of all features, as long as the outputs for all samples fit into 128 MiB, else of as many as do; and
in the file a given number of features. Fewer of them are always spread evenly.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from collector.capture.wording import listed
from collector.storage.schema import ComparedLayer

OUTPUT = "(output)"
"""What the network's own output is called among the outputs of its layers."""

SOFTMAX = "softmax"
"""The compared layer that is made of it."""

MOST_LAYERS = 24
MOST_CORRELATED = 2048
MOST_BYTES = 2**27
"""Outputs held at once. Where there are more, the network runs several times."""

Wanted = Mapping[str, np.ndarray | None]
"""Layer → numbers of the features that are wanted of its flattened output; None: all."""

Outputs = Callable[[Wanted], dict[str, np.ndarray]]
"""Runs the network on the samples and gives layer → float32 ``[N, D]``; a layer that was not called is left out."""


@dataclass(frozen=True)
class LayerFeatures:
    """What is taken of one layer.

    Attributes:
        name: as the file calls it.
        source: as the framework's `Outputs` calls it.
        features: true number of values of its output for one sample.
        taken: numbers of those that are measured; None: all.
        correlated, kept: places among the taken ones.
    """

    name: str
    source: str
    features: int
    taken: np.ndarray | None
    correlated: np.ndarray
    kept: np.ndarray

    @property
    def n_taken(self) -> int:
        """Number of features that are measured."""
        return self.features if self.taken is None else len(self.taken)

    def to_schema(self) -> ComparedLayer:
        """The layer as the header describes it."""
        kept = self.kept if self.taken is None else self.taken[self.kept]
        return ComparedLayer(self.name, self.features, len(self.correlated), kept)  # type: ignore[arg-type]


@dataclass(frozen=True)
class ComparedLayers:
    """The compared layers in order, in groups whose outputs can be held at once, and what a reader has to know."""

    layers: tuple[LayerFeatures, ...]
    groups: tuple[tuple[LayerFeatures, ...], ...]
    notes: tuple[str, ...]


def plan_compared_layers(
    widths: Mapping[str, int], n_outputs: int | None, n_samples: int, n_kept: int
) -> ComparedLayers:
    """Which layers are compared, and which of their features.

    Args:
        widths: layer → values of its output for one sample, in order of execution.
        n_outputs: of the network's output ``[N, K]``, whose softmax is compared too; None: it is none.
        n_samples: the samples they are compared on, at least one.
        n_kept: features of each layer in the file, at most.
    """
    notes = []
    sources = {name: name for name in widths}
    all_widths = dict(widths)
    if n_outputs is not None and n_outputs > 1:
        name = SOFTMAX if SOFTMAX not in widths else f"{SOFTMAX} {OUTPUT}"
        sources[name], all_widths[name] = OUTPUT, n_outputs
    names = [name for name in all_widths if all_widths[name]]
    if len(names) > MOST_LAYERS:
        chosen = [names[place] for place in spread(len(names), MOST_LAYERS)]
        left_out = listed([name for name in names if name not in chosen], 24)
        notes.append(f"Of {len(names)} layers {MOST_LAYERS} are compared. Left out, evenly spread: {left_out}.")
        names = chosen
    most = max(1, MOST_BYTES // (4 * n_samples))
    layers = tuple(_layer(name, sources[name], all_widths[name], most, n_kept) for name in names)
    for layer in layers:
        if layer.taken is not None:
            notes.append(
                f"{layer.name!r} has {layer.features:,} features for each of {n_samples:,} samples; its similarity and "
                f"effective rank are measured on {layer.n_taken:,} of them, evenly spread."
            )
    return ComparedLayers(layers, grouped(layers, most), tuple(notes))


def spread(total: int, most: int) -> np.ndarray:
    """At most so many of the numbers 0 … total − 1, evenly spread, the first and the last among them."""
    return np.linspace(0, total - 1, min(total, most)).round().astype(np.int64)


def softmax(outputs: np.ndarray) -> np.ndarray:
    """The softmax of logits ``[N, K]``, float32; outputs that are probabilities already stay as they are."""
    with np.errstate(all="ignore"):
        if (outputs >= 0).all() and np.allclose(outputs.sum(axis=1), 1, atol=1e-3):
            return outputs
        powers = np.exp(outputs - outputs.max(axis=1, keepdims=True), dtype=np.float32)
        return powers / powers.sum(axis=1, keepdims=True, dtype=np.float32)


def _layer(name: str, source: str, features: int, most: int, n_kept: int) -> LayerFeatures:
    taken = None if features <= most else spread(features, most)
    n_taken = min(features, most)
    return LayerFeatures(name, source, features, taken, spread(n_taken, MOST_CORRELATED), spread(n_taken, n_kept))


def grouped(layers: tuple[LayerFeatures, ...], most: int) -> tuple[tuple[LayerFeatures, ...], ...]:
    """The layers in groups of at most so many measured features, in order."""
    groups: list[list[LayerFeatures]] = []
    held = most
    for layer in layers:
        if held + layer.n_taken > most:
            groups.append([])
            held = 0
        groups[-1].append(layer)
        held += layer.n_taken
    return tuple(tuple(group) for group in groups)
