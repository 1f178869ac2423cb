"""Of which gradients the curves tell: what is chosen is down, and what a run lacks is passed over."""

import pytest
from pytestqt.qtbot import QtBot

from app.views.gradients.analysis.dynamics import DynamicsOptions, Offer
from app.views.gradients.dynamics_choices import AVERAGE, COUNTS, FRACTIONS, RAW, DynamicsChoices

EVERYTHING = Offer(("1e-07", "1e-05"), ("conv1", "fc1"), has_average=True)


@pytest.fixture
def choices(qtbot: QtBot) -> DynamicsChoices:
    choices = DynamicsChoices()
    qtbot.addWidget(choices)
    choices.show_offer(EVERYTHING)
    return choices


def down(choices: DynamicsChoices) -> list[str]:
    rows = (choices.threshold_choice, choices.averaged_choice, choices.fraction_choice)
    return [name for row in rows for name, button in row.buttons.items() if button.isChecked()]


def test_that_what_is_chosen_is_down_from_the_beginning(choices: DynamicsChoices) -> None:
    assert down(choices) == ["1e−5", RAW, FRACTIONS]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("1e−7", DynamicsOptions(threshold="1e-07")),
        (AVERAGE, DynamicsOptions(threshold="1e-05", is_averaged=True)),
        (COUNTS, DynamicsOptions(threshold="1e-05", are_fractions=False)),
    ],
)
def test_that_a_click_chooses_and_is_told_of_once(
    choices: DynamicsChoices, name: str, expected: DynamicsOptions
) -> None:
    told: list[None] = []
    choices.changed.connect(lambda: told.append(None))
    rows = (choices.threshold_choice, choices.averaged_choice, choices.fraction_choice)
    next(row.buttons[name] for row in rows if name in row.buttons).click()
    assert choices.options == expected
    assert name in down(choices)
    assert len(told) == 1


def test_that_what_a_run_lacks_is_passed_over_and_taken_up_again(choices: DynamicsChoices) -> None:
    choices.threshold_choice.buttons["1e−7"].click()
    choices.averaged_choice.buttons[AVERAGE].click()
    choices.show_offer(Offer(("1e-05",), ("fc1",), has_average=False))
    assert down(choices) == ["1e−5", RAW, FRACTIONS]
    choices.show_offer(EVERYTHING)
    assert down(choices) == ["1e−7", AVERAGE, FRACTIONS]


def test_that_each_way_of_counting_says_what_it_is(choices: DynamicsChoices) -> None:
    tips = [choices.averaged_choice.buttons[name].toolTip() for name in (RAW, AVERAGE)]
    tips += [choices.fraction_choice.buttons[name].toolTip() for name in (COUNTS, FRACTIONS)]
    assert all(tips)
    assert len(set(tips)) == 4


def test_that_each_layer_can_be_compared_where_there_are_several(choices: DynamicsChoices) -> None:
    told: list[None] = []
    choices.changed.connect(lambda: told.append(None))
    choices.each_box.click()
    assert choices.compared == ("conv1", "fc1")
    assert len(told) == 1
    choices.show_offer(Offer(("1e-05",), ("fc1",), has_average=False))
    assert not choices.each_box.isEnabled()
