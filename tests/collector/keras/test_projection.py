"""Samples that can be laid out in a plane, recorded from a training by ``fit``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from collector import CollectorWarning, KerasCollector, open_collection
from collector.capture import projected_samples
from collector.keras.outputs import BATCH
from collector.storage import Collection

Collect = Callable[..., Collection]
Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
layers = keras.layers

N = BATCH + 6  # a second batch, and a smaller one


def small() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((6, 6, 3)),
            layers.Conv2D(5, 3, activation="relu", name="conv1"),
            layers.Conv2D(4, 3, name="conv2"),
            layers.BatchNormalization(name="bn"),
            layers.ReLU(name="relu"),
            layers.Flatten(name="flatten"),
            layers.Dropout(0.5, name="dropout"),
            layers.Dense(9, activation="relu", name="fc1"),
            layers.Dense(3, activation="softmax", name="fc2"),
        ]
    )


def test_that_features_and_predictions_are_those_of_the_layers(collect: Collect, samples: Samples) -> None:
    model, (inputs, labels) = small(), samples(N, 6, 6, 3)
    projection = (inputs, labels)
    collection = collect(model, (inputs[:32], labels[:32]), projection=projection, mean=[0.5] * 3, std=[0.25] * 3)

    assert list(collection.projection.layers) == ["relu", "fc1", "fc2"]
    wanted = [model.get_layer(name).output for name in ("relu", "fc1", "fc2")]
    maps, hidden, chances = (each.numpy() for each in keras.Model(model.inputs[0], wanted)(inputs))
    kernel, bias = model.get_layer("fc2").get_weights()
    expected = {"relu": np.moveaxis(maps, -1, 1).reshape(N, -1), "fc1": hidden, "fc2": hidden @ kernel + bias}
    last = collection.projections[-1]
    assert last.step == 4
    for name, values in expected.items():
        kept = collection.projection.layers[name].kept
        np.testing.assert_allclose(last.features(name), values[:, kept], rtol=2e-3, atol=1e-3)
    assert last.predictions.tolist() == chances.argmax(1).tolist()
    recorded = collection.projection_samples
    looks = np.clip(np.rint((np.moveaxis(inputs, -1, 1) * 0.25 + 0.5) * 255), 0, 255)
    np.testing.assert_array_equal(recorded.pictures, looks)
    assert recorded.labels.tolist() == labels.tolist()
    assert not collection.notes


def test_that_it_is_recorded_when_an_epoch_begins_and_at_the_end_of_each_fit(path: Path, samples: Samples) -> None:
    data, model = samples(24, 6, 6, 3), small()
    model.compile("sgd", "sparse_categorical_crossentropy")
    collector = KerasCollector(path, projection=data)
    for epochs in (2, 1):
        model.fit(*data, batch_size=8, epochs=epochs, verbose=0, callbacks=[collector])

    with open_collection(path) as collection:
        assert collection.projections.steps.tolist() == [0, 3, 6, 9]
        assert [each.epoch for each in collection.projections] == [0, 1, 2, 3]
        assert not collection.damaged


def test_that_a_frozen_layers_features_stay_where_they_are(collect: Collect, samples: Samples) -> None:
    data, model = samples(24, 6, 6, 3), small()
    for name in ("conv1", "conv2", "bn"):
        model.get_layer(name).trainable = False

    collection = collect(model, data, epochs=2, projection=data, projection_layers=["fc1", "conv2", "bn"])

    assert list(collection.projection.layers) == ["conv2", "bn", "fc1"], "in the order of execution"
    first, *later = collection.projections
    for each in later:
        for name in ("conv2", "bn"):
            np.testing.assert_array_equal(each.features(name), first.features(name))
        assert (each.features("fc1") != first.features("fc1")).any()


def test_that_a_softmax_of_its_own_is_laid_out_as_it_is(collect: Collect, samples: Samples) -> None:
    data = samples(16, 5)
    model = keras.Sequential([keras.Input((5,)), layers.Dense(3, name="fc"), layers.Softmax(name="softmax")])

    collection = collect(model, data, projection=data, projection_layers=["fc", "softmax"])

    logits, chances = (collection.projections[0].features(name).astype(np.float32) for name in ("fc", "softmax"))
    np.testing.assert_allclose(chances.sum(1), 1, atol=2e-3)
    np.testing.assert_allclose(np.exp(logits) / np.exp(logits).sum(1, keepdims=True), chances, atol=2e-3)
    assert collection.projection_samples.pictures.dtype == np.float32, "they are no pictures"


def test_that_of_samples_too_large_for_the_file_the_first_are_kept(
    collect: Collect, samples: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projected_samples, "MOST_SAMPLE_BYTES", 7 * 108)
    with pytest.warns(CollectorWarning, match="Of 16 samples to be projected the first 7 are kept"):
        collection = collect(small(), samples(8, 6, 6, 3), projection=samples(16, 6, 6, 3))

    assert len(collection.projection_samples) == len(collection.projections[-1].features("fc1")) == 7


def test_that_a_model_that_cannot_run_on_the_samples_is_trained_all_the_same(
    collect: Collect, samples: Samples
) -> None:
    with pytest.warns(CollectorWarning, match="Samples that can be projected are not recorded"):
        collection = collect(small(), samples(16, 6, 6, 3), projection=(np.zeros((5, 7)), None))

    assert collection.projection is None
    assert collection.n_steps == 2


def test_that_a_layer_that_the_model_does_not_have_ends_the_training_before_its_first_step(
    path: Path, samples: Samples
) -> None:
    data, model = samples(8, 6, 6, 3), small()
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match=r"projection_layers has 'fc9'; the layers are conv1, conv2, bn, relu, fc1"):
        model.fit(*data, verbose=0, callbacks=[KerasCollector(path, projection=data, projection_layers=["fc9"])])

    assert not path.exists()
    assert model.optimizer.iterations == 0


@pytest.mark.parametrize("given", [np.zeros((3, 4)), (np.zeros((3, 4)), np.zeros(2, int)), (np.array([None]), None)])
def test_that_samples_that_are_none_are_an_error_in_words(path: Path, given: Any) -> None:
    with pytest.raises(ValueError, match=r"projection.*give it as"):
        KerasCollector(path, projection=given)
