"""Collections that end early, wherever that is."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from collector.storage import Collection, CollectionError, open_collection

NEAR = 24
"""So many bytes around a line's end it is cut at each; elsewhere, where one byte is like another, at each seventh."""


def shortened(path: Path, content: bytes, first: int, last: int) -> Iterator[int]:
    """Writes the content and cuts it to sizes from ``last`` down to ``first``."""
    path.write_bytes(content)
    for size in range(last, first - 1, -1):
        if b"\n" in content[max(0, size - NEAR) : size + NEAR] or size % 7 == 0 or size in (first, last):
            os.truncate(path, size)
            yield size


def test_that_a_collection_cut_at_any_byte_opens_up_to_the_last_whole_pass(golden: Path, tmp_path: Path) -> None:
    content = (golden / "finished.json").read_bytes()
    ends = [offset + length for kind, _, offset, length in json.loads(content)["index"] if kind == "pass"]
    for size in shortened(tmp_path / "cut.json", content, ends[0], len(content) - 1):
        with open_collection(tmp_path / "cut.json") as collection:
            n_whole = sum(end <= size for end in ends)
            assert [each.number for each in collection.passes] == list(range(n_whole)), size
            assert collection.finished == (size == len(content) - 1), size
            assert not collection.damaged, size
            last = collection.passes[-1].layers["conv"].activation
            np.testing.assert_array_equal(last, n_whole - 1 + np.arange(6).reshape(2, 3) / 8)


def test_that_scalars_are_kept_up_to_the_last_whole_record(golden: Path, tmp_path: Path) -> None:
    content = (golden / "finished.json").read_bytes()
    document = json.loads(content)
    ends = [(entry[2] + entry[3], record) for entry, record in zip(document["index"], document["records"], strict=True)]
    for size in shortened(tmp_path / "cut.json", content, ends[0][0], document["index_at"]):
        with open_collection(tmp_path / "cut.json") as collection:
            whole = [record for end, record in ends if end <= size]
            n_losses = sum(record["to"] - record["from"] for record in whole if "loss" in record.get("columns", {}))
            assert len(collection.series.get("loss", ())) == n_losses, size
            assert len(collection.notes) == sum(record["record"] == "note" for record in whole), size
            assert len(collection.epochs) == sum(record["record"] == "epoch" for record in whole), size


def test_that_a_collection_cut_within_its_first_line_says_so(golden: Path, tmp_path: Path) -> None:
    content = (golden / "finished.json").read_bytes()
    for size in shortened(tmp_path / "cut.json", content, 1, content.index(b"\n") - 1):
        with pytest.raises(CollectionError, match="cut off") as caught:
            open_collection(tmp_path / "cut.json")
        assert "cut.json" in str(caught.value), size


def test_that_a_header_alone_is_a_collection_without_passes(
    golden: Path, opened_as: Callable[[bytes], Collection]
) -> None:
    content = (golden / "finished.json").read_bytes()
    header_end = content.index(b"\n")
    for size in (header_end, header_end + 1):
        with opened_as(content[:size]) as collection:
            assert len(collection.passes) == 0
            assert not collection.finished


@pytest.mark.parametrize("end", [b"", b"#"], ids=["gone", "another byte"])
def test_that_a_last_record_without_its_newline_is_read(unfinished: Path, end: bytes) -> None:
    unfinished.write_bytes(unfinished.read_bytes().removesuffix(b"\n") + end)
    with open_collection(unfinished) as collection:
        assert collection.passes.steps.tolist() == [0, 2, 4]


def test_that_zeros_behind_a_crash_are_passed_over(unfinished: Path) -> None:
    # A machine that loses power can leave a file whose last blocks were never written.
    unfinished.write_bytes(unfinished.read_bytes() + bytes(10_000))
    with open_collection(unfinished) as collection:
        assert len(collection.passes) == 3
        assert not collection.finished


def test_that_the_golden_cut_off_file_opens(golden: Path) -> None:
    with open_collection(golden / "cut_off.json") as collection:
        assert not collection.finished
        assert collection.passes.steps.tolist() == [0, 2]
