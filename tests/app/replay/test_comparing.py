"""What two that are compared are called, and which place of one belongs to one of the other."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.replay.comparing import compared_passes, compared_runs
from app.replay.opened import Comparing, OpenedCollection, open_for_replay
from app.replay.state import ReplayState, ReplayView
from collector.comparing.saved import SavedComparison
from tests.app.made_up_findings import DEAD
from tests.app.whole_run import PASS_STEPS


def at(path: str) -> Any:
    return SimpleNamespace(
        collection=SimpleNamespace(path=Path(path), passes=SimpleNamespace(steps=np.array([0, 1_200])))
    )


@pytest.mark.parametrize(
    ("a", "b", "names"),
    [
        ("x/usual.json", "y/faster.json", ("usual", "faster")),
        ("x/run.json", "y/run.json", ("x/run", "y/run")),
    ],
)
def test_that_runs_are_called_by_their_files_and_those_of_one_name_by_their_folders_too(
    a: str, b: str, names: tuple[str, str]
) -> None:
    both = Comparing(at(a), at(b), SavedComparison(a=a, b=b), None)  # type: ignore[arg-type]
    assert both.names == names
    assert both.front_name == names[0]
    assert both.held_step is None


def test_that_a_held_pass_is_called_by_its_step() -> None:
    both = Comparing(at("x.json"), at("x.json"), SavedComparison(a="", b=""), None, held=1)  # type: ignore[arg-type]
    assert both.names == ("step 1,200", "this pass")
    assert both.front_name == "this pass"
    assert both.held_step == 1_200


@pytest.fixture
def opened(two_paths: tuple[Path, Path]) -> Iterator[tuple[OpenedCollection, OpenedCollection]]:
    a, b = map(open_for_replay, two_paths)
    yield a, b
    for each in (a, b):
        each.collection.close()


def view_of(opened: OpenedCollection, **wished: Any) -> ReplayView:
    view = opened.view_of(ReplayState(**wished))
    assert view is not None
    return view


def test_that_a_place_of_one_is_that_of_the_other_next_to_it(opened: tuple[OpenedCollection, OpenedCollection]) -> None:
    a, b = opened
    wish = SavedComparison(a="", b="", offset=float(PASS_STEPS[1]), layers={"fc1": "fc2", "fc2": None})
    both = compared_runs(a, b, wish)
    view = view_of(
        a, pass_number=1, sample=1, layer="fc1", unit=("fc1", 3), series="gradient_norm/fc1", finding=DEAD, why_at=5
    )
    there = both.b_of(view)
    assert there is not None
    assert (there.pass_number, there.step, there.pass_step) == (2, PASS_STEPS[2], PASS_STEPS[2])
    assert (there.layer, there.unit, there.series) == ("fc2", ("fc2", 3), "gradient_norm/fc2")
    assert (there.finding, there.why_at, there.sample) == (None, None, 1)
    back = both.a_of(there)
    assert back is not None
    assert (back.step, back.layer, back.unit, back.series) == (view.step, "fc1", ("fc1", 3), "gradient_norm/fc1")
    beyond = both.b_of(replace(view, sample=b.n_samples))
    assert beyond is not None
    assert beyond.sample == b.n_samples - 1
    far = compared_runs(a, b, SavedComparison(a="", b="", offset=999.0))
    assert far.b_of(view) is None
    alone = both.b_of(view_of(a, layer="fc2", unit=("fc2", 0)))
    assert alone is not None
    assert (alone.layer, alone.unit, alone.series) == (None, None, None)


def test_that_a_step_of_b_lies_among_those_of_a(opened: tuple[OpenedCollection, OpenedCollection]) -> None:
    both = compared_runs(*opened, SavedComparison(a="", b="", offset=2.0, layers={"fc1": "fc2", "fc2": None}))
    assert both.place_on_a(5, "fc2") == (3, "fc1")
    assert both.place_on_a(None, "fc1") == (None, None)
    assert both.place_on_a(0, None) == (None, None), "A has nothing there"


def test_that_the_front_knows_of_the_other_and_grows_with_it(opened: tuple[OpenedCollection, OpenedCollection]) -> None:
    a, b = opened
    both = compared_runs(a, b, SavedComparison(a="", b=""))
    assert both.front.collection is a.collection
    assert both.front.comparing is both
    assert both.front.files == (a.collection, b.collection)
    assert a.files == (a.collection,)
    other_a, other_b = replace(a), replace(b)
    assert both.grown(other_a).a is other_a
    assert both.grown(other_a).b is b
    assert both.grown(other_b).b is other_b
    assert both.grown(other_b).a is a
    made: list[int] = []
    for _ in range(2):
        both.once("x", lambda: made.append(1) or "made")
    assert made == [1]


def test_that_a_held_pass_stays_while_the_other_moves(opened: tuple[OpenedCollection, OpenedCollection]) -> None:
    a, _ = opened
    both = compared_passes(a, 1)
    view = view_of(a, pass_number=2)
    held, shown = both.sides(view)
    assert held is not None
    assert (held.pass_number, held.step, held.pass_step) == (1, PASS_STEPS[1], PASS_STEPS[1])
    assert shown is view
    assert both.beside.held_step == PASS_STEPS[1]
    assert not both.beside.has_repeats
