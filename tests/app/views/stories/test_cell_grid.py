"""A small table of colours: where its cells are, what stands in and around them, what a click and a pointer find."""

from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QHelpEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.palette import active
from app.views.stories.cell_grid import CellGrid
from tests.app.painted import Painted, painted, painted_by

LEFT = Qt.MouseButton.LeftButton
ROWS, COLUMNS = ("cat", "dog"), ("ant", "bee", "cow")


def show(grid: CellGrid, **how: object) -> CellGrid:
    colours = np.zeros((len(ROWS), len(COLUMNS), 3), np.uint8)
    colours[1] = 250
    grid.show_cells(colours, ROWS, COLUMNS, lambda row, column: f"{row}<{column}", **how)  # type: ignore[arg-type]
    return grid


@pytest.fixture
def grid(qtbot: QtBot) -> CellGrid:
    grid = CellGrid("confusions")
    qtbot.addWidget(grid)
    grid.resize(400, 224)
    grid.show()  # so that it hears at once of another size
    return show(grid)


def below(grid: CellGrid) -> Painted:
    """What is painted below the marks."""
    return painted_by(grid._paint_cells, grid.size())


def test_that_cells_share_the_room_beside_their_names(grid: CellGrid) -> None:
    plot = grid.plot()
    assert (plot.right(), plot.top(), plot.bottom()) == (396, 4, 204)
    widest = max(each.place.width() for each in below(grid).words if each.text in ROWS)
    assert plot.left() == pytest.approx(widest + 10, abs=3)
    for row in range(2):
        for column in range(3):
            place = QRectF(plot.left() + column * plot.width() / 3, 4 + 100 * row, plot.width() / 3, 100)
            assert grid.place_of(row, column) == place
            assert grid.cell_at(place.center()) == (row, column)
    assert grid.cell_at(QPointF(plot.left() - 1, 50)) is None
    assert grid.cell_at(plot.bottomRight()) in (None, (1, 2))
    (picture,) = below(grid).pictures
    assert (picture.left(), picture.width(), picture.height()) == pytest.approx(
        (plot.left(), plot.width(), 200), abs=0.01
    )


def test_that_square_cells_are_as_large_as_both_sides_let_them_be(qtbot: QtBot) -> None:
    grid = CellGrid("squares", is_square=True)
    qtbot.addWidget(grid)
    grid.resize(400, 104)
    grid.show()
    show(grid)
    assert (grid.place_of(1, 2).width(), grid.place_of(1, 2).height()) == (40, 40)
    grid.resize(200, 400)
    side = (200 - grid.plot().left() - 4) / 3
    assert (grid.place_of(0, 0).width(), grid.place_of(0, 0).height()) == pytest.approx((side, side))


def test_that_names_stand_beside_rows_and_below_columns(grid: CellGrid) -> None:
    found, plot = below(grid), grid.plot()
    assert found.texts == [*ROWS, *COLUMNS]
    for row, name in enumerate(ROWS):
        place = found.word(name).place
        assert place.right() == pytest.approx(plot.left() - 6, abs=2)
        assert place.center().y() == pytest.approx(grid.place_of(row, 0).center().y(), abs=3)
    for column, name in enumerate(COLUMNS):
        place = found.word(name).place
        assert place.center().x() == pytest.approx(grid.place_of(0, column).center().x(), abs=2)
        assert plot.bottom() < place.top() < plot.bottom() + 12
    assert {each.colour for each in found.words} == {active().faint_text}


def test_that_axes_are_named_where_they_have_names(grid: CellGrid) -> None:
    bare = grid.plot()
    show(grid, axes=("said", "true"))
    found, plot = below(grid), grid.plot()
    assert (plot.left(), plot.bottom()) == (bare.left() + 16, bare.bottom() - 14)
    assert found.texts[-2:] == ["said", "true"]
    assert found.word("said").place.center().x() == pytest.approx(plot.center().x(), abs=2)
    assert found.word("said").place.top() > found.word("ant").place.bottom()
    upright = found.word("true").place
    assert upright.height() > upright.width()
    assert upright.center().y() == pytest.approx(plot.center().y(), abs=2)
    assert upright.right() < found.word("cat").place.left()


def test_that_names_without_room_are_left_out_and_none_stands_on_another(grid: CellGrid) -> None:
    n = 60
    names = [f"name {number}" for number in range(n)]
    grid.show_cells(np.zeros((n, n, 3), np.uint8), names, names, lambda *_: "")
    found, plot = below(grid), grid.plot()
    beside = [each for each in found.words if each.place.right() < plot.left()]
    across = [each for each in found.words if each.place.top() > plot.bottom()]
    assert len(beside) + len(across) == len(found.words)
    heights = [each.place.center().y() for each in beside]
    assert np.diff(heights).min() >= 13 - 0.5
    assert len(beside) == len(range(0, n, 4))  # of 3.3 px
    apart = [later.place.left() - one.place.right() for one, later in pairwise(across)]
    assert 4 < min(apart) <= max(apart) < 20
    assert across[-1].place.right() <= grid.width()


def test_that_figures_stand_in_cells_that_hold_them_dark_on_light(grid: CellGrid) -> None:
    figures = np.array([["1", "", "2"], ["3", "4", "123456789012345678901234567890"]])
    show(grid, figures=figures)
    found = below(grid)
    assert found.texts[-4:] == ["1", "2", "3", "4"]
    assert [found.word(text).colour for text in "1234"] == ["#f4f5f7", "#f4f5f7", "#101114", "#101114"]
    for text, cell in (("1", (0, 0)), ("2", (0, 2)), ("4", (1, 1))):
        middle, place = found.word(text).place.center(), grid.place_of(*cell).center()
        assert (middle.x(), middle.y()) == pytest.approx((place.x(), place.y()), abs=3)


@pytest.mark.parametrize(
    ("n_rows", "n_columns", "has_figures"), [(13, 3, True), (14, 3, False), (2, 17, True), (2, 18, False)]
)
def test_that_small_cells_have_no_figures(grid: CellGrid, n_rows: int, n_columns: int, has_figures: bool) -> None:
    """Less high than 15 px, or less wide than 22."""
    shape = n_rows, n_columns
    names = [""] * n_rows, [""] * n_columns
    grid.show_cells(np.zeros((*shape, 3), np.uint8), *names, lambda *_: "", figures=np.full(shape, "7"))
    assert ("7" in below(grid).texts) is has_figures


@pytest.mark.parametrize("red", [0, 255])
def test_that_light_is_what_an_eye_takes_for_it(grid: CellGrid, red: int) -> None:
    colours = np.zeros((2, 3, 3), np.uint8)
    colours[0] = [(red, 120, 0), (red, 0, 255), (0, 255, red)]
    grid.show_cells(colours, ROWS, COLUMNS, lambda *_: "", figures=np.array([["x", "y", "z"], ["", "", ""]]))
    found = below(grid)
    for text, (r, g, b) in zip("xyz", colours[0].tolist(), strict=True):
        is_light = 0.3 * r + 0.59 * g + 0.11 * b > 140
        assert found.word(text).colour == ("#101114" if is_light else "#f4f5f7")


def test_that_a_row_a_column_or_a_cell_is_framed(grid: CellGrid) -> None:
    plot = grid.plot()

    def frames(row: int | None, column: int | None) -> list[QRectF]:
        grid.show_marked(row, column)
        return [each.place for each in painted(grid).lines(active().hovered)]

    assert frames(None, None) == []
    (row,) = frames(1, None)
    assert (row.top(), row.height(), row.left()) == pytest.approx((104, 100, plot.left()), abs=0.01)
    (column,) = frames(None, 2)
    cell = grid.place_of(0, 2)
    assert (column.left(), column.width(), column.height()) == pytest.approx((cell.left(), cell.width(), 200), abs=0.01)
    (both,) = frames(1, 2)
    assert (both.left(), both.top()) == pytest.approx((cell.left(), 104), abs=0.01)
    assert frames(2, 3) == []


def test_that_a_click_is_on_a_cell(grid: CellGrid) -> None:
    clicked: list[tuple[int, int]] = []
    grid.clicked.connect(lambda row, column: clicked.append((row, column)))
    QTest.mouseClick(grid, LEFT, pos=grid.place_of(1, 2).center().toPoint())
    QTest.mouseClick(grid, LEFT, pos=QPoint(2, 2))
    QTest.mouseClick(grid, Qt.MouseButton.RightButton, pos=grid.place_of(0, 0).center().toPoint())
    assert clicked == [(1, 2)]


def test_that_the_pointer_is_told_what_the_cell_shows(grid: CellGrid, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _, text, __: told.append(text))
    for place in (grid.place_of(1, 2).center().toPoint(), QPoint(2, 2)):
        QApplication.sendEvent(grid, QHelpEvent(QHelpEvent.Type.ToolTip, place, place))
    assert told == ["1<2", ""]


def test_that_an_empty_grid_says_why(grid: CellGrid) -> None:
    grid.show_absence("Nothing was recorded.")
    assert painted(grid).texts == ["Nothing was recorded."]
    assert grid.cell_at(QPointF(200, 100)) is None
    show(grid)
    assert "Nothing was recorded." not in painted(grid).texts
