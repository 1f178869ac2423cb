"""What a session does around a frame, and what it gives back at its end."""

import threading
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app import side_by_side
from app.jobs import Jobs
from app.replay.comparing import Side
from app.replay.opened import open_for_replay
from app.session import Session
from collector.comparing.saved import SavedComparison, save
from collector.storage import Collection


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were closed."""
    names: list[str] = []
    usual = Collection.close
    monkeypatch.setattr(Collection, "close", lambda each: names.append(each.path.name) or usual(each))
    return names


def awaited(session: Session) -> list[int]:
    """Numbers of the passes that are read, as they are told before their frames."""
    numbers: list[int] = []
    session.frame_awaited.connect(lambda opened, number: numbers.append(number))
    return numbers


def test_that_each_pass_is_awaited_before_it_is_there_and_none_twice(session: Session, collection_path: Path) -> None:
    said: list[str] = []
    session.frame_awaited.connect(lambda _, number: said.append(f"awaited {number}"))
    session.frame_ready.connect(lambda frame: said.append(f"ready {frame.view.pass_number}"))
    session.open(collection_path)
    for number in (3, 3, 1):
        session.show_pass(number)
    session.go_to(tab="features")
    session.set_delay_ms(300)
    assert said == ["awaited 0", "ready 0", "awaited 3", "ready 3", "awaited 1", "ready 1"]


def test_that_wishes_that_belong_to_no_frame_read_none(session: Session, collection_path: Path) -> None:
    session.open(collection_path)
    numbers = awaited(session)
    session.set_looping(False)
    session.set_stride(2)
    session.pin_unit(("fc1", 3))
    session.ask_why(3)
    assert numbers == []


def test_that_a_frame_is_looked_at_until_the_next_one_is_read(
    session: Session, collection_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Any] = []
    monkeypatch.setattr(session._holding, "look_at", lambda opened, frame: said.append(frame.view.pass_number))
    monkeypatch.setattr(session._holding, "look_away", lambda: said.append("away"))
    session.open(collection_path)
    session.show_pass(2)
    assert said == ["away", 0, "away", 2]


def test_that_a_session_that_ends_tells_so_and_gives_back_all_that_is_open(
    qtbot: QtBot, closed: list[str], two_paths: tuple[Path, Path]
) -> None:
    session = Session(Jobs(is_synchronous=True))
    session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1])))
    session.show_side(Side.B)
    session.show_pass(2)
    session.set_playing(True)
    session.differences.ask()
    open_before = session._beside.files
    for opening in (session._opening, session._beside.opening):
        opening.look_once_more()
    said: list[str] = []
    session.closing.connect(lambda: said.append("closing"))
    closed.clear()
    session.close()
    assert said == ["closing"]
    assert {each.path.name for each in open_before} == {"usual.json", "faster.json"}
    # each as it is shown, by the rules, and by what compares both as wholes
    assert sorted(closed) == ["faster.json"] * 3 + ["usual.json"] * 3
    timers = (session._playing._timer, session._holding._timer, session._opening._timer)
    assert not any(each.isActive() for each in (*timers, session._beside.opening._timer))
    assert session.left_at[two_paths[1]] == session.view.step  # type: ignore[union-attr]


def test_that_a_session_in_which_nothing_is_open_can_end_too(qtbot: QtBot) -> None:
    session = Session(Jobs(is_synchronous=True))
    session.close()
    assert (session.opened, session.view, session.left_at) == (None, None, {})


def test_that_another_run_gives_back_both_that_were_compared(
    session: Session, closed: list[str], two_paths: tuple[Path, Path], collection_path: Path
) -> None:
    session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1])))
    closed.clear()
    session.open(collection_path)
    assert {"usual.json", "faster.json"} <= set(closed)
    assert session.opened is not None
    assert "small.json" not in closed
    assert session.comparing is None


def test_that_of_sides_that_take_turns_what_was_found_is_kept(session: Session, two_paths: tuple[Path, Path]) -> None:
    session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1])))
    session.show_side(Side.A)
    of_a = session.findings.judging
    session.show_side(Side.B)
    assert session.findings.judging is not of_a
    session.show_side(Side.A)
    assert session.findings.judging is of_a


def test_that_a_saved_comparison_is_told_of_with_its_file_before_it_is_compared(
    session: Session, two_paths: tuple[Path, Path], tmp_path: Path
) -> None:
    path = tmp_path / "both.json"
    save(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1])), path)
    said: list[Any] = []
    session.comparison_kept.connect(said.append)
    session.collection_opened.connect(lambda opened: said.append(opened.collection.path.name))
    session.open(path)
    assert said == [path, "usual.json"]


@pytest.mark.parametrize("side", [Side.A, Side.B])
def test_that_to_stop_leads_back_to_the_place_on_a(session: Session, two_paths: tuple[Path, Path], side: Side) -> None:
    session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1]), offset=3.0))
    session.show_side(side)
    session.show_pass(2)
    step = session.view.step  # type: ignore[union-attr]
    session.stop_comparing()
    assert session.opened is not None and session.opened.collection.path == two_paths[0]
    assert session.view is not None
    assert session.view.step == (step if side is Side.A else step - 3)


def test_that_a_pass_is_held_of_a_whichever_two_runs_were_compared(
    session: Session, two_paths: tuple[Path, Path]
) -> None:
    session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1]), offset=3.0))
    session.show_side(Side.B)
    session.show_pass(3)
    session.hold_pass()
    comparing = session.comparing
    assert comparing is not None
    assert (comparing.held, comparing.a.collection.path) == (2, two_paths[0])


def test_that_the_playhead_keeps_its_step_where_a_run_goes_on_in_another_file(
    session: Session, collection_path: Path
) -> None:
    session.open(collection_path)
    session.show_step(7)
    session.select_layer("fc1")
    session._opening.continued.emit(open_for_replay(collection_path))
    assert session.view is not None
    assert (session.view.step, session.view.pass_number, session.view.layer) == (7, 2, "fc1")
    session.set_following(True)
    session._opening.continued.emit(open_for_replay(collection_path))
    assert (session.view.is_following, session.view.is_last) == (True, True)


def test_that_what_a_run_has_more_of_is_told_once_before_its_frame_and_judged(
    session: Session, collection_path: Path, tmp_path: Path
) -> None:
    content, path = collection_path.read_bytes(), tmp_path / "growing.json"
    path.write_bytes(content[: content.index(b',{"record":"pass","pass":3')])
    session.open(path)
    session.set_following(True)
    said: list[object] = []
    session.collection_grown.connect(lambda grown: said.append(grown.n_passes))
    session.frame_ready.connect(lambda frame: said.append(f"step {frame.step}"))
    session.findings.changed.connect(lambda _: said.append("judged"))
    path.write_bytes(content)
    session._opening.look()
    assert said == [5, "step 12", "judged"]
    session._opening.look()
    assert len(said) == 3


def test_that_a_third_run_takes_the_place_of_the_second_which_is_given_back(
    session: Session, closed: list[str], two_paths: tuple[Path, Path], collection_path: Path
) -> None:
    session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1])))
    session.show_side(Side.B)
    before = session._beside.files[1]
    closed.clear()
    session.compare(SavedComparison(a=str(two_paths[0]), b=str(collection_path)))
    assert session.comparing is not None
    assert session.comparing.b.collection.path == collection_path
    assert session.side is Side.DIFFERENCE
    assert before not in session._beside.files
    assert closed.count("faster.json") >= 1
    assert "usual.json" not in closed


def test_that_two_that_are_put_beside_each_other_when_nobody_compares_them_any_more_stay_alone(
    qtbot: QtBot, two_paths: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, gate, began = Session(Jobs()), threading.Event(), threading.Event()
    usual = side_by_side.compared_runs

    def slowly(*given: Any) -> Any:
        began.set()
        gate.wait(10)
        return usual(*given)

    monkeypatch.setattr(side_by_side, "compared_runs", slowly)
    changes: list[object] = []
    session.comparing_changed.connect(changes.append)
    session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1])))
    qtbot.waitUntil(began.is_set)
    session.stop_comparing()
    gate.set()
    qtbot.waitUntil(lambda: not session.jobs.is_busy((session._beside, "pair")))
    assert (session.comparing, changes) == (None, [])
    session.close()
