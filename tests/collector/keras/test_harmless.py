"""A training is bit for bit the same with and without the collector, and nothing of it stays on the model."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from collector import AugmentedSample, KerasCollector, open_collection
from collector.capture.insight_options import InsightOptions

Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
layers = keras.layers


def a_cnn() -> keras.Model:
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(6, 3),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.SpatialDropout2D(0.3),
            layers.Flatten(),
            layers.Dense(12, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(keras.optimizers.AdamW(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def traces_of(model: keras.Model) -> list[Any]:
    """Whatever lies on the objects that the collector touches."""
    touched = [model, model.optimizer, *model.metrics, *model._flatten_layers(include_self=False)]
    return [(id(each), sorted(vars(each))) for each in touched]


def wrapped(model: keras.Model) -> list[str]:
    """What of theirs was replaced on the objects that the collector touches."""
    touched = [model.optimizer, *model.metrics, *model._flatten_layers()]
    return [name for each in touched for name in ("apply", "update_state", "call") if name in vars(each)]


def an_augmented_sample(inputs: np.ndarray) -> AugmentedSample:
    pictures = np.zeros((len(inputs), 1, 8, 8), np.uint8)
    kinds = ["none", *["noise"] * (len(inputs) - 1)]
    return AugmentedSample(inputs, pictures, kinds, np.linspace(0, 1, len(inputs)), {"noise": "much"}, every_epoch=True)


def test_that_a_training_ends_bit_for_bit_alike_with_and_without_the_collector(path: Path, samples: Samples) -> None:
    data = samples(160, 8, 8, 1)
    ends = []
    for collected in (False, True):
        keras.backend.clear_session()
        keras.utils.set_random_seed(0)
        model = a_cnn()
        insight = InsightOptions(interval=1, sign_interval=3)
        signals = {"similarity": data, "similarity_interval": 3, "augmented": an_augmented_sample(data[0][:9])}
        signals["projection"] = data
        collector = KerasCollector(path, probe=(data[0][:4], None), interval=7, insight=insight, **signals)
        callbacks = [collector] if collected else []
        history = model.fit(*data, batch_size=8, epochs=2, verbose=0, callbacks=callbacks, validation_data=data)
        # What comes after it is the same too.
        again = model.fit(*data, batch_size=8, verbose=0).history
        variables = [each.numpy() for each in (*model.variables, *model.optimizer.variables)]
        ends.append((history.history, again, variables, random.random(), np.random.random()))  # noqa: NPY002

    assert ends[0][:2] == ends[1][:2]
    assert all(np.array_equal(one, other) for one, other in zip(ends[0][2], ends[1][2], strict=True))
    assert ends[0][3:] == ends[1][3:]
    with open_collection(path) as collection:
        assert not collection.notes


def test_that_nothing_is_left_on_the_model(path: Path, samples: Samples) -> None:
    data = samples(16, 8, 8, 1)
    model = a_cnn()
    model.fit(*data, verbose=0)
    function, before = model.train_function, traces_of(model)
    seen = []

    class Look(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            seen.append(wrapped(model))

    signals = {"similarity": data, "augmented": an_augmented_sample(data[0][:9])}
    model.fit(*data, verbose=0, callbacks=[KerasCollector(path, probe=(data[0][:2], None), **signals), Look()])

    assert seen == [["apply", "update_state"]]
    assert model.train_function is function
    assert traces_of(model) == before


class Restless(layers.Layer):
    """Moves whatever a forward pass can move, in evaluation mode too."""

    def __init__(self) -> None:
        super().__init__()
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False, name="count")
        self.seeds = keras.random.SeedGenerator(1)

    def call(self, inputs: Any) -> Any:
        self.count.assign_add(1)
        return inputs + keras.random.uniform(keras.ops.shape(inputs), seed=self.seeds)


def test_that_a_model_that_draws_and_counts_in_evaluation_mode_is_left_as_it_was(path: Path, samples: Samples) -> None:
    data = samples(24, 4)
    ends = []
    for collected in (False, True):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((4,)), layers.Dense(5), Restless(), layers.Dense(3)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("sgd", loss)
        options = {"probe": (data[0][:4], None), "interval": 1, "similarity": data, "similarity_interval": 1}
        callbacks = [KerasCollector(path, **options)] if collected else []
        history = model.fit(*data, batch_size=8, verbose=0, callbacks=callbacks).history
        ends.append((history, float(model.layers[1].count.numpy())))

    assert ends[0] == ends[1]


@pytest.mark.parametrize("eagerly", [False, True])
def test_that_losses_that_layers_add_are_those_of_the_training(path: Path, samples: Samples, eagerly: bool) -> None:
    data = samples(24, 4)
    ends = []
    for collected in (False, True):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((4,)), layers.Dense(5, activity_regularizer="l2"), layers.Dense(3)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("sgd", loss, run_eagerly=eagerly)
        collector = KerasCollector(path, interval=1, similarity=data, similarity_interval=1, overwrite=True)
        model.fit(*data, batch_size=8, epochs=2, verbose=0, callbacks=[collector] if collected else [])
        model(data[0])
        ends.append((model.history.history, [float(each) for each in model.losses]))

    assert ends[0] == ends[1]


def test_that_an_error_in_a_step_passes_through_and_leaves_nothing(path: Path, samples: Samples) -> None:
    data = samples(16, 8, 8, 1)
    model = a_cnn()

    def fails(batches: int) -> Any:
        for _ in range(batches):
            yield data
        raise ValueError("of the user's own")

    with pytest.raises(tf.errors.InvalidArgumentError, match="of the user's own"):
        model.fit(fails(3), verbose=0, shuffle=False, steps_per_epoch=9, callbacks=[KerasCollector(path, probe=data)])

    assert not wrapped(model)
    with open_collection(path) as collection:
        assert collection.finished
        assert collection.n_steps == 3


def test_that_an_error_in_another_callback_leaves_nothing_behind_the_with(path: Path, samples: Samples) -> None:
    data = samples(16, 8, 8, 1)
    model = a_cnn()

    class Fails(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            raise RuntimeError("of the user's own")

    with pytest.raises(RuntimeError, match="own"), KerasCollector(path, probe=data) as collector:
        model.fit(*data, verbose=0, callbacks=[collector, Fails()])

    assert not wrapped(model)
    with open_collection(path) as collection:
        assert collection.finished


def test_that_a_failure_of_ours_is_a_note_and_a_warning(
    path: Path, samples: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = samples(16, 8, 8, 1)
    model = a_cnn()

    def fail(self: Any) -> None:
        raise RuntimeError("no more")

    monkeypatch.setattr("collector.keras.step_hooks.StepHooks.gradients", fail)
    with pytest.warns(UserWarning, match="Strobe failed while recording what a step did: RuntimeError: no more"):
        history = model.fit(*data, verbose=0, callbacks=[KerasCollector(path, probe=data)])

    assert len(history.history["loss"]) == 1
    with open_collection(path) as collection:
        assert "no more" in collection.notes[0].text
        assert collection.passes[0].layers["dense"].weight is not None
        assert collection.passes[0].layers["dense"].weight_gradient is None


def test_that_a_collection_that_exists_is_an_error_before_the_first_step(path: Path, samples: Samples) -> None:
    data = samples(16, 8, 8, 1)
    path.write_text("mine")
    model = a_cnn()

    with pytest.raises(Exception, match="exists already"):
        model.fit(*data, verbose=0, callbacks=[KerasCollector(path, probe=data)])

    assert path.read_text() == "mine"
    assert model.optimizer.iterations == 0
