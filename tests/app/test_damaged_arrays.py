"""A damaged array of a pass costs that picture alone: it says so in its place, and none of another pass stays there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.window.main_window import MainWindow
from tests.app.parts import part
from tests.hostile.mutate import content_of, lines_of

DAMAGED = 2
"""Number of the pass."""


@pytest.fixture
def damaged(collection_path: Path, tmp_path: Path) -> Callable[..., Path]:
    """The small collection, in whose third pass these arrays have another shape; its checksums are honest."""

    def write(*kinds: str) -> Path:
        lines = lines_of(collection_path.read_bytes())
        (record,) = [line for line in lines if line.get("record") == "pass" and line["pass"] == DAMAGED]
        for holder in (record, *record["layers"].values()):
            for kind in kinds:
                if kind in holder:
                    holder[kind] = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
        if "histograms" in kinds:
            record["histograms"] = {name: {"weight": [1, 2, 3]} for name in record["layers"]}
        path = tmp_path / "damaged.json"
        path.write_bytes(content_of(lines))
        return path

    return write


def at_the_damaged_pass(window: MainWindow, path: Path, view: str) -> object:
    """A part of the window, which has shown the pass before and shall show the damaged one now."""
    window.open(path)
    shown = part(window, view)
    window._session.show_pass(DAMAGED - 1)
    window._session.show_pass(DAMAGED)
    return shown


@pytest.mark.parametrize(("kind", "titled"), [("weight", "filters"), ("feature_maps", "before")])
def test_that_tiles_say_that_they_are_damaged_and_none_of_another_pass_stay(
    window: MainWindow, damaged: Callable[..., Path], kind: str, titled: str
) -> None:
    panel = at_the_damaged_pass(window, damaged(kind), "features")
    window._session.select_layer("conv1")
    grid = getattr(panel, titled).grid
    assert "damaged in the file" in grid.message
    assert grid.image.isNull()
    window._session.show_pass(DAMAGED - 1)
    assert not grid.image.isNull(), "the others stay"


def test_that_strips_say_that_they_are_damaged(window: MainWindow, damaged: Callable[..., Path]) -> None:
    panel = at_the_damaged_pass(window, damaged("activation"), "features")
    window._session.select_layer("fc1")
    reasons = {strip.stage: strip.reason for strip in panel.strips._strips if strip.values is None}  # type: ignore[attr-defined]
    assert set(reasons) == {"fc1", "fc2"}
    assert all("damaged in the file" in reason for reason in reasons.values())


def test_that_a_prediction_says_that_it_is_damaged(window: MainWindow, damaged: Callable[..., Path]) -> None:
    panel = at_the_damaged_pass(window, damaged("logits"), "sample")
    assert "damaged in the file" in panel.predicted_label.text()  # type: ignore[attr-defined]


def test_that_histograms_say_that_they_are_damaged(window: MainWindow, damaged: Callable[..., Path]) -> None:
    panel = at_the_damaged_pass(window, damaged("histograms"), "optimizer")
    column = panel.histograms  # type: ignore[attr-defined]
    assert "a histogram has shape" in column.absence_label.text()
    assert column.absence_label.isVisible()
    assert not any(len(view.bars) for view in column.views.values())


def test_that_the_network_says_that_it_is_damaged(window: MainWindow, damaged: Callable[..., Path]) -> None:
    network = at_the_damaged_pass(window, damaged("weight", "activation", "feature_maps"), "network")
    assert any("damaged" in each for each in network.graph_view.missing)  # type: ignore[attr-defined]


def test_that_nothing_reaches_the_window_as_an_error(
    window: MainWindow, damaged: Callable[..., Path], qtbot: object
) -> None:
    kinds = ("weight", "bias", "weight_gradient", "weight_update", "activation", "feature_maps", "logits", "histograms")
    window.open(damaged(*kinds))
    assert window._session.opened is not None
    for page in window.pages:
        window.show_view(page.spec.name)
        for number in range(window._session.opened.n_passes):
            window._session.show_pass(number)
    told = window._session.opened.collection.damaged
    assert any("weight of 'conv1'" in each for each in told)
    assert len(told) == len(set(told)), "each once"


def test_that_the_weights_and_the_history_of_a_unit_say_that_they_are_damaged(
    window: MainWindow, damaged: Callable[..., Path]
) -> None:
    window.open(damaged("weight", "bias"))
    shown = part(window, "unit")
    window._session.pin_unit(("fc1", 8))
    window._session.show_pass(DAMAGED)
    assert shown.weights_label.text() == "incoming weights: damaged"  # type: ignore[attr-defined]
    assert shown.progress_label.text() == "weight: damaged in 1 pass, bias: damaged in 1 pass"  # type: ignore[attr-defined]
    assert not shown.progress_label.isHidden()  # type: ignore[attr-defined]
    window._session.show_pass(DAMAGED - 1)
    assert "damaged" not in shown.weights_label.text()  # type: ignore[attr-defined]
