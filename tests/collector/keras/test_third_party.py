"""Models of any shape: each trains the same with and without the collector, and is recorded right or says why not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from collector import CollectorWarning
from collector.capture.insight_options import InsightOptions
from collector.storage import Collection

Both = Callable[..., Collection]
Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
layers = keras.layers

N = 24
LABELS = np.random.default_rng(1).integers(0, 3, N)
LOSS = "sparse_categorical_crossentropy"
EVERYTHING = {"activation", "weight", "bias", "weight_gradient", "bias_gradient", "weight_update", "bias_update"}


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(N, *shape)).astype(np.float32)


def recorded(collection: Collection, layer: str, number: int = 0) -> set[str]:
    """Which arrays a pass has of a layer."""
    arrays = collection.passes[number].layers[layer]
    kinds = EVERYTHING | {"feature_maps"}
    return {kind for kind in kinds if getattr(arrays, kind) is not None}


def chances(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def check_first_gradients(collection: Collection, make: Callable[[], keras.Model], inputs: Any) -> None:
    """The norm of all gradients at step 0 is that of a tape's, for a batch of eight."""
    keras.utils.set_random_seed(0)
    model = make()
    batch = tf.nest.map_structure(lambda each: each[:8], inputs)
    with tf.GradientTape() as tape:
        given = tf.nest.flatten(model(batch, training=True))[0]
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(LABELS[:8], given))
    gradients = [tf.convert_to_tensor(each) for each in tape.gradient(loss, model.trainable_variables)]
    expected = np.sqrt(sum(float(tf.reduce_sum(each**2)) for each in gradients))
    assert collection.series["gradient_norm/total"][0] == pytest.approx(expected, rel=1e-3)


def functional() -> keras.Model:
    inputs = keras.Input((6, 6, 1))
    first = layers.Conv2D(4, 3, padding="same", activation="relu", name="first")(inputs)
    second = layers.Conv2D(4, 3, padding="same", name="second")(first)
    pooled = layers.GlobalAveragePooling2D()(layers.Add()([first, second]))
    return keras.Model(inputs, layers.Dense(3, activation="softmax", name="out")(pooled))


class Subclassed(keras.Model):
    """Its layers make their parameters at the first call; one of them is never called."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = [layers.Dense(7, activation="relu", name=f"block{number}") for number in range(2)]
        self.unused = layers.Dense(5, name="unused")
        self.head = layers.Dense(3, activation="softmax", name="head")

    def build(self, shape: Any) -> None:
        """Leave it to the layers; without this Keras warns of the one that is never called."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        first = self.blocks[0](inputs)
        return self.head(first + self.blocks[1](first))


def two_inputs(kind: type) -> keras.Model:
    left, right = keras.Input((5,), name="left"), keras.Input((4,), name="right")
    both = layers.Concatenate()([layers.Dense(6, name="of_left")(left), layers.Dense(7, name="of_right")(right)])
    inputs = {"left": left, "right": right} if kind is dict else [left, right]
    return keras.Model(inputs, layers.Dense(3, activation="softmax", name="out")(both))


def nested() -> keras.Model:
    """A model inside a model, called twice, with a name that the outer one has too."""
    tower = keras.Sequential([keras.Input((5,)), layers.Dense(6, activation="relu", name="fc")], name="tower")
    left, right = keras.Input((5,)), keras.Input((5,))
    apart = tower(left) - tower(right)
    return keras.Model([left, right], layers.Dense(3, activation="softmax", name="fc")(apart))


def two_outputs() -> keras.Model:
    inputs = keras.Input((5,))
    hidden = layers.Dense(6, activation="relu", name="hidden")(inputs)
    outputs = {
        "kind": layers.Dense(3, activation="softmax", name="kind")(hidden),
        "size": layers.Dense(1, name="size")(hidden),
    }
    return keras.Model(inputs, outputs)


def recurrent() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((4,), dtype="int32"),
            layers.Embedding(9, 5, name="words"),
            layers.LSTM(4, name="lstm"),
            layers.Dense(3, activation="softmax", name="out"),
        ]
    )


def attention() -> keras.Model:
    inputs = keras.Input((4, 6))
    seen = layers.MultiHeadAttention(2, 3, name="attention")(inputs, inputs)
    first = layers.LayerNormalization(name="norm")(inputs + seen)
    second = layers.Dense(6, name="down")(layers.Dense(8, activation="gelu", name="up")(first))
    pooled = layers.GlobalAveragePooling1D()(first + second)
    return keras.Model(inputs, layers.Dense(3, activation="softmax", name="out")(pooled))


@pytest.fixture
def both(path: Path, collect: Callable[..., Collection]) -> Both:
    """Trains a model without and with the collector, which must end alike; gives what was recorded."""

    def train(
        make: Callable[[], keras.Model],
        inputs: Any,
        labels: Any = LABELS,
        *,
        tolerance: float = 0.0,
        compile_with: Callable[[], dict[str, Any]] = dict,
        **options: Any,
    ) -> Collection:
        ends, fitting = [], {"batch_size": 8, "shuffle": False, "verbose": 0}
        for collected in (False, True):
            keras.backend.clear_session()
            keras.utils.set_random_seed(0)
            model = make()
            if not model.compiled:
                model.compile(**({"optimizer": keras.optimizers.SGD(0.1), "loss": LOSS} | compile_with()))
            if collected:
                probe = tf.nest.map_structure(lambda each: each[:4], inputs)
                given = {"probe": (probe, None), "interval": 1, "insight": InsightOptions(interval=1)} | options
                collection = collect(model, (inputs, labels), epochs=2, **given)
            else:
                model.fit(inputs, labels, epochs=2, **fitting)
            history = {name: np.array(values) for name, values in model.history.history.items()}
            variables = [*model.variables, *model.optimizer.variables]
            ends.append((history, [tf.cast(each.value, tf.float64).numpy() for each in variables]))
        (history, variables), (history_with, variables_with) = ends
        for name, values in history.items():
            np.testing.assert_allclose(history_with[name], values, rtol=tolerance, err_msg=name)
        for one, other in zip(variables, variables_with, strict=True):
            np.testing.assert_allclose(other, one, rtol=tolerance, atol=tolerance)
        logits = collection.passes[-1].logits
        if logits is not None:
            given = tf.nest.flatten(model(probe, training=False))[0].numpy().astype(np.float32)
            found = chances(logits) if logits.shape[1] > 1 else logits
            np.testing.assert_allclose(found, given, rtol=1e-2, atol=1e-3)
        assert collection.passes.steps.tolist() == list(range(7))
        assert not collection.damaged
        return collection

    return train


def test_that_a_functional_model_with_a_branch_is_recorded(both: Both) -> None:
    inputs = noise(6, 6, 1)
    collection = both(functional, inputs)

    check_first_gradients(collection, functional, inputs)
    reads = {name: layer.reads for name, layer in collection.layers.items()}
    assert reads == {"first": ("input",), "second": ("first",), "out": ("first", "second")}
    assert recorded(collection, "second") == EVERYTHING | {"feature_maps"}
    assert not collection.notes


def test_that_a_subclassed_model_is_recorded_though_its_first_call_makes_its_parameters(both: Both) -> None:
    with pytest.warns(CollectorWarning, match=r"did not call them when it ran on the probe: 'unused' \(Dense\)"):
        collection = both(Subclassed, noise(5))

    check_first_gradients(collection, Subclassed, noise(5))
    assert {name: layer.reads for name, layer in collection.layers.items()} == {
        "block0": ("input",),
        "block1": ("block0",),
        "head": ("block0", "block1"),
    }
    assert all(recorded(collection, layer) == EVERYTHING for layer in collection.layers)


def test_that_without_a_probe_such_a_model_says_why_it_has_no_layers(both: Both) -> None:
    with pytest.warns(CollectorWarning) as told:
        collection = both(Subclassed, noise(5), probe=None)

    assert not collection.layers
    assert "there is no probe to call it with: none of them is recorded" in str(told[0].message)
    assert "Not recorded, as the model did not have them when the run began" in str(told[1].message)
    assert len(collection.series["loss"]) == 6


@pytest.mark.parametrize(
    ("inputs", "names"),
    [
        ({"left": noise(5), "right": noise(4, seed=1)}, ("input.left", "input.right")),
        ((noise(5), noise(4, seed=1)), ("input.0", "input.1")),
    ],
    ids=["dict", "tuple"],
)
def test_that_of_several_inputs_the_first_is_shown_and_all_are_run(both: Both, inputs: Any, names: Any) -> None:
    make = lambda: two_inputs(type(inputs))  # noqa: E731
    collection = both(make, inputs, similarity=(inputs, LABELS), projection=(inputs, LABELS))

    check_first_gradients(collection, make, inputs)
    assert [note.text for note in collection.notes] == [
        f"Of the probe's inputs the file holds the first, {names[0]}; not in it: {names[1]}."
    ]
    reads = {name: layer.reads for name, layer in collection.layers.items()}
    assert reads == {"of_left": ("input",), "of_right": (), "out": ("of_left", "of_right")}
    assert f"it reads {names[1]}" in collection.layers["of_right"].not_recorded["edges"]
    assert all(recorded(collection, layer) == EVERYTHING for layer in collection.layers)
    np.testing.assert_array_equal(collection.probe.inputs, noise(5)[:4])
    assert collection.similarities[-1].layers == ("of_left", "of_right", "out", "softmax")
    assert collection.projections[-1].features("out").shape == (N, 3)


def test_that_a_model_inside_a_model_is_recorded_layer_by_layer(both: Both) -> None:
    inputs = [noise(5), noise(5, seed=1)]
    collection = both(nested, inputs)

    check_first_gradients(collection, nested, inputs)
    assert set(collection.layers) == {"tower.fc", "fc"}
    assert collection.layers["fc"].reads == ("tower.fc",)
    told = collection.layers["tower.fc"].not_recorded
    assert told == {
        "edges": "called 2 times, and given something else each time",
        "earlier calls": "called 2 times; the last one is recorded",
    }


def test_that_of_several_outputs_one_counts_as_logits_and_a_note_says_which(both: Both) -> None:
    losses = {"loss": {"kind": LOSS, "size": "mse"}, "metrics": {"kind": ["accuracy"]}}
    collection = both(two_outputs, noise(5), {"kind": LABELS, "size": noise(1)}, compile_with=lambda: losses)

    assert "the one that is kept is output.kind" in collection.notes[0].text
    assert {name: layer.reads for name, layer in collection.layers.items()} == {
        "hidden": ("input",),
        "kind": ("hidden",),
        "size": ("hidden",),
    }
    assert {"loss", "kind_loss", "size_loss", "kind_accuracy"} < set(collection.series)


def test_that_recurrent_layers_and_sparse_gradients_are_recorded(both: Both) -> None:
    words = np.random.default_rng(0).integers(0, 9, (N, 4)).astype(np.int32)
    collection = both(recurrent, words)

    check_first_gradients(collection, recurrent, words)
    assert list(collection.layers) == ["words", "lstm", "out"]
    assert collection.layers["lstm"].units == 4
    assert recorded(collection, "lstm") == {"activation"}
    assert set(collection.passes[0].layers["lstm"].parameters) == {"kernel", "recurrent_kernel", "bias"}
    assert collection.layers["lstm"].not_recorded == {}
    assert collection.layers["out"].reads == ("lstm",)
    for layer in ("words", "lstm"):
        assert (collection.series[f"gradient_norm/{layer}"] > 0).all()
    assert collection.probe.whole_numbers


def test_that_attention_is_recorded_by_its_heads(both: Both) -> None:
    inputs = noise(4, 6)
    collection = both(attention, inputs)

    check_first_gradients(collection, attention, inputs)
    for name in ("query", "key", "value"):
        layer = collection.layers[f"attention.{name}"]
        assert layer.kept_parameters["weight"][0].heads == 2
        assert recorded(collection, f"attention.{name}") == EVERYTHING
        assert (collection.series[f"gradient_norm/attention.{name}"] > 0).any()
    assert recorded(collection, "attention.attention_output") == EVERYTHING
    assert collection.layers["out"].reads == ("norm", "down")
    assert recorded(collection, "up") == EVERYTHING


def test_that_a_mobile_net_is_recorded(collect: Callable[..., Collection]) -> None:
    """Step by step and not as a graph, which would take half a minute to make."""
    inputs, labels = noise(32, 32, 3)[:8], LABELS[:8]
    model = keras.applications.MobileNetV2((32, 32, 3), alpha=0.35, weights=None, classes=3)
    at_first, ends = model.get_weights(), []
    for collected in (False, True):
        model.set_weights(at_first)
        model.compile("sgd", LOSS, run_eagerly=True)
        if collected:
            collection = collect(model, (inputs, labels))
        else:
            model.fit(inputs, labels, batch_size=8, shuffle=False, verbose=0)
        ends.append([model.history.history["loss"], *model.get_weights()])

    assert all(np.array_equal(one, other) for one, other in zip(*ends, strict=True))
    assert not collection.notes
    assert len(collection.layers) == sum(bool(each.weights) or isinstance(each, layers.ReLU) for each in model.layers)
    for name, layer in collection.layers.items():
        assert set(layer.not_recorded) <= {"edges", "feature_maps"}, name
        missing = {"activation"} - recorded(collection, name)
        assert not missing, name
        if layer.kind == "Conv2D":
            assert layer.reads, f"{name} reads what is before it"
            assert recorded(collection, name) >= {"weight", "weight_gradient", "weight_update"}
    assert collection.layers["block_3_expand"].reads == ("block_1_project", "block_2_project"), "a residual sum"
    np.testing.assert_allclose(chances(collection.passes[-1].logits), model(inputs[:4]).numpy(), atol=1e-4)
