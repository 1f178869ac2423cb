"""What the optimizer's panel asks for, how often, and what is painted anew."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint
from PyQt6.QtGui import QHelpEvent
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from app.analysis.measures import Measure
from app.views.optimizer.analysis.layer_heat import layer_heat
from app.views.optimizer.histogram_column import Histograms
from app.views.optimizer.histogram_view import HistogramView
from app.views.optimizer.panel import OptimizerPanel
from app.views.optimizer.scale_bar import ScaleBar
from tests.app.growing_run import GrowingRun
from tests.app.looks.pieces.optimizer import NORM, SHARE
from tests.app.painted import Paints, painted
from tests.app.pointer import Around
from tests.app.views.optimizer.answering import draw
from tests.app.views.optimizer.made_up_heat import heat_of
from tests.app.views.optimizer.two_layers import compared
from tests.app.views.optimizer.two_layers import run as two_layers

N = 12
ONE = np.eye(129, dtype=np.int64)
HISTOGRAMS: Histograms = {"fc1": {"weight": ONE[100]}}


def run_of(*names: str, **given: Any) -> GrowingRun:
    return GrowingRun().grow(**{name: np.arange(1.0, N + 1) for name in names}, **given)


class Asking:
    """A panel, and the measures that it has asked for; it is given each at once."""

    def __init__(self, qtbot: QtBot) -> None:
        self.panel = OptimizerPanel()
        qtbot.addWidget(self.panel)
        self.panel.resize(1000, 600)
        self.panel.show()
        self.asked: list[tuple[Any, str]] = []
        self.panel.heat_requested.connect(self._answer)

    def _answer(self, run: Any, measure: Measure) -> None:
        self.asked.append((run, measure.key))
        self.panel.show_heat(layer_heat(run, measure))

    def show(self, run: GrowingRun) -> None:
        self.panel.show_collection(run)  # type: ignore[arg-type]
        draw(self.panel)


@pytest.fixture
def asking(qtbot: QtBot) -> Asking:
    return Asking(qtbot)


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (("update_norm/a", "gradient_norm/a", "update_ratio/a"), "update_ratio"),
        (("update_norm/a", "gradient_norm/a"), "gradient_norm"),
        (("weight_norm/a", "update_norm/a"), "update_norm"),
    ],
)
def test_that_at_first_the_best_known_measure_is_asked_for_once(
    asking: Asking, names: tuple[str, ...], key: str
) -> None:
    run = run_of(*names)
    asking.show(run)
    assert asking.asked == [(run, key)]
    assert asking.panel.chosen == key


def test_that_what_was_chosen_is_asked_for_of_another_run_as_far_as_that_has_it(asking: Asking) -> None:
    asking.show(run_of("update_ratio/a", "gradient_norm/a", "update_norm/a"))
    asking.panel.choose("update_norm")
    for names, key in ((("update_norm/b", "update_ratio/b"), "update_norm"), (("update_ratio/b",), "update_ratio")):
        asking.show(run_of(*names))
        assert asking.panel.chosen == key
    assert [key for _, key in asking.asked] == ["update_ratio", "update_norm", "update_norm", "update_ratio"]


def test_that_what_a_run_has_not_is_not_asked_for(asking: Asking) -> None:
    asking.panel.choose("update_ratio")
    assert asking.asked == []
    asking.show(run_of("gradient_norm/a"))
    asking.panel.choose("update_ratio")
    assert [key for _, key in asking.asked] == ["gradient_norm"]


def test_that_the_measures_that_are_known_best_are_offered_before_all_others(asking: Asking) -> None:
    asking.show(run_of("update_ratio/a", "gradient_norm/a", "near_zero_mass@1e-05/a", "own/a"))
    box = asking.panel.measure_box
    first = [each.key for each in asking.panel._measures.values() if each.is_first]
    assert box.offered[: len(first)] == first
    assert set(box.offered) == set(asking.panel._measures)


def test_that_histograms_are_news_once_even_where_nothing_else_was_recorded(asking: Asking) -> None:
    asking.show(run_of("loss"))
    assert asking.panel.empty_state.isVisible()
    asking.panel.show_histograms({}, 0)
    assert asking.panel.empty_state.isVisible()
    asking.panel.show_histograms(HISTOGRAMS, 3)
    assert not asking.panel.empty_state.isVisible()
    asking.show(run_of("gradient_norm/a"))
    asking.panel.show_histograms(HISTOGRAMS, 3)
    asking.panel.show_histograms(HISTOGRAMS, 6)
    assert [key for _, key in asking.asked] == ["gradient_norm"] * 2, "once more for what there is beside it now"


def test_that_a_layer_that_is_marked_already_is_not_drawn_again(asking: Asking) -> None:
    asking.show(run_of("gradient_norm/a", "gradient_norm/b"))
    asking.panel.show_layer("b")
    assert asking.panel.is_filling
    draw(asking.panel)
    asking.panel.show_layer("b")
    assert not asking.panel.is_filling
    asking.panel.show_layer(None)
    assert asking.panel.is_filling


def test_that_a_click_on_a_row_is_for_a_layer_of_this_run(asking: Asking) -> None:
    asking.show(run_of("gradient_norm/a", "gradient_norm/b"))
    layers: list[str] = []
    asking.panel.layer_requested.connect(layers.append)
    for name in ("b", "of B alone", "whole model"):
        asking.panel.heat_map.layer_requested.emit(name)
    draw(asking.panel)
    assert layers == ["b"]
    assert asking.panel.curves_legend.entries[0].label == "Gradient norm · b"


def test_that_turns_of_the_event_loop_are_taken_as_long_as_there_is_anything_to_draw(asking: Asking) -> None:
    turns: list[bool] = []
    asking.panel._timer.timeout.connect(lambda: turns.append(asking.panel.is_filling))
    asking.show(run_of("gradient_norm/a"))
    for _ in range(5):
        QApplication.processEvents()
    n_turns = len(turns)
    assert turns == [True, True, False, False], "of rates, picture and curves, and one that finds nothing to do"
    QApplication.processEvents()
    assert len(turns) == n_turns


def test_that_a_single_row_takes_little_room_and_several_all_there_is(asking: Asking) -> None:
    asking.show(run_of("gradient_norm/a"))
    assert asking.panel.heat_map.maximumHeight() == 60
    asking.show(run_of("gradient_norm/a", "gradient_norm/b"))
    assert asking.panel.heat_map.maximumHeight() > 10_000


def test_that_what_is_usual_is_marked_on_the_scale_of_a_run_and_not_on_that_of_a_difference(asking: Asking) -> None:
    a, b = two_layers(), two_layers(2.0)
    asking.show(a)
    assert asking.panel.scale_bar.mark == 1e-3
    asking.panel.show_collection(a, compared(a, b))  # type: ignore[arg-type]
    draw(asking.panel)
    assert asking.panel.scale_bar.mark is None
    assert asking.panel.curves._mark.isVisible()


@pytest.mark.parametrize(
    ("make", "acts"),
    [
        (
            ScaleBar,
            [
                lambda bar: bar.show_heat(heat_of(NORM, gradient_norm__a=np.ones(3))),
                lambda bar: bar.show_heat(heat_of(SHARE, dead_fraction__a=np.ones(3))),
                lambda bar: bar.show_heat(None),
            ],
        ),
        (
            lambda: HistogramView("Weights", "bar"),
            [
                lambda view: view.show_counts(ONE[100]),
                lambda view: view.show_counts(ONE[100], of_b=ONE[101]),
                lambda view: view.show_counts(None, "nothing"),
            ],
        ),
    ],
    ids=["scale", "histogram"],
)
def test_that_what_is_changed_is_painted_anew(
    qtbot: QtBot, make: Callable[[], QWidget], acts: list[Callable[[Any], object]]
) -> None:
    shown = make()
    qtbot.addWidget(shown)
    shown.resize(400, 130)
    shown.show()
    qtbot.waitExposed(shown)
    paints = Paints(shown)
    for act in acts:
        for _ in range(3):
            QApplication.processEvents()
        paints.n = 0
        act(shown)
        QApplication.processEvents()
        assert paints.n


def test_that_a_tip_is_the_bar_s_own_and_not_that_of_what_it_stands_in(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = Around()
    qtbot.addWidget(around)
    view = HistogramView("Weights", "bar", around)
    view.resize(400, 130)
    view.show_counts(ONE[100])
    told: list[tuple[QPoint, str, QWidget]] = []
    monkeypatch.setattr(QToolTip, "showText", lambda *given: told.append(given))
    QApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, QPoint(214, 60), QPoint(300, 400)))
    ((where, words, widget),) = told
    assert (where, widget) == (QPoint(300, 400), view)
    assert words.startswith("|x| < ")
    assert around.n_asked == 0


def test_that_at_the_least_size_bars_are_two_lines_high_and_wide_enough_for_both_signs(qtbot: QtBot) -> None:
    view = HistogramView("Weights", "bar")
    qtbot.addWidget(view)
    least, usual = view.minimumSizeHint(), view.sizeHint()
    assert least.width() < usual.width() and least.height() < usual.height()
    view.resize(least)
    view.show_counts(ONE[100] + ONE[28])
    found = painted(view)
    (ground,) = [each for each in found.shapes if each.area and each.place.width() > 100]
    assert ground.place.height() == 2 * view.fontMetrics().height()
    assert all(each.place.bottom() <= view.height() for each in found.words)


def test_that_a_large_panel_is_shared_out_among_its_parts(asking: Asking) -> None:
    panel = asking.panel
    panel.resize(1600, 1400)
    asking.show(two_layers())
    panel.show_histograms(HISTOGRAMS, 0)
    draw(panel)
    assert panel.curves.width() / panel.histograms.width() == pytest.approx(5 / 2, rel=0.01)
    heights = [each.height() for each in (panel.heat_map, panel.curves, panel.rates)]
    assert heights[0] / heights[2] == pytest.approx(2, rel=0.02)
    assert heights[1] / heights[2] == pytest.approx(2, rel=0.02)
    bars = [view.height() for view in panel.histograms.views.values()]
    assert max(bars) - min(bars) <= 1
