"""What ranks send each other, counted on 2 to 16 processes and carried to 1,024: ``python -m tests.benchmarks.ranks``.

Writes ``resources/ranks.md``. Nothing is timed: messages and bytes are the same on every machine.
"""

import json
import multiprocessing
import os
import tempfile
from itertools import pairwise
from math import ceil, log2
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from collector import Collector, InsightOptions
from collector.metrics.ranks import MOST_TOLD
from collector.pytorch.local_gradients import MOST

PAGE = Path(__file__).parents[2] / "resources" / "ranks.md"
COUNTED = (2, 4, 8, 16)
CARRIED = (32, 64, 128, 256, 512, 1024)
MODELS = {"small MLP": [32, 32, 8, 10], "larger MLP": [784, 512, 512, 10]}
"""Name → layer sizes."""
N_STEPS, INTERVAL = 20, 10


class Counting:
    """Counts what this process sends and receives by `torch.distributed`, apart from the training's own."""

    def __init__(self) -> None:
        self.sent: list[tuple[int, int]] = []
        self.received: list[tuple[int, int]] = []
        send, receive = dist.send, dist.recv

        def noting_send(tensor: Any, *places: Any, **options: Any) -> Any:
            self.sent.append((tensor.numel() * tensor.element_size(), places[0]))
            return send(tensor, *places, **options)

        def noting_receive(tensor: Any, *places: Any, **options: Any) -> Any:
            self.received.append((tensor.numel() * tensor.element_size(), places[0]))
            return receive(tensor, *places, **options)

        dist.send, dist.recv = noting_send, noting_receive  # type: ignore[assignment]

    def told(self) -> dict[str, int]:
        """Messages and bytes since this was last asked."""
        found = {
            "sent": len(self.sent),
            "sent_bytes": sum(n for n, _ in self.sent),
            "received": len(self.received),
            "received_bytes": sum(n for n, _ in self.received),
        }
        self.sent.clear()
        self.received.clear()
        return found


def on_a_rank(rank: int, n_ranks: int, sizes: list[int], folder: str) -> None:
    """In the child: train a little, and leave what was sent at the start, at each step and at the end."""
    torch.set_num_threads(1)
    os.environ["TORCH_CPP_LOG_LEVEL"] = "ERROR"
    dist.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=n_ranks)
    torch.manual_seed(0)
    layers = [each for pair in pairwise(sizes) for each in (nn.Linear(*pair), nn.ReLU())][:-1]
    model = DistributedDataParallel(nn.Sequential(*layers))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    counting, told = Counting(), []
    probe = torch.zeros(4, sizes[0]), torch.zeros(4, dtype=torch.int64)
    options = {"probe": probe, "interval": 1000, "insight": InsightOptions(interval=INTERVAL)}
    with Collector(model, optimizer, f"{folder}/run.json", **options) as collector:
        told.append(counting.told())
        for _ in range(N_STEPS):
            loss = nn.functional.cross_entropy(model(torch.randn(8, sizes[0])), torch.randint(0, 10, (8,)))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss, accuracy=0.5)
            told.append(counting.told())
    told.append(counting.told())
    Path(folder, f"{rank}.json").write_text(json.dumps(told))
    dist.destroy_process_group()


def counted(n_ranks: int, sizes: list[int]) -> list[list[dict[str, int]]]:
    """Rank → what it sent and received at the start, at each step and at the end."""
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        processes = [context.Process(target=on_a_rank, args=(each, n_ranks, sizes, folder)) for each in range(n_ranks)]
        for each in processes:
            each.start()
        for each in processes:
            each.join()
        return [json.loads(Path(folder, f"{rank}.json").read_text()) for rank in range(n_ranks)]


def row(name: str, n_ranks: int, told: list[list[dict[str, int]]]) -> list[str]:
    """A line of the table: an exchange in the middle of the run."""
    exchange = 1 + INTERVAL
    busiest = max(told, key=lambda of: of[exchange]["received_bytes"])
    largest = max(of[exchange]["sent_bytes"] for of in told)
    return [
        name,
        f"{n_ranks:,}",
        f"{sum(of[exchange]['sent'] for of in told):,}",
        f"{max(of[exchange]['sent'] for of in told)}",
        f"{busiest[exchange]['received']}",
        f"{largest:,}",
        f"{busiest[exchange]['received_bytes']:,}",
        f"{sum(of[1 + INTERVAL // 2]['sent'] for of in told)}",
        f"{sum(of[0]['sent'] for of in told)}",
    ]


def carried(n_ranks: int, of_64: int) -> list[str]:
    rounds = ceil(log2(n_ranks))
    # each is told by itself up to MOST_TOLD ranks, and a message grows with them; above, it is as large as of those
    return ["any", f"{n_ranks:,}", f"{2 * (n_ranks - 1):,}", "2", f"{2 * rounds}", f"≤ {of_64:,}",
            f"≤ {rounds * of_64:,}", "0", f"{2 * (n_ranks - 1):,}"]  # fmt: skip


HEADS = [
    "model", "ranks", "messages of all", "sent by one, at most", "received by the busiest",
    "bytes sent by one, at most", "bytes received by the busiest", "messages between exchanges",
    "messages at the start",
]  # fmt: skip


def table(rows: list[list[str]]) -> str:
    lines = [HEADS, ["---"] * len(HEADS), *rows]
    return "\n".join(f"| {' | '.join(each)} |" for each in lines)


def page() -> str:
    rows, largest = [], {}
    for name, sizes in MODELS.items():
        n = sum(a * b + b for a, b in pairwise(sizes))
        for n_ranks in COUNTED:
            told = counted(n_ranks, sizes)
            rows.append(row(f"{name}, {n:,} parameters", n_ranks, told))
            largest[n, n_ranks] = max(of[1 + INTERVAL]["sent_bytes"] for of in told)
    smallest = min(n for n, _ in largest)
    # the largest message of 16 is of 8 ranks, of 2 it is of 1
    per_rank = -(-(largest[smallest, 16] - largest[smallest, 2]) // 7)
    besides = largest[smallest, 2] - 8 * smallest
    rounds = ceil(log2(CARRIED[-1]))
    bound = 8 * MOST + besides + per_rank * (MOST_TOLD - 1)
    return f"""# What ranks send each other

Made by `python -m tests.benchmarks.ranks`: messages and bytes of the collector, counted in every process of {N_STEPS}
steps under `DistributedDataParallel` over gloo, with the gradients followed at each {INTERVAL}th step and two scalars
logged by every rank at every step. The training's own exchange is not in them.

## Counted

An exchange, at step {INTERVAL}:

{table(rows)}

Each rank but the first sends one thing, in one message or two (what is longer than 1,016 bytes comes in a second one),
to the rank that has its number without its lowest bit; whoever receives puts both together and sends that on. So there
are ⌈log₂ R⌉ rounds, and the first rank, which is the busiest, receives ⌈log₂ R⌉ times. Between exchanges, which come
with each step at which the gradients are followed, nothing is sent at all.

What one sends is bounded whatever the model: the sum of the gradients has at most {MOST:,} values of 8 bytes, taken at
even distances of a larger model; the model's shapes are a digest of 32 bytes; its weights, a checksum. It is bounded
however many ranks there are: each is told by itself up to {MOST_TOLD}, of more the mean, the extremes and how many.
It does grow with what is logged: {per_rank // (2 * INTERVAL):,} bytes a scalar, step and rank, up to {MOST_TOLD} ranks.

## Carried to 1,024

From the counted messages: {8 * MOST:,} bytes of gradients and {besides:,} besides, {per_rank:,} bytes more for each
rank that is told by itself, up to {MOST_TOLD} of them, and nothing for a rank beyond.

{table([carried(each, bound) for each in CARRIED])}

On a network of 10 Gbit/s with 0.1 ms a message, the longest way of an exchange of 1,024 ranks is {rounds} rounds of
two messages, {rounds * (2 * 0.1 + bound * 8 / 1e7):.0f} ms; half of the ranks are through after one. Before, all of
them sent to the first, which would have received {1023 * (MOST * 4) / 1e6:,.0f} MB of gradients at each exchange.

## Apart from that

- At the start every rank leaves a word in the store of `torch.distributed` (a key each) and makes a group of its own.
  gloo connects each pair of a group: {1024 * 1023 // 2:,} connections at 1,024 ranks, made once, before the first step.
- Where each rank holds a part of the model (`fully_shard`), the sampled values are put together along the same tree and
  told to all the same way back: 2 ⌈log₂ R⌉ rounds, each of the sample's size.
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Written: {PAGE}")
