"""Stories of samples, recorded from a training by ``fit``; that they equal PyTorch's is told in `test_twins`."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from collector import CollectorWarning, KerasCollector, open_collection
from collector.keras.outputs import BATCH
from collector.storage import Collection

layers = keras.layers
N = BATCH + 6  # a second batch, and a smaller one


def model_of(n_outputs: int, activation: str | None = None) -> keras.Model:
    return keras.Sequential([keras.Input((5,)), layers.Dense(8, "relu"), layers.Dense(n_outputs, activation)])


def told(model: keras.Model, stories: Any, path: Path, loss: str = "mse", **options: Any) -> Collection:
    """A collection of one epoch, of two steps."""
    model.compile("sgd", loss)
    callback = KerasCollector(path, stories=stories, **options)
    model.fit(*stories, batch_size=len(stories[0]) // 2, epochs=1, verbose=0, callbacks=[callback])
    return open_collection(path)


def samples(n: int = N) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(n, 5)).astype(np.float32)


@pytest.mark.parametrize("activation", ["softmax", None])
def test_that_loss_and_label_are_those_of_keras(path: Path, activation: str | None) -> None:
    inputs, labels = samples(), np.arange(N) % 3
    model = model_of(3, activation)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=activation is None, reduction="none")
    with told(model, (inputs, labels), path, loss=loss) as collection:
        given = model.predict(inputs, verbose=0)
        last = collection.stories[-1]
        np.testing.assert_array_equal(last.predictions, given.argmax(1))
        np.testing.assert_allclose(last.losses, loss(labels, given), rtol=1e-4)
        if activation is not None:
            np.testing.assert_allclose(last.label_probabilities, given[np.arange(N), labels], rtol=1e-4)
        assert last.votes.shape == (2, N)
        assert not collection.notes


def test_that_a_sigmoid_at_the_end_is_known(path: Path) -> None:
    inputs, labels = samples(), np.arange(N) % 2
    model = model_of(1, "sigmoid")
    with told(model, (inputs, labels), path, loss="binary_crossentropy") as collection:
        chances = model.predict(inputs, verbose=0)[:, 0]
        last = collection.stories[-1]
        np.testing.assert_allclose(last.label_probabilities, np.where(labels, chances, 1 - chances), rtol=1e-4)
        np.testing.assert_array_equal(last.predictions, chances > 0.5)


@pytest.mark.parametrize("activation", ["sigmoid", None])
def test_that_of_values_there_are_losses_alone(path: Path, activation: str | None) -> None:
    inputs, values = samples(), np.linspace(0.1, 2, N).astype(np.float32)
    model = model_of(1, activation)
    with told(model, (inputs, values), path) as collection:
        last = collection.stories[-1]
        errors = np.square(model.predict(inputs, verbose=0)[:, 0] - values)
        np.testing.assert_allclose(last.losses, errors, rtol=1e-4, atol=1e-6)
        assert (last.predictions, last.margins, last.votes) == (None, None, None)
        np.testing.assert_array_equal(collection.stories.samples.values, values)


def test_that_of_texts_the_words_are_in_the_file(path: Path) -> None:
    tokens = np.arange(40).reshape(8, 5) % 12
    model = keras.Sequential(
        [keras.Input((5,), dtype="int32"), layers.Embedding(12, 4), layers.Flatten(), layers.Dense(2)]
    )
    names = [chr(ord("a") + each) for each in range(12)]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with told(model, (tokens, np.arange(8) % 2), path, loss=loss, tokenizer=names) as collection:
        assert collection.stories.samples.texts[0] == "a b c d e"
        assert collection.stories.samples.inputs is None


def test_that_what_cannot_be_told_is_a_warning_and_the_training_goes_on(path: Path) -> None:
    inputs = samples(8)
    model = model_of(3)
    model.compile("sgd", "mse")
    with pytest.warns(CollectorWarning, match="Stories of samples are not recorded: .* no labels"):
        callback = KerasCollector(path, stories=(inputs, None))
        model.fit(inputs, np.zeros((8, 3)), verbose=0, callbacks=[callback])
    with open_collection(path) as collection:
        assert (collection.stories.header, collection.n_steps) == (None, 1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"stories": 7}, "stories is of type int"),
        ({"story_interval": 0.5}, "story_interval is 0.5"),
        ({"stories": (samples(4), None), "story_numbers": [1]}, "stories has 4 samples"),
    ],
)
def test_that_a_wrong_call_is_told_at_its_line(path: Path, options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        KerasCollector(path, **options)


def test_that_the_training_is_the_same_bit_for_bit(path: Path) -> None:
    inputs, labels = samples(), np.arange(N) % 3
    left = []
    for stories in (None, (inputs, labels)):
        keras.utils.set_random_seed(3)
        model = keras.Sequential([keras.Input((5,)), layers.Dense(8, "relu"), layers.Dropout(0.5), layers.Dense(3)])
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        callback = KerasCollector(path, stories=stories, story_interval=1, overwrite=True)
        history = model.fit(inputs, labels, batch_size=16, epochs=2, verbose=0, callbacks=[callback])
        left.append([history.history["loss"], [each.tolist() for each in model.get_weights()]])

    assert left[0] == left[1]
