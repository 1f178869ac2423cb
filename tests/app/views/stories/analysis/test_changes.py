"""Which changes of one sample flip it, and in which layer."""

from pathlib import Path

import numpy as np

from app.views.stories.analysis.changes import Changes, changes_at
from app.views.stories.analysis.neighbours import nearest_votes
from collector.storage import open_collection
from tests.app.views.projection import projected_run
from tests.app.whole_run import KINDS


def changes_of(path: Path, step: int) -> Changes:
    found = changes_at(open_collection(path), step)
    assert isinstance(found, Changes), found
    return found


def test_that_a_change_flips_where_the_largest_logit_is_another_one(two_paths: tuple[Path, Path]) -> None:
    collection = open_collection(two_paths[0])
    found = changes_of(two_paths[0], 7)
    record = next(each for each in collection.augmentation_records if each.step == found.step)
    logits = record.logits if record.logits is not None else record.features("fc2")
    assert logits is not None
    assert found.step == 6
    assert found.classes.tolist() == logits.argmax(axis=1).tolist()
    assert found.flipped.tolist() == (logits.argmax(axis=1) != logits[0].argmax()).tolist()


def test_that_the_nearest_held_out_samples_vote_by_each_layer_that_both_have(two_paths: tuple[Path, Path]) -> None:
    collection = open_collection(two_paths[0])
    found = changes_of(two_paths[0], 12)
    record = next(each for each in collection.augmentation_records if each.step == 12)
    measured = next(each for each in collection.projections if each.step == 12)
    samples = collection.projection_samples
    assert samples is not None
    assert samples.labels is not None
    assert collection.projection is not None
    assert collection.augmentations is not None
    voted = [layer for layer, votes in zip(found.layers, found.votes, strict=True) if (votes >= 0).any()]
    assert voted == [layer for layer in found.layers if layer in collection.projection.layers]
    for layer in voted:
        kept = collection.augmentations.layers[layer].kept
        assert kept.tolist() == collection.projection.layers[layer].kept.tolist()
        own, features = record.features(layer), measured.features(layer)
        assert own is not None
        assert features is not None
        expected = nearest_votes(features, samples.labels, 10, own)
        assert found.votes[found.layers.index(layer)].tolist() == expected.tolist()


def test_that_the_unchanged_sample_stands_first_and_then_what_flips(two_paths: tuple[Path, Path]) -> None:
    found = changes_of(two_paths[0], 12)
    order = found.order.tolist()
    assert order[0] == 0
    assert sorted(order) == list(range(len(KINDS)))
    flips = found.flipped[order[1:]].tolist()
    assert flips == sorted(flips, reverse=True)


def test_that_the_first_layer_that_flips_is_named() -> None:
    found = Changes(
        header=None,  # type: ignore[arg-type]
        step=0,
        epoch=0,
        classes=np.array([1, 2, 1]),
        layers=("a", "b"),
        stability=np.ones((2, 3)),
        votes=np.array([[1, 1, 1], [1, 3, -1]]),
        votes_about="",
    )
    assert found.flipped_votes.tolist() == [[False, False, False], [False, True, False]]
    assert [found.first_flipped(change) for change in range(3)] == ["", "b", ""]


def test_that_a_run_without_changes_says_how_to_record_them(tmp_path: Path) -> None:
    found = changes_at(open_collection(projected_run.write_run(tmp_path / "run.json")), 3)
    assert isinstance(found, str)
    assert "--augmentations" in found
