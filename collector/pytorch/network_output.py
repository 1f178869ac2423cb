"""What a network gives for the probe, put into passes."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from collector.capture.network_output import (
    Given,
    NetworkOutput,
    Output,
    by_samples,
    kept_part,
    kept_positions,
    network_output,
)
from collector.capture.targets import Targets
from collector.capture.top_logits import TOP, TOP_TOKENS
from collector.pytorch.fixed_numbers import fixed_on
from collector.pytorch.pass_draft import PassDraft
from collector.pytorch.samples import Samples
from collector.pytorch.tensors import named_tensors, shape_of
from collector.storage.schema import TopLogits

_VALUES_AT_ONCE, _VALUES_AT_ONCE_AWAY = 2**17, 2**23
"""Logits that are computed with at once: few enough for a processor's cache, more where each call is a launch."""
_GROUP = 32
"""So many logits of a row have their largest found first."""
_LEAST = -1e30
"""In the place of -inf, whose product with 0 is no number."""


class OutputRecorder:
    """Chooses what is kept of a network's output, and keeps it.

    Args:
        inputs: the probe.
        targets: what its samples are to give.
        kind: of the task, where the user said it.
    """

    def __init__(self, inputs: Samples, targets: Targets, kind: str = "") -> None:
        shown = inputs.shown
        is_whole = not (shown.is_floating_point() or shown.is_complex() or shown.dtype is torch.bool)
        self._targets = targets
        self.given = Given(
            shape=(len(inputs), *shape_of(shown)[1:]),
            is_whole=is_whole,
            largest=float(shown.max()) if is_whole and shown.layout == torch.strided and shown.numel() else 0,
            targets=targets.shape,
            are_whole_targets=targets.are_whole,
            kind=kind,
        )

    def cut(self, n_samples: int, positions: int) -> None:
        """Of the output there will be these first samples and positions only."""
        values = self._targets.values
        if values is not None and values.ndim > 1:
            self._targets = replace(self._targets, values=values[:n_samples, :positions])
        self.given = replace(self.given, shape=(n_samples, positions), targets=self._targets.shape)

    def choose(self, output: Any) -> NetworkOutput:
        """What is kept of an output."""
        tensors = [(name, by_samples(tuple(each.shape), self.given)) for name, each in _real(output)]
        return network_output(tensors, self.given, f"is of type {type(output).__name__}")

    def take(self, output: Any, draft: PassDraft) -> None:
        """Put an output into a pass."""
        tensors, chosen = dict(_real(output)), self.choose(output)
        for each in filter(None, (chosen.main, chosen.beside)):
            self._put(tensors[each.name].detach().reshape(each.shape), each, draft)

    def _put(self, tensor: Tensor, output: Output, draft: PassDraft) -> None:
        match output.form:
            case "rows":
                rows = tensor.reshape(len(tensor), -1)
                draft.host_copy.take(rows, lambda array: setattr(draft, "logits", _own(array)))
            case "large rows":
                draft.top_logits = TopLogits(tensor.shape[-1], [], [], [], [])
                self._put_top(tensor, self._targets.classes, TOP, draft.top_logits, draft)
            case "tokens":
                n, positions = kept_positions(output.shape)
                part = slice(n), slice(positions)
                draft.token_logits = TopLogits(tensor.shape[-1], [], [], [], [])
                values = self._targets.values
                wanted = None if values is None or values.shape != output.shape[:2] else values[part]
                self._put_top(tensor[part], wanted, TOP_TOKENS, draft.token_logits, draft)
            case _:
                kept = tensor[kept_part(output.shape)]
                draft.host_copy.take(kept, lambda array: setattr(draft, "outputs", _own(array)))

    def _put_top(
        self, logits: Tensor, wanted: np.ndarray | None, top: int, record: TopLogits, draft: PassDraft
    ) -> None:
        with torch.no_grad():
            top_logits(logits, wanted, top, partial(_keep_top, draft, record))


def _keep_top(draft: PassDraft, top: TopLogits, name: str, tensor: Tensor) -> None:
    def put(array: np.ndarray) -> None:
        setattr(top, name, np.array(array, np.int64 if name == "numbers" else np.float32))

    draft.host_copy.take(tensor, put, exactly=name == "numbers")


def _own(array: np.ndarray) -> np.ndarray:
    """The array in memory that no tensor shares."""
    return array if array.flags.owndata and array.flags.c_contiguous else np.array(array, order="C")


def _real(output: Any) -> list[tuple[str, Tensor]]:
    return [
        (name, each)
        for name, each in named_tensors(output)
        if each.is_floating_point() and not each.is_nested and each.layout == torch.strided
    ]


def top_logits(logits: Tensor, wanted: np.ndarray | None, top: int, keep: Callable[[str, Tensor], None]) -> None:
    """Hand on what is kept of logits ``[…, K]``, by the names of `schema.TopLogits`.

    Args:
        wanted: number of the class that each row shall have, ``[…]``.
        top: so many of the largest.
        keep: is given a name and a tensor.
    """
    rows = logits.reshape(-1, logits.shape[-1])
    at_once = max(1, (_VALUES_AT_ONCE if rows.is_cpu else _VALUES_AT_ONCE_AWAY) // rows.shape[1])
    parts = [_of_rows(each, min(top, rows.shape[1])) for each in rows.split(at_once)]
    for name, of in zip(("numbers", "values", "log_sum_exp", "entropy"), zip(*parts, strict=True), strict=True):
        keep(name, torch.cat(of).unflatten(0, logits.shape[:-1]))
    if wanted is not None:
        own = fixed_on(logits.device, wanted).to(torch.int64)
        is_class = (own >= 0) & (own < logits.shape[-1])
        true = logits.gather(-1, own.clamp(0, logits.shape[-1] - 1).unsqueeze(-1)).squeeze(-1)
        keep("true", torch.where(is_class, true, torch.nan))


def _of_rows(rows: Tensor, top: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Numbers and values of the largest of each row, ``[R, top]``, log Σ exp, and the entropy Σ p (log Σ exp - x), in
    which a class that is impossible has no part."""
    numbers, values = _largest(rows, top)
    exact, largest = (each.float() if each.itemsize < 4 else each for each in (rows, values[:, 0]))
    below = exact - largest.unsqueeze(1)
    shares = below.exp()
    total = shares.sum(1)
    log_total = total.log()
    entropy = log_total - torch.linalg.vecdot(shares, below.clamp_(min=_LEAST)) / total
    return numbers, values, torch.where(largest.isinf(), largest, largest + log_total), entropy.clamp(min=0)


def _largest(rows: Tensor, top: int) -> tuple[Tensor, Tensor]:
    """Numbers and values of the largest of each row.

    Of very many the largest of each group is found first, since ``topk`` of all costs several times as much: those
    looked for lie in as many groups, those with the largest of these.
    """
    n_groups = rows.shape[1] // _GROUP
    if n_groups < 2 * top:
        values, numbers = rows.topk(top, 1)
        return numbers, values
    whole = n_groups * _GROUP  # group g has the numbers g, g + n_groups, …
    groups = rows[:, :whole].unflatten(1, (_GROUP, n_groups)).amax(1).topk(top, 1).indices
    within = torch.arange(0, whole, n_groups, device=rows.device)
    rest = torch.arange(whole, rows.shape[1], device=rows.device).expand(len(rows), -1)
    candidates = torch.cat([(groups.unsqueeze(2) + within).flatten(1), rest], 1)
    values, places = rows.gather(1, candidates).topk(top, 1)
    return candidates.gather(1, places), values
