"""Opening a finished collection."""

import gc
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from collector.storage import CollectionWriter, lines, open_collection
from collector.storage.schema import Header, NoteRecord, PassRecord, StepsRecord


def test_that_a_finished_collection_gives_back_what_was_written(finished: Path) -> None:
    with open_collection(str(finished)) as collection:
        assert collection.finished
        assert not collection.damaged
        assert collection.run.interval == 2
        assert list(collection.layers) == ["fc", "relu"]
        assert collection.probe.labels.tolist() == [0, 1]
        assert collection.n_steps == 4
        assert collection.series["loss"].tolist() == [4, 3, 2, 1]
        np.testing.assert_array_equal(collection.series["norm/fc"], [0.5, np.nan, 0.25, np.nan])
        assert collection.epochs[0].metrics == {"accuracy": 0.75}
        assert collection.notes == [NoteRecord(2, "text with a newline\n and a NUL \0")]
        assert [each.step for each in collection.passes] == [0, 2, 4]


def test_that_a_finished_and_an_unfinished_file_tell_the_same(finished: Path, tmp_path: Path) -> None:
    content = finished.read_bytes()
    unfinished = tmp_path / "unfinished.json"
    unfinished.write_bytes(content[: content.index(b'],"summary"')])
    with open_collection(finished) as whole, open_collection(unfinished) as scanned:
        assert not scanned.finished
        assert scanned.n_steps == whole.n_steps
        assert scanned.epochs == whole.epochs
        assert scanned.notes == whole.notes
        assert scanned.passes.steps.tolist() == whole.passes.steps.tolist()
        assert sorted(scanned.series) == sorted(whole.series)
        for name in whole.series:
            np.testing.assert_array_equal(scanned.series[name], whole.series[name])


def test_that_opening_a_finished_file_reads_its_ends_only(
    tmp_path: Path,
    make_header: Callable[..., Header],
    make_pass: Callable[..., PassRecord],
    bytes_read: Callable[[], int],
) -> None:
    path = tmp_path / "long.json"
    with CollectionWriter(path, make_header()) as writer:
        for number in range(1000):
            writer.write(make_pass(number))
    with open_collection(path) as collection:
        assert len(collection.passes) == 1000
        opening = bytes_read()
        # A piece for the version, a piece for the first line, the last line with 22 bytes or so for each record.
        assert opening < 2 * 2**16 + 1000 * 40
        assert opening < path.stat().st_size / 4
        collection.passes[500].layers["fc"].weight.sum()
        assert bytes_read() - opening < 2000


def test_that_reading_falls_back_where_the_system_has_no_pread(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pread")
    with open_collection(finished) as collection:
        assert collection.finished
        assert (collection.passes[2].layers["fc"].weight == 2).all()


def test_that_lines_longer_than_a_chunk_are_found(unfinished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_collection(unfinished) as collection:
        expected = collection.passes.steps.tolist()
    for chunk in (1, 7, 100, 255, 256, 257, 1000):
        monkeypatch.setattr(lines, "_CHUNK", chunk)
        with open_collection(unfinished) as collection:
            assert collection.passes.steps.tolist() == expected
            assert not collection.damaged


def test_that_a_collection_without_a_probe_opens(tmp_path: Path, make_header: Callable[..., Header]) -> None:
    CollectionWriter(tmp_path / "run.json", make_header(probe=None)).close()
    with open_collection(tmp_path / "run.json") as collection:
        assert collection.probe is None


def test_that_steps_far_apart_make_no_long_axis(tmp_path: Path, make_header: Callable[..., Header]) -> None:
    path = tmp_path / "run.json"
    with CollectionWriter(path, make_header()) as writer:
        for step in (0, 2**52):
            writer.write(StepsRecord(step, step + 1, {"loss": np.ones(1)}))
        with open_collection(path) as unfinished:
            assert unfinished.series["loss"].tolist() == [1, 1]
    with open_collection(path) as collection:
        assert collection.series.steps.tolist() == [0, 2**52]


def test_that_a_collection_without_passes_is_refused_only_where_one_is_needed(
    tmp_path: Path, make_header: Callable[..., Header]
) -> None:
    CollectionWriter(tmp_path / "run.json", make_header()).close()
    with open_collection(tmp_path / "run.json") as collection, pytest.raises(Exception, match="no pass"):
        collection.require_passes()


def test_that_a_collection_with_passes_is_what_it_requires(finished: Path) -> None:
    with open_collection(finished) as collection:
        assert collection.require_passes() is collection


def test_that_a_collection_nobody_closed_goes_quietly(finished: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        collection = open_collection(finished)
        assert collection.finished
        del collection
        gc.collect()


def test_that_a_file_that_could_not_be_opened_is_let_go(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text("no collection")
    opened = Path("/proc/self/fd")
    if not opened.is_dir():
        pytest.skip("open files cannot be listed here")
    before = len(list(opened.iterdir()))
    for _ in range(5):
        with pytest.raises(Exception, match="not JSON"):
            open_collection(path)
    assert len(list(opened.iterdir())) == before


def test_that_a_closed_collection_reads_no_more(finished: Path) -> None:
    collection = open_collection(finished)
    collection.close()
    collection.close()
    with pytest.raises(Exception, match="closed"):
        _ = collection.passes[0]


def test_that_reading_needs_numpy_and_msgspec_only(finished: Path) -> None:
    program = """
import sys
for name in ("isal", "pybase64", "typing_extensions"):
    sys.modules[name] = None
before = set(sys.modules)
from collector import open_collection
with open_collection(sys.argv[1]) as collection:
    collection.passes[0].layers["fc"].weight.sum()
    collection.series["loss"].sum()
rooms = {name.partition(".")[0] for name in set(sys.modules) - before}
print(*sorted(rooms - set(sys.stdlib_module_names)))
"""
    done = subprocess.run([sys.executable, "-c", program, finished], check=True, capture_output=True, text=True)
    third_party = {name for name in done.stdout.split() if not name.startswith("_")}
    assert third_party == {"collector", "msgspec", "numpy"}
