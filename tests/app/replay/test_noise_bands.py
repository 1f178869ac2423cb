"""The spread of A and its repeats."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.replay.comparing import compared_runs
from app.replay.noise_bands import noise_bands, noise_of_repeats
from app.replay.opened import Comparing, OpenedCollection, open_for_replay
from collector.comparing.clocks import Clock
from collector.comparing.engine import noise_of
from collector.comparing.saved import SavedComparison
from collector.storage import CollectionError, open_collection
from tests.app.three_states_run import write_three_states


@pytest.fixture
def a(two_paths: tuple[Path, Path]) -> Iterator[OpenedCollection]:
    opened = open_for_replay(two_paths[0])
    yield opened
    opened.collection.close()


def with_repeats(a: OpenedCollection, *repeats: Path, clock: Clock = "step") -> Comparing:
    both = compared_runs(a, a, SavedComparison(a="", b=""))
    return replace(both, wish=SavedComparison(a="", b="", clock=clock, repeats=[*map(str, repeats)]))


def test_that_too_few_repeats_tell_no_noise(a: OpenedCollection, repeat_paths: tuple[Path, Path]) -> None:
    for repeats in ((), repeat_paths[:1]):
        both = with_repeats(a, *repeats)
        with noise_of_repeats(both) as noise:
            assert noise is None
        assert noise_bands(both, ["loss"]) == {}


def test_that_a_band_is_that_of_all_repeats_for_what_they_have(
    a: OpenedCollection, repeat_paths: tuple[Path, Path]
) -> None:
    found = noise_bands(with_repeats(a, *repeat_paths), ["loss", "nothing"])
    assert [*found] == ["loss"]
    repeats = [open_collection(path) for path in repeat_paths]
    expected = noise_of(a.collection, repeats, "step").band("loss")
    assert expected is not None
    assert found["loss"].low.tolist() == expected.low.tolist()
    assert found["loss"].high.tolist() == expected.high.tolist()
    for each in repeats:
        each.close()


def test_that_repeats_that_cannot_be_compared_are_told_of(
    a: OpenedCollection, repeat_paths: tuple[Path, Path], tmp_path: Path
) -> None:
    with pytest.raises(CollectionError, match="nothing"):
        noise_bands(with_repeats(a, repeat_paths[0], tmp_path / "nothing.json"), ["loss"])
    other = write_three_states(tmp_path / "other.json")
    with pytest.raises(CollectionError):
        noise_bands(with_repeats(a, other, other, clock="epoch"), ["loss"])
