"""What rules need of a Keras training: who updates what, what the loss is made of, batches, norms, clipping, age."""

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from collector import KerasCollector, open_collection
from collector.capture.insight_options import InsightOptions
from collector.storage import Collection

Collect = Callable[..., Collection]
Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
layers = keras.layers
EACH = {"insight": InsightOptions(interval=1)}


def net(*inner: Any, last: str | None = "softmax") -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((4,)),
            *(inner or [layers.Dense(5, activation="relu", name="fc1")]),
            layers.Dense(3, last, name="fc2"),
        ]
    )


def test_that_an_optimizer_is_told_with_its_options_and_what_it_updates(collect: Collect, samples: Samples) -> None:
    optimizer = keras.optimizers.AdamW(0.01, weight_decay=0.1, epsilon=1e-5)
    optimizer.exclude_from_weight_decay(var_names=["bias"])

    collection = collect(net(), samples(16, 4), compile_with={"optimizer": optimizer})

    (record,) = collection.optimizers
    assert record.step == 0
    assert [(each.optimizer, each.number, each.rate) for each in record.groups] == [("AdamW", 0, "learning_rate")] * 2
    assert [each.parameters for each in record.groups] == [["fc1.weight", "fc2.weight"], ["fc1.bias", "fc2.bias"]]
    assert [each.options["weight_decay"] for each in record.groups] == [0.1, 0.0]
    assert record.groups[0].options["eps"] == 1e-5
    assert record.groups[0].options["beta1"] == 0.9
    assert (record.in_none, record.frozen) == ([], [])


def test_that_what_is_frozen_is_told_and_again_when_it_is_otherwise(path: Path, samples: Samples) -> None:
    data, model = samples(16, 4), net()
    collector = KerasCollector(path, probe=(data[0][:4], None))
    for is_trained in (False, True):
        model.get_layer("fc1").trainable = is_trained
        model.compile("sgd", "sparse_categorical_crossentropy")
        model.fit(*data, batch_size=8, verbose=0, callbacks=[collector])

    with open_collection(path) as collection:
        assert [(each.step, each.frozen) for each in collection.optimizers] == [
            (0, ["fc1.weight", "fc1.bias"]),
            (2, []),
        ]
        assert collection.layers["fc1"].options["trainable"] is False


class Partly(keras.Model):
    """Its training step hands the last layer alone to the optimizer."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = layers.Dense(5, name="fc1"), layers.Dense(3, name="fc2")

    def call(self, inputs: Any) -> Any:
        return self.fc2(keras.ops.relu(self.fc1(inputs)))

    def train_step(self, data: Any) -> dict[str, Any]:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=data[0], y=data[1], y_pred=self(data[0], training=True))
        own = self.fc2.trainable_variables
        self.optimizer.apply(tape.gradient(loss, own), own)
        return {"loss": loss}


def test_that_variables_that_no_optimizer_has_are_told(collect: Collect, samples: Samples) -> None:
    data = samples(16, 4)
    model = Partly()
    model(data[0])
    compiled = {"loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True)}

    collection = collect(model, data, compile_with=compiled)

    assert collection.optimizers[0].in_none == ["fc1.weight", "fc1.bias"]
    assert collection.losses[0].apart == ["fc1.weight", "fc1.bias"]


def sparse(**options: Any) -> Any:
    return keras.losses.SparseCategoricalCrossentropy(**options)


@pytest.mark.parametrize(
    ("loss", "last", "operations", "reduction"),
    [
        ("sparse_categorical_crossentropy", "softmax", ["NllLoss", "LogSoftmax"], "mean"),
        ("sparse_categorical_crossentropy", "relu", ["NllLoss", "Log", "Relu"], "mean"),
        ("sparse_categorical_crossentropy", None, ["NllLoss", "Log"], "mean"),
        ("sparse_categorical_crossentropy", "sigmoid", ["NllLoss", "LogSoftmax"], "mean"),
        (sparse(from_logits=True), None, ["NllLoss", "LogSoftmax"], "mean"),
        (sparse(from_logits=True), "relu", ["NllLoss", "LogSoftmax", "Relu"], "mean"),
        (sparse(from_logits=True, reduction="sum"), None, ["NllLoss", "LogSoftmax"], "sum"),
        (keras.losses.MeanSquaredError(), "softmax", ["MseLoss", "Softmax"], "mean"),
        ("mse", "sigmoid", ["MseLoss", "Sigmoid"], "mean"),
        ([sparse(from_logits=True)], "tanh", ["NllLoss", "LogSoftmax", "Tanh"], "mean"),
    ],
)
def test_that_the_loss_is_told_by_what_it_is_made_of(
    collect: Collect, samples: Samples, loss: Any, last: str | None, operations: list[str], reduction: str
) -> None:
    inputs, labels = samples(16, 4)
    is_squared = operations[0] == "MseLoss"
    targets = keras.utils.to_categorical(labels, 3) if is_squared else labels

    collection = collect(net(last=last), (inputs, targets), compile_with={"loss": loss}, probe=(inputs[:4], None))

    (record,) = collection.losses
    assert (record.name, record.layer, record.reduction) == ("loss", "fc2", reduction)
    assert record.operations == operations
    assert record.function == ("MeanSquaredError" if is_squared else "SparseCategoricalCrossentropy")


def test_that_layers_with_nothing_but_what_is_linear_between_them_are_told(collect: Collect, samples: Samples) -> None:
    inside = (
        layers.Dense(6, name="a"),
        layers.BatchNormalization(),
        layers.Dropout(0.2),
        layers.Dense(5, activation="linear", name="b"),
        layers.ReLU(),
        layers.Dense(5, activation="tanh", name="c"),
    )

    collection = collect(net(*inside), samples(16, 4))

    assert collection.losses[0].linear == [("a", "b")]


def test_that_a_loss_of_the_training_steps_own_is_not_told(collect: Collect, samples: Samples) -> None:
    class Own(Partly):
        def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, **rest: Any) -> Any:
            return keras.ops.mean(keras.ops.square(y_pred))

    data = samples(16, 4)
    model = Own()
    model(data[0])

    assert collect(model, data, compile_with={"loss": "mse"}, probe=(data[0][:4], None)).losses == []


def test_that_a_batch_is_known_by_its_checksum_and_its_inputs_by_their_size(collect: Collect, samples: Samples) -> None:
    inputs, labels = samples(32, 4)

    collection = collect(net(), (inputs * 3 + 1, labels), **EACH)

    batches = (inputs * 3 + 1).reshape(4, 8, 4)
    steps, crcs = collection.series.recorded("batch_crc32/total")
    assert steps.tolist() == [0, 1, 2, 3]
    assert crcs.tolist() == [zlib.crc32(each.tobytes()) for each in batches]
    for metric, of in (("mean", np.mean), ("std", np.std), ("min", np.min), ("max", np.max)):
        _, found = collection.series.recorded(f"input_{metric}/input")
        np.testing.assert_allclose(found, [of(each) for each in batches], rtol=1e-5)


@pytest.mark.parametrize("eagerly", [False, True])
def test_that_an_input_that_is_not_finite_is_told_with_its_step(
    collect: Collect, samples: Samples, eagerly: bool
) -> None:
    inputs, labels = samples(64, 4)
    inputs[29, 2] = np.nan

    # without a rectifier, which TensorFlow compiles to one that makes 0 of a NaN
    model = net(layers.Dense(5, name="fc1"))
    collection = collect(model, (inputs, labels), compile_with={"run_eagerly": eagerly}, interval=99)

    steps, counts = collection.series.recorded("not_finite_input/input")
    assert (steps.tolist()[0], counts.tolist()[0]) == (3, 1)


def test_that_norms_are_in_training_mode_where_their_statistics_move(collect: Collect, samples: Samples) -> None:
    norm = layers.BatchNormalization(name="norm")
    collection = collect(net(norm), samples(32, 4), **EACH)
    assert collection.series.recorded("training_mode/norm")[1].tolist() == [1] * 4

    frozen = layers.BatchNormalization(name="still")
    frozen.trainable = False
    collection = collect(net(layers.Dense(4), frozen), samples(32, 4), overwrite=True, **EACH)
    assert collection.series.recorded("training_mode/still")[1].tolist() == [0] * 4


@pytest.mark.parametrize(
    ("option", "of"),
    [
        ("global_clipnorm", lambda norms: min(np.sqrt(np.sum(norms**2)), 0.05)),
        ("clipnorm", lambda norms: np.sqrt(np.sum(np.minimum(norms, 0.05) ** 2))),
    ],
)
def test_that_the_norm_before_and_behind_clipping_is_known(
    collect: Collect, samples: Samples, option: str, of: Callable[[np.ndarray], float]
) -> None:
    optimizer = keras.optimizers.SGD(0.1, **{option: 0.05})

    collection = collect(net(), samples(32, 4), compile_with={"optimizer": optimizer}, interval=1, neuron_cap=0, **EACH)

    _, unclipped = collection.series.recorded("unclipped_gradient_norm/total")
    _, clipped = collection.series.recorded("clipped_gradient_norm/total")
    np.testing.assert_allclose(unclipped, collection.series.recorded("gradient_norm/total")[1], rtol=1e-5)
    for step in range(4):
        own = collection.passes[step].layers
        norms = [np.linalg.norm(getattr(own[name], f"{kind}_gradient")) for name in own for kind in ("weight", "bias")]
        assert clipped[step] == pytest.approx(of(np.array(norms)), rel=1e-5)
    updates = collection.series.recorded("update_norm/total")[1]
    np.testing.assert_allclose(updates, 0.1 * clipped, rtol=1e-4)


def test_that_without_clipping_nothing_is_said_of_it(collect: Collect, samples: Samples) -> None:
    assert not [name for name in collect(net(), samples(16, 4), **EACH).series if "clipped" in name]


def test_that_the_age_of_the_optimizers_state_counts_its_updates(path: Path, samples: Samples) -> None:
    data, model = samples(16, 4), net()
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(*data, batch_size=8, verbose=0)
    collector = KerasCollector(path, probe=None, **EACH)
    model.fit(*data, batch_size=8, verbose=0, callbacks=[collector])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(*data, batch_size=8, verbose=0, callbacks=[collector])

    with open_collection(path) as collection:
        assert collection.series.recorded("optimizer_age/total")[1].tolist() == [2, 3, 0, 1]


def test_that_the_size_of_activations_is_that_of_the_probe(collect: Collect, samples: Samples) -> None:
    data = samples(16, 4)

    collection = collect(net(last=None), data, compile_with={"loss": sparse(from_logits=True)}, neuron_cap=0)

    for name in ("fc1", "fc2"):
        for metric, of in (("mean", np.mean), ("std", np.std), ("max", lambda each: np.abs(each).max())):
            _, found = collection.series.recorded(f"activation_{metric}/{name}")
            wanted = [of(each.layers[name].activation) for each in collection.passes]
            np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)


def test_that_held_out_losses_are_scalars_of_the_last_step_of_their_epoch(collect: Collect, samples: Samples) -> None:
    data = samples(16, 4)

    collection = collect(net(), data, epochs=2, fit_with={"validation_data": data})

    steps, values = collection.series.recorded("val_loss")
    assert steps.tolist() == [1, 3]
    np.testing.assert_allclose(values, [each.metrics["test_loss"] for each in collection.epochs])


def test_that_options_are_those_of_keras_own_layers(collect: Collect, samples: Samples) -> None:
    @keras.saving.register_keras_serializable("tests")
    class Own(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="own")
            self.secret = "hidden"

        def call(self, inputs: Any) -> Any:
            return inputs

    collection = collect(
        net(layers.Dense(5, activation="tanh", name="fc1"), layers.Dropout(0.25), Own()), samples(16, 4)
    )

    assert collection.layers["fc1"].options["activation"] == "tanh"
    options = {each.name: each.options for each in collection.flow}
    assert options["dropout"]["rate"] == 0.25
    assert options["own"] == {}
