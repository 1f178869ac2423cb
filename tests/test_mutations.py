"""The changes with which tests are tried are those that they say they are."""

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.mutations.changes import changes_of
from tests.mutations.reached import ROOT
from tests.mutations.wiring import NOTHING, Passing, Statement


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("a < b", ["(a <= b)"]),
        ("a == 1", ["(a != 1)", "a == (0)", "a == (2)"]),
        ("x = a and b", ["x = ((a) or (b))"]),
        ("x = not a", ["x = (bool(a))"]),
        ("x = a + b", ["x = ((a) - (b))"]),
        ("x = 'a' + b", []),
        ("x = 1e36", []),  # one more is the same number
        ("x: Literal[True] = True", ["x: Literal[True] = False"]),
        ("if a:\n    b()", ["if (not (a)):\n    b()", "if a:\n    pass"]),
        ("def f() -> int:\n    return a", ["def f() -> int:\n    return None"]),
        ("é = '·'; a < b", ["é = '·'; (a <= b)"]),
    ],
)
def test_a_source_is_changed_at_one_place_at_a_time(source: str, changed: list[str]) -> None:
    assert sorted(each.apply(source) for each in changes_of(source)) == sorted(changed)


def test_a_change_of_this_file_is_python() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    changes = changes_of(source)
    assert changes
    for each in changes:
        ast.parse(each.apply(source))


@pytest.mark.parametrize(("number", "done"), [(NOTHING, [1, 2]), (0, [2]), (1, [1])])
def test_a_statement_that_joins_two_parts_can_be_passed_over_and_tells_that_it_was_reached(
    number: int, done: list[int]
) -> None:
    source = "if True:\n    panel.show_it(1)\npanel.show_it(2)\n"
    passing = Passing([Statement("a.py", 2, 4, ""), Statement("a.py", 3, 0, "")])
    passing.statement = number
    panel = SimpleNamespace(done=[])
    panel.show_it = panel.done.append
    exec(passing.compiled(str(ROOT / "a.py"), source), {"panel": panel, "is_done": passing.is_done})
    assert panel.done == done
    assert passing.reached == {0, 1}
