"""The samples of two runs beside one another, in one frame, driven as a user would."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.palette import DARK
from app.views.projection.analysis.point_alignment import are_same_samples, fitted_with
from app.views.projection.analysis.point_groups import Colouring
from app.views.projection.analysis.point_run import PointRun, point_run
from app.views.projection.analysis.point_text import RAW_DATA
from app.views.projection.analysis.projection_request import RAW, Method, Projected, ProjectionRequest
from app.views.projection.panel import ProjectionPanel
from collector.storage import Collection, open_collection
from tests.app.views.projection.clouds import LEFT, around, choose, colour_at, drag, laid_out, point_at
from tests.app.views.projection.projected_run import labels_of, write_run

NAMES = ("run", "other")


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(write_run(tmp_path / "run.json")) as collection:
        yield collection


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Collection]:
    """Of another length, and with a layer that the first has not."""
    with open_collection(write_run(tmp_path / "other.json", ("relu1", "last"), epochs=4)) as collection:
        yield collection


@pytest.fixture
def panel(collection: Collection, show: Callable[..., None]) -> ProjectionPanel:
    """The panel on the first collection; of every collection each PCA and t-SNE of relu1 is laid out, nothing else."""
    panel = ProjectionPanel()

    def know(of: Collection, request: ProjectionRequest) -> None:
        numbers = tuple(range(len(of.projections))) if request.source != RAW else (0,)
        is_known = request.method is Method.PCA or (request.method, request.source) == (Method.TSNE, "relu1")
        found = laid_out(request, numbers if is_known else ())
        if of is not collection and request.method is Method.TSNE:
            turned = {n: replace(each, positions=each.positions[:, ::-1] * [1, -1]) for n, each in found.points.items()}
            found = Projected(request, turned, found.expected)
        panel.show_projected(of, found)

    panel.run_requested.connect(lambda known: panel.show_run(point_run(collection, known)))
    panel.known_requested.connect(know)
    show(panel, 900, 600)
    panel.show_collection(collection)
    panel.show_step(20)
    return panel


def run_of(collection: Collection) -> PointRun:
    run = point_run(collection)
    assert run is not None
    return run


@pytest.fixture
def beside(panel: ProjectionPanel, other: Collection) -> ProjectionPanel:
    """The same, with the other run beside it at its own end."""
    panel.show_other(run_of(other), NAMES)
    panel.show_steps(20, 40)
    panel.repaint()
    return panel


def test_that_both_are_laid_out_in_the_same_way_and_named(beside: ProjectionPanel) -> None:
    choose(beside.own.source_box, "fc1, after relu1")

    for side in (beside.own, beside.other):
        request = beside.request_of(side)
        assert (request.source, request.method) == ("relu1", Method.PCA)
    assert [side.heading.title for side in (beside.own, beside.other)] == ["run", "other"]
    assert [side.heading.about for side in (beside.own, beside.other)] == ["run.json", "other.json"]
    for side in (beside.own, beside.other):
        assert side.cloud.isVisible()
        assert "trustworthiness 0.97 · 50.0 % nearest to their own class · 60 samples" in side.figures.about


def test_that_a_map_is_fitted_on_both_in_the_same_order(beside: ProjectionPanel, tmp_path: Path) -> None:
    choose(beside.own.source_box, "fc1, after relu1")
    of_a, of_b = (beside.request_of(side).fitted_with for side in (beside.own, beside.other))
    assert of_a is not None
    assert of_b is not None
    assert (Path(of_a.path), Path(of_b.path)) == (tmp_path / "other.json", tmp_path / "run.json")
    assert (of_a.is_first, of_b.is_first) == (False, True)
    assert of_a.key != of_b.key
    choose(beside.method_box, Method.TSNE.value)
    assert beside.request_of(beside.own).fitted_with is None


def test_that_a_layout_of_neighbours_is_turned_onto_that_of_a(beside: ProjectionPanel) -> None:
    choose(beside.own.source_box, "fc1, after relu1")
    choose(beside.method_box, Method.TSNE.value)
    beside.show_steps(20, 20)
    own, other = beside.own.places, beside.other.places
    assert own is not None
    assert other is not None
    assert np.allclose(own, other, atol=1e-3), "it is the same, turned and mirrored"


def test_that_b_is_turned_anew_where_a_alone_has_moved_on(beside: ProjectionPanel) -> None:
    choose(beside.own.source_box, "fc1, after relu1")
    choose(beside.method_box, Method.TSNE.value)
    for step in (20, 0, 10):
        beside.show_steps(step, 40)
        assert beside.own.places is not None
        assert beside.other.places is not None
        middles = [places.mean(axis=0).tolist() for places in (beside.own.places, beside.other.places)]
        assert middles[1] == pytest.approx(middles[0], abs=1e-3), "B lies over A, wherever that is"


def test_that_a_line_leads_from_each_sample_of_a_to_where_b_has_it(beside: ProjectionPanel) -> None:
    choose(beside.own.source_box, "fc1, after relu1")
    cloud = beside.own.cloud
    assert np.array_equal(cloud._ends, beside.other.places)  # type: ignore[arg-type]
    with_lines = cloud.grab().toImage()
    QTest.mouseClick(beside.lines_button, LEFT)
    assert cloud.grab().toImage() != with_lines
    QTest.mouseClick(beside.lines_button, LEFT)
    assert cloud.grab().toImage() == with_lines


def test_that_the_table_tells_how_far_apart_both_have_a_sample(beside: ProjectionPanel) -> None:
    choose(beside.own.source_box, "fc1, after relu1")
    headings, rows = beside.numbers()
    assert len(rows) == 60
    for row in (dict(zip(headings, each, strict=True)) for each in rows):
        assert float(row["x_difference"] or 0) == pytest.approx(float(row["x_b"] or 0) - float(row["x_a"] or 0))
        assert float(row["distance"] or 0) == pytest.approx(6 * np.sqrt(2)), "records 2 and 4 are that far apart"


def test_that_the_other_may_show_a_layer_of_its_own(beside: ProjectionPanel) -> None:
    choose(beside.other.source_box, "last")
    assert beside.request_of(beside.other).source == "last"
    assert beside.other.projected is not None
    assert beside.other.projected.request.source == "last", "and it is shown"
    assert beside.request_of(beside.own).source == RAW
    assert beside.request_of(beside.own).fitted_with is None, "they have no features in common"

    choose(beside.own.source_box, "frozen")
    assert beside.request_of(beside.other).source == "last"
    choose(beside.own.source_box, RAW_DATA)
    assert beside.request_of(beside.other).source == RAW


def test_that_each_is_seen_at_its_own_step(beside: ProjectionPanel) -> None:
    choose(beside.own.source_box, "fc1, after relu1")
    for steps, words in (((0, 0), "epoch 0, step 0"), ((15, 15), "epoch 1, step 10"), ((20, 40), "epoch 4, step 40")):
        beside.show_steps(*steps)
        assert beside.other.figures.about.startswith(words)
    beside.show_steps(20, None)
    assert "Nothing is recorded next to this step" in beside.other.not_laid_out.label.text()
    assert not beside.other.not_laid_out.go_button.isVisible()


def test_that_two_passes_of_one_run_are_asked_for_once(
    panel: ProjectionPanel, collection: Collection, qtbot: QtBot
) -> None:
    panel.show_other(run_of(collection), ("step 0", "this pass"))
    panel.show_steps(0, 20)
    choose(panel.own.source_box, "fc1, after relu1")
    assert [side.number for side in panel.sides] == [0, 2]
    assert panel.request_of(panel.own) == panel.request_of(panel.other)
    choose(panel.own.source_box, "frozen")
    choose(panel.method_box, Method.TSNE.value)
    with qtbot.waitSignal(panel.compute_requested) as asked:
        QTest.mouseClick(panel.compute_button, LEFT)
    assert len(asked.args[0]) == 1


def test_that_other_samples_stand_beside_without_lines(
    panel: ProjectionPanel, tmp_path: Path, collection: Collection, qtbot: QtBot
) -> None:
    with open_collection(write_run(tmp_path / "fewer.json", n_samples=50)) as fewer:
        run, few = run_of(collection), run_of(fewer)
        assert not are_same_samples(run, few)
        panel.show_other(few, NAMES)
        panel.show_steps(20, 20)
        assert not panel.lines_button.isVisible()
        assert panel.request_of(panel.own).fitted_with is None
        assert panel.own.cloud._ends is None
        with qtbot.assertNotEmitted(panel.sample_requested):
            panel.other.clicked.emit(2)
        assert panel.words_label.text() == "Sample #2 is none of run, which has other samples."
        panel.remove_other()


def test_that_features_that_are_not_the_same_are_not_fitted_together(collection: Collection, other: Collection) -> None:
    a, b = run_of(collection), run_of(other)
    assert fitted_with(a, b, "relu1", "relu1", is_first=False) is not None
    assert fitted_with(a, b, "relu1", "absent", is_first=False) is None
    assert fitted_with(a, b, RAW, "relu1", is_first=False) is None
    assert fitted_with(a, a, "relu1", "relu1", is_first=False) is None, "it is one map already"


def test_that_classes_are_hidden_in_one_of_them_alone(beside: ProjectionPanel) -> None:
    QTest.mouseClick(beside.lines_button, LEFT)
    rows = beside.other.legend.rows
    QTest.mouseClick(rows, LEFT, pos=rows.place_of(1).center())

    assert colour_at(beside.other.cloud, beside.other.cloud.pixel_of(1)) == DARK.background
    assert colour_at(beside.own.cloud, beside.own.cloud.pixel_of(1)) != DARK.background
    QTest.mouseClick(beside.other.legend.all_button, LEFT)
    assert beside.other.cloud.shown().all()


def test_that_a_legend_of_many_classes_stands_in_columns_below(panel: ProjectionPanel, tmp_path: Path) -> None:
    names = tuple(f"kind {number}" for number in range(8))
    with open_collection(write_run(tmp_path / "many.json", names=names)) as many:
        panel.show_other(run_of(many), NAMES)
        panel.show_steps(20, 20)
        panel.repaint()
        legend = panel.other.legend
        places = [legend.rows.place_of(number) for number in range(8)]
        assert len({place.left() for place in places}) == 2
        assert not any(one.intersects(two) for one in places for two in places if one is not two)
        assert legend.y() > panel.other.cloud.geometry().bottom()
        QTest.mouseClick(legend.rows, LEFT, pos=QPoint(places[6].left() + 8, places[6].center().y()))
        assert np.flatnonzero(~legend.visible).tolist() == [6]


def test_that_the_pointer_shows_a_sample_of_the_cloud_it_is_in(beside: ProjectionPanel) -> None:
    point_at(beside.other.cloud, beside.other.cloud.pixel_of(4))

    assert [text for text, _ in beside.other.cloud._card.lines] == ["sample #4", "label bee", "predicted bee"]
    assert beside.own.cloud._card is None


def test_that_a_click_on_a_sample_chooses_it_in_either(beside: ProjectionPanel, qtbot: QtBot) -> None:
    for side in beside.sides:
        with qtbot.waitSignal(beside.sample_requested) as asked:
            QTest.mouseClick(side.cloud, LEFT, pos=side.cloud.pixel_of(2).toPoint())
        assert asked.args == [2]
    beside.show_sample(2)
    assert [side.cloud.current for side in beside.sides] == [2, 2]


def test_that_the_other_has_the_colours_and_the_ring_that_were_chosen_before_it_came(
    panel: ProjectionPanel, other: Collection
) -> None:
    choose(panel.colour_box, Colouring.RIGHT.value)
    panel.show_sample(2)
    panel.show_other(run_of(other), NAMES)
    panel.show_steps(20, 40)
    assert panel.other.cloud.current == 2
    assert panel.other.legend.rows.groups.names == panel.own.legend.rows.groups.names  # type: ignore[union-attr]


def test_that_selections_are_named_each_with_its_run(beside: ProjectionPanel) -> None:
    QTest.mouseClick(beside.tools.buttons["Rectangle"], LEFT)
    for side, group in ((beside.own, 1), (beside.other, 2)):
        drag(side.cloud, list(around(side.cloud, labels_of(60) == group, margin=6)))

    first, second = "Selected in run: 20 points: 20 of bee", "Selected in other: 20 points: 20 of cat"
    assert beside.words_label.text() == f"{first} · {second}"
    QTest.keyClick(beside.other.cloud, Qt.Key.Key_Escape)
    assert beside.words_label.text() == first


def test_that_what_is_missing_of_both_is_asked_for_at_once_and_the_bar_tells_of_both(
    beside: ProjectionPanel, collection: Collection, other: Collection, qtbot: QtBot
) -> None:
    choose(beside.method_box, Method.TSNE.value)
    request = ProjectionRequest(RAW, Method.TSNE, 30)
    assert beside.own.not_laid_out.label.text().startswith("Not laid out together yet.")
    with qtbot.waitSignal(beside.compute_requested) as asked:
        QTest.mouseClick(beside.compute_button, LEFT)
    assert asked.args == [((collection, request), (other, request))]

    beside.show_progress(collection, 0.5)
    assert (beside.bar.value(), beside.words_label.text()) == (250, "t-SNE of raw data in run.json: 50.0 %")
    beside.show_projected(collection, laid_out(request, (0,)))
    assert beside.own.cloud.isVisible()
    assert "being laid out" in beside.other.not_laid_out.label.text()
    beside.show_progress(other, 0.5)
    assert (beside.bar.value(), beside.words_label.text()) == (750, "t-SNE of raw data in other.json: 50.0 %")
    QTest.mouseClick(beside.cancel_button, LEFT)
    with qtbot.waitSignal(beside.compute_requested) as asked:
        QTest.mouseClick(beside.compute_button, LEFT)
    assert asked.args == [((other, request),)]


def test_that_what_is_computed_for_both_ends_when_the_other_goes(beside: ProjectionPanel, qtbot: QtBot) -> None:
    choose(beside.method_box, Method.TSNE.value)
    QTest.mouseClick(beside.compute_button, LEFT)
    assert beside.bar.isVisible()
    with qtbot.waitSignal(beside.cancel_requested):
        beside.remove_other()
    assert not beside.bar.isVisible()
    assert beside.compute_button.isVisible()


def test_that_without_the_other_the_first_is_as_it_was(beside: ProjectionPanel) -> None:
    beside.remove_other()
    assert not beside.other.isVisible()
    assert beside.own.heading.title == "the same at every epoch"
    assert len(beside.numbers()[1]) == 60
    assert beside.numbers()[0][0] == "sample"
    assert beside.own.cloud._ends is None
    assert beside.request_of(beside.own).fitted_with is None
