"""Where the view of stories has the session go, exactly."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.session import Session
from app.views.stories.view import StoriesPanelView
from tests.app.views.stories.made_up_story import RUN, story_of
from tests.app.views.stories.told_run import STEP, Told


@pytest.fixture
def view(session: Session, qtbot: QtBot) -> StoriesPanelView:
    view = StoriesPanelView(session)
    qtbot.addWidget(view)
    return view


@pytest.fixture
def went(view: StoriesPanelView, session: Session, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(session, "go_to", lambda **where: found.append(where))
    return found


@pytest.mark.parametrize(
    ("in_probe", "story", "number", "where"),
    [
        ([-1, 2, 0], 1, None, {"story": 1, "sample": 2, "step": ...}),
        ([-1, 2, 0], 2, 1, {"story": 2, "sample": 0, "step": STEP}),
        ([-1, 2, 0], 0, 0, {"story": 0, "sample": ..., "step": 0}),
        ([], 2, 2, {"story": 2, "sample": ..., "step": 2 * STEP}),
    ],
)
def test_that_a_story_is_gone_to_with_its_sample_of_the_probe_and_its_measurement(
    view: StoriesPanelView,
    went: list[dict[str, Any]],
    in_probe: list[int],
    story: int,
    number: int | None,
    where: dict[str, Any],
) -> None:
    view.panel.story_requested.emit(story, number)
    assert went == [], "before anything is read"
    view.panel.show_run(story_of(Told(3, 3), in_probe=np.array(in_probe, int)))
    view.panel.story_requested.emit(story, number)
    assert went == [where]


def test_that_a_selection_is_the_sessions(view: StoriesPanelView, went: list[dict[str, Any]]) -> None:
    view.panel.selection_requested.emit(frozenset({1, 2}))
    view.panel.selection_requested.emit(None)
    assert went == [{"selected": frozenset({1, 2})}, {"selected": None}]


def test_that_it_shows_where_the_session_is(view: StoriesPanelView) -> None:
    assert not view.step_sample(1)
    view.panel.show_run(RUN)
    where: Any = SimpleNamespace(step=4 * STEP, sample=0, story=5, selected=frozenset({2}))
    view.show_view(where, 4 * STEP)
    assert (view.panel.number, view.panel.sample, view.panel.selected) == (4, 5, frozenset({2}))
    assert view.about() == {"measured_at_step": 4 * STEP}
    raster = view.panel.over_time.raster
    raster.look(raster.view.zoomed(3, 2, 0.5, 0.5))
    view.fit()
    assert raster.view.is_whole
    assert view.step_sample(1)
