"""The menu of what is compared: what can be chosen when, and what its dialogs begin with and make of an answer."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from app.replay.comparing import Side
from app.session import Session
from app.window.compare_menu import CompareMenu, side_of
from collector.comparing.saved import Filters, SavedComparison, load, save

ENTRIES = [
    "Compare with…",
    "Compare with this pass",
    "Show A",
    "Show B",
    "Show the difference",
    "Next difference",
    "Difference before",
    "Swap A and B",
    "Save comparison…",
    "Differences as CSV…",
    "Stop comparing",
]
WITH, SIDES, STOP = set(ENTRIES[:2]), set(ENTRIES[2:5]), {"Stop comparing"}

Asked = list[tuple[str, Path, str]]


@pytest.fixture
def menu(qtbot: QtBot, session: Session) -> CompareMenu:
    parent = QWidget()
    qtbot.addWidget(parent)
    return CompareMenu(session, parent)


@pytest.fixture
def said(session: Session) -> list[str]:
    told: list[str] = []
    session.problem_occurred.connect(told.append)
    return told


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path | str], Asked]:
    """What the next dialogs are answered with; what each began with."""

    def answered(path: Path | str) -> Asked:
        def name(_: QWidget, title: str, at: str, kinds: str) -> tuple[str, str]:
            asked.append((title, Path(at), kinds))
            return str(path), ""

        for dialog in ("getOpenFileName", "getSaveFileName"):
            monkeypatch.setattr(QFileDialog, dialog, name)
        return asked

    asked: Asked = []
    return answered


def entry(menu: CompareMenu, text: str) -> QAction:
    return next(each for each in menu.actions() if each.text().replace("&", "") == text)


def offered(menu: CompareMenu) -> set[str]:
    return {each.text().replace("&", "") for each in menu.actions() if each.isEnabled() and each.text()}


def marked(menu: CompareMenu) -> list[str]:
    return [each.text().replace("&", "") for each in menu.actions() if each.isChecked()]


def compare(session: Session, two_paths: tuple[Path, Path], **wished: object) -> None:
    session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1]), **wished))  # type: ignore[arg-type]


def test_that_the_entries_stand_in_groups(menu: CompareMenu) -> None:
    texts = [each.text().replace("&", "") for each in menu.actions()]
    assert [text for text in texts if text] == ENTRIES
    assert [number for number, text in enumerate(texts) if not text] == [2, 6, 9, 13]
    assert menu.title() == "&Compare"


def test_that_what_can_be_chosen_is_what_there_is_something_for(
    menu: CompareMenu, session: Session, two_paths: tuple[Path, Path]
) -> None:
    found = [offered(menu)]
    session.open(two_paths[0])
    found.append(offered(menu))
    session.hold_pass()
    found.append(offered(menu))
    compare(session, two_paths)
    found.append(offered(menu))
    session.stop_comparing()
    found.append(offered(menu))
    assert found == [set(), WITH, WITH | SIDES | STOP, set(ENTRIES), WITH]


def test_that_the_side_that_is_shown_is_marked_and_one_at_a_time(
    menu: CompareMenu, session: Session, two_paths: tuple[Path, Path]
) -> None:
    assert marked(menu) == []
    compare(session, two_paths)
    found = [marked(menu)]
    for text in ("Show A", "Show A", "Show B", "Show the difference", "Show the difference"):
        entry(menu, text).trigger()
        found.append(marked(menu))
    difference = ["Show the difference"]
    assert found == [difference, ["Show A"], ["Show A"], ["Show B"], difference, difference]


def test_that_of_another_run_no_side_is_marked(
    menu: CompareMenu, session: Session, two_paths: tuple[Path, Path]
) -> None:
    compare(session, two_paths)
    session.open(two_paths[1])
    assert offered(menu) == WITH


def test_that_another_run_is_looked_for_beside_what_is_open(
    menu: CompareMenu, session: Session, two_paths: tuple[Path, Path], answer: Callable[[Path | str], Asked]
) -> None:
    session.open(two_paths[0])
    asked = answer("")
    entry(menu, "Compare with…").trigger()
    kinds = "Collections and saved comparisons (*.json);;All files (*)"
    assert asked == [("Compare with", two_paths[0].parent, kinds)]
    assert session.comparing is None, "it was dismissed"


def test_that_a_is_what_was_a_whichever_side_is_seen(
    menu: CompareMenu,
    session: Session,
    two_paths: tuple[Path, Path],
    tmp_path: Path,
    answer: Callable[[Path | str], Asked],
) -> None:
    third = Path(shutil.copy(two_paths[1], tmp_path / "third.json"))
    compare(session, two_paths)
    session.show_side(Side.B)
    answer(third)
    entry(menu, "Compare with…").trigger()
    assert session.comparing is not None
    assert (session.comparing.wish.a, session.comparing.wish.b) == (str(two_paths[0]), str(third))


def test_that_a_saved_comparison_may_be_chosen_in_place_of_a_run(
    menu: CompareMenu,
    session: Session,
    two_paths: tuple[Path, Path],
    tmp_path: Path,
    answer: Callable[[Path | str], Asked],
) -> None:
    save(SavedComparison(a=str(two_paths[1]), b=str(two_paths[0])), tmp_path / "both.json")
    session.open(two_paths[0])
    answer(tmp_path / "both.json")
    entry(menu, "Compare with…").trigger()
    assert session.comparing is not None
    assert Path(session.comparing.wish.a).resolve() == two_paths[1]


@pytest.mark.parametrize(
    ("text", "title", "ending", "kinds"),
    [
        ("Save comparison…", "Save comparison", "json", "JSON (*.json)"),
        ("Differences as CSV…", "Differences as CSV", "csv", "CSV (*.csv)"),
    ],
)
def test_that_what_is_saved_is_called_by_both_runs_and_one_that_is_dismissed_is_not(
    menu: CompareMenu,
    session: Session,
    said: list[str],
    two_paths: tuple[Path, Path],
    answer: Callable[[Path | str], Asked],
    text: str,
    title: str,
    ending: str,
    kinds: str,
) -> None:
    compare(session, two_paths)
    asked = answer("")
    kept: list[object] = []
    session.comparison_kept.connect(kept.append)
    entry(menu, text).trigger()
    assert asked == [(title, two_paths[0].parent / f"usual_and_faster.{ending}", kinds)]
    assert (kept, said) == ([], [])


def test_that_runs_of_one_name_are_called_by_their_folders_without_a_place_in_the_name(
    menu: CompareMenu,
    session: Session,
    two_paths: tuple[Path, Path],
    tmp_path: Path,
    answer: Callable[[Path | str], Asked],
) -> None:
    for name, path in zip(("one", "other"), two_paths, strict=True):
        (tmp_path / name).mkdir()
        shutil.copy(path, tmp_path / name / "run.json")
    compare(session, (tmp_path / "one" / "run.json", tmp_path / "other" / "run.json"))
    asked = answer("")
    entry(menu, "Save comparison…").trigger()
    assert [at.relative_to(tmp_path) for _, at, _ in asked] == [Path("one/one_run_and_other_run.json")]


@pytest.mark.parametrize(("side", "mode"), [(Side.A, "a"), (Side.B, "b"), (Side.DIFFERENCE, "difference")])
def test_that_what_is_saved_is_how_it_was_compared_and_which_side_was_seen(
    menu: CompareMenu,
    session: Session,
    two_paths: tuple[Path, Path],
    tmp_path: Path,
    answer: Callable[[Path | str], Asked],
    side: Side,
    mode: str,
) -> None:
    compare(session, two_paths, offset=3.0)
    session.show_side(side)
    session.differences.choose("weight_norm")
    kept: list[object] = []
    session.comparison_kept.connect(kept.append)
    answer(tmp_path / "both")
    entry(menu, "Save comparison…").trigger()
    saved = load(tmp_path / "both.json")
    assert saved.filters == Filters(metric="weight_norm", mode=mode)  # type: ignore[arg-type]
    assert (saved.offset, kept) == (3.0, [tmp_path / "both.json"])
    assert side_of(saved) is side


def test_that_a_comparison_that_says_no_side_is_seen_as_the_difference() -> None:
    assert side_of(SavedComparison(a="a", b="b")) is Side.DIFFERENCE


def test_that_an_ending_that_was_typed_stays(
    menu: CompareMenu,
    session: Session,
    two_paths: tuple[Path, Path],
    tmp_path: Path,
    answer: Callable[[Path | str], Asked],
) -> None:
    compare(session, two_paths)
    answer(tmp_path / "both.txt")
    entry(menu, "Differences as CSV…").trigger()
    assert [each.name for each in tmp_path.glob("both*")] == ["both.txt"]


@pytest.mark.parametrize("text", ["Save comparison…", "Differences as CSV…"])
def test_that_a_place_that_cannot_be_written_is_said_and_nothing_is_kept(
    menu: CompareMenu,
    session: Session,
    said: list[str],
    two_paths: tuple[Path, Path],
    tmp_path: Path,
    answer: Callable[[Path | str], Asked],
    text: str,
) -> None:
    compare(session, two_paths)
    kept: list[object] = []
    session.comparison_kept.connect(kept.append)
    place = tmp_path / "nowhere" / "both.json"
    answer(place)
    entry(menu, text).trigger()
    assert (len(said), kept) == (1, [])
    assert str(place) in said[0]


@pytest.mark.parametrize("text", ["Save comparison…", "Differences as CSV…"])
@pytest.mark.parametrize("name", ["copy.json", "copy"])
def test_that_no_collection_is_written_over(
    menu: CompareMenu,
    session: Session,
    said: list[str],
    two_paths: tuple[Path, Path],
    tmp_path: Path,
    answer: Callable[[Path | str], Asked],
    text: str,
    name: str,
) -> None:
    copy = tmp_path / ("copy.csv" if name == "copy" and "CSV" in text else "copy.json")
    copy.write_bytes(two_paths[0].read_bytes())
    compare(session, two_paths)
    answer(tmp_path / name)
    entry(menu, text).trigger()
    assert said == [f"{str(copy)!r} is a collection, and stays one. Choose another name."]
    assert copy.read_bytes() == two_paths[0].read_bytes()


def test_that_both_ways_to_the_next_difference_swapping_and_the_end_are_the_sessions(
    menu: CompareMenu, session: Session, two_paths: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    went: list[int] = []
    monkeypatch.setattr(Session, "find_difference", lambda _, n_places: went.append(n_places))
    again = CompareMenu(session, menu)
    compare(session, two_paths)
    for text in ("Next difference", "Difference before"):
        entry(again, text).trigger()
    assert went == [1, -1]
    entry(again, "Swap A and B").trigger()
    assert session.comparing is not None
    assert session.comparing.wish.a == str(two_paths[1])
    entry(again, "Stop comparing").trigger()
    assert session.comparing is None
