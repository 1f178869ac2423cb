"""Circles, tiles and notes as shapes: where they stand, how thick their lines are, and what stands in their place."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QColor, QPainter
from PyQt6.QtWidgets import QGraphicsItem

from app.analysis.graph.columns import Drawing
from app.analysis.graph.graph_view import GraphView
from app.palette import DARK
from app.views.network.scene_colours import diverging_table
from app.views.network.units.analysis.layout import Layout, place
from app.views.network.units.analysis.tile_sheet import tile_shares
from app.views.network.units.neurons_item import NeuronsItem
from app.views.network.units.notes_item import ColumnNotesItem, NotesItem
from app.views.network.units.output_item import listed_classes
from app.views.network.units.tiles_item import TilesItem
from app.views.network.units.view_item import ViewItem
from tests.app.looks.pieces.network import CNN, vectors
from tests.app.made_up import chain, difference_view
from tests.app.painted import Painted, painted_by
from tests.app.views.network.conftest import prepared

pytestmark = pytest.mark.usefixtures("qapp")

SIZE = QSize(900, 600)


def painted(item: QGraphicsItem, paint: Callable[[QPainter], object] | None = None) -> Painted:
    return painted_by(paint or (lambda painter: item.paint(painter, None)), SIZE)


def same(one: QRectF, other: QRectF) -> bool:
    return one.getRect() == pytest.approx(other.getRect(), abs=0.01)


def shown(kind: type[ViewItem], view: GraphView, layout: Layout | None = None) -> ViewItem:
    made = kind()
    made.show_view(view, layout or place(view.graph, SIZE.width(), SIZE.height()))
    return made


def with_radius(layout: Layout, column: int, radius: float) -> Layout:
    spots = list(layout.columns)
    spots[column] = replace(spots[column], size=(2 * radius, 2 * radius))
    return replace(layout, columns=tuple(spots))


@pytest.mark.parametrize(("radius", "rim"), [(12.0, 1.4), (4.5, 1.4), (3.0, 1.0), (0.6, 0.2)])
def test_that_the_rim_of_a_circle_lies_in_it_and_is_thin_in_small_ones(radius: float, rim: float) -> None:
    view = prepared(vectors(4, 3, 3))
    layout = with_radius(place(view.graph, 900, 600), 1, radius)
    item = shown(NeuronsItem, view, layout)
    assert isinstance(item, NeuronsItem)
    circles = painted(item, lambda painter: item.paint_column(painter, 1)).shapes
    assert len(circles) == 3
    for circle, (x, y), number in zip(circles, layout.columns[1].centres, view.columns[1].numbers, strict=True):
        fill = QColor(*diverging_table()[number].tolist())
        assert (circle.area, circle.line) == (fill.name(), fill.darker(int(100 / 0.58)).name())
        assert circle.px == pytest.approx(rim, abs=1e-4)
        assert (circle.place.center().x(), circle.place.center().y()) == pytest.approx((x, y), abs=0.01)
        assert circle.place.width() == pytest.approx(2 * (radius - rim / 2), abs=0.01)
    (one,) = painted(item, lambda painter: item.paint_column(painter, 1, 2)).shapes
    assert one.place == circles[2].place


@pytest.mark.parametrize(("radius", "rim"), [(12.0, 1.4), (3.0, 1.0)])
def test_that_what_has_no_value_is_a_ring(radius: float, rim: float) -> None:
    tokens, hollow = prepared(vectors(4, 3, 3, tokens=True)), difference_view(CNN, chain(("conv", 2), ("fc", 3)))
    number = next(each for each, column in enumerate(hollow.columns) if column.why_hollow and each > 2)
    for view, column, ground in ((tokens, 0, DARK.bar_ground), (hollow, number, DARK.background)):
        layout = with_radius(place(view.graph, 900, 600), column, radius)
        item = shown(NeuronsItem, view, layout)
        assert isinstance(item, NeuronsItem)
        rings = painted(item, lambda painter, item=item, column=column: item.paint_column(painter, column)).shapes
        assert len(rings) == len(view.graph.columns[column])
        for ring in rings:
            assert (ring.line, ring.area) == (DARK.faint_text, ground)
            assert ring.px == pytest.approx(rim, abs=1e-4)
            assert ring.place.width() == pytest.approx(2 * radius, abs=0.01)


def test_that_a_column_of_tiles_has_no_circles_and_one_of_circles_no_tiles() -> None:
    view = prepared(CNN)
    neurons, tiles = shown(NeuronsItem, view), shown(TilesItem, view)
    assert isinstance(neurons, NeuronsItem) and isinstance(tiles, TilesItem)
    for number, column in enumerate(view.graph.columns):
        is_tiles = column.drawing in (Drawing.PICTURE, Drawing.MAPS)
        of_neurons = painted(neurons, lambda painter, number=number: neurons.paint_column(painter, number))
        of_tiles = painted(tiles, lambda painter, number=number: tiles.paint_column(painter, number))
        one = painted(tiles, lambda painter, number=number: tiles.paint_unit(painter, number, 0))
        assert bool(of_neurons.shapes) is not is_tiles
        assert len(of_tiles.pictures) == len(one.pictures) == is_tiles
        assert bool(of_tiles.shapes) is is_tiles


def test_that_tiles_stand_in_the_middle_of_their_cells_with_their_ground_and_a_frame_each() -> None:
    view = prepared(chain(("conv", 5), ("fc", 3), picture=(1, 6, 9)))
    item = shown(TilesItem, view)
    assert isinstance(item, TilesItem)
    layout = place(view.graph, 900, 600)
    spot, column = layout.columns[1], view.graph.columns[1]
    found = painted(item, lambda painter: item.paint_column(painter, 1))
    (sheet,) = found.pictures
    grid = spot.grid
    across, down = tile_shares(*column.grid)
    wide, high = grid.pitch * grid.aspect, grid.pitch
    assert sheet.x() == pytest.approx(spot.body.x + wide * (1 - across) / 2, abs=0.01)
    assert sheet.y() == pytest.approx(spot.body.y + high * (1 - down) / 2, abs=0.01)
    assert (sheet.width(), sheet.height()) == pytest.approx((spot.body.width, spot.body.height), abs=0.01)
    frames = found.lines(DARK.line)
    assert len(frames) == 5
    for frame, (x, y) in zip(frames, spot.centres, strict=True):
        assert (frame.place.center().x(), frame.place.center().y()) == pytest.approx((x, y), abs=0.01)
        assert (frame.place.width(), frame.place.height()) == pytest.approx(spot.size, abs=0.01)
    rows = 5 // grid.columns
    grounds = [each.place for each in found.areas(DARK.background)]
    assert sum(each.width() * each.height() for each in grounds) == pytest.approx(5 * wide * high, rel=1e-3)
    assert same(grounds[0], QRectF(spot.body.x, spot.body.y, spot.body.width, rows * high))
    (unit,) = painted(item, lambda painter: item.paint_unit(painter, 1, 4)).pictures
    assert (unit.center().x(), unit.center().y()) == pytest.approx(tuple(spot.centres[4]), abs=0.01)
    assert (unit.width(), unit.height()) == pytest.approx(spot.size, abs=0.01)


@pytest.mark.parametrize("n", [19, 37])
def test_that_in_the_last_row_only_cells_with_a_tile_have_a_ground(n: int) -> None:
    view = prepared(chain(("conv", n), ("fc", 3), picture=(1, 6, 9)))
    item = shown(TilesItem, view)
    assert isinstance(item, TilesItem)
    spot = place(view.graph, 900, 600).columns[1]
    rows, rest = divmod(n, spot.grid.columns)
    assert rows and rest
    whole, last = [
        each.place for each in painted(item, lambda painter: item.paint_column(painter, 1)).areas(DARK.background)
    ]
    wide, high = spot.grid.pitch * spot.grid.aspect, spot.grid.pitch
    assert same(whole, QRectF(spot.body.x, spot.body.y, spot.body.width, rows * high))
    assert same(last, QRectF(spot.body.x, spot.body.y + rows * high, rest * wide, high))


def test_that_a_picture_has_a_frame_around_it() -> None:
    view = prepared(CNN)
    item = shown(TilesItem, view)
    assert isinstance(item, TilesItem)
    body = place(view.graph, 900, 600).columns[0].body
    found = painted(item, lambda painter: item.paint_column(painter, 0))
    around = QRectF(body.x - 1, body.y - 1, body.width + 2, body.height + 2)
    (frame,) = found.areas(DARK.bar_ground)
    assert frame.line == DARK.line and same(frame.place, around)
    without = shown(TilesItem, replace(view, picture=None))
    assert isinstance(without, TilesItem)
    bare = painted(without, lambda painter: without.paint_column(painter, 0))
    assert (len(bare.shapes), bare.pictures) == (1, [])


@pytest.mark.parametrize("are_scales_seen", [True, False])
def test_that_notes_stand_upon_one_another_from_the_scales_up(are_scales_seen: bool) -> None:
    item, layout = NotesItem(), place(prepared(CNN).graph, 900, 600)
    notes = ("what is not there", "and why", "n" * 500)
    item.show_notes(notes, layout, are_scales_seen=are_scales_seen)
    found = painted(item)
    labels = [each for each in found.areas(DARK.bar_ground) if each.line == DARK.badge]
    bottom = 600 - (22 + 18 if are_scales_seen else 1)
    for number, (label, word) in enumerate(zip(labels, found.words, strict=True)):
        assert label.place.bottom() == pytest.approx(bottom - number * 34)
        assert (label.place.height(), label.px) == (28, 1)
        assert label.place.center().x() == pytest.approx(450, abs=0.01)
        assert word.place.left() - label.place.left() == pytest.approx(16, abs=2)
        assert (word.colour, word.is_bold) == (DARK.text, True)
    assert [each.text for each in found.words[1:]] == ["and why", "what is not there"], "the last one is the lowest"
    assert found.words[0].text.endswith("…") and 892 - 16 < labels[0].place.width() <= 892
    item.show_notes((), layout)
    assert painted(item).shapes == []


def test_that_a_column_that_is_damaged_is_framed_and_one_without_units_is_not() -> None:
    view = prepared(CNN)
    columns = list(view.columns)
    columns[2], columns[3] = replace(columns[2], damage="damaged"), replace(columns[3], why_hollow="only in A")
    item = shown(ColumnNotesItem, replace(view, columns=tuple(columns)))
    assert isinstance(item, ColumnNotesItem)
    assert item.notes == {2: "damaged", 3: "only in A"}
    found, layout = painted(item), place(view.graph, 900, 600)
    damaged, hollow = found.areas(DARK.background)
    assert (damaged.line, hollow.line) == (DARK.badge, DARK.line)
    assert damaged.px == hollow.px == 1
    assert [each.colour for each in found.words] == [DARK.text, DARK.faint_text]
    for label, number in ((damaged, 2), (hollow, 3)):
        spot = layout.columns[number]
        middle = (spot.heading.bottom + 6 + spot.footer.y - 4) / 2
        assert label.place.center().x() == pytest.approx(spot.body.x + spot.body.width / 2, abs=0.01)
        assert label.place.center().y() == pytest.approx(middle, abs=0.01)
        assert label.place.width() == pytest.approx(20, abs=0.01)


def test_that_the_most_probable_classes_are_listed_with_the_true_one_at_their_end() -> None:
    view = prepared(chain(("fc", 4), ("fc", 40)))
    rows = place(view.graph, 900, 600).rows
    assert rows is not None and not rows.are_aligned
    n, order = len(rows.middles), np.argsort(-view.probabilities, kind="stable").tolist()
    for true, last in (
        (order[0], order[n - 1]),
        (order[n - 1], order[n - 1]),
        (order[n], order[n]),
        (order[-1], order[-1]),
    ):
        assert listed_classes(replace(view, true=true), rows) == [*order[: n - 1], last]
    for true in (None, 40, 77):
        assert listed_classes(replace(view, true=true), rows) == order[:n]
    assert listed_classes(replace(view, probabilities=None), rows) == list(range(n))
    assert listed_classes(view, replace(rows, are_aligned=True)) == list(range(n))
