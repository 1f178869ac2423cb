"""Samples that can be laid out in a plane: what is read is what was written, and damage is told of in words."""

import json
from pathlib import Path

import numpy as np
import pytest

from collector.storage import CollectionError, open_collection
from collector.storage.errors import DamagedError, PassNotRecordedError
from tests.app.views.projection.projected_run import (
    WIDTH,
    features_of,
    labels_of,
    pictures_of,
    predictions_of,
    write_run,
)
from tests.collector.storage.rewriting import plain, rewrite

N = 90


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two layers, recorded at steps 0, 10 and 20."""
    return write_run(tmp_path / "run.json", n_samples=N)


def test_that_everything_is_read_as_it_was_written(path: Path) -> None:
    with open_collection(path) as collection:
        assert collection.finished
        assert collection.damaged == []
        assert (collection.projection.samples, list(collection.projection.layers)) == (N, ["relu1", "frozen"])
        assert collection.projection.layers["relu1"].kept.tolist() == list(range(0, 2 * WIDTH, 2))
        samples = collection.projection_samples
        np.testing.assert_array_equal(samples.pictures, pictures_of(N))
        np.testing.assert_array_equal(samples.labels, labels_of(N))
        assert collection.projections.steps.tolist() == [0, 10, 20]
        for epoch, record in enumerate(collection.projections):
            assert (record.step, record.epoch) == (10 * epoch, epoch)
            np.testing.assert_array_equal(record.predictions, predictions_of(epoch, N))
            for layer in ("relu1", "frozen"):
                assert record.features(layer).dtype == np.float16
                np.testing.assert_array_equal(record.features(layer), features_of(layer, epoch, N))
        with pytest.raises(KeyError):
            collection.projections[0].features("fc9")
        with pytest.raises(PassNotRecordedError):
            collection.projections[3]
        assert collection.projections[-1].step == 20
        assert [each.step for each in collection.projections[1:]] == [10, 20]


def test_that_a_run_without_them_has_none(tmp_path: Path) -> None:
    with open_collection(write_run(tmp_path / "run.json", is_projected=False)) as collection:
        assert collection.projection is None
        assert collection.projection_samples is None
        assert len(collection.projections) == 0


def test_that_of_a_file_cut_anywhere_the_whole_lines_are_read(path: Path) -> None:
    content = path.read_bytes()
    index = json.loads(content)["index"]
    assert [entry[0] for entry in index].count("projection") == 3
    for cut in [entry[2] + entry[3] + more for entry in index for more in (-1, 0, 1, 40)]:
        path.write_bytes(content[:cut])
        with open_collection(path) as collection:
            whole = [entry[0] for entry in index if entry[2] + entry[3] <= cut]
            assert len(collection.projections) == whole.count("projection"), cut
            assert collection.projections.has_samples == ("projection_samples" in whole), cut
            for epoch, record in enumerate(collection.projections):
                np.testing.assert_array_equal(record.features("relu1"), features_of("relu1", epoch, N))


def test_that_a_growing_file_gives_its_records_as_they_come(path: Path) -> None:
    content = path.read_bytes()
    second = content.index(b'{"record":"projection","step":10')
    path.write_bytes(content[: second - 1])
    with open_collection(path) as collection:
        assert collection.projections.steps.tolist() == [0]
        path.write_bytes(content)
        assert collection.refresh()
        assert collection.projections.steps.tolist() == [0, 10, 20]


def rewritten(path: Path, kind: str, number: int, **changes: object) -> None:
    """Change fields of a record, in an unfinished file of an earlier Strobe."""
    lines = plain(path.read_bytes()).decode().splitlines()[:-1]
    at = [place for place, line in enumerate(lines) if f'"record":"{kind}",' in line][number]
    record = json.loads(lines[at].removeprefix(",")) | changes
    lines[at] = "," + json.dumps(record)
    path.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"predictions": [1, 2]}, "predictions: it has shape (2,)"),
        ({"predictions": [0.5] * N}, "not a number of its type"),
    ],
)
def test_that_damaged_predictions_are_refused_in_words_and_the_rest_is_read(
    path: Path, changes: dict, words: str
) -> None:
    rewritten(path, "projection", 1, **changes)
    with open_collection(path) as collection:
        with pytest.raises(DamagedError, match="projection record of step 10") as caught:
            _ = collection.projections[1]
        assert words in str(caught.value)
        assert collection.projections[2].predictions is not None
        assert words in collection.verify().faults[0]


@pytest.mark.parametrize(
    "features", [[[1.0, 2.0]], [1, 2, 3], "text", {"dtype": "<f2", "shape": [9, 9], "base64": "x"}]
)
def test_that_damaged_features_are_refused_in_words(path: Path, features: object) -> None:
    rewritten(path, "projection", 0, features={"relu1": features})
    with open_collection(path) as collection:
        with pytest.raises(CollectionError, match="cannot be read"):
            collection.projections[0].features("relu1")
        assert collection.projections[1].features("relu1") is not None
        assert len(collection.verify().faults) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"pictures": [[1.0, 2.0]]},
        {"pictures": {"dtype": "|u1", "shape": [N, 2, 1, 1], "base64": "AAAA"}},
        *({"pictures": np.zeros((N, *shape), int).tolist()} for shape in ((2, 1, 1), (4, 1, 1), (3, 1), (3,), ())),
        *({"pictures": np.full((N, *shape), 0.5).tolist()} for shape in ((1, 1, 1), (3, 1, 1), (3, 1), ())),
        {"labels": [1]},
        {"labels": [0.5] * N},
    ],
)
def test_that_damaged_samples_are_refused_in_words(path: Path, changes: dict) -> None:
    rewritten(path, "projection_samples", 0, **changes)
    with open_collection(path) as collection:
        with pytest.raises(DamagedError, match="record of the projection's samples of step 0"):
            _ = collection.projection_samples
        assert len(collection.verify().faults) == 1
        assert collection.projections[0].features("relu1") is not None


def test_that_records_without_a_word_on_them_in_the_first_line_are_passed_over(path: Path, tmp_path: Path) -> None:
    bare = write_run(tmp_path / "bare.json", is_projected=False, is_finished=False)
    lines = [line for line in path.read_text().splitlines() if '"record":"projection' in line]
    with bare.open("a") as file:
        file.write("\n".join(f",{line.removeprefix(',')}" for line in lines) + "\n")
    with open_collection(bare) as collection:
        assert len(collection.projections) == 0
        assert len(collection.damaged) == len(lines)
        assert "does not say what can be projected" in collection.damaged[0]


def test_that_a_huge_claim_is_refused_before_memory_is_taken(path: Path) -> None:
    claim = b'"projection":{"samples":'
    rewrite(path, before=claim + b"%d" % N, after=claim + b"99999999999")
    with pytest.raises(DamagedError, match="99,999,999,999 samples can be projected"):
        open_collection(path)
