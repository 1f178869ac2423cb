"""What is not finite is told by step and layer, wherever it is; a gradient that is not there is none of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from collector import KerasCollector, open_collection
from collector.storage import Collection
from tests.collector.keras.conftest import train

Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
layers = keras.layers


def a_net(activation: str = "relu") -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((5,)),
            layers.Dense(7, activation=activation, name="fc1"),
            layers.Dense(1, activation="sigmoid", name="fc2"),
        ]
    )


def notes(collection: Collection) -> str:
    return "\n".join(note.text for note in collection.notes)


class Breaks(keras.callbacks.Callback):
    """Puts an Inf into a weight behind a step."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if batch == 2:
            kernel = self.model.get_layer("fc1").kernel
            values = kernel.numpy()
            values[1, 2] = np.inf
            kernel.assign(values)


def test_that_activations_that_are_not_finite_are_counted_and_the_first_ones_are_told(
    path: Path, samples: Samples
) -> None:
    data, model = samples(40, 5), a_net("linear")
    model.compile(keras.optimizers.SGD(0.0), "binary_crossentropy")
    probe = np.abs(data[0][:4])
    collector = KerasCollector(path, probe=(probe, None), interval=1)
    model.fit(data[0], data[1] % 2, batch_size=8, shuffle=False, verbose=0, callbacks=[collector, Breaks()])
    with open_collection(path) as collection:
        steps, counts = collection.series.recorded("not_finite_activation/fc1")
        assert steps.tolist() == [3, 4, 5]
        assert counts.tolist()[0] == 4, "one unit of seven, of four samples"
        assert "activation of the probe came at step 3, in fc1" in notes(collection)


def test_that_a_loss_that_is_nan_is_told_once_with_its_step(path: Path, samples: Samples) -> None:
    inputs, labels = samples(40, 5)
    inputs[17] = np.nan
    model = a_net("linear")
    model.compile(keras.optimizers.SGD(0.1), "mse")

    with train(path, model, (inputs, labels % 2), epochs=2) as collection:
        loss = collection.series["loss"]
        assert np.isfinite(loss[:2]).all()
        assert np.isnan(loss[2])
        assert notes(collection).count("NaN in 'loss'") == 1
        assert "NaN in 'loss', as it was logged, came at step 2" in notes(collection)


def test_that_weights_that_are_not_finite_are_seen_where_the_loss_is_finite(path: Path, samples: Samples) -> None:
    """TensorFlow's rectifier makes 0 of NaN: behind it nothing is seen of a layer that is NaN throughout."""
    inputs, labels = samples(40, 5)
    inputs[17] = np.inf
    model = a_net()
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy")
    probe = samples(4, 5)[0]

    with train(path, model, (inputs, labels % 2), interval=1, probe=(probe, None), insight=None) as collection:
        n_nan = int(np.isnan(model.get_weights()[0]).sum() + np.isnan(model.get_weights()[1]).sum())
        assert n_nan
        steps, counts = collection.series.recorded("not_finite_weight/fc1")
        assert steps.tolist() == [3, 4]
        assert counts[-1] == n_nan
        assert collection.series.recorded("not_finite_update/fc1")[0].tolist() == [2, 3, 4]
        assert "NaN or Inf in the weights came at step 3, in fc1" in notes(collection)


@pytest.mark.parametrize("option", ["probe", "similarity"])
def test_that_held_out_samples_that_are_not_finite_are_told(path: Path, samples: Samples, option: str) -> None:
    inputs, labels = samples(24, 5)
    held_out = inputs[:6].copy()
    held_out[1, :3] = np.inf
    model = a_net()
    model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy")

    with train(path, model, (inputs, labels % 2), **{option: (held_out, None)}) as collection:
        assert f"The inputs of {option} hold 3 values that are NaN or Inf." in notes(collection)


def test_that_a_weight_without_a_gradient_at_a_step_is_no_nan(path: Path, samples: Samples) -> None:
    data = samples(24, 5)
    inputs = keras.Input((5,))
    aside = layers.Dense(2, name="aside")(inputs)
    out = layers.Dense(3, activation="softmax", name="out")(inputs)
    model = keras.Model(inputs, [out, aside])
    model.compile(keras.optimizers.SGD(0.1), ["sparse_categorical_crossentropy", None])

    with pytest.warns(UserWarning), train(path, model, data) as collection:
        assert not [name for name in collection.series if name.startswith(("nan/", "not_finite_activation/"))]
        assert "gradient_norm/aside" not in collection.series
        assert np.isfinite(collection.series["gradient_norm/out"]).any()


def test_that_no_warning_of_numpy_reaches_the_user(path: Path, samples: Samples) -> None:
    """Warnings are errors here."""
    inputs, labels = samples(24, 5)
    model = a_net("linear")
    model.compile(keras.optimizers.SGD(1e30), "mse")

    with train(path, model, (inputs * 1e15, labels % 2), interval=1) as collection:
        assert collection.finished
        assert not any("Strobe failed" in note.text for note in collection.notes)


def test_that_numbers_of_double_precision_are_recorded(path: Path, samples: Samples) -> None:
    keras.config.set_floatx("float64")
    try:
        model = a_net()
        model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy")
        inputs, labels = samples(24, 5)
        with train(path, model, (inputs.astype(np.float64), labels % 2), interval=1) as collection:
            arrays = collection.passes[0].layers["fc1"]
            np.testing.assert_allclose(arrays.weight_update, -0.1 * arrays.weight_gradient, rtol=1e-4)
            assert not collection.notes
    finally:
        keras.config.set_floatx("float32")


class ManyClasses(layers.Layer):
    """Logits that are known."""

    def call(self, inputs: Any) -> Any:
        return tf.repeat(inputs, 600, axis=1) * tf.cast(tf.range(3000), tf.float32)


def test_that_of_very_many_classes_the_largest_logits_are_kept(path: Path, samples: Samples) -> None:
    inputs, _ = samples(8, 5)
    model = keras.Sequential([keras.Input((5,)), layers.Dense(5, name="fc"), ManyClasses()])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    labels = np.arange(8) * 400
    model.compile(keras.optimizers.SGD(0.0), loss)

    with train(path, model, (inputs, labels), probe=(inputs[:4], labels[:4])) as collection:
        one, logits = collection.passes[0], model(inputs[:4]).numpy().astype(np.float64)
        assert one.logits is None
        top = one.top_logits
        order = np.argsort(-logits, axis=1, kind="stable")[:, :16]
        np.testing.assert_array_equal(top.numbers, order)
        np.testing.assert_allclose(top.values, np.take_along_axis(logits, order, 1), rtol=1e-5)
        most = logits.max(1)
        log_sum = most + np.log(np.exp(logits - most[:, None]).sum(1))
        chances = np.exp(logits - log_sum[:, None])
        np.testing.assert_allclose(top.log_sum_exp, log_sum, rtol=1e-5)
        parts = np.where(chances > 0, chances * (log_sum[:, None] - logits), 0)
        np.testing.assert_allclose(top.entropy, parts.sum(1), rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(top.true, logits[np.arange(4), labels[:4]], rtol=1e-5)
        assert top.classes == 3000
