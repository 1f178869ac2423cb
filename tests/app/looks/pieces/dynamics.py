"""What becomes of near-zero gradients."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PyQt6.QtWidgets import QApplication, QWidget

from app.analysis.curve import Measured
from app.analysis.two_curves import TwoCurves
from app.views.gradients.analysis.dynamics import PLOTS, DynamicsOptions, Offer, dynamics_run
from app.views.gradients.dynamics_card import DynamicsCard
from app.views.gradients.dynamics_choices import DynamicsChoices
from app.views.gradients.dynamics_panel import DynamicsPanel
from collector.comparing.noise import Band as NoiseBand
from collector.storage import schema
from tests.app.growing_run import GrowingRun
from tests.app.insight_run import insight_columns
from tests.app.looks.pieces import Piece

N_STEPS = 24
STEPS = np.arange(N_STEPS)
NONE = np.zeros(0, np.int64)
FRACTIONS = DynamicsOptions(threshold="1e-05")


def _curve(name: str = "near_zero_fraction@1e-05/total", of: float = 0.0, **given: Any) -> Measured:
    values = given.pop("values", 0.4 + 0.2 * np.sin(STEPS / 3 + of))
    return Measured(name, np.arange(len(values)), values, **given)


def _two(of: float = 0.0) -> TwoCurves:
    a, b = _curve(), _curve(of=of)
    return TwoCurves(a, b, a, b)


def _card(
    kind: int,
    curves: Sequence[Measured | None],
    size_px: tuple[int, int] = (330, 140),
    theme: str = "dark",
    *,
    options: DynamicsOptions = FRACTIONS,
    others: Mapping[str, Measured] | None = None,
    not_finite: np.ndarray = NONE,
    **given: Any,
) -> Piece:
    """A plot, its legend and its button."""

    def make() -> QWidget:
        card = DynamicsCard(PLOTS[kind])
        card.show_curves(curves, options, others or {}, N_STEPS, np.array([8, 16, 24]), not_finite, **given)
        card.show_step(13)
        return card

    return Piece(make, size_px, theme=theme)


SMALL = 10.0 ** -(3 + STEPS / 8)
MISSING = np.isin(STEPS, (17, 18))
NAN = np.where(np.isin(STEPS, (5, 11, 12)), np.nan, 0.3)
NAMES = ("usual", "faster")

CARDS = {
    "card": _card(0, [_curve()]),
    "card_narrow": _card(4, [_curve(values=SMALL), _curve(values=SMALL * 9)], (230, 128), "light"),
    "card_of_two_curves": _card(1, [_curve(), _curve(of=2)], (420, 140)),
    "card_of_counts": _card(0, [_curve(values=1e4 + 50.0 * STEPS)], options=DynamicsOptions(are_fractions=False)),
    "card_not_recorded": _card(2, [None, None]),
    "card_of_the_second_alone": _card(2, [None, _curve()]),
    "card_without_a_flip": _card(3, [_curve(values=np.zeros(0)), None], theme="light"),
    "card_of_nan": _card(0, [_curve(values=NAN, is_missing=MISSING)], not_finite=np.array([5, 11, 12])),
    "card_of_an_estimate": _card(0, [_curve(is_estimate=True, errors=np.full(N_STEPS, 0.03))], (420, 140), "light"),
    "card_on_a_log_scale": _card(4, [_curve(values=SMALL), _curve(values=SMALL * 20)], (420, 140)),
    "card_of_angles": _card(5, [_curve(values=60 + STEPS / 2.0), _curve(values=80 - STEPS / 3.0)], (460, 140), "light"),
    "card_of_many_values": _card(0, [_curve(values=0.5 + 0.3 * np.sin(np.arange(3000)))], (420, 140)),
    "card_beside_other_layers": _card(1, [_curve(), _curve()], others={str(n): _curve(of=n) for n in (1, 2, 3)}),
    "card_of_other_layers_alone": _card(0, [None], others={str(n): _curve(of=n) for n in (1, 2)}, theme="light"),
    "card_of_two_runs": _card(0, [_curve()], (460, 140), twos=[_two(1)], names=NAMES),
    "card_of_two_runs_that_are_the_same": _card(0, [_curve()], (420, 140), "light", twos=[_two()], names=NAMES),
    "card_of_two_curves_of_two_runs": _card(
        1, [_curve(), _curve()], (500, 140), twos=[_two(1), TwoCurves(_curve(), None)], names=NAMES
    ),
    "card_of_a_held_step": _card(
        1, [_curve(), _curve()], (460, 140), "light", twos=[TwoCurves(_curve(), None)] * 2, names=("step 3", "now")
    ),
    "card_of_angles_of_two_runs": _card(
        5, [_curve(), None], (520, 140), twos=[_two(1), TwoCurves(None, None)], names=NAMES
    ),
    "card_of_what_only_b_has": _card(0, [None], twos=[TwoCurves(None, _curve())], names=NAMES),
    "card_with_noise": _card(
        0, [_curve()], twos=[_two(1)], names=NAMES, noise=NoiseBand(STEPS, np.full(N_STEPS, 0.3), np.full(N_STEPS, 0.6))
    ),
}


def _choices(width: int, offer: Offer, height: int = 40, theme: str = "dark", **chosen: Any) -> Piece:
    def make() -> QWidget:
        choices = DynamicsChoices()
        choices.show_offer(offer)
        choices.choose(**chosen)
        return choices

    return Piece(make, (width, height), theme=theme)


def _run(sample: int | None = None, *, nan_at: int = N_STEPS) -> GrowingRun:
    sizes = {"conv1": 300, "fc1": 2000, "fc2": 1200}
    run = GrowingRun()
    columns = insight_columns(N_STEPS, sizes, is_averaged=True)
    for name in ("gradient_norm/fc1", "update_norm/fc2", "weight_norm/conv1", "gradient_norm/fc2"):
        columns[name] = np.where(nan_at <= STEPS, np.nan, 1.0)
    run.grow(**columns)
    run.insight = schema.Insight(1, [1e-7, 1e-5], 3500, sample or 3500)  # type: ignore[attr-defined]
    return run


def _dynamics(run: GrowingRun | None, size_px: tuple[int, int], theme: str = "dark", layer: str | None = None) -> Piece:
    def make() -> QWidget:
        panel = DynamicsPanel()
        if run is not None:
            panel.show_run(dynamics_run(run))  # type: ignore[arg-type]
        panel.show_layer(layer)
        panel.show_step(13)
        return panel

    def then(panel: DynamicsPanel) -> None:
        while panel.is_filling:
            QApplication.processEvents()

    return Piece(make, size_px, then, theme)


WITHOUT = GrowingRun().grow(loss=np.ones(3))
WITHOUT.insight = None  # type: ignore[attr-defined]

PIECES = {
    **CARDS,
    "choices": _choices(760, Offer(("1e-07", "1e-05"), ("conv1", "fc1"), True), layer="fc1", is_averaged=True),
    "choices_narrow": _choices(420, Offer(("1e-07", "1e-05"), ("conv1", "fc1"), False), 70, "light", threshold="1e-07"),
    "choices_of_little": _choices(760, Offer(("0.001",), ("fc1",), False), are_fractions=False),
    "panel": _dynamics(_run(nan_at=16), (1090, 320)),
    "panel_of_a_layer": _dynamics(_run(100, nan_at=16), (700, 330), "light", "fc1"),
    "panel_not_recorded": _dynamics(WITHOUT, (400, 160)),
    "panel_of_nothing": _dynamics(None, (400, 160), "light"),
}
