"""What is told of dead units, of experts and of the sample, and what its buttons do: whole texts."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.analysis.samples_view import SamplesView
from app.palette import active
from app.replay.frame import SampleView
from app.views.features.analysis.dead_unit_curves import UnitState, UnitStateCurve
from app.views.features.analysis.expert_choices import ExpertChoices
from app.views.features.dead_unit_plot import NO_CURVE_HERE, NO_CURVES, DeadUnitPlot
from app.views.features.expert_map import ExpertMap
from app.views.features.feature_sample import FeatureSample

STEPS = np.array([10, 20])
CURVE = UnitStateCurve("relu", UnitState.DEAD, STEPS, np.array([0.25, 0.5]))
ABOUT = "of relu, other layers faint · 0 for every sample of the probe at every position: no gradient passes"


@pytest.mark.parametrize(
    ("curves", "of_b", "step", "told"),
    [
        ([CURVE], [], 9, ("Dead units", "", ABOUT)),
        ([CURVE], [], 10, ("Dead units", "25.0 %", ABOUT)),
        ([CURVE], [replace(CURVE, values=CURVE.values / 2)], 20, ("Dead units", "A 50.0 % · B 25.0 %", ABOUT)),
        ([CURVE], [replace(CURVE, layer="tanh")], 20, ("Dead units", "50.0 %", ABOUT)),
        ([CURVE], [replace(CURVE, state=UnitState.SATURATED)], 20, ("Dead units", "50.0 %", ABOUT)),
        (
            [CURVE, replace(CURVE, state=UnitState.SATURATED)],
            [],
            20,
            (
                *("Saturated units", "50.0 %"),
                "of relu, other layers faint · 95 of 100 values within a hundredth of a bound, over the whole probe",
            ),
        ),
        ([replace(CURVE, layer="other")], [], 20, ("Dead and saturated units", "", NO_CURVE_HERE)),
        ([], [], 20, ("Dead and saturated units", "", "")),
    ],
)
def test_that_dead_units_are_told_at_the_playhead(
    qtbot: QtBot, curves: list[UnitStateCurve], of_b: list[UnitStateCurve], step: int, told: tuple[str, str, str]
) -> None:
    plot = DeadUnitPlot()
    qtbot.addWidget(plot)
    plot.show_curves(curves, ("relu",), 20, of_b)
    plot.show_step(step)
    assert (plot.heading.title, plot.heading.figure, plot.heading.about) == told
    assert plot.plot.message == ("" if curves else NO_CURVES)


def test_that_before_the_playhead_is_told_of_it_stands_at_the_first_step(qtbot: QtBot) -> None:
    plot, experts = DeadUnitPlot(), ExpertMap()
    for each in (plot, experts):
        qtbot.addWidget(each)
    steps = np.array([0, 1])
    plot.show_curves([replace(CURVE, steps=steps)], ("relu",), 1)
    assert plot.heading.figure == "25.0 %"
    experts.show_choices(ExpertChoices(steps, np.array([[1.0, 0.0], [0.0, 1.0]])), "gate", 1, "none")
    assert experts.heading.figure == "most: expert 0, 100 % · 1 of 2 never"
    assert experts.map.shown_range == (0.0, 1.0)


def test_that_an_expert_is_marked_until_another_layer_is_shown(qtbot: QtBot) -> None:
    experts = ExpertMap()
    qtbot.addWidget(experts)
    choices = ExpertChoices(STEPS, np.array([[0.5, 0.5], [1.0, 0.0]]))
    experts.show_choices(choices, "gate", 20, "none")
    about = "of gate: share of all choices for the probe, a row for each; all alike would be 50.0 %"
    assert experts.heading.about == about
    experts.map.layer_requested.emit("expert 1")
    experts.map.range_requested.emit(5.0, 15.0)
    experts.show_choices(choices, "gate", 20, "none")
    assert experts.map.shown_range == (5.0, 15.0)
    experts.show_choices(choices, "gate", 30, "none")
    assert experts.map.shown_range == (0.0, 30.0)
    assert experts.scale.words == "share of choices"
    experts.show_choices(None, "other", 0, "none")
    assert experts.scale.words == experts.scale.high == "", "there are no colours"
    assert experts.map.shown_range == (0.0, 1.0)
    assert experts.heading.about == "of other: share of all choices for the probe, a row for each"


CLASS = SampleView(None, 0, 1, np.array([0.25, 0.75]), ("ant & bee", "cat"))


def frame(view: SampleView, sample: int = 0, n_logits: int | None = None, **given: object) -> SimpleNamespace:
    samples = SamplesView(np.array([0, 1, 1]), np.array([1, 1, 0]), np.array([0.5, 0.9, 0.75]))
    logits = None if n_logits is None else np.zeros((n_logits, 2))
    usual = {
        "sample": view,
        "samples": samples,
        "sides": None,
        "view": SimpleNamespace(sample=sample),
        "task": SimpleNamespace(kind="classes"),
        "taken": SimpleNamespace(logits=logits),
    }
    return SimpleNamespace(**(usual | given))


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (
            frame(CLASS),
            "sample 1 of 3<br>label: <b>ant &amp; bee</b><br>predicted: <b style='color:{wrong}'>cat</b> 75.0&nbsp;%",
        ),
        (
            frame(replace(CLASS, true_class=1), 2),
            "sample 3 of 3<br>label: <b>cat</b><br>predicted: <b style='color:{right}'>cat</b> 75.0&nbsp;%",
        ),
        (
            frame(replace(CLASS, true_class=None)),
            "sample 1 of 3<br>label: <b>not recorded</b><br>predicted: <b style='color:{text}'>cat</b> 75.0&nbsp;%",
        ),
        (
            frame(
                replace(CLASS, probabilities=None, no_prediction="no <logits>"), samples=SamplesView(None, None, None)
            ),
            "sample 1<br>label: <b>ant &amp; bee</b><br>predicted: <b>no &lt;logits&gt;</b>",
        ),
        (
            frame(
                CLASS, 1, 9, samples=SamplesView(None, None, None, score="a & b"), task=SimpleNamespace(kind="values")
            ),
            "sample 2 of 9<br>a &amp; b",
        ),
        (
            frame(
                CLASS, sides=[SimpleNamespace(sample=CLASS), SimpleNamespace(sample=replace(CLASS, predicted_class=0))]
            ),
            "sample 1 of 3<br>label: <b>ant &amp; bee</b><br>A predicts: <b style='color:{wrong}'>cat</b> 75.0&nbsp;%"
            "<br>B predicts: <b style='color:{right}'>ant &amp; bee</b> 75.0&nbsp;%",
        ),
    ],
    ids=["wrong", "right", "without a label", "without a prediction", "of no classes", "of two"],
)
def test_that_the_sample_is_told_with_its_label_and_prediction(qtbot: QtBot, shown: SimpleNamespace, told: str) -> None:
    sample = FeatureSample()
    qtbot.addWidget(sample)
    sample.show_frame(shown)  # type: ignore[arg-type]
    colours = {name: getattr(active(), name) for name in ("right", "wrong", "text")}
    assert sample.words.text() == told.format(**colours)


def test_that_a_button_leads_from_one_sample_of_its_order_to_the_next(qtbot: QtBot) -> None:
    sample = FeatureSample()
    qtbot.addWidget(sample)
    asked: list[int] = []
    sample.sample_requested.connect(asked.append)
    sample.show_frame(frame(CLASS, 0))  # type: ignore[arg-type]
    assert {name: sample.order_of(name) for name in sample.buttons} == {
        "Most confident": [1, 2, 0],
        "Least confident": [0, 2, 1],
        "Wrong": [2, 0],
    }
    for name, at in (("Wrong", 0), ("Wrong", 2), ("Wrong", 0), ("Wrong", 1), ("Least confident", 0)):
        sample.show_frame(frame(CLASS, at))  # type: ignore[arg-type]
        sample.buttons[name].click()
    assert asked == [2, 0, 2, 2, 0]
    sample.show_frame(frame(CLASS, 0, samples=SamplesView(None, None, None)))  # type: ignore[arg-type]
    assert not any(button.isEnabled() for button in sample.buttons.values())
    tip = "Wrong: the first of the probe's samples, at this pass; again: the next"
    assert sample.buttons["Wrong"].toolTip() == tip


def test_that_the_plot_of_dead_units_has_the_name_of_its_heading(qtbot: QtBot) -> None:
    plot = DeadUnitPlot()
    qtbot.addWidget(plot)
    assert plot.plot.accessibleName() == "Dead and saturated units"
    plot.heading.show_title("Dead units")
    assert plot.plot.accessibleName() == plot.heading.accessibleName() == "Dead units"
