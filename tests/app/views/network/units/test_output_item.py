"""The rows beside the output, each mark at its place: bars, figures, checks, and what of two passes has changed."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QColor

from app.analysis.graph.graph_view import GraphView
from app.palette import DARK, TEXT_PX
from app.views.network.scene_colours import scene_colours
from app.views.network.text import text_width
from app.views.network.units.analysis.layout import place
from app.views.network.units.analysis.output_rows import OutputRows
from app.views.network.units.output_item import OutputItem
from tests.app.looks.pieces.network import vectors
from tests.app.painted import Painted, painted_by
from tests.app.views.network.conftest import prepared

pytestmark = pytest.mark.usefixtures("qapp")

NAMES = ["ant", "bee", "cat"]
ROWS = OutputRows(True, np.array([100.0, 150.0, 200.0]), 20.0, (600, 700), (710, 790), (800, 850))


@pytest.fixture(scope="module")
def view() -> GraphView:
    return replace(prepared(vectors(4, 3, 3, names=NAMES)), true=None, predicted=None)


def of(
    view: GraphView, *probabilities: float, rows: OutputRows = ROWS, before: object = None, **more: object
) -> Painted:
    """The rows of these probabilities, of two passes with those before."""
    shown = replace(
        view,
        probabilities=np.array(probabilities, "f4") if probabilities else None,
        probabilities_before=None if before is None else np.array(before, "f4"),
        **more,  # type: ignore[arg-type]
    )
    item = OutputItem()
    item.show_view(shown, replace(place(view.graph, 900, 600), rows=rows))
    return painted_by(lambda painter: item.paint(painter, None), QSize(900, 600))


def bars(found: Painted, colour: str = DARK.bar) -> list[tuple[float, float]]:
    """Left border and width of each bar of a colour."""
    return [(each.place.x(), each.place.width()) for each in found.areas(colour)]


@pytest.mark.parametrize(("height", "thick"), [(16.0, 8.0), (20.0, 10.0), (24.0, 12.0), (28.0, 12.0)])
def test_that_a_bar_is_half_as_thick_as_its_row_until_that_is_thick_enough(
    view: GraphView, height: float, thick: float
) -> None:
    grooves = of(view, 0.5, 0.3, 0.2, rows=replace(ROWS, height=height)).areas(DARK.bar_ground)
    assert [each.place.getRect() for each in grooves] == [
        pytest.approx((710, middle - thick / 2, 80, thick), abs=0.01) for middle in ROWS.middles
    ]
    assert {each.line for each in grooves} == {""}


def test_that_a_bar_is_as_long_as_its_class_is_probable_and_seen_as_soon_as_it_is_worth_it(view: GraphView) -> None:
    assert bars(of(view, 0.5, 1.0, 0.25)) == [(710, pytest.approx(each, abs=0.01)) for each in (40, 80, 20)]
    faint = dict(enumerate(bars(of(view, 0.99, 6e-4, 4e-4))))
    assert faint[1][1] == pytest.approx(1.5, abs=0.01)
    assert faint.get(2, (0, 0))[1] < 0.1
    assert of(view, 0.99, 6e-4, 4e-4).texts[1::2] == ["99.0 %", "<0.1 %", "<0.1 %"]


def test_that_what_is_no_number_has_a_figure_and_no_bar(view: GraphView) -> None:
    found = of(view, np.nan, 0.5, np.nan)
    assert found.texts == ["ant", "NaN", "bee", "50.0 %", "cat", "NaN"]
    assert len(bars(found)) == 1
    assert len(found.areas(DARK.bar_ground)) == 3


def test_that_without_probabilities_there_are_names_and_grooves(view: GraphView) -> None:
    found = of(view)
    assert found.texts == NAMES
    assert len(found.areas(DARK.bar_ground)) == 3 == len(found.shapes)


def test_that_without_room_for_bars_there_are_names_and_figures(view: GraphView) -> None:
    found = of(view, 0.5, 0.3, 0.2, rows=replace(ROWS, bars=None))
    assert found.texts == ["ant", "50.0 %", "bee", "30.0 %", "cat", "20.0 %"]
    assert found.shapes == []
    two = of(view, 0.5, 0.3, 0.2, before=(0.4, 0.3, 0.3), rows=replace(ROWS, bars=None))
    assert two.texts == ["ant", "+10.0", "bee", "same", "cat", "−10.0"]
    assert two.shapes == []


def test_that_names_and_figures_end_at_the_right_of_their_rooms_in_the_middle_of_the_row(view: GraphView) -> None:
    for found in (of(view, 0.5, 0.3, 0.2), of(view, 0.5, 0.3, 0.2, before=(0.4, 0.3, 0.3))):
        for number, each in enumerate(found.words):
            assert each.place.right() == pytest.approx((700, 850)[number % 2], abs=1)
            assert each.place.center().y() == pytest.approx(ROWS.middles[number // 2], abs=1.5)


@pytest.mark.parametrize(
    ("true", "predicted", "names", "bar"),
    [
        (None, None, ("faint_text",) * 3, ("bar", "bar", "bar")),
        (None, 1, ("faint_text", "text", "faint_text"), ("bar", "bar", "bar")),
        (1, 1, ("faint_text", "text", "faint_text"), ("bar", "right", "bar")),
        (0, 1, ("text", "wrong", "faint_text"), ("bar", "wrong", "bar")),
        (0, None, ("text", "faint_text", "faint_text"), ("bar", "bar", "bar")),
    ],
)
def test_that_what_is_predicted_is_green_where_it_is_right_and_red_where_it_is_wrong(
    view: GraphView, true: int | None, predicted: int | None, names: tuple[str, ...], bar: tuple[str, ...]
) -> None:
    found = of(view, 0.5, 0.3, 0.2, true=true, predicted=predicted)
    assert [each.colour for each in found.words[::2]] == [getattr(DARK, each) for each in names]
    assert [each.colour for each in found.words[1::2]] == [getattr(DARK, each) for each in names]
    assert [each.is_bold for each in found.words[::2]] == [number in (true, predicted) for number in range(3)]
    assert [each.is_bold for each in found.words[1::2]] == [number == predicted for number in range(3)]
    filled = [each.area for each in found.shapes if each.area and each.area != DARK.bar_ground]
    assert filled == [getattr(DARK, each) for each in bar]
    checks = [each for each in found.lines(DARK.right) if each.px == 2]
    assert [each.place.center().y() for each in checks] == [
        pytest.approx(ROWS.middles[number], abs=0.5) for number in range(3) if number == true
    ]


def test_that_the_check_stands_before_the_name_but_never_before_the_room(view: GraphView) -> None:
    (check,) = [each.place for each in of(view, 0.5, 0.3, 0.2, true=1).lines(DARK.right)]
    left = 700 - text_width("bee", TEXT_PX, bold=True) - 16
    assert (check.left(), check.right()) == pytest.approx((left + 1, left + 9.5), abs=0.01)
    narrow = replace(ROWS, names=(690.0, 700.0))
    (check,) = [each.place for each in of(view, 0.5, 0.3, 0.2, true=1, rows=narrow).lines(DARK.right)]
    assert check.left() == pytest.approx(691, abs=0.01)


def test_that_a_name_is_whole_as_long_as_it_and_the_check_have_room(view: GraphView) -> None:
    needed = max(text_width(name, TEXT_PX, bold=True) for name in NAMES) + 16
    for room, is_whole in ((needed + 0.01, True), (needed - 0.5, False)):
        found = of(view, 0.5, 0.3, 0.2, rows=replace(ROWS, names=(700 - room, 700.0)))
        assert (found.texts[::2] == NAMES) is is_whole


def test_that_of_two_passes_a_bar_goes_from_what_a_has_to_what_b_has(view: GraphView) -> None:
    found, colours = of(view, 0.75, 0.25, 0.0, before=(0.25, 0.5, 0.25)), scene_colours()
    (more,) = found.areas(QColor(*colours.positive).name())
    less = found.areas(QColor(*colours.negative).name())
    assert more.place.getRect() == pytest.approx((730, 95, 40, 10), abs=0.01)
    assert [each.place.getRect() for each in less] == [
        pytest.approx((730, 145, 20, 10), abs=0.01), pytest.approx((710, 195, 20, 10), abs=0.01),
    ]  # fmt: skip
    strokes = [each.place.getRect() for each in found.areas(DARK.text)]
    assert strokes == [
        pytest.approx((x - 1, middle - 7, 2, 14), abs=0.01)
        for x, middle in zip((730, 750, 730), ROWS.middles, strict=True)
    ]
    assert found.texts[1::2] == ["+50.0", "−25.0", "−25.0"]
    assert {each.colour for each in found.words[1::2]} == {DARK.faint_text}


def test_that_of_two_passes_no_class_is_red(view: GraphView) -> None:
    found = of(view, 0.5, 0.3, 0.2, before=(0.1, 0.3, 0.6), true=1, predicted=0)
    assert [each.colour for each in found.words[::2]] == [DARK.text, DARK.text, DARK.faint_text]
    assert found.areas(DARK.wrong) == found.areas(DARK.right) == []


def test_that_too_small_a_change_is_told_from_none_and_what_is_no_number_has_none(view: GraphView) -> None:
    found = of(view, 0.5, 0.5, 0.5, before=(0.5, 0.5004, 0.5006))
    assert found.texts[1::2] == ["same", "±0.0", "−0.1"]
    lacking = of(view, np.nan, 0.5, 0.5, before=(0.5, np.inf, 0.25))
    assert lacking.texts == ["ant", "bee", "cat", "+25.0"]
    assert len(lacking.shapes) == 5, "three grooves, one change and its stroke"


def test_that_above_a_list_of_some_classes_stands_of_how_many(view: GraphView) -> None:
    some = replace(ROWS, are_aligned=False, middles=np.array([120.0, 150.0]), height=24.0)
    found = of(view, 0.1, 0.7, 0.2, rows=some)
    assert found.texts == ["bee", "70.0 %", "cat", "20.0 %", "most probable of 3"]
    note = found.word("most probable of 3")
    assert (note.colour, note.is_bold) == (DARK.faint_text, False)
    assert note.place.right() == pytest.approx(850, abs=1)
    assert note.place.center().y() == pytest.approx(120 - 24, abs=1.5)
    assert of(view, 0.1, 0.7, 0.2, rows=replace(ROWS, are_aligned=False)).texts[::2] == ["bee", "cat", "ant"]
    assert len(of(view, 0.1, 0.7, 0.2).texts) == 6


def test_that_without_rows_or_without_a_view_nothing_is_painted(view: GraphView) -> None:
    layout = place(view.graph, 900, 600)
    for shown, placed in ((view, replace(layout, rows=None)), (None, layout), (view, None)):
        item = OutputItem()
        item.show_view(shown, placed)
        assert painted_by(lambda painter, item=item: item.paint(painter, None), QSize(900, 600)) == Painted([], [], [])
