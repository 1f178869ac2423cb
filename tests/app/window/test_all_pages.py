"""All places of views together: who of them is told what the session says, and who steps through the samples."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.replay.state import ReplayView
from app.session import Session
from app.view import Place, ViewSpec
from app.views.panel_view import PanelView
from app.window.pages import Pages
from collector.storage import CollectionError


class Told(PanelView):
    """A view that writes down what it is given, and may have an order of samples of its own."""

    def __init__(self, *, has_samples: bool = False) -> None:
        super().__init__(QLabel("told"))
        self.said: list[Any] = []
        self._has_samples = has_samples

    def show_collection(self, opened: Any) -> None:
        self.said.append(opened.name)

    def show_view(self, view: object, step: int) -> None:
        self.said.append(step)

    def show_frame(self, frame: Any) -> None:
        self.said.append(frame.name)

    def show_findings(self, report: object) -> None:
        self.said.append(report)

    def step_sample(self, n_places: int) -> bool:
        self.said.append(f"sample {n_places:+}")
        return self._has_samples


VIEW = ReplayView(
    pass_number=4, n_passes=10, step=50, pass_step=50, sample=3, is_playing=False, delay_ms=500, is_looping=False
)


def opened(name: str, collection: object) -> Any:
    return SimpleNamespace(name=name, collection=collection, comparing=None)


def frame(name: str) -> Any:
    return SimpleNamespace(name=name, failed={}, prepared={}, differences={}, sides=None, not_compared="")


@pytest.fixture
def session(qtbot: QtBot) -> Session:
    return Session(Jobs(is_synchronous=True))


@pytest.fixture
def pages(qtbot: QtBot, session: Session) -> Pages:
    """Three: of a view without samples, of one with them, and of one that has not been seen yet."""
    specs = (
        ViewSpec("one", "One", Place.CENTRE, lambda _: Told(), shows_pass=True),
        ViewSpec("other", "Other", Place.CENTRE, lambda _: Told(has_samples=True)),
        ViewSpec("unseen", "Unseen", Place.CENTRE, lambda _: Told(has_samples=True)),
    )
    pages = Pages(specs, session)
    for page in pages:
        qtbot.addWidget(page)
    for name in ("one", "other"):
        pages[name].show()
        pages[name].show_collection(opened("nothing", None))
        said(pages, name)
    return pages


def said(pages: Pages, name: str) -> list[Any]:
    view = pages[name].view
    assert isinstance(view, Told)
    found, view.said = view.said, []
    return found


def test_that_they_are_found_by_name_in_their_order(pages: Pages) -> None:
    assert [page.spec.name for page in pages] == ["one", "other", "unseen"]
    assert [page.spec.name for page in pages.visible] == ["one", "other"]
    assert ("other" in pages, "another" in pages) == (True, False)


def test_that_each_fact_of_the_session_is_told_to_each(pages: Pages, session: Session) -> None:
    run = object()
    session.collection_opened.emit(opened("a run", run))
    session.view_changed.emit(VIEW)
    session.findings.ready.emit("a report")
    session.frame_ready.emit(frame("a frame"))
    session.collection_grown.emit(opened("more of it", run))
    facts = ["a run", 50, "a report", "a frame", "more of it"]
    assert (said(pages, "one"), said(pages, "other")) == (facts, facts)
    pages["unseen"].show()
    assert said(pages, "unseen") == ["more of it", "a report", 50, "a frame"]


def test_that_which_tab_is_in_front_is_told_to_nobody_and_all_else_once(pages: Pages, session: Session) -> None:
    run = object()
    session.collection_opened.emit(opened("a run", run))
    for changes in ({}, {"tab": "one"}, {"tab": "other"}, {"step": 57}, {"step": 57, "tab": "one"}):
        session.view_changed.emit(replace(VIEW, **changes))
    assert said(pages, "one") == ["a run", 50, 57]
    session.collection_opened.emit(opened("another", object()))
    session.view_changed.emit(VIEW)
    session.collection_opened.emit(opened("a third", object()))
    session.view_changed.emit(VIEW)
    assert said(pages, "one") == ["another", 50, "a third", 50], "the same place of another run is told anew"


def test_that_a_pass_that_cannot_be_read_is_told_where_one_is_shown(pages: Pages, session: Session) -> None:
    session.collection_opened.emit(opened("a run", object()))
    session.frame_failed.emit(CollectionError("run.json", "is damaged."))
    notices = [pages[name].notice for name in ("one", "other")]
    assert [each.isVisible() for each in notices] == [True, False]
    assert notices[0].text() == "'run.json': is damaged."


def test_that_the_first_view_with_an_order_of_samples_steps_through_it(pages: Pages, session: Session) -> None:
    chosen: list[int] = []
    session.choose_sample = chosen.append  # type: ignore[method-assign, assignment]
    session._view = VIEW
    pages.step_sample(-2)
    assert (said(pages, "one"), said(pages, "other"), chosen) == (["sample -2"], ["sample -2"], [])
    assert pages["unseen"].view is None


@pytest.mark.parametrize(("view", "expected"), [(VIEW, [5]), (None, [])])
def test_that_where_no_view_has_one_the_next_of_the_probe_is_chosen(
    pages: Pages, session: Session, view: ReplayView | None, expected: list[int]
) -> None:
    chosen: list[int] = []
    session.choose_sample = chosen.append  # type: ignore[method-assign, assignment]
    session._view = view
    other = pages["other"].view
    assert isinstance(other, Told)
    other._has_samples = False
    pages.step_sample(2)
    assert chosen == expected


def test_that_the_session_is_told_which_are_seen_when_one_comes_or_goes(pages: Pages, session: Session) -> None:
    seen = [session._visible]
    pages["one"].hide()
    seen.append(session._visible)
    pages["unseen"].show()
    assert [*seen, session._visible] == [{"one", "other"}, {"other"}, {"other", "unseen"}]
