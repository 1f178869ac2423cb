"""What the stories of samples paint of all of them: rasters, small tables, and what their colours mean."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtTest import QTest

from app.views.stories.analysis.story_cells import Cells
from app.views.stories.cell_grid import CellGrid
from app.views.stories.colour_key import ColourKey, Scale, Swatch
from app.views.stories.story_raster import StoryRaster
from app.widgets.sample_card import SampleCard
from tests.app.looks.pieces import Piece
from tests.app.views.stories.made_up_story import SENTENCES


def square(colour: str) -> QImage:
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    image.setPixelColor(0, 0, QColor("white"))
    return image


# --- a raster


def raster(n_rows: int, n_columns: int, then: Callable[[StoryRaster], object] = lambda _: None) -> StoryRaster:
    """Of colours at random, some not recorded; rows in the opposite order of the samples."""
    random = np.random.default_rng(0)
    codes = random.integers(0, 250, (n_rows, n_columns)).astype(np.uint8)
    if n_rows > 100:  # whose noise would be a large file
        codes = (np.arange(n_rows)[:, None] // 90 + np.arange(n_columns) // 25).astype(np.uint8)
    codes[0, 0] = 255
    found = StoryRaster()
    found.show_cells(
        Cells(codes, random.integers(0, 256, (256, 3)).astype(np.uint8), {}),
        np.arange(n_columns) * 150,
        np.arange(n_rows)[::-1].copy(),
    )
    found.show_sides([], lambda sample: square("red") if sample % 3 else None, lambda sample: f"sample {sample}")
    then(found)
    return found


def marked(found: StoryRaster) -> None:
    found.show_number(min(2, len(found._steps) - 1))
    found.show_current(3)
    found.show_selection(np.arange(len(found.order)) % 5 < 2)


def with_stretches(found: StoryRaster) -> None:
    n = len(found.order)
    starts = (0, n // 2, n // 2 + 3, n - n // 4, n - 2)
    found.show_sides([(start, f"step {150 * start:,}") for start in starts], lambda _: None, lambda _: "")
    marked(found)


def zoomed(found: StoryRaster) -> None:
    marked(found)
    found.look(found.view.zoomed(7.3, 1.2, 0.45, 0.6))


def told(found: StoryRaster) -> None:
    found.show_card(SampleCard(np.eye(5, dtype=np.float32), [("sample #3", "faint_text"), ("label cat", "text")]))


RASTERS = {
    "raster": Piece(lambda: raster(9, 5, marked), (440, 190)),
    "raster_in_light": Piece(lambda: raster(9, 5, marked), (440, 190), theme="light"),
    "raster_of_low_rows": Piece(lambda: raster(13, 12, marked), (440, 190)),
    "raster_of_stretches": Piece(lambda: raster(60, 12, with_stretches), (440, 190)),
    "raster_of_many": Piece(lambda: raster(900, 150, marked), (260, 120), theme="light"),
    "raster_of_places": Piece(lambda: raster(31, 21, marked), (300, 190)),
    "raster_zoomed": Piece(lambda: raster(20, 9, zoomed), (440, 190)),
    "raster_of_stretches_zoomed": Piece(
        lambda: raster(60, 12, lambda it: (with_stretches(it), it.look(it.view.zoomed(40.5, 3.0, 0.7, 0.5)))),
        (440, 190),
    ),
    "raster_of_large_rows": Piece(lambda: raster(3, 2, marked), (300, 190)),
    "raster_of_one": Piece(lambda: raster(1, 1), (300, 140)),
    "raster_of_none": Piece(StoryRaster, (300, 140)),
    "raster_pointed_at": Piece(
        lambda: raster(9, 5), (440, 190), then=lambda it: (QTest.mouseMove(it, QPoint(300, 60)), told(it))
    ),
    "raster_with_a_card_at_the_edge": Piece(
        lambda: raster(9, 5), (300, 160), then=lambda it: (QTest.mouseMove(it, QPoint(280, 130)), told(it))
    ),
    "raster_walked_over": Piece(
        lambda: raster(9, 5, marked),
        (440, 190),
        then=lambda it: (it.setFocus(Qt.FocusReason.TabFocusReason), QTest.keyClick(it, Qt.Key.Key_Right)),
    ),
}

# --- a grid

RAMP = np.stack([np.arange(0, 255, 1)] * 3, axis=1).astype(np.uint8)[None]
SCALE = Scale("−1,250", "+1,250", RAMP)
VOTES = (Swatch("the same vote", (20, 160, 90)), Swatch("another", (200, 60, 50)))


def grid(
    rows: Sequence[str], columns: Sequence[str], *, is_square: bool = False, marks: Any = (), **more: Any
) -> CellGrid:
    n, m = len(rows), len(columns)
    shade = np.linspace(0, 255, max(n * m, 1)).astype(np.uint8)[: n * m].reshape(n, m)
    found = CellGrid("Made up", is_square=is_square)
    found.show_cells(np.stack([shade, shade, 255 - shade // 2], axis=2), rows, columns, lambda *_: "", **more)
    found.show_marked(*marks)
    return found


def counts(n: int, m: int, largest: int = 12) -> np.ndarray:
    found = (np.arange(n * m).reshape(n, m) % largest).astype(str)
    return np.where(found == "0", "", found)


def steps(n: int) -> list[str]:
    return [f"{250 * each:,}" for each in range(n)]


def words(n: int, before: str = "", after: str = "") -> list[str]:
    return [f"{before}{each}{after}" for each in range(n)]


LAYERS = ("conv1", "blocks.0.attention.query", "blocks.1.attention.query", "output")
COLUMNS = ("stability", "of the flips", "vote")
AXES = ("predicted", "label")
GRIDS = {
    "grid": Piece(lambda: grid(LAYERS, steps(7), axes=("step", ""), key=[SCALE], marks=(1, 3)), (320, 130)),
    "grid_narrow": Piece(lambda: grid(LAYERS, steps(17), axes=("step", ""), key=[SCALE], marks=(None, 3)), (160, 100)),
    "grid_in_light": Piece(
        lambda: grid(LAYERS, steps(7), axes=("step", ""), key=[SCALE], marks=(1, None)), (320, 130), theme="light"
    ),
    "grid_of_figures": Piece(
        lambda: grid(LAYERS, COLUMNS, figures=counts(4, 3), has_name_each=True, key=VOTES),
        (320, 130),
    ),
    "grid_of_figures_narrow": Piece(
        lambda: grid(LAYERS, COLUMNS, figures=counts(4, 3), has_name_each=True, key=VOTES),
        (180, 110),
    ),
    "grid_without_axes": Piece(lambda: grid(("a", "b"), ("first", "second"), figures=counts(2, 2)), (200, 90)),
    "grid_of_an_axis": Piece(lambda: grid(("a", "b"), ("first", "second"), axes=("of these", "of those")), (200, 110)),
    "grid_of_one": Piece(lambda: grid(("a",), ("first",), figures=counts(1, 1), marks=(0, 0)), (140, 80)),
    "grid_of_many_layers": Piece(lambda: grid(words(60, "layer"), steps(9), axes=("step", "")), (260, 150)),
    "grid_of_nothing": Piece(lambda: absent("There is no measurement before this one."), (200, 90)),
    "square": Piece(
        lambda: grid(
            ("ant", "bee", "cat"),
            ("ant", "bee", "cat"),
            is_square=True,
            axes=AXES,
            key=[SCALE],
            figures=counts(3, 3),
            has_name_each=True,
            marks=(1, 2),
        ),
        (240, 220),
    ),
    "square_of_ten": Piece(
        lambda: grid(words(10), words(10), is_square=True, axes=AXES, key=[SCALE], figures=counts(10, 10)),
        (200, 150),
    ),
    "square_of_unnamed": Piece(
        lambda: grid(
            words(10, "class "),
            words(10, "class "),
            is_square=True,
            axes=AXES,
            key=[SCALE],
            figures=counts(10, 10),
            has_name_each=True,
        ),
        (300, 260),
    ),
    "square_of_large_counts": Piece(
        lambda: grid(words(8), words(8), is_square=True, axes=AXES, figures=counts(8, 8, 1500)),
        (220, 220),
    ),
    "square_of_four_small": Piece(
        lambda: grid(
            ("north", "east", "south", "west"),
            ("north", "east", "south", "west"),
            is_square=True,
            axes=AXES,
            key=[SCALE],
            figures=counts(4, 4, 30),
            has_name_each=True,
        ),
        (190, 150),
    ),
    "square_of_sentences": Piece(
        lambda: grid(
            words(8, "the class ", ", in words"),
            words(8, "the class ", ", in words"),
            is_square=True,
            axes=AXES,
            key=[SCALE],
            has_name_each=True,
        ),
        (260, 240),
    ),
    "square_of_sentences_small": Piece(
        lambda: grid(
            words(10, after=" of the classes"),
            words(10, after=" of the classes"),
            is_square=True,
            axes=AXES,
            key=[SCALE],
            has_name_each=True,
            marks=(4, 4),
        ),
        (190, 150),
        theme="light",
    ),
}


def absent(why: str) -> CellGrid:
    found = CellGrid("Made up")
    found.show_absence(why)
    return found


# --- a key


def key(names: dict[int, str], span: tuple[str, str] | None = None) -> ColourKey:
    colours = np.stack([np.arange(256)] * 3, axis=1).astype(np.uint8)
    colours[:3] = [(200, 60, 50), (20, 160, 90), (70, 110, 200)]
    found = ColourKey()
    found.show_cells(Cells(np.zeros((1, 1), np.uint8), colours, names, span))
    return found


KEYS = {
    "key_of_names": Piece(lambda: key({1: "right", 0: "wrong"}), (200, 18)),
    "key_of_long_names": Piece(lambda: key(dict(enumerate(SENTENCES[:3]))), (420, 18), theme="light"),
    "key_without_room": Piece(lambda: key({0: "the first", 1: "the second", 2: "the third"}), (150, 18)),
    "key_of_a_scale": Piece(lambda: key({}, ("≤ −2.5", "≥ 2.5")), (300, 18)),
}

PIECES = RASTERS | GRIDS | KEYS
