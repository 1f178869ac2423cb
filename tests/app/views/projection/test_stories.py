"""Samples in a plane that are samples of the stories, too."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.views.projection.analysis.point_run import PointRun, point_run
from app.views.projection.panel import ProjectionPanel
from app.widgets.point_cloud import Tool
from collector.storage import open_collection
from tests.app.views.projection.clouds import N, around, drag, laid_out
from tests.app.views.projection.projected_run import labels_of, write_run

IN_STORIES = np.where(np.arange(N) % 2, -1, 100 + np.arange(N))
"""Each second sample is one of the stories."""


@pytest.fixture
def run(tmp_path: Path) -> Iterator[PointRun]:
    with open_collection(write_run(tmp_path / "run.json")) as collection:
        found = point_run(collection)
        assert found is not None
        yield replace(found, in_stories=IN_STORIES)


@pytest.fixture
def panel(run: PointRun, show: Callable[..., None]) -> ProjectionPanel:
    panel = ProjectionPanel()
    panel.run_requested.connect(lambda _: panel.show_run(run))
    panel.known_requested.connect(lambda of, request: panel.show_projected(of, laid_out(request, (0,))))
    show(panel, 800, 500)
    panel.show_collection(run.collection)
    panel.show_step(20)
    return panel


def selected(panel: ProjectionPanel) -> list[int] | None:
    chosen = panel.own.cloud.selection
    return None if chosen is None else np.flatnonzero(chosen).tolist()


def test_that_stories_selected_elsewhere_stand_out(panel: ProjectionPanel) -> None:
    panel.show_selected(frozenset({100, 104, 999}))
    assert selected(panel) == [0, 4]
    assert panel.words_label.text() == "Selected: 2 points: 1 of ant, 1 of bee"
    panel.show_selected(frozenset({101, 999, -1}))
    assert selected(panel) is None, "none of them is here"
    panel.show_selected(frozenset({100}))
    panel.show_selected(None)
    assert selected(panel) is None
    assert panel.words_label.text() == ""


def test_that_what_is_selected_here_is_told_as_stories(panel: ProjectionPanel, qtbot: QtBot) -> None:
    panel.own.cloud.tool = Tool.RECTANGLE
    with qtbot.waitSignal(panel.stories_selected) as told:
        drag(panel.own.cloud, list(around(panel.own.cloud, labels_of(N) == 1)))
    members = np.flatnonzero(labels_of(N) == 1)
    assert told.args == [frozenset((100 + members[members % 2 == 0]).tolist())]
    panel.show_selected(told.args[0])
    assert selected(panel) == members.tolist(), "as what was selected is shown already"


def test_that_a_selection_without_a_story_is_told_as_none(panel: ProjectionPanel, run: PointRun, qtbot: QtBot) -> None:
    panel.show_run(replace(run, in_stories=np.full(N, -1)))
    panel.own.cloud.tool = Tool.RECTANGLE
    with qtbot.waitSignal(panel.stories_selected) as told:
        drag(panel.own.cloud, list(around(panel.own.cloud, labels_of(N) == 1)))
    assert told.args == [None]


@pytest.mark.parametrize(
    ("sample", "story", "current"), [(3, None, 3), (3, 104, 4), (3, 105, None), (50, None, None), (0, None, 0)]
)
def test_that_a_story_has_the_ring_rather_than_a_sample_of_the_probe(
    panel: ProjectionPanel, sample: int, story: int | None, current: int | None
) -> None:
    panel.show_sample(sample, story)
    assert panel.own.cloud.current == current


def test_that_a_selection_stays_where_the_run_has_grown_and_goes_with_the_run(
    panel: ProjectionPanel, run: PointRun
) -> None:
    panel.show_selected(frozenset({100}))
    panel.own.show_run(replace(run))
    assert selected(panel) == [0]
    panel.own.show_run(None)
    assert (selected(panel), panel.own.places, panel.own.rows()) == (None, None, [])
    assert panel.own.selection_text() == ""
    assert panel.own.selected_stories() is None
