"""Trainings by Keras that break; see `tests.black_box`."""

import os
import signal
from pathlib import Path
from typing import Any

import keras
import numpy as np

from collector.keras import KerasCollector
from tests.black_box import INTERVAL, KINDS, N_STEPS, Arrays, Break, Broken, Kept, Terminated, _give_up

N_INPUTS, N_BATCH = 20, 8


def breaks() -> list[Break]:
    """All that are planted in Keras."""
    return [Break("keras mlp", kind, 23) for kind in KINDS]


class Given(keras.optimizers.Adam):
    """Keeps what it is given."""

    given: list[np.ndarray]
    is_broken = False

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        if self.is_broken:
            raise Broken("a bad batch")
        self.given = [each.numpy().copy() for each in grads]
        super().apply(grads, trainable_variables)


class ByHand(keras.callbacks.Callback):
    """Keeps each step by hand, and breaks the training."""

    def __init__(self, planted: Break) -> None:
        super().__init__()
        self._planted, self.kept = planted, {}

    def _weights(self) -> list[np.ndarray]:
        return [each.numpy().copy() for each in self.model.trainable_variables]

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._before = self._weights()
        if batch == self._planted.step and self._planted.kind == "sigterm":
            os.kill(os.getpid(), signal.SIGTERM)
        self.model.optimizer.is_broken = batch == self._planted.step and self._planted.kind == "exception"

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        updates = [after - before for after, before in zip(self._weights(), self._before, strict=True)]
        self.kept[batch] = Kept(*map(self._named, (self._before, self.model.optimizer.given, updates)))

    def _named(self, arrays: list[np.ndarray]) -> Arrays:
        """In the axes and under the names of the file."""
        names = [f"{layer.name}.{name}" for layer in self.model.layers for name in ("weight", "bias")]
        return {name: each.T for name, each in zip(names, arrays, strict=True)}


def train(planted: Break, path: Path) -> dict[int, Kept]:
    """Train until it breaks; step → what was kept by hand."""
    keras.utils.set_random_seed(planted.step)
    layers = [keras.layers.Dense(40, "relu", name="fc1"), keras.layers.Dense(3, name="fc2")]
    model = keras.Sequential([keras.Input((N_INPUTS,)), *layers])
    model.compile(Given(), "mse", run_eagerly=True)
    chance = np.random.default_rng(0)
    inputs = chance.random((N_BATCH * (planted.step + 3), N_INPUTS), np.float32)
    targets = chance.random((len(inputs), 3), np.float32)
    rows = slice(planted.step * N_BATCH, (planted.step + 1) * N_BATCH)
    if planted.kind == "nan":
        inputs[rows] = np.nan
    elif planted.kind == "spike":
        targets[rows] *= 100
    by_hand = ByHand(planted)
    before = signal.signal(signal.SIGTERM, _give_up)
    try:
        options = {"probe": (inputs[:4], None), "interval": INTERVAL, "overwrite": True, "black_box": N_STEPS}
        with KerasCollector(path, **options) as collector:
            callbacks = [collector, by_hand]
            model.fit(inputs, targets, batch_size=N_BATCH, shuffle=False, verbose=0, callbacks=callbacks)
    except (Broken, Terminated):
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
    return by_hand.kept
