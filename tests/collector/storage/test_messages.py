"""Files that are no collection, and what a person is told."""

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.storage import Collection, CollectionError, header, open_collection
from collector.storage.errors import DamagedError, NewerVersionError, NotACollectionError

Opened = Callable[[bytes], Collection]
START = b'{"format":"strobe.collection","version":1,"run":{"created":"","interval":1,"neuron_cap":0},"layers":['
HEADER = START + b'],"probe":null,"records":[\n'


def refused(opened_as: Opened, content: bytes, kind: type[CollectionError]) -> str:
    """The message with which a file of these bytes is refused; it names the file and ends in a full stop."""
    with pytest.raises(kind) as caught:
        opened_as(content)
    message = str(caught.value)
    assert "spoiled.json" in message
    assert message.endswith(".")
    return message


def test_that_the_header_of_these_tests_is_a_good_one(opened_as: Opened) -> None:
    assert len(opened_as(HEADER).passes) == 0


def test_that_an_empty_file_is_called_empty(opened_as: Opened) -> None:
    assert "is empty" in refused(opened_as, b"", NotACollectionError)


@pytest.mark.parametrize("content", [b"\0" * 100_000, b" \r\n\t", b"\n" * 200_000 + HEADER])
def test_that_blanks_and_zeros_are_called_so(opened_as: Opened, content: bytes) -> None:
    assert "only blanks" in refused(opened_as, content, NotACollectionError)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7",
        bytes(range(256)),
        b"\xff\xfe{\0",
        b"\xef\xbb\xbf" + HEADER,
        b"format,strobe.collection",
    ],
)
def test_that_what_is_no_json_is_called_so(opened_as: Opened, content: bytes) -> None:
    assert "is not JSON" in refused(opened_as, content, NotACollectionError)


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"[1,2]",
        b'{"format":"other","version":1}\n',
        b'{"version":1,"format":"strobe.collection"}\n',
        b"[" * 100_000,
        b'{"architecture":[1]}',
    ],
)
def test_that_other_json_is_told_apart(opened_as: Opened, content: bytes) -> None:
    assert "not like a collection" in refused(opened_as, content, NotACollectionError)


def test_that_a_newer_version_is_refused_by_name(golden: Path) -> None:
    with pytest.raises(NewerVersionError, match="has version 2; this Strobe reads up to 1") as caught:
        open_collection(golden / "future_version.json")
    assert "Update Strobe" in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b'{"format":"strobe.collection","version":7}',
        b'{"format":"strobe.collection","version":7,"anything":[\n\xff',
        b'{ "format": "strobe.collection",\n "version": 7, ',
    ],
)
def test_that_a_newer_version_is_known_by_its_first_bytes_alone(opened_as: Opened, content: bytes) -> None:
    assert "has version 7" in refused(opened_as, content, NewerVersionError)


@pytest.mark.parametrize("version", [b"0", b"-1", b"1.5", b'"1"', b"null", b"1e0", b"9" * 5000, b"NaN"])
def test_that_a_version_that_never_was_is_damage(opened_as: Opened, version: bytes) -> None:
    message = refused(opened_as, HEADER.replace(b'"version":1', b'"version":' + version), DamagedError)
    assert "version" in message


@pytest.mark.parametrize(
    "line",
    [
        HEADER.replace(b'"interval":1', b'"interval":0'),
        HEADER.replace(b'"interval":1', b'"interval":NaN'),
        HEADER.replace(b'"interval":1', b'"interval":' + b"9" * 400),
        HEADER.replace(b'"created":""', b'"created":"\xff\xfe"'),
        HEADER.replace(b'"created":"",', b""),
        HEADER.replace(b'"probe":null', b'"probe":{"inputs":[[1,2],[3]]}'),
        HEADER.replace(b'"probe":null', b'"probe":{"inputs":["a"]}'),
        HEADER.replace(b'"probe":null', b'"probe":{"inputs":{"dtype":"<f4","shape":[4294967296],"base64":""}}'),
        HEADER.replace(b'"probe":null', b'"moon":' + b"[" * 100_000),
        HEADER.replace(b'"layers":[', b'"layers":[{"name":"a","kind":"b","units":1,"stage":"a","kept":[1]}'),
        HEADER.replace(b'"layers":[', b'"layers":[{"name":"a","kind":"b","units":-1,"stage":"a"}'),
        HEADER.replace(b"{", b"", 2).replace(b'"format"', b'{"format"', 1),
    ],
)
def test_that_a_first_line_that_breaks_a_promise_is_damage(opened_as: Opened, line: bytes) -> None:
    assert "first line is damaged" in refused(opened_as, line, DamagedError)


def test_that_fields_nobody_knows_are_passed_over(opened_as: Opened) -> None:
    line = HEADER.replace(b'"run":{', b'"moon":[{"full":null}],"run":{"tide":1e400,')
    assert opened_as(line.replace(b"1e400", b"1e40")).run.interval == 1


def test_that_of_a_field_that_comes_twice_the_last_counts(opened_as: Opened) -> None:
    assert opened_as(HEADER.replace(b'"interval":1', b'"interval":1,"interval":3')).run.interval == 3


@pytest.mark.parametrize(
    "rewritten", [START + b'],"records":[]}\n', b'{\n "format": "strobe.collection",\n "version": 1,\n']
)
def test_that_a_file_another_program_has_rewritten_is_told_apart(opened_as: Opened, rewritten: bytes) -> None:
    message = refused(opened_as, rewritten, DamagedError)
    assert "another program" in message
    assert "as the run left it" in message


def test_that_an_endless_first_line_is_refused_without_reading_to_its_end(
    opened_as: Opened, monkeypatch: pytest.MonkeyPatch, bytes_read: Callable[[], int]
) -> None:
    monkeypatch.setattr(header, "LONGEST_HEADER", 100_000)
    assert "more than 100,000 bytes" in refused(opened_as, START + b" " * 3_000_000 + b"\n", DamagedError)
    assert bytes_read() < 300_000


def test_that_a_large_file_of_another_kind_is_turned_away_by_its_first_bytes(
    opened_as: Opened, bytes_read: Callable[[], int]
) -> None:
    refused(opened_as, b"x" * 3_000_000, NotACollectionError)
    assert bytes_read() < 100_000


def test_that_a_missing_file_is_told_by_its_name(tmp_path: Path) -> None:
    for name in ("gone.json", "gone/run.json", "nul\0.json"):
        with pytest.raises(NotACollectionError, match="no such file"):
            open_collection(tmp_path / name)


def test_that_a_folder_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotACollectionError, match=r"is a folder.*Open the collection"):
        open_collection(tmp_path)


def test_that_a_name_too_long_for_the_system_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotACollectionError, match="cannot be opened"):
        open_collection(tmp_path / ("x" * 5000))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
def test_that_a_pipe_or_a_device_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    for path in (tmp_path / "pipe.json", Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises(NotACollectionError, match="not a file"):
            open_collection(path)


def test_that_a_file_nobody_may_read_is_told(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    # Refused by hand: an administrator may read everything.
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(NotACollectionError, match=r"cannot be opened: Permission denied.*permissions"):
        open_collection(finished)


def test_that_a_disk_that_fails_is_told(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with open_collection(finished) as collection:
        monkeypatch.setattr("collector.storage.source.os.pread", fail)
        with pytest.raises(DamagedError, match=r"pass 1.*Input/output error"):
            _ = collection.passes[1]
    with pytest.raises(DamagedError, match="Input/output error"):
        open_collection(finished)
