from pathlib import Path

import numpy as np
import pytest

from collector.storage.schema import FlowNode
from tests.collector.findings.recorded import Recorded, falling, flat
from tests.collector.findings.said import lacking, told

N = 200
RULE = "dropout-too-high"


def recorded(folder: Path, *modules: tuple[str, str, dict], loss: np.ndarray) -> Recorded:
    run = Recorded(folder).scalars({"loss": loss})
    calls = [FlowNode(name, kind, "call", name, ["input"], options=options) for name, kind, options in modules]
    run._header.flow = [FlowNode("input", "input", "input"), *calls]
    return run


def test_that_all_that_drop_too_much_are_told_by_the_one_that_drops_most(tmp_path: Path) -> None:
    modules = [("a", "Dropout", {"p": 0.75}), ("b", "SpatialDropout1D", {"rate": 0.9}), ("c", "Dropout", {"p": 0.7})]
    run = recorded(tmp_path, *modules, ("d", "Threshold", {"p": 5}), loss=flat(N))
    assert told(run, RULE) == [
        "warning: a, b since 0 in 0-0; see layers 0 b",
        "b drops 90 % of its inputs. Too little is left of each sample to learn from.",
        "p: 0.9, layers: 2",
    ]
    assert told(recorded(tmp_path, *modules, loss=falling(N)), RULE)[0].startswith("note")


@pytest.mark.parametrize(
    ("held_out", "severity"), [([3.0, 3.0, 2.0, 1.0, 2.0], "warning"), ([1.0, 2.5, 1.0, 2.5], "note")]
)
def test_that_less_harms_where_the_training_loss_is_above_the_held_out_one(tmp_path: Path, held_out, severity) -> None:
    run = recorded(tmp_path, ("a", "Dropout", {"p": 0.8}), loss=flat(N))
    run.scalars({"val_loss": held_out}, every=30)
    found = told(run, RULE)
    assert found[0].startswith(severity)
    assert ("above the held-out one" in found[1]) is (severity == "warning")


def test_that_without_options_of_modules_it_is_not_judged(tmp_path: Path) -> None:
    assert "the options of modules are not in this file" in lacking(Recorded(tmp_path), RULE)
