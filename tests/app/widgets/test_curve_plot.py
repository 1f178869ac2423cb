"""What a plot over the steps shows beside its curves: marks, bands, and the playhead over a kept picture."""

from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF
from PyQt6.QtGui import QColor, QPaintEvent, QRegion
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.analysis.curve import Measured
from app.palette import Palette, active
from app.widgets.curve_plot import CurvePlot, Line, LineStyle
from app.widgets.steps_plot import StepsPlot
from app.window.theme import PALETTES, apply_theme
from collector.comparing.noise import Band
from tests.app.painted import painted, painted_by
from tests.app.plots import place_in

STEPS = np.arange(101)
LINE = Line(STEPS, np.linspace(5, 10, 101))
ESTIMATE = Measured("x", STEPS, LINE.values, is_estimate=True, errors=np.full(101, 0.5))
NOISE = Band(STEPS, LINE.values - 2, LINE.values + 2)


@pytest.fixture
def plot(qtbot: QtBot, qapp: QApplication) -> CurvePlot:
    apply_theme(qapp)
    made = CurvePlot([LineStyle("bar")])
    show(made, qtbot)
    return made


@pytest.fixture
def kept(qtbot: QtBot, qapp: QApplication) -> StepsPlot:
    """A plot that keeps a picture of itself."""
    apply_theme(qapp)
    made = StepsPlot(["bar"])
    show(made, qtbot)
    return made


def show(plot: CurvePlot, qtbot: QtBot) -> None:
    qtbot.addWidget(plot)
    plot.resize(400, 200)
    plot.show()
    qtbot.waitExposed(plot)


@pytest.mark.parametrize("how", ["epochs", "not_finite", "without_gradient"])
def test_that_each_kind_of_step_is_marked_until_another_run_or_nothing_is_shown(plot: CurvePlot, how: str) -> None:
    marks = {
        "epochs": plot.epoch_marks,
        "not_finite": plot.not_finite_marks,
        "without_gradient": plot.no_gradient_marks,
    }[how]
    for end in (lambda: plot.show_lines([LINE], 100), plot.clear_lines):
        plot.show_lines([LINE], 100, **{how: np.array([20, 60])})  # type: ignore[arg-type]
        assert marks.steps.tolist() == [20, 60]
        end()
        assert marks.steps.tolist() == []


def usual_at(plot: StepsPlot) -> list[float]:
    """The heights in the scene of lines across the plot in the colour of what is faint."""
    room = QRectF(plot.viewport().rect())
    found = painted_by(lambda painter: plot.scene().render(painter, room, room), plot.viewport().size())
    lines = found.lines(QColor(active().faint_text).name())
    return [each.place.center().y() for each in lines if each.place.width() > 200]


@pytest.mark.parametrize("is_log", [False, True])
def test_that_the_usual_value_has_a_line_at_its_height(kept: StepsPlot, is_log: bool) -> None:
    kept.show_lines([LINE, LINE], 100)
    kept.show_log(is_log)
    box = kept.getPlotItem().vb
    for value in (6.0, 9.0):
        kept.show_mark(value)
        place = QPointF(0, np.log10(value) if is_log else value)
        assert usual_at(kept) == [pytest.approx(box.mapViewToScene(place).y(), abs=1)]
    kept.show_mark(None)
    assert usual_at(kept) == []


def test_that_zero_has_no_line_on_a_log_axis(kept: StepsPlot) -> None:
    kept.show_lines([LINE, LINE], 100)
    kept.show_log(True)
    kept.show_mark(0.0)
    assert usual_at(kept) == []


def test_that_an_emptied_plot_marks_no_step_that_was_held(plot: CurvePlot) -> None:
    plot.show_lines([LINE], 100)
    plot.show_held(30)
    assert plot.held_mark.steps.tolist() == [30]
    plot.clear_lines()
    assert plot.held_mark.steps.tolist() == []


@pytest.mark.parametrize("theme", PALETTES)
def test_that_a_band_has_the_colour_of_its_curve_or_of_noise_in_either_theme(
    plot: CurvePlot, qapp: QApplication, theme: str
) -> None:
    apply_theme(qapp, theme)
    QApplication.processEvents()
    palette: Palette = PALETTES[theme]
    for shown, colour in (({"estimate": ESTIMATE}, palette.bar), ({"noise": NOISE}, palette.faint_text)):
        plot.show_lines([LINE], 100, **shown)  # type: ignore[arg-type]
        areas = [each for each in painted(plot).areas(QColor(colour).name()) if each.place.width() > 200]
        assert len(areas) == 1
    plot.show_lines([LINE], 100)
    assert not [each for each in painted(plot).areas(QColor(palette.faint_text).name()) if each.place.width() > 200]


class Repaints(QObject):
    """What of a widget is painted anew."""

    def __init__(self, widget: QObject) -> None:
        super().__init__(widget)
        self._regions: list[QRegion] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QPaintEvent):
            self._regions.append(event.region())
        return False

    def hold(self, at: QPoint) -> bool:
        return any(each.contains(at) for each in self._regions)


def test_that_a_playhead_that_moves_is_painted_anew_where_it_was_and_where_it_is(kept: StepsPlot, qtbot: QtBot) -> None:
    kept.show_lines([LINE, LINE], 100)
    kept.show_step(20)
    QApplication.processEvents()
    repaints = Repaints(kept.viewport())
    kept.show_step(70)
    qtbot.waitUntil(lambda: repaints.hold(place_in(kept, 70)) and repaints.hold(place_in(kept, 20)))
    assert not repaints.hold(place_in(kept, 45)), "all else is kept"


def test_that_a_kept_picture_is_of_the_curves_that_are_shown(kept: StepsPlot) -> None:
    pictures = []
    for values in (LINE.values, LINE.values[::-1], LINE.values):
        kept.show_lines([Line(STEPS, values)] * 2, 100)
        QApplication.processEvents()
        pictures.append(kept.viewport().grab().toImage())
    assert pictures[0] == pictures[2] != pictures[1]


def test_that_the_axis_of_steps_has_its_name_at_any_height(plot: CurvePlot) -> None:
    plot.getPlotItem().setLabel("bottom", "step")
    plot.show_lines([LINE], 100)
    for height in (300, 80):
        plot.resize(400, height)
        QApplication.processEvents()
        words = painted(plot).words
        (name,) = [each for each in words if each.text == "step"]
        number = next(each for each in words if each.text == "0" and each.place.top() > height / 2)
        assert (abs(name.place.bottom() - number.place.bottom()) < 1) == (height == 80), "beside the numbers, or below"
        assert (name.place.right() < number.place.left()) == (height == 80)


def test_that_no_name_stands_beside_numbers_that_are_not_there(plot: CurvePlot) -> None:
    plot.getPlotItem().setLabel("bottom", "step")
    plot.show_lines([LINE], 100)
    plot.resize(400, 80)
    QApplication.processEvents()
    for hide in (lambda: plot.show_steps_below(False), plot.clear_lines):
        assert "step" in painted(plot).texts
        hide()
        assert "step" not in painted(plot).texts
        plot.show_steps_below(True)


@pytest.mark.parametrize("width", [180, 400])
@pytest.mark.parametrize("last_step", [1, 3, 60, 99, 59_000])
def test_that_steps_are_whole_numbers_from_the_first_on_however_narrow_a_plot_is_and_none_is_cut(
    plot: CurvePlot, width: int, last_step: int
) -> None:
    plot.resize(width, 120)
    plot.show_lines([Line(np.array([0, last_step]), np.array([1.0, 2.0]))], last_step)
    below = [each for each in painted(plot).words if each.place.top() > 100 and each.text != "step"]
    numbers = sorted(below, key=lambda each: each.place.left())
    steps = [int(each.text.replace(",", "")) for each in numbers]
    assert steps[0] == 0
    assert len(steps) > 1 and steps[-1] <= last_step
    assert [f"{each:,}" for each in steps] == [each.text for each in numbers]
    assert all(each.place.left() >= 0 and each.place.right() <= plot.viewport().width() for each in numbers)
    assert all(one.place.right() < other.place.left() for one, other in pairwise(numbers))
