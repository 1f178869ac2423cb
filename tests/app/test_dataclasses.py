"""What the window's parts hand to one another does not change on the way, and two of them are never compared by arrays.

A view keeps what it was given to tell whether there is anything new; one that changed in place would never be shown.
Equality by fields raises where a field is an array.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app"
WORKED_ON = {
    "_Job": "a place in the queue, whose next turn is put in",
    "_Reader": "of a scan, which tells how far it has come",
    "_Spot": "a node while it is given its place",
    "_Trunk": "an edge while it is given its lane",
    "_Found": "what a layout gathers before it is made",
}
"""What one file alone works on, and why."""


@dataclass(frozen=True)
class Declared:
    """A dataclass as the source has it."""

    name: str
    is_frozen: bool
    is_compared: bool
    has_arrays: bool
    """Among its fields."""


def declared_in(source: str) -> Iterator[Declared]:
    """The dataclasses of a source."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ClassDef):
            continue
        for decorator in node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if ast.unparse(called) != "dataclass":
                continue
            options = {each.arg: ast.unparse(each.value) for each in getattr(decorator, "keywords", ())}
            types = [each.annotation for each in node.body if isinstance(each, ast.AnnAssign)]
            has_arrays = any("ndarray" in ast.unparse(each) for each in types)
            yield Declared(node.name, options.get("frozen") == "True", options.get("eq") != "False", has_arrays)


@pytest.fixture(scope="module")
def every() -> list[Declared]:
    return [each for file in sorted(APP.rglob("*.py")) for each in declared_in(file.read_text(encoding="utf-8"))]


def test_that_dataclasses_are_frozen_but_those_that_one_file_works_on(every: list[Declared]) -> None:
    assert {each.name for each in every if not each.is_frozen} == set(WORKED_ON)


def test_that_one_with_arrays_is_not_compared_by_its_fields(every: list[Declared]) -> None:
    assert [each.name for each in every if each.is_compared and each.has_arrays] == []


def test_that_what_a_source_declares_is_found() -> None:
    source = """
@dataclass(frozen=True, eq=False)
class Curve:
    values: dict[str, np.ndarray]

@dataclass
class Words:
    text: str

class Other:
    values: np.ndarray
"""
    assert list(declared_in(source)) == [Declared("Curve", True, False, True), Declared("Words", False, True, False)]
