"""Fractions of dead and of saturated units: which layers have them, and a slow count of the same."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from collector import KerasCollector, open_collection
from collector.keras.dead_units import useless_units
from collector.storage import Collection

Collect = Callable[..., Collection]
Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
layers = keras.layers


def fractions(layer: Any, output: np.ndarray, unit_axis: int) -> dict[str, float]:
    found = useless_units(layer, tf.constant(output, tf.float32), unit_axis)
    return {name: float(np.mean(value)) for name, value in found.items()}


RECTIFIED = (
    layers.ReLU(),
    layers.ReLU(6.0),
    layers.Activation("relu"),
    layers.Activation("relu6"),
    layers.Dense(3, activation="relu"),
    layers.Dense(3, activation=tf.nn.relu),
    layers.Dense(3, activation=layers.ReLU()),
    layers.Conv2D(3, 3, activation="relu"),
)
WITHOUT = (
    layers.ReLU(negative_slope=0.1),
    layers.LeakyReLU(),
    layers.Activation("gelu"),
    layers.Activation("softmax"),
    layers.Dense(3),
    layers.Dense(3, activation=lambda inputs: inputs),
    layers.BatchNormalization(),
    layers.SimpleRNN(3, activation="tanh"),
)


@pytest.mark.parametrize("layer", RECTIFIED, ids=lambda layer: type(layer).__name__)
def test_that_a_unit_behind_a_rectifier_is_dead_if_all_of_it_is_zero(layer: keras.Layer) -> None:
    output = np.zeros((2, 3, 5, 4), np.float32)
    output[0, 2, 1, 0] = 1e-30
    output[1, 0, 0, 3] = np.nan

    assert fractions(layer, output, 3) == {"dead_fraction": 0.5}
    assert fractions(layer, output, 2) == {"dead_fraction": pytest.approx(3 / 5)}


@pytest.mark.parametrize("layer", WITHOUT, ids=lambda layer: type(layer).__name__)
def test_that_other_layers_have_no_such_fraction(layer: keras.Layer) -> None:
    assert fractions(layer, np.zeros((2, 3), np.float32), 1) == {}


@pytest.mark.parametrize(
    ("function", "low", "high"),
    [("sigmoid", 0, 1), ("hard_sigmoid", 0, 1), ("tanh", -1, 1), ("hard_tanh", -1, 1), ("softsign", -1, 1)],
)
@pytest.mark.parametrize("kind", [layers.Activation, lambda function: layers.Dense(30, activation=function)])
def test_that_a_unit_is_saturated_if_nearly_all_of_it_is_close_to_a_bound(
    kind: Callable[[str], keras.Layer], function: str, low: float, high: float
) -> None:
    chance = np.random.default_rng(0)
    scale = np.geomspace(0.1, 1e5, 30)
    layer = kind(function)
    output = layer.activation(tf.constant(chance.normal(size=(40, 30)) * scale, tf.float32)).numpy()
    edge = 0.005 * (high - low)
    n_saturated = 0
    for unit in range(30):
        values = output[:, unit].tolist()
        n_saturated += sum(value < low + edge or value > high - edge for value in values) >= 0.95 * len(values)

    assert 0 < n_saturated < 30
    assert fractions(layer, output, 1) == {"saturated_fraction": pytest.approx(n_saturated / 30)}
    assert fractions(layer, np.full((3, 2), np.nan, np.float32), 1) == {"saturated_fraction": 0.0}


def test_that_nothing_is_said_of_no_values() -> None:
    assert fractions(layers.ReLU(), np.zeros((2, 0, 3), np.float32), 2) == {}


def a_net() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            layers.Conv2D(40, 3, activation="relu", name="conv"),
            layers.Flatten(),
            layers.Dense(7, activation="sigmoid", name="fc1"),
            layers.Dense(3, activation="softmax", name="fc2"),
        ]
    )


def test_that_they_are_counted_over_all_units_and_the_whole_probe_at_every_pass_and_at_the_end(
    collect: Collect, samples: Samples
) -> None:
    data = samples(40, 6, 6, 2)
    model = a_net()
    kernel, bias = model.get_layer("conv").get_weights()
    bias[::3] = -100
    model.get_layer("conv").set_weights([kernel, bias])

    collection = collect(model, data, neuron_cap=4)

    steps, values = collection.series.recorded("dead_fraction/conv")
    assert steps.tolist() == collection.passes.steps.tolist() == [0, 2, 4, 5]
    outputs = keras.Model(model.inputs[0], model.get_layer("conv").output)(data[0][:4]).numpy()
    assert values[-1] == pytest.approx((outputs == 0).all((0, 1, 2)).mean())
    assert values == pytest.approx([14 / 40] * 4)
    assert collection.series.recorded("saturated_fraction/fc1")[0].tolist() == [0, 2, 4, 5]
    idle = {name for name in collection.series if "_fraction/" in name and not name.startswith("flip")}
    assert idle == {"dead_fraction/conv", "saturated_fraction/fc1"}


def test_that_they_are_recorded_of_steps_that_run_at_once_too(collect: Collect, samples: Samples) -> None:
    collection = collect(a_net(), samples(64, 6, 6, 2), interval=4, compile_with={"steps_per_execution": 4})

    assert collection.series.recorded("dead_fraction/conv")[0].tolist() == [0, 4, 8]


@pytest.mark.parametrize("interval", [2, 4])
def test_that_a_second_fit_says_each_once(path: Path, samples: Samples, interval: int) -> None:
    data = samples(48, 6, 6, 2)
    model = a_net()
    model.compile("sgd", "sparse_categorical_crossentropy")
    collector = KerasCollector(path, probe=(data[0][:4], None), interval=interval)
    for _ in range(2):
        model.fit(*data, batch_size=8, verbose=0, callbacks=[collector])

    due = list(range(0, 12, interval))
    with open_collection(path) as collection:
        assert collection.finished
        assert not collection.damaged
        assert collection.n_steps == 12
        assert collection.passes.steps.tolist() == [*due, 12]
        steps, _ = collection.series.recorded("dead_fraction/conv")
        assert steps.tolist() == sorted({*due, 6, 12})
