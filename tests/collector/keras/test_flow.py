"""Order and branches of a Keras model, compared with what its code says."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from collector.keras.flow_tracing import FlowTracing
from collector.keras.forward import Forward
from collector.keras.preserved_state import preserved_state
from collector.storage import Collection
from collector.storage.schema import FlowNode

Collect = Callable[..., Collection]
Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
layers = keras.layers


def nodes_of(model: keras.Model, *shape: int) -> dict[str, FlowNode]:
    """Name → node of a run on two samples of a shape."""
    found: list[FlowNode] = []

    def run(inputs: tf.Tensor) -> None:
        with FlowTracing(Forward(model), inputs) as flow:
            flow.forward(inputs)
        assert flow.nodes is not None, flow.problem
        found[:] = flow.nodes

    with preserved_state(model):
        tf.function(run, autograph=False).get_concrete_function(tf.TensorSpec((2, *shape)))
    return {node.name: node for node in found}


def reads_of(model: keras.Model, *shape: int) -> dict[str, str]:
    """Name → the names that it reads."""
    return {name: " ".join(node.reads) for name, node in nodes_of(model, *shape).items()}


def test_that_a_functional_model_has_its_branches_and_heads() -> None:
    given = keras.Input((4, 4, 3))
    first = layers.Conv2D(2, 3, padding="same", name="first")(given)
    second = layers.Conv2D(2, 3, padding="same", activation="relu", name="second")(first)
    total = layers.Add(name="total_of_both")([first, second])
    joined = layers.Concatenate(name="joined")([keras.ops.add(total, first), given])
    pooled = layers.GlobalAveragePooling2D(name="pooled")(joined)
    model = keras.Model(given, {"a": layers.Dense(3, name="head")(pooled), "b": pooled})
    nodes = nodes_of(model, 4, 4, 3)

    assert {name: node.reads for name, node in nodes.items()} == {
        "input": [],
        "first": ["input"],
        "second": ["first"],
        "total_of_both": ["first", "second"],
        "add": ["total_of_both", "first"],
        "joined": ["add", "input"],
        "pooled": ["joined"],
        "head": ["pooled"],
        "output.a": ["head"],
        "output.b": ["pooled"],
    }
    assert (nodes["total_of_both"].kind, nodes["add"].role) == ("Add", "operation")
    assert nodes["joined"].output_shape == [5, 4, 4]  # units first, as everywhere in the file
    assert nodes["input"].output_shape == [3, 4, 4]


class Block(layers.Layer):
    """A residual block."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.norm, self.dense = layers.LayerNormalization(name="norm"), layers.Dense(5, name="dense")

    def call(self, x: Any) -> Any:
        return x + self.dense(self.norm(x))


class Recurrent(keras.Model):
    """A subclassed model that uses a block twice."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn, self.block = layers.LSTM(5, return_sequences=True, name="rnn"), Block("block")
        self.both = layers.Bidirectional(layers.GRU(3, name="gru"), name="both")
        self.head = layers.Dense(3, name="head")

    def call(self, x: Any) -> Any:
        return self.head(self.both(self.block(self.block(self.rnn(x)))))


def test_that_a_subclassed_model_is_told_by_what_it_does() -> None:
    model = Recurrent()
    model(np.zeros((1, 6, 4), np.float32))

    assert reads_of(model, 6, 4) == {
        "input": "",
        "rnn": "input",
        "block.norm": "rnn",
        "block.dense": "block.norm",
        "block.add": "rnn block.dense",
        "block.norm (2)": "block.add",
        "block.dense (2)": "block.norm (2)",
        "block.add (2)": "block.add block.dense (2)",
        "both.forward_gru": "block.add (2)",
        "both.backward_gru": "block.add (2)",
        "both.concat": "both.forward_gru both.backward_gru",
        "head": "both.concat",
        "output": "head",
    }


def test_that_no_wrapper_is_left_even_where_the_model_fails() -> None:
    class Failing(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = layers.Dense(2)

        def call(self, x: Any) -> Any:
            raise ArithmeticError(self.dense(x).shape)

    model = Failing()

    with pytest.raises(ArithmeticError):
        nodes_of(model, 3)

    assert "call" not in vars(model)
    assert "call" not in vars(model.dense)


def test_that_a_collection_holds_it(collect: Collect, samples: Samples) -> None:
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(5, name="first"),
            layers.ReLU(name="relu"),
            layers.Dropout(0.5, name="dropout"),
            layers.Dense(3, activation="softmax", name="last"),
        ]
    )
    flow = collect(model, samples(16, 4)).flow

    assert [(node.name, node.reads) for node in flow] == [
        ("input", ()),
        ("first", ("input",)),
        ("relu", ("first",)),
        ("dropout", ("relu",)),
        ("last", ("dropout",)),
        ("output", ("last",)),
    ]
