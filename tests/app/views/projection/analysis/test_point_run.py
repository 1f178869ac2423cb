"""Samples and predictions, read from a run and read on where it has grown."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.views.projection.analysis.point_run import PointRun, point_run, run_key
from collector.storage import Collection, CollectionError, open_collection
from collector.storage.projections import Projections
from collector.storage.task import Task
from tests.app.views.projection.projected_run import labels_of, pictures_of, predictions_of, write_run

N = 12


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    """Three records, at steps 0, 10 and 20."""
    with open_collection(write_run(tmp_path / "run.json", n_samples=N)) as collection:
        yield collection


@pytest.fixture
def run(collection: Collection) -> PointRun:
    found = point_run(collection)
    assert found is not None
    return found


def test_that_every_record_is_read(run: PointRun) -> None:
    assert len(run) == N
    assert run.steps.tolist() == [0, 10, 20]
    assert run.epochs.tolist() == [0, 1, 2]
    assert run.predictions.tolist() == [predictions_of(epoch, N).tolist() for epoch in range(3)]
    assert run.labels is not None
    assert run.labels.tolist() == labels_of(N).tolist()
    np.testing.assert_array_equal(run.pictures, pictures_of(N))
    assert run.in_probe.tolist() == [0, 1, 2, 3] + [-1] * 8
    assert run.in_stories.tolist() == list(range(N)), "they are the stories', where it has no others"


def test_that_of_a_run_that_has_grown_only_what_is_new_is_read(collection: Collection, run: PointRun) -> None:
    known = replace(run, steps=run.steps[:2], epochs=np.array([7, 8]), predictions=run.predictions[:2] * 0 + 5)
    grown = point_run(collection, known)
    assert grown is not None
    assert grown.pictures is known.pictures
    assert grown.labels is known.labels
    assert (grown.in_probe is known.in_probe, grown.in_stories is known.in_stories) == (True, True)
    assert grown.epochs.tolist() == [7, 8, 2]
    assert grown.predictions[:2].tolist() == [[5] * N] * 2
    assert grown.predictions[2].tolist() == predictions_of(2, N).tolist()


def test_that_nothing_is_known_of_another_run(run: PointRun, tmp_path: Path) -> None:
    with open_collection(write_run(tmp_path / "other.json", n_samples=N)) as other:
        found = point_run(other, replace(run, epochs=np.array([7, 8, 9])))
        assert found is not None
        assert found.epochs.tolist() == [0, 1, 2]
        assert found.pictures is not run.pictures
    with open_collection(write_run(tmp_path / "bare.json", is_projected=False)) as bare:
        assert point_run(bare) is None


def test_that_a_record_that_cannot_be_read_is_left_out_and_noted(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Projections.__getitem__

    def broken(projections: Projections, number: int) -> object:
        if number == 1:
            raise CollectionError(collection.path, "is cut off.")
        return whole(projections, number)

    monkeypatch.setattr(Projections, "__getitem__", broken)
    found = point_run(collection)
    assert found is not None
    assert found.epochs.tolist() == [0, -1, 2]
    assert found.predictions[1].tolist() == [-1] * N
    assert found.predictions[2].tolist() == predictions_of(2, N).tolist()
    assert len(collection.damaged) == 1


def test_that_a_record_without_any_prediction_has_none(run: PointRun) -> None:
    assert run.predicted(None) is None
    assert run.predicted(1) is not None
    run.predictions[1] = -1
    assert run.predicted(1) is None
    run.predictions[1, 3] = 0
    assert run.predicted(1) is not None


@pytest.mark.parametrize(
    ("has_probe", "kind", "are_read"),
    [(True, "classes", True), (True, "values", False), (False, "", True)],
)
def test_that_predictions_are_of_classes_unless_the_task_is_another(
    collection: Collection, monkeypatch: pytest.MonkeyPatch, has_probe: bool, kind: str, are_read: bool
) -> None:
    monkeypatch.setattr(type(collection), "task", Task(kind))
    if not has_probe:
        monkeypatch.setattr(collection, "probe", None)
    found = point_run(collection)
    assert found is not None
    assert (found.predictions[2] >= 0).all() == are_read
    assert found.class_names == (collection.probe.class_names if has_probe else ())  # type: ignore[union-attr]


def test_that_only_pictures_are_seen_as_pictures(run: PointRun) -> None:
    picture = run.picture(3)
    assert picture is not None
    assert picture.shape == (5, 5)
    assert picture == pytest.approx(pictures_of(N)[3, 0] / 255, abs=1e-6)
    assert replace(run, pictures=np.zeros((N, 7), np.float32)).picture(3) is None


def test_that_the_key_of_a_run_is_another_once_it_has_grown(
    collection: Collection, run: PointRun, tmp_path: Path
) -> None:
    assert run.key == run_key(collection)
    with open_collection(write_run(tmp_path / "longer.json", n_samples=N, epochs=3)) as longer:
        assert run_key(longer) != run.key
    with open_collection(write_run(tmp_path / "again.json", n_samples=N)) as again:
        assert run_key(again) == run.key, "it goes by what is in the file"
