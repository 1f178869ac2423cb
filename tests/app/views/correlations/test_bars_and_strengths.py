"""How small matrices, bars and strengths are handled: clicks, tips, sizes, and what is done once."""

from typing import Any

import numpy as np
import pyqtgraph as pg
import pytest
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtGui import QHelpEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QToolTip, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.views.correlations.analysis.augmentation_correlation import mean_by_strength
from app.views.correlations.layer_bars import LayerBar, LayerBars
from app.views.correlations.matrix_strip import MatrixStrip
from app.views.correlations.strength_plot import StrengthPlot
from tests.app.on_screen import shown
from tests.app.painted import Paints, painted
from tests.app.plots import pixel_of
from tests.app.pointer import turn
from tests.app.views.correlations.made_up import KINDS, STABILITY, STRENGTHS, matrix, waves

LEFT = Qt.MouseButton.LeftButton


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


def test_that_others_are_painted_at_once(strip: MatrixStrip, qtbot: QtBot) -> None:
    bars = shown(qtbot, LayerBars(), 200, 120)
    for widget, do in (
        (strip, lambda: strip.show_matrices(lambda _: matrix(waves(3, 3)), list("abc"), [""] * 3)),
        (bars, lambda: bars.show_bars([LayerBar("a", "a", 0.5)], "")),
    ):
        QApplication.processEvents()
        paints = Paints(widget)
        do()
        QApplication.processEvents()
        assert paints.n > 0


def test_that_more_layers_get_the_room_that_they_need(qtbot: QtBot) -> None:
    page = QWidget()
    column = QVBoxLayout(page)
    bars = LayerBars()
    column.addWidget(bars)
    shown(qtbot, page, 200, 60)
    for n in (2, 12):
        bars.show_bars([LayerBar(str(each), str(each), 0.5) for each in range(n)], "")
        QApplication.processEvents()
        assert bars.height() >= bars.minimumSizeHint().height()


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


def test_that_the_means_of_the_other_kinds_are_thin_lines_and_that_of_the_chosen_one_is_strong(
    strengths: StrengthPlot,
) -> None:
    def drawn() -> list[set[tuple[float, float]]]:
        curves = [each for each in strengths.getPlotItem().items if isinstance(each, pg.PlotCurveItem)]
        points = [np.stack(each.getData(), axis=1) for each in curves]
        return [set(map(tuple, each[np.isfinite(each).all(axis=1)].tolist())) for each in points]

    def means(*kinds: str) -> set[tuple[float, float]]:
        found = [mean_by_strength(STRENGTHS[at], STABILITY[at]) for kind in kinds for at in [np.array(KINDS) == kind]]
        return {point for strengths, values in found for point in zip(strengths, values, strict=True)}

    for chosen, others in (("noise", ("rotation", "blur")), ("", ("rotation", "noise", "blur"))):
        strengths.show_stability(KINDS, STRENGTHS, STABILITY, chosen)
        assert drawn() == [means(*others), means(*filter(None, [chosen]))]


def test_that_the_wheel_over_strengths_scrolls_the_page(strengths: StrengthPlot) -> None:
    before = strengths.getPlotItem().vb.viewRange()
    assert not turn(strengths, strengths.rect().center(), 120)
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


def test_that_strengths_are_no_more_moved_by_a_drag_than_by_the_wheel(strengths: StrengthPlot) -> None:
    box = strengths.getPlotItem().vb
    before = box.viewRange()
    assert box.state["mouseEnabled"] == [False, False]
    assert not box.menuEnabled()
    strengths.resize(600, 500)
    strengths.show_stability(KINDS, STRENGTHS, STABILITY, "noise")
    strengths.grab()
    assert box.viewRange()[1] == before[1]
