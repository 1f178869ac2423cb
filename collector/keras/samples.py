"""Samples as a Keras model takes them: one array, or several under names or in a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from collector.keras.layers import INPUT

_HOW = (
    "give it as (inputs, labels), or (inputs, None): inputs one array [N, …], or a dict, list or tuple of such where "
    "the model takes several; labels class numbers [N]"
)


@dataclass(frozen=True)
class Samples:
    """The inputs of N samples.

    Attributes:
        arrays: ``[N, …]``, or a dict, list or tuple of such, as the model takes them.
    """

    arrays: Any

    def __len__(self) -> int:
        return len(self.first)

    @property
    def named(self) -> dict[str, np.ndarray]:
        """Each of the inputs as the data flow calls it: ``input``, or ``input.left``, ``input.0``."""
        return named(self.arrays)

    @property
    def main(self) -> str:
        """The name of the input that the file shows: the first."""
        return next(iter(self.named))

    @property
    def first(self) -> np.ndarray:
        """The input that the file shows, ``[N, …]``."""
        return self.named[self.main]

    @property
    def left_out(self) -> str:
        """A sentence on the inputs that are not in the file; empty where there are none."""
        first, *others = self.named
        told = f"Of the probe's inputs the file holds the first, {first}; not in it: {', '.join(others)}."
        return told if others else ""

    def part(self, start: int, stop: int) -> "Samples":
        """Some of the samples."""
        return Samples(_each(self.arrays, lambda array: array[start:stop]))

    def tensors(self) -> Any:
        """The same as tensors."""
        return _each(self.arrays, tf.constant)

    def specs(self) -> Any:
        """What a graph that takes these samples is made for."""
        return _each(self.arrays, lambda array: tf.TensorSpec(array.shape, array.dtype))


def named(inputs: Any) -> dict[str, Any]:
    """Arrays or tensors as a model takes them by their names; see `Samples.named`."""
    if isinstance(inputs, Mapping):
        return {f"{INPUT}.{name}": each for name, each in inputs.items()}
    if isinstance(inputs, list | tuple):
        return {f"{INPUT}.{number}": each for number, each in enumerate(inputs)}
    return {INPUT: inputs}


def _each(arrays: Any, change: Any) -> Any:
    if isinstance(arrays, Mapping):
        return {name: change(each) for name, each in arrays.items()}
    if isinstance(arrays, list | tuple):
        return type(arrays)(change(each) for each in arrays)
    return change(arrays)


def check_samples(given: Any, option: str = "probe") -> tuple[Samples, np.ndarray | None]:
    """The probe's inputs and labels, or those of another option, in memory of their own.

    Raises:
        ValueError: it is something else than arrays of as many samples and class numbers for them.
    """
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise ValueError(f"{option} is of type {type(given).__name__}; {_HOW}")
    inputs = Samples(_each(dict(given[0]) if isinstance(given[0], Mapping) else given[0], np.array))
    if not inputs.named:
        raise ValueError(f"the inputs of {option} are empty; {_HOW}")
    for name, array in inputs.named.items():
        which = f"the inputs {name.partition('.')[2]!r}" if "." in name else "the inputs"
        if array.ndim < 1 or len(array) == 0 or array.dtype.kind not in "fiub":
            raise ValueError(f"{which} of {option} have shape {array.shape} and type {array.dtype}; {_HOW}")
        if len(array) != len(inputs):
            raise ValueError(f"{which} of {option} are {len(array)} samples, and the first {len(inputs)}; {_HOW}")
    if given[1] is None:
        return inputs, None
    labels = np.array(given[1])
    if labels.dtype.kind not in "iu":
        raise ValueError(f"the labels of {option} are of type {labels.dtype}; {_HOW}")
    if labels.shape != (len(inputs),):
        raise ValueError(f"{option} has {len(inputs)} samples, but labels of shape {labels.shape}; {_HOW}")
    return inputs, labels
