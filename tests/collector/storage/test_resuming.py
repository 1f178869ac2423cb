"""A run goes on in the file that an earlier process has left."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from collector.storage import CollectionError, CollectionWriter, open_collection
from collector.storage.earlier import EarlierRun
from collector.storage.schema import (
    EpochRecord,
    Header,
    NoteRecord,
    PassRecord,
    Run,
    StepsRecord,
)

Headers = Callable[..., Header]


@pytest.fixture
def go_on(make_header: Headers) -> Callable[..., CollectionWriter]:
    """Goes on with a file at a step, or behind the last one."""

    def resume(path: Path, step: int | None = None, **changes: Any) -> CollectionWriter:
        return CollectionWriter(path, make_header(**changes), earlier=EarlierRun(path, step))

    return resume


def test_that_what_comes_after_the_step_goes_and_what_comes_before_it_stays(finished: Path, go_on: Any) -> None:
    before = finished.read_bytes()
    with go_on(finished, 3) as writer:
        assert writer.n_passes == 2
        assert writer.path.read_bytes().splitlines()[1:3] == before.splitlines()[1:3]
        writer.write(PassRecord(number=2, step=4))

    with open_collection(finished) as collection:
        assert collection.finished
        assert not collection.damaged
        assert collection.passes.steps.tolist() == [0, 2, 4]
        assert collection.series["loss"].tolist() == [4, 3, 2]
        assert collection.series.recorded("norm/fc")[1].tolist() == [0.5, 0.25]
        assert collection.epochs == []
        assert [each.step for each in collection.notes] == [2]
        assert [each.step for each in collection.resumes] == [3]


@pytest.mark.parametrize("step", range(7))
def test_that_a_file_that_goes_on_is_told_alike_by_its_last_line_and_by_all_of_its_lines(
    finished: Path, go_on: Any, step: int
) -> None:
    go_on(finished, step).close()
    told = []
    content = finished.read_bytes()
    for each in (content, content[: content.index(b'],"summary"')]):
        finished.write_bytes(each)
        with open_collection(finished) as collection:
            series = {
                name: [values.tolist() for values in collection.series.recorded(name)] for name in collection.series
            }
            kept = (collection.epochs, collection.notes, collection.resumes, collection.passes.steps.tolist())
            told.append((series, kept, collection.n_steps))
    assert told[0] == told[1]


def test_that_without_a_step_it_goes_on_behind_the_last_one(unfinished: Path, go_on: Any) -> None:
    before = unfinished.read_bytes()
    writer = go_on(unfinished)
    writer.write(PassRecord(number=2, step=4))
    writer.close()
    content = unfinished.read_bytes()
    kept = before[before.index(b"\n") + 1 : before.rindex(b',{"record":"pass"')]
    assert kept in content
    with open_collection(unfinished) as collection:
        assert collection.resumes[0].step == 4
        assert collection.passes.steps.tolist() == [0, 2, 4]


def test_that_every_so_many_steps_are_cut_between_two_of_them(tmp_path: Path, make_header: Headers, go_on: Any) -> None:
    path = tmp_path / "run.json"
    with CollectionWriter(path, make_header()) as writer:
        writer.write(StepsRecord(10, 101, {"norm": np.arange(10.0), "odd": np.full(10, np.nan)}, every=10))
    with go_on(path, 45):
        pass
    with open_collection(path) as collection:
        steps, values = collection.series.recorded("norm")
        assert (steps.tolist(), values.tolist()) == ([10, 20, 30, 40], [0, 1, 2, 3])
        assert np.isnan(collection.series["odd"]).tolist() == [True] * 4


def test_that_scalars_of_an_end_that_is_none_any_more_go(tmp_path: Path, make_header: Headers, go_on: Any) -> None:
    path = tmp_path / "run.json"
    with CollectionWriter(path, make_header()) as writer:
        writer.write(StepsRecord(0, 4, {"loss": np.arange(4.0)}))
        writer.write(StepsRecord(4, 5, {"weight_norm": np.ones(1)}, is_end=True))
    with go_on(path, 6) as writer:
        writer.write(StepsRecord(6, 7, {"loss": np.ones(1)}))
    with open_collection(path) as collection:
        assert list(collection.series) == ["loss"]
        assert collection.series.steps.tolist() == [0, 1, 2, 3, 6]
        assert [each.text for each in collection.notes] == ["Steps 4 to 5 are not recorded: the run went on at 6."]


def test_that_an_epoch_that_ended_at_the_step_has_ended(finished: Path, go_on: Any) -> None:
    assert EarlierRun(finished, 3).epoch == 0
    assert EarlierRun(finished, 4).epoch == 1
    assert EarlierRun(finished, 4).epoch_of_last_step == 0
    with go_on(finished, 4):
        pass
    with open_collection(finished) as collection:
        assert collection.epochs == [EpochRecord(0, 4, {"accuracy": 0.75})]


def test_that_a_line_that_was_cut_off_is_gone_and_lines_that_cannot_be_read_are_counted(
    unfinished: Path, go_on: Any
) -> None:
    content = unfinished.read_bytes()
    spoiled = content.replace(b',{"record":"epoch"', b',{"re\0ord":"epoch"')
    unfinished.write_bytes(spoiled[:-40])
    with go_on(unfinished):
        pass
    with open_collection(unfinished) as collection:
        assert not collection.damaged
        assert collection.finished
        assert collection.passes.steps.tolist() == [0, 2]
        assert collection.notes[-1].text.endswith("left out when the run went on: 1.")


def test_that_whoever_has_the_file_open_keeps_it_whole(finished: Path, go_on: Any) -> None:
    with open_collection(finished) as collection:
        with go_on(finished, 1) as writer:
            writer.write(PassRecord(number=1, step=1))
        assert [each.step for each in collection.passes] == [0, 2, 4]


def test_that_the_run_keeps_its_beginning_and_tells_what_changed(finished: Path, go_on: Any) -> None:
    run = Run(created="2099-01-01T00:00:00+00:00", interval=2, neuron_cap=0, optimizer="SGD", total_steps=8)
    with go_on(finished, run=run):
        pass
    with open_collection(finished) as collection:
        assert collection.run == msgspec.structs.replace(run, created="2024-05-01T12:00:00+00:00")
        assert collection.notes[-1] == NoteRecord(4, "From here on: optimizer SGD instead of .")


def test_that_a_file_behind_a_link_goes_on_where_it_is(finished: Path, tmp_path: Path, go_on: Any) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(finished)
    finished.chmod(0o600)
    with go_on(link):
        pass
    assert link.is_symlink()
    assert finished.stat().st_mode & 0o777 == 0o600
    with open_collection(finished) as collection:
        assert collection.resumes


def _other_weight(header: Header) -> None:
    header.layers[0].parameters = {"weight": [30, 5]}


def _other_kind(header: Header) -> None:
    header.layers[0].kind = "Conv1d"


def _other_layers(header: Header) -> None:
    header.layers[1].name = "gelu"


def _other_probe(header: Header) -> None:
    header.probe.inputs = np.ones((2, 4), np.float32)  # type: ignore[union-attr]


def _larger_probe(header: Header) -> None:
    header.probe.inputs, header.probe.labels = np.zeros((3, 4), np.float32), None  # type: ignore[union-attr]


def _other_units(header: Header) -> None:
    header.layers[0].input_kept = [0, 1, 2]


def _other_interval(header: Header) -> None:
    header.run.interval = 7


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_other_weight, r"weight of 'fc' none, and here \[30, 5\]"),
        (_other_kind, "'fc' as a Linear, and here Conv1d"),
        (_other_layers, "a layer 'relu' that this model does not have; no layer 'gelu', which this model has"),
        (_other_probe, "a probe of other samples"),
        (_larger_probe, "a probe of 2 samples, and here of 3"),
        (_other_units, "other units kept of 'fc'"),
        (_other_interval, "interval 2, and here 7"),
    ],
)
def test_that_another_run_is_refused_in_words_and_nothing_is_touched(
    finished: Path, make_header: Headers, change: Callable[[Header], None], words: str
) -> None:
    before = finished.read_bytes()
    header = make_header()
    change(header)
    with pytest.raises(CollectionError, match=f"is of another run: it has {words}.*choose another name, or replace it"):
        CollectionWriter(finished, header, earlier=EarlierRun(finished, None))
    assert finished.read_bytes() == before
    assert [each.name for each in finished.parent.iterdir()] == ["run.json"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"a letter", "is not JSON"),
        (b'{"answer":42}\n', "not like a collection of Strobe"),
        (b'{"format":"strobe.collection","version":99,"run":{}}\n', "has version 99"),
        (b'{"architecture":{"1_Linear":"Linear(2, 2)"},"1":{}}', "was written by the original visualizer"),
        (b'{"format":"strobe.collection","version":1,"run":{"crea', "is cut off"),
    ],
)
def test_that_what_is_no_collection_of_ours_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "run.json"
    path.write_bytes(content)
    with pytest.raises(CollectionError, match=rf"run\.json.*{words}.*cannot be resumed: choose another name"):
        EarlierRun(path, None)
    assert path.read_bytes() == content


def test_that_a_disk_without_room_for_what_stays_leaves_the_file_as_it_was(
    finished: Path, go_on: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, true_writev = finished.read_bytes(), os.writev
    n_writes = [0]

    def writev(file: int, pieces: list[memoryview]) -> int:
        n_writes[0] += 1
        if n_writes[0] > 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        return true_writev(file, pieces)

    monkeypatch.setattr(os, "writev", writev)
    with pytest.raises(OSError, match="No space"):
        go_on(finished, 3)
    assert finished.read_bytes() == before
    assert [each.name for each in finished.parent.iterdir()] == ["run.json"]


_CHILD = """
import os, signal, sys
from pathlib import Path
from collector.storage import CollectionWriter
from collector.storage.earlier import EarlierRun
from collector.storage.schema import PassRecord
from tests.collector.storage.conftest import _make_header, _make_pass

path, deadly = Path(sys.argv[1]), int(sys.argv[2])
true_writev, n_writes = os.writev, 0

def writev(file, pieces):
    global n_writes
    n_writes += 1
    if n_writes == deadly:  # in the middle of a line
        os.write(file, b"".join(pieces)[:40])
        os.kill(os.getpid(), signal.SIGKILL)
    return true_writev(file, pieces)

os.writev = writev
with CollectionWriter(path, _make_header(), earlier=EarlierRun(path, 3)) as writer:
    for number in range(2, 5):
        writer.write(_make_pass(number))
"""


@pytest.mark.parametrize("deadly", [1, 5, 8, 9, 11])
def test_that_a_process_that_dies_at_any_write_loses_nothing_that_stays(finished: Path, deadly: int) -> None:
    """Eight writes make the new file (its first line and seven records); then come the mark and three passes."""
    before = finished.read_bytes()
    root = Path(__file__).parents[3]
    environment = os.environ | {"PYTHONPATH": str(root)}
    child = subprocess.run(
        [sys.executable, "-c", _CHILD, str(finished), str(deadly)], env=environment, cwd=root, check=False
    )
    assert child.returncode == -signal.SIGKILL
    if deadly <= 8:
        assert finished.read_bytes() == before
        return
    with open_collection(finished) as collection:
        assert not collection.damaged
        assert not collection.finished
        assert collection.passes.steps.tolist() == ([0, 2] if deadly == 9 else [0, 2, 4])
        assert collection.series["loss"].tolist() == [4, 3, 2]
        assert (collection.passes[1].layers["fc"].weight == 1).all()


def test_that_of_many_differences_three_are_told_and_the_others_counted(finished: Path, make_header: Headers) -> None:
    header = make_header()
    for change in (_other_weight, _other_kind, _other_probe, _other_interval):
        change(header)
    with pytest.raises(CollectionError) as found:
        CollectionWriter(finished, header, earlier=EarlierRun(finished, None))
    assert str(found.value).count("and here") == 3
    assert "; and 1 more differences. Resume it" in str(found.value)
