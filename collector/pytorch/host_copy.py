"""Brings what is taken of a step into the processor's memory: all that lies on another device, or with other ranks, in
one copy."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from math import isfinite, sqrt
from typing import Any

import numpy as np
import torch
from torch import Tensor

from collector.metrics.histogram import histogram
from collector.metrics.norms import norm, norm_of_change, sum_of
from collector.metrics.not_finite import not_finite
from collector.pytorch.far_numbers import far_histograms, far_sizes, size_of
from collector.pytorch.pinned_memory import pinned
from collector.pytorch.shards import Part, Shards, is_shard, local_part, own_part, placed
from collector.pytorch.tensors import as_array, is_plain, is_wide, real_values, wide

Use = Callable[[np.ndarray], None]
UseSize = Callable[[float, np.ndarray], None]

_NONE = not_finite(None)
_KINDS = {torch.float32: np.float32, torch.float64: np.float64, torch.uint8: np.uint8}


class HostCopy:
    """Hands tensors on as arrays.

    Those in the processor's memory at once, without a copy where that can be. Others are copied where they are, so
    that the training can go on with them, and come over together in `fetch`: each by itself would wait for the device.
    Of those that are shared out to the ranks each rank makes its part of the answer, and `fetch` adds them up.

    Args:
        shards: the ranks, where the model is shared out to them.
    """

    def __init__(self, shards: Shards | None = None) -> None:
        self._shards = shards or Shards()
        self._waiting: list[tuple[Tensor, Use]] = []
        self._of_ranks: list[tuple[np.ndarray, Use]] = []

    def take(
        self, tensor: Tensor, use: Use, *, exactly: bool = False, part: Part | None = None, is_kept: bool = False
    ) -> None:
        """Let ``use`` have the values of a strided, real tensor as float32, or ``exactly`` as float64.

        What it is given may be the tensor's own memory, and is not to be kept or changed.

        Args:
            part: what is wanted of the values, where that is not all: a choice of them, or sums. Only this is brought
                from other ranks.
            is_kept: whether nobody changes the tensor, so that it need not be copied where it is.
        """
        tensor, dtype = tensor.detach(), torch.float64 if exactly else torch.float32
        if is_shard(tensor):
            values = placed(tensor)
            values = values if exactly else values.astype(np.float32, copy=False)
            self._of_ranks.append((values if part is None else part(values), use))
            return
        if part is not None:
            use = _behind(part, use)
        if is_here(tensor):
            use(tensor.to(dtype).numpy())
        else:
            self._waiting.append((tensor.to(dtype, copy=not is_kept), use))

    def take_bytes(self, tensor: Tensor, use: Use) -> None:
        """Let ``use`` have whole numbers below 256, uint8, of a tensor that nobody changes."""
        if is_here(tensor):
            use(tensor.numpy())
        else:
            self._waiting.append((tensor, use))

    def take_counts(self, tensor: Tensor, count: Part, use: Use) -> None:
        """Let ``use`` have what ``count`` finds in the values, of which parts of them have their shares."""
        if is_shard(tensor):
            self._of_ranks.append((count(as_array(own_part(tensor))), use))
        else:
            self.take(tensor, lambda values: use(count(values)), exactly=is_wide(tensor))

    def take_sum(self, tensor: Tensor, use: Use) -> None:
        """Let ``use`` have the sum of all values."""
        values = own_part(tensor)
        if is_here(values) and values.layout == torch.strided:  # NumPy is several times as fast in wide numbers
            total = torch.tensor(sum_of(as_array(values)), dtype=torch.float64)
        else:
            total = values.sum(dtype=wide(values))
        if is_shard(tensor):
            self._of_ranks.append((as_array(total), use))
        else:
            self.take(total, use, exactly=is_wide(total))

    def take_sums(self, tensors: Sequence[Tensor], uses: Sequence[Use]) -> None:
        """Let each have the sum of all values of a tensor, of which none is below 0."""
        far: dict[torch.device, list[tuple[Tensor, Use]]] = {}
        for tensor, use in zip(tensors, uses, strict=True):
            if is_shard(tensor) or is_here(tensor) or tensor.layout != torch.strided:
                self.take_sum(tensor, use)
            else:
                far.setdefault(tensor.device, []).append((tensor.detach(), use))
        for own in far.values():
            sums = torch.stack(torch._foreach_norm([tensor for tensor, _ in own], 1, dtype=wide(own[0][0])))
            self.take(sums, partial(_use_each, [use for _, use in own]), exactly=is_wide(sums), is_kept=True)

    def take_size(self, tensor: Tensor, use: UseSize) -> None:
        """Let ``use`` have ‖x‖₂ of all values of a tensor, and how many of them are NaN, +∞ and −∞, int ``[3]``.

        A sparse tensor's values are those at its indices.
        """
        values = real_values(tensor.detach())
        if is_shard(tensor):
            array = as_array(own_part(values))
            self._take_share(norm(array), array, use)
        elif is_here(values):
            array = as_array(values)
            size = norm(array)
            use(size, _NONE if isfinite(size) else not_finite(array))
        else:  # four numbers are cheaper to bring than their tensor
            kinds = torch.isnan(values), torch.isposinf(values), torch.isneginf(values)
            size = torch.linalg.vector_norm(values, dtype=wide(values))
            numbers = torch.stack([size, *(kind.sum().to(size.dtype) for kind in kinds)])
            self.take(numbers, lambda array: use(float(array[0]), array[1:].astype(np.int64)), exactly=is_wide(size))

    def take_sizes(self, tensors: Sequence[Tensor], uses: Sequence[UseSize]) -> None:
        """The same of many tensors, of those on another device by few calls for all of them.

        Of those it is told which kinds of NaN, +∞ and −∞ there are, not how many; see `far_numbers.size_of`.
        """
        far: dict[torch.device, list[tuple[Tensor, UseSize]]] = {}
        for tensor, use in zip(tensors, uses, strict=True):
            if is_shard(tensor) or is_here(tensor) or not tensor.numel():
                self.take_size(tensor, use)
            else:
                far.setdefault(tensor.device, []).append((real_values(tensor.detach()), use))
        for own in far.values():
            sizes = far_sizes([tensor for tensor, _ in own])
            uses_alone = [use for _, use in own]  # the tensors are not held until their sizes have come
            self.take(sizes, partial(_use_sizes, uses_alone), exactly=is_wide(sizes), is_kept=True)

    def take_histograms(self, values: Sequence[Tensor], step: Sequence[int], uses: Sequence[Use]) -> None:
        """Let each have the counts of a vector's values, int64 ``[129]``, each value counted ``step`` times."""
        far: dict[torch.device, list[int]] = {}
        for number, tensor in enumerate(values):
            if is_here(tensor):
                uses[number](step[number] * histogram(as_array(tensor)))
            else:
                far.setdefault(tensor.device, []).append(number)
        for numbers in far.values():
            use = partial(_use_histograms, [(step[number], uses[number]) for number in numbers])
            self.take(far_histograms([values[number] for number in numbers]), use, is_kept=True)

    def take_change(self, after: Tensor, before: Tensor, use: UseSize) -> None:
        """The same of the change of a tensor, without making it where that can be."""
        after, before = real_values(after.detach()), real_values(before)
        if is_shard(after):
            now, then = as_array(own_part(after)), as_array(own_part(before))
            with np.errstate(all="ignore"):
                self._take_share(norm_of_change(now, then), now - then, use)
        elif is_here(after) and isfinite(size := norm_of_change(as_array(after), as_array(before))):
            use(size, _NONE)
        else:
            self.take_size(after - before, use)

    def put_change(self, after: Tensor, before: Tensor, use: UseSize | None) -> None:
        """Put the change of a tensor in the place of what it was before, and let ``use`` have its size.

        Values in this machine's memory are read only once for both.
        """
        now, then = local_part(after), local_part(before)
        are_plain = now.dtype == then.dtype and all(is_plain(each) and each.is_contiguous() for each in (now, then))
        if use is None or is_shard(after) or not (is_here(now) and are_plain):
            torch.sub(now, then, out=then)
            if use is not None:
                self.take_size(before, use)
            return
        change = then.numpy()
        size = norm_of_change(now.numpy(), change, is_kept=True)
        use(size, _NONE if isfinite(size) else not_finite(change))

    def _take_share(self, size: float, values: np.ndarray, use: UseSize) -> None:
        """This rank's share in a size."""
        kinds = _NONE if isfinite(size) else not_finite(values)
        share = np.array([size * size, *kinds])
        self._of_ranks.append((share, lambda sums: use(sqrt(sums[0]), sums[1:].astype(np.int64))))

    def fetch(self) -> None:
        """Bring over what waits on other devices, in one copy from each, and add up what the ranks have.

        Raises:
            ShardsError: a rank has ended, or does not answer.
        """
        for each in self.send():
            each.wait()
            each.hand_out()

    def send(self) -> list["Sent"]:
        """The same without waiting for the devices: one copy under way from each.

        Raises:
            ShardsError: a rank has ended, or does not answer.
        """
        of_ranks, self._of_ranks = self._of_ranks, []
        if of_ranks:
            sums = self._shards.sums([array for array, _ in of_ranks])
            for array, (_, use) in zip(sums, of_ranks, strict=True):
                use(array)
        waiting, self._waiting = self._waiting, []
        devices = dict.fromkeys(tensor.device for tensor, _ in waiting)
        return [Sent(device, [each for each in waiting if each[0].device == device]) for device in devices]


class Sent:
    """Tensors of one device on their way, in one copy into memory that the device writes to by itself.

    Args:
        tensors: float32, float64 or bytes, with what uses their values.

    Attributes:
        n_bytes: of all of them.
    """

    def __init__(self, device: torch.device, tensors: Sequence[tuple[Tensor, Use]]) -> None:
        # those of 8 bytes first, so that all begin at a multiple of their own
        self._order = sorted(range(len(tensors)), key=lambda number: -tensors[number][0].element_size())
        self._own = [(tuple(tensor.shape), tensor.dtype, use) for tensor, use in tensors]
        parts = [tensors[number][0].contiguous().reshape(-1).view(torch.uint8) for number in self._order]
        self._bounds = np.cumsum([0, *(part.numel() for part in parts)])
        everything = torch.cat(parts)
        self.n_bytes = everything.numel()
        self._memory = pinned(everything.numel())
        self._memory.copy_(everything, non_blocking=True)
        self._event = _event(device)

    def has_come(self) -> bool:
        """Whether the device has made the copy."""
        return self._event is None or bool(self._event.query())

    def wait(self) -> None:
        """Wait for the device."""
        if self._event is not None and not self._event.query():
            self._event.synchronize()

    def hand_out(self) -> None:
        """Let each have its values."""
        everything = self._memory.numpy()
        places = dict(zip(self._order, pairwise(self._bounds), strict=True))
        for number, (shape, dtype, use) in enumerate(self._own):
            start, stop = places[number]
            kind = _KINDS[dtype]
            use(everything[start:stop].view(kind).reshape(shape))


def _event(device: torch.device) -> Any:
    """Tells when the device has done what it was asked so far; None where it cannot, and copies are waited for."""
    if device.type == "cpu":
        return None
    module = torch.get_device_module(device)
    if not hasattr(module, "Event"):
        if hasattr(module, "synchronize"):
            module.synchronize()
        return None
    event = module.Event()
    if hasattr(module, "current_stream"):
        event.record(module.current_stream(device))
    else:
        event.record()
    return event


def _use_sizes(uses: Sequence[UseSize], numbers: np.ndarray) -> None:
    for use, size, largest in zip(uses, *numbers, strict=True):
        use(*size_of(float(size), float(largest)))


def _use_each(uses: Sequence[Use], rows: np.ndarray) -> None:
    for use, row in zip(uses, rows, strict=True):
        use(row)


def _use_histograms(own: Sequence[tuple[int, Use]], counts: np.ndarray) -> None:
    for (step, use), row in zip(own, counts, strict=True):
        use(step * row.astype(np.int64))


def take_numbers(host_copy: HostCopy, numbers: Sequence[float | Tensor], use: Use) -> None:
    """Let ``use`` have numbers, float64 ``[n]``, of which some may lie elsewhere, in memory that nobody changes."""
    found = np.array([np.nan if isinstance(each, Tensor) else each for each in numbers])
    far = [place for place, each in enumerate(numbers) if isinstance(each, Tensor)]
    if not far:
        use(found)
        return
    first = torch.as_tensor(numbers[far[0]])
    tensors = [torch.as_tensor(numbers[place]).to(first.device, first.dtype, non_blocking=True) for place in far]

    def put(array: np.ndarray) -> None:
        found[far] = array
        use(found)

    host_copy.take(torch.stack(tensors), put, exactly=is_wide(first), is_kept=True)


def is_here(tensor: Tensor) -> bool:
    """Whether a tensor lies in the processor's memory."""
    return tensor.is_cpu


def _behind(part: Part, use: Use) -> Use:
    return lambda values: use(part(values))
