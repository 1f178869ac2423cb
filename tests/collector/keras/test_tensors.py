"""How variables are read."""

import keras
import numpy as np
import tensorflow as tf

from collector.keras.tensors import Reader, as_array, read


def test_that_variables_read_in_one_call_are_what_each_holds_without_a_copy() -> None:
    """Memory that is shared tells whether a variable was left alone: TensorFlow moves what changes while it is held."""
    held = {"one": tf.Variable(np.arange(3.0)), "other": keras.Variable(np.eye(2, dtype=np.float32)), 7: tf.Variable(5)}
    reader = Reader(held)
    for _ in range(2):
        found = reader()
        assert list(found) == list(held)
        for key, variable in held.items():
            np.testing.assert_array_equal(found[key].numpy(), variable.numpy())
        one, other = (as_array(found[key]) for key in ("one", "other"))
        held["one"].assign_add(tf.ones(3, tf.float64))
        assert as_array(read(held["one"])).ctypes.data != one.ctypes.data
        assert as_array(read(held["other"])).ctypes.data == other.ctypes.data
        np.testing.assert_array_equal(held["one"].numpy(), one + 1)
