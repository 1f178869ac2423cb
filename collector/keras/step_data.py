"""What a training step of a Keras model is given, held until it is known whether it has to be looked at."""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from collector.capture.batch_facts import batch_crc32, input_statistics
from collector.capture.fact_names import BATCH, BATCH_SAMPLES
from collector.capture.guard import Guard
from collector.keras.samples import named
from collector.keras.tensors import as_array, read

_MOST_INPUTS = 8


class StepData:
    """Holds the inputs of the latest step: each is handed to a variable of ours, which copies nothing.

    Of a step that XLA compiles nothing is held: it takes no variables whose shape changes.
    """

    def __init__(self, model: keras.Model, guard: Guard) -> None:
        self._model, self._guard = model, guard
        self._slots: dict[str, tf.Variable] = {}
        self._is_held = False

    def wrappers(self) -> Iterator[tuple[Any, str, Callable[[Callable[..., Any]], Callable[..., Any]]]]:
        """Object, name of its method, and what makes the watched method of it."""
        if not self._model.jit_compile:
            yield self._model, "train_step", self._watched

    def _watched(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def train_step(*args: Any, **kwargs: Any) -> Any:
            with self._guard("holding on to what a step is given"):
                self._hold(next(iter((*args, *kwargs.values())), None))
            return original(*args, **kwargs)

        return train_step

    def _hold(self, data: Any) -> None:
        inputs = data
        if isinstance(data, tuple | list) and 0 < len(data) <= 3:
            inputs = keras.utils.unpack_x_y_sample_weight(tuple(data))[0]
        for name, each in list(named(inputs).items())[:_MOST_INPUTS]:
            is_dense = tf.is_tensor(each) and not isinstance(each, tf.RaggedTensor | tf.SparseTensor)
            if not is_dense or not (each.dtype.is_floating or each.dtype.is_integer):
                continue
            slot = self._slots.get(name)
            if slot is None or slot.dtype != each.dtype:
                with tf.init_scope():  # beside the graph that is being made
                    slot = tf.Variable(tf.zeros((), each.dtype), trainable=False, shape=tf.TensorShape(None))
                self._slots[name] = slot
            slot.assign(each)
            self._is_held = True

    def let_go(self) -> None:
        """Hold nothing."""
        for slot in self._slots.values():
            slot.assign(tf.zeros((), slot.dtype))

    def facts(self, *, with_statistics: bool) -> dict[str, float]:
        """What is known of the latest step's batch: its CRC-32 and size, and mean, spread and bounds of each input."""
        arrays = self._arrays()
        first = list(arrays.values())[:1]
        crc = batch_crc32(first)
        found = {} if crc is None else {BATCH: float(crc), BATCH_SAMPLES: float(len(first[0]))}
        return found | (input_statistics(arrays) if with_statistics else {})

    def not_finite(self) -> dict[str, int] | None:
        """Input → how many of its values are NaN or Inf in the latest step; None where nothing is held of it."""
        arrays = {name: each for name, each in self._arrays().items() if each.dtype.kind == "f"}
        return {name: int(np.sum(~np.isfinite(each))) for name, each in arrays.items()} or None

    def _arrays(self) -> dict[str, np.ndarray]:
        if not self._is_held:
            return {}
        tensors = {name: read(slot) for name, slot in self._slots.items()}
        return {
            name.partition(".")[2] or name: as_array(each) if each.dtype.is_floating else each.numpy()
            for name, each in tensors.items()
            if each.shape.rank
        }
