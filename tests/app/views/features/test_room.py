"""Words and numbers are there as soon as they have room, and no sooner; and what lies at an edge belongs to it."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QRect
from PyQt6.QtGui import QFontMetrics, QPainter
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.palette import SMALL_PX, active, font
from app.views.features.analysis.activation_strips import Strip
from app.views.features.analysis.sequence_maps import NamedMatrix
from app.views.features.analysis.tiles import ScaleRule, Tiles
from app.views.features.matrix_map import MatrixMap
from app.views.features.scale_line import ScaleLine
from app.views.features.strips_view import StripsView
from app.views.features.tile_grid import TileGrid
from tests.app.painted import Painted, Words, painted, painted_by

Seen = Callable[[Painted], bool]


@pytest.fixture
def least(qtbot: QtBot) -> Callable[..., int]:
    """The least width at which something is painted, which it is at every larger one."""

    def width_of(widget: QWidget, is_there: Seen, low: int, high: int) -> int:
        qtbot.addWidget(widget)

        def at(width: int) -> bool:
            widget.resize(width, widget.height())
            return is_there(painted(widget))

        assert not at(low)
        assert at(high)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if at(middle) else (middle, high)
        at(high)
        return high

    return width_of


def small(text: str, px: int = SMALL_PX) -> int:
    return QFontMetrics(font(px)).horizontalAdvance(text)


def gaps(words: list[Words], width: int) -> list[float]:
    """Between words of one width in pixels, from the middle of one to that of the next."""
    middles = [each.place.center().x() for each in words]
    return [after - before - width for before, after in pairwise(middles)]


@pytest.mark.parametrize("words", ["share of choices", "12 dead"])
def test_that_a_scale_has_its_words_as_soon_as_they_fit(least: Callable[..., int], words: str) -> None:
    line = ScaleLine()
    line.show_scale(0.25, ScaleRule.PASS, is_signed=True, dead="12 dead", words="share of choices")
    line.resize(100, 20)
    width = least(line, lambda found: words in found.texts, 60, 400)
    assert width - painted(line).word(words).place.left() == pytest.approx(small(words), abs=0.4)


def grid(shown: Tiles, width: int, height: int) -> TileGrid:
    made = TileGrid()
    made.resize(width, height)
    made.show_tiles(shown)
    return made


def dots(n: int, **given: object) -> Tiles:
    """Tiles of a single value each."""
    units = np.arange(n) + 100
    return Tiles(np.ones((n, 1, 1), "f4"), units, ("",) * n, 1.0, ScaleRule.PASS, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("labels", "is_there", "px"),
    [
        ((), lambda found: len(found.lines(active().line)) == 1, lambda: 14),
        ((), lambda found: "100" in found.texts, lambda: 22),
        (("0 · 2.5 nats",), lambda found: "0 · 2.5 nats" in found.texts, lambda: small("0 · 2.5 nats", SMALL_PX - 1)),
    ],
    ids=["frame", "number", "label"],
)
def test_that_a_tile_has_a_frame_a_number_and_a_label_where_it_is_wide_enough(
    least: Callable[..., int], labels: tuple[str, ...], is_there: Seen, px: Callable[[], int]
) -> None:
    made = grid(dots(1, labels=labels), 100, 400)
    least(made, lambda _: is_there(lines_of(made)), 8, 300)
    assert made.rect_of(0).width() == px()


def lines_of(made: TileGrid) -> Painted:
    """Frames and numbers, which are kept as a picture."""

    def paint(painter: QPainter) -> None:
        assert made._places is not None
        assert made.tiles is not None
        made._paint_frames(painter, made._places)
        made._paint_numbers(painter, made._places, made.tiles)

    return painted_by(paint, made.size())


def test_that_names_of_a_table_s_columns_keep_six_pixels_apart_and_numbers_of_rows_a_line(qtbot: QtBot) -> None:
    names = tuple(str(number) for number in range(100, 108))
    across, down = [], []
    for px in range(3, 60):
        made = grid(dots(32, n_columns=8, column_names=names), 40 + 8 * (px + 3), 40 + 4 * (px + 3))
        qtbot.addWidget(made)
        words = lines_of(made).words
        top = [each for each in words if each.text in names and each.place.left() > 30]
        side = [each.place.center().y() for each in words if each.place.left() < 30]
        across += [after.place.left() - before.place.left() for before, after in pairwise(top)]
        down += [after - before for before, after in pairwise(side)]
    assert min(across) - small("100", SMALL_PX - 1) == pytest.approx(6, abs=0.1)
    assert min(down) == pytest.approx(13, abs=0.1)


def strip(n: int) -> Strip:
    return Strip("fc", "fc", np.arange(n) + 100, n, np.ones(n, np.float32), None, None)


def test_that_numbers_below_a_strip_keep_eight_pixels_apart(qtbot: QtBot) -> None:
    view, found = StripsView(), []
    qtbot.addWidget(view)
    view.show_strips([strip(10)], 1.0)
    for width in range(200, 640, 7):
        view.resize(width, 120)
        found += gaps([each for each in painted(view).words if each.text.isdigit()], small("100", SMALL_PX - 1))
    assert 8 <= min(found) + 0.1 < 8.8


def test_that_classes_are_told_cell_by_cell_where_each_has_room_for_a_figure(least: Callable[..., int]) -> None:
    view = StripsView()
    view.show_strips([strip(3)], 1.0, tuple(f"c{number}" for number in range(103)), 100, 101)
    view.resize(100, 120)
    least(view, lambda found: "c102" in found.texts, 120, 400)
    assert 44 <= view.cell_of(0, 0).width() < 44.4


def matrix(rows: tuple[str, ...], columns: tuple[str, ...]) -> MatrixMap:
    values = np.ones((len(rows), len(columns)), np.float32)
    made = MatrixMap("a map")
    made.resize(200, 200)
    made.show_matrix(NamedMatrix(values, rows, columns, rows, columns, tuple(range(len(columns))), 1.0))
    return made


def test_that_a_name_of_a_column_is_turned_until_it_fits(least: Callable[..., int]) -> None:
    made = matrix(("a",), ("sat",))
    least(made, lambda found: found.word("sat").place.width() > found.word("sat").place.height(), 30, 200)
    assert made.cell_of(0, 0).width() - small("sat") == 5


def test_that_names_of_columns_and_rows_keep_apart(qtbot: QtBot) -> None:
    numbers = tuple(str(number) for number in range(100, 130))
    made, level, turned, rows = matrix(numbers, numbers), [], [], []
    other = matrix(("a",), tuple(f"w{number}" for number in numbers))
    line = QFontMetrics(font(SMALL_PX)).height() - 2
    for shown in (made, other):
        qtbot.addWidget(shown)
    for width in range(160, 900, 37):
        made.resize(width, width)
        other.resize(width, 200)
        words = painted(made).words
        above = [each for each in words if each.place.bottom() < made.cell_of(0, 0).top()]
        level += gaps(above, small("100"))
        beside = [each.place.center().y() for each in words if each not in above]
        rows += [after - before for before, after in pairwise(beside)]
        if (found := painted(other).words)[1].place.height() > found[1].place.width():
            turned += gaps(found[1:], 0)
    assert 5 <= min(level) + 0.1 < 5.6
    assert line <= min(rows) + 0.1 < line + 1
    assert line <= min(turned) + 0.1 < line + 1


def test_that_the_last_pixel_belongs_to_the_last_value_and_the_next_to_none(qtbot: QtBot) -> None:
    made = matrix(("a", "b"), ("c", "d"))
    qtbot.addWidget(made)
    corner = made.cell_of(1, 1).bottomRight()
    assert made.tip(corner).startswith("b\nd\n")
    for beyond in (QPointF(1, 0), QPointF(0, 1)):
        assert made.tip(corner + beyond) == ""
    view = StripsView()
    qtbot.addWidget(view)
    view.resize(300, 120)
    view.show_strips([strip(3)], 1.0)
    end = view.rect_of(0).bottomRight()
    assert view.tip(end).startswith("fc · unit 102\n")
    assert view.tip(end + QPointF(1, 0)) == ""


def test_that_what_is_painted_anew_in_part_is_as_it_was(qtbot: QtBot) -> None:
    view = StripsView()
    qtbot.addWidget(view)
    view.show_strips([strip(8)] * 12, 1.0, tuple(f"c{number}" for number in range(103)), 100, 101)
    view.resize(300, view.minimumHeight())
    whole = view.grab().toImage()
    for top in range(0, view.height(), 11):
        part = QRect(0, top, view.width(), 5)
        assert view.grab(part).toImage() == whole.copy(part), top


def test_that_lines_and_numbers_stay_from_pass_to_pass(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    draw = TileGrid._drawn_lines
    monkeypatch.setattr(TileGrid, "_drawn_lines", lambda own, *given: drawn.append(1) or draw(own, *given))
    made = grid(dots(6), 300, 200)
    qtbot.addWidget(made)

    def n_drawn(act: Callable[[], object]) -> int:
        drawn.clear()
        act()
        made.grab()
        made.grab()
        return len(drawn)

    assert n_drawn(lambda: None) == 1
    assert n_drawn(lambda: made.show_tiles(dots(6))) == 0
    assert n_drawn(lambda: made.show_unit(3)) == 0
    assert n_drawn(lambda: made.show_tiles(dots(5))) == 1
    assert n_drawn(lambda: made.show_tiles(dots(5, labels=("a",) * 5))) == 1
    assert n_drawn(lambda: made.resize(280, 200)) == 1
    assert n_drawn(lambda: made.show_tiles(None)) == 0
    assert n_drawn(lambda: made.show_tiles(dots(5))) == 1
    monkeypatch.setattr(TileGrid, "devicePixelRatio", lambda own: 2.0)
    assert n_drawn(lambda: None) == 1, "on another screen"


def test_that_lines_are_as_fine_as_the_screen_and_reach_to_the_last_tile(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TileGrid, "devicePixelRatio", lambda own: 2.0)
    made = grid(dots(6), 300, 200)
    qtbot.addWidget(made)
    lines = made._drawn_lines(made._places, made.tiles)  # type: ignore[arg-type]
    assert (lines.width(), lines.height(), lines.devicePixelRatio()) == (600, 400, 2.0)
