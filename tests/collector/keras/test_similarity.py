"""The comparison of layers in a training by ``fit``: the numbers by hand, when they are taken, what is left out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from collector import AugmentedSample, CollectorWarning, KerasCollector, open_collection
from collector.capture import compared_layers
from collector.keras.forward import Forward
from collector.keras.outputs import BATCH, LayerOutputs
from collector.keras.samples import Samples as Inputs
from collector.metrics.cka import debiased_cka, u_centred
from collector.metrics.features import gram_matrix
from collector.storage import Collection

Collect = Callable[..., Collection]
Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
layers = keras.layers

N = 2 * BATCH + 10  # the last batch is smaller


def a_cnn() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            layers.Conv2D(6, 3, activation="relu", name="conv"),
            layers.BatchNormalization(name="bn"),
            layers.PReLU(name="prelu"),
            layers.SpatialDropout2D(0.3),
            layers.Flatten(),
            layers.Dense(3, activation="softmax", name="fc"),
        ]
    )


def an_augmented_sample(**changes: Any) -> AugmentedSample:
    fields = {
        "inputs": np.random.default_rng(2).normal(size=(9, 8, 8, 2)).astype(np.float32),
        "pictures": np.zeros((9, 2, 8, 8), np.uint8),
        "kinds": ["none", *["noise"] * 8],
        "strengths": np.linspace(0, 1, 9),
        "largest": {"noise": "much"},
        "label": 1,
        "seed": 3,
    }
    return AugmentedSample(**(fields | changes))


def by_hand(model: keras.Model, inputs: np.ndarray) -> dict[str, np.ndarray]:
    """The output of each compared layer, channels first, in evaluation mode, float64."""
    given = keras.Model(model.inputs[0], [model.get_layer(name).output for name in ("conv", "bn")])(inputs)
    found = {
        name: np.moveaxis(each.numpy(), -1, 1).reshape(len(inputs), -1)
        for name, each in zip(("conv", "bn"), given, strict=True)
    }
    behind = keras.Model(model.inputs[0], model.layers[-2].output)(inputs).numpy()
    kernel, bias = model.get_layer("fc").get_weights()
    found["fc"] = behind @ kernel + bias
    found["softmax"] = model(inputs, training=False).numpy()
    return {name: each.astype(np.float64) for name, each in found.items()}


def test_that_measurements_are_those_by_hand(collect: Collect, samples: Samples) -> None:
    model = a_cnn()
    inputs, labels = samples(N, 8, 8, 2)
    before = by_hand(model, inputs)

    collection = collect(model, (inputs[:32], labels[:32]), similarity=(inputs, labels), similarity_features=20)
    after = by_hand(model, inputs)

    names = ("conv", "bn", "fc", "softmax")
    assert collection.similarities.steps.tolist() == [0, 4]
    assert collection.similarity.labels.tolist() == labels.tolist()
    for measured, expected in zip(collection.similarities, (before, after), strict=True):
        assert measured.layers == names
        cka = debiased_cka(u_centred(np.stack([gram_matrix(expected[name])[0] for name in names])))
        np.testing.assert_allclose(measured.cka, cka, atol=1e-4)
        for name in names:
            kept = collection.similarity.layers[name].kept
            np.testing.assert_allclose(measured.features(name), expected[name][:, kept], atol=1e-4)
    assert len(collection.similarity.layers["conv"].kept) == 20
    assert not collection.damaged
    assert not collection.notes


@pytest.mark.parametrize(
    ("options", "steps", "epochs"),
    [
        ({}, [0, 3, 6], [0, 1, 2]),
        ({"similarity_interval": 2}, [0, 2, 3, 4, 6, 6], [0, 0, 1, 1, 1, 2]),
        ({"similarity_interval": 2, "compile_with": {"steps_per_execution": 3}}, [0, 3, 3, 6, 6], [0, 0, 1, 1, 2]),
    ],
)
def test_that_layers_are_compared_when_an_epoch_begins_and_as_often_as_asked(
    collect: Collect, samples: Samples, options: dict[str, Any], steps: list[int], epochs: list[int]
) -> None:
    collection = collect(a_cnn(), samples(24, 8, 8, 2), epochs=2, similarity=samples(12, 8, 8, 2), **options)

    assert collection.similarities.steps.tolist() == steps
    assert collection.similarities.epochs.tolist() == epochs


@pytest.mark.parametrize(("every_epoch", "steps"), [(False, [6]), (True, [0, 3, 6])])
def test_that_the_augmented_sample_is_measured_at_the_end_or_at_each_epoch(
    collect: Collect, samples: Samples, every_epoch: bool, steps: list[int]
) -> None:
    model = a_cnn()
    sample = an_augmented_sample(every_epoch=every_epoch)

    collection = collect(model, samples(24, 8, 8, 2), epochs=2, augmented=sample)

    assert collection.similarity is None
    assert collection.augmentation_records.steps.tolist() == steps
    measured = collection.augmentation_records[-1]
    expected = by_hand(model, sample.inputs)
    assert measured.layers == tuple(expected)
    for number, features in enumerate(expected.values()):
        np.testing.assert_allclose(measured.stability[number], np.corrcoef(features)[0], atol=1e-4)
    np.testing.assert_allclose(measured.logits, expected["fc"], atol=1e-4)
    assert (collection.augmentations.label, collection.augmentations.seed) == (1, 3)


def test_that_a_second_fit_goes_on_comparing(path: Path, samples: Samples) -> None:
    data = samples(24, 8, 8, 2)
    model = a_cnn()
    model.compile("sgd", "sparse_categorical_crossentropy")
    collector = KerasCollector(path, similarity=data, augmented=an_augmented_sample())
    for _ in range(2):
        model.fit(*data, batch_size=8, verbose=0, callbacks=[collector])

    with open_collection(path) as collection:
        assert collection.similarities.steps.tolist() == [0, 3, 6]
        assert collection.augmentation_records.steps.tolist() == [3, 6]
        assert not collection.damaged


def test_that_few_outputs_are_held_at_once_and_the_numbers_stay_the_same(
    collect: Collect, samples: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = samples(N, 8, 8, 2)

    def numbers() -> np.ndarray:
        keras.utils.set_random_seed(0)
        collection = collect(a_cnn(), (data[0][:16], data[1][:16]), similarity=data, overwrite=True)
        return np.array([collection.similarities.series(measure)[1] for measure in ("cka", "clipped", "mean")])

    at_once = numbers()
    held: list[int] = []
    true_call = LayerOutputs.__call__

    def call(self: LayerOutputs, wanted: compared_layers.Wanted) -> dict[str, np.ndarray]:
        found = true_call(self, wanted)
        held.append(sum(each.nbytes for each in found.values()))
        return found

    monkeypatch.setattr(LayerOutputs, "__call__", call)
    monkeypatch.setattr(compared_layers, "MOST_BYTES", 220 * 4 * N)
    np.testing.assert_allclose(numbers(), at_once, atol=1e-6)
    assert max(held) <= 220 * 4 * N
    assert len(held) > 4


class Turned(layers.Layer):
    """Gives its output with the samples along the last axis."""

    def build(self, shape: Any) -> None:
        self.scale = self.add_weight(shape=(shape[-1],), name="scale")

    def call(self, inputs: Any) -> Any:
        return keras.ops.transpose(inputs * self.scale)


def test_that_a_layer_that_cannot_be_seen_is_left_out_with_the_reason_in_a_note(path: Path, samples: Samples) -> None:
    data = samples(16, 4)
    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Dense(3, name="fc")(keras.ops.transpose(Turned(name="turned")(inputs))))
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))

    with pytest.warns(CollectorWarning, match="is not compared with other layers"):
        model.fit(*data, verbose=0, callbacks=[KerasCollector(path, similarity=(data[0], None))])

    with open_collection(path) as collection:
        assert list(collection.similarity.layers) == ["fc", "softmax"]
        assert any("its output has shape (4, 16), not an axis of samples" in note.text for note in collection.notes)
        assert collection.similarity.labels is None


def test_that_samples_the_model_cannot_take_cost_the_comparison_only(path: Path, samples: Samples) -> None:
    data = samples(16, 8, 8, 2)
    model = a_cnn()
    model.compile("sgd", "sparse_categorical_crossentropy")

    with pytest.warns(CollectorWarning, match="could not run on the samples"):
        model.fit(*data, verbose=0, callbacks=[KerasCollector(path, similarity=(data[0][..., :1], None))])

    with open_collection(path) as collection:
        assert collection.similarity is None
        assert len(collection.passes) == 2


def test_that_a_layer_that_is_called_for_some_of_the_samples_only_is_left_out(samples: Samples) -> None:
    class Early(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = layers.Dense(4, name="one"), layers.Dense(3, name="two")

        def call(self, inputs: Any) -> Any:
            return self.two(self.one(inputs) if inputs.shape[0] == BATCH else inputs)

    model, inputs = Early(), samples(BATCH + 3, 4)[0]
    model(inputs[:BATCH])
    outputs = LayerOutputs(Forward(model), Inputs(inputs), {"one": model.one, "two": model.two})

    assert outputs({"one": None, "two": None}).keys() == {"two"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"similarity": np.zeros((3, 4))}, "give it as"),
        ({"similarity_interval": -1}, "similarity_interval"),
        ({"similarity_features": 0}, "similarity_features"),
        ({"augmented": an_augmented_sample(inputs=np.zeros((2, 8, 8, 2)))}, "2 inputs, but 9 pictures"),
        ({"feature_maps": "some"}, "feature_maps is 'some'"),
        ({"feature_samples": 0}, "feature_samples is 0"),
    ],
)
def test_that_a_bad_option_is_an_error_in_words_and_leaves_no_file(path: Path, options: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        KerasCollector(path, **options)
    assert not path.exists()


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({}, {"conv": 4, "bn": None, "prelu": 4}),
        ({"feature_maps": "last"}, {"conv": None, "bn": None, "prelu": 4}),
        ({"feature_maps": "all", "feature_samples": 3}, {"conv": 3, "bn": 3, "prelu": 3}),
        ({"feature_maps": "none"}, {"conv": None, "bn": None, "prelu": None}),
    ],
)
def test_that_feature_maps_are_kept_as_asked(
    collect: Collect, samples: Samples, options: dict[str, Any], kept: dict[str, int | None]
) -> None:
    collection = collect(a_cnn(), samples(16, 8, 8, 2), **options)

    arrays = collection.passes[0].layers
    maps = {name: arrays[name].feature_maps for name in kept}
    assert {name: None if each is None else len(each) for name, each in maps.items()} == kept
    for name, each in maps.items():
        assert ("feature_maps" in collection.layers[name].not_recorded) == (each is None)
