"""Training with several processes: how they are joined, and the trainer that keeps them together."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.nn.parallel import DistributedDataParallel

from collector.pytorch.process_group import in_short
from models.evaluation import Outcome, Tally
from models.rank import Rank
from models.training import Trainer

_LOST = re.compile(r"gloo|nccl|connection|peer", re.IGNORECASE)


class LostRankError(Exception):
    """Another process of the training has ended, so that this one cannot go on."""


def device_for(rank: Rank) -> torch.device:
    """Where this process computes: a GPU of its own where there are any."""
    return torch.device("cuda", rank.local_number) if torch.cuda.is_available() else torch.device("cpu")


@contextmanager
def joined(rank: Rank) -> Iterator[None]:
    """Be one of the processes.

    Raises:
        LostRankError: one of them ended inside.
    """
    device = device_for(rank)
    if device.type == "cuda":
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield
    except RuntimeError as error:
        if not _LOST.search(str(error)):
            raise
        raise LostRankError(f"another process of the training has ended ({in_short(error)})") from error
    finally:
        dist.destroy_process_group()


@contextmanager
def first_one_first(rank: Rank) -> Iterator[None]:
    """The first process goes through before all the others, as where something is downloaded that they then find."""
    if rank.world_size > 1 and not rank.is_first:
        dist.barrier()
    yield
    if rank.world_size > 1 and rank.is_first:
        dist.barrier()


def agreed(value: Any) -> Any:
    """The first process's value, in all."""
    values = [value]
    dist.broadcast_object_list(values, src=0)
    return values[0]


class RanksTrainer(Trainer):
    """Trains one network with other processes, each of which has batches of its own; gradients are averaged.

    `model` is the network itself, without the wrapper around it. All end after the same step. The training figures of
    an epoch are those of all batches; each process evaluates on its own.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        own_gpu = [self.device] if self.device.type == "cuda" else None
        self._replica = DistributedDataParallel(self.model, device_ids=own_gpu)
        torch.manual_seed(torch.initial_seed() + dist.get_rank())  # dropout is of each process's own samples

    def _forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self._replica(images)
        return logits

    def _is_stopped(self) -> bool:
        """Whether any was stopped: the others would wait for it for ever."""
        asked = torch.tensor([int(self.stopped)], device=self.device)
        dist.all_reduce(asked, dist.ReduceOp.MAX)
        self.stopped = bool(asked.item())
        return self.stopped

    def _outcome(self, tally: Tally) -> Outcome:
        """How the batches of all processes were predicted, one process after the other."""
        own = tally.outcome()
        outcomes: list[Any] = [None] * dist.get_world_size()
        dist.all_gather_object(outcomes, own)
        n_samples = [len(each.labels) for each in outcomes]
        loss = sum(each.loss * n for each, n in zip(outcomes, n_samples, strict=True)) / sum(n_samples)
        return Outcome(
            loss,
            torch.cat([each.predictions for each in outcomes]),
            torch.cat([each.labels for each in outcomes]),
        )
