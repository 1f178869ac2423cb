"""What stands below or beside what, words in the place of a content, and tables of whole rows."""

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QRect, QSize, Qt
from PyQt6.QtWidgets import QAbstractItemView, QApplication, QLabel, QLineEdit, QTableWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.widgets.below import below, in_row
from app.widgets.empty_state import EmptyState, EmptyStateLayout, ShownPageLayout, write_absence
from app.widgets.heading_line import HeadingLine
from app.widgets.table_of_rows import choose_rows
from app.widgets.wrapping_row import WrappingRow
from tests.app.painted import painted_by


class Fixed(QWidget):
    """Wants to be so large, and can be no smaller than that or what is said."""

    def __init__(self, width: int, height: int = 20, least: int | None = None) -> None:
        super().__init__()
        self._hint, self._least = QSize(width, height), QSize(width if least is None else least, height)

    def sizeHint(self) -> QSize:
        return self._hint

    def minimumSizeHint(self) -> QSize:
        return self._least


def laid_out(widget: QWidget, qtbot: QtBot, width: int, height: int = 100) -> None:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    QApplication.processEvents()


def test_that_a_widget_below_another_has_the_rest_of_the_height_2_px_below_it(qtbot: QtBot) -> None:
    above, widget = Fixed(50), QWidget()
    above.setFixedHeight(20)
    whole = below(above, widget)
    laid_out(whole, qtbot, 200)
    assert above.geometry() == QRect(0, 0, 200, 20)
    assert widget.geometry() == QRect(0, 22, 200, 78)


def test_that_below_several_it_is_4_px_and_they_are_6_px_apart(qtbot: QtBot) -> None:
    parts = [Fixed(30), Fixed(40)]
    for each in parts:
        each.setFixedSize(each.sizeHint())
    widget = QWidget()
    whole = below([parts[0], None, parts[1]], widget)
    laid_out(whole, qtbot, 200)
    assert parts[0].geometry() == QRect(0, 0, 30, 20)
    assert parts[1].geometry().getRect()[::2] == (160, 40)
    assert widget.geometry() == QRect(0, 24, 200, 76)


def test_that_in_a_row_a_heading_takes_what_the_others_leave(qtbot: QtBot) -> None:
    whole = QWidget()
    heading, other = HeadingLine("Loss"), Fixed(40)
    whole.setLayout(in_row([heading, other]))
    laid_out(whole, qtbot, 200, 24)
    assert (heading.x(), heading.width(), other.x(), other.width()) == (0, 154, 160, 40)


def test_that_words_stand_in_the_middle_and_are_wrapped(qapp: QApplication) -> None:
    room = QRect(20, 10, 120, 80)
    found = painted_by(lambda painter: write_absence(painter, room, "words " * 8), QSize(200, 120)).words
    assert len(found) > 1
    assert all(room.toRectF().contains(each.place) for each in found)
    middle = (found[0].place.top() + found[-1].place.bottom()) / 2
    assert middle == pytest.approx(50, abs=3)
    assert all(each.place.center().x() == pytest.approx(80, abs=6) for each in found)


def test_that_words_of_an_empty_state_are_wrapped_and_stand_above_the_button(qtbot: QtBot) -> None:
    state = EmptyState("Nothing was measured in this run, so there is nothing to be seen here.")
    laid_out(state, qtbot, 260, 200)
    assert state.label.wordWrap()
    assert state.label.alignment() == Qt.AlignmentFlag.AlignCenter
    assert not state.go_button.isVisible()
    assert state.label.geometry().center().y() == pytest.approx(100, abs=8)
    assert state.go_button.focusPolicy() == Qt.FocusPolicy.TabFocus
    state.show_text("More comes later.", can_go=True)
    QApplication.processEvents()
    button = state.go_button.geometry()
    assert button.top() > state.label.geometry().bottom()
    assert button.width() < 230 and button.center().x() == pytest.approx(130, abs=2)
    state.show_text("Nothing more.")
    assert not state.go_button.isVisible()


def test_that_a_panel_shows_its_content_or_words(qtbot: QtBot) -> None:
    panel, content = QWidget(), Fixed(90)
    pages = EmptyStateLayout(panel, content, "Nothing yet.")
    laid_out(panel, qtbot, 300)
    assert pages.is_empty and not content.isVisible()
    pages.show_content()
    assert not pages.is_empty and content.isVisible()
    assert content.geometry() == panel.rect(), "up to its borders"
    pages.show_text("Nothing more.", can_go=True)
    assert pages.is_empty and not content.isVisible()
    assert pages.state.label.text() == "Nothing more."
    assert not pages.state.go_button.isHidden()


def test_that_pages_ask_for_the_room_of_the_one_that_is_shown(qtbot: QtBot) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    pages = ShownPageLayout(whole)
    assert pages.minimumSize() == QSize(0, 0)
    first, second = Fixed(90, 20), Fixed(40, 60)
    for each in (first, second):
        pages.addWidget(each)
    assert pages.minimumSize() == QSize(90, 20)
    second.setMinimumWidth(70)
    pages.setCurrentWidget(second)
    assert pages.minimumSize() == QSize(70, 60)


@pytest.fixture
def table(qtbot: QtBot) -> Iterator[QTableWidget]:
    """Between two lines that can have the focus."""
    whole = QWidget()
    qtbot.addWidget(whole)
    column = QVBoxLayout(whole)
    made = QTableWidget(3, 3)
    for each in (QLineEdit(), made, QLineEdit()):
        column.addWidget(each)
    choose_rows(made)
    whole.show()
    whole.activateWindow()
    qtbot.waitUntil(whole.isActiveWindow)
    yield made


def test_that_one_whole_row_of_a_table_is_chosen_at_a_time(table: QTableWidget, qtbot: QtBot) -> None:
    model, selection, viewport = table.model(), table.selectionModel(), table.viewport()
    assert model is not None and selection is not None and viewport is not None
    for row, keys in ((0, Qt.KeyboardModifier.NoModifier), (2, Qt.KeyboardModifier.ControlModifier)):
        at = table.visualRect(model.index(row, 1)).center()
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, keys, at)
        assert {(each.row(), each.column()) for each in selection.selectedIndexes()} == {(row, n) for n in range(3)}


def test_that_tab_leaves_a_table(table: QTableWidget, qtbot: QtBot) -> None:
    table.setFocus(Qt.FocusReason.TabFocusReason)
    table.setCurrentCell(0, 0)
    qtbot.keyClick(table, Qt.Key.Key_Tab)
    assert not table.hasFocus()
    assert (table.currentRow(), table.currentColumn()) == (0, 0)


def test_that_a_table_has_no_grid_breaks_no_word_and_goes_across_by_px(table: QTableWidget) -> None:
    assert not table.showGrid()
    assert not table.wordWrap()
    assert table.horizontalScrollMode() == QAbstractItemView.ScrollMode.ScrollPerPixel


def wrapped(qtbot: QtBot, width: int, *, least: int | None = None) -> tuple[WrappingRow, Fixed, Fixed]:
    first, second = Fixed(60), Fixed(90, least=least)
    row = WrappingRow(first, second)
    laid_out(row, qtbot, width, 60)
    return row, first, second


def test_that_two_stand_beside_each_other_10_px_apart_as_long_as_both_have_their_width(qtbot: QtBot) -> None:
    row, first, second = wrapped(qtbot, 160)
    assert not row.is_wrapped
    assert (first.x(), second.x()) == (0, 70)
    row.resize(300, 60)
    assert (first.width(), second.x(), second.width()) == (60, 70, 230), "the second takes the rest"
    for part in (first, second):
        assert (part.y(), part.height()) == (0, 60), "without a margin"


def test_that_below_each_other_they_are_2_px_apart_and_come_back_where_there_is_room(qtbot: QtBot) -> None:
    row, first, second = wrapped(qtbot, 159, least=40)
    assert row.is_wrapped
    assert second.y() - first.geometry().bottom() - 1 == 2
    row.resize(160, 60)
    QApplication.processEvents()
    assert not row.is_wrapped
    assert second.x() - first.geometry().right() - 1 == 10


def test_that_a_row_can_be_as_narrow_as_the_wider_of_the_two(qtbot: QtBot) -> None:
    row, first, second = wrapped(qtbot, 400)
    assert row.minimumSizeHint().width() == 90
    first.setMinimumWidth(120)
    assert row.minimumSizeHint().width() == 120
    label = QLabel("words")
    qtbot.addWidget(label)
    other = WrappingRow(label, HeadingLine("Loss"))
    qtbot.addWidget(other)
    assert other.minimumSizeHint().width() == label.minimumSizeHint().width()
    assert second.minimumSizeHint().width() == 90
