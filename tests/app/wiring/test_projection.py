"""What the projection's tab asks for and what it is told, without the process that computes."""

from pathlib import Path
from typing import Any

import pytest

from app.views.projection.reading import Projections
from app.views.projection.view import ProjectionPanelView
from collector.comparing.saved import SavedComparison
from tests.app.wiring.user import User


class Asked:
    """What is to be computed."""

    def __init__(self) -> None:
        self.computed: list[Any] = []
        self.cancels = 0

    def compute(self, *asked: Any) -> None:
        self.computed += asked

    def cancel(self) -> None:
        self.cancels += 1


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()
    monkeypatch.setattr(Projections, "compute", lambda _, *each: asked.compute(*each))
    monkeypatch.setattr(Projections, "cancel", lambda _: asked.cancel())
    return asked


@pytest.fixture
def tab(user: User, asked: Asked) -> ProjectionPanelView:
    """With the samples of the run, in a layer that is not laid out."""
    panel = user.view("projection")
    user.wait(lambda: panel.own.run is not None)
    user.choose(panel.own.source_box, "fc1, after relu2")
    user.wait(lambda: not panel.own.is_whole)
    tab = user.window.view("projection")
    assert isinstance(tab, ProjectionPanelView)
    return tab


@pytest.fixture
def other(whole_path: Path, tmp_path: Path) -> Path:
    path = tmp_path / "other.json"
    path.write_bytes(whole_path.read_bytes())
    return path


def compare(user: User, path: Path) -> None:
    user.window._session.compare(SavedComparison(a=str(user.collection.path), b=str(path)))
    user.view("projection")  # what compares came forward


def test_that_the_button_has_computed_what_is_wished(user: User, tab: ProjectionPanelView, asked: Asked) -> None:
    user.click(tab.panel.compute_button)
    assert asked.computed == [(user.collection, tab.panel.request_of(tab.panel.own))]


def test_that_the_cancel_button_ends_it(user: User, tab: ProjectionPanelView, asked: Asked) -> None:
    user.click(tab.panel.compute_button)
    before = asked.cancels
    user.click(tab.panel.cancel_button)
    assert asked.cancels == before + 1
    assert not tab.panel.bar.isVisible()


def test_that_the_bar_is_where_the_computation_is_until_it_ends(user: User, tab: ProjectionPanelView) -> None:
    user.click(tab.panel.compute_button)
    tab.projections.progressed.emit(user.collection, 0.5)
    assert tab.panel.bar.isVisible()
    assert tab.panel.bar.value() == 500
    tab.projections.ended.emit("there is no room on the disk")
    assert not tab.panel.bar.isVisible()
    assert tab.panel.words_label.text() == "there is no room on the disk"


def test_that_what_cannot_be_read_is_told_by_the_window(user: User, tab: ProjectionPanelView) -> None:
    tab.projections.failed.emit("it is damaged")
    assert user.window.run_bar.problem_label.text() == "it is damaged"


def test_that_another_run_stands_beside_as_long_as_it_is_compared(
    user: User, tab: ProjectionPanelView, other: Path
) -> None:
    compare(user, other)
    user.wait(tab.panel.other.isVisible)
    user.window._session.stop_comparing()
    assert not tab.panel.other.isVisible()


def test_that_closing_the_window_ends_what_is_computed_for_both(
    user: User, tab: ProjectionPanelView, asked: Asked, other: Path
) -> None:
    compare(user, other)
    user.wait(tab.panel.other.isVisible)
    before = asked.cancels
    user.window.close()
    assert asked.cancels == before + 1
