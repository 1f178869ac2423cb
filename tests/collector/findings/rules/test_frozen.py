from pathlib import Path

import pytest

from collector.storage.schema import OptimizersRecord, ParameterGroup
from tests.collector.findings.recorded import Recorded, chain, falling, flat
from tests.collector.findings.said import RULES, told

N = 200
RULE = "frozen-layers"


def recorded(folder: Path, frozen: list[str], *, falls: bool = False, step: int = 0) -> Recorded:
    run = Recorded(folder, chain(4)).scalars({"loss": falling(N) if falls else flat(N)})
    return run.add(OptimizersRecord(step, [ParameterGroup(["fc4.weight"], "Adam", 0)], frozen=frozen))


def whole(*layers: str) -> list[str]:
    return [f"{layer}.{which}" for layer in layers for which in ("weight", "bias")]


def test_that_most_of_a_network_frozen_is_told_where_nothing_is_learnt(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, whole("fc1", "fc2", "fc3"), step=30), RULE) == [
        "warning: fc1, fc2, fc3 since 30 in 30-30; see network 30 fc1",
        "fc1, fc2, fc3: frozen, 75 % of the parameters, and nothing is learnt. What is left to train has to make do "
        "with features that stay as they began.",
        "share of the parameters: 0.75, layers: 3",
    ]
    assert told(recorded(tmp_path, whole("fc1", "fc2", "fc3"), falls=True), RULE) == []


def test_that_all_of_it_is_a_whole_number_of_percents(tmp_path: Path) -> None:
    (found,) = recorded(tmp_path, whole("fc1", "fc2", "fc3", "fc4")).found(RULES[RULE])
    assert "frozen, 100 % of the parameters" in found.title


@pytest.mark.parametrize("frozen", [whole("fc1", "fc2"), whole("fc1", "fc2")[:3] + whole("fc3")[:1], []])
def test_that_half_of_it_and_parts_of_layers_are_not_most(tmp_path: Path, frozen: list[str]) -> None:
    assert told(recorded(tmp_path, frozen), RULE) == []


def test_that_what_was_thawed_is_not_frozen(tmp_path: Path) -> None:
    run = recorded(tmp_path, whole("fc1", "fc2", "fc3"))
    assert told(run.add(OptimizersRecord(90, [])), RULE) == []


def test_that_a_loss_that_stands_follows_from_it(tmp_path: Path) -> None:
    found = recorded(tmp_path, whole("fc1", "fc2", "fc3")).found(RULES[RULE], RULES["loss-plateau"])
    assert [(each.rule, each.severity, each.follows_from) for each in found] == [
        (RULE, "warning", ""),
        ("loss-plateau", "note", RULE),
    ]
