"""A unit in two runs, and at two passes of one."""

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint

from app.replay.comparing import Side
from app.views.unit.panel import UnitPanel
from app.window.main_window import MainWindow
from collector.comparing.saved import SavedComparison
from tests.app.parts import part
from tests.app.whole_run import PASS_STEPS, record_whole_run


@pytest.fixture
def unit(two_in_window: MainWindow) -> UnitPanel:
    """Unit 1 of the output, at the last pass."""
    two_in_window._session.pin_unit(("fc2", 1))
    panel: UnitPanel = part(two_in_window, "unit")
    return panel


def weights(window: MainWindow, number: int = -1) -> list[np.ndarray]:
    comparing = window._session.comparing
    return [each.collection.passes[number].layers["fc2"].weight for each in (comparing.a, comparing.b)]


def test_that_its_weights_are_those_of_b_less_those_of_a(unit: UnitPanel, two_in_window: MainWindow) -> None:
    a, b = weights(two_in_window)
    assert unit.weights.incoming.values.ravel().tolist() == (b - a)[1].tolist()
    assert unit.weights_label.text().startswith("B − A: ")
    assert unit.weights.tip(QPoint(2, 2)).count("A ") == 1
    assert " · B " in unit.weights.tip(QPoint(2, 2))


def test_that_the_full_colour_is_the_largest_difference_along_both_runs(
    unit: UnitPanel, two_in_window: MainWindow
) -> None:
    most = max(np.abs(b - a).max() for a, b in (weights(two_in_window, number) for number in range(5)))
    for number in (2, 4):
        two_in_window._session.show_pass(number)
        assert unit.colour_bar.scale == pytest.approx(float(most))


def test_that_its_figures_are_told_of_both(unit: UnitPanel, two_in_window: MainWindow) -> None:
    assert unit.plots.headings[2].figure == "no step follows", "the run ends with this pass"
    two_in_window._session.show_pass(3)
    for heading in unit.plots.headings:
        assert heading.figure.startswith("A ") and " · B " in heading.figure


def test_that_its_curves_in_b_lie_over_those_in_a(unit: UnitPanel, two_in_window: MainWindow) -> None:
    comparing = two_in_window._session.comparing
    a, b = unit.plots.bias.lines
    for line, run in ((a, comparing.a), (b, comparing.b)):
        assert line.steps.tolist() == list(PASS_STEPS)
        expected = [float(each.layers["fc2"].bias[1]) for each in run.collection.passes]
        assert line.values.tolist() == pytest.approx(expected)
    assert "A — usual · B ╌ faster" in unit.names_label.text()
    two_in_window._session.stop_comparing()
    assert len(unit.plots.bias.lines[1].steps) == 0
    assert not unit.names_label.isVisible()


def test_that_b_is_put_where_it_lies_on_the_clock(unit: UnitPanel, two_in_window: MainWindow) -> None:
    two_in_window._session.change_comparing(offset=3.0)
    assert unit.plots.bias.lines[1].steps.tolist() == [step - 3 for step in PASS_STEPS if step >= 3]


def test_that_where_both_are_the_same_it_says_so(unit: UnitPanel, two_in_window: MainWindow) -> None:
    two_in_window._session.show_pass(1)
    assert unit.weights_label.text().endswith(", the same")
    assert unit.plots.headings[1].figure.endswith("the same")


def test_that_another_unit_is_compared_too(unit: UnitPanel, two_in_window: MainWindow) -> None:
    two_in_window._session.pin_unit(("fc1", 3))
    a, b = unit.plots.bias.lines
    assert a.values.tolist() != b.values.tolist()
    assert unit.weights.incoming.sides is not None


def test_that_a_run_alone_is_as_ever(unit: UnitPanel, two_in_window: MainWindow) -> None:
    two_in_window._session.show_side(Side.A)
    assert unit.weights.incoming.sides is None
    assert not unit.plots.headings[1].figure.startswith("A ")


def test_that_its_tables_have_a_b_and_the_difference(unit: UnitPanel, two_in_window: MainWindow) -> None:
    tables = two_in_window.view("unit").tables
    history = tables["Unit"]()
    assert history.headings[:4] == ("step", "activation_a", "activation_b", "activation_difference")
    assert [row[0] for row in history.rows] == list(PASS_STEPS)
    assert history.rows[-1][3] == pytest.approx(history.rows[-1][2] - history.rows[-1][1])
    incoming = tables["Unit: incoming weights"]()
    assert incoming.headings[-3:] == ("weight_a", "weight_b", "weight_difference")
    assert incoming.rows[0][-1] == pytest.approx(incoming.rows[0][-2] - incoming.rows[0][-3], abs=1e-6)


def test_that_at_a_pass_that_is_held_the_same_curve_is_drawn_once_and_the_step_marked(
    window: MainWindow, two_paths: tuple[Path, Path]
) -> None:
    window.open(two_paths[0])
    session = window._session
    session.pin_unit(("fc2", 1))
    panel = part(window, "unit")
    session.show_pass(1)
    session.hold_pass()
    session.show_last()
    first, last = (session.opened.collection.passes[number].layers["fc2"].weight[1] for number in (1, 4))
    assert panel.weights.incoming.values.ravel().tolist() == (last - first).tolist()
    assert len(panel.plots.bias.lines[1].steps) == 0
    assert panel.plots.headings[1].figure.startswith("A ")
    assert [plot.held_mark.steps.tolist() for plot in panel.plots.plots] == [[PASS_STEPS[1]]] * 3


def test_that_it_stays_where_it_is_compared_with_a_run_that_keeps_fewer_units(
    window: MainWindow, two_paths: tuple[Path, Path], tmp_path: Path
) -> None:
    fewer = record_whole_run(tmp_path / "fewer.json", neuron_cap=10)
    window.open(two_paths[0])
    session = window._session
    session.pin_unit(("fc2", 1))
    panel = part(window, "unit")
    session.compare(SavedComparison(a=str(two_paths[0]), b=str(fewer)))
    assert panel.unit == ("fc2", 1)
    assert len(panel.plots.bias.lines[1].steps) == len(PASS_STEPS)
    session.stop_comparing()
    assert panel.unit == ("fc2", 1)
