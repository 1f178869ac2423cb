"""A writer whose disk is full, or that is interrupted."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.storage import CollectionWriter, open_collection
from collector.storage.schema import Header, NoteRecord, PassRecord

Headers = Callable[..., Header]
PassMaker = Callable[..., PassRecord]
Failing = Callable[[BaseException, int], None]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Failing:
    """Makes the next write stop with an error after so many bytes; the writes after it succeed again."""
    true_writev = os.writev

    def fail(error: BaseException, after: int) -> None:
        left = [after]

        def writev(file: int, pieces: list[memoryview]) -> int:
            if not left[0]:
                monkeypatch.setattr(os, "writev", true_writev)
                raise error
            written = os.write(file, b"".join(pieces)[: left[0]])
            left[0] -= written
            return written

        monkeypatch.setattr(os, "writev", writev)

    return fail


@pytest.mark.parametrize("after", [0, 1, 2, 50, 400])
def test_that_a_full_disk_leaves_the_records_before(
    tmp_path: Path, make_header: Headers, make_pass: PassMaker, failing: Failing, after: int
) -> None:
    file = CollectionWriter(tmp_path / "run.json", make_header())
    file.write(make_pass(0))
    before = file.path.read_bytes()
    failing(OSError(errno.ENOSPC, "No space left on device"), after)
    with pytest.raises(OSError, match="No space"):
        file.write(make_pass(1))
    assert file.closed
    assert file.path.read_bytes() == before
    with open_collection(file.path) as collection:
        assert not collection.finished
        assert [each.number for each in collection.passes] == [0]


def test_that_a_disk_that_is_full_at_the_end_leaves_an_unfinished_collection(
    tmp_path: Path, make_header: Headers, make_pass: PassMaker, failing: Failing
) -> None:
    file = CollectionWriter(tmp_path / "run.json", make_header())
    file.write(make_pass(0))
    before = file.path.read_bytes()
    failing(OSError(errno.ENOSPC, "No space left on device"), 20)
    with pytest.raises(OSError, match="No space"):
        file.close()
    assert file.closed
    assert file.path.read_bytes() == before


def test_that_a_disk_without_room_for_the_first_line_leaves_no_file(
    tmp_path: Path, make_header: Headers, failing: Failing
) -> None:
    opened = Path("/proc/self/fd")
    before = len(list(opened.iterdir())) if opened.exists() else 0
    failing(OSError(errno.ENOSPC, "No space left on device"), 20)
    with pytest.raises(OSError, match="No space"):
        CollectionWriter(tmp_path / "run.json", make_header())
    assert not list(tmp_path.iterdir())
    assert (len(list(opened.iterdir())) if opened.exists() else 0) == before


def test_that_a_failed_replacement_leaves_the_old_file(finished: Path, make_header: Headers, failing: Failing) -> None:
    before = finished.read_bytes()
    failing(OSError(errno.ENOSPC, "No space left on device"), 20)
    with pytest.raises(OSError, match="No space"):
        CollectionWriter(finished, make_header(), overwrite=True)
    assert list(finished.parent.iterdir()) == [finished]
    assert finished.read_bytes() == before


@pytest.mark.parametrize("after", [1, 100])
def test_that_ctrl_c_in_the_middle_of_a_line_still_leaves_a_finished_file(
    tmp_path: Path, make_header: Headers, make_pass: PassMaker, failing: Failing, after: int
) -> None:
    path = tmp_path / "run.json"
    with pytest.raises(KeyboardInterrupt), CollectionWriter(path, make_header()) as file:
        file.write(make_pass(0))
        failing(KeyboardInterrupt(), after)
        file.write(make_pass(1))
    document = json.loads(path.read_bytes())
    assert [record["pass"] for record in document["records"]] == [0]
    with open_collection(path) as collection:
        assert collection.finished
        assert not collection.damaged


def test_that_ctrl_c_behind_a_line_costs_only_the_quick_index(
    tmp_path: Path, make_header: Headers, make_pass: PassMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "run.json"
    with pytest.raises(KeyboardInterrupt), CollectionWriter(path, make_header()) as file:
        with monkeypatch.context() as patch:
            # The line is written; what should be remembered of it is not.
            patch.setattr("collector.storage.writer.step_of", interrupt)
            with pytest.raises(KeyboardInterrupt):
                file.write(make_pass(0))
        file.write(make_pass(1))
        raise KeyboardInterrupt
    assert len(json.loads(path.read_bytes())["records"]) == 2
    with open_collection(path) as collection:
        assert collection.finished
        assert [each.number for each in collection.passes] == [0, 1]


def test_that_the_limit_of_a_real_file_system_leaves_whole_lines(tmp_path: Path) -> None:
    program = """
import resource, signal, sys
import numpy as np
from collector.storage import CollectionWriter
from collector.storage.schema import FORMAT, Header, PassRecord, Run
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
header = Header(FORMAT, 1, Run(created="", interval=1, neuron_cap=0), [])
writer = CollectionWriter(sys.argv[1], header)
try:
    for number in range(1000):
        writer.write(PassRecord(number=number, step=number, logits=np.zeros((30, 10), np.float32)))
except OSError:
    print(number)
"""
    path = tmp_path / "run.json"
    done = subprocess.run([sys.executable, "-c", program, path], check=True, capture_output=True, text=True)
    n_written = int(done.stdout)
    assert n_written > 10
    assert path.read_bytes().endswith(b"}\n")
    with open_collection(path) as collection:
        assert len(collection.passes) == n_written
        assert collection.passes[-1].logits is not None


def test_that_a_process_that_was_killed_leaves_whole_lines(tmp_path: Path) -> None:
    program = """
import os, signal, sys
from collector.storage import CollectionWriter
from collector.storage.schema import FORMAT, Header, NoteRecord, Run
writer = CollectionWriter(sys.argv[1], Header(FORMAT, 1, Run(created="", interval=1, neuron_cap=0), []))
writer.write(NoteRecord(0, "written"))
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", program, tmp_path / "run.json"], check=False)
    assert done.returncode < 0
    with open_collection(tmp_path / "run.json") as collection:
        assert collection.notes == [NoteRecord(0, "written")]
