"""A training with Keras as a user would write it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.keras_start import start_tensorflow

start_tensorflow()

import keras  # noqa: E402 - once it is quiet
import numpy as np  # noqa: E402

from collector import KerasCollector  # noqa: E402

BATCH = 64

Data = tuple[np.ndarray, np.ndarray]


@dataclass
class KerasTraining:
    """What `fit` is given.

    Attributes:
        model: compiled.
        data, held_out: inputs and targets.
        epochs: of ``data``, in batches of 64.
        score: of the model at the end, higher is better.
        labels: class numbers of ``held_out``, where it has any.
        callbacks: of the user's own.
    """

    model: keras.Model
    data: Data
    held_out: Data
    epochs: int
    score: Callable[[keras.Model], float]
    labels: np.ndarray | None = None
    callbacks: list[keras.callbacks.Callback] = field(default_factory=list)


def run(training: KerasTraining, path: Path, seed: int) -> float:
    """Train and record; the score at the end."""
    keras.utils.set_random_seed(seed)
    labels = None if training.labels is None else training.labels[:64]
    per_epoch = -(-len(training.data[0]) // BATCH)
    collector = KerasCollector(
        path,
        probe=(training.held_out[0][:64], labels),
        interval=25,
        overwrite=True,
        about={"steps_per_epoch": per_epoch},
    )
    options: dict[str, Any] = {"batch_size": BATCH, "epochs": training.epochs, "verbose": 0}
    # the user's own come first: what they change before a step belongs to it
    callbacks = [*training.callbacks, collector]
    training.model.fit(*training.data, validation_data=training.held_out, callbacks=callbacks, **options)
    return training.score(training.model)
