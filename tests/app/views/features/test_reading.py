"""Which units are dead at which pass is read on another thread."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.session import Session
from app.views import VIEWS
from app.views.features.analysis.feature_history import FeatureHistory
from app.views.features.analysis.feature_stages import feature_stages
from app.views.features.panel import FeaturesPanel
from app.views.features.reading import FeatureReading
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
