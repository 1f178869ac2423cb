"""Stories of samples: what is read is what was written, grows with the file, and damage is told of in words."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collector.storage import CollectionError, open_collection, schema
from collector.storage.errors import BlockError, DamagedError
from collector.storage.stories import PER_SAMPLE, QUANTITIES, checked_stories
from tests.collector.storage.rewriting import plain, rewrite
from tests.collector.storage.story_run import LAYERS, MadeUp, made_up, pictures_of, texts_of, write_stories

N = 90


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Six measurements."""
    return write_stories(tmp_path / "told.json", N)


def wanted(told: MadeUp, quantity: str) -> np.ndarray:
    name = {"label_probabilities": "probabilities"}.get(quantity, quantity)
    dtype = np.int32 if name == "predictions" else np.int16 if name == "votes" else np.float32
    return getattr(told, name).astype(dtype)


def test_that_everything_is_read_as_it_was_written(path: Path) -> None:
    told = made_up(N)
    with open_collection(path) as collection:
        stories = collection.stories
        assert collection.damaged == []
        assert (stories.n_samples, stories.layers, stories.header.neighbours) == (N, LAYERS, 30)
        samples = stories.samples
        np.testing.assert_array_equal(samples.inputs, pictures_of(told.true))
        np.testing.assert_array_equal(samples.labels, told.labels)
        np.testing.assert_array_equal(samples.numbers, 5 * np.arange(N))
        assert (samples.values, samples.texts, len(samples)) == (None, (), N)
        np.testing.assert_array_equal(stories.steps, told.steps)
        for number, story in enumerate(stories):
            assert (story.step, story.epoch) == (10 * number, number)
            for quantity in QUANTITIES:
                np.testing.assert_array_equal(getattr(story, quantity), wanted(told, quantity)[number], strict=True)
        for quantity in QUANTITIES:
            scanned = stories.scan(quantity)
            np.testing.assert_array_equal(scanned, wanted(told, quantity), strict=True)
            assert not scanned.flags.writeable
        with pytest.raises(KeyError, match="no quantity"):
            stories.scan("weights")
        assert collection.verify().is_sound


def test_that_texts_and_values_are_read_and_what_is_not_recorded_is_none(tmp_path: Path) -> None:
    with open_collection(write_stories(tmp_path / "text.json", N, kind="text", with_votes=False)) as collection:
        assert collection.stories.samples.texts == tuple(texts_of(N))
        assert collection.stories.samples.inputs is None
        assert collection.stories[2].votes is None
        assert collection.stories.scan("votes").shape == (6, 0, N)
    with open_collection(write_stories(tmp_path / "values.json", 20, kind="values")) as collection:
        assert collection.stories.samples.labels is None
        np.testing.assert_array_equal(collection.stories.samples.values, np.linspace(0, 1, 20, dtype=np.float32))
        assert collection.stories[2].margins is None
        assert np.isnan(collection.stories.scan("margins")).all()
        assert (collection.stories.scan("predictions") == -1).all()
        assert np.isfinite(collection.stories.scan("losses")).all()


def test_that_a_run_without_them_has_none(finished: Path) -> None:
    with open_collection(finished) as collection:
        stories = collection.stories
        assert (len(stories), stories.header, stories.samples, stories.layers) == (0, None, None, ())
        assert stories.scan("margins").shape == (0, 0)


def test_that_a_growing_file_gives_its_stories_as_they_come_and_reads_none_twice(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = path.read_bytes()
    told = made_up(N)
    cuts = [content.index(b'{"record":"story","step":%d' % step) - 1 for step in (20, 40)]
    path.write_bytes(content[: cuts[0]])
    with open_collection(path) as collection:
        assert collection.stories.scan("margins").shape == (2, N)
        read: list[int] = []
        whole = collection.stories._records.whole
        monkeypatch.setattr(collection.stories._records, "whole", lambda number: read.append(number) or whole(number))
        for cut in (cuts[1], len(content)):
            path.write_bytes(content[:cut])
            assert collection.refresh()
            for quantity in PER_SAMPLE:
                np.testing.assert_array_equal(
                    collection.stories.scan(quantity), wanted(told, quantity)[: len(collection.stories)]
                )
        assert read == [2, 3, 4, 5]


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
        ({"predictions": [-2] * N}, "predictions: a number in it is that of no class"),
        ({"margins": [1.0]}, "margins: it has shape (1,)"),
        ({"losses": {"dtype": "<i4", "shape": [N], "base64": "AAAA" * N + "AAAA" * (N // 3)}}, "floating-point"),
        ({"votes": [[0] * N]}, "votes: it has shape (1, 90)"),
        ({"votes": [[40_000] * N] * 3}, "votes: a number in it is that of no class"),
    ],
)
def test_that_a_damaged_story_is_refused_in_words_and_the_others_are_read(
    path: Path, changes: dict[str, Any], words: str
) -> None:
    rewritten(path, "story", 1, **changes)
    with open_collection(path) as collection:
        with pytest.raises(DamagedError, match="story record of step 10") as caught:
            _ = collection.stories[1]
        assert words in str(caught.value)
        margins = collection.stories.scan("margins")
        assert np.isnan(margins[1]).all()
        assert np.isfinite(margins[[0, 2]]).all()
        assert words in collection.damaged[0]
        assert words in collection.verify().faults[0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"inputs": [[1.0, 2.0]]}, "inputs: it has shape"),
        ({"labels": [1]}, "labels: it has shape"),
        ({"labels": [[1, 2]] * N}, "labels: it has shape"),
        ({"labels": [[0.5] * 65] * N}, "labels: it has shape"),
        ({"numbers": [0.5] * N}, "numbers: "),
        ({"texts": ["one"]}, "1 texts of 90 samples"),
        ({"texts": ["a" * 10_001] * N}, "10000"),
    ],
)
def test_that_damaged_samples_are_refused_in_words(path: Path, changes: dict[str, Any], words: str) -> None:
    rewritten(path, "story_samples", 0, **changes)
    with open_collection(path) as collection:
        with pytest.raises(DamagedError, match="record of the stories' samples of step 0") as caught:
            _ = collection.stories.samples
        assert words in str(caught.value)
        assert len(collection.verify().faults) == 1
        assert collection.stories[0].margins is not None


def test_that_records_without_a_word_on_them_in_the_first_line_are_passed_over(path: Path, finished: Path) -> None:
    lines = [line for line in path.read_text().splitlines() if '"record":"story' in line]
    content = finished.read_text().splitlines()[:-1]
    finished.write_text("\n".join([*content, *(f",{line.removeprefix(',')}" for line in lines)]) + "\n")
    with open_collection(finished) as collection:
        assert len(collection.stories) == 0
        assert "does not say whose stories are told" in collection.damaged[0]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (schema.Stories(10**6 + 1), r"1,000,001 samples are told; a reader takes 1,000,000"),
        (schema.Stories(1, [str(each) for each in range(257)]), "257 layers neighbours vote"),
        (schema.Stories(1, ["a", "a"]), "the same name"),
    ],
)
def test_that_more_than_a_reader_takes_is_refused(given: schema.Stories, words: str) -> None:
    with pytest.raises(BlockError, match=words):
        checked_stories(given)


def test_that_a_huge_claim_is_refused_before_memory_is_taken(path: Path) -> None:
    claim = b'"stories":{"samples":'
    rewrite(path, before=claim + b"%d" % N, after=claim + b"99999999999")
    with pytest.raises(CollectionError, match="99,999,999,999 samples are told"):
        open_collection(path)


def test_that_more_than_fits_into_memory_is_not_scanned(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_collection(path) as collection:
        monkeypatch.setattr("collector.storage.stories.MOST_SCANNED", 6 * N * 4)
        collection.stories.scan("margins")
        with pytest.raises(DamagedError, match="would take 3,240 bytes of memory"):
            collection.stories.scan("votes")


def test_that_samples_that_are_not_in_the_file_are_none(path: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.json"
    lines = path.read_bytes().splitlines(keepends=True)
    bare.write_bytes(b"".join(line for line in lines[:-1] if b'"story_samples"' not in line))
    with open_collection(bare) as collection:
        assert collection.stories.header is not None
        assert len(collection.stories) == 6
        assert collection.stories.samples is None
