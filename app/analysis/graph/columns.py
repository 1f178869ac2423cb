"""The columns of the network graph: the input and, from left to right, each layer that makes units of its own.

`U` drawn units, `K` classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collector.storage.header import Layer, Probe

INPUT = "input"
"""What a layer that reads the network's input names as its source."""

# fmt: off
_ACTIVATIONS = frozenset((
    "activation", "celu", "elu", "gelu", "glu", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "leakyrelu",
    "logsigmoid", "logsoftmax", "mish", "prelu", "relu", "relu6", "rrelu", "selu", "sigmoid", "silu", "softmax",
    "softmax2d", "softplus", "softshrink", "softsign", "swish", "tanh", "tanhshrink", "threshold",
))
# fmt: on
"""Class names of activation functions in PyTorch and Keras, in lower case."""


class Drawing(Enum):
    """How the units of a column are drawn."""

    PICTURE = "picture"
    """The input as a picture; its pixels (and its channels) are what edges leave from."""
    MAPS = "maps"
    """A tile with the feature map of each channel."""
    NEURONS = "neurons"
    """A circle for each unit."""
    OUTPUT = "output"
    """Circles with class names and probability bars beside them."""


class Positions:
    """Where each true unit stands among the drawn ones. Takes room for those only, whatever a layer claims to have.

    Args:
        kept: true numbers of the drawn units, int ``[U]``.
        true_units: how many there really are.
    """

    def __init__(self, kept: np.ndarray, true_units: int) -> None:
        self._order = np.argsort(kept, kind="stable").astype(np.int32)
        self._sorted = kept[self._order]
        self._true_units = true_units

    def __len__(self) -> int:
        return self._true_units

    def __getitem__(self, units: int | np.ndarray) -> np.ndarray:
        """Positions of true unit numbers, int32 of the same shape; -1 for those that are not drawn."""
        if not len(self._sorted):
            return np.full(np.shape(units), -1, np.int32)
        at = np.minimum(np.searchsorted(self._sorted, units), len(self._sorted) - 1)
        return np.where(self._sorted[at] == units, self._order[at], np.int32(-1))


@dataclass(frozen=True, eq=False)
class Column:
    """One column of the graph.

    Attributes:
        stage: name of the layer that makes the units; ``input`` for the network's input.
        kind: class name of the layer; empty for the input.
        shape: one sample's shape in this column as it is drawn, as ``[C, H, W]`` or ``[D]``.
        kept: true numbers of the drawn units, rising, int ``[U]``; of a picture those of its pixels.
        true_units: how many units the layer really has.
        headings: lines above the column, each from its longest wording to its shortest.
        value_layers: layers whose activation is shown, the best first; the first that was recorded counts.
        map_layers: the same for feature maps; also norms behind the activation may carry them.
        class_names: name of each class ``[K]``; empty unless this is the output of a classifier.
        first_anchor: number of this column's first anchor. An anchor is a place where edges end: a unit, or of a
            picture first its pixels (row by row), then its channels.
        has_no_bias: whether the layer was made without one; of one that lists no parameters that is not known.
        why_no_units: why there is nothing to draw but the column's name; empty where there are units.
        are_tokens: whether the units are places of tokens, whose numbers have no size.
        is_input: whether it is what the network is given; in a file of others a layer may have that name too.
    """

    stage: str
    kind: str
    drawing: Drawing
    shape: tuple[int, ...]
    kept: np.ndarray
    true_units: int
    headings: tuple[tuple[str, ...], ...]
    value_layers: tuple[str, ...] = ()
    map_layers: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    first_anchor: int = 0
    has_no_bias: bool = False
    why_no_units: str = ""
    are_tokens: bool = False
    is_input: bool = False

    def __len__(self) -> int:
        return len(self.kept)

    @cached_property
    def positions(self) -> Positions:
        """True unit number → position among the drawn ones, or -1."""
        return Positions(self.kept, self.true_units)

    @property
    def title(self) -> str:
        """Name of the stage."""
        return self.stage

    @property
    def subtitle(self) -> str:
        """What the stage is, in one line."""
        return " · ".join(line[0] for line in self.headings[1:])

    @property
    def n_anchors(self) -> int:
        """How many places it has where edges may end."""
        return len(self) + (self.shape[0] if self.drawing is Drawing.PICTURE else 0)

    @property
    def grid(self) -> tuple[int, int]:
        """Height and width of a feature map or of the picture; (1, 1) for neurons."""
        return (self.shape[1], self.shape[2]) if self.drawing in (Drawing.PICTURE, Drawing.MAPS) else (1, 1)


def input_column(layers: Mapping[str, Layer], probe: Probe | None) -> Column | None:
    """The leftmost column; None where neither the probe nor a layer tells what the network is given."""
    readers = [layer for layer in layers.values() if layer.is_stage and INPUT in layer.reads]
    if probe is not None and probe.inputs.size and probe.picture(0) is not None:
        channels, height, width = (1, *probe.inputs.shape[1:])[-3:]
        shape = f"{width}×{height}" + (" grey" if channels == 1 else " colour")
        return Column(
            stage=INPUT,
            kind="",
            drawing=Drawing.PICTURE,
            shape=(channels, height, width),
            kept=np.arange(height * width),
            true_units=height * width,
            headings=((INPUT,), (shape, f"{width}×{height}")),
            is_input=True,
        )
    if probe is not None and probe.inputs.ndim > 1 and probe.inputs.size:
        shape_of_sample = probe.inputs.shape[1:]
        read = {layer.input_units for layer in readers}
        if shape_of_sample[0] not in read and prod(shape_of_sample) in read:
            shape_of_sample = (prod(shape_of_sample),)  # flattened before anything reads it
        units = shape_of_sample[0]
        agreeing = [layer.input_kept for layer in readers if layer.input_units == units]
        kept = np.unique(np.concatenate(agreeing)) if agreeing else np.arange(units)
    elif readers:
        units, kept, shape_of_sample = readers[0].input_units, np.unique(readers[0].input_kept), ()
    else:
        return None
    are_tokens = probe is not None and len(shape_of_sample) == 1 and _are_of_vocabulary(probe, layers)
    what = f"{units:,} {'token' if are_tokens else 'value'}{'s' * (units != 1)}"
    return Column(
        stage=INPUT,
        kind="",
        drawing=Drawing.NEURONS,
        shape=shape_of_sample,
        kept=kept,
        true_units=units,
        headings=((INPUT,), (what, f"{units:,}"), *_kept_line(len(kept), units)),
        are_tokens=are_tokens,
        is_input=True,
    )


def _are_of_vocabulary(probe: Probe, layers: Mapping[str, Layer]) -> bool:
    """Whether whole numbers are rows of a table, and not pixels or counts that a layer computes with."""
    is_table = bool(probe.token_names) or any("embedding" in layer.kind.lower() for layer in layers.values())
    return probe.whole_numbers and is_table


def stage_column(layer: Layer, carriers: Sequence[Layer], class_names: tuple[str, ...], first_anchor: int) -> Column:
    """The column of a layer that makes units.

    Args:
        layer: the layer.
        carriers: the layers that carry its units on, in order of execution, itself among them.
        class_names: with them it is the output of a classifier.
        first_anchor: how many anchors there are in the columns before.
    """
    maps = len(layer.parameters.get("weight", ())) == 4 and len(layer.output_shape) == 3
    carriers = [each for each in reversed(carriers) if len(each.kept) == len(layer.kept)]
    # what flows along the edges is what the stage's last activation function gives out
    activations = [each for each in carriers if is_activation(each) and each is not layer]
    # pooling may stand before the layer that the feature maps are taken from
    maps_shape = next((each.output_shape for each in carriers if len(each.output_shape) == 3), layer.output_shape)
    drawing = Drawing.OUTPUT if class_names else Drawing.MAPS if maps else Drawing.NEURONS
    headings: list[tuple[str, ...]] = [(layer.name, layer.name.rpartition(".")[2])]
    headings.append(_sizes_line(layer))
    if drawing is Drawing.MAPS:
        headings.append(("×".join(str(side) for side in layer.output_shape[1:]),))
    headings.extend(_kept_line(len(layer.kept), layer.units))
    return Column(
        stage=layer.name,
        kind=layer.kind,
        drawing=drawing,
        shape=maps_shape if drawing is Drawing.MAPS else layer.output_shape or (layer.units,),
        kept=layer.kept,
        true_units=layer.units,
        headings=tuple(headings),
        value_layers=tuple(each.name for each in (*activations, layer) if "activation" not in each.not_recorded),
        map_layers=tuple(each.name for each in carriers),
        class_names=class_names,
        first_anchor=first_anchor,
        has_no_bias=bool(layer.parameters) and not any("bias" in name for name in layer.parameters),
        why_no_units=_why_no_units(layer),
    )


def _sizes_line(layer: Layer) -> tuple[str, ...]:
    if not layer.units:
        return (f"{layer.kind}, no units", layer.kind)
    sizes = f"{layer.input_units * layer.input_block:,}→{layer.units:,}" if layer.input_units else f"{layer.units:,}"
    return (f"{layer.kind} {sizes}", sizes, f"{layer.units:,}")


def _why_no_units(layer: Layer) -> str:
    """Of a layer whose units are not known or not kept."""
    if len(layer.kept):
        return ""
    what = f"none of {layer.units:,} units kept" if layer.units else "no units"
    reason = layer.not_recorded.get("activation", "")
    return f"{what}: {reason}" if reason else what


def is_activation(layer: Layer) -> bool:
    """Whether a layer is an activation function."""
    return layer.kind.lower() in _ACTIVATIONS


def _kept_line(kept: int, units: int) -> tuple[tuple[str, ...], ...]:
    return () if kept == units else ((f"{kept:,} of {units:,} units", f"{kept:,} of {units:,}", f"{kept:,}/{units:,}"),)
