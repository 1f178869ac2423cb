"""What the network made of a changed sample, of a made-up collection: who votes, and why there is nothing."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.views.stories.analysis.changes import UNKNOWN, Changes, changes_at
from collector.storage import CollectionError
from collector.storage.compared import Augmentations
from tests.app.views.stories.made_up_story import changes_of


class Records(list[Any]):
    """Measurements, each at its step."""

    @property
    def steps(self) -> np.ndarray:
        return np.array([each.step for each in self], int)


def record(step: int, features: dict[str, np.ndarray], logits: np.ndarray | None = None) -> Any:
    return SimpleNamespace(
        step=step,
        epoch=step // 10,
        logits=logits,
        features=features.get,
        layers=("fc1", "fc2"),
        stability=[[1.0, 0.5, 0.25], [1.0, 0.0, -1.0]],
    )


def layer(name: str, kept: list[int], features: int) -> Any:
    return SimpleNamespace(name=name, kept=np.array(kept), features=features)


FC1 = np.array([[0.0, 0.0], [9.0, 9.0], [0.1, 0.0]])
FC2 = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 1.0]])
"""Of three changes: by both layers the second one is another class."""
HELD_OUT = np.concatenate([np.zeros((10, 2)), np.full((10, 2), 9.0)])


def header(layers: dict[str, Any]) -> Augmentations:
    return replace(changes_of([0, 0, 0], []).header, layers=layers, strengths=np.array([0.0, 0.5, -0.25]))


def collection(*records: Any, **changes: Any) -> Any:
    projected = {"fc1": layer("fc1", [0, 1], 2)}
    known = {
        "augmentations": header({"fc1": layer("fc1", [0, 1], 2), "fc2": layer("fc2", [0, 1], 2)}),
        "augmentation_records": Records(records or [record(10, {"fc1": FC1, "fc2": FC2}), record(30, {"fc1": FC1})]),
        "projection": SimpleNamespace(layers=projected),
        "projection_samples": Labelled(np.array([3] * 10 + [7] * 10)),
        "projections": Records([SimpleNamespace(step=10, features={"fc1": HELD_OUT}.get)]),
    }
    return SimpleNamespace(**(known | changes))


class Labelled:
    def __init__(self, labels: np.ndarray | None) -> None:
        self.labels = labels

    def __len__(self) -> int:
        return 1_234


def found_at(made: Any, step: int) -> Changes:
    found = changes_at(made, step)
    assert isinstance(found, Changes)
    return found


def test_that_the_last_measurement_up_to_a_step_is_told() -> None:
    for step in (10, 29):
        found = found_at(collection(), step)
        assert (found.step, found.epoch, found.layers) == (10, 1, ("fc1", "fc2"))
    assert found.classes.tolist() == [0, 1, 0]
    assert found.flipped.tolist() == [False, True, False]
    assert found.stability.tolist() == [[1.0, 0.5, 0.25], [1.0, 0.0, -1.0]]


def test_that_logits_say_what_a_change_is_taken_for_rather_than_the_last_layer() -> None:
    logits = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]])
    assert found_at(collection(record(10, {"fc2": FC2}, logits)), 10).classes.tolist() == [1, 2, 0]


def test_that_held_out_samples_vote_by_each_layer_that_both_have() -> None:
    found = found_at(collection(), 10)
    assert found.votes.tolist() == [[3, 7, 3], [UNKNOWN] * 3]
    assert found.votes_about == "10 nearest of 1,234 held-out samples vote, by 1 layer"
    assert found.first_flipped(1) == "fc1"


def test_that_layers_are_compared_by_the_units_that_both_kept() -> None:
    swapped = {"fc1": layer("fc1", [5, 1], 9)}
    with_others = collection(
        projection=SimpleNamespace(layers=swapped),
        projections=Records([SimpleNamespace(step=10, features={"fc1": HELD_OUT * [-1, 1]}.get)]),
    )
    assert found_at(with_others, 10).votes[0].tolist() == [3, 7, 3]
    none_in_common = collection(projection=SimpleNamespace(layers={"fc1": layer("fc1", [5, 6], 9)}))
    assert found_at(none_in_common, 10).votes[0].tolist() == [UNKNOWN] * 3


NOBODY = "No held-out samples vote: --projection_samples 2000 records some with the features of layers."
NOT_THEN = "No held-out samples vote: their features were not recorded at this step."
NOT_KEPT = "The outputs of the network for the changed sample were not kept."
NONE = "No changes of a sample were recorded.\nRecord them with --augmentations end, or epochs."


@pytest.mark.parametrize(
    ("changes", "about"),
    [
        ({"projection": None}, NOBODY),
        ({"projection_samples": None}, NOBODY),
        ({"projection_samples": Labelled(None)}, NOBODY),
        ({"projections": Records()}, NOT_THEN),
        ({"projections": Records([SimpleNamespace(step=9)])}, NOT_THEN),
    ],
)
def test_that_where_nobody_votes_it_is_said_why(changes: dict[str, Any], about: str) -> None:
    found = found_at(collection(**changes), 10)
    assert (found.votes == UNKNOWN).all()
    assert found.votes_about == about


@pytest.mark.parametrize(
    ("made", "step", "why"),
    [
        (collection(augmentations=None), 10, NONE),
        (collection(augmentation_records=Records()), 10, "Nothing is measured yet."),
        (collection(record(1200, {})), 10, "The changes of the sample are measured at step 1,200 for the first time."),
        (collection(), 30, NOT_KEPT),
        (collection(record(10, {"fc2": FC2[:, :1]})), 10, NOT_KEPT),
    ],
)
def test_that_where_there_is_nothing_it_is_said_why(made: Any, step: int, why: str) -> None:
    assert changes_at(made, step) == why


def test_that_the_outputs_of_a_last_layer_that_was_not_kept_whole_say_nothing() -> None:
    layers = {"fc1": layer("fc1", [0, 1], 2), "fc2": layer("fc2", [0, 1], 3)}
    made = collection(augmentations=header(layers))
    assert changes_at(made, 10) == NOT_KEPT
    assert changes_at(collection(augmentations=header({})), 10) == NOT_KEPT


def test_that_a_file_which_cannot_be_read_says_so() -> None:
    class Damaged(Records):
        def __getitem__(self, number: Any) -> Any:
            raise CollectionError("run.json", "it is cut off")

    assert changes_at(collection(augmentation_records=Damaged([record(10, {})])), 10) == "'run.json': it is cut off"


def test_that_the_weakest_change_that_flips_stands_behind_the_unchanged_sample() -> None:
    logits = np.array([[1, 0], [0, 1], [0, 1]])
    assert found_at(collection(record(10, {}, logits)), 10).order.tolist() == [0, 2, 1]
    assert found_at(collection(record(10, {}, np.array([[1, 0], [1, 0], [0, 1]]))), 10).order.tolist() == [0, 2, 1]
