"""What the curves of the gradients' dynamics say they are."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.views.gradients.analysis.dynamics import dynamics_run
from app.views.gradients.dynamics_choices import COUNTS
from app.views.gradients.dynamics_panel import DynamicsPanel
from tests.app.insight_run import open_insight_run

OF_WHAT = "As a share of the flips inside the retained."


@pytest.fixture
def panel(show: Callable[..., None], qtbot: QtBot, tmp_path: Path) -> DynamicsPanel:
    panel = DynamicsPanel()
    show(panel, 1200, 700)
    panel.show_run(dynamics_run(open_insight_run(tmp_path / "run.json")))
    panel.show_step(0)
    qtbot.waitUntil(lambda: not panel.is_filling)
    return panel


def test_that_a_share_says_of_what_and_a_count_does_not(panel: DynamicsPanel, qtbot: QtBot) -> None:
    def told() -> list[bool]:
        return [OF_WHAT in " ".join(card.legend.toolTip().split()) for card in panel.cards]

    (extrema,) = [card for card in panel.cards if card.kind.curves[0].whole]
    assert told() == [card is extrema for card in panel.cards]
    assert "fraction" in {each.label for each in extrema.legend.entries}
    panel.choices.fraction_choice.buttons[COUNTS].click()
    qtbot.waitUntil(lambda: not panel.is_filling)
    assert not any(told())
    assert "fraction" not in {each.label for each in extrema.legend.entries}
