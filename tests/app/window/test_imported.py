"""Collections that were not recorded by a training: the window shows what they have."""

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from collector.importing.collection import write_collection
from collector.importing.logged import Buckets, Logged
from tests.app.parts import part
from tests.app.wiring.user import User


def logged(path: Path, *, has_histograms: bool) -> Path:
    found = Logged(path.with_suffix(""), "TensorBoard event files")
    for step in range(0, 50, 5):
        found.put("train/loss", step, 2 / (step + 1), 1000.0 + step)
        if not has_histograms:
            found.put("lr", step, 0.1)
        else:
            edges = np.linspace(-1, 1, 11)
            buckets = Buckets(np.stack([edges[:-1], edges[1:]], 1), np.full(10, 3.0))
            for tag in ("fc1.weight", "fc1.weight.grad", "fc2.weight"):
                found.put_histogram(tag, step, buckets)
    write_collection(found, path)
    return path


@pytest.mark.parametrize("has_histograms", [True, False], ids=["with histograms", "curves alone"])
def test_that_every_view_of_an_import_shows_what_there_is_or_says_why_not(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, has_histograms: bool
) -> None:
    window.open(logged(tmp_path / "run.json", has_histograms=has_histograms))
    user = User(window, qtbot)
    for page in window.pages:
        window.show_view(page.spec.name)
        user.settle()
        assert page.view is not None
        assert page.view.isVisible(), page.spec.name
    optimizer, features = part(window, "optimizer"), part(window, "features")
    assert optimizer.heat_map.isVisibleTo(optimizer), "histograms, or a learning rate, are something to see"
    assert not optimizer.measure_box.isVisibleTo(optimizer)
    assert "not in this file" in features._outer.state.label.text()
    if has_histograms:
        assert part(window, "unit").empty_state.label.text().startswith("This run has no units: the logs that")
    assert not window.run_bar.problem_label.isVisible()
    assert "0 parameters" not in window.run_bar.run_label.text()
    assert "loss" in [card.name for card in part(window, "timeline").cards]
