"""The tour, by its real buttons and keys."""

import pytest
from PyQt6.QtCore import QPoint, QRect, QSize, Qt
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from app.window.tour import Tour, beside
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
