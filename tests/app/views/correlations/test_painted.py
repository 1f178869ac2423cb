"""What the pictures of correlations say in words: beside what, and in which colours."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, QRectF, QSize, QSizeF, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.palette import DARK
from app.views.correlations.analysis.matrix_colours import CLIPPED, SIGNED, MatrixScale, Table
from app.views.correlations.analysis.matrix_picture import Group, MatrixPicture, Side, picture_of
from app.views.correlations.layer_bars import LayerBar, LayerBars
from app.views.correlations.matrix_cells import cell_at, paint_gaps, paint_values
from app.views.correlations.matrix_legend import marks_of, paint_bar, paint_marks
from app.views.correlations.matrix_place import place_of
from app.views.correlations.matrix_sides import Span, paint_columns, paint_groups, paint_rows
from app.views.correlations.matrix_strip import MatrixStrip
from app.views.correlations.matrix_view import MatrixView
from app.views.correlations.strength_plot import StrengthPlot
from app.window.theme import apply_theme
from tests.app.painted import Painted, painted, painted_by

SIZE = QSize(420, 380)


def matrix(rows: int, columns: int, scale: MatrixScale = SIGNED, **given: object) -> MatrixPicture:
    values = np.linspace(-1, 1, rows * columns).reshape(rows, columns)
    sides = (
        Side(tuple(f"row{n}" for n in range(rows)), "rows"),
        Side(tuple(f"col{n}" for n in range(columns)), "cols"),
    )
    return picture_of(values, scale, *sides, lambda r, c: f"cell {r}, {c}", **given)


def spans(picture: MatrixPicture, plot: QRectF) -> tuple[Span, Span]:
    rows, columns = picture.values.shape
    return Span(0, rows, plot.top(), plot.height()), Span(0, columns, plot.left(), plot.width())


@pytest.mark.parametrize("n", [2, 5, 8])
def test_that_each_cell_has_its_number_in_its_middle(n: int) -> None:
    picture, plot = matrix(n, n), QRectF(10, 4, 360, 360)
    down, across = spans(picture, plot)
    found = painted_by(lambda painter: paint_values(painter, picture, down, across), SIZE)
    assert len(found.words) == n * n
    for row in range(n):
        for column in range(n):
            cell = cell_at(row, column, down, across)
            (word,) = [each for each in found.words if cell.contains(each.place.center())]
            assert float(word.text.replace("−", "-")) == pytest.approx(picture.values[row, column], abs=0.0051)
            assert word.place.center().x() == pytest.approx(cell.center().x(), abs=1.5)
            assert word.place.center().y() == pytest.approx(cell.center().y(), abs=1.5)
            assert cell.adjusted(0.5, 0, -0.5, 0).contains(word.place)
    assert len({each.colour for each in found.words}) == 2, "dark on light, light on dark"


@pytest.mark.parametrize("px", range(14, 40))
@pytest.mark.parametrize("least", [-1.0, -0.88, 0.0])
def test_that_all_cells_have_their_number_or_none_and_two_never_touch(least: float, px: int) -> None:
    values = np.linspace(least, 0.88, 64).reshape(8, 8)
    side = Side(tuple("abcdefgh"))
    picture = picture_of(values, SIGNED, side, side, lambda r, c: "")
    down, across = spans(picture, QRectF(10, 4, 8 * px, 8 * px))
    words = painted_by(lambda painter: paint_values(painter, picture, down, across), SIZE).words
    assert len(words) in (0, 64)
    assert all(each.place.width() <= px - 4 for each in words)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_lines_between_groups_are_stronger_than_those_between_cells(theme: str, qapp) -> None:
    apply_theme(qapp, theme)
    groups = (Group("one", 0, 3), Group("two", 3, 6))
    side = Side(tuple("abcdef"), groups=groups)
    picture = picture_of(np.ones((6, 6)), CLIPPED, side, side, lambda r, c: "")
    plot = QRectF(0, 0, 120, 120)
    down, across = spans(picture, plot)
    gaps = painted_by(lambda painter: paint_gaps(painter, down, across, plot), SIZE).shapes
    lines = painted_by(lambda painter: paint_groups(painter, side, side, down, across, plot), SIZE).shapes
    assert (len(gaps), len(lines)) == (10, 2)
    assert {each.px for each in lines} == {3.0}
    assert {each.px for each in gaps} == {1.0}
    white = QColor("white").lightness()
    for each in (*gaps, *lines):
        assert white - QColor(each.line).lightness() > 40, "seen on the light colours of what is alike"


def test_that_numbers_without_room_are_left_out() -> None:
    picture, plot = matrix(60, 60), QRectF(10, 4, 360, 360)
    assert painted_by(lambda painter: paint_values(painter, picture, *spans(picture, plot)), SIZE).words == []


def sides_of(picture: MatrixPicture) -> tuple[Painted, Painted]:
    place = place_of(picture, QSizeF(SIZE), 0)
    down, across = spans(picture, place.plot)

    def paint(function, side: Side, span: Span) -> Painted:
        return painted_by(lambda painter: function(painter, side, span, place, lambda _: None), SIZE)

    return paint(paint_rows, picture.rows, down), paint(paint_columns, picture.columns, across)


def test_that_rows_are_named_left_of_the_plot_and_columns_below_it_each_at_its_middle() -> None:
    picture = matrix(4, 4)
    plot = place_of(picture, QSizeF(SIZE), 0).plot
    down, across = spans(picture, plot)
    rows, columns = sides_of(picture)
    for number in range(4):
        name = rows.word(f"row{number}").place
        assert name.center().y() == pytest.approx(down.at(number + 0.5), abs=2)
        assert 2 < plot.left() - name.right() < 12
        name = columns.word(f"col{number}").place
        assert name.center().x() == pytest.approx(across.at(number + 0.5), abs=2)
        assert 2 < name.top() - plot.bottom() < 14
    title = rows.word("rows").place
    assert title.height() > title.width(), "upright"
    assert title.center().y() == pytest.approx(plot.center().y(), abs=3)
    assert 0 <= title.left() < title.right() < rows.word("row0").place.left()
    title = columns.word("cols").place
    assert title.center().x() == pytest.approx(plot.center().x(), abs=3)
    assert columns.word("col0").place.bottom() < title.top() < title.bottom() <= SIZE.height()


def test_that_names_of_many_columns_stand_upright_below_their_column() -> None:
    picture = matrix(20, 20)
    plot = place_of(picture, QSizeF(SIZE), 0).plot
    _, across = spans(picture, plot)
    _, columns = sides_of(picture)
    names = [each for each in columns.words if each.text.startswith("col") and each.text != "cols"]
    assert len(names) > 8
    for each in names:
        assert each.place.height() > each.place.width()
        assert each.place.width() == pytest.approx(names[0].place.width()), "they stand on end, however long they are"
        assert each.place.center().x() == pytest.approx(across.at(int(each.text[3:]) + 0.5), abs=2)
        assert plot.bottom() < each.place.top() < plot.bottom() + 12, "they end at the plot"
    lefts = [each.place for each in names]
    assert all(before.right() < after.left() for before, after in pairwise(lefts))


def test_that_long_names_which_end_alike_are_seen_to_differ() -> None:
    names = tuple(f"a_block_as_people_name_them_{number}_who_tell_what_it_does" for number in range(20))
    picture = matrix(20, 20)
    picture = replace(picture, rows=replace(picture.rows, names=names), columns=replace(picture.columns, names=names))
    for side in sides_of(picture):
        shown = [each.text for each in side.words if "…" in each.text]
        assert len(set(shown)) == len(shown) > 8


@pytest.mark.parametrize("size", [QSizeF(420, 160), QSizeF(200, 300)], ids=["flat", "upright"])
def test_that_names_are_whole_where_a_square_leaves_room_for_them(size: QSizeF) -> None:
    names = tuple(f"{number}_a_name_that_is_long" for number in range(5))
    picture = matrix(5, 5)
    picture = replace(picture, rows=Side(names), columns=Side(names))
    place = place_of(picture, size, 0)
    down, across = spans(picture, place.plot)
    paint, side, span = (
        (paint_rows, picture.rows, down) if size.width() > size.height() else (paint_columns, picture.columns, across)
    )
    found = painted_by(lambda painter: paint(painter, side, span, place, lambda _: None), size.toSize())
    assert found.texts == list(names)
    assert all(QRectF(QPointF(), size).contains(each.place) for each in found.words)


@pytest.mark.parametrize("px", [22, 34])
def test_that_the_frame_of_a_cell_touches_no_number(px: int, qtbot: QtBot) -> None:
    view = MatrixView(is_zoomable=False)
    qtbot.addWidget(view)
    view.resize(5 * px + 63, 5 * px + 26)
    side = Side(("",) * 5)
    picture = picture_of(np.linspace(0.11, 0.88, 25).reshape(5, 5), CLIPPED, side, side, lambda r, c: "")
    down, across = spans(picture, place_of(picture, QSizeF(view.size()), 0).plot)
    words = painted_by(lambda painter: paint_values(painter, picture, down, across), SIZE).words
    assert len(words) == 25
    view.show_matrix(picture)
    view.show_chosen((2, 2))
    (frame,) = painted(view).lines("#000000")
    outside, inside = (frame.place.adjusted(-by, -by, by, by) for by in (2, -2))
    assert all(inside.contains(each.place) or not outside.intersects(each.place) for each in words)


@pytest.mark.parametrize(
    ("scale", "high", "texts"),
    [
        (SIGNED, 200, ["1.0", "0.5", "0.0", "−0.5", "−1.0"]),
        (CLIPPED, 200, ["1.00", "0.75", "0.50", "0.25", "0.00"]),
        (SIGNED, 60, ["1", "−1"]),
        (SIGNED, 69, ["1", "−1"]),
        (SIGNED, 70, ["1.0", "0.5", "0.0", "−0.5", "−1.0"]),
        (MatrixScale(0.0, 0.1, Table.HOT), 200, ["0.100", "0.075", "0.050", "0.025", "0.000"]),
    ],
)
def test_that_a_bar_has_a_tick_and_a_number_at_even_places(scale: MatrixScale, high: int, texts: list[str]) -> None:
    bar = QRectF(20, 10, 12, high)
    found = painted_by(lambda painter: paint_bar(painter, scale, bar), SIZE)
    assert found.texts == texts
    assert {each.colour for each in found.words} == {DARK.faint_text}
    ticks = found.lines(DARK.faint_text)
    (frame,) = found.lines(DARK.line)
    (picture,) = found.pictures
    assert picture == frame.place == bar
    for number, (word, tick) in enumerate(zip(found.words, ticks, strict=True)):
        assert tick.place.center().y() == pytest.approx(10 + high * number / (len(texts) - 1), abs=0.5)
        assert (tick.place.left(), tick.place.right()) == (bar.right(), bar.right() + 3)
        assert word.place.center().y() == pytest.approx(tick.place.center().y(), abs=6)
        assert 0 < word.place.left() - tick.place.right() < 6
        assert word.place.top() >= bar.top() - 2
        assert word.place.bottom() <= bar.bottom() + 2


def test_that_each_mark_is_explained_beside_and_below_its_square() -> None:
    hatched = np.zeros((3, 3), bool)
    hatched[0, 0] = True
    values = np.full((3, 3), 0.5)
    values[2, 2] = np.nan
    side = Side(("a", "b", "c"))
    picture = picture_of(values, SIGNED, side, side, lambda *_: "", hatched=hatched, hatched_means="within chance")
    marks = marks_of(picture)
    assert [words for _, words in marks] == ["within chance", "no variance"]

    def paint(painter: QPainter) -> None:
        paint_marks(painter, marks, QRectF(20, 30, 0, 0).topLeft())

    found = painted_by(paint, SIZE)
    assert [(each.text, each.colour) for each in found.words] == [
        (text, DARK.faint_text) for text in ("within", "chance", "no", "variance")
    ]
    squares = found.lines(DARK.line)
    assert len(squares) == 2
    for square, beside, below in zip(squares, found.words[::2], found.words[1::2], strict=True):
        assert 0 < beside.place.left() - square.place.right() < 8
        assert abs(beside.place.bottom() - square.place.bottom()) <= 2
        assert below.place.left() == pytest.approx(square.place.left(), abs=2)
        assert below.place.top() > square.place.bottom()
    assert squares[1].place.top() > found.words[1].place.bottom()


def test_that_no_mark_is_explained_where_none_is_there() -> None:
    side = Side(("a",))
    assert (
        marks_of(picture_of(np.ones((1, 1)), SIGNED, side, side, lambda *_: "", hatched=np.zeros((1, 1), bool))) == []
    )


@pytest.fixture
def strip(qtbot: QtBot) -> MatrixStrip:
    strip = MatrixStrip()
    qtbot.addWidget(strip)
    strip.resize(300, 150)
    strip.show_matrices(lambda _: matrix(4, 4), ("0", "6", "12"), ("a", "b", "c"))
    return strip


def test_that_the_measurement_that_stands_for_the_current_one_is_framed_and_named_brightly(strip: MatrixStrip) -> None:
    for current, bright in ((0, "0"), (1, "6"), (2, "12")):
        strip.show_current(current)
        found = painted(strip)
        assert [(each.text, each.colour) for each in found.words] == [
            (name, DARK.text if name == bright else DARK.faint_text) for name in ("0", "6", "12")
        ]
        (frame,) = found.lines(DARK.hovered)
        assert frame.px == 2
        frames = [each.place for each in found.shapes if each.line in (DARK.line, DARK.hovered)]
        assert frames == [each.adjusted(-1, -1, 0, 0) for each in found.pictures]
        assert QRectF(strip.rect()).contains(frame.place.adjusted(-1, -1, 1, 1)), "it is seen whole"
        assert frame.place.contains(found.pictures[current].center())
    strip.show_current(None)
    assert painted(strip).lines(DARK.hovered) == []


def test_that_thumbnails_are_as_large_as_fit_with_their_names_below(strip: MatrixStrip) -> None:
    found = painted(strip)
    for place, (picture, name) in enumerate(zip(found.pictures, found.words, strict=True)):
        assert picture == QRectF(strip.thumbnail_rect(place))
        assert name.place.center().x() == pytest.approx(picture.center().x(), abs=2)
        assert 0 < name.place.top() - picture.bottom() < 12
        assert name.place.center().y() == pytest.approx(picture.bottom() + 9, abs=2.5)
        assert QRectF(strip.rect()).contains(picture.united(name.place))
    assert not any(one.intersects(other) for one, other in pairwise(found.pictures))
    side = found.pictures[0].width()
    assert 3 * (side + 1) + 2 * 8 > strip.width() - 4 or side == 110, "a pixel more would not fit"


BARS = [
    LayerBar("conv1", "conv1", 0.75, 0.5, 0.9),
    LayerBar("fc1", "fc1", None),
    LayerBar("fc2", "fc2", -0.5, -0.7, 0.2),
]


@pytest.fixture
def bars(qtbot: QtBot) -> LayerBars:
    bars = LayerBars()
    qtbot.addWidget(bars)
    bars.resize(260, 120)
    bars.show_bars(BARS, "conv1")
    return bars


def test_that_a_layer_s_bar_is_as_long_as_its_mean_and_its_line_spans_most_augmentations(bars: LayerBars) -> None:
    found = painted(bars)
    assert found.texts == ["conv1", "0.75", "fc1", "–", "fc2", "−0.50", "0", "0.5", "1"]
    grooves = [each.place for each in found.areas(DARK.bar_ground)]
    assert len(grooves) == 3
    (chosen,) = found.areas(DARK.hovered)
    assert chosen.place.width() == pytest.approx(0.75 * grooves[0].width())
    assert chosen.place.topLeft() == grooves[0].topLeft()
    span, *ends = found.lines(DARK.text)[:3]
    at = lambda value: grooves[0].left() + value * grooves[0].width()  # noqa: E731
    assert (span.place.left(), span.place.right()) == (pytest.approx(at(0.5)), pytest.approx(at(0.9)))
    assert [each.place.left() for each in ends] == [pytest.approx(at(0.5)), pytest.approx(at(0.9))]
    assert all(each.place.center().y() == pytest.approx(span.place.center().y()) for each in ends)
    assert all(each.place.width() == pytest.approx(0) for each in ends)
    for name, figure, groove in zip(found.words[:6:2], found.words[1:6:2], grooves, strict=True):
        assert 0 < groove.left() - name.place.right() < 10
        assert 0 < figure.place.left() - groove.right() < 10
        assert figure.place.right() <= 260
        assert groove.top() < name.place.center().y() < groove.bottom()
    assert [each.colour for each in found.words] == [DARK.text] * 2 + [DARK.faint_text] * 7


def test_that_below_the_bars_is_their_axis(bars: LayerBars) -> None:
    found = painted(bars)
    groove = found.areas(DARK.bar_ground)[0].place
    ticks = found.lines(DARK.faint_text)
    assert len(ticks) == 3
    for tick, text, share in zip(ticks, ("0", "0.5", "1"), (0, 0.5, 1), strict=True):
        assert tick.place.left() == pytest.approx(groove.left() + share * groove.width(), abs=0.6)
        assert found.word(text).place.center().x() == pytest.approx(tick.place.left(), abs=1.5)
        assert found.areas(DARK.bar_ground)[-1].place.bottom() < tick.place.top() < found.word(text).place.top()


def test_that_a_click_into_a_row_chooses_the_layer_that_is_painted_there(bars: LayerBars, qtbot: QtBot) -> None:
    asked: list[str] = []
    bars.layer_requested.connect(asked.append)
    for groove in painted(bars).areas(DARK.bar_ground):
        qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=groove.place.center().toPoint())
    qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=QPoint(20, bars.height() - 4))
    assert asked == ["conv1", "fc1", "fc2"]


@pytest.mark.parametrize("width", [140, 160, 219, 220, 400])
def test_that_the_strengths_at_both_ends_have_their_numbers(width: int, qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    plot = StrengthPlot(page)
    plot.resize(width, 160)
    page.show()
    qtbot.waitExposed(page)
    plot.grab()
    axis = plot.getPlotItem().getAxis("bottom")
    box = axis.boundingRect()
    for strength, text in ((-1, "−1"), (1, "1")):
        x = axis.mapFromItem(plot.getPlotItem().vb, plot.getPlotItem().vb.mapFromView(QPointF(strength, 0))).x()
        half = QFontMetricsF(plot.font()).horizontalAdvance(text) / 2
        assert box.left() <= x - half < x + half <= box.right()
