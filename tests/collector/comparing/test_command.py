"""``python main.py compare``: words, JSON, exit codes, files."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from collector.comparing.command import compare_command
from tests.collector.comparing.recordings import changed, columns, written

ROOT = Path(__file__).parents[3]


@pytest.fixture
def same(tmp_path: Path) -> list[str]:
    return [str(written(tmp_path, name, columns())) for name in ("a.json", "b.json")]


@pytest.fixture
def different(tmp_path: Path) -> list[str]:
    values = changed(12, "learning_rate", "loss")
    return [str(written(tmp_path, "a.json", columns())), str(written(tmp_path, "c.json", values))]


def test_that_identical_runs_are_told_and_end_with_0(same: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert compare_command([*same, "--fail-on", "difference"]) == 0
    assert "Identical for 0 passes, up to step 39." in capsys.readouterr().out


def test_that_a_difference_ends_with_3_only_where_it_is_asked(
    different: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare_command(different) == 0
    assert compare_command([*different, "--fail-on", "difference"]) == 3
    assert "first difference: learning rate at step 12" in " ".join(capsys.readouterr().out.split())


def test_that_the_collector_alone_compares_as_main_does(
    different: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = compare_command([*different, "--fail-on", "difference"])
    told = [(code, *capsys.readouterr())]
    for front in (["-m", "collector.comparing.command"], ["main.py", "compare"]):
        command = [sys.executable, *front, *different, "--fail-on", "difference"]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        told.append((ended.returncode, ended.stdout, ended.stderr))
    assert told[0] == told[1] == told[2]
    assert told[0][0] == 3
    assert "first difference: learning rate at step 12" in " ".join(told[0][1].split())


def test_that_the_json_has_what_its_format_promises(different: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    compare_command([*different, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert (found["format"], found["version"]) == ("strobe.comparison", 1)
    assert found["identical_until"] == 11
    assert found["first_difference"]["step"] == 12
    assert {"a", "b", "clock", "options", "measures", "not_compared"} <= set(found)


def test_that_a_difference_within_the_tolerance_is_none(tmp_path: Path) -> None:
    values = columns()
    values["loss"] = values["loss"] * (1 + 1e-4)
    paths = [str(written(tmp_path, "a.json", columns())), str(written(tmp_path, "b.json", values))]
    assert compare_command([*paths, "--fail-on", "difference"]) == 3
    assert compare_command([*paths, "--fail-on", "difference", "--tolerance", "1e-3"]) == 0


def test_that_a_saved_comparison_opens_again_where_its_folder_went(
    different: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare_command([*different, "--offset", "1", "--save", str(tmp_path / "saved.json")]) == 0
    before = capsys.readouterr().out.splitlines()[2:]
    moved = tmp_path.rename(tmp_path.with_name("moved"))
    assert compare_command([str(moved / "saved.json")]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == before


def test_that_the_differences_are_written_as_a_table(different: list[str], tmp_path: Path) -> None:
    compare_command([*different, "--csv", str(tmp_path / "differences.csv")])
    with (tmp_path / "differences.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    rates = [row for row in rows if row["name"] == "learning_rate"]
    assert [int(row["step_a"]) for row in rates] == list(range(12, 40))
    assert float(rates[0]["b"]) == pytest.approx(0.501)
    assert rates[0]["outside_noise"] == ""


def test_that_with_repeats_it_is_told_how_much_lies_outside_of_their_spread(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(name: str, factor: float) -> str:
        return str(written(tmp_path, name, {"loss": columns()["loss"] * factor}))

    a, usual, far = run("a.json", 1.0), run("usual.json", 0.99), run("far.json", 3.0)
    repeats = ["--repeats", run("r1.json", 1.02), run("r2.json", 0.97)]
    compare_command([a, usual, *repeats])
    told = " ".join(capsys.readouterr().out.split())
    assert "outside of the noise at 0 of 40" in told
    assert "nothing lies outside of the spread of 3 runs" in told
    compare_command([a, far, *repeats])
    told = " ".join(capsys.readouterr().out.split())
    assert "outside of the noise at 40 of 40" in told
    assert "first outside of the spread of 3 runs: loss from step 0 on" in told


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--clock", "samples"], "does not tell how many samples"),
        (["--pair", "fc1", "fc9"], "there is no layer 'fc9'"),
        (["--csv", "/nowhere/x.csv"], "cannot be written"),
    ],
)
def test_that_wrong_use_is_one_line_and_2(
    same: list[str], more: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare_command([*same, *more]) == 2
    assert told in capsys.readouterr().err


def test_that_one_collection_alone_is_refused(same: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        compare_command(same[:1])
    assert "name a second one" in capsys.readouterr().err


def test_that_a_label_shift_is_told_beside_a_run_that_learns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flat = {"loss": np.full(200, 2.3)}
    learns = {"loss": 2.3 * np.exp(-np.arange(200) / 40) + 0.05}
    paths = [str(written(tmp_path, "a.json", learns)), str(written(tmp_path, "b.json", flat))]
    compare_command(paths)
    assert "loss-floor" in capsys.readouterr().out
