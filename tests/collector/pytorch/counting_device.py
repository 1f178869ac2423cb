"""A device that PyTorch takes for an accelerator, which counts what leaves it, what waits for it, and what it holds.

Its kernels are the processor's: each takes the memory that a tensor of the device stands for, and what it gives lies on
the device again. So a model trains on it as on an accelerator, slowly, and a tensor that was not brought over in a way
that is counted cannot be read.
"""

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.utils import _pytree as pytree
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

NAME = "counting"
_WAITING = {"_local_scalar_dense", "nonzero", "masked_select", "equal", "_unique2", "unique_dim", "unique_consecutive"}
"""What cannot give its result before the device has come to it."""

_IN_PLACE_OF = {
    "_copy_from": lambda values, into, non_blocking=False: into.copy_(values),
    "_copy_from_and_resize": lambda values, into: into.resize_(values.shape).copy_(values),
    "convolution_overrideable": torch.ops.aten.convolution.default,
    "convolution_backward_overrideable": lambda gradient, x, weight, *way: torch.ops.aten.convolution_backward(
        gradient, x, weight, None if not way[-1][2] else [len(weight)], *way
    ),
}


@dataclass
class Counts:
    """Attributes:
    n_bytes: that were copied to the host.
    n_copies: in so many pieces.
    waits: names of what waited, one after the other.
    n_calls: kernels that were started.
    held, most: bytes that the device holds now, and held at most.
    """

    n_bytes: int = 0
    n_copies: int = 0
    waits: list[str] | Any = None
    n_calls: int = 0
    held: int = 0
    most: int = 0

    def begin(self) -> None:
        """Count anew; what is held stays."""
        self.n_bytes = self.n_copies = self.n_calls = 0
        self.waits, self.most = [], self.held


counts = Counts(waits=[])
_memory: dict[int, Tensor] = {}
"""Address of a storage of the device → what it holds, a vector of bytes."""


_pinned: set[int] = set()
"""Addresses of memory of the host that the device reads and writes by itself."""


def pinned(n_bytes: int) -> Tensor:
    """So many bytes of such memory."""
    memory = torch.empty(max(n_bytes, 1), dtype=torch.uint8)[:n_bytes]
    address = memory.untyped_storage().data_ptr()
    _pinned.add(address)
    weakref.finalize(memory.untyped_storage(), _pinned.discard, address)
    return memory


def _is_pinned(tensor: Tensor) -> bool:
    return tensor.untyped_storage().data_ptr() in _pinned


class _Event:
    """What was asked of the device before somebody asks how far it is, is done when somebody asks again."""

    _n_recorded = _n_done = 0

    def __init__(self, *_: Any, **__: Any) -> None:
        self.record()

    def record(self, *_: Any) -> None:
        _Event._n_recorded += 1
        self._number = _Event._n_recorded

    def query(self) -> bool:
        is_done = self._number <= _Event._n_done
        _Event._n_done = _Event._n_recorded
        return is_done

    def synchronize(self) -> None:
        if not self.query():
            counts.waits.append("Event.synchronize")


class _Module:
    """What ``torch.cuda`` is to CUDA."""

    Event = _Event

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def is_initialized(self) -> bool:
        return True

    def is_available(self) -> bool:
        return True

    def current_device(self) -> int:
        return 0

    def get_amp_supported_dtype(self) -> list[torch.dtype]:
        return [torch.bfloat16, torch.float16]

    def _is_in_bad_fork(self) -> bool:
        return False

    def manual_seed_all(self, seed: int) -> None:
        pass

    def device_count(self) -> int:
        return 1

    def synchronize(self, *_: Any) -> None:
        counts.waits.append("synchronize")


def _is_there(value: Any) -> bool:
    return isinstance(value, Tensor) and value.device.type == NAME


def _raw(tensor: Tensor) -> Tensor:
    memory = _memory.get(tensor.untyped_storage()._cdata)
    if memory is None:
        raise RuntimeError("the memory of a tensor on the counting device is not known")
    return memory.view(tensor.dtype).as_strided(tensor.shape, tensor.stride(), tensor.storage_offset())


_CPU = torch._C.DispatchKeySet(torch._C.DispatchKey.CPU)


def _wrapped(raw: Tensor, tensor: Tensor | None = None) -> Tensor:
    """A tensor of the device with these values: a new one, or one whose memory was too small for them."""
    if raw.layout is not torch.strided:
        raise NotImplementedError("the counting device has dense tensors only")
    memory = torch.empty(0, dtype=torch.uint8).set_(raw.untyped_storage())
    own = torch._C._construct_storage_from_data_pointer(memory.data_ptr(), _device(), memory.numel())
    _memory[own._cdata] = memory
    counts.held += memory.numel()
    counts.most = max(counts.most, counts.held)
    weakref.finalize(own, _forget, own._cdata, memory.numel())
    return _on(own, raw, tensor)


def _on(storage: Any, like: Tensor, tensor: Tensor | None = None) -> Tensor:
    """A tensor of the device, or this one, with the values that one of the host has at the same places of a storage."""
    tensor = torch._C._acc.create_empty_tensor((0,), like.dtype) if tensor is None else tensor
    place = like.storage_offset(), like.shape, like.stride()
    return torch.ops.aten.set_.source_Storage_storage_offset.redispatch(_CPU, tensor, storage, *place)


def _forget(address: int, n_bytes: int) -> None:
    _memory.pop(address, None)
    counts.held -= n_bytes


def _leaves(raw: Tensor, name: str, *, waits: bool) -> None:
    counts.n_bytes += raw.numel() * raw.element_size()
    counts.n_copies += 1
    if waits:
        counts.waits.append(name)


def _kernel(op: Any, *args: Any, **kwargs: Any) -> Any:
    counts.n_calls += 1
    name = op._schema.name.removeprefix("aten::")
    flat, spec = pytree.tree_flatten((args, kwargs))
    on_device = [(each, _raw(each)) for each in flat if _is_there(each)]
    by_id = {id(each): raw for each, raw in on_device}
    to = kwargs.get("device")
    gives_host = name in ("_to_copy", "to") and to is not None and torch.device(to).type == "cpu"
    given = [by_id.get(id(each), each) for each in flat]
    given = [torch.device("cpu") if isinstance(each, torch.device) else each for each in given]
    own_args, own_kwargs = pytree.tree_unflatten(given, spec)
    if "pin_memory" in own_kwargs:
        own_kwargs["pin_memory"] = False
    asks_not_to_wait = kwargs.get("non_blocking") or (name == "_copy_from" and len(args) > 2 and args[2])
    is_free = bool(asks_not_to_wait) and any(_is_pinned(each) for each in flat if isinstance(each, Tensor))
    if gives_host and on_device:
        _leaves(on_device[0][1], "copy to the host", waits=not is_free)
    elif name == "_copy_from" and not _is_there(args[1]):
        _leaves(own_args[0], "copy to the host", waits=not is_free)
    elif name in ("_copy_from", "_to_copy") and not _is_there(args[0]) and not is_free:
        counts.waits.append("copy from the host")
    elif name in _WAITING:
        counts.waits.append(name)
        counts.n_bytes += 8
    result = _IN_PLACE_OF.get(name, op)(*own_args, **own_kwargs)
    for tensor, raw in on_device:  # an empty one that is to be filled
        if raw.shape != tensor.shape:
            _wrapped(raw, tensor)
    if gives_host or name in ("_local_scalar_dense", "equal"):
        return result
    aliases = {raw.untyped_storage().data_ptr(): each for each, raw in on_device if raw.untyped_storage().nbytes()}
    same = {id(raw): each for each, raw in on_device}
    of_host = {id(each) for each in flat if isinstance(each, Tensor)}

    def given_back(value: Any) -> Any:
        if not isinstance(value, Tensor) or id(value) in of_host:
            return value
        if id(value) in same:
            return same[id(value)]
        at = value.untyped_storage().data_ptr()
        if at in aliases:
            return _on(aliases[at].untyped_storage(), value)
        return _wrapped(value)

    return pytree.tree_map(given_back, result)


_library: list[Any] = []


def _device() -> torch.device:
    return torch.device(NAME, 0)


def counting_device() -> torch.device:
    """The device; it is there from the first call on until the process ends."""
    if not _library:
        _setup_privateuseone_for_python_backend(NAME, backend_module=_Module())
        library = torch.library.Library("_", "IMPL")
        library.fallback(_kernel, "PrivateUse1")
        own = torch.library.Library("aten", "IMPL")
        for name in ("convolution_overrideable", "convolution_backward_overrideable"):  # else those of no backend count
            own.impl(name, partial(_kernel, getattr(torch.ops.aten, name).default), "PrivateUse1")
        _library.extend((library, own))
    return _device()


@contextmanager
def counted() -> Iterator[Counts]:
    """What is counted within."""
    counts.begin()
    yield counts
