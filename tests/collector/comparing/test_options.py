"""What two runs were told, where it is not the same."""

from pathlib import Path

import msgspec
import pytest

from collector import open_collection
from collector.comparing.comparison import OptionDifference
from collector.comparing.options import is_cause, option_differences
from collector.comparing.pairing import paired
from collector.storage.schema import Layer, OptimizersRecord, ParameterGroup
from tests.collector.findings.recorded import Recorded, chain

TORCH, KERAS = "torch 2.9", "keras 3.9"


def differences(a: Recorded, b: Recorded) -> list[tuple[object, ...]]:
    """Kind, name, A's, B's and, where there is one, the layer or the step of each."""
    one, other = open_collection(a.write()), open_collection(b.write())
    found = option_differences(one, other, paired(one.layers, other.layers))
    return [(each.kind, each.name, each.a, each.b, *filter(None, (each.layer, each.step))) for each in found]


def told(folder: Path, of_a: dict[str, object], of_b: dict[str, object]) -> list[tuple[object, ...]]:
    return differences(*(Recorded(folder, name=f"{n}.json", **each) for n, each in enumerate((of_a, of_b))))  # type: ignore[arg-type]


def test_that_what_explains_most_stands_first(tmp_path: Path) -> None:
    a = {"seed": 0, "framework": "torch 2.8", "dataset": "mnist", "options": {"sign_interval": 1, "rate": 0.1}}
    b = {"seed": 1, "framework": "torch 2.9", "dataset": "digits", "options": {"sign_interval": 2, "rate": 0.2}}
    assert told(tmp_path, a, b) == [
        ("option", "seed", 0, 1),
        ("option", "rate", 0.1, 0.2),
        ("data", "dataset", "mnist", "digits"),
        ("version", "framework", "torch 2.8", "torch 2.9"),
        ("recording", "sign_interval", 1, 2),
    ]
    assert told(tmp_path, a, a) == []


def test_that_an_option_that_one_was_not_given_differs_and_one_of_the_run_is_told_once(tmp_path: Path) -> None:
    a = {"seed": 0, "options": {"seed": 0, "rate": 0.1, "strict_data": True}}
    b = {"seed": 1, "options": {"seed": 1, "decay": 0.2}}
    assert told(tmp_path, a, b) == [
        ("option", "seed", 0, 1),
        ("option", "rate", 0.1, None),
        ("option", "decay", None, 0.2),
        ("data", "strict_data", True, None),
    ]


def test_that_the_name_of_a_model_says_nothing_across_frameworks(tmp_path: Path) -> None:
    a, b = {"model": "MLP", "framework": TORCH}, {"model": "Sequential", "framework": TORCH}
    assert told(tmp_path, a, b) == [("option", "model", "MLP", "Sequential")]
    assert ("version", "model", "MLP", "Sequential") in told(tmp_path, a, b | {"framework": KERAS})


def test_that_machines_are_compared_where_both_are_known(tmp_path: Path) -> None:
    a, b = {"environment": {"device": "cpu", "threads": "2"}}, {"environment": {"device": "cuda", "threads": "2"}}
    assert told(tmp_path, a, b) == [("version", "device", "cpu", "cuda")]
    assert told(tmp_path, a, {}) == told(tmp_path, {}, b) == []


@pytest.mark.parametrize(
    ("kind", "name", "wanted"),
    [
        ("option", "seed", True),
        ("option", "epochs", False),
        ("option", "total_steps", False),
        ("data", "dataset", True),
        ("group", "epochs", True),
        ("layer", "p", True),
        ("version", "framework", False),
        ("recording", "interval", False),
    ],
)
def test_that_neither_versions_nor_lengths_nor_what_is_recorded_make_trainings_differ(
    kind: str, name: str, wanted: bool
) -> None:
    assert is_cause(OptionDifference(kind=kind, name=name, a=1, b=2)) is wanted  # type: ignore[arg-type]


def grouped(
    folder: Path, name: str, *records: tuple[int, list[ParameterGroup]], frozen: list[str] | None = None
) -> Recorded:
    made = Recorded(folder, name=name)
    for step, groups in records:
        made.add(OptimizersRecord(step, groups, frozen=frozen or []))
    return made


def group(rate: float, *parameters: str, optimizer: str = "SGD") -> ParameterGroup:
    return ParameterGroup(list(parameters or ("fc1.weight",)), optimizer, 0, "", {"lr": rate, "momentum": 0.9})


def test_that_groups_differ_by_their_optimizer_their_options_and_what_is_in_them(tmp_path: Path) -> None:
    a = grouped(tmp_path, "a.json", (0, [group(0.1)]), frozen=["fc3.bias"])
    b = grouped(tmp_path, "b.json", (0, [group(0.2, "fc1.weight", "fc2.weight", optimizer="Adam")]))
    assert differences(a, b) == [
        ("group", "optimizer", "SGD", "Adam"),
        ("group", "parameters", 1, 2),
        ("group", "lr", 0.1, 0.2),
        ("group", "frozen parameters", "fc3.bias", ""),
    ]
    assert differences(a, grouped(tmp_path, "b.json")) == []


def test_that_of_several_groups_each_has_its_number(tmp_path: Path) -> None:
    a = grouped(tmp_path, "a.json", (0, [group(0.1), group(0.1)]))
    b = grouped(tmp_path, "b.json", (0, [group(0.1), group(0.2)]))
    assert differences(a, b) == [("group", "group 1 lr", 0.1, 0.2)]


def test_that_a_change_that_the_other_has_not_is_told_from_its_step_on_and_once(tmp_path: Path) -> None:
    a = grouped(tmp_path, "a.json", (0, [group(0.1)]), (5, [group(0.1)]), (20, [group(0.1)]))
    b = grouped(tmp_path, "b.json", (0, [group(0.1)]), (10, [group(0.01)]), (15, [group(0.01)]))
    assert differences(a, b) == [("group", "lr", 0.1, 0.01, 10)]


def layers(first: Layer, **changes: object) -> list[Layer]:
    return [msgspec.structs.replace(first, **changes), *chain(2)[1:]]


def test_that_what_a_module_was_made_with_is_compared_within_a_framework(tmp_path: Path) -> None:
    fc1 = chain(2)[0]
    a = Recorded(tmp_path, layers(fc1, options={"p": 0.1, "q": 1}), name="a.json", framework=TORCH)
    b = layers(fc1, kind="Bilinear", options={"p": 0.5, "q": 1, "r": 2})
    assert differences(a, Recorded(tmp_path, b, name="b.json", framework=TORCH)) == [
        ("layer", "kind", "Linear", "Bilinear", "fc1"),
        ("layer", "p", 0.1, 0.5, "fc1"),
        ("layer", "r", None, 2, "fc1"),
    ]
    of_keras = differences(a, Recorded(tmp_path, b, name="b.json", framework=KERAS))
    assert [each[0] for each in of_keras] == ["version"]


def test_that_a_module_is_compared_with_its_partner_and_one_without_with_none(tmp_path: Path) -> None:
    fc1 = chain(2)[0]
    a = Recorded(tmp_path, layers(fc1, options={"p": 0.1}), name="a.json")
    b = [msgspec.structs.replace(each, name=f"net.{each.name}") for each in layers(fc1, options={"p": 0.5})]
    assert differences(a, Recorded(tmp_path, b, name="b.json")) == [("layer", "p", 0.1, 0.5, "fc1")]
    assert differences(a, Recorded(tmp_path, chain(2)[1:], name="b.json")) == []
