"""Where tabs and docks stand at first, how large they are, and what of it is kept."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QByteArray, QMargins, QSize, Qt
from PyQt6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.session import Session
from app.view import Place, View, ViewSpec
from app.views.panel_view import PanelView
from app.window.main_window import FRAME, MainWindow
from app.window.settings import Settings
from app.window.theme import apply_theme

LEFT, RIGHT, BOTTOM = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)
PLACES = {
    "network": Place.CENTRE,
    "features": Place.CENTRE,
    "sample": Place.LEFT,
    "layers": Place.RIGHT,
    "unit": Place.RIGHT,
    "timeline": Place.BOTTOM,
}


def make(_: Session) -> View:
    return PanelView(QLabel("body"))


SPECS = tuple(ViewSpec(name, name.title(), place, make) for name, place in PLACES.items())
Start = Callable[[int, int], MainWindow]


@pytest.fixture
def start(qtbot: QtBot, qapp: QApplication, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """A window on a screen of this size."""
    apply_theme(qapp)
    made: list[MainWindow] = []

    def start(width: int, height: int) -> MainWindow:
        monkeypatch.setattr(MainWindow, "room", lambda _: QSize(width, height))
        window = MainWindow(Session(Jobs(is_synchronous=True)), settings, SPECS)
        made.append(window)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        QApplication.processEvents()
        return window

    yield start
    for each in made:
        each.close()


def areas(window: MainWindow) -> dict[str, Qt.DockWidgetArea]:
    return {name: window.dockWidgetArea(dock) for name, dock in window.docks.items()}


def in_front(window: MainWindow) -> set[str]:
    return {page.spec.name for page in window.pages.visible}


def test_that_each_view_stands_at_its_place_and_the_first_of_a_side_in_front(start: Start) -> None:
    window = start(1600, 1000)
    assert areas(window) == {"sample": LEFT, "layers": RIGHT, "unit": RIGHT, "timeline": BOTTOM}
    assert [window.tabs.tabText(number) for number in range(window.tabs.count())] == ["Network", "Features"]
    assert window.tabifiedDockWidgets(window.docks["layers"]) == [window.docks["unit"]]
    assert window.tabifiedDockWidgets(window.docks["sample"]) == []
    assert in_front(window) == {"network", "sample", "layers", "timeline"}
    assert window._session._visible == in_front(window)
    assert {name: dock.objectName() for name, dock in window.docks.items()} == {
        name: name.title() for name in window.docks
    }


def test_that_docks_are_as_wide_and_as_high_as_their_views_need_at_first(start: Start) -> None:
    window = start(1452, 944)
    assert window.size() == QSize(1440, 900)
    docks = window.docks
    assert (docks["sample"].width(), docks["layers"].width()) == (262, 300)
    assert docks["timeline"].height() == 189
    assert docks["timeline"].width() == window.width()


def test_that_in_a_low_window_the_curves_can_still_be_read(start: Start) -> None:
    window = start(1200 + FRAME.width(), 600 + FRAME.height())
    assert window.docks["timeline"].height() == 150


@pytest.mark.parametrize(("width", "area"), [(1099, RIGHT), (1100, LEFT)])
def test_that_a_narrow_window_has_docks_at_one_side_only(start: Start, width: int, area: Qt.DockWidgetArea) -> None:
    window = start(width + FRAME.width(), 700)
    assert window.width() == width
    assert areas(window) == {"sample": area, "layers": RIGHT, "unit": RIGHT, "timeline": BOTTOM}
    assert in_front(window) == {"network", "sample", "timeline"} | ({"layers"} if area is LEFT else set())


def test_that_a_view_is_brought_to_the_front_wherever_it_stands(start: Start) -> None:
    window = start(1600, 1000)
    for name in PLACES:
        window.show_view(name)
        assert window.pages[name].is_seen
    assert in_front(window) == {"features", "sample", "unit", "timeline"}
    window.docks["sample"].close()
    window.show_view("sample")
    assert window.docks["sample"].isVisible()


def test_that_the_layout_comes_back(start: Start) -> None:
    first = start(1600, 1000)
    first.docks["timeline"].close()
    first.addDockWidget(LEFT, first.docks["unit"])
    first.close()
    again = start(1600, 1000)
    assert again.docks["timeline"].isHidden()
    assert areas(again)["unit"] == LEFT


def test_that_a_layout_that_is_none_is_forgotten_and_told_of(start: Start, settings: Settings) -> None:
    settings.keep_layout(QByteArray(b"no geometry"), QByteArray(b"no docks"))
    window = start(1600, 1000)
    told = window.run_bar.problem_label.text().replace("\u200b", "")
    path = str(settings.folder / "strobe.ini")
    assert told == f"The settings file {path!r} holds what cannot be read. Forgotten: geometry, docks."
    assert areas(window) == {"sample": LEFT, "layers": RIGHT, "unit": RIGHT, "timeline": BOTTOM}
    assert settings.layout() == (None, None)


def test_that_what_belongs_to_no_view_stands_above_the_tabs_in_its_order(start: Start) -> None:
    window = start(1600, 1000)
    above = (window.run_bar, window.remote_bar, window.comparing_bar, window.training_bar)
    for bar in above:
        bar.show()
    QApplication.processEvents()
    middle = window.centralWidget()
    assert middle is not None

    def top(widget: QWidget) -> int:
        return widget.mapTo(window, widget.rect().topLeft()).y()

    assert [top(each) for each in (*above, window.tabs)] == sorted(top(each) for each in (*above, window.tabs))
    assert window.beginning.middle.height() > middle.height() / 2, "the rest is for the views"
    column = middle.layout()
    assert column is not None
    assert (column.spacing(), column.contentsMargins()) == (0, QMargins(0, 0, 0, 0))
    bar = window.statusBar()
    assert bar is not None
    assert top(bar) + bar.height() == window.height()
    assert not bar.isSizeGripEnabled()
    assert window.transport.width() > 0.9 * window.width()


def test_that_a_window_says_what_can_be_done_with_nothing_open(start: Start) -> None:
    window = start(1600, 1000)
    words = "Open a collection (Ctrl+O) or drop one here."
    assert {name: window.pages[name].notice.text() for name in PLACES} == {
        name: words if place is Place.CENTRE else "Nothing is open." for name, place in PLACES.items()
    }
    assert window.windowTitle() == "Strobe"


def test_that_small_pictures_are_kept_beside_the_settings_where_nothing_else_is_said(
    start: Start, settings: Settings, tmp_path: Path
) -> None:
    window = start(1600, 1000)
    assert window.beginning.thumbnails._folder == settings.folder / "thumbnails"
