"""The `train` half of the program: data, model, optimizer and callbacks put together from the options."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

from torch import nn

import data
from collector import InsightOptions, open_collection
from data.pictures import DataSource
from models.build import build
from models.checkpoint import Checkpoint, CheckpointCallback, go_on_from, read_checkpoint
from models.collect import CollectCallback
from models.metrics import MetricsCallback
from models.model_save import ModelSaveCallback
from models.names import KERAS_MODELS, check_pair
from models.optimizers import build_optimizer
from models.options import TrainOptions
from models.place import ALONE, Place
from models.progress import ProgressCallback
from models.projection import projection_options
from models.ranks import RanksTrainer, device_for, first_one_first
from models.seeds import seed_everything
from models.signals import signal_options
from models.step_scalars import write_step_scalars
from models.training import Callback, Trainer


class Stoppable(Protocol):
    """What a signal can stop after its step."""

    def stop(self) -> None: ...


def train(options: TrainOptions, place: Place = ALONE) -> None:
    """Train and collect. Ctrl+C, or a request to terminate, ends the training after its step and keeps the file.

    Args:
        place: this process among those that train together.

    Raises:
        DataError, WrongPairError, CollectionError, ValueError: in words for the user.
    """
    is_resumed = options.resume and options.collection_path.exists()
    checkpoint = _checkpoint(options.collection_path) if is_resumed else None
    if checkpoint is not None:
        options = replace(options, seed=checkpoint.asked_seed)
    with first_one_first(place):
        source = data.load(options.dataset, options.data_root, strict=options.strict_data, seed=options.seed or 0)
    check_pair(options.model_name, options.dataset, source.shape)
    if source.note and place.is_first:
        say(source.note)
    seed = seed_everything(options.seed if checkpoint is None else checkpoint.seed)
    if options.model_name in KERAS_MODELS:
        from models.keras_start import start_tensorflow

        start_tensorflow()
        from models.keras_run import train_source

        train_source(options, source, seed)
    else:
        _train_source(options, source, seed, place, checkpoint)
    if place.is_first:
        write_step_scalars(options.collection_path, options.collection_path.with_suffix(".tensorboard"))


def _train_source(
    options: TrainOptions, source: DataSource, seed: int, place: Place, checkpoint: Checkpoint | None
) -> None:
    path = options.collection_path
    device = device_for(place)
    model = build(options.model_name, source.shape, source.n_classes).to(device)
    optimizer = build_optimizer(options.optimizer, model.parameters(), options.lr, options.model_name)
    train_loader, test_loader = data.loaders(source, options.batch_size, seed, place.rank, place.n_ranks)
    steps_per_epoch = len(train_loader)
    together = f" and {place.n_ranks} processes" if place.n_ranks > 1 else ""
    tell = say if place.is_first else _silent
    tell(
        f"{options.model_name} ({sum(each.numel() for each in model.parameters()):,} parameters) learns {source.used} "
        f"({len(source.train):,} pictures) for {options.epochs} epoch{'s' * (options.epochs != 1)} "
        f"of {steps_per_epoch} steps on {device}{together}, seed {seed}."
    )
    if checkpoint is not None:
        say(f"It goes on behind step {checkpoint.step} of {path}.")
    probe = data.choose_probe(source, options.probe_samples)
    about_run = collector_options(options, source, seed, steps_per_epoch)
    about_run |= projection_options(options, source, [name for name, _ in model.named_modules() if name])
    maps = {"feature_maps": options.feature_maps, "feature_samples": options.feature_samples}
    about_run["resume"] = False if checkpoint is None else checkpoint.step
    collect = CollectCallback(path, probe, **about_run, **signal_options(options, source, seed), **maps)
    of_run = {
        "created": checkpoint.created if checkpoint else about_run["about"]["created"],
        "asked_seed": options.seed,
        "seed": seed,
    }
    callbacks: list[Callback] = [collect]
    if place.n_ranks == 1:
        callbacks.append(CheckpointCallback(path, **of_run))
    if place.is_first:
        metrics, save = MetricsCallback(path.with_suffix(".tensorboard")), ModelSaveCallback(path.with_suffix(".pth"))
        callbacks += [ProgressCallback(), metrics, save]
    kind = Trainer if place.n_ranks == 1 else RanksTrainer
    trainer = kind(model, optimizer, nn.CrossEntropyLoss(), train_loader, test_loader, callbacks, device)
    if checkpoint is not None:
        go_on_from(checkpoint, trainer, path)
    with stopped_by_signals(trainer):
        trainer.fit(options.epochs)
    ending = "was stopped" if trainer.stopped else "ended"
    tell(f"The training {ending} after {trainer.step} steps. Collection: {path}")


def _checkpoint(path: Path) -> Checkpoint:
    """What the run of this collection goes on from."""
    with open_collection(path) as existing:
        created = existing.run.created
    return read_checkpoint(path, created)


def collector_options(options: TrainOptions, source: DataSource, seed: int, steps_per_epoch: int) -> dict[str, Any]:
    """What the collector of any framework is told besides the path and the probe."""
    about = {
        "created": datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
        "model": options.model_name,
        "optimizer": options.optimizer,
        "dataset": source.asked,
        "data_used": source.used,
        "data_note": source.note or "",
        "seed": seed,
        "steps_per_epoch": steps_per_epoch,
        "total_steps": steps_per_epoch * options.epochs,
        "options": options.recorded() | {"seed": seed},
    }
    return {
        "interval": options.interval,
        "neuron_cap": options.neuron_cap,
        "budget": options.budget,
        "insight": InsightOptions(
            interval=options.insight_interval,
            sample=options.insight_sample,
            sign_columns=options.sign_columns,
            sample_seed=seed,
            sign_interval=options.sign_interval,
        ),
        "unit_rule": options.unit_rule,
        "class_names": source.class_names,
        "mean": source.mean,
        "std": source.std,
        "overwrite": options.force,
        "durable": options.durable,
        "about": about,
    }


def say(text: str) -> None:
    """A line on the terminal, there at once even in a log."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _silent(text: str) -> None:
    """Another process says it."""


@contextmanager
def stopped_by_signals(trainer: Stoppable) -> Iterator[None]:
    """SIGINT and SIGTERM stop the trainer cleanly; a second one of them is what it always was."""

    def stop(number: int, frame: FrameType | None) -> None:
        trainer.stop()
        signal.signal(number, before[signal.Signals(number)])

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
