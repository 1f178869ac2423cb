"""The map of two runs and the strip below it: what is marked in them, and which steps they show."""

from collections.abc import Callable

import pytest
from PyQt6.QtCore import QPointF, Qt

from app.palette import active
from app.replay.comparing import Side
from app.widgets.heat_map import LEFT_PX, HeatMap
from tests.app import pointer
from tests.app.painted import painted
from tests.app.views.compare.looking import enter, panel, read
from tests.app.whole_run import PASS_STEPS, STEPS
from tests.app.wiring.user import User

NEAR_PX = 2


def turn_wheel(heat_map: HeatMap, step: float, notches: int) -> None:
    pointer.turn_wheel(heat_map, QPointF(heat_map._x_of(step), 5), notches)


def marked(user: User) -> list[str]:
    """The layers whose names stand out of the map."""
    text = active().text
    return [each.text for each in painted(panel(user).heat_map).words if each.colour == text]


def click_row(user: User, layer: str, step: float) -> None:
    heat_map = panel(user).heat_map
    assert heat_map.heat is not None
    row = heat_map.heat.layers.index(layer)
    user.click(heat_map, QPointF(heat_map._x_of(step), (row + 0.5) * heat_map.height() / len(heat_map.heat.layers)))


def test_that_the_row_of_the_chosen_layer_stands_out_on_whichever_side(user: User) -> None:
    user.session.change_comparing(layers={"fc1": "fc2", "fc2": None})
    for side, chosen, seen in ((Side.DIFFERENCE, "conv1", ["conv1"]), (Side.B, "fc2", ["fc1"]), (Side.B, "fc1", [])):
        user.session.show_side(side)
        user.session.select_layer(chosen)
        assert marked(user) == seen


def test_that_the_playhead_stands_at_its_step_in_both(user: User) -> None:
    for number, step in enumerate(PASS_STEPS):
        user.session.show_pass(number)
        for shown in (panel(user).heat_map, panel(user).strip):
            lines = painted(shown).lines(active().hovered)
            assert [each.place.center().x() for each in lines] == [pytest.approx(shown._x_of(step), abs=NEAR_PX)]


def test_that_the_stretch_that_the_playhead_is_in_has_a_colour_of_its_own(user: User) -> None:
    user.session.show_pass(0)
    assert not painted(panel(user).strip).areas(active().bar)
    user.press(Qt.Key.Key_F9)
    assert len(painted(panel(user).strip).areas(active().bar)) == 1


def test_that_both_begin_with_the_whole_run_of_a(user: User) -> None:
    for shown in (panel(user).heat_map, panel(user).strip):
        assert shown._x_of(0) == LEFT_PX
        assert shown._x_of(STEPS) < shown.width() < shown._x_of(1.2 * STEPS)


def by_key(user: User) -> None:
    user.press(Qt.Key.Key_F)


def by_button(user: User) -> None:
    user.click(panel(user).everything_button)


@pytest.mark.parametrize("show_all", [by_key, by_button])
def test_that_both_are_zoomed_together_and_shown_whole_again(user: User, show_all: Callable[[User], None]) -> None:
    shown = panel(user)
    places = lambda step: [each._x_of(step) for each in (shown.heat_map, shown.strip)]  # noqa: E731
    whole = places(0)
    turn_wheel(shown.heat_map, 6, 4)
    assert all(now < before for now, before in zip(places(0), whole, strict=True))
    assert len(set(places(0))) == 1
    user.choose(shown.measure_box, "weight_norm")
    assert places(0) != whole, "another measure is looked at closely as well"
    show_all(user)
    assert places(0) == whole
    assert shown.everything_button.isHidden()


def click_map(user: User) -> None:
    click_row(user, "fc1", 6)


def click_entry(user: User) -> None:
    enter(user, read(user, "Layers").index("conv1"))


@pytest.mark.parametrize("go", [click_map, click_entry])
def test_that_who_goes_somewhere_from_b_sees_how_both_differ_there(user: User, go: Callable[[User], None]) -> None:
    user.session.show_side(Side.B)
    go(user)
    assert user.session.side is Side.DIFFERENCE
