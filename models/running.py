"""What a run with PyTorch and one with Keras have in common: what the collector is told, and what the terminal."""

import sys
from datetime import UTC, datetime
from typing import Any

from collector import InsightOptions
from data.pictures import DataSource
from models.metric_choice import metrics_of
from models.options import TrainOptions


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
        "black_box": options.black_box,
        "metrics": metrics_of(options.metrics),
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


def start_text(
    options: TrainOptions, source: DataSource, *, n_parameters: int, steps_per_epoch: int, how: str, seed: int
) -> str:
    """What begins, in a sentence; ``how``: on which device, or with what."""
    return (
        f"{options.model_name} ({n_parameters:,} parameters) learns {source.used} ({len(source.train):,} pictures) "
        f"for {options.epochs} epoch{'s' * (options.epochs != 1)} of {steps_per_epoch} steps {how}, seed {seed}."
    )


def end_text(options: TrainOptions, n_steps: int, *, stopped: bool) -> str:
    """How it ended, in a sentence."""
    ending = "was stopped" if stopped else "ended"
    return f"The training {ending} after {n_steps} steps. Collection: {options.collection_path}"


def say(text: str) -> None:
    """A line on the terminal, there at once even in a log."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say_nothing(text: str) -> None:
    """Another process says it."""
