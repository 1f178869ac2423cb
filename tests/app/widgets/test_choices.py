"""Boxes and buttons of which one is chosen: what is told once, what stays, and what a list looks like."""

from collections.abc import Iterator
from enum import Enum

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtWidgets import QApplication, QComboBox, QSizePolicy, QStyleFactory
from pytestqt.qtbot import QtBot

from app.widgets.choice_box import MORE, ChoiceBox
from app.widgets.segments import Segments
from tests.app.painted import painted

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")


class Fruit(Enum):
    APPLE = "an apple"
    PEAR = "a pear"


@pytest.fixture
def box(qtbot: QtBot) -> Iterator[ChoiceBox]:
    made = ChoiceBox("Which <b>fruit</b>")
    qtbot.addWidget(made)
    made.show()
    yield made
    made.hidePopup()


@pytest.fixture
def heard(box: ChoiceBox) -> Iterator[list[object]]:
    found: list[object] = []
    box.chosen.connect(lambda: found.append(box.choice))
    yield found


def entries(box: ChoiceBox) -> list[str]:
    return [box.itemText(number) for number in range(box.count())]


def test_that_a_box_says_what_is_chosen_in_it_as_text(box: ChoiceBox) -> None:
    assert box.accessibleName() == "Which <b>fruit</b>"
    assert "&lt;b&gt;fruit" in box.toolTip()
    assert box.focusPolicy() == Qt.FocusPolicy.TabFocus
    assert box.maxVisibleItems() == 30
    assert box.sizeAdjustPolicy() == QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon


def test_that_members_of_an_enumeration_and_words_are_called_by_themselves_on_a_line(box: ChoiceBox) -> None:
    assert (box.choice, box.offered) == (None, [])
    box.offer([Fruit.APPLE, Fruit.PEAR])
    assert entries(box) == ["an apple", "a pear"]
    assert box.choice is Fruit.APPLE
    box.offer(["two\nlines"])
    assert entries(box) == ["two lines"]
    box.offer({1: "one\nentry"})
    assert (entries(box), box.choice) == (["one entry"], 1)


def test_that_nothing_happens_where_the_same_is_offered_and_the_order_counts(box: ChoiceBox) -> None:
    n_cleared = 0

    def cleared() -> None:
        nonlocal n_cleared
        n_cleared += 1

    model = box.model()
    assert model is not None
    model.rowsRemoved.connect(cleared)
    box.offer({1: "one", 2: "two"}, {3: "three"})
    box.offer({1: "one", 2: "two"}, {3: "three"})
    assert n_cleared == 0
    box.offer({2: "two", 1: "one"}, {3: "three"})
    assert n_cleared == 1
    assert entries(box) == ["two", "one", MORE]
    box.offer({2: "two", 1: "other"}, {3: "three"})
    assert entries(box) == ["two", "other", MORE]


def test_that_what_was_behind_more_stays_in_sight_while_the_same_is_offered(box: ChoiceBox) -> None:
    box.offer({1: "one"}, {2: "two"})
    box.choose(2)
    assert entries(box) == ["one", "two"]
    box.offer({1: "one"}, {2: "two"})
    assert (entries(box), box.choice) == (["one", "two"], 2)
    box.offer({1: "one"}, {2: "two", 3: "three"})
    assert (entries(box), box.choice) == (["one", "two", "three"], 2), "the choice is among them"
    box.offer({1: "one"}, {4: "four"})
    assert (entries(box), box.choice) == (["one", MORE], 1)


def test_that_choosing_from_elsewhere_is_not_told_and_what_is_not_offered_changes_nothing(
    box: ChoiceBox, heard: list[object]
) -> None:
    box.offer({1: "one", 2: "two"})
    box.choose(2)
    box.choose(7)
    assert box.choice == 2
    box.offer({3: "three"})
    assert box.choice == 3
    assert heard == []


def test_that_more_leads_back_to_what_was_chosen_before_it(box: ChoiceBox, heard: list[object], qtbot: QtBot) -> None:
    box.offer({1: "one", 2: "two"}, {3: "three"})
    box.choose(2)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert (box.choice, entries(box), heard) == (2, ["one", "two", "three"], [])
    view = box.view()
    assert view is not None
    qtbot.waitUntil(view.isVisible)
    assert view.textElideMode() == Qt.TextElideMode.ElideMiddle


def test_that_an_entry_that_is_chosen_again_is_told_again(box: ChoiceBox, heard: list[object], qtbot: QtBot) -> None:
    box.offer({1: "one", 2: "two"})
    for _ in range(2):
        box.showPopup()
        view = box.view()
        assert view is not None
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert heard == [1, 1]


@pytest.mark.parametrize("letters", [5, 60, 399])
def test_that_a_list_is_24_px_wider_than_its_longest_entry_and_never_wider_than_the_screen(
    box: ChoiceBox, letters: int
) -> None:
    windows = QStyleFactory.create("Windows")  # whose lists have no width of their own
    box.setStyle(windows)
    screen, view = box.screen(), box.view()
    assert screen is not None and view is not None
    box.offer(["w" * letters, "m" * letters])
    box.showPopup()
    wanted = view.sizeHintForColumn(0) + 24
    assert wanted > box.fontMetrics().horizontalAdvance("m" * letters) + 24
    assert view.minimumWidth() == view.width() == min(wanted, screen.availableGeometry().width())
    box.hidePopup()
    box.setStyle(None)


def test_that_a_box_is_as_wide_as_its_entries_up_to_260_px_and_shrinks_to_104(box: ChoiceBox) -> None:
    metrics = box.fontMetrics()
    empty = box.sizeHint().width()
    for text in ("m", "mmmmm", "mmmmmmmmmm"):
        box.offer(["i", text])
        assert box.sizeHint().width() == empty + metrics.horizontalAdvance(text)
        assert box.minimumSizeHint().width() == min(box.sizeHint().width(), 104)
        assert box.minimumSizeHint().height() == box.sizeHint().height()
    box.offer(["m" * 90])
    assert (box.sizeHint().width(), box.minimumSizeHint().width()) == (260, 104)


@pytest.mark.parametrize(("n_longer", "measured"), [(49, "WWW"), (50, "iiii")])
def test_that_of_many_entries_the_50_longest_are_measured(box: ChoiceBox, n_longer: int, measured: str) -> None:
    empty = box.sizeHint().width()
    box.offer({number: "iiii" if number else "WWW" for number in range(n_longer + 1)})
    assert box.sizeHint().width() == empty + box.fontMetrics().horizontalAdvance(measured)


def test_that_a_narrow_box_cuts_its_words_in_the_middle(box: ChoiceBox) -> None:
    box.offer(["encoder.layer.11.attention.output.dense"])
    box.resize(140, box.sizeHint().height())
    (shown,) = [each for each in painted(box).texts if each.startswith("enc")]
    assert "…" in shown and shown.endswith("e")


@pytest.fixture
def segments(qtbot: QtBot) -> Segments:
    made = Segments(["a & b", "other"])
    qtbot.addWidget(made)
    made.show()
    return made


def test_that_segments_show_what_is_offered_side_by_side_and_let_the_others_go(segments: Segments) -> None:
    buttons = list(segments.buttons.values())
    assert [each.text() for each in buttons] == ["a && b", "other"]
    assert all(each.isCheckable() and each.autoRaise() for each in buttons)
    assert not any(each.focusPolicy().value & Qt.FocusPolicy.ClickFocus.value for each in buttons)
    assert segments.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Fixed
    assert segments.sizePolicy().verticalPolicy() == QSizePolicy.Policy.Fixed
    assert buttons[1].x() - buttons[0].geometry().right() == 2
    assert buttons[0].pos().isNull()
    segments.show_options(["a & b", "other"], ["tip", "<b>tip</b>"])
    assert list(segments.buttons.values()) == buttons, "the same are kept"
    assert buttons[0].toolTip() == "tip"
    assert "&lt;b&gt;" in buttons[1].toolTip()
    segments.show_options(["third"])
    assert not any(each.isVisible() for each in buttons)
    gone: list[str] = []
    for each in buttons:
        each.destroyed.connect(lambda *_: gone.append("gone"))
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert gone == ["gone", "gone"]


def test_that_a_segment_tells_of_a_click_alone_and_one_out_of_reach_says_why(segments: Segments, qtbot: QtBot) -> None:
    heard: list[str] = []
    segments.chosen.connect(heard.append)
    segments.show_chosen("other")
    segments.show_chosen("absent")
    assert segments.buttons["other"].isChecked()
    segments.show_reach("a & b", False, "not now")
    first = segments.buttons["a & b"]
    assert (first.isEnabled(), first.toolTip()) == (False, "not now")
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert heard == []
    segments.show_reach("a & b", True, "")
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert heard == ["a & b"]
    assert not segments.buttons["other"].isChecked()
