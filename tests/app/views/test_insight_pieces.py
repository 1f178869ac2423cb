"""Pieces of the gradient panels: legend, segments, scale, histogram, and the plot with a kept picture."""

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.palette import active
from app.views.optimizer.analysis.layer_heat import HeatScale
from app.views.optimizer.heat_colours import colour_table
from app.views.optimizer.histogram_view import ABOUT_AXIS, AXIS, HistogramView
from app.views.optimizer.scale_bar import ScaleBar
from app.widgets.curve_plot import NO_LINE, Line
from app.widgets.heat_map import HeatMap
from app.widgets.legend_line import LegendEntry, LegendLine
from app.widgets.segments import Segments
from app.widgets.steps_plot import StepsPlot
from app.widgets.wrapping_row import WrappingRow
from app.window.theme import apply_theme
from tests.app.plots import pixel_of
from tests.app.views.optimizer.made_up_heat import heat_of


def colours_of(widget, x: slice = slice(None)) -> set[str]:
    image = widget.grab().toImage()
    columns = range(image.width())[x]
    return {image.pixelColor(column, row).name() for column in columns for row in range(image.height())}


def test_that_a_heading_and_its_legend_are_below_each_other_where_there_is_no_room(qtbot: QtBot) -> None:
    heading, legend = QLabel("Effective rank"), LegendLine()
    row = WrappingRow(heading, legend)
    qtbot.addWidget(row)
    entries = [LegendEntry("conv1", "bar", "9.8"), LegendEntry("conv2", "loss", "7.1")]
    legend.show_entries(entries)
    row.resize(600, row.sizeHint().height())
    row.show()
    assert not row.is_wrapped
    assert heading.geometry().right() < legend.x()
    row.resize(heading.sizeHint().width() + legend.wanted_px() - 1, 60)
    qtbot.waitUntil(lambda: row.is_wrapped and legend.y() >= heading.geometry().bottom())
    legend.show_entries(())
    qtbot.waitUntil(lambda: not row.is_wrapped)


def test_that_a_row_that_is_laid_out_asks_for_no_further_layout(qtbot: QtBot) -> None:
    class Row(WrappingRow):
        n_requests = 0

        def event(self, event: QEvent | None) -> bool:
            self.n_requests += event is not None and event.type() == QEvent.Type.LayoutRequest
            return super().event(event)

    row = Row(QLabel("Effective rank"), LegendLine())
    qtbot.addWidget(row)
    row.resize(400, 40)
    row.show()
    qtbot.waitExposed(row)
    QApplication.processEvents()
    layout = row.layout()
    assert layout is not None
    layout.activate()
    row.n_requests = 0
    QApplication.sendEvent(row, QEvent(QEvent.Type.LayoutRequest))
    QApplication.processEvents()
    assert row.n_requests == 1


def test_that_the_room_a_legend_wants_does_not_change_with_its_figures(qtbot: QtBot) -> None:
    legend = LegendLine()
    qtbot.addWidget(legend)
    wanted = []
    for figure in ("1.2", "-1234.5"):
        legend.show_entries([LegendEntry("conv1", "bar", figure)])
        wanted.append(legend.wanted_px())
    assert wanted[0] == wanted[1]


def test_that_a_plot_that_was_closed_can_be_resized_dressed_and_shown_again(qtbot: QtBot, qapp) -> None:
    plot = StepsPlot(("bar",))
    qtbot.addWidget(plot)
    plot.show()
    plot.close()
    plot.resize(500, 300)
    apply_theme(qapp, "light")
    plot.show()
    plot.show_lines([NO_LINE, Line(np.array([0, 5]), np.array([1.0, 2.0]))], 5)
    assert plot.playhead.isVisible()


def test_that_a_legend_shows_its_colours_also_where_names_have_no_room(qtbot: QtBot) -> None:
    line = LegendLine()
    qtbot.addWidget(line)
    line.show_entries([LegendEntry("Released gradients", "bar", "0.5"), LegendEntry("Retained", "loss", "0.5")])
    for width in (400, 150, 60):
        line.resize(width, 22)
        assert active().bar in colours_of(line)
    line.resize(400, 22)
    assert active().loss in colours_of(line)


def test_that_one_segment_is_down_and_a_click_says_which(qtbot: QtBot) -> None:
    segments = Segments(("a", "b"))
    qtbot.addWidget(segments)
    segments.show_chosen("a")
    with qtbot.waitSignal(segments.chosen) as chosen:
        qtbot.mouseClick(segments.buttons["b"], Qt.MouseButton.LeftButton)
    assert chosen.args == ["b"]
    assert not segments.buttons["a"].isChecked()
    segments.show_reach("a", False, "not recorded")
    segments.buttons["a"].click()
    assert segments.buttons["b"].isChecked()
    segments.show_options(("b", "c"))
    assert list(segments.buttons) == ["b", "c"]


@pytest.mark.parametrize(
    ("scale", "texts"),
    [
        (HeatScale(2e-6, 3.0, is_log=True), ["1e−5", "1e−3", "1e−1"]),
        (HeatScale(0.0, 180.0, is_log=False), ["0", "45", "90", "135", "180"]),
        (HeatScale(0.9, 1.1, is_log=True), ["0.9", "1"]),
    ],
)
def test_that_the_scale_has_round_numbers_that_fit(qtbot: QtBot, scale: HeatScale, texts: list[str]) -> None:
    bar = ScaleBar()
    qtbot.addWidget(bar)
    bar.scale = scale
    found = [text for _, text in bar.ticks(250)]
    assert set(texts) <= set(found)
    assert len(bar.ticks(100)) <= 3
    assert all(0 <= place <= 1 + 1e-6 for place, _ in bar.ticks(250))


def test_that_an_empty_heat_map_takes_every_event(qtbot: QtBot) -> None:
    heat_map = HeatMap(colour_table)
    qtbot.addWidget(heat_map)
    heat_map.resize(300, 100)
    heat_map.grab()
    qtbot.mouseClick(heat_map, Qt.MouseButton.LeftButton)
    assert heat_map.text_at(QPointF(200, 50)) == ""


def test_that_the_playhead_stays_where_it_is_when_a_run_grows(qtbot: QtBot) -> None:
    plot = StepsPlot(("bar",))
    qtbot.addWidget(plot)
    line = Line(np.arange(10), np.arange(10.0))
    plot.show_lines([NO_LINE, line], 9)
    plot.show_step(7)
    plot.show_lines([NO_LINE, line], 9)
    assert plot.playhead.value() == 7


def test_that_the_playhead_is_dragged_to_the_ends_of_a_run_and_no_further(qtbot: QtBot) -> None:
    plot = StepsPlot(("bar",))
    qtbot.addWidget(plot)
    plot.resize(400, 120)
    plot.show()
    qtbot.waitExposed(plot)
    plot.show_lines([NO_LINE, Line(np.arange(10), np.arange(10.0))], 9)
    plot.show_step(4)
    asked: list[float] = []
    plot.step_requested.connect(asked.append)
    at = pixel_of(plot, 4, 5)
    qtbot.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    for x in (0, plot.viewport().width()):
        qtbot.mouseMove(plot.viewport(), QPoint(x, at.y()))
    qtbot.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(plot.viewport().width(), at.y()))
    assert (asked[0], asked[-1]) == (0, 9)


def test_that_a_moved_playhead_leaves_no_trace(qtbot: QtBot) -> None:
    heat_map = HeatMap(colour_table)
    qtbot.addWidget(heat_map)
    heat_map.resize(400, 80)
    heat_map.show()
    heat_map.show_heat(heat_of(gradient_norm__a=np.ones(100)), 100)
    heat_map.show_range(0, 100)
    for step in (20, 70):
        heat_map.show_step(step)
        image = heat_map.grab().toImage()
        yellow = [x for x in range(image.width()) if image.pixelColor(x, 40).name() == active().hovered]
        assert yellow
        assert all(abs(x - heat_map._x_of(step)) <= 2 for x in yellow)


def test_that_a_histogram_tells_each_bar_and_says_why_there_is_none(qtbot: QtBot) -> None:
    view = HistogramView("Weights", "bar")
    qtbot.addWidget(view)
    view.resize(300, 140)
    counts = np.zeros(129, np.int64)
    counts[64 + 48], counts[64 - 48], counts[64] = 30, 60, 10
    view.show_counts(counts)
    view.grab()
    inside = view._inside()
    assert "60 values, 60.00 %" in view.text_at(inside.left() + 1)
    assert "−0.5 … −1" in view.text_at(inside.left() + 1)
    assert "30 values" in view.text_at(inside.right() - 1)
    assert "10 values" in view.text_at(inside.center().x())
    assert view.text_at(2) == ABOUT_AXIS
    assert AXIS in view.accessibleName()
    view.show_counts(None, "not recorded at this pass")
    assert len(view.bars) == 0
    view.show_counts(np.zeros(129, np.int64))
    view.grab()


def test_that_the_axis_of_a_histogram_grows_and_begins_anew_when_told(qtbot: QtBot) -> None:
    view = HistogramView("Gradients", "loss")
    qtbot.addWidget(view)
    wide, narrow = np.zeros(129, np.int64), np.zeros(129, np.int64)
    wide[[64 + 20, 64 + 50]] = 100
    narrow[64 + 45 : 64 + 50] = 100
    view.show_counts(wide)
    n_wide = len(view.bars)
    view.show_counts(narrow)
    assert len(view.bars) == n_wide
    view.forget_range()
    view.show_counts(narrow)
    assert len(view.bars) < n_wide


def test_that_a_moved_playhead_does_not_draw_the_curves_again(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = QWidget()
    qtbot.addWidget(outside)
    plot = StepsPlot(("bar",), parent=outside)
    outside.show()
    qtbot.waitExposed(outside)
    plot.show_curves([(np.arange(50), np.arange(50.0))], 50, np.zeros(0))
    for step in (1, 0, 1):  # until the window system has nothing more to say
        plot.show_step(step)
        qtbot.wait(50)
    drawn: list[int] = []
    render = plot.render
    monkeypatch.setattr(plot, "render", lambda *arguments: (drawn.append(1), render(*arguments)))
    for step in range(2, 7):
        plot.show_step(step)
        qtbot.wait(5)
    assert drawn == []
    plot.show_curves([(np.arange(50), -np.arange(50.0))], 50, np.zeros(0))
    qtbot.wait(50)
    assert drawn


def test_that_thin_lines_have_a_part_in_the_range_of_values(qtbot: QtBot) -> None:
    plot = StepsPlot(("bar",))
    qtbot.addWidget(plot)
    plot.resize(400, 200)
    plot.hold_others(np.arange(50), np.array([np.full(50, 7.0), np.full(50, -3.0)]))
    plot.show_curves([(np.arange(50), np.ones(50))], 50, np.zeros(0))
    low, high = plot.getPlotItem().vb.viewRange()[1]
    assert low <= -3
    assert high >= 7
    plot.show_log(True)
    plot.grab()
    assert 10 ** plot.getPlotItem().vb.viewRange()[1][1] >= 7


def test_that_long_curves_of_many_layers_are_drawn_with_no_more_points_than_can_be_seen(qtbot: QtBot) -> None:
    plot = StepsPlot(("bar",))
    qtbot.addWidget(plot)
    plot.resize(500, 200)
    values = np.random.default_rng(0).random((20, 100_000))
    plot.hold_others(np.arange(100_000), values)
    plot.show_curves([None], 100_000, np.zeros(0))
    assert len(plot._thin.getData()[0]) < 20_000
    assert plot.others[1].shape == values.shape


def test_that_many_values_have_a_moving_mean_and_few_are_drawn_as_they_are(qtbot: QtBot) -> None:
    plot = StepsPlot(("bar",))
    qtbot.addWidget(plot)
    few, many = np.random.default_rng(0).random(50), np.random.default_rng(0).random(1000)
    plot.show_curves([(np.arange(50), few)], 50, np.zeros(0))
    assert [len(line.steps) for line in plot.lines] == [0, 50]
    plot.show_curves([(np.arange(1000), many)], 1000, np.zeros(0))
    assert plot.lines[0].values.tolist() == many.tolist()
    assert plot.lines[1].values.std() < many.std() / 2
