"""The view of the optimizer on a session: what stays while a run grows, and what goes with another."""

from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.replay.opened import OpenedCollection
from app.session import Session
from app.views.optimizer.view import OptimizerPanelView
from collector.findings import Report
from tests.app.made_up_findings import finding


@pytest.fixture
def opened() -> list[OpenedCollection]:
    """What the session has opened, the last one last."""
    return []


@pytest.fixture
def view(session: Session, collection_path: Path, opened: list[OpenedCollection], qtbot: QtBot) -> OptimizerPanelView:
    view = OptimizerPanelView(session)
    qtbot.addWidget(view)
    session.collection_opened.connect(opened.append)
    session.collection_opened.connect(view.show_collection)
    session.open(collection_path)
    return view


def test_that_what_is_found_of_layers_is_marked_until_another_run_is_shown(
    view: OptimizerPanelView,
    session: Session,
    collection_path: Path,
    opened: list[OpenedCollection],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    marked: list[list[str]] = []
    monkeypatch.setattr(view.panel.heat_map, "show_health", lambda health: marked.append(list(health)))
    view.show_findings(Report("made up", [finding("dead-units", "critical", ["conv1"], 0)], [], [], []))
    assert marked == [["conv1"]]
    view.show_collection(opened[-1])
    assert marked == [["conv1"]], "the same run, grown"
    session.open(collection_path)
    assert marked == [["conv1"], []]


def test_that_a_scalar_that_is_gone_to_is_chosen_where_it_is_gone_to_here_and_once(
    view: OptimizerPanelView, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.view_changed.connect(lambda shown: view.show_view(shown, shown.step))
    chosen: list[str] = []
    monkeypatch.setattr(view.panel, "choose", chosen.append)
    session.go_to(tab="timeline", series="gradient_norm/conv1")
    assert chosen == []
    session.go_to(tab="optimizer", series="update_ratio/conv1")
    session.show_step(3)
    assert chosen == ["update_ratio"]
    told: dict[str, Any] = dict(view.about())
    assert told["measure"] == view.panel.chosen
