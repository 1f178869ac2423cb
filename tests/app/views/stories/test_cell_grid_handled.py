"""How a small table of colours is handled: clicks, tips, marks, and what is painted anew and when."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QHelpEvent, QMouseEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.palette import active
from app.views.stories.cell_grid import CellGrid
from tests.app.painted import Paints, painted

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def show(grid: CellGrid, rows: str = "abc", columns: str = "wxyz", shade: int = 0) -> None:
    colours = np.full((len(rows), len(columns), 3), shade, np.uint8)
    grid.show_cells(colours, list(rows), list(columns), lambda row, column: f"{rows[row]} by {columns[column]}")


@pytest.fixture
def grid(qtbot: QtBot) -> CellGrid:
    """Of three rows and four columns."""
    grid = CellGrid("Made up")
    qtbot.addWidget(grid)
    grid.resize(300, 130)
    show(grid)
    grid.show()
    qtbot.waitExposed(grid)
    return grid


@pytest.fixture
def clicked(grid: CellGrid) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    grid.clicked.connect(lambda *cell: found.append(cell))
    return found


def corners(grid: CellGrid, row: int, column: int) -> list[QPoint]:
    """Pixels inside a cell."""
    place = grid.place_of(row, column).adjusted(1, 1, -1, -1)
    return [each.toPoint() for each in (place.topLeft(), place.topRight(), place.bottomLeft(), place.bottomRight())]


def test_that_cells_share_the_plot_evenly_and_are_clicked_up_to_their_borders(
    grid: CellGrid, clicked: list[tuple[int, int]]
) -> None:
    plot = grid.plot()
    assert grid.place_of(0, 0).topLeft() == plot.topLeft()
    assert grid.place_of(2, 3).bottomRight() == plot.bottomRight()
    assert grid.place_of(1, 2) == grid.place_of(0, 0).translated(plot.width() / 2, plot.height() / 3)
    for cell in ((0, 0), (1, 2), (2, 3)):
        for at in corners(grid, *cell):
            QTest.mouseClick(grid, LEFT, pos=at)
        assert clicked == [cell] * 4
        clicked.clear()
    for at in (plot.topLeft() - QPointF(2, 0), plot.topLeft() - QPointF(0, 2), plot.bottomRight() + QPointF(2, 2)):
        QTest.mouseClick(grid, LEFT, pos=at.toPoint())
    QTest.mouseClick(grid, RIGHT, pos=corners(grid, 1, 1)[0])
    assert clicked == []
    assert [grid.cell_at(each) for each in (plot.topLeft(), plot.bottomRight())] == [(0, 0), (2, 3)]


def test_that_of_no_cells_none_is_clicked_or_walked_to(grid: CellGrid, clicked: list[tuple[int, int]]) -> None:
    QTest.keyClick(grid, Qt.Key.Key_Return)
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert grid.walk.at == (1, 0)
    assert grid.accessibleDescription() == "b by w"
    assert grid.walk.ring.isVisible()
    grid.show_absence("There is none.")
    assert not grid.walk.ring.isVisible()
    assert grid.walk.at is None
    QTest.mouseClick(grid, LEFT, pos=QPoint(150, 50))
    assert clicked == []
    assert (painted(grid).texts, painted(grid).pictures) == (["There is none."], [])
    show(grid)
    assert "There is none." not in painted(grid).texts


def test_that_a_press_goes_no_further(grid: CellGrid) -> None:
    at, none = QPointF(corners(grid, 1, 1)[0]), Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseButtonPress, at, at, LEFT, LEFT, none)
    event.ignore()
    grid.mousePressEvent(event)
    assert event.isAccepted()


def test_that_only_a_tip_is_told_in_a_tip(grid: CellGrid, qtbot: QtBot) -> None:
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
    for kind in (QEvent.Type.WhatsThis, QEvent.Type.ToolTip):
        assert not QToolTip.isVisible()
        at = corners(grid, 2, 3)[3]
        assert grid.event(QHelpEvent(kind, at, grid.mapToGlobal(at)))
    assert QToolTip.text() == "c by z"


@pytest.mark.parametrize(
    ("row", "column", "place"),
    [
        (None, None, None),
        (1, None, (1, 0, 1, 3)),
        (None, 2, (0, 2, 2, 2)),
        (2, 3, (2, 3, 2, 3)),
        (0, 0, (0, 0, 0, 0)),
        (3, None, None),
        (None, 4, None),
    ],
)
def test_that_a_row_a_column_or_a_cell_is_marked_where_there_is_one(
    grid: CellGrid, row: int | None, column: int | None, place: tuple[int, int, int, int] | None
) -> None:
    grid.show_marked(row, column)
    frames = [each.place for each in painted(grid).lines(active().hovered)]
    if place is None:
        assert frames == []
        return
    first, last = grid.place_of(*place[:2]), grid.place_of(*place[2:])
    wanted = QRectF(first.topLeft(), last.bottomRight())
    assert np.allclose(frames[0].getRect(), wanted.getRect(), atol=0.1)  # type: ignore[arg-type]


def n_paints(grid: CellGrid, do: Callable[[], object]) -> tuple[int, int]:
    """How often it is painted anew, and how often its cells are."""
    QApplication.processEvents()
    paints, cells = Paints(grid), 0
    usual = grid._paint_cells

    def paint_cells(painter: object) -> None:
        nonlocal cells
        cells += 1
        usual(painter)  # type: ignore[arg-type]

    grid._paint_cells = paint_cells  # type: ignore[method-assign]
    do()
    QApplication.processEvents()
    grid._paint_cells = usual  # type: ignore[method-assign]
    return paints.n, cells


def test_that_cells_are_painted_anew_for_others_and_not_for_a_mark(grid: CellGrid) -> None:
    grid.show_marked(1, 2)
    assert n_paints(grid, lambda: grid.show_marked(1, 2)) == (0, 0)
    assert n_paints(grid, lambda: grid.show_marked(1, 3)) == (1, 0)
    assert n_paints(grid, lambda: show(grid, shade=200)) == (1, 1)
    assert n_paints(grid, lambda: grid.resize(310, 140))[1] == 1
    for kind, times in ((QEvent.Type.PaletteChange, 1), (QEvent.Type.LanguageChange, 0)):
        assert n_paints(grid, lambda: QApplication.sendEvent(grid, QEvent(kind)))[1] == times  # noqa: B023
    assert n_paints(grid, lambda: grid.setEnabled(False))[0] > 0


@pytest.mark.parametrize(("is_square", "width"), [(False, 360), (True, 168)])
def test_that_names_of_rows_take_a_third_of_the_width_up_to_a_most(is_square: bool, width: int, qtbot: QtBot) -> None:
    grid = CellGrid("Made up", is_square=is_square)
    qtbot.addWidget(grid)
    names = [f"{number}: a class whose name is a whole sentence" for number in range(3)]
    lefts = []
    for px in (width - 3, width, width + 30, width + 300):
        grid.resize(px, 400)
        grid.show_cells(np.zeros((3, 3, 3), np.uint8), names, names, lambda *_: "")
        lefts.append(grid.plot().left())
    assert lefts[1] == lefts[2] == lefts[3] == pytest.approx(lefts[0] + 1)
