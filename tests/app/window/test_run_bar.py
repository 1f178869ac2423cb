"""The line on the run that is open, beside its badges."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.widgets.plain_text import plain_tooltip
from app.window.main_window import MainWindow
from app.window.run_bar import RunBar
from app.window.theme import apply_theme
from collector.report.overhead_text import overhead_details
from collector.storage.schema import PriceRecord

STOOD_IN = "made up digits stood in for mnist"


@pytest.fixture
def bar(qtbot: QtBot, qapp) -> RunBar:
    apply_theme(qapp)
    bar = RunBar()
    qtbot.addWidget(bar)
    bar.show()
    return bar


def test_that_a_badge_is_read_before_the_run_is_described(bar: RunBar) -> None:
    bar.run_label.setText("a small CNN on handwritten digits · 1,198 parameters · SGD · a pass every 30 steps · seed 0")
    bar._show_badge(bar.data_badge, STOOD_IN, "")
    bar.resize(420, 40)
    bar.grab()
    assert bar.data_badge.shown_text() == STOOD_IN
    assert "…" in bar.run_label.shown_text()


def test_that_the_bar_is_as_high_with_any_badges_as_without(open_window: MainWindow, qtbot: QtBot) -> None:
    bar, opened = open_window.run_bar, open_window._session.opened
    assert opened is not None
    heights = set()
    for badge in (bar.data_badge, bar.ending_badge, bar.notes_button):
        for each in (bar.data_badge, bar.ending_badge, bar.notes_button):
            each.hide()
        heights.add(bar.minimumSizeHint().height())
        if badge is not bar.notes_button:
            badge.setText(STOOD_IN)
        badge.show()
        heights.add(bar.minimumSizeHint().height())
    assert len(heights) == 1


def opened(*, used: str = "", steps: int = 12, note: str = "", **of_collection: Any) -> Any:
    """A run of twelve steps that has ended, and of which nothing is out of the ordinary."""
    run = SimpleNamespace(
        model="cnn",
        dataset="digits",
        data_used=used,
        data_note=note,
        optimizer="SGD",
        interval=3,
        created="2026",
        ranks=1,
        seed=0,
        total_steps=12,
        budget=None,
    )
    nothing = {"notes": [], "damaged": [], "resumes": [], "dumps": {}, "layers": {}, "price": None}
    told = nothing | {"run": run, "n_steps": steps, "finished": True, "path": Path("run.json")} | of_collection
    return SimpleNamespace(collection=SimpleNamespace(**told), is_being_recorded=False)


def seen(bar: RunBar) -> list[str]:
    """The words of all that is seen in it, but for the run's."""
    parts = [*bar.findChildren(QLabel), *bar.findChildren(QPushButton)]
    return [each.text() for each in parts if each.isVisible() and each.text() and each is not bar.run_label]


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (opened(), ["finished"]),
        (opened(used="digits"), ["finished"]),
        (opened(used="noise", note="it was asked for"), ["finished", "noise stood in for digits"]),
        (opened(steps=5), ["stopped at step 5 of 12"]),
        (opened(notes=["one"]), ["finished", "1 note of the collector"]),
        (opened(notes=["one"], damaged=["two"]), ["finished", "2 notes of the collector"]),
        (opened(resumes=["one"], dumps={3: "two"}), ["finished", "2 notes of the collector"]),
        (opened(notes=["one"] * 1200), ["finished", "1,200 notes of the collector"]),
    ],
)
def test_that_there_is_a_badge_for_what_the_user_has_to_know_and_none_for_the_rest(
    bar: RunBar, run: Any, words: list[str]
) -> None:
    bar.show_collection(run)
    assert seen(bar) == words
    assert bar.run_label.text() == "cnn on digits · SGD · a pass every 3 steps · seed 0"
    bar.show_collection(opened())
    assert seen(bar) == ["finished"], "what was said of another run is gone"


def test_that_what_a_badge_is_about_is_told_by_its_tooltip(bar: RunBar) -> None:
    bar.show_collection(opened(used="noise", note="digits cannot be read"))
    assert (bar.data_badge.toolTip(), bar.whole_label.toolTip()) == (
        "digits cannot be read",
        "All 12 steps were taken.",
    )
    assert bar.data_badge.about == "digits cannot be read"
    bar.show_collection(opened(steps=5))
    assert bar.ending_badge.toolTip() == "The training ended before its last step, and its collection was closed."
    assert (bar.data_badge.toolTip(), bar.overhead_label.toolTip()) == ("", "")
    assert bar.notes_button.toolTip() == "Read the notes"


def test_that_a_run_of_this_window_and_one_that_failed_say_so(bar: RunBar) -> None:
    bar.show_collection(opened(steps=5), is_live=True)
    assert seen(bar) == []
    bar.show_collection(opened(steps=5), failure="no memory")
    assert seen(bar) == ["failed at step 5 of 12"]
    assert bar.ending_badge.toolTip() == "no memory\nEvery pass that was written can be seen."


def test_that_the_notes_are_asked_for_by_their_button(bar: RunBar, qtbot: QtBot) -> None:
    bar.show_collection(opened(notes=["one"]))
    with qtbot.waitSignal(bar.notes_requested):
        qtbot.mouseClick(bar.notes_button, Qt.MouseButton.LeftButton)


def test_that_a_badge_takes_no_more_than_some_of_the_room(bar: RunBar) -> None:
    widths = []
    for text in ("a", "a" * 400):
        bar._show_badge(bar.data_badge, text, "")
        widths.append(bar.data_badge.minimumWidth())
    assert 0 < widths[0] < bar.data_badge.fontMetrics().horizontalAdvance("aaaaaaaa")
    assert widths[1] == 280


def test_that_all_badges_are_as_high_and_the_run_stands_in_their_middle(bar: RunBar) -> None:
    bar.show_collection(opened(used="noise", notes=["one"], steps=5))
    badges = (bar.data_badge, bar.ending_badge, bar.notes_button)
    assert len({each.height() for each in badges}) == 1
    assert all(each.height() >= each.sizeHint().height() for each in badges), "nothing is cut"
    assert bar.run_label.minimumHeight() == bar.data_badge.height()
    middles = {each.geometry().center().y() for each in (*badges, bar.run_label)}
    assert max(middles) - min(middles) <= 1


def test_that_a_problem_stands_below_the_run_until_it_is_dismissed(bar: RunBar, qtbot: QtBot) -> None:
    bar.show_collection(opened())
    bar.show_problem("'/a/b\\c' is gone")
    assert seen(bar) == ["finished", "'/\u200ba/\u200bb\\\u200bc' is gone", "Dismiss"]
    assert bar.problem_label.y() > bar.run_label.geometry().bottom()
    qtbot.mouseClick(bar.problem_button, Qt.MouseButton.LeftButton)
    assert (bar.isVisible(), seen(bar)) == (True, ["finished"])


def test_that_a_problem_may_stand_alone_and_goes_with_its_bar(bar: RunBar, qtbot: QtBot) -> None:
    assert bar.isHidden() is False
    bar.show_nothing()
    assert bar.isHidden()
    bar.show_problem("no such file")
    assert (bar.isVisible(), seen(bar)) == (True, ["no such file", "Dismiss"])
    qtbot.mouseClick(bar.problem_button, Qt.MouseButton.LeftButton)
    assert bar.isHidden()


def test_that_nothing_is_left_of_a_run_that_is_not_open_any_more(bar: RunBar) -> None:
    bar.show_collection(opened(used="noise", notes=["one"], steps=5))
    bar.show_problem("no such file")
    bar.show_nothing()
    assert bar.isHidden()
    bar.show()
    assert seen(bar) == []
    assert (bar.run_label.text(), bar.overhead_label.text()) == ("", "")


@pytest.mark.parametrize("width", [420, 900])
def test_that_a_long_problem_is_broken_into_lines_that_can_be_read(bar: RunBar, width: int) -> None:
    bar.show_collection(opened())
    bar.resize(width, 40)
    alone = bar.heightForWidth(width)
    bar.show_problem("'/home/you/" + "a_long_folder/" * 30 + "run.json' cannot be read.")
    assert bar.minimumSizeHint().width() <= 420
    lines = bar.problem_label.heightForWidth(width - 120) // bar.problem_label.fontMetrics().height()
    assert lines >= 3
    assert bar.heightForWidth(width) > alone


@pytest.mark.parametrize(("steps", "finished", "line"), [(100, True, "recording cost 5.0 %"), (100, False, "")])
def test_that_what_recording_cost_is_told_once_it_can_be_known(
    bar: RunBar, steps: int, finished: bool, line: str
) -> None:
    price = PriceRecord(step=steps, training_seconds=10.0, seconds={"passes": 0.5}, bytes=1000)
    run = opened(price=price, finished=finished)
    run.collection.run.interval, run.collection.run.budget = 80, 0.1
    bar.show_collection(run)
    assert bar.overhead_label.text() == line
    assert bar.overhead_label.toolTip() == plain_tooltip(overhead_details(price, 0.1))
    bar.show_collection(opened())
    assert (bar.overhead_label.text(), bar.overhead_label.toolTip()) == ("", "")
