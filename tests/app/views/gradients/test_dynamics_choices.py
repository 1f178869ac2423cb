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


def test_that_choices_say_what_they_are_in_whole_sentences(choices: DynamicsChoices) -> None:
    rows = (choices.averaged_choice, choices.fraction_choice)
    assert [(name, button.toolTip()) for row in rows for name, button in row.buttons.items()] == [
        ("raw", "Counted on the gradients as they were"),
        ("moving average", "Counted on the gradients and weights averaged with m ← 0.9 m + 0.1 x"),
        ("counts", "How many gradients"),
        ("fractions", "Shares, which layers of any size have in common"),
    ]
    assert choices.each_box.text() == "each layer"
    assert choices.each_box.toolTip() == "A thin line for each layer, to compare; the chosen one is strong"
    assert choices.layer_box.accessibleName() == "Of which gradients the curves tell"
    choices.show_offer(Offer(("1e-05",), ("fc1", "fc2"), has_average=False))
    assert choices.averaged_choice.buttons[AVERAGE].toolTip() == (
        "Not recorded. An average needs every step: it is recorded with --insight_interval 1."
    )
    assert choices.averaged_choice.buttons[RAW].isEnabled()
    assert choices.each_box.isEnabled()


def test_that_the_layers_compared_are_those_beside_the_chosen_one(choices: DynamicsChoices) -> None:
    assert choices.compared == ()
    choices.each_box.click()
    choices.choose(layer="fc1")
    assert choices.compared == ("conv1",)
    told: list[None] = []
    choices.changed.connect(lambda: told.append(None))
    choices.choose(layer="fc1")
    assert not told, "nothing has changed"


def test_that_a_layer_is_asked_for_and_the_whole_model_is_none(choices: DynamicsChoices) -> None:
    asked: list[str] = []
    choices.layer_chosen.connect(asked.append)
    for number, layer in ((1, "conv1"), (0, "total"), (2, "fc1")):
        choices.layer_box.setCurrentIndex(number)
        choices.layer_box.activated.emit(number)
        assert choices.options.layer == layer
    assert asked == ["conv1", "fc1"]


def test_that_before_there_is_a_run_what_is_chosen_is_kept_for_it(qtbot: QtBot) -> None:
    choices = DynamicsChoices()
    qtbot.addWidget(choices)
    choices.choose(threshold="1e-07", are_fractions=False, is_averaged=True, layer="conv1")
    assert choices.options == DynamicsOptions()
    choices.show_offer(EVERYTHING)
    assert choices.options == DynamicsOptions("conv1", "1e-07", True, False)
