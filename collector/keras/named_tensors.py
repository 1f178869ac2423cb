"""The tensors in whatever a layer or a model gives."""

import dataclasses
from collections.abc import Iterable
from typing import Any

import tensorflow as tf


def named_tensors(value: Any, name: str) -> Iterable[tuple[str, Any]]:
    """The tensors in tuples, lists, dicts, dataclasses, by dotted name: ``output``, ``output.0``, ``output.key``."""
    if tf.is_tensor(value):
        yield name, value
    elif isinstance(value, tuple | list):
        for number, each in enumerate(value):
            yield from named_tensors(each, f"{name}.{number}")
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from named_tensors(each, f"{name}.{key}")
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for each in dataclasses.fields(value):
            yield from named_tensors(getattr(value, each.name, None), f"{name}.{each.name}")
