"""A small collection, and the means to spoil it."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collector.storage import Collection, CollectionWriter, open_collection
from collector.storage.schema import (
    FORMAT,
    VERSION,
    EpochRecord,
    Header,
    Layer,
    LayerRecord,
    NoteRecord,
    PassRecord,
    Probe,
    Record,
    Run,
    StepsRecord,
)
from tests.collector.storage.rewriting import plain

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture
def golden() -> Path:
    """The folder of the golden collections."""
    return GOLDEN


def _make_header(**changes: Any) -> Header:
    layers = [
        Layer(name="fc", kind="Linear", units=30, stage="fc", kept=np.arange(30), input_units=4, input_kept=[0, 1, 3]),
        Layer(name="relu", kind="ReLU", units=30, stage="fc", kept=np.arange(30)),
    ]
    fields = {
        "format": FORMAT,
        "version": VERSION,
        "run": Run(created="2024-05-01T12:00:00+00:00", interval=2, neuron_cap=0),
        "layers": layers,
        "probe": Probe(inputs=np.zeros((2, 4), np.float32), labels=np.array([0, 1])),
    }
    return Header(**fields | changes)


def _make_pass(number: int, **arrays: Any) -> PassRecord:
    weight = np.full((30, 3), number, np.float32)
    fields = {"weight": weight, "bias": np.full(30, -number, np.float32), **arrays}
    return PassRecord(number=number, step=2 * number, layers={"fc": LayerRecord(**fields)})


def _make_records() -> list[Record]:
    """Three passes at steps 0, 2 and 4, the scalars of four steps, an epoch and a note."""
    return [
        _make_pass(0),
        StepsRecord(0, 2, {"loss": np.array([4.0, 3.0])}),
        StepsRecord(0, 1, {"norm/fc": np.array([0.5])}),
        _make_pass(1),
        NoteRecord(2, "text with a newline\n and a NUL \0"),
        StepsRecord(2, 4, {"loss": np.array([2.0, 1.0])}),
        StepsRecord(2, 3, {"norm/fc": np.array([0.25])}),
        EpochRecord(0, 4, {"accuracy": 0.75}),
        _make_pass(2),
    ]


@pytest.fixture(scope="session")
def make_header() -> Callable[..., Header]:
    """Makes a header with two layers and a probe of two samples; fields can be replaced."""
    return _make_header


@pytest.fixture(scope="session")
def make_pass() -> Callable[..., PassRecord]:
    """Makes the pass of a number at twice that step, every weight equal to the number; arrays can be replaced."""
    return _make_pass


@pytest.fixture(scope="session")
def make_records() -> Callable[[], list[Record]]:
    """Makes the records of a whole small run."""
    return _make_records


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """A finished collection."""
    path = tmp_path / "run.json"
    with CollectionWriter(path, _make_header()) as writer:
        for record in _make_records():
            writer.write(record)
    return path


@pytest.fixture
def unfinished(finished: Path) -> Path:
    """The same without its last line, as a run that is going on leaves it."""
    content = finished.read_bytes()
    finished.write_bytes(content[: content.index(b'],"summary"')])
    return finished


@pytest.fixture
def without_checksums(unfinished: Path) -> Path:
    """The unfinished collection as another writer makes it, or an earlier Strobe."""
    unfinished.write_bytes(plain(unfinished.read_bytes()))
    return unfinished


@pytest.fixture
def opened_as(tmp_path: Path) -> Callable[[bytes], Collection]:
    """Opens a file of the given bytes."""
    path = tmp_path / "spoiled.json"

    def open_bytes(content: bytes) -> Collection:
        path.write_bytes(content)
        return open_collection(path)

    return open_bytes


@pytest.fixture
def with_tail(finished: Path) -> Callable[[Callable[[dict[str, Any]], object]], bytes]:
    """The finished file of an earlier Strobe, whose last line went through a function that changes it in place."""

    def change(spoil: Callable[[dict[str, Any]], object]) -> bytes:
        content = plain(finished.read_bytes())
        body, last_line = content[: content.index(b'],"summary"')], content[content.index(b'],"summary"') :]
        tail = json.loads(b"{" + last_line[2:])
        spoil(tail)
        index_at = tail.pop("index_at")
        return body + b"]," + json.dumps(tail).encode()[1:-1] + f',"index_at":{index_at:15}}}\n'.encode()

    return change


@pytest.fixture
def bytes_read(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Counts the bytes that are read from files."""
    total = [0]
    true_pread = os.pread

    def pread(file: int, length: int, offset: int) -> bytes:
        content = true_pread(file, length, offset)
        total[0] += len(content)
        return content

    monkeypatch.setattr(os, "pread", pread)
    return lambda: total[0]
