"""Which words of a matrix there is room for: at both sides of each border."""

from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QRectF, QSize, QSizeF
from PyQt6.QtGui import QFontMetricsF, QImage, QPainter

from app.palette import font
from app.views.correlations.analysis.matrix_colours import CLIPPED, SIGNED
from app.views.correlations.analysis.matrix_picture import Group, Side
from app.views.correlations.matrix_cells import image_of, paint_cells, paint_gaps, paint_values
from app.views.correlations.matrix_place import MatrixPlace, place_of
from app.views.correlations.matrix_sides import Span, paint_columns, paint_groups, paint_rows
from tests.app.painted import Painted, painted_by
from tests.app.views.correlations.made_up import matrix, waves

SIZE = QSize(600, 400)
STRIDES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def values_painted(values: np.ndarray, width: float, height: float, decimals: int = 2) -> Painted:
    """Numbers in cells so large."""
    rows, columns = values.shape
    down, across = Span(0, rows, 0, rows * height), Span(0, columns, 0, columns * width)
    picture = matrix(values, decimals=decimals)
    return painted_by(lambda painter: paint_values(painter, picture, down, across), SIZE)


@pytest.mark.parametrize(("height", "size_px"), [(11.9, None), (12, 10), (13, 11), (13.9, 11), (14, 12), (40, 12)])
def test_that_numbers_are_as_large_as_their_rows_allow(height: float, size_px: int | None) -> None:
    found = values_painted(waves(3, 3), 60, height)
    assert len(found.words) == (0 if size_px is None else 9)
    if size_px is not None:
        assert found.words[0].place.height() == pytest.approx(QFontMetricsF(font(size_px)).capHeight(), abs=0.3)


@pytest.mark.parametrize("size_px", [12, 11, 10])
def test_that_numbers_are_as_large_as_their_columns_allow(size_px: int) -> None:
    metrics = QFontMetricsF(font(size_px))
    px = metrics.horizontalAdvance("−0.75") + 4
    values = np.array([[-0.75, 0.25]])
    fitting, narrower = values_painted(values, px, 40), values_painted(values, px - 0.1, 40)
    assert fitting.words[0].place.height() == pytest.approx(metrics.capHeight(), abs=0.3)
    assert fitting.texts == ["−0.75", "0.25"]
    if size_px > 10:
        assert narrower.texts == fitting.texts
        smaller = QFontMetricsF(font(size_px - 1)).horizontalAdvance("−0.75")
        assert narrower.words[0].place.width() == pytest.approx(smaller, abs=0.3)
    else:
        assert narrower.texts == ["−.75", ".25"], "short, and large again"
        assert narrower.words[0].place.height() > fitting.words[0].place.height()


def test_that_short_numbers_have_no_zero_before_the_point_and_whole_ones_no_point() -> None:
    values = np.array([[-1.0, -0.996, -0.5, -0.004, 0.0, 0.004, 0.1, 0.994, 0.996, 1.0]])
    px = QFontMetricsF(font(10)).horizontalAdvance("−0.50") + 3
    words = sorted(values_painted(values, px, 40).words, key=lambda word: word.place.left())
    expected = ["−1", "−1", "−.50", "0", "0", "0", ".10", ".99", "1", "1"]
    assert [each.text for each in words] == expected


@pytest.mark.parametrize(("largest", "is_written"), [(0.1, True), (-0.1, True), (0.0999, False)])
def test_that_small_values_are_not_written_short(largest: float, is_written: bool) -> None:
    values = np.array([[largest, largest / 3]])
    whole = min((values_painted(values, px, 40).words != [] and px) or 99 for px in range(15, 60))
    px = QFontMetricsF(font(10)).horizontalAdvance("−0.10" if largest < 0 else "0.10") + 4
    assert (whole < px) == is_written


def test_that_more_decimals_are_written_where_they_are_asked_for() -> None:
    assert values_painted(np.array([[0.00123, -0.5]]), 80, 40, decimals=4).texts == ["0.0012", "−0.5000"]
    assert values_painted(np.array([[0.00123, np.nan]]), 80, 40, decimals=4).texts == ["0.0012"]


def test_that_numbers_are_light_on_dark_colours_and_dark_on_light_ones() -> None:
    values = np.linspace(0, 1, 11)[None]
    picture = matrix(values, scale=CLIPPED)
    down, across = Span(0, 1, 0, 40), Span(0, 11, 0, 11 * 50)
    found = painted_by(lambda painter: paint_values(painter, picture, down, across), SIZE)
    light = [each.text for each in found.words if each.colour == "#f4f4f6"]
    dark = [each.text for each in found.words if each.colour == "#181410"]
    assert light == ["0.00", "0.10", "0.20", "0.30", "0.40", "0.50"]
    assert dark == ["0.60", "0.70", "0.80", "0.90", "1.00"]


@pytest.mark.parametrize(("px", "n_lines", "group_px"), [(8.9, 0, 1.0), (9, 8, 3.0)])
def test_that_cells_are_set_apart_from_nine_pixels_on(px: float, n_lines: int, group_px: float) -> None:
    side = Side(tuple("abcde"), groups=(Group("one", 0, 2), Group("two", 2, 5)))
    for narrow in (True, False):  # the smaller of both counts
        down = Span(0, 5, 0, 5 * (px if narrow else 30))
        across = Span(0, 5, 0, 5 * (30 if narrow else px))
        plot = QRectF(0, 0, across.length_px, down.length_px)
        gaps = painted_by(lambda painter: paint_gaps(painter, down, across, plot), SIZE).shapes  # noqa: B023
        groups = painted_by(lambda painter: paint_groups(painter, side, side, down, across, plot), SIZE).shapes  # noqa: B023
        assert len(gaps) == n_lines
        assert [each.px for each in groups] == [group_px] * 2
        if gaps:
            ys = sorted(each.place.top() for each in gaps if each.place.height() == 0)
            assert ys == [round(down.at(place)) for place in range(1, 5)]


def sides_painted(names: list[str], columns: int = 4, **side: object) -> tuple[Painted, MatrixPlace, Span]:
    """The left side of a matrix with these names, and what is below it."""
    picture = matrix(np.zeros((len(names), columns)), Side(tuple(names), **side), scale=SIGNED)  # type: ignore[arg-type]
    place = place_of(picture, QSizeF(SIZE), 0)
    span = Span(0, len(names), place.plot.top(), place.plot.height())
    found = painted_by(lambda painter: paint_rows(painter, picture.rows, span, place, lambda _: None), SIZE)
    return found, place, span


@pytest.mark.parametrize("n", [1, 9, 28, 29, 31, 35, 36, 70, 150, 300, 800, 1500, 3000, 9000, 20_000])
def test_that_each_place_is_named_or_each_second_fifth_tenth_as_there_is_room(n: int) -> None:
    found, _, span = sides_painted([str(each) for each in range(n)])
    numbers = [int(each) for each in found.texts]
    stride = numbers[1] if n > 1 else 1
    assert numbers == list(range(0, n, stride))
    smaller = [each for each in STRIDES if each < stride]
    assert stride in STRIDES
    apart = 11 if stride == 1 and span.cell_px < 13 else 13
    assert stride * span.cell_px >= apart or stride == 1000
    assert not smaller or smaller[-1] * span.cell_px < (11 if smaller[-1] == 1 else 13)


@pytest.mark.parametrize("n", [5, 20, 40, 90, 400, 2500])
def test_that_as_many_numbers_stand_below_as_do_not_touch(n: int) -> None:
    picture = matrix(np.zeros((3, n)), scale=SIGNED)
    place = place_of(picture, QSizeF(SIZE), 0)
    span = Span(0, n, place.plot.left(), place.plot.width())
    found = painted_by(lambda painter: paint_columns(painter, picture.columns, span, place, lambda _: None), SIZE)
    numbers = [int(each) for each in found.texts]
    stride = numbers[1] - numbers[0]
    widest = QFontMetricsF(font(11)).horizontalAdvance(str(n - 1))
    assert numbers == list(range(0, n, stride))
    assert stride * span.cell_px >= widest + 9
    assert all(after.place.left() - before.place.right() >= 8 for before, after in pairwise(found.words))
    smaller = [each for each in STRIDES if each < stride]
    assert not smaller or smaller[-1] * span.cell_px < widest + 12


def test_that_groups_are_named_where_they_are_seen_and_apart() -> None:
    cell_px = sides_painted(["x"] * 100)[2].cell_px
    small, seen = int(5 / cell_px), int(5 / cell_px) + 1
    ends = np.cumsum([0, 30, small, 30, seen, 2, 100])
    ends[-1] = 100
    names = ("large", "small", "another", "seen", "close", "rest")
    groups = tuple(
        Group(name, int(first), int(stop)) for name, (first, stop) in zip(names, pairwise(ends), strict=True)
    )
    found, place, span = sides_painted(["x"] * 100, groups=groups)
    assert found.texts == ["large", "another", "seen", "rest"]
    for name, first, stop in (("large", 0, ends[1]), ("rest", ends[5], 100)):
        assert found.word(name).place.center().y() == pytest.approx(span.at((first + stop) / 2), abs=1.5)
    assert all(each.place.right() < place.plot.left() for each in found.words)


def test_that_cut_names_beside_a_matrix_begin_within_its_widget() -> None:
    names = tuple(f"{'a_block_with_a_very_long_name_' * 3}{each}" for each in range(5))
    picture = matrix(np.zeros((5, 5)), Side(names), Side(names), scale=SIGNED)
    for width in range(200, 420):
        place = place_of(picture, QSizeF(width, 220), 0)
        span = Span(0, 5, place.plot.top(), place.plot.height())
        found = painted_by(lambda painter: paint_rows(painter, picture.rows, span, place, lambda _: None), SIZE)  # noqa: B023
        assert found.words and all("…" in text for text in found.texts)
        assert min(each.place.left() for each in found.words) >= 0, width


def test_that_a_title_below_reaches_a_little_beyond_its_plot_and_is_cut_beyond_that() -> None:
    def told(letters: int) -> tuple[str, float]:
        picture = matrix(np.zeros((12, 4)), columns=Side(tuple("abcd"), "i" * letters), scale=SIGNED)
        place = place_of(picture, QSizeF(200, 300), 0)

        def paint(painter: QPainter) -> None:
            paint_columns(
                painter, picture.columns, Span(0, 4, place.plot.left(), place.plot.width()), place, lambda _: None
            )

        return painted_by(paint, SIZE).words[-1].text, place.plot.width() + 2 * min(place.plot.left(), 50)

    metrics = QFontMetricsF(font(11))
    fitting = int(told(1)[1] / metrics.horizontalAdvance("i")) - 1
    assert told(fitting)[0] == "i" * fitting
    assert "…" in told(fitting + 3)[0]


@pytest.mark.parametrize(("px", "are_mixed"), [(20, False), (30, False), (40, False), (15, True)])
def test_that_colours_of_cells_are_mixed_only_where_a_cell_has_less_than_a_pixel(px: int, are_mixed: bool) -> None:
    values = np.indices((20, 20)).sum(axis=0) % 2.0
    span = Span(0, 20, 0, px)
    shown = QImage(px, px, QImage.Format.Format_RGB32)
    with QPainter(shown) as painter:
        paint_cells(painter, image_of(matrix(values, scale=CLIPPED)), span, span)
    colours = {shown.pixel(x, y) for x in range(px) for y in range(px)}
    assert (len(colours) > 2) == are_mixed
