"""Trains a model with the collector and without it, and tells what that cost and whether it changed anything."""

import gc
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from collector import Collector
from collector.pytorch.host_copy import Sent
from tests.accelerator.models import Case

INTERVAL = 50
WARM = 5
"""Steps before those that are timed."""


@dataclass
class Side:
    """One training.

    Attributes:
        losses: of each step.
        seconds: of a step, on the average, the passes that are due with them.
        peak: bytes that the device held at most; 0 where it does not tell.
        followed, at_pass: the most bytes that were brought over at a step.
        waits: how often the host waited for the device at steps behind the first pass; None where nobody tells.
    """

    losses: list[float] = field(default_factory=list)
    seconds: float = 0.0
    peak: int = 0
    followed: int = 0
    at_pass: int = 0
    waits: int | None = None


@dataclass(frozen=True)
class Way:
    """How a model is trained."""

    device: torch.device
    dtype: torch.dtype
    is_compiled: bool

    @property
    def name(self) -> str:
        return f"{'bf16' if self.dtype is torch.bfloat16 else 'fp32'}, {'compiled' if self.is_compiled else 'eager'}"


def train(case: Case, way: Way, path: Path | None) -> Side:
    """A training, with the collector at its defaults where it has a ``path``."""
    _collect(way.device)
    torch.manual_seed(0)
    model: nn.Module = case.make().to(way.device)
    batches = [tuple(each.to(way.device) for each in case.batch()) for _ in range(3)]
    optimizer = torch.optim.AdamW(model.parameters(), 1e-4)
    called: Any = torch.compile(model) if way.is_compiled else model
    collector, found = None, Side()
    with _brought() as brought:
        if path is not None:
            inputs, targets = (each[:16] for each in batches[2])
            collector = Collector(called, optimizer, path, probe=(inputs, targets), interval=INTERVAL, overwrite=True)
        losses: list[Tensor] = []

        def step(number: int) -> None:
            brought.append(0)
            inputs, targets = batches[number % 2]
            with torch.autocast(way.device.type, way.dtype, enabled=way.dtype is not torch.float32):
                outputs = called(inputs)
                loss = nn.functional.cross_entropy(outputs.flatten(0, -2).float(), targets.flatten())
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            if collector is not None:
                collector.log(loss=loss)
            losses.append(loss.detach())

        for number in range(WARM):
            step(number)
        _wait(way.device)
        _begin_peak(way.device)
        began = time.perf_counter()
        for number in range(WARM, WARM + case.steps):
            step(number)
        _wait(way.device)
        found.seconds = (time.perf_counter() - began) / case.steps
        found.peak = _peak(way.device)
        with _waits(way.device) as waits:  # ten steps more: two that are followed, and a pass where one is due
            for number in range(WARM + case.steps, WARM + case.steps + 10):
                step(number)
        found.waits = waits[0]
        sizes = dict(enumerate(brought))
        found.at_pass = max((size for number, size in sizes.items() if number % INTERVAL == 0), default=0)
        found.followed = max((size for number, size in sizes.items() if number % INTERVAL), default=0)
        if collector is not None:
            collector.close()
    found.losses = [float(each) for each in losses]
    return found


@contextmanager
def _brought() -> Iterator[list[int]]:
    """Bytes that the collector brings over at each step; a number is appended when a step begins."""
    brought: list[int] = []
    plain = Sent.__init__

    def counted(sent: Any, device: torch.device, tensors: Any) -> None:
        plain(sent, device, tensors)
        if brought:
            brought[-1] += sent.n_bytes

    Sent.__init__ = counted  # type: ignore[method-assign]
    try:
        yield brought
    finally:
        Sent.__init__ = plain  # type: ignore[method-assign]


@contextmanager
def _waits(device: torch.device) -> Iterator[list[int | None]]:
    """How often the host waits for the device, where CUDA tells."""
    found: list[int | None] = [None]
    if device.type != "cuda":
        yield found
        return
    torch.cuda.set_sync_debug_mode("warn")
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            yield found
        found[0] = sum("synchronizing" in str(each.message) for each in told)
    finally:
        torch.cuda.set_sync_debug_mode("default")


def _module(device: torch.device) -> Any:
    return None if device.type == "cpu" else torch.get_device_module(device)


def _wait(device: torch.device) -> None:
    if (module := _module(device)) is not None:
        module.synchronize()


def _collect(device: torch.device) -> None:
    gc.collect()
    if (module := _module(device)) is not None and hasattr(module, "empty_cache"):
        module.empty_cache()


def _begin_peak(device: torch.device) -> None:
    module = _module(device)
    if hasattr(module, "reset_peak_memory_stats"):
        module.reset_peak_memory_stats()


def _peak(device: torch.device) -> int:
    module = _module(device)
    return int(module.max_memory_allocated()) if hasattr(module, "max_memory_allocated") else 0
