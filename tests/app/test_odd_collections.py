"""Collections unlike the usual ones, in the whole window: opened, scrubbed, played, pointed at, in every mode."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph_options import EdgeMode, NodeMode, ScaleMode
from app.window.main_window import MainWindow
from collector.storage import CollectionWriter
from tests.app.odd_collections import ODD, SMALL
from tests.app.parts import part
from tests.app.views.network.driving import move, pixels, point_of
from tests.benchmarks.generated import header

SHIFT, PLAIN = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
EDGE_KEYS = {
    EdgeMode.GRADIENT: Qt.Key.Key_G,
    EdgeMode.UPDATE: Qt.Key.Key_U,
    EdgeMode.WEIGHT: Qt.Key.Key_W,
}

Opened = Callable[[str], MainWindow]


@pytest.fixture(scope="session")
def odd_paths(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Where a collection of `ODD` lies; made when it is first asked for."""
    folder = tmp_path_factory.mktemp("odd")

    def path_of(name: str) -> Path:
        path = folder / f"{name}.json"
        if not path.exists():
            ODD[name](path)
        return path

    return path_of


@pytest.fixture
def opened(window: MainWindow, odd_paths: Callable[[str], Path]) -> Opened:
    """Opens one of `ODD` in the window."""

    def open_odd(name: str) -> MainWindow:
        window.open(odd_paths(name))
        assert not window.run_bar.problem_label.isVisible()
        return window

    return open_odd


def shown_pass(window: MainWindow) -> int:
    """The pass that is painted, which the transport has to agree with."""
    view = part(window, "network").graph_view
    assert view is not None
    assert window.transport.place_label.text().startswith(f"pass {view.pass_.number + 1:,} of ")
    return view.pass_.number


def is_painted(window: MainWindow) -> bool:
    """Whether there is more to see in the network than its ground."""
    colours = pixels(part(window, "network"))[::3, ::3] @ (1, 256, 65536)
    return len(np.unique(colours)) > 20


def last_pass(window: MainWindow) -> int:
    return window.transport.slider.maximum()


@pytest.mark.parametrize("name", ODD)
def test_that_keys_go_to_every_end_and_the_pass_asked_for_is_painted(opened: Opened, qtbot: QtBot, name: str) -> None:
    window = opened(name)
    last = last_pass(window)
    for key, modifier, expected in (
        (Qt.Key.Key_Home, PLAIN, 0),
        (Qt.Key.Key_Right, PLAIN, min(1, last)),
        (Qt.Key.Key_Right, SHIFT, min(11, last)),
        (Qt.Key.Key_End, PLAIN, last),
        (Qt.Key.Key_Left, SHIFT, max(last - 10, 0)),
    ):
        qtbot.keyClick(window, key, modifier)
        assert shown_pass(window) == expected
        assert is_painted(window)


@pytest.mark.parametrize("name", ODD)
def test_that_every_mode_is_painted_at_every_kind_of_pass(opened: Opened, qtbot: QtBot, name: str) -> None:
    window = opened(name)
    for number in range(min(last_pass(window) + 1, 5)):
        window.transport.slider.setValue(number)
        for edges, key in EDGE_KEYS.items():
            qtbot.keyClick(window, key)
            assert part(window, "network").graph_view.options.edges is edges
            assert is_painted(window)
        for field, modes in (("nodes", NodeMode), ("scale", ScaleMode)):
            for mode in reversed(modes):  # ends with the usual one
                window._session.set_options(**{field: mode})
                assert is_painted(window)
        assert shown_pass(window) == number


@pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)  # the offscreen platform's tooltips
@pytest.mark.parametrize("name", ODD)
def test_that_units_of_each_column_are_pointed_at_and_pinned_at_every_kind_of_pass(
    opened: Opened, qtbot: QtBot, name: str
) -> None:
    window = opened(name)
    network = part(window, "network")
    for number, column in enumerate(network.graph_view.graph.columns):
        for position in {0, len(column) - 1}:
            at = point_of(network, number, position)
            move(network, at)
            assert network.scene().hovered_unit == (number, position)
            qtbot.mouseClick(network.viewport(), Qt.MouseButton.LeftButton, pos=at)
            assert part(window, "unit").title_label.text().startswith(f"{column.stage} · ")
            assert part(window, "unit").column is column
            for place in range(min(last_pass(window) + 1, 5)):
                window.transport.slider.setValue(place)
                window.grab()
            assert network.scene().pinned_unit == (number, position)


@pytest.mark.parametrize("name", sorted(ODD.keys() - {"1 pass"}))
def test_that_playing_goes_on_from_pass_to_pass(opened: Opened, qtbot: QtBot, name: str) -> None:
    window = opened(name)
    window._session.set_delay_ms(200)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: shown_pass(window) >= 1, timeout=5000)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert window.transport.play_button.toolTip() == "Play (Space)"
    assert is_painted(window)


def test_that_one_pass_cannot_be_played(opened: Opened, qtbot: QtBot) -> None:
    window = opened("1 pass")
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert window.transport.play_button.toolTip() == "Play (Space)"
    assert not window.transport.play_button.isEnabled()


def test_that_the_only_pass_is_a_dot_in_each_history(opened: Opened) -> None:
    window = opened("1 pass")
    window._session.pin_unit(("fc2", 0))
    for plot in part(window, "unit").plots.plots:
        own = max(number for number, line in enumerate(plot.lines) if len(line.values))
        steps, values = plot._alone[own].getData()
        assert steps.tolist() == [0]
        assert values.tolist() == plot.lines[own].values.tolist()


def test_that_it_is_said_why_nothing_is_predicted(opened: Opened) -> None:
    window = opened("numbers that are not finite")
    window.transport.slider.setValue(2)
    assert "NaN or Inf" in part(window, "sample").predicted_label.text()
    assert part(window, "sample").bars.rows == ()


def test_that_one_output_beside_numbers_is_no_class_and_has_a_residual(opened: Opened) -> None:
    window = opened("1 output")
    window.transport.slider.setValue(1)
    assert "residual" in part(window, "sample").predicted_label.text()
    assert "right" not in part(window, "sample").score_label.text()
    assert part(window, "sample").bars.rows == ()


def test_that_a_unit_without_a_number_says_what_it_has_instead(opened: Opened) -> None:
    window = opened("numbers that are not finite")
    window._session.pin_unit(("fc2", 0))
    figures = []
    for number in (2, 3, 4):
        window.transport.slider.setValue(number)
        figures.append(dict(part(window, "unit")._facts)["bias"])
    assert figures == ["NaN", "Inf", "−Inf"]


def test_that_a_prediction_is_neither_right_nor_wrong_without_labels(opened: Opened) -> None:
    window = opened("samples that are no pictures")
    assert not any(row.is_true or row.is_wrong for row in part(window, "sample").bars.rows)
    assert part(window, "sample").score_label.text() == ""


def test_that_without_a_probe_the_panel_says_only_that(opened: Opened) -> None:
    sample = part(opened("no probe"), "sample")
    assert "without samples" in sample.empty_state.label.text()
    assert sample.empty_state.label.isVisible()
    assert not sample.predicted_label.isVisible()


@pytest.mark.parametrize("is_finished", [True, False])
def test_that_without_a_pass_the_window_says_so_and_keeps_what_it_showed(
    opened: Opened, tmp_path: Path, is_finished: bool
) -> None:
    window = opened("1 pass")
    path = tmp_path / "none.json"
    writer = CollectionWriter(path, header(SMALL))
    if is_finished:
        writer.close()
    window.open(path)
    assert "none.json" in window.run_bar.problem_label.text()
    assert "has no pass yet" in window.run_bar.problem_label.text()
    assert shown_pass(window) == 0
    assert is_painted(window)
    writer.close()


@pytest.mark.parametrize("name", ODD)
def test_that_each_can_be_drawn_as_modules(opened: Opened, qtbot: QtBot, name: str) -> None:
    window = opened(name)
    window._session.draw_as_modules(as_modules=True)
    assert part(window, "page").are_modules_seen
    for key in (Qt.Key.Key_E, Qt.Key.Key_End, Qt.Key.Key_Home):
        qtbot.keyClick(window, key)
        assert not part(window, "modules").grab().isNull()
    layout = part(window, "modules").module_layout
    assert layout is not None
    calls = {node.node.module for node in layout.folded.graph.nodes.values() if node.node.role == "call"}
    assert calls >= {
        name for name, layer in layout.folded.graph.layers.items() if layer.is_stage and layer.output_shape
    }
    assert not window.run_bar.problem_label.isVisible()
