"""Which layers of a Keras model are layers in Strobe's sense, and how their arrays lie."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from collector.keras.einsum import einsum_form

CONVOLUTIONS = (keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D)
TRANSPOSED = (keras.layers.Conv1DTranspose, keras.layers.Conv2DTranspose, keras.layers.Conv3DTranspose)
DEPTHWISE = (keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D)
STAGES = (keras.layers.Dense, *CONVOLUTIONS, *TRANSPOSED, *DEPTHWISE)
"""Layers that make units of their own and whose kernel joins units to units, besides an EinsumDense that does."""

CELLS = (keras.layers.LSTMCell, keras.layers.GRUCell, keras.layers.SimpleRNNCell)

NORMS = (
    keras.layers.LayerNormalization,
    keras.layers.GroupNormalization,
    keras.layers.UnitNormalization,
    keras.layers.RMSNormalization,
)
"""Layers that compare the units of a sample with one another, and leave each where it is."""

INPUT = "input"
"""What stands for the network's input where a layer says what it reads."""

_TAKEN = {INPUT: f"{INPUT} (layer)", "total": "total (layer)"}
"""Names that mean something else in the file."""

_NAMES = {"kernel": "weight", "gamma": "weight", "embeddings": "weight", "alpha": "weight", "beta": "bias"}
"""What Keras calls a parameter, and what the file does; a kernel of what is no stage keeps its name."""


def layers_of(model: keras.Model) -> dict[str, Any]:
    """Name → layer, in the order in which the model holds them; an inner model's layers as ``inner.layer``."""
    found: dict[str, Any] = {}
    recurrent = {id(layer.cell) for _, layer in _walk(model, "", set()) if isinstance(layer, keras.layers.RNN)}
    for name, layer in _walk(model, "", set()):
        if is_layer(layer) and id(layer) not in recurrent:
            name = _TAKEN.get(name, name)
            while name in found:  # only subclassed models may use a name twice
                name += "'"
            found[name] = layer
    if parameters_of(model):
        found["(model)"] = model
    return found


def named_layers(model: keras.Model) -> list[tuple[str, Any]]:
    """Name and layer of whatever the model is made of, layers in Strobe's sense or not; inner models come first."""
    names = {id(layer): name for name, layer in layers_of(model).items()}
    return [(names.get(id(layer), name), layer) for name, layer in _walk(model, "", set())]


def _walk(layer: Any, prefix: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    for inner in getattr(layer, "_layers", ()) or ():
        if id(inner) not in seen:
            seen.add(id(inner))
            yield prefix + inner.name, inner
            yield from _walk(inner, f"{prefix}{inner.name}.", seen)


def is_layer(layer: Any) -> bool:
    """Whether a Keras layer is one in Strobe's sense: it has parameters of its own, or is an activation."""
    return bool(parameters_of(layer)) or is_activation(layer)


def is_activation(layer: Any) -> bool:
    """Whether a Keras layer is an activation, with parameters (as PReLU) or without."""
    return type(layer).__module__.startswith("keras.src.layers.activations")


def parameters_of(layer: Any) -> dict[str, Any]:
    """The layer's own parameters by their name in the file, frozen ones too; not what merely counts along.

    Those of a recurrent layer's cell are its own: the cell runs in a loop, where nothing of it can be seen.
    """
    found: dict[str, Any] = {}
    cell = cell_of(layer)
    for variable in (*layer._trainable_variables, *(() if cell in (None, layer) else cell._trainable_variables)):
        is_kept = variable.name == "kernel" and not is_stage(layer)
        name = variable.name if is_kept else _NAMES.get(variable.name, variable.name)
        found[name if name not in found else variable.name] = variable
    return found


def cell_of(layer: Any) -> Any:
    """What a recurrent layer runs at each position, which may be the layer itself; None: it is not recurrent."""
    return layer.cell if isinstance(layer, keras.layers.RNN) else layer if isinstance(layer, CELLS) else None


def is_stage(layer: Any) -> bool:
    """Whether a layer makes units of its own with a kernel that joins units to units."""
    return isinstance(layer, STAGES) or einsum_form(layer) is not None


def is_channels_first(layer: Any) -> bool:
    """Whether the layer's channels lie before its positions."""
    return bool(getattr(layer, "data_format", None) == "channels_first")


def unit_axis(layer: Any, n_dimensions: int) -> int:
    """The axis of a layer's output, sample axis included, along which its units lie."""
    return 1 if is_channels_first(layer) else max(1, n_dimensions - 1)


def canonical(layer: Any, name: str, array: np.ndarray) -> np.ndarray:
    """A parameter, or what belongs to it, with the axes of the file: units first.

    A dense kernel ``[in, out]`` becomes ``[U, U_in]``, a convolution's ``[H, W, C_in, C_out]`` becomes
    ``[U, U_in, H, W]``, a transposed one's ``[H, W, C_out, C_in]`` likewise, a depthwise one's
    ``[H, W, C_in, multiplier]`` becomes ``[U, 1, H, W]``. That of an EinsumDense along its last axes, as
    ``[features, heads, width]``, becomes ``[U, U_in]``. Everything else stays.
    """
    form = einsum_form(layer)
    if form is not None and name == "weight":
        return array.reshape(form.n_inputs, form.n_units).T
    if form is not None and name == "bias" and array.shape == form.units:
        return array.reshape(-1)
    if name != "weight" or not isinstance(layer, STAGES) or array.ndim < 2:
        return array
    if isinstance(layer, DEPTHWISE):
        array = array.reshape(*array.shape[:-2], 1, -1)
    last = array.ndim - 1
    first = (last - 1, last) if isinstance(layer, TRANSPOSED) else (last, last - 1)
    return array.transpose(*first, *range(last - 1))


def canonical_shape(layer: Any, name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that `canonical` gives."""
    form = einsum_form(layer)
    if form is not None and name == "weight":  # whose values would be copied
        return form.n_units, form.n_inputs
    return canonical(layer, name, np.broadcast_to(np.float32(0), shape)).shape
