"""A collection of the original visualizer as it stands in its file: read, checked, its lists turned into arrays.

The original writes one JSON document at the end of a run: ``architecture``, and an object for each pass under its
number. Its keys may have leading spaces, its numbers are all floats, and anything may be missing.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from collector.storage.errors import BlockError
from collector.storage.json_text import JsonTextError, decode
from collector.storage.plain_lists import as_float32, plain_array

LINEAR = "Linear"
ARRAYS = ("input", "weight", "bias")
"""What is taken of a linear layer."""

GRADIENTS = ("grad_input", "grad_weight", "grad_bias")
"""What the original called gradients: the last two are the parameters themselves."""

LABELS = ("true_label", "label")
"""The label's key in the original's code and in its README."""

_DIMENSIONS = {"input": (1,), "weight": (2,), "bias": (1,)}
_NOT_JSON_WORDS = (b"NaN", b"Infinity")


@dataclass
class LegacyRecord:
    """One pass; what the file does not hold, or not readably, is None.

    Attributes:
        key: its number in the file, from 1; 0 is what the original left by mistake before the first pass.
        picture: ``[C, H, W]``, grey or colour, or ``[H, W]``, as the network was given it.
        logits: ``[K]``.
        label: number and name of the true class.
        prediction: the same of the predicted one.
        layers: tag of a linear layer → ``input``, ``weight`` and ``bias``, as far as they are there.
    """

    key: int
    picture: np.ndarray | None = None
    logits: np.ndarray | None = None
    label: tuple[int, str] | None = None
    prediction: tuple[int, str] | None = None
    loss: float | None = None
    accuracy: float | None = None
    layers: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)

    @property
    def is_of_a_sample(self) -> bool:
        """Whether anything but parameters was recorded, which a stray pass never has."""
        facts = (self.picture, self.logits, self.label, self.prediction, self.loss, self.accuracy)
        return any(fact is not None for fact in facts)


@dataclass
class LegacyDocument:
    """The whole file.

    Attributes:
        architecture: tag of a module → its specifications, in the order of the file; keys without spaces around.
        records: the passes in the order of their numbers, a stray one left out.
        has_stray: whether there was a stray pass 0.
        has_gradients: whether anything is called a gradient.
        other_tags: tags of modules that are not linear and have values nevertheless, as in older versions.
        problems: a sentence for each thing that could not be read.
    """

    architecture: dict[str, dict[str, Any]]
    records: list[LegacyRecord] = field(default_factory=list)
    has_stray: bool = False
    has_gradients: bool = False
    other_tags: dict[str, None] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def tags(self) -> list[str]:
        """Tags of the linear layers, those of the architecture first."""
        named = [tag for tag in self.architecture if kind_of(tag) == LINEAR]
        return list(dict.fromkeys([*named, *(tag for record in self.records for tag in record.layers)]))


def kind_of(tag: str) -> str:
    """Class name of a module by its tag, as ``Linear`` of ``13_Linear``."""
    number, _, kind = tag.partition("_")
    return kind if number.isdecimal() else ""


def read_document(text: bytes) -> LegacyDocument:
    """What a file of the original holds.

    Raises:
        JsonTextError: it is not JSON, or not an object with an architecture.
    """
    values = _values(text)
    architecture = _value(values.pop("architecture", None))
    if not isinstance(architecture, dict):
        raise JsonTextError("it does not say what the network is made of")
    document = LegacyDocument({tag: _specifications(each) for tag, each in architecture.items()})
    for key in sorted((key for key in values if key.isascii() and key.isdecimal() and len(key) <= 15), key=int):
        # Each is let go before the next: as Python's lists a pass takes ten times its arrays.
        value = _value(values.pop(key))
        if isinstance(value, dict):
            document.records.append(_record(int(key), value, document))
        else:
            document.problems.append(f"Pass {key} is not an object and was passed over.")
    first = document.records[0] if document.records else None
    if first is not None and first.key == 0 and not first.is_of_a_sample:
        document.has_stray = True
        del document.records[0]
    return document


def _values(text: bytes) -> dict[str, Any]:
    """Key → JSON text of its value, or the value itself."""
    try:
        return dict(decode(text, dict[str, msgspec.Raw]))
    except JsonTextError:
        # Python's writer puts words into the file of a run that diverged which are no JSON.
        if not any(word in text for word in _NOT_JSON_WORDS):
            raise
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise JsonTextError(str(error)) from None
    if not isinstance(values, dict):
        raise JsonTextError("it is not an object")
    return values


def _value(value: Any) -> Any:
    return decode(value, object) if isinstance(value, msgspec.Raw) else value


def _specifications(value: Any) -> dict[str, Any]:
    return {key.strip(): each for key, each in value.items()} if isinstance(value, dict) else {}


def _record(key: int, value: dict[str, Any], document: LegacyDocument) -> LegacyRecord:
    value = {name.strip(): each for name, each in value.items()}
    record = LegacyRecord(key)

    def array(name: str, given: Any, dimensions: tuple[int, ...]) -> np.ndarray | None:
        if given is None:
            return None
        try:
            return _array(given, dimensions)
        except BlockError as error:
            document.problems.append(f"Pass {key}: {name} was passed over: {error}.")
            return None

    record.picture = array("the picture", value.get("input"), (2, 3))
    if record.picture is not None and record.picture.ndim == 3 and record.picture.shape[0] not in (1, 3):
        document.problems.append(f"Pass {key}: the input of shape {record.picture.shape} is no picture.")
        record.picture = None
    record.logits = array("the logits", value.get("logits"), (1,))
    record.label = _class(next((value[name] for name in LABELS if name in value), None))
    record.prediction = _class(value.get("prediction"))
    record.loss, record.accuracy = _number(value.get("loss")), _number(value.get("accuracy"))
    for tag, given in _objects(value):
        document.has_gradients |= any(name in given for name in GRADIENTS)
        if kind_of(tag) == LINEAR:
            arrays = {name: array(f"{name} of {tag!r}", given.get(name), _DIMENSIONS[name]) for name in ARRAYS}
            record.layers[tag] = {name: each for name, each in arrays.items() if each is not None}
        elif kind_of(tag):
            document.other_tags[tag] = None
    return record


def _objects(value: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((name, each) for name, each in value.items() if isinstance(each, dict))


def _array(value: Any, dimensions: tuple[int, ...]) -> np.ndarray:
    if not isinstance(value, list):
        raise BlockError("it is not a list")
    array = as_float32(plain_array(value, "<f4"))
    if array.ndim not in dimensions or not array.size:
        raise BlockError(f"it has shape {array.shape}")
    array.flags.writeable = False
    return array


def _class(value: Any) -> tuple[int, str] | None:
    """A class from ``[number, name]`` or a bare number."""
    given = value if isinstance(value, list) else [value]
    number = _number(given[0]) if given else None
    if number is None or not number.is_integer() or not 0 <= number < 2**31:
        return None
    return int(number), str(given[1]) if len(given) > 1 else ""


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None
