"""One picture of two that are compared: what is seen of A, what of B, and what is made of both."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.replay.comparing import compared_passes, compared_runs
from app.replay.differences import Differences, differences_of
from app.replay.frame import Frame, read_frame, sample_of
from app.replay.opened import Comparing, OpenedCollection, open_for_replay
from app.replay.state import ReplayState, ReplayView
from collector.comparing.saved import SavedComparison
from collector.storage import CollectionError, UnreachableError
from tests.app.whole_run import PASS_STEPS


@pytest.fixture
def two(two_paths: tuple[Path, Path]) -> Iterator[tuple[OpenedCollection, OpenedCollection]]:
    a, b = map(open_for_replay, two_paths)
    yield a, b
    for each in (a, b):
        each.collection.close()


def view_of(opened: OpenedCollection, number: int) -> ReplayView:
    view = opened.view_of(ReplayState(pass_number=number))
    assert view is not None
    return view


def of_two(a: OpenedCollection, b: OpenedCollection, **wish: Any) -> OpenedCollection:
    return compared_runs(a, b, SavedComparison(a="", b="", **wish)).front


def steps(frame: Frame) -> tuple[int, int]:
    assert frame.sides is not None
    a, b = frame.sides
    return a.step, b.step


def test_that_of_two_runs_a_is_in_front(two: tuple[OpenedCollection, OpenedCollection]) -> None:
    a, b = two
    frame = read_frame(of_two(a, b, offset=float(PASS_STEPS[1])), view_of(a, 1))
    assert (frame.step, steps(frame)) == (PASS_STEPS[1], (PASS_STEPS[1], PASS_STEPS[2]))
    assert frame.sides is not None
    assert [each.taken for each in frame.sides] == [a.passes.get(1), b.passes.get(2)]
    assert frame.not_compared == ""


def test_that_of_two_passes_the_one_that_moves_is_b_and_in_front(
    two: tuple[OpenedCollection, OpenedCollection],
) -> None:
    frame = read_frame(compared_passes(two[0], 1).front, view_of(two[0], 2))
    assert (frame.step, steps(frame)) == (PASS_STEPS[2], (PASS_STEPS[1], PASS_STEPS[2]))


def test_that_views_prepare_of_each_side_and_subtract_once(two: tuple[OpenedCollection, OpenedCollection]) -> None:
    told: list[tuple[object, ...]] = []

    def prepare(opened: OpenedCollection, view: ReplayView, pass_: Any) -> object:
        told.append((opened.collection, opened.is_side, opened.comparing, view.pass_number))
        return pass_.step

    def subtract(comparing: Comparing, a: Frame, b: Frame) -> object:
        return comparing, a.prepared["x"], b.prepared["x"]

    a, b = two
    front = of_two(a, b)
    frame = read_frame(front, view_of(a, 1), {"x": prepare}, {"x": subtract})
    assert sorted(told, key=lambda each: each[0] is b.collection) == [
        (a.collection, True, None, 1),
        (b.collection, True, None, 1),
    ]
    assert frame.prepared == {"x": PASS_STEPS[1]}
    assert frame.differences == {"x": (front.comparing, PASS_STEPS[1], PASS_STEPS[1])}
    assert read_frame(a, view_of(a, 1), {"x": prepare}).sides is None
    assert told[-1] == (a.collection, False, None, 1)
    assert read_frame(front, view_of(a, 1)).differences == read_frame(a, view_of(a, 1)).prepared == {}


@pytest.mark.parametrize(("held", "name"), [(False, "faster"), (True, "step 0")])
def test_that_what_fails_costs_its_own_view_alone(
    two: tuple[OpenedCollection, OpenedCollection], held: bool, name: str
) -> None:
    def fail(*_: object) -> object:
        raise ZeroDivisionError(name)

    a, b = two
    front = compared_passes(a, 0).front if held else of_two(a, b)
    frame = read_frame(front, view_of(a, 1), {"bad": fail, "good": lambda *_: 1}, {"odd": fail, "fine": lambda *_: 2})
    assert (frame.prepared, frame.differences) == ({"good": 1}, {"fine": 2})
    assert {each: str(error) for each, error in frame.failed.items()} == {"bad": name, "odd": name}


def test_that_a_file_that_is_out_of_reach_costs_the_whole_picture(
    two: tuple[OpenedCollection, OpenedCollection],
) -> None:
    def lose(*_: object) -> object:
        raise UnreachableError(SimpleNamespace(shown="a.json"), "cannot be reached.")  # type: ignore[arg-type]

    with pytest.raises(UnreachableError):
        read_frame(two[0], view_of(two[0], 1), {"x": lose})


def test_that_a_is_shown_alone_with_the_reason_where_b_has_nothing_near(
    two: tuple[OpenedCollection, OpenedCollection],
) -> None:
    a, b = two
    frame = read_frame(of_two(a, b, offset=9_999.0), view_of(a, 2), {"x": lambda opened, *_: opened.is_side})
    assert frame.sides is None
    assert frame.prepared == {"x": False}
    assert frame.not_compared == f"faster has no pass near to what is step {PASS_STEPS[2]} here."


class Damaged:
    """Has no pass that can be read."""

    def get(self, number: int) -> Any:
        raise CollectionError("b.json", f"has pass {number} damaged.")


def test_that_a_is_shown_alone_with_the_reason_where_b_is_damaged(
    two: tuple[OpenedCollection, OpenedCollection],
) -> None:
    a, b = two
    front = of_two(a, replace(b, passes=Damaged()))  # type: ignore[arg-type]
    frame = read_frame(front, view_of(a, 2), {"x": lambda opened, *_: opened.is_side})
    assert frame.sides is None
    assert frame.prepared == {"x": False}
    assert "pass 2 damaged" in frame.not_compared
    with pytest.raises(CollectionError, match="pass 2 damaged"):
        read_frame(of_two(replace(a, passes=Damaged()), b), view_of(a, 2))  # type: ignore[arg-type]


def weight_of(pass_: Any) -> np.ndarray:
    return np.asarray(pass_.layers["fc1"].weight)


def test_that_what_both_have_is_made_once_and_the_last_difference_is_kept(
    two: tuple[OpenedCollection, OpenedCollection],
) -> None:
    a, b = two
    both = compared_runs(a, b, SavedComparison(a="", b=""))
    found = differences_of(both)
    assert differences_of(both) is found
    assert found.graph is a.graph
    first, other = a.passes.get(1), b.passes.get(1)
    made = found.between(first, other)
    assert made.has_same_probe
    assert found.between(first, other) is made
    for one, another in ((a.passes.get(2), other), (first, b.passes.get(2)), (first, other)):
        again = found.between(one, another)
        assert again is not made
        assert weight_of(again).tolist() == (weight_of(another) - weight_of(one)).tolist()


def test_that_where_b_keeps_fewer_units_the_graph_has_those_that_both_keep(
    two: tuple[OpenedCollection, OpenedCollection],
) -> None:
    a, b = two
    layers = dict(a.collection.layers)
    layers["fc1"] = replace(layers["fc1"], kept=layers["fc1"].kept[:2])
    narrow: Any = SimpleNamespace(collection=SimpleNamespace(layers=layers))
    both: Any = SimpleNamespace(a=a, b=narrow, pair=compared_runs(a, b, SavedComparison(a="", b="")).pair)
    graph = Differences(both).graph
    assert [len(each) for each in graph.columns if each.stage == "fc1"] == [2]
    assert (graph.probe, graph.task) == (a.graph.probe, a.graph.task)


@pytest.mark.parametrize(("n_samples", "sample"), [(0, 0), (1, 0), (2, 1), (3, 2), (9, 2)])
def test_that_of_a_run_with_fewer_samples_the_last_is_seen_or_none(
    two: tuple[OpenedCollection, OpenedCollection], n_samples: int, sample: int
) -> None:
    a, b = two
    comparing = compared_runs(a, b, SavedComparison(a="", b=""))
    fewer: Any = SimpleNamespace(collection=b.collection, n_samples=n_samples)
    seen = replace(comparing, b=fewer).b_of(replace(view_of(a, 1), sample=2))
    assert seen is not None
    assert seen.sample == sample


def test_that_a_sample_has_its_picture_and_the_names_of_its_classes_where_there_are_samples(
    two: tuple[OpenedCollection, OpenedCollection],
) -> None:
    opened = two[0]
    view, pass_ = view_of(opened, 1), opened.passes.get(1)
    probe = opened.collection.probe
    assert probe is not None
    named = replace(probe, class_names=("even", "odd"))
    for samples, names, has_picture in ((named, ("even", "odd"), True), (None, (), False)):
        of: Any = SimpleNamespace(collection=SimpleNamespace(probe=samples, task=opened.collection.task))
        found = sample_of(of, view, pass_)
        assert (found.class_names, found.picture is not None) == (names, has_picture)
