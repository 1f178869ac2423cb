"""Tensors as numbers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from collector.pytorch.graphs import is_graph, parts_of_graph


def tensors_in(value: Any) -> Iterator[Tensor]:
    """All tensors in a tensor, tuple, list, mapping, dataclass or graph."""
    if isinstance(value, Tensor):
        yield value
    else:
        for _, each in _parts(value):
            yield from tensors_in(each)


def named_tensors(value: Any, name: str = "") -> Iterator[tuple[str, Tensor]]:
    """The same with names: ``hidden.0`` is the first in the list under the key ``hidden``; a tensor alone has none."""
    if isinstance(value, Tensor):
        yield name, value
    else:
        for part, each in _parts(value):
            yield from named_tensors(each, f"{name}.{part}" if name else str(part))


def _parts(value: Any) -> Iterable[tuple[object, Any]]:
    if isinstance(value, Mapping):
        return value.items()
    if isinstance(value, tuple | list):
        return zip(getattr(value, "_fields", range(len(value))), value, strict=False)
    if is_graph(value):
        return parts_of_graph(value)
    if is_dataclass(value) and not isinstance(value, type):
        return [(each.name, getattr(value, each.name, None)) for each in fields(value)]
    return ()


def shape_of(tensor: Tensor) -> tuple[int, ...]:
    """Its shape; of a nested tensor only how many it holds."""
    return (tensor.size(0),) if tensor.is_nested else tuple(tensor.shape)


def to_numpy(tensor: Tensor) -> np.ndarray:
    """The values as float32 on the CPU; shares the tensor's memory where it can."""
    if tensor.dtype != torch.float32 or not tensor.is_cpu:
        tensor = tensor.float().cpu()
    array: np.ndarray = tensor.detach().numpy()
    return array


def is_wide(tensor: Tensor) -> bool:
    """Whether the numbers have more digits than float32."""
    return tensor.dtype in (torch.float64, torch.complex128)


def wide(tensor: Tensor) -> torch.dtype:
    """The type in which sums of many numbers lose nothing of note, where the tensor's device has it."""
    return torch.float32 if tensor.device.type == "mps" else torch.float64


def is_plain(tensor: Tensor) -> bool:
    """Whether NumPy can have its values as they lie in memory, and compute with them as they are."""
    return tensor.dtype in (torch.float32, torch.float64) and tensor.layout is torch.strided and tensor.is_cpu


def is_in_memory(tensor: Tensor) -> bool:
    """Whether it is one array of numbers in this machine's memory, and does not stand for several or for none."""
    is_dense = tensor.is_cpu and tensor.layout is torch.strided and not tensor.is_nested
    return is_dense and not torch._C._functorch.is_functorch_wrapped_tensor(tensor)


def as_array(tensor: Tensor) -> np.ndarray:
    """The values in the processor's memory, which are shared where they can be: float64 stays, all else is float32."""
    if tensor.dtype not in (torch.float32, torch.float64) or not tensor.is_cpu:
        tensor = tensor.to("cpu", torch.float64 if is_wide(tensor) else torch.float32)
    array: np.ndarray = tensor.detach().numpy()
    return array


def real_values(tensor: Tensor) -> Tensor:
    """The values as real numbers in a strided tensor; of a sparse one those at its indices."""
    if tensor.layout != torch.strided:
        tensor = tensor.coalesce().values() if tensor.is_sparse else tensor.to_dense()
    return torch.view_as_real(tensor.resolve_conj()) if tensor.is_complex() else tensor


def flat_values(tensor: Tensor) -> Tensor:
    """All values as a vector; a sparse tensor's with the zeros between them, complex ones as pairs."""
    tensor = tensor.detach()
    if tensor.layout != torch.strided:
        tensor = tensor.to_dense()
    return real_values(tensor).reshape(-1)


def scalar_value(value: object) -> object:
    """A number to be logged, detached from what may change it later.

    A tensor on the CPU is read; one elsewhere is copied, because reading it now would wait for the device.

    Raises:
        ValueError, TypeError: it is not one number.
    """
    if not isinstance(value, Tensor):
        return float(value)  # type: ignore[arg-type]
    if value.is_meta:
        raise ValueError("a tensor on the device meta holds no number")
    if value.numel() != 1:
        raise ValueError(f"a scalar is one number, but this tensor has shape {tuple(value.shape)}")
    return value.item() if value.is_cpu else value.detach().clone()
