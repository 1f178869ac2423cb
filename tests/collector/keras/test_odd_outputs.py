"""What layers give and read, in shapes of every kind: it is recorded, or the file says why not."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from collector.storage import Collection

Collect = Callable[..., Collection]
Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
layers = keras.layers


class Gives(layers.Layer):
    """Gives what a function makes of its input; has a weight, a frozen one, and so a place in the file."""

    def __init__(self, make: Callable[[Any], Any], name: str) -> None:
        super().__init__(name=name)
        self.make = make
        self.scale = self.add_weight(shape=(1,), initializer="ones", name="scale")
        self.trainable = False

    def call(self, inputs: Any) -> Any:
        return self.make(inputs * self.scale)


class Odd(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.whole = Gives(lambda x: tf.cast(x, tf.int32), "whole")
        self.sums = Gives(lambda x: tf.reduce_sum(x, -1), "sums")
        self.named = Gives(lambda x: {"a": x}, "named")
        self.three = Gives(lambda x: (x, x, x), "three")
        self.one, self.other = (layers.Dense(5, name="twin") for _ in range(2))
        self.out = layers.Dense(3, activation="softmax", name="out")

    def call(self, inputs: Any) -> Any:
        self.whole(inputs)
        self.sums(inputs)
        return self.out(self.other(self.one(self.three(self.named(inputs)["a"])[0])))


@pytest.fixture(scope="module")
def odd(collect_once: Collect, samples: Samples) -> Collection:
    return collect_once(Odd(), samples(8, 5))


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        ("whole", "its output is of type int32"),
        ("sums", "its output has shape (4,), not an axis of samples and one of units"),
    ],
)
def test_that_a_layer_says_why_its_output_is_no_activation(odd: Collection, layer: str, why: str) -> None:
    assert odd.layers[layer].not_recorded["activation"] == why
    assert odd.passes[0].layers[layer].activation is None


def test_that_of_several_outputs_the_first_is_recorded_and_the_others_are_counted(odd: Collection) -> None:
    assert odd.layers["three"].not_recorded["further outputs"] == "it gives 3; the first one is recorded"
    assert odd.passes[0].layers["three"].activation.shape == (4, 5)


def test_that_layers_of_one_name_are_told_apart(odd: Collection) -> None:
    assert [name for name in odd.layers if "twin" in name] == ["twin", "twin'"]
    assert odd.layers["twin'"].reads == ("twin",)


def test_that_units_are_followed_through_what_moves_their_axis_or_leaves_it(collect: Collect, samples: Samples) -> None:
    given = keras.Input((6, 6, 3))
    conv, growing = layers.Conv2D(4, 3, name="conv")(given), layers.UpSampling2D(interpolation="bilinear")
    read = {
        "after_reshape": layers.Conv1D(2, 1, name="after_reshape")(layers.Reshape((16, 4))(conv)),
        "after_permute": layers.Dense(2, name="after_permute")(layers.Flatten()(layers.Permute((3, 1, 2))(conv))),
        "after_padding": layers.Conv2D(2, 1, name="after_padding")(layers.ZeroPadding2D()(conv)),
        "after_growing": layers.Conv2D(2, 1, name="after_growing")(growing(conv)),
        "after_pooling": layers.Conv2D(2, 1, name="after_pooling")(layers.MaxPooling2D()(conv)),
        "after_mean": layers.Dense(2, name="after_mean")(layers.GlobalAveragePooling2D()(conv)),
        "regrouped": layers.Conv1D(2, 1, name="regrouped")(layers.Reshape((8, 8))(conv)),
    }
    joined = layers.Concatenate(name="joined")([layers.Flatten()(each) for each in read.values()])
    model = keras.Model(given, layers.Dense(3, activation="softmax", name="out")(joined))
    collection = collect(model, samples(8, 6, 6, 3))

    assert {name: collection.layers[name].reads for name in read} == dict.fromkeys(read, ("conv",)) | {"regrouped": ()}
    assert "that Strobe cannot follow" in collection.layers["regrouped"].not_recorded["edges"]
    assert collection.layers["after_permute"].input_block == 16
    weight = model.get_layer("after_permute").get_weights()[0]
    np.testing.assert_array_equal(collection.passes[-1].layers["after_permute"].weight, weight.T)


def test_that_a_dense_layer_has_all_pixels_that_it_reads_and_a_convolution_as_many_channels_as_units(
    collect: Collect, samples: Samples
) -> None:
    given = keras.Input((2, 2, 5))
    conv = layers.Flatten()(layers.Conv2D(2, 1, name="conv")(given))
    dense = layers.Dense(2, name="dense")(layers.Flatten()(given))
    joined = layers.Concatenate()([conv, dense])
    model = keras.Model(given, layers.Dense(3, activation="softmax", name="out")(joined))
    collection = collect(model, samples(8, 2, 2, 5), neuron_cap=3)

    kept = {name: (len(layer.input_kept), layer.input_units) for name, layer in collection.layers.items()}
    assert (kept["conv"], kept["dense"]) == ((3, 5), (20, 20))


def test_that_heads_of_units_are_units_one_head_after_the_other(collect: Collect, samples: Samples) -> None:
    heads = layers.EinsumDense("ab,bhd->ahd", output_shape=(2, 3), name="heads")
    out = layers.Dense(3, activation="softmax", name="out")
    model = keras.Sequential([keras.Input((5,)), heads, layers.Flatten(), out])
    collection = collect(model, data := samples(8, 5))

    assert collection.layers["heads"].units == 6
    (kernel,) = heads.get_weights()
    expected = np.einsum("ab,bhd->ahd", data[0][:4], kernel).reshape(4, 6)
    np.testing.assert_allclose(collection.passes[-1].layers["heads"].activation, expected, atol=1e-5)


def test_that_a_softmax_that_is_only_cast_afterwards_is_taken_off_the_logits(
    collect: Collect, samples: Samples
) -> None:
    out = layers.Dense(3, activation="softmax", name="out", dtype="mixed_float16")
    model = keras.Sequential([keras.Input((5,)), out, layers.Activation("linear", dtype="float32")])
    collection = collect(model, data := samples(8, 5))

    kernel, bias = out.get_weights()
    np.testing.assert_allclose(collection.passes[-1].logits, data[0][:4] @ kernel + bias, atol=0.02)


def test_that_a_function_of_the_users_is_known_by_what_it_ends_with(collect: Collect, samples: Samples) -> None:
    def own(x: Any) -> Any:
        return tf.cast(tf.identity(tf.nn.relu(x)), tf.float32)

    hidden = layers.Dense(4, activation=own, name="hidden")
    model = keras.Sequential([keras.Input((5,)), hidden, layers.Dense(3, activation="softmax", name="out")])
    collection = collect(model, samples(8, 5))

    assert "dead_fraction/hidden" in collection.series
    assert "dead_fraction/out" not in collection.series


def test_that_positions_are_never_taken_for_samples(collect: Collect) -> None:
    class Places(layers.Layer):
        def __init__(self) -> None:
            super().__init__(name="places")
            self.of = layers.Embedding(4, 5, name="of")

        def call(self, inputs: Any) -> Any:
            return inputs + self.of(keras.ops.arange(inputs.shape[1]))

    words = np.arange(32).reshape(8, 4) % 6
    model = keras.Sequential(
        [
            keras.Input((4,), dtype="int32"),
            layers.Embedding(6, 5, name="words"),
            Places(),
            layers.Flatten(),
            layers.Dense(3, activation="softmax", name="out"),
        ]
    )
    collection = collect(model, (words, np.arange(8) % 3))

    layer = collection.layers["places.of"]
    assert layer.not_recorded == {"activation": "it is given the same for all samples, and has no axis of them"}
    assert collection.passes[0].layers["places.of"].parameters["weight"].value.shape == (4, 5)
