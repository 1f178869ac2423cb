"""Taking in a file while it grows."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.storage import CollectionWriter, open_collection
from collector.storage.schema import Header, Record


def test_that_refresh_takes_in_each_record_as_it_comes(
    tmp_path: Path, make_header: Callable[..., Header], make_records: Callable[[], list[Record]]
) -> None:
    path = tmp_path / "run.json"
    with CollectionWriter(path, make_header()) as writer, open_collection(path) as collection:
        n_passes = []
        for record in make_records():
            writer.write(record)
            assert collection.refresh()
            assert not collection.refresh()
            n_passes.append(len(collection.passes))
        assert n_passes == [1, 1, 1, 2, 2, 2, 2, 2, 3]
        assert collection.series["loss"].tolist() == [4, 3, 2, 1]
        assert not collection.finished
        writer.close()
        assert collection.refresh()
        assert collection.finished
        assert not collection.refresh()
        assert not collection.damaged


def test_that_series_grows_with_the_file(unfinished: Path) -> None:
    content = unfinished.read_bytes()
    half = content.index(b',{"record":"steps","from":2')
    unfinished.write_bytes(content[:half])
    with open_collection(unfinished) as collection:
        early = collection.series
        assert early["loss"].tolist() == [4, 3]
        with unfinished.open("ab") as file:
            file.write(content[half:])
        assert collection.refresh()
        assert collection.series["loss"].tolist() == [4, 3, 2, 1]
        assert collection.n_steps == 4


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_that_a_file_that_grows_in_any_pieces_tells_the_same_in_the_end(finished: Path, data: st.DataObject) -> None:
    content = finished.read_bytes()
    header_end = content.index(b"\n") + 1
    cuts = data.draw(st.lists(st.integers(header_end, len(content)), max_size=12).map(sorted))
    growing = finished.with_name("growing.json")
    growing.write_bytes(content[:header_end])
    with open_collection(growing) as collection, growing.open("r+b") as file:
        for cut in [*cuts, len(content)]:
            at = file.seek(0, 2)
            file.write(content[at:cut])
            file.flush()
            collection.refresh()
            whole = content[:cut].count(b'\n,{"record":"pass"') + content[:cut].count(b'\n{"record":"pass"')
            assert len(collection.passes) in (whole, whole - 1)
        assert collection.finished
        assert [each.number for each in collection.passes] == [0, 1, 2]
        assert collection.series["loss"].tolist() == [4, 3, 2, 1]
        assert len(collection.notes) == len(collection.epochs) == 1
        assert not collection.damaged


def test_that_a_record_without_its_newline_is_taken_once(unfinished: Path) -> None:
    content = unfinished.read_bytes()
    unfinished.write_bytes(content[:-1])
    with open_collection(unfinished) as collection:
        assert len(collection.passes) == 3
        unfinished.write_bytes(content)
        collection.refresh()
        assert len(collection.passes) == 3
        assert not collection.damaged


def test_that_half_a_record_waits_for_its_other_half(unfinished: Path) -> None:
    content = unfinished.read_bytes()
    unfinished.write_bytes(content[:-30])
    with open_collection(unfinished) as collection:
        assert len(collection.passes) == 2
        assert not collection.refresh()
        unfinished.write_bytes(content)
        assert collection.refresh()
        assert len(collection.passes) == 3


def test_that_passes_read_before_stay_readable(unfinished: Path) -> None:
    with open_collection(unfinished) as collection:
        first = collection.passes[0]
        with unfinished.open("ab") as file:
            file.write(b'],"summary":{"passes":3,"steps":4},"index":[],"index_at":0}\n')
        assert collection.refresh()
        assert (first.layers["fc"].weight == 0).all()


@pytest.mark.parametrize("added", [b"\n", b"\n\n", b"\r\n"])
def test_that_blank_lines_are_nothing(unfinished: Path, added: bytes) -> None:
    unfinished.write_bytes(unfinished.read_bytes() + added)
    with open_collection(unfinished) as collection:
        assert len(collection.passes) == 3
        assert not collection.damaged
