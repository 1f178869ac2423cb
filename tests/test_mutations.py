"""The changes with which tests are tried are those that they say they are."""

import ast
import multiprocessing
import os
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.mutations.__main__ import joins, switches_at
from tests.mutations.changes import changes_of
from tests.mutations.project import ROOT
from tests.mutations.switched import NOTHING, Switch, SwitchedSources
from tests.mutations.trials import Fork


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


SOURCE = """
def run(panel, values):
    panel.show(1)
    total = 0
    for each in values:
        if each > 2:
            break
        total += each
    return total
"""


def _run(number: int) -> tuple[object, list[int], SwitchedSources]:
    switches = [Switch("a.py", each) for each in changes_of(SOURCE)]
    sources = SwitchedSources(switches)
    sources.on = number
    shown: list[int] = []
    told = {"is_switched_on": sources.is_switched_on, "is_touched": sources.touched.add}
    exec(sources.compiled("a.py", SOURCE), told)
    return told["run"](SimpleNamespace(show=shown.append), [1, 2, 3, 4]), shown, sources  # type: ignore[operator]


def test_with_no_change_switched_on_a_source_does_what_it_did_and_tells_what_it_came_to() -> None:
    result, shown, sources = _run(NOTHING)
    assert (result, shown) == (3, [1])
    assert sources.touched == {"a.py"}
    assert sources.reached


def test_each_change_that_is_switched_on_is_that_of_the_changed_text() -> None:
    changes = changes_of(SOURCE)
    sources = _run(NOTHING)[2]
    assert sources.reached.isdisjoint(sources.apart)
    assert sources.reached | sources.apart == set(range(len(changes)))
    assert {changes[number].kind for number in sources.reached} == {
        *("call left out", "assignment left out", "break", "comparison", "number", "result left out"),
    }
    for number in sources.reached:
        shown: list[int] = []
        changed: dict[str, Any] = {}
        exec(changes[number].apply(SOURCE), changed)
        result = changed["run"](SimpleNamespace(show=shown.append), [1, 2, 3, 4])
        assert _run(number)[:2] == (result, shown)


def test_only_calls_that_join_two_parts_are_taken_for_such() -> None:
    found = [each for each in switches_at("app/views/notes") if joins(each)]
    sources = [(ROOT / each.file).read_text("utf-8")[each.change.start : each.change.stop] for each in found]
    assert sources
    assert all(".connect(" in each or ".show_" in each for each in sources)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs forks")
def test_a_test_that_never_ends_has_noticed_the_change() -> None:
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)

    def run() -> None:
        there.send(0)
        signal.pause()

    process = context.Process(target=run, daemon=True)
    process.start()
    there.close()
    test: Any = object()
    fork = Fork(0, [test], [0.1], here, process)
    while not fork.is_over():
        pass
    assert fork.test is test
    assert not process.is_alive()
