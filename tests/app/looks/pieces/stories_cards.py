"""What the stories of samples paint of one: its card with a curve and figures, and tiles."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from app.views.stories.story_card import StoryCard, StoryCurve, StoryFigures
from app.views.stories.tile_list import TileList, Tiles
from tests.app.looks.pieces import Piece
from tests.app.looks.pieces.stories import square
from tests.app.views.stories.made_up_story import LOSS_ONLY, RUN, SENTENCES, TEXTS, TOLD, VECTORS, WORDS, story_of
from tests.app.views.stories.told_run import Told


def curve(number: int | None = 3, **changes: Any) -> StoryCurve:
    found = StoryCurve()
    found.show_story(replace(RUN, **changes), 5, number)
    return found


def many_measured(n: int) -> StoryCurve:
    found = StoryCurve()
    found.show_story(story_of(Told(8, n)), 5, 30)
    return found


GAPS = np.where(np.arange(7)[:, None] == 2, np.nan, TOLD.label_probabilities)
CURVES = {
    "curve": Piece(curve, (212, 92)),
    "curve_in_light": Piece(curve, (212, 92), theme="light"),
    "curve_of_a_narrow_card": Piece(lambda: curve(0), (80, 92)),
    "curve_with_a_gap": Piece(lambda: curve(None, label_probabilities=GAPS), (212, 92)),
    "curve_of_confidence": Piece(lambda: curve(6, label_probabilities=None), (212, 92)),
    "curve_of_loss": Piece(
        lambda: curve(4, label_probabilities=None, confidences=None, labels=None, predictions=None), (212, 92)
    ),
    "curve_of_nothing": Piece(lambda: curve(4, label_probabilities=None, confidences=None, losses=None), (212, 92)),
    "curve_of_many": Piece(lambda: many_measured(60), (212, 92)),
    "curve_of_forty": Piece(lambda: many_measured(40), (212, 92)),
}


def figures(rows: Sequence[tuple[str, str, str]], others: Sequence[str] = ()) -> StoryFigures:
    found = StoryFigures()
    found.show_rows(rows, others)
    return found


def card(run: Any, sample: int | None = 5, number: int | None = 4) -> StoryCard:
    found = StoryCard()
    found.show_story(run, sample, number)
    return found


CARDS = {
    "figures": Piece(
        lambda: figures(
            [("label", SENTENCES[0], "text"), ("predicted", SENTENCES[0], "right"), ("learnt", "never", "wrong")],
            SENTENCES,
        ),
        (212, 51),
    ),
    "card_of_none": Piece(lambda: card(None), (220, 120)),
    "card": Piece(lambda: card(RUN), (212, 460)),
    "card_in_light": Piece(lambda: card(RUN, 2, 1), (212, 300), theme="light"),
    "card_of_a_text": Piece(lambda: card(TEXTS, 1), (212, 400)),
    "card_of_a_long_text": Piece(lambda: card(TEXTS, 2), (212, 400)),
    "card_of_a_vector": Piece(lambda: card(VECTORS), (212, 400)),
    "card_of_a_loss": Piece(lambda: card(LOSS_ONLY, 0), (212, 200)),
    "card_of_no_input": Piece(lambda: card(replace(RUN, inputs=None, of=""), 7, None), (212, 330)),
}

# --- tiles


def tiles(current: int | None = 1, marked: frozenset[int] = frozenset(), **more: Any) -> TileList:
    lines = {0: [("ant", "text"), ("→ bee", "wrong"), ("AUM −1.25", "faint_text")], 1: [("cat", "text")]}
    known: dict[str, Any] = {
        "picture_of": lambda number: square("red") if number < 5 else None,
        "lines_of": lambda number: lines.get(number, [(f"number {number}", "text"), ("", "text"), ("3", "text")]),
    }
    found = TileList("Made up")
    found.show_tiles(Tiles(range(8), **(known | more)))
    found.show_current(current, marked)
    return found


def says_long(number: int) -> list[tuple[str, str]]:
    return [(SENTENCES[number % 4], "text"), (f"→ {SENTENCES[number % 3]}", "wrong")]


def pieces_of_text(number: int) -> str:
    return WORDS[number % 3] if number else "short"


TILES = {
    "tiles": Piece(lambda: tiles(marked=frozenset({0, 4})), (380, 260)),
    "tiles_narrow": Piece(lambda: tiles(0, frozenset({0})), (200, 180), theme="light"),
    "tiles_of_long_names": Piece(lambda: tiles(lines_of=says_long), (380, 170)),
    "tiles_of_vectors": Piece(
        lambda: tiles(picture_of=lambda _: None, vector_of=lambda number: VECTORS.inputs[number]),  # type: ignore[index]
        (260, 170),
    ),
    "tiles_of_short_texts": Piece(lambda: tiles(text_of=lambda n: f"text {n}", has_pictures=False), (300, 130)),
    "tiles_of_texts": Piece(
        lambda: tiles(marked=frozenset({2}), text_of=pieces_of_text, has_pictures=False, lines_of=says_long), (300, 220)
    ),
}

PIECES = CURVES | CARDS | TILES
