"""The places of views: what a view is told, and when; a view that fails."""

from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.judging import Judging
from app.palette import active
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.session import Session
from app.view import Place, View, ViewSpec
from app.views.panel_view import PanelView
from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.transport_bar import TransportBar
from collector.findings import Report
from collector.storage import CollectionError
from collector.storage.passes import Pass
from tests.app.damaged import with_damaged_pass
from tests.app.made_up_findings import DEAD, LARGE, report
from tests.app.painted import painted


class Told(PanelView):
    """A view that writes down what it is given."""

    def __init__(self, session: Session) -> None:
        super().__init__(QLabel("told"))
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


def test_that_what_stands_in_place_of_a_view_is_faint(told_window: MainWindow) -> None:
    told_window.pages["front"].show_notice("Nothing is open.")
    notice = told_window.pages["front"].notice
    assert painted(notice).word("Nothing is open.").colour == active().faint_text


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


def test_that_a_view_that_is_held_is_told_afterwards_what_is_current_and_once(
    told_window: MainWindow, collection_path: Path, deep_path: Path
) -> None:
    told_window.open(collection_path)
    said(told_window, "front")
    page = told_window.pages["front"]
    with page.held():
        told_window._session.show_pass(4)
        told_window._session.show_pass(2)
        assert said(told_window, "front") == []
        told_window.show_view("behind")
        told_window.show_view("front")
        assert said(told_window, "front") == [], "it came into sight, and is held"
    assert said(told_window, "front") == ["step 6", "frame 6"]
    told_window._session.show_pass(3)
    assert said(told_window, "front") == ["step 9", "frame 9"]
    with pytest.raises(OSError), page.held():
        told_window.open(deep_path)
        raise OSError
    assert said(told_window, "front") == ["collection", "step 0", "frame 0"]


def test_that_a_view_that_went_out_of_sight_while_it_was_held_is_told_when_it_comes_back(
    told_window: MainWindow, collection_path: Path
) -> None:
    told_window.open(collection_path)
    said(told_window, "front")
    with told_window.pages["front"].held():
        told_window._session.show_pass(2)
        told_window.show_view("behind")
    assert said(told_window, "front") == []
    told_window.show_view("front")
    assert said(told_window, "front") == ["step 6", "frame 6"]


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


class Part(Told):
    """A view that shows the part of a frame that was prepared for it."""

    def show_frame(self, frame: Any) -> None:
        self.said.append(frame.prepared["part"])


def part_of(opened: OpenedCollection, view: ReplayView, pass_: Pass) -> str:
    if pass_.step == 3:
        raise CollectionError("run.json", "has a damaged array here.")
    return f"part of {pass_.step}"


@pytest.fixture
def part_window(qtbot: QtBot, settings: Settings) -> MainWindow:
    """A window with a view behind another that has its part of each frame prepared."""
    specs = (
        ViewSpec("front", "Front", Place.CENTRE, Told),
        ViewSpec("part", "Part", Place.CENTRE, Part, prepare=part_of, shows_pass=True),
    )
    window = MainWindow(Session(Jobs(is_synchronous=True), specs), settings, specs)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


def test_that_a_view_that_comes_into_sight_has_its_part_of_the_current_pass(
    part_window: MainWindow, collection_path: Path
) -> None:
    part_window.open(collection_path)
    part_window._session.show_pass(2)
    part_window.show_view("part")
    assert said(part_window, "part") == ["collection", "step 6", "part of 6"]
    part_window.show_view("front")
    part_window._session.show_pass(4)
    part_window.show_view("part")
    assert said(part_window, "part") == ["step 12", "part of 12"]


def test_that_a_view_whose_part_is_damaged_says_so_in_its_place_until_another_pass_is_shown(
    part_window: MainWindow, collection_path: Path
) -> None:
    part_window.show_view("part")
    part_window.open(collection_path)
    page = part_window.pages["part"]
    part_window._session.show_pass(1)
    assert page.notice.isVisible()
    assert "has a damaged array here" in page.notice.text()
    part_window._session.select_layer("fc1")
    assert page.notice.isVisible(), "what it shows is still of another pass"
    part_window._session.show_pass(2)
    assert not page.notice.isVisible()
    assert said(part_window, "part")[-1] == "part of 6"


def test_that_where_a_pass_cannot_be_read_each_view_that_shows_one_says_so(
    part_window: MainWindow, collection_path: Path, tmp_path: Path
) -> None:
    damaged = with_damaged_pass(collection_path, 2, tmp_path / "damaged.json")
    part_window.show_view("part")
    part_window.open(damaged)
    part_window._session.show_pass(2)
    notice = part_window.pages["part"].notice
    assert notice.isVisible()
    assert "pass 2" in notice.text()
    part_window.show_view("front")
    assert not part_window.pages["front"].notice.isVisible(), "it shows nothing of a pass"
    part_window._session.show_pass(4)
    part_window.show_view("part")
    assert not notice.isVisible()


class Finding(Told):
    """A view that writes down the findings too."""

    def show_findings(self, report: Report) -> None:
        self.said.append(f"{len(report.findings)} findings")


class Older(Told):
    """A view that was made when nothing was found yet."""

    @property
    def show_findings(self) -> None:  # type: ignore[override]
        raise AttributeError("there is none")


def test_that_a_view_that_comes_into_sight_hears_of_findings_before_the_playhead_and_one_that_knows_none_of_the_rest(
    qtbot: QtBot, settings: Settings, collection_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Judging, "report", lambda *_: report(DEAD, LARGE))
    specs = (
        ViewSpec("front", "Front", Place.CENTRE, Told),
        ViewSpec("finding", "Finding", Place.CENTRE, Finding),
        ViewSpec("older", "Older", Place.CENTRE, Older),
    )
    window = MainWindow(Session(Jobs(is_synchronous=True)), settings, specs)
    qtbot.addWidget(window)
    window.show()
    window.open(collection_path)
    for name in ("finding", "older"):
        window.show_view(name)
    assert said(window, "finding") == ["collection", "2 findings", "step 0", "frame 0"]
    assert said(window, "older") == ["collection", "step 0", "frame 0"]
    window._session.findings.mute(["dead-units"])
    window.show_view("finding")
    assert said(window, "finding") == ["1 findings"]
