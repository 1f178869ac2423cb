"""What is saved says when other data stood in for those that were asked for."""

from pathlib import Path

import pytest
from PyQt6.QtWidgets import QFileDialog

from app.window.main_window import MainWindow


@pytest.mark.parametrize(("used", "is_told"), [("digits", True), ("mnist", False)])
def test_that_saved_numbers_say_that_other_data_stood_in(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, used: str, is_told: bool
) -> None:
    import torch
    from torch import nn

    from collector import Collector

    model = nn.Sequential(nn.Linear(4, 3))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    about = {"model": "mlp", "dataset": "mnist", "data_used": used}
    inputs, labels = torch.rand(6, 4), torch.arange(6) % 3
    with Collector(
        model, optimizer, tmp_path / "run.json", probe=(inputs, labels), interval=1, about=about
    ) as collector:
        for _ in range(2):
            loss = nn.functional.cross_entropy(model(inputs), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
    window.open(tmp_path / "run.json")
    path = tmp_path / "layers.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    window.numbers_menu.aboutToShow.emit()
    next(each for each in window.numbers_menu.actions() if each.text().startswith("Layers")).trigger()
    comments = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
    assert any("run.json" in line for line in comments)
    assert any("digits" in line for line in comments) == is_told
