"""A layer of the run as a reader sees it: its place in the network and the unit plan for it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from collector.storage import schema
from collector.storage.blocks import to_whole_numbers
from collector.storage.errors import BlockError


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

    @property
    def is_stage(self) -> bool:
        """Whether the layer makes units of its own, as linear and convolutional layers do."""
        return self.stage == self.name

    @property
    def n_parameters(self) -> int:
        """True number of parameters."""
        return sum(math.prod(shape) for shape in self.parameters.values())

    def fits(self, kind: str, shape: tuple[int, ...], n_samples: int | None) -> bool:
        """Whether an array of this kind (a field of `schema.LayerRecord`) has a shape that the plan allows.

        Args:
            n_samples: size of the probe, where there is one.
        """
        units = len(self.kept)
        if kind == "activation":
            return len(shape) == 2 and shape[1] == units and n_samples in (None, shape[0])
        if kind == "feature_maps":
            return len(shape) == 4 and shape[1] == units and (n_samples is None or shape[0] <= n_samples)
        if kind.startswith("bias") or not self.input_units:
            return shape == (units,)
        columns = len(self.input_kept) * (self.input_block if len(shape) == 2 else 1)
        return len(shape) >= 2 and shape[:2] == (units, columns)


def layers_of(layers: list[schema.Layer]) -> dict[str, Layer]:
    """Name → layer, in the order of the file.

    Raises:
        BlockError: a unit plan that the layer's sizes do not allow, or two layers of one name.
    """
    by_name = {layer.name: _layer(layer) for layer in layers}
    if len(by_name) < len(layers):
        raise BlockError("two layers have the same name")
    return by_name


def _layer(layer: schema.Layer) -> Layer:
    kept, input_kept = to_whole_numbers(layer.kept), to_whole_numbers(layer.input_kept)
    for numbers, units in ((kept, layer.units), (input_kept, layer.input_units)):
        if numbers.ndim != 1 or (numbers < 0).any() or (numbers >= units).any():
            raise BlockError(f"the unit plan of {layer.name!r} names units that it does not have")
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
    )
