"""The clocks of optimizers that update at their own rates, on the timeline."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QContextMenuEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.views.timeline.analysis.clocks import clocks_of
from app.views.timeline.panel import TimelinePanel
from tests.app.growing_run import GrowingRun
from tests.app.pointer import turn_wheel

N_STEPS = 200
STEPS = np.arange(N_STEPS)


def a_run(**clocks: np.ndarray) -> GrowingRun:
    return GrowingRun().grow(
        critic_loss=np.linspace(2, 0.1, N_STEPS), **{f"updates__{name}": each for name, each in clocks.items()}
    )


@pytest.fixture
def wgan() -> GrowingRun:
    """Five updates of the critic for each of the generator, in the step of the fifth."""
    return a_run(critic=STEPS + 1, generator=(STEPS + 1) // 5)


@pytest.fixture
def panel(show: Callable[..., None], wgan: GrowingRun) -> TimelinePanel:
    panel = TimelinePanel()
    show(panel, 1200, 190)
    panel.show_collection(wgan)
    panel.show_step(0)
    return panel


def told(panel: TimelinePanel) -> list[str]:
    return [f"{each.label} {each.figure}".strip() for each in panel.clock_card.legend.entries]


def test_that_five_updates_for_one_are_seen(panel: TimelinePanel) -> None:
    panel.show_step(100)

    assert panel.clock_card.isVisible()
    assert told(panel) == ["Updates", "critic ×5", "generator ×1", "updates at the playhead: 101, 20"]
    critic, generator, *_ = panel.clock_card.plot.lines
    assert (critic.values[-1], generator.values[-1]) == (200, 40)


def test_that_the_rates_are_seen_however_many_curves_stand_beside_them(panel: TimelinePanel) -> None:
    panel.resize(700, 190)
    panel.show_range((20, 169))
    assert [each.figure for each in panel.clock_card.legend.shown_entries()][:3] == ["", "×5", "×1"]


def test_that_the_rates_are_those_of_the_steps_that_are_shown(show: Callable[..., None]) -> None:
    panel = TimelinePanel()
    show(panel, 1200, 190)
    warm = np.minimum((STEPS + 1) // 10, 10) + np.maximum(STEPS + 1 - 100, 0) // 2
    panel.show_collection(a_run(critic=STEPS + 1, generator=warm))

    panel.show_range((0, 99))
    assert told(panel)[1:3] == ["critic ×10", "generator ×1"]
    panel.show_range((100, 199))
    assert told(panel)[1:3] == ["critic ×2", "generator ×1"]
    panel.show_range((101, 104))
    assert told(panel)[1:3] == ["critic ×2", "generator ×1"]


def test_that_a_clock_stands_until_an_update_is_made(wgan: GrowingRun) -> None:
    clocks = clocks_of(wgan)  # type: ignore[arg-type]

    assert clocks is not None
    steps, values = clocks.staircase(1, 0)
    assert values[(steps >= 4) & (steps < 9)].tolist() == [0.0, *[1.0] * 9]
    assert clocks.at(3) == [4, 0]


def test_that_a_click_on_the_clocks_moves_the_playhead(panel: TimelinePanel, qtbot: QtBot) -> None:
    plot = panel.clock_card.plot
    with qtbot.waitSignal(panel.step_requested) as asked:
        qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(plot.width() // 2, plot.height() // 2))
    assert 50 < asked.args[0] < 150


def test_that_the_playhead_stands_in_the_clocks_too(panel: TimelinePanel) -> None:
    for step in (100, 30):
        panel.show_step(step)
        assert panel.clock_card.plot.playhead.value() == step


def test_that_the_menu_over_the_clocks_asks_of_the_step_pointed_at(panel: TimelinePanel) -> None:
    viewport = panel.clock_card.plot.viewport()
    at = viewport.rect().center()
    panel.step_menu.popup = lambda _: None  # type: ignore[method-assign]  # there is no screen for it
    QApplication.sendEvent(viewport, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, viewport.mapToGlobal(at)))
    words, step = panel.step_menu.actions()[1].text().rsplit(maxsplit=1)
    assert words == "Go to step"
    assert 50 < int(step) < 150


def test_that_the_clocks_are_zoomed_with_the_curves(panel: TimelinePanel) -> None:
    panel.show_range((20, 60))
    assert panel.clock_card.plot.asked_range == (20, 60)


def test_that_the_wheel_over_the_clocks_zooms_all_plots(panel: TimelinePanel) -> None:
    viewport = panel.clock_card.plot.viewport()
    middle = QPointF(viewport.rect().center())
    for _ in range(8):
        turn_wheel(viewport, middle, 1)
    assert panel.shown_steps is not None
    left, right = panel.clock_card.plot.shown_range
    assert 0 < left < right < N_STEPS
    assert panel.plots[0].shown_range == (left, right)
    critic = panel.clock_card.plot.lines[0]
    assert critic.values[critic.steps == np.ceil(left)][-1] == 1


def test_that_of_some_steps_the_clocks_count_from_the_first_of_them(panel: TimelinePanel) -> None:
    panel.show_range((100, 110))
    for line, expected in zip(panel.clock_card.plot.lines, ([1, 11], [0, 2]), strict=False):
        assert [line.values[line.steps == step][-1] for step in (100, 110)] == expected
    panel.show_range(None)
    assert [line.values[-1] for line in panel.clock_card.plot.lines[:2]] == [200, 40]


@pytest.mark.parametrize("clocks", [{}, {"critic": STEPS + 1}, {"critic": STEPS + 1, "generator": STEPS}])
def test_that_without_clocks_that_differ_there_is_no_card(panel: TimelinePanel, clocks: dict[str, np.ndarray]) -> None:
    assert panel.clock_card.isVisible()
    panel.show_collection(a_run(**clocks))
    assert not panel.clock_card.isVisible()
    assert len(panel.plots) == len(panel.cards)
