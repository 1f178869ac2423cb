"""Tensors and variables as arrays."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf


def to_numpy(tensor: Any) -> np.ndarray:
    """The values of an eager tensor, shared where they can be: float64 stays, all else is float32."""
    if tensor.dtype not in (tf.float32, tf.float64):
        tensor = tf.cast(tensor, tf.float32)
    return np.asarray(memoryview(tensor)) if "CPU" in tensor.device else tensor.numpy()


def as_array(tensor: Any) -> np.ndarray:
    """The same, but of double precision as such."""
    if tensor.dtype != tf.float64:
        return to_numpy(tensor)
    return np.asarray(memoryview(tensor)) if "CPU" in tensor.device else tensor.numpy()


def read(variable: Any) -> tf.Tensor:
    """What a variable holds now. No copy: TensorFlow makes one as soon as the variable changes."""
    held = variable if isinstance(variable, tf.Variable) else variable.value  # Keras wraps TensorFlow's own
    # The bare operation: `read_value` takes ten times as long, and a step without a pass does little else.
    return tf.raw_ops.ReadVariableOp(resource=held.handle, dtype=held.dtype)


class Reader:
    """Reads the same variables again and again, all in one call, which costs less than four readings of one.

    Args:
        variables: key → variable, Keras's or TensorFlow's.
    """

    def __init__(self, variables: Mapping[Any, Any]) -> None:
        self._keys, held = list(variables), list(variables.values())
        made = tf.function(lambda: [read(each) for each in held], autograph=False)
        self._read = made.get_concrete_function()

    def __call__(self) -> dict[Any, tf.Tensor]:
        """What they hold now. No copies, as of `read`."""
        return dict(zip(self._keys, self._read(), strict=True))


def is_real(variable: Any) -> bool:
    """Whether a variable holds real floating-point numbers."""
    return bool(tf.as_dtype(variable.dtype).is_floating)
