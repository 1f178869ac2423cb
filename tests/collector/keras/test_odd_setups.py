"""Whatever way a model is compiled or built, it is recorded as what it is, or with the reason why not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from collector import KerasCollector, open_collection
from collector.storage import Collection

Collect = Callable[..., Collection]
Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
layers = keras.layers
CLOSE = {"rtol": 1e-4, "atol": 1e-6}


def a_net(**last: Any) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((5,)),
            layers.Dense(7, activation="relu", name="fc1"),
            layers.Dense(3, activation="softmax", name="fc2", **last),
        ]
    )


def first_step(model: keras.Model, data: tuple[np.ndarray, np.ndarray]) -> dict[str, np.ndarray]:
    """The gradients of the first batch of eight, by hand; as the file names and turns them."""
    with tf.GradientTape() as tape:
        given = model(data[0][:8], training=True)
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(data[1][:8], given))
    gradients = tape.gradient(loss, model.trainable_variables)
    names = ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]
    return {name: each.numpy().T for name, each in zip(names, gradients, strict=True)}


def check_first_step(collection: Collection, expected: dict[str, np.ndarray], rate: float | None = 0.1) -> None:
    for path, gradient in expected.items():
        layer, _, name = path.partition(".")
        recorded = collection.passes[0].layers[layer]
        np.testing.assert_allclose(getattr(recorded, f"{name}_gradient"), gradient, **CLOSE)
        if rate is not None:
            np.testing.assert_allclose(getattr(recorded, f"{name}_update"), -rate * gradient, **CLOSE)


@pytest.mark.parametrize(
    "compiled",
    [{"jit_compile": True}, {"run_eagerly": True}, {"optimizer": keras.optimizers.SGD(0.1, loss_scale_factor=64.0)}],
    ids=["XLA", "eager", "scaled loss"],
)
def test_that_gradients_and_updates_are_the_same_however_it_is_compiled(
    collect: Collect, samples: Samples, compiled: dict[str, Any]
) -> None:
    data, model = samples(24, 5), a_net()
    expected = first_step(model, data)

    collection = collect(model, data, compile_with=compiled)

    check_first_step(collection, expected)
    assert len(collection.series["loss"]) == 3
    assert {note.text.partition(":")[0] for note in collection.notes} <= {
        "The training step is compiled by XLA",
        "Gradients are recorded with the factor of the loss scaling taken out.",
    }


def test_that_mixed_precision_is_recorded_without_its_loss_scale(collect: Collect, samples: Samples) -> None:
    data = samples(24, 5)
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = a_net(dtype="float32")
    finally:
        keras.config.set_dtype_policy("float32")
    collection = collect(model, data, compile_with={"optimizer": keras.optimizers.SGD(0.1)})

    assert type(model.optimizer).__name__ == "LossScaleOptimizer"
    expected = first_step_of(collection, data)
    for name in ("weight", "bias"):
        found = getattr(collection.passes[0].layers["fc2"], f"{name}_gradient")
        np.testing.assert_allclose(found, expected[name], rtol=2e-2, atol=1e-3)
        update = getattr(collection.passes[0].layers["fc2"], f"{name}_update")
        np.testing.assert_allclose(update, -0.1 * found, **CLOSE)
    assert collection.layers["fc2"].reads == ("fc1",), "a cast in between hides nothing"
    assert "loss scaling" in collection.notes[0].text


def first_step_of(collection: Collection, data: tuple[np.ndarray, np.ndarray]) -> dict[str, np.ndarray]:
    """The gradients of the last layer, from the recorded weights, in NumPy."""
    fc1, fc2 = (collection.passes[0].layers[name] for name in ("fc1", "fc2"))
    hidden = np.maximum(data[0][:8] @ fc1.weight.T + fc1.bias, 0)
    logits = hidden @ fc2.weight.T + fc2.bias
    errors = np.exp(logits) / np.exp(logits).sum(1, keepdims=True) - np.eye(3)[data[1][:8]]
    return {"weight": errors.T @ hidden / 8, "bias": errors.mean(0)}


def test_that_clipping_is_told_and_gradients_are_those_before_it(collect: Collect, samples: Samples) -> None:
    data, model = samples(8, 5), a_net()
    expected = first_step(model, data)

    optimizer = keras.optimizers.SGD(0.1, global_clipnorm=1e-3)
    collection = collect(model, data, compile_with={"optimizer": optimizer})

    check_first_step(collection, expected, rate=None)
    assert collection.series["update_norm/total"][0] == pytest.approx(1e-4, rel=1e-3)
    assert "before it clips them (global_clipnorm 0.001)" in collection.notes[0].text


class OwnStep(keras.Model):
    """A training step of the user's own, as Keras's guide has it."""

    def __init__(self, inner: keras.Model) -> None:
        super().__init__()
        self.inner = inner
        self.tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self) -> list[Any]:
        return [self.tracker]

    def call(self, inputs: Any, training: bool = False) -> Any:
        return self.inner(inputs, training=training)

    def train_step(self, data: Any) -> dict[str, Any]:
        images, labels = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, self(images, training=True)))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}


def test_that_a_training_step_of_the_users_own_is_recorded(collect: Collect, samples: Samples) -> None:
    data, inner = samples(24, 5), a_net()
    expected = {f"sequential.{name}": each for name, each in first_step(inner, data).items()}
    model = OwnStep(inner)

    collection = collect(model, data)

    for path, gradient in expected.items():
        layer, name = path.rsplit(".", 1)
        found = getattr(collection.passes[0].layers[layer], f"{name}_gradient")
        np.testing.assert_allclose(found, gradient, **CLOSE)
    assert collection.layers["sequential.fc2"].reads == ("sequential.fc1",)
    losses = collection.series["loss"]
    assert len(losses) == 3
    assert losses.mean() == pytest.approx(collection.epochs[0].metrics["train_loss"], rel=1e-5)


def test_that_two_branches_are_joined_to_what_reads_them(collect: Collect, samples: Samples) -> None:
    data = samples(16, 6, 6, 1)
    inputs = keras.Input((6, 6, 1))
    left = layers.Conv2D(4, 3, padding="same", name="left")(inputs)
    right = layers.Conv2D(5, 3, padding="same", name="right")(inputs)
    both = layers.Concatenate()([left, right])
    after = layers.Conv2D(3, 1, name="after")(both)
    summed = layers.Add()([layers.Conv2D(3, 1, name="one")(after), keras.ops.relu(after)])
    pooled = layers.GlobalAveragePooling2D()(summed)
    model = keras.Model(inputs, layers.Dense(3, activation="softmax", name="out")(pooled))

    collection = collect(model, data)

    reads = {name: layer.reads for name, layer in collection.layers.items()}
    assert reads == {
        "left": ("input",),
        "right": ("input",),
        "after": ("left", "right"),
        "after.relu": (),
        "one": ("after",),
        "out": ("one", "after"),
    }
    assert collection.layers["after"].input_units == 9
    kernel = collection.passes[-1].layers["after"].weight
    np.testing.assert_array_equal(kernel, model.get_layer("after").get_weights()[0].transpose(3, 2, 0, 1))


@pytest.mark.parametrize("kind", ["one layer twice", "a sum beside a layer"])
def test_that_what_is_joined_otherwise_than_one_layer_after_the_other_is_not_followed(
    collect: Collect, samples: Samples, kind: str
) -> None:
    inputs = keras.Input((5,))
    one, other, third = (layers.Dense(4, name=name)(inputs) for name in ("one", "other", "third"))
    parts = [one, one] if kind == "one layer twice" else [layers.Add()([one, other]), third]
    model = keras.Model(inputs, layers.Dense(3, activation="softmax", name="out")(layers.Concatenate()(parts)))

    assert collect(model, samples(16, 5)).layers["out"].reads == ()


def test_that_a_frozen_layer_has_weights_and_no_gradient(collect: Collect, samples: Samples) -> None:
    data, model = samples(16, 5), a_net()
    model.get_layer("fc1").trainable = False

    collection = collect(model, data)

    frozen, trained = (collection.passes[0].layers[name] for name in ("fc1", "fc2"))
    assert frozen.weight_gradient is None
    assert not frozen.weight_update.any()
    assert trained.weight_gradient is not None
    assert "frozen" in collection.layers["fc1"].not_recorded["weight_gradient"]
    assert collection.insight.parameters == 24


def test_that_a_sparse_gradient_is_kept_where_it_is_wanted(collect: Collect, samples: Samples) -> None:
    words = np.arange(32).reshape(8, 4) % 6
    labels = np.arange(8) % 3
    model = keras.Sequential(
        [
            keras.Input((4,), dtype="int32"),
            layers.Embedding(9, 5, name="words"),
            layers.Flatten(),
            layers.Dense(3, activation="softmax", name="out"),
        ]
    )
    collection = collect(model, (words, labels))

    series = collection.series
    assert series["update_norm/words"][0] == pytest.approx(0.1 * series["gradient_norm/words"][0], rel=1e-4)
    assert collection.layers["words"].not_recorded == {}


def test_that_steps_taken_at_once_are_told_and_counted(collect: Collect, samples: Samples) -> None:
    collection = collect(a_net(), samples(40, 5), compile_with={"steps_per_execution": 2}, interval=3)

    assert "steps_per_execution" in collection.notes[0].text
    assert collection.n_steps == 5
    assert collection.passes.steps.tolist() == [0, 2, 5]
    assert collection.passes[1].layers["fc1"].weight is not None
    assert collection.passes[1].layers["fc1"].weight_gradient is None
    assert collection.series.recorded("loss")[0].tolist() == [1, 3, 4]


def test_that_a_second_fit_goes_on_in_the_same_file(path: Path, samples: Samples) -> None:
    data, model = samples(24, 5), a_net()
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    collector = KerasCollector(path, probe=(data[0][:4], None), interval=2)
    for _ in range(2):
        model.fit(*data, batch_size=8, verbose=0, callbacks=[collector])
        with open_collection(path) as collection:
            assert collection.finished

    with open_collection(path) as collection:
        assert collection.passes.steps.tolist() == [0, 2, 4, 6]
        assert len(collection.series["loss"]) == 6
        assert len(collection.epochs) == 2
        assert all(collection.passes[number].layers["fc1"].weight_gradient is not None for number in range(3))


def test_that_a_model_that_cannot_run_on_the_probe_is_recorded_without_it(collect: Collect, samples: Samples) -> None:
    wrong = np.zeros((2, 9), np.float32)
    with pytest.warns(UserWarning, match="Activations and connections are not recorded"):
        collection = collect(a_net(), samples(16, 5), probe=(wrong, None))

    assert collection.passes[0].layers["fc1"].weight_gradient is not None
    assert collection.passes[0].layers["fc1"].activation is None
    assert "could not run on the probe" in collection.layers["fc1"].not_recorded["activation"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"interval": 0}, "interval is 0"),
        ({"unit_rule": "best"}, "unit_rule is 'best'"),
        ({"about": {"datset": "x"}}, "about has 'datset'"),
        ({"probe": np.zeros(3)}, "give it as"),
        ({"probe": (np.zeros((2, 3)), np.zeros(3, int))}, "2 samples, and its labels have shape"),
        ({"probe": ([np.zeros((2, 3)), np.zeros((4, 3))], None)}, "the inputs '1' of probe are 4 samples"),
        ({"probe": ({"words": np.array([None])}, None)}, "the inputs of probe have shape"),
        ({"probe": (np.zeros((0, 5)), None)}, "the inputs of probe have shape"),
        ({"probe": ({"a": [[1.0], [1.0, 2.0]]}, None)}, "the inputs of probe, of type list, are no array"),
        ({"probe": tf.data.Dataset.from_tensors(0)}, "take a batch of it"),
        ({"probe": (tf.data.Dataset.from_tensors(0), None)}, "take a batch of it"),
        ({"path": 3}, "path is of type int"),
        ({"probe": ((), None)}, "the inputs of probe are empty"),
    ],
)
def test_that_a_bad_option_is_an_error_in_words(path: Path, options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        KerasCollector(**({"path": path} | options))
