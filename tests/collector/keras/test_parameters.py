"""Of each kind of layer the file holds what a person finds who keeps parameters, gradients and updates by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from collector import KerasCollector, open_collection
from collector.storage import Collection

Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
layers = keras.layers

LSTM_GATES = ["input gate", "forget gate", "cell gate", "output gate"]
CAP = 4


class Gives(keras.layers.Layer):
    """A layer of one's own: parameters of any name and number of dimensions, its output in a dict."""

    def build(self, shape: Any) -> None:
        self.table = self.add_weight((2, int(shape[-1]), 6), name="table")
        self.scale = self.add_weight((), initializer="ones", name="scale")

    def call(self, inputs: Any) -> Any:
        made = keras.ops.einsum("bti,hij->bthj", inputs, self.table) * self.scale
        return {"step": keras.ops.ones((1,)), "made": keras.ops.sum(made, 2)}


def of_words(*made: Any) -> Callable[[], keras.Model]:
    def make() -> keras.Model:
        given = keras.Input((5,), dtype="int32")
        hidden = layers.Embedding(30, 6, name="words")(given)
        for each in made:
            hidden = each()(hidden)
            hidden = hidden["made"] if isinstance(hidden, dict) else hidden
        return keras.Model(given, layers.Dense(3, name="out")(layers.Flatten()(hidden)))

    return make


class Attending(keras.Model):
    """Attention of a kind over words, with a norm in front of it."""

    def __init__(self, attention: Any) -> None:
        super().__init__()
        self.words = layers.Embedding(30, 6, name="words")
        self.norm = layers.LayerNormalization(name="norm")
        self.attention = attention
        self.flat, self.out = layers.Flatten(), layers.Dense(3, name="out")

    def call(self, inputs: Any) -> Any:
        hidden = self.norm(self.words(inputs))
        return self.out(self.flat(self.attention(hidden, hidden)))


def lora(make: Callable[[], keras.Model]) -> Callable[[], keras.Model]:
    def made() -> keras.Model:
        model = make()
        for name in ("words", "out"):
            model.get_layer(name).enable_lora(2)
        return model

    return made


ZOO: dict[str, Callable[[], keras.Model]] = {
    "lstm": of_words(lambda: layers.LSTM(7, return_sequences=True, name="rnn")),
    "gru": of_words(lambda: layers.GRU(7, name="rnn")),
    "gru before": of_words(lambda: layers.GRU(7, reset_after=False, name="rnn")),
    "simple": of_words(lambda: layers.SimpleRNN(7, name="rnn")),
    "cell": of_words(lambda: layers.RNN(layers.LSTMCell(7), name="rnn")),
    "stacked": of_words(
        lambda: layers.RNN([layers.LSTMCell(7, name="one"), layers.GRUCell(5, name="two")], name="rnn")
    ),
    "both ways": of_words(lambda: layers.Bidirectional(layers.LSTM(7), name="rnn")),
    "own": of_words(lambda: Gives(name="own")),
    "separable": of_words(lambda: layers.SeparableConv1D(7, 3, name="separable")),
    "einsum": of_words(lambda: layers.EinsumDense("abc,bd->abd", (5, 7), name="einsum")),
    "attention": lambda: Attending(layers.MultiHeadAttention(3, 4, name="attention")),
    "grouped": lambda: Attending(layers.GroupQueryAttention(4, 6, 2, name="attention")),
    "lora": lora(of_words()),
}


class Kept:
    """What is kept by hand of each variable at each step."""

    def __init__(self, model: keras.Model, optimizer: Any) -> None:
        self._model, self._optimizer = model, optimizer
        self.values: list[dict[str, np.ndarray]] = []
        self.gradients: list[dict[str, np.ndarray]] = []
        self.after: list[dict[str, np.ndarray]] = []
        self.states: list[dict[str, np.ndarray]] = []

    def _now(self) -> dict[str, np.ndarray]:
        return {each.path: each.numpy() for each in self._model.variables}

    def step(self, inputs: Any, labels: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = keras.ops.mean(keras.losses.sparse_categorical_crossentropy(labels, self._model(inputs), True))
        variables = self._model.trainable_variables
        gradients = tape.gradient(loss, variables)
        self.values.append(self._now())
        self._optimizer.apply(gradients, variables)
        dense = [None if each is None else tf.convert_to_tensor(each).numpy() for each in gradients]
        pairs = zip(variables, dense, strict=True)
        self.gradients.append({each.path: gradient for each, gradient in pairs if gradient is not None})
        self.after.append(self._now())
        self.states.append({each.name: each.numpy() for each in self._optimizer.variables})
        return loss


@pytest.fixture(scope="module", params=list(ZOO))
def recorded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Collection, Kept, keras.Model]:
    """Three steps of a model with a pass at each, and what was kept of them by hand."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(0)
    chance = np.random.default_rng(0)
    words, labels = chance.integers(0, 30, (16, 5)).astype(np.int32), chance.integers(0, 3, 16)
    words[:4] = [[7, 7, 7, 21, 21]] * 4
    path = tmp_path_factory.mktemp("run") / "run.json"
    model = ZOO[request.param]()
    model(words)
    optimizer = keras.optimizers.Adam(0.01)
    kept = Kept(model, optimizer)
    with KerasCollector(
        path, model=model, optimizer=optimizer, probe=(words[:4], labels[:4]), interval=1, neuron_cap=CAP
    ) as collector:
        for _ in range(3):
            collector.step(kept.step(words, labels))
    return open_collection(path), kept, model


def in_file(layer: Any, name: str, array: np.ndarray, variable: keras.Variable) -> np.ndarray:
    """A whole array of a variable as the file's header says that it is kept."""
    if layer.kind in ("Dense", "EinsumDense") and name == "weight":
        units, inputs = layer.parameters["weight"]
        array = array.reshape(inputs, units).T
    elif layer.kind == "EinsumDense" and name == "bias":
        array = array.reshape(layer.parameters["bias"])
    if name in layer.kept_parameters:
        axes = [each.kept for each in layer.kept_parameters[name]]
    else:
        # Behind a flattening the values of one unit lie together in the file, and those of one position in Keras.
        columns = layer.input_kept[:, None] + np.arange(layer.input_block) * layer.input_units
        axes = [layer.kept, columns.ravel()][: array.ndim]
    return array[np.ix_(*axes)] if array.ndim else array


NAMES = {"gamma": "weight", "beta": "bias", "embeddings": "weight"}


def variables_of(model: keras.Model, layer: Any) -> dict[str, keras.Variable]:
    """Name in the file → variable of a layer, found by the end of its path."""
    renamed = NAMES | ({"kernel": "weight"} if "weight" in layer.parameters else {})
    last = layer.name.rpartition(".")[2]
    return {
        renamed.get(each.name, each.name): each
        for each in model.variables
        if last in each.path.split("/") and renamed.get(each.name, each.name) in layer.parameters
    }


def test_that_each_parameter_is_what_was_kept_by_hand(recorded: tuple[Collection, Kept, keras.Model]) -> None:
    collection, kept, model = recorded
    seen = set()
    for layer in collection.layers.values():
        missing = {kind for kind in layer.not_recorded if kind in layer.parameters}
        assert missing == set(), layer.not_recorded
        for name, variable in variables_of(model, layer).items():
            seen.add(variable.path)
            for number in range(3):
                own = collection.passes[number].layers[layer.name]
                if name in own.parameters:
                    found = own.parameters[name]
                    arrays = found.value, found.gradient, found.update
                else:
                    arrays = tuple(getattr(own, name + ending) for ending in ("", "_gradient", "_update"))
                before, after = kept.values[number][variable.path], kept.after[number][variable.path]
                np.testing.assert_array_equal(arrays[0], in_file(layer, name, before, variable))
                np.testing.assert_array_equal(arrays[2], in_file(layer, name, after - before, variable))
                gradient = kept.gradients[number].get(variable.path)
                if gradient is None:
                    assert arrays[1] is None
                    assert name not in own.moments
                    continue
                np.testing.assert_array_equal(arrays[1], in_file(layer, name, gradient, variable))
                assert set(own.moments[name]) == {"momentum", "velocity"}
                for state, array in own.moments[name].items():
                    whole = kept.states[number][f"{variable.path.replace('/', '_')}_{state}"]
                    np.testing.assert_array_equal(array, in_file(layer, name, whole, variable))
    assert seen == {each.path for each in model.variables if "seed" not in each.path}


@pytest.mark.parametrize("recorded", ["lstm"], indirect=True)
def test_that_a_recurrent_layer_has_its_gates(recorded: tuple[Collection, Kept, keras.Model]) -> None:
    collection, _, model = recorded
    layer = collection.layers["rnn"]
    kernel, recurrent, bias = (layer.kept_parameters[name] for name in ("kernel", "recurrent_kernel", "bias"))
    assert [(each.size, list(each.parts), each.units_of) for each in kernel] == [
        (6, [], "words"),
        (28, LSTM_GATES, "rnn"),
    ]
    assert [each.units_of for each in recurrent] == ["rnn", "rnn"]
    assert list(bias[0].parts) == LSTM_GATES
    assert bias[0].kept.tolist() == [7 * part + unit for part in range(4) for unit in layer.kept]
    assert kernel[0].kept.tolist() == collection.layers["words"].kept.tolist()
    inputs = collection.probe.inputs.astype(np.int32)
    given = model.get_layer("rnn")(model.get_layer("words")(inputs)).numpy()
    np.testing.assert_allclose(
        collection.passes[3].layers["rnn"].activation, given.mean(1)[:, layer.kept], rtol=1e-5, atol=1e-7
    )


@pytest.mark.parametrize("recorded", ["gru"], indirect=True)
def test_that_the_bias_of_a_gru_has_a_row_for_the_input_and_one_for_the_state(
    recorded: tuple[Collection, Kept, keras.Model],
) -> None:
    rows, columns = recorded[0].layers["rnn"].kept_parameters["bias"]
    assert list(rows.parts) == ["input", "recurrent"]
    assert list(columns.parts) == ["update gate", "reset gate", "new gate"]


@pytest.mark.parametrize("recorded", ["attention"], indirect=True)
def test_that_attention_has_its_heads_and_its_query_activations(
    recorded: tuple[Collection, Kept, keras.Model],
) -> None:
    collection, _, model = recorded
    query, output = (collection.layers[f"attention.{name}"] for name in ("query", "attention_output"))
    assert (query.units, query.input_units, query.reads) == (12, 6, ("words",))
    assert [(each.size, each.heads) for each in query.kept_parameters["weight"]] == [(12, 3), (6, 0)]
    assert [(each.size, each.heads) for each in output.kept_parameters["weight"]] == [(6, 0), (12, 3)]
    inputs = collection.probe.inputs.astype(np.int32)
    normed = model.norm(model.words(inputs))
    given = keras.ops.reshape(model.attention.query_dense(normed), (4, 5, 12)).numpy()
    np.testing.assert_allclose(
        collection.passes[3].layers["attention.query"].activation, given.mean(1)[:, query.kept], rtol=1e-4, atol=1e-7
    )


@pytest.mark.parametrize("recorded", ["own"], indirect=True)
def test_that_a_layer_that_gives_a_dict_has_the_activation_of_its_samples(
    recorded: tuple[Collection, Kept, keras.Model],
) -> None:
    collection, _, model = recorded
    layer = collection.layers["own"]
    inputs = collection.probe.inputs.astype(np.int32)
    given = model.get_layer("own")(model.get_layer("words")(inputs))["made"].numpy()
    np.testing.assert_allclose(
        collection.passes[3].layers["own"].activation, given.mean(1)[:, layer.kept], rtol=1e-5, atol=1e-7
    )


@pytest.mark.parametrize("recorded", ["lstm"], indirect=True)
def test_that_an_embedding_keeps_the_words_of_the_probe_and_others_evenly_spread(
    recorded: tuple[Collection, Kept, keras.Model],
) -> None:
    rows = recorded[0].layers["words"].kept_parameters["weight"][0]
    assert len(rows.kept) == CAP
    assert {7, 21} < set(rows.kept.tolist())


def test_that_a_state_that_is_not_in_the_passes_is_named_once(path: Path) -> None:
    model = keras.Sequential([keras.layers.Input((6,)), keras.layers.Dense(5), keras.layers.Dense(3)])
    model.compile(keras.optimizers.Adafactor(0.01), "mse")
    chance = np.random.default_rng(0)
    given, wanted = chance.normal(size=(8, 6)), chance.normal(size=(8, 3))
    collector = KerasCollector(path, probe=(given, wanted), interval=1)
    model.fit(given, wanted, epochs=3, verbose=0, callbacks=[collector])
    with open_collection(path) as collection:
        assert set(collection.passes[2].layers["dense"].moments["weight"]) == {"velocity"}
        told = [note.text for note in collection.notes if "the optimizer holds" in note.text]
    assert told == ["Not in the passes of what the optimizer holds: c and r (not of a parameter's shape)."]
