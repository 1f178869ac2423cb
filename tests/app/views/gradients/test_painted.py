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
        "larger than 1e−5 50.0 %",
    ]
    assert [each.colour for each in found.words] == [palette.faint_text] + [palette.text] * 5
    for word, name in zip(found.words[1:], ("negative", "both", "positive", "zero", "ground"), strict=True):
        colour = QColor(*getattr(colours, name)).name()
        near = [each for each in found.areas(colour) if 0 < word.place.left() - each.place.right() < 10]
        assert len(near) == 1
        assert near[0].place.center().y() == pytest.approx(10, abs=1)
    assert len(found.lines(palette.faint_text)) == 1, "the ground's swatch has a frame, or it would not be seen"
    assert all(12 < after.place.left() - before.place.right() < 40 for before, after in pairwise(found.words))


def rows(legend: RasterLegend) -> list[list[str]]:
    """What is painted on each line; nothing is cut off."""
    shown = painted(legend).words
    assert all(each.place.right() <= legend.width() and each.place.bottom() <= legend.height() for each in shown)
    lines: dict[int, list[str]] = {}
    for each in shown:
        lines.setdefault(round(each.place.center().y() / 10), []).append(each.text)
    return list(lines.values())


def test_that_without_room_first_the_place_goes_then_words_then_there_are_more_lines(legend: RasterLegend) -> None:
    whole = [text for _, text in legend.entries()]
    short = ["negative 20.0 %", "both signs", "positive 10.0 %", "exactly zero 10.0 %", "larger 50.0 %"]
    seen = []
    for width in range(1000, 120, -5):
        legend.resize(width, legend.height())
        (line, *others), told = rows(legend), [each for line in rows(legend) for each in line]
        seen.append((line[0] == "step 9", told == short, bool(others)))
        assert told in (["step 9", *whole], whole, short)
    kinds = list(dict.fromkeys(seen))
    assert kinds == [(True, False, False), (False, False, False), (False, True, False), (False, True, True)]


def test_that_a_legend_is_as_high_whatever_the_shares_are(legend: RasterLegend) -> None:
    for width in range(300, 900, 5):
        legend.resize(width, legend.height())
        heights = set()
        for shares in (SHARES, (0.0, 0.0001, 0.25, 0.7499, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0, 0.0, 0.0)):
            legend.show_shares("step 10,000", shares)
            heights.add(legend.height())
            rows(legend)
        assert len(heights) == 1


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
