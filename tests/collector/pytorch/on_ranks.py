"""What `test_distributed` runs on several ranks: ``python -m torch.distributed.run … on_ranks.py FOLDER SCENARIO …``.

Each scenario leaves a collection of its name and, of each rank, what it saw itself.
"""

import gc
import json
import os
import signal
import sys
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor.parallel import ColwiseParallel, RowwiseParallel, parallelize_module
from torch.nn.parallel import DistributedDataParallel

from collector import Collector, InsightOptions
from collector.pytorch import local_gradients, process_group

N_STEPS = 8
INTERVAL = 4
FOLLOWED = InsightOptions(interval=3, sign_interval=2)
SAMPLED = InsightOptions(interval=3, sign_interval=2, sign_columns=100, sample=1024)


def a_model() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 3))


def a_wide_model() -> nn.Sequential:
    """More parameters than `SAMPLED` counts; the last bias has fewer values than there may be ranks."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 50), nn.LayerNorm(50), nn.ReLU(), nn.Linear(50, 50), nn.Tanh(), nn.Linear(50, 3))


def sharded(model: nn.Sequential) -> nn.Sequential:
    """Two layers each by itself, the rest together."""
    fully_shard(model[0])
    fully_shard(model[3])
    return fully_shard(model)


def samples(step: int) -> tuple[Tensor, Tensor]:
    """This rank's batch."""
    chance = torch.Generator().manual_seed(1000 * dist.get_rank() + step)
    return torch.randn(6, 4, generator=chance), torch.randint(0, 3, (6,), generator=chance)


def train(
    trained: nn.Module,
    collector: Callable[[torch.optim.Optimizer], Collector | None],
    n_steps: int = N_STEPS,
    watch: Callable[[Tensor, Tensor], None] = lambda inputs, labels: None,
) -> dict[str, Any]:
    """Losses and last weights of this rank; what it was warned of."""
    torch.manual_seed(dist.get_rank())  # for the dropout
    optimizer = torch.optim.AdamW(trained.parameters(), 0.01)
    losses = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        used = collector(optimizer)
        for step in range(n_steps):
            inputs, labels = samples(step)
            watch(inputs, labels)
            loss = nn.functional.cross_entropy(trained(inputs), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if used is not None:
                used.log(loss=loss)
        if used is not None:
            used.close()
    weights = [(each.to_local() if hasattr(each, "to_local") else each).tolist() for each in trained.parameters()]
    hooks = sum(len(each._post_accumulate_grad_hooks or ()) for each in trained.parameters())
    return {"losses": losses, "weights": weights, "warned": [str(each.message) for each in caught], "hooks": hooks}


class Scenarios:
    """Each method is one; it leaves what its rank saw."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _collect(self, model: nn.Module, name: str, **options: Any) -> Callable[[torch.optim.Optimizer], Collector]:
        chance = torch.Generator().manual_seed(9)
        probe = (torch.randn(5, 4, generator=chance), None)
        options = {"interval": INTERVAL, "insight": FOLLOWED, "probe": probe} | options
        return lambda optimizer: Collector(model, optimizer, self._folder / f"{name}.json", **options)

    def plain(self) -> dict[str, Any]:
        return train(DistributedDataParallel(a_model()), lambda optimizer: None)

    def collected(self) -> dict[str, Any]:
        """With the gradients of this rank alone beside it, from a model of the same weights that no one averages."""
        model = DistributedDataParallel(a_model())
        gradients: list[list[float]] = []

        def watch(inputs: Tensor, labels: Tensor) -> None:
            with torch.random.fork_rng():
                alone = a_model()
            alone.load_state_dict(model.module.state_dict())
            before = torch.get_rng_state()
            nn.functional.cross_entropy(alone(inputs), labels).backward()
            torch.set_rng_state(before)
            gradients.append(torch.cat([each.grad.flatten() for each in alone.parameters()]).tolist())  # type: ignore[union-attr]

        seen = train(model, self._collect(model, "collected"), watch=watch)
        return seen | {"gradients": gradients}

    def sampled(self) -> dict[str, Any]:
        """Of a model with more values than are sent."""
        local_gradients.MOST = 40
        model = DistributedDataParallel(a_model())
        seen = train(model, self._collect(model, "sampled"))
        local_gradients.MOST = 2**16
        return seen

    def resumed(self) -> dict[str, Any]:
        """A second training goes on with step 6; only the first rank reads the file, and so knows it."""
        model = DistributedDataParallel(a_model())
        train(model, self._collect(model, "resumed"))
        return train(model, self._collect(model, "resumed", resume=6 if dist.get_rank() == 0 else True), n_steps=4)

    def not_averaged(self) -> dict[str, Any]:
        """The user has forgotten to average: the weights go different ways."""
        model = a_model()
        return train(model, self._collect(model, "not_averaged", insight=None))  # so that weights alone are due

    def uneven(self) -> dict[str, Any]:
        """Rank 1 has two steps less, and no one averages, or it would be waited for."""
        model = a_model()
        return train(model, self._collect(model, "uneven"), n_steps=N_STEPS - 2 * dist.get_rank())

    def whole(self) -> dict[str, Any]:
        """What `sharded` shares out, on every rank."""
        model = DistributedDataParallel(a_wide_model())
        return train(model, self._collect(model, "whole"))

    def sharded(self) -> dict[str, Any]:
        """Each rank holds a part of every parameter, or nothing of a small one, and runs the probe with the others."""
        plain, collected = sharded(a_wide_model()), sharded(a_wide_model())
        losses = train(plain, lambda optimizer: None)["losses"]
        return {"plain": losses} | train(collected, self._collect(collected, "sharded"))

    def whole_sampled(self) -> dict[str, Any]:
        """Of which some values are counted."""
        model = DistributedDataParallel(a_wide_model())
        return train(model, self._collect(model, "whole_sampled", insight=SAMPLED))

    def sharded_sampled(self) -> dict[str, Any]:
        """The same shared out."""
        model = sharded(a_wide_model())
        return train(model, self._collect(model, "sharded_sampled", insight=SAMPLED))

    def sharded_probe_of_one(self) -> dict[str, Any]:
        """One rank alone has a probe."""
        model = sharded(a_wide_model())
        options: dict[str, Any] = {"probe": None} if dist.get_rank() else {}
        return train(model, self._collect(model, "sharded_probe_of_one", **options))

    def sharded_first_alone(self) -> dict[str, Any]:
        """Only rank 0 makes a collector of a model that it cannot read alone."""
        model = sharded(a_wide_model())
        collect = self._collect(model, "sharded_first_alone")
        return train(model, lambda optimizer: None if dist.get_rank() else collect(optimizer))

    def sharded_killed(self) -> dict[str, Any]:
        """The system ends the last rank before its sixth step."""
        model = sharded(a_wide_model())
        n_begun = 0

        def watch(inputs: Tensor, labels: Tensor) -> None:
            nonlocal n_begun
            n_begun += 1
            if n_begun == 6 and dist.get_rank() == dist.get_world_size() - 1:
                os.kill(os.getpid(), signal.SIGKILL)

        return train(model, self._collect(model, "sharded_killed"), watch=watch)

    def split(self) -> dict[str, Any]:
        """Each rank holds some units of each layer."""
        model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
        mesh = init_device_mesh("cpu", (dist.get_world_size(),))
        parallelize_module(model, mesh, {"0": ColwiseParallel(), "2": RowwiseParallel()})
        return train(model, self._collect(model, "split"))

    def staged(self) -> dict[str, Any]:
        """Each rank has another model."""
        model = nn.Sequential(nn.Linear(4, 8 + dist.get_rank()), nn.Linear(8 + dist.get_rank(), 3))
        return train(model, self._collect(model, "staged"))

    def first_alone(self) -> dict[str, Any]:
        """Only rank 0 makes a collector, as is usual with loggers."""
        model = DistributedDataParallel(a_model())
        collect = self._collect(model, "first_alone")
        return train(model, lambda optimizer: None if dist.get_rank() else collect(optimizer))


def main() -> None:
    folder = Path(sys.argv[1])
    torch.set_num_threads(1)
    process_group.JOIN = timedelta(seconds=2)
    dist.init_process_group("gloo")
    scenarios = Scenarios(folder)
    for name in sys.argv[2:]:
        dist.barrier()
        seen = getattr(scenarios, name)()
        (folder / f"{name}.{dist.get_rank()}.json").write_text(json.dumps(seen))
    dist.barrier()
    dist.destroy_process_group()
    gc.collect()  # models hold their groups in circles; a thread of gloo that outlives the interpreter aborts at times


if __name__ == "__main__":
    main()
