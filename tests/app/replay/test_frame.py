"""One pass, read and ready to paint."""

from pathlib import Path

import numpy as np
import pytest

from app.replay.frame import read_frame
from app.replay.opened import OpenedCollection, open_for_replay
from app.replay.pass_cache import PassCache
from app.replay.state import ReplayState
from collector import open_collection
from collector.storage import CollectionError
from tests.app.damaged import with_damaged_pass


@pytest.fixture
def opened(collection_path: Path):
    opened = open_for_replay(collection_path)
    yield opened
    opened.collection.close()


def frame_of(opened: OpenedCollection, pass_number: int, sample: int = 0):
    view = opened.view_of(ReplayState(pass_number=pass_number, sample=sample))
    assert view is not None
    return read_frame(opened, view)


def test_that_a_frame_shows_the_pass_that_the_view_asks_for(opened: OpenedCollection) -> None:
    assert [frame_of(opened, number).step for number in range(5)] == [0, 3, 6, 9, 12]
    assert [frame_of(opened, number).epoch for number in range(5)] == [0, 0, 1, 1, 2]


def test_that_probabilities_are_the_softmax_of_the_recorded_logits(opened: OpenedCollection) -> None:
    for sample in range(5):
        shown = frame_of(opened, 2, sample).sample
        logits = opened.collection.passes[2].logits[sample].astype(np.float64)
        expected = np.exp(logits) / np.exp(logits).sum()
        np.testing.assert_allclose(shown.probabilities, expected, rtol=1e-6)
        assert shown.predicted_class == expected.argmax()
        assert shown.true_class == opened.collection.probe.labels[sample]


def test_that_the_loss_of_a_frame_is_that_of_its_own_step(opened: OpenedCollection) -> None:
    losses = opened.collection.series["loss"]
    assert frame_of(opened, 1).loss == pytest.approx(losses[3])
    assert frame_of(opened, 4).loss == pytest.approx(losses[11]), "no step follows the last state"


def test_that_going_back_reads_nothing_twice(collection_path: Path) -> None:
    with open_collection(collection_path) as collection:
        cache = PassCache(collection.passes)
        assert cache.get(1) is cache.get(1)


def test_that_the_cache_forgets_the_pass_that_was_used_longest_ago(collection_path: Path) -> None:
    with open_collection(collection_path) as collection:
        room_for_two = 2 * max(each.n_bytes for each in collection.passes)
        cache = PassCache(collection.passes, most_bytes=room_for_two)
        first, second = cache.get(0), cache.get(1)
        cache.get(0)
        cache.get(2)
        assert cache.get(0) is first
        assert cache.get(1) is not second


def test_that_a_collection_without_a_pass_is_refused_in_words(collection_path: Path, tmp_path: Path) -> None:
    header = collection_path.read_bytes().split(b"\n")[0] + b"\n"
    empty = tmp_path / "empty.json"
    empty.write_bytes(header)
    with pytest.raises(CollectionError, match=r"empty\.json.*no pass yet"):
        open_for_replay(empty)


def test_that_a_damaged_pass_costs_only_itself(collection_path: Path, tmp_path: Path) -> None:
    damaged = with_damaged_pass(collection_path, 2, tmp_path / "damaged.json")
    opened = open_for_replay(damaged)
    assert frame_of(opened, 1).step == 3
    assert frame_of(opened, 3).step == 9
    with pytest.raises(CollectionError, match="pass 2"):
        frame_of(opened, 2)
    opened.collection.close()
