"""The collector for a person's own PyTorch training script."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

import collector
from collector.capture.run_log import RunLog
from collector.capture.schedule import is_pass_due
from collector.pytorch.plan import device_of, plan_layers
from collector.pytorch.snapshot import to_numpy
from collector.pytorch.taking import PassTaker, Taken
from collector.storage import schema


class Collector:
    """Records a training into a collection, without touching it.

    Use it as a context manager around the training loop and give it each step's loss::

        with Collector(model, optimizer, "run.json", probe=(images, labels), interval=50) as collector:
            for images, labels in loader:
                loss = criterion(model(images), labels)
                optimizer.zero_grad(); loss.backward(); optimizer.step()
                collector.log(loss=loss)

    A pass is taken around the optimizer's step 0, each ``interval`` steps, and of the state after the last step,
    which no gradient or update belongs to. No random number is drawn, no statistic of a batch norm moves, no
    gradient is touched; leaving removes every hook. A failure of ours becomes a note in the file and a
    `CollectorWarning`.

    Args:
        model: any module.
        optimizer: the one whose steps are counted.
        path: the collection to write.
        probe: held-out samples ``[N, …]``, ready for the model, with class numbers ``[N]`` or None; without a probe
            there are no activations. 16 samples or so are plenty.
        interval: steps between passes, ≥ 1.
        neuron_cap: units kept of each layer; 0 keeps all.
        unit_rule: ``spread`` keeps real units, ``group_mean`` averages neighbours (see `collector.capture.units`).
        class_names: names of the classes, in order.
        mean, std: per channel, what the probe was normalised with, so that its pictures can be shown.
        overwrite: replace a file of this name.
        about: more of what is known of the run: fields of `schema.Run`, as ``{"dataset": "mnist", "seed": 0}``.

    Raises:
        CollectionError: the file exists, or cannot be made.
        ValueError: a bad option.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        path: Path | str,
        *,
        probe: tuple[Tensor, Tensor | None] | None = None,
        interval: int = 50,
        neuron_cap: int = 24,
        unit_rule: str = "spread",
        class_names: Sequence[str] = (),
        mean: Sequence[float] = (),
        std: Sequence[float] = (),
        overwrite: bool = False,
        about: Mapping[str, Any] | None = None,
    ) -> None:
        if interval < 1:
            raise ValueError(f"interval is {interval}; it must be 1 or more")
        self._optimizer = optimizer
        self._interval = interval
        inputs = None if probe is None else probe[0].detach().clone().to(device_of(model))
        plans = plan_layers(model, inputs, neuron_cap, unit_rule)
        self._taker = PassTaker(model, optimizer, plans, inputs)
        header = schema.Header(
            format=schema.FORMAT,
            version=schema.VERSION,
            run=schema.Run(
                **{
                    "created": datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
                    "interval": interval,
                    "neuron_cap": neuron_cap,
                    "unit_rule": unit_rule,
                    "framework": f"torch {torch.__version__}",
                    "strobe": collector.__version__,
                    "model": type(model).__name__,
                    "optimizer": type(optimizer).__name__,
                    **(about or {}),
                }
            ),
            layers=[plan.to_schema() for plan in plans],
            probe=None if probe is None else _describe_probe(probe, class_names, mean, std),
        )
        self._log = RunLog(Path(path), header, overwrite=overwrite)
        self._taken: Taken | None = None
        self._last_pass_at = -1
        self._hooks = [
            optimizer.register_step_pre_hook(self._before_step),
            optimizer.register_step_post_hook(self._after_step),
        ]

    @property
    def steps_taken(self) -> int:
        """Optimizer steps since the collector was made."""
        return self._log.steps_taken

    def log(self, **values: float | Tensor) -> None:
        """Scalars of the step just taken (or under way), as ``log(loss=loss, accuracy=accuracy)``."""
        if self._log.is_open:
            self._log.log({name: v.detach() if isinstance(v, Tensor) else v for name, v in values.items()})

    def end_epoch(self, **metrics: float) -> None:
        """Say that an epoch has ended, and how."""
        with self._log.guard("ending an epoch"):
            self._log.end_epoch(metrics)

    def close(self) -> None:
        """Take the last pass, write the index, remove the hooks. Calling it again does nothing."""
        for hook in self._hooks:
            hook.remove()
        if not self._hooks:
            return
        self._hooks = []
        with self._log.guard("taking the last pass"):
            if self._log.is_open and self._last_pass_at < self.steps_taken:
                taken = self._taker.state()
                taken.scalars.clear()  # scalars belong to steps, and no step follows this state
                self._write(taken)
        with self._log.guard("finishing the file"):
            self._log.close()

    def __enter__(self) -> "Collector":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _before_step(self, *_: Any) -> None:
        self._taken = None
        if self._log.is_open and is_pass_due(self.steps_taken, self._interval):
            with self._log.guard("taking a pass before the optimizer's step"):
                self._taken = self._taker.before_step()

    def _after_step(self, *_: Any) -> None:
        if not self._log.is_open:
            return
        with self._log.guard("taking a pass after the optimizer's step"):
            if self._taken is not None:
                self._taker.after_step(self._taken)
                self._write(self._taken)
            self._taken = None
        with self._log.guard("recording a step"):
            for number, group in enumerate(self._optimizer.param_groups):
                name = "learning_rate" if number == 0 else f"learning_rate/group{number}"
                self._log.put(name, self.steps_taken, group["lr"])
            self._log.after_step()

    def _write(self, taken: Taken) -> None:
        step = self.steps_taken
        for name, value in taken.scalars.items():
            self._log.put(name, step, value)
        self._log.add_pass(taken.to_record(step))
        self._last_pass_at = step


def _describe_probe(
    probe: tuple[Tensor, Tensor | None],
    class_names: Sequence[str],
    mean: Sequence[float],
    std: Sequence[float],
) -> schema.Probe:
    inputs, labels = probe
    return schema.Probe(
        inputs=np.array(to_numpy(inputs)),  # type: ignore[arg-type]
        labels=None if labels is None else labels.detach().cpu().numpy().astype(np.int64),  # type: ignore[arg-type]
        class_names=[str(name) for name in class_names],
        mean=[float(each) for each in mean],
        std=[float(each) for each in std],
    )
