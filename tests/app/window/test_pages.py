"""The places of views: what a view is told, and when; a view that fails."""

from pathlib import Path

import pytest
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.session import Session
from app.view import Place, View, ViewSpec
from app.views.panel_view import PanelView
from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.transport_bar import TransportBar


class Told(PanelView):
    """A view that writes down what it is given."""

    def __init__(self, session: Session) -> None:
        super().__init__(QLabel("told"), {})
        self.said: list[str] = []

    def show_collection(self, opened: object) -> None:
        self.said.append("collection")

    def show_view(self, view: object, step: int) -> None:
        self.said.append(f"step {step}")

    def show_frame(self, frame: object) -> None:
        self.said.append(f"frame {frame.step}")


class Failing(Told):
    """A view that cannot show what is at step 3."""

    def show_frame(self, frame: object) -> None:
        if frame.step == 3:
            raise ValueError("no such thing")
        super().show_frame(frame)


def raises(session: Session) -> View:
    raise RuntimeError("no such library")


SPECS = (
    ViewSpec("front", "Front", Place.CENTRE, Told),
    ViewSpec("behind", "Behind", Place.CENTRE, Told),
    ViewSpec("failing", "Failing", Place.RIGHT, Failing),
    ViewSpec("second", "Second", Place.RIGHT, Told),
    ViewSpec("broken", "Broken", Place.BOTTOM, raises),
)


@pytest.fixture
def told_window(qtbot: QtBot, settings: Settings, request: pytest.FixtureRequest) -> MainWindow:
    """A window of views that write down what they are given, but for the last, which cannot be made."""
    specs = SPECS if request.node.get_closest_marker("expects_log") else SPECS[:-1]
    window = MainWindow(Session(Jobs(is_synchronous=True)), settings, specs)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


def said(window: MainWindow, name: str) -> list[str]:
    view = window.view(name)
    assert isinstance(view, Told)
    found, view.said = view.said, []
    return found


def test_that_a_view_is_made_when_it_is_first_seen(told_window: MainWindow) -> None:
    assert isinstance(told_window.view("front"), Told)
    assert told_window.view("behind") is None
    assert told_window.view("second") is None
    told_window.show_view("behind")
    told_window.show_view("second")
    assert isinstance(told_window.view("behind"), Told)
    assert isinstance(told_window.view("second"), Told)


def test_that_the_session_knows_which_views_are_seen(told_window: MainWindow, qtbot: QtBot) -> None:
    assert told_window._session._visible == {"front", "failing"}
    told_window.show_view("behind")
    told_window.show_view("second")
    qtbot.waitUntil(lambda: told_window._session._visible == {"behind", "second"})
    told_window.docks["second"].close()
    qtbot.waitUntil(lambda: told_window._session._visible == {"behind", "failing"})


@pytest.mark.parametrize("name", ["behind", "second"])
def test_that_a_view_that_comes_into_sight_is_told_what_is_current_and_once(
    told_window: MainWindow, collection_path: Path, name: str
) -> None:
    told_window.open(collection_path)
    told_window._session.show_pass(4)
    told_window._session.show_pass(2)
    told_window.show_view(name)
    assert said(told_window, name) == ["collection", "step 6", "frame 6"]
    told_window.show_view("front")
    told_window.docks["failing"].raise_()
    told_window.show_view(name)
    assert said(told_window, name) == []


def test_that_a_view_out_of_sight_is_told_nothing(told_window: MainWindow, collection_path: Path) -> None:
    told_window.show_view("behind")
    told_window.show_view("front")
    told_window.open(collection_path)
    assert said(told_window, "behind") == []
    assert said(told_window, "front") == ["collection", "step 0", "frame 0"]


def test_that_a_view_is_not_told_of_the_collection_before(
    told_window: MainWindow, collection_path: Path, deep_path: Path
) -> None:
    told_window.open(collection_path)
    told_window._session.show_pass(4)
    told_window.open(deep_path)
    told_window.show_view("behind")
    assert said(told_window, "behind") == ["collection", "step 0", "frame 0"]


@pytest.mark.expects_log
def test_that_a_view_that_fails_is_a_notice_until_the_next_change_and_the_others_go_on(
    told_window: MainWindow, collection_path: Path
) -> None:
    told_window.open(collection_path)
    page, view = told_window.pages["failing"], told_window.view("failing")
    assert isinstance(view, Told)
    assert view.isVisible()
    told_window._session.show_pass(1)
    assert not view.isVisible(), "what it showed before is of another pass"
    assert page.notice.isVisible()
    assert page.notice.text() == "The view “Failing” cannot be shown. ValueError: no such thing"
    assert told_window.run_bar.problem_label.text() == page.notice.text()
    assert said(told_window, "front")[-1] == "frame 3"
    told_window._session.show_pass(2)
    assert view.isVisible()
    assert said(told_window, "failing")[-1] == "frame 6"


@pytest.mark.expects_log
def test_that_a_view_that_cannot_be_made_is_told_once_and_logged(
    told_window: MainWindow, collection_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    words = "The view “Broken” cannot be shown. RuntimeError: no such library"
    assert told_window.run_bar.problem_label.text() == words
    assert [record.levelname for record in caplog.get_records("setup")] == ["ERROR"]
    told_window.open(collection_path)
    assert not told_window.run_bar.problem_label.isVisible()
    assert told_window.pages["broken"].notice.text() == words
    told_window._session.show_pass(1)
    assert said(told_window, "front")[-1] == "frame 3"


def test_that_the_transport_is_seen_whichever_docks_are_closed(told_window: MainWindow) -> None:
    for dock in told_window.docks.values():
        dock.close()
    assert told_window.findChild(TransportBar).isVisible()
