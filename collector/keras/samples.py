"""Samples as a Keras model takes them: one array, or several under names or in a row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from collector.capture.targets import Targets, of_names, targets_of
from collector.keras.layers import INPUT

_HOW = (
    "give it as (inputs, labels), or (inputs, None): inputs one array [N, …], or a dict, list or tuple of such where "
    "the model takes several; labels class numbers [N], or what the outputs are to be, [N, …]"
)


_KINDS = "fiubcO"
"""Numbers, and text."""


@dataclass(frozen=True)
class Samples:
    """The inputs of N samples.

    Attributes:
        arrays: ``[N, …]``, or a dict, list or tuple of such, as the model takes them.
        told: what a reader of the file should know of them, a sentence each.
    """

    arrays: Any
    told: tuple[str, ...] = ()

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

    def part(self, start: int, stop: int) -> "Samples":
        """Some of the samples."""
        return Samples(_each(self.arrays, lambda array: array[start:stop]), self.told)

    def tensors(self) -> Any:
        """The same as tensors."""
        return _each(self.arrays, tf.constant)

    def specs(self, *, is_open: bool = False) -> Any:
        """What a graph is made for that takes these samples, or any number of such."""
        return _each(
            self.arrays,
            lambda array: tf.TensorSpec((None if is_open else len(array), *array.shape[1:]), tf.as_dtype(array.dtype)),
        )


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


def _dense(given: Any, option: str, told: list[str]) -> np.ndarray:
    """One of the inputs as an array in memory of its own."""
    if isinstance(given, tf.RaggedTensor):
        told.append(f"The inputs of {option} are ragged: they are filled up with zeros, and the model is run on that.")
        given = given.to_tensor()
    elif isinstance(given, tf.SparseTensor):
        given = tf.sparse.to_dense(tf.sparse.reorder(given))
    elif callable(getattr(given, "toarray", None)):  # of SciPy
        given = given.toarray()
    elif isinstance(given, tf.Variable):
        given = given.numpy()
    try:
        array = np.array(given)
    except Exception as error:  # noqa: BLE001 - whatever it is made of
        raise ValueError(f"the inputs of {option}, of type {type(given).__name__}, are no array: {error}") from None
    is_text = array.dtype.kind in "OSU" and array.size and all(isinstance(each, str | bytes) for each in array.flat)
    if array.dtype.kind == "O" and array.size and not is_text:
        raise ValueError(f"the inputs of {option} have shape {array.shape} and type {array.dtype}; {_HOW}")
    return array.astype(object) if is_text else array


def _told(inputs: Samples, option: str) -> Iterator[str]:
    first, *others = inputs.named
    if others and option == "probe":
        yield f"Of the probe's inputs the file holds the first, {first}; not in it: {', '.join(others)}."
    if np.iscomplexobj(inputs.first) and option == "probe":
        yield (
            "The probe's inputs are complex: the file holds the real and the imaginary part of each number, along a "
            "last axis."
        )
    if inputs.first.dtype.kind == "O" and option == "probe":
        yield "The probe's inputs are text, which the file does not hold."
    for name, array in inputs.named.items():
        if array.dtype.kind in "fc" and (n_bad := array.size - int(np.isfinite(array).sum())):
            which = f"{name.partition('.')[2]!r} " if "." in name else ""
            yield f"The inputs {which}of {option} hold {n_bad:,} values that are NaN or Inf."


def shown(array: np.ndarray) -> np.ndarray:
    """Samples as real numbers, complex ones as pairs; of text there are none, ``[N, 0]``."""
    if array.dtype.kind == "O":
        return np.zeros((len(array), 0), np.float32)
    return np.stack((array.real, array.imag), -1) if np.iscomplexobj(array) else array


def check_samples(given: Any, option: str = "probe") -> tuple[Samples, Targets]:
    """The probe's inputs and what they are to give, or those of another option, dense and in memory of their own.

    Raises:
        ValueError: it is something else than arrays of as many samples and numbers for them.
    """
    for each in (given, given[0] if isinstance(given, tuple | list) and given else None):
        if isinstance(each, tf.data.Dataset):
            raise ValueError(f"{option} is a tf.data.Dataset; take a batch of it: next(iter(dataset.take(1)))")
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise ValueError(f"{option} is of type {type(given).__name__}; {_HOW}")
    told: list[str] = []
    arrays = _each(dict(given[0]) if isinstance(given[0], Mapping) else given[0], lambda one: _dense(one, option, told))
    if not Samples(arrays).named:
        raise ValueError(f"the inputs of {option} are empty; {_HOW}")
    inputs = Samples(arrays, (*dict.fromkeys(told), *_told(Samples(arrays), option)))
    kinds = _KINDS.replace("O", "") if option == "projection" else _KINDS  # which are laid out as they are, too
    for name, array in inputs.named.items():
        which = f"the inputs {name.partition('.')[2]!r}" if "." in name else "the inputs"
        if array.ndim < 1 or len(array) == 0 or array.dtype.kind not in kinds:
            raise ValueError(f"{which} of {option} have shape {array.shape} and type {array.dtype}; {_HOW}")
        if len(array) != len(inputs):
            raise ValueError(f"{which} of {option} are {len(array)} samples, and the first {len(inputs)}; {_HOW}")
    if given[1] is None:
        return inputs, Targets()
    try:
        if isinstance(given[1], Mapping):
            named = {str(name): targets_of(np.array(each), len(inputs)) for name, each in given[1].items()}
            return inputs, of_names(named)
        return inputs, targets_of(np.array(given[1]), len(inputs))
    except ValueError as error:
        raise ValueError(f"{option} has {len(inputs)} samples, and its labels {error}; {_HOW}") from None
