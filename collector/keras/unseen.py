"""Leaves no trace of a run of the model that the training did not ask for."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import keras
import numpy as np
import tensorflow as tf


@contextmanager
def unseen(model: keras.Model) -> Iterator[None]:
    """Afterwards everything that a forward pass may move is put back.

    That is the variables that are not trained (statistics, seeds) and the random states of NumPy and Python. What
    TensorFlow keeps of a variable before it changes is no copy, so that this is cheap.
    """
    variables = [each.value for each in model.non_trainable_variables]
    variables = [each for each in variables if isinstance(each, tf.Variable)]
    before = [each.read_value() for each in variables]
    of_numpy, of_python = np.random.get_state(), random.getstate()  # noqa: NPY002
    try:
        yield
    finally:
        for variable, value in zip(variables, before, strict=True):
            variable.assign(value)
        np.random.set_state(of_numpy)  # noqa: NPY002 - the user's, whatever one thinks of a global state
        random.setstate(of_python)
