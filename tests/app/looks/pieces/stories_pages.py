"""The pages of the stories, and the panel around them."""

from dataclasses import replace
from typing import Any

import numpy as np
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget

from app.views.stories.analysis.changes import NOT_RECORDED
from app.views.stories.analysis.story_cells import Quantity
from app.views.stories.analysis.story_order import StoryOrder
from app.views.stories.changes_page import ChangesPage
from app.views.stories.confusion_page import ConfusionPage
from app.views.stories.depth_page import DepthPage
from app.views.stories.map_page import MapPage
from app.views.stories.moment import Moment
from app.views.stories.panel import Page, StoriesPanel
from app.views.stories.suspects_page import SuspectsPage
from app.views.stories.time_page import TimePage
from tests.app.looks.pieces import Piece
from tests.app.views.stories.made_up_story import (
    LONG,
    LOSS_ONLY,
    MANY,
    RUN,
    SENTENCES,
    TEXTS,
    TOLD,
    VECTORS,
    WITHOUT,
    changes_of,
)

SIZE = (430, 290)
SELECTED = frozenset({2, 5, 6, 11})


def shown(
    page: Any,
    run: Any = RUN,
    number: int | None = 4,
    sample: int | None = 5,
    selected: frozenset[int] | None = None,
) -> QWidget:
    page.show_moment(Moment(run, number, sample, selected))
    found: QWidget = page
    return found


def over_time(quantity: Quantity, order: StoryOrder, run: Any = RUN, **more: Any) -> QWidget:
    page = TimePage()
    shown(page, run, **more)
    page.quantity_box.choose(quantity)
    page.order_box.choose(order)
    page.order_box.chosen.emit()
    return page


def only_selected(page: Any, run: Any = RUN) -> QWidget:
    page.only_selected.setChecked(True)
    return shown(page, run, selected=SELECTED)


TIME = {
    "time": Piece(lambda: over_time(Quantity.RIGHT, StoryOrder.LEARNT, selected=SELECTED), SIZE),
    "time_in_light": Piece(lambda: over_time(Quantity.RIGHT, StoryOrder.FORGOTTEN), SIZE, theme="light"),
    "time_of_classes": Piece(lambda: over_time(Quantity.PREDICTION, StoryOrder.CLASS), SIZE),
    "time_of_confidence": Piece(lambda: over_time(Quantity.CONFIDENCE, StoryOrder.CONFIDENCE), SIZE),
    "time_of_labels": Piece(lambda: over_time(Quantity.LABEL, StoryOrder.SUSPICIOUS), SIZE),
    "time_of_margins": Piece(lambda: over_time(Quantity.MARGIN, StoryOrder.LEARNT), SIZE),
    "time_of_margins_in_light": Piece(lambda: over_time(Quantity.MARGIN, StoryOrder.RECORDED), SIZE, theme="light"),
    "time_of_losses": Piece(lambda: over_time(Quantity.LOSS, StoryOrder.LOSS, LOSS_ONLY), SIZE),
    "time_of_the_selected": Piece(lambda: only_selected(TimePage()), SIZE),
    "time_wide": Piece(lambda: over_time(Quantity.RIGHT, StoryOrder.LEARNT, TEXTS), (760, 560)),
    "time_pointed_at": Piece(
        lambda: over_time(Quantity.LABEL, StoryOrder.LEARNT),
        SIZE,
        then=lambda page: (QTest.qWait(20), QTest.mouseMove(page.raster, QPoint(190, 60))),  # once it is laid out
    ),
}

UNKNOWN = np.where(np.arange(24) % 6 == 0, np.nan, TOLD.label_probabilities).astype(np.float32)
MAPS = {
    "map": Piece(lambda: shown(MapPage()), SIZE),
    "map_of_many": Piece(lambda: shown(MapPage(), MANY), (620, 420)),
    "map_of_some_unknown": Piece(lambda: shown(MapPage(), replace(RUN, label_probabilities=UNKNOWN)), SIZE),
    "map_of_one_place": Piece(
        lambda: shown(MapPage(), replace(RUN, label_probabilities=np.full((7, 24), 0.001, np.float32))), SIZE
    ),
    "map_without_predictions": Piece(lambda: shown(MapPage(), replace(RUN, predictions=None)), SIZE),
    "map_pointed_at": Piece(
        lambda: shown(MapPage()),
        SIZE,
        then=lambda page: QTest.mouseMove(page.cloud, page.cloud.pixel_of(7).toPoint()),
    ),
    "map_of_nothing": Piece(lambda: shown(MapPage(), replace(RUN, label_probabilities=None)), SIZE),
}

SUSPECTS = {
    "suspects": Piece(lambda: shown(SuspectsPage(), selected=SELECTED), SIZE),
    "suspects_in_light": Piece(lambda: shown(SuspectsPage(), LONG), SIZE, theme="light"),
    "suspects_that_are_texts": Piece(lambda: shown(SuspectsPage(), TEXTS), SIZE),
    "suspects_by_loss": Piece(lambda: shown(SuspectsPage(), LOSS_ONLY, None), SIZE),
    "suspects_that_are_vectors": Piece(lambda: shown(SuspectsPage(), VECTORS), SIZE),
    "suspects_that_are_nothing": Piece(lambda: shown(SuspectsPage(), replace(RUN, inputs=None)), SIZE),
    "suspects_of_the_selected": Piece(lambda: only_selected(SuspectsPage()), SIZE),
    "suspects_none": Piece(lambda: shown(SuspectsPage(), replace(RUN, **WITHOUT)), SIZE),
}

SOME_UNKNOWN = np.where(np.arange(24) % 7 == 3, -1, RUN.votes)
DEPTHS = {
    "depth": Piece(lambda: shown(DepthPage()), SIZE),
    "depth_in_light": Piece(lambda: shown(DepthPage(), LONG), (560, 420), theme="light"),
    "depth_without_a_sample": Piece(lambda: shown(DepthPage(), number=None, sample=None), SIZE),
    "depth_of_unknown_votes": Piece(lambda: shown(DepthPage(), replace(RUN, votes=SOME_UNKNOWN), sample=3), SIZE),
    "depth_not_recorded": Piece(lambda: shown(DepthPage(), replace(RUN, votes=None)), SIZE),
}

FLIPPING = ([0, 1, 0, 1, 0, 0], [[0, 0, 0, 1, 0, -1], [0, 1, 0, 1, 1, -1], [-1, -1, -1, -1, -1, -1]])
CALM = ([0, 0, 0], [[0, 0, 0], [0, 0, 1]])


def changed(names: tuple[str, ...], found: tuple[list[int], list[list[int]]], **more: Any) -> ChangesPage:
    page = ChangesPage()
    page.show_changes(changes_of(*found, **more), names)
    return page


def without_changes() -> ChangesPage:
    page = ChangesPage()
    page.show_changes(NOT_RECORDED, ())
    return page


CHANGES = {
    "changes": Piece(lambda: changed(("ant", "bee"), FLIPPING), (560, 300)),
    "changes_in_light": Piece(lambda: changed((), FLIPPING, epoch=-1), (430, 290), theme="light"),
    "changes_that_flip_nothing": Piece(lambda: changed(SENTENCES, CALM), (430, 290)),
    "changes_chosen": Piece(
        lambda: changed(("ant", "bee"), FLIPPING),
        (430, 290),
        then=lambda page: (page.only_flips.setChecked(True), page._on_kind_clicked(1, 0)),
    ),
    "changes_none": Piece(without_changes, (430, 100)),
}


STILL = replace(RUN, predictions=RUN.predictions[[3] * 7])  # type: ignore[index]
CONFUSIONS = {
    "confusion": Piece(lambda: shown(ConfusionPage()), SIZE),
    "confusion_in_light": Piece(lambda: shown(ConfusionPage(), LONG), (600, 480), theme="light"),
    "confusion_at_first": Piece(lambda: shown(ConfusionPage(), number=0), SIZE),
    "confusion_that_is_still": Piece(lambda: shown(ConfusionPage(), STILL), SIZE),
    "confusion_clicked": Piece(
        lambda: shown(ConfusionPage(), MANY, 12),
        (520, 420),
        then=lambda page: QTest.mouseClick(
            page.matrix, Qt.MouseButton.LeftButton, pos=page.matrix.place_of(1, 2).center().toPoint()
        ),
    ),
    "confusion_before_all": Piece(lambda: shown(ConfusionPage(), number=None), (430, 100)),
}


def panel(page: Page, run: Any = RUN, story: int | None = 5, selected: frozenset[int] | None = None) -> StoriesPanel:
    found = StoriesPanel()
    found.show_run(run)
    found.segments.show_chosen(page.value)
    found.show_page(page)
    found.show_place(40, 0, story, selected)
    return found


PANELS = {
    "panel": Piece(lambda: panel(Page.TIME), (654, 315)),
    "panel_in_light": Piece(lambda: panel(Page.MAP, selected=SELECTED), (654, 315), theme="light"),
    "panel_without_a_sample": Piece(lambda: panel(Page.SUSPECTS, story=None), (654, 254)),
    "panel_of_an_old_file": Piece(
        lambda: panel(Page.MAP, replace(RUN, **WITHOUT, of="held-out", is_from_projection=True), None), (1100, 100)
    ),
    "panel_of_a_page_that_cannot": Piece(lambda: panel(Page.MAP, replace(RUN, **WITHOUT), None), (654, 254)),
    "panel_of_nothing": Piece(StoriesPanel, (430, 100)),
}

PIECES = TIME | MAPS | SUSPECTS | DEPTHS | CHANGES | CONFUSIONS | PANELS
