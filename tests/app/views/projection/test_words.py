"""What the panel of projections says: every word of it, for eyes and for those who do not see."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtWidgets import QWidget

from app.views.projection.analysis.point_run import point_run
from app.views.projection.analysis.projection_request import RAW, Method
from app.views.projection.panel import ProjectionPanel
from collector.storage import Collection, open_collection
from tests.app.views.projection.clouds import choose, laid_out
from tests.app.views.projection.projected_run import write_run

LAY_OUT = "“Lay out” does it in the background and keeps it."


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(write_run(tmp_path / "run.json")) as collection:
        yield collection


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(write_run(tmp_path / "other.json", epochs=4)) as collection:
        yield collection


@pytest.fixture
def panel(collection: Collection, show: Callable[..., None]) -> ProjectionPanel:
    """On a run of which nothing is laid out."""
    panel = ProjectionPanel()
    panel.run_requested.connect(lambda known: panel.show_run(point_run(collection, known)))
    panel.known_requested.connect(lambda of, request: panel.show_projected(of, laid_out(request, ())))
    show(panel, 900, 600)
    panel.show_collection(collection)
    choose(panel.own.source_box, "fc1, after relu1")
    panel.show_step(20)
    return panel


def why(panel: ProjectionPanel) -> str:
    assert panel.own.not_laid_out.isVisible()
    return panel.own.not_laid_out.label.text()


@pytest.fixture
def beside(panel: ProjectionPanel, other: Collection) -> ProjectionPanel:
    run = point_run(other)
    assert run is not None
    panel.show_other(run, ("run", "other"))
    panel.show_steps(20, 40)
    return panel


def test_that_it_says_why_there_are_no_points(panel: ProjectionPanel) -> None:
    assert why(panel) == f"Not laid out yet. {LAY_OUT}"
    panel.compute_button.click()
    assert why(panel) == "This epoch is being laid out…"
    choose(panel.method_box, Method.UMAP.value)
    assert why(panel) == "Not laid out yet; something else is being laid out now."
    panel.show_ended("")
    panel.show_step(-1)
    assert why(panel) == "Nothing is recorded at or before step -1."
    panel.show_steps(None, None)
    assert why(panel) == "Nothing is recorded next to this step."
    choose(panel.own.source_box, "raw data")
    assert why(panel) == f"Not laid out yet. {LAY_OUT}", "which is the same at every step"


def test_that_of_two_each_says_why_there_are_no_points(beside: ProjectionPanel) -> None:
    words = f"Not laid out together yet. {LAY_OUT}"
    assert [side.not_laid_out.label.text() for side in beside.sides] == [words, words]
    beside.show_steps(20, None)
    told = [side.not_laid_out.label.text() for side in beside.sides]
    assert told == [words, "Nothing is recorded next to this step."]


def test_that_how_far_it_is_names_what_is_laid_out_and_of_two_where(
    beside: ProjectionPanel, collection: Collection, other: Collection
) -> None:
    beside.compute_button.click()
    assert (beside.words_label.text(), beside.bar.value()) == ("PCA of relu1 in run.json: 0.0 %", 0)
    beside.show_progress(collection, 0.5)
    assert (beside.words_label.text(), beside.bar.value()) == ("PCA of relu1 in run.json: 50.0 %", 250)
    beside.show_progress(other, 0.25)
    assert (beside.words_label.text(), beside.bar.value()) == ("PCA of relu1 in other.json: 25.0 %", 625)
    beside.show_ended("other.json: 4 samples are too few.")
    assert beside.words_label.text() == "other.json: 4 samples are too few."
    choose(beside.own.source_box, "raw data")
    beside.compute_button.click()
    assert beside.words_label.text() == "PCA of raw data in run.json: 0.0 %"


def test_that_buttons_and_boxes_say_what_they_do(panel: ProjectionPanel, collection: Collection) -> None:
    assert panel.compute_button.toolTip() == "In the background; it can be cancelled"
    panel.show_projected(collection, laid_out(panel.request_of(panel.own)))
    assert panel.compute_button.toolTip() == "All of it is laid out"
    assert panel.lines_button.toolTip() == "A line from each sample of A to where B has the same one"
    assert panel.own.legend.all_button.toolTip() == "Show all groups again"
    assert panel.own.legend.rows.accessibleName() == "Groups of points: hide or show"
    assert panel.own.source_box.accessibleName() == (
        "What is laid out. Kept are each linear layer and the last convolution; others are recorded with "
        "--projection_layers conv1,fc1, or with projection_layers=[...] for Collector or KerasCollector."
    )
    assert panel.method_box.accessibleName() == "How it is laid out"
    assert panel.setting_box.accessibleName() == "How many neighbours a point is held to"
    assert panel.colour_box.accessibleName() == "What the colour of a point tells"


ABOUT = {
    Method.PCA: "The two directions along which the samples differ most. Fixed by the last epoch, so that every epoch "
    "is seen along the same axes.",
    Method.TSNE: "Keeps neighbours together; distances between groups say little. The last epoch is laid out from "
    "scratch, each earlier one begins where the next ended.",
    Method.UMAP: "Keeps neighbours together, and some of the large shape. The last epoch is laid out from scratch, "
    "each earlier one begins where the next ended.",
    Method.LINEAR: "The plane through which a linear network of two units loses least of the last epoch: that of PCA, "
    "with axes of no meaning.",
    Method.NONLINEAR: "A small network squeezes the samples of all epochs through two units and unfolds them again; "
    "samples it never saw have a place too.",
}


@pytest.mark.parametrize("method", Method)
def test_that_a_way_says_what_it_does_and_what_its_setting_is(panel: ProjectionPanel, method: Method) -> None:
    choose(panel.method_box, method.value)
    assert " ".join(panel.method_box.toolTip().split()) == ABOUT[method]
    settings = {Method.TSNE: ("Perplexity", "perplexity"), Method.UMAP: ("Neighbours", "neighbours")}
    assert panel.setting_box.isVisible() is (method in settings)
    if method in settings:
        title, name = settings[method]
        assert panel.setting_box.toolTip() == f"{title}: how many neighbours a point is held to"
        assert all(panel.setting_box.itemText(each).startswith(f"{name} ") for each in range(5))
        choose(panel.setting_box, f"{name} 50")
        assert panel.request_of(panel.own).setting == 50
    else:
        assert panel.request_of(panel.own).setting == 0


def test_that_a_side_of_two_has_its_name_its_file_and_its_moment(beside: ProjectionPanel) -> None:
    own, other = beside.own, beside.other
    assert [(side.heading.title, side.heading.about) for side in (own, other)] == [
        ("run", "run.json"),
        ("other", "other.json"),
    ]
    assert own.figures.about == "epoch 2, step 20 · 60 samples · 12 of 24 features"
    assert other.figures.about == "epoch 4, step 40 · 60 samples · 12 of 24 features"
    choose(own.source_box, "raw data")
    assert own.figures.about == other.figures.about == "60 samples"
    beside.remove_other()
    assert (own.heading.title, own.heading.about) == ("the same at every epoch", "60 samples")
    assert not own.figures.isVisible()


def test_that_a_run_beside_that_has_no_samples_says_so_and_what_is_computed_goes_before(
    panel: ProjectionPanel,
) -> None:
    panel.show_alone("b.json has no samples.")
    assert panel.words_label.text() == "b.json has no samples."
    panel.compute_button.click()
    panel.show_alone("b.json has no samples.")
    assert panel.words_label.text() == "PCA of relu1: 0.0 %"


def test_that_buttons_of_the_legend_and_below_can_be_reached_by_the_tab_key_alone(panel: ProjectionPanel) -> None:
    buttons: list[QWidget] = [panel.compute_button, panel.cancel_button, panel.fit_button, panel.lines_button]
    buttons.append(panel.own.legend.all_button)
    assert {each.focusPolicy().name for each in buttons} == {"TabFocus"}


def test_that_raw_data_is_chosen_first_and_a_layer_by_its_name(panel: ProjectionPanel) -> None:
    assert panel.own.source == "relu1"
    panel.own.choose_source(RAW)
    assert panel.own.source_box.choice == "raw data"
    panel.own.choose_source("no such layer")
    assert panel.own.source == RAW


def test_that_a_selection_says_in_which_run_it_is_once_there_are_two(panel: ProjectionPanel, other: Collection) -> None:
    chosen = np.arange(60) < 4
    panel.own.cloud.show_selection(chosen)
    panel.own.selection_changed.emit()
    assert panel.words_label.text() == "Selected: 4 points: 2 of ant, 1 of bee, 1 of cat"
    run = point_run(other)
    assert run is not None
    panel.show_other(run, ("run", "other"))
    assert panel.words_label.text() == "Selected in run: 4 points: 2 of ant, 1 of bee, 1 of cat"
    panel.other.cloud.show_selection(chosen[::-1])
    panel.other.selection_changed.emit()
    assert panel.words_label.text() == (
        "Selected in run: 4 points: 2 of ant, 1 of bee, 1 of cat · "
        "Selected in other: 4 points: 2 of cat, 1 of ant, 1 of bee"
    )
    panel.remove_other()
    assert panel.words_label.text() == "Selected: 4 points: 2 of ant, 1 of bee, 1 of cat"
