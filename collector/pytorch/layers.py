"""Which modules of a PyTorch model are layers, and where their units lie."""

from typing import Any

import torch
from torch import Tensor, nn

from collector.pytorch.modules import modules_of, parameters_in
from collector.pytorch.shards import is_fully_sharded, is_shard

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
STAGES = (nn.Linear, *CONVOLUTIONS)
"""Modules that make units of their own and whose weight joins units to units."""

_FEATURES_LAST = (
    nn.Linear,
    nn.Embedding,
    nn.EmbeddingBag,
    nn.RNNBase,
    nn.RNNCellBase,
    nn.MultiheadAttention,
    nn.RMSNorm,
)

INPUT = "input"
"""What stands for the network's input where a layer says what it reads."""

_TAKEN = {"": "(model)", INPUT: f"{INPUT} (layer)", "total": "total (layer)"}
"""Names that mean something else in the file, and a module without one: the model itself."""


def layers_of(model: nn.Module) -> dict[str, nn.Module]:
    """Name → layer, in the order in which they were made."""
    return {layer_name(name): module for name, module in modules_of(model).items() if is_layer(module)}


def layer_name(name: str) -> str:
    """What a module of this dotted name is called as a layer."""
    return _TAKEN.get(name, name)


def is_layer(module: nn.Module) -> bool:
    """Whether a module is a layer in Strobe's sense: it has parameters of its own, or is an activation."""
    has_parameters = any(parameter is not None for parameter in module._parameters.values())
    return has_parameters or class_of(module).__module__ == "torch.nn.modules.activation"


def parameters_of(module: nn.Module) -> dict[str, Tensor]:
    """The module's own parameters by name."""
    return {name: each for name, each in module._parameters.items() if each is not None}


def n_units(module: Any) -> int | None:
    """Number of units of a module, where that is what it was made with."""
    match module:
        case nn.Linear():
            return int(module.out_features)
        case nn.RNNBase():
            return (module.proj_size or module.hidden_size) * (2 if module.bidirectional else 1)
        case nn.RNNCellBase():
            return module.hidden_size
        case nn.MultiheadAttention():
            return module.embed_dim
        case nn.Embedding() | nn.EmbeddingBag():
            return module.embedding_dim
    return int(module.out_channels) if isinstance(module, CONVOLUTIONS) else None


def unit_axis(module: nn.Module, n_dimensions: int, sample_axis: int = 0) -> int:
    """The axis of a layer's output, sample axis included, along which its units lie.

    Channels come first behind the sample; a linear layer and whatever works on sequences, ``[N, T, D]`` or
    ``[T, N, D]``, has its features last.
    """
    if sample_axis:
        return n_dimensions - 1
    if isinstance(module, CONVOLUTIONS) or (n_dimensions > 3 and not _has_features_last(module)):
        return 1
    return max(1, n_dimensions - 1)


def _has_features_last(module: nn.Module) -> bool:
    if isinstance(module, nn.LayerNorm):
        return len(module.normalized_shape) == 1
    return isinstance(module, _FEATURES_LAST)


def unwrapped(model: nn.Module) -> nn.Module:
    """The model inside what ``torch.compile`` and the data-parallel wrappers put around it.

    They share its parameters; but hooks are lost on compiled code, and a parallel forward would wait for the others.
    """
    while True:
        inner = dict(model._modules.items()).get("_orig_mod")
        if inner is not None:
            model = inner
        elif isinstance(model, nn.DataParallel | nn.parallel.DistributedDataParallel):
            model = model.module
        else:
            return model


def class_of(module: nn.Module) -> type:
    """The class that a module was made of, for which ``fully_shard`` puts one of its own."""
    kind = type(module)
    return kind.__mro__[2] if is_fully_sharded(module) else kind


def is_flat_sharded(model: nn.Module) -> bool:
    """Whether each rank holds a part of the parameters, flattened: under torch's older wrapper for that."""
    return any(type(module).__name__ == "FullyShardedDataParallel" for module in modules_of(model).values())


def is_sharded(model: nn.Module) -> bool:
    """Whether each rank holds a part of the parameters only, as under ``fully_shard``.

    Whatever is asked of such a model waits for all ranks.
    """
    return any(map(is_shard, parameters_in(model)))


def holds_numbers(model: nn.Module) -> bool:
    """Whether the parameters are somewhere: on ``meta`` they have shapes only."""
    return not any(each.is_meta for each in parameters_in(model))


def device_of(model: nn.Module) -> torch.device:
    """Where the model's first parameter is."""
    return next((parameter.device for parameter in parameters_in(model)), torch.device("cpu"))
