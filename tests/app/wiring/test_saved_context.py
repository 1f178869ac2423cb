"""What is saved says when other data stood in for those that were asked for."""

from pathlib import Path

import pytest
from PyQt6.QtWidgets import QFileDialog

from app.window.main_window import MainWindow
from tests.app.odd_collections import trained


@pytest.mark.parametrize(("used", "is_told"), [("digits", True), ("mnist", False)])
def test_that_saved_numbers_say_that_other_data_stood_in(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, used: str, is_told: bool
) -> None:
    about = {"model": "mlp", "dataset": "mnist", "data_used": used}
    trained(tmp_path / "run.json", [4, 3], sample=(4,), about=about)
    window.open(tmp_path / "run.json")
    window.show_view("layers")
    path = tmp_path / "layers.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    window.numbers_menu.aboutToShow.emit()
    next(each for each in window.numbers_menu.actions() if each.text().startswith("Layers")).trigger()
    comments = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
    assert any("run.json" in line for line in comments)
    assert any("digits" in line for line in comments) == is_told
