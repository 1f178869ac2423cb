"""The tour, by its real buttons and keys."""

import pytest
from PyQt6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from app.window.tour import Stop, Tour, beside, stops
from tests.app.wiring.user import User


def begun(window: MainWindow, qtbot: QtBot) -> Tour:
    user = User(window, qtbot)
    user.trigger(user.menu("Help"), "Tour")
    return window.tour


def test_that_five_bubbles_show_what_they_tell_of_and_the_last_ends_it(open_window: MainWindow, qtbot: QtBot) -> None:
    tour = begun(open_window, qtbot)
    places = []
    for number in range(5):
        assert tour.place_label.text() == f"{number + 1} of 5"
        bubble = QRect(tour.bubble.pos(), tour.bubble.size())
        assert tour.rect().contains(bubble)
        assert not tour._lit.isEmpty()
        qtbot.wait(1)  # as long as laying out takes
        for label in (tour.title_label, tour.text_label):
            assert label.height() >= label.heightForWidth(label.width()), "no line is cut"
        places.append(tour._lit)
        qtbot.mouseClick(tour.next_button, Qt.MouseButton.LeftButton)
    assert len({(each.x(), each.y(), each.width()) for each in places}) >= 4
    qtbot.waitUntil(lambda: not open_window.findChildren(Tour))


def test_that_keys_go_on_back_and_end_it_and_move_nothing_else(open_window: MainWindow, qtbot: QtBot) -> None:
    tour = begun(open_window, qtbot)
    before = open_window.transport.place_label.text()
    qtbot.keyClick(tour, Qt.Key.Key_Right)
    qtbot.keyClick(tour, Qt.Key.Key_Right)
    qtbot.keyClick(tour, Qt.Key.Key_Left)
    assert tour.place_label.text() == "2 of 5"
    assert open_window.transport.place_label.text() == before
    with qtbot.waitSignal(tour.destroyed):
        qtbot.keyClick(tour, Qt.Key.Key_Escape)


def test_that_a_button_goes_back_but_not_before_the_first(open_window: MainWindow, qtbot: QtBot) -> None:
    tour = begun(open_window, qtbot)
    assert not tour.back_button.isEnabled()
    qtbot.mouseClick(tour.next_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(tour.back_button, Qt.MouseButton.LeftButton)
    assert tour.place_label.text() == "1 of 5"
    assert tour.hasFocus(), "the keys are the tour's, whatever is clicked"
    qtbot.keyClick(tour, Qt.Key.Key_Left)
    assert tour.place_label.text() == "1 of 5"
    with qtbot.waitSignal(tour.destroyed):
        qtbot.keyClick(tour, Qt.Key.Key_Escape)


def test_that_where_nothing_is_open_it_is_given_in_a_demo(window: MainWindow, qtbot: QtBot) -> None:
    tour = begun(window, qtbot)
    assert window.windowTitle() == "dead_layer.json — Strobe"
    assert tour.isVisible()
    with qtbot.waitSignal(tour.destroyed):
        qtbot.mouseClick(tour.end_button, Qt.MouseButton.LeftButton)


def test_that_it_goes_with_the_size_of_the_window(open_window: MainWindow, qtbot: QtBot) -> None:
    tour = begun(open_window, qtbot)
    open_window.resize(open_window.size() - QSize(150, 100))
    qtbot.waitUntil(lambda: tour.size() == open_window.size())
    assert tour.rect().contains(QRect(tour.bubble.pos(), tour.bubble.size()))
    with qtbot.waitSignal(tour.destroyed):
        qtbot.keyClick(tour, Qt.Key.Key_Escape)


@pytest.mark.parametrize(
    ("lit", "expected"),
    [
        (QRect(0, 0, 200, 600), QPoint(199 + 14, 249)),
        (QRect(800, 0, 200, 600), QPoint(800 - 14 - 300, 249)),
        (QRect(0, 400, 1000, 200), QPoint(349, 400 - 14 - 100)),
        (QRect(0, 0, 1000, 600), QPoint(349, 249)),
    ],
)
def test_that_a_bubble_stands_beside_what_is_lit_or_over_it(lit: QRect, expected: QPoint) -> None:
    assert beside(lit, 300, 100, QRect(0, 0, 1000, 600)) == expected


@pytest.fixture
def alone(qtbot: QtBot) -> Tour:
    """A tour of three stops over a small window."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(700, 420)
    part = QWidget(window)
    part.setGeometry(0, 60, 200, 300)
    window.show()
    return Tour(window, [Stop(f"Title {number}", f"Text {number}.", lambda: [part]) for number in range(3)])


@pytest.mark.parametrize(
    ("key", "number"),
    [
        (Qt.Key.Key_Right, 2),
        (Qt.Key.Key_Return, 2),
        (Qt.Key.Key_Enter, 2),
        (Qt.Key.Key_Space, 2),
        (Qt.Key.Key_Left, 0),
        (Qt.Key.Key_Up, 1),
        (Qt.Key.Key_A, 1),
    ],
)
def test_that_each_key_goes_where_it_says(alone: Tour, qtbot: QtBot, key: Qt.Key, number: int) -> None:
    alone.go(1)
    qtbot.keyClick(alone, key)
    assert alone.number == number


def test_that_each_bubble_says_where_it_is_and_what_can_be_done(alone: Tour) -> None:
    found = []
    for _ in range(3):
        labels = (alone.title_label, alone.text_label, alone.place_label)
        texts = [label.text() for label in labels]
        found.append((*texts, alone.back_button.isEnabled(), alone.next_button.text(), alone.accessibleName()))
        if len(found) < 3:
            alone.go(1)
    assert found == [
        ("Title 0", "Text 0.", "1 of 3", False, "Next", "Title 0. Text 0."),
        ("Title 1", "Text 1.", "2 of 3", True, "Next", "Title 1. Text 1."),
        ("Title 2", "Text 2.", "3 of 3", True, "Done", "Title 2. Text 2."),
    ]
    alone.go(-9)
    assert alone.number == 0


def test_that_what_is_not_seen_is_not_lit(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(700, 420)
    parts = [QWidget(window) for _ in range(3)]
    for number, part in enumerate(parts):
        part.setGeometry(100 * number, 50, 80, 40)
    window.show()
    parts[2].hide()
    tour = Tour(window, [Stop("Title", "Text.", lambda: parts)])
    assert tour._lit == QRect(0, 50, 180, 40)
    assert tour.geometry() == window.rect()


def test_that_no_key_of_the_window_is_one_while_it_lies_there(alone: Tour) -> None:
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_G, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(alone, event)
    assert event.isAccepted()


@pytest.mark.parametrize(
    ("lit", "expected"),
    [
        (QRect(0, 200, 686, 100), QPoint(685 + 14, 199)),  # just room at the right
        (QRect(0, 200, 687, 100), QPoint(193, 200 - 14 - 100)),  # and not
        (QRect(314, 200, 686, 100), QPoint(0, 199)),
        (QRect(313, 200, 687, 100), QPoint(506, 86)),
        (QRect(0, 114, 1000, 300), QPoint(349, 0)),
        (QRect(0, 113, 1000, 300), QPoint(349, 412 + 14)),
        (QRect(0, 0, 1000, 486), QPoint(349, 485 + 14)),
        (QRect(0, 0, 1000, 487), QPoint(349, 193)),
        (QRect(-400, -200, 300, 100), QPoint(14, 14)),
        (QRect(1200, 900, 300, 100), QPoint(999 - 300 - 14, 599 - 100 - 14)),
    ],
)
def test_that_a_bubble_stands_where_there_is_just_room_for_it(lit: QRect, expected: QPoint) -> None:
    assert beside(lit, 300, 100, QRect(0, 0, 1000, 600)) == expected


def test_that_each_stop_brings_its_view_to_the_front_and_shows_its_dock_or_the_tabs(qtbot: QtBot) -> None:
    docks = {name: QWidget() for name in ("timeline", "sample", "layers", "findings")}
    tabs = QWidget()
    for each in (*docks.values(), tabs):
        qtbot.addWidget(each)
    shown: list[str] = []
    places = [each.place() for each in stops(docks, tabs, shown.append)]
    assert shown == ["timeline", "network", "sample", "layers", "findings"]
    assert places == [[docks.get(name, tabs)] for name in shown]


def test_that_a_stop_is_shown_anew_when_the_window_has_another_size_and_for_nothing_else(qtbot: QtBot) -> None:
    window, places = QWidget(), list[str]()
    qtbot.addWidget(window)
    window.resize(700, 420)
    window.show()
    tour = Tour(window, [Stop("Title", "Text.", lambda: places.append("place") or [])])
    window.setWindowTitle("another")
    QApplication.processEvents()
    assert len(places) == 1
    window.resize(600, 420)
    QApplication.processEvents()
    assert (len(places), tour.size()) == (2, QSize(600, 420))


def test_that_a_step_beyond_the_last_ends_it(alone: Tour, qtbot: QtBot) -> None:
    with qtbot.waitSignal(alone.destroyed):
        alone.go(9)
