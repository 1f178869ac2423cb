"""The order in which a step is gone through, where passes tell of it and where only a checksum does."""

from pathlib import Path

import numpy as np
import pytest

from collector import open_collection
from collector.comparing import Comparison, compare
from tests.app.damaged import with_damaged_pass
from tests.collector.comparing.recordings import N_STEPS, changed, columns, compared, written
from tests.collector.findings.recorded import Recorded, chain

KINDS = ("weight", "activation", "weight_gradient", "weight_update")
PICTURES = np.zeros((8, 8), np.float32)
VALUES = np.random.default_rng(0).uniform(1, 2, (8, 8)).astype(np.float32)


def passes(folder: Path, name: str, differing: dict[int, list[tuple[str, str]]], n: int = 4) -> Recorded:
    """Passes at steps 0, 10, … of three layers; at some steps some arrays are others."""
    made = Recorded(folder, chain(3), name=name, probe=(PICTURES, None)).scalars({"loss": np.ones(10 * n)})
    for step in range(0, 10 * n, 10):
        arrays = {layer: dict.fromkeys(KINDS, VALUES) for layer in ("fc1", "fc2", "fc3")}
        for layer, kind in differing.get(step, []):
            arrays[layer][kind] = VALUES * 1.25
        made.taken(step, arrays)
    return made


def by_passes(folder: Path, differing: dict[int, list[tuple[str, str]]]) -> Comparison:
    a, b = passes(folder, "a.json", {}), passes(folder, "b.json", differing)
    with open_collection(a.write()) as one, open_collection(b.write()) as other:
        return compare(one, other)


@pytest.mark.parametrize(
    ("differing", "phase", "layer", "quantity"),
    [
        ([(layer, kind) for layer in ("fc1", "fc2") for kind in KINDS], "update", "fc1", "weights"),
        ([("fc3", "weight"), ("fc1", "activation")], "update", "fc3", "weights"),
        (
            [("fc3", "activation"), ("fc2", "activation"), ("fc3", "weight_gradient")],
            "forward",
            "fc2",
            "output for the probe",
        ),
        (
            [("fc1", "weight_gradient"), ("fc2", "weight_gradient"), ("fc1", "weight_update")],
            "backward",
            "fc2",
            "gradient",
        ),
        ([("fc3", "weight_update"), ("fc2", "weight_update")], "update", "fc2", "update"),
    ],
)
def test_that_in_a_pass_weights_come_first_then_forward_backward_and_update(
    tmp_path: Path, differing: list[tuple[str, str]], phase: str, layer: str, quantity: str
) -> None:
    found = by_passes(tmp_path, {20: differing})
    first = found.first_difference
    assert first is not None
    assert (first.step, first.phase, first.layer, first.quantity) == (20, phase, layer, quantity)
    assert first.equal_at == 10
    assert first.size == pytest.approx(0.2)
    assert (found.identical_passes, found.identical_until) == (2, 19)


def test_that_passes_at_the_first_step_were_never_equal_before(tmp_path: Path) -> None:
    found = by_passes(tmp_path, {0: [("fc1", "weight_gradient")]})
    assert found.first_difference is not None
    assert (found.first_difference.step, found.first_difference.equal_at) == (0, None)
    assert (found.identical_passes, found.identical_until, found.beyond_tolerance) == (0, None, 0)


def test_that_passes_that_are_the_same_are_counted(tmp_path: Path) -> None:
    found = by_passes(tmp_path, {})
    assert (found.first_difference, found.identical_passes, found.identical_until) == (None, 4, 39)
    assert found.beyond_tolerance is None


def test_that_a_difference_in_a_step_comes_before_one_in_a_later_pass(tmp_path: Path) -> None:
    a = passes(tmp_path, "a.json", {}).scalars({"gradient_norm/fc1": np.ones(40)})
    b = passes(tmp_path, "b.json", {20: [("fc1", "weight")]}).scalars(
        {"gradient_norm/fc1": np.append(np.ones(15), np.full(25, 2.0))}
    )
    with open_collection(a.write()) as one, open_collection(b.write()) as other:
        first = compare(one, other).first_difference
    assert first is not None
    assert (first.step, first.quantity) == (15, "gradient")


def test_that_what_only_a_checksum_tells_is_measured_by_the_pass_of_that_step(tmp_path: Path) -> None:
    def run(name: str, by: float) -> Recorded:
        values = columns() if by == 1 else changed(10, "weights_crc32/fc2")
        made = Recorded(tmp_path, name=name).scalars(values)
        return made.taken(0, {"fc2": {"weight": VALUES}}).taken(10, {"fc2": {"weight": VALUES * np.float32(by)}})

    with open_collection(run("a.json", 1).write()) as a, open_collection(run("b.json", 1.25).write()) as b:
        first = compare(a, b).first_difference
    assert first is not None
    assert (first.step, first.layer, first.quantity) == (10, "fc2", "weights")
    assert first.size == pytest.approx(0.2)


def test_that_without_a_pass_it_is_measured_by_the_largest_statistic_and_else_not_at_all(tmp_path: Path) -> None:
    values = changed(12, "output_crc32/fc2", "activation_std/fc2")
    sizes = columns()["activation_std/fc2"][12], values["activation_std/fc2"][12]
    first = compared(tmp_path, columns(), values).first_difference
    assert first is not None
    assert first.size == pytest.approx(0.5 / max(sizes))
    bits = {name: each for name, each in columns().items() if "_crc32/" in name}
    others = {name: each for name, each in changed(12, "output_crc32/fc2").items() if name in bits}
    found = compared(tmp_path, bits, others)
    assert found.first_difference is not None
    assert found.first_difference.size is None
    assert found.beyond_tolerance == 12


def test_that_across_frameworks_only_what_is_beyond_the_tolerance_parts_them(tmp_path: Path) -> None:
    def run(name: str, framework: str, by: float) -> Path:
        values = columns()
        values["weight_norm/fc1"][5:] *= 1 + by
        return written(
            tmp_path, name, {"loss": values["loss"], "weight_norm/fc1": values["weight_norm/fc1"]}, framework=framework
        )

    with open_collection(run("a.json", "torch 2.9", 0)) as a:
        for by, step in ((1e-7, None), (1e-3, 5)):
            with open_collection(run("b.json", "keras 3.9", by)) as b:
                found = compare(a, b)
            assert (found.first_difference.step if found.first_difference else None) == step
            assert found.identical_until == (4 if step else N_STEPS - 1)
            assert not found.bitwise


def test_that_other_layers_of_which_the_same_differs_at_that_step_are_named_with_the_first(tmp_path: Path) -> None:
    names = [f"{metric}/{layer}" for metric in ("gradients_crc32", "gradient_norm") for layer in ("fc1", "fc2", "fc3")]
    begin = compared(tmp_path, columns(), changed(0, "weights_crc32/fc1", "weights_crc32/fc3")).first_difference
    assert begin is not None
    assert ", and of fc3: the runs begin" in begin.text
    first = compared(tmp_path, columns(), changed(12, *names)).first_difference
    assert first is not None
    assert (first.phase, first.layer) == ("backward", "fc3")


def test_that_where_the_pass_of_that_step_is_damaged_it_is_measured_by_the_largest_statistic(tmp_path: Path) -> None:
    values = changed(10, "weights_crc32/fc2", "weight_norm/fc2")
    sizes = columns()["weight_norm/fc2"][10], values["weight_norm/fc2"][10]
    expected = {False: 0.2, True: 0.5 / max(sizes)}
    for is_damaged in (False, True):
        a = Recorded(tmp_path, name="a.json").scalars(columns()).taken(10, {"fc2": {"weight": VALUES}})
        b = Recorded(tmp_path, name="b.json").scalars(values).taken(10, {"fc2": {"weight": VALUES * np.float32(1.25)}})
        path = with_damaged_pass(b.write(), 0, tmp_path / "damaged.json") if is_damaged else b.write()
        with open_collection(a.write()) as one, open_collection(path) as other:
            first = compare(one, other).first_difference
        assert first is not None
        assert (first.step, first.layer, first.quantity) == (10, "fc2", "weights")
        assert first.size == pytest.approx(expected[is_damaged])
