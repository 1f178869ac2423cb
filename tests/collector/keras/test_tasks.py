"""What the outputs of a Keras model are and shall be is in the file as a person has it who runs the model by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from collector import KerasCollector, open_collection
from collector.storage import Collection

Collect = Callable[..., Collection]
layers = keras.layers
chance = np.random.default_rng(0)


def fitted(model: keras.Model, x: Any, y: Any, path: Path, loss: Any, **options: Any) -> Collection:
    """Two steps, the last pass being that of the model as it is left."""
    model.compile("sgd", loss)
    model.fit(x, y, batch_size=4, shuffle=False, verbose=0, callbacks=[KerasCollector(path, interval=1, **options)])
    return open_collection(path)


def test_that_tokens_have_the_likeliest_of_each_position_their_texts_and_the_next_one(path: Path) -> None:
    words = chance.integers(0, 20, (8, 6)).astype(np.int32)
    model = keras.Sequential(
        [
            keras.Input((6,), dtype="int32"),
            layers.Embedding(20, 5, name="words"),
            layers.LSTM(7, return_sequences=True, name="rnn"),
            layers.Dense(20, activation="softmax", name="out"),
        ]
    )
    texts = [f"word{number}" for number in range(20)]
    with fitted(
        *(model, words, np.roll(words, -1, 1), path, "sparse_categorical_crossentropy"),
        probe=(words[:4], None),
        task="next_token",
        tokenizer=texts,
        neuron_cap=3,
    ) as collection:
        probe, last = collection.probe, collection.passes[-1]
        assert [each.text for each in collection.notes] == []
        assert probe.task.kind == "tokens"
        assert probe.token_names[3] == "word3"
        np.testing.assert_array_equal(probe.targets[:, :-1], words[:4, 1:])
        assert (probe.targets[:, -1] == -1).all()
        chances = model(words[:4]).numpy()
        top = last.token_logits
        order = np.argsort(-chances, 2, kind="stable")[..., :8]
        np.testing.assert_array_equal(top.numbers, order)
        shares = np.exp(top.values - top.log_sum_exp[..., None])
        np.testing.assert_allclose(shares, np.take_along_axis(chances, order, 2), rtol=1e-4)
        true = np.take_along_axis(chances[:, :-1], words[:4, 1:, None], 2)[..., 0]
        np.testing.assert_allclose(np.exp(top.true - top.log_sum_exp)[:, :-1], true, rtol=1e-4)
        assert np.isnan(top.true[:, -1]).all()
        made = model.layers[1](model.layers[0](words[:4])).numpy()
        kept = collection.layers["rnn"].kept
        np.testing.assert_array_equal(last.layers["rnn"].sequence, made[:, :, kept].astype(np.float16))


def test_that_a_reconstruction_is_kept_as_a_picture_beside_its_target(path: Path) -> None:
    pictures = chance.uniform(size=(8, 6, 4, 2)).astype(np.float32)
    model = keras.Sequential([keras.Input((6, 4, 2)), layers.Conv2D(2, 3, padding="same", name="conv")])
    with fitted(model, pictures, pictures, path, "mse", probe=(pictures[:4], pictures[:4])) as collection:
        made = model(pictures[:4]).numpy()
        assert collection.passes[-1].logits is None
        np.testing.assert_allclose(collection.passes[-1].outputs, made.transpose(0, 3, 1, 2), rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(collection.probe.targets, pictures[:4].transpose(0, 3, 1, 2))
        assert collection.probe.labels is None


@pytest.mark.parametrize(
    ("given", "classes", "values"),
    [
        (np.float32([0.5, 2.0, -1.0]), None, [0.5, 2.0, -1.0]),
        (np.eye(3, dtype=np.float32), [0, 1, 2], np.eye(3)),
        ([[1, 1, 0], [0, 0, 0], [0, 1, 0]], None, [[1, 1, 0], [0, 0, 0], [0, 1, 0]]),
        (np.float32([0, 1, 1]), [0, 1, 1], [0, 1, 1]),
        ({"kind": np.array([2, 0, 1]), "size": np.float32([0.5, 1, 2])}, [2, 0, 1], [0.5, 1, 2]),
    ],
    ids=["values", "one-hot", "several", "zeros and ones", "two outputs"],
)
def test_that_labels_of_any_kind_are_taken(path: Path, given: Any, classes: Any, values: Any) -> None:
    x = chance.normal(size=(8, 5)).astype(np.float32)
    model = keras.Sequential([keras.Input((5,)), layers.Dense(3, name="out")])
    with fitted(model, x, x[:, :3], path, "mse", probe=(x[:3], given), similarity=(x[:3], given)) as collection:
        labels = collection.probe.labels
        assert (labels is None) == (classes is None)
        assert classes is None or labels.tolist() == classes
        np.testing.assert_array_equal(collection.probe.targets, np.float32(values))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"probe": (np.ones((3, 5)), np.ones(2))}, "which has 3 samples, have shape"),
        ({"probe": (np.ones((3, 5)), [[1], [1, 2], [3]])}, "are of type list"),
        ({"probe": (np.ones((3, 5)), ["a", "b", "c"])}, "are of type <U1"),
        ({"task": "guess"}, "task is 'guess'"),
        ({"tokenizer": 3}, "tokenizer is of type int"),
    ],
)
def test_that_a_wrong_task_is_told_in_words(path: Path, options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        KerasCollector(path, **options)
