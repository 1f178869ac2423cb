"""Two collections of one session: which is shown, at which place, and what comes of them when something changes."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.replay.comparing import Side
from app.replay.frame import Frame
from app.session import Session
from app.view import Place, ViewSpec
from app.window.main_window import MainWindow
from collector.comparing.saved import SavedComparison, save
from collector.storage import Collection
from tests.app.whole_run import PASS_STEPS, record_whole_run


class Heard:
    """What a session said last."""

    def __init__(self, session: Session) -> None:
        self.frames: list[Frame] = []
        self.opened: list[Path] = []
        self.problems: list[str] = []
        session.frame_ready.connect(self.frames.append)
        session.collection_opened.connect(lambda opened: self.opened.append(opened.collection.path))
        session.problem_occurred.connect(self.problems.append)

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    @property
    def sides(self) -> tuple[Frame, Frame]:
        assert self.frame.sides is not None
        return self.frame.sides


@pytest.fixture
def heard(session: Session) -> Heard:
    return Heard(session)


@pytest.fixture
def both(session: Session, heard: Heard, two_paths: tuple[Path, Path]) -> Session:
    """At the second pass of A."""
    session.compare(_wish(two_paths))
    session.show_pass(1)
    return session


def _weight(frame: Frame) -> np.ndarray:
    weight = frame.taken.layers["fc1"].weight
    assert weight is not None
    return weight


def _wish(paths: tuple[Path, Path], **how: object) -> SavedComparison:
    return SavedComparison(a=str(paths[0]), b=str(paths[1]), **how)  # type: ignore[arg-type]


def test_that_to_compare_two_files_opens_both_and_shows_how_they_differ(
    both: Session, heard: Heard, two_paths: tuple[Path, Path]
) -> None:
    assert heard.opened == [two_paths[0]]
    assert both.side is Side.DIFFERENCE
    assert both.opened is not None
    assert both.opened.comparing is both.comparing
    a, b = heard.sides
    assert (a.step, b.step) == (PASS_STEPS[1], PASS_STEPS[1])
    assert np.array_equal(_weight(a), _weight(b))


def test_that_one_frame_brings_the_passes_of_both(both: Session, heard: Heard) -> None:
    before = len(heard.frames)
    both.show_last()
    assert len(heard.frames) == before + 1
    a, b = heard.sides
    assert heard.frame.taken is a.taken
    assert not np.array_equal(_weight(a), _weight(b))


def test_that_b_is_shown_at_the_place_of_a_and_a_again_at_that_of_b(
    both: Session, heard: Heard, two_paths: tuple[Path, Path]
) -> None:
    both.select_layer("fc1")
    both.choose_sample(2)
    both.show_side(Side.B)
    assert heard.opened[-1] == two_paths[1]
    assert heard.frame.sides is None
    assert both.view is not None
    assert (both.view.pass_number, both.view.layer, both.view.sample) == (1, "fc1", 2)
    both.show_pass(3)
    both.show_side(Side.A)
    assert heard.opened[-1] == two_paths[0]
    assert (both.view.pass_number, both.view.layer, both.view.sample) == (3, "fc1", 2)


def test_that_from_a_to_the_difference_nothing_is_opened_anew(both: Session, heard: Heard) -> None:
    for side in (Side.A, Side.DIFFERENCE):
        both.show_side(side)
        assert (heard.frame.sides is None) is (side is Side.A)
    assert len(heard.opened) == 1


def test_that_a_clock_with_an_offset_moves_b_alone(both: Session, heard: Heard) -> None:
    both.change_comparing(offset=3.0)
    a, b = heard.sides
    assert (a.step, b.step) == (PASS_STEPS[1], PASS_STEPS[2])


def test_that_where_b_has_nothing_a_is_shown_alone_and_it_is_said(
    session: Session, heard: Heard, two_paths: tuple[Path, Path], tmp_path: Path
) -> None:
    short = record_whole_run(tmp_path / "short.json", n_steps=6)
    session.compare(_wish((two_paths[0], short)))
    session.show_last()
    assert heard.frame.sides is None
    assert "short has no pass near to what is step 12 here" in heard.frame.not_compared


def test_that_a_clock_that_a_run_does_not_tell_is_refused_in_words_and_the_one_before_stays(
    both: Session, heard: Heard
) -> None:
    both.change_comparing(clock="loss", offset=2.0)
    assert "the clock of losses has no offset" in heard.problems[-1]
    assert both.comparing is not None
    assert both.comparing.wish.clock == "step"


def test_that_a_second_file_that_is_none_leaves_what_is_open(
    session: Session, heard: Heard, two_paths: tuple[Path, Path], tmp_path: Path
) -> None:
    other = tmp_path / "none.json"
    other.write_text("{}")
    session.open(two_paths[0])
    session.compare(_wish((two_paths[0], other)))
    assert "none.json" in heard.problems[-1]
    assert session.comparing is None
    assert heard.frame.step == 0


@pytest.mark.parametrize("side", list(Side))
def test_that_to_stop_closes_the_second_file_and_shows_a_where_one_was(
    closed: list[Path], both: Session, heard: Heard, two_paths: tuple[Path, Path], side: Side
) -> None:
    both.show_side(side)
    both.stop_comparing()
    assert (both.comparing, both.side) == (None, Side.A)
    assert closed == [two_paths[1]]
    assert heard.frame.sides is None
    assert heard.frame.step == PASS_STEPS[1]
    assert both.opened is not None
    assert both.opened.collection.path == two_paths[0]


def test_that_to_stop_while_b_is_shown_leads_back_to_the_place_of_a(both: Session, heard: Heard) -> None:
    both.change_comparing(offset=3.0)
    both.show_side(Side.B)
    assert heard.frame.step == PASS_STEPS[2]
    both.stop_comparing()
    assert heard.frame.step == PASS_STEPS[1]


def test_that_to_stop_while_the_held_pass_is_shown_leads_back_to_the_other(
    session: Session, heard: Heard, two_paths: tuple[Path, Path]
) -> None:
    session.open(two_paths[0])
    session.hold_pass()
    session.show_pass(3)
    session.show_side(Side.A)
    session.stop_comparing()
    assert heard.frame.step == PASS_STEPS[3]


def test_that_a_saved_comparison_is_opened_with_both_its_runs_and_remembered_as_a_file(
    session: Session, heard: Heard, two_paths: tuple[Path, Path], tmp_path: Path
) -> None:
    kept: list[Path] = []
    session.comparison_kept.connect(kept.append)
    save(_wish(two_paths, offset=3.0), tmp_path / "both.json")
    session.open(tmp_path / "both.json")
    assert kept == [tmp_path / "both.json"]
    assert [each.step for each in heard.sides] == [PASS_STEPS[0], PASS_STEPS[1]]


@pytest.mark.parametrize("side", list(Side))
def test_that_another_run_that_is_opened_takes_the_place_of_both(
    closed: list[Path], both: Session, heard: Heard, two_paths: tuple[Path, Path], collection_path: Path, side: Side
) -> None:
    both.show_side(side)
    both.open(collection_path)
    assert both.comparing is None
    assert sorted(closed) == sorted(two_paths)
    assert heard.opened[-1] == collection_path


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> list[Path]:
    """Files that were given back, those of the rules apart."""
    every: list[Path] = []
    usual = Collection.close

    def close(collection: Collection) -> None:
        every.append(collection.path)
        usual(collection)

    monkeypatch.setattr("app.judging.Judged.judge", lambda judged: None)
    monkeypatch.setattr(Collection, "close", close)
    return every


def test_that_a_pass_that_is_held_is_compared_with_whichever_is_shown(
    session: Session, heard: Heard, two_paths: tuple[Path, Path]
) -> None:
    session.open(two_paths[0])
    session.show_pass(1)
    session.hold_pass()
    session.show_pass(4)
    a, b = heard.sides
    assert (a.step, b.step) == (PASS_STEPS[1], PASS_STEPS[4])
    assert heard.frame.taken is b.taken
    session.show_side(Side.A)
    assert heard.frame.step == PASS_STEPS[1]
    session.show_side(Side.DIFFERENCE)
    assert [each.step for each in heard.sides] == [PASS_STEPS[1], PASS_STEPS[4]]


def test_that_whoever_moves_while_the_held_pass_is_shown_holds_another_one(
    session: Session, heard: Heard, two_paths: tuple[Path, Path]
) -> None:
    session.open(two_paths[0])
    session.hold_pass()
    session.show_pass(4)
    session.show_side(Side.A)
    session.show_pass(2)
    session.show_side(Side.DIFFERENCE)
    assert [each.step for each in heard.sides] == [PASS_STEPS[2], PASS_STEPS[4]]


def test_that_another_pass_can_be_held(session: Session, heard: Heard, two_paths: tuple[Path, Path]) -> None:
    session.open(two_paths[0])
    session.hold_pass()
    session.show_pass(3)
    session.hold_pass()
    session.show_pass(4)
    assert [each.step for each in heard.sides] == [PASS_STEPS[3], PASS_STEPS[4]]
    session.stop_comparing()
    assert heard.frame.step == PASS_STEPS[4]


@pytest.mark.parametrize("grows", ["a", "b"])
def test_that_what_either_run_has_more_of_is_compared_too(
    session: Session, heard: Heard, two_paths: tuple[Path, Path], tmp_path: Path, grows: str
) -> None:
    lines = two_paths[1].read_bytes().splitlines(keepends=True)
    begun = tmp_path / "begun.json"
    cut = next(number for number, line in enumerate(lines) if b'"pass"' in line[:40] and number > 3)
    begun.write_bytes(b"".join(lines[: cut + 1]))
    other = tmp_path / "other.json"
    shutil.copy(two_paths[0], other)
    session.compare(_wish((begun, other) if grows == "a" else (other, begun)))
    session.show_last()
    n_before = session.comparing.a.n_passes if grows == "a" else session.comparing.b.n_passes  # type: ignore[union-attr]
    with begun.open("ab") as file:
        file.write(b"".join(lines[cut + 1 :]))
    (session._opening if grows == "a" else session._beside.opening).look()
    session.show_last()
    assert session.comparing is not None
    grown = session.comparing.a if grows == "a" else session.comparing.b
    assert grown.n_passes > n_before
    assert [each.step for each in heard.sides] == [PASS_STEPS[-1], PASS_STEPS[-1]]


def test_that_a_view_is_given_what_it_makes_of_both_sides(qtbot: QtBot, two_paths: tuple[Path, Path]) -> None:
    def subtract(comparing: object, a: Frame, b: Frame) -> float:
        return float(np.abs(_weight(b) - _weight(a)).max())

    spec = ViewSpec("differs", "Differs", Place.CENTRE, lambda _: None, subtract=subtract)  # type: ignore[arg-type,return-value]
    session = Session(Jobs(is_synchronous=True), [spec])
    heard = Heard(session)
    session.set_visible(frozenset({"differs"}))
    session.compare(_wish(two_paths))
    assert heard.frame.differences == {"differs": 0.0}
    session.show_last()
    assert heard.frame.differences["differs"] > 0  # type: ignore[operator]
    session.set_visible(frozenset())
    session.show_pass(0)
    assert heard.frame.differences == {}
    session.close()


def test_that_a_view_that_shows_no_difference_says_whose_run_is_seen(two_in_window: MainWindow) -> None:
    page = two_in_window.pages["network"]
    page.spec = replace(page.spec, shows_difference=False)
    two_in_window._session.show_side(Side.A)
    assert page.alone_label.isHidden()
    two_in_window._session.show_side(Side.DIFFERENCE)
    assert "usual alone" in page.alone_label.text()
