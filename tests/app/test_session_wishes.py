"""Wishes one by one, with a clock that is turned by hand: what of them is in the view, and what a playback does."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.replay.comparing import Side
from app.replay.following import AwaitedCollection
from app.replay.state import ReplayView
from app.session import Session
from collector.comparing.saved import SavedComparison
from collector.findings import Evidence
from tests.app.clock import Clock
from tests.app.made_up_findings import DEAD, LARGE, SPIKE, finding

PASSES = [0, 3, 6, 9, 12]
"""Steps of the small collection's passes."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("app.playing.time.monotonic", clock)
    return clock


@pytest.fixture
def session(qtbot: QtBot, clock: Clock, collection_path: Path) -> Iterator[Session]:
    session = Session(Jobs(is_synchronous=True))
    session.open(collection_path)
    yield session
    session.close()


def view_of(session: Session) -> ReplayView:
    assert session.view is not None
    return session.view


@pytest.fixture
def turn(session: Session, clock: Clock) -> Callable[[float], tuple[int, bool]]:
    """Turns the clock on by so many seconds; the pass that is on then, and whether it goes on."""

    def turned(seconds: float) -> tuple[int, bool]:
        clock.now += seconds
        session._playing._timer.timeout.emit()
        return view_of(session).pass_number, view_of(session).is_playing

    return turned


Turn = Callable[[float], tuple[int, bool]]


def test_that_a_playback_goes_round_and_without_a_loop_it_ends(session: Session, turn: Turn) -> None:
    session.show_pass(3)
    session.set_playing(True)
    assert [turn(1.0) for _ in range(3)] == [(4, True), (0, True), (1, True)]
    session.set_looping(False)
    assert [turn(1.0), turn(9.0)] == [(2, True), (4, False)]
    assert turn(5.0) == (4, False)


def test_that_speed_and_stride_hold_at_once_from_where_the_playback_is(session: Session, turn: Turn) -> None:
    session.set_playing(True)
    assert turn(1.0) == (1, True)
    session.set_delay_ms(500)
    assert turn(0.5) == (2, True)
    assert turn(0.4) == (2, True)
    session.set_stride(2)
    assert turn(0.5) == (4, True)
    assert (view_of(session).delay_ms, view_of(session).stride) == (500, 2)


def test_that_a_playback_goes_on_from_where_the_playhead_is_moved_to(session: Session, turn: Turn) -> None:
    session.set_playing(True)
    session.show_step(7)
    assert (view_of(session).step, turn(0.9)) == (7, (2, True))
    assert view_of(session).step == 7, "until the next pass is due"
    assert turn(0.2) == (3, True)
    assert view_of(session).step == 9


def test_that_play_and_pause_take_turns_and_stop_goes_back_to_the_first_pass(session: Session, turn: Turn) -> None:
    for is_playing in (True, False, True):
        session.toggle_playing()
        assert view_of(session).is_playing == is_playing
    session.show_pass(2)
    session.stop()
    assert (view_of(session).pass_number, view_of(session).is_playing) == (0, False)
    assert turn(9.0) == (0, False)


def test_that_whoever_follows_does_not_play_and_whoever_plays_does_not_follow(session: Session, turn: Turn) -> None:
    session.set_playing(True)
    session.set_following(True)
    assert (view_of(session).pass_number, view_of(session).is_playing, view_of(session).is_following) == (
        4, False, True,
    )  # fmt: skip
    assert turn(9.0) == (4, False)
    session.set_playing(True)
    assert (view_of(session).pass_number, view_of(session).is_playing, view_of(session).is_following) == (
        0, True, False,
    )  # fmt: skip
    session.set_following(True)
    session.set_playing(False)
    assert view_of(session).is_following, "a pause of what does not play changes nothing"


@pytest.mark.parametrize(
    ("step", "n_passes", "expected"),
    [(6, 1, 9), (6, -1, 3), (7, 1, 9), (7, -1, 6), (7, -2, 3), (7, 2, 12), (6, 99, 12), (6, -99, 0), (7, 0, 6)],
)
def test_that_passes_are_counted_from_the_nearer_one(session: Session, step: int, n_passes: int, expected: int) -> None:
    session.show_step(step)
    session.step_by(n_passes)
    assert view_of(session).step == expected


def test_that_a_step_is_rounded_and_stays_among_those_that_there_are(session: Session) -> None:
    found = []
    for step in (6.4, 6.6, -5, 999):
        session.show_step(step)
        found.append((view_of(session).step, view_of(session).pass_step))
    assert found == [(6, 6), (7, 6), (0, 0), (12, 12)]


def test_that_what_is_wished_of_the_network_is_in_the_view(session: Session) -> None:
    session.draw_as_modules(as_modules=True)
    session.set_open_modules(frozenset({"body"}))
    session.pin_unit(("fc1", 3))
    session.select_layer("fc1")
    session.choose_sample(2)
    view = view_of(session)
    assert (view.as_modules, view.open_modules, view.unit, view.layer, view.sample) == (
        True, frozenset({"body"}), ("fc1", 3), "fc1", 2,
    )  # fmt: skip


def test_that_another_sample_tells_its_own_story_and_a_story_may_be_asked_for_with_it(session: Session) -> None:
    found = []
    for wished in ({"story": 7}, {"layer": "fc1"}, {"sample": 1}, {"sample": 2, "story": 5}):
        session.go_to(**wished)  # type: ignore[arg-type]
        found.append((view_of(session).sample, view_of(session).story))
    assert found == [(0, 7), (0, 7), (1, None), (2, 5)]


def test_that_a_finding_leads_to_where_it_is_seen_best(session: Session) -> None:
    session.ask_why(5)
    session.go_to_finding(DEAD)
    view = view_of(session)
    assert (view.step, view.layer, view.unit, view.sample, view.tab) == (6, "fc1", ("fc1", 8), 2, "features")
    assert (view.finding, view.why_at, view.selected) == (DEAD, None, None)
    bare = finding("bare", "note", [], 9, evidence=[])
    session.go_to_finding(bare)
    assert (view_of(session).step, view_of(session).layer, view_of(session).tab) == (9, "fc1", "features")


def test_that_a_place_that_names_stories_selects_them_and_tells_the_first(session: Session) -> None:
    session.go_to_evidence(Evidence(stories=[7, 4]))
    assert (view_of(session).story, view_of(session).selected) == (7, frozenset({4, 7}))
    session.go_to_evidence(Evidence(step=3, sample=0, series="loss"))
    view = view_of(session)
    assert (view.story, view.selected, view.series, view.step) == (None, frozenset({4, 7}), "loss", 3)
    session.go_to_evidence(Evidence(unit=3))
    assert view_of(session).unit is None, "a unit of no layer is none"


def test_that_why_is_asked_of_the_playhead_or_of_a_step(session: Session) -> None:
    asked: list[int] = []
    session.why_asked.connect(asked.append)
    session.show_step(4)
    session.ask_why()
    assert view_of(session).why_at == 4
    session.ask_why(7.6)
    assert (asked, view_of(session).why_at) == ([4, 8], 8)


def test_that_the_way_goes_from_finding_to_finding(session: Session) -> None:
    session.find_next(1)
    assert view_of(session).finding is None or session.findings.report is not None
    report = session.findings.report
    assert report is not None
    session.findings.report = msgspec.structs.replace(report, findings=[DEAD, LARGE, SPIKE])
    session.show_step(5)
    session.go_to(finding=None)
    found = []
    for n_places in (1, 1, 1, -1):
        session.find_next(n_places)
        found.append(view_of(session).finding)
    assert found == [DEAD, LARGE, SPIKE, LARGE]
    session.findings.report = msgspec.structs.replace(report, findings=[])
    session.find_next(1)
    assert view_of(session).finding == LARGE


def test_that_a_finding_that_is_judged_anew_stays_chosen_in_its_new_words_and_one_that_is_gone_does_not(
    session: Session,
) -> None:
    report = session.findings.report
    assert report is not None
    worse = msgspec.structs.replace(DEAD, title="worse")
    session.go_to(finding=DEAD)
    session.findings.changed.emit(msgspec.structs.replace(report, findings=[LARGE, worse]))
    assert view_of(session).finding == worse
    session.findings.changed.emit(msgspec.structs.replace(report, findings=[LARGE]))
    assert view_of(session).finding is None


@pytest.mark.parametrize("side", list(Side))
def test_that_sides_are_swapped_at_the_same_place(session: Session, two_paths: tuple[Path, Path], side: Side) -> None:
    a, b = map(str, two_paths)
    session.compare(SavedComparison(a=a, b=b, repeats=[a]))
    session.show_step(8)
    session.show_side(side)
    session.swap_sides()
    assert session.comparing is not None
    assert (session.comparing.wish.a, session.comparing.wish.b, session.comparing.wish.repeats) == (b, a, [])
    assert view_of(session).pass_step == 6
    assert session.opened is not None
    assert session.opened.collection.path == two_paths[1]


def test_that_two_passes_of_one_run_have_no_sides_to_swap(session: Session) -> None:
    session.show_pass(2)
    session.hold_pass()
    before = session.comparing
    session.swap_sides()
    assert session.comparing is before
    assert before is not None and before.held == 2


def test_that_what_moves_no_playhead_does_not_hold_a_playback_up(session: Session, turn: Turn) -> None:
    session.set_playing(True)
    assert turn(0.9) == (0, True)
    session.select_layer("fc1")
    session.choose_sample(2)
    session.draw_as_modules(as_modules=True)
    session.set_options(most_edges=2)
    assert turn(0.2) == (1, True)


@pytest.mark.parametrize("side", list(Side))
def test_that_sides_that_are_apart_are_swapped_at_the_place_of_b(
    session: Session, two_paths: tuple[Path, Path], side: Side
) -> None:
    session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1]), offset=3.0))
    session.show_side(Side.A)
    session.show_step(3)
    session.show_side(side)
    session.swap_sides()
    session.show_side(Side.A)
    assert session.opened is not None
    assert (session.opened.collection.path, view_of(session).step) == (two_paths[1], 6)


def test_that_what_was_awaited_is_opened_with_its_first_pass_and_followed(
    session: Session, collection_path: Path, tmp_path: Path
) -> None:
    path = tmp_path / "begun.json"
    session.await_collection(AwaitedCollection(path))
    session._opening.look()
    assert session.is_waiting
    path.write_bytes(collection_path.read_bytes())
    session._opening.look()
    assert session.opened is not None
    assert (session.opened.collection.path, session.is_waiting) == (path, False)
    assert (view_of(session).is_following, view_of(session).is_last) == (True, True)
