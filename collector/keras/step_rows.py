"""The numbers of the latest step that its graph leaves behind, all in one place."""

from typing import Any

import numpy as np
import tensorflow as tf

from collector.keras.tensors import read

WIDTH = 6


class StepRows:
    """Rows of `WIDTH` numbers in one variable, so that one reading brings all: each costs more than all that it brings.

    Args:
        n_rows: how many.
    """

    def __init__(self, n_rows: int) -> None:
        self._variable = tf.Variable(np.full((n_rows, WIDTH), np.nan), trainable=False)

    def put(self, first: int, rows: Any) -> None:
        """Put these, float64 ``[R, WIDTH]``, from the row ``first`` on; in a graph or not."""
        places = np.arange(first, first + rows.shape[0], dtype=np.int32)
        tf.raw_ops.ResourceScatterUpdate(resource=self._variable.handle, indices=places, updates=rows)

    def read(self) -> np.ndarray:
        """All of them as they are now, float64 ``[rows, WIDTH]``; NaN: nothing was put there."""
        found: np.ndarray = read(self._variable).numpy()
        return found
