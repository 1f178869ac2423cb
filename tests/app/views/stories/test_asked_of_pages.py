"""What each page asks for when a part of it is chosen, and that the panel hands it on."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QEvent
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.views.stories.changes_page import ChangesPage
from app.views.stories.confusion_page import ConfusionPage
from app.views.stories.depth_page import DepthPage
from app.views.stories.map_page import MapPage
from app.views.stories.moment import Moment
from app.views.stories.panel import StoriesPanel
from app.views.stories.suspects_page import SuspectsPage
from app.views.stories.time_page import TimePage
from tests.app.views.stories.made_up_story import RUN, changes_of

SIGNALS = ("story_requested", "selection_requested", "step_requested", "layer_requested")
CHANGES = changes_of([0, 1, 0, 1, 0], [[0, 0, 0, 1, 0], [0, 1, 0, 1, 1]])
SECOND = float(RUN.steps[2])
MARKED = np.isin(np.arange(len(RUN)), (1, 3))


def told_by(widget: QWidget) -> list[tuple[Any, ...]]:
    """Names of its signals, and what they said."""
    told: list[tuple[Any, ...]] = []
    for name in SIGNALS:
        if hasattr(widget, name):
            getattr(widget, name).connect(lambda *given, name=name: told.append((name, *given)))
    return told


@pytest.mark.parametrize(
    ("kind", "act", "asked"),
    [
        (TimePage, lambda page: page.raster.clicked.emit(3, 2), ("story_requested", 3, 2)),
        (TimePage, lambda page: page.raster.sample_clicked.emit(3), ("story_requested", 3, None)),
        (TimePage, lambda page: page.raster.step_requested.emit(SECOND), ("step_requested", SECOND)),
        (MapPage, lambda page: page.cloud.clicked.emit(4), ("story_requested", 4, None)),
        (MapPage, lambda page: page.cloud.selected.emit(MARKED), ("selection_requested", frozenset({1, 3}))),
        (MapPage, lambda page: page.cloud.selected.emit(None), ("selection_requested", None)),
        (SuspectsPage, lambda page: page.tiles.chosen.emit(7), ("story_requested", 7, None)),
        (DepthPage, lambda page: page.votes.clicked.emit(99, 2), ("step_requested", SECOND)),
        (DepthPage, lambda page: page.flips.clicked.emit(99, 2), ("step_requested", SECOND)),
        (DepthPage, lambda page: page.depths.clicked.emit(99, 2), ("step_requested", SECOND)),
        (ChangesPage, lambda page: page.layers.clicked.emit(0, 0), ("layer_requested", CHANGES.layers[0])),
    ],
)
def test_that_a_page_asks_for_what_is_chosen(
    kind: type, act: Callable[[Any], object], asked: tuple[Any, ...], qtbot: QtBot
) -> None:
    page = kind()
    qtbot.addWidget(page)
    if kind is ChangesPage:
        page.show_changes(CHANGES, ("ant", "bee"))
    else:
        page.show_moment(Moment(RUN, 4, 5))
    told = told_by(page)
    act(page)
    assert told == [asked]


def test_that_the_samples_of_a_cell_or_a_pair_are_asked_for_and_it_is_marked(qtbot: QtBot) -> None:
    page = ConfusionPage()
    qtbot.addWidget(page)
    page.show_moment(Moment(RUN, 4, 5))
    told, pair = told_by(page), page._pairs[0]
    page.pairs.entered_row.emit(0)
    page.matrix.clicked.emit(pair.label, pair.taken_for)
    page.change.clicked.emit(pair.label, pair.taken_for)
    assert RUN.labels is not None and RUN.predictions is not None
    classes = RUN.classes[[pair.label, pair.taken_for]]
    samples = np.flatnonzero((RUN.labels == classes[0]) & (RUN.predictions[4] == classes[1]))
    assert len(samples) == pair.count > 0
    assert told == [("selection_requested", frozenset(samples.tolist()))] * 3
    assert page.matrix._marked == page.change._marked == (pair.label, pair.taken_for)


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        ("over_time", ("story_requested", 3, 2)),
        ("over_time", ("step_requested", SECOND)),
        ("data_map", ("story_requested", 3, None)),
        ("data_map", ("selection_requested", frozenset({1}))),
        ("suspects", ("story_requested", 3, None)),
        ("depths", ("step_requested", SECOND)),
        ("depths", ("selection_requested", frozenset({1}))),
        ("depths", ("layer_requested", "fc1")),
        ("changes", ("layer_requested", "fc1")),
        ("confusion", ("selection_requested", frozenset({1}))),
        ("card", ("step_requested", SECOND)),
    ],
)
def test_that_the_panel_hands_on_what_a_part_of_it_asks_for(page: str, asked: tuple[Any, ...], qtbot: QtBot) -> None:
    panel = StoriesPanel()
    qtbot.addWidget(panel)
    told = told_by(panel)
    name, *given = asked
    getattr(getattr(panel, page), name).emit(*given)
    assert told == [asked]


def test_that_who_leaves_a_raster_that_was_not_pointed_at_says_nothing(qtbot: QtBot) -> None:
    page = TimePage()
    qtbot.addWidget(page)
    page.show_moment(Moment(RUN, 4, 5))
    told: list[tuple[int, int]] = []
    page.raster.hovered.connect(lambda *cell: told.append(cell))
    QApplication.sendEvent(page.raster, QEvent(QEvent.Type.Leave))
    assert told == []
