"""Large models: what a pass costs and holds on the processor, and what leaves an accelerator, which is played.

Seconds are of the processor, with one thread, and of the collector's own part of a step.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn

from collector import Collector
from collector.pytorch import host_copy, pinned_memory
from collector.pytorch.step_recorder import StepRecorder
from tests.accelerator.models import GPT
from tests.benchmarks.row import Row, hand_over
from tests.collector.pytorch.counting_device import counted, counting_device, pinned

INTERVAL = 10


def untied(n_words: int, width: int, n_blocks: int) -> nn.Module:
    """GPT-2's shape with a head of its own: 162 M parameters at 50,257 words, a width of 768 and 12 blocks."""
    model = GPT(n_words, 64, width, n_blocks, max(1, width // 64))
    model.head = nn.Linear(width, n_words, bias=False)
    return model


def step_of(model: nn.Module, optimizer: torch.optim.Optimizer, words: Tensor) -> Tensor:
    """One step of a training; the loss."""
    loss = nn.functional.cross_entropy(model(words[:, :-1]).flatten(0, -2), words[:, 1:].flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


def trained(model: nn.Module, optimizer: torch.optim.Optimizer, words: Tensor, path: Path, n: int) -> Iterator[int]:
    """Numbers of steps, each yielded when it is over; -1: all is set up."""
    probe = words[:, :-1].contiguous(), words[:, 1:].contiguous()
    with Collector(model, optimizer, path, probe=probe, interval=INTERVAL, overwrite=True) as collector:
        yield -1
        for step in range(n):
            collector.log(loss=step_of(model, optimizer, words))
            yield step


def own_seconds() -> list[float]:
    """Seconds of the processor that the collector's part of each step takes from now on; one is added as it begins."""
    seconds: list[float] = []

    def timed(name: str) -> None:
        plain = getattr(StepRecorder, name)

        def call(*args: Any) -> Any:
            seconds.extend([0.0] * (name == "begin"))
            began = time.thread_time()
            try:
                return plain(*args)
            finally:
                seconds[-1] += time.thread_time() - began

        setattr(StepRecorder, name, call)

    for name in ("begin", "gradients_are_ready", "end"):
        timed(name)
    return seconds


KINDS: dict[str, Any] = {"SGD": torch.optim.SGD, "AdamW": torch.optim.AdamW}
Shape = tuple[int, int, int]
"""Words, width and blocks."""


def alone(kind: str, shape: Shape, path: Path | None, n_steps: int) -> None:
    """One training in this process, which prints what it took: ``{"peak": MB, "passes": [s], "followed": [s], …}``."""
    torch.manual_seed(0)
    model, words = untied(*shape), torch.randint(shape[0], (2, 17))
    optimizer = KINDS[kind](model.parameters(), 1e-4)
    seconds = own_seconds()
    if path is None:
        for _ in range(n_steps):
            step_of(model, optimizer, words)
    else:
        for _ in trained(model, optimizer, words, path, n_steps):
            pass
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    peak = next(line.split()[1] for line in status if line.startswith("VmHWM"))
    with torch.no_grad():
        began = time.thread_time()
        model(words[:, :-1])
        running = time.thread_time() - began
    n_values = sum(each.numel() for each in model.parameters())
    told = {"peak": int(peak) * 1024 / 1e6, "seconds": seconds, "running": running, "values": n_values}
    print(json.dumps(told))


def on_processor(shape: Shape, folder: Path, n_steps: int) -> Iterable[Row]:
    """Each training in a process of its own, so that its peak of memory is."""
    for kind in KINDS:
        told = []
        for path in ("", str(folder / "run.json")):
            given = [kind, *map(str, shape), path, str(n_steps)]
            command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.large", "--alone", *given]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            told.append(json.loads(done.stdout.splitlines()[-1]))
        plain, ours = told
        size, seconds = f"{ours['values'] / 1e6:.0f} M parameters", ours["seconds"]
        at_pass = median(own for step, own in enumerate(seconds) if step and step % INTERVAL == 0)
        followed = median(own for step, own in enumerate(seconds) if step % INTERVAL == 1)
        beside = f"running the network on the probe: {ours['running']:.3f} s; the step behind it: {followed:.3f} s"
        yield Row(f"a pass whose gradients are followed, {kind}", size, "≤ 0.5 s", f"{at_pass:.3f} s", beside)
        peak = f"plain {ours['peak'] - plain['peak']:+.0f} MB"
        what = f"peak of a process's memory, {kind}"
        yield Row(what, size, "plain + ≤ 150 MB", peak, f"{plain['peak']:.0f} MB without")


def on_accelerator(shape: Shape, folder: Path) -> Iterable[Row]:
    device = counting_device()
    host_copy.pinned = pinned_memory.pinned = pinned  # type: ignore[assignment]
    torch.manual_seed(0)
    model = GPT(shape[0], 64, shape[1], shape[2], max(1, shape[1] // 64)).to(device)
    model.head.weight = model.wte.weight  # a device of this kind gets new parameters
    n_values = sum(each.numel() for each in model.parameters())
    optimizer = torch.optim.AdamW(model.parameters(), 1e-4)
    n_bytes, n_waits = [], []
    words = torch.randint(shape[0], (2, 17)).to(device)
    with counted() as counts:
        for _ in trained(model, optimizer, words, folder / "run.json", INTERVAL + 2):
            n_bytes.append(counts.n_bytes)
            n_waits.append(len(counts.waits))
            counts.begin()
    n_bytes, n_waits = n_bytes[1:], n_waits[1:]  # without the set-up
    size = f"{n_values / 1e6:.0f} M parameters"
    followed = max(own for step, own in enumerate(n_bytes) if step % INTERVAL)
    at_pass = max(n_bytes[0], n_bytes[INTERVAL])
    yield Row("leaves an accelerator at a followed step", size, "≤ 1 MB", f"{followed / 1e3:.0f} kB", "it is played")
    yield Row("leaves an accelerator at a pass", size, "≤ 8 MB", f"{at_pass / 1e3:.0f} kB", "it is played")
    yield Row("waits for an accelerator in the training", size, "0", str(sum(n_waits)), f"in {INTERVAL + 2} steps")


def measure(folder: Path, *, is_quick: bool) -> Iterable[Row]:
    large = (500, 64, 2) if is_quick else (50_257, 768, 12)
    yield from on_accelerator(large, folder)  # a device has to be there before the first backward pass
    yield from on_processor(large, folder, 12 if is_quick else 2 * INTERVAL + 2)


if __name__ == "__main__":
    torch.set_num_threads(1)
    if sys.argv[1:2] == ["--alone"]:
        kind, *shape, path, n_steps = sys.argv[2:]
        alone(kind, tuple(map(int, shape)), Path(path) if path else None, int(n_steps))  # type: ignore[arg-type]
        sys.exit()
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name), is_quick="--quick" in sys.argv[1:]))
