"""A layer of the run as a reader sees it: its place in the network and the unit plan for it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from collector.storage import schema
from collector.storage.blocks import MAX_COUNT, Array, to_whole_numbers
from collector.storage.errors import BlockError

MOST_LAYERS = 2**16
"""A reader takes no more layers."""

MOST_KEPT = 2**22
"""A reader takes unit plans that name no more units, of all layers and their inputs."""

MOST_DIMENSIONS = 64

MOST_NESTED = 512
"""Modules within modules, as the dots of a name tell them, that a reader takes."""


MOST_PARTS = 2**12
"""A reader takes no more named parts of a dimension, and no more dimensions of a layer's parameters."""


@dataclass(frozen=True)
class Axis:
    """A dimension of a parameter. See `schema.Axis` for what the fields mean."""

    size: int
    kept: np.ndarray
    parts: tuple[str, ...] = ()
    heads: int = 0
    units_of: str = ""

    @property
    def part_size(self) -> int:
        """Positions of each part; all of them where there are none."""
        return self.size // max(1, len(self.parts))

    def places(self, unit: int) -> np.ndarray:
        """Where among the kept positions a unit is, int, in the order of the parts that have it."""
        return np.flatnonzero(self.kept % max(1, self.part_size) == unit)

    def part_of(self, position: int) -> str:
        """Name of the part that a position is in; empty where there are none."""
        return self.parts[position // self.part_size] if self.parts else ""

    def head_of(self, position: int) -> int | None:
        """Number of the head that a position is in; None where there are none."""
        return position % self.part_size // (self.part_size // self.heads) if self.heads else None


@dataclass(frozen=True)
class Attention:
    """What attends to what in a layer. See `schema.Attention` for what the fields mean."""

    heads: int
    queries: Axis
    keys: Axis


@dataclass(frozen=True)
class Layer:
    """A layer of the run and the unit plan for it. See `schema.Layer` for what the fields mean."""

    name: str
    kind: str
    units: int
    stage: str
    kept: np.ndarray
    """int ``[U]``"""
    reads: tuple[str, ...]
    input_units: int
    input_kept: np.ndarray
    """int ``[U_in]``"""
    input_block: int
    output_shape: tuple[int, ...]
    parameters: Mapping[str, tuple[int, ...]]
    not_recorded: Mapping[str, str]
    options: Mapping[str, schema.Option] = field(default_factory=dict)
    kept_parameters: Mapping[str, tuple[Axis, ...]] = field(default_factory=dict)
    experts: int = 0
    sequence: Axis | None = None
    attention: Attention | None = None
    n_parameters: int = field(init=False)
    """True number of parameters."""

    def __post_init__(self) -> None:
        n_parameters = sum(math.prod(shape) for shape in self.parameters.values())
        object.__setattr__(self, "n_parameters", n_parameters)

    @property
    def steps(self) -> tuple[Axis, ...]:
        """The axes of positions along a sequence: of its output, of its queries and of its keys, where it has them."""
        of_attention = () if self.attention is None else (self.attention.queries, self.attention.keys)
        return of_attention if self.sequence is None else (self.sequence, *of_attention)

    @property
    def is_stage(self) -> bool:
        """Whether the layer makes units of its own, as linear and convolutional layers do."""
        return self.stage == self.name

    def fits(self, kind: str, shape: tuple[int, ...], n_samples: int | None) -> bool:
        """Whether an array of this kind (a field of `schema.LayerRecord`) has a shape that the plan allows.

        Args:
            n_samples: size of the probe, where there is one.
        """
        units = len(self.kept)
        if kind in ("activation", "feature_maps", "sequence", "attention"):
            return self._fits_samples(kind, shape, n_samples)
        if kind in ("attention_entropy", "attention_logit"):
            return self.attention is not None and shape == (self.attention.heads,)
        if kind == "chosen":
            return shape == (self.experts,)
        if kind.startswith("bias") or not self.input_units:
            return shape == (units,)
        columns = len(self.input_kept) * (self.input_block if len(shape) == 2 else 1)
        return len(shape) >= 2 and shape[:2] == (units, columns)

    def _fits_samples(self, kind: str, shape: tuple[int, ...], n_samples: int | None) -> bool:
        if not shape or (n_samples is not None and shape[0] > n_samples):
            return False
        if kind == "activation":
            return shape[1:] == (len(self.kept),) and n_samples in (None, shape[0])
        if kind == "feature_maps":
            return len(shape) == 4 and shape[1] == len(self.kept)
        if kind == "sequence":
            return self.sequence is not None and shape[1:] == (len(self.sequence.kept), len(self.kept))
        own = self.attention
        return own is not None and shape[1:] == (own.heads, len(own.queries.kept), len(own.keys.kept))

    def fits_parameter(self, name: str, shape: tuple[int, ...]) -> bool:
        """The same of a parameter's values, or of what there is for each of them."""
        if name in self.kept_parameters:
            return shape == tuple(len(axis.kept) for axis in self.kept_parameters[name])
        return name in ("weight", "bias") and self.fits(name, shape, None)


def layers_of(layers: list[schema.Layer]) -> dict[str, Layer]:
    """Name → layer, in the order of the file.

    Raises:
        BlockError: a unit plan that the layer's sizes do not allow, or two layers of one name.
    """
    if len(layers) > MOST_LAYERS:
        raise BlockError(f"it names {len(layers):,} layers; a reader takes {MOST_LAYERS:,}")
    by_name = {}
    n_kept = n_parameters = 0
    for each in layers:
        check_nesting(each.name)
        layer = by_name[each.name] = _layer(each)
        n_kept += len(layer.kept) + len(layer.input_kept)
        n_kept += sum(len(axis.kept) for axes in layer.kept_parameters.values() for axis in axes)
        n_kept += sum(len(axis.kept) for axis in layer.steps)
        n_parameters += layer.n_parameters
        if n_kept > MOST_KEPT or n_parameters > MAX_COUNT:
            raise BlockError(f"up to {each.name!r} it names {n_kept:,} units and {n_parameters:,} parameters, too many")
    if len(by_name) < len(layers):
        raise BlockError("two layers have the same name")
    return by_name


def check_nesting(name: str) -> None:
    """Raises a `BlockError` where a dotted name tells of more modules within modules than a reader takes."""
    if name.count(".") > MOST_NESTED:
        raise BlockError(f"{name[:40]!r}… lies in {name.count('.'):,} modules; a reader takes {MOST_NESTED}")


def kept_numbers(value: Array, what: str, n: int) -> np.ndarray:
    """Which of ``n`` things are kept, int ``[U]``, each once.

    Raises:
        BlockError: it names what there is not, or twice, or more than a reader takes.
    """

    def check(shape: tuple[int, ...]) -> None:
        if len(shape) != 1 or shape[0] > min(n, MOST_KEPT):
            raise BlockError(f"{what} are none that it has: {shape} of {n:,}")

    kept = to_whole_numbers(value, check)
    numbers = kept.tolist()  # of the few that a layer mostly keeps, Python tells sooner than NumPy
    if numbers and (min(numbers) < 0 or max(numbers) >= n or len(set(numbers)) < len(numbers)):
        raise BlockError(f"{what} are none that it has, or one is named twice")
    return kept


def _layer(layer: schema.Layer) -> Layer:
    kept = kept_numbers(layer.kept, f"the kept units of {layer.name!r}", layer.units)
    input_kept = kept_numbers(layer.input_kept, f"the kept input units of {layer.name!r}", layer.input_units)
    for shape in (layer.output_shape, *layer.parameters.values()):
        if len(shape) > MOST_DIMENSIONS or math.prod(shape) > MAX_COUNT:
            raise BlockError(f"{layer.name!r} has a shape of more values than can be counted")
    if sum(map(len, layer.kept_parameters.values())) > MOST_PARTS:
        raise BlockError(f"{layer.name!r} has parameters of more dimensions than a reader takes")
    return Layer(
        name=layer.name,
        kind=layer.kind,
        units=layer.units,
        stage=layer.stage,
        kept=kept,
        reads=tuple(layer.reads),
        input_units=layer.input_units,
        input_kept=input_kept,
        input_block=layer.input_block,
        output_shape=tuple(layer.output_shape),
        parameters={name: tuple(shape) for name, shape in layer.parameters.items()},
        not_recorded=layer.not_recorded,
        options=layer.options,
        kept_parameters={name: _axes(layer, name, axes) for name, axes in layer.kept_parameters.items()},
        experts=layer.experts,
        sequence=None if layer.sequence is None else _axis(f"the sequence of {layer.name!r}", layer.sequence),
        attention=None if layer.attention is None else _attention(layer.name, layer.attention),
    )


def _attention(name: str, attention: schema.Attention) -> Attention:
    queries = _axis(f"the queries of {name!r}", attention.queries)
    return Attention(attention.heads, queries, _axis(f"the keys of {name!r}", attention.keys))


def _axes(layer: schema.Layer, name: str, axes: list[schema.Axis]) -> tuple[Axis, ...]:
    what = f"{name!r} of {layer.name!r}"
    # A weight [in, out] is turned round in the file.
    if sorted(axis.size for axis in axes) != sorted(layer.parameters.get(name, [-1])):
        raise BlockError(f"{what} has dimensions that its shape has not")
    return tuple(_axis(f"{what}, dimension {number}", axis) for number, axis in enumerate(axes))


def _axis(what: str, axis: schema.Axis) -> Axis:
    n_parts = max(1, len(axis.parts))
    if n_parts > MOST_PARTS or axis.size % (n_parts * max(1, axis.heads)):
        raise BlockError(f"{what}: {axis.size:,} positions are not {n_parts} equal parts of {axis.heads:,} heads")
    kept = kept_numbers(axis.kept, f"the kept positions of {what}", axis.size)
    return Axis(axis.size, kept, tuple(axis.parts), axis.heads, axis.units_of)
