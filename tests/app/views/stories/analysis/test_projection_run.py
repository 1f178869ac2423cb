"""Stories of an old file, which its projection tells: what is known of it, what is new, and what cannot be read."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.views.stories.analysis.story_run import StoryRun, story_run
from collector.storage import CollectionError
from tests.app.views.projection import projected_run as made

N = 60


class Records:
    """What was measured, where some of it cannot be read."""

    def __init__(self, n: int, damaged: tuple[int, ...] = (), lacking: tuple[str, ...] = (), **changes: Any) -> None:
        self.n, self.damaged, self.lacking, self.changes = n, damaged, lacking, changes
        self.read: list[int] = []
        self.has_samples = True

    def __len__(self) -> int:
        return self.n

    @property
    def steps(self) -> np.ndarray:
        return 10 * np.arange(self.n)

    def __getitem__(self, number: int) -> Any:
        self.read.append(number)
        if number in self.damaged:
            raise CollectionError(Path("run.json"), f"measurement {number} is damaged")

        def features(layer: str) -> np.ndarray | None:
            return None if layer in self.lacking else made.features_of(layer, number, N)

        record = {"epoch": number, "predictions": made.predictions_of(number, N), "features": features}
        return SimpleNamespace(**(record | self.changes))


def collection(records: Records, **changes: Any) -> Any:
    known = {
        "stories": SimpleNamespace(n_samples=0, has_samples=False),
        "projection": SimpleNamespace(layers=["relu1", "frozen"]),
        "projections": records,
        "projection_samples": Samples(made.labels_of(N)),
        "probe": None,
        "task": SimpleNamespace(kind="classes"),
        "damaged": [],
    }
    return SimpleNamespace(**(known | changes))


class Samples:
    """Those that can be laid out in a plane."""

    def __init__(self, labels: np.ndarray | None) -> None:
        self.labels, self.pictures = labels, made.pictures_of(N)

    def __len__(self) -> int:
        return N


class NoSamples:
    """A probe that has but names."""

    class_names = ("ant",)

    def __len__(self) -> int:
        return 0


def read(*given: Any) -> StoryRun:
    found = story_run(*given)
    assert found is not None
    return found


def test_that_what_it_is_of_is_said() -> None:
    run = read(collection(Records(3)))
    assert (run.of, run.is_from_projection, run.neighbours, run.layers) == ("held-out", True, 10, ("relu1", "frozen"))
    assert run.numbers.tolist() == list(range(N))
    assert run.in_probe.tolist() == [-1] * N
    assert run.epochs.tolist() == [0, 1, 2]
    assert (run.class_names, run.texts, run.values) == ((), (), None)


def test_that_only_what_is_new_is_read() -> None:
    shown = collection(Records(2))
    first = read(shown)
    assert shown.projections.read == [0, 1]
    shown.projections = Records(4)
    second = read(shown, first)
    assert shown.projections.read == [2, 3]
    assert second.inputs is first.inputs
    whole = read(collection(Records(4)))
    for name in ("predictions", "votes", "steps", "epochs"):
        assert getattr(second, name).tolist() == getattr(whole, name).tolist()
    other = collection(Records(1))
    assert read(other, second).n_measurements == 1
    assert other.projections.read == [0], "of another file nothing is known"


def test_that_what_nobody_waits_for_is_not_read_to_the_end() -> None:
    shown = collection(Records(5))
    assert story_run(shown, None, lambda: len(shown.projections.read) < 2) is None
    assert shown.projections.read == [0, 1]


def test_that_a_measurement_that_cannot_be_read_is_told_and_unknown() -> None:
    shown = collection(Records(3, damaged=(1,)))
    run = read(shown)
    assert len(shown.damaged) == 1
    assert "measurement 1 is damaged" in shown.damaged[0]
    assert run.epochs.tolist() == [0, -1, 2]
    assert run.predictions is not None
    assert run.votes is not None
    assert (run.predictions[1] == -1).all()
    assert (run.votes[1] == -1).all()
    assert (run.predictions[[0, 2]] >= 0).all()


def test_that_a_layer_whose_features_were_not_recorded_does_not_vote() -> None:
    run = read(collection(Records(2, lacking=("relu1",))))
    assert run.votes is not None
    assert (run.votes[:, 0] == -1).all()
    assert (run.votes[:, 1] >= 0).all()
    assert read(collection(Records(2, lacking=("relu1", "frozen")))).votes is None


@pytest.mark.parametrize(
    ("changes", "kind", "labels"),
    [({"predictions": None}, "classes", True), ({}, "values", True), ({}, "classes", False)],
)
def test_that_without_classes_nothing_votes(changes: dict[str, Any], kind: str, labels: bool) -> None:
    samples = Samples(made.labels_of(N) if labels else None)
    task = SimpleNamespace(kind=kind)
    shown = collection(Records(2, **changes), task=task, probe=NoSamples(), projection_samples=samples)
    run = read(shown)
    assert run.votes is None
    assert (run.predictions is None) == (bool(changes) or kind == "values")
    assert run.layers == (("relu1", "frozen") if labels else ())
    assert run.class_names == ("ant",)


def test_that_without_samples_there_are_no_stories() -> None:
    records = Records(2)
    assert story_run(collection(records, projection_samples=None)) is None
    assert story_run(collection(records, projection=None)) is None
    records.has_samples = False
    assert story_run(collection(records)) is None
    assert records.read == []
