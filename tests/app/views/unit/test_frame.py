"""What is shown of a unit at a pass."""

from pathlib import Path

from app.replay.opened import open_for_replay
from app.replay.state import ReplayState
from app.views.unit.frame import prepare
from tests.app.three_states_run import FROZEN, write_three_states


def test_that_a_layer_without_gradient_is_known_by_its_norm(tmp_path: Path) -> None:
    opened = open_for_replay(write_three_states(tmp_path / "run.json"))
    lacking = {}
    for number, step in enumerate(opened.collection.passes.steps.tolist()):
        view = opened.view_of(ReplayState(pass_number=number))
        assert view is not None
        shown = prepare(opened, view, opened.passes.get(number))
        lacking[step] = [name for name in ("conv1", "fc1", "fc2", "none") if shown.has_no_gradient(name)]
    assert lacking == {step: ["fc1"] if step in FROZEN else [] for step in (0, 50, 100, 150)}
    opened.collection.close()
