"""Tensors and variables as arrays."""

from typing import Any

import numpy as np
import tensorflow as tf


def to_numpy(tensor: Any) -> np.ndarray:
    """The values of an eager tensor as float32; shares its memory where it can."""
    if tensor.dtype != tf.float32:
        tensor = tf.cast(tensor, tf.float32)
    return np.asarray(memoryview(tensor)) if "CPU" in tensor.device else tensor.numpy()


def read(variable: Any) -> tf.Tensor:
    """What a variable holds now. No copy: TensorFlow makes one as soon as the variable changes."""
    held = getattr(variable, "value", variable)  # Keras wraps TensorFlow's own
    return (held if isinstance(held, tf.Variable) else variable).read_value()


def is_real(variable: Any) -> bool:
    """Whether a variable holds real floating-point numbers."""
    return bool(tf.as_dtype(variable.dtype).is_floating)
