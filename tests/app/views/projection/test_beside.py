"""The samples of another collection beside those of the open one, driven as a user would."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.palette import DARK
from app.views.projection.analysis.point_run import PointRun, point_run, record_beside
from app.views.projection.analysis.point_text import RAW_DATA
from app.views.projection.analysis.projection_request import RAW, Method, ProjectionRequest
from app.views.projection.panel import ProjectionPanel
from collector.storage import Collection, open_collection
from tests.app.views.projection.clouds import LEFT, around, choose, colour_at, drag, laid_out, point_at
from tests.app.views.projection.projected_run import labels_of, write_run


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
    """The panel on the first collection; of every collection each PCA is laid out, and nothing else."""
    panel = ProjectionPanel()

    def know(of: Collection, request: ProjectionRequest) -> None:
        numbers = tuple(range(len(of.projections))) if request.source != RAW else (0,)
        panel.show_projected(of, laid_out(request, numbers if request.method is Method.PCA else ()))

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
def beside(panel: ProjectionPanel, other: Collection, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> ProjectionPanel:
    """The same, with the other collection beside it."""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(other.path), ""))
    panel.compare_requested.connect(lambda _: panel.show_other(run_of(other)))
    with qtbot.waitSignal(panel.compare_requested) as asked:
        QTest.mouseClick(panel.compare_button, LEFT)
    assert asked.args == [other.path]
    panel.repaint()
    return panel


def test_that_both_are_laid_out_in_the_same_way_and_named(beside: ProjectionPanel) -> None:
    choose(beside.own.source_box, "fc1, after relu1")

    assert beside.request_of(beside.other) == beside.request_of(beside.own) == ProjectionRequest("relu1", Method.PCA)
    assert [side.heading.title for side in (beside.own, beside.other)] == ["run.json", "other.json"]
    for side in (beside.own, beside.other):
        assert side.cloud.isVisible()
        assert "60 samples · trustworthiness 0.97" in side.figures.about


def test_that_nothing_is_compared_where_the_user_chooses_no_file(
    panel: ProjectionPanel, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    with qtbot.assertNotEmitted(panel.compare_requested):
        QTest.mouseClick(panel.compare_button, LEFT)
    assert panel.compare_button.isEnabled()


def test_that_what_cannot_be_opened_leaves_all_as_it_was(
    panel: ProjectionPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("some.json", ""))
    QTest.mouseClick(panel.compare_button, LEFT)
    assert panel.words_label.text() == "Opening some.json…"
    assert not panel.compare_button.isEnabled()
    panel.show_not_opened()

    assert panel.words_label.text() == ""
    assert panel.compare_button.isEnabled()
    assert not panel.other.isVisible()


def test_that_the_other_may_show_a_layer_of_its_own(beside: ProjectionPanel) -> None:
    choose(beside.other.source_box, "last")
    assert beside.request_of(beside.other).source == "last"
    assert beside.request_of(beside.own).source == RAW

    choose(beside.own.source_box, "frozen")
    assert beside.request_of(beside.other).source == "last"
    choose(beside.own.source_box, RAW_DATA)
    assert beside.request_of(beside.other).source == RAW


def test_that_the_other_is_seen_at_the_same_epoch_and_at_the_end_at_its_own(beside: ProjectionPanel) -> None:
    choose(beside.own.source_box, "fc1, after relu1")
    for step, words in ((0, "epoch 0, step 0"), (15, "epoch 1, step 10"), (20, "epoch 4, step 40")):
        beside.show_step(step)
        assert beside.other.figures.about.startswith(words)
    beside.show_step(-1)
    assert "Nothing is recorded" in beside.other.not_laid_out.label.text()
    assert not beside.other.not_laid_out.go_button.isVisible()


def test_that_the_record_beside_is_of_no_later_epoch(collection: Collection, other: Collection) -> None:
    run, longer = run_of(collection), run_of(other)
    assert [record_beside(run, number, longer) for number in range(3)] == [0, 1, 4]
    assert [record_beside(longer, number, run) for number in range(5)] == [0, 1, 2, 2, 2]


def test_that_classes_are_hidden_in_one_of_them_alone(beside: ProjectionPanel) -> None:
    rows = beside.other.legend.rows
    QTest.mouseClick(rows, LEFT, pos=rows.place_of(1).center())

    assert colour_at(beside.other.cloud, beside.other.cloud.pixel_of(1)) == DARK.background
    assert colour_at(beside.own.cloud, beside.own.cloud.pixel_of(1)) != DARK.background
    QTest.mouseClick(beside.other.legend.all_button, LEFT)
    assert beside.other.cloud.shown().all()


def test_that_a_legend_of_many_classes_stands_in_columns_below(
    panel: ProjectionPanel, other: Collection, tmp_path: Path
) -> None:
    names = tuple(f"kind {number}" for number in range(8))
    with open_collection(write_run(tmp_path / "many.json", names=names)) as many:
        panel.show_other(run_of(many))
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

    assert [text for text, _ in beside.other.cloud._card.lines] == ["sample 4", "label bee", "taken for bee"]
    assert beside.own.cloud._card is None


def test_that_a_click_on_a_sample_of_the_other_chooses_none_and_says_why(beside: ProjectionPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(beside.sample_requested):
        QTest.mouseClick(beside.other.cloud, LEFT, pos=beside.other.cloud.pixel_of(2).toPoint())
    assert "Sample 2 is of other.json" in beside.words_label.text()
    with qtbot.waitSignal(beside.sample_requested):
        QTest.mouseClick(beside.own.cloud, LEFT, pos=beside.own.cloud.pixel_of(2).toPoint())


def test_that_selections_are_named_each_with_its_collection(beside: ProjectionPanel) -> None:
    QTest.mouseClick(beside.tools.buttons["Rectangle"], LEFT)
    for side, group in ((beside.own, 1), (beside.other, 2)):
        drag(side.cloud, list(around(side.cloud, labels_of(60) == group, margin=6)))

    first, second = "Selected in run.json: 20 points: 20 of bee", "Selected in other.json: 20 points: 20 of cat"
    assert beside.words_label.text() == f"{first} · {second}"
    headings, rows = beside.numbers()
    assert headings[:2] == ("collection", "sample")
    assert [(row[0], row[1]) for row in rows[::60]] == [("run.json", 0), ("other.json", 0)]
    assert sum(row[-1] for row in rows) == 40
    QTest.keyClick(beside.other.cloud, Qt.Key.Key_Escape)
    assert beside.words_label.text() == first


def test_that_what_is_missing_of_both_is_asked_for_at_once_and_the_bar_tells_of_both(
    beside: ProjectionPanel, collection: Collection, other: Collection, qtbot: QtBot
) -> None:
    choose(beside.method_box, Method.TSNE.value)
    request = ProjectionRequest(RAW, Method.TSNE, 30)
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


def test_that_taking_the_other_away_leaves_the_first_as_it_was(
    beside: ProjectionPanel, collection: Collection, other: Collection, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(beside.other_removed) as removed:
        QTest.mouseClick(beside.remove_button, LEFT)

    assert removed.args == [other]
    assert not beside.other.isVisible()
    assert beside.compare_button.isVisible()
    assert beside.own.heading.title == "the same at every epoch"
    assert len(beside.numbers()[1]) == 60
    assert beside.numbers()[0][0] == "sample"
    QTest.mouseClick(beside.compare_button, LEFT)
    assert beside.other.cloud.isVisible()


def test_that_opening_the_very_collection_that_is_beside_takes_it_away(
    beside: ProjectionPanel, other: Collection, qtbot: QtBot
) -> None:
    with open_collection(other.path) as same, qtbot.waitSignal(beside.other_removed):
        beside.show_collection(same)
    assert not beside.other.isVisible()
    with open_collection(other.path) as same, qtbot.waitSignal(beside.other_removed):
        beside.show_other(run_of(same))
    assert not beside.other.isVisible()
