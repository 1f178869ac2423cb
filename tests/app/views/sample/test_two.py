"""Two networks on the same samples: what a user sees of both, and which samples they take for different classes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.analysis.samples_view import SampleOrder
from app.palette import DARK
from app.replay.comparing import Side
from app.replay.frame import Frame
from app.views.sample.panel import SamplePanel
from app.views.sample.probability_bars import points
from app.window.main_window import MainWindow
from collector.comparing.samples import cross_entropies
from tests.app.painted import painted
from tests.app.parts import part


@pytest.fixture
def frames(two_in_window: MainWindow) -> list[Frame]:
    frames: list[Frame] = []
    two_in_window._session.frame_ready.connect(frames.append)
    return frames


@pytest.fixture
def panel(two_in_window: MainWindow, frames: list[Frame]) -> SamplePanel:
    """Both at their last pass, the first sample."""
    panel: SamplePanel = part(two_in_window, "sample")
    two_in_window._session.choose_sample(1)
    two_in_window._session.choose_sample(0)
    return panel


def sides(frames: list[Frame]) -> tuple[Frame, Frame]:
    assert frames[-1].sides is not None
    return frames[-1].sides


def test_that_each_class_has_the_bar_of_a_above_that_of_b_and_how_much_b_has_more(
    panel: SamplePanel, frames: list[Frame]
) -> None:
    a, b = sides(frames)
    assert a.sample.probabilities is not None
    assert b.sample.probabilities is not None
    found = painted(panel.bars)
    for number, row in enumerate(panel.bars.rows):
        expected = a.sample.probabilities[number], b.sample.probabilities[number]
        assert [bar.probability for bar in row.bars] == pytest.approx(expected)
        assert points(expected[1] - expected[0]) in found.texts
        assert f"usual: {expected[0] * 100:.1f} %" in panel.bars.tip(row) or expected[0] < 0.001 or expected[0] > 0.999
    assert "filled: usual · hatched: faster" in panel.beside_label.text()


def test_that_the_predictions_and_the_cross_entropy_of_both_are_told(panel: SamplePanel, frames: list[Frame]) -> None:
    first, second = panel.predicted_label.text().split("<br>")
    for words, name, frame in zip((first, second), ("usual", "faster"), sides(frames), strict=True):
        assert words.startswith(f"{name}: ")
        assert frame.sample.name_of(frame.sample.predicted_class) in words
    losses = [float(cross_entropies(each.taken, each.samples.labels)[0]) for each in sides(frames)]  # type: ignore[index]
    assert panel.loss_label.text().startswith(f"Cross entropy {losses[0]:.3g} → {losses[1]:.3g} (")


def test_that_what_both_take_for_different_classes_is_marked_and_stands_first_where_asked_for(
    two_in_window: MainWindow, panel: SamplePanel, frames: list[Frame]
) -> None:
    two_in_window._session.show_pass(3)
    a, b = sides(frames)
    assert a.samples.predicted is not None
    changed = np.flatnonzero(a.samples.predicted != b.samples.predicted)
    assert len(changed), "the second run is other enough"
    assert panel.score_label.text() == f"{len(changed)} changed"
    assert len(painted(panel.strip).areas(DARK.badge)) == len(changed)
    panel.order_box.setCurrentIndex(panel.order_box.findData(SampleOrder.CHANGED))
    assert set(panel.strip.order[: len(changed)].tolist()) == set(changed.tolist())
    losses = cross_entropies(b.taken, b.samples.labels)
    assert losses is not None
    assert (np.diff(losses[panel.strip.order[: len(changed)]]) <= 0).all()


def test_that_the_table_has_columns_of_both_and_of_the_difference(
    two_in_window: MainWindow, panel: SamplePanel
) -> None:
    names, rows = panel.numbers()
    assert {"prediction_a", "prediction_b", "cross_entropy_a", "cross_entropy_b"} <= set(names)
    for row in (dict(zip(names, each, strict=True)) for each in rows):
        ends = ("a", "b", "difference")
        a, b, difference = (float(row[f"cross_entropy_{end}"]) for end in ends)  # type: ignore[arg-type]
        assert difference == pytest.approx(b - a)
        assert row["is_changed"] == (row["prediction_a"] != row["prediction_b"])
    two_in_window._session.show_side(Side.A)
    assert panel.numbers()[0] == ("sample", "label", "label_name", "prediction", "prediction_name", "probability")


def test_that_where_nothing_differs_it_says_so(two_in_window: MainWindow, panel: SamplePanel) -> None:
    two_in_window._session.show_pass(0)
    assert "the same, to the bit" in panel.beside_label.text()
    assert {row.difference for row in panel.bars.rows} == {0.0}
    assert "(the same)" in panel.loss_label.text()


def test_that_a_alone_is_as_ever_and_so_is_b(two_in_window: MainWindow, panel: SamplePanel) -> None:
    for side in (Side.A, Side.B):
        two_in_window._session.show_side(side)
        assert panel.predicted_label.text().startswith("Prediction: ")
        assert not panel.beside_label.isVisible()
        assert SampleOrder.CHANGED not in panel.order_box.offered


def test_that_a_held_pass_stands_beside_the_one_that_is_shown(window: MainWindow, two_paths: tuple[Path, Path]) -> None:
    window.open(two_paths[0])
    window._session.hold_pass()
    window._session.show_last()
    panel: SamplePanel = part(window, "sample")
    assert "filled: step 0 · hatched: this pass" in panel.beside_label.text()


def test_that_other_samples_are_not_compared_and_it_is_said(
    two_in_window: MainWindow, panel: SamplePanel, frames: list[Frame], two_paths: tuple[Path, Path]
) -> None:
    comparing = two_in_window._session.comparing
    assert comparing is not None
    comparing.pair.__dict__["has_same_probe"] = False  # as it is of two runs of other probes
    two_in_window._session.show_pass(3)
    assert panel.beside_label.text() == (
        "usual alone: the two were measured on other samples, which cannot be compared."
    )
    assert all(row.beside is None for row in panel.bars.rows)


def test_that_a_click_on_a_changed_sample_shows_it_in_both(
    two_in_window: MainWindow, panel: SamplePanel, frames: list[Frame], qtbot: QtBot
) -> None:
    qtbot.mouseClick(panel.strip.viewport(), Qt.MouseButton.LeftButton, pos=panel.strip.rect_of(3).center())
    assert [each.view.sample for each in sides(frames)] == [3, 3]


@pytest.mark.parametrize(
    ("difference", "words"),
    [(0.123, "+12.3 pp"), (-0.5, "−50.0 pp"), (0.0001, "≈ 0 pp"), (0.0, "the same"), (float("nan"), "–")],
)
def test_that_points_have_a_sign(difference: float, words: str) -> None:
    assert points(difference) == words


def test_that_a_class_that_one_network_alone_tells_of_has_one_bar(
    show: Callable[..., None], panel: SamplePanel, frames: list[Frame]
) -> None:
    from app.views.sample.probability_row import probability_rows

    a, b = (each.sample for each in sides(frames))
    few = replace(b, classes=(2, 0), probabilities=np.array([0.9, 0.1]))
    rows = probability_rows(replace(a, classes=(1, 2), probabilities=np.array([0.7, 0.3])), few)
    assert [row.name for row in rows] == ["bee", "cat", "ant"]
    assert np.isnan([rows[0].beside.probability, rows[2].probability]).all()  # type: ignore[union-attr]
    assert rows[1].difference == pytest.approx(0.6)
