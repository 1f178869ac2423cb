"""The picture of where two runs differ, against numbers told one by one."""

from pathlib import Path

import numpy as np
import pytest

from collector import open_collection
from collector.comparing import Pair, pair_of
from collector.comparing.difference_map import DifferenceMap, difference_map, log_ratio, mapped_metrics
from collector.comparing.engine import noise_of
from collector.storage.reader import Collection
from tests.collector.findings.recorded import Recorded

NAN, INF = np.nan, np.inf


def opened(folder: Path, name: str, columns: dict[str, list[float]], every: int = 1) -> Collection:
    return open_collection(Recorded(folder, name=name).scalars(columns, every=every).write())


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    a = {"norm/fc1": [1.0, 2.0, 0.0, NAN, 4.0], "norm/fc3": [1.0] * 5, "norm/fc2": [1.0] * 5, "norm/total": [1.0] * 5}
    b = {"norm/fc1": [1.0, 8.0, 0.0, 1.0, 4.0 + 1e-6], "norm/fc3": [1.0, 1.0, 0.25, 1.0, 1.0], "norm/total": [2.0] * 5}
    return pair_of(opened(tmp_path, "a.json", a), opened(tmp_path, "b.json", b))


def test_that_layers_that_both_have_stand_in_order_with_the_power_of_two_that_they_differ_by(pair: Pair) -> None:
    found = difference_map(pair, "norm")
    assert (found.metric, found.layers) == ("norm", ("fc1", "fc3"))
    assert found.steps.tolist() == found.steps_b.tolist() == [0, 1, 2, 3, 4]
    wanted = [[0, 2, 0, NAN, 0], [0, 0, -2, 0, 0]]
    assert np.allclose(found.values, wanted, atol=1e-6, equal_nan=True)


def test_that_what_differs_is_beyond_the_tolerance_or_a_number_in_one_alone(pair: Pair) -> None:
    found = difference_map(pair, "norm")
    assert found.differs.tolist() == [[False, True, False, True, False], [False, False, True, False, False]]
    assert found.stretches == [(1, 3)]


def test_that_stretches_go_to_the_ends() -> None:
    steps = np.array([0, 5, 10, 20])

    def stretches(*differs: bool) -> list[tuple[int, int]]:
        one = np.array([differs])
        return DifferenceMap("", ("fc1",), steps, steps, np.zeros((1, 4)), one).stretches

    assert stretches(True, False, True, True) == [(0, 0), (10, 20)]
    assert stretches(False, True, True, False) == [(5, 10)]
    assert stretches(False, False, False, False) == []


def test_that_a_layer_that_is_recorded_at_fewer_steps_has_gaps(tmp_path: Path) -> None:
    def run(name: str, factor: float) -> Collection:
        made = Recorded(tmp_path, name=name).scalars({"norm/fc1": [factor] * 5})
        return open_collection(made.scalars({"norm/fc2": [factor] * 3}, every=2).write())

    found = difference_map(pair_of(run("a.json", 1.0), run("b.json", 2.0)), "norm")
    assert np.array_equal(found.values, [[1] * 5, [1, NAN, 1, NAN, 1]], equal_nan=True)
    assert found.differs.tolist() == [[True] * 5, [True, False, True, False, True]]


def test_that_the_step_of_b_beside_each_of_a_is_told(tmp_path: Path) -> None:
    a, b = (
        opened(tmp_path, "a.json", {"norm/fc1": [1.0] * 3}, 4),
        opened(tmp_path, "b.json", {"norm/fc1": [1.0] * 5}, 3),
    )
    found = difference_map(pair_of(a, b), "norm")
    assert (found.steps.tolist(), found.steps_b.tolist()) == ([0, 4, 8], [0, 3, 9])


def test_that_with_repeats_only_what_lies_outside_of_their_spread_differs(tmp_path: Path) -> None:
    def run(name: str, *values: float) -> Collection:
        return opened(tmp_path, name, {"norm/fc1": list(values)})

    a, b = run("a.json", 1.0, 1.0, 1.0), run("b.json", 1.02, 50.0, 1.0)
    noise = noise_of(a, [run("c.json", 1.1, 1.1, 1.1), run("d.json", 0.9, 0.9, 0.9)])
    assert difference_map(pair_of(a, b), "norm", noise).differs.tolist() == [[False, True, False]]
    assert difference_map(pair_of(a, b), "norm").differs.tolist() == [[True, True, False]]


def test_that_metrics_are_those_that_both_have_of_a_layer(tmp_path: Path) -> None:
    columns = {name: [1.0] for name in ("loss", "b/fc1", "a/fc1", "a/fc2", "own/fc1", "x_crc32/fc1", "c/total")}
    a = opened(tmp_path, "a.json", columns)
    b = opened(tmp_path, "b.json", {name: own for name, own in columns.items() if name != "own/fc1"})
    assert mapped_metrics(pair_of(a, b)) == ["b", "a"]
    nothing = difference_map(pair_of(a, b), "own")
    assert (nothing.layers, nothing.steps.tolist(), nothing.values.shape, nothing.stretches) == ((), [], (0, 0), [])


@pytest.mark.parametrize(
    ("a", "b", "ratio"),
    [(1, 8, 3), (8, 1, -3), (0, 0, 0), (0, 1, INF), (1, 0, -INF), (-1, 1, NAN), (-1, -2, 1), (NAN, 1, NAN)],
)
def test_that_a_ratio_is_a_power_of_two(a: float, b: float, ratio: float) -> None:
    assert np.array_equal(log_ratio(np.array([a]) * 1.0, np.array([b]) * 1.0), [ratio], equal_nan=True)
