"""What stays and what goes where another run is opened, other units are common to both, or others are compared."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.palette import active
from app.replay.frame import Frame, read_frame
from app.replay.opened import OpenedCollection, open_for_replay
from app.replay.state import ReplayState
from app.views.features.analysis.feature_history import FeatureHistory, FeatureHistoryReader
from app.views.features.analysis.feature_tiles import RGB
from app.views.features.analysis.tiles import ScaleRule
from app.views.features.expert_map import NOT_COUNTED, READING
from app.views.features.frame import NAME, derive, prepare
from app.views.features.panel import FeaturesPanel
from tests.app.painted import painted
from tests.app.scanning import read_all
from tests.app.views.features.expert_run import write_expert_run
from tests.app.views.features.features_run import write_features_run

Open = Callable[[Callable[[Path], Path]], OpenedCollection]


@pytest.fixture
def open_run(tmp_path: Path) -> Iterator[Open]:
    made: list[OpenedCollection] = []

    def open_run(write: Callable[[Path], Path]) -> OpenedCollection:
        opened = open_for_replay(write(tmp_path / f"{len(made)}.json"))
        made.append(replace(opened, derived={NAME: derive(opened)}))
        return made[-1]

    yield open_run
    for each in made:
        each.collection.close()


@pytest.fixture
def panel(show: Callable[..., None]) -> FeaturesPanel:
    panel = FeaturesPanel()
    show(panel, 900, 500)
    return panel


@pytest.fixture
def asked(panel: FeaturesPanel) -> list[FeatureHistory]:
    asked: list[FeatureHistory] = []
    panel.history_requested.connect(asked.append)
    return asked


def show_run(panel: FeaturesPanel, run: OpenedCollection) -> None:
    panel.show_collection(run.collection, run.derived[NAME])


def frame_of(run: OpenedCollection, number: int, sample: int = 0) -> Frame:
    view = run.view_of(ReplayState(pass_number=number, sample=sample))
    assert view is not None
    return read_frame(run, view, {NAME: prepare})


def history_of(run: OpenedCollection) -> Any:
    return read_all(run.collection.passes, FeatureHistoryReader(run.derived[NAME], run.n_passes))


def frames(panel: FeaturesPanel) -> list[int]:
    """How many units are framed in each grid."""
    return [len(painted(each.grid).lines(active().hovered)) for each in (panel.filters, panel.before, panel.after)]


def test_that_nothing_of_one_run_is_told_of_another(
    panel: FeaturesPanel, asked: list[FeatureHistory], open_run: Open
) -> None:
    first, second = open_run(write_features_run), open_run(write_features_run)
    show_run(panel, first)
    panel.show_history(history_of(first))
    panel.show_frame(frame_of(first, 4))
    panel.show_layer("fc")
    panel.show_layer("conv")
    panel.show_unit(("conv", 6))
    assert frames(panel) == [1, 1, 1]
    assert "since" in panel.after.grid.tip(panel.after.grid.rect_of(1).center())
    of_run = panel.filters.scale.high
    panel.show_layer("fc")
    show_run(panel, second)
    assert panel.stage is second.derived[NAME][0]
    assert panel.stage_box.choice == "conv"
    assert panel.scale_box.offered == list(ScaleRule)
    assert panel.numbers()[1] == [], "no pass of it is shown yet"
    panel.show_frame(frame_of(second, 1))
    assert frames(panel) == [0, 0, 0]
    assert panel.after.grid.tip(panel.after.grid.rect_of(1).center()).endswith("dead at this pass")
    assert panel.filters.scale.high != of_run
    assert [each.n_passes for each in asked] == [0, 0]


def test_that_another_run_is_read_although_one_is_being_read(
    panel: FeaturesPanel, asked: list[FeatureHistory], open_run: Open
) -> None:
    for run in (open_run(write_features_run), open_run(write_expert_run)):
        show_run(panel, run)
        show_run(panel, run)
    assert [each.n_passes for each in asked] == [0, 0]


def test_that_with_other_units_of_the_same_run_the_layer_stays_and_its_pass_is_awaited(
    panel: FeaturesPanel, asked: list[FeatureHistory], open_run: Open
) -> None:
    run = open_run(write_features_run)
    conv, fc = run.derived[NAME]
    show_run(panel, run)
    panel.show_frame(frame_of(run, 2))
    panel.show_layer("fc")
    assert len(panel.numbers()[1]) == 4
    few = replace(fc, layer=replace(fc.layer, kept=np.array([1, 3])))
    panel.show_collection(run.collection, [conv, few])
    assert panel.stage is few
    assert panel.numbers()[1] == []
    panel.show_frame(frame_of(run, 2))
    assert [row[1] for row in panel.numbers()[1]] == [1, 3]
    panel.show_collection(run.collection, [conv])
    assert panel.stage is None
    panel.show_frame(frame_of(run, 2))
    assert panel.numbers()[1] == []
    assert len(asked) == 1


def test_that_a_run_without_stages_is_not_read(
    panel: FeaturesPanel, asked: list[FeatureHistory], open_run: Open
) -> None:
    run = open_run(write_features_run)
    panel.show_collection(run.collection, [])
    panel.show_frame(frame_of(run, 0))
    assert panel.stage is None
    assert panel.choices == ("", None)
    assert not panel.shows_sequences
    assert asked == []


def test_that_what_others_differed_by_is_forgotten(panel: FeaturesPanel, open_run: Open) -> None:
    run = open_run(write_features_run)
    show_run(panel, run)
    panel.show_largest_differences({("conv", "weight"): 99.0})
    panel.show_comparing(None)
    frame = frame_of(run, 0)
    both = replace(frame, sides=(frame, frame), differences=frame.prepared)
    panel.show_frame(both)
    own = panel.filters.scale.high
    panel.show_largest_differences({("conv", "weight"): 99.0})
    assert panel.filters.scale.high == "99" != own
    panel.show_comparing(None)
    panel.show_frame(both)
    assert panel.filters.scale.high == own
    panel.show_largest_differences({("conv", "weight"): 99.0})
    panel.show_frame(frame)
    assert panel.filters.scale.high == own, "of one run alone they tell nothing"


def test_that_experts_are_said_to_be_read_or_not_to_be_counted_and_whose_they_are(
    panel: FeaturesPanel, open_run: Open
) -> None:
    run = open_run(lambda path: write_expert_run(path, np.full((2, 4), np.nan, np.float32)))
    show_run(panel, run)
    panel.show_layer("mixture")
    assert " ".join(painted(panel.experts.map).texts) == READING
    panel.show_history(replace(FeatureHistory(), n_passes=1))
    assert " ".join(painted(panel.experts.map).texts) == READING
    panel.show_history(replace(FeatureHistory(), n_passes=2))
    assert " ".join(painted(panel.experts.map).texts) == NOT_COUNTED
    assert panel.experts.heading.about.startswith("of mixture: ")
    panel.show_comparing(SimpleNamespace(held=1))  # type: ignore[arg-type]
    assert panel.experts.heading.about.startswith("of mixture in A: ")
    panel.show_comparing(None)
    assert panel.experts.heading.about.startswith("of mixture: ")


def test_that_the_table_lacks_what_is_not_recorded(panel: FeaturesPanel, open_run: Open) -> None:
    run = open_run(write_features_run)
    show_run(panel, run)
    panel.show_frame(frame_of(run, 1))
    since = [row[5] for row in panel.numbers()[1]]
    assert since == [None] * 5, "no pass is read"
    panel.show_history(history_of(run))
    assert [row[5] for row in panel.numbers()[1]] == [None, 10, None, None, None]
    panel.show_layer("fc")
    frame = frame_of(run, 1)
    frame = replace(frame, view=replace(frame.view, sample=3))
    panel.show_frame(frame)
    rows = panel.numbers()[1]
    means = frame.taken.layers["fc"].activation.mean(axis=0)
    assert rows == [("fc", unit, None, pytest.approx(float(means[unit])), None, None) for unit in range(4)]


def test_that_a_layer_that_is_shown_again_begins_with_what_is_usual_of_its_filters(
    panel: FeaturesPanel, open_run: Open
) -> None:
    run = open_run(write_features_run)
    show_run(panel, run)
    panel.channel_box.choose("blue")
    panel.show_layer("relu")
    assert panel.channel_box.choice == "blue", "it is of the same filters"
    panel.show_layer("fc")
    panel.show_layer("conv")
    assert panel.channel_box.choice == RGB
