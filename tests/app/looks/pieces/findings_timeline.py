"""The timeline: its curves, clocks, marks and menu."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget

from app.analysis.curve import Curve
from app.analysis.two_curves import TwoCurves, of_held, of_two_runs
from app.views.timeline.curve_card import CurveCard
from app.views.timeline.curve_menu import CurveMenu
from app.views.timeline.panel import TimelinePanel
from collector.comparing import Alignment
from collector.comparing.noise import Band
from collector.storage.schema import DumpRecord, ResumeRecord
from tests.app.growing_run import GrowingRun
from tests.app.looks.pieces import Piece
from tests.app.looks.pieces.findings import unfocused
from tests.app.made_up_findings import DEAD, LARGE, SPIKE, finding

WIDE, NARROW, TALL = (700, 130), (520, 130), (500, 260)
CARD, SMALL, LONG = (300, 120), (240, 120), (480, 120)
STEPS = np.arange(60)
FALLING = 2 / (1 + STEPS / 10)
RISING = 1 - FALLING / 2
FOUND = (DEAD, LARGE, SPIKE, finding("loss-spike", "note", [], 4), finding("late", "critical", [], 45))
NO_STEPS, NONE = np.zeros(0, np.int64), np.zeros(0)


def _run(**more: np.ndarray) -> GrowingRun:
    return GrowingRun().grow(loss=FALLING, accuracy=RISING, **more).end_epoch(test_loss=0.5, test_accuracy=0.75)


def _panel(
    run: GrowingRun | None, then: Callable[[TimelinePanel], object] = lambda panel: None
) -> Callable[[], TimelinePanel]:
    def make() -> TimelinePanel:
        panel = TimelinePanel()
        if run is not None:
            panel.show_collection(run)  # type: ignore[arg-type]
            panel.show_step(30)
        then(panel)
        return panel

    return make


def _went_on() -> GrowingRun:
    run = _run()
    run.resumes.append(ResumeRecord(20, "2026-01-01"))
    run.dumps.append(DumpRecord(step=44, cause="nan", steps=[41, 42]))
    return run


def _clocks() -> GrowingRun:
    updates = {"updates__critic": STEPS + 1, "updates__generator": (STEPS + 1) // 5}
    return GrowingRun().grow(critic_loss=FALLING, **updates)


PANELS = {
    "none_open": Piece(_panel(None), WIDE),
    "run": Piece(_panel(_run()), WIDE),
    "run_light": Piece(_panel(_run()), WIDE, theme="light"),
    "run_narrow": Piece(_panel(_run()), NARROW),
    "run_scrolled": Piece(_panel(_run(f1=RISING), lambda panel: panel.choose(["loss", "accuracy", "f1"])), NARROW),
    "run_at_its_end": Piece(_panel(_run(), lambda panel: panel.show_step(60, is_following=True)), WIDE, theme="light"),
    "run_closer": Piece(_panel(_run(), lambda panel: panel.show_range((10.0, 35.5))), WIDE),
    "run_with_findings": Piece(_panel(_run(), lambda panel: panel.show_findings(FOUND)), WIDE),
    "run_with_a_finding_chosen": Piece(
        _panel(_run(), lambda panel: (panel.show_findings(FOUND), panel.show_chosen(LARGE))), WIDE, theme="light"
    ),
    "run_with_a_note_chosen": Piece(
        _panel(_run(), lambda panel: (panel.show_findings(FOUND), panel.show_chosen(SPIKE), panel.choose(["loss"]))),
        TALL,
    ),
    "run_that_went_on": Piece(_panel(_went_on()), WIDE),
    "no_curve": Piece(_panel(_run(), lambda panel: panel.choose([])), NARROW),
    "lacks_a_curve": Piece(_panel(_run(), lambda panel: panel.choose(["loss", "f1"])), WIDE),
    "asked": Piece(_panel(_run(gradient_norm__fc1=FALLING), lambda panel: panel.show_asked("gradient_norm/fc1")), WIDE),
    "clocks": Piece(_panel(_clocks()), WIDE),
    "clocks_closer": Piece(_panel(_clocks(), lambda panel: panel.show_range((20.5, 41.0))), WIDE, theme="light"),
    "clocks_too_close": Piece(
        _panel(_clocks(), lambda panel: (panel.show_range((20.5, 23.0)), panel.choose([]))), TALL
    ),
}


def _curve(values: np.ndarray, name: str = "loss", *, dots: Any = (), **more: Any) -> Curve:
    dot_steps = np.linspace(0, len(values), len(dots) + 1)[1:].astype(int)
    return Curve(
        name=name, steps=np.arange(len(values)), values=values, dot_steps=dot_steps, dots=np.array(dots, float), **more
    )


def _card(
    curve: Curve | None, name: str = "loss", *, log: bool = False, step: int = 25, **more: Any
) -> Callable[[], QWidget]:
    def make() -> CurveCard:
        card = CurveCard(name)
        steps = 60 if curve is None else max(len(curve.steps), 1)
        card.show_curve(curve, steps, np.array([steps // 2, steps]), **more)
        card.show_step(step)
        card.log_button.setChecked(log)
        return card

    return make


def _between(a: Curve | None, b: Curve | None) -> TwoCurves:
    pair: Any = SimpleNamespace(alignment=Alignment(None, None, "step", 0))  # type: ignore[arg-type]
    return of_two_runs(pair, a, b, 59)


def _two(a: Curve | None, b: Curve | None, **more: Any) -> Callable[[], QWidget]:
    return _card(a, two=_between(a, b), of_b=b, names=("usual", "faster"), **more)


def _odd() -> np.ndarray:
    values = FALLING.copy()
    values[[10, 11, 30]] = np.nan, np.inf, -np.inf
    return values


def _noisy(n: int = 220) -> np.ndarray:
    values = 2 + np.random.default_rng(0).normal(0, 0.2, n)
    values[150] = 60.0
    return values


OWN, OTHER = _curve(FALLING, dots=(1.0, 0.6)), _curve(FALLING**1.5, dots=(0.8, 0.3))
BAND = Band(STEPS, FALLING - 0.2, FALLING + 0.3)
MISSING = np.isin(STEPS, (5, 6, 40))
CARDS = {
    "card": Piece(_card(OWN), CARD),
    "card_light": Piece(_card(OWN), CARD, theme="light"),
    "card_small": Piece(_card(OWN), SMALL),
    "card_log": Piece(_card(OWN, log=True), CARD),
    "card_negative": Piece(_card(_curve(-FALLING), "score"), CARD),
    "card_one_value": Piece(_card(_curve(np.array([0.5])), step=0), CARD),
    "card_no_value": Piece(_card(_curve(NONE)), CARD),
    "card_nan": Piece(_card(_curve(np.full(60, np.nan))), CARD, theme="light"),
    "card_odd": Piece(_card(_curve(_odd())), LONG),
    "card_without_gradient": Piece(
        _card(_curve(np.where(MISSING, np.nan, FALLING), "gradient_norm/fc1", is_missing=MISSING), "gradient_norm/fc1"),
        LONG,
    ),
    "card_estimate": Piece(
        _card(_curve(FALLING, "gradient_norm/fc1", is_estimate=True, errors=0.1 * FALLING), "gradient_norm/fc1"),
        LONG,
    ),
    "card_noisy": Piece(_card(_curve(_noisy()), step=120), LONG),
    "card_noisy_light": Piece(_card(_curve(_noisy(), "accuracy"), "accuracy", step=219), LONG, theme="light"),
    "card_not_recorded": Piece(_card(None, "perplexity"), CARD),
    "two": Piece(_two(OWN, OTHER), LONG),
    "two_light": Piece(_two(OWN, OTHER), CARD, theme="light"),
    "two_small": Piece(_two(OWN, OTHER), SMALL),
    "two_the_same": Piece(_two(OWN, OWN), LONG),
    "two_only_b": Piece(_two(None, OTHER), LONG),
    "two_with_noise": Piece(_two(OWN, OTHER, noise=BAND), LONG),
    "held": Piece(
        _card(OWN, two=of_held(OWN, 10), names=("pass 2", "this pass")),
        LONG,
        lambda card: card.plot.show_held(10),
    ),
}


def _menu(*names: str, typed: str = "") -> Callable[[], QWidget]:
    def make() -> CurveMenu:
        menu = CurveMenu(None)  # type: ignore[arg-type]
        menu.setWindowFlags(Qt.WindowType.Window)
        menu.show_names(names, ["loss"])
        menu.aboutToShow.emit()
        menu.search.setText(typed)
        return menu

    return make


MANY = ["loss", "accuracy", *(f"{metric}/fc{n}" for metric in ("gradient_norm", "own") for n in range(15))]
MENUS = {
    "menu_empty": Piece(_menu(), (160, 40)),
    "menu": Piece(
        _menu("loss", "accuracy", "learning_rate", "own/fc1", "weight_norm/fc1", "weight_norm/fc2"), (220, 170)
    ),
    "menu_of_many": Piece(_menu(*MANY), (220, 170), theme="light"),
    "menu_searched": Piece(_menu(*MANY, typed="fc"), (260, 560)),
    "menu_not_found": Piece(_menu(*MANY, typed="xyz"), (260, 80)),
}
PIECES = unfocused(PANELS | CARDS | MENUS)
