"""How wide a plot of the timeline is at the least, which values its axis takes in, and when it has a log scale."""

from typing import Any

import numpy as np
import pytest
from PyQt6.QtWidgets import QWIDGETSIZE_MAX
from pytestqt.qtbot import QtBot

from app.analysis.curve import Curve
from app.views.timeline.analysis.clocks import Clocks
from app.views.timeline.clock_card import ClockCard
from app.views.timeline.curve_card import CurveCard
from app.widgets.value_axis import WIDTH_PX
from tests.app.views.timeline.made_up_curves import NO_EPOCHS, curve

LEAST_PX, CLOCKS_LEAST_PX = 230, 260


def card_of(qtbot: QtBot, name: str = "loss", *values: float, dots: tuple[float, ...] = (), **more: Any) -> CurveCard:
    card = CurveCard(name)
    qtbot.addWidget(card)
    card.resize(400, 160)
    card.show()
    if values:
        card.show_curve(curve(list(values), *dots, name=name), 9, NO_EPOCHS, **more)
    return card


def test_that_a_plot_is_as_wide_as_its_heading_wants_and_never_narrower_than_can_be_read(qtbot: QtBot) -> None:
    short, long = card_of(qtbot, "f1"), card_of(qtbot, f"gradient_norm/{'a_block_of_many' * 4}")
    assert short.least_px() == LEAST_PX
    for card in (short, long):
        buttons = card.log_button.sizeHint().width() + card.close_button.sizeHint().width()
        assert card.least_px() == max(LEAST_PX, 8 + card.heading_line.wanted_px() + buttons + 3 * 4)
    assert long.least_px() > LEAST_PX


@pytest.mark.parametrize("is_small", [False, True])
def test_that_a_plot_has_room_for_buttons_that_are_not_its_own_and_one_of_words_takes_no_more(
    qtbot: QtBot, is_small: bool
) -> None:
    card = card_of(qtbot)
    card.is_small = is_small
    for extra in (0, 70):
        card.fit(extra)
        least = card.least_px() + extra
        assert (card.minimumWidth(), card.maximumWidth()) == (least, least if is_small else QWIDGETSIZE_MAX)


def test_that_clocks_are_as_wide_as_their_legend_wants(qtbot: QtBot) -> None:
    card = ClockCard()
    qtbot.addWidget(card)
    assert card.least_px() == card.minimumWidth() == CLOCKS_LEAST_PX
    names = tuple(f"the_optimizer_of_part_{number}" for number in range(3))
    steps = np.arange(10)
    card.show_clocks(Clocks(names, steps, np.array([steps + 1, steps, steps // 2], float)), 9, NO_EPOCHS)
    assert card.least_px() == WIDTH_PX + 3 * 4 + card.legend.wanted_px() > CLOCKS_LEAST_PX
    card.fit(50)
    assert card.minimumWidth() == card.least_px() + 50


def told(card: ClockCard) -> list[str]:
    return [f"{each.label} {each.figure}".strip() for each in card.legend.entries]


def test_that_clocks_tell_nothing_that_is_not_known(qtbot: QtBot) -> None:
    card = ClockCard()
    qtbot.addWidget(card)
    steps = np.arange(3, 13)
    clocks = Clocks(("a", "b"), steps, np.array([1200 * (steps - 2), (steps - 2) // 5], float))
    card.show_clocks(clocks, 12, NO_EPOCHS)
    for step, words in (
        (2, ["Updates", "a ×6000", "b ×1"]),
        (3, ["Updates", "a ×6000", "b ×1", "updates at the playhead: 1,200, 0"]),
        (12, ["Updates", "a ×6000", "b ×1", "updates at the playhead: 12,000, 2"]),
    ):
        card.show_step(step)
        assert told(card) == words
    card.plot.show_range((7.5, 11.5))
    card.count_from_left()
    assert told(card)[1:3] == ["a", "b"], "one of them makes no update there"
    assert card.plot.lines[0].values[-1] == 1200 * 5, "it counts from step 8 on"
    card.show_clocks(None, 12, NO_EPOCHS)
    assert not any(len(each.steps) for each in card.plot.lines)


def axis(card: CurveCard) -> tuple[float, float]:
    low, high = card.plot.getPlotItem().vb.viewRange()[1]
    return low, high


@pytest.mark.parametrize(("name", "begins_at_0"), [("loss", True), ("critic_loss", True), ("reward", False)])
def test_that_the_axis_of_a_loss_begins_at_0(qtbot: QtBot, name: str, begins_at_0: bool) -> None:
    low, high = axis(card_of(qtbot, name, 5.0, 6.0))
    assert (low <= 0) == begins_at_0
    assert 6 <= high < 7


@pytest.mark.parametrize(
    ("values", "dots", "is_whole"),
    [
        ((0.5, 0.6), (), True),
        ((0.0, 1.0), (), True),
        ((0.5, 0.6), (0.0, 1.0), True),
        ((0.5, 1.001), (), False),
        ((-0.001, 0.5), (), False),
        ((0.5, 0.6), (1.001,), False),
        ((0.5, 0.6), (-0.001,), False),
    ],
)
def test_that_the_axis_of_an_accuracy_is_from_0_to_1_where_all_of_it_is_a_share(
    qtbot: QtBot, values: tuple[float, ...], dots: tuple[float, ...], is_whole: bool
) -> None:
    shown, as_any = (axis(card_of(qtbot, name, *values, dots=dots)) for name in ("accuracy", "share"))
    assert (shown == pytest.approx(axis(card_of(qtbot, "accuracy", 0.0, 1.0)))) == is_whole
    assert is_whole or shown == pytest.approx(as_any)


@pytest.mark.parametrize(
    ("own", "of_b", "can_be"),
    [
        ([-1.0, 0.0], None, False),
        ([-1.0, 1e-9], None, True),
        ([-1.0], [2.0], True),
        ([-1.0], [-2.0], False),
        (None, [2.0], True),
        (None, None, False),
    ],
)
def test_that_a_log_scale_is_offered_where_any_value_is_above_0(
    qtbot: QtBot, own: list[float] | None, of_b: list[float] | None, can_be: bool
) -> None:
    card = card_of(qtbot)
    a, b = (None if each is None else curve(each) for each in (own, of_b))
    card.show_curve(a, 9, NO_EPOCHS, of_b=b, names=("a", "b"))
    assert card.log_button.isEnabled() == can_be


def test_that_where_there_is_no_value_no_figure_is_told(qtbot: QtBot) -> None:
    card = card_of(qtbot, "loss", 2.0, 1.0)
    card.show_step(1)
    assert card.heading_line.figure == "1"
    for shown in (None, curve([])):
        for is_following in (False, True):
            card.heading_line.show_figure("old")
            card.show_curve(shown, 9, NO_EPOCHS)
            card.show_step(1, is_following=is_following)
            assert card.heading_line.figure == ""
            assert card.columns == ([] if shown is None else [shown])
    late = curve([2.0, 1.0])
    late = Curve(**{**vars(late), "steps": np.array([5, 1200])})
    card.show_curve(late, 1200, NO_EPOCHS)
    card.show_step(0, is_following=True)
    assert card.heading_line.figure == "1 at step 1,200"


def test_that_a_heading_begins_above_the_plot_itself_as_soon_as_all_of_it_has_room_there(qtbot: QtBot) -> None:
    card = card_of(qtbot, "loss", 2.0, 1.0)
    card.show_step(1)
    line = card.heading_line
    whole = card.minimumWidth() + WIDTH_PX + line.whole_px() - line.wanted_px()
    for width, left in ((whole, WIDTH_PX + 4), (whole - 1, 8), (whole + 1, WIDTH_PX + 4)):
        card.resize(width, 160)
        assert card.heading.contentsMargins().left() == left


def test_that_a_heading_takes_its_place_anew_when_buttons_come_that_are_not_its_own(qtbot: QtBot) -> None:
    card = card_of(qtbot, "loss", 2.0, 1.0)
    card.show_step(1)
    line = card.heading_line
    whole = card.minimumWidth() + WIDTH_PX + line.whole_px() - line.wanted_px()
    card.resize(whole + 20, 160)
    lefts = []
    for extra in (0, 20, 21, 0):
        card.fit(extra)
        lefts.append(card.heading.contentsMargins().left())
    assert lefts == [WIDTH_PX + 4, WIDTH_PX + 4, 8, WIDTH_PX + 4]


def test_that_a_heading_takes_its_place_anew_when_it_has_more_to_tell(qtbot: QtBot) -> None:
    card = card_of(qtbot, "loss", 2.0, 1.0)
    line = card.heading_line
    card.show_step(1)
    card.resize(card.minimumWidth() + WIDTH_PX + line.whole_px() - line.wanted_px(), 160)
    lefts = []
    for values in ([2.0, 1.0], [2.0, np.nan], [2.0, 1.0]):
        card.show_curve(curve(values), 9, NO_EPOCHS)
        card.show_step(1)
        lefts.append(card.heading.contentsMargins().left())
    assert lefts == [WIDTH_PX + 4, 8, WIDTH_PX + 4]


@pytest.mark.parametrize(
    ("own", "of_b", "message"),
    [
        (curve([1.0]), None, ""),
        (curve([], name="loss"), None, "no value yet"),
        (Curve("loss", np.zeros(0, int), np.zeros(0), dot_steps=np.array([3]), dots=np.array([0.5])), None, ""),
        (curve([]), curve([1.0]), ""),
        (None, curve([1.0]), ""),
        (None, curve([]), "no value yet"),
    ],
)
def test_that_a_plot_says_that_it_is_empty_where_there_is_neither_a_value_nor_a_dot(
    qtbot: QtBot, own: Curve | None, of_b: Curve | None, message: str
) -> None:
    card = card_of(qtbot)
    card.show_curve(own, 9, NO_EPOCHS, of_b=of_b, names=("a", "b"))
    assert card.plot.message == message
