"""What a first line may hold, and no more: each bound is met exactly, and each refusal has its own words."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collector.storage import Collection
from collector.storage.compared import augmentations_of, compared_layers, similarity_of
from collector.storage.errors import BlockError, DamagedError, NewerVersionError, NotACollectionError
from collector.storage.projections import projection_of
from collector.storage.schema import Augmentations, ComparedLayer, Projection, Similarity

Opened = Callable[[bytes], Collection]
PICTURES = np.zeros((2, 1, 3, 3), np.uint8)


def layers(number: int) -> list[ComparedLayer]:
    return [ComparedLayer(f"fc{each}", 3, 3, [0, 2]) for each in range(number)]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (layers(257), "257 layers are compared; a reader takes 256"),
        ([*layers(2), *layers(1)], "two compared layers have the same name"),
        ([ComparedLayer("fc", 3, 3, [0, 3])], "the kept features of 'fc' are none that it has"),
        ([ComparedLayer("fc", 3, 3, [-1])], "the kept features of 'fc' are none that it has"),
        ([ComparedLayer("fc", 3, 3, [[0, 1]])], "the kept features of 'fc' are none that it has"),
    ],
)
def test_that_compared_layers_that_do_not_fit_are_refused_in_words(given: list[ComparedLayer], words: str) -> None:
    with pytest.raises(BlockError, match=words):
        compared_layers(given)


def test_that_as_many_layers_as_a_reader_takes_and_their_last_features_are_read() -> None:
    read = compared_layers(layers(256))

    assert len(read) == 256
    assert (read["fc255"].features, read["fc255"].correlated, read["fc255"].kept.tolist()) == (3, 3, [0, 2])


def test_that_the_samples_of_a_comparison_have_one_label_each_or_none() -> None:
    assert similarity_of(Similarity(layers(1), 2, None)).labels is None
    labels = similarity_of(Similarity(layers(1), 2, [1, 0])).labels
    assert labels is not None
    assert labels.tolist() == [1, 0]
    for wrong in ([1], [1, 0, 2], [[1, 0]]):
        with pytest.raises(BlockError, match="do not have one label each"):
            similarity_of(Similarity(layers(1), 2, wrong))


@pytest.mark.parametrize(
    ("pictures", "kinds", "strengths", "words"),
    [
        ([[[0, 1]]], ["none"], [0.0], "are no pictures"),
        ([[[[0]]], [[[1]]]], ["none"], [0.0, 1.0], "has a kind and a strength"),
        ([[[[0]]], [[[1]]]], ["none", "blur"], [0.0], "has a kind and a strength"),
        ([[[[0]]]], ["none", "blur"], [0.0, 1.0], "has a kind and a strength"),
        ([[[[0]]], [[[1]]]], ["none", "blur"], [[0.0, 1.0]], "has a kind and a strength"),
    ],
)
def test_that_augmented_pictures_that_do_not_fit_are_refused_in_words(
    pictures: Any, kinds: list[str], strengths: Any, words: str
) -> None:
    with pytest.raises(BlockError, match=words):
        augmentations_of(Augmentations(pictures, kinds, strengths))


def test_that_an_augmented_sample_is_read_with_all_that_is_said_of_it() -> None:
    given = Augmentations(PICTURES.tolist(), ["none", "blur"], [0.0, -0.5], {"blur": "2"}, 4, 9, layers(1))

    read = augmentations_of(given)

    assert (read.kinds, read.strengths.tolist(), read.largest) == (("none", "blur"), [0, -0.5], {"blur": "2"})
    assert (read.label, read.seed, list(read.layers), len(read)) == (4, 9, ["fc0"], 2)
    assert (read.pictures.shape, read.pictures.dtype) == (PICTURES.shape, np.uint8)


def test_that_a_million_samples_can_be_projected_and_no_more() -> None:
    assert projection_of(Projection(10**6, layers(1))).samples == 10**6
    with pytest.raises(BlockError, match=r"1,000,001 samples can be projected; a reader takes 1,000,000"):
        projection_of(Projection(10**6 + 1, layers(1)))


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"", NotACollectionError, "is empty"),
        (b" \0\n\r\t ", NotACollectionError, "has only blanks where its first line should be"),
        (b"x", NotACollectionError, "is not JSON"),
        (b' {"a":1}', NotACollectionError, "looks like JSON, but not like a collection"),
        (b"[1]", NotACollectionError, "looks like JSON, but not like a collection"),
        (b'{"format":"strobe.coll', DamagedError, "is cut off within its first line"),
        (b'{"format":"strobe.collection",', DamagedError, "is cut off within its first line"),
        (b'{"format":"strobe.collection","version":1', DamagedError, "is cut off within its first line"),
        (b'{"format":"strobe.collection","version":1,"run":{}', DamagedError, "is cut off within its first line"),
        (b'{"format":"strobe.collection","version":1}\n', DamagedError, "another program has rewritten it"),
        (b'{"format":"strobe.collection"}', DamagedError, "does not say which version it has"),
        (b'{"format":"strobe.collection","version":0,"records":[\n', DamagedError, "says version 0, which never was"),
        (b'{"format":"strobe.collection","version":2,"x":[\n', NewerVersionError, "has version 2; this Strobe reads"),
        (b'{"format":"strobe.collection","version":1,"records":[\n', DamagedError, "first line is damaged"),
        (
            b'{"format":"strobe.collection","version":1,"a":' + b"[" * 100_000 + b',"records":[\n',
            DamagedError,
            "nested",
        ),
    ],
)
def test_that_each_thing_that_is_no_first_line_has_its_own_words(
    opened_as: Opened, content: bytes, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        opened_as(content)


def test_that_a_first_line_is_read_however_it_lies_in_the_chunks(
    opened_as: Opened, finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = finished.read_bytes()
    end = content.index(b"\n") + 1
    for chunk in (60, end - 1, end, end + 1):
        monkeypatch.setattr("collector.storage.header._CHUNK", chunk)
        with opened_as(content) as collection:
            assert list(collection.layers) == ["fc", "relu"]
            assert len(collection.passes) == 3


def test_that_a_first_line_of_exactly_the_longest_length_is_read_and_a_longer_one_refused(
    opened_as: Opened, finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = finished.read_bytes()
    end = content.index(b"\n") + 1
    monkeypatch.setattr("collector.storage.header.LONGEST_HEADER", end)
    with opened_as(content) as collection:
        assert len(collection.passes) == 3
    monkeypatch.setattr("collector.storage.header.LONGEST_HEADER", end - 1)
    with pytest.raises(DamagedError, match=r"first line"):
        opened_as(content)
