"""A finished file that is gone on with is as if it had never been finished."""

from collections.abc import Callable
from pathlib import Path

import pytest

from collector.storage import CollectionWriter
from collector.storage.owned_file import OwnedFile
from collector.storage.schema import Header, PassRecord

Headers = Callable[..., Header]


def test_that_a_finished_file_can_be_gone_on_with(tmp_path: Path, make_header: Headers) -> None:
    path = tmp_path / "run.json"
    whole, twice = CollectionWriter(tmp_path / "whole.json", make_header()), CollectionWriter(path, make_header())
    for step in range(2):
        for writer in (whole, twice):
            writer.write(PassRecord(number=step, step=step))
    twice.write(PassRecord(number=2, step=2))
    twice.close()

    assert twice.reopen(without_last="pass") == 2
    for writer in (whole, twice):
        writer.write(PassRecord(number=2, step=9))
        writer.close()

    assert path.read_bytes() == (tmp_path / "whole.json").read_bytes()


def test_that_a_file_that_somebody_changed_is_not_gone_on_with(tmp_path: Path, make_header: Headers) -> None:
    writer = CollectionWriter(tmp_path / "run.json", make_header())
    writer.close()
    writer.path.write_bytes(writer.path.read_bytes() + b" ")
    changed = writer.path.read_bytes()

    with pytest.raises(OSError, match="changed") as refused:
        writer.reopen()

    assert writer.path.read_bytes() == changed
    OwnedFile(writer.path, is_new=False).close()  # which nobody holds
    del refused
    assert writer.closed
