"""What a plot of near-zero gradients says: its tooltip, its figures, its columns of a table."""

from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.analysis.curve import Measured
from app.analysis.two_curves import TwoCurves
from app.views.gradients.analysis.dynamics import PLOTS, DynamicsOptions
from app.views.gradients.dynamics_card import DynamicsCard

STEPS = np.arange(10)
FRACTIONS = DynamicsOptions(threshold="1e-05")
COUNTS = DynamicsOptions(threshold="1e-05", are_fractions=False)


def curve(*values: float, name: str = "it", **given: Any) -> Measured:
    return Measured(name, np.arange(len(values)), np.array(values, float), **given)


def two(own: Measured, other: Measured) -> TwoCurves:
    return TwoCurves(own, other, own, other)


@pytest.fixture
def cards(qtbot: QtBot) -> list[DynamicsCard]:
    cards = [DynamicsCard(kind) for kind in PLOTS]
    for card in cards:
        qtbot.addWidget(card)
        card.resize(900, 150)
    return cards


def show(card: DynamicsCard, *curves: Measured | None, options: DynamicsOptions = FRACTIONS, **given: Any) -> str:
    curves += (None,) * (len(card.kind.curves) - len(curves))
    card.show_curves(curves, options, given.pop("others", {}), 10, np.zeros(0), np.zeros(0), **given)
    card.show_step(1)
    return card.legend.accessibleName()


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        (0, FRACTIONS, "Near zero 0.25, fraction"),
        (0, COUNTS, "Near zero 0.25, parameters"),
        (3, FRACTIONS, "Minima 0.25, fraction"),
        (3, COUNTS, "Minima 0.25, parameters"),
        (4, FRACTIONS, "Mean weight change 0.25"),
        (5, FRACTIONS, "Angle to the last gradient 0.25°"),
    ],
)
def test_that_a_curve_has_its_figure_and_its_unit(
    cards: list[DynamicsCard], kind: int, options: DynamicsOptions, words: str
) -> None:
    assert show(cards[kind], curve(0.5, 0.25), options=options) == words
    assert cards[kind].plot.accessibleName() == f"Over the steps: {words}"
    assert cards[kind].log_button.accessibleName() == f"Log scale for {PLOTS[kind].curves[0].label}"
    assert cards[kind].log_button.toolTip() == "Log scale"
    assert cards[kind].log_button.isChecked() == (kind == 4)


def test_that_two_curves_have_a_figure_each_and_what_is_not_recorded_has_none(cards: list[DynamicsCard]) -> None:
    assert show(cards[1], curve(1, 0.5), curve(0, 0.125)) == "Released 0.5, Retained 0.125, fraction"
    assert show(cards[1], None, curve(0, 0.125)) == "Retained 0.125, fraction"
    assert show(cards[1], None, None) == "Released"
    assert show(cards[1], curve(1234, 1234567), options=COUNTS) == "Released 1,234,567, parameters"


def test_that_of_many_values_it_is_said_what_is_bold(cards: list[DynamicsCard]) -> None:
    words = show(cards[0], curve(*np.linspace(0, 1, 3000)))
    assert words == "Near zero 0.000333, fraction, bold: mean of 60 values"


def test_that_beside_other_layers_only_the_first_curve_is_shown(cards: list[DynamicsCard]) -> None:
    words = show(cards[1], curve(1, 0.5), curve(0, 0.125), others={"fc2": curve(1, 1)})
    assert words == "Released 0.5, fraction"
    assert cards[1].curves[1] is None
    assert cards[1].plot.others[1].tolist() == [[1, 1]]


def test_that_two_runs_have_both_figures_and_how_they_differ(cards: list[DynamicsCard]) -> None:
    one, other = curve(1, 0.5, name="x"), curve(1, 0.75, name="x")
    assert show(cards[0], one, twos=[two(one, other)], names=("usual", "faster")) == (
        "Near zero · usual 0.5, faster 0.75, +0.25, fraction"
    )
    assert show(cards[0], one, twos=[two(one, one)], names=("usual", "faster")) == (
        "Near zero · usual 0.5, faster 0.5, the same, fraction"
    )
    assert show(cards[1], one, one, twos=[two(one, other)] * 2, names=("usual", "faster")) == (
        "Released 0.5 | 0.75, Retained 0.5 | 0.75, usual | faster, dashed, fraction"
    )
    held = [TwoCurves(one, None)] * 2
    assert show(cards[1], one, one, twos=held, names=("step 0", "this pass")) == (
        "Released 0.5 | –, Retained 0.5 | –, step 0 | this pass, fraction"
    )
    assert [each.name for each in cards[0].columns] == ["a:x", "b:x", "b-a:x"]
    show(cards[0], one)
    assert [each.name for each in cards[0].columns] == ["x"]
    assert cards[0].plot.accessibleName() == "Over the steps: Near zero 0.5, fraction"


SENTENCES = {
    0: "Near-zero fraction: Share of the gradients that are near zero.",
    3: "Minima: Flipped near zero with weight and gradient changing in the same direction: a minimum was crossed. "
    "As a share of the flips inside the retained. "
    "Maxima: Flipped near zero with weight and gradient changing in opposite directions: a maximum was crossed. "
    "As a share of the flips inside the retained.",
    5: "Angle to the last gradient: Between this gradient and that of the step before: 0 the same way, 90 unrelated, "
    "180 back again. Angle to the first moment: Between this gradient and the optimizer's first moment.",
}


@pytest.mark.parametrize("kind", SENTENCES)
def test_that_the_tooltip_has_a_sentence_for_each_curve(cards: list[DynamicsCard], kind: int) -> None:
    show(cards[kind], curve(0.5, 0.25))
    tip = cards[kind].legend.toolTip()
    assert tip == cards[kind].plot.toolTip()
    assert " ".join(tip.split()) == SENTENCES[kind]
    show(cards[kind], curve(0.5, 0.25), options=COUNTS)
    assert "As a share" not in cards[kind].legend.toolTip()


def test_that_nothing_is_said_while_nothing_is_open(cards: list[DynamicsCard]) -> None:
    one = curve(1, 0.5)
    show(cards[0], one, twos=[two(one, one)], names=("usual", "faster"))
    cards[0].show_nothing()
    assert cards[0].legend.entries == ()
    assert cards[0].columns == []
    assert (cards[0].plot.message, cards[0].plot.accessibleName()) == ("", "Over the steps")


def test_that_where_there_is_room_the_legend_begins_above_the_plot_itself(cards: list[DynamicsCard]) -> None:
    card = cards[0]
    show(card, curve(1, 0.5))
    card.show()
    assert card.legend.x() == pytest.approx(card.plot.getPlotItem().vb.sceneBoundingRect().left(), abs=8)
    card.resize(235, 150)
    show(card, curve(1, 0.5), twos=[two(curve(1, 0.5), curve(1, 1))], names=("a long name", "another"))
    assert card.heading.contentsMargins().left() == 8
