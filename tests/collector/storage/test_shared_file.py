"""A file is recorded by one at a time, in one process; what somebody does to it meanwhile is told and outlived."""

import errno
import json
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from collector.capture.guard import CollectorWarning
from collector.capture.run_log import RunLog
from collector.storage import CollectionError, CollectionWriter, beside, locks, open_collection, owned_file
from collector.storage.earlier import EarlierRun
from collector.storage.errors import BeingRecordedError
from collector.storage.schema import EpochRecord, Header, NoteRecord, PassRecord, Record, StepsRecord

Headers = Callable[..., Header]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def writer(tmp_path: Path, make_header: Headers) -> Iterator[CollectionWriter]:
    """A collection that is being recorded and has a pass."""
    with CollectionWriter(tmp_path / "run.json", make_header()) as writer:
        writer.write(PassRecord(number=0, step=0))
        yield writer


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def second(path: Path, header: Header, how: str) -> CollectionWriter:
    """Another start on the same file."""
    if how == "overwrite":
        return CollectionWriter(path, header, overwrite=True)
    return CollectionWriter(path, header, earlier=EarlierRun(path, 1 if how == "resume at a step" else None))


WAYS = ["overwrite", "resume", "resume at a step"]


@pytest.mark.parametrize("how", WAYS)
def test_that_a_second_writer_in_the_process_is_refused_in_words_and_the_first_goes_on(
    writer: CollectionWriter, make_header: Headers, how: str
) -> None:
    before = writer.path.read_bytes()
    with pytest.raises(BeingRecordedError, match=r"being recorded by this process.*close its collector.*another name"):
        second(writer.path, make_header(), how)
    assert writer.path.read_bytes() == before
    assert names_in(writer.path.parent) == ["run.json"]
    writer.write(PassRecord(number=1, step=2))
    writer.close()
    with open_collection(writer.path) as collection:
        assert collection.passes.steps.tolist() == [0, 2]
        assert collection.finished


def in_another_process(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs a script that has `CollectionWriter`, `EarlierRun`, `make_header` and `path`."""
    head = """
import os, signal, sys
from pathlib import Path
from collector.storage import CollectionError, CollectionWriter
from collector.storage.earlier import EarlierRun
from collector.storage.schema import NoteRecord, PassRecord
from tests.collector.storage.conftest import _make_header as make_header
path = Path(sys.argv[1])
"""
    command = [sys.executable, "-c", head + program, *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)


@pytest.mark.parametrize(
    "how", ["CollectionWriter(path, make_header(), overwrite=True)", "EarlierRun(path, None)", "EarlierRun(path, 1)"]
)
def test_that_a_writer_in_another_process_is_refused_and_told_who_records(writer: CollectionWriter, how: str) -> None:
    before = writer.path.read_bytes()
    done = in_another_process(f"try:\n    {how}\nexcept CollectionError as error:\n    print(error)", writer.path)
    assert done.stderr == ""
    who = f"process {os.getpid()}" if Path("/proc/locks").exists() else "another process"
    assert f"is being recorded by {who}." in done.stdout or "by another process." in done.stdout
    assert writer.path.read_bytes() == before


def test_that_of_four_processes_that_resume_at_once_one_wins_and_the_others_are_told(finished: Path) -> None:
    program = """
sys.stdin.readline()
try:
    writer = CollectionWriter(path, make_header(), earlier=EarlierRun(path, None))
except CollectionError as error:
    print("told", error, flush=True)
else:
    writer.write(NoteRecord(9, "won"))
    print("won", flush=True)
    sys.stdin.readline()
    writer.close()
"""
    head = """
import sys
from pathlib import Path
from collector.storage import CollectionError, CollectionWriter
from collector.storage.earlier import EarlierRun
from collector.storage.schema import NoteRecord
from tests.collector.storage.conftest import _make_header as make_header
path = Path(sys.argv[1])
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", head + program, str(finished)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    children = [subprocess.Popen(command, cwd=ROOT, env=environment, **pipes) for _ in range(4)]  # type: ignore[call-overload]
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    answers = [child.stdout.readline() for child in children]
    for child in children:
        child.communicate("end\n")
    assert sorted(answer.split()[0] for answer in answers) == ["told", "told", "told", "won"]
    assert all("is being recorded by" in answer for answer in answers if answer.startswith("told"))
    with open_collection(finished) as collection:
        assert collection.finished
        assert not collection.damaged
        assert [each.text for each in collection.notes].count("won") == 1
    assert names_in(finished.parent) == ["run.json"]


def test_that_the_lock_of_a_dead_owner_does_not_count(tmp_path: Path, make_header: Headers) -> None:
    path = tmp_path / "run.json"
    done = in_another_process(
        "writer = CollectionWriter(path, make_header())\nwriter.write(PassRecord(number=0, step=0))\n"
        "os.kill(os.getpid(), signal.SIGKILL)",
        path,
    )
    assert done.returncode == -signal.SIGKILL
    CollectionWriter(path, make_header(), earlier=EarlierRun(path, 1)).close()
    with open_collection(path) as collection:
        assert collection.passes.steps.tolist() == [0]


def test_that_a_child_that_outlives_a_killed_owner_does_not_keep_the_lock(tmp_path: Path, make_header: Headers) -> None:
    path = tmp_path / "run.json"
    program = """
writer = CollectionWriter(path, make_header())
child = os.fork()
if child == 0:
    os.close(1), os.close(2)
    signal.pause()
print(child, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    child = int(in_another_process(program, path).stdout)
    try:
        CollectionWriter(path, make_header(), overwrite=True).close()
    finally:
        os.kill(child, signal.SIGKILL)


def test_that_a_forgotten_writer_lets_its_file_go(tmp_path: Path, make_header: Headers) -> None:
    path = tmp_path / "run.json"
    log = RunLog(path, make_header(), overwrite=False)
    log.note("of the forgotten one")
    del log
    RunLog(path, make_header(), overwrite=True).close()
    with open_collection(path) as collection:
        assert collection.finished
        assert collection.notes == []


def test_that_readers_need_no_lock(writer: CollectionWriter) -> None:
    with open_collection(writer.path) as collection:
        assert len(collection.passes) == 1
        assert collection.verify().is_sound


def test_that_a_failed_resumption_lets_the_file_go(finished: Path, make_header: Headers) -> None:
    other = make_header()
    other.run.interval = 7
    with pytest.raises(CollectionError, match="another run"):
        CollectionWriter(finished, other, earlier=EarlierRun(finished, None))
    CollectionWriter(finished, make_header(), earlier=EarlierRun(finished, None)).close()


def test_that_a_file_that_is_gone_on_with_is_locked_again(writer: CollectionWriter, make_header: Headers) -> None:
    writer.close()
    writer.reopen()
    with pytest.raises(BeingRecordedError):
        CollectionWriter(writer.path, make_header(), overwrite=True)
    writer.close()
    with CollectionWriter(writer.path, make_header(), overwrite=True), pytest.raises(OSError, match="being recorded"):
        writer.reopen()


def test_that_without_locks_recording_goes_on_and_a_note_says_so(
    tmp_path: Path, make_header: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(file: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locks, "_lock", refuse)
    litter = tmp_path / ".strobe-0123456789abcdef"
    litter.touch()
    with CollectionWriter(tmp_path / "run.json", make_header()) as writer:
        writer.write(PassRecord(number=0, step=0))
    with open_collection(tmp_path / "run.json") as collection:
        assert collection.notes[0].text.startswith("The file system keeps no locks")
    assert litter.exists()  # nobody can tell whether it is being written


def test_that_what_a_killed_resumption_left_is_removed_and_what_is_being_written_stays(
    finished: Path, make_header: Headers
) -> None:
    folder = finished.parent
    for name in (".strobe-0123456789abcdef", ".strobe-0123456789abcdeX", ".strobe-notes"):
        (folder / name).write_bytes(finished.read_bytes())
    (folder / ".strobe-00000000000000ff").symlink_to(folder / "run.json")
    alive = beside.made_beside(finished)
    CollectionWriter(finished, make_header(), earlier=EarlierRun(finished, None)).close()
    expected = [".strobe-00000000000000ff", ".strobe-0123456789abcdeX", ".strobe-notes", alive.path.name, "run.json"]
    assert names_in(folder) == sorted(expected)
    alive.close()


def test_that_a_resumption_that_is_killed_leaves_nothing_to_the_next(finished: Path, make_header: Headers) -> None:
    program = """
from collector.storage import owned_file
true = owned_file.OwnedFile.take_place
owned_file.OwnedFile.take_place = lambda self, place: os.kill(os.getpid(), signal.SIGKILL)
CollectionWriter(path, make_header(), earlier=EarlierRun(path, None))
"""
    assert in_another_process(program, finished).returncode == -signal.SIGKILL
    assert len(names_in(finished.parent)) == 2
    CollectionWriter(finished, make_header(), earlier=EarlierRun(finished, None)).close()
    assert names_in(finished.parent) == ["run.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="there an open file cannot be renamed")
def test_that_nobody_gets_hold_of_a_file_while_it_takes_the_place_of_the_earlier_one(
    finished: Path, make_header: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool | None] = []
    true = Path.replace

    def replace(path: Path, place: Path) -> Path:
        held.append(locks.is_being_recorded(path))
        true(path, place)
        held.append(locks.is_being_recorded(place))
        return place

    monkeypatch.setattr(Path, "replace", replace)
    with CollectionWriter(finished, make_header(), earlier=EarlierRun(finished, None)):
        assert held == [True, True]


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


@needs_fork
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_that_a_forked_child_writes_nothing_and_raises_nothing(writer: CollectionWriter, make_header: Headers) -> None:
    before = writer.path.read_bytes()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            writer.write(NoteRecord(0, "of the child"))
            writer.close()
            writer.reopen()
            writer.write(NoteRecord(0, "of the child"))
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert writer.path.read_bytes() == before
    with pytest.raises(BeingRecordedError):  # and the child has not let the parent's file go
        CollectionWriter(writer.path, make_header(), overwrite=True)
    writer.write(NoteRecord(0, "of the parent"))
    writer.close()
    assert json.loads(writer.path.read_bytes())["summary"]["notes"][0]["text"] == "of the parent"


RECORDS: list[Record] = [
    PassRecord(number=0, step=0),
    StepsRecord(0, 4, {"loss": np.arange(4.0), "norm": np.arange(4.0)}),
    NoteRecord(1, "early"),
    EpochRecord(0, 4, {"accuracy": 0.5}),
    PassRecord(number=1, step=4),
    StepsRecord(4, 16, {"loss": np.arange(4.0)}, every=3),
    StepsRecord(16, 17, {"norm": np.ones(1)}, is_end=True),
]
LATE: list[Record] = [NoteRecord(4, "late"), PassRecord(number=2, step=8)]


def delete(path: Path) -> None:
    path.unlink()


def replace_it(path: Path) -> None:
    other = path.with_name("other")
    other.write_text("another file")
    other.replace(path)


def delete_folder(path: Path) -> None:
    path.unlink()
    path.parent.rmdir()


def series_of(path: Path) -> dict[str, list[list[float]]]:
    with open_collection(path) as collection:
        return {name: [each.tolist() for each in collection.series.recorded(name)] for name in collection.series}


@pytest.mark.parametrize("do", [delete, replace_it, delete_folder])
@pytest.mark.parametrize("when", [1, len(RECORDS), len(RECORDS) + len(LATE)])
def test_that_a_file_that_is_gone_is_saved_whole_into_one_beside_it(
    tmp_path: Path, make_header: Headers, do: Callable[[Path], None], when: int
) -> None:
    path = tmp_path / "runs" / "run.json"
    with (
        CollectionWriter(path, make_header()) as writer,
        CollectionWriter(tmp_path / "same.json", make_header()) as same,
    ):
        for number, record in enumerate([*RECORDS, *LATE]):
            if number == when:
                do(path)
            writer.write(record)
            same.write(record)
        if when == len(RECORDS) + len(LATE):
            do(path)
    beside = tmp_path / "runs" / "run-2.json"
    assert writer.path == beside
    with open_collection(beside) as collection, open_collection(tmp_path / "same.json") as expected:
        assert collection.finished
        assert collection.verify().faults == []
        assert [each.number for each in collection.passes] == [0, 1, 2]
        told = [each for each in collection.notes if each not in expected.notes]
        assert len(told) == 1
        assert "while it was recorded. Recording goes on in" in told[0].text
        assert told[0].text.endswith("all that was in it was saved.")
        assert collection.epochs == expected.epochs
    assert series_of(beside) == series_of(tmp_path / "same.json")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9])
def test_that_of_a_file_that_was_cut_off_all_but_the_lost_passes_is_kept(
    tmp_path: Path, make_header: Headers, share: float
) -> None:
    path = tmp_path / "run.json"
    (tmp_path / "run-2.json").write_text("somebody's")
    with (
        CollectionWriter(path, make_header()) as writer,
        CollectionWriter(tmp_path / "same.json", make_header()) as same,
    ):
        for record in RECORDS:
            writer.write(record)
            same.write(record)
        size = int(share * path.stat().st_size)
        os.truncate(path, size)
        n_left = path.read_bytes().count(b'{"record":"pass"')
        cut = path.read_bytes()
        for record in LATE:
            writer.write(record)
            same.write(record)
    assert path.read_bytes() == cut
    with open_collection(tmp_path / "run-3.json") as collection, open_collection(tmp_path / "same.json") as expected:
        assert collection.finished
        assert collection.verify().faults == []
        assert [each.number for each in collection.passes] == list(range(len(collection.passes)))
        assert n_left <= len(collection.passes) <= n_left + 2
        assert collection.epochs == expected.epochs
        assert {each.text for each in expected.notes} < {each.text for each in collection.notes}
        assert collection.n_steps == expected.n_steps
    assert series_of(tmp_path / "run-3.json") == series_of(tmp_path / "same.json")


def test_that_a_file_that_another_program_writes_to_is_left_to_it(writer: CollectionWriter) -> None:
    with writer.path.open("ab") as file:
        file.write(b"mine\n")
    first = writer.path
    changed = first.read_bytes()
    writer.write(PassRecord(number=1, step=2))
    writer.close()
    assert first.read_bytes() == changed
    with open_collection(first.with_name("run-2.json")) as collection:
        assert collection.passes.steps.tolist() == [0, 2]
        assert "written to by another program" in collection.notes[0].text


def test_that_a_file_that_was_moved_is_gone_on_with_where_it_is_now(writer: CollectionWriter) -> None:
    moved = writer.path.with_name("moved.json")
    writer.path.replace(moved)
    for step in (2, 4):
        writer.write(PassRecord(number=step // 2, step=step))
    writer.close()
    assert names_in(moved.parent) == ["moved.json"]
    with open_collection(moved) as collection:
        assert collection.passes.steps.tolist() == [0, 2, 4]
        assert [each.text.partition("json")[2] for each in collection.notes] == [
            "' was moved while it was recorded; recording goes on in the moved file."
        ]


def test_that_a_change_of_the_folder_of_the_process_moves_nothing(
    tmp_path: Path, make_header: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with CollectionWriter("run.json", make_header()) as writer:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        writer.write(PassRecord(number=0, step=0))
    assert names_in(tmp_path) == ["elsewhere", "run.json"]
    with open_collection(tmp_path / "run.json") as collection:
        assert collection.notes == []


def test_that_whoever_trains_is_warned_and_the_file_has_a_note(tmp_path: Path, make_header: Headers) -> None:
    path = tmp_path / "run.json"
    log = RunLog(path, make_header(), overwrite=False)
    log.add_pass(PassRecord(number=0, step=0))
    os.truncate(path, 0)
    with pytest.warns(CollectorWarning, match=r"was cut off while it was recorded. Recording goes on in .*run-2.json"):
        log.add_pass(PassRecord(number=0, step=2))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        log.add_pass(PassRecord(number=0, step=4))
        log.close()
    with open_collection(tmp_path / "run-2.json") as collection:
        assert [(each.number, each.step) for each in collection.passes] == [(0, 2), (1, 4)]
        assert "lost are 1 pass;" in collection.notes[0].text
        assert not collection.damaged


def test_that_a_disk_without_room_beside_ends_the_recording_in_words(
    writer: CollectionWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(named: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("collector.storage.writer.going_on", full)
    writer.path.unlink()
    with pytest.raises(OSError, match="No space"):
        writer.write(NoteRecord(1, "lost"))
    assert writer.closed


@pytest.mark.parametrize("is_durable", [True, False])
def test_that_a_durable_file_is_on_the_disk_at_its_beginning_at_each_pass_and_at_its_end(
    tmp_path: Path, make_header: Headers, monkeypatch: pytest.MonkeyPatch, is_durable: bool
) -> None:
    sizes: list[int] = []
    path = tmp_path / "run.json"
    monkeypatch.setattr(owned_file, "flush_to_disk", lambda file: sizes.append(os.fstat(file).st_size))
    expected: list[int] = []
    with CollectionWriter(path, make_header(), durable=is_durable) as writer:
        expected += [path.stat().st_size, tmp_path.stat().st_size]
        for record in RECORDS:
            writer.write(record)
            if isinstance(record, PassRecord):
                expected.append(path.stat().st_size)
    expected.append(path.stat().st_size)
    assert sizes == (expected if is_durable else [])
