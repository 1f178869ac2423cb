"""Brings what is taken of a step into the processor's memory: all that lies on another device, or with other ranks, in
one copy."""

from collections.abc import Callable
from itertools import pairwise
from math import isfinite, sqrt

import numpy as np
import torch
from torch import Tensor

from collector.metrics.norms import norm, norm_of_change
from collector.metrics.not_finite import not_finite
from collector.pytorch.shards import Part, Shards, is_shard, local_part, own_part, placed
from collector.pytorch.tensors import as_array, is_plain, is_wide, real_values, wide

Use = Callable[[np.ndarray], None]
UseSize = Callable[[float, np.ndarray], None]

_NONE = not_finite(None)


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

    def take(self, tensor: Tensor, use: Use, *, exactly: bool = False, part: Part | None = None) -> None:
        """Let ``use`` have the values of a strided, real tensor as float32, or ``exactly`` as float64.

        What it is given may be the tensor's own memory, and is not to be kept or changed.

        Args:
            part: what is wanted of the values, where that is not all: a choice of them, or sums. Only this is brought
                from other ranks.
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
            self._waiting.append((tensor.to(dtype, copy=True), use))

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
            total = torch.tensor(as_array(values).sum(dtype=np.float64))
        else:
            total = values.sum(dtype=wide(values))
        if is_shard(tensor):
            self._of_ranks.append((as_array(total), use))
        else:
            self.take(total, use, exactly=is_wide(total))

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
        of_ranks, self._of_ranks = self._of_ranks, []
        if of_ranks:
            sums = self._shards.sums([array for array, _ in of_ranks])
            for array, (_, use) in zip(sums, of_ranks, strict=True):
                use(array)
        waiting, self._waiting = self._waiting, []
        for device in dict.fromkeys(tensor.device for tensor, _ in waiting):
            own = [(tensor, use) for tensor, use in waiting if tensor.device == device]
            parts = [tensor.contiguous().reshape(-1).view(torch.uint8) for tensor, _ in own]
            everything = torch.cat(parts).cpu().numpy()
            bounds = np.cumsum([0, *(part.numel() for part in parts)])
            for (tensor, use), (start, stop) in zip(own, pairwise(bounds), strict=True):
                dtype = np.float64 if tensor.dtype == torch.float64 else np.float32
                use(everything[start:stop].view(dtype).reshape(tuple(tensor.shape)))


def is_here(tensor: Tensor) -> bool:
    """Whether a tensor lies in the processor's memory."""
    return tensor.is_cpu


def _behind(part: Part, use: Use) -> Use:
    return lambda values: use(part(values))
