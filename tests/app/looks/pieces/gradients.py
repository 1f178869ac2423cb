"""The signs of small gradients."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget

from app.views.gradients.analysis.raster_bands import RasterBands
from app.views.gradients.analysis.sign_tiles import SignTiles
from app.views.gradients.analysis.sign_words import OF_ONE, OF_TWO, SignWords
from app.views.gradients.raster_legend import RasterLegend
from app.views.gradients.raster_panel import RasterPanel
from app.views.gradients.raster_view import RasterView
from collector.storage import schema
from tests.app.looks.pieces import Piece
from tests.app.views.gradients.made_up_signs import MadeUpSigns, bands_of, made_up_run, read_all

_CLASSES = np.array([0, 0, 0, 1, 0, 2, 3, 3, 0, 1, 2], np.uint8)


def _signs(n_columns: int, n_rows: int = 24, **given: Any) -> MadeUpSigns:
    """Runs of columns of the same class, which wander from row to row."""
    rows = np.arange(n_rows)[:, None]
    classes = _CLASSES[(np.arange(n_columns) // 5 * 3 + rows * 2) % len(_CLASSES)]
    return MadeUpSigns(classes, rows[:, 0] * 30, **given)


def _odd() -> MadeUpSigns:
    """With values that are not finite, parameters without a gradient, and rows that cannot be read."""
    signs = _signs(444, missing=dict.fromkeys(range(4, 20), (1, 3)), damaged=(8, 9))
    signs.classes[12:, 60:90] = 4
    signs.classes[6, 200] = 4
    return signs


def _wide() -> MadeUpSigns:
    """Many columns for each pixel: nearly all larger, then one of many near zero, then half of them."""
    signs = MadeUpSigns(np.zeros((12, 200_000), np.uint8), np.arange(12) * 30)
    signs.classes[2:, 40_000:80_000:900] = 1
    signs.classes[4:, 80_000:120_000:2] = 2
    signs.classes[6:, 120_000:160_000:3] = 1
    signs.classes[6:, 120_001:160_000:3] = 2
    signs.classes[8:, 150_000:] = 3
    return signs


FEW = bands_of(("conv1 weight", 108), ("conv1 bias", 6), ("fc1 weight", 300), ("fc1 bias", 30))
MANY = bands_of(*((f"fc{number} weight", 20) for number in range(60)))
BLOCKS = bands_of(
    ("embedding weight", 40),
    *((f"blocks.{n}.{part} weight", size) for n in (0, 1) for part, size in
      (("norm", 8), ("attention.query", 70), ("attention.key", 50), ("mlp.up", 120))),
)  # fmt: skip
LONG = bands_of(*((f"a_block_with_a_very_long_name_{name} weight", 200) for name in ("first", "second")))


def _raster(
    signs: MadeUpSigns,
    bands: Sequence[schema.Band],
    size_px: tuple[int, int] = (420, 170),
    theme: str = "dark",
    *,
    words: SignWords = OF_ONE,
    step: float | None = None,
    held: float | None = None,
    layer: str | None = None,
    zoom: tuple[float, ...] = (),
    late_zoom: tuple[float, ...] = (),
    keys: Sequence[Qt.Key] = (),
    is_read: bool = True,
) -> Piece:
    """The picture and its axes."""

    def make() -> QWidget:
        view = RasterView()
        view.show_run(signs.n_columns, RasterBands(bands, {}, signs.n_columns), words)
        view.show_steps(signs.steps)
        view.show_layer(layer)
        view.show_held(held)
        if step is not None:
            view.show_step(step)
        return view

    def then(view: RasterView) -> None:
        if zoom:
            view.zoom(*zoom)
        if is_read:
            read_all(view, signs, bands)
        if late_zoom:  # for which no tile is read
            view.zoom(*late_zoom)
        for key in keys:
            QTest.keyClick(view, key)

    return Piece(make, size_px, then, theme)


RASTERS = {
    "raster": _raster(_signs(444), FEW, step=120),
    "raster_of_a_layer_and_a_held_step": _raster(_signs(444), FEW, theme="light", step=500, held=90, layer="fc1"),
    "raster_between_two_rows": _raster(_signs(444), FEW, (260, 420), step=130, layer="conv1"),
    "raster_before_its_first_row": _raster(_signs(444, 4), FEW, step=-1),
    "raster_of_one_row": _raster(_signs(444, 1), FEW, (300, 150), "light", step=0, held=0),
    "raster_close": _raster(_signs(444), FEW, step=120, held=150, zoom=(108, 5, 0.08, 0.3)),
    "raster_closer_than_read": _raster(_signs(444), FEW, step=120, late_zoom=(300, 12, 0.3, 0.5)),
    "raster_not_read": _raster(_signs(444), FEW, theme="light", is_read=False),
    "raster_of_many_layers": _raster(_signs(1200), MANY, (500, 150), step=30, layer="fc7"),
    "raster_of_many_layers_in_light": _raster(_signs(1200, 9), MANY, (240, 150), "light"),
    "raster_of_blocks": _raster(_signs(536, 12), BLOCKS, (640, 150)),
    "raster_of_blocks_narrow": _raster(_signs(536, 12), BLOCKS, (400, 150), "light", layer="blocks.1.mlp.up"),
    "raster_of_long_names": _raster(_signs(400, 12), LONG, (300, 150)),
    "raster_with_rare_ones": _raster(_odd(), FEW, step=300),
    "raster_with_rare_ones_in_light": _raster(_odd(), FEW, (300, 200), "light"),
    "raster_of_very_many": _raster(_wide(), bands_of(("fc1 weight", 200_000))),
    "raster_of_very_many_in_light": _raster(_wide(), bands_of(("fc1 weight", 200_000)), (300, 150), "light"),
    "raster_of_two": _raster(_signs(444, 12), FEW, words=OF_TWO, step=120),
    "raster_of_two_in_light": _raster(_signs(444, 12), FEW, (300, 150), "light", words=OF_TWO),
    "raster_with_keys": _raster(
        _signs(444), FEW, keys=[Qt.Key.Key_Return, *[Qt.Key.Key_Right] * 9, *[Qt.Key.Key_Down] * 3]
    ),
}

SHARES = (0.5, 0.2, 0.1, 0.1, 0.0004, 0.0996)


def _legend(
    width: int, theme: str = "dark", *, words: SignWords = OF_ONE, is_rare: bool = False, **given: Any
) -> Piece:
    def make() -> QWidget:
        legend = RasterLegend()
        legend.show_words(words)
        legend.show_seen(not_finite=is_rare, no_gradient=is_rare)
        legend.show_shares("Columns in view:", given.get("shares", SHARES))
        return legend

    return Piece(make, (width, 20), theme=theme)


LEGENDS = {
    **{f"sign_legend_of_{width}": _legend(width) for width in (820, 660, 460, 220)},
    "sign_legend_of_rare_ones": _legend(900, "light", is_rare=True),
    "sign_legend_without_shares": _legend(640, "light", shares=None),
    "sign_legend_of_two": _legend(900, words=OF_TWO, is_rare=True),
    "sign_legend_of_two_narrow": _legend(300, "light", words=OF_TWO, is_rare=True),
}


def _panel(
    collection: Any, size_px: tuple[int, int] = (640, 300), theme: str = "dark", at: QPoint | None = None
) -> Piece:
    """The raster with all that is around it; tiles are read as soon as they are asked for."""

    def make() -> QWidget:
        panel = RasterPanel()
        if collection is not None:
            tiles = SignTiles(collection.signs, lambda _: None, collection.insight.bands if collection.insight else ())
            panel.tiles_requested.connect(
                lambda request: tiles.read(request, lambda answer: (panel.show_signs(answer), True)[1])
            )
            panel.show_collection(collection)
            panel.show_step(130)
            panel.show_layer("fc1")
        if at is not None:
            panel.raster.hovered.emit(at)
        return panel

    return Piece(make, size_px, theme=theme, wait_ms=100 if collection is not None and len(collection.signs) else 0)


PANELS = {
    "raster_panel": _panel(made_up_run(_signs(444), FEW)),
    "raster_panel_pointed_at": _panel(made_up_run(_odd(), FEW, parameters=1000), (420, 260), "light", QPoint(150, 80)),
    "raster_panel_of_very_many_pointed_at": _panel(
        made_up_run(_wide(), bands_of(("fc1 weight", 200_000)), every=1), (900, 240), at=QPoint(600, 120)
    ),
    "raster_panel_of_nothing": _panel(None, (300, 160)),
    "raster_panel_of_no_row_yet": _panel(made_up_run(_signs(444, 0), FEW, finished=False), (300, 160), "light"),
    "raster_panel_of_no_row": _panel(made_up_run(_signs(444, 0), FEW), (300, 160)),
}

PIECES = {**RASTERS, **LEGENDS, **PANELS}
