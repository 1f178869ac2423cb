"""The `train` half of the program: data, model, optimizer and callbacks put together from the options."""

from dataclasses import replace
from pathlib import Path

from torch import nn

import data
from collector import open_collection
from data.pictures import DataSource
from models.build import build
from models.checkpoint import Checkpoint, CheckpointCallback, go_on_from, read_checkpoint
from models.collect import CollectCallback
from models.metric_choice import chosen
from models.metrics import MetricsCallback
from models.model_save import ModelSaveCallback
from models.names import KERAS_MODELS, check_pair
from models.optimizers import build_optimizer
from models.options import TrainOptions
from models.progress import ProgressCallback
from models.projection import projection_options
from models.rank import ALONE, Rank
from models.ranks import RanksTrainer, device_for, first_one_first
from models.running import collector_options, end_text, say, say_nothing, start_text
from models.seeds import seed_everything
from models.similarity_options import similarity_options
from models.step_scalars import write_step_scalars
from models.stopping import stopped_by_signals
from models.stories import story_options
from models.training import Callback, Trainer


def train(options: TrainOptions, rank: Rank = ALONE) -> None:
    """Train and collect. Ctrl+C, or a request to terminate, ends the training after its step and keeps the file.

    Args:
        rank: this process among those that train together.

    Raises:
        DataError, WrongPairError, CollectionError, ValueError: in words for the user.
    """
    is_resumed = options.resume and options.collection_path.exists()
    checkpoint = _checkpoint(options.collection_path) if is_resumed else None
    if checkpoint is not None:
        options = replace(options, seed=checkpoint.asked_seed)
    tell = say if rank.is_first else say_nothing
    tell(f"Loading {options.dataset}…")
    with first_one_first(rank):
        source = data.load(options.dataset, options.data_root, strict=options.strict_data, seed=options.seed or 0)
    check_pair(options.model_name, options.dataset, source.shape)
    if source.note:
        tell(source.note)
    seed = seed_everything(options.seed if checkpoint is None else checkpoint.seed)
    if options.model_name in KERAS_MODELS:
        from models.keras_start import start_tensorflow

        start_tensorflow()
        from models.keras_run import train_source

        train_source(options, source, seed)
    else:
        _train_source(options, source, seed, rank, checkpoint)
    if rank.is_first:
        write_step_scalars(options.collection_path, options.collection_path.with_suffix(".tensorboard"))


def _train_source(
    options: TrainOptions, source: DataSource, seed: int, rank: Rank, checkpoint: Checkpoint | None
) -> None:
    path = options.collection_path
    device = device_for(rank)
    model = build(options.model_name, source.shape, source.n_classes).to(device)
    optimizer = build_optimizer(options.optimizer, model.parameters(), options.lr, options.model_name)
    train_loader, test_loader = data.loaders(source, options.batch_size, seed, rank.number, rank.world_size)
    steps_per_epoch = len(train_loader)
    how = f"on {device}" + (f" and {rank.world_size} processes" if rank.world_size > 1 else "")
    n_parameters = sum(each.numel() for each in model.parameters())
    tell = say if rank.is_first else say_nothing
    tell(start_text(options, source, n_parameters=n_parameters, steps_per_epoch=steps_per_epoch, how=how, seed=seed))
    if checkpoint is not None:
        tell(f"It goes on behind step {checkpoint.step} of {path}.")
    probe = data.choose_probe(source, options.probe_samples)
    about_run = collector_options(options, source, seed, steps_per_epoch)
    about_run |= projection_options(options, source, [name for name, _ in model.named_modules() if name])
    about_run |= story_options(options, source)
    maps = {"feature_maps": options.feature_maps, "feature_samples": options.feature_samples}
    about_run["resume"] = False if checkpoint is None else checkpoint.step
    criterion = nn.CrossEntropyLoss()
    about_run["loss"] = criterion if "sharpness" in chosen(options.metrics) else None
    collect = CollectCallback(path, probe, **about_run, **similarity_options(options, source, seed), **maps)
    of_run = {
        "created": checkpoint.created if checkpoint else about_run["about"]["created"],
        "asked_seed": options.seed,
        "seed": seed,
    }
    callbacks: list[Callback] = [collect]
    if rank.world_size == 1:
        callbacks.append(CheckpointCallback(path, **of_run))
    if rank.is_first:
        metrics, save = MetricsCallback(path.with_suffix(".tensorboard")), ModelSaveCallback(path.with_suffix(".pth"))
        callbacks += [ProgressCallback(), metrics, save]
    kind = Trainer if rank.world_size == 1 else RanksTrainer
    trainer = kind(model, optimizer, criterion, train_loader, test_loader, callbacks, device)
    if checkpoint is not None:
        go_on_from(checkpoint, trainer, path)
    if checkpoint is None:
        tell("The first pass is being recorded…")
    with stopped_by_signals(trainer):
        trainer.fit(options.epochs)
    tell(end_text(options, trainer.step, stopped=trainer.stopped))


def _checkpoint(path: Path) -> Checkpoint:
    """What the run of this collection goes on from."""
    with open_collection(path) as existing:
        created = existing.run.created
    return read_checkpoint(path, created)
