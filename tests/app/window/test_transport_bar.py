"""What the transport offers of a run."""

from pathlib import Path

import pytest

from app.window.main_window import MainWindow
from tests.app.views.stories.told_run import Told, write_told


@pytest.mark.parametrize(("n_passes", "goes"), [(1, False), (2, True), (3, True)])
def test_that_there_is_something_to_go_through_from_two_passes_on(
    window: MainWindow, tmp_path: Path, n_passes: int, goes: bool
) -> None:
    window.open(write_told(tmp_path / "told.json", Told(n_measurements=n_passes)))
    transport = window.transport
    assert transport.slider.isEnabled() is goes
    assert {each.isEnabled() for each in transport._buttons()} == {goes}
