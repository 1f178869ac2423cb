"""How near the pointer has to be: at both sides of each border."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.views.correlations.analysis.evolution import Lines
from app.views.correlations.evolution_plot import EvolutionPlot
from app.views.correlations.layer_bars import LayerBar, LayerBars
from app.views.correlations.matrix_strip import MatrixStrip
from app.views.correlations.matrix_view import MatrixView
from app.views.correlations.strength_plot import StrengthPlot
from tests.app.plots import pixel_of
from tests.app.pointer import turn_wheel
from tests.app.views.correlations.made_up import KINDS, STABILITY, STRENGTHS, matrix, waves

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def inside(qtbot: QtBot) -> Callable[..., None]:
    """Shows a widget inside another, so large."""

    def show(widget: QWidget, width: int, height: int) -> None:
        page = QWidget()
        qtbot.addWidget(page)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(widget)
        page.resize(width, height)
        page.show()
        qtbot.waitExposed(page)
        widget.grab()

    return show


def ends_of(rect: QRect) -> tuple[list[QPoint], list[QPoint]]:
    """Pixels in the corners of a rectangle, and those beside them that lie outside."""
    corners = [rect.topLeft(), rect.topRight(), rect.bottomLeft(), rect.bottomRight()]
    out = [rect.topLeft() - QPoint(0, 1), rect.topLeft() - QPoint(1, 0)]
    return corners, [*out, rect.bottomRight() + QPoint(1, 0), rect.bottomRight() + QPoint(0, 1)]


def test_that_a_thumbnail_and_its_name_are_clicked_up_to_their_borders(inside: Callable[..., None]) -> None:
    strip = MatrixStrip()
    strip.show_matrices(lambda _: matrix(waves(3, 3)), list("01234"), [""] * 5)
    inside(strip, 260, 150)
    asked: list[int] = []
    strip.measurement_requested.connect(asked.append)
    for number in (0, 2):
        corners, outside = ends_of(strip.thumbnail_rect(number).adjusted(0, 0, 0, 15))
        for at in corners:
            QTest.mouseClick(strip, LEFT, pos=at)
        assert asked == [number] * 4
        for at in outside:
            QTest.mouseClick(strip, LEFT, pos=at)
        assert asked == [number] * 4
        asked.clear()
    QTest.mouseClick(strip, Qt.MouseButton.RightButton, pos=strip.thumbnail_rect(0).center())
    assert not asked


def test_that_the_cells_of_a_matrix_meet_and_end_with_the_plot(inside: Callable[..., None]) -> None:
    view = MatrixView()
    view.show_matrix(matrix(waves(3, 5)))
    inside(view, 400, 260)
    pointed: list[tuple[int, int]] = []
    view.cell_pointed.connect(lambda *cell: pointed.append(cell))
    first, last = view.cell_rect(0, 0), view.cell_rect(2, 4)
    y = view.cell_rect(1, 1).center().y()
    for x in range(first.left() - 2, last.right() + 3):
        QTest.mouseMove(view, QPoint(x, y))
    assert pointed == [*((1, column) for column in range(5)), (-1, -1)]
    pointed.clear()
    x = view.cell_rect(1, 3).center().x()
    for y in range(first.top() - 2, last.bottom() + 3):
        QTest.mouseMove(view, QPoint(x, y))
    assert pointed == [*((row, 3) for row in range(3)), (-1, -1)]
    for row, column in np.ndindex(3, 5):
        rect = view.cell_rect(row, column)
        QTest.mouseMove(view, rect.topLeft() + QPoint(2, 2))
        assert pointed[-1] == (row, column)
        QTest.mouseMove(view, rect.bottomRight() - QPoint(2, 2))
        assert pointed[-1] == (row, column)


@pytest.mark.parametrize(("moved", "is_click"), [((2, 2), True), ((4, 0), True), ((3, 2), False), ((0, -5), False)])
def test_that_a_move_of_some_pixels_is_a_drag(
    inside: Callable[..., None], moved: tuple[int, int], is_click: bool
) -> None:
    for view in (MatrixView(), MatrixView(is_zoomable=False)):
        view.show_matrix(matrix(waves(40, 40)))
        inside(view, 400, 300)
        clicked: list[tuple[int, int]] = []
        view.cell_clicked.connect(lambda *cell, to=clicked: to.append(cell))
        start = view.cell_rect(20, 20).center()
        QTest.mousePress(view, LEFT, pos=start)
        QTest.mouseMove(view, start + QPoint(*moved))
        QTest.mouseRelease(view, LEFT, pos=start + QPoint(*moved))
        assert bool(clicked) == (is_click or not view._is_zoomable)


@pytest.mark.parametrize(("shape", "least"), [((40, 30), (4, 4)), ((3, 30), (4, 3)), ((40, 2), (2, 4))])
def test_that_four_rows_and_columns_are_the_closest(
    inside: Callable[..., None], shape: tuple[int, int], least: tuple[int, int]
) -> None:
    view = MatrixView()
    view.show_matrix(matrix(waves(*shape)))
    inside(view, 400, 300)
    turn_wheel(view, view.cell_rect(shape[0] // 2, shape[1] // 2).center(), 60)
    assert view.seen is not None
    assert (view.seen.width(), view.seen.height()) == least
    turn_wheel(view, view.cell_rect(shape[0] // 2, shape[1] // 2).center(), -60)
    assert view.seen is None
    turn_wheel(view, QPoint(1, 1), 5)
    assert view.seen is None, "beside the matrix there is nothing to zoom at"


@pytest.mark.parametrize(("y", "asked"), [(0, "a"), (27, "a"), (28, "b"), (55, "b"), (56, ""), (90, "")])
def test_that_a_row_of_a_layer_is_as_high_as_it_is_drawn(inside: Callable[..., None], y: int, asked: str) -> None:
    bars = LayerBars()
    bars.show_bars([LayerBar("a", "a", 0.5), LayerBar("b", "b", 0.5)], "a")
    inside(bars, 200, 120)
    found: list[str] = []
    bars.layer_requested.connect(found.append)
    QTest.mouseClick(bars, LEFT, pos=QPoint(100, y))
    QTest.mouseClick(bars, Qt.MouseButton.RightButton, pos=QPoint(100, y))
    assert "".join(found) == asked


@pytest.fixture
def strengths(inside: Callable[..., None]) -> StrengthPlot:
    plot = StrengthPlot()
    inside(plot, 500, 400)
    plot.show_stability(KINDS, STRENGTHS, STABILITY, "rotation")
    plot.grab()
    return plot


NEAR, FAR = ((0, 0), (7, 0), (0, -7), (6, 5)), ((11, 0), (0, 11), (8, 8))


@pytest.mark.parametrize(("apart", "is_near"), [*((each, True) for each in NEAR), *((each, False) for each in FAR)])
def test_that_a_dot_is_pointed_at_from_nine_pixels(
    strengths: StrengthPlot, apart: tuple[int, int], is_near: bool
) -> None:
    at = pixel_of(strengths, STRENGTHS[2], STABILITY[2]) + QPoint(*apart)
    assert strengths.augmentation_at(at) == (2 if is_near else -1)
    pointed: list[int] = []
    strengths.augmentation_pointed.connect(pointed.append)
    QTest.mouseMove(strengths.viewport(), at)
    assert pointed == [2] * is_near
    QTest.mouseMove(strengths.viewport(), QPoint(4, 4))
    assert pointed == [2, -1] * is_near


def test_that_dots_are_of_the_chosen_kind_alone(strengths: StrengthPlot) -> None:
    dots = zip(STRENGTHS, STABILITY, strict=True)
    assert [strengths.augmentation_at(pixel_of(strengths, *dot)) for dot in dots] == [-1, 1, 2, 3, *[-1] * 5]
    assert strengths.chosen == "rotation"


@pytest.mark.parametrize(
    ("x", "apart", "kind"),
    [
        (-0.4, 0, "noise"),
        (-0.4, 7, "noise"),
        (-0.4, -7, "noise"),
        (-0.4, 12, ""),
        (0.85, 0, "noise"),
        (0.95, 0, ""),
        (-0.6, 0, ""),
    ],
)
def test_that_a_thin_line_is_of_its_kind_between_its_ends(
    strengths: StrengthPlot, x: float, apart: int, kind: str
) -> None:
    at = pixel_of(strengths, x, 0.9) + QPoint(0, apart)
    assert strengths.kind_at(at) == kind
    QTest.mouseMove(strengths.viewport(), at)
    assert strengths.viewport().toolTip() == kind


def test_that_the_line_of_the_chosen_kind_is_not_asked_for(strengths: StrengthPlot) -> None:
    assert strengths.kind_at(pixel_of(strengths, -0.25, 0.35)) == ""
    assert strengths.kind_at(pixel_of(strengths, -0.25, 0.6)) == "blur"


@pytest.fixture
def evolution(inside: Callable[..., None]) -> EvolutionPlot:
    plot = EvolutionPlot()
    inside(plot, 500, 400)
    values = np.array([[0.0, 0.25, 0.5], [1.0, 1.0, np.nan], [0.5, np.nan, np.nan]])
    plot.show_evolution(np.array([0, 1000, 2000]), Lines(("a", "b", "c"), values, (0,), ("",), decimals=3), 2000)
    plot.grab()
    return plot


@pytest.mark.parametrize(
    ("step", "value", "apart", "text"),
    [
        (1000, 0.25, 0, "a: 0.250 at step 1,000"),
        (1000, 0.25, 8, "a: 0.250 at step 1,000"),
        (1000, 0.25, -8, "a: 0.250 at step 1,000"),
        (1000, 0.25, 13, ""),
        (1400, 0.35, 0, "a: 0.250 at step 1,000"),
        (1600, 0.4, 0, "a: 0.500 at step 2,000"),
        (400, 1.0, 0, "b: 1.000 at step 0"),
        (1400, 1.0, 0, ""),
        (1000, 0.62, 0, ""),
    ],
)
def test_that_a_line_is_told_from_ten_pixels(
    evolution: EvolutionPlot, step: float, value: float, apart: int, text: str
) -> None:
    at = pixel_of(evolution, step, value) + QPoint(0, apart)
    assert evolution.tell(at) == text
    QTest.mouseMove(evolution.viewport(), at)
    assert evolution.viewport().toolTip() == text


def test_that_nothing_is_told_beside_the_plot_or_of_no_lines(evolution: EvolutionPlot) -> None:
    assert evolution.tell(QPoint(2, pixel_of(evolution, 0, 0.25).y())) == ""
    evolution.show_evolution(np.zeros(0, int), Lines((), np.zeros((0, 0)), (), ()), 1)
    assert evolution.tell(evolution.rect().center()) == ""
