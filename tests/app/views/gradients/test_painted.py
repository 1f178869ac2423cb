"""What the legend of the sign raster says, and in which colours."""

from itertools import pairwise

import pytest
from PyQt6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.palette import DARK, LIGHT
from app.views.gradients.analysis.sign_colours import ON_DARK, ON_LIGHT
from app.views.gradients.raster_legend import RasterLegend
from app.window.theme import apply_theme
from tests.app.painted import painted

SHARES = (0.5, 0.2, 0.1, 0.1, 0.07, 0.03)


@pytest.fixture
def legend(qtbot: QtBot, qapp) -> RasterLegend:
    apply_theme(qapp, "dark")
    legend = RasterLegend()
    qtbot.addWidget(legend)
    legend.resize(1400, 20)
    legend.show_shares("step 9", SHARES)
    return legend


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_each_class_has_a_swatch_in_its_colour_its_name_and_its_share(
    legend: RasterLegend, qapp, theme: str
) -> None:
    apply_theme(qapp, theme)
    palette, colours = {"dark": (DARK, ON_DARK), "light": (LIGHT, ON_LIGHT)}[theme]
    found = painted(legend)
    assert found.texts == [
        "step 9",
        "negative, near zero 20.0 %",
        "both signs in one pixel",
        "positive, near zero 10.0 %",
        "exactly zero 10.0 %",
        "larger than 1e-05 50.0 %",
    ]
    assert [each.colour for each in found.words] == [palette.faint_text] + [palette.text] * 5
    for word, name in zip(found.words[1:], ("negative", "both", "positive", "zero", "ground"), strict=True):
        colour = QColor(*getattr(colours, name)).name()
        near = [each for each in found.areas(colour) if 0 < word.place.left() - each.place.right() < 10]
        assert len(near) == 1
        assert near[0].place.center().y() == pytest.approx(10, abs=1)
    assert len(found.lines(palette.faint_text)) == 1, "the ground's swatch has a frame, or it would not be seen"
    assert all(12 < after.place.left() - before.place.right() < 40 for before, after in pairwise(found.words))


def test_that_without_room_the_place_goes_first_then_the_last_entries(legend: RasterLegend) -> None:
    whole = painted(legend).words
    needed = int(whole[-1].place.right()) + 1
    legend.resize(needed + 2, 20)
    assert len(painted(legend).words) == 6
    legend.resize(needed - 20, 20)
    assert painted(legend).texts == [each.text for each in whole[1:]]
    for width in (needed - 150, 600, 400, 250):
        legend.resize(width, 20)
        shown = painted(legend).words
        assert [each.text for each in shown] == [each.text for each in whole[1 : len(shown) + 1]]
        assert 0 < len(shown) < 6
        assert shown[-1].place.right() <= width


def test_that_what_is_rare_has_an_entry_in_front_once_it_was_seen(legend: RasterLegend) -> None:
    legend.show_seen(not_finite=True, no_gradient=False)
    assert painted(legend).texts[1] == "NaN or Inf 7.0 %"
    assert painted(legend).texts[-1] == "both signs in one pixel"
    legend.show_seen(not_finite=False, no_gradient=True)
    assert painted(legend).texts[1:3] == ["NaN or Inf 7.0 %", "no gradient 3.0 %"]
    legend.forget_seen()
    assert not {"NaN or Inf 7.0 %", "no gradient 3.0 %"} & set(painted(legend).texts)


def test_that_without_shares_only_colours_are_explained(legend: RasterLegend) -> None:
    legend.show_shares("", None)
    legend.show_threshold(0.001)
    assert painted(legend).texts == [
        "negative, near zero",
        "both signs in one pixel",
        "positive, near zero",
        "exactly zero",
        "larger than 0.001",
    ]
    assert legend.toolTip() == ""
