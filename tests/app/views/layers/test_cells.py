"""Where in its cell a delegate paints, and that it paints nowhere else."""

import pytest
from PyQt6.QtCore import QRect, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from app.analysis.health import health_of
from app.views.layers.layer_table_model import LayerColumn
from app.views.layers.panel import LayersPanel
from app.widgets.plain_text import width_of
from app.widgets.severity_mark import MARK_PX
from tests.app.made_up_findings import finding
from tests.app.painted import Words, painted_by
from tests.app.views.layers.layered_run import run

Column = LayerColumn
NAMES = ("a0", "m.a0", "m.a1", "m.n.a0", "m.n.a1")
SIZE, GROUND = QSize(400, 60), QColor(1, 2, 3)


@pytest.fixture
def panel(qtbot: QtBot, qapp) -> LayersPanel:
    panel = LayersPanel()
    qtbot.addWidget(panel)
    panel.show_collection(run(*NAMES))  # type: ignore[arg-type]
    panel.show_health(health_of([finding(rule, "warning", ["a0"], 6) for rule in ("one", "other")]))
    return panel


def paint(panel: LayersPanel, painter: QPainter, row: int, column: Column, rect: QRect, more: QStyle.StateFlag) -> None:
    option = QStyleOptionViewItem()
    option.initFrom(panel.table)
    option.widget, option.rect, option.font = panel.table, rect, panel.table.font()
    option.state = QStyle.StateFlag.State_Enabled | more
    painter.setFont(panel.table.font())
    delegate = panel.table.itemDelegateForColumn(column)
    assert delegate is not None
    delegate.paint(painter, option, panel.model.index(row, column))


def image_of(panel: LayersPanel, row: int, column: Column, rect: QRect, more: QStyle.StateFlag) -> QImage:
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    image.fill(GROUND)
    painter = QPainter(image)
    paint(panel, painter, row, column, rect, more)
    painter.end()
    return image


def words_of(panel: LayersPanel, row: int, column: Column, rect: QRect) -> list[Words]:
    return painted_by(lambda painter: paint(panel, painter, row, column, rect, QStyle.StateFlag.State_None), SIZE).words


@pytest.mark.parametrize("column", [Column.NAME, Column.HEALTH, Column.SPARK])
@pytest.mark.parametrize("width", [4, 16, 60, 130])
@pytest.mark.parametrize("row", [0, 1])
def test_that_nothing_is_painted_beside_a_cell_and_no_frame_of_the_focus_in_it(
    panel: LayersPanel, column: Column, width: int, row: int
) -> None:
    rect = QRect(100, 20, width, 20)
    none, focus = QStyle.StateFlag.State_None, QStyle.StateFlag.State_HasFocus
    plain = image_of(panel, row, column, rect, none)
    assert image_of(panel, row, column, rect, focus) == plain
    beside = {
        plain.pixelColor(x, y).getRgb()
        for x in range(SIZE.width())
        for y in range(SIZE.height())
        if not rect.contains(x, y)
    }
    assert beside == {GROUND.getRgb()}


@pytest.mark.parametrize("state", [QStyle.StateFlag.State_None, QStyle.StateFlag.State_Selected])
def test_that_a_cell_has_the_ground_of_the_theme_below_its_words(panel: LayersPanel, state: QStyle.StateFlag) -> None:
    rect = QRect(100, 20, 60, 20)
    image = image_of(panel, 0, Column.NAME, rect, state)
    ground = image.pixelColor(rect.right() - 1, rect.center().y())
    assert (ground != GROUND) == bool(state), "the table has its own, on which only what is selected has another"


def test_that_names_are_indented_by_the_modules_around_them(panel: LayersPanel) -> None:
    rect = QRect(30, 10, 300, 20)
    top, inner, innermost = (words_of(panel, row, Column.NAME, rect)[0] for row in (0, 2, 4))
    assert [each.text for each in (top, inner, innermost)] == ["a0", "a1", "a1"]
    assert inner.place.left() - top.place.left() == pytest.approx(10, abs=0.1)
    assert innermost.place.left() - top.place.left() == pytest.approx(20, abs=0.1)
    alone = painted_by(lambda painter: _write(painter, panel, rect.left() + 6, "a0"), SIZE).word("a0")
    assert top.place.left() == pytest.approx(alone.place.left(), abs=0.1)


def _write(painter: QPainter, panel: LayersPanel, x: int, text: str) -> None:
    painter.setFont(panel.table.font())
    painter.drawText(QRect(x, 10, 300, 20), Qt.AlignmentFlag.AlignVCenter, text)


def test_that_a_module_is_named_before_its_first_layer_and_gives_way_to_it(panel: LayersPanel) -> None:
    metrics = panel.table.fontMetrics()
    module_px, name_px = width_of(metrics, "m.n."), width_of(metrics, "a0")
    wide = words_of(panel, 3, Column.NAME, QRect(30, 10, 300, 20))
    assert [each.text for each in wide] == ["m.n.", "a0"]
    assert wide[1].place.left() - wide[0].place.left() == pytest.approx(module_px, abs=1)
    whole_px = 12 + module_px + 1 + name_px
    lefts = [
        words_of(panel, 3, Column.NAME, QRect(30, 10, int(whole_px + 1) + more, 20))[0].place.left()
        for more in (0, 5, 20, 60)
    ]
    assert [each - lefts[0] for each in lefts[1:]] == [
        pytest.approx(5, abs=1), pytest.approx(20, abs=1), pytest.approx(20, abs=1),
    ]  # fmt: skip
    narrow = words_of(panel, 3, Column.NAME, QRect(30, 10, int(12 + name_px + module_px / 2), 20))
    assert narrow[-1].text == "a0"
    assert [each.text for each in narrow[:-1]] != ["m.n."]


def test_that_how_much_is_found_stands_beside_the_mark_where_it_is_more_than_one(panel: LayersPanel) -> None:
    rect = QRect(30, 10, 60, 20)
    (number,) = words_of(panel, 0, Column.HEALTH, rect)
    alone = painted_by(lambda painter: _write(painter, panel, 0, "2"), SIZE).word("2")
    assert number.text == "2"
    assert number.place.left() - alone.place.left() == pytest.approx(rect.left() + 6 + MARK_PX + 5, abs=0.6)
    panel.show_health(health_of([finding("one", "warning", ["a0"], 6)]))
    assert words_of(panel, 0, Column.HEALTH, rect) == []
    assert words_of(panel, 1, Column.HEALTH, rect) == []
