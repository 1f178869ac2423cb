"""The file that a writer leaves."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from collector.storage import CollectionError, CollectionWriter, open_collection, owned_file
from collector.storage.errors import CollectionExistsError
from collector.storage.schema import EpochRecord, Header, NoteRecord, PassRecord, Probe, Record, StepsRecord

Headers = Callable[..., Header]
PassMaker = Callable[..., PassRecord]


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


def test_that_the_finished_file_is_one_json_document(finished: Path, make_records: Callable[[], list[Record]]) -> None:
    document = json.loads(finished.read_bytes())
    kinds = [record["record"] for record in document["records"]]
    assert kinds == [type(record).__struct_config__.tag for record in make_records()]
    assert document["records"][4]["text"] == "text with a newline\n and a NUL \0"
    assert document["summary"]["passes"] == 3


def test_that_every_record_is_one_line_of_json(finished: Path) -> None:
    _, *records, _ = finished.read_bytes().splitlines()
    assert not records[0].startswith(b",")
    assert all(line.startswith(b",{") for line in records[1:])
    assert [json.loads(line.removeprefix(b","))["record"] for line in records[:2]] == ["pass", "steps"]


def test_that_the_index_leads_to_every_record(finished: Path) -> None:
    content = finished.read_bytes()
    document = json.loads(content)
    assert content[document["index_at"] :].startswith(b'],"summary":')
    found = [json.loads(content[offset : offset + length]) for _, _, offset, length in document["index"]]
    assert found == document["records"]
    steps = [record.get("step", record.get("from")) for record in found]
    assert [entry[:2] for entry in document["index"]] == [[r["record"], s] for r, s in zip(found, steps, strict=True)]


def test_that_a_collection_without_records_is_a_document_too(tmp_path: Path, make_header: Headers) -> None:
    path = tmp_path / "new folder" / "run.json"
    CollectionWriter(path, make_header()).close()
    assert json.loads(path.read_bytes())["records"] == []
    with open_collection(path) as collection:
        assert collection.finished
        assert not collection.damaged


def test_that_each_record_can_be_read_as_soon_as_it_is_written(
    tmp_path: Path, make_header: Headers, make_pass: PassMaker
) -> None:
    with CollectionWriter(tmp_path / "run.json", make_header()) as file:
        for number in range(3):
            file.write(make_pass(number))
            with open_collection(tmp_path / "run.json") as collection:
                assert len(collection.passes) == number + 1
                assert (collection.passes[number].layers["fc"].weight == number).all()


def test_that_an_existing_file_is_never_touched_without_being_asked(finished: Path, make_header: Headers) -> None:
    before = finished.read_bytes()
    with pytest.raises(CollectionExistsError) as caught:
        CollectionWriter(finished, make_header())
    assert str(finished) in str(caught.value)
    assert "overwrite" in str(caught.value)
    assert finished.read_bytes() == before


def test_that_replacing_leaves_the_old_file_whole_for_whoever_has_it_open(
    finished: Path, make_header: Headers, make_pass: PassMaker
) -> None:
    with open_collection(finished) as old:
        with CollectionWriter(finished, make_header(), overwrite=True) as file:
            file.write(make_pass(7))
        assert (old.passes[2].layers["fc"].weight == 2).all()
    with open_collection(finished) as new:
        assert [each.step for each in new.passes] == [14]
    assert names_in(finished.parent) == ["run.json"]


def test_that_overwriting_a_name_that_is_free_makes_the_file(tmp_path: Path, make_header: Headers) -> None:
    CollectionWriter(tmp_path / "run.json", make_header(), overwrite=True).close()
    assert names_in(tmp_path) == ["run.json"]


def test_that_a_dangling_link_is_replaced_only_on_request(tmp_path: Path, make_header: Headers) -> None:
    path = tmp_path / "run.json"
    path.symlink_to(tmp_path / "gone.json")
    with pytest.raises(CollectionExistsError):
        CollectionWriter(path, make_header())
    CollectionWriter(path, make_header(), overwrite=True).close()
    assert open_collection(path).finished


@pytest.mark.parametrize("overwrite", [False, True])
def test_that_a_folder_is_never_replaced(tmp_path: Path, make_header: Headers, overwrite: bool) -> None:
    (tmp_path / "run.json").mkdir()
    with pytest.raises((OSError, CollectionError)):
        CollectionWriter(tmp_path / "run.json", make_header(), overwrite=overwrite)
    assert names_in(tmp_path) == ["run.json"]


def test_that_a_header_that_could_not_be_read_back_makes_no_file(tmp_path: Path, make_header: Headers) -> None:
    contradicting = make_header(probe=Probe(inputs=np.zeros((2, 4)), labels=np.array([0, 1, 2])))
    with pytest.raises(ValueError, match="one label for each sample"):
        CollectionWriter(tmp_path / "run.json", contradicting)
    assert not names_in(tmp_path)


@pytest.mark.parametrize(
    "values",
    [np.zeros(3), np.zeros((2, 1)), np.array(1.0), np.array(["a", "b"]), np.array([1, None]), np.zeros(2, complex)],
)
def test_that_a_column_that_is_not_one_number_a_step_is_refused_and_nothing_written(
    tmp_path: Path, make_header: Headers, values: np.ndarray
) -> None:
    with CollectionWriter(tmp_path / "run.json", make_header()) as file:
        with pytest.raises(ValueError, match=r"column 'x'|cannot be stored"):
            file.write(StepsRecord(0, 2, {"x": values}))
        file.write(StepsRecord(0, 2, {"x": np.zeros(2)}))
    with open_collection(tmp_path / "run.json") as collection:
        assert collection.finished
        assert collection.series["x"].tolist() == [0, 0]


def test_that_columns_may_be_lists_even_with_nan(tmp_path: Path, make_header: Headers) -> None:
    with CollectionWriter(tmp_path / "run.json", make_header()) as file:
        file.write(StepsRecord(0, 2, {"loss": [1.0, float("nan")]}))
        with open_collection(tmp_path / "run.json") as unfinished:
            np.testing.assert_array_equal(unfinished.series["loss"], [1, np.nan])


def test_that_a_buffer_used_again_does_not_change_what_was_written(tmp_path: Path, make_header: Headers) -> None:
    loss = np.array([1.0, 2.0])
    with CollectionWriter(tmp_path / "run.json", make_header()) as file:
        file.write(StepsRecord(0, 2, {"loss": loss}))
        loss[:] = 9
    with open_collection(tmp_path / "run.json") as collection:
        assert collection.series["loss"].tolist() == [1, 2]


def test_that_a_closed_writer_refuses_records_and_closes_twice(tmp_path: Path, make_header: Headers) -> None:
    file = CollectionWriter(tmp_path / "run.json", make_header())
    file.close()
    before = file.path.read_bytes()
    with pytest.raises(ValueError, match="closed"):
        file.write(NoteRecord(0, "late"))
    file.close()
    assert file.path.read_bytes() == before


def test_that_an_error_in_the_training_still_finishes_the_file(tmp_path: Path, make_header: Headers) -> None:
    with pytest.raises(RuntimeError), CollectionWriter(tmp_path / "run.json", make_header()) as file:
        file.write(NoteRecord(0, "before"))
        raise RuntimeError
    assert json.loads((tmp_path / "run.json").read_bytes())["records"]


def test_that_a_record_of_more_pieces_than_one_call_takes_is_whole(
    tmp_path: Path, make_header: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = {f"column {number}": np.full(100, number) for number in range(2000)}
    for gather in (True, False):
        monkeypatch.setattr(owned_file, "_CAN_GATHER", gather)
        with CollectionWriter(tmp_path / f"{gather}.json", make_header()) as file:
            file.write(StepsRecord(0, 100, columns))
        with open_collection(tmp_path / f"{gather}.json") as collection:
            assert (collection.series["column 1999"] == 1999).all()
    assert (tmp_path / "True.json").read_bytes() == (tmp_path / "False.json").read_bytes()


def test_that_a_line_longer_than_a_reader_takes_is_refused_and_nothing_written(
    tmp_path: Path, make_header: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CollectionWriter(tmp_path / "run.json", make_header()) as file:
        monkeypatch.setattr(owned_file, "LONGEST_LINE", 1000)
        with pytest.raises(ValueError, match="longer than a reader takes"):
            file.write(NoteRecord(0, "x" * 1000))
        file.write(NoteRecord(0, "short"))
    with open_collection(tmp_path / "run.json") as collection:
        assert [note.text for note in collection.notes] == ["short"]


def test_that_metrics_beyond_what_json_can_write_are_words(tmp_path: Path, make_header: Headers) -> None:
    with CollectionWriter(tmp_path / "run.json", make_header()) as file:
        file.write(EpochRecord(0, 1, {"loss": "nan", "accuracy": None}))
    with open_collection(tmp_path / "run.json") as collection:
        assert collection.epochs[0].metrics == {"loss": "nan", "accuracy": None}
