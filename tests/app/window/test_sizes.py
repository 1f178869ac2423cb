"""The window fits the screen, and nothing in it forces it to be larger than the least size."""

from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, QRect, QSize, Qt
from PyQt6.QtWidgets import QAbstractButton, QApplication, QScrollArea, QScrollBar, QWidget
from pytestqt.qtbot import QtBot

from app.widgets.segments import Segments
from app.window.main_window import FRAME, LEAST_SIZE, MainWindow
from app.window.settings import Settings
from app.window.start import make_window
from tests.app.views.stories.told_run import Told, write_told

LONG = "a layer with a very long name, as people give them who describe what it does, and then some"


@pytest.fixture(scope="session")
def wide_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thousand classes with long names, 120 layers with longer ones."""
    import torch
    from torch import nn

    from collector import Collector

    path = tmp_path_factory.mktemp("wide") / f"{LONG}.json"
    model = nn.Sequential()
    for number in range(60):
        model.add_module(f"{LONG} {number}", nn.Linear(4, 4))
        model.add_module(f"{LONG} {number}, its rectifier", nn.ReLU())
    model.add_module("last", nn.Linear(4, 1000))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    inputs, labels = torch.rand(6, 4), torch.arange(6)
    names = [f"{LONG}, class {number}" for number in range(1000)]
    with Collector(model, optimizer, path, probe=(inputs, labels), interval=1, class_names=names) as collector:
        for _ in range(2):
            loss = nn.functional.cross_entropy(model(inputs), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
    return path


@pytest.mark.parametrize("screen", [(1280, 720), (960, 1040), (640, 360), (1920, 1040)])
def test_that_the_first_size_is_within_the_screen_frame_included(
    qtbot: QtBot, settings: Settings, monkeypatch: pytest.MonkeyPatch, screen: tuple[int, int]
) -> None:
    room = QSize(*screen)
    monkeypatch.setattr(MainWindow, "room", lambda _: room)
    window, session = make_window(settings, is_synchronous=True)
    qtbot.addWidget(window)
    window.show()
    outside = window.size() + FRAME
    assert outside.width() <= room.width()
    assert outside.height() <= room.height()
    assert window.size() == QSize(1440, 900).boundedTo(room - FRAME)
    assert is_whole(window.transport)
    session.close()


def is_whole(widget: QWidget) -> bool:
    """Whether all of it is on the screen."""
    return widget.visibleRegion().boundingRect() == widget.rect()


@pytest.mark.parametrize("name", ["wide", "whole"])
def test_that_the_least_size_is_kept_whatever_is_open_and_in_front(
    window: MainWindow, wide_path: Path, collection_path: Path, name: str
) -> None:
    window.open(wide_path if name == "wide" else collection_path)
    window._session.pin_unit(("last" if name == "wide" else "fc1", 3))
    window.resize(LEAST_SIZE)
    for page in window.pages:
        window.show_view(page.spec.name)
        QApplication.processEvents()
        assert window.size() == LEAST_SIZE, page.spec.name
        needed = window.minimumSizeHint()
        assert (needed.width() <= LEAST_SIZE.width(), needed.height() <= LEAST_SIZE.height()) == (True, True)
        assert is_whole(window.transport), page.spec.name
        assert all(is_whole(button) for button in window.transport.findChildren(QAbstractButton))
        assert page.width() >= 200
        assert page.height() >= 90


def test_that_what_does_not_fit_a_page_is_reached_by_scrolling(
    window: MainWindow, collection_path: Path, qtbot: QtBot
) -> None:
    window.open(collection_path)
    window.resize(LEAST_SIZE)
    for page in window.pages:
        window.show_view(page.spec.name)
        QApplication.processEvents()
        view = page.view
        assert isinstance(view, QWidget)
        scroll = page.findChild(QScrollArea)
        # what is filled by and by needs its room when it is there
        qtbot.waitUntil(lambda view=view: view.size().expandedTo(view.minimumSizeHint()) == view.size())
        reached = scroll.viewport().size() + QSize(
            scroll.horizontalScrollBar().maximum(), scroll.verticalScrollBar().maximum()
        )
        assert (reached.width(), reached.height()) >= (view.width(), view.height())


@pytest.mark.parametrize("size", [LEAST_SIZE, QSize(1280, 720), QSize(1920, 1080)], ids=["960", "1280", "1920"])
@pytest.mark.parametrize("name", ["wide", "whole"])
def test_that_no_dock_has_two_scroll_bars(
    window: MainWindow, wide_path: Path, collection_path: Path, name: str, size: QSize
) -> None:
    window.open(wide_path if name == "wide" else collection_path)
    window.resize(size)
    for page in (each for each in window.pages if each.spec.name in window.docks):
        window.show_view(page.spec.name)
        QApplication.processEvents()
        outer = page.findChild(QScrollArea).verticalScrollBar()
        inner = [each for each in page.view.findChildren(QScrollBar) if each.isVisible() and each.maximum()]
        upright = [each for each in inner if each.orientation() == Qt.Orientation.Vertical]
        assert not (outer.maximum() and upright), page.spec.name


@pytest.fixture(scope="session")
def told_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stories of samples of which all is known that stories can tell."""
    return write_told(tmp_path_factory.mktemp("told") / "told.json", Told())


@pytest.mark.parametrize("room", [LEAST_SIZE, QSize(1280, 720)], ids=["960", "1280"])
@pytest.mark.parametrize("name", ["wide", "whole", "told"])
def test_that_no_page_is_scrolled_sideways_whichever_of_its_own_pages_is_in_front(
    qtbot: QtBot,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    name: str,
    room: QSize,
) -> None:
    monkeypatch.setattr(MainWindow, "room", lambda _: room + FRAME)
    window, session = make_window(settings, is_synchronous=True)
    qtbot.addWidget(window)
    window.show()
    window.open(request.getfixturevalue("collection_path" if name == "whole" else f"{name}_path"))
    assert session.opened is not None
    session.select_layer(list(session.opened.collection.layers)[-1])
    for page in window.pages:
        window.show_view(page.spec.name)
        QApplication.processEvents()
        choices = [each for part in page.findChildren(Segments) for each in part.buttons.values()]
        for button in [None, *choices]:
            if button is not None and button.isVisible():
                button.click()
            QApplication.processEvents()
            assert page.findChild(QScrollArea).horizontalScrollBar().maximum() == 0, page.spec.name
    session.close()


def test_that_the_slider_stays_where_it_is_while_the_playhead_leaves_a_pass(
    window: MainWindow, collection_path: Path
) -> None:
    window.open(collection_path)
    window._session.go_to(pass_number=1)
    QApplication.processEvents()
    step = window._session.view.step
    places = []
    for each in (step + 1, step, step + 1, step):
        window._session.go_to(step=each)
        QApplication.processEvents()
        places.append(window.transport.slider.geometry())
        assert (f"(step {step})" in window.transport.place_label.text()) == (each != step)
    assert len({(place.left(), place.right()) for place in places}) == 1


def test_that_no_two_controls_of_a_view_lie_on_each_other_at_the_least_size(
    window: MainWindow, collection_path: Path
) -> None:
    window.open(collection_path)
    window.resize(LEAST_SIZE)
    for page in window.pages:
        window.show_view(page.spec.name)
        QApplication.processEvents()
        view = page.view
        assert isinstance(view, QWidget)
        buttons = [each for each in view.findChildren(QAbstractButton) if each.isVisible()]
        places = [QRect(each.mapTo(view, QPoint(0, 0)), each.size()) for each in buttons]
        covered = [
            (one.text() or one.toolTip(), other.text() or other.toolTip())
            for number, (one, first) in enumerate(zip(buttons, places, strict=True))
            for other, second in zip(buttons[:number], places[:number], strict=True)
            if first.intersects(second) and not one.isAncestorOf(other)
        ]
        assert covered == [], page.spec.name


def test_that_a_window_too_narrow_for_two_sides_has_their_docks_at_one(
    qtbot: QtBot, settings: Settings, monkeypatch: pytest.MonkeyPatch, collection_path: Path
) -> None:
    monkeypatch.setattr(MainWindow, "room", lambda _: QSize(960, 600))
    window, session = make_window(settings, is_synchronous=True)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: window.pages["sample"].is_seen)
    window.open(collection_path)
    assert {each.objectName() for each in window.tabifiedDockWidgets(window.docks["sample"])} == {
        "Findings",
        "Layers",
        "Notes",
        "Unit",
    }
    assert window.tabs.width() > window.width() / 2
    session.close()
