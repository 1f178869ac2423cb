"""A matrix on the screen, driven by the mouse."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.views.correlations.analysis.matrix_colours import CLIPPED, RGB, SIGNED, MatrixScale, Table
from app.views.correlations.analysis.matrix_picture import Group, MatrixPicture, Side, picture_of
from app.views.correlations.matrix_strip import MatrixStrip
from app.views.correlations.matrix_view import MatrixView
from app.window.theme import apply_theme
from tests.app.pointer import turn_wheel


def matrix(
    rows: int, columns: int, scale: MatrixScale = SIGNED, *, hatched: np.ndarray | None = None, **side: object
) -> MatrixPicture:
    values = np.linspace(-1, 1, rows * columns).reshape(rows, columns)
    sides = [Side(tuple(f"layer{place}" for place in range(n)), **side) for n in (rows, columns)]
    return picture_of(
        values, scale, *sides, lambda r, c: f"cell {r}, {c}", hatched=hatched, hatched_means="within chance"
    )


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication) -> MatrixView:
    apply_theme(qapp, "dark")
    view = MatrixView()
    qtbot.addWidget(view)
    view.resize(420, 380)
    view.show()
    qtbot.waitExposed(view)
    return view


def colour_at(view: MatrixView, row: int, column: int, *, corner: bool = False) -> tuple[int, int, int]:
    rect = view.cell_rect(row, column)
    at = rect.topLeft() + QPoint(4, 4) if corner else rect.center()
    return QColor(view.grab().toImage().pixel(at)).getRgb()[:3]


def test_that_each_cell_has_the_colour_of_its_value(view: MatrixView) -> None:
    picture = matrix(5, 4)
    view.show_matrix(picture)
    for row, column in ((0, 0), (4, 3), (2, 1)):
        expected = tuple(RGB[Table.DIVERGING][picture.numbers[row, column]].tolist())
        assert colour_at(view, row, column, corner=True) == expected


def test_that_a_click_names_the_cell_under_it(view: MatrixView, qtbot: QtBot) -> None:
    view.show_matrix(matrix(6, 9))
    for cell in ((0, 0), (5, 8), (2, 7)):
        with qtbot.waitSignal(view.cell_clicked) as clicked:
            qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.cell_rect(*cell).center())
        assert tuple(clicked.args) == cell


def test_that_the_pointer_tells_the_cell_and_forgets_it_outside(view: MatrixView, qtbot: QtBot) -> None:
    view.show_matrix(matrix(6, 6))
    with qtbot.waitSignal(view.cell_pointed) as pointed:
        qtbot.mouseMove(view, view.cell_rect(4, 1).center())
    assert pointed.args == [4, 1]
    assert view.tip == "cell 4, 1"
    with qtbot.waitSignal(view.cell_pointed) as pointed:
        qtbot.mouseMove(view, QPoint(1, 1))
    assert pointed.args == [-1, -1]
    assert view.tip == ""


def test_that_the_wheel_zooms_at_the_pointer(view: MatrixView, qtbot: QtBot) -> None:
    view.show_matrix(matrix(40, 40))
    at = view.cell_rect(10, 30).center()
    turn_wheel(view, at, 4)
    assert view.seen is not None
    assert view.seen.width() == pytest.approx(40 / 1.25**4)
    with qtbot.waitSignal(view.cell_clicked) as clicked:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    assert clicked.args == [10, 30]
    turn_wheel(view, at, -20)
    assert view.seen is None


def test_that_a_drag_moves_along_and_is_no_click(view: MatrixView, qtbot: QtBot) -> None:
    view.show_matrix(matrix(40, 40))
    start = view.cell_rect(20, 20).center()
    turn_wheel(view, start, 5)
    before = view.seen
    with qtbot.assertNotEmitted(view.cell_clicked):
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
        qtbot.mouseMove(view, start + QPoint(-60, -30))
        qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(-60, -30))
    assert before is not None
    assert view.seen is not None
    assert view.seen.left() > before.left() + 1
    assert view.seen.top() > before.top() + 0.5
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=start)
    assert view.seen is None


@pytest.mark.parametrize("way", [1, -1])
def test_that_a_drag_ends_where_the_matrix_does(view: MatrixView, qtbot: QtBot, way: int) -> None:
    view.show_matrix(matrix(40, 30))
    start = view.cell_rect(20, 15).center()
    turn_wheel(view, start, 5)
    for _ in range(9):
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
        qtbot.mouseMove(view, start + QPoint(90, 90) * way)
        qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(90, 90) * way)
    seen = view.seen
    assert seen is not None
    ends = (seen.left(), seen.top()) if way > 0 else (seen.right(), seen.bottom())
    assert ends == pytest.approx((0, 0) if way > 0 else (30, 40))


def test_that_what_is_seen_stays_for_a_matrix_of_the_same_shape(view: MatrixView) -> None:
    view.show_matrix(matrix(40, 40))
    turn_wheel(view, view.cell_rect(20, 20).center(), 5)
    seen = view.seen
    view.show_matrix(matrix(40, 40, CLIPPED))
    assert view.seen == seen
    view.show_matrix(matrix(40, 10))
    assert view.seen is None


def test_that_hatched_cells_look_different_and_the_mark_is_explained(view: MatrixView) -> None:
    hatched = np.zeros((4, 4), bool)
    view.show_matrix(matrix(4, 4, hatched=hatched))
    plain = view.grab().toImage()
    hatched = hatched.copy()
    hatched[1, 2] = True
    view.show_matrix(matrix(4, 4, hatched=hatched))
    marked = view.grab().toImage()
    assert marked.copy(view.cell_rect(1, 2)) != plain.copy(view.cell_rect(1, 2))
    assert marked.copy(view.cell_rect(2, 1)) == plain.copy(view.cell_rect(2, 1))
    below_bar = view.rect().adjusted(view.width() - 60, view.height() - 200, 0, 0)
    assert marked.copy(below_bar) != plain.copy(below_bar)


def test_that_values_are_written_only_where_all_have_room(view: MatrixView) -> None:
    view.show_matrix(matrix(4, 4))
    blank = picture_of(np.full((4, 4), np.nan), SIGNED, Side(("a",) * 4), Side(("a",) * 4), lambda r, c: "")
    assert n_colours(view, 1, 1) > 1
    view.show_matrix(blank)
    assert n_colours(view, 1, 1) == 1
    view.show_matrix(matrix(30, 30))
    assert n_colours(view, 10, 10) == 1


def n_colours(view: MatrixView, row: int, column: int) -> int:
    image = view.grab().toImage().copy(view.cell_rect(row, column).adjusted(3, 3, -3, -3))
    return len({image.pixel(x, y) for x in range(image.width()) for y in range(image.height())})


def test_that_an_empty_matrix_says_why(view: MatrixView) -> None:
    view.show_matrix(None, "The features were not recorded.")
    empty = view.grab().toImage()
    view.show_matrix(None, "")
    assert view.grab().toImage() != empty
    turn_wheel(view, view.rect().center(), 1)
    assert view.tip == ""


def test_that_the_chosen_cell_has_a_frame(view: MatrixView) -> None:
    view.show_matrix(matrix(4, 4))
    before = view.grab().toImage()
    view.show_chosen((2, 1))
    after = view.grab().toImage()
    around = view.cell_rect(2, 1).adjusted(-2, -2, 2, 2)
    assert after.copy(around) != before.copy(around)
    assert view.chosen == (2, 1)


def test_that_pictures_stand_along_the_sides(view: MatrixView) -> None:
    asked: list[str] = []

    def image_of(name: str) -> QImage:
        asked.append(name)
        image = QImage(8, 8, QImage.Format.Format_RGB32)
        image.fill(QColor(0, 255, 0))
        return image

    view.show_side_pictures(image_of)
    view.show_matrix(matrix(60, 60, groups=(Group("blur", 0, 30), Group("noise", 30, 60)), is_pictured=True))
    image = view.grab().toImage()
    row = image.copy(0, 0, view.cell_rect(0, 0).left(), image.height())
    assert any(row.pixelColor(x, y) == QColor(0, 255, 0) for x in range(row.width()) for y in range(0, 300, 5))
    assert 2 < len(set(asked)) < 60, "as many as have room"


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("shape", [(1, 1), (24, 24), (128, 10), (300, 300), (2, 200)])
def test_that_every_shape_can_be_painted_at_any_size(
    view: MatrixView, qapp: QApplication, theme: str, shape: tuple[int, int]
) -> None:
    apply_theme(qapp, theme)
    view.show_matrix(matrix(*shape, title="features"))
    for size in ((200, 160), (900, 700), (210, 600)):
        view.resize(*size)
        view.grab()
        last = view.cell_rect(shape[0] - 1, shape[1] - 1)
        assert view.rect().adjusted(0, 0, 1, 1).contains(last)
    apply_theme(qapp, "dark")


@pytest.fixture
def strip(qtbot: QtBot) -> Callable[[int], MatrixStrip]:
    def make(n: int) -> MatrixStrip:
        strip = MatrixStrip()
        qtbot.addWidget(strip)
        strip.resize(300, 130)
        strip.show_matrices(lambda _: matrix(4, 4), [str(number) for number in range(n)], ["when"] * n)
        strip.show()
        qtbot.waitExposed(strip)
        return strip

    return make


def test_that_a_click_on_a_thumbnail_asks_for_its_moment(strip: Callable[[int], MatrixStrip], qtbot: QtBot) -> None:
    shown = strip(6)
    with qtbot.waitSignal(shown.measurement_requested) as request:
        qtbot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=shown.thumbnail_rect(4).center())
    assert request.args == [4]


@pytest.mark.parametrize("n", [1, 5, 11, 200])
def test_that_every_thumbnail_lies_inside_and_the_ends_are_shown(strip: Callable[[int], MatrixStrip], n: int) -> None:
    shown = strip(n)
    numbers = shown.shown()
    assert (numbers[0], numbers[-1]) == (0, n - 1)
    assert all(shown.rect().contains(shown.thumbnail_rect(place)) for place in range(len(numbers)))
    assert len(numbers) == n or shown.thumbnail_rect(0).width() < 40


def test_that_the_current_moment_is_marked(strip: Callable[[int], MatrixStrip]) -> None:
    shown = strip(200)
    before = shown.grab().toImage()
    shown.show_current(101)
    assert shown.grab().toImage() != before, "the last thumbnail before it stands for it"
