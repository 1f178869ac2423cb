"""How strong and how wide edges are drawn, and in which colours."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QSize, Qt
from PyQt6.QtGui import QColor

from app.analysis.graph.strongest import LEVELS, NOT_FINITE_STYLE, style_of
from app.palette import DARK
from app.views.network.scene_colours import scene_colours
from app.views.network.units.edge_highlight_item import EdgeHighlightItem
from app.views.network.units.edge_pens import (
    EDGE_WIDTHS,
    HIGHLIGHT_WIDTHS,
    draw_edge_sign,
    edge_pens,
    highlight_pens,
    wide,
)
from app.views.network.units.network_scene import NetworkScene
from tests.app.looks.pieces.network import CNN, spoilt
from tests.app.made_up import chain
from tests.app.painted import painted_by
from tests.app.views.network.conftest import prepared

pytestmark = pytest.mark.usefixtures("qapp")

STYLES = [style_of(number) for number in range(NOT_FINITE_STYLE + 1)]
FINITE = [each for each in STYLES if each.is_finite]


def numbers(density: int, *, is_negative: bool = False) -> list[int]:
    """Of the styles of a density, the faintest first."""
    return [
        number
        for number, each in enumerate(STYLES)
        if each.is_finite and each.density == density and each.is_negative is is_negative
    ]


@pytest.mark.parametrize(("density", "wider", "widest"), [(0, 6, 10), (1, 8, 11), (2, 10, 12), (3, 11, 12)])
def test_that_the_stronger_edges_are_wider_and_of_many_only_the_strongest(
    density: int, wider: int, widest: int
) -> None:
    for is_negative in (False, True):
        widths = EDGE_WIDTHS[numbers(density, is_negative=is_negative)].tolist()
        assert widths == [1 + (level >= wider) + (level >= widest) for level in range(LEVELS)]


def test_that_lit_edges_are_as_wide_as_they_are_strong() -> None:
    for density in range(4):
        widths = HIGHLIGHT_WIDTHS[numbers(density)].tolist()
        assert widths == [1] * 3 + [2] * 5 + [3] * 4
    assert (EDGE_WIDTHS[NOT_FINITE_STYLE], HIGHLIGHT_WIDTHS[NOT_FINITE_STYLE]) == (3, 3)


def test_that_opacity_rises_with_strength_and_falls_with_density_but_for_the_strongest() -> None:
    opacities = np.array([[edge_pens()[each].color().alphaF() for each in numbers(density)] for density in range(4)])
    strengths = (np.arange(LEVELS) + 0.5) / LEVELS
    few = 0.06 + (0.95 - 0.06) * strengths
    assert opacities[0] == pytest.approx(few, abs=1e-4)
    for density, share in enumerate((1.0, 0.72, 0.58, 0.48)):
        assert opacities[density, :4] == pytest.approx(share * few[:4], abs=1e-3)
        assert opacities[density] == pytest.approx(few * share ** (1 - strengths**8), abs=1e-4)


def test_that_edges_have_the_colour_of_their_sign_and_lit_ones_fade_towards_the_ground() -> None:
    colours = scene_colours()
    for number, style in enumerate(STYLES):
        rgb = colours.not_finite if not style.is_finite else colours.negative if style.is_negative else colours.positive
        assert edge_pens()[number].color().getRgb()[:3] == tuple(rgb)
        lit = highlight_pens()[number].color()
        strength = (style.level + 0.5) / LEVELS
        assert lit.name() == QColor(*rgb).darker(int(100 + 90 * (1 - strength))).name()
    for pen in (*edge_pens(), *highlight_pens()):
        assert (pen.widthF(), pen.isCosmetic(), pen.capStyle()) == (1.0, True, Qt.PenCapStyle.FlatCap)


def test_that_in_a_file_of_shapes_pens_are_as_wide_as_they_look() -> None:
    made = wide(edge_pens(), EDGE_WIDTHS)
    assert [pen.widthF() for pen in made] == EDGE_WIDTHS.tolist()
    assert {pen.widthF() for pen in edge_pens()} == {1.0}, "those of the screen stay as they are"


def test_that_the_sign_of_edges_is_a_line_of_both_colours() -> None:
    found = painted_by(lambda painter: draw_edge_sign(painter, QPointF(10, 20), 30), QSize(60, 40))
    colours = scene_colours()
    (minus,), (plus,) = (found.areas(QColor(*rgb).name()) for rgb in (colours.negative, colours.positive))
    assert (minus.place.getRect(), plus.place.getRect()) == ((10, 19, 15, 2), (25, 19, 15, 2))


def item_of(scene: NetworkScene) -> EdgeHighlightItem:
    (found,) = [each for each in scene.items() if isinstance(each, EdgeHighlightItem)]
    return found


@pytest.mark.parametrize(
    ("value", "name"),
    [(0.5, "positive"), (0.0, "positive"), (-0.5, "negative"), (np.nan, "not_finite"), (np.inf, "not_finite")],
)
def test_that_the_edge_that_is_pointed_at_has_its_own_colour_in_its_halo(value: float, name: str) -> None:
    view = prepared(CNN)
    values = np.array(view.pairs[3].values)
    values[2] = value
    view = replace(view, pairs=(*view.pairs[:3], replace(view.pairs[3], values=values)))
    scene = NetworkScene()
    scene.show_graph(view.graph, 400, 300)
    scene.show_view(view)
    scene.hover_edge((3, 2))
    found = painted_by(lambda painter: item_of(scene).paint(painter, None), QSize(400, 300))
    assert [each.px for each in found.lines(DARK.hovered)] == [6.0, 2.5, 2.5], "rings at both of its ends"
    (own,) = found.lines(QColor(*getattr(scene_colours(), name)).name())
    assert (own.px, own.place) == (2.5, found.lines(DARK.hovered)[0].place)


@pytest.mark.parametrize(
    ("run", "n_rings"),
    [
        pytest.param(chain(("fc", 2), picture=(1, 2, 2)), 2, id="of a pixel"),
        pytest.param(chain(("conv", 2), picture=(3, 2, 2)), 1, id="of a channel"),
        pytest.param(spoilt(chain(("fc", 3), ("fc", 2))), 2, id="of a unit"),
    ],
)
def test_that_units_at_both_ends_of_an_edge_have_rings_and_a_channel_has_none(run: object, n_rings: int) -> None:
    view = prepared(run)  # type: ignore[arg-type]
    scene = NetworkScene()
    scene.show_graph(view.graph, 400, 300)
    scene.show_view(view)
    scene.hover_edge((0, 1))
    found = painted_by(lambda painter: item_of(scene).paint(painter, None), QSize(400, 300))
    assert len(found.lines(DARK.hovered)) == 1 + n_rings
    scene.hover_edge(None)
    assert painted_by(lambda painter: item_of(scene).paint(painter, None), QSize(400, 300)).shapes == []
