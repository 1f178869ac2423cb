"""The check of a whole collection: it says what is wrong and where, and of a sound one nothing."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collector.storage import Collection, CollectionWriter, open_collection
from collector.storage.schema import Band, Header, Insight, PassRecord, StepsRecord
from collector.storage.verify import Verification
from collector.storage.verify_command import verify
from tests.collector.storage.rewriting import honest, plain

Headers = Callable[..., Header]


def faults_of(path: Path) -> list[str]:
    with open_collection(path) as collection:
        return collection.verify().faults


def test_that_a_sound_file_has_no_fault_and_its_records_are_counted(finished: Path) -> None:
    with open_collection(finished) as collection:
        found = collection.verify()
    assert found.is_sound
    assert (found.finished, found.has_checksums, found.remarks) == (True, True, [])
    assert found.records == {"pass": 3, "steps": 4, "note": 1, "epoch": 1}


def test_that_an_unfinished_file_is_sound_and_a_record_that_was_cut_off_is_remarked(unfinished: Path) -> None:
    content = unfinished.read_bytes()
    unfinished.write_bytes(content[:-20])
    with open_collection(unfinished) as collection:
        found = collection.verify()
    assert found.is_sound
    told = " ".join(found.remarks)
    n_cut = len(content.splitlines(keepends=True)[-1]) - 20
    assert "unfinished" in told
    assert f"The last {n_cut:,} bytes are a record that was cut off" in told


@pytest.mark.parametrize("name", ["finished.json", "cut_off.json"])
def test_that_a_file_of_an_earlier_strobe_is_checked_as_far_as_that_goes_and_says_so(golden: Path, name: str) -> None:
    with open_collection(golden / name) as collection:
        found = collection.verify()
    assert found.is_sound
    assert not found.has_checksums
    assert "It has no checksums" in found.remarks[0]


@pytest.mark.parametrize("text", [b'"pass":1', b'"loss":[2', b'"record":"note"', b'"accuracy"', b'"index":'])
def test_that_a_changed_byte_is_found_with_its_place(finished: Path, text: bytes) -> None:
    content = bytearray(finished.read_bytes())
    at = content.index(text)
    content[at + len(text) - 1] ^= 2
    finished.write_bytes(bytes(content))
    start = content.rindex(b"\n", 0, at) + 1
    found = faults_of(finished)
    assert found
    assert any(f"byte {start:,}" in each or f"byte {start + 1:,}" in each or "last line" in each for each in found)


def change_a_column(tail: dict[str, Any]) -> None:
    tail["summary"]["columns"]["loss"]["values"][1] = 7.0


def lose_a_column(tail: dict[str, Any]) -> None:
    del tail["summary"]["columns"]["norm/fc"]


def change_a_note(tail: dict[str, Any]) -> None:
    tail["summary"]["notes"][0]["text"] = "another"


def change_the_steps(tail: dict[str, Any]) -> None:
    tail["summary"]["steps"] = 3


def call_steps_a_moon(tail: dict[str, Any]) -> None:
    tail["index"][1][0] = "moon"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (change_a_column, "'loss' has other values in the summary than in the lines"),
        (lose_a_column, "'norm/fc' is in the lines only"),
        (change_a_note, "other note records"),
        (change_the_steps, "3 steps were taken, and the lines tell of 4"),
        (call_steps_a_moon, "calls the steps record at byte"),
    ],
)
def test_that_a_summary_or_index_that_differs_from_the_lines_is_found(
    with_tail: Any, opened_as: Callable[[bytes], Collection], spoil: Callable[[dict[str, Any]], None], words: str
) -> None:
    with opened_as(with_tail(spoil)) as collection:
        assert collection.damaged == []  # no single line is wrong
        found = collection.verify().faults
    assert len(found) == 1
    assert words in found[0]


def test_that_arrays_that_do_not_fit_their_plan_are_found(tmp_path: Path, make_header: Headers, make_pass: Any) -> None:
    path = tmp_path / "run.json"
    with CollectionWriter(path, make_header()) as writer:
        writer.write(make_pass(0, weight=np.zeros((30, 4), np.float32)))
        writer.write(make_pass(1, bias=np.zeros(29, np.float32)))
        writer.write(PassRecord(2, 4, histograms={"fc": {"weight": np.zeros(5, int)}}))
        writer.write(make_pass(3))
    found = faults_of(path)
    assert [each.partition(":")[0] for each in found] == ["Pass 0", "Pass 1", "Pass 2"]


def test_that_bands_that_overlap_are_found(tmp_path: Path, make_header: Headers) -> None:
    bands = [Band("fc", "weight", 90, 0, 90), Band("fc", "bias", 30, 80, 30)]
    insight = Insight(1, [1e-5], 120, 120, sign_interval=30, sign_columns=120, bands=bands)
    CollectionWriter(tmp_path / "run.json", make_header(insight=insight)).close()
    assert "band of 'bias' of 'fc'" in faults_of(tmp_path / "run.json")[0]


@pytest.mark.parametrize("sign_columns", [119, 120, 121])
def test_that_bands_have_the_columns_of_the_raster_together(
    tmp_path: Path, make_header: Headers, sign_columns: int
) -> None:
    bands = [Band("fc", "weight", 90, 0, 90), Band("fc", "bias", 30, 90, 30)]
    insight = Insight(1, [1e-5], 120, 120, sign_interval=30, sign_columns=sign_columns, bands=bands)
    CollectionWriter(tmp_path / "run.json", make_header(insight=insight)).close()
    told = [] if sign_columns == 120 else [f"The bands have 120 columns, and the sign raster has {sign_columns}."]
    assert faults_of(tmp_path / "run.json") == told


@pytest.mark.parametrize("is_checked", [True, False], ids=["with checksums", "without"])
def test_that_a_missing_pass_is_found(finished: Path, is_checked: bool) -> None:
    content = finished.read_bytes() if is_checked else plain(finished.read_bytes())
    lines = [line for line in content.splitlines(keepends=True)[:-1] if b'"pass":1,' not in line[:40]]
    finished.write_bytes(b"".join(lines))
    assert "Pass 1 says that it is number 2" in faults_of(finished)[0]


def test_that_a_pass_that_comes_late_is_found(tmp_path: Path, make_header: Headers) -> None:
    path = tmp_path / "run.json"
    with CollectionWriter(path, make_header()) as writer:
        for number, step in enumerate((0, 40, 20, 40, 41)):
            writer.write(PassRecord(number, step))
    assert [re.sub(r"byte \d+", "byte …", fault) for fault in faults_of(path)[1:]] == [
        "Pass 2, at byte …, is of step 20 and comes behind one of step 40.",
        "Pass 3, at byte …, is of step 40 and comes behind one of step 40.",
    ]


def test_that_lines_behind_the_last_are_found(finished: Path) -> None:
    content = finished.read_bytes()
    finished.write_bytes(content + b'{"record":"note","step":0,"text":"late"}\n')
    assert any(f"byte {len(content):,}" in each for each in faults_of(finished))


def test_that_of_much_damage_only_the_beginning_is_told(unfinished: Path) -> None:
    with unfinished.open("ab") as file:
        file.write(b"garbage\n" * 1000)
    found = faults_of(unfinished)
    assert len(found) == 101
    assert "more damage" in found[-1]


def test_that_of_one_place_one_fault_is_told() -> None:
    found = Verification(Path("run.json"), finished=True, has_checksums=True)

    for fault in ("Pass 3, at byte 99, is cut.", "It is unlike the index at byte 99.", "At byte 999 begins no record."):
        found.say(fault)

    assert found.faults == ["Pass 3, at byte 99, is cut.", "At byte 999 begins no record."]


def test_that_one_record_is_held_at_a_time(
    tmp_path: Path, make_header: Headers, make_pass: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No read asks for more than a chunk of lines or the longest record."""
    path = tmp_path / "run.json"
    monkeypatch.setattr("collector.storage.lines._CHUNK", 2048)
    with CollectionWriter(path, make_header()) as writer:
        for number in range(50):
            writer.write(make_pass(number))
        writer.write(StepsRecord(0, 2, {"loss": np.zeros(2)}))
    asked: list[int] = []
    true_pread = __import__("os").pread
    with open_collection(path) as collection:
        monkeypatch.setattr("os.pread", lambda file, length, at: asked.append(length) or true_pread(file, length, at))
        assert collection.verify().is_sound
    index_size = len(path.read_bytes().splitlines()[-1])
    assert max(asked) <= max(2048, index_size + 1)


@pytest.mark.parametrize("is_json", [True, False])
def test_that_the_command_says_by_its_exit_code_whether_the_file_is_sound(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], is_json: bool
) -> None:
    options = ["--json"] if is_json else []
    assert verify([str(finished), *options]) == 0
    told = capsys.readouterr().out
    assert json.loads(told)["sound"] is True if is_json else "is sound" in told

    content = finished.read_bytes()
    finished.write_bytes(content.replace(b'"loss":[2.0', b'"loss":[3.0', 1))
    assert verify([str(finished), *options]) == 1
    told = capsys.readouterr().out
    if is_json:
        found = json.loads(told)
        assert (found["sound"], found["opens"], found["has_checksums"]) == (False, True, True)
        assert "steps record at byte" in found["faults"][0]
    else:
        assert "is damaged in 1 place" in told
        assert "steps record at byte" in told

    assert verify([str(tmp_path / "none.json"), *options]) == 2
    said = capsys.readouterr()
    assert "there is no such file" in (said.out if is_json else said.err)


def test_that_a_file_that_somebody_changed_with_care_is_sound(finished: Path) -> None:
    finished.write_bytes(honest(finished.read_bytes().replace(b"text with", b"words with")))
    assert faults_of(finished) == []
