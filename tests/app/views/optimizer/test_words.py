"""What the optimizer's panel says: legends, tooltips, and the texts in place of what is not there."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.views.optimizer.analysis.layer_heat import layer_heat
from app.views.optimizer.heat_difference import with_difference
from app.views.optimizer.panel import NOT_RECORDED, NOTHING_OPEN, OptimizerPanel
from tests.app.growing_run import GrowingRun
from tests.app.insight_run import open_insight_run
from tests.app.views.optimizer.answering import draw
from tests.app.views.optimizer.two_layers import N, compared, run

USUAL = "usual: 0.001"


@pytest.fixture
def panel(qtbot: QtBot) -> OptimizerPanel:
    panel = OptimizerPanel()
    qtbot.addWidget(panel)
    panel.resize(1200, 700)
    return panel


def show(
    panel: OptimizerPanel, collection: Any, layer: str | None = None, measure: str = "", comparing: Any = None
) -> list[str]:
    """The legends of both plots."""

    def answer(_: Any, measure: Any) -> None:
        heat = layer_heat(collection, measure)  # type: ignore[arg-type]
        panel.show_heat(heat if heat is None or comparing is None else with_difference(heat, comparing.beside))

    panel.heat_requested.connect(answer)
    panel.show_collection(collection, comparing)  # type: ignore[arg-type]
    panel.choose(measure)
    panel.show_layer(layer)
    panel.show_step(5)
    draw(panel)
    return [panel.curves_legend.accessibleName(), panel.rates_legend.accessibleName()]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, f"Update ratio of each layer, {USUAL}"),
        ({"layer": "fc1"}, f"Update ratio · fc1 0.0015, other layers thin, {USUAL}"),
        ({"layer": "no such layer"}, f"Update ratio of each layer, {USUAL}"),
        ({"measure": "gradient_angle"}, "Gradient angle of each layer, degrees"),
        ({"measure": "gradient_angle", "layer": "fc0"}, "Gradient angle · fc0 65, degrees, other layers thin"),
    ],
)
def test_that_the_curves_are_named(panel: OptimizerPanel, given: dict[str, str], words: str) -> None:
    assert show(panel, run(), **given) == [words.replace("Gradient angle", TITLE), "Learning rate 0.1"]
    assert panel.curves.accessibleName() == f"By layer: {words.replace('Gradient angle', TITLE)}"
    assert panel.rates.accessibleName() == "Learning rate and momentum: Learning rate 0.1"


TITLE = "Angle to the last gradient"


def test_that_of_many_steps_it_is_said_that_lines_are_means(panel: OptimizerPanel) -> None:
    assert show(panel, run(n=3000))[0] == "Update ratio, the moving mean of each layer"
    assert show(panel, run(n=3000), "fc0")[0] == "Update ratio · fc0 0.015, other layers thin: moving means"


def test_that_a_metric_of_the_whole_model_too_is_beside_all_layers(panel: OptimizerPanel) -> None:
    own = {"scale/total": np.arange(12.0), "scale/fc0": np.arange(12.0) + 1}
    assert show(panel, run(**own), measure="scale")[0] == "Noise scale · whole model 5, samples, layers thin"
    alone = {"scale/total": np.arange(12.0)}
    assert show(panel, run(**alone), measure="scale")[0] == "Noise scale · whole model 5, samples"


def test_that_rates_of_several_groups_are_told_apart(panel: OptimizerPanel) -> None:
    rates = {f"learning_rate/group{at}": np.full(N, at / 8) for at in (1, 2, 3)}
    assert show(panel, run(**rates))[1] == "Learning rate 0.1, group1 0.125, group2 0.25"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, f"Update ratio of each layer, usual, faster, {USUAL}"),
        ({"layer": "fc0"}, f"Update ratio · fc0 · usual 0.015, faster 0.03, +0.015, {USUAL}"),
        ({"measure": "gradient_angle"}, f"{TITLE} of each layer, usual, faster, degrees"),
        ({"layer": "fc0", "measure": "gradient_angle"}, f"{TITLE} · fc0 · usual 65, faster 65, the same"),
    ],
)
def test_that_two_runs_are_named(panel: OptimizerPanel, given: dict[str, str], words: str) -> None:
    a, b = run(), run(2.0)
    told = show(panel, a, comparing=compared(a, b), **given)
    assert told == [words, "Learning rate A 0.1 · B 0.2 · +0.1, B dashed: faster"]


def test_that_a_held_step_is_named(panel: OptimizerPanel) -> None:
    a = run()
    told = show(panel, a, comparing=compared(a, a, 2))
    assert told == [f"Update ratio of each layer, {USUAL}", "Learning rate A 0.1 · B 0.1 · the same"]
    told = show(panel, a, "fc0", comparing=compared(a, a, 2))
    assert told[0] == f"Update ratio · fc0 · step 2 0.012, this pass 0.015, +0.003, {USUAL}"


def test_that_what_is_usual_is_named_where_it_can_be_seen(panel: OptimizerPanel) -> None:
    assert show(panel, run(100.0))[0] == "Update ratio of each layer"
    assert show(panel, run(1e-4))[0] == "Update ratio of each layer"


def test_that_the_measure_is_explained_wherever_it_is_named(panel: OptimizerPanel) -> None:
    show(panel, run())
    tips = {" ".join(each.toolTip().split()) for each in (panel.measure_box, panel.scale_bar, panel.curves)}
    tips |= {" ".join(panel.curves_legend.toolTip().split())}
    assert tips == {
        "Update norm divided by weight norm. Around 0.001 is usual; far more is restless, far less hardly learns."
    }
    assert panel.measure_box.accessibleName() == "What is shown of each layer"


def test_that_an_estimate_says_of_how_many(panel: OptimizerPanel, tmp_path: Path) -> None:
    with open_insight_run(tmp_path / "sampled.json", n_steps=12, sample=1000) as sampled:
        words = show(panel, sampled, measure="near_zero_fraction@1e-05")[0]
        assert words == f"{panel._measures['near_zero_fraction@1e-05'].title} of each layer (estimate), fraction"
        assert panel.estimate_label.text() == "estimate"
        assert " ".join(panel.estimate_label.toolTip().split()) == (
            "estimate from 1,000 of 61,300 parameters. The counts are of a random sample, the same for the whole run. "
            "How far they may be off is not recorded in this file."
        )
    with open_insight_run(tmp_path / "whole.json", n_steps=12) as whole:
        assert "estimate" not in show(panel, whole, measure="near_zero_fraction@1e-05")[0]
        assert (panel.estimate_label.text(), panel.estimate_label.toolTip()) == ("", "")


def test_that_what_is_missing_is_said(panel: OptimizerPanel) -> None:
    assert panel.empty_state.label.text() == NOTHING_OPEN
    assert NOTHING_OPEN == "Open a collection to see what the optimizer does with each layer."
    show(panel, GrowingRun().grow(loss=np.ones(3)))
    assert (
        panel.empty_state.label.text()
        == NOT_RECORDED
        == (
            "This collection measured nothing of its layers.\n"
            "Passes do, and --insight_interval 10 measures between them as well."
        )
    )
    show(panel, GrowingRun().grow(learning_rate=np.ones(3)))
    assert (panel.curves.message, panel.rates.message) == ("not recorded", "")
    assert panel.curves_legend.entries == ()
    show(panel, GrowingRun().grow(**{"gradient_norm/a": np.ones(3)}))
    assert (panel.curves.message, panel.rates.message) == ("", "learning rate not recorded")


def test_that_the_numbers_are_those_of_layers_and_of_all_rates(panel: OptimizerPanel) -> None:
    show(panel, run(**{"learning_rate/decay": np.ones(N)}))
    headings, rows = panel.numbers()
    assert headings == ("step", "update_ratio/fc0", "update_ratio/fc1", "learning_rate", "learning_rate/decay")
    assert rows[5] == pytest.approx((5, 0.015, 0.0015, 0.1, 1.0))
    a, b = run(), run(2.0)
    show(panel, a, comparing=compared(a, b))
    headings, rows = panel.numbers()
    sides = [f"{side}:update_ratio/fc{at}" for at in (0, 1) for side in ("a", "b", "b-a")]
    assert headings == ("step", *sides, "a:learning_rate", "b:learning_rate", "b-a:learning_rate")
    assert rows[5][1:4] == pytest.approx((0.015, 0.03, 0.015))


def test_that_figures_have_three_digits(panel: OptimizerPanel) -> None:
    a, b = run(1.23456), run(2.34567)
    assert show(panel, a, "fc0") == ["Update ratio · fc0 0.0185, other layers thin", "Learning rate 0.123"]
    assert show(panel, a, "fc0", comparing=compared(a, b)) == [
        "Update ratio · fc0 · usual 0.0185, faster 0.0352, +0.0167",
        "Learning rate A 0.123 · B 0.235 · +0.111, B dashed: faster",
    ]
