"""Follows parameters on an accelerator: what is counted of a step is gathered there, and measured when it has come."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch
from torch import Tensor

from collector.capture.insight import Due, InsightRecorder
from collector.capture.sign_rows import THRESHOLD
from collector.metrics.norms import Sizes
from collector.pytorch.fixed_numbers import fixed_on
from collector.pytorch.host_copy import HostCopy, take_numbers
from collector.pytorch.pinned_memory import sent_to
from collector.pytorch.step_sizes import UNKNOWN, Told
from collector.pytorch.tensors import flat_values, is_wide

MaybeArrays = list[np.ndarray | None]

Send = Callable[[HostCopy, Callable[[], None]], None]
"""Brings over what was taken, and calls something then."""

_CODED = 3
"""So many columns of the raster, each one of five classes, make a byte."""


class Gathered:
    """Some values of each parameter, gathered where they are into one vector.

    Args:
        numbers: of each parameter, places in it, flattened, rising.
        sizes: values of each.
    """

    def __init__(self, numbers: Sequence[np.ndarray], sizes: Sequence[int]) -> None:
        self._numbers = [
            own.astype(np.int32) if size < 2**31 else own for own, size in zip(numbers, sizes, strict=True)
        ]
        self._is_whole = [len(own) == size for own, size in zip(numbers, sizes, strict=True)]

    def of(self, tensors: Sequence[Tensor | None]) -> Tensor | None:
        """The values one parameter behind the other, float32 or float64; None where there is no tensor at all."""
        parts = []
        for tensor, own, is_whole in zip(tensors, self._numbers, self._is_whole, strict=True):
            if tensor is not None and len(own):
                flat = flat_values(tensor)
                parts.append(flat if is_whole else flat.index_select(0, fixed_on(flat.device, own)))
        if not parts:
            return None
        dtype = torch.float64 if any(map(is_wide, parts)) else torch.float32
        device = next((each.device for each in parts if not each.is_cpu), parts[0].device)
        return torch.cat([each.to(device, dtype, non_blocking=True) for each in parts])

    def split(self, values: np.ndarray | None, there: Sequence[bool]) -> MaybeArrays:
        """The values of each parameter that had a tensor, of what `of` gave; the others None."""
        found: MaybeArrays = []
        start = 0
        for has, own in zip(there, self._numbers, strict=True):
            stop = start + len(own)
            if has and values is not None:
                found.append(values[start:stop])
                start = stop
            else:
                found.append(np.zeros(0, np.float32) if has else None)
        return found


@dataclass
class _Step:
    """A step on its way."""

    number: int
    due: Due
    there: list[bool]
    waits: list[bool] | None
    gradients: np.ndarray | None = None
    weights: np.ndarray | None = None
    after: np.ndarray | None = None
    raster: np.ndarray | None = None
    dots: np.ndarray | None = None
    norms: dict[str, Sizes] = field(default_factory=dict)


class FarInsight:
    """Takes steps of parameters on an accelerator, and has them measured in their order when they have come.

    Of each of two consecutive steps the gradient's sample comes over, and the weights' behind each update, which are
    those before the next one; of moments only products are made. Norms are of all values.

    Args:
        parameters: in the order of the recorder's.
        told: the sizes of updates, as the optimizer tells them.
    """

    def __init__(self, recorder: InsightRecorder, parameters: Sequence[Tensor], told: Told) -> None:
        self._recorder, self._told = recorder, told
        sizes = [each.numel() * (1 + each.is_complex()) for each in parameters]
        self._counted = Gathered(recorder.counted_numbers(), sizes)
        self._columns = Gathered(recorder.raster_numbers(), sizes)
        self._words = recorder.word_sizes()
        self._step: _Step | None = None
        self._copy = HostCopy()
        self._left: np.ndarray | None = None
        """The weights behind the latest update that was taken."""
        self._left_version = -1
        self._versions: list[int] = []

    def before_step(
        self,
        step: int,
        parameters: Sequence[Tensor],
        gradients: Sequence[Tensor | None],
        weights: Sequence[Tensor],
        moments: Sequence[Tensor | None],
        waits: list[bool] | None,
    ) -> None:
        """Take what there is before an update."""
        due = self._recorder.due(step)
        taken = self._step = _Step(step, due, [each is not None for each in gradients], waits)
        host_copy = self._copy = HostCopy()
        if due.has_row:
            self._take_raster(gradients, taken)
        if not due.is_seen:
            return
        row = self._counted.of(gradients)
        _take(host_copy, row, partial(setattr, taken, "gradients"))
        if self._left_version != _version(parameters) or weights is not parameters:
            _take(host_copy, self._counted.of(weights), partial(setattr, taken, "weights"))
        self._versions = [each._version for each in parameters]
        if due.is_measured:
            if self._recorder.is_sampled:
                self._take_sizes("gradient", gradients, taken)
                self._take_sizes("weight", weights, taken)
            self._take_dots(row, gradients, moments, taken)

    def after_step(
        self,
        parameters: Sequence[Tensor],
        after: Sequence[Tensor],
        send: Callable[[HostCopy, Callable[[], None]], None],
    ) -> None:
        """Take the weights behind the update, and send all that was taken of the step."""
        taken, self._step = self._step, None
        if taken is None:
            return
        if taken.due.is_seen:
            _take(self._copy, self._counted.of(after), partial(setattr, taken, "after"))
            self._left_version = _version(parameters) if after is parameters else -1
            if taken.due.is_measured and self._recorder.is_sampled:
                self._take_changes(parameters, taken)
        send(self._copy, partial(self._measure, taken))

    def _take_changes(self, parameters: Sequence[Tensor], taken: _Step) -> None:
        """What the optimizer tells of the update of those parameters that were written to."""
        norms, bad = np.zeros(len(parameters)), np.zeros(len(parameters), np.int64)
        taken.norms["update"] = Sizes(norms, bad)
        versions = zip(parameters, self._versions, strict=True)
        written = [number for number, (each, before) in enumerate(versions) if each._version != before]
        norms[written], bad[written] = np.nan, UNKNOWN.sum()
        told = self._told([parameters[number] for number in written])
        numbers = [number for number in written if parameters[number] in told]
        take_numbers(self._copy, [told[parameters[each]] for each in numbers], partial(norms.__setitem__, numbers))

    def _measure(self, taken: _Step) -> None:
        before = self._left if taken.weights is None else taken.weights
        there = [True] * len(taken.there)
        sizes = None
        if "gradient" in taken.norms:
            sizes = taken.norms["gradient"], taken.norms["weight"]
        raster = None
        if taken.due.has_row:
            values = None if taken.raster is None else _decoded(taken.raster)
            raster = self._columns.split(values, taken.there)
        self._recorder.before_update(
            taken.number,
            self._counted.split(taken.gradients, taken.there),
            None if before is None else self._counted.split(before, there),  # type: ignore[arg-type]
            None,
            sizes,
            raster,
            taken.waits,
            taken.dots,
            taken.due,
        )
        if taken.due.is_seen:
            self._left = taken.after
            after = self._counted.split(taken.after, there)
            self._recorder.after_update(taken.number, after, taken.norms.get("update"), due=taken.due)  # type: ignore[arg-type]

    def _take_sizes(self, kind: str, tensors: Sequence[Tensor | None], taken: _Step) -> None:
        norms, bad = np.zeros(len(tensors)), np.zeros(len(tensors), np.int64)
        taken.norms[kind] = Sizes(norms, bad)

        def put(number: int, norm: float, kinds: np.ndarray) -> None:
            norms[number], bad[number] = norm, kinds.sum()

        own = [(number, each) for number, each in enumerate(tensors) if each is not None]
        self._copy.take_sizes([each for _, each in own], [partial(put, number) for number, _ in own])

    def _take_dots(
        self,
        row: Tensor | None,
        gradients: Sequence[Tensor | None],
        moments: Sequence[Tensor | None],
        taken: _Step,
    ) -> None:
        """Products of the moments, where there are any, by the words of the layout."""
        own = [
            None if gradient is None else (moment if moment is not None else torch.zeros_like(gradient))
            for gradient, moment in zip(gradients, moments, strict=True)
        ]
        if row is None or all(each is None for each in moments):
            return
        of_moments = self._counted.of(own)
        if of_moments is None:
            return
        # one float64 for each word, of which the last of a parameter may be shorter
        exact = torch.float32 if row.device.type == "mps" else torch.float64
        products = torch.stack([of_moments.to(exact).square(), of_moments.to(exact) * row.to(exact)])
        lengths = [size for size, has in zip(self._words, taken.there, strict=True) if has]
        owners = np.repeat(np.arange(sum(map(len, lengths))), np.concatenate(lengths))
        places = sent_to(row.device, owners)
        sums = torch.zeros(2, int(owners[-1]) + 1, dtype=exact, device=row.device).index_add_(1, places, products)
        _take(self._copy, sums, partial(self._put_dots, taken))

    def _put_dots(self, taken: _Step, sums: np.ndarray) -> None:
        """The products of all words, 0 of parameters without a gradient."""
        parts, start = [], 0
        for size, has in zip(self._words, taken.there, strict=True):
            stop = start + len(size) * has
            parts.append(sums[:, start:stop].astype(np.float64) if has else np.zeros((2, len(size))))
            start = stop
        taken.dots = self._recorder.ordered_words(parts)

    def _take_raster(self, gradients: Sequence[Tensor | None], taken: _Step) -> None:
        values = self._columns.of(gradients)
        if values is None:
            return
        near, positive = values.abs() <= THRESHOLD, values > 0
        codes = torch.where(near, torch.where(positive, 1, 2), 3)
        codes = torch.where(values == 0, 0, torch.where(torch.isfinite(values), codes, 4)).to(torch.uint8)
        codes = torch.nn.functional.pad(codes, (0, -len(codes) % _CODED)).view(-1, _CODED)
        packed = codes[:, 0] + 5 * codes[:, 1] + 25 * codes[:, 2]
        self._copy.take_bytes(packed, partial(setattr, taken, "raster"))


def _take(host_copy: HostCopy, values: Tensor | None, use: Callable[[np.ndarray], None]) -> None:
    if values is not None:
        host_copy.take(values, use, exactly=is_wide(values), is_kept=True)


def _version(parameters: Sequence[Tensor]) -> int:
    return sum(each._version for each in parameters)


_CLASSES = np.array([0.0, THRESHOLD / 2, -THRESHOLD / 2, 1.0, np.nan], np.float32)
"""Values that the raster tells from one another: zero, near it on each side, larger, and none."""


def _decoded(packed: np.ndarray) -> np.ndarray:
    codes = np.stack([packed % 5, packed // 5 % 5, packed // 25], axis=1).reshape(-1)
    values: np.ndarray = _CLASSES[codes]
    return values
