"""For which curves of the gradients the band of repeats is asked, and how often plots are filled."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.views.gradients.analysis.dynamics import PLOTS, DynamicsRun, dynamics_run
from app.views.gradients.dynamics_choices import COUNTS
from app.views.gradients.dynamics_panel import DynamicsPanel
from tests.app.growing_run import GrowingRun
from tests.app.insight_run import insight_columns


@pytest.fixture
def run() -> DynamicsRun:
    made = GrowingRun().grow(**insight_columns(12, {"conv1": 300, "fc1": 2000}, is_averaged=True))
    made.insight = None  # type: ignore[attr-defined]
    return dynamics_run(made)  # type: ignore[arg-type]


class Asking:
    """A panel, what it asks of repeats, and how many turns it has still to fill."""

    def __init__(self, qtbot: QtBot) -> None:
        self.panel, self.qtbot = DynamicsPanel(), qtbot
        qtbot.addWidget(self.panel)
        self.panel.resize(1200, 600)
        self.panel.show()
        self.asked: list[list[str]] = []
        self.panel.noise_requested.connect(self.asked.append)

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.panel.is_filling)


@pytest.fixture
def asking(qtbot: QtBot) -> Asking:
    return Asking(qtbot)


def beside(run: DynamicsRun, *, has_repeats: bool) -> Any:
    two = SimpleNamespace(a=None, b=None, own=None, other=None, columns=[])
    two.figures_at = lambda *_, **__: SimpleNamespace(a="", b="", change="", text="")
    return SimpleNamespace(
        has_repeats=has_repeats, held_step=None, names=("a", "b"), b=run.collection,
        pair=SimpleNamespace(partner={}), curves=lambda own, of_b: two,
    )  # fmt: skip


def test_that_the_first_curve_of_each_plot_is_asked_for_as_it_is_shown(asking: Asking, run: DynamicsRun) -> None:
    asking.panel.show_run(replace(run, beside=beside(run, has_repeats=True)))
    shares = ["near_zero_fraction", "released_fraction", "flip_fraction", "minima", "still_change_mean"]
    assert asking.asked == [[*(f"{name}@1e-05/total" for name in shares), "gradient_angle/total"]]
    asking.panel.show_layer("fc1")
    assert asking.asked[1:] == [[*(f"{name}@1e-05/fc1" for name in shares), "gradient_angle/fc1"]]
    asking.panel.choices.fraction_choice.buttons[COUNTS].click()
    assert asking.asked[2][0] == "near_zero@1e-05/fc1"
    assert len(asking.asked) == 3
    asking.panel.show_layer("fc1")
    assert len(asking.asked) == 3, "it is that one already"


@pytest.mark.parametrize("has_other", [False, True])
def test_that_without_repeats_nothing_is_asked_for(asking: Asking, run: DynamicsRun, has_other: bool) -> None:
    asking.panel.show_layer("fc1")
    asking.panel.show_run(replace(run, beside=beside(run, has_repeats=False) if has_other else None))
    asking.panel.show_layer("conv1")
    assert asking.asked == []


def test_that_the_plots_are_filled_once_for_a_run_again_for_a_choice_and_again_for_bands(
    asking: Asking, run: DynamicsRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled: list[int] = []
    usual = DynamicsPanel._fill
    monkeypatch.setattr(
        DynamicsPanel, "_fill", lambda self, run, card: (filled.append(PLOTS.index(card.kind)), usual(self, run, card))
    )
    each = list(range(len(PLOTS)))
    for act in (
        lambda: asking.panel.show_run(run),
        lambda: asking.panel.show_layer("fc1"),
        lambda: asking.panel.show_noise({}),
    ):
        act()
        asking.settle()
        assert filled == each
        filled.clear()
    asking.panel.show_layer("fc1")
    assert not asking.panel.is_filling
    asking.panel.show_run(run)
    asking.panel.show_nothing()
    assert not asking.panel.is_filling
    assert filled == []


def test_that_a_click_on_a_first_that_is_gone_asks_for_no_step(asking: Asking) -> None:
    steps: list[float] = []
    asking.panel.step_requested.connect(steps.append)
    asking.panel.first_buttons[0].click()
    assert steps == []
