"""What the panel of a unit says: every word of it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtWidgets import QFormLayout, QLabel
from pytestqt.qtbot import QtBot

from app.views.unit.analysis.unit_history import Trace
from app.views.unit.history_plots import HistoryPlots
from app.views.unit.panel import UnitPanel
from tests.app.looks.pieces import unit as made_up
from tests.app.looks.pieces.unit import NO_TRACE, OF_B, WHOLE
from tests.app.made_up import difference_of, made_up_pass

Make = Callable[..., UnitPanel]


@pytest.fixture
def unit_panel(qtbot: QtBot) -> Make:
    """A panel on a made-up run; ``of`` another one of its pieces."""

    def make(*given: object, of: Callable[..., UnitPanel] = made_up.unit_panel, **named: object) -> UnitPanel:
        panel = of(*given, **named)
        qtbot.addWidget(panel)
        return panel

    return make


def rows(panel: UnitPanel) -> list[tuple[str, str]]:
    """What stands in rows, above the weights."""
    form, found = panel._form, []
    for row in range(form.rowCount()):
        cells = [form.itemAt(row, role) for role in (QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole)]
        labels = [None if each is None else each.widget() for each in cells]
        found.append(tuple(each.text() for each in labels if isinstance(each, QLabel)))
    return found  # type: ignore[return-value]


def told(panel: UnitPanel) -> list[str]:
    return [panel.title_label.text(), panel.subtitle_label.text(), panel.weights_label.text()]


def figures(panel: UnitPanel) -> list[tuple[str, str]]:
    return [(each.title, each.figure) for each in panel.plots.headings]


def test_that_a_unit_is_told_by_its_name_its_layer_its_weights_and_its_figures(unit_panel: Make) -> None:
    panel = unit_panel(("fc3", 5))
    assert told(panel) == ["fc3 · unit 5", "Linear 384→20 · 12 of 20 units", "6 blocks of 8×8 from conv2"]
    assert rows(panel) == []
    assert figures(panel) == [("Activation", "−0.1421"), ("Bias", "−0.05607"), ("Gradient norm", "20.36")]
    assert [each.about for each in panel.plots.headings] == ["mean −0.8253 (thin)", "", ""]
    assert panel.progress_label.isHidden()
    assert panel.progress_bar.isHidden()
    names = [plot.accessibleName() for plot in panel.plots.plots]
    assert names == ["Activation · −0.1421 · mean −0.8253 (thin)", "Bias · −0.05607", "Gradient norm · 20.36"]


def test_that_a_channel_a_class_and_a_pixel_are_called_so(unit_panel: Make) -> None:
    assert told(unit_panel(("conv2", 3))) == ["conv2 · channel 3", "Conv2d 4→6 · 8×8", "4 kernels of 3×3 from conv1"]
    last = unit_panel(("fc4", 3), step=30)
    assert told(last) == ["fc4 · unit 3 · class “3”", "Linear 20→10", "12 weights from fc3"]
    assert rows(last) == [("probability", "9.9 %")]
    assert figures(last)[2] == ("Gradient norm", "no step follows")
    pixel = unit_panel(("input", 20))
    assert told(pixel)[:2] == ["input · pixel row 2, column 4", "8×8 grey"]
    assert rows(pixel) == [("value", "180")]
    assert pixel.progress_label.text() == "The input is the same at every pass."
    assert all(each.isHidden() for each in (pixel.plots, pixel.weights, pixel.colour_bar, pixel.weights_label))


def test_that_how_far_it_is_read_is_told_until_it_is(unit_panel: Make) -> None:
    panel = unit_panel(has_history=False)
    assert panel.progress_label.text() == ""
    panel.show_progress(1340, 4819)
    assert panel.progress_label.text() == "reading 1,340 of 4,819 passes…"
    assert (panel.progress_bar.value(), panel.progress_bar.maximum()) == (1340, 4819)
    whole = unit_panel()
    whole.show_progress(1, 2)
    assert whole.progress_label.text() == "", "it is read already"


@pytest.mark.parametrize(
    ("n_unreadable", "damaged", "words"),
    [
        (0, {}, ""),
        (1, {}, "1 pass could not be read"),
        (1200, {}, "1,200 passes could not be read"),
        (0, {"weight_gradient": 1}, "weight gradient: damaged in 1 pass"),
        (
            2,
            {"bias": 1, "activation": 3},
            "2 passes could not be read, bias: damaged in 1 pass, activation: damaged in 3 passes",
        ),
    ],
)
def test_that_what_could_not_be_read_is_told(
    unit_panel: Make, n_unreadable: int, damaged: dict[str, int], words: str
) -> None:
    panel = unit_panel()
    assert panel._history is not None
    panel.show_history(replace(panel._history, n_unreadable=n_unreadable, damaged=damaged))
    assert panel.progress_label.text() == words
    assert panel.progress_label.isHidden() is (words == "")


def test_that_of_two_it_says_which_is_which_and_both_figures(unit_panel: Make) -> None:
    panel = unit_panel(of=made_up.of_two)
    assert told(panel)[2] == "B − A: 6 blocks of 8×8 from conv2"
    assert panel.names_label.text() == "A — usual · B ╌ with a much larger rate"
    assert not panel.names_label.isHidden()
    assert [figure for _, figure in figures(panel)] == [
        "A −0.142 · B −1.31 · −1.17",
        "A −0.0561 · B −1.88 · −1.82",
        "A 20.4 · B 20.2 · −0.156",
    ]
    assert panel.colour_bar.scale == 9.0
    panel.show_names(("usual", "usual"), held=10)
    assert panel.names_label.isHidden(), "the bar says which pass is held"
    panel.show_names(None)
    assert (panel.names_label.text(), panel.names_label.isHidden()) == ("", True)


def test_that_until_more_is_known_the_full_colour_is_that_of_the_pass(unit_panel: Make) -> None:
    weight = np.linspace(-0.01, 0.02, 20 * 6 * 64, dtype=np.float32).reshape(20, -1)[:12]
    faint = made_up_pass(made_up.run().layers, {"fc3": {"weight": weight}})
    panel = unit_panel(("fc3", 5), faint, has_history=False)
    assert panel.weights.incoming is not None
    assert panel.colour_bar.scale == panel.weights.incoming.largest < 0.02
    panel.show_history(replace(WHOLE, stage="fc3", number=5, largest_weight=0.5))
    assert panel.colour_bar.scale == 0.5
    same = unit_panel(of=made_up.of_two)
    assert same.colour_bar.scale == 9.0
    same.show_unit("fc3", 5)
    assert same.weights.incoming is not None
    assert same.colour_bar.scale == same.weights.incoming.largest != 9.0, "of another unit it is not known yet"
    both = difference_of(made_up.run(), made_up.run(), 2, 2)
    same.show_frame(made_up.frame(both, same._graph))
    assert same.colour_bar.scale == 0
    assert same.weights_label.text().endswith(", the same")


def test_that_only_the_newest_pass_is_the_last_state(unit_panel: Make) -> None:
    panel = unit_panel(("fc4", 3), step=30)
    assert figures(panel)[2] == ("Gradient norm", "no step follows")
    last = panel._frame
    assert last is not None
    panel.show_run(made_up.graph(), made_up.run().layers, np.arange(5) * 10, 40)
    panel.show_frame(last)
    assert figures(panel)[2] == ("Gradient norm", "not recorded"), "the run has gone on"
    panel.show_run(made_up.graph(), made_up.run().layers, np.array([30]), 40)
    panel.show_frame(last)
    assert figures(panel)[2] == ("Gradient norm", "no step follows")


def test_that_without_a_unit_it_says_how_to_come_to_one(unit_panel: Make) -> None:
    words = "Click a unit in the network.\nWhere it is drawn as modules, M draws its units."
    assert unit_panel(None).empty_state.label.text() == words
    assert unit_panel(of=made_up.of_none).empty_state.label.text() == "This run has none of 8 units kept."
    assert unit_panel().unpin_button.toolTip() == unit_panel().unpin_button.accessibleName() == "Unpin the unit"
    assert unit_panel().unpin_button.focusPolicy().name == "TabFocus"


def test_that_numbers_of_a_unit_have_a_row_for_each_step_and_of_two_a_column_for_each(unit_panel: Make) -> None:
    panel = unit_panel()
    panel.show_history(replace(WHOLE, stage="fc3", number=5))
    names, found = panel.numbers()
    assert names == ("step", "activation", "activation_mean", "bias", "gradient_norm")
    assert [row[0] for row in found] == [0, 10, 20, 30, 40, 50, 60]
    assert found[3] == (30, pytest.approx(0), pytest.approx(np.sin(1.5) * 1.5), pytest.approx(-0.009), np.exp(-1.5))
    assert found[6][4] is None
    panel.show_other_history(OF_B)
    names, found = panel.numbers()
    assert names[:4] == ("step", "activation_a", "activation_b", "activation_difference")
    assert names[-3:] == ("gradient_norm_a", "gradient_norm_b", "gradient_norm_difference")
    assert found[1][1:4] == (pytest.approx(-2 / 3), pytest.approx(-1 / 3), pytest.approx(1 / 3))
    assert found[0][2:4] == (None, None)


@pytest.mark.parametrize(
    ("steps", "sample", "values"),
    [([0, 5], 0, [1.0, 3.0]), ([0, 5], 1, [2.0, 4.0]), ([0, 5], 2, []), ([0, 5], -1, []), ([], 0, [])],
)
def test_that_a_sample_that_is_not_there_has_no_history(steps: list[int], sample: int, values: list[float]) -> None:
    activations = np.array([[1, 2], [3, 4]], np.float32)[: len(steps)]
    history = replace(WHOLE, activations=Trace(np.array(steps, np.int64), activations))
    assert history.of_sample(sample).values.tolist() == values
    assert history.mean().values.tolist() == [1.5, 3.5][: len(steps)]


@pytest.mark.parametrize(("step", "is_over"), [(49, False), (50, False), (51, True)])
def test_that_behind_the_last_step_with_a_gradient_none_follows(step: int, is_over: bool) -> None:
    assert WHOLE.has_no_step_after(step) == is_over
    assert not replace(WHOLE, gradient_norm=NO_TRACE).has_no_step_after(step)
    assert replace(WHOLE, last_by_part=50).has_no_step_by_part_after(step) == is_over
    assert not WHOLE.has_no_step_by_part_after(step)
    assert replace(WHOLE, last_by_part=0).has_no_step_by_part_after(1)


def test_that_a_history_moves_to_the_steps_of_another_run() -> None:
    def place(steps: np.ndarray) -> np.ndarray:
        return np.where(steps < 40, steps / 2.0, np.nan)

    moved = WHOLE.on(place)
    assert moved.bias.steps.tolist() == moved.activations.steps.tolist() == [0, 5, 10, 15]
    assert moved.gradient_norm.values.tolist() == WHOLE.gradient_norm.values[:4].tolist()


def test_that_plots_that_are_made_while_nothing_is_read_have_no_numbers(show: Callable[..., None]) -> None:
    plots = HistoryPlots()
    show(plots, 300, 330)
    for plot in plots.plots:
        assert not plot.getPlotItem().getAxis("left").style["showValues"]
        assert not plot.getPlotItem().getAxis("bottom").style["showValues"]
    plots.show_history(WHOLE, 0, 60)
    shown = [plot.getPlotItem().getAxis("bottom").style["showValues"] for plot in plots.plots]
    assert shown == [False, False, True]
    assert {plot.getPlotItem().getAxis("bottom").labelText for plot in plots.plots} == {"step"}


def test_that_what_a_layer_has_in_several_parameters_is_told_by_part(unit_panel: Make) -> None:
    panel = unit_panel(of=made_up.by_part)
    norms = [f"{np.linalg.norm(np.arange(3) + 3 * row):.4g}" for row in (1, 5, 9)]
    gradients = [f"{np.linalg.norm(np.arange(3) + 3 * row) / 10:.4g}" for row in (1, 5, 9)]
    gates = ["  reset gate", "  update gate", "  new gate"]
    assert rows(panel) == [
        ("weight_ih_l0", "norm · of the gradient"),
        *((gate, f"{norm} · {gradient}") for gate, norm, gradient in zip(gates, norms, gradients, strict=True)),
        ("bias_ih_l0", "value"),
        *zip(gates, ["3", "15", "27"], strict=True),
        ("  gradient", "not recorded"),
    ]
    assert figures(panel) == [("Activation", "5"), ("Bias", "by part, above"), ("Gradient norm", "by part, above")]
    assert panel.weights_label.text() == "incoming weights: by part, above"
    assert [plot.isHidden() for plot in panel.plots.plots] == [False, True, True]
