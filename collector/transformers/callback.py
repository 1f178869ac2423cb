"""Collects a training by the Trainer of Hugging Face."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from torch import nn
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from collector.capture.guard import Guard
from collector.pytorch import Collector
from collector.pytorch.epoch_results import results
from collector.pytorch.probe_from_data import GIVE_ONE, Probe, checked, first_samples, probe_of
from collector.storage import CollectionError
from collector.transformers.losses import ModelLosses

_OF_THE_CLOCK = ("_runtime", "_per_second", "_preparation_time")


class CollectorCallback(TrainerCallback):
    """Records what `Trainer.train` does into a collection, without touching it.

    ::

        with CollectorCallback("run.json", probe=eval_dataset) as callback:
            Trainer(model, args, train_dataset=…, eval_dataset=eval_dataset, callbacks=[callback]).train()

    The file is made when the training starts and finished when it ends; the Trainer does not tell its callbacks of an
    error, which is why the callback is a context manager too. The gradients recorded are those that the optimizer is
    given: accumulated, clipped and unscaled. ``loss`` is that of the optimizer's step, over the batches that it
    accumulates, as the model returns it; where it returns none, the mean that the Trainer logs. An epoch's results are
    those of the last evaluation, with ``eval_…`` as ``test_…``.

    Args:
        path: the collection to write.
        probe: held-out samples and their class numbers, as `Collector` takes them; or a dataset of the kind that the
            Trainer evaluates, whose first samples are put together by its own data collator. None: there are no
            activations.
        options: what else `Collector` takes, as ``interval=50``.

    Raises:
        CollectionError: at the start of the training, where the file exists or cannot be made.
        ValueError: a bad option.
        TypeError: an option that `Collector` does not have.
    """

    def __init__(self, path: Path | str, *, probe: Probe | Any = None, **options: Any) -> None:
        inspect.signature(Collector).bind(None, None, path, **options)
        self._path = Path(path)
        self._probe = probe
        self._options = options
        self._losses: ModelLosses | None = None
        self._has_ended_epoch = False
        self._results: dict[str, float] = {}
        self.collector: Collector | None = None
        """The collector of the training under way, to log more to; None before and after."""

    def on_train_begin(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        *,
        model: nn.Module,
        optimizer: Any,
        train_dataloader: Any,
        **given: Any,
    ) -> None:
        """Model and optimizer are there, where they are trained, with the weights of a checkpoint if there is one."""
        self.close()
        try:
            self.collector = self._made(args, model, optimizer, train_dataloader)
        except (CollectionError, ValueError):
            raise
        except Exception as error:  # noqa: BLE001 - the training goes on without us
            Guard(lambda text: None).say(f"Strobe could not begin to collect: {type(error).__name__}: {error}")
            return
        # Compiled code would be compiled anew for a hook on the model.
        n_sharing = args.world_size if getattr(args, "average_tokens_across_devices", False) else 1
        self._losses = ModelLosses(None if args.torch_compile else model, n_sharing)
        self._has_ended_epoch = False
        self._results = {}

    def _made(self, args: TrainingArguments, model: nn.Module, optimizer: Any, loader: Any) -> Collector:
        probe, problem = self._probe, ""
        if probe is not None and not isinstance(probe, tuple):
            try:
                dataset = _Columns(probe, _column_names(args, model))
                probe = checked(probe_of(first_samples(model, dataset, loader.collate_fn)), model, self._options)
            except ValueError as error:
                probe, problem = None, f"There is no probe, so no activations are recorded: {error}. {GIVE_ONE}"
        collector = Collector(model, optimizer, self._path, probe=probe, **self._options)
        if problem:
            collector.note(problem, warns=True)
        return collector

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any) -> None:
        """The optimizer has taken a step, or left it out where gradients overflowed."""
        if self.collector is not None and self._losses is not None:
            loss = self._losses.of_step(self.collector.steps_taken)
            if loss is not None:
                self.collector.log(loss=loss)

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **given: Any,
    ) -> None:
        """The Trainer tells the mean of the loss since it last did."""
        if self.collector is None or self._losses is None or "loss" not in (logs or {}):
            return
        mean = float(logs["loss"])  # type: ignore[index]
        if not self._losses.are_there:
            self.collector.log(loss=mean)
        if problem := self._losses.compared(mean, args.world_size):
            self.collector.note(problem, warns=True, once="losses compared")

    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        metrics: dict[str, Any] | None = None,
        **given: Any,
    ) -> None:
        """The evaluation of an epoch comes after its end; others come in the midst of it."""
        told = {name: each for name, each in (metrics or {}).items() if not name.endswith(_OF_THE_CLOCK)}
        self._results |= results({name: each for name, each in told.items() if name != "epoch"})
        self._end_epoch()

    def on_epoch_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any) -> None:
        """Its evaluation may still come."""
        self._has_ended_epoch = True

    def on_epoch_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any
    ) -> None:
        """It did not come."""
        self._end_epoch()

    def _end_epoch(self) -> None:
        if self._has_ended_epoch and self.collector is not None:
            self.collector.end_epoch(**self._results)
            self._has_ended_epoch = False
            self._results = {}

    def on_train_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any) -> None:
        """Take the last pass and finish the file."""
        self._end_epoch()
        if self.collector is not None and args.load_best_model_at_end and state.best_model_checkpoint:
            name = Path(state.best_model_checkpoint).name
            self.collector.note(f"The last pass shows the best checkpoint, {name}, which was loaded at the end.")
        self.close()

    def close(self) -> None:
        """Finish the file and remove the hooks. Calling it again does nothing."""
        if self._losses is not None:
            self._losses.close()
            self._losses = None
        if self.collector is not None:
            self.collector.close()
            self.collector = None

    def __enter__(self) -> "CollectorCallback":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _column_names(args: TrainingArguments, model: nn.Module) -> set[str] | None:
    """Columns that the Trainer leaves to the data collator; None: all."""
    if not args.remove_unused_columns:
        return None
    return {*inspect.signature(model.forward).parameters, "label", "label_ids", *(args.label_names or ())}


class _Columns:
    """A dataset without the columns that the model does not take, as texts."""

    def __init__(self, dataset: Any, names: set[str] | None) -> None:
        if not (hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__")):
            raise ValueError(f"held-out data of type {type(dataset).__name__} cannot be read by number")
        self._dataset = dataset
        self._names = names

    def __len__(self) -> int:
        return len(self._dataset)

    def __getitem__(self, number: int) -> Any:
        sample = self._dataset[number]
        if self._names is None or not isinstance(sample, Mapping):
            return sample
        return {name: value for name, value in sample.items() if name in self._names}
