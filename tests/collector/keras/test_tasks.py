"""What Keras models give is kept in any form, and told apart by the loss they are compiled with."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from collector.keras import KerasCollector
from collector.storage import Collection, open_collection

RANDOM = np.random.default_rng(0)


def trained(path: Path, model: keras.Model, loss: Any, x: np.ndarray, y: np.ndarray, **options: Any) -> Collection:
    model.compile("sgd", loss)
    options = {"probe": (x[:4], y[:4]), "interval": 1, "insight": None} | options
    model.fit(x, y, batch_size=8, epochs=1, verbose=0, shuffle=False, callbacks=[KerasCollector(path, **options)])
    return open_collection(path)


def test_values_labels_and_one_hot_classes(tmp_path: Path) -> None:
    x = RANDOM.random((8, 3)).astype("f4")
    values, several = RANDOM.random(8).astype("f4"), (RANDOM.random((8, 2)) > 0.5).astype("f4")
    several[0] = 1
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    before = model.predict(x[:4], verbose=0)
    with trained(tmp_path / "values.json", model, "mse", x, values) as found:
        assert found.task.kind == "values"
        np.testing.assert_allclose(found.passes[0].logits, before, rtol=1e-6)
        np.testing.assert_array_equal(found.probe.targets, values[:4])
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="sigmoid")])
    with trained(tmp_path / "labels.json", model, "binary_crossentropy", x, several) as found:
        assert (found.task.kind, found.task.ends_in_sigmoid) == ("labels", True)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="softmax")])
    one_hot = np.eye(2, dtype="f4")[np.arange(8) % 2]
    with trained(tmp_path / "classes.json", model, "categorical_crossentropy", x, one_hot) as found:
        assert found.task.kind == "classes"
        assert found.probe.labels.tolist() == [0, 1, 0, 1]


def test_pictures_and_masks_have_their_channels_first(tmp_path: Path) -> None:
    x = RANDOM.random((8, 6, 6, 1)).astype("f4")
    model = keras.Sequential([keras.Input((6, 6, 1)), keras.layers.Conv2D(1, 3, padding="same")])
    before = model.predict(x[:4], verbose=0)
    with trained(tmp_path / "again.json", model, "mse", x, x) as found:
        assert found.task.kind == "reconstruction"
        np.testing.assert_allclose(found.passes[0].outputs, before.transpose(0, 3, 1, 2), rtol=1e-5)
    masks = (x[..., 0] > 0.5).astype("i4")
    model = keras.Sequential([keras.Input((6, 6, 1)), keras.layers.Conv2D(2, 1, activation="softmax")])
    with trained(tmp_path / "masks.json", model, "sparse_categorical_crossentropy", x, masks) as found:
        assert found.task.kind == "segmentation"
        assert found.passes[0].outputs.shape == (4, 2, 6, 6)


def test_tokens(tmp_path: Path) -> None:
    x = RANDOM.integers(0, 12, (8, 5)).astype("i4")
    y = np.roll(x, -1, 1)
    model = keras.Sequential(
        [keras.Input((5,), dtype="int32"), keras.layers.Embedding(12, 4), keras.layers.Dense(12, activation="softmax")]
    )
    before = model.predict(x[:4], verbose=0)
    names = [f"word{number}" for number in range(12)]
    with trained(tmp_path / "run.json", model, "sparse_categorical_crossentropy", x, y, tokenizer=names) as found:
        top = found.passes[0].token_logits
        assert found.task.kind == "tokens"
        np.testing.assert_array_equal(top.numbers[..., 0], before.argmax(2))
        np.testing.assert_allclose(top.probabilities[..., 0], before.max(2), rtol=1e-4)
        wanted = np.take_along_axis(before, y[:4, :, None].astype(int), 2)[..., 0]
        np.testing.assert_allclose(np.exp(top.true - top.log_sum_exp), wanted, rtol=1e-4)
        assert found.token_names == dict(enumerate(names))


def test_a_task_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="task is 'regress'"):
        KerasCollector(tmp_path / "run.json", task="regress")


def test_labels_by_name_are_the_classes_and_one_other(tmp_path: Path) -> None:
    x = RANDOM.random((8, 3)).astype("f4")
    kinds, sizes = np.arange(8) % 2, RANDOM.random(8).astype("f4")
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    named = {"size": sizes[:4], "kind": kinds[:4], "other": kinds[:4]}
    with trained(tmp_path / "run.json", model, "mse", x, x[:, :2], probe=(x[:4], named)) as found:
        assert found.probe.labels.tolist() == [0, 1, 0, 1]
        np.testing.assert_array_equal(found.probe.targets, sizes[:4])
        assert "the file holds kind and size; not in it: other." in found.notes[0].text
