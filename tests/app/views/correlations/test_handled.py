"""How matrices, bars and plots are handled: the wheel, drags, other buttons, tips, and what is done once."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QHelpEvent, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from app.views.correlations.layer_bars import LayerBar, LayerBars
from app.views.correlations.matrix_strip import MatrixStrip
from app.views.correlations.matrix_view import MatrixView
from app.views.correlations.strength_plot import StrengthPlot
from tests.app.painted import painted
from tests.app.views.correlations.made_up import KINDS, STRENGTHS, matrix, waves
from tests.app.views.correlations.test_reach import STABILITY, pixel_of
from tests.app.views.stories.test_pages import Paints

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def shown(qtbot: QtBot, widget: Any, width: int = 400, height: int = 300) -> Any:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def view(qtbot: QtBot) -> MatrixView:
    """Of 40 rows and 30 columns."""
    view: MatrixView = shown(qtbot, MatrixView())
    view.show_matrix(matrix(waves(40, 30)))
    return view


class Told:
    """What a matrix said."""

    def __init__(self, view: MatrixView) -> None:
        self.clicked: list[tuple[int, int]] = []
        self.pointed: list[tuple[int, int]] = []
        view.cell_clicked.connect(lambda *cell: self.clicked.append(cell))
        view.cell_pointed.connect(lambda *cell: self.pointed.append(cell))


def center(view: MatrixView, row: int, column: int) -> QPoint:
    return view.cell_rect(row, column).center()


def wheel(widget: QWidget, at: QPoint, notches: int = 1) -> bool:
    """Whether the widget took it."""
    none, over = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    place = QPointF(at)
    event = QWheelEvent(place, place, QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, none, over, False)
    widget.wheelEvent(event)  # type: ignore[arg-type]
    return event.isAccepted()


# --- a matrix


def test_that_the_wheel_is_left_to_others_where_there_is_nothing_to_zoom_into(view: MatrixView, qtbot: QtBot) -> None:
    assert wheel(view, center(view, 20, 15))
    view.show_whole()
    assert not wheel(view, QPoint(2, 2)), "beside the plot"
    fixed = shown(qtbot, MatrixView(is_zoomable=False))
    fixed.show_matrix(matrix(waves(40, 30)))
    assert not wheel(fixed, center(fixed, 20, 15))
    view.show_matrix(None)
    assert not wheel(view, view.rect().center())
    assert view.seen is fixed.seen is None


def test_that_the_wheel_keeps_the_place_under_the_pointer_and_tells_of_the_cell(view: MatrixView) -> None:
    told, at = Told(view), center(view, 10, 20)
    before = view.cell_rect(10, 20)
    wheel(view, at, 3)
    assert view.seen is not None
    assert (view.seen.width(), view.seen.height()) == pytest.approx((30 / 1.25**3, 40 / 1.25**3))
    after = view.cell_rect(10, 20)
    assert after.contains(at)
    for axis in ("x", "y"):
        start, end = (getattr(each.topLeft(), axis)() for each in (before, after))
        size = {"x": "width", "y": "height"}[axis]
        share = [(getattr(at, axis)() - low) / getattr(rect, size)() for low, rect in ((start, before), (end, after))]
        assert share[0] == pytest.approx(share[1], abs=0.15)
    assert told.pointed == [(10, 20)]
    wheel(view, at, 1)
    assert told.pointed == [(10, 20)], "it is the same"


def test_that_a_drag_moves_by_whole_cells_from_where_it_began(view: MatrixView) -> None:
    view._see(QRectF(5, 10, 15, 20))
    told, start = Told(view), center(view, 20, 12)
    wide, high = (each.cell_px for each in reversed(view._spans(view._place())))
    QTest.mousePress(view, LEFT, pos=start)
    for columns, rows in ((-2, -3), (-3, 1), (1, 2)):
        QTest.mouseMove(view, start + QPoint(round(columns * wide), round(rows * high)))
        assert view.seen is not None
        assert view.seen.left() == pytest.approx(5 - columns, abs=1 / wide)
        assert view.seen.top() == pytest.approx(10 - rows, abs=1 / high)
    assert (view.seen.width(), view.seen.height()) == (15, 20)
    QTest.mouseRelease(view, LEFT, pos=start)
    QTest.mouseMove(view, start + QPoint(40, 40))
    assert view.seen.left() == pytest.approx(4, abs=1 / wide), "it is over"
    assert told.clicked == []


def test_that_only_what_was_pressed_is_clicked_and_by_the_left_button(view: MatrixView, qtbot: QtBot) -> None:
    told, at = Told(view), center(view, 20, 15)
    QTest.mouseRelease(view, LEFT, pos=at)
    QTest.mouseClick(view, RIGHT, pos=at)
    QTest.mousePress(view, RIGHT, pos=at)
    QTest.mouseRelease(view, LEFT, pos=at)
    QTest.mousePress(view, LEFT, pos=at)
    QTest.mouseRelease(view, RIGHT, pos=at)
    assert told.clicked == []
    QTest.mouseRelease(view, LEFT, pos=at)
    assert told.clicked == [(20, 15)]
    view.show_matrix(None)
    QTest.mousePress(view, LEFT, pos=at)
    view.show_matrix(matrix(waves(40, 30)))
    QTest.mouseRelease(view, LEFT, pos=at)
    assert told.clicked == [(20, 15)], "there was no cell when it was pressed"


def test_that_a_double_click_shows_the_whole_where_parts_can_be_seen(view: MatrixView) -> None:
    view._see(QRectF(5, 10, 15, 20))
    QTest.mouseDClick(view, LEFT, pos=center(view, 20, 12))
    assert view.seen is None
    view.show_matrix(None)
    QTest.mouseDClick(view, LEFT, pos=view.rect().center())
    assert view.seen is None


def test_that_words_on_a_cell_go_with_the_pointer_and_while_it_is_pressed(view: MatrixView) -> None:
    told, at = Told(view), center(view, 20, 15)
    QTest.mouseMove(view, at)
    words = view.tip
    assert view.accessibleDescription() == words != ""

    def is_told() -> bool:
        return any(each in words for each in painted(view).texts if each.startswith("row 20"))

    assert is_told()
    QTest.mousePress(view, LEFT, pos=at)
    assert not is_told()
    QTest.mouseRelease(view, LEFT, pos=at)
    assert is_told()
    for _ in range(2):
        QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert not is_told()
    assert view.tip == ""
    assert told.pointed == [(20, 15), (-1, -1)]


def test_that_what_is_pointed_at_stays_for_a_matrix_of_the_same_shape(view: MatrixView) -> None:
    QTest.mouseMove(view, center(view, 20, 15))
    view.show_matrix(matrix(-waves(40, 30)))
    assert view.tip == f"row 20 × column 15 of a matrix that is told in words: {-waves(40, 30)[20, 15]:.3f}"
    view.show_matrix(matrix(waves(30, 40)))
    assert view.tip == ""
    QTest.mouseMove(view, center(view, 20, 15) + QPoint(0, 1))
    view.show_matrix(None, "It is gone.")
    assert (view.tip, view.accessibleDescription()) == ("", "It is gone.")


@pytest.fixture
def made(view: MatrixView, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], tuple[bool, int]]:
    """Whether a matrix is painted anew for something that is done, and how often what stays is made."""
    usual, times = view._painted, 0

    def painted_anew(*given: Any) -> Any:
        nonlocal times
        times += 1
        return usual(*given)

    monkeypatch.setattr(view, "_painted", painted_anew)

    def count(do: Callable[[], object]) -> tuple[bool, int]:
        nonlocal times
        QApplication.processEvents()
        paints, times = Paints(view), 0
        do()
        QApplication.processEvents()
        return paints.n > 0, times

    return count


def test_that_what_stays_is_painted_once(view: MatrixView, made: Callable[..., tuple[bool, int]]) -> None:
    view.show_chosen((1, 2))
    assert made(lambda: view.show_chosen((1, 2))) == (False, 0)
    assert made(lambda: view.show_chosen((1, 3))) == (True, 0)
    assert made(lambda: QTest.mouseMove(view, center(view, 20, 15))) == (True, 0)
    assert made(lambda: QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))) == (True, 0)
    assert made(lambda: view.show_matrix(view.picture)) == (True, 1)
    assert made(lambda: view.show_side_pictures(lambda _: None)) == (True, 1)
    assert made(view.show_whole) == (True, 1)
    assert made(lambda: view.resize(410, 310)) == (True, 1)
    assert made(lambda: QApplication.sendEvent(view, QEvent(QEvent.Type.PaletteChange)))[1] == 1
    assert made(lambda: QApplication.sendEvent(view, QEvent(QEvent.Type.LanguageChange)))[1] == 0


# --- small matrices and bars


@pytest.fixture
def strip(qtbot: QtBot) -> MatrixStrip:
    strip: MatrixStrip = shown(qtbot, MatrixStrip(), 260, 150)
    return strip


def test_that_a_small_matrix_is_made_once_where_it_is_seen(strip: MatrixStrip) -> None:
    asked: list[int] = []

    def picture_of(number: int) -> Any:
        asked.append(number)
        return matrix(waves(3, 3))

    strip.show_matrices(picture_of, [str(each) for each in range(60)], [""] * 60)
    for current in (0, 30):
        strip.show_current(current)
        strip.grab()
    assert sorted(asked) == strip.shown() != list(range(60))
    strip.show_matrices(picture_of, list("ab"), [""] * 2)
    asked.clear()
    strip.grab()
    assert asked == [0, 1]


def test_that_a_strip_is_painted_anew_where_another_is_marked(strip: MatrixStrip) -> None:
    strip.show_matrices(lambda _: matrix(waves(3, 3)), list("abc"), [""] * 3)
    for current, is_painted in ((1, True), (1, False), (None, True), (None, False)):
        QApplication.processEvents()
        paints = Paints(strip)
        strip.show_current(current)
        QApplication.processEvents()
        assert (paints.n > 0) == is_painted
        assert strip.current == current


def test_that_a_strip_of_none_has_none(strip: MatrixStrip) -> None:
    assert strip.shown() == []
    assert painted(strip).pictures == []
    asked: list[int] = []
    strip.measurement_requested.connect(asked.append)
    QTest.mouseClick(strip, LEFT, pos=QPoint(20, 20))
    assert asked == []


def tip(widget: QWidget, at: QPoint, kind: QEvent.Type, qtbot: QtBot) -> str:
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
    assert widget.event(QHelpEvent(kind, at, widget.mapToGlobal(at)))
    return QToolTip.text() if QToolTip.isVisible() else ""


def test_that_a_tip_tells_of_what_is_under_the_pointer(strip: MatrixStrip, qtbot: QtBot) -> None:
    bars = shown(qtbot, LayerBars(), 200, 120)
    bars.show_bars([LayerBar("a.conv", "conv", 0.5, 0.25, 0.75), LayerBar("a.fc", "fc", None)], "")
    bars.setToolTip("of all")
    strip.show_matrices(lambda _: matrix(waves(3, 3)), list("abc"), ["first", "second", "third"])
    at = [strip.thumbnail_rect(number).center() for number in range(3)]
    asked: tuple[tuple[QWidget, QPoint, str], ...] = (
        (strip, at[0], "first"),
        (strip, at[2], "third"),
        (strip, QPoint(0, 0), ""),
        (bars, QPoint(10, 27), "a.conv: 0.50; from 0.25 to 0.75\nof all"),
        (bars, QPoint(10, 28), "a.fc: no number\nof all"),
        (bars, QPoint(10, 56), ""),
    )
    for widget, place, words in asked:
        assert tip(widget, place, QEvent.Type.ToolTip, qtbot) == words
        assert tip(widget, place, QEvent.Type.WhatsThis, qtbot) == ""


@pytest.mark.parametrize(
    ("mean", "beside", "figure"),
    [
        (0.5, None, "0.50"),
        (0.5, 0.75, "+0.25"),
        (0.5, 0.25, "−0.25"),
        (0.5, 0.5, "0.00"),
        (0.5, 0.504, "0.00"),
        (0.5, 0.506, "+0.01"),
        (None, 0.5, "–"),
    ],
)
def test_that_beside_another_network_the_difference_is_told_with_its_sign(
    mean: float | None, beside: float | None, figure: str, qtbot: QtBot
) -> None:
    bars = shown(qtbot, LayerBars(), 200, 60)
    bars.show_bars([LayerBar("a", "a", mean, beside=beside)], "")
    assert painted(bars).texts[1] == figure


def test_that_bars_want_a_row_for_each_layer_and_their_axis(qtbot: QtBot) -> None:
    bars = shown(qtbot, LayerBars(), 200, 300)
    heights = []
    for n in (0, 1, 3):
        bars.show_bars([LayerBar(str(each), str(each), 0.5) for each in range(n)], "")
        bars.resize(200, bars.sizeHint().height())
        wanted = bars.row_rect(0).height()
        bars.resize(200, bars.minimumSizeHint().height())
        heights.append((wanted, bars.row_rect(0).height()))
    assert heights[1:] == [(28, 13)] * 2
    assert bars.sizeHint().height() - 3 * 28 == bars.minimumSizeHint().height() - 3 * 13 == 16


# --- strengths


@pytest.fixture
def strengths(qtbot: QtBot) -> StrengthPlot:
    page = shown(qtbot, QWidget(), 500, 400)
    plot = StrengthPlot(page)
    plot.resize(500, 400)
    plot.show()
    plot.show_stability(KINDS, STRENGTHS, STABILITY, "rotation")
    plot.grab()
    return plot


def test_that_a_dot_is_told_of_once_while_the_pointer_stays_on_it(strengths: StrengthPlot) -> None:
    pointed: list[int] = []
    strengths.augmentation_pointed.connect(pointed.append)
    at = pixel_of(strengths, STRENGTHS[2], STABILITY[2])
    for by in ((0, 0), (1, 1), (2, 0), (40, 0), (42, 0)):
        QTest.mouseMove(strengths.viewport(), at + QPoint(*by))
    assert pointed == [2, -1]


def test_that_a_click_on_a_thin_line_asks_for_its_kind_and_on_a_dot_for_none(strengths: StrengthPlot) -> None:
    asked: list[str] = []
    strengths.kind_requested.connect(asked.append)
    QTest.mouseClick(strengths.viewport(), LEFT, pos=pixel_of(strengths, -0.4, 0.9))
    assert asked == ["noise"]
    QTest.mouseClick(strengths.viewport(), LEFT, pos=pixel_of(strengths, -0.4, 0.75))
    assert asked == ["noise"], "beside it"
    strengths.show_stability(KINDS, STRENGTHS, np.where(STRENGTHS == 0.25, 0.9, STABILITY), "rotation")
    strengths.grab()
    both = pixel_of(strengths, 0.25, 0.9)
    assert strengths.kind_at(both) == "noise"
    QTest.mouseClick(strengths.viewport(), LEFT, pos=both)
    assert asked == ["noise"], "a dot is nearer to who clicks"


def test_that_the_wheel_over_strengths_scrolls_the_page(strengths: StrengthPlot) -> None:
    before = strengths.getPlotItem().vb.viewRange()
    assert not wheel(strengths, strengths.rect().center())
    assert strengths.getPlotItem().vb.viewRange() == before


@pytest.mark.parametrize(
    ("size", "below", "beside", "n_ticks"),
    [((220, 120), True, True, 5), ((219, 120), True, False, 3), ((220, 119), False, True, 5)],
)
def test_that_axes_have_their_names_and_all_ticks_where_there_is_room(
    strengths: StrengthPlot, size: tuple[int, int], below: bool, beside: bool, n_ticks: int
) -> None:
    strengths.setMinimumSize(0, 0)
    strengths.resize(*size)
    strengths.grab()
    axes = [strengths.getPlotItem().getAxis(name) for name in ("bottom", "left")]
    assert [axis.label.isVisible() for axis in axes] == [below, beside]
    assert len(axes[0]._tickLevels[0]) == n_ticks


@pytest.mark.parametrize(
    ("least", "low"), [(0.95, 0.9), (0.9, 0.9), (0.89, 0.8), (0.05, 0.0), (-0.01, -0.1), (np.nan, 0.9)]
)
def test_that_the_axis_of_values_ends_with_the_tenth_below_the_least(
    strengths: StrengthPlot, least: float, low: float
) -> None:
    values = np.full(9, 1.0 if np.isfinite(least) else np.nan)
    values[4] = least
    strengths.show_stability(KINDS, STRENGTHS, values, "rotation")
    shown_from, shown_to = strengths.getPlotItem().vb.viewRange()[1]
    room = 0.04 * (1 - low)
    assert (shown_from, shown_to) == pytest.approx((low - room, 1 + room))
    assert strengths.getPlotItem().getAxis("left").style["showValues"] == np.isfinite(least)
