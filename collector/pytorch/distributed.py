"""What the processes of one training send to the first of them, which alone writes a file."""

import hashlib
import operator
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor

from collector.capture.run_log import RunLog
from collector.metrics.ranks import MOST_TOLD, GradientsOfRanks, OfRanks, rank_columns
from collector.pytorch import rank_tree
from collector.pytorch.local_gradients import LocalGradients
from collector.pytorch.process_group import in_short, own_group
from collector.pytorch.tensors import real_values

DIFFERENT = (
    "The ranks have models with different parameters, as the stages of a pipeline: what is recorded of weights, "
    "gradients and activations is rank 0's, and only what is logged is of all."
)

_BITS = {1: torch.int8, 2: torch.int16, 4: torch.int32, 8: torch.int64}


@dataclass
class Part:
    """What some ranks have to tell, or one.

    Attributes:
        step: the step just taken; None where they are not at the same one.
        n: how many ranks.
        scalars: name → step → what was logged.
        ended: those that tell no more after this, see `_Listed`.
        gradients: their own gradients of this step, see `LocalGradients`; None unless all have one.
        weights: `checksum` of the weights after it → those that have it.
    """

    step: int | None
    n: int
    scalars: dict[str, dict[int, OfRanks]]
    ended: "_Listed"
    gradients: GradientsOfRanks | None
    weights: "dict[int, _Listed]"

    def __add__(self, other: "Part") -> "Part":
        """Of the ranks of both; what is told of each alone is bounded, however many there are."""
        names = dict.fromkeys((*self.scalars, *other.scalars))
        is_both = self.gradients is not None and other.gradients is not None
        return Part(
            self.step if self.step == other.step else None,
            self.n + other.n,
            {name: _merged(self.scalars.get(name, {}), other.scalars.get(name, {})) for name in names},
            self.ended + other.ended,
            self.gradients + other.gradients if is_both else None,  # type: ignore[operator] # neither is None
            _merged(self.weights, other.weights if len(self.weights) < MOST_TOLD else {}),
        )


@dataclass(frozen=True)
class _Listed:
    """Some ranks: how many, and which, as far as they are few."""

    n: int = 0
    ranks: tuple[int, ...] = ()

    def __add__(self, other: "_Listed") -> "_Listed":
        return _Listed(self.n + other.n, (*self.ranks, *other.ranks)[:MOST_TOLD])


K = TypeVar("K")
V = TypeVar("V", OfRanks, _Listed)


def _merged(a: dict[K, V], b: dict[K, V]) -> dict[K, V]:
    return {**a, **{key: a[key] + value if key in a else value for key, value in b.items()}}


class Ranks:
    """This rank's share in a collection that the first rank writes for all.

    What is logged is held back and sent at every ``gradient_interval``-th and every ``weight_interval``-th step, right
    behind the optimizer's, where all ranks are at the same place. Once an exchange fails, because a rank has ended or
    does not answer, there is no other: a note says so, and the first rank goes on by itself.

    Args:
        parameters: of the model.
        gradient_interval: steps between measurements of the ranks' own gradients; 0: none.
        weight_interval: steps between looks at whether all ranks have the same weights.
        rank: this process's number.
        group: of all ranks, where they have come together already.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        gradient_interval: int,
        weight_interval: int,
        rank: int,
        log: RunLog,
        group: "dist.ProcessGroup | None" = None,
    ) -> None:
        self._parameters = list(parameters)
        self._gradient_interval = gradient_interval
        self._weight_interval = weight_interval
        self._rank = rank
        self._log = log
        self._held: dict[str, dict[int, Any]] = {}
        self._same_at: dict[int, int] = {}
        self._group = group
        if group is None:
            with log.guard("joining the ranks"):
                self._group = own_group()
        if self._group is None:
            log.guard.say(
                f"Of {dist.get_world_size()} ranks not all have made a collector, so what is recorded is of rank 0 "
                "alone. Make it on every rank, or give it distributed=False."
            )
        log.logged.put = self.put
        self._begin_together()
        self._local = LocalGradients(self._parameters)
        self._watch(log.steps_taken)

    def _begin_together(self) -> None:
        """Count the steps as the first rank does, which may go on in the file of an earlier training.

        Where the ranks have different models, as the stages of a pipeline, their weights are not compared.
        """
        if self._group is None:
            return
        shapes = [(tuple(each.shape), str(each.dtype)) for each in self._parameters]
        own = hashlib.sha256(repr(shapes).encode()).digest()
        same = lambda a, b: a if a == b else b""  # noqa: E731
        try:
            digest = rank_tree.reduced(own, same, self._group)
            steps_taken, are_same = rank_tree.told((self._log.steps_taken, digest == own), self._group)
        except Exception as error:  # noqa: BLE001 - whatever it is, the ranks are no longer at the same place
            self._give_up(str(error).strip().splitlines()[0])
            return
        if self._rank:
            self._log.begin_at(steps_taken)
        if not are_same:
            self._parameters = []
            self._log.guard.remark(DIFFERENT)

    def put(self, name: str, step: int, value: object) -> None:
        """A scalar that this rank has logged."""
        if self._group is None:
            self._log.put(name, step, value)
        else:
            self._held.setdefault(name, {})[step] = value

    def after_step(self) -> None:
        """The optimizer has taken a step, which the log does not count yet."""
        step = self._log.steps_taken
        if self._is_gradient_due(step) or step % self._weight_interval == 0:
            self._exchange(step, is_last=False)
        self._watch(step + 1)

    def close(self) -> None:
        """Send the rest, unless this rank ends by an error: then the others are elsewhere. Remove what is left."""
        self._local.leave()
        error = sys.exception()
        if error is None:
            self._exchange(self._log.steps_taken - 1, is_last=True)
        elif self._group is not None:
            self._log.guard.remark(self._alone_since(f"the training ended by {type(error).__name__}"))
        self._end()

    def _is_gradient_due(self, step: int) -> bool:
        return self._gradient_interval > 0 and step % self._gradient_interval == 0

    def _watch(self, step: int) -> None:
        if self._group is not None and self._is_gradient_due(step):
            self._local.watch(self._log.guard)

    def _exchange(self, step: int, *, is_last: bool) -> None:
        if self._group is None:
            return
        part = self._own_part(step, is_last=is_last)
        try:
            told = rank_tree.reduced(part, operator.add, self._group)
        except Exception as error:  # noqa: BLE001 - whatever it is, the ranks are no longer at the same place
            self._give_up(in_short(error))
            return
        self._held = {}
        if told is not None:
            self._take(told, step)
            if 0 < told.ended.n < told.n:
                self._give_up(f"{_of_ranks(told.ended)} had ended")

    def _own_part(self, step: int, *, is_last: bool) -> Part:
        rank, listed = self._rank, _Listed(1, (self._rank,))
        scalars = {
            name: {at: OfRanks.of(rank, float(each)) for at, each in of.items()} for name, of in self._held.items()
        }
        part = Part(step, 1, scalars, listed if is_last else _Listed(), None, {})
        if self._is_gradient_due(step) and not is_last and (gradient := self._local.take()) is not None:
            part.gradients = GradientsOfRanks.of(rank, gradient)
        if is_last or step % self._weight_interval == 0:
            part.weights = {checksum(self._parameters): listed}
        return part

    def _take(self, told: Part, step: int) -> None:
        """Write what all ranks have told."""
        for name, values in told.scalars.items():
            for at in sorted(values):
                self._put(at, rank_columns(name, values[at]))
        if told.step is None:
            return
        if (gradients := told.gradients) is not None and self._log.is_open:
            columns = {**gradients.norms(self._local.scale), "gradient_disagreement/total": gradients.disagreement()}
            self._log.put_row(tuple(columns), step, np.array([*columns.values()]))
        self._compare(told.weights, step)

    def _compare(self, weights: dict[int, _Listed], step: int) -> None:
        """Say of which ranks the weights are not those of the first."""
        if 0 not in next(iter(weights.values()), _Listed()).ranks:  # the first rank has told nothing of its own
            return
        for place, listed in enumerate(weights.values()):
            for rank in listed.ranks:
                if not place:
                    self._same_at[rank] = step
                    continue
                before = f"; after step {self._same_at[rank]} they were the same" if rank in self._same_at else ""
                text = f"The weights of rank {rank} are not those of rank 0: seen after step {step}{before}."
                self._log.guard.say(text, once=("weights differ", rank))

    def _put(self, step: int, columns: Mapping[str, float]) -> None:
        if self._log.is_open:
            for name, value in columns.items():
                self._log.put(name, step, self._log.not_finite.watched(name, step, value))

    def _give_up(self, reason: str) -> None:
        """Exchange nothing any more; what this rank has held back is all that is known of those steps."""
        self._log.guard.say(self._alone_since(reason))
        self._end()

    def _alone_since(self, reason: str) -> str:
        since = min((step for values in self._held.values() for step in values), default=self._log.steps_taken)
        return f"From step {since} on what is recorded is of rank 0 alone: {reason}."

    def _end(self) -> None:
        """Leave the group, which tells those that wait for this rank that it will not come."""
        group, self._group = self._group, None
        if group is not None:
            with self._log.guard("leaving the other ranks"):
                dist.destroy_process_group(group)
        held, self._held = self._held, {}
        for name, values in held.items():
            for step, value in values.items():
                self._put(step, {name: float(value)})
        self._local.leave()


def checksum(parameters: Iterable[Tensor]) -> int:
    """A number of all bits of the parameters, below 2^64: different weights have different ones, but for chance."""
    sums = []
    for each in parameters:
        values = real_values(each.detach())
        sums.append(values.view(_BITS[values.element_size()]).sum(dtype=torch.int64))
    numbers = torch.stack([each.cpu() for each in sums]).tolist() if sums else []
    return sum((2 * place + 1) * number for place, number in enumerate(numbers)) % 2**64


def _of_ranks(listed: _Listed) -> str:
    ranks = listed.ranks
    more = f" and {listed.n - len(ranks):,} more" if listed.n > len(ranks) else ""
    return f"rank {ranks[0]}" if listed.n == 1 else f"ranks {', '.join(map(str, ranks))}{more}"
