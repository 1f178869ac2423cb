"""The box from which one of several is chosen, by keys and by what it shows."""

from collections.abc import Iterator
from time import process_time

import pytest
from PyQt6.QtCore import QRect, Qt
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.widgets.choice_box import MORE, ChoiceBox

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")
"""The offscreen platform says so of every list that opens."""

LONG = ["encoder.layer.11.attention.output." + "dense." * 12 + name for name in ("query", "key")]


@pytest.fixture
def box(qtbot: QtBot) -> Iterator[ChoiceBox]:
    """Beside something that takes the rest of the room."""
    whole = QWidget()
    qtbot.addWidget(whole)
    row = QHBoxLayout(whole)
    box = ChoiceBox("Layer")
    row.addWidget(box)
    row.addWidget(QLabel("beside"), stretch=1)
    whole.resize(700, 60)
    whole.show()
    yield box
    box.hidePopup()


def width(box: ChoiceBox, qtbot: QtBot) -> int:
    qtbot.waitUntil(lambda: box.width() == box.sizeHint().width())
    return box.width()


def test_that_it_shrinks_again_when_short_names_come_after_long_ones(box: ChoiceBox, qtbot: QtBot) -> None:
    box.offer(["fc1", "fc2"])
    short = width(box, qtbot)
    box.offer(LONG)
    assert width(box, qtbot) > short
    box.offer(["fc1", "fc2"])
    assert width(box, qtbot) == short


def test_that_it_shrinks_also_while_it_is_hidden(box: ChoiceBox, qtbot: QtBot) -> None:
    box.offer(["fc1", "fc2"])
    short = width(box, qtbot)
    box.offer(LONG)
    width(box, qtbot)
    box.hide()
    box.offer(["fc1", "fc2"])
    box.show()
    assert width(box, qtbot) == short


def test_that_no_name_makes_the_window_wider(box: ChoiceBox) -> None:
    box.offer([name * 20 for name in LONG])
    assert box.minimumSizeHint().width() <= 140
    assert box.sizeHint().width() <= 260


def test_that_its_list_is_as_wide_as_its_longest_entry(box: ChoiceBox, qtbot: QtBot) -> None:
    box.offer(["fc1", LONG[0][:70]])
    box.showPopup()
    qtbot.waitUntil(box.view().isVisible)
    assert box.view().viewport().width() >= box.fontMetrics().horizontalAdvance(LONG[0][:70])


def test_that_the_choice_stays_when_other_things_are_offered(box: ChoiceBox) -> None:
    box.offer(["fc1", "fc2"])
    box.choose("fc2")
    box.offer({"conv": "conv", "fc2": "the last"})
    assert (box.choice, box.currentText()) == ("fc2", "the last")
    box.offer(["other"])
    assert box.choice == "other"


def test_that_more_opens_the_rest_and_is_no_choice_itself(box: ChoiceBox, qtbot: QtBot) -> None:
    chosen: list[object] = []
    box.chosen.connect(lambda: chosen.append(box.choice))
    box.offer({1: "one", 2: "two"}, {3: "three", 4: "four"})
    assert [box.itemText(number) for number in range(box.count())] == ["one", "two", MORE]
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.waitUntil(box.view().isVisible)
    assert chosen == [2]
    assert (box.choice, box.offered) == (2, [1, 2, 3, 4])
    box.hidePopup()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert chosen == [2, 3]


def test_that_what_is_behind_more_can_be_chosen_from_elsewhere(box: ChoiceBox) -> None:
    box.offer({1: "one"}, {2: "two"})
    box.choose(2)
    assert (box.choice, box.currentText()) == (2, "two")


def test_that_what_is_chosen_is_shown_whole_where_the_box_has_its_own_width(box: ChoiceBox, qtbot: QtBot) -> None:
    box.offer(["features", "samples"])
    width(box, qtbot)
    whole = box.grab().toImage()
    box.setFixedWidth(box.width() + 40)
    wide = box.grab().toImage()
    left = QRect(0, 0, box.fontMetrics().horizontalAdvance("features"), whole.height())
    assert whole.copy(left) == wide.copy(left)


def test_that_ten_thousands_of_names_are_offered_without_a_wait(box: ChoiceBox) -> None:
    names = [f"encoder.layer.{number}.output" for number in range(20_000)]
    began = process_time()
    box.offer(names)
    box.choose(names[-1])
    box.grab()
    assert process_time() - began < 2, "each of them was measured for each"
    assert box.choice == names[-1]
