"""What the heading of a curve tells, in whole words, of one run and of two."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.analysis.curve import Curve
from app.analysis.scalar_names import parse
from app.analysis.two_curves import TwoCurves, of_two_runs
from app.views.timeline.curve_card import CurveCard
from app.views.timeline.panel import TimelinePanel
from collector.comparing import Alignment
from collector.comparing.noise import Band
from collector.storage.schema import Metric
from tests.app.views.timeline.made_up_curves import NO_EPOCHS, curve

NAN = np.nan


def two_of(a: Curve | None, b: Curve | None) -> TwoCurves:
    pair: Any = SimpleNamespace(alignment=Alignment(None, None, "step", 0))  # type: ignore[arg-type]
    return of_two_runs(pair, a, b, 9)


@pytest.fixture
def card(qtbot: QtBot) -> CurveCard:
    card = CurveCard("loss")
    qtbot.addWidget(card)
    return card


SPIKE = [*np.ones(399), 9.0, *np.ones(800)]


@pytest.mark.parametrize(
    ("shown", "about"),
    [
        (curve([2.0, 1.0]), ""),
        (curve([2.0, NAN, np.inf]), "✕ 2 NaN or Inf"),
        (curve([2.0, NAN], is_missing=np.array([False, True])), "○ 1 without a gradient"),
        (curve([2.0, 1.0], is_estimate=True), "estimate"),
        (curve(list(np.ones(1_200))), "bold: mean of 24 values, faint: each"),
        (curve(SPIKE), "bold: mean of 24 values without spikes, faint: each · ▲ 9 at step 399"),
    ],
)
def test_that_it_is_said_what_is_drawn(card: CurveCard, shown: Curve, about: str) -> None:
    card.show_curve(shown, 9, NO_EPOCHS)
    assert card.heading_line.about == about


def test_that_a_unit_stands_before_what_is_drawn(card: CurveCard) -> None:
    card.show_name(parse("own", {"own": Metric("own", "My own", "", "mm")}))
    card.show_curve(curve([2.0, NAN], name="own"), 9, NO_EPOCHS)
    assert card.heading_line.about == "mm · ✕ 1 NaN or Inf"


@pytest.mark.parametrize(
    ("a", "b", "noise", "about", "figure", "dots"),
    [
        (curve([2.0, 1.0]), curve([2.0, 1.5]), None, "A — x, B ╌ y", "A 1 · B 1.5 · +0.5", ""),
        (curve([2.0, 1.0]), curve([2.0, 1.0]), None, "the same in x and y", "A 1 · B 1 · the same", ""),
        (curve([2.0, 1.0]), None, None, "A x, B y", "A 1", ""),
        (None, curve([2.0, 1.5], 0.5), None, "A — x (not recorded), B ╌ y", "B 1.5", "B 0.5"),
        (curve([2.0, 1.0], 0.25), curve([1.0], 0.5), None, "A — x, B ╌ y", "A 1", "A 0.25 · B 0.5"),
        (
            curve([2.0, 1.0]),
            curve([2.0, 1.5]),
            Band(np.arange(2), np.zeros(2), np.ones(2)),
            "A — x, B ╌ y · band: where one more repeat of A lies",
            "A 1 · B 1.5 · +0.5",
            "",
        ),
    ],
)
def test_that_of_two_runs_it_is_said_which_is_which(
    card: CurveCard, a: Curve | None, b: Curve | None, noise: Band | None, about: str, figure: str, dots: str
) -> None:
    card.show_curve(a, 9, NO_EPOCHS, two=two_of(a, b), of_b=b, names=("x", "y"), noise=noise)
    card.show_step(1)
    assert card.heading_line.about == about
    assert card.heading_line.figure == figure
    assert card.heading_line.dot == dots
    assert card.heading_line.dot_name == ("test set" if dots else "")


@pytest.mark.parametrize(("name", "dot_name"), [("loss", "test set"), ("test_loss", ""), ("train_loss", "")])
def test_that_dots_are_those_of_the_test_set_unless_the_curve_is_of_it(qtbot: QtBot, name: str, dot_name: str) -> None:
    card = CurveCard(name)
    qtbot.addWidget(card)
    card.show_curve(curve([2.0, 1.0], 0.5, name=name), 9, NO_EPOCHS)
    card.show_step(1)
    assert (card.heading_line.dot_name, card.heading_line.dot) == (dot_name, "0.5" if dot_name else "")


def test_that_buttons_say_what_they_do_and_to_what(card: CurveCard) -> None:
    told = [(each.text(), each.toolTip(), each.accessibleName()) for each in (card.log_button, card.close_button)]
    assert told == [
        ("log", "Log scale for Loss", "Log scale for Loss"),
        ("✕", "Close Loss", "Close Loss"),
    ]
    card.show_curve(curve([2.0, 1.0]), 9, NO_EPOCHS)
    card.show_step(1)
    assert card.plot.accessibleName() == "Loss · 1"


def test_that_a_card_for_the_curves_of_no_run_says_what_to_do(card: CurveCard) -> None:
    card.show_curve(curve([2.0]), 9, NO_EPOCHS)
    card.show_nothing()
    assert card.plot.message == "open a collection to see its curves"
    assert not card.log_button.isEnabled()
    assert all(len(each.steps) == 0 for each in card.plot.lines)


@pytest.mark.parametrize(
    ("name", "colours"), [("loss", "loss"), ("test_loss", "loss"), ("train_accuracy", "accuracy"), ("f1", "bar")]
)
def test_that_loss_and_accuracy_have_colours_of_their_own_and_b_another(qtbot: QtBot, name: str, colours: str) -> None:
    card = CurveCard(name)
    qtbot.addWidget(card)
    styles = card.plot._styles
    assert [each.colour for each in styles] == [colours, colours, "text", "second", "second", "second"]


def test_that_what_all_curves_share_says_what_it_does(qtbot: QtBot) -> None:
    panel = TimelinePanel()
    qtbot.addWidget(panel)
    told = {each.text(): each.toolTip() for each in (panel.why_button, panel.add_button)}
    assert told == {
        "Why here?": "Who moved first around the playhead (Y)",
        "+ Curve": "Show another scalar of the run",
    }
    assert panel.nothing_label.text() == "No curve is chosen. Add one with “+ Curve”."
    assert not panel.why_button.isEnabled()
