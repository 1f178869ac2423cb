"""What two recordings do not allow to compare, and which of their passes and scalars lie on one another."""

from pathlib import Path

import numpy as np
import pytest

from collector import open_collection
from collector.comparing import Pair, pair_of
from collector.comparing.engine import measure_differences, relative_sizes
from tests.collector.findings.recorded import Recorded, chain, linear

PICTURES = np.arange(12, dtype=np.float32).reshape(4, 3)
CHECKSUMS = {"weights_crc32/fc1": [1.0, 2.0]}


def recorded(folder: Path, name: str, probe: np.ndarray | None = PICTURES, steps: tuple[int, ...] = (0,)) -> Recorded:
    made = Recorded(folder, name=name, probe=None if probe is None else (probe, None), framework="torch 2.9")
    for step in steps:
        made.taken(step, {})
    return made


def pair(a: Recorded, b: Recorded, **how: object) -> Pair:
    return pair_of(open_collection(a.write()), open_collection(b.write()), **how)  # type: ignore[arg-type]


def test_that_of_two_alike_everything_is_compared(tmp_path: Path) -> None:
    made = pair(*(recorded(tmp_path, name).scalars(CHECKSUMS) for name in ("a.json", "b.json")))
    assert made.not_compared() == []
    assert made.has_same_probe
    assert made.is_bitwise


def test_that_other_samples_or_none_are_told(tmp_path: Path) -> None:
    a = recorded(tmp_path, "a.json").scalars(CHECKSUMS)
    (other,) = pair(a, recorded(tmp_path, "b.json", PICTURES + 1).scalars(CHECKSUMS)).not_compared()
    assert "their probes differ" in other.why
    without = recorded(tmp_path, "b.json", None).scalars(CHECKSUMS)
    for one, another in ((a, without), (without, a)):
        (none,) = pair(one, another).not_compared()
        assert (none.what, none.why) == ("activations and logits of the probe", "a recording has no probe")


def test_that_samples_that_are_not_numbers_are_the_same_ones(tmp_path: Path) -> None:
    holes = PICTURES.copy()
    holes[0, 0] = np.nan
    assert pair(recorded(tmp_path, "a.json", holes), recorded(tmp_path, "b.json", holes)).has_same_probe


def test_that_who_lacks_checksums_of_all_weights_is_named(tmp_path: Path) -> None:
    (told,) = pair(recorded(tmp_path, "a.json").scalars(CHECKSUMS), recorded(tmp_path, "b.json")).not_compared()
    assert told.why.startswith("B has no checksums")


def test_that_two_frameworks_have_no_bits_in_common(tmp_path: Path) -> None:
    a = recorded(tmp_path, "a.json").scalars(CHECKSUMS)
    b = Recorded(tmp_path, name="b.json", probe=(PICTURES, None), framework="keras 3.9").taken(0, {}).scalars(CHECKSUMS)
    (told,) = pair(a, b).not_compared()
    assert told.what == "bits"


def test_that_passes_are_compared_where_they_lie_on_one_another(tmp_path: Path) -> None:
    a, b = recorded(tmp_path, "a.json", steps=(0, 10, 20, 30)), recorded(tmp_path, "b.json", steps=(0, 5, 10, 15, 30))
    assert pair(a, b).passes == [(0, 0), (1, 2), (3, 4)]
    assert pair(a, b, offset=5).passes == [(0, 1), (1, 3)]
    apart = pair(a.scalars(CHECKSUMS), b.scalars(CHECKSUMS), offset=1)
    assert apart.passes == []
    (told,) = apart.not_compared()
    assert told.what == "passes"


def test_that_a_scalar_of_b_goes_by_its_layers_name_there(tmp_path: Path) -> None:
    a = Recorded(tmp_path, chain(2), name="a.json").scalars({"loss": [1.0], "norm/fc1": [2.0], "norm/fc2": [3.0]})
    layers = [linear("net.fc1"), linear("net.extra", n_out=3)]
    b = Recorded(tmp_path, layers, name="b.json").scalars({"loss": [1.5], "norm/net.fc1": [2.5]})
    made = pair(a, b, layers={"fc1": "net.fc1", "fc2": None})
    names = ("loss", "norm/fc1", "norm/fc2", "batch_samples/total")
    assert [made.name_in_b(name) for name in names] == ["loss", "norm/net.fc1", "", "batch_samples/total"]
    column = made.column("norm/fc1")
    assert column is not None
    assert (column.a.tolist(), column.b.tolist()) == ([2.0], [2.5])
    assert made.column("norm/fc2") is None
    assert made.column("norm/net.fc1") is None
    assert made.turned.name_in_b("norm/net.fc1") == "norm/fc1"


def test_that_columns_of_two_grids_meet_where_both_have_a_step(tmp_path: Path) -> None:
    a = recorded(tmp_path, "a.json").scalars({"loss": [0.0, 2.0, 4.0, 6.0]}, every=2)
    b = recorded(tmp_path, "b.json").scalars({"loss": [10.0, 13.0, 16.0]}, every=3)
    column = pair(a, b).column("loss")
    assert column is not None
    assert column.a.tolist() == [0.0, 2.0, 4.0, 6.0]
    assert column.b.tolist() == [10.0, 13.0, 13.0, 16.0]
    exact = column.exact()
    assert [each.tolist() for each in (exact.steps_a, exact.steps_b, exact.a, exact.b)] == [
        [0, 6], [0, 6], [0.0, 6.0], [10.0, 16.0],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("a", "b", "size"),
    [
        (1.0, 1.0, 0.0),
        (0.0, 0.0, 0.0),
        (4.0, 3.0, 0.25),
        (3.0, 4.0, 0.25),
        (-1.0, 1.0, 2.0),
        (0.0, 1e-9, 1.0),
        (np.nan, np.nan, 0.0),
        (np.nan, 1.0, np.inf),
        (np.inf, np.inf, 0.0),
        (np.inf, 1.0, np.inf),
        (-np.inf, np.inf, np.inf),
    ],
)
def test_that_a_difference_is_a_share_of_the_larger_value(a: float, b: float, size: float) -> None:
    assert relative_sizes(np.array([a]), np.array([b])).tolist() == [size]


def test_that_measures_are_told_by_since_when_and_where_they_differ_most(tmp_path: Path) -> None:
    values = {"late": np.ones(8), "early": np.ones(8), "same": np.ones(8), "rounded": np.ones(8)}
    other = {name: own.copy() for name, own in values.items()}
    other["late"][[5, 6]] = 2.0, 1.5
    other["early"][[3, 7]] = 1.25, 4.0
    other["rounded"] += 1e-9
    found = measure_differences(
        pair(*(Recorded(tmp_path, name=f"{n}.json").scalars(each) for n, each in enumerate((values, other))))
    )
    told = [(each.name, each.of_b, each.compared, each.since, each.largest, each.largest_at) for each in found]
    assert told == [("early", "", 8, 3, 0.75, 7), ("late", "", 8, 5, 0.5, 5)]
