"""What the window does at its end, what its title says, and what a key is before it is a shortcut."""

from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.replay.comparing import Side
from app.session import Session
from app.window.beginning import Beginning
from app.window.demos import DEMOS
from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.start import make_window
from app.window.thumbnails import Thumbnails
from app.window.training_watch import TrainingWatch
from collector.comparing.saved import SavedComparison
from collector.findings import Report
from tests.app.made_up_findings import DEAD, LARGE, SPIKE, report
from tests.app.parts import part


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done at the end, in order."""
    calls: list[str] = []
    for owner, name in (
        (Settings, "keep_layout"),
        (Thumbnails, "stop"),
        (TrainingWatch, "close"),
        (Session, "close"),
        (Settings, "keep_left_at"),
    ):
        usual = getattr(owner, name)

        def noting(own: Any, *given: Any, usual: Any = usual, of: str = f"{owner.__name__}.{name}") -> Any:
            calls.append(of)
            return usual(own, *given)

        monkeypatch.setattr(owner, name, noting)
    return calls


@pytest.mark.parametrize("how", ["close", "close_at_once"])
def test_that_a_window_that_closes_keeps_what_there_is_to_keep_and_ends_all_else(
    open_window: MainWindow, settings: Settings, done: list[str], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(TrainingWatch, "may_end", lambda _: asked.append(open_window.isVisible()) or True)
    monkeypatch.setattr(
        TrainingWatch, "close", lambda _: done.append("not seen any more" if open_window.isHidden() else "seen")
    )
    open_window._session.show_pass(2)
    done.clear()
    getattr(open_window, how)()
    assert done == [
        *("Settings.keep_layout", "Thumbnails.stop", "not seen any more", "Session.close", "Settings.keep_left_at"),
    ]
    assert asked == ([True] if how == "close" else [])
    assert list(settings.left_at().values()) == [6]


def test_that_a_window_that_is_kept_open_has_ended_nothing(
    open_window: MainWindow, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TrainingWatch, "may_end", lambda _: False)
    done.clear()
    assert not open_window.close()
    assert (open_window.isVisible(), done) == (True, [])
    open_window._session.show_pass(3)
    assert open_window.transport.place_label.text().startswith("pass 4 of 5")
    monkeypatch.undo()


def test_that_the_title_names_what_is_open(
    window: MainWindow, two_paths: tuple[Path, Path], collection_path: Path
) -> None:
    titles = [window.windowTitle()]
    window.open(collection_path)
    titles.append(window.windowTitle())
    window._session.hold_pass()
    titles.append(window.windowTitle())
    window._session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1])))
    for side in Side:
        window._session.show_side(side)
        titles.append(window.windowTitle())
    window._session.stop_comparing()
    titles.append(window.windowTitle())
    both = "usual.json | faster.json — Strobe"
    assert titles == ["Strobe", "small.json — Strobe", "small.json — Strobe", both, both, both, "usual.json — Strobe"]


def test_that_two_runs_are_looked_at_as_wholes_first_and_two_passes_where_they_were(
    open_window: MainWindow, two_paths: tuple[Path, Path]
) -> None:
    session = open_window._session
    open_window.show_view("features")
    session.hold_pass()
    assert open_window.tabs.current.spec.name == "features"
    session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1])))
    assert open_window.tabs.current.spec.name == "compare"
    open_window.show_view("features")
    session.change_comparing(offset=3.0)
    session.show_side(Side.B)
    assert open_window.tabs.current.spec.name == "features", "it was looked at already"


@pytest.mark.parametrize(
    ("found", "title"),
    [([], "Findings"), ([SPIKE], "Findings"), ([LARGE], "Findings (1)"), ([LARGE, DEAD, SPIKE], "Findings (2)")],
)
def test_that_the_dock_of_findings_counts_those_that_harm(
    open_window: MainWindow, found: list[Any], title: str
) -> None:
    told: Report = report(*found)
    open_window._session.findings.ready.emit(told)
    assert open_window.docks["findings"].windowTitle() == title


def test_that_a_key_that_the_focused_widget_keeps_is_no_shortcut(open_window: MainWindow, qtbot: QtBot) -> None:
    slider = open_window.transport.slider

    def is_kept(key: Qt.Key) -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        QApplication.sendEvent(open_window, event)
        return event.isAccepted()

    qtbot.waitUntil(open_window.isActiveWindow)
    slider.setFocus()
    kept = [is_kept(key) for key in (Qt.Key.Key_Right, Qt.Key.Key_Y)]
    slider.clearFocus()
    open_window.setFocus()
    assert [*kept, is_kept(Qt.Key.Key_Right)] == [True, False, False]


def test_that_the_notes_are_read_by_keys_once_they_are_asked_for(open_window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(open_window.isActiveWindow)
    open_window.run_bar.notes_requested.emit()
    assert open_window.pages["notes"].is_seen
    focused = QApplication.focusWidget()
    view = open_window.view("notes")
    assert view is not None and focused is not None
    assert view is focused or view.isAncestorOf(focused)  # type: ignore[attr-defined]


def test_that_the_start_page_is_shown_and_left_as_often_as_one_likes(open_window: MainWindow) -> None:
    beginning: Beginning = open_window.beginning
    open_window.docks["sample"].close()
    for _ in range(2):
        for _ in range(2):
            open_window.show_start_page()
        assert beginning.is_shown
        assert not any(dock.isVisible() for dock in open_window.docks.values())
        for _ in range(2):
            beginning.leave()
        assert not beginning.is_shown
        assert open_window.docks["timeline"].isVisible()
        assert open_window.docks["sample"].isHidden()
        assert open_window.run_bar.isVisible()


def test_that_a_demo_goes_to_its_finding_once_and_another_run_to_none(
    window: MainWindow, collection_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = next(each for each in DEMOS if each.rule)
    went: list[str] = []
    monkeypatch.setattr(window._session, "go_to_finding", lambda found: went.append(found.rule))
    window.open_demo(demo)
    assert went == [demo.rule]
    window._session.findings.ready.emit(window._session.findings.report)
    window.open(demo.path)
    assert went == [demo.rule], "whoever opens it by itself is led nowhere"
    window.beginning._demo = demo
    window.open(collection_path)
    assert went == [demo.rule]


def test_that_nothing_is_fitted_or_saved_of_a_view_that_is_none(
    qtbot: QtBot, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, session = make_window(settings, is_synchronous=True)
    qtbot.addWidget(window)
    assert window.tabs.current.view is None
    window._fit()
    window._save_front()
    assert window.run_bar.problem_label.text() == "There is nothing to save of “Network” yet."
    session.close()


def test_that_the_view_in_front_is_fitted(open_window: MainWindow) -> None:
    drawing = part(open_window, "network")
    drawing.zoom_by(2.0)
    open_window._fit()
    assert not drawing.is_zoomed
