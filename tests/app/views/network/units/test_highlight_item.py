"""What is laid over the graph where units are lit: the veil, the columns that edges lead to, rings and the frame."""

from collections.abc import Callable
from unittest.mock import Mock

import pytest
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QColor, QPainter

from app.analysis.graph.graph_view import GraphView
from app.palette import DARK
from app.views.network.units.analysis.layout import Layout, place
from app.views.network.units.highlight_item import Highlight, HighlightItem
from tests.app.looks.pieces.network import CNN, COLOURED
from tests.app.painted import Painted, Shape, painted_by
from tests.app.views.network.conftest import prepared

pytestmark = pytest.mark.usefixtures("qapp")

TILE, NEURON, PIXEL = (1, 1), (3, 2), (0, 20)
Paint = Callable[..., Painted]


@pytest.fixture(scope="module")
def view() -> GraphView:
    return prepared(CNN)


@pytest.fixture(scope="module")
def layout(view: GraphView) -> Layout:
    return place(view.graph, 900, 600)


def leave_a_brush(painter: QPainter, *_: int) -> None:
    """As whoever has filled something does."""
    painter.setBrush(QColor(DARK.right))


class Lit:
    """An item, and what it has asked for to be painted."""

    def __init__(self) -> None:
        self.columns, self.units = Mock(side_effect=leave_a_brush), Mock(side_effect=leave_a_brush)
        self.item = HighlightItem(self.columns, self.units)

    def painted(self) -> Painted:
        self.columns.reset_mock()
        self.units.reset_mock()
        return painted_by(lambda painter: self.item.paint(painter, None), QSize(900, 600))

    @property
    def asked(self) -> tuple[list[int], list[tuple[int, int]]]:
        """The columns, and the units."""
        return [each.args[1] for each in self.columns.mock_calls], [each.args[1:] for each in self.units.mock_calls]


@pytest.fixture
def lit() -> Lit:
    return Lit()


def around(layout: Layout, unit: tuple[int, int], px: float) -> object:
    """The rectangle so many px around a unit."""
    spot = layout.columns[unit[0]]
    (x, y), (width, height) = spot.centres[unit[1]], spot.size
    return pytest.approx((x - width / 2 - px, y - height / 2 - px, width + 2 * px, height + 2 * px), abs=0.02)


def frames(found: Painted, colour: str = DARK.hovered) -> list[Shape]:
    return found.lines(colour)


@pytest.mark.parametrize(("unit", "px"), [(TILE, 1), (NEURON, 2), (PIXEL, 1)])
def test_that_a_ring_lies_around_its_unit_and_that_of_what_is_pinned_further_out(
    lit: Lit, view: GraphView, layout: Layout, unit: tuple[int, int], px: float
) -> None:
    if unit == PIXEL:
        view = prepared(COLOURED)
        layout = place(view.graph, 900, 600)
    lit.item.show_highlight(Highlight(hovered=unit), view, layout)
    (ring,) = frames(lit.painted())
    assert (ring.place.getRect(), ring.px) == (around(layout, unit, px), 2.5)
    lit.item.show_highlight(Highlight(pinned=unit), view, layout)
    inner, outer = frames(lit.painted())
    assert (inner.place.getRect(), inner.px) == (around(layout, unit, px), 2.5)
    assert (outer.place.getRect(), outer.px) == (around(layout, unit, px + 4.5), 1.5)


@pytest.mark.parametrize("unit", [TILE, NEURON])
def test_that_what_the_keyboard_is_at_has_a_frame_around_its_ring(
    lit: Lit, view: GraphView, layout: Layout, unit: tuple[int, int]
) -> None:
    lit.item.show_highlight(Highlight(focused=unit), view, layout)
    found = lit.painted()
    assert [each.px for each in frames(found)] == [2.5]
    (frame,) = [each for each in frames(found, DARK.text) if each.px == 2]
    assert frame.place.getRect() == around(layout, unit, 9)
    lit.item.show_highlight(Highlight(pinned=unit, hovered=(3, 0)), view, layout)
    assert [each for each in frames(lit.painted(), DARK.text) if each.px == 2] == []


def test_that_a_veil_lies_over_all_of_the_graph(lit: Lit, view: GraphView, layout: Layout) -> None:
    lit.item.show_highlight(Highlight(hovered=NEURON), view, layout)
    veil = lit.painted().shapes[0]
    assert (veil.area, veil.place.getRect()) == (DARK.veil().name(), (0, 0, 900, 600))


def test_that_the_columns_at_the_other_ends_of_edges_are_drawn_once_and_below_all_units(
    lit: Lit, view: GraphView, layout: Layout
) -> None:
    lit.item.show_highlight(Highlight(pinned=NEURON, focused=(3, 0), hovered=(2, 1)), view, layout)
    lit.painted()
    columns, units = lit.asked
    assert columns == [2, 4, 1, 3]
    assert units == [NEURON, (3, 0), (2, 1)]
    lit.item.show_highlight(Highlight(pinned=NEURON, focused=NEURON, hovered=NEURON), view, layout)
    assert len(frames(lit.painted())) == 2
    assert lit.asked == ([2, 4], [NEURON])


def test_that_where_nothing_is_lit_nothing_is_painted(lit: Lit, view: GraphView, layout: Layout) -> None:
    for highlight, shown, placed in (
        (Highlight(), view, layout),
        (Highlight(hovered=NEURON), None, layout),
        (Highlight(hovered=NEURON), view, None),
    ):
        lit.item.show_highlight(highlight, shown, placed)
        assert lit.painted() == Painted([], [], [])
        assert lit.asked == ([], [])


def test_that_edges_are_looked_for_once_for_each_unit_and_pass(
    lit: Lit, view: GraphView, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = Mock()
    monkeypatch.setattr(lit.item, "update", update)
    lit.item.show_highlight(Highlight(pinned=NEURON), view, layout)
    edges = lit.item.edges_of(NEURON)
    assert edges is not None and edges.columns == (2, 4)
    lit.item.show_highlight(Highlight(pinned=NEURON, hovered=TILE), view, layout)
    assert lit.item.edges_of(NEURON) is edges
    assert update.call_count == 2
    lit.item.show_highlight(Highlight(pinned=NEURON, hovered=TILE), view, layout)
    assert update.call_count == 2, "the same again"
    other = prepared(CNN, 1)
    lit.item.show_highlight(Highlight(pinned=NEURON, hovered=TILE), other, layout)
    assert lit.item.edges_of(NEURON) is not edges
    assert update.call_count == 3
    lit.item.show_highlight(Highlight(hovered=TILE), other, layout)
    assert lit.item.edges_of(NEURON) is None


def test_that_what_is_painted_later_is_cut_off_at_the_border(lit: Lit, view: GraphView, layout: Layout) -> None:
    cut: list[object] = []

    def paint(painter: QPainter) -> None:
        lit.item.paint(painter, None)
        cut.append(painter.clipBoundingRect().getRect())

    lit.item.show_highlight(Highlight(hovered=NEURON), view, layout)
    painted_by(paint, QSize(1000, 700))
    assert cut == [(0, 0, 900, 600)]
