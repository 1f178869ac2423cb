"""What is worked out for the network is never changed, and what holds arrays is never compared by value."""

import dataclasses
import importlib
import pkgutil

import pytest

import app.views.network as room

CLASSES = [
    each
    for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}.")
    for each in vars(importlib.import_module(found.name)).values()
    if isinstance(each, type)
    and dataclasses.is_dataclass(each)
    and each.__module__ == found.name
    and each.__name__[0] != "_"
]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_that_what_was_worked_out_cannot_be_changed(kind: type) -> None:
    params = kind.__dataclass_params__  # type: ignore[attr-defined]
    assert params.frozen
    if any("ndarray" in str(field.type) for field in dataclasses.fields(kind)):
        assert not params.eq, "of two arrays nobody can say in one word whether they are the same"
