"""What is read ahead of what is shown: on the thread of a job, so that the window does not wait for it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.replay.opened import open_for_replay
from app.replay.state import ReplayState
from app.views.features import frame
from app.views.features.analysis.activation_strips import AFTER, BEFORE
from app.views.features.frame import NAME, derive, prepare, stages_of
from collector.storage.layer import Layer
from tests.app.made_up import layer
from tests.app.views.features.features_run import write_features_run
from tests.app.views.features.sequence_run import write_sequence_run


def decoded(arrays: object) -> set[str]:
    return {name for name, value in vars(arrays).items() if isinstance(value, np.ndarray)}


def test_that_of_two_runs_the_stages_have_the_units_that_both_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    def layers(n: int) -> dict[str, Layer]:
        return {"fc": layer("fc", units=9, kept=np.arange(n), parameters={"weight": (9, 2)})}

    of_a, common = layers(9), layers(4)
    own, stages_of_a = ["own"], ["of a"]
    a = SimpleNamespace(collection=SimpleNamespace(layers=of_a), derived={NAME: stages_of_a})
    comparing = SimpleNamespace(a=a, once=lambda name, make: (name, make()))

    def shown(both: object, of: dict[str, Layer]) -> Any:
        monkeypatch.setattr(frame, "differences_of", lambda _: SimpleNamespace(common=SimpleNamespace(layers=of)))
        return stages_of(SimpleNamespace(derived={NAME: own}, comparing=both))  # type: ignore[arg-type]

    assert shown(None, common) is own
    assert shown(comparing, of_a) is stages_of_a
    name, (stage,) = shown(comparing, common)
    assert (name, stage.layer) == (NAME, common["fc"])


@pytest.mark.parametrize(
    ("write", "layer", "read"),
    [
        (write_features_run, "conv", {"conv": {"weight", "feature_maps"}, "relu": {"feature_maps"}, "fc": set()}),
        (write_features_run, "relu", {"conv": {"weight", "feature_maps"}, "relu": {"feature_maps"}, "fc": set()}),
        (write_features_run, None, {"conv": {"weight", "feature_maps"}, "relu": {"feature_maps"}, "fc": set()}),
        (write_features_run, "fc", {"conv": set(), "relu": set(), "fc": {"activation"}}),
        (write_sequence_run, "lstm", {"lstm": {"sequence"}, "attn": set(), "head": set()}),
        (
            write_sequence_run,
            "attn",
            {
                "lstm": set(),
                "attn.out": {"sequence"},
                "attn": {"sequence", "attention", "attention_entropy", "attention_logit"},
                "head": set(),
            },
        ),
    ],
)
def test_that_what_is_shown_of_a_layer_is_read_and_nothing_else(
    tmp_path: Path, write: Callable[[Path], Path], layer: str | None, read: dict[str, set[str]]
) -> None:
    opened = open_for_replay(write(tmp_path / "run.json"))
    opened = replace(opened, derived={NAME: derive(opened)})
    view = opened.view_of(ReplayState(pass_number=1, layer=layer))
    assert view is not None
    taken = opened.collection.passes[1]
    frame = prepare(opened, view, taken)
    assert frame is not None
    assert {name: decoded(taken.layers[name]) for name in read} == read
    assert frame.strips(AFTER) is frame.strips(AFTER)
    assert frame.strips(BEFORE) is not frame.strips(AFTER)
    opened.collection.close()
