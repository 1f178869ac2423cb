"""The page of augmentations and the curves of the run, which are made when they are needed, and what they ask for."""

from dataclasses import replace

import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.views.correlations.analysis.augmentation_correlation import AugmentationRequest
from app.views.correlations.analysis.matrix_order import Order
from app.views.correlations.analysis.pair_correlation import PairRequest
from app.views.correlations.analysis.similarity_run import PairMeasure
from app.views.correlations.evolution_page import EvolutionPage
from app.views.correlations.panel import AUGMENTATIONS, LAYERS, CorrelationsPanel
from tests.app.on_screen import shown
from tests.app.views.correlations.asking import Asked, opened, view
from tests.app.views.correlations.made_up import augmentations_of, augmented, run_of


@pytest.fixture
def panel(qtbot: QtBot) -> CorrelationsPanel:
    return shown(qtbot, CorrelationsPanel(), 900, 560)


@pytest.fixture
def asked(panel: CorrelationsPanel) -> Asked:
    return Asked(panel)


# --- augmentations


def test_that_augmentations_are_asked_for_where_their_page_is_seen(panel: CorrelationsPanel, asked: Asked) -> None:
    panel.show_collection(opened(augmented_at=[30, 60]))
    panel.show_run(run_of())
    panel.show_view(view(), 30)
    n_asked = len(asked.readings)
    panel.page_choice.buttons[AUGMENTATIONS].click()
    assert asked.readings[n_asked:] == [AugmentationRequest(0, "conv1", Order.KIND)]
    assert panel.place_label.title == "step 30"
    assert panel.place_label.about == "one sample, changed in 8 ways"
    for step in (59, 60, 89):
        panel.show_view(view(), step)
    assert [each.number for each in asked.readings[n_asked:]] == [0, 1]
    panel.augmentations.layer_requested.emit("fc1")
    panel.augmentations.layer_requested.emit("softmax")
    assert [each.layer for each in asked.readings[n_asked + 2 :]] == ["fc1", "softmax"]
    assert asked.layers == ["fc1"]
    panel.page_choice.buttons[LAYERS].click()
    assert panel.page == LAYERS
    assert isinstance(asked.readings[-1], PairRequest)


def test_that_of_augmentations_that_were_read_the_place_and_the_flips_are_told(
    panel: CorrelationsPanel, asked: Asked
) -> None:
    panel.show_collection(opened(augmented_at=[0]))
    assert panel.augmentation_numbers() == (("augmentation", "kind", "strength"), [])
    panel.page_choice.buttons[AUGMENTATIONS].click()
    reading = replace(augmented(augmentations_of()), request=asked.readings[-1])
    panel.show_reading(reading)
    assert panel.place_label.title == "epoch 3, step 90"
    assert panel.place_label.about == "one sample, changed in 8 ways"
    assert len(panel.augmentation_numbers()[1]) == 9
    panel.show_reading(replace(reading, problem="It is damaged."))
    assert panel.augmentation_numbers()[1] == []


# --- parts that are made later


def test_that_curves_are_made_once_whoever_asks_first(qtbot: QtBot) -> None:
    panel = CorrelationsPanel()
    qtbot.addWidget(panel)
    page = panel.evolution
    for _ in range(3):
        QApplication.processEvents()
    assert panel.evolution is page
    assert panel.findChildren(EvolutionPage) == [page]
    assert not panel._soon.isActive()
    assert panel.augmentations is panel.augmentations


@pytest.mark.parametrize("measure", PairMeasure)
def test_that_the_matrix_is_named_by_its_measure(panel: CorrelationsPanel, measure: PairMeasure) -> None:
    panel.show_collection(opened())
    panel.show_run(run_of())
    panel.measure_box.choose(measure)
    panel.measure_box.chosen.emit()
    assert panel.layers.accessibleName() == f"{measure.value} of each pair of layers"
    assert panel.measure_box.toolTip() == measure.about
    assert panel.layers.picture is not None
    assert panel.layers.picture.scale == run_of().scale(measure)
