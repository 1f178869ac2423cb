"""What stands beside and around tiles, matrices and strips; and the whole view, of runs that are made up."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from app.analysis.samples_view import SamplesView
from app.replay.frame import SampleView
from app.session import Session
from app.views.features.analysis.dead_unit_curves import UnitState, UnitStateCurve
from app.views.features.analysis.expert_choices import ExpertChoices
from app.views.features.analysis.tiles import Tiles
from app.views.features.dead_unit_plot import DeadUnitPlot
from app.views.features.expert_map import NOT_COUNTED, ExpertMap
from app.views.features.feature_sample import FeatureSample
from app.views.features.panel import FeaturesPanel
from app.views.features.titled_grid import TitledGrid
from app.widgets.choice_box import ChoiceBox
from tests.app.looks.pieces import Piece
from tests.app.looks.pieces.features import DEAD, Make, tiles, waves
from tests.app.views.features.alone import Go, alone
from tests.app.views.features.expert_run import write_expert_run
from tests.app.views.features.features_run import write_features_run
from tests.app.views.features.sequence_run import write_sequence_run


def titled(shown: Tiles | None, is_with_box: bool = False) -> Make:
    def make() -> TitledGrid:
        made = TitledGrid("Filters", ChoiceBox("channels", ["all input channels", "red"]) if is_with_box else None)
        made.show_tiles("3×3", shown, "The weight was not recorded.", DEAD)
        return made

    return make


BOTH = replace(tiles(waves(6, 3, 3)), sides=(waves(6, 3, 3), waves(6, 3, 3) * 2))
GRIDS = {
    "grid": Piece(titled(tiles(waves(6, 3, 3)))),
    "grid_of_two": Piece(titled(BOTH, is_with_box=True), theme="light"),
    "grid_of_two_that_are_the_same": Piece(titled(replace(BOTH, values=np.zeros((6, 3, 3), "f4"))), (140, 130)),
    "grid_empty": Piece(titled(None, is_with_box=True), (200, 130)),
}

STEPS = np.arange(0, 60, 10)
CURVES = [UnitStateCurve(f"relu{n}", UnitState.DEAD, STEPS, np.minimum(0.01 * n + STEPS / 100, 1.0)) for n in range(30)]
SATURATED = UnitStateCurve("tanh", UnitState.SATURATED, STEPS, (STEPS % 20) / 20)


def curves(shown: list[UnitStateCurve], layers: tuple[str, ...], of_b: tuple[UnitStateCurve, ...] = ()) -> Make:
    def make() -> DeadUnitPlot:
        made = DeadUnitPlot()
        made.show_curves(shown, layers, 50, of_b)
        made.show_step(30)
        return made

    return make


OF_B = tuple(replace(each, values=each.values / 2) for each in CURVES)
EXPERTS = ExpertChoices(np.array([0, 10, 20]), np.array([[0.25] * 4, [0.5, 0, 0.25, 0.25], [0.75, 0.25, 0, 0]]))


def experts(choices: ExpertChoices | None) -> Make:
    def make() -> ExpertMap:
        made = ExpertMap()
        made.show_choices(choices, "gate", 30, NOT_COUNTED)
        made.show_step(15)
        return made

    return make


PLOTS = {
    "dead_units": Piece(curves(CURVES, ("relu20",))),
    "dead_units_in_light": Piece(curves([*CURVES[:3], SATURATED], ("relu2", "tanh")), (620, 160), theme="light"),
    "dead_units_of_two": Piece(curves(CURVES[:9], ("relu8",), OF_B[:9])),
    "dead_units_of_another_layer": Piece(curves(CURVES[:3], ("conv",)), (420, 120)),
    "dead_units_none": Piece(curves([], ("conv",)), (300, 130)),
    "experts": Piece(experts(EXPERTS), (420, 160)),
    "experts_in_light": Piece(
        experts(EXPERTS),
        (420, 160),
        lambda shown: QTest.mouseClick(shown.map, Qt.MouseButton.LeftButton, pos=QPoint(200, 60)),
        theme="light",
    ),
    "experts_none": Piece(experts(None), (420, 130)),
}


def sample(view: SampleView, sides: tuple[SampleView, SampleView] | None = None, kind: str = "classes") -> Make:
    """Beside samples of which the second is taken for another class."""
    labels, predicted = np.array([0, 1]), np.array([0, 2])
    samples = SamplesView(
        labels, predicted, np.array([0.5, 0.75], "f4"), score="" if kind == "classes" else "error 0.5"
    )
    both = None if sides is None else [SimpleNamespace(sample=each) for each in sides]

    def make() -> FeatureSample:
        made = FeatureSample()
        frame = SimpleNamespace(
            sample=view,
            samples=samples,
            sides=both,
            view=SimpleNamespace(sample=1),
            task=SimpleNamespace(kind=kind),
            taken=SimpleNamespace(logits=None),
        )
        made.show_frame(frame)  # type: ignore[arg-type]
        return made

    return make


SHARES = np.array([0.25, 0.0, 0.75, 0.0])
RIGHT = SampleView(np.abs(waves(6, 6)), 2, 2, SHARES, ("ant", "bee", "cat", "dog"))
WRONG = replace(RIGHT, true_class=1)
NOT_PREDICTED = replace(RIGHT, picture=None, predicted_class=None, probabilities=None, no_prediction="no logits")
LONG_CLASSES = tuple(f"a class of a very long name that is told in more than two lines {n}" for n in range(4))
SAMPLES = {
    "sample_right": Piece(sample(RIGHT), (200, 300)),
    "sample_wrong": Piece(sample(WRONG), (160, 300), theme="light"),
    "sample_without_label": Piece(sample(replace(RIGHT, true_class=None)), (160, 260)),
    "sample_not_predicted": Piece(sample(NOT_PREDICTED), (160, 160)),
    "sample_of_long_names": Piece(sample(replace(WRONG, class_names=LONG_CLASSES)), (160, 360)),
    "sample_of_two": Piece(sample(RIGHT, (RIGHT, WRONG)), (200, 300)),
    "sample_of_no_classes": Piece(sample(RIGHT, kind="values"), (160, 200)),
}


def at(number: int, layer: str, sample: int = 0, unit: int | None = None) -> Go:
    """A pass, a layer, a sample and a unit."""

    def go(session: Session) -> None:
        session.show_pass(number)
        session.choose_sample(sample)
        session.select_layer(layer)
        if unit is not None:
            session.pin_unit((layer, unit))

    return go


def held(number: int, layer: str) -> Go:
    """How a pass differs from the first."""

    def go(session: Session) -> None:
        session.show_pass(0)
        session.hold_pass()
        at(number, layer)(session)

    return go


def conv(go: Go) -> Make:
    return lambda: alone("features", write_features_run, go)


def words(go: Go) -> Make:
    return lambda: alone("features", write_sequence_run, go)


def mixture(go: Go) -> Make:
    return lambda: alone("features", write_expert_run, go)


def choose(box: str, what: Any) -> Any:
    """Choose in a box of the panel, or of its sequences, as a user does."""

    def go(view: Any) -> None:
        found = getattr(view.panel, box, None) or getattr(view.panel.sequences, box)
        found.choose(what)
        found.activated.emit(found.currentIndex())

    return go


WIDE = (800, 380)
WHOLE = {
    "conv": Piece(conv(at(4, "conv", unit=2)), WIDE),
    "conv_in_light": Piece(conv(at(1, "conv", 1)), (700, 380), choose("channel_box", "blue"), "light"),
    "conv_of_two": Piece(conv(held(4, "conv")), WIDE),
    "conv_of_two_that_are_the_same": Piece(conv(held(0, "conv")), (640, 380)),
    "fc": Piece(conv(at(2, "fc", 1, unit=1)), WIDE),
    "fc_of_two": Piece(conv(held(3, "fc")), (640, 380)),
    "sequence": Piece(words(at(0, "lstm", unit=4)), (520, 300)),
    "attention": Piece(words(at(1, "attn")), WIDE),
    "attention_of_a_head": Piece(words(at(1, "attn")), WIDE, choose("head_box", 1), theme="light"),
    "attention_of_two": Piece(words(held(1, "attn")), WIDE),
    "attention_that_is_not_kept": Piece(words(at(1, "attn", 2)), WIDE),
    "experts_of_a_layer": Piece(mixture(at(1, "gate")), (640, 380)),
    "experts_alone": Piece(mixture(at(2, "mixture")), (560, 300), theme="light"),
}


def empty(n_units: int | None) -> Make:
    """Without a run, or of one without stages, a layer of which has so many units."""

    def make() -> FeaturesPanel:
        made = FeaturesPanel()
        if n_units is not None:
            layers = {"norm": SimpleNamespace(units=n_units)}
            run = SimpleNamespace(layers=layers, probe=None, passes=(), series={})
            made.show_collection(run, [])  # type: ignore[arg-type]
        return made

    return make


EMPTY = {
    "nothing": Piece(empty(None), (420, 80)),
    "no_stages": Piece(empty(3), (420, 90)),
    "no_units": Piece(empty(0), (420, 100)),
}

PIECES = GRIDS | PLOTS | SAMPLES | WHOLE | EMPTY
