"""Which units are dead at which pass is read on another thread."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.session import Session
from app.views import VIEWS
from app.views.features import reading as readings
from app.views.features.analysis.feature_history import FeatureHistory
from app.views.features.analysis.feature_stages import feature_stages
from app.views.features.panel import FeaturesPanel
from app.views.features.reading import DifferenceReading, FeatureReading
from collector.storage import open_collection
from tests.app.views.features.features_run import DEAD, write_features_run


@pytest.mark.parametrize("is_synchronous", [True, False])
def test_that_all_passes_are_read_and_told_of(tmp_path: Path, qtbot: QtBot, is_synchronous: bool) -> None:
    session = Session(Jobs(is_synchronous=is_synchronous), VIEWS)
    reading = FeatureReading(session)
    told: list[FeatureHistory] = []
    reading.ready.connect(told.append)
    reading.read()
    session.open(write_features_run(tmp_path / "run.json"))
    qtbot.waitUntil(lambda: session.opened is not None)

    reading.read()

    qtbot.waitUntil(lambda: len(told) == 1)
    assert told[0].n_passes == len(DEAD)
    assert told[0].dead["relu"].sum(axis=1).tolist() == [len(dead) for dead in DEAD]
    session.close()


def test_that_passes_that_come_while_some_are_read_are_asked_for_afterwards(tmp_path: Path, qtbot: QtBot) -> None:
    panel = FeaturesPanel()
    qtbot.addWidget(panel)
    asked: list[FeatureHistory] = []
    panel.history_requested.connect(asked.append)
    with open_collection(write_features_run(tmp_path / "run.json")) as collection:
        panel.show_collection(collection, feature_stages(collection.layers))
        panel.show_collection(collection, feature_stages(collection.layers))
        assert [each.n_passes for each in asked] == [0], "one reading at a time"
        panel.show_progress(2, 5)
        assert panel.heading.figure == "reading 2 of 5 passes…"
        panel.show_history(FeatureHistory(n_passes=3))
        assert [each.n_passes for each in asked] == [0, 3], "goes on from what is known"
        panel.show_history(FeatureHistory(n_passes=5))
        panel.show_collection(collection, feature_stages(collection.layers))
        assert len(asked) == 2
        assert panel.heading.figure == ""


@pytest.mark.parametrize(
    ("n_wanted", "found"),
    [(9, {"a": 0.5, "b": 0.75}), (2, {"a": 0.5, "b": 0.25}), (1, {"a": 0.5}), (0, {})],
)
def test_that_the_largest_differences_are_read_until_nobody_waits_for_them(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, n_wanted: int, found: dict[str, float]
) -> None:
    differ = [{"a": 0.5}, {"a": 0.25, "b": 0.25}, {"b": 0.75}]
    asked: list[object] = []
    monkeypatch.setattr(readings, "differences_of", lambda _: SimpleNamespace(spread=lambda: differ))
    monkeypatch.setattr(readings, "stages_of", lambda _: "stages")
    monkeypatch.setattr(readings, "measured", lambda both, stages: asked.append((both, stages)) or both)
    reading = DifferenceReading(Session(Jobs(is_synchronous=True), VIEWS))
    works: list[Callable[..., Any]] = []
    monkeypatch.setattr(reading, "start", works.append)
    reading.read()
    left = [True] * n_wanted + [False] * 3
    progress = SimpleNamespace(rest=lambda: left.pop(0))
    assert works[0](SimpleNamespace(comparing="both"), progress) == found
    assert asked == [(each, "stages") for each in differ[:n_wanted]]
