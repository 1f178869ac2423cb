"""What the processes of one training send to the first of them, which alone writes a file."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor

from collector.capture.run_log import RunLog
from collector.metrics.ranks import gradient_disagreement, rank_columns
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
    """What a rank has to tell.

    Attributes:
        step: the step just taken.
        scalars: name → step → what it logged.
        is_last: whether it tells no more after this.
        gradient: its own gradient of this step ``[K]``, see `LocalGradients`.
        weights: `checksum` of the weights after it.
    """

    step: int
    scalars: dict[str, dict[int, float]]
    is_last: bool
    gradient: np.ndarray | None = None
    weights: int | None = None


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
        norms = [f"rank_gradient_norm/{each}" for each in range(dist.get_world_size())]
        self._columns = (*norms, "gradient_disagreement/total")
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
        told: list[Any] = [None] * dist.get_world_size()
        try:
            dist.all_gather_object(told, (self._log.steps_taken, shapes), group=self._group)
        except Exception as error:  # noqa: BLE001 - whatever it is, the ranks are no longer at the same place
            self._give_up(str(error).strip().splitlines()[0])
            return
        if self._rank:
            self._log.begin_at(told[0][0])
        if any(each[1] != told[0][1] for each in told):
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
        scalars = {name: {at: float(each) for at, each in of.items()} for name, of in self._held.items()}
        part = Part(step, scalars, is_last)
        if self._is_gradient_due(step) and not is_last:
            part.gradient = self._local.take()
        if is_last or step % self._weight_interval == 0:
            part.weights = checksum(self._parameters)
        parts: list[Any] | None = [None] * dist.get_world_size() if self._rank == 0 else None
        try:
            dist.gather_object(part, parts, dst=0, group=self._group)
        except Exception as error:  # noqa: BLE001 - whatever it is, the ranks are no longer at the same place
            self._give_up(in_short(error))
            return
        self._held = {}
        if parts is not None:
            self._take(parts, step)
            ended = [rank for rank, each in enumerate(parts) if each.is_last]
            if ended and len(ended) < len(parts):
                self._give_up(f"{_of_ranks(ended)} had ended")

    def _take(self, parts: list[Part], step: int) -> None:
        """Write what all ranks have told."""
        for name in dict.fromkeys(name for part in parts for name in part.scalars):
            of_ranks = {rank: part.scalars[name] for rank, part in enumerate(parts) if name in part.scalars}
            for at in sorted({at for values in of_ranks.values() for at in values}):
                self._put(at, rank_columns(name, {rank: own[at] for rank, own in of_ranks.items() if at in own}))
        if any(part.step != step for part in parts):
            return
        gradients = [part.gradient for part in parts if part.gradient is not None]
        if len(gradients) == len(parts):
            self._take_gradients(np.stack(gradients), step)
        self._compare([part.weights for part in parts], step)

    def _take_gradients(self, gradients: np.ndarray, step: int) -> None:
        norms = np.sqrt(np.square(gradients, dtype=np.float64).sum(axis=1) * self._local.scale)
        if self._log.is_open:
            self._log.put_row(self._columns, step, np.array([*norms, gradient_disagreement(gradients)]))

    def _compare(self, weights: list[int | None], step: int) -> None:
        """Say of which ranks the weights are not those of the first."""
        for rank, each in enumerate(weights):
            if each is not None and each == weights[0]:
                self._same_at[rank] = step
            elif each is not None and weights[0] is not None:
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


def _of_ranks(ranks: list[int]) -> str:
    return f"rank {ranks[0]}" if len(ranks) == 1 else f"ranks {', '.join(map(str, ranks))}"
