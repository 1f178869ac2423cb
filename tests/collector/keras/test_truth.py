"""What the file says of a pass is what a person finds who keeps the tensors by hand."""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from collector.storage import Collection

Collect = Callable[..., Collection]
Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
CLOSE = {"rtol": 1e-4, "atol": 1e-6}


def zoo() -> keras.Model:
    """A layer of each kind that has a unit plan."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            layers.Conv2D(7, 3, padding="same", activation="tanh", name="conv"),
            layers.BatchNormalization(name="norm"),
            layers.ReLU(name="relu"),
            layers.Conv2DTranspose(9, 2, strides=2, activation="leaky_relu", name="up"),
            layers.MaxPooling2D(4),
            layers.Flatten(),
            layers.Dropout(0.0),
            layers.Dense(11, name="fc"),
            layers.LayerNormalization(name="norm1d"),
            layers.Activation("tanh", name="tanh"),
            layers.Dense(3, activation="softmax", name="out"),
        ]
    )


class Kept:
    """A twin of the model, trained step by step with everything kept."""

    def __init__(self, model: keras.Model, probe: np.ndarray) -> None:
        self._model = keras.models.clone_model(model)
        self._model.set_weights(model.get_weights())
        self._probe = probe
        self.weights: list[dict[str, np.ndarray]] = []
        self.gradients: list[dict[str, np.ndarray]] = []
        self.updates: list[dict[str, np.ndarray]] = []
        self.outputs: list[dict[str, np.ndarray]] = []
        self.losses: list[float] = []

    def train(self, data: tuple[np.ndarray, np.ndarray], optimizer: Any, batch_size: int) -> None:
        for start in range(0, len(data[0]), batch_size):
            self.outputs.append(self._outputs())
            images, labels = (each[start : start + batch_size] for each in data)
            variables = self._model.trainable_variables
            with tf.GradientTape() as tape:
                given = self._model(images, training=True)
                loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, given))
            gradients = tape.gradient(loss, variables)
            before = self._named([each.numpy() for each in variables])
            optimizer.apply(gradients, variables)
            after = self._named([each.numpy() for each in variables])
            self.losses.append(float(loss))
            self.weights.append(before)
            self.gradients.append(self._named([each.numpy() for each in gradients]))
            self.updates.append({name: after[name] - before[name] for name in before})

    def _named(self, arrays: list[np.ndarray]) -> dict[str, np.ndarray]:
        names = ["/".join(each.path.split("/")[-2:]) for each in self._model.trainable_variables]
        return dict(zip(names, arrays, strict=True))

    def _outputs(self) -> dict[str, np.ndarray]:
        found, given = {}, tf.constant(self._probe)
        for layer in self._model.layers:
            given = layer(given, training=False)
            found[layer.name] = given.numpy()
        return found


@pytest.fixture(scope="module")
def recorded(collect_once: Collect, samples: Samples) -> Iterator[tuple[Collection, Kept]]:
    """Five steps with a pass at each, and what was kept by hand."""
    keras.utils.set_random_seed(0)
    data = samples(40, 6, 6, 2)
    model = zoo()
    kept = Kept(model, data[0][:4])
    kept.train(data, keras.optimizers.SGD(0.1), 8)
    with collect_once(model, data, interval=1, neuron_cap=4) as collection:
        yield collection, kept


NAMED = ("kernel", "bias")
Recorded = tuple[Collection, Kept]
NAMES = {"kernel": "weight", "bias": "bias", "gamma": "weight", "beta": "bias"}
UNITS = {"conv": 7, "norm": 7, "up": 9, "fc": 11, "norm1d": 11, "out": 3}
INPUTS = {"conv": 2, "up": 7, "fc": 9, "out": 11}


def chosen(total: int, cap: int) -> list[int]:
    """Single units at even distances, the first and the last among them."""
    return list(range(total)) if total <= cap else [round(place * (total - 1) / (cap - 1)) for place in range(cap)]


def by_hand(layer: str, array: np.ndarray, cap: int) -> np.ndarray:
    """A parameter as PyTorch would have it, unit by unit."""
    units = chosen(UNITS[layer], cap)
    if array.ndim == 1:
        return array[units]
    inputs = chosen(INPUTS[layer], cap)
    if layer == "conv":
        return np.stack([[array[:, :, source, unit] for source in inputs] for unit in units])
    if layer == "up":
        return np.stack([[array[:, :, unit, source] for source in inputs] for unit in units])
    if layer == "fc":  # nine positions of nine channels, the channels of one position together
        blocks = [[array[np.arange(9) * 9 + source, unit] for source in inputs] for unit in units]
        return np.array(blocks).reshape(len(units), -1)
    return np.stack([[array[source, unit] for source in inputs] for unit in units])


def test_that_weights_gradients_and_updates_are_those_kept_by_hand(recorded: Recorded) -> None:
    collection, kept = recorded

    assert collection.passes.steps.tolist() == [0, 1, 2, 3, 4, 5]
    for number in range(5):
        layers = collection.passes[number].layers
        for ending, arrays in (("", kept.weights), ("_gradient", kept.gradients), ("_update", kept.updates)):
            for path, array in arrays[number].items():
                layer, _, name = path.partition("/")
                found = getattr(layers[layer], NAMES[name] + ending)
                np.testing.assert_allclose(found, by_hand(layer, array, 4), **CLOSE, err_msg=path)
    assert not collection.notes


def test_that_activations_maps_and_logits_are_those_of_the_layers(recorded: Recorded) -> None:
    collection, kept = recorded

    for number in range(5):
        one = collection.passes[number]
        for name in ("conv", "norm", "relu", "up", "fc", "tanh", "out"):
            output = kept.outputs[number][name]
            units = chosen(output.shape[-1], 4)
            means = output.mean(axis=tuple(range(1, output.ndim - 1)))[:, units]
            np.testing.assert_allclose(one.layers[name].activation, means, **CLOSE)
        for name in ("conv", "relu", "up"):
            maps = np.moveaxis(kept.outputs[number][name], -1, 1)[:, chosen(kept.outputs[number][name].shape[-1], 4)]
            np.testing.assert_allclose(one.layers[name].feature_maps, maps, rtol=2e-3, atol=1e-3)
        probabilities = np.exp(one.logits) / np.exp(one.logits).sum(1, keepdims=True)
        np.testing.assert_allclose(probabilities, kept.outputs[number]["out"], **CLOSE)
    assert one.layers["norm"].feature_maps is None, "a stage's maps are those of its first and its last layer"


def test_that_layers_read_carry_and_measure_as_in_pytorch(recorded: Recorded) -> None:
    layers = recorded[0].layers

    assert {name: layer.stage for name, layer in layers.items()} == {
        **dict.fromkeys(("conv", "norm", "relu"), "conv"),
        "up": "up",
        **dict.fromkeys(("fc", "norm1d", "tanh"), "fc"),
        "out": "out",
    }
    assert {name: layer.reads for name, layer in layers.items() if layer.reads} == {
        "conv": ("input",),
        "up": ("conv",),
        "fc": ("up",),
        "out": ("fc",),
    }
    assert layers["fc"].input_block == 9
    assert layers["conv"].output_shape == (7, 6, 6)
    assert dict(layers["conv"].parameters) == {"weight": (7, 2, 3, 3), "bias": (7,)}
    assert dict(layers["up"].parameters)["weight"] == (9, 7, 2, 2)
    assert dict(layers["fc"].parameters)["weight"] == (11, 81)
    assert layers["conv"].kind == "Conv2D"


def test_that_pictures_and_pixels_have_their_channels_first(collect: Collect, samples: Samples) -> None:
    """A dense layer that reads a colour picture has its columns in the order of the probe's stored pixels."""
    data = samples(8, 2, 3, 3)
    model = keras.Sequential([keras.Input((2, 3, 3)), keras.layers.Flatten(), keras.layers.Dense(3, name="fc")])
    kernel = model.layers[-1].get_weights()[0]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    collection = collect(model, data, compile_with={"loss": loss})

    stored = collection.probe.inputs
    np.testing.assert_array_equal(stored, np.moveaxis(data[0][:4], -1, 1))
    weight = collection.passes[0].layers["fc"].weight
    np.testing.assert_allclose(stored.reshape(4, -1) @ weight.T, data[0][:4].reshape(4, -1) @ kernel, **CLOSE)
    np.testing.assert_allclose(collection.passes[0].logits, data[0][:4].reshape(4, -1) @ kernel, **CLOSE)


def test_that_a_steps_loss_accuracy_and_rate_are_its_own(collect: Collect, samples: Samples) -> None:
    data = samples(44, 6, 6, 2)
    model = zoo()
    kept = Kept(model, data[0][:4])
    rate = keras.optimizers.schedules.ExponentialDecay(0.01, 1, 0.5)
    kept.train(data, keras.optimizers.SGD(rate), 8)

    compiled = {"optimizer": keras.optimizers.SGD(rate), "metrics": ["accuracy"]}
    series = collect(model, data, compile_with=compiled, fit_with={"validation_data": data}).series

    np.testing.assert_allclose(series["loss"], kept.losses, **CLOSE)
    np.testing.assert_allclose(series["learning_rate"], 0.01 * 0.5 ** np.arange(6), rtol=1e-6)
    assert len(series["accuracy"]) == 6
    np.testing.assert_array_equal(series["accuracy"] * ([8] * 5 + [4]) % 1, 0)


def test_that_an_epochs_results_are_keras_own(collect: Collect, samples: Samples) -> None:
    data = samples(16, 6, 6, 2)
    model = zoo()

    compiled = {"metrics": ["accuracy"]}
    collection = collect(model, data, epochs=2, compile_with=compiled, fit_with={"validation_data": data})

    loss, accuracy = model.evaluate(*data, verbose=0)
    results = collection.epochs[1].metrics
    assert (results["test_loss"], results["test_accuracy"]) == pytest.approx((loss, accuracy), rel=1e-5)
    assert set(results) == {"train_loss", "train_accuracy", "test_loss", "test_accuracy"}
    assert [each.step for each in collection.epochs] == [2, 4]


def test_that_norms_and_moments_are_those_of_the_optimizer(collect: Collect, samples: Samples) -> None:
    data = samples(8, 6, 6, 2)
    model = zoo()
    kept = Kept(model, data[0][:4])
    kept.train(data, keras.optimizers.Adam(0.01), 8)

    series = collect(model, data, compile_with={"optimizer": keras.optimizers.Adam(0.01)}, insight=None).series

    values = {"weight": kept.weights[0], "gradient": kept.gradients[0], "update": kept.updates[0]}
    norms = {name: np.sqrt(sum((own[f"fc/{each}"] ** 2).sum() for each in NAMED)) for name, own in values.items()}
    for name, norm in norms.items():
        assert series[f"{name}_norm/fc"][0] == pytest.approx(norm, rel=1e-4)
    assert series["update_ratio/fc"][0] == pytest.approx(norms["update"] / norms["weight"], rel=1e-4)
    assert series["step_size/fc"][0] == pytest.approx(norms["update"] / norms["gradient"], rel=1e-4)
    assert series["first_moment_norm/fc"][0] == pytest.approx(0.1 * norms["gradient"], rel=1e-4)
    squares = np.concatenate([kept.gradients[0][f"fc/{each}"].reshape(-1) ** 2 for each in NAMED])
    assert series["second_moment_mean/fc"][0] == pytest.approx(0.001 * squares.mean(), rel=1e-4)


def test_that_what_is_followed_from_step_to_step_is_what_was_kept(recorded: Recorded) -> None:
    """At the default interval step 0 is measured; the recorder's own tests say what with."""
    collection, kept = recorded

    for name, own in (("weight", kept.weights), ("gradient", kept.gradients), ("update", kept.updates)):
        squares = sum((array.astype(np.float64) ** 2).sum() for array in own[0].values())
        assert collection.series[f"{name}_norm/total"][0] == pytest.approx(np.sqrt(squares), rel=1e-4)
    assert collection.insight.parameters == sum(array.size for array in kept.weights[0].values())
    assert [(band.layer, band.parameter) for band in collection.insight.bands][:2] == [
        ("conv", "weight"),
        ("conv", "bias"),
    ]


def test_that_histograms_count_every_value(recorded: Recorded) -> None:
    collection, kept = recorded

    counts = collection.passes[2].histograms["fc"]
    for kind, arrays in (("weight", kept.weights), ("gradient", kept.gradients), ("update", kept.updates)):
        values = np.concatenate([arrays[2][f"fc/{name}"].reshape(-1) for name in ("kernel", "bias")])
        assert counts[kind].sum() == values.size
        assert counts[kind][65:].sum() == (values >= 2.0**-48).sum()
