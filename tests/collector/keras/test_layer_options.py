"""What a layer of Keras's says of itself, and that a layer of somebody else's says nothing."""

from typing import Any

import keras

from collector.keras.layer_options import layer_options


class Own(keras.layers.Dropout):
    """A layer of the user's: what it holds is not ours to write down."""


def test_that_numbers_switches_and_functions_of_a_layer_of_kerass_are_told() -> None:
    told: dict[str, Any] = layer_options(keras.layers.Dense(3, activation="relu", use_bias=False))
    assert told["units"] == 3
    assert told["use_bias"] is False
    assert told["activation"] == "relu"
    assert layer_options(keras.layers.Dropout(0.3))["rate"] == 0.3


def test_that_a_layer_of_somebody_elses_tells_nothing() -> None:
    assert layer_options(Own(0.3)) == {}
