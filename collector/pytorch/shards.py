"""Models of which each rank holds a part, as under ``fully_shard``: what is taken of them is put together from all."""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn

from collector.pytorch import rank_tree
from collector.pytorch.process_group import in_short
from collector.pytorch.tensors import as_array

Part = Callable[[np.ndarray], np.ndarray]


class ShardsError(Exception):
    """The ranks are no longer at the same place; the text is a sentence."""


class Shards:
    """Adds up what the ranks hold. Each of them gets the sums, so that all go on alike.

    Everything is asked of all ranks at the same places of the training, and in the same order. Once an exchange fails
    there is no other: whatever is asked raises.

    Args:
        group: of all ranks, over gloo; None: this process has it all.

    Attributes:
        is_over: whether the ranks no longer answer.
    """

    def __init__(self, group: Any = None) -> None:
        self._group = group
        self.is_over = False

    def sums(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The sum over the ranks of each array; all that are of one type in one exchange.

        Raises:
            ShardsError: a rank has ended, or does not answer.
        """
        if self._group is None:
            return list(arrays)
        found: list[np.ndarray] = list(arrays)
        for dtype in dict.fromkeys(each.dtype for each in arrays):
            numbers = [number for number, each in enumerate(arrays) if each.dtype == dtype]
            flat = np.concatenate([arrays[number].reshape(-1) for number in numbers])
            self._add_up(torch.from_numpy(flat))
            bounds = np.cumsum([arrays[number].size for number in numbers])[:-1]
            for number, values in zip(numbers, np.split(flat, bounds), strict=True):
                found[number] = values.reshape(arrays[number].shape)
        return found

    def agree(self, *wishes: bool) -> list[bool]:
        """Which of the wishes all ranks have.

        Raises:
            ShardsError: a rank has ended, or does not answer.
        """
        votes = torch.tensor([float(each) for each in wishes] + [1.0])
        self._add_up(votes)
        return [vote == votes[-1] for vote in votes[:-1].tolist()]

    def all_end(self) -> bool:
        """Whether all ranks end their training now, and none of them by an error."""
        if self.is_over:
            return False
        if sys.exception() is not None:  # the others are elsewhere
            self.leave()
            return False
        try:
            *_, is_end = self.agree(False, False, True)
        except ShardsError:
            return False
        return is_end

    def leave(self) -> None:
        """Leave the group, which tells those that wait for this rank that it will not come."""
        group, self._group, self.is_over = self._group, None, True
        if group is not None:
            dist.destroy_process_group(group)

    def _add_up(self, values: Tensor) -> None:
        if self.is_over:
            raise ShardsError("the ranks do not answer any more")
        if self._group is None:
            return
        try:
            total = rank_tree.reduced(values, torch.add, self._group)
            values.copy_(rank_tree.told(values if total is None else total, self._group))
        except Exception as error:  # noqa: BLE001 - whatever it is, the ranks are no longer at the same place
            self.leave()
            raise ShardsError(in_short(error)) from None


class SampledParts:
    """Some values of each parameter, wherever they are.

    Args:
        numbers: of each parameter, places in it, flattened.
    """

    def __init__(self, numbers: Sequence[np.ndarray], shards: Shards) -> None:
        self._numbers, self._shards = numbers, shards
        self._own: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def of(self, tensors: Sequence[Tensor | None]) -> list[np.ndarray | None]:
        """Their values, float32 or float64, and None where there is no tensor.

        Raises:
            ShardsError: a rank has ended, or does not answer.
        """
        parts: dict[int, np.ndarray] = {}
        for number, tensor in enumerate(tensors):
            if tensor is not None:
                is_own, places = self._places(number, tensor)
                values = as_array(local_part(tensor)).reshape(-1)
                parts[number] = np.zeros(len(is_own), values.dtype)
                parts[number][is_own] = values[places]
        sums = dict(zip(parts, self._shards.sums(list(parts.values())), strict=True))
        return [sums.get(number) for number in range(len(tensors))]

    def _places(self, number: int, tensor: Tensor) -> tuple[np.ndarray, np.ndarray]:
        if number not in self._own:
            self._own[number] = places_in_part(tensor, self._numbers[number])
        return self._own[number]


def is_shard(tensor: Tensor) -> bool:
    """Whether it is a distributed tensor, of which this rank holds a part."""
    return hasattr(tensor, "device_mesh")


def local_part(tensor: Tensor) -> Tensor:
    """What this rank holds of a tensor: all of it, where it is not a distributed one. It shares its memory."""
    tensor = tensor.detach()
    return tensor.to_local() if is_shard(tensor) else tensor  # type: ignore[attr-defined]


def own_part(tensor: Tensor) -> Tensor:
    """The same without what another rank also holds: that adds nothing to a sum over the ranks."""
    local = local_part(tensor)
    return local if _is_first(tensor) else local[:0] if local.ndim else local.new_empty(0)


def placed(tensor: Tensor) -> np.ndarray:
    """The values at their places in the whole, zeros elsewhere, float32 or float64: over the ranks they add up to it.

    Pages of zeros that nobody reads take no memory.
    """
    values = as_array(local_part(tensor))
    whole = np.zeros(tuple(tensor.shape), values.dtype)
    if _is_first(tensor):
        whole[_place(tensor)] = values
    return whole


def places_in_part(tensor: Tensor, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of places ``wanted`` in the flattened whole: which of them this rank adds, bool, and where it has those."""
    if not is_shard(tensor):
        is_own = np.full(len(wanted), dist.get_rank() == 0 if dist.is_initialized() else True)
        return is_own, wanted[is_own]
    if not _is_first(tensor):
        return np.zeros(len(wanted), bool), wanted[:0]
    along = np.unravel_index(wanted, tuple(tensor.shape))
    place = _place(tensor)
    is_own = np.ones(len(wanted), bool)
    for numbers, part in zip(along, place, strict=True):
        is_own &= (numbers >= part.start) & (numbers < part.stop)
    own = tuple(numbers[is_own] - part.start for numbers, part in zip(along, place, strict=True))
    shape = tuple(part.stop - part.start for part in place)
    return is_own, np.ravel_multi_index(own, shape) if is_own.any() else wanted[:0]


def _place(tensor: Any) -> tuple[slice, ...]:
    """Where this rank's part lies: ``torch.chunk``'s parts, of which the last ones may be smaller, or nothing."""
    place = [slice(0, size) for size in tensor.shape]
    for axis, placement in enumerate(tensor.placements):
        if placement.is_shard():
            size, n_ranks = tensor.shape[placement.dim], tensor.device_mesh.size(axis)
            each = -(-size // n_ranks)
            start = min(each * tensor.device_mesh.get_local_rank(axis), size)
            place[placement.dim] = slice(start, min(start + each, size))
    return tuple(place)


def _is_first(tensor: Any) -> bool:
    """Whether no rank before this one holds the same part."""
    if not is_shard(tensor):
        return True
    mesh = tensor.device_mesh
    return all(
        placement.is_shard() or mesh.get_local_rank(axis) == 0 for axis, placement in enumerate(tensor.placements)
    )


def gathered_no_more(modules: Iterable[nn.Module]) -> None:
    """Let go of whole parameters that a run without a backward pass has left gathered."""
    for each in modules:
        if is_fully_sharded(each):
            each.reshard()  # type: ignore[operator]


def is_fully_sharded(module: nn.Module) -> bool:
    """Whether ``fully_shard`` was called on this module."""
    return type(module).__mro__[1].__name__ == "FSDPModule"


def why_not_put_together(model_parameters: Sequence[Tensor], modules: Iterable[nn.Module]) -> str:
    """Why the parts that the ranks hold are not put together, a sentence; empty where they are, or are no parts."""
    distributed: list[Any] = [each for each in model_parameters if is_shard(each)]
    if not distributed:
        return ""
    if not any(map(is_fully_sharded, modules)) or any(map(_is_split_further, distributed)):
        return (
            "The model's parameters are split within its layers (tensor parallel), which is not followed: only what is "
            "logged is recorded, no weights, gradients or activations."
        )
    if any(each.device_mesh.size() != dist.get_world_size() for each in distributed):
        return (
            "The model is sharded over some of the ranks only, as within a pipeline, which is not followed: only what "
            "is logged is recorded, no weights, gradients or activations."
        )
    return ""


def _is_split_further(tensor: Any) -> bool:
    kinds = [type(each).__name__ for each in tensor.placements]
    return kinds.count("Shard") > 1 or not set(kinds) <= {"Shard", "Replicate"}
