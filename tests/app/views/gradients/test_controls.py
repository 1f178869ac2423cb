"""The controls of both panels, and what is said where there is nothing to control."""

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractButton, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from app.views.gradients.analysis.dynamics import dynamics_run
from app.views.gradients.dynamics_panel import NOTHING_OPEN, DynamicsPanel
from app.views.gradients.raster_panel import NO_ROW, NO_ROW_YET, RasterPanel
from app.views.gradients.raster_panel import NOT_RECORDED as NO_RASTER
from tests.app.growing_run import GrowingRun
from tests.app.views.gradients.made_up_signs import MadeUpSigns, bands_of, made_up_run


@pytest.fixture
def dynamics(qtbot: QtBot) -> DynamicsPanel:
    panel = DynamicsPanel()
    qtbot.addWidget(panel)
    run = GrowingRun().grow(
        **{f"near_zero{kind}@1e-05/{layer}": np.ones(5) for kind in ("", "_fraction") for layer in "ab"}
    )
    run.insight = None  # type: ignore[attr-defined]
    panel.resize(1200, 600)
    panel.show()
    panel.show_run(dynamics_run(run))  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: not panel.is_filling)
    return panel


def controls(panel: QWidget) -> list[QWidget]:
    return [each for kind in (QAbstractButton, QComboBox) for each in panel.findChildren(kind) if each.isVisible()]


def test_that_every_control_is_reached_by_tab_and_takes_no_keys_when_it_is_clicked(dynamics: DynamicsPanel) -> None:
    found = controls(dynamics)
    assert len(found) > 8
    assert {each.focusPolicy() for each in found} == {Qt.FocusPolicy.TabFocus}
    assert {each.focusPolicy() for each in dynamics.first_buttons} == {Qt.FocusPolicy.TabFocus}
    assert {each.accessibleName() for each in dynamics.first_buttons} == {"First value that is not finite"}


def test_that_the_rule_of_the_original_is_explained(dynamics: DynamicsPanel) -> None:
    assert dynamics.original_box.text() == "original"
    assert " ".join(dynamics.original_box.toolTip().split()).endswith("Ours takes both changes from the same interval.")
    assert dynamics.original_box.parent() is dynamics.cards[3]
    assert dynamics.original_box.isVisible()


def test_that_a_panel_without_a_run_says_what_would_fill_it(qtbot: QtBot) -> None:
    panel = DynamicsPanel()
    qtbot.addWidget(panel)
    assert panel.empty_state.label.text() == NOTHING_OPEN
    assert not panel.original_box.isVisibleTo(panel)


def test_that_the_raster_can_be_shown_whole_by_keys(qtbot: QtBot) -> None:
    panel = RasterPanel()
    qtbot.addWidget(panel)
    signs = MadeUpSigns(np.zeros((5, 50), np.uint8), np.arange(5))
    panel.show_collection(made_up_run(signs, bands_of(("a weight", 50))))  # type: ignore[arg-type]
    assert panel.fit_button.focusPolicy() == panel.raster.focusPolicy() == Qt.FocusPolicy.TabFocus
    panel.raster.zoom(20, 2, 0.5, 0.5)
    panel.fit_button.click()
    assert (panel.raster.view.left, panel.raster.view.right) == (0, 50)
    assert (panel.raster.view.top, panel.raster.view.bottom) == (0, 5)


def test_that_a_raster_that_is_not_there_says_why(qtbot: QtBot) -> None:
    panel = RasterPanel()
    qtbot.addWidget(panel)
    none = MadeUpSigns(np.zeros((0, 50), np.uint8), np.zeros(0, np.int64))
    bands = bands_of(("a weight", 50))
    for given, words in (
        (made_up_run(none, bands), NO_ROW),
        (made_up_run(none, bands, finished=False), NO_ROW_YET),
        (made_up_run(none, bands, every=0), NO_RASTER),
        (made_up_run(MadeUpSigns(np.zeros((3, 0), np.uint8), np.arange(3)), []), NO_RASTER),
    ):
        panel.show_collection(given)  # type: ignore[arg-type]
        assert panel.empty_state.label.text() == words
        assert panel.row is None or len(given.signs)
