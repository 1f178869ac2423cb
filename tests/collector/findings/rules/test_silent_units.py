from pathlib import Path

import numpy as np
import pytest

from tests.collector.findings.recorded import Recorded, falling, flat, linear
from tests.collector.findings.said import lacking, told

N = 400


def recorded(folder: Path, metric: str = "dead_fraction", loss=None, **shares: list[float]) -> Recorded:
    run = Recorded(folder).scalars({"loss": flat(N) if loss is None else loss})
    for name, values in shares.items():
        run.scalars({f"{metric}/{name}": values}, every=25)
    return run


@pytest.mark.parametrize(
    ("before", "share", "severity"),
    [
        (0.15, 0.2, None),
        (0.15, 0.21, "warning"),
        (0.0, 0.1, None),
        (0.0, 0.11, "warning"),
        (0.05, 0.15, None),
        (0.05, 0.16, "warning"),
        (0.0, 0.9, "warning"),
        (0.0, 0.91, "critical"),
    ],
)
def test_that_a_fifth_or_ten_points_more_than_at_the_start_are_told(tmp_path: Path, before, share, severity) -> None:
    for metric, rule in (("dead_fraction", "dead-units"), ("saturated_fraction", "saturated-units")):
        found = told(recorded(tmp_path, metric, fc2=[0.0, 0.0, before, before, *[share] * 4]), rule)
        assert [each.partition(":")[0] for each in found[:1]] == ([severity] if severity else [])
        if found:
            assert found[0].startswith(f"{severity}: fc2 since 100 in 75-100; see network 100 fc2")


def test_that_where_the_first_passes_are_late_the_first_is_the_start(tmp_path: Path) -> None:
    run = Recorded(tmp_path).scalars({"dead_fraction/fc2": [0.0, *[0.15] * 5]}, every=25, start=60)
    assert told(run, "dead-units")[2] == "share: 0.15, share at the start: 0"


def test_that_where_the_loss_falls_it_is_a_note(tmp_path: Path) -> None:
    run = recorded(tmp_path, loss=falling(N), fc2=[0.0, 0.0, *[0.5] * 4])
    assert told(run, "dead-units")[0].startswith("note")


def test_that_the_first_to_have_them_and_of_those_the_worst_is_the_cause(tmp_path: Path) -> None:
    shares = {"fc1": [0.0, 0.0, *[0.3] * 4], "fc2": [0.0, 0.0, *[0.5] * 4], "fc3": [0.0, *[0.0] * 2, *[0.8] * 3]}
    assert told(recorded(tmp_path, **shares), "dead-units") == [
        "warning: fc2 (then fc1, fc3) since 50 in 25-50; see network 50 fc2",
        "fc2: 50 % of 8 units are silent for every sample, since step 50. No gradient passes "
        "through them: their weights stay as they are, and no layer before learns from them.",
        "share: 0.5, share at the start: 0",
    ]
    assert told(recorded(tmp_path, "saturated_fraction", **shares), "saturated-units") == [
        "warning: fc2 (then fc1) since 50 in 25-50; see network 50 fc2",
        "fc2: 50 % of 8 units are saturated, since step 50. No gradient passes "
        "through them: their weights stay as they are, and no layer before learns from them.",
        "share: 0.5, share at the start: 0",
    ]


def test_that_where_they_were_fewer_at_first_both_shares_are_told(tmp_path: Path) -> None:
    found = told(recorded(tmp_path, fc2=[0.0, 0.0, 0.25, 0.25, *[0.5] * 3]), "dead-units")
    assert found[1].startswith("fc2: 50 % of 8 units are silent for every sample at the end, 25 % at step 50. ")


def test_that_three_passes_or_all_there_are_have_to_be_so_up_to_the_last(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, fc2=[0.0, 0.0, 0.0, *[0.5] * 2]), "dead-units") == []
    assert told(recorded(tmp_path, fc2=[0.5, 0.5]), "dead-units") != []
    assert told(recorded(tmp_path, fc2=[0.0, *[0.5] * 5, 0.1]), "dead-units") == []


def test_that_an_activation_is_told_with_the_layer_whose_units_it_has(tmp_path: Path) -> None:
    run = recorded(tmp_path, act=[0.0, 0.0, *[0.5] * 4])
    act = linear("act", reads="fc1")
    act.stage, act.units, act.parameters, act.kind = "fc1", 2000, {}, "ReLU"
    run._header.layers.insert(1, act)
    assert told(run, "dead-units") == [
        "warning: fc1, act since 50 in 25-50; see network 50 fc1",
        "fc1: 50 % of 2,000 units are silent for every sample, since step 50. No gradient passes "
        "through them: their weights stay as they are, and no layer before learns from them.",
        "share: 0.5, share at the start: 0",
    ]


def test_that_what_keeps_units_from_being_followed_is_named(tmp_path: Path) -> None:
    probe = (np.zeros((16, 8)), None)
    run = Recorded(tmp_path).scalars({"loss": flat(N)})
    assert lacking(run, "dead-units").endswith("followed: there are no passes")
    assert lacking(run.taken(0, {}), "dead-units").endswith("followed: there is no probe, Collector(…, probe=…)")
    run = Recorded(tmp_path, probe=probe).scalars({"loss": flat(N)}).taken(0, {})
    assert lacking(run, "dead-units").endswith("followed: none has a ReLU or the like behind it")
    assert lacking(run, "saturated-units").endswith("followed: none has a sigmoid or tanh behind it")
