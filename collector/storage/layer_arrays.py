"""The arrays of one layer at one pass, each decoded when it is asked for, and checked against the unit plan."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

import numpy as np

from collector.storage.blocks import Array
from collector.storage.pass_decoder import KINDS, PassDecoder
from collector.storage.schema import LayerRecord

Made = TypeVar("Made")

ENDINGS = {"value": "", "gradient": "_gradient", "update": "_update"}
"""What the kinds of a parameter are called behind its name, as in ``weight_gradient``."""


class ParameterArrays:
    """One parameter at one pass; what was not recorded is None. See `schema.ParameterArrays`.

    Args:
        read: gives ``value``, ``gradient`` or ``update``.
    """

    def __init__(self, read: Callable[[str], np.ndarray | None]) -> None:
        self._read = read

    @cached_property
    def value(self) -> np.ndarray | None:
        """Before the step's update."""
        return self._read("value")

    @cached_property
    def gradient(self) -> np.ndarray | None:
        """As the optimizer saw it at this step."""
        return self._read("gradient")

    @cached_property
    def update(self) -> np.ndarray | None:
        """Value after the step minus value before it."""
        return self._read("update")


class MadeWhenAsked(Mapping[str, Made]):
    """What is under a name is made when it is asked for, and then kept; the names when one is."""

    def __init__(self, names: Callable[[], Iterable[str]], make: Callable[[str], Made]) -> None:
        self._names_of, self._make = names, make
        self._made: dict[str, Made] = {}

    @cached_property
    def _names(self) -> dict[str, None]:
        return dict.fromkeys(self._names_of())

    def __getitem__(self, name: str) -> Made:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class LayerArrays:
    """The arrays of one layer at one pass; those that were not recorded are None. See `schema.LayerRecord`.

    They cannot be written to.
    """

    activation: np.ndarray | None
    weight: np.ndarray | None
    bias: np.ndarray | None
    weight_gradient: np.ndarray | None
    bias_gradient: np.ndarray | None
    weight_update: np.ndarray | None
    bias_update: np.ndarray | None
    feature_maps: np.ndarray | None
    sequence: np.ndarray | None
    attention: np.ndarray | None
    attention_entropy: np.ndarray | None
    attention_logit: np.ndarray | None
    chosen: np.ndarray | None

    def __init__(self, name: str, decoder: PassDecoder) -> None:
        self._name = name
        self._decoder = decoder

    @cached_property
    def _record(self) -> LayerRecord:
        return self._decoder.layer(self._name)

    def __getattr__(self, kind: str) -> np.ndarray | None:
        # Reached once for each kind: the decoded array becomes an attribute, and its text is let go.
        if kind not in KINDS:
            raise AttributeError(f"{kind!r} is not a kind of array; the kinds are {', '.join(KINDS)}")
        value = getattr(self._record, kind)
        if value is None and kind in vars(self):  # another thread has decoded it just now
            return vars(self)[kind]
        array = None if value is None else self._decoder.array(self._name, kind, value)
        setattr(self, kind, array)
        setattr(self._record, kind, None)
        return array

    def rows(self, kind: str, start: int, stop: int) -> np.ndarray | None:
        """``kind[start:stop]`` for 0 ≤ start ≤ stop, without the decoding of its other rows, as of other samples."""
        value = None if kind in vars(self) else getattr(self._record, kind)
        if value is None:
            array: np.ndarray | None = getattr(self, kind)
            return None if array is None else array[start:stop]
        return self._decoder.array(self._name, kind, value, (start, stop))

    @property
    def updated_at(self) -> int | None:
        """See `schema.LayerRecord`; None: gradients and updates are those of the pass's own step."""
        return self._record.updated_at

    @cached_property
    def parameters(self) -> Mapping[str, ParameterArrays]:
        """Name → arrays of a parameter that has no kind of its own, as ``weight_ih_l0``."""
        return MadeWhenAsked(
            lambda: self._record.parameters, lambda name: ParameterArrays(lambda kind: self._of_parameter(name, kind))
        )

    @cached_property
    def moments(self) -> Mapping[str, Mapping[str, np.ndarray]]:
        """Parameter → the optimizer's name of a state → that state after the step."""
        return MadeWhenAsked(lambda: self._record.moments, self._moments_of)

    def _of_parameter(self, name: str, kind: str) -> np.ndarray | None:
        return self._decoded(name, f"{name}{ENDINGS[kind]}", getattr(self._record.parameters[name], kind))

    def _moments_of(self, name: str) -> dict[str, np.ndarray]:
        states = self._record.moments[name]
        found = {state: self._decoded(name, f"{name}.{state}", value) for state, value in states.items()}
        return {state: array for state, array in found.items() if array is not None}

    def _decoded(self, parameter: str, kind: str, value: Array | None) -> np.ndarray | None:
        return None if value is None else self._decoder.array(self._name, kind, value, parameter=parameter)
