"""What collecting costs a training with Keras: processor time of a step with the collector over that without, in turn.

TensorFlow has one thread, so that what is counted is work and not waiting for more of it.
"""

import os
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from models.keras_start import start_tensorflow

os.environ["TF_NUM_INTRAOP_THREADS"] = os.environ["TF_NUM_INTEROP_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
start_tensorflow()

import keras  # noqa: E402 - once it is quiet
import numpy as np  # noqa: E402

from collector import InsightOptions, KerasCollector  # noqa: E402
from models.keras_networks import build, build_optimizer  # noqa: E402
from tests.benchmarks.row import Row, hand_over  # noqa: E402

SIZES = {"keras_mlp": ((1, 28, 28), 200), "keras_cnn": ((3, 32, 32), 50)}
"""Model → picture, and steps timed at once: an epoch, in which a pass is due each 50 of them."""

N_ROUNDS = 9

SIDES: dict[str, tuple[str, dict[str, Any]]] = {
    "off": ("≤ 1.03", {"insight": None}),
    "insight each 10": ("≤ 1.06 / 1.04", {}),
    "insight each 1": ("≤ 1.25 / 1.15", {"insight": InsightOptions(interval=1)}),
    "insight each 10, black_box=16": ("≤ 1.02 of that without", {"black_box": 16}),
}


class Timer(keras.callbacks.Callback):
    """Processor time of the latest epoch. It hears nothing of the steps, which would cost a plain training too."""

    seconds = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._began = time.process_time()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.seconds = time.process_time() - self._began


class Listener(keras.callbacks.Callback):
    """Does nothing at each step, for which Keras reads its logs."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.latest = logs


class Trained:
    """A model in training, an epoch at a time."""

    def __init__(self, name: str, callbacks: list[keras.callbacks.Callback]) -> None:
        ((channels, height, width), n_steps), chance = SIZES[name], np.random.default_rng(0)
        self._pictures = chance.random((64 * n_steps, height, width, channels), np.float32)
        self._labels = chance.integers(0, 10, len(self._pictures))
        self._model = build(name, SIZES[name][0], 10)
        loss = "sparse_categorical_crossentropy"
        self._model.compile(build_optimizer("adam"), loss, metrics=["accuracy"])
        self._callbacks = callbacks

    def seconds(self) -> float:
        """Seconds of an epoch, without what `fit` does around it."""
        timer = Timer()
        callbacks = [*self._callbacks, timer]
        self._model.fit(self._pictures, self._labels, batch_size=64, verbose=0, shuffle=False, callbacks=callbacks)
        return timer.seconds


def measure(folder: Path) -> list[Row]:
    rows = []
    for name, (shape, n_steps) in SIZES.items():
        sides = {"plain": Trained(name, []), "again": Trained(name, []), "listened to": Trained(name, [Listener()])}
        for side, (_, options) in SIDES.items():
            probe = (np.zeros((16, *shape[1:], shape[0]), np.float32), None)
            collector = KerasCollector(folder / f"{name} {side}.json", probe=probe, interval=50, **options)
            sides[side] = Trained(name, [collector])
        taken: dict[str, list[float]] = {side: [] for side in sides}
        order = list(sides)
        for number in range(N_ROUNDS + 1):
            for side in order:
                seconds = sides[side].seconds()
                if number:  # the first one traces
                    taken[side].append(seconds)
            order.reverse()  # so that a machine that gets slower is unjust to nobody

        def over(side: str, other: str, taken: dict[str, list[float]] = taken) -> float:
            return median(one / two for one, two in zip(taken[side], taken[other], strict=True))

        def least(side: str, taken: dict[str, list[float]] = taken) -> float:
            return min(taken[side]) / min(taken["plain"])

        beside = (
            f"plain {median(taken['plain']) / n_steps * 1e3:.2f} ms a step; plain again ÷ plain "
            f"{over('again', 'plain'):.3f}; with a callback that hears of the steps {over('listened to', 'plain'):.3f}"
        )
        for side, (goal, _) in SIDES.items():
            what = f"cost of recording with Keras, passes every 50, {side}, processor time, one thread"
            of_box = f"÷ that without {over(side, 'insight each 10'):.3f}; " if "black_box" in side else ""
            also = f"{of_box}of the least of all rounds {least(side):.3f}; {beside}; load {os.getloadavg()[0]:.1f}"
            rows.append(Row(what, f"{name}, batch 64", goal, f"{over(side, 'plain'):.3f}", also))
    return rows


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        hand_over(measure(Path(place)))
