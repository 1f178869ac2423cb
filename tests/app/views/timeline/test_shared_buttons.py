"""Where the buttons that all curves share stand, what they ask for, and which cards are kept."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.views.timeline.curve_card import CurveCard
from app.views.timeline.panel import TimelinePanel
from collector.comparing.noise import Band
from tests.app.growing_run import GrowingRun
from tests.app.made_up_findings import DEAD

N = 200
FALLING = np.linspace(2, 0.1, N)
SPACE_PX = 10
"""Between two plots."""


@pytest.fixture
def run() -> GrowingRun:
    return GrowingRun().grow(loss=FALLING, accuracy=FALLING / 2, gradient_norm__fc1=FALLING)


@pytest.fixture
def panel(show: Callable[..., None], run: GrowingRun) -> TimelinePanel:
    panel = TimelinePanel()
    show(panel, 1200, 190)
    panel.show_collection(run)  # type: ignore[arg-type]
    panel.show_step(30)
    return panel


def shared(panel: TimelinePanel) -> QWidget:
    """What the buttons stand in."""
    parent = panel.add_button.parentWidget()
    assert parent is not None
    return parent


def is_in(panel: TimelinePanel, card: QWidget) -> bool:
    return card.isAncestorOf(panel.add_button)


def test_that_the_buttons_stand_in_the_last_heading_as_long_as_every_plot_has_its_room(panel: TimelinePanel) -> None:
    panel.choose(["loss", "accuracy", "gradient_norm/fc1"])
    needed = sum(card.least_px() + SPACE_PX for card in panel.cards) + shared(panel).sizeHint().width()
    for width, fits in ((needed, True), (needed - 1, False), (needed + 1, True)):
        panel.resize(width, 190)
        assert [is_in(panel, card) for card in panel.cards] == [False, False, fits]
        own = [card.minimumWidth() - card.least_px() for card in panel.cards]
        assert own == [0, 0, shared(panel).sizeHint().width() if fits else 0]


def test_that_clocks_have_the_buttons_where_they_stand_last(panel: TimelinePanel) -> None:
    made = np.arange(1, N + 1)
    panel.show_collection(GrowingRun().grow(critic_loss=FALLING, updates__a=made, updates__b=made // 5))  # type: ignore[arg-type]
    assert is_in(panel, panel.clock_card)
    assert panel.clock_card.minimumWidth() == panel.clock_card.least_px() + shared(panel).sizeHint().width()
    panel.show_collection(GrowingRun().grow(critic_loss=FALLING))  # type: ignore[arg-type]
    assert is_in(panel, panel.cards[-1])


def test_that_the_last_plot_has_room_for_the_button_that_shows_the_whole_run_while_it_is_there(
    panel: TimelinePanel,
) -> None:
    before = panel.cards[-1].minimumWidth()
    panel.show_range((20.0, 60.0))
    button = panel.everything_button
    assert panel.cards[-1].minimumWidth() == before + button.sizeHint().width() + 2
    panel.show_range(None)
    assert panel.cards[-1].minimumWidth() == before


def test_that_without_a_curve_there_is_no_button_for_the_whole_run(panel: TimelinePanel, qtbot: QtBot) -> None:
    panel.show_range((20.0, 60.0))
    assert panel.everything_button.isVisible()
    panel.choose([])
    qtbot.waitUntil(panel.add_button.isVisible)
    assert not panel.everything_button.isVisible()
    assert panel.nothing_label.isVisible()


def test_that_who_asks_why_asks_at_the_playhead_or_at_the_step_pointed_at(panel: TimelinePanel) -> None:
    why: list[float] = []
    steps: list[float] = []
    places: list[QPoint] = []
    panel.why_requested.connect(why.append)
    panel.step_requested.connect(steps.append)
    panel.step_menu.popup = places.append  # type: ignore[method-assign]  # there is no screen for it
    panel.why_button.click()
    assert why == [30]
    for _ in range(2):
        panel.plots[0].menu_requested.emit(1234.6, QPoint(5, 7))
    asks, goes = panel.step_menu.actions()
    assert (asks.text(), goes.text()) == ("Why here? Who moved first around step 1,235", "Go to step 1,235")
    asks.trigger()
    goes.trigger()
    assert (why, steps, places) == ([30, 1234.6], [1234.6], [QPoint(5, 7)] * 2)


def test_that_why_can_be_asked_once_a_run_is_open(qtbot: QtBot, run: GrowingRun) -> None:
    panel = TimelinePanel()
    qtbot.addWidget(panel)
    assert not panel.why_button.isEnabled()
    assert not any(card.is_small for card in panel.cards), "nothing is lacking yet"
    panel.show_collection(run)  # type: ignore[arg-type]
    assert panel.why_button.isEnabled()


def test_that_cards_of_curves_that_stay_are_kept_and_the_others_are_gone(panel: TimelinePanel) -> None:
    loss, accuracy = panel.cards
    panel.choose(["gradient_norm/fc1", "loss"])
    assert panel.cards[1] is loss
    assert not accuracy.isVisible()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert set(panel.findChildren(CurveCard)) == set(panel.cards)
    assert [card.x() for card in panel.cards] == sorted(card.x() for card in panel.cards)


def test_that_each_curve_is_drawn_once_for_a_run_and_not_again_when_another_is_chosen(
    panel: TimelinePanel, run: GrowingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    usual = CurveCard.show_curve
    monkeypatch.setattr(CurveCard, "show_curve", lambda self, *a, **b: (drawn.append(self.name), usual(self, *a, **b)))
    panel.show_collection(run)  # type: ignore[arg-type]
    assert drawn == ["loss", "accuracy"]
    panel.choose(["loss", "gradient_norm/fc1"])
    assert drawn[2:] == ["gradient_norm/fc1"]
    panel.show_collection(GrowingRun().grow(d_loss=FALLING))  # type: ignore[arg-type]
    assert drawn[3:] == ["d_loss"]


def test_that_a_curve_is_asked_for_beside_the_chosen_ones_once_and_where_it_was_recorded(panel: TimelinePanel) -> None:
    changes: list[None] = []
    panel.chosen_changed.connect(lambda: changes.append(None))

    def names() -> list[str]:
        return [card.name for card in panel.cards]

    for asked, shown in (
        ("gradient_norm/fc1", ["loss", "accuracy", "gradient_norm/fc1"]),
        ("loss", ["loss", "accuracy"]),
        ("no/such", ["loss", "accuracy"]),
        (None, ["loss", "accuracy"]),
    ):
        panel.show_asked(asked)
        assert names() == shown
    panel.show_asked("gradient_norm/fc1")
    panel.cards[2].close_requested.emit()
    assert names() == ["loss", "accuracy"]
    assert changes == []


def test_that_the_menu_adds_a_curve_and_takes_it_away(panel: TimelinePanel) -> None:
    changes: list[list[str]] = []
    panel.chosen_changed.connect(lambda: changes.append(panel.chosen()))
    for name in ("gradient_norm/fc1", "loss"):
        panel.curve_menu.name_chosen.emit(name)
    assert changes == [["loss", "accuracy", "gradient_norm/fc1"], ["accuracy", "gradient_norm/fc1"]]


def test_that_marks_are_of_the_run_that_is_shown(panel: TimelinePanel, run: GrowingRun) -> None:
    panel.show_findings([DEAD])
    panel.show_collection(run.grow(loss=np.ones(3)))  # type: ignore[arg-type]
    assert len(panel.cards[0].onset_marks.marks) == 1, "it is the same, which has grown"
    panel.show_collection(GrowingRun().grow(loss=FALLING))  # type: ignore[arg-type]
    assert panel.cards[0].onset_marks.marks == []


def test_that_bands_are_asked_for_where_there_are_repeats_and_drawn_where_one_is_known(
    panel: TimelinePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    filled: list[str] = []
    panel.noise_requested.connect(asked.append)
    monkeypatch.setattr(panel, "_fill", lambda card: filled.append(card.name))
    for repeats in ([], ["again.json"]):
        comparing: Any = SimpleNamespace(held=0, wish=SimpleNamespace(repeats=repeats))
        panel.show_collection(panel._collection, comparing)  # type: ignore[arg-type]
    assert asked == [["loss", "accuracy"]]
    filled.clear()
    panel.show_noise({"accuracy": Band(np.arange(2), np.zeros(2), np.ones(2)), "other": None})  # type: ignore[dict-item]
    assert filled == ["accuracy"]
