"""The colours of a graph on a dark and on a light ground."""

from dataclasses import replace

import numpy as np
import pytest

from app.analysis.colours import DIVERGING, DIVERGING_ON_LIGHT, ON_DARK, ON_LIGHT
from app.palette import DARK, LIGHT
from app.views.network import scene_colours


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """What was worked out before would be told again, whatever is worked out now."""
    scene_colours._is_light.cache_clear()
    scene_colours.background_rgb.cache_clear()


def test_that_a_ground_is_light_where_it_is_nearer_to_white() -> None:
    assert scene_colours.is_light(LIGHT) and not scene_colours.is_light(DARK)
    for background, is_light in (("#808080", True), ("#7f7f7f", False)):
        assert scene_colours.is_light(replace(DARK, background=background)) is is_light


@pytest.mark.parametrize("is_light", [False, True])
def test_that_colours_are_those_of_the_present_ground(is_light: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene_colours, "active", lambda: LIGHT if is_light else DARK)
    assert scene_colours.scene_colours() is (ON_LIGHT if is_light else ON_DARK)
    assert scene_colours.diverging_table() is (DIVERGING_ON_LIGHT if is_light else DIVERGING)


def test_that_a_ground_is_its_red_green_and_blue() -> None:
    rgb = scene_colours.background_rgb("#102030")
    assert (rgb.dtype, rgb.tolist()) == (np.float32, [16, 32, 48])
