"""The tabs, and what stands beside them."""

import pytest
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.session import Session
from app.view import Place, View, ViewSpec
from app.views.panel_view import PanelView
from app.window.pages import Page
from app.window.tabs import Tabs


class Controls(QLabel):
    """Controls that say how much room there is for them."""

    def show_room(self, px: float) -> None:
        self.setText(str(px))


def make(_: Session) -> View:
    view = PanelView(QLabel("body"))
    view.corner = Controls()
    return view


@pytest.fixture
def tabs(qtbot: QtBot) -> Tabs:
    made = Tabs()
    qtbot.addWidget(made)
    made.resize(700, 300)
    session = Session(Jobs(is_synchronous=True), ())
    for title in ("Network", "Gradients"):
        made.add(Page(ViewSpec(title.lower(), title, Place.CENTRE, make), session))
    return made


@pytest.mark.parametrize("width", [300, 640])
def test_that_controls_are_told_what_the_tabs_leave_them_whenever_that_changes(
    tabs: Tabs, width: int, qtbot: QtBot
) -> None:
    tabs.show()
    qtbot.waitExposed(tabs)
    view, bar = tabs.current.view, tabs.tabBar()
    assert view is not None and isinstance(view.corner, Controls) and bar is not None
    assert view.corner.text() == str(700 - bar.sizeHint().width())
    tabs.resize(width, 300)
    assert view.corner.text() == str(width - bar.sizeHint().width())
    tabs.setTabText(0, "Network of the run")
    tabs.show_controls(has_collection=True)
    assert view.corner.text() == str(width - bar.sizeHint().width())


def test_that_only_the_controls_of_the_view_in_front_are_seen_and_only_where_something_is_open(
    tabs: Tabs, qtbot: QtBot
) -> None:
    tabs.show()
    qtbot.waitExposed(tabs)
    for number in (1, 0):
        tabs.setCurrentIndex(number)
    first, second = (tabs.page(number).view for number in range(2))
    assert first is not None and second is not None and first.corner is not None and second.corner is not None
    seen: list[tuple[bool, bool]] = []
    for has_collection, number in ((False, 0), (True, 0), (True, 1), (False, 1)):
        tabs.show_controls(has_collection=has_collection)
        tabs.setCurrentIndex(number)
        seen.append((first.corner.isVisible(), second.corner.isVisible()))
    assert seen == [(False, False), (True, False), (False, True), (False, False)]


def test_that_one_tab_alone_needs_no_bar(qtbot: QtBot) -> None:
    tabs, session = Tabs(), Session(Jobs(is_synchronous=True), ())
    qtbot.addWidget(tabs)
    tabs.show()
    seen = []
    for title in ("Network", "Gradients"):
        tabs.add(Page(ViewSpec(title.lower(), title, Place.CENTRE, make), session))
        bar = tabs.tabBar()
        assert bar is not None
        seen.append(bar.isVisible())
    assert seen == [False, True]
    assert tabs.documentMode()
