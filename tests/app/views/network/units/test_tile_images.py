"""Pictures of feature maps and of the input, pixel by pixel."""

from collections.abc import Iterator

import numpy as np
import pytest
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QApplication

from app.analysis.graph.column_view import ColumnView
from app.analysis.graph.columns import Column
from app.analysis.graph.graph_view import GraphView
from app.views.network.scene_colours import diverging_table
from app.views.network.units.analysis.layout import ColumnPlace, place
from app.views.network.units.analysis.tile_sheet import tile_sheet
from app.views.network.units.tile_images import enlarged, picture_image, tiles_image
from app.views.network.units.tiles_item import TilesItem
from app.window.theme import apply_theme
from tests.app.made_up import MadeUpRun, layer, made_up_pass
from tests.app.views.network.conftest import prepared
from tests.app.views.network.driving import pixels_of

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture(autouse=True)
def dark_again(qapp: QApplication) -> Iterator[None]:
    apply_theme(qapp, "dark")
    yield
    apply_theme(qapp, "dark")


def view_without_maps(height: int, width: int) -> GraphView:
    """A layer of three maps of which only the units' values were recorded."""
    maps = {"output_shape": (3, height, width), "parameters": {"weight": (3, 1, 3, 3)}}
    layers = {"conv": layer("conv", "Conv2d", units=3, **maps)}
    values = np.array([[-1.0, 0.0, 2.0]], "f4")
    run = MadeUpRun(layers, None, [made_up_pass(layers, {"conv": {"activation": values}}, n_samples=1)])
    return prepared(run)


def without_maps(height: int, width: int) -> tuple[Column, ColumnView, ColumnPlace]:
    """The layer, what it shows, and where it stands."""
    view = view_without_maps(height, width)
    (number,) = [number for number, column in enumerate(view.graph.columns) if column.stage == "conv"]
    return view.graph.columns[number], view.columns[number], place(view.graph, 900, 600).columns[number]


@pytest.mark.parametrize(
    ("claimed", "needed"),
    [
        ((10, 10), (10, 10)),
        ((14, 14), (14, 14)),
        ((28, 28), (14, 14)),
        ((56, 28), (28, 14)),
        ((14, 112), (14, 112)),
        ((20, 400), (6, 112)),
        ((1, 1000), (1, 112)),
        ((1000, 1), (112, 1)),
    ],
)
def test_that_tiles_of_one_colour_are_no_larger_than_they_must_be(
    claimed: tuple[int, int], needed: tuple[int, int]
) -> None:
    column, view, spot = without_maps(*claimed)
    assert view.tiles is None
    image = tiles_image(column, view, spot)
    height, width = tile_sheet(np.zeros((3, *needed), int), spot.grid.rows, spot.grid.columns, 0).shape
    assert image.size() == QSize(width, height)


def test_that_each_tile_has_the_colour_of_its_unit_and_nothing_is_between_them() -> None:
    column, view, spot = without_maps(14, 14)
    image = tiles_image(column, view, spot)
    table = diverging_table()
    for number in range(3):
        row, across = divmod(number, spot.grid.columns)
        x, y = across * 15, row * 15
        for at in ((0, 0), (13, 13)):
            assert image.pixelColor(x + at[0], y + at[1]).getRgb() == tuple(table[view.numbers[number]].tolist())
        assert image.pixel(x + 14, y) == image.pixel(x, y + 14) == 0
    assert len({tuple(table[each].tolist()) for each in view.numbers}) == 3


def test_that_the_input_has_its_own_colours_or_shades() -> None:
    random = np.random.default_rng(4)
    for picture in (random.integers(0, 256, (3, 5), np.uint8), random.integers(0, 256, (3, 5, 3), np.uint8)):
        image = picture_image(picture)
        assert image.size() == QSize(5, 3)
        for row in range(3):
            for across in range(5):
                rgb = np.broadcast_to(picture[row, across], 3).tolist()
                assert image.pixelColor(across, row).getRgb() == (*rgb, 255)


@pytest.mark.parametrize(
    ("size", "width", "times"), [((1, 1), 10.0, 20), ((4, 2), 9.0, 4), ((5, 3), 10.0, 4), ((40, 20), 10.0, 1)]
)
def test_that_a_small_picture_gets_two_pixels_for_each_of_the_target(
    size: tuple[int, int], width: float, times: int
) -> None:
    image = QImage(*size, QImage.Format.Format_ARGB32)
    assert enlarged(image, QRectF(0, 0, width, 1)).size() == times * image.size()


def test_that_tiles_take_on_the_colours_of_another_theme(qapp: QApplication) -> None:
    view = view_without_maps(14, 14)
    layout = place(view.graph, 900, 600)

    def item_of() -> TilesItem:
        made = TilesItem()
        made.show_view(view, layout)
        return made

    def pixels(item: TilesItem) -> np.ndarray:
        image = QImage(900, 600, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        item.paint(painter, None)
        painter.end()
        return pixels_of(image)

    item = item_of()
    dark = pixels(item)
    apply_theme(qapp, "light")
    item.restyle()
    assert (pixels(item) == pixels(item_of())).all()
    assert (pixels(item) != dark).any()
    apply_theme(qapp, "dark")
    item.restyle()
    assert (pixels(item) == dark).all()
