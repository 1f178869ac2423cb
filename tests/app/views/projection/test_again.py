"""What is seen whole again, what is asked for once, and what a panel stands at before it is told."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from app.views.projection.analysis.point_run import PointRun, point_run
from app.views.projection.analysis.projection_request import Method
from app.views.projection.panel import ProjectionPanel
from app.widgets.point_cloud import PointCloud
from collector.storage import Collection, open_collection
from tests.app.pointer import turn_wheel
from tests.app.views.projection.clouds import choose, laid_out
from tests.app.views.projection.projected_run import write_run

Show = Callable[..., None]


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(write_run(tmp_path / "run.json")) as collection:
        yield collection


def run_of(collection: Collection) -> PointRun:
    run = point_run(collection)
    assert run is not None
    return run


@pytest.fixture
def panel(collection: Collection, show: Show) -> ProjectionPanel:
    """All that it asks for is laid out."""
    panel = ProjectionPanel()
    panel.known_requested.connect(lambda of, request: panel.show_projected(of, laid_out(request)))
    show(panel, 900, 600)
    panel.show_collection(collection)
    panel.show_run(run_of(collection))
    choose(panel.own.source_box, "fc1, after relu1")
    panel.show_step(20)
    return panel


def zoom(cloud: PointCloud) -> None:
    turn_wheel(cloud, cloud.rect().center(), 4)
    assert is_zoomed(cloud)


def is_zoomed(cloud: PointCloud) -> bool:
    cloud.repaint()
    return cloud.view.scale > cloud.view.fitted * 1.01


def test_that_what_is_laid_out_in_another_way_is_seen_whole_and_the_same_stays_as_it_is(
    panel: ProjectionPanel, collection: Collection
) -> None:
    cloud = panel.own.cloud
    zoom(cloud)
    panel.show_step(0)
    panel.show_projected(collection, laid_out(panel.request_of(panel.own)))
    panel.show_run(run_of(collection))
    assert is_zoomed(cloud)
    choose(panel.method_box, Method.TSNE.value)
    assert not is_zoomed(cloud)
    zoom(cloud)
    choose(panel.own.source_box, "frozen")
    assert not is_zoomed(cloud)


def test_that_another_run_is_seen_whole_and_both_fit_at_once(
    panel: ProjectionPanel, tmp_path: Path, collection: Collection
) -> None:
    with open_collection(write_run(tmp_path / "other.json")) as other:
        panel.show_other(run_of(other), ("run", "other"))
        for side in (panel.own, panel.other):
            zoom(side.cloud)
        panel.fit_button.click()
        assert [is_zoomed(side.cloud) for side in (panel.own, panel.other)] == [False, False]
        zoom(panel.own.cloud)
        panel.show_collection(other)
        panel.show_run(run_of(other))
        assert not is_zoomed(panel.own.cloud)


def test_that_samples_are_asked_for_once_and_again_where_the_run_has_grown(
    collection: Collection, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = ProjectionPanel()
    show(panel, 600, 400)
    asked: list[object] = []
    panel.run_requested.connect(asked.append)
    panel.show_collection(collection)
    panel.show_collection(collection)
    assert asked == [None]
    run = run_of(collection)
    panel.show_run(run)
    panel.show_collection(collection)
    assert asked == [None]
    monkeypatch.setattr(type(collection.projections), "__len__", lambda own: 4)
    panel.show_collection(collection)
    assert asked == [None, run]


def test_that_a_selection_from_elsewhere_is_told_once(panel: ProjectionPanel) -> None:
    told: list[int] = []
    panel.own.selection_changed.connect(lambda: told.append(1))
    for stories in (frozenset({1, 4}), frozenset({4, 1}), None, None):
        panel.show_selected(stories)
    assert len(told) == 2
    panel.show_selected(frozenset({999}))
    assert panel.own.cloud.selection is None, "no sample of these stories is here"


def test_that_before_it_is_told_it_stands_at_the_first_step(collection: Collection, show: Show) -> None:
    panel = ProjectionPanel()
    show(panel, 600, 400)
    assert (panel.number, panel.sides) == (None, [])
    panel.show_collection(collection)
    panel.show_run(run_of(collection))
    assert panel.number == 0
    assert not panel.bar.isVisible() and not panel.cancel_button.isVisible()


@pytest.mark.parametrize("epochs", [0, 1])
def test_that_a_button_leads_to_the_first_record_where_there_is_one(
    tmp_path: Path, show: Show, epochs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_collection(write_run(tmp_path / "run.json", epochs=epochs)) as collection:
        panel, run = ProjectionPanel(), run_of(collection)
        show(panel, 600, 400)
        panel.show_collection(collection)
        panel.show_run(run)
        choose(panel.own.source_box, "fc1, after relu1")
        panel.show_step(-1)
        assert panel.own.not_laid_out.go_button.isVisible()
        asked: list[float] = []
        panel.step_requested.connect(asked.append)
        panel.own.not_laid_out.go_button.click()
        assert asked == [0.0]
        object.__setattr__(run, "steps", np.zeros(0, int))
        panel.show_step(-2)
        assert not panel.own.not_laid_out.go_button.isVisible()


def test_that_lines_lead_to_where_b_has_them_only_while_they_are_on(panel: ProjectionPanel, tmp_path: Path) -> None:
    with open_collection(write_run(tmp_path / "other.json")) as other:
        assert not panel.lines_button.isVisible()
        panel.show_other(run_of(other), ("run", "other"))
        panel.show_steps(20, 20)
        assert panel.lines_button.isVisible() and panel.lines_button.isChecked()
        assert panel.own.cloud._ends is panel.other.places
        panel.lines_button.setChecked(False)
        assert panel.own.cloud._ends is None
        panel.remove_other()
        assert not panel.lines_button.isVisible()
