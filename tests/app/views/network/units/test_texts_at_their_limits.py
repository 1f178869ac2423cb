"""Titles, figures, scales and legends where there is just room for them, and where a little is missing."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace

import pytest
from PyQt6.QtCore import QRectF, QSize

from app.analysis.graph.graph_options import GraphOptions, NodeMode
from app.analysis.graph.graph_view import GraphView
from app.analysis.graph.rectangle import Rectangle
from app.palette import SMALL_PX, TEXT_PX, TITLE_PX
from app.views.network.legend import draw_legend, fitting_parts
from app.views.network.modules.analysis.module_differences import Told
from app.views.network.modules.module_legend import draw_module_legend
from app.views.network.text import text_width
from app.views.network.units.analysis.layout import Layout, place
from app.views.network.units.analysis.legend_parts import LegendPart, Sign, legend_parts
from app.views.network.units.headings_item import HeadingsItem
from app.views.network.units.notes_item import ColumnNotesItem, NotesItem
from app.views.network.units.scale_labels import scale_labels
from tests.app.looks.pieces.network import CNN, vectors
from tests.app.looks.pieces.network_modules import CHAIN
from tests.app.painted import Painted, painted_by
from tests.app.views.network.conftest import prepared
from tests.app.views.network.modules.made_up_modules import ModuleRun

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture(scope="module")
def view() -> GraphView:
    return prepared(CNN)


def with_headings(layout: Layout, **widths: float) -> Layout:
    """The headings of some columns as wide as said, of all others much wider."""
    columns = []
    for number, spot in enumerate(layout.columns):
        width = widths.get(f"of_{number}", 1_000.0)
        columns.append(replace(spot, heading=replace(spot.heading, width=width)))
    return replace(layout, columns=tuple(columns))


def headings(view: GraphView, layout: Layout) -> HeadingsItem:
    made = HeadingsItem()
    made.show_graph(view.graph, layout)
    return made


def drawn(item: HeadingsItem) -> Painted:
    return painted_by(lambda painter: item.paint(painter, None), QSize(900, 600))


def test_that_all_titles_are_smaller_as_soon_as_one_has_no_room(view: GraphView) -> None:
    layout, shortest = place(view.graph, 900, 600), view.graph.columns[1].headings[0][-1]
    room = text_width(shortest, TITLE_PX, bold=True) - 2
    large, small = (drawn(headings(view, with_headings(layout, of_1=width))) for width in (room, room - 0.1))
    for title in headings(view, layout).titles[2:]:
        assert small.word(title).place.height() < large.word(title).place.height()
    assert headings(view, with_headings(layout, of_1=room - 0.1)).titles[1] == shortest


def test_that_a_title_takes_the_longest_wording_that_fits() -> None:
    view = prepared(vectors(4, 3, 3, of_layers="a_layer_with_a_name_{}"))
    layout = place(view.graph, 900, 600)
    title = view.graph.columns[1].headings[0][0]
    room = text_width(title, SMALL_PX, bold=True) - 2
    narrow = {"of_2": 40.0}  # which makes all titles small
    assert headings(view, with_headings(layout, of_1=room, **narrow)).titles[1] == title
    cut = headings(view, with_headings(layout, of_1=room - 0.1, **narrow)).titles[1]
    assert cut != title and text_width(cut, SMALL_PX, bold=True) <= room + 2


def test_that_a_figure_has_room_or_is_left_out(view: GraphView) -> None:
    layout = place(view.graph, 900, 600)
    wordings = view.graph.columns[3].headings[1]
    for wording, shorter in zip(wordings, (*wordings[1:], ""), strict=True):
        room = text_width(wording, SMALL_PX) - 4
        if room < 14:
            continue
        assert headings(view, with_headings(layout, of_3=room)).lines[:20].count(wording) >= 1
        narrower = headings(view, with_headings(layout, of_3=room - 0.1))
        of_column = [each.text for each in narrower._headings if each.column == 3]
        assert of_column[1] == shorter


def test_that_a_column_too_narrow_for_any_word_has_none(view: GraphView) -> None:
    layout = place(view.graph, 900, 600)
    n = len(headings(view, with_headings(layout)).titles)
    assert len(headings(view, with_headings(layout, of_2=14.0)).titles) == n
    assert len(headings(view, with_headings(layout, of_2=13.9)).titles) == n - 1


def test_that_a_heading_is_met_from_its_upper_to_its_lower_border(view: GraphView) -> None:
    item, layout = headings(view, place(view.graph, 900, 600)), place(view.graph, 900, 600)
    top = min(spot.heading.y for spot in layout.columns)
    spot = layout.columns[2]
    x, n = spot.heading.x + spot.heading.width / 2, len(view.graph.columns[2].headings)
    for y, column in ((top, 2), (top - 0.1, None), (top + 16 * n, 2), (top + 16 * n + 0.1, None)):
        assert item.column_at(x, y) == column


@pytest.mark.parametrize(("away", "is_whole"), [(40.0, True), (39.5, False)])
def test_that_a_note_is_whole_as_long_as_its_label_stays_4_px_off_both_borders(
    view: GraphView, away: float, is_whole: bool
) -> None:
    note = "activations not recorded"
    width = text_width(note, TEXT_PX, bold=True) + away
    item = NotesItem()
    item.show_notes((note,), place(view.graph, width, 300))
    (text,) = painted_by(lambda painter: item.paint(painter, None), QSize(900, 600)).texts
    assert (text == note, text.endswith("…")) == (is_whole, not is_whole)


@pytest.mark.parametrize(("away", "is_whole"), [(16.0, True), (15.5, False)])
def test_that_what_is_said_along_a_column_is_whole_between_its_heading_and_its_scale(
    view: GraphView, away: float, is_whole: bool
) -> None:
    said = "has no units of its own"
    columns = list(view.columns)
    columns[2] = replace(columns[2], damage=said)
    layout = place(view.graph, 900, 600)
    spots, spot = list(layout.columns), layout.columns[2]
    bottom = spot.heading.bottom + 6 + text_width(said, SMALL_PX) + away + 4
    spots[2] = replace(spot, footer=replace(spot.footer, y=bottom))
    item = ColumnNotesItem()
    item.show_view(replace(view, columns=tuple(columns)), replace(layout, columns=tuple(spots)))
    (text,) = painted_by(lambda painter: item.paint(painter, None), QSize(900, 600)).texts
    assert (text == said, text.endswith("…")) == (is_whole, not is_whole)


def with_footers(layout: Layout, number: int, width: float) -> Layout:
    spots = list(layout.columns)
    spot = spots[number]
    middle = spot.body.x + spot.body.width / 2
    spots[number] = replace(spot, footer=Rectangle(middle - width / 2, spot.footer.y, width, spot.footer.height))
    return replace(layout, columns=tuple(spots))


def test_that_a_scale_stands_in_the_middle_below_its_column_where_it_has_room(view: GraphView) -> None:
    layout = place(view.graph, 900, 600)
    labels = {each.text: each for each in scale_labels(view, layout) if not each.is_of_edges}
    number = 4
    spot = layout.columns[number]
    middle = spot.body.x + spot.body.width / 2
    (own,) = [each for each in labels.values() if abs(each.room.center().x() - middle) < 1]
    width = text_width(own.text, SMALL_PX)
    assert own.room == QRectF(middle - width / 2 - 2, spot.footer.y, width + 4, spot.footer.height)
    for room, is_there in ((width, True), (width - 0.1, False)):
        found = scale_labels(view, with_footers(layout, number, room))
        assert any(abs(each.room.center().x() - middle) < 1 for each in found) is is_there


def test_that_pictures_and_tokens_have_no_scale() -> None:
    for view, n in ((prepared(CNN), 4), (prepared(vectors(4, 3, 3, tokens=True)), 2), (prepared(vectors(4, 3, 3)), 3)):
        labels = [each for each in scale_labels(view, place(view.graph, 900, 600)) if not each.is_of_edges]
        assert len(labels) == n


def test_that_scales_from_nothing_leave_that_out_as_soon_as_one_has_no_room() -> None:
    view = prepared(CNN, options=GraphOptions(nodes=NodeMode.GRADIENT))
    layout = place(view.graph, 900, 600)
    texts = [each.text for each in scale_labels(view, layout) if not each.is_of_edges]
    assert texts and all(text.startswith("0…") for text in texts)
    width = text_width(texts[-1], SMALL_PX)
    whole, short = (
        [each.text for each in scale_labels(view, with_footers(layout, 4, room)) if not each.is_of_edges]
        for room in (width, width - 0.1)
    )
    assert whole == texts
    assert short == [text.removeprefix("0…") for text in texts]


def moved(layout: Layout, number: int, by: float) -> Layout:
    """A column further to the right."""
    spots = list(layout.columns)
    spot = spots[number]
    body, footer = (replace(each, x=each.x + by) for each in (spot.body, spot.footer))
    spots[number] = replace(spot, body=body, footer=footer)
    return replace(layout, columns=tuple(spots))


def test_that_scales_of_edges_stand_between_those_of_columns_all_of_them_or_none(view: GraphView) -> None:
    layout = place(view.graph, 900, 600)
    labels = scale_labels(view, layout)
    between, n = [each for each in labels if each.is_of_edges], len(view.graph.columns)
    assert len(between) == n - 1
    columns = [each for each in labels if not each.is_of_edges]
    assert {each.is_of_edges for each in labels[: len(columns)]} == {False}
    last = between[-1]
    left = columns[-2].room.right() - 2
    right = columns[-1].room.left() + 2
    assert last.room.center().x() == pytest.approx((left + right) / 2)
    needed = 14 + text_width(last.text, SMALL_PX)
    assert last.room.width() == pytest.approx(needed + 4)
    free = right - left - 5 - needed
    assert free > 0
    assert len(scale_labels(view, moved(layout, n - 1, -free + 0.01))) == len(labels)
    assert len(scale_labels(view, moved(layout, n - 1, -free - 0.01))) == len(columns)


def legend(parts: tuple[LegendPart, ...], width: float) -> Painted:
    return painted_by(lambda painter: draw_legend(painter, QRectF(0, 0, width, 30), parts), QSize(1200, 30))


def narrowest(fits: Callable[[float], bool]) -> float:
    """To a tenth of a px."""
    tenths = range(200, 12_000)
    return tenths[bisect_left(tenths, True, key=lambda each: fits(each / 10))] / 10


def test_that_a_legend_is_long_as_soon_as_its_words_and_margins_have_room(view: GraphView) -> None:
    whole = legend_parts(view)
    width = narrowest(lambda px: fitting_parts(view, px) == whole)
    assert fitting_parts(view, width - 0.1) == legend_parts(view, is_short=True) != whole
    found = legend(whole, width)
    assert [each.text for each in found.words][-1] == whole[-1].text
    assert width - found.words[-1].place.right() == pytest.approx(14, abs=2)


@pytest.mark.parametrize("sign", [None, Sign.GREY, Sign.EDGES, Sign.NOT_FINITE])
def test_that_words_of_a_legend_are_whole_as_far_as_half_a_margin_before_its_end(sign: Sign | None) -> None:
    part = LegendPart(sign, "activation of the layer")
    width = narrowest(lambda px: legend((part,), px).texts[-1:] == [part.text])
    found = legend((part,), width)
    assert width - found.words[-1].place.right() == pytest.approx(7, abs=1.5)
    assert legend((part,), width - 0.2).texts[-1].endswith("…")


def test_that_of_words_without_room_so_much_is_left_that_they_can_be_read() -> None:
    part = LegendPart(None, "activation of the layer")
    lengths = {len(text) for px in range(20, 200) for text in legend((part,), px).texts}
    assert min(lengths) == 5
    assert max(lengths) == len(part.text)


def module_legend(width: float) -> list[str]:
    numbers = ModuleRun(CHAIN).numbers()
    return painted_by(
        lambda painter: draw_module_legend(painter, QRectF(0, 0, width, 30), numbers, Told.ACTIVATION),
        QSize(1200, 30),
    ).texts


def test_that_the_legend_of_modules_is_long_as_soon_as_it_has_room_and_never_cut() -> None:
    whole = module_legend(1200)
    assert whole[-1] == "log scales of the run"
    width = narrowest(lambda px: module_legend(px) == whole)
    right = painted_by(
        lambda painter: draw_module_legend(
            painter, QRectF(0, 0, width, 30), ModuleRun(CHAIN).numbers(), Told.ACTIVATION
        ),
        QSize(1200, 30),
    ).words[-1].place.right()  # fmt: skip
    assert width - right == pytest.approx(7 + 2, abs=2)
    assert module_legend(width - 1)[-1] == "log scales"
    for px in range(60, int(width), 37):
        texts = module_legend(px)
        assert not [text for text in texts[1:] if text.endswith("…")]
