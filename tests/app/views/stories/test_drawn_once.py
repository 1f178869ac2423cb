"""What the pages of the stories do once, and when again: with another run, measurement, selection or theme."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.session import Session
from app.views.stories.analysis.story_cells import Cells, Quantity
from app.views.stories.analysis.story_order import StoryOrder
from app.views.stories.cell_grid import CellGrid
from app.views.stories.changes_page import ChangesPage
from app.views.stories.colour_key import ColourKey
from app.views.stories.confusion_page import ConfusionPage
from app.views.stories.depth_page import DepthPage
from app.views.stories.map_page import MapPage
from app.views.stories.moment import Moment
from app.views.stories.reading import StoriesReading
from app.views.stories.story_card import StoryCurve, StoryFigures
from app.views.stories.story_raster import StoryRaster
from app.views.stories.suspects_page import SuspectsPage
from app.views.stories.tile_list import TileList
from app.views.stories.time_page import TimePage
from app.widgets.point_cloud import PointCloud
from tests.app.painted import Paints
from tests.app.views.stories.made_up_story import RUN, TEXTS, changes_of
from tests.app.views.stories.told_run import Told, write_told

SHOWN = {
    TimePage: (StoryRaster, "show_cells"),
    MapPage: (PointCloud, "show_points"),
    SuspectsPage: (TileList, "show_tiles"),
    DepthPage: (CellGrid, "show_cells"),
    ConfusionPage: (CellGrid, "show_cells"),
    ChangesPage: (CellGrid, "show_cells"),
}
"""Of each page what it draws on, and how."""

Drawn = Callable[[Callable[[], object]], int]

SELECTED = frozenset({2, 5})
CHANGES = changes_of([0, 1, 0, 1, 0], [[0, 0, 0, 1, 0], [0, 1, 0, 1, 1]])


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """How often a page draws while something is done."""
    times = 0

    def watch(kind: type, name: str) -> None:
        usual = getattr(kind, name)

        def show(self: Any, *args: Any, **more: Any) -> None:
            nonlocal times
            times += 1
            usual(self, *args, **more)

        monkeypatch.setattr(kind, name, show)

    def count(do: Callable[[], object]) -> int:
        nonlocal times
        times = 0
        do()
        return times

    for kind, name in dict.fromkeys(SHOWN.values()):
        watch(kind, name)
    return count


@pytest.fixture
def page_of(qtbot: QtBot) -> Callable[[type], Any]:
    def make(kind: type) -> Any:
        page = kind()
        qtbot.addWidget(page)
        page.resize(430, 290)
        if kind is ChangesPage:
            page.show_changes(CHANGES, ("ant", "bee"))
        else:
            page.show_moment(Moment(RUN, 4, 5))
        return page

    return make


@pytest.mark.parametrize("kind", SHOWN)
def test_that_a_page_is_drawn_anew_in_another_theme_and_for_no_other_change(
    kind: type, page_of: Callable[[type], Any], drawn: Drawn
) -> None:
    page = page_of(kind)
    before = drawn(lambda: QApplication.sendEvent(page, QEvent(QEvent.Type.LanguageChange)))
    after = drawn(lambda: QApplication.sendEvent(page, QEvent(QEvent.Type.PaletteChange)))
    assert before == 0
    assert (after > 0) == (kind is not SuspectsPage), "whose pictures have no colours of a theme"


@pytest.mark.parametrize("kind", SHOWN)
def test_that_a_page_that_has_shown_nothing_stays_empty_in_another_theme(
    kind: type, qtbot: QtBot, drawn: Drawn
) -> None:
    page = kind()
    qtbot.addWidget(page)
    assert drawn(lambda: QApplication.sendEvent(page, QEvent(QEvent.Type.PaletteChange))) == 0


@pytest.mark.parametrize(
    ("kind", "other", "times"),
    [
        (TimePage, Moment(RUN, 4, 5), 0),
        (TimePage, Moment(RUN, 3, 6), 0),
        (TimePage, Moment(RUN, 4, 5, SELECTED), 1),
        (TimePage, Moment(TEXTS, 4, 5), 1),
        (MapPage, Moment(RUN, 4, 5), 0),
        (MapPage, Moment(RUN, 3, 6, SELECTED), 0),
        (MapPage, Moment(TEXTS, 4, 5), 1),
        (SuspectsPage, Moment(RUN, 4, 5), 0),
        (SuspectsPage, Moment(RUN, 3, 6), 0),
        (SuspectsPage, Moment(RUN, 4, 5, SELECTED), 1),
        (SuspectsPage, Moment(TEXTS, 4, 5), 1),
        (DepthPage, Moment(RUN, 4, 5), 0),
        (DepthPage, Moment(RUN, 3, 5, SELECTED), 0),
        (DepthPage, Moment(RUN, 4, 6), 1),
        (DepthPage, Moment(TEXTS, 4, 5), 3),
        (ConfusionPage, Moment(RUN, 4, 5), 0),
        (ConfusionPage, Moment(RUN, 4, 6, SELECTED), 0),
        (ConfusionPage, Moment(RUN, 3, 5), 2),
        (ConfusionPage, Moment(TEXTS, 4, 5), 2),
    ],
)
def test_that_a_page_draws_anew_what_is_another(
    kind: type,
    other: Moment,
    times: int,
    page_of: Callable[[type], Any],
    drawn: Drawn,
) -> None:
    page = page_of(kind)
    assert drawn(lambda: page.show_moment(other)) == times


# --- what is kept meanwhile


@pytest.mark.parametrize("kind", [TimePage, SuspectsPage])
def test_that_a_picture_is_made_once_until_there_are_other_samples(kind: type, page_of: Callable[[type], Any]) -> None:
    page = page_of(kind)
    first = page._image_of(3)
    assert first is not None
    assert page._image_of(3) is first
    page.show_moment(Moment(replace(RUN, steps=RUN.steps + 1), 4))
    assert page._image_of(3) is first, "of the same samples"
    assert RUN.inputs is not None
    page.show_moment(Moment(replace(RUN, inputs=RUN.inputs[::-1]), 4))
    assert page._image_of(3) != first
    page.show_moment(Moment(TEXTS, 4))
    assert page._image_of(3) is None


def test_that_pictures_of_changes_are_made_once_until_there_is_another_sample(
    page_of: Callable[[type], Any],
) -> None:
    page = page_of(ChangesPage)
    first = page._image_of(3)
    page._on_chosen(4)
    page.show_changes(replace(CHANGES, step=7), ())
    assert page._image_of(3) is first
    assert page.tiles.current == 4, "the choice stays"
    page.show_changes(changes_of([0, 0, 1, 0, 0], [[0, 0, 0, 1, 0]]), ())
    assert page._image_of(3) is not first
    assert page.tiles.current == 2
    page._on_chosen(4)
    page.show_changes("Nothing is measured yet.", ())
    assert page.shown is None
    page.show_changes(CHANGES, ())
    assert page.tiles.current == 1, "a choice among others is none among these"


def test_that_of_very_many_pictures_those_before_are_let_go(page_of: Callable[[type], Any]) -> None:
    page = page_of(TimePage)
    n = 2_002
    inputs = np.zeros((n, 1, 2, 2), np.uint8)
    page.show_moment(Moment(replace(RUN, inputs=inputs), 4))
    images = [page._image_of(sample) for sample in range(n - 1)]
    assert page._image_of(0) is images[0]
    page._image_of(n - 1)
    assert page._image_of(0) is not images[0]


def test_that_cells_are_made_once_for_a_run_a_quantity_and_a_theme(page_of: Callable[[type], Any]) -> None:
    page = page_of(TimePage)
    cells = page.raster._cells
    page.order_box.choose(StoryOrder.RECORDED)
    page.order_box.chosen.emit()
    assert page.raster.order.tolist() == list(range(24))
    assert page.raster._cells is cells
    page.quantity_box.choose(Quantity.LOSS)
    page.quantity_box.chosen.emit()
    assert page.raster._cells is not cells


# --- tiles and figures


@pytest.fixture
def paints_of(qtbot: QtBot) -> Callable[..., int]:
    """How often a widget is painted for something that is done."""

    def count(widget: Any, canvas: Any, do: Callable[[], object]) -> int:
        if not widget.isVisible():
            qtbot.addWidget(widget)
            widget.resize(300, 200)
            widget.show()
            qtbot.waitExposed(widget)
        paints = Paints(canvas)

        def paints_at_once() -> int:
            before = paints.n
            QApplication.processEvents()
            return paints.n - before

        qtbot.waitUntil(lambda: not paints_at_once())
        do()
        return paints_at_once()

    return count


def test_that_tiles_are_painted_anew_where_another_is_marked(paints_of: Callable[..., int]) -> None:
    tiles = TileList("made up")
    tiles.show_current(3, frozenset({1}))
    for current, marked, times in ((3, {1}, 0), (4, {1}, 1), (4, {1}, 0), (4, {1, 2}, 1), (None, {1, 2}, 1)):
        assert paints_of(tiles, tiles.viewport(), lambda: tiles.show_current(current, frozenset(marked))) == times  # noqa: B023


def test_that_figures_are_painted_anew_where_they_are_others(paints_of: Callable[..., int]) -> None:
    figures = StoryFigures()
    one, other = [("label", "ant", "text")], [("label", "bee", "text")]
    figures.show_rows(one)
    for rows, times in ((list(one), 0), (other, 1), (list(other), 0)):
        assert paints_of(figures, figures, lambda: figures.show_rows(rows)) == times  # noqa: B023
    assert figures.accessibleName() == "label bee"


def test_that_a_key_and_a_curve_are_painted_at_once(paints_of: Callable[..., int]) -> None:
    key, curve = ColourKey(), StoryCurve()
    colours = np.zeros((256, 3), np.uint8)
    cells = Cells(np.zeros((1, 1), np.uint8), colours, {0: "right"})
    assert paints_of(key, key, lambda: key.show_cells(cells)) > 0
    assert paints_of(curve, curve, lambda: curve.show_story(RUN, 5, 3)) > 0


def test_that_what_pages_show_first_is_worked_out_where_it_is_read(session: Session, tmp_path: Path) -> None:
    session.open(write_told(tmp_path / "told.json", Told()))
    reading, told = StoriesReading(session), []
    reading.ready.connect(told.append)
    reading.read()
    (run,) = told
    assert {"right", "learnt", "forgotten", "data_map", "suspicion_places", "depths", "matrices"} <= set(vars(run))
