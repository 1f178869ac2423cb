"""Samples of any kind are recorded as what they are, or a note says what became of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from collector.keras.probe import describe_probe
from collector.keras.samples import check_samples
from collector.storage import Collection
from tests.collector.keras.conftest import train

Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
DENSE = np.array([[0.0, 2.0, 0.0], [1.0, 0.0, 0.0]], np.float32)


class OfScipy:
    """As a sparse matrix of SciPy's."""

    def toarray(self) -> np.ndarray:
        return DENSE


@pytest.mark.parametrize(
    ("given", "expected", "told"),
    [
        (tf.sparse.from_dense(DENSE), DENSE, ""),
        (OfScipy(), DENSE, ""),
        (tf.constant(DENSE), DENSE, ""),
        (tf.Variable(DENSE), DENSE, ""),
        (DENSE.tolist() and DENSE.astype(bool), DENSE.astype(bool), ""),
        (DENSE[:, ::2], DENSE[:, ::2], ""),
        (tf.ragged.constant([[1.0], [2.0, 3.0]]), [[1.0, 0.0], [2.0, 3.0]], "are ragged"),
        (DENSE + 1j, np.stack((DENSE, np.ones_like(DENSE)), -1), "are complex"),
        (np.array(["a word", "another"]), np.zeros((2, 0)), "are text"),
    ],
    ids=["sparse", "of SciPy", "tensor", "variable", "bool", "view", "ragged", "complex", "text"],
)
def test_that_the_file_holds_what_the_samples_are(given: Any, expected: Any, told: str) -> None:
    samples, labels = check_samples((given, None))

    probe = describe_probe(samples, labels, (), (), ())
    np.testing.assert_array_equal(probe.inputs, np.asarray(expected, np.float32))
    assert [told in sentence for sentence in samples.told] == [True] * bool(told)


def test_that_samples_are_in_memory_of_their_own() -> None:
    given = DENSE.copy()
    samples, _ = check_samples((given, None))
    given[:] = 7

    np.testing.assert_array_equal(samples.first, DENSE)


def recorded(path: Path, model: keras.Model, inputs: Any, probe: Any) -> Collection:
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    return train(path, model, (inputs, np.arange(len(inputs)) % 3), probe=(probe, None))


def test_that_a_model_that_takes_text_is_run_on_it(path: Path) -> None:
    words = np.array([["one"], ["two"], ["one"], ["three"]], object)
    model = keras.Sequential(
        [
            keras.Input((1,), dtype="string"),
            keras.layers.StringLookup(vocabulary=["one", "two"], output_mode="one_hot"),
            keras.layers.Dense(3, activation="softmax", name="out"),
        ]
    )
    with recorded(path, model, tf.constant(words.tolist()), words) as collection:
        assert collection.passes[0].layers["out"].activation.shape == (4, 3)
        assert "text, which the file does not hold" in collection.notes[0].text


def test_that_a_sparse_probe_is_run_dense(path: Path, samples: Samples) -> None:
    inputs, _ = samples(8, 3)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3, activation="softmax", name="out")])
    with recorded(path, model, inputs, tf.sparse.from_dense(DENSE)) as collection:
        np.testing.assert_array_equal(collection.probe.inputs, DENSE)
        np.testing.assert_allclose(collection.passes[-1].layers["out"].activation, model(DENSE), rtol=1e-5)
        assert not collection.notes
