"""Of a large model some values are counted; its norms are those of all values all the same."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from collector import InsightOptions, KerasCollector, open_collection

Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
layers = keras.layers


class Looks(keras.callbacks.Callback):
    """Notes the weights before each step, and gives layers that learn nothing others before some steps."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[dict[str, list[np.ndarray]]] = []

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        for step, name in ((2, "still"), (3, "quiet")):
            if batch == step:
                kernel = self.model.get_layer(name).kernel
                kernel.assign(3 * kernel)
        self.look()

    def on_train_end(self, logs: Any = None) -> None:
        self.look()

    def look(self) -> None:
        self.seen.append({each.name: [one.copy() for one in each.get_weights()] for each in self.model.layers})


def size(arrays: list[np.ndarray]) -> float:
    return float(np.sqrt(sum(np.square(each, dtype=np.float64).sum() for each in arrays)))


def test_that_norms_are_those_of_all_values_also_of_layers_that_only_the_user_changes(
    path: Path, samples: Samples
) -> None:
    data, looks = samples(40, 64), Looks()
    model = keras.Sequential(
        [
            keras.Input((64,)),
            layers.Dense(128, name="still", trainable=False),
            layers.Dense(40, name="large"),
            layers.Dense(20, name="quiet", trainable=False),
            layers.Dense(3, activation="softmax", name="out"),
        ]
    )
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    insight = InsightOptions(interval=1, sample=2048, sign_interval=0)
    collector = KerasCollector(path, probe=(data[0][:4], data[1][:4]), interval=9, insight=insight)
    model.fit(*data, batch_size=8, shuffle=False, verbose=0, callbacks=[looks, collector])

    with open_collection(path) as collection:
        assert set(collection.insight.sampled) >= {"still", "large"}
        for layer in looks.seen[0]:
            before = [size(each[layer]) for each in looks.seen]
            steps, norms = collection.series.recorded(f"weight_norm/{layer}")
            assert steps.tolist() == [0, 1, 2, 3, 4]
            assert norms == pytest.approx(before[:5], rel=1e-6)
            steps, norms = collection.series.recorded(f"update_norm/{layer}")
            moved = [
                [now - then for now, then in zip(looks.seen[step + 1][layer], looks.seen[step][layer], strict=True)]
                for step in steps
            ]
            is_still = layer in ("still", "quiet")  # whose changes are no updates
            assert norms == pytest.approx([0.0 if is_still else size(each) for each in moved], rel=1e-5)
