"""The real command, as a child process."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from collector import open_collection
from collector.comparing.saved import SavedComparison, save
from collector.storage import CollectionWriter
from tests.benchmarks.generated import header
from tests.commands import ROOT, endless_training, strobe


@pytest.fixture(scope="module")
def run(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A whole run on a machine without a screen: 96 pictures in steps of 16, so six steps."""
    path = tmp_path_factory.mktemp("runs") / "new folder" / "run.json"
    options = ("--model", "mlp", "--batch-size", 16, "--interval", 2, "--seed", 0, "--output_path", path)
    return path, strobe("--dataset", "folder", "--data_root", pictures, *options)


def test_that_without_a_screen_a_run_trains_collects_and_paints(run) -> None:
    path, ended = run
    assert ended.returncode == 0, ended.stderr
    with open_collection(path) as collection:
        assert collection.finished
        assert collection.passes.steps.tolist() == [0, 2, 4, 6]
        assert collection.run.options["seed"] == 0
        assert collection.probe is not None
        assert collection.probe.class_names == ("blue", "green", "red")
        assert len(collection.series["loss"]) == 6
    json.loads(path.read_text(encoding="utf-8"))
    assert path.with_suffix(".pth").is_file()
    assert "python main.py" in ended.stdout, "it says how to open the collection elsewhere"


def test_that_the_overview_is_a_picture_of_something(run) -> None:
    path, _ = run
    with Image.open(path.with_suffix(".png")) as picture:
        assert picture.width >= 1200
        assert len(set(picture.resize((200, 200)).convert("RGB").get_flattened_data())) > 500


def test_that_an_existing_collection_is_opened_and_not_trained_again(run, pictures: Path) -> None:
    path, _ = run
    before = path.read_bytes()
    options = ("--model", "mlp", "--batch_size", 16, "--interval", 2, "--output_path", path)
    ended = strobe("--dataset", "folder", "--data_root", pictures, *options)
    assert ended.returncode == 0, ended.stderr
    assert "exists already (4 passes)" in ended.stdout
    assert path.read_bytes() == before


def test_that_an_existing_collection_of_another_run_is_an_error_with_two_ways_out(run, pictures: Path) -> None:
    path, _ = run
    options = ("--model", "mlp", "--batch_size", 16, "--interval", 3, "--output_path", path)
    ended = strobe("--dataset", "folder", "--data_root", pictures, *options)
    assert ended.returncode == 2
    for words in ("interval 2 and not 3", "--force", "--output_path"):
        assert words in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--dataset", "mnist", "--model", "cifar10_cnn"), ("cifar10_cnn takes pictures of 3×32×32", "cnn_large")),
        (("--epochs", "0"), ("0 is not a whole number from 1 on",)),
        (("--interval", "many"), ("'many' is not a whole number",)),
        (("--neuron_cap", "-1"), ("-1 is not a whole number from 0 on",)),
        (("--lr", "nan"), ("nan is not a number above 0",)),
        (("--seed", "-3"), ("'-3' is not a whole number from 0 to",)),
        (("--dataset", "nope"), ("'mnist'", "'digits'")),
        (("--black_box", "few"), ("'few' is not a whole number from 0 on",)),
        (("--black_box", "4", "--unit_rule", "group_mean"), ("black_box", "unit_rule", "leave one of them out")),
        (("--black_box", "200000"), ("black_box is 200000", "0 (none) to 100,000")),
        (("nowhere.json",), ("nowhere.json", "no such file")),
        (("--dataset", "folder"), ("--data_root",)),
        (("some.json", "--epochs", "3", "--lr=0.1"), ("--epochs, --lr", "no effect", "Leave the options out")),
    ],
    ids=lambda value: " ".join(value)[:40],
)
def test_that_wrong_use_is_exit_code_2_and_a_line_of_words(arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    ended = strobe(*arguments)
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr
    for word in words:
        assert word in ended.stderr


def test_that_a_request_to_end_ends_the_training_cleanly(pictures: Path, tmp_path: Path) -> None:
    path = tmp_path / "stopped.json"
    with endless_training(pictures, path) as child:
        child.send_signal(signal.SIGTERM)
        _, errors = child.communicate(timeout=60)
    assert child.returncode == 0, errors.decode()
    with open_collection(path) as collection:
        assert collection.finished
        assert collection.passes[-1].step == collection.n_steps


def test_that_a_training_with_a_black_box_leaves_its_last_steps_when_it_is_told_to_end(
    pictures: Path, tmp_path: Path
) -> None:
    path = tmp_path / "ended.json"
    with endless_training(pictures, path, "--black_box", "3") as child:
        child.send_signal(signal.SIGTERM)
        _, errors = child.communicate(timeout=60)
    assert child.returncode == 0, errors.decode()
    with open_collection(path) as collection:
        (dump,) = collection.dumps
        assert (collection.run.black_box, dump.cause) == (3, "signal")
        assert 2 <= len(dump.steps) <= 3, "one of three may be a pass of the schedule"
        assert set(dump.steps) <= set(collection.passes.steps.tolist())
        assert "black_box" not in collection.run.options, "what is held is no part of what a run is"


def test_that_the_end_of_its_input_ends_a_training_cleanly_even_where_nobody_reads_its_output(
    pictures: Path, tmp_path: Path
) -> None:
    path = tmp_path / "left.json"
    with endless_training(pictures, path, "--stop_at_end_of_input") as child:
        for stream in (child.stdin, child.stdout, child.stderr):  # as where the window was killed
            assert stream is not None
            stream.close()
        child.wait(timeout=60)
        child.stdin = child.stdout = child.stderr = None
    assert child.returncode == 0
    with open_collection(path) as collection:
        assert collection.finished
        assert collection.passes[-1].step == collection.n_steps


def test_that_a_killed_training_leaves_every_pass_that_was_written(pictures: Path, tmp_path: Path) -> None:
    path = tmp_path / "killed.json"
    with endless_training(pictures, path):
        pass
    with open_collection(path) as collection:
        assert not collection.finished
        assert len(collection.passes) >= 2
        assert collection.passes[-1].layers["fc1"].weight is not None


def test_that_the_windows_process_loads_no_framework() -> None:
    code = (
        "import sys, app.window.start, app.window.overview, main; "
        "print([m for m in ('torch', 'tensorflow', 'keras') if m in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_that_reading_a_collection_loads_neither_framework_nor_qt() -> None:
    code = (
        "import sys; from collector import open_collection; "
        "print([m for m in ('torch', 'tensorflow', 'PyQt6') if m in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_that_a_run_is_exported_for_other_tools(run, tmp_path: Path) -> None:
    path, _ = run
    ended = strobe("export", path, "--csv", "--plain", "--insight", "--output-path", tmp_path)
    assert ended.returncode == 0, ended.stderr
    written = [tmp_path / f"run{ending}" for ending in (".csv", "_plain.json", "_insight.json")]
    assert all(str(file) in ended.stdout for file in written)
    assert written[0].read_text(encoding="utf-8").count("\n") >= 7
    assert json.loads(written[1].read_text(encoding="utf-8"))["format"] == "strobe.collection"
    insight = json.loads(written[2].read_text(encoding="utf-8"))
    assert [len(epoch) for epoch in insight["batch_wise"]["train_loss"]] == [6]
    wrong = strobe("export", path)
    assert wrong.returncode == 2
    assert "nothing to export" in wrong.stderr


def test_that_force_takes_over_no_file_that_somebody_records_into(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    with CollectionWriter(path, header([3, 2])):
        before = path.read_bytes()
        ended = strobe("--dataset", "digits", "--model", "mlp", "--force", "--output_path", path)
        assert ended.returncode == 2
        assert "is being recorded by process" in ended.stderr
        assert "Wait until that run has ended" in ended.stderr
        assert path.read_bytes() == before


def test_that_without_a_screen_two_collections_are_told_apart_in_words(
    run: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    path, _ = run
    ended = strobe(path, path)
    assert ended.returncode == 0, ended.stderr
    assert "Identical for 4 passes" in ended.stdout
    saved = tmp_path / "both.json"
    save(SavedComparison(a=str(path), b=str(path)), saved)
    assert "Identical for 4 passes" in strobe(saved).stdout


def test_that_three_collections_are_one_too_many() -> None:
    ended = strobe("a.json", "b.json", "c.json")
    assert ended.returncode == 2
    assert "two collections can be compared at a time, and 3 are named." in ended.stderr


def test_that_without_a_screen_the_demo_is_told_in_words() -> None:
    ended = strobe("demo")
    assert ended.returncode == 0, ended.stderr
    assert "CRITICAL dead-units" in ended.stdout
    assert "python main.py demo dead_layer" in ended.stdout
    wrong = strobe("demo", "nope")
    assert wrong.returncode == 2
    assert "healthy" in wrong.stderr
