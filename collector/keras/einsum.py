"""EinsumDense as what it mostly is: a dense layer along the last axes of what it is given."""

import re
from dataclasses import dataclass
from math import prod
from typing import Any

import keras


@dataclass(frozen=True)
class EinsumForm:
    """A kernel ``[…inputs, …units]`` that joins the last axes of what the layer is given to the last of its output.

    As the query of an attention has them: ``[features, heads, width]``, and its output ``[heads, width, features]``.

    Attributes:
        inputs, units: sizes of these axes.
    """

    inputs: tuple[int, ...]
    units: tuple[int, ...]

    @property
    def n_inputs(self) -> int:
        """Of all these axes together."""
        return prod(self.inputs)

    @property
    def n_units(self) -> int:
        """Of all these axes together."""
        return prod(self.units)

    @property
    def input_heads(self) -> int:
        """Heads along the inputs; 0: none."""
        return self.inputs[0] if len(self.inputs) == 2 else 0

    @property
    def unit_heads(self) -> int:
        """Heads along the units; 0: none."""
        return self.units[0] if len(self.units) == 2 else 0


def einsum_form(layer: Any) -> EinsumForm | None:
    """The form of a layer that is built; None where it is no EinsumDense or joins its axes otherwise."""
    if not isinstance(layer, keras.layers.EinsumDense) or not layer.built:
        return None
    given, kernel, made = (each.replace("...", "").replace(" ", "") for each in re.split(",|->", layer.equation))
    inputs = "".join(each for each in kernel if each not in made)
    units = "".join(each for each in kernel if each not in given)
    is_dense = kernel == inputs + units and given.endswith(inputs) and made.endswith(units) and inputs and units
    if not is_dense or given.removesuffix(inputs) != made.removesuffix(units):
        return None
    shape = tuple(layer._kernel.shape)
    return EinsumForm(shape[: len(inputs)], shape[len(inputs) :])


def unit_axes(layer: Any) -> int:
    """How many axes of its output an EinsumDense makes of its kernel: one, or heads and their units."""
    given, kernel, made = re.split(",|->", layer.equation)
    return len((set(kernel) & set(made)) - set(given))
