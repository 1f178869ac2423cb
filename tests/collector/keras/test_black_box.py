"""The black box leaves the last steps of a Keras training that breaks, and changes nothing of it."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from collector import open_collection
from collector.keras import KerasCollector
from tests.black_box import Break, check
from tests.black_box_keras import breaks, train


@pytest.mark.parametrize("planted", breaks(), ids=str)
def test_that_a_break_leaves_the_steps_before_it_as_they_were(planted: Break, tmp_path: Path) -> None:
    assert check(planted, tmp_path / "run.json", train) == []


def trained(path: Path, **options: Any) -> tuple[list[float], list[np.ndarray]]:
    """Losses and last weights of a small training whose steps run as a graph."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(5, name="fc1"), keras.layers.Dense(2, name="fc2")])
    model.compile("adam", "mse")
    inputs = np.random.default_rng(0).random((40, 6), np.float32)
    losses: list[float] = []
    ask = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: losses.append(logs["loss"]),
        on_epoch_end=lambda epoch, logs: collector.dump("asked") if options else None,
    )
    collector = KerasCollector(path, interval=4, overwrite=True, **options)
    model.fit(inputs, inputs[:, :2], batch_size=4, verbose=0, callbacks=[collector, ask])
    return losses, model.get_weights()


def test_that_a_training_is_the_same_bit_for_bit_and_who_asks_gets_the_last_steps(tmp_path: Path) -> None:
    losses, weights = trained(tmp_path / "run.json")
    held_losses, held_weights = trained(tmp_path / "run.json", black_box=4)
    assert losses == held_losses
    assert all(map(np.array_equal, weights, held_weights))
    with open_collection(tmp_path / "run.json") as collection:
        assert [(each.cause, each.text, each.steps) for each in collection.dumps] == [("asked", "asked", [6, 7, 9])]
        assert collection.passes.steps.tolist() == [0, 4, 6, 7, 8, 9, 10]
        last = collection.passes[5].layers["fc2"]
        assert last.weight_gradient is not None
        assert last.weight_gradient.all()
        assert np.array_equal(last.weight + last.weight_update, held_weights[2].T)
