"""Which samples of one set are those of another."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.analysis.same_samples import keys_of, places_among, places_in_probe, places_in_stories, seen_picture
from tests.app.made_up import probe

DRAWN = np.random.default_rng(0)


def test_that_the_place_of_each_is_the_first_of_its_equals() -> None:
    assert places_among(["b", "x", "a"], ["a", "b", "b", None]).tolist() == [1, -1, 0]
    assert places_among([None], [None]).tolist() == [-1]
    assert places_among([], ["a"]).tolist() == []


@pytest.mark.parametrize("n_channels", [1, 3])
def test_that_a_picture_is_seen_between_nought_and_one_with_its_colours_last(n_channels: int) -> None:
    picture = np.arange(n_channels * 4, dtype=np.uint8).reshape(n_channels, 2, 2) * 20
    seen = seen_picture(picture)
    assert seen.shape == ((2, 2) if n_channels == 1 else (2, 2, 3))
    assert seen.dtype == np.float32
    assert seen[1, 0] == pytest.approx(picture[:, 1, 0] / 255 if n_channels == 3 else picture[0, 1, 0] / 255)


def test_that_rows_of_numbers_are_told_by_them_whatever_their_type() -> None:
    rows = DRAWN.normal(size=(4, 3)).astype("f4")
    assert keys_of(rows.astype(float)) == keys_of(rows)
    assert len(set(keys_of(rows))) == 4
    assert keys_of(rows[:, ::-1]) != keys_of(rows)


def test_that_samples_are_found_in_the_probe() -> None:
    rows = DRAWN.normal(size=(4, 3)).astype("f4")
    assert places_in_probe(probe(rows, 2), rows[[2, 0]]).tolist() == [2, 0]
    assert places_in_probe(None, rows).tolist() == [-1] * 4
    assert places_in_probe(probe(rows, 2), rows + 1).tolist() == [-1] * 4


def stories(**told: object) -> Any:
    return SimpleNamespace(stories=SimpleNamespace(**({"n_samples": 2, "has_samples": True, "samples": None} | told)))


def test_that_stories_without_samples_of_their_own_are_of_these_very_samples() -> None:
    rows = np.arange(6, dtype="f4").reshape(2, 3)
    assert places_in_stories(stories(n_samples=0), rows).tolist() == [0, 1]
    assert places_in_stories(stories(has_samples=False), rows).tolist() == [0, 1]
    assert places_in_stories(stories(), rows).tolist() == [-1, -1]
    assert places_in_stories(stories(samples=SimpleNamespace(inputs=None)), rows).tolist() == [-1, -1]
    assert places_in_stories(stories(samples=SimpleNamespace(inputs=rows[::-1])), rows).tolist() == [1, 0]


@pytest.mark.parametrize("n_channels", [1, 3])
def test_that_pictures_are_found_among_those_of_the_probe_as_they_are_seen(n_channels: int) -> None:
    pictures = DRAWN.integers(0, 256, (4, n_channels, 3, 2), dtype=np.uint8)
    pictures[:, 0, 0] = 0, 255  # the smallest value of each is black, and the largest white
    shown = probe(pictures.astype("f4") / 255, 2)
    assert places_in_probe(shown, pictures[[3, 0, 2]]).tolist() == [3, 0, 2]
    other = pictures[:1].copy()
    other[0, 0, 1, 0] ^= 1
    assert places_in_probe(shown, other).tolist() == [-1]
    assert keys_of(pictures) == [(seen_picture(each) * 255).round().astype(np.uint8).tobytes() for each in pictures]
    assert keys_of(pictures.astype("f4")) != keys_of(pictures), "numbers are told by themselves"


def test_that_pictures_are_none_of_a_probe_that_has_none() -> None:
    pictures = DRAWN.integers(0, 256, (2, 1, 3, 2), dtype=np.uint8)
    assert places_in_probe(probe(np.zeros((2, 5), "f4"), 2), pictures).tolist() == [-1, -1]
