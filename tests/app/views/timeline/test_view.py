"""The view of the curves on a session."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.session import Session
from app.views.timeline.view import TimelinePanelView


@pytest.fixture
def view(session: Session, collection_path: Path, qtbot: QtBot) -> TimelinePanelView:
    """On the small collection: 12 steps, a pass each three."""
    view = TimelinePanelView(session)
    qtbot.addWidget(view)
    session.collection_opened.connect(view.show_collection)
    session.view_changed.connect(lambda shown: view.show_view(shown, shown.step))
    session.open(collection_path)
    return view


def test_that_a_step_between_two_passes_is_taken_as_it_is(view: TimelinePanelView, session: Session) -> None:
    view.panel.plots[0].step_requested.emit(7.4)
    assert session.view is not None
    assert (session.view.step, session.view.pass_number) == (7, 2)
    assert {plot.playhead.value() for plot in view.panel.plots} == {7}


def test_that_a_run_that_is_followed_has_the_figure_of_its_newest_step(
    view: TimelinePanelView, session: Session
) -> None:
    session.set_following(True)
    assert view.panel.cards[0].heading_line.figure.endswith(" at step 11")
    session.show_pass(1)
    assert "at step" not in view.panel.cards[0].heading_line.figure
