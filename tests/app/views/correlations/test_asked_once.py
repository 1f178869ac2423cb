"""What the panel of correlations asks for, when, and that it does not ask again for what is under way or here."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.views.correlations.across_run import AcrossMeasure
from app.views.correlations.analysis.matrix_order import Order
from app.views.correlations.analysis.pair_correlation import Inside, PairRequest, PairResult
from app.views.correlations.analysis.similarity_run import SimilarityRun
from app.views.correlations.panel import AUGMENTATIONS, CorrelationsPanel
from tests.app.on_screen import shown
from tests.app.views.correlations.asking import Asked, Measured, opened, view
from tests.app.views.correlations.made_up import LAYERS as NAMES
from tests.app.views.correlations.made_up import across_of, run_of, waves


@pytest.fixture
def panel(qtbot: QtBot) -> CorrelationsPanel:
    return shown(qtbot, CorrelationsPanel(), 900, 560)


@pytest.fixture
def asked(panel: CorrelationsPanel) -> Asked:
    return Asked(panel)


def first_of(run: SimilarityRun, n: int) -> SimilarityRun:
    """A run while it grows."""
    return replace(
        run,
        steps=run.steps[:n],
        epochs=run.epochs[:n],
        measures={name: values[:n] for name, values in run.measures.items()},
        null=run.null[:n],
        effective_rank=run.effective_rank[:n],
    )


def words(panel: CorrelationsPanel) -> str:
    return panel.empty_state.label.text() if panel.empty_state.isVisible() else ""


def request(number: int, row: str, column: str) -> PairRequest:
    return PairRequest(number, row, column, Inside.FEATURES, Order.AS_IS)


def test_that_a_run_is_asked_for_until_all_its_measurements_are_read(panel: CorrelationsPanel, asked: Asked) -> None:
    two, four = opened(2), opened(4)
    four.collection, two.collection.similarities = two.collection, Measured([0, 30])
    panel.show_collection(two)
    assert (asked.runs, words(panel)) == (1, "The measurements are being read")
    panel.show_progress(1, 1_200)
    assert words(panel) == "The measurements are being read: 1 of 1,200"
    panel.show_run(first_of(run_of(), 2))
    assert words(panel) == ""
    panel.show_collection(two)
    assert asked.runs == 1, "all are read"
    panel.show_progress(1, 2)
    assert words(panel) == ""
    two.collection.similarities = Measured([0, 30, 60])
    panel.show_collection(two)
    assert asked.runs == 2
    panel.show_collection(opened())
    assert asked.runs == 3
    assert words(panel) == "The measurements are being read"
    assert panel.numbers()[1] == []


def test_that_progress_is_told_on_the_page_of_layers_alone(panel: CorrelationsPanel) -> None:
    panel.show_collection(opened())
    panel.page_choice.buttons[AUGMENTATIONS].click()
    panel.show_progress(1, 4)
    assert words(panel) == "Nothing is measured yet; the first measurement appears here."


def test_that_a_matrix_is_asked_for_once_at_each_measurement(panel: CorrelationsPanel, asked: Asked) -> None:
    panel.show_collection(opened())
    assert asked.readings == []
    panel.show_run(run_of())
    assert asked.readings == [request(0, "conv1", "fc1")]
    for step in (29, 30, 59, 30, 90, 1_000):
        panel.show_view(view(), step)
    panel.pair.choice_changed.emit()
    assert [each.number for each in asked.readings] == [0, 1, 3]
    panel.show_run(run_of())
    assert len(asked.readings) == 3
    assert panel.place_label.title == "epoch 3, step 90"
    assert panel.place_label.about == "measured on 1,200 held-out samples"
    panel.show_view(view(), -1)
    assert len(asked.readings) == 3
    assert words(panel) == "Nothing was measured up to this pass; the first time was at step 0."


def test_that_another_run_is_seen_from_its_beginning_on(panel: CorrelationsPanel, asked: Asked) -> None:
    panel.show_collection(opened())
    panel.show_run(run_of())
    panel.show_view(view("conv2"), 90)
    panel.show_collection(opened(4, layers=dict.fromkeys(NAMES)))
    panel.show_run(run_of(steps=np.arange(4)))
    assert asked.readings[-1] == request(0, "conv1", "fc1")
    assert panel.place_label.title == "epoch 0, step 0"


def test_that_only_what_was_asked_for_last_is_shown(panel: CorrelationsPanel, asked: Asked) -> None:
    panel.show_collection(opened())
    panel.show_run(run_of())
    panel.show_view(view(), 30)
    first, second = (
        PairResult(each, waves(5, 7), np.arange(5), np.arange(7), ("conv1", "fc1")) for each in asked.readings
    )
    panel.show_reading(first)
    assert panel.pair.reading is None
    assert panel.pair_numbers() == (("feature",), [])
    panel.show_reading(second)
    assert panel.pair.reading is second
    assert len(panel.pair_numbers()[1]) == 5
    panel.show_collection(opened())
    panel.show_reading(second)
    assert panel.pair.reading is second, "what is not asked for is passed over"


@pytest.mark.parametrize(
    ("name", "pair", "n_asked"),
    [("conv1", ("conv1", "fc1"), 1), ("conv2", ("conv2", "conv2"), 2), ("other", ("conv1", "fc1"), 1)],
)
def test_that_a_layer_chosen_elsewhere_is_compared_with_itself_once(
    panel: CorrelationsPanel, asked: Asked, name: str, pair: tuple[str, str], n_asked: int
) -> None:
    panel.show_collection(opened())
    panel.show_run(run_of())
    for _ in range(2):
        panel.show_view(view(name), 0)
        assert panel.pair.pair == pair
        assert len(asked.readings) == n_asked
    panel.show_view(view(None), 0)
    assert panel.pair.pair == pair
    assert asked.layers == []


def test_that_a_click_on_a_pair_asks_for_the_layer_of_its_row_where_the_network_has_it(
    panel: CorrelationsPanel, asked: Asked
) -> None:
    panel.layers.cell_clicked.emit(1, 1)
    assert asked.layers == []
    panel.show_collection(opened())
    panel.layers.cell_clicked.emit(1, 1)
    assert asked.layers == []
    panel.show_run(run_of())
    for cell in ((1, 2), (3, 0)):
        panel.layers.cell_clicked.emit(*cell)
        assert panel.pair.pair == (NAMES[cell[0]], NAMES[cell[1]])
        assert panel.layers.chosen == cell
    assert asked.layers == ["conv2"], "a softmax is no layer"
    assert [(each.row, each.column) for each in asked.readings[1:]] == [("conv2", "fc1"), ("softmax", "conv1")]


@pytest.mark.parametrize(("number", "step"), [(0, 0.0), (1, 40.0), (2, 60.0), (3, 80.0), (4, None)])
def test_that_a_small_matrix_leads_to_the_first_pass_that_shows_it_or_to_the_last(
    panel: CorrelationsPanel, asked: Asked, number: int, step: float | None
) -> None:
    panel.evolution.measurement_requested.emit(number)
    panel.show_collection(opened())
    panel.show_run(run_of())
    panel.evolution.measurement_requested.emit(number)
    assert asked.steps == ([] if step is None else [step])


def test_that_procrustes_is_asked_for_where_it_is_chosen_and_not_there(panel: CorrelationsPanel, asked: Asked) -> None:
    both = opened()
    both.comparing = object()
    panel.show_collection(both)
    run = across_of()
    panel.show_run(run)
    assert asked.procrustes == []
    panel.measure_box.choose(AcrossMeasure.PROCRUSTES)
    panel.measure_box.chosen.emit()
    assert asked.procrustes == [run]
    panel.show_run(across_of(has_procrustes=True))
    assert asked.procrustes == [run]
    assert panel.measure_box.choice is AcrossMeasure.PROCRUSTES


def test_that_pairs_of_two_networks_keep_what_is_chosen(panel: CorrelationsPanel) -> None:
    both = opened()
    both.comparing = object()
    panel.show_collection(both)
    panel.show_run(across_of(partner=(1, 0, 2, -1)))
    assert panel.pair.pair == ("conv1", "conv2"), "with its partner"
    panel.layers.cell_clicked.emit(2, 0)
    panel.show_run(across_of(partner=(1, 0, 2, -1)))
    assert panel.pair.pair == ("fc1", "conv1")
    panel.show_run("Not compared: other samples.")
    assert words(panel) == "Not compared: other samples."
    panel.show_run(across_of(partner=(1, 0, 2, -1)))
    assert panel.pair.pair == ("fc1", "fc1"), "with its partner again"
    panel.show_collection(replace_comparing(both))
    assert words(panel) == "The measurements are being read"
    panel.show_run(None)
    assert panel.numbers()[1] == []


def replace_comparing(before: Any) -> Any:
    return SimpleNamespace(**(vars(before) | {"comparing": None}))


def test_that_a_run_without_a_number_of_layers_says_how_to_record_them(panel: CorrelationsPanel) -> None:
    for similarity in (None, SimpleNamespace(layers={}, labels=None)):
        panel.show_collection(opened(similarity=similarity))
        panel.show_run(None)
        assert words(panel).startswith("This run has no layer similarity.")
    panel.show_collection(opened(similarities=Measured([])))
    panel.show_run(first_of(run_of(), 0))
    assert words(panel) == "Nothing is measured yet; the first measurement appears here."
