"""Collects a training by Lightning's Trainer."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

try:
    from lightning.pytorch import Callback, LightningModule, Trainer
except ImportError:  # the same under its older name
    from pytorch_lightning import Callback, LightningModule, Trainer
import torch
from torch import nn

from collector.capture.guard import Guard
from collector.lightning.logged_by_module import LoggedByModule
from collector.lightning.step_values import StepValues
from collector.lightning.validation import ValidationMetrics
from collector.pytorch import Collector
from collector.pytorch.optimizers import parameters_of
from collector.pytorch.probe_from_data import GIVE_ONE, Probe, checked, first_samples, probe_of
from collector.storage import CollectionError


class CollectorCallback(Callback):
    """Records what `Trainer.fit` does into a collection, without touching it.

    ::

        trainer = Trainer(max_epochs=3, callbacks=[CollectorCallback("run.json")])
        trainer.fit(module, train_loader, validation_loader)

    The file is made when the training starts and finished when it ends, by an error too. The gradients recorded are
    those that the optimizer is given: accumulated, clipped and unscaled. ``loss`` is that of the optimizer's step, the
    mean over the batches that it accumulates; what else `training_step` returns is recorded as their mean. An epoch's
    results are what the module logged, with ``val_…`` as ``test_…``. Under manual optimization also what the module
    logs in `training_step` is recorded, each value with the optimizer's step that it was logged at.

    Args:
        path: the collection to write.
        probe: held-out samples and their class numbers, as `Collector` takes them. Without one: the first samples of
            the validation data, which the module's ``forward`` is given as the loader makes them.
        submodule: name of the network inside the module, where the module has no ``forward`` of its own or only a
            part is to be recorded; the probe is what that part is given.
        optimizer: number of the one optimizer whose steps are counted, where the module has several; several callbacks
            may each follow their own. None: all that update what is recorded, each at its own rate (see `Collector`).
        options: what else `Collector` takes, as ``interval=50``.

    Raises:
        CollectionError: at the start of the training, where the file exists or cannot be made.
        ValueError: a bad option, or an optimizer that the module does not have.
        TypeError: an option that `Collector` does not have.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        probe: Probe | None = None,
        submodule: str = "",
        optimizer: int | None = None,
        **options: Any,
    ) -> None:
        inspect.signature(Collector).bind(None, None, path, probe=probe, **options)
        self._path = Path(path)
        self._probe = probe
        self._submodule = submodule
        self._number = optimizer
        self._options = options
        self._values = StepValues()
        self._logged: LoggedByModule | None = None
        self._validation = ValidationMetrics()
        self.collector: Collector | None = None
        """The collector of the training under way, to log more to; None before and after."""

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Model and optimizer are there, where they are trained, with the weights of a checkpoint if there is one."""
        self.close()
        try:
            self.collector = self._made(trainer, pl_module)
        except (CollectionError, ValueError):
            raise
        except Exception as error:  # noqa: BLE001 - the training goes on without us
            Guard(lambda text: None).say(f"Strobe could not begin to collect: {type(error).__name__}: {error}")
            return
        self._values = StepValues(trainer.global_step, self.collector.steps_taken)
        if not pl_module.automatic_optimization:
            self._logged = LoggedByModule(trainer, pl_module, self.collector)
        self._validation = ValidationMetrics()

    def _made(self, trainer: Trainer, module: LightningModule) -> Collector:
        model = self._model(module)
        optimizer = self._optimizer(trainer, model)
        probe, problem = self._probe, ""
        if probe is None:
            try:
                probe = probe_of(_validation_samples(trainer, module))
                probe = checked(trainer.precision_plugin.convert_input(probe), model, self._options)
            except ValueError as error:
                probe, problem = None, f"There is no probe, so no activations are recorded: {error}. {GIVE_ONE}"
        collector = Collector(model, optimizer, self._path, probe=probe, **self._options)
        if problem:
            collector.note(problem, warns=True)
        return collector

    def _model(self, module: LightningModule) -> nn.Module:
        try:
            return module.get_submodule(self._submodule)
        except AttributeError:
            known = ", ".join(repr(name) for name, _ in module.named_children())
            raise ValueError(f"the module has no submodule {self._submodule!r}; it has {known}") from None

    def _optimizer(self, trainer: Trainer, model: nn.Module) -> torch.optim.Optimizer | list[torch.optim.Optimizer]:
        n_optimizers = len(trainer.optimizers)
        if n_optimizers == 0:
            raise ValueError("the module has no optimizer, so there are no steps to record; leave the callback out")
        if self._number is None and n_optimizers > 1:
            own = set(model.parameters())
            return [each for each in trainer.optimizers if own & parameters_of(each)] or list(trainer.optimizers)
        number = self._number or 0
        if not 0 <= number < n_optimizers:
            raise ValueError(f"optimizer is {number}; the module has {n_optimizers}, counted from 0")
        return trainer.optimizers[number]

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        """What the step is given; the module itself is not called by a `training_step`."""
        if self.collector is not None and not self._submodule:
            self.collector.hold_inputs(batch=batch)

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """A batch, and with the last one of those accumulated a step, is done."""
        if self.collector is None:
            return
        logged = () if self._logged is None else self._logged.names
        self._values.add({name: value for name, value in (outputs or {}).items() if name not in logged})
        if values := self._values.of_step(trainer.global_step, self.collector.steps_taken):
            self.collector.log(**values)

    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """What was there before is not of this validation."""
        self._validation.begin(trainer.callback_metrics)

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """What has come is."""
        if not trainer.sanity_checking:
            self._validation.end(trainer.callback_metrics)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Training and validation of the epoch are done."""
        if self.collector is not None:
            self.collector.end_epoch(**self._validation.results(trainer.callback_metrics))

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Take the last pass and finish the file."""
        self.close()

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Finish the file with what there is."""
        self.close()

    def close(self) -> None:
        """Finish the file and remove the hooks. Calling it again does nothing."""
        if self._logged is not None:
            self._logged.close()
            self._logged = None
        if self.collector is not None:
            self.collector.close()
            self.collector = None


def _validation_samples(trainer: Trainer, module: LightningModule) -> Any:
    """The first samples of the first validation loader, as a batch.

    Raises:
        ValueError: there are none that can be read without touching the training.
    """
    loader = trainer.val_dataloaders
    while isinstance(loader, Mapping | list | tuple) and loader:
        loader = next(iter(loader.values() if isinstance(loader, Mapping) else loader))
    if not isinstance(loader, torch.utils.data.DataLoader):
        raise ValueError("there is no validation loader of the type torch.utils.data.DataLoader")
    return first_samples(module, loader.dataset, loader.collate_fn)
