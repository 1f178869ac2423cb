"""What the view says word for word: of what it has saved, where something is missing, and for those who do not see."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.session import Session
from app.views.correlations.analysis.matrix_order import Order
from app.views.correlations.analysis.pair_correlation import Inside
from app.views.correlations.analysis.similarity_run import PairMeasure
from app.views.correlations.panel import AUGMENTATIONS, LAYERS
from app.views.correlations.view import CorrelationsPanelView
from collector.storage import CollectionWriter
from collector.storage.schema import PassRecord
from tests.app.views.correlations.similar_layers import augmented, header_of, write_run

NAMES = ("fc1", "bn1", "fc2", "softmax")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("similar") / "run.json", first=1)


@pytest.fixture
def view(session: Session, show: Callable[..., None]) -> CorrelationsPanelView:
    view = CorrelationsPanelView(session)
    show(view, 900, 560)
    session.collection_opened.connect(view.show_collection)
    session.view_changed.connect(lambda each: view.show_view(each, each.step))
    return view


@pytest.fixture
def at_end(view: CorrelationsPanelView, session: Session, path: Path) -> CorrelationsPanelView:
    session.open(path)
    session.show_last()
    return view


def go_to(view: CorrelationsPanelView, page: str, qtbot: QtBot) -> None:
    qtbot.mouseClick(view.panel.page_choice.buttons[page], Qt.MouseButton.LeftButton)


def test_that_tables_say_what_they_are_of(at_end: CorrelationsPanelView, qtbot: QtBot) -> None:
    tables = {name: make() for name, make in at_end.tables.items()}
    assert [*tables] == ["Correlations", "Correlations: pair", "Correlations: augmentations"]
    layers, pair, augmentations = tables.values()
    assert layers.notes == (
        "a row for each pair of layers at each measurement, on the samples of the probe",
        "cka: debiased linear CKA, at most 1; correlations: means over all pairs of features, -1…1",
        "across: of a layer of A and one of B; differences are B less A; null: what 95 of 100 are by chance",
    )
    assert len(layers.rows) == 3 * 10
    assert pair.about == {"row_layer": "fc1", "column_layer": "fc2"}
    assert pair.notes == ("Pearson correlations, -1…1; empty where a feature does not vary",)
    assert augmentations.notes == ("a column for each layer: how stable it is, -1…1; strength: without a unit",)
    awaited = "No augmentations were recorded, or they are still being read: look at their page first."
    assert (augmentations.nothing, augmentations.rows) == (awaited, [])
    assert augmentations.headings == ("augmentation", "kind", "strength")
    assert at_end.about() == {"measured": "epoch 3, step 30"}
    go_to(at_end, AUGMENTATIONS, qtbot)
    assert len(at_end.tables["Correlations: augmentations"]().rows) == 25


def test_that_tables_say_why_they_are_empty(view: CorrelationsPanelView) -> None:
    layers, pair, _ = (make() for make in view.tables.values())
    assert (layers.nothing, layers.rows) == ("No similarity of layers was recorded.", [])
    assert layers.headings[:4] == ("step", "epoch", "layer", "other_layer")
    assert (pair.nothing, pair.rows, pair.about) == ("The matrix of the pair is not there yet.", [], {})
    assert pair.headings == ("feature",)
    assert view.about() == {}


def test_that_it_says_why_there_is_nothing_to_see(
    view: CorrelationsPanelView, session: Session, path: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    label, button = view.panel.empty_state.label, view.panel.empty_state.go_button
    assert label.text() == "Open a collection to see how alike its layers are."
    session.open(path)
    assert label.text() == "Nothing was measured up to this pass; the first time was at step 10."
    assert button.isVisible()
    go_to(view, AUGMENTATIONS, qtbot)
    assert label.text() == "Nothing was measured up to this pass; the first time was at step 30."
    with qtbot.waitSignal(view.panel.step_requested) as request:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert request.args == [30.0]
    assert view.panel.place_label.title == "epoch 3, step 30"
    with CollectionWriter(tmp_path / "new.json", header_of(NAMES, np.arange(40) % 5, 12)) as writer:
        writer.write(PassRecord(number=0, step=0))
    session.open(tmp_path / "new.json")
    assert label.text() == (
        "This run has no augmentations of a sample.\nRecord them with --augmentations end, or epochs."
    )
    assert not button.isVisible()
    go_to(view, LAYERS, qtbot)
    assert label.text() == "Nothing is measured yet; the first measurement appears here."
    header = header_of(NAMES, np.arange(40) % 5, 12, augmented(NAMES, 12, 3)[0])
    header.similarity = None
    with CollectionWriter(tmp_path / "without.json", header) as writer:
        writer.write(PassRecord(number=0, step=0))
    session.open(tmp_path / "without.json")
    assert label.text() == (
        "This run has no layer similarity.\n"
        "Record it with --similarity_samples 256, or Collector(..., similarity=(images, labels))."
    )
    go_to(view, AUGMENTATIONS, qtbot)
    assert label.text() == "Nothing is measured yet; the first measurement appears here."


def test_that_each_part_has_a_name_for_those_who_do_not_see(at_end: CorrelationsPanelView, qtbot: QtBot) -> None:
    panel = at_end.panel
    assert panel.layers.accessibleName() == "CKA, debiased of each pair of layers"
    pair = panel.pair
    boxes = (panel.measure_box, pair.across_box, pair.inside_box, pair.feature_order_box, pair.sample_order_box)
    assert [box.accessibleName() for box in (*boxes, pair.colours_box)] == [
        *("What tells how alike two layers are", "What of both networks is shown", "What of the layer is compared"),
        *("Order of the features", "Order of the samples", "Colours"),
    ]
    evolution = panel.evolution
    ranks = ", ".join(f"{each.label} {each.figure}" for each in evolution.rank_legend.entries)
    assert evolution.ranks.accessibleName() == f"Effective rank: {ranks}"
    assert evolution.pairs.accessibleName() == evolution.pair_heading.accessibleName()
    assert evolution.rank_heading.toolTip() == (
        "How many directions a layer's outputs really use; thin: the other layers"
    )
    assert panel.measure_box.toolTip() == PairMeasure.CKA.about
    go_to(at_end, AUGMENTATIONS, qtbot)
    page = panel.augmentations
    boxes = (page.layer_box, page.order_box, page.colours_box, page.kind_box)
    assert [box.accessibleName() for box in boxes] == [
        *("Layer", "Order of the augmentations", "Colours", "Kind of change")
    ]
    assert page.bars.toolTip() == (
        "Correlation of the layer's output with that for the unchanged sample: 1 is the same.\n"
        "Bar: mean over all augmentations; line: from the 5th to the 95th percentile."
    )
    assert panel.place_label.about == "one sample, changed in 24 ways"


def test_that_what_can_be_chosen_is_offered_in_words(at_end: CorrelationsPanelView, qtbot: QtBot) -> None:
    def offered(box: object) -> list[str]:
        return [box.itemText(number) for number in range(box.count())]  # type: ignore[attr-defined]

    panel, pair = at_end.panel, at_end.panel.pair
    assert offered(panel.measure_box) == ["CKA, debiased", "correlation, clipped mean", "correlation, mean"]
    assert offered(pair.inside_box) == [each.value for each in Inside] == ["features", "samples"]
    assert offered(pair.feature_order_box) == ["original", "by clusters"]
    assert offered(pair.sample_order_box) == ["by class", "by clusters", "original"]
    assert offered(pair.colours_box) == ["−1…1", "0…1, hot"]
    assert offered(pair.across_box) == ["B − A", "A × B"]
    assert Order.MATCHED.value == "B in A's order"
    go_to(at_end, AUGMENTATIONS, qtbot)
    page = panel.augmentations
    assert offered(page.layer_box) == list(NAMES)
    assert offered(page.order_box) == ["by kind and strength", "by clusters", "original"]
    assert offered(page.colours_box) == ["0…1, hot", "−1…1"]
    assert offered(page.kind_box) == [
        *("rotation", "translation", "scale", "shear", "brightness", "contrast", "blur", "noise")
    ]
