"""A plot of what becomes of near-zero gradients: what it says where nothing is recorded, its scale, its figures."""

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.analysis.curve import Measured
from app.analysis.two_curves import TwoCurves
from app.views.gradients.analysis.dynamics import PLOTS, DynamicsOptions, dynamics_run
from app.views.gradients.dynamics_card import DynamicsCard
from app.views.gradients.dynamics_panel import DynamicsPanel
from tests.app.growing_run import GrowingRun

N_STEPS = 40


@pytest.fixture
def run() -> GrowingRun:
    """Of near-zero gradients and angles, the latter of two layers alone; everything else is not recorded."""
    run = GrowingRun()
    run.insight = None  # type: ignore[attr-defined]
    n = np.arange(float(N_STEPS))
    names = ("near_zero@1e-05/total", "near_zero_fraction@1e-05/total", "near_zero@1e-05/fc1", "near_zero@1e-05/fc2")
    return run.grow(**dict.fromkeys(names, n), **{f"gradient_angle/{layer}": n + 1 for layer in ("fc1", "fc2")})


@pytest.fixture
def panel(show: Callable[..., None], qtbot: QtBot, run: GrowingRun) -> DynamicsPanel:
    panel = DynamicsPanel()
    show(panel, 1200, 700)
    panel.show_step(30)
    panel.show_run(dynamics_run(run))  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: not panel.is_filling)
    return panel


def has_numbers(plot: object) -> bool:
    return all(plot.getPlotItem().getAxis(name).style["showValues"] for name in ("left", "bottom"))  # type: ignore[attr-defined]


def test_that_a_plot_of_what_was_not_recorded_says_so_and_has_no_scale(panel: DynamicsPanel) -> None:
    first, *rest = panel.cards
    assert (first.plot.message, has_numbers(first.plot), first.log_button.isEnabled()) == ("", True, True)
    for card in rest:
        assert (card.plot.message, has_numbers(card.plot), card.log_button.isEnabled()) == (
            "not recorded",
            False,
            False,
        )
        assert [each.label for each in card.legend.entries] == [card.kind.curves[0].label]


def test_that_a_plot_of_other_layers_alone_has_a_scale_and_the_playhead(panel: DynamicsPanel, qtbot: QtBot) -> None:
    angles = panel.cards[-1].plot
    assert not angles.playhead.isVisible()
    panel.choices.each_box.click()
    qtbot.waitUntil(lambda: not panel.is_filling)
    assert angles.others[1].shape[0] == 2
    assert (angles.message, has_numbers(angles), angles.playhead.isVisible()) == ("", True, True)


def test_that_angles_are_told_in_degrees(panel: DynamicsPanel, qtbot: QtBot) -> None:
    panel.show_layer("fc1")
    qtbot.waitUntil(lambda: not panel.is_filling)
    (angle,) = panel.cards[-1].legend.entries
    assert angle.figure == "31°"


def test_that_a_plot_says_so_where_the_other_run_has_nothing_either(panel: DynamicsPanel) -> None:
    card, nothing = panel.cards[0], Measured("near_zero", np.zeros(0, np.int64), np.zeros(0))
    options, none = panel.choices.options, np.zeros(0)
    card.show_curves([None], options, {}, 40, none, none, twos=[TwoCurves(None, nothing)], names=("a", "b"))
    assert (card.plot.message, has_numbers(card.plot)) == ("not recorded", False)


def test_that_each_plot_has_a_log_scale_of_its_own(panel: DynamicsPanel) -> None:
    assert [card.plot.is_log for card in panel.cards] == [card.kind.is_log for card in panel.cards]
    panel.cards[0].log_button.click()
    assert panel.cards[0].plot.is_log
    assert not panel.cards[1].plot.is_log
    panel.cards[0].log_button.click()
    assert not panel.cards[0].plot.is_log


def test_that_the_figures_are_those_of_the_step_that_the_plots_came_at(panel: DynamicsPanel) -> None:
    assert [card.plot.playhead.value() for card in panel.cards] == [30] * 6
    assert panel.cards[0].legend.entries[0].figure == "30"
    panel.show_step(12)
    assert [card.plot.playhead.value() for card in panel.cards] == [12] * 6
    assert panel.cards[0].legend.entries[0].figure == "12"


def test_that_while_another_run_is_looked_through_the_plots_say_nothing(panel: DynamicsPanel) -> None:
    panel.show_nothing()
    assert {card.plot.message for card in panel.cards} == {""}
    assert not any(card.legend.entries for card in panel.cards)


def test_that_another_run_is_seen_as_a_whole_and_takes_the_place_of_what_was_said(
    panel: DynamicsPanel, run: GrowingRun, qtbot: QtBot
) -> None:
    whole = panel.cards[0].plot.shown_range
    panel.show_range((5.0, 15.0))
    without = GrowingRun().grow(loss=np.ones(3))
    without.insight = None  # type: ignore[attr-defined]
    panel.show_run(dynamics_run(without))  # type: ignore[arg-type]
    assert panel.empty_state.isVisible()
    assert panel.shown_steps is None
    panel.show_run(dynamics_run(run))  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: not panel.is_filling)
    assert not panel.empty_state.isVisible()
    assert panel.cards[0].plot.shown_range == pytest.approx(whole)


def test_that_shares_of_no_flips_are_not_called_unrecorded(panel: DynamicsPanel, run: GrowingRun, qtbot: QtBot) -> None:
    nothing = np.zeros(N_STEPS)
    run.grow(**dict.fromkeys(["sign_flips@1e-05/total", "minima@1e-05/total", "maxima@1e-05/total"], nothing))
    panel.show_run(dynamics_run(run))  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: not panel.is_filling)
    assert panel.cards[3].plot.message == "no flip inside the retained"


def test_that_each_angle_has_its_sign_before_how_far_it_may_be_wrong(panel: DynamicsPanel) -> None:
    card, steps = panel.cards[-1], np.arange(3)
    angle = Measured("gradient_angle/total", steps, np.full(3, 64.0), is_estimate=True, errors=np.full(3, 1.5))
    options, none = panel.choices.options, np.zeros(0)
    card.show_curves([angle, None], options, {}, 3, none, none)
    card.show_step(2)
    assert [each.figure for each in card.legend.entries] == ["64° ± 2.9°"]
    other = Measured("gradient_angle/total", steps, np.full(3, 70.0))
    two = TwoCurves(angle, other, angle, other)
    card.show_curves([angle, None], options, {}, 3, none, none, twos=[two, TwoCurves(None, None)], names=("x", "y"))
    assert [(each.label, each.figure) for each in card.legend.entries] == [
        ("Angle to the last gradient", "64° ± 2.9° | 70°"),
        ("to the first moment", "– | –"),
        ("x | y, dashed", ""),
    ]


def test_that_angles_have_the_same_axis_however_small_they_are_and_others_one_of_their_own(qtbot: QtBot) -> None:
    def axis(number: int, *values: float) -> tuple[float, float]:
        card = DynamicsCard(PLOTS[number])
        qtbot.addWidget(card)
        card.resize(400, 200)
        card.show()
        none = np.zeros(0, np.int64)
        curve = Measured("a", np.arange(len(values)), np.array(values))
        card.show_curves([curve] + [None] * (len(PLOTS[number].curves) - 1), DynamicsOptions(), {}, 9, none, none)
        low, high = card.plot.getPlotItem().vb.viewRange()[1]
        return low, high

    assert axis(5, 3.0, 5.0) == axis(5, 0.0, 180.0)
    assert axis(5, 3.0, 5.0)[1] > 180
    assert axis(0, 3.0, 5.0)[1] < 7


def test_that_a_plot_of_many_powers_of_ten_begins_with_a_log_scale(qtbot: QtBot) -> None:
    begun = []
    for kind in PLOTS:
        card = DynamicsCard(kind)
        qtbot.addWidget(card)
        begun.append((card.log_button.isChecked(), card.plot.is_log))
    assert begun == [(False, False)] * 4 + [(True, True), (False, False)]
