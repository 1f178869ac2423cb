"""The one place that holds what is wished."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph_options import GraphOptions
from app.jobs import Jobs
from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.view import Place, View, ViewSpec
from collector.storage import CollectionError, CollectionWriter, open_collection
from collector.storage.passes import Pass
from tests.app.damaged import with_damaged_pass
from tests.benchmarks.generated import header, random_pass


class Told:
    """Everything a session said."""

    def __init__(self, session: Session) -> None:
        self.frames: list[Frame] = []
        self.views: list = []
        self.problems: list[str] = []
        session.frame_ready.connect(self.frames.append)
        session.view_changed.connect(self.views.append)
        session.problem_occurred.connect(self.problems.append)


@pytest.fixture
def told(session: Session) -> Told:
    return Told(session)


def test_that_opening_shows_the_first_pass(session: Session, told: Told, collection_path: Path) -> None:
    session.open(collection_path)
    assert [frame.step for frame in told.frames] == [0]
    assert told.problems == []


def test_that_moving_the_playhead_tells_the_view_first_and_the_frame_then(
    session: Session, told: Told, collection_path: Path
) -> None:
    session.open(collection_path)
    session.show_pass(3)
    session.step_by(-1)
    session.show_last()
    assert [view.pass_number for view in told.views] == [0, 3, 2, 4]
    assert [frame.step for frame in told.frames] == [0, 9, 6, 12]


def test_that_wishes_beyond_the_ends_stay_at_the_ends(session: Session, told: Told, collection_path: Path) -> None:
    session.open(collection_path)
    session.step_by(-5)
    session.step_by(100)
    session.step_by(-1)
    assert session.view is not None
    assert session.view.pass_number == 3


def test_that_nothing_is_told_where_nothing_changes(session: Session, told: Told, collection_path: Path) -> None:
    session.open(collection_path)
    session.show_pass(0)
    session.choose_sample(0)
    assert len(told.views) == len(told.frames) == 1


def test_that_the_sample_is_kept_while_the_playhead_moves(session: Session, told: Told, collection_path: Path) -> None:
    session.open(collection_path)
    session.choose_sample(3)
    session.show_pass(2)
    assert told.frames[-1].view.sample == 3


def test_that_a_file_that_cannot_be_opened_leaves_what_is_shown(
    session: Session, told: Told, collection_path: Path, tmp_path: Path
) -> None:
    session.open(collection_path)
    session.show_pass(2)
    other = tmp_path / "other.json"
    other.write_text("{}")
    session.open(other)
    session.step_by(1)
    assert len(told.problems) == 1
    assert "other.json" in told.problems[0]
    assert told.frames[-1].step == 9


def test_that_the_playhead_rests_on_any_step_and_shows_the_pass_before_it(
    session: Session, told: Told, collection_path: Path
) -> None:
    session.open(collection_path)
    session.show_step(7.4)
    assert [(view.step, view.pass_number) for view in told.views] == [(0, 0), (7, 2)]
    session.show_step(8)
    assert (told.views[-1].step, told.views[-1].pass_number) == (8, 2)
    assert [frame.step for frame in told.frames] == [0, 6], "the same pass is not read again"
    session.show_step(1000)
    assert session.opened is not None
    assert told.views[-1].step == session.opened.last_step


@pytest.mark.parametrize(
    ("step", "n_passes", "expected"), [(7, -1, 6), (7, 1, 9), (7, -2, 3), (7, 10, 12), (6, -1, 3), (6, 1, 9)]
)
def test_that_from_between_two_passes_the_next_in_either_direction_is_reached(
    session: Session, collection_path: Path, step: int, n_passes: int, expected: int
) -> None:
    session.open(collection_path)
    session.show_step(step)
    session.step_by(n_passes)
    assert session.view is not None
    assert (session.view.step, session.view.is_on_pass) == (expected, True)


def test_that_playing_goes_on_from_between_two_passes_with_the_next(
    session: Session, told: Told, collection_path: Path, qtbot: QtBot
) -> None:
    session.open(collection_path)
    session.set_delay_ms(200)
    session.show_step(7)
    session.set_playing(True)
    qtbot.waitUntil(lambda: told.views[-1].step != 7, timeout=5000)
    assert told.views[-1].step == 9


def test_that_going_somewhere_is_one_change(session: Session, told: Told, collection_path: Path) -> None:
    session.open(collection_path)
    session.set_following(True)
    del told.views[:], told.frames[:]
    session.go_to(step=7, layer="fc1", unit=("fc1", 8), sample=3, tab="gradients")
    assert len(told.views) == len(told.frames) == 1
    view = told.views[0]
    assert (view.step, view.pass_number, view.is_following) == (7, 2, False)
    assert (view.layer, view.unit, view.sample, view.tab) == ("fc1", ("fc1", 8), 3, "gradients")
    session.go_to(pass_number=1, unit=None)
    view = told.views[-1]
    assert (view.step, view.pass_number, view.layer, view.unit, view.sample) == (3, 1, "fc1", None, 3)


def test_that_where_nothing_is_named_all_stays_as_it_is(session: Session, told: Told, collection_path: Path) -> None:
    session.open(collection_path)
    session.go_to(step=7, tab="features")
    session.go_to()
    session.go_to(tab="features")
    assert len(told.views) == 2


def test_that_the_tab_stays_for_another_collection(session: Session, collection_path: Path, tmp_path: Path) -> None:
    session.go_to(tab="optimizer")
    session.open(collection_path)
    assert session.view is not None
    assert session.view.tab == "optimizer"


def test_that_playing_goes_through_the_passes_and_stop_goes_back(
    session: Session, told: Told, collection_path: Path, qtbot: QtBot
) -> None:
    session.open(collection_path)
    session.set_delay_ms(200)
    session.set_playing(True)
    qtbot.waitUntil(lambda: len(told.frames) >= 3, timeout=5000)
    session.stop()
    assert session.view is not None
    assert (session.view.pass_number, session.view.is_playing) == (0, False)


def test_that_a_playback_without_loop_pauses_at_the_last_pass(
    session: Session, told: Told, collection_path: Path, qtbot: QtBot
) -> None:
    session.open(collection_path)
    session.set_looping(False)
    session.set_delay_ms(200)
    session.show_pass(3)
    session.set_playing(True)
    qtbot.waitUntil(lambda: session.view is not None and not session.view.is_playing, timeout=5000)
    assert session.view is not None
    assert session.view.is_last


def test_that_playing_from_the_last_pass_begins_at_the_first(
    session: Session, told: Told, collection_path: Path
) -> None:
    session.open(collection_path)
    session.show_last()
    session.set_playing(True)
    assert session.view is not None
    assert (session.view.pass_number, session.view.is_playing) == (0, True)


def test_that_another_collection_starts_at_its_first_pass_with_the_same_speed(
    session: Session, told: Told, collection_path: Path, tmp_path: Path
) -> None:
    other = shutil.copy(collection_path, tmp_path / "copy.json")
    session.open(collection_path)
    session.set_delay_ms(700)
    session.show_last()
    session.open(other)
    assert session.view is not None
    assert (session.view.pass_number, session.view.delay_ms) == (0, 700)
    assert session.opened is not None
    assert session.opened.collection.path == other


def test_that_wishes_without_a_collection_change_nothing(session: Session, told: Told) -> None:
    session.show_pass(3)
    session.set_playing(True)
    session.stop()
    assert session.view is None
    assert told.views == told.frames == told.problems == []


def test_that_scrubbing_ends_on_the_pass_asked_for_last(collection_path: Path, qtbot: QtBot) -> None:
    session = Session(Jobs())
    told = Told(session)
    session.open(collection_path)
    qtbot.waitUntil(lambda: bool(told.frames))
    for number in (1, 2, 3, 4, 3, 2, 1, 4):
        session.show_pass(number)
    qtbot.waitUntil(lambda: told.frames[-1].step == 12)
    qtbot.wait(50)
    assert told.frames[-1].step == 12
    session.close()


def _never_made(session: Session) -> View:
    raise AssertionError("there is no window")


class Parts:
    """A view that wants part of a frame, and writes down of which passes it was asked for one."""

    def __init__(self, name: str, error: Exception | None = None) -> None:
        self.asked: list[int] = []
        self._error = error
        self.spec = ViewSpec(name, name.title(), Place.CENTRE, make=_never_made, prepare=self._prepare)

    def _prepare(self, opened: OpenedCollection, view: ReplayView, pass_: Pass) -> str:
        self.asked.append(view.pass_number)
        if self._error is not None:
            raise self._error
        return f"{self.spec.name} at step {pass_.step} of {opened.n_passes} passes"


@pytest.fixture
def seen_session(qtbot: QtBot) -> Iterator[tuple[Session, Parts, Parts]]:
    """A session with two views, none of which is seen."""
    one, other = Parts("one"), Parts("other")
    session = Session(Jobs(is_synchronous=True), (one.spec, other.spec))
    yield session, one, other
    session.close()


def test_that_a_frame_is_prepared_for_visible_views_only(
    seen_session: tuple[Session, Parts, Parts], collection_path: Path
) -> None:
    session, one, other = seen_session
    told = Told(session)
    session.open(collection_path)
    assert [dict(frame.prepared) for frame in told.frames] == [{}]
    session.set_visible(frozenset({"one"}))
    session.show_pass(2)
    assert [dict(frame.prepared) for frame in told.frames[1:]] == [
        {"one": "one at step 0 of 5 passes"},
        {"one": "one at step 6 of 5 passes"},
    ]
    assert (one.asked, other.asked) == ([0, 2], [])


def test_that_a_view_that_comes_into_sight_has_the_frame_read_again_and_one_that_goes_has_not(
    seen_session: tuple[Session, Parts, Parts], collection_path: Path
) -> None:
    session, _, _ = seen_session
    told = Told(session)
    session.set_visible(frozenset({"one"}))
    session.open(collection_path)
    session.set_visible(frozenset({"one", "other"}))
    assert told.frames[-1].prepared.keys() == {"one", "other"}
    n_frames = len(told.frames)
    session.set_visible(frozenset({"other", "a view without parts"}))
    session.set_visible(frozenset({"one"}))
    assert len(told.frames) == n_frames, "its part is there still"
    session.show_pass(1)
    assert told.frames[-1].prepared.keys() == {"one"}
    session.set_visible(frozenset({"other"}))
    assert told.frames[-1].prepared.keys() == {"other"}
    assert [frame.view.pass_number for frame in told.frames] == [0, 0, 1, 1]
    assert len(told.views) == 2


@pytest.mark.parametrize("error", [CollectionError("run.json", "is damaged here."), ZeroDivisionError("unforeseen")])
def test_that_a_view_whose_part_fails_costs_only_itself(collection_path: Path, qtbot: QtBot, error: Exception) -> None:
    bad, good = Parts("bad", error), Parts("good")
    session = Session(Jobs(is_synchronous=True), (bad.spec, good.spec))
    told = Told(session)
    session.set_visible(frozenset({"bad", "good"}))
    session.open(collection_path)
    assert told.frames[0].prepared.keys() == {"good"}
    assert dict(told.frames[0].failed) == {"bad": error}
    session.close()


def test_that_a_pass_that_cannot_be_read_is_told_of_as_the_one_that_is_wished(
    session: Session, told: Told, collection_path: Path, tmp_path: Path
) -> None:
    damaged = with_damaged_pass(collection_path, 2, tmp_path / "damaged.json")
    failed: list[str] = []
    session.frame_failed.connect(lambda error: failed.append(str(error)))
    session.open(damaged)
    session.show_pass(2)
    assert len(failed) == 1
    assert "pass 2" in failed[0]
    assert told.problems == failed
    session.show_pass(3)
    assert told.frames[-1].step == 9
    assert len(failed) == 1


def derive(opened: OpenedCollection, before: tuple | None) -> tuple:
    return opened.n_passes, before


def fails(opened: OpenedCollection, before: object) -> object:
    raise ZeroDivisionError("unforeseen")


def test_that_the_colour_scales_of_a_run_grow_with_a_pass_of_larger_numbers(session: Session, tmp_path: Path) -> None:
    sizes = [4, 3]
    with CollectionWriter(tmp_path / "live.json", header(sizes)) as writer:
        writer.write(random_pass(sizes, 0))
        session.open(tmp_path / "live.json")
        (before,) = session.opened.scales.of(GraphOptions()).edges
        larger = random_pass(sizes, 1)
        larger.layers["fc1"].weight *= 10
        writer.write(larger)
        session._opening.look()
        (after,) = session.opened.scales.of(GraphOptions()).edges
    assert after == pytest.approx(np.abs(larger.layers["fc1"].weight).max())
    assert after > before


def test_that_a_frame_is_read_again_where_its_colours_may_belong_to_a_larger_scale_now(
    session: Session, told: Told, tmp_path: Path
) -> None:
    sizes = [4, 3]
    grown: list[int] = []
    session.collection_grown.connect(lambda opened: grown.append(opened.n_passes))
    with CollectionWriter(tmp_path / "live.json", header(sizes)) as writer:
        writer.write(random_pass(sizes, 0))
        session.open(tmp_path / "live.json")
        writer.write(random_pass(sizes, 1))
        session._opening.look()
    session._opening.look()
    assert grown == [2, 2], "a pass, and the end of the run"
    assert [frame.step for frame in told.frames] == [0, 0], "the end has no colours"


@pytest.mark.expects_log
def test_that_what_a_view_makes_of_a_collection_is_made_when_it_is_opened_and_when_it_has_grown(
    collection_path: Path, tmp_path: Path, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    content = collection_path.read_bytes()
    with open_collection(collection_path) as collection:
        at = collection.passes._entries[3][2]
    growing = tmp_path / "growing.json"
    growing.write_bytes(content[: at - 1])
    good = ViewSpec("good", "Good", Place.CENTRE, make=_never_made, derive=derive)
    bad = ViewSpec("bad", "Bad", Place.CENTRE, make=_never_made, derive=fails)
    session = Session(Jobs(is_synchronous=True), (bad, good))
    session.open(growing)
    assert session.opened is not None
    assert dict(session.opened.derived) == {"good": (3, None)}
    growing.write_bytes(content)
    session._opening.look()
    assert dict(session.opened.derived) == {"good": (5, (3, None))}
    assert {record.getMessage() for record in caplog.records} == {f"The view 'bad' can make nothing of {growing}"}
    session.close()


def test_that_what_is_wished_while_a_collection_is_told_of_is_wished_of_that_one(
    session: Session, told: Told, collection_path: Path, tmp_path: Path
) -> None:
    other = shutil.copy(collection_path, tmp_path / "copy.json")
    session.open(collection_path)
    session.go_to(pass_number=3, unit=("fc1", 8))
    said: list[str] = []
    session.collection_opened.connect(lambda _: session.select_layer("fc1"))
    for signal, name in (
        (session.collection_opened, "collection"),
        (session.view_changed, "view"),
        (session.frame_ready, "frame"),
    ):
        signal.connect(lambda _, name=name: said.append(name))
    session.open(other)
    assert said == ["collection", "view", "frame"], "all know of the collection before its playhead moves"
    view = told.views[-1]
    assert (view.step, view.layer, view.unit) == (0, "fc1", None)


def test_that_a_collection_opens_where_it_was_left(
    session: Session, told: Told, collection_path: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.json"
    other.write_bytes(collection_path.read_bytes())
    session.open(collection_path)
    session.show_step(7)
    session.open(other)
    assert session.view.step == 0
    session.show_last()
    session.open(collection_path)
    assert (session.view.step, session.view.pass_number) == (7, 2)
    session.open(other)
    assert session.view.is_last
    assert list(session.left_at.values()) == [12, 7], "the one left last comes last"
