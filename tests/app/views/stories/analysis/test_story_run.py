"""What is read of a run: its stories, what is new of them, and of an old file what its projection tells."""

from pathlib import Path

import numpy as np
import pytest

from app.analysis.same_samples import places_in_stories
from app.views.stories.analysis.depth import prediction_depth
from app.views.stories.analysis.neighbours import nearest_votes
from app.views.stories.analysis.story_run import StoryRun, story_run
from app.views.stories.analysis.story_table import confusion_table, story_table
from collector.storage import CollectionWriter, open_collection
from collector.storage.schema import PassRecord
from tests.app.views.projection import projected_run
from tests.app.views.stories.told_run import LAYERS, N_PROBE, NAMES, Told, header_of, write_told


def run_of(path: Path) -> StoryRun:
    run = story_run(open_collection(path))
    assert run is not None
    return run


def test_that_everything_is_as_it_was_written(tmp_path: Path) -> None:
    told = Told()
    run = run_of(write_told(tmp_path / "run.json", told))
    for name in ("predictions", "confidences", "label_probabilities", "margins", "losses", "votes"):
        np.testing.assert_array_equal(getattr(run, name), getattr(told, name), err_msg=name)
    assert run.labels is not None
    assert run.labels.tolist() == told.labels.tolist()
    assert run.numbers.tolist() == (np.arange(len(told.labels)) * 3).tolist()
    assert (run.layers, run.of, run.neighbours, run.class_names) == (LAYERS, "training", 10, NAMES)
    assert run.steps.tolist() == told.steps.tolist()
    assert run.epochs.tolist() == list(range(len(told.steps)))


@pytest.mark.parametrize(
    ("name", "nothing", "is_there"),
    [
        ("predictions", -1, False),
        ("votes", -1, False),
        ("margins", np.nan, False),
        ("losses", np.nan, False),
        ("margins", -2.5, True),
        ("predictions", 0, True),
    ],
)
def test_that_what_is_known_of_no_sample_is_not_there(
    tmp_path: Path, name: str, nothing: float, *, is_there: bool
) -> None:
    told = Told()
    getattr(told, name)[:] = nothing
    assert (getattr(run_of(write_told(tmp_path / "run.json", told)), name) is not None) is is_there


def test_that_depths_and_matrices_are_of_each_measurement(tmp_path: Path) -> None:
    told = Told()
    run = run_of(write_told(tmp_path / "run.json", told))
    assert run.depths is not None
    assert run.matrices is not None
    for number, (votes, predictions) in enumerate(zip(told.votes, told.predictions, strict=True)):
        assert run.depths[number].tolist() == prediction_depth(votes, predictions).tolist()
        assert run.matrices[number].trace() == (predictions == told.labels).sum()


def test_that_samples_of_the_probe_are_found_among_the_stories(tmp_path: Path) -> None:
    run = run_of(write_told(tmp_path / "run.json", Told()))
    assert run.in_probe[:N_PROBE].tolist() == list(range(N_PROBE))
    assert (run.in_probe[N_PROBE:] == -1).all()
    assert run.sample_of_probe(2) == 2
    assert run.sample_of_probe(9) is None


def test_that_of_a_run_that_has_grown_the_samples_are_read_once(tmp_path: Path) -> None:
    told = Told()
    path = write_told(tmp_path / "run.json", told, n_written=3)
    collection = open_collection(path)
    before = story_run(collection)
    assert before is not None
    whole = write_told(tmp_path / "whole.json", told)
    path.write_bytes(whole.read_bytes())
    collection.refresh()
    after = story_run(collection, before)
    assert after is not None
    assert after.inputs is before.inputs
    assert after.n_measurements == len(told.steps)
    np.testing.assert_array_equal(after.predictions, told.predictions)


def test_that_of_an_old_file_the_projection_tells_predictions_and_votes(tmp_path: Path) -> None:
    run = run_of(projected_run.write_run(tmp_path / "old.json"))
    n = len(run)
    assert run.is_from_projection
    assert run.predictions is not None
    assert run.votes is not None
    assert run.layers == ("relu1", "frozen")
    for epoch in range(3):
        assert run.predictions[epoch].tolist() == projected_run.predictions_of(epoch, n).tolist()
        features = projected_run.features_of("relu1", epoch, n)
        assert run.votes[epoch, 0].tolist() == nearest_votes(features, projected_run.labels_of(n)).tolist()
    assert (run.confidences, run.margins, run.losses, run.data_map) == (None,) * 4
    assert run.suspicion is not None
    assert run.suspicion.name == "right"


def test_that_a_run_with_neither_has_no_stories(tmp_path: Path) -> None:
    path = projected_run.write_run(tmp_path / "none.json", is_projected=False)
    assert story_run(open_collection(path)) is None


def test_that_samples_elsewhere_are_found_among_the_stories(tmp_path: Path) -> None:
    told = Told()
    collection = open_collection(write_told(tmp_path / "run.json", told))
    others = np.concatenate([told.pictures[5:7], told.pictures[:1] // 2])
    assert places_in_stories(collection, others).tolist() == [5, 6, -1]


@pytest.mark.parametrize("is_classes", [True, False])
def test_that_the_table_has_a_row_for_each_sample(tmp_path: Path, *, is_classes: bool) -> None:
    told = Told()
    run = run_of(write_told(tmp_path / "run.json", told))
    if not is_classes:
        run = run_of_values(run)
    headings, rows = story_table(run, 2, frozenset({1}))
    assert len(rows) == len(run)
    row = dict(zip(headings, rows[1], strict=True))
    assert row["sample"] == 3
    assert row["is_selected"] == 1
    assert row["loss_now"] == told.losses[2, 1]
    assert ("aum" in row) == is_classes
    if is_classes:
        assert row["forgotten"] == int(run.forgotten[1])  # type: ignore[index]
        assert row["aum"] == pytest.approx(-told.suspicion.scores[1])


def run_of_values(run: StoryRun) -> StoryRun:
    """The same, where the outputs are no classes and only losses are recorded."""
    from dataclasses import replace

    nothing = dict.fromkeys(("predictions", "labels", "margins", "confidences", "label_probabilities", "votes"))
    return replace(run, values=np.linspace(0, 1, len(run)).astype("f4"), **nothing)


def test_that_the_table_of_confusion_tells_what_changed(tmp_path: Path) -> None:
    told = Told()
    run = run_of(write_told(tmp_path / "run.json", told))
    _, rows = confusion_table(run, 2)
    for label, prediction, n_samples, change in rows:
        mine = told.labels == NAMES.index(str(label))
        counts = [(mine & (told.predictions[number] == NAMES.index(str(prediction)))).sum() for number in (1, 2)]
        assert (n_samples, change) == (counts[1], counts[1] - counts[0])


def test_that_without_the_samples_only_their_stories_are_known(tmp_path: Path) -> None:
    told, path = Told(), tmp_path / "run.json"
    writer = CollectionWriter(path, header_of(told))
    writer.write(PassRecord(number=0, step=0, epoch=0))
    writer.write(told.record(0))
    writer.close()
    run = run_of(path)
    assert (run.inputs, run.texts, run.labels, run.values) == (None, (), None, None)
    assert run.numbers.tolist() == list(range(told.n_samples))
    assert run.in_probe.tolist() == [-1] * told.n_samples
    np.testing.assert_array_equal(run.predictions, told.predictions[:1])
