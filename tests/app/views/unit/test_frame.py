"""What is shown of a unit at a pass."""

from pathlib import Path

import pytest

from app.analysis.graph.graph import build_graph
from app.replay.opened import open_for_replay
from app.replay.state import ReplayState
from app.views.unit.frame import prepare
from collector.storage.passes import LayerArrays
from tests.app.looks.pieces.unit import frame
from tests.app.made_up import chain, difference_of
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


def test_that_of_two_passes_no_layer_is_said_to_have_no_gradient_or_an_earlier_one() -> None:
    run = chain(("fc", 3), ("fc", 2), n_passes=2)
    both = difference_of(run, run, 0, 1)
    graph = build_graph(both.common.layers, run.probe)
    shown = frame(both, graph)
    assert not shown.has_no_gradient("fc1")
    assert shown.updated_at("fc1") is None


@pytest.mark.parametrize(("layer", "step"), [("fc1", 7), ("fc2", None), ("no such layer", None)])
def test_that_the_step_of_an_earlier_gradient_is_that_of_its_own_layer(
    layer: str, step: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = chain(("fc", 3), ("fc", 2), n_passes=2)
    monkeypatch.setattr(
        LayerArrays, "updated_at", property(lambda own: 7 if own is run.passes[1].layers["fc1"] else None)
    )
    shown = frame(run.passes[1], build_graph(run.layers, run.probe))
    assert shown.updated_at(layer) == step
