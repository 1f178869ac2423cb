"""What the parts of the stories show of something else is painted at once, and what is the same is not again."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.views.stories.analysis.story_cells import Cells
from app.views.stories.colour_key import ColourKey
from app.views.stories.story_card import StoryCurve, StoryFigures
from app.views.stories.tile_list import TileList, Tiles
from tests.app.painted import Paints, canvas_of
from tests.app.views.stories.made_up_story import RUN

Act = Callable[[Any], object]


def key_of(*names: str) -> Act:
    cells = Cells(np.zeros((1, 1), np.uint8), np.zeros((256, 3), np.uint8), dict(enumerate(names)))
    return lambda key: key.show_cells(cells)


def tiles_of(*numbers: int) -> Act:
    tiles = Tiles(numbers, lambda _: None, lambda number: [(f"n{number}", "text")])
    return lambda it: it.show_tiles(tiles)


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


@pytest.mark.parametrize(
    ("make", "others", "again"),
    [
        (
            StoryCurve,
            [lambda it: it.show_story(RUN, 5, 3), lambda it: it.show_story(RUN, 5, 4), lambda it: it.resize(190, 98)],
            [],
        ),
        (
            StoryFigures,
            [lambda it: it.show_rows([("loss", "1", "text")]), lambda it: it.show_rows([("loss", "2", "text")])],
            [lambda it: it.show_rows([("loss", "2", "text")])],
        ),
        (ColourKey, [key_of("right", "wrong"), key_of("right")], []),
        (
            lambda: TileList("made up"),
            [tiles_of(1, 2), lambda it: it.show_current(1), lambda it: it.show_current(1, frozenset({2}))],
            [lambda it: it.show_current(1, frozenset({2}))],
        ),
        (
            lambda: TileList("made up"),
            [tiles_of(1, 2), lambda it: it.show_words(), lambda it: it.show_current(2)],
            [lambda it: it.show_current(2)],
        ),
    ],
    ids=["curve", "figures", "key", "tiles", "words"],
)
def test_that_it_is_painted_for_what_is_another_and_for_nothing_else(
    make: Callable[[], QWidget], others: list[Act], again: list[Act], qtbot: QtBot
) -> None:
    shown = make()
    qtbot.addWidget(shown)
    shown.resize(212, 98)
    shown.show()
    qtbot.waitExposed(shown)
    paints = Paints(canvas_of(shown))
    for act, is_another in [*((each, True) for each in others), *((each, False) for each in again)]:
        settle()
        paints.n = 0
        act(shown)
        settle()
        assert (paints.n > 0) == is_another
