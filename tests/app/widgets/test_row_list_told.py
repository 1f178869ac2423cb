"""What a list of rows tells of them, what it asks for, and how tall a row is."""

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QModelIndex, QPoint, Qt
from PyQt6.QtGui import QFontMetricsF
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.analysis.row import Row
from app.palette import SMALL_PX, TEXT_PX, active, font
from app.widgets.row_list import ROW_ROLE, RowList, RowListModel
from app.window.theme import apply_theme
from tests.app.painted import painted

ROWS = (Row("above", "one\nline", "warning", tip="a <b>tip</b>"), Row("so", "second"), Row("so", "third"))
ROLE = Qt.ItemDataRole


@pytest.fixture
def listed(qtbot: QtBot, qapp: QApplication) -> RowList:
    apply_theme(qapp)
    made = RowList("Rows")
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    made.show_rows(ROWS, 1)
    return made


@pytest.fixture
def heard(listed: RowList) -> Iterator[list[object]]:
    found: list[object] = []
    listed.entered_row.connect(found.append)
    listed.chosen_changed.connect(lambda: found.append(("chosen", listed.chosen)))
    yield found


def middle(listed: RowList, number: int) -> QPoint:
    return listed.visualRect(listed.rows.index(number)).center()


def test_that_a_row_is_told_on_a_line_with_what_stands_above_it_and_its_tip_as_text(listed: RowList) -> None:
    index = listed.rows.index(0)
    assert index.data(ROLE.DisplayRole) == "one line"
    assert index.data(ROLE.AccessibleTextRole) == "above: one line"
    assert "&lt;b&gt;tip" in index.data(ROLE.ToolTipRole)
    assert index.data(ROW_ROLE) is ROWS[0]
    assert index.data(ROLE.DecorationRole) is None
    assert listed.accessibleName() == "Rows"


def test_that_rows_have_no_rows_of_their_own(listed: RowList) -> None:
    assert listed.rows.rowCount() == listed.rows.rowCount(QModelIndex()) == 3
    assert listed.rows.rowCount(listed.rows.index(0)) == 0


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (ROWS, []),
        ((ROWS[0], Row("so", "other"), ROWS[2]), [(1, 1)]),
        ((Row("so", "other"), ROWS[1], Row("so", "other")), [(0, 2)]),
        (ROWS[:2], ["reset"]),
        ((*ROWS, ROWS[0]), ["reset"]),
        ((), ["reset"]),
    ],
)
def test_that_rows_as_many_as_before_change_in_their_places_and_others_are_read_anew(
    qtbot: QtBot, rows: tuple[Row, ...], expected: list[object]
) -> None:
    model = RowListModel()
    model.show_rows(ROWS)
    found: list[object] = []
    model.dataChanged.connect(lambda first, last, _: found.append((first.row(), last.row())))
    model.modelReset.connect(lambda: found.append("reset"))
    model.show_rows(rows)
    assert found == expected
    assert model.rows == rows


def test_that_what_is_shown_chooses_without_a_word_and_what_the_user_does_is_told(
    listed: RowList, heard: list[object], qtbot: QtBot
) -> None:
    assert listed.chosen == 1
    listed.show_rows(ROWS, 2)
    listed.show_rows(ROWS, None)
    listed.show_rows(ROWS[:2], 0)
    assert listed.chosen == 0
    assert heard == []
    qtbot.keyClick(listed, Qt.Key.Key_Down)
    assert heard == [("chosen", 1)]
    qtbot.keyClick(listed, Qt.Key.Key_Return)
    assert heard == [("chosen", 1), 1]
    viewport = listed.viewport()
    assert viewport is not None
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=middle(listed, 0))
    assert heard[2:] == [("chosen", 0), 0]


def test_that_choosing_tells_of_a_change_alone(listed: RowList, heard: list[object]) -> None:
    for number in (1, 2, 2, None, None):
        listed.choose(number)
    assert heard == [("chosen", 2), ("chosen", None)]
    assert listed.chosen is None


def test_that_a_row_that_was_chosen_stays_the_current_one_of_the_keys(listed: RowList, qtbot: QtBot) -> None:
    listed.choose(2)
    qtbot.keyClick(listed, Qt.Key.Key_Up)
    assert listed.chosen == 1


@pytest.mark.parametrize("width", [300, 90])
def test_that_a_row_is_as_tall_as_its_lines_and_leaves_room_for_the_bar(listed: RowList, width: int) -> None:
    listed.resize(width, 200)
    QApplication.processEvents()
    bar = listed.verticalScrollBar()
    assert bar is not None
    assert listed.row_px == max(width - 2 * listed.frameWidth() - bar.sizeHint().width(), 120)
    small, line = QFontMetricsF(font(SMALL_PX)).height(), QFontMetricsF(font(TEXT_PX)).height()
    hint = listed.sizeHintForIndex(listed.rows.index(1))
    assert hint.height() == pytest.approx(small + 2 + line + 8, abs=1.5)
    assert hint.width() == int(listed.row_px)


def test_that_a_list_is_scrolled_by_px_down_alone_and_is_laid_out_at_its_own_width(listed: RowList) -> None:
    listed.show_rows([Row("above", "words that take more than a line " * 3)] * 9, None)
    bar, across, viewport = listed.verticalScrollBar(), listed.horizontalScrollBar(), listed.viewport()
    assert bar is not None and across is not None and viewport is not None
    rows = [listed.sizeHintForIndex(listed.rows.index(number)).height() for number in range(9)]
    assert bar.maximum() == sum(rows) - viewport.height()
    assert not across.isVisible()
    for width in (500, 200):
        listed.resize(width, 200)
        QApplication.processEvents()
        rows = [listed.sizeHintForIndex(listed.rows.index(number)).height() for number in range(9)]
        assert bar.maximum() == sum(rows) - viewport.height()


def test_that_rows_are_chosen_one_at_a_time_and_never_written_into(listed: RowList, qtbot: QtBot) -> None:
    viewport = listed.viewport()
    assert viewport is not None
    for number, keys in ((0, Qt.KeyboardModifier.NoModifier), (2, Qt.KeyboardModifier.ControlModifier)):
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, keys, middle(listed, number))
        assert [each.row() for each in listed.selectedIndexes()] == [number]
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=middle(listed, 1))
    qtbot.keyClick(listed, Qt.Key.Key_F2)
    assert listed.state() != RowList.State.EditingState
    assert listed.editTriggers() == RowList.EditTrigger.NoEditTriggers


def test_that_a_list_asks_for_no_more_room_than_it_needs_at_the_least(listed: RowList) -> None:
    assert listed.sizeHint() == listed.minimumSizeHint()


def test_that_of_a_long_text_four_lines_are_seen_of_which_the_last_is_cut(listed: RowList) -> None:
    def height(n_words: int) -> int:
        listed.show_rows([Row("above", "word " * n_words)], None)
        return listed.sizeHintForIndex(listed.rows.index(0)).height()

    heights = [height(n) for n in (4, 500, 5000)]
    assert heights[0] < heights[1] == heights[2]
    line = QFontMetricsF(font(TEXT_PX)).height()
    assert heights[1] - heights[0] == pytest.approx(3 * line, abs=1.5)
    lines = [each for each in painted(listed).texts if each.startswith("word")]
    assert len(lines) == 4
    assert lines[3].endswith("…") and not any("…" in each for each in lines[:3])


def test_that_a_text_of_four_lines_is_whole(listed: RowList) -> None:
    n_words = 1
    while True:
        listed.show_rows([Row("above", "word " * n_words)], None)
        lines = [each for each in painted(listed).texts if each.startswith("word")]
        if any("…" in each for each in lines):
            break
        n_words += 1
    before = " ".join(["word"] * (n_words - 1))
    listed.show_rows([Row("above", before)], None)
    lines = [each for each in painted(listed).texts if each.startswith("word")]
    assert " ".join(each.strip() for each in lines) == before
    assert len(lines) == 4


def test_that_a_row_has_its_colours_by_its_severity_and_by_whether_it_is_chosen(listed: RowList) -> None:
    rows = [Row("critical", "first", "critical"), Row("none", "second"), Row("faint", "third", "note", is_faint=True)]

    def colours(chosen: int | None) -> dict[str, str]:
        listed.show_rows(rows, chosen)
        return {each.text: each.colour for each in painted(listed).words}

    palette = active()
    usual = {
        "critical": palette.wrong,
        "first": palette.text,
        "none": palette.faint_text,
        "second": palette.text,
        "faint": palette.faint_text,
        "third": palette.faint_text,
    }
    assert colours(None) == usual
    assert colours(0) == usual | {"critical": palette.text}
    assert colours(2) == usual | {"faint": palette.text, "third": palette.text}


def test_that_a_row_with_a_mark_is_set_in_and_its_text_has_less_room(listed: RowList) -> None:
    listed.show_rows([Row("marked", "first", "note"), Row("plain", "second")], None)
    found = painted(listed)
    marked, plain = found.word("marked").place.left(), found.word("plain").place.left()
    assert marked - plain == pytest.approx(18, abs=1)
    assert found.word("first").place.left() - found.word("second").place.left() == pytest.approx(18, abs=1)
    (ring,) = [each for each in found.lines(active().faint_text) if each.place.width() < 15]
    assert ring.place.right() < marked
    assert ring.place.center().y() == pytest.approx(found.word("marked").place.center().y(), abs=3)


def test_that_the_row_of_the_keys_has_a_frame_while_the_list_has_the_focus(listed: RowList, qtbot: QtBot) -> None:
    def frames() -> list[float]:
        return [each.place.width() for each in painted(listed).lines(active().hovered) if each.place.width() > 100]

    listed.clearFocus()
    assert frames() == []
    listed.activateWindow()
    listed.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(listed.hasFocus)
    (width,) = frames()
    assert width == pytest.approx(listed.visualRect(listed.rows.index(1)).width() - 1)
