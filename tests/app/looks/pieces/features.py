"""Filters and maps as tiles, sequences and attention as matrices, linear layers as strips, and the scales of all."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget

from app.views.features.analysis.activation_strips import Strip
from app.views.features.analysis.dead_marks import NO_MARKS, DeadMarks
from app.views.features.analysis.sequence_maps import NamedMatrix
from app.views.features.analysis.tiles import ScaleRule, Tiles
from app.views.features.matrix_map import MatrixMap
from app.views.features.scale_line import ScaleLine
from app.views.features.strips_view import StripsView
from app.views.features.tile_grid import TileGrid
from tests.app.looks.pieces import Piece

Make = Callable[[], QWidget]
LONG = "a_block_with_a_long_name."


def waves(*shape: int) -> np.ndarray:
    """Values in -1…1 of which no two neighbours are alike, float32."""
    return np.sin(np.arange(np.prod(shape)) * 1.7).astype(np.float32).reshape(shape)


def with_bad(values: np.ndarray) -> np.ndarray:
    """The same with what is no number in it."""
    values = values.copy()
    values.ravel()[2:5] = (np.nan, np.inf, -np.inf)[: values.size - 2]
    return values


def tiles(values: np.ndarray, rule: ScaleRule = ScaleRule.PASS, **given: Any) -> Tiles:
    n = len(values)
    units = given.pop("units", np.arange(n) * 3)
    return Tiles(values, units, tuple(f"map {unit}" for unit in units), 1.0, rule, **given)


def grid(shown: Tiles | None, message: str = "", dead: DeadMarks = NO_MARKS, unit: int | None = None) -> Make:
    def make() -> TileGrid:
        made = TileGrid()
        made.show_tiles(shown, message, dead)
        made.show_unit(unit)
        return made

    return make


def table(n_columns: int, n_rows: int, side: int = 3) -> Tiles:
    names = tuple(f"{10 * number}" for number in range(n_columns))
    values = waves(n_columns * n_rows, side, side)
    return tiles(values, units=np.arange(n_rows).repeat(n_columns) * 9, n_columns=n_columns, column_names=names)


def at_cell(row: int, column: int) -> Callable[[Any], object]:
    return lambda shown: QTest.mouseMove(shown, shown.cell_of(row, column).center().toPoint())


def at_tile(number: int) -> Callable[[Any], object]:
    return lambda shown: QTest.mouseMove(shown, shown.rect_of(number).center().toPoint())


DEAD = DeadMarks({0: "dead in A and B", 3: "dead in A alone", 9: "dead in B alone"}, {3: "A", 9: "B"})
HEADS = tuple(f"{head} · +{head}.50 nats" for head in range(3))
TILES = {
    "tiles": Piece(grid(tiles(waves(6, 3, 3)))),
    "tiles_in_light": Piece(grid(tiles(waves(6, 3, 3)), unit=6), theme="light"),
    "tiles_low": Piece(grid(tiles(waves(6, 3, 3))), (300, 60)),
    "tiles_narrow": Piece(grid(tiles(waves(7, 3, 5))), (112, 240)),
    "tile": Piece(grid(tiles(waves(1, 4, 2))), (90, 110)),
    "tiles_grey": Piece(grid(tiles(with_bad(np.abs(waves(5, 4, 4))))), (240, 110)),
    "tiles_signed_with_bad": Piece(grid(tiles(with_bad(waves(5, 4, 4)))), (240, 110)),
    "tiles_of_own_scales": Piece(grid(tiles(waves(4, 3, 3) * np.array([[[1]], [[0.1]], [[0]], [[5]]]), ScaleRule.OWN))),
    "tiles_in_colour": Piece(grid(tiles(with_bad(waves(4, 3, 3, 3)))), (200, 80)),
    "tiles_many": Piece(grid(tiles(np.abs(waves(150, 4, 4)), units=np.arange(150)), unit=40), (200, 160)),
    "tiles_tiny": Piece(grid(tiles(waves(900, 4, 4), units=np.arange(900))), (120, 90)),
    "tiles_large": Piece(grid(tiles(np.kron(waves(2, 6, 8), np.ones((30, 20), "f4")))), (200, 100)),
    "tiles_dead": Piece(grid(tiles(waves(5, 4, 4)), "", DEAD), (260, 110)),
    "tiles_dead_in_light": Piece(grid(tiles(np.abs(waves(5, 4, 4))), "", DEAD, 9), (260, 110), theme="light"),
    "tiles_pointed_at": Piece(grid(tiles(waves(6, 3, 3)), unit=3), (200, 140), at_tile(2)),
    "tiles_labelled": Piece(grid(tiles(np.abs(waves(3, 4, 4)), units=np.arange(3), labels=HEADS)), (390, 160)),
    "tiles_too_narrow_for_labels": Piece(grid(tiles(np.abs(waves(3, 4, 4)), labels=HEADS)), (150, 80)),
    "tiles_in_a_table": Piece(grid(table(3, 4)), (160, 200)),
    "tiles_in_a_large_table": Piece(grid(table(24, 16), unit=27), (220, 160), at_tile(30)),
    "tiles_in_a_tight_table": Piece(grid(table(40, 30)), (230, 170)),
    "tiles_none": Piece(
        grid(None, "Maps of conv were not recorded. Record them with\n--feature_maps ends"), (160, 120)
    ),
    "tiles_without_values": Piece(grid(tiles(np.zeros((0, 3, 3), np.float32)), "nothing"), (120, 90)),
}


def named(rows: tuple[str, ...], columns: tuple[str, ...], is_signed: bool = True, **given: Any) -> NamedMatrix:
    values = with_bad(waves(len(rows), len(columns)) if is_signed else np.abs(waves(len(rows), len(columns))))
    numbers = tuple(range(0, 2 * len(columns), 2))
    return NamedMatrix(values, rows, columns, rows, columns, numbers, 1.0, **given)


def matrix(shown: NamedMatrix | None, message: str = "", column: int | None = None) -> Make:
    def make() -> MatrixMap:
        made = MatrixMap("a matrix")
        made.show_matrix(shown, message)
        made.show_column(column)
        return made

    return make


TOKENS = ("the", "cat", "sat", "on", "a", "mattress")
NUMBERS = tuple(map(str, range(0, 40, 2)))
LONG_NAMES = tuple(f"{LONG}{number}" for number in range(9))
MATRICES = {
    "matrix": Piece(matrix(named(TOKENS, NUMBERS))),
    "matrix_in_light": Piece(matrix(named(TOKENS, NUMBERS), column=6), theme="light"),
    "matrix_small": Piece(matrix(named(TOKENS[:3], NUMBERS[:4])), (260, 180)),
    "matrix_narrow": Piece(matrix(named(TOKENS, tuple(str(1000 + each) for each in range(60)))), (160, 120)),
    "matrix_low": Piece(matrix(named(tuple(map(str, range(60))), NUMBERS), column=4), (200, 120), at_cell(31, 7)),
    "matrix_turned": Piece(matrix(named(TOKENS, TOKENS, is_signed=False), column=4), (190, 180), at_cell(1, 5)),
    "matrix_level": Piece(matrix(named(TOKENS[:2], TOKENS[:3], is_signed=False)), (200, 120)),
    "matrix_of_long_names": Piece(matrix(named(LONG_NAMES, LONG_NAMES)), (300, 220)),
    "matrix_of_few_positions": Piece(matrix(named(("0",), ("0", "1", "2"))), (160, 120)),
    "matrix_none": Piece(matrix(None, "Sequences of lstm were not recorded."), (160, 120)),
}


def strip(stage: str, n: int, n_units: int | None = None, dead: tuple[int, ...] | None = (), **given: Any) -> Strip:
    is_dead = None if dead is None else np.isin(np.arange(n), dead)
    return Strip(stage, stage, np.arange(n) * 2, n_units or n, waves(n), "relu", is_dead, **given)


def strips(shown: list[Strip], *given: Any, chosen: tuple[Any, Any] = (None, None)) -> Make:
    def make() -> StripsView:
        made = StripsView()
        made.show_strips(shown, 1.0, *given)
        made.show_chosen(*chosen)
        return made

    return make


NOT_RECORDED = Strip("fc2", "fc2", np.arange(4), 4, None, None, None, "it needs a probe of images and labels")
LAYERS = [strip("fc1", 10, 4000, (3, 4)), NOT_RECORDED, strip("fc3", 1, dead=None)]
LOGITS = [strip("fc1", 10, 40, (3,)), strip("fc2", 4, dead=None)]
CLASSES = ("ant", "?", "bee", "?", "a class of a long name", "?", "dog")
MANY = tuple(f"class {number}" for number in range(400))


def of_two(shown: Strip) -> Strip:
    a, b = (replace(shown, dead=np.isin(np.arange(len(shown.units)), each)) for each in ((1, 2), (2, 3)))
    return replace(shown, sides=(a, b), dead=a.dead | b.dead)  # type: ignore[operator]


STRIPS = {
    "strips": Piece(strips(LAYERS, chosen=("fc1", ("fc1", 8))), (380, 220)),
    "strips_in_light": Piece(strips(LAYERS, chosen=("fc2", ("fc1", 8))), (380, 220), at_cell(0, 6), theme="light"),
    "strips_narrow": Piece(strips([strip(f"{LONG}{n}", 60, 128, (3,)) for n in range(3)]), (200, 160)),
    "strips_one": Piece(strips([strip("fc", 30, dead=None)]), (300, 200)),
    "strips_many": Piece(strips([strip(f"fc{n}", 12, dead=(n,)) for n in range(12)]), (260, 420), at_cell(3, 4)),
    "strips_right": Piece(strips(LOGITS, CLASSES, 2, 2), (420, 200)),
    "strips_wrong": Piece(strips(LOGITS, CLASSES, 2, 4), (420, 200)),
    "strips_without_label": Piece(strips(LOGITS, CLASSES, None, 4), (420, 200), theme="light"),
    "strips_of_classes_too_narrow": Piece(strips(LOGITS, CLASSES, 2, 4), (180, 180)),
    "strips_of_many_classes": Piece(strips([strip("fc", 200)], MANY, 2, 398), (460, 130)),
    "strips_of_many_classes_narrow": Piece(strips([strip("fc", 200)], MANY, 2, 399), (260, 130)),
    "strips_of_two": Piece(strips([of_two(each) for each in LOGITS], CLASSES, 2, None), (420, 200)),
    "strips_of_two_many": Piece(strips([of_two(strip("fc", 200))], MANY, 2, None), (420, 130)),
}


def line(show: Callable[[ScaleLine], object]) -> Make:
    def make() -> ScaleLine:
        made = ScaleLine()
        show(made)
        return made

    return make


def scale(value: float, is_signed: bool = True, **given: Any) -> Make:
    return line(lambda shown: shown.show_scale(value, ScaleRule.PASS, is_signed=is_signed, **given))


OWN = tiles(waves(4, 3, 3) * 0.3, ScaleRule.OWN)
COLOUR = tiles(waves(4, 3, 3, 3))
LINES = {
    **{f"scale_of_{px}": Piece(scale(0.25, dead="12 dead"), (px, 20)) for px in (420, 210, 110, 90)},
    "scale_grey": Piece(scale(12345.0, is_signed=False), (330, 20), theme="light"),
    "scale_of_two": Piece(scale(0.5, dead=DEAD.summary), (420, 20)),
    "scale_none": Piece(line(ScaleLine.show_nothing), (330, 20)),
    "scale_zero": Piece(scale(0.0, words="share of choices"), (330, 20)),
    "scale_own": Piece(line(lambda shown: shown.show_tiles(OWN, "1 dead")), (420, 20)),
    "scale_own_grey": Piece(line(lambda shown: shown.show_tiles(replace(OWN, values=np.abs(OWN.values)))), (330, 20)),
    "scale_colour": Piece(line(lambda shown: shown.show_tiles(COLOUR)), (420, 20)),
}


class AsTheyAsk(QWidget):
    """Widgets of the size that they ask for, and below them of the least that they do with."""

    def __init__(self, *makes: Make) -> None:
        super().__init__()
        self._wanted, self._least = ([self._added(make) for make in makes] for _ in range(2))

    def _added(self, make: Make) -> QWidget:
        made = make()
        made.setParent(self)
        return made

    def place(self) -> None:
        top = 0
        for row in (self._wanted, self._least):
            left = 0
            for each in row:
                hint = each.sizeHint() if row is self._wanted else each.minimumSizeHint()
                each.setGeometry(QRect(QPoint(left, top), hint))
                each.show()
                left += each.width() + 6
            top += max(each.height() for each in row) + 6


def as_they_ask(size_px: tuple[int, int], *makes: Make) -> Piece:
    return Piece(lambda: AsTheyAsk(*makes), size_px, AsTheyAsk.place)


HINTS = {
    "as_they_ask": as_they_ask(
        (770, 440),
        grid(tiles(waves(2, 2, 2))),
        matrix(named(TOKENS[:2], NUMBERS[:9])),
        scale(0.25, dead="1 dead"),
    )
}
PIECES = TILES | MATRICES | STRIPS | LINES | HINTS
