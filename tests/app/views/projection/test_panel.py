"""The panel of projections, driven as a user would."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.palette import DARK, LIGHT
from app.views.projection.analysis.point_groups import Colouring, point_groups
from app.views.projection.analysis.point_run import point_run
from app.views.projection.analysis.point_text import RAW_DATA
from app.views.projection.analysis.projection_request import Method, ProjectionRequest
from app.views.projection.panel import NO_PROJECTION, NOT_YET, NOTHING, ProjectionPanel
from app.views.projection.point_legend import ROW_PX
from app.window.theme import apply_theme
from collector.storage import Collection, open_collection
from tests.app.pointer import turn_wheel
from tests.app.views.projection.clouds import N, around, choose, colour_at, drag, laid_out, point_at, positions_of
from tests.app.views.projection.projected_run import NAMES, labels_of, predictions_of, write_run

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(write_run(tmp_path / "run.json")) as collection:
        yield collection


@pytest.fixture
def panel(collection: Collection, show: Callable[..., None]) -> ProjectionPanel:
    """The panel on a collection whose PCA of the first layer is laid out."""
    panel = ProjectionPanel()
    panel.run_requested.connect(lambda known: panel.show_run(point_run(collection, known)))
    panel.known_requested.connect(
        lambda of, request: panel.show_projected(
            of, laid_out(request, (0, 1, 2) if request.method is Method.PCA else ())
        )
    )
    show(panel, 900, 600)
    panel.show_collection(collection)
    choose(panel.own.source_box, "fc1, after relu1")
    panel.show_step(20)
    panel.own.cloud.repaint()
    return panel


def test_that_nothing_open_and_nothing_recorded_are_told_in_words(tmp_path: Path, show: Callable[..., None]) -> None:
    panel = ProjectionPanel()
    show(panel, 700, 400)
    assert panel.empty_state.label.text() == NOTHING
    with open_collection(write_run(tmp_path / "bare.json", is_projected=False)) as bare:
        panel.show_collection(bare)
        assert panel.empty_state.label.text() == NO_PROJECTION
        assert panel.empty_state.isVisible()


def test_that_a_run_whose_samples_are_not_written_yet_says_so(tmp_path: Path, show: Callable[..., None]) -> None:
    path = write_run(tmp_path / "run.json", is_finished=False)
    path.write_bytes(path.read_bytes().split(b"\n")[0] + b"\n")
    panel = ProjectionPanel()
    show(panel, 700, 400)
    with open_collection(path) as collection:
        panel.show_collection(collection)
        assert panel.empty_state.label.text() == NOT_YET


def test_that_each_point_has_the_colour_of_its_class(panel: ProjectionPanel) -> None:
    groups = point_groups(panel.own.run, Colouring.CLASS, 2)

    for sample in range(0, N, 7):
        assert (
            colour_at(panel.own.cloud, panel.own.cloud.pixel_of(sample))
            == QColor(*groups.colours[sample % 3].tolist()).name()
        )
    assert groups.names == NAMES
    assert groups.counts.tolist() == [20, 20, 20]


def test_that_colours_tell_right_from_wrong_at_the_playhead(panel: ProjectionPanel) -> None:
    choose(panel.colour_box, Colouring.RIGHT.value)
    right, wrong = (
        colour_at(panel.own.cloud, panel.own.cloud.pixel_of(3)),
        colour_at(panel.own.cloud, panel.own.cloud.pixel_of(0)),
    )
    assert right != wrong
    assert panel.own.legend.rows.groups.counts.tolist() == [59, 1]

    panel.show_step(0)
    assert panel.own.legend.rows.groups.counts.tolist() == [20, 40]
    assert colour_at(panel.own.cloud, panel.own.cloud.pixel_of(0)) == right
    assert colour_at(panel.own.cloud, panel.own.cloud.pixel_of(1)) == wrong


def test_that_a_prediction_has_the_colour_of_the_class_it_names(panel: ProjectionPanel) -> None:
    own = colour_at(panel.own.cloud, panel.own.cloud.pixel_of(2))
    choose(panel.colour_box, Colouring.PREDICTION.value)

    assert colour_at(panel.own.cloud, panel.own.cloud.pixel_of(0)) == own
    assert panel.own.legend.rows.groups.counts.tolist() == np.bincount(predictions_of(1, N)).tolist()


def test_that_a_click_on_the_legend_hides_a_class_and_another_shows_it(panel: ProjectionPanel) -> None:
    before = colour_at(panel.own.cloud, panel.own.cloud.pixel_of(1))

    QTest.mouseClick(panel.own.legend.rows, LEFT, pos=QPoint(20, ROW_PX + 4))
    assert colour_at(panel.own.cloud, panel.own.cloud.pixel_of(1)) == DARK.background
    assert colour_at(panel.own.cloud, panel.own.cloud.pixel_of(3)) != DARK.background
    QTest.mouseClick(panel.own.legend.all_button, LEFT)
    assert colour_at(panel.own.cloud, panel.own.cloud.pixel_of(1)) == before
    QTest.mouseDClick(panel.own.legend.rows, LEFT, pos=QPoint(20, 4))
    assert panel.own.cloud.shown().tolist() == (labels_of(N) == 0).tolist()


def test_that_what_is_hidden_can_be_neither_pointed_at_nor_selected(panel: ProjectionPanel) -> None:
    QTest.mouseClick(panel.own.legend.rows, LEFT, pos=QPoint(20, 4))
    point_at(panel.own.cloud, panel.own.cloud.pixel_of(0))
    assert panel.own.cloud.hovered_sample == -1
    point_at(panel.own.cloud, panel.own.cloud.pixel_of(1))
    assert panel.own.cloud.hovered_sample == 1
    QTest.mouseClick(panel.tools.buttons["Rectangle"], LEFT)
    drag(panel.own.cloud, list(around(panel.own.cloud, np.ones(N, bool), margin=6)))
    assert panel.own.cloud.selection.tolist() == (labels_of(N) != 0).tolist()


def test_that_the_pointer_shows_a_sample_with_its_labels(panel: ProjectionPanel) -> None:
    point_at(panel.own.cloud, panel.own.cloud.pixel_of(0) + QPointF(3, -2))

    card = panel.own.cloud._card
    assert [text for text, _ in card.lines] == ["sample #0", "label ant", "predicted cat"]
    assert card.lines[2][1] == "wrong"
    np.testing.assert_array_equal(card.picture, panel.own.run.pictures[0, 0] / np.float32(255))
    panel.own.cloud.repaint()
    point_at(panel.own.cloud, QPointF(3, 3))
    assert panel.own.cloud._card is None


def test_that_a_click_asks_for_the_sample_of_the_probe_or_says_that_it_has_none(
    panel: ProjectionPanel, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(panel.sample_requested) as asked:
        QTest.mouseClick(panel.own.cloud, LEFT, pos=panel.own.cloud.pixel_of(2).toPoint())
    assert asked.args == [2]
    with qtbot.assertNotEmitted(panel.sample_requested):
        QTest.mouseClick(panel.own.cloud, LEFT, pos=panel.own.cloud.pixel_of(40).toPoint())
    assert panel.words_label.text() == "Sample #40 is not in the probe; --probe_samples takes more."

    panel.show_sample(3)
    assert panel.own.cloud.current == 3


@pytest.mark.parametrize("tool", ["Rectangle", "Lasso"])
def test_that_a_selection_is_named_by_its_classes(panel: ProjectionPanel, tool: str) -> None:
    QTest.mouseClick(panel.tools.buttons[tool], LEFT)
    first, last = around(panel.own.cloud, (labels_of(N) == 1) | (np.arange(N) < 0))
    corners = [first, QPointF(last.x(), first.y()), last, QPointF(first.x(), last.y())]
    drag(panel.own.cloud, [first, last] if tool == "Rectangle" else corners)

    assert panel.words_label.text() == "Selected: 20 points: 20 of bee"
    assert panel.own.cloud.selection.tolist() == (labels_of(N) == 1).tolist()
    assert sum(row[-1] for row in panel.numbers()[1]) == 20
    panel.show_step(0)
    assert panel.words_label.text() == "Selected: 20 points: 20 of bee"
    QTest.keyClick(panel.own.cloud, Qt.Key.Key_Escape)
    assert panel.own.cloud.selection is None
    assert panel.words_label.text() == ""


def test_that_the_playhead_picks_the_epoch_at_or_before_it_and_names_it(panel: ProjectionPanel) -> None:
    for step, words, number in ((0, "epoch 0, step 0", 0), (9, "epoch 0, step 0", 0), (15, "epoch 1, step 10", 1)):
        panel.show_step(step)
        assert panel.own.heading.title == words
        np.testing.assert_array_equal(panel.own.cloud.positions, positions_of(number))
    words = "trustworthiness 0.97 · 50.0 % nearest to their own class · 60 samples · 12 of 24 features"
    assert panel.own.heading.about == words


def test_that_only_axes_that_mean_something_are_named(panel: ProjectionPanel, collection: Collection) -> None:
    assert [text.partition("%")[0] for text in panel.own.cloud.axes] == ["axis 1 · 50.0 ", "axis 2 · 25.0 "]
    choose(panel.method_box, Method.TSNE.value)
    panel.show_projected(collection, laid_out(panel.request_of(panel.own)))
    assert panel.own.cloud.axes == ("", "")


def test_that_the_wheel_zooms_at_the_pointer_and_fit_shows_all(panel: ProjectionPanel) -> None:
    cloud, at = panel.own.cloud, panel.own.cloud.pixel_of(10)
    fitted = cloud.pixel_of(50)
    turn_wheel(cloud, at, 4)
    assert (cloud.pixel_of(10) - at).manhattanLength() < 1e-6
    assert (cloud.pixel_of(50) - at).manhattanLength() > 1.5 * (fitted - at).manhattanLength()
    before = cloud.pixel_of(10)
    drag(panel.own.cloud, [QPointF(30, 30), QPointF(70, 50)])
    assert (cloud.pixel_of(10) - before - QPointF(40, 20)).manhattanLength() < 1e-6
    panel.show_step(0)
    assert cloud.view.scale > cloud.view.fitted
    panel.show_step(20)
    QTest.mouseClick(panel.fit_button, LEFT)
    assert (cloud.pixel_of(50) - fitted).manhattanLength() < 1e-6


def test_that_laying_out_is_asked_for_shows_how_far_it_is_and_can_be_cancelled(
    panel: ProjectionPanel, collection: Collection, qtbot: QtBot
) -> None:
    choose(panel.method_box, Method.UMAP.value)
    choose(panel.setting_box, "neighbours 30")
    assert "Not laid out yet" in panel.own.not_laid_out.label.text()
    with qtbot.waitSignal(panel.compute_requested) as asked:
        QTest.mouseClick(panel.compute_button, LEFT)
    assert asked.args == [((collection, ProjectionRequest("relu1", Method.UMAP, 30)),)]
    assert (panel.bar.value(), panel.words_label.text()) == (0, "UMAP of relu1: 0.0 %")
    panel.show_progress(collection, 0.25)
    assert (panel.bar.value(), panel.words_label.text()) == (250, "UMAP of relu1: 25.0 %")
    assert panel.bar.isVisible()
    assert not panel.compute_button.isVisible()
    panel.show_projected(collection, laid_out(panel.request_of(panel.own), (2,)))
    assert panel.own.cloud.isVisible()
    with qtbot.waitSignal(panel.cancel_requested):
        QTest.mouseClick(panel.cancel_button, LEFT)
    assert not panel.bar.isVisible()
    assert panel.compute_button.isEnabled()
    panel.show_ended("4 samples are too few.")
    assert panel.words_label.text() == "4 samples are too few."


def test_that_a_drag_moves_until_another_tool_is_chosen_and_each_tells_what_it_does(panel: ProjectionPanel) -> None:
    buttons = panel.tools.buttons
    assert buttons["Move"].isChecked()
    assert [each.toolTip() for each in buttons.values()] == [
        "Drag to move, wheel to zoom",
        "Drag around points to select them",
        "Drag a rectangle to select points",
    ]


def test_that_the_legend_stands_at_the_right_with_all_of_its_button(panel: ProjectionPanel) -> None:
    legend, cloud = panel.own.legend, panel.own.cloud
    assert legend.all_button.text() == "Show all"
    assert legend.mapTo(panel, QPoint()).x() > cloud.mapTo(panel, cloud.rect().topRight()).x()
    assert not panel.own.figures.isVisible(), "which tell of one of two"


def test_that_what_was_chosen_before_the_samples_are_read_is_marked_then(
    collection: Collection, show: Callable[..., None]
) -> None:
    panel = ProjectionPanel()
    show(panel, 700, 400)
    panel.show_collection(collection)
    panel.show_sample(3)
    panel.show_selected(frozenset({1, 4}))
    panel.show_run(point_run(collection))
    assert panel.own.cloud.current == 3
    assert np.flatnonzero(panel.own.cloud.selection).tolist() == [1, 4]


def test_that_what_is_whole_need_not_be_laid_out_again(panel: ProjectionPanel) -> None:
    assert not panel.compute_button.isEnabled()
    choose(panel.own.source_box, RAW_DATA)
    assert panel.own.heading.title == "the same at every epoch"


def test_that_an_answer_to_an_earlier_wish_is_passed_over(panel: ProjectionPanel, collection: Collection) -> None:
    earlier = panel.request_of(panel.own)
    choose(panel.method_box, Method.TSNE.value)
    panel.show_projected(collection, laid_out(earlier))

    assert not panel.own.cloud.isVisible()
    assert panel.numbers()[1] == []


def test_that_the_numbers_are_what_is_seen(panel: ProjectionPanel) -> None:
    headings, rows = panel.numbers()

    assert headings == ("sample", "label", "prediction", "x", "y", "is_selected")
    assert rows[0] == (0, 0, 2, *positions_of(2)[0].tolist(), 0)
    assert len(rows) == N


def test_that_another_theme_repaints_the_ground(panel: ProjectionPanel, qapp) -> None:
    apply_theme(qapp, "light")

    assert colour_at(panel.own.cloud, QPointF(3, panel.own.cloud.height() - 3)) == LIGHT.background


def test_that_another_run_begins_anew(panel: ProjectionPanel, tmp_path: Path, qtbot: QtBot) -> None:
    with open_collection(write_run(tmp_path / "bare.json", is_projected=False)) as bare:
        with qtbot.waitSignal(panel.cancel_requested):
            panel.show_collection(bare)
        assert panel.empty_state.label.text() == NO_PROJECTION
        assert panel.numbers()[1] == []


def test_that_of_the_run_before_neither_a_selection_nor_a_computation_is_left(
    panel: ProjectionPanel, tmp_path: Path
) -> None:
    QTest.mouseClick(panel.tools.buttons["Rectangle"], LEFT)
    drag(panel.own.cloud, list(around(panel.own.cloud, labels_of(N) == 1)))
    choose(panel.method_box, Method.UMAP.value)
    QTest.mouseClick(panel.compute_button, LEFT)
    assert panel.bar.isVisible()
    assert panel.own.cloud.selection is not None
    with open_collection(write_run(tmp_path / "other.json")) as other:
        panel.show_collection(other)
        panel.show_selected(None)
        panel.show_run(point_run(other))
        assert panel.own.cloud.selection is None
        assert panel.words_label.text() == ""
        assert (panel.bar.isVisible(), panel.cancel_button.isVisible()) == (False, False)


def test_that_before_the_first_record_a_button_leads_to_it(panel: ProjectionPanel, qtbot: QtBot) -> None:
    panel.show_step(-1)
    assert "Nothing is recorded at or before step" in panel.own.not_laid_out.label.text()
    with qtbot.waitSignal(panel.step_requested) as asked:
        QTest.mouseClick(panel.own.not_laid_out.go_button, LEFT)
    assert asked.args == [0.0]
