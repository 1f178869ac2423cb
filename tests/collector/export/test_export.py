"""What other tools read, checked with nothing but the standard library and the columns themselves."""

import csv
import errno
import json
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from collector import open_collection
from collector.export import command
from collector.export.command import export
from collector.export.insight import insight_document
from collector.storage.schema import (
    FORMAT,
    VERSION,
    EpochRecord,
    Header,
    Insight,
    Layer,
    LayerRecord,
    PassRecord,
    Run,
    StepsRecord,
)
from collector.storage.writer import CollectionWriter
from tests.app.insight_run import open_insight_run, write_insight_run
from tests.app.three_states_run import BAD, FROZEN, write_three_states
from tests.collector.storage.legacy.original import document as legacy_document

ORIGINAL_SCALARS = {
    "train_loss",
    *(f"no_zero_{each}_grad{tail}" for each in ("e7", "e5") for tail in ("1", "2", "_retained", "_released")),
    *(f"fraction_zeros_{each}_released{tail}" for each in ("e7", "e5") for tail in ("", "_09avg")),
    *(f"no_zero_{each}_{tail}_09avg" for each in ("e7", "e5") for tail in ("grad2", "grad_released")),
    *(f"no_grad_flipped_{each}" for each in ("e7", "e5")),
    *(f"fraction_grad_flipped_{each}{tail}" for each in ("e7", "e5") for tail in ("", "_09avg")),
    *(f"no_{side}_{each}{tail}" for side in ("min", "max") for each in ("e7", "e5") for tail in ("", "_09avg")),
}


@pytest.fixture
def document(tmp_path: Path) -> dict:
    path = write_insight_run(tmp_path / "run.json", 250)
    assert export([str(path), "--insight", "--output_path", str(tmp_path / "out")]) == 0
    return json.loads((tmp_path / "out" / "run_insight.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)


def test_that_every_scalar_of_the_original_is_there_under_its_name(document: dict) -> None:
    assert set(document) == {"batch_wise", "epoch_wise"}
    assert set(document["batch_wise"]) == ORIGINAL_SCALARS
    assert document["epoch_wise"] == {
        "train_mean_loss": [1.5, 1.5],
        "val_mean_loss": [1.4, 1.4],
        "train_mean_acc": [0.4, 0.4],
        "val_mean_acc": [0.5, 0.5],
    }


def test_that_each_epoch_has_a_number_for_each_of_its_steps(document: dict) -> None:
    for key, epochs in document["batch_wise"].items():
        assert [len(epoch) for epoch in epochs] == [100, 100, 50], key
        assert (epochs[0][0] is None) == (key != "train_loss"), "nothing is counted at the first step"
        assert all(number is not None for epoch in epochs for number in epoch[1:])


@pytest.mark.parametrize(
    ("key", "column"),
    [
        ("no_zero_e7_grad2", "near_zero@1e-07/total"),
        ("no_zero_e5_grad_released_09avg", "released@1e-05~ema/total"),
        ("no_grad_flipped_e5", "sign_flips@1e-05/total"),
        ("no_min_e5", "minima_original@1e-05/total"),
        ("no_max_e7_09avg", "maxima_original@1e-07~ema/total"),
    ],
)
def test_that_the_counts_are_the_columns(document: dict, tmp_path: Path, key: str, column: str) -> None:
    numbers = [number for epoch in document["batch_wise"][key] for number in epoch]
    assert all(isinstance(number, int) for number in numbers[1:])
    assert numbers[1:] == open_collection(tmp_path / "run.json").series.recorded(column)[1].tolist()


def test_that_fractions_follow_the_original_formula_and_losses_its_running_mean(document: dict, tmp_path: Path) -> None:
    batches = {key: [each for epoch in epochs for each in epoch][1:] for key, epochs in document["batch_wise"].items()}
    for at in (0, 100, 200):
        released, before = batches["no_zero_e5_grad_released"][at], batches["no_zero_e5_grad1"][at]
        assert before == released + batches["no_zero_e5_grad_retained"][at]
        assert batches["fraction_zeros_e5_released"][at] == pytest.approx(released / (before + 1e-9))
    loss = open_collection(tmp_path / "run.json").series["loss"]
    assert document["batch_wise"]["train_loss"][1][9] == pytest.approx(loss[100:110].mean())


def test_that_sparse_runs_have_null_between_and_diverged_ones_no_nan(tmp_path: Path) -> None:
    document = insight_document(open_insight_run(tmp_path / "a.json", interval=10))
    first = document["batch_wise"]["no_zero_e7_grad2"][0]
    assert [at for at, number in enumerate(first) if number is not None] == list(range(10, 100, 10))
    assert "no_zero_e7_grad2_09avg" not in document["batch_wise"]
    with CollectionWriter(tmp_path / "b.json", Header(FORMAT, VERSION, Run("", 1, 0, steps_per_epoch=2), [])) as writer:
        writer.write(StepsRecord(0, 5, {"loss": np.array([1.0, 2.0, np.nan, np.inf, 1.0])}))
        writer.write(EpochRecord(epoch=0, step=2, metrics={"test_loss": "nan"}))
    document = insight_document(open_collection(tmp_path / "b.json"))
    assert document == {"batch_wise": {"train_loss": [[1.0, 1.5], [None, None, None]]}, "epoch_wise": {}}


def test_that_a_run_without_epochs_is_cut_by_its_steps_per_epoch(tmp_path: Path) -> None:
    with CollectionWriter(tmp_path / "a.json", Header(FORMAT, VERSION, Run("", 1, 0, steps_per_epoch=2), [])) as writer:
        writer.write(StepsRecord(0, 5, {"loss": np.ones(5)}))
    assert insight_document(open_collection(tmp_path / "a.json"))["batch_wise"]["train_loss"] == [[1, 1], [1, 1], [1]]


def write_with_blocks(path: Path, *, is_finished: bool = True) -> Path:
    weight = np.arange(200, dtype=np.float32).reshape(50, 4)
    layer = Layer(
        name="fc", kind="Linear", units=50, stage="fc", kept=np.arange(50), input_units=4, input_kept=np.arange(4)
    )
    insight = Insight(interval=1, thresholds=[1e-7], parameters=200, sample=200)
    writer = CollectionWriter(path, Header(FORMAT, VERSION, Run("", 1, 0), [layer], insight=insight))
    writer.write(PassRecord(number=0, step=0, layers={"fc": LayerRecord(weight=weight, bias=np.full(50, np.inf))}))
    writer.write(StepsRecord(0, 100, {"loss": np.linspace(1, 0, 100)}))
    if is_finished:
        writer.close()
    return path


@pytest.mark.parametrize("is_finished", [True, False])
def test_that_a_plain_document_has_no_block_and_the_same_numbers(tmp_path: Path, is_finished: bool) -> None:
    path = write_with_blocks(tmp_path / "run.json", is_finished=is_finished)
    with path.open("ab") as file:
        file.write(b"" if is_finished else b',{"record":"note","step":5,"te')
    assert export([str(path), "--plain"]) == 0
    text = (tmp_path / "run_plain.json").read_text(encoding="utf-8")
    assert "base64" not in text
    plain = json.loads(text, parse_constant=pytest.fail)
    assert plain["layers"][0]["kept"] == list(range(50))
    taken, steps = plain["records"]
    assert np.array_equal(taken["layers"]["fc"]["weight"], np.arange(200).reshape(50, 4))
    assert taken["layers"]["fc"]["bias"] == ["inf"] * 50
    assert steps["columns"]["loss"] == np.linspace(1, 0, 100).tolist()
    assert ("summary" in plain) == is_finished
    assert ("index" in plain) == is_finished


def test_that_a_real_collection_becomes_plain(collection_path: Path, tmp_path: Path) -> None:
    assert export([str(collection_path), "--plain", "--csv", "--insight", "--output_path", str(tmp_path)]) == 0
    plain = json.loads((tmp_path / "small_plain.json").read_text(encoding="utf-8"))
    with open_collection(collection_path) as collection:
        weight = collection.passes[2].layers["fc1"].weight
    passes = [record for record in plain["records"] if record["record"] == "pass"]
    assert np.array_equal(np.array(passes[2]["layers"]["fc1"]["weight"], np.float32), weight)


def test_that_the_table_has_a_row_for_each_step_and_empty_cells_where_nothing_was_recorded(tmp_path: Path) -> None:
    path = write_insight_run(tmp_path / "run.json", 5000, interval=10, pass_interval=1000, nan_at=4990)
    assert export([str(path), "--csv"]) == 0
    with (tmp_path / "run.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    run = open_collection(path)
    assert [int(row["step"]) for row in rows] == list(range(5000))
    assert rows[0]["near_zero@1e-07/total"] == ""
    assert rows[4000]["near_zero@1e-07/total"] == str(int(run.series["near_zero@1e-07/total"][4000]))
    assert rows[4990]["gradient_norm/fc2"] == "nan"
    assert [float(row["loss"]) for row in rows] == run.series["loss"].tolist()


def test_that_an_export_is_not_overwritten_unless_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_insight_run(tmp_path / "run.json")
    (tmp_path / "run.csv").write_text("mine")
    assert export([str(path), "--csv"]) == 2
    assert "--force" in capsys.readouterr().err
    assert (tmp_path / "run.csv").read_text() == "mine"
    assert export([str(path), "--csv", "--force"]) == 0
    assert (tmp_path / "run.csv").read_text().startswith("step,")


def test_that_wrong_use_is_told_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export([str(tmp_path / "gone.json"), "--csv"]) == 2
    assert "no such file" in capsys.readouterr().err
    (tmp_path / "other.json").write_text('{"a": 1}')
    assert export([str(tmp_path / "other.json"), "--plain"]) == 2
    path = write_insight_run(tmp_path / "run.json")
    with pytest.raises(SystemExit):
        export([str(path)])
    assert "--insight, --plain, --csv" in capsys.readouterr().err
    assert export([str(path), "--csv", "--output_path", str(path)]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_that_the_table_says_what_is_an_estimate_and_how_good_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    insight = Insight(1, [1e-7], 1000, sample=100, estimated=["near_zero"], sampled={"fc": 60})
    columns = {
        "near_zero@1e-07~se/total": np.array([1.5, 2.5]),
        "loss": np.ones(2),
        "near_zero@1e-07/total": np.array([7.5, 8.5]),
        "gradient_norm/total": np.ones(2),
    }
    with CollectionWriter(tmp_path / "run.json", Header(FORMAT, VERSION, Run("", 1, 0), [], insight=insight)) as writer:
        writer.write(StepsRecord(0, 2, columns))
    assert export([str(tmp_path / "run.json"), "--csv"]) == 0
    heading, first, _ = (tmp_path / "run.csv").read_text().splitlines()
    names = ["step", "loss", "near_zero@1e-07/total (estimate)", "near_zero@1e-07~se/total", "gradient_norm/total"]
    assert heading.split(",") == names
    assert first == "0,1,7.5,1.5,1"


def test_that_a_missing_gradient_is_an_empty_cell_and_nan_says_so(tmp_path: Path) -> None:
    path = write_three_states(tmp_path / "run.json")
    assert export([str(path), "--csv"]) == 0
    with (tmp_path / "run.csv").open(encoding="utf-8", newline="") as file:
        rows = {int(row["step"]): row for row in csv.DictReader(file)}
    assert (rows[FROZEN[0]]["gradient_norm/fc1"], rows[FROZEN[0]]["no_gradient/fc1"]) == ("", "9000")
    assert (rows[BAD[0]]["gradient_norm/fc2"], rows[BAD[0]]["nan/fc2"]) == ("nan", "3")
    assert rows[0]["gradient_angle/conv1"] == "", "there is no step before"


def test_that_no_cell_of_a_table_is_a_formula_and_numbers_stay_numbers(tmp_path: Path) -> None:
    names = ['=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)", "\tx", "\rx", "-loss", "-inf", "loss"]
    with CollectionWriter(tmp_path / "run.json", Header(FORMAT, VERSION, Run("", 1, 0), [])) as writer:
        writer.write(StepsRecord(0, 1, {name: np.array([-1.5]) for name in names}))
    assert export([str(tmp_path / "run.json"), "--csv"]) == 0
    with (tmp_path / "run.csv").open(encoding="utf-8", newline="") as file:
        heading, cells = csv.reader(file)
    assert heading == ["step", *(f"'{name}" for name in names[:-2]), "-inf", "loss"]
    assert cells == ["0", *["-1.5"] * len(names)]


def test_that_the_export_of_a_file_of_the_original_leaves_no_empty_file_behind_its_refusal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "old.json").write_text(json.dumps(legacy_document(cap=4, n_passes=1)))
    assert export([str(tmp_path / "old.json"), "--plain", "--output_path", str(tmp_path / "out")]) == 2
    assert "collections of Strobe only" in capsys.readouterr().err
    assert list((tmp_path / "out").glob("*")) == []


@pytest.mark.parametrize("form", command.FORMS)
def test_that_an_export_that_breaks_off_leaves_what_was_there_and_no_piece_of_a_file(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_insight_run(tmp_path / "run.json")
    (tmp_path / "out").mkdir()

    def fail(collection: object, file: BinaryIO) -> str:
        file.write(b"half a")
        raise OSError(errno.ENOSPC, "No space left on device")

    ending = command.FORMS[form][0][1]
    monkeypatch.setitem(command.FORMS, form, ((fail, ending),))
    before = tmp_path / "out" / f"run{ending}"
    before.write_text("of an earlier export")
    assert export([str(tmp_path / "run.json"), f"--{form}", "--force", "--output_path", str(tmp_path / "out")]) == 2
    assert before.read_text() == "of an earlier export"
    assert list((tmp_path / "out").iterdir()) == [before]


def test_that_what_is_counted_on_a_sample_or_now_and_then_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_insight_run(tmp_path / "run.json", interval=10, sample=1000)
    assert export([str(path), "--insight"]) == 0
    told = capsys.readouterr().out
    assert "every 10th step" in told
    assert "sample of 1,000 of 61,300" in told


@pytest.mark.parametrize("insight", [None, Insight(1, [1e-7], 1000, sample=1000)], ids=["not asked for", "asked for"])
@pytest.mark.parametrize("name", ["loss", "accuracy"])
def test_that_a_run_without_counts_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], insight: Insight | None, name: str
) -> None:
    header = Header(FORMAT, VERSION, Run("", 1, 0), [], insight=insight)
    with CollectionWriter(tmp_path / "run.json", header) as writer:
        writer.write(StepsRecord(0, 2, {name: np.ones(2)}))
    assert export([str(tmp_path / "run.json"), "--insight"]) == 0
    assert "(without counts of gradients, which this run did not record)" in capsys.readouterr().out


def test_that_no_framework_is_loaded() -> None:
    banned = ("torch", "keras", "tensorflow", "PyQt6")
    code = f"import sys, collector.export.command; print([name for name in {banned} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
