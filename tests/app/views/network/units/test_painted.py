"""What the network's picture says in words and marks: beside what, and in which colours."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QRectF, QSize
from PyQt6.QtGui import QColor, QPainter
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph_options import EdgeMode, GraphOptions
from app.analysis.graph.graph_view import GraphView
from app.analysis.probabilities import percent
from app.palette import DARK
from app.views.network.legend import Legend, draw_legend
from app.views.network.scene_colours import scene_colours
from app.views.network.units.analysis.legend_parts import LegendPart, Sign
from app.views.network.units.edge_pens import (
    EDGE_WIDTHS,
    FAINTEST,
    HIGHLIGHT_WIDTHS,
    STRONGEST,
    edge_pens,
    highlight_pens,
)
from app.views.network.units.network_view import NetworkView
from tests.app.made_up import MadeUpRun, after_the_last_step, chain, difference_view
from tests.app.painted import Painted, painted, painted_by
from tests.app.views.network.conftest import prepared
from tests.app.views.network.driving import move, point_of, point_on_edge

SIZE = QSize(700, 30)


def legend_of(*parts: LegendPart, size: QSize = SIZE) -> Painted:
    def paint(painter: QPainter) -> None:
        draw_legend(painter, QRectF(0, 0, size.width(), size.height()), parts)

    return painted_by(paint, size)


@pytest.mark.parametrize(("sign", "low"), [(Sign.DIVERGING, "−"), (Sign.POSITIVE, "0"), (Sign.GREY, "0")])
def test_that_a_legend_s_bar_stands_between_its_ends_and_before_its_words(sign: Sign, low: str) -> None:
    found = legend_of(LegendPart(sign, "activation ±2"), LegendPart(None, "of the run"))
    assert [(each.text, each.colour) for each in found.words] == [
        (low, DARK.text), ("+", DARK.text), ("activation ±2", DARK.faint_text), ("of the run", DARK.faint_text),
    ]  # fmt: skip
    (bar,), (frame,) = found.pictures, found.lines(DARK.line)
    assert frame.place == bar
    left, right, words, more = (each.place for each in found.words)
    assert left.right() < bar.left() < bar.right() < right.left() < right.right() < words.left()
    assert 8 < more.left() - words.right() < 24
    assert all(each.place.center().y() == pytest.approx(15, abs=3) for each in found.words)
    assert bar.center().y() == pytest.approx(15, abs=0.6)


def test_that_a_legend_of_edges_has_blue_for_minus_and_red_for_plus() -> None:
    found = legend_of(LegendPart(Sign.EDGES, "weight"))
    assert found.texts == ["−", "+", "weight"]
    colours = scene_colours()
    (minus,) = found.areas(QColor(*colours.negative).name())
    (plus,) = found.areas(QColor(*colours.positive).name())
    order = [found.words[0].place, minus.place, found.words[1].place, plus.place, found.words[2].place]
    assert all(before.right() < after.left() for before, after in pairwise(order))


@pytest.mark.parametrize(("sign", "name"), [(Sign.NOT_FINITE, "not_finite"), (Sign.NOT_RECORDED, "not_recorded")])
def test_that_a_legend_s_dot_has_the_colour_of_what_it_explains(sign: Sign, name: str) -> None:
    found = legend_of(LegendPart(sign, "words"))
    (dot,) = found.areas(QColor(*getattr(scene_colours(), name)).name())
    assert 2 < found.word("words").place.left() - dot.place.right() < 10
    assert dot.place.center().y() == pytest.approx(15, abs=0.6)
    assert dot.line == ""


def test_that_a_legend_without_room_leaves_parts_out_and_cuts_no_number() -> None:
    parts = (LegendPart(Sign.GREY, "feature maps 0…1.25"), LegendPart(None, "edges 2,000 of 35,488"))
    whole = legend_of(*parts)
    needed = int(whole.words[-1].place.right())
    assert legend_of(*parts, size=QSize(needed + 12, 30)).texts == whole.texts
    assert legend_of(*parts, size=QSize(needed - 30, 30)).texts == whole.texts[:-1]
    narrow = legend_of(*parts, size=QSize(int(whole.words[-2].place.right()) - 20, 30)).texts
    assert narrow[-1].endswith("…")
    assert legend_of(*parts, size=QSize(60, 30)).texts == []


def test_that_a_narrow_legend_takes_its_short_wording(qtbot: QtBot, views: list[GraphView]) -> None:
    legend = Legend()
    qtbot.addWidget(legend)
    legend.resize(1600, 30)
    legend.show_view(views[0])
    legend.show()
    qtbot.waitExposed(legend)
    whole = legend.text
    legend.resize(500, 30)
    assert len(legend.text) < len(whole)
    legend.resize(1600, 30)
    assert legend.text == whole
    legend.show_view(None)
    assert painted(legend).words == []


@pytest.fixture
def network(show: Callable[[GraphView | None], NetworkView], views: list[GraphView]) -> NetworkView:
    return show(views[1])


def on_screen(network: NetworkView, rect: QRectF) -> QRectF:
    return QRectF(network.mapFromScene(rect).boundingRect())


def whole(network: NetworkView) -> Painted:
    """All of it, what the screen has as a ready picture as shapes."""
    canvas = network.viewport()
    assert canvas is not None
    return painted_by(lambda painter: network.paint_to(painter, QRectF(canvas.rect())), canvas.size())


def test_that_each_column_has_its_title_in_bold_above_it_and_its_size_below_the_title(network: NetworkView) -> None:
    found = whole(network)
    layout = network.scene().graph_layout
    for spot, column in zip(layout.columns, network.graph_view.graph.columns, strict=True):
        word = next(found.word(each) for each in column.headings[0] if each in found.texts)
        assert word.is_bold
        assert word.colour == DARK.text
        body = on_screen(network, QRectF(spot.body.x, spot.body.y, spot.body.width, spot.body.height))
        assert word.place.center().x() == pytest.approx(body.center().x(), abs=3)
        assert word.place.bottom() < body.top()
        below = [
            each
            for each in found.words
            if each.colour == DARK.faint_text
            and abs(each.place.center().x() - word.place.center().x()) < 3
            and word.place.bottom() < each.place.top() < body.top()
        ]
        assert below


def test_that_the_selected_layer_s_title_is_marked(network: NetworkView) -> None:
    network.highlight_layer("fc2")
    found = whole(network)
    title = found.word("fc2")
    assert title.colour == DARK.background
    (mark,) = [each for each in found.areas(DARK.bar) if each.place.contains(title.place)]
    assert mark.place.center().x() == pytest.approx(title.place.center().x(), abs=1.5)
    assert mark.place.width() < title.place.width() + 30
    assert mark.line == "", "no pen of what was painted before frames it"
    network.highlight_layer(None)
    assert whole(network).word("fc2").colour == DARK.text


def test_that_each_class_has_a_row_with_its_name_its_bar_and_its_probability(network: NetworkView) -> None:
    view = network.graph_view
    assert view.probabilities is not None
    found = painted(network)
    centres = [network.mapFromScene(QPointF(*each)).y() for each in network.scene().graph_layout.columns[-1].centres]
    grooves = sorted(
        (each for each in found.areas(DARK.bar_ground) if not each.line), key=lambda each: each.place.top()
    )
    names = view.graph.columns[-1].class_names
    assert len(grooves) == len(names) == 10
    for number, (groove, middle) in enumerate(zip(grooves, centres, strict=True)):
        assert groove.place.center().y() == pytest.approx(middle, abs=1.5)
        row = [
            each
            for each in found.words
            if each.place.right() > groove.place.left() - 140
            and abs(each.place.center().y() - middle) < 6
            and (each.place.right() <= groove.place.left() or each.place.left() >= groove.place.right())
        ]
        beside = {each.text: each for each in row}
        assert names[number] in beside
        figure = beside[percent(float(view.probabilities[number]))]
        assert beside[names[number]].place.right() < groove.place.left()
        assert figure.place.left() > groove.place.right()
        is_true, is_predicted = number == view.true, number == view.predicted
        assert beside[names[number]].is_bold == (is_true or is_predicted)
        assert figure.is_bold == is_predicted
        is_wrong = is_predicted and not is_true
        colour = DARK.wrong if is_wrong else DARK.text if is_true or is_predicted else DARK.faint_text
        assert figure.colour == beside[names[number]].colour == colour
        around = groove.place.adjusted(-1, -1, 1, 1)
        filled = [each for each in found.shapes if each.area in (DARK.bar, DARK.right, DARK.wrong)]
        bars = [each for each in filled if around.contains(each.place)]
        share = float(view.probabilities[number])
        assert sum(each.place.width() for each in bars) == pytest.approx(share * groove.place.width(), abs=1.6)
        expected = DARK.bar if not is_predicted else DARK.right if is_true else DARK.wrong
        assert {each.area for each in bars} <= {expected}


def test_that_the_true_class_has_a_check_mark(network: NetworkView) -> None:
    view = network.graph_view
    assert view.true is not None
    checks = [each for each in painted(network).lines(DARK.right) if each.px == 2]
    (check,) = checks
    y = network.mapFromScene(QPointF(*network.scene().graph_layout.columns[-1].centres[view.true])).y()
    assert check.place.center().y() == pytest.approx(y, abs=2)
    name = painted(network).word(view.graph.columns[-1].class_names[view.true])
    assert 0 < name.place.left() - check.place.right() < 10


def rings(network: NetworkView) -> list[QRectF]:
    return [each.place for each in painted(network).lines(DARK.hovered)]


def test_that_a_unit_that_is_pointed_at_has_a_ring_and_a_pinned_one_two(network: NetworkView) -> None:
    assert rings(network) == []
    at = point_of(network, 2, 5)
    move(network, at)
    (ring,) = rings(network)
    spot = network.scene().graph_layout.columns[2]
    assert ring.center().x() == pytest.approx(at.x(), abs=1)
    assert ring.center().y() == pytest.approx(at.y(), abs=1)
    assert ring.width() == pytest.approx(spot.size[0] + 4, abs=0.5)
    network.pin("fc2", 5)
    inner, outer = sorted(rings(network), key=lambda each: each.width())
    assert outer.width() == pytest.approx(inner.width() + 9, abs=0.5)
    assert outer.center().x() == pytest.approx(at.x(), abs=1)


def test_that_the_edge_that_is_pointed_at_has_a_halo_and_rings_at_both_of_its_units(network: NetworkView) -> None:
    lines = network.graph_view.lines
    number = len(lines) - 1
    move(network, point_on_edge(network, number, 0.5))
    edge = network.scene().hovered_edge
    if edge is None:
        pytest.fail("no edge is pointed at")
    pair = network.graph_view.graph.pairs[edge[0]]
    halo = [each for each in painted(network).lines(DARK.hovered) if each.px == 6]
    assert len(halo) == 1
    centres = {(round(each.center().x()), round(each.center().y())) for each in rings(network) if each != halo[0].place}
    assert pair.wiring is not None
    sources, targets = pair.wiring.ends(np.array([edge[1]]))
    for column, position in ((pair.source, int(sources[0])), (pair.target, int(targets[0]))):
        at = point_of(network, column, position)
        assert any(abs(x - at.x()) <= 1 and abs(y - at.y()) <= 1 for x, y in centres)
    colours = scene_colours()
    value = network.graph_view.pairs[edge[0]].values[edge[1]]
    own = QColor(*(colours.negative if value < 0 else colours.positive)).name()
    assert [each.place for each in painted(network).lines(own) if each.px == 2.5] == [halo[0].place]


def test_that_what_is_missing_is_said_on_the_graph_above_the_scales(
    show: Callable[[GraphView | None], NetworkView],
) -> None:
    run = chain(("fc", 4), ("fc", 3))
    bare = MadeUpRun(run.layers, run.probe, [after_the_last_step(run)])
    network = show(prepared(bare, options=GraphOptions(edges=EdgeMode.GRADIENT)))
    found = painted(network)
    (note,) = network.graph_view.missing
    word = found.word(note)
    assert (word.colour, word.is_bold) == (DARK.text, True)
    (label,) = [each for each in found.areas(DARK.bar_ground) if each.line == DARK.badge]
    assert label.place.contains(word.place)
    assert label.place.center().x() == pytest.approx(network.viewport().width() / 2, abs=2)
    assert word.place.center().x() == pytest.approx(label.place.center().x(), abs=2)
    assert label.place.bottom() < network.viewport().height() - 20


def test_that_stronger_edges_are_wider_and_more_opaque_and_never_gone() -> None:
    opacities = [pen.color().alphaF() for pen in edge_pens()]
    assert min(opacities) >= 0.3 * FAINTEST
    assert max(opacities) <= 1.0
    assert max(each for each in opacities if each < 1) == pytest.approx(STRONGEST, abs=0.06)
    assert set(EDGE_WIDTHS.tolist()) == set(HIGHLIGHT_WIDTHS.tolist()) == {1, 2, 3}
    assert len(EDGE_WIDTHS) == len(edge_pens()) == len(highlight_pens())
    assert all(pen.color().alphaF() == 1 for pen in highlight_pens())
    assert all(pen.isCosmetic() for pen in (*edge_pens(), *highlight_pens()))


def test_that_a_note_stands_in_place_of_the_scales_where_there_is_nothing_else_to_be_seen(
    show: Callable[[GraphView | None], NetworkView],
) -> None:
    run = chain(("conv", 4), ("fc", 12), ("fc", 10))
    view = difference_view(run)
    assert view.has_nothing
    network = show(view)
    found, layout = whole(network), network.scene().graph_layout
    note = found.word("activation and weight: the same in A and B")
    for spot in layout.columns:
        assert not on_screen(network, QRectF(spot.body.x, spot.body.y, spot.body.width, spot.body.height)).intersects(
            note.place
        )
    assert not [text for text in found.texts if text.startswith("±")]


def test_that_every_tile_has_a_frame_in_the_dark(network: NetworkView) -> None:
    n_tiles = len(network.graph_view.graph.columns[1])
    frames = [each for each in whole(network).lines(DARK.line) if each.place.width() > 8]
    assert len(frames) >= n_tiles
