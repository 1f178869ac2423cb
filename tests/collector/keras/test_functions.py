"""Activations that are called as functions are recorded as the layers are that do the same."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from collector.storage import Collection
from tests.collector.keras.conftest import train

Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
layers = keras.layers
ops = keras.ops

PAIRS: dict[str, tuple[Callable[[Any], Any], str, str]] = {
    "keras.ops.relu": (ops.relu, "relu", "dead_fraction"),
    "keras.activations.relu": (keras.activations.relu, "relu", "dead_fraction"),
    "tf.nn.relu": (tf.nn.relu, "relu", "dead_fraction"),
    "maximum": (lambda x: ops.maximum(x, 0.0), "relu", "dead_fraction"),
    "keras.ops.relu6": (ops.relu6, "relu6", "dead_fraction"),
    "keras.ops.sigmoid": (ops.sigmoid, "sigmoid", "saturated_fraction"),
    "tf.sigmoid": (tf.sigmoid, "sigmoid", "saturated_fraction"),
    "tf.tanh": (tf.tanh, "tanh", "saturated_fraction"),
    "keras.ops.softsign": (ops.softsign, "softsign", "saturated_fraction"),
}


class Net(keras.Model):
    """A small network whose activations are given, or are layers."""

    def __init__(self, function: Callable[[Any], Any] | None, name: str) -> None:
        super().__init__()
        self.conv, self.norm = layers.Conv2D(6, 3, name="conv"), layers.BatchNormalization(name="norm")
        self.flatten = layers.Flatten()
        self.fc, self.out = layers.Dense(20, name="fc"), layers.Dense(3, activation="softmax", name="out")
        self.first = function or layers.Activation(name, name="first")
        self.second = function or layers.Activation(name, name="second")
        self.most = {"softsign": 200.0, "sigmoid": 12.0}.get(name, 6.0)

    def build(self, shape: Any) -> None:
        for layer, given in ((self.conv, shape), (self.norm, (None, 4, 4, 6)), (self.fc, (None, 96))):
            layer.build(given)
        self.out.build((None, 20))
        for layer, size in ((self.fc, 20), (self.conv, 6)):  # some units dead or saturated, some not
            layer.bias.assign(np.linspace(-self.most, self.most, size))
        self.built = True

    def call(self, pictures: Any) -> Any:
        features = self.first(self.norm(self.conv(pictures)))
        return self.out(self.second(self.fc(self.flatten(features))))


def recorded(path: Path, data: Any, function: Callable[[Any], Any] | None, name: str) -> Collection:
    keras.backend.clear_session()
    keras.utils.set_random_seed(0)
    model = Net(function, name)
    model.build((None, 6, 6, 1))
    return train(path, model, data, interval=1)


@pytest.mark.parametrize("kind", PAIRS)
def test_that_units_behind_a_function_are_as_idle_as_behind_the_layer(
    tmp_path: Path, samples: Samples, kind: str
) -> None:
    function, name, metric = PAIRS[kind]
    data = samples(16, 6, 6, 1)
    with (
        recorded(tmp_path / "functions.json", data, function, name) as one,
        recorded(tmp_path / "layers.json", data, None, name) as other,
    ):
        assert list(one.layers) == ["conv", "norm", f"conv.{name}", "fc", f"fc.{name}", "out"]
        for mine, theirs in ((f"conv.{name}", "first"), (f"fc.{name}", "second")):
            (steps, values), (_, expected) = (
                each.series.recorded(f"{metric}/{layer}") for each, layer in ((one, mine), (other, theirs))
            )
            assert steps.tolist() == [0, 1, 2]
            np.testing.assert_array_equal(values, expected)
            assert 0 < values[0] < 1
            for number in range(3):
                arrays, same = one.passes[number].layers[mine], other.passes[number].layers[theirs]
                np.testing.assert_array_equal(arrays.activation, same.activation)
            assert (one.layers[mine].stage, one.layers[mine].kind) == (other.layers[theirs].stage, "Activation")


def parts_of_others(inputs: Any) -> Any:
    """Functions that have such a one inside, or are none."""
    given = ops.silu(inputs) + ops.gelu(inputs) + ops.hard_sigmoid(inputs) + ops.leaky_relu(inputs)
    return given + ops.maximum(inputs, 0.5) + ops.elu(inputs)


def test_that_a_part_of_another_function_is_none(path: Path, samples: Samples) -> None:
    inputs = keras.Input((5,))
    hidden = parts_of_others(layers.Dense(4, name="fc")(inputs))
    model = keras.Model(inputs, layers.Dense(3, activation="softmax", name="out")(hidden))

    with train(path, model, samples(8, 5)) as collection:
        assert list(collection.layers) == ["fc", "out"]


class Dense(layers.Layer):
    """A layer of the user's own."""

    def build(self, shape: Any) -> None:
        self.kernel = self.add_weight(shape=(shape[-1], 4), name="kernel")

    def call(self, inputs: Any) -> Any:
        return tf.nn.relu(tf.matmul(inputs, self.kernel))


def test_that_functions_are_found_in_layers_of_the_users_own_and_not_in_those_of_keras(
    path: Path, samples: Samples
) -> None:
    model = keras.Sequential(
        [
            keras.Input((4, 5)),
            layers.LSTM(4, unroll=True, name="lstm"),
            Dense(name="own"),
            layers.Dense(6, activation=lambda x: tf.nn.relu(x), name="by_hand"),  # noqa: PLW0108
            layers.Dense(3, activation="softmax", name="out"),
        ]
    )
    with train(path, model, samples(8, 4, 5)) as collection:
        assert list(collection.layers) == ["lstm", "own.relu", "own", "by_hand", "out"]
        hit = {name for name in collection.series if name.startswith(("dead_fraction", "saturated_fraction"))}
        assert hit == {"dead_fraction/own.relu", "dead_fraction/by_hand"}
        assert collection.layers["own.relu"].not_recorded == {}
