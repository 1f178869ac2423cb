"""Tables and documents for other tools against slow, obvious versions of themselves."""

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.export.insight import insight_document
from collector.export.scalars import write_scalars
from collector.storage import Collection, CollectionWriter, open_collection
from collector.storage.schema import FORMAT, VERSION, EpochRecord, Header, Run, StepsRecord

COUNTS = ("near_zero", "released", "retained", "sign_flips", "minima_original", "maxima_original")


def written(path: Path, records: list[Any], **run: Any) -> Collection:
    """A collection of these records, open."""
    with CollectionWriter(path, Header(FORMAT, VERSION, Run("", 1, 0, **run), []), overwrite=True) as writer:
        for record in records:
            writer.write(record)
    return open_collection(path)


def scalars(first: int, **columns: list[float]) -> StepsRecord:
    """So many steps from the first one on; `at` stands for @ and `of` for / in names."""
    named = {name.replace("_at_", "@").replace("_of_", "/"): np.array(each, float) for name, each in columns.items()}
    return StepsRecord(first, first + len(next(iter(columns.values()))), named)


def table(collection: Collection) -> list[list[str]]:
    text = io.StringIO(newline="")
    write_scalars(collection, text)
    return list(csv.reader(io.StringIO(text.getvalue(), newline="")))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 4500), st.integers(1, 900), st.integers(0, 99))
def test_that_each_value_stands_in_the_row_of_its_step_however_far_apart_they_are(
    tmp_path: Path, n_steps: int, interval: int, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    records = [
        StepsRecord(0, n_steps, {"loss": chance.normal(size=n_steps)}),
        *(scalars(step, rare=[float(step)]) for step in range(interval, n_steps, interval)),
    ]
    with written(tmp_path / "run.json", records) as collection:
        names, *rows = table(collection)
        slow = {name: dict(zip(*map(np.ndarray.tolist, collection.series.recorded(name)), strict=True))
                for name in collection.series}  # fmt: skip

    assert names[0] == "step"
    assert sorted(names[1:]) == sorted(slow)
    assert [int(row[0]) for row in rows] == sorted({step for own in slow.values() for step in own})
    for row in rows:
        cells = dict(zip(names[1:], row[1:], strict=True))
        found = {name: float(cell) for name, cell in cells.items() if cell}
        assert found == {name: own[int(row[0])] for name, own in slow.items() if int(row[0]) in own}


@pytest.mark.parametrize(
    ("value", "cell"),
    [(3.0, "3"), (-0.5, "-0.5"), (2.0**53 - 1, str(2**53 - 1)), (2.0**53, "9007199254740992.0"), (1e300, "1e+300"),
     (-(2.0**53) + 1, str(1 - 2**53)), (0.0, "0"), (math.inf, "inf"), (-math.inf, "-inf"), (math.nan, "nan")],
)  # fmt: skip
def test_that_whole_numbers_have_no_point_as_long_as_they_are_exact(tmp_path: Path, value: float, cell: str) -> None:
    with written(tmp_path / "run.json", [scalars(0, loss=[value, 0.25])]) as collection:
        assert table(collection) == [["step", "loss"], ["0", cell], ["1", "0.25"]]


def test_that_a_run_without_scalars_is_a_table_without_rows(tmp_path: Path) -> None:
    with written(tmp_path / "run.json", []) as collection:
        assert table(collection) == [["step"]]


@pytest.mark.parametrize(
    ("ends", "steps_per_epoch", "lengths"),
    [
        ([3, 6], None, [3, 3, 1]),  # what comes behind the last whole epoch is one more
        ([3, 7], None, [3, 4]),
        ([3, 3, 9], None, [3, 4]),  # told twice, and told of steps that are not in the file
        ([0, 3], None, [3, 4]),
        ([], 3, [3, 3, 1]),
        ([], 7, [7]),
        ([], 8, [7]),
        ([4], 3, [4, 3]),  # what was recorded goes before what was planned
        ([], None, [7]),
    ],
)
def test_that_steps_are_cut_where_epochs_ended(
    tmp_path: Path, ends: list[int], steps_per_epoch: int | None, lengths: list[int]
) -> None:
    records = [scalars(0, loss=[1.0] * 7), *(EpochRecord(number, end, {}) for number, end in enumerate(ends))]
    with written(tmp_path / "run.json", records, steps_per_epoch=steps_per_epoch) as collection:
        losses = insight_document(collection)["batch_wise"]["train_loss"]

    assert [len(each) for each in losses] == lengths


def test_that_a_run_without_steps_has_no_epochs(tmp_path: Path) -> None:
    with written(tmp_path / "run.json", [], steps_per_epoch=3) as collection:
        assert insight_document(collection) == {"batch_wise": {}, "epoch_wise": {}}


def test_that_the_running_mean_of_the_loss_begins_anew_with_each_epoch(tmp_path: Path) -> None:
    records = [scalars(0, loss=[4.0, 2.0, 3.0, 10.0, 20.0]), EpochRecord(0, 3, {})]
    with written(tmp_path / "run.json", records) as collection:
        assert insight_document(collection)["batch_wise"] == {"train_loss": [[4, 3, 3], [10, 15]]}


@pytest.mark.parametrize("averaged", ["", "~ema"])
@pytest.mark.parametrize(("threshold", "name"), [("1e-07", "e7"), ("1e-05", "e5")])
def test_that_counts_and_fractions_follow_the_originals_formulas(
    tmp_path: Path, averaged: str, threshold: str, name: str
) -> None:
    numbers = {
        "near_zero": 9,
        "released": 3,
        "retained": 5,
        "sign_flips": 2,
        "minima_original": 7,
        "maxima_original": 4,
    }
    columns = {f"{metric}@{threshold}{averaged}/total": np.array([0.0, number]) for metric, number in numbers.items()}
    with written(tmp_path / "run.json", [StepsRecord(0, 2, columns)]) as collection:
        found = {key: each[0] for key, each in insight_document(collection)["batch_wise"].items()}

    tail = "_09avg" if averaged else ""
    expected = {
        f"no_zero_{name}_grad2{tail}": [0, 9],
        f"no_zero_{name}_grad_released{tail}": [0, 3],
        f"fraction_zeros_{name}_released{tail}": [0.0, 3 / (8 + 1e-9)],
        f"fraction_grad_flipped_{name}{tail}": [0.0, 2 / (5 + 1e-9)],
        f"no_min_{name}{tail}": [0, 7],
        f"no_max_{name}{tail}": [0, 4],
    }
    if not averaged:
        expected |= {
            f"no_zero_{name}_grad1": [0, 8],
            f"no_zero_{name}_grad_retained": [0, 5],
            f"no_grad_flipped_{name}": [0, 2],
        }
    assert found == expected
    assert {key for key, each in found.items() if all(type(number) is int for number in each)} == {
        key for key in expected if not key.startswith("fraction")
    }


@pytest.mark.parametrize("missing", COUNTS)
def test_that_a_threshold_of_which_a_count_is_missing_is_left_out(tmp_path: Path, missing: str) -> None:
    columns = {f"{metric}@1e-05/total": np.ones(2) for metric in COUNTS if metric != missing}
    columns |= {f"{metric}@1e-07/total": np.ones(2) for metric in COUNTS}
    with written(tmp_path / "run.json", [StepsRecord(0, 2, columns)]) as collection:
        keys = insight_document(collection)["batch_wise"]

    assert len(keys) == 9
    assert not [key for key in keys if "e5" in key]


def test_that_an_epochs_numbers_have_the_originals_names_and_none_where_there_is_no_number(tmp_path: Path) -> None:
    metrics: list[dict[str, Any]] = [
        {"train_loss": 2.0, "test_accuracy": 0.5, "other": 1.0},
        {"train_loss": "inf", "test_accuracy": 0.75},
        {"train_loss": 1, "train_accuracy": "nan"},
    ]
    records = [EpochRecord(number, number, each) for number, each in enumerate(metrics)]
    with written(tmp_path / "run.json", records) as collection:
        document = insight_document(collection)

    assert document["epoch_wise"] == {"train_mean_loss": [2, None, 1], "val_mean_acc": [0.5, 0.75, None]}
    assert json.loads(json.dumps(document, allow_nan=False)) == document
