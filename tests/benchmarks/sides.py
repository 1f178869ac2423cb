"""One training after another's way of recording it: plain, ours at each level, and two for the scale."""

import json
import time
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from collector import Collector, InsightOptions, open_collection
from tests.benchmarks.trained_models import MODELS

BLOCK = 50
"""Steps timed at once; with passes every 50, exactly one pass lies in each block."""


class Plain:
    """A training that nobody records.

    Args:
        name: one of `trained_models.MODELS`.
        folder: where files may go.
    """

    def __init__(self, name: str, folder: Path) -> None:
        make, shape = MODELS[name]
        generator = torch.Generator().manual_seed(0)
        torch.manual_seed(0)
        self.model = make()
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=0.002)
        self.batches = [torch.rand(shape, generator=generator) for _ in range(8)]
        self.labels = torch.randint(0, 10, shape[:1], generator=generator)
        self.folder = folder
        self.criterion = nn.CrossEntropyLoss()
        self.begin()

    def begin(self) -> None:
        """Start to record."""

    def seconds_of_block(self, n_steps: int) -> float:
        """Seconds of so many steps."""
        began = time.perf_counter()
        for number in range(n_steps):
            self.step(self.batches[number % len(self.batches)])
        return time.perf_counter() - began

    def step(self, inputs: Tensor) -> None:
        """One step, as in a user's loop."""
        loss = self.criterion(self.model(inputs), self.labels)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.after_step(loss)

    def after_step(self, loss: Tensor) -> None:
        """Record what a user's loop has to hand over."""

    def end(self) -> str:
        """Finish what was recorded; what there is to tell of it."""
        return ""


class Ours(Plain):
    """With a `Collector`; the subclasses say at which level."""

    options: ClassVar[dict[str, Any]] = {}

    def begin(self) -> None:
        self._path = self.folder / f"{type(self).__name__}.json"
        probe = (self.batches[0][:16], self.labels[:16])
        options = {"probe": probe, "interval": BLOCK, "overwrite": True} | self.options
        self._collector = Collector(self.model, self.optimizer, self._path, **options)

    def seconds_of_block(self, n_steps: int) -> float:
        # Its clock has run for the training while the others had their turn.
        self._collector._log.overhead._since = time.perf_counter()
        return super().seconds_of_block(n_steps)

    def after_step(self, loss: Tensor) -> None:
        self._collector.log(loss=loss)

    def end(self) -> str:
        self._collector.close()
        with open_collection(self._path) as collection:
            assert collection.price is not None
            return f"by its own clock {collection.price.share:.1%}, {len(collection.passes)} passes"


class EachStep(Ours):
    options: ClassVar[dict[str, Any]] = {"insight": InsightOptions(interval=1)}


class Off(Ours):
    options: ClassVar[dict[str, Any]] = {"insight": InsightOptions(interval=0, sign_interval=0)}


class Norms(Plain):
    """The norm of each gradient, which is the least that anybody would record."""

    def begin(self) -> None:
        self._norms: list[Tensor] = []
        self.optimizer.register_step_pre_hook(self._before_step)

    def _before_step(self, *given: Any) -> None:
        gradients = [each.grad for each in self.model.parameters() if each.grad is not None]
        self._norms.append(torch.stack(torch._foreach_norm(gradients)))

    def seconds_of_block(self, n_steps: int) -> float:
        began = time.perf_counter()
        super().seconds_of_block(n_steps)
        self._norms = [torch.stack(self._norms).mean(0)]
        return time.perf_counter() - began


class Lists(Plain):
    """Every weight, gradient and output as JSON, by ``tolist``: what hooks in a notebook tend to do."""

    def begin(self) -> None:
        self._outputs: dict[str, Tensor] = {}
        for name, module in self.model.named_modules():
            if not list(module.children()):
                module.register_forward_hook(lambda module, args, output, name=name: self._take(name, output))

    def _take(self, name: str, output: Tensor) -> None:
        self._outputs[name] = output.detach()

    def after_step(self, loss: Tensor) -> None:
        with (self.folder / "lists.json").open("w", encoding="utf-8") as file:
            for name, each in self.model.named_parameters():
                file.write(json.dumps({"weight": name, "values": each.tolist()}))
                file.write(json.dumps({"gradient": name, "values": each.grad.tolist()}))
            for name, output in self._outputs.items():
                file.write(json.dumps({"output": name, "values": output.tolist()}))
