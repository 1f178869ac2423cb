"""In a row of parts one takes all the room that the others leave, and these take no more than they want."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.views.gradients.analysis.dynamics import dynamics_run
from app.views.gradients.dynamics_panel import DynamicsPanel
from app.views.gradients.raster_panel import RasterPanel
from tests.app.growing_run import GrowingRun
from tests.app.insight_run import insight_columns
from tests.app.views.gradients.made_up_signs import MadeUpSigns, bands_of, made_up_run


def take_what_they_want(*parts: QWidget) -> bool:
    return all(part.isVisible() and part.width() == part.sizeHint().width() for part in parts)


@pytest.fixture
def dynamics(show: Callable[..., None], qtbot: QtBot) -> DynamicsPanel:
    panel = DynamicsPanel()
    show(panel, 1300, 600)
    run = GrowingRun().grow(**insight_columns(12, {"conv1": 300, "fc1": 2000}, is_averaged=True))
    run.insight = None  # type: ignore[attr-defined]
    panel.show_run(dynamics_run(run))  # type: ignore[arg-type]
    panel.show_range((2.0, 8.0))
    qtbot.waitUntil(lambda: not panel.is_filling)
    return panel


def test_that_beside_a_legend_buttons_take_what_they_want(dynamics: DynamicsPanel) -> None:
    for card in dynamics.cards:
        assert take_what_they_want(card.log_button)
        left, _, right, _ = card.heading.getContentsMargins()
        others = card.log_button.width() + (dynamics.original_box.width() + 4 if card is dynamics.cards[3] else 0)
        assert card.legend.width() == card.width() - (left or 0) - (right or 0) - others - 4
    assert take_what_they_want(dynamics.original_box)
    assert take_what_they_want(dynamics.everything_button)
    assert 0 <= dynamics.everything_button.x() - dynamics.choices.geometry().right() <= 6


def test_that_plots_take_the_height_that_headings_leave(dynamics: DynamicsPanel) -> None:
    for card in dynamics.cards:
        assert card.plot.height() == card.height() - card.plot.y()
        assert card.legend.height() <= card.legend.sizeHint().height() + 2 < card.plot.height()


def test_that_the_raster_takes_all_but_its_lines_of_words(show: Callable[..., None]) -> None:
    panel = RasterPanel()
    show(panel, 700, 600)
    signs = MadeUpSigns(np.zeros((5, 50), np.uint8), np.arange(5))
    panel.show_collection(made_up_run(signs, bands_of(("a weight", 50))))  # type: ignore[arg-type]
    assert take_what_they_want(panel.fit_button)
    before = panel.raster.height()
    panel.resize(700, 700)
    assert panel.raster.height() == before + 100
