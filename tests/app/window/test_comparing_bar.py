"""The bar of what is compared: what its parts are called, what they ask for, and which of them there are."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from app.replay.comparing import Comparing, Side
from app.session import Session
from app.window.comparing_bar import ComparingBar
from app.window.comparing_text import CLOCK_TEXTS, place_text, side_tips
from collector.comparing.saved import SavedComparison


@pytest.fixture
def bar(qtbot: QtBot) -> ComparingBar:
    bar = ComparingBar()
    qtbot.addWidget(bar)
    return bar


@pytest.fixture
def heard(bar: ComparingBar) -> list[tuple[Any, ...]]:
    said: list[tuple[Any, ...]] = []
    for name in ("side_chosen", "clock_chosen", "offset_chosen", "stop_requested"):
        getattr(bar, name).connect(lambda *what, name=name: said.append((name, *what)))
    return said


def compared(session: Session, paths: tuple[Path, Path], **wished: Any) -> Comparing:
    session.compare(SavedComparison(a=str(paths[0]), b=str(paths[1]), **wished))
    assert session.comparing is not None
    return session.comparing


def seen(bar: ComparingBar) -> list[str]:
    parts = {"clock": bar.clock_box, "offset": bar.offset_label, "box": bar.offset_box}
    return [name for name, part in parts.items() if not part.isHidden()]


@pytest.mark.parametrize(
    ("clock", "offset", "shown", "parts"),
    [
        ("step", 3.0, "3", ["clock", "offset", "box"]),
        ("epoch", 0.25, "0.25", ["clock", "offset", "box"]),
        ("seconds", 0.5, "0.5", ["clock", "offset", "box"]),
        ("loss", 0.0, "0", ["clock"]),
    ],
)
def test_that_the_clock_and_its_offset_are_shown_as_finely_as_the_clock_goes(
    bar: ComparingBar,
    heard: list[tuple[Any, ...]],
    session: Session,
    two_paths: tuple[Path, Path],
    clock: str,
    offset: float,
    shown: str,
    parts: list[str],
) -> None:
    bar.show_comparing(compared(session, two_paths, clock=clock, offset=offset), Side.DIFFERENCE)
    assert (bar.clock_box.choice, bar.offset_box.text()) == (clock, shown)
    assert (seen(bar), bar.isHidden(), heard) == (parts, False, [])


def test_that_two_passes_have_no_clock(bar: ComparingBar, session: Session, collection_path: Path) -> None:
    session.open(collection_path)
    session.show_pass(1)
    session.hold_pass()
    assert session.comparing is not None
    bar.show_comparing(session.comparing, Side.A)
    assert seen(bar) == []
    assert list(bar.sides.buttons) == ["step 3", "this pass", "Change"]
    assert [each.toolTip() for each in bar.sides.buttons.values()] == [
        "The pass that is held: step 3 (F5)",
        "The pass at the playhead (F6)",
        "What has changed since step 3 (F7)",
    ]


def test_that_sides_are_called_by_their_runs_and_told_with_their_paths(
    bar: ComparingBar, heard: list[tuple[Any, ...]], session: Session, two_paths: tuple[Path, Path], qtbot: QtBot
) -> None:
    both = compared(session, two_paths)
    for side in Side:
        bar.show_comparing(both, side)
        assert [each.isChecked() for each in bar.sides.buttons.values()] == [each is side for each in Side]
    assert list(bar.sides.buttons) == ["A · usual", "B · faster", "Difference"]
    assert side_tips(both) == {
        Side.A: f"A: {two_paths[0]} (F5)",
        Side.B: f"B: {two_paths[1]} (F6)",
        Side.DIFFERENCE: "B less A, and log₂ of B ÷ A (F7)",
    }
    assert heard == []
    for button in bar.sides.buttons.values():
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert heard == [("side_chosen", side) for side in Side]


def test_that_a_long_name_gives_way(
    bar: ComparingBar, session: Session, two_paths: tuple[Path, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    long = Path(shutil.copy(two_paths[1], tmp_path / f"{'a_long_name_' * 9}.json"))
    bar.show_comparing(compared(session, (two_paths[0], long)), Side.B)
    _, text, _ = bar.sides.buttons
    assert text.startswith("B · a_long")
    assert "…" in text
    assert 150 < QFontMetrics(bar.font()).horizontalAdvance(text) <= 200
    chosen: list[object] = []
    bar.side_chosen.connect(chosen.append)
    qtbot.mouseClick(bar.sides.buttons[text], Qt.MouseButton.LeftButton)
    assert chosen == [Side.B]


def test_that_clock_offset_and_end_are_asked_for(
    bar: ComparingBar, heard: list[tuple[Any, ...]], session: Session, two_paths: tuple[Path, Path], qtbot: QtBot
) -> None:
    bar.show_comparing(compared(session, two_paths), Side.A)
    qtbot.keyClick(bar.clock_box, Qt.Key.Key_Down)
    bar.offset_box.selectAll()
    qtbot.keyClicks(bar.offset_box, "12")
    assert heard == [("clock_chosen", "epoch")], "while it is typed it is no offset yet"
    qtbot.keyClick(bar.offset_box, Qt.Key.Key_Return)
    qtbot.mouseClick(bar.stop_button, Qt.MouseButton.LeftButton)
    assert heard[1:] == [("offset_chosen", 12.0), ("stop_requested",)]
    for value in (-2e9, 2e9):
        bar.offset_box.setValue(value)
    assert heard[3:] == [("offset_chosen", -1e9), ("offset_chosen", 1e9)]
    assert list(CLOCK_TEXTS) == bar.clock_box.offered


def test_that_it_is_gone_with_what_was_compared_and_says_no_place_any_more(
    bar: ComparingBar, session: Session, two_paths: tuple[Path, Path]
) -> None:
    assert bar.isHidden()
    bar.show_comparing(compared(session, two_paths), Side.A)
    bar.show_place("B: step 3")
    bar.show_comparing(None, Side.A)
    assert (bar.isHidden(), bar.place_label.text()) == (True, "")


def frame(*steps: int, not_compared: str = "") -> Any:
    sides = tuple(SimpleNamespace(step=step) for step in steps) or None
    return SimpleNamespace(sides=sides, not_compared=not_compared)


@pytest.mark.parametrize(
    ("offset", "shown", "words"),
    [
        (0.0, frame(3, 3), ""),
        (3.0, frame(3, 6), "B: step 6"),
        (2.0, frame(3, 6), "B: step 6, the nearest"),
        (0.0, frame(), ""),
        (0.0, frame(not_compared="faster has no pass near"), "faster has no pass near"),
    ],
)
def test_that_where_b_is_is_told_where_it_is_not_at_the_same_place(
    session: Session, two_paths: tuple[Path, Path], offset: float, shown: Any, words: str
) -> None:
    assert place_text(compared(session, two_paths, offset=offset), shown) == words


def test_that_of_a_pass_that_is_held_no_place_is_told(session: Session, collection_path: Path) -> None:
    session.open(collection_path)
    session.hold_pass()
    assert session.comparing is not None
    for shown in (frame(3, 6), frame(not_compared="nothing is there")):
        assert place_text(session.comparing, shown) == ""
