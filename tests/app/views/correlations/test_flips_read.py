"""Which measurement of the other network lies beside one, and why there may be nothing to compare."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.views.correlations.across_flips import flips_of, numbers_beside
from collector.storage.errors import CollectionError
from tests.app.views.correlations.made_up import LAYERS, NETWORKS, augmentations_of

HEADER = augmentations_of()
SAME = "the other run has not the same changed samples."


class Records:
    """Measurements of augmentations whose last layer tells classes."""

    def __init__(self, steps: list[int], classes: list[int], stability: float, *, is_damaged: bool = False) -> None:
        self.steps = np.array(steps)
        self._classes, self._stability, self._is_damaged = classes, stability, is_damaged

    def __getitem__(self, number: int) -> Any:
        if self._is_damaged:
            raise CollectionError("run.json", "it is damaged", "record it anew")
        outputs = np.full((len(HEADER), 12), 0.1)
        outputs[np.arange(len(HEADER)), np.array(self._classes)] = 0.9
        stability = np.full((len(LAYERS), len(HEADER)), self._stability + number)
        stability += np.arange(len(LAYERS))[:, None] / 100
        return SimpleNamespace(features=lambda name: outputs if name == LAYERS[-1] else None, stability=stability)


def side(records: Records, header: Any = HEADER, passes: tuple[int, ...] = (0, 10, 20)) -> Any:
    collection = SimpleNamespace(
        augmentations=header, augmentation_records=records, passes=SimpleNamespace(steps=np.array(passes))
    )
    return SimpleNamespace(collection=collection)


CLASSES_A, CLASSES_B = [0, 0, 1, 2, 0, 0, 0, 0, 0], [3, 3, 3, 0, 1, 3, 3, 3, 3]


def comparing(a: Any, b: Any, held: int | None = None, partner: dict[str, str] | None = None) -> Any:
    def aligned(steps_a: np.ndarray, steps_b: np.ndarray) -> SimpleNamespace:
        both = np.intersect1d(steps_a, steps_b)
        return SimpleNamespace(a=both, b=both)

    pair = SimpleNamespace(alignment=SimpleNamespace(of=aligned), partner=partner or {})
    return SimpleNamespace(a=a, b=b, held=held, pair=pair, names=NETWORKS)


@pytest.fixture
def both() -> Any:
    return comparing(side(Records([5, 10, 20], CLASSES_A, 0.5)), side(Records([10, 20], CLASSES_B, 0.25)))


@pytest.mark.parametrize(("number", "beside"), [(0, None), (1, (1, 0)), (2, (2, 1))])
def test_that_the_measurement_at_the_same_place_lies_beside(both: Any, number: int, beside: object) -> None:
    assert numbers_beside(both, number) == beside


@pytest.mark.parametrize(("held", "beside"), [(0, None), (1, (1, 1)), (2, (2, 1))])
def test_that_a_held_pass_has_the_last_measurement_up_to_it(held: int, beside: object) -> None:
    run = side(Records([5, 10, 20], CLASSES_A, 0.5))
    assert numbers_beside(comparing(run, run, held=held), 1) == beside


def test_that_both_tell_what_they_take_each_for_and_how_stable_b_is(both: Any) -> None:
    found = flips_of(both, 2)
    assert found.classes.tolist() == [CLASSES_A, CLASSES_B]
    assert (found.names, found.problem) == (NETWORKS, "")
    assert found.stability[:, 0] == pytest.approx([1.25, 1.26, 1.27, 1.28])
    both.pair.partner.update({"conv1": "fc1", "conv2": "gone"})
    found = flips_of(both, 2)
    assert found.stability[:, 3] == pytest.approx([1.27, np.nan, 1.27, 1.28], nan_ok=True)


def test_that_nothing_is_compared_where_something_is_missing(both: Any) -> None:
    assert flips_of(both, 0).problem == "the other run has no measurement next to this one."
    for other in (
        None,
        replace(HEADER, kinds=("none", *HEADER.kinds[:-1])),
        replace(HEADER, pictures=HEADER.pictures + 1),
    ):
        found = flips_of(comparing(both.a, side(both.b.collection.augmentation_records, other)), 1)
        assert (found.problem, found.classes.shape) == (SAME, (2, 0))
    assert flips_of(comparing(side(both.a.collection.augmentation_records, None), both.b), 1).problem == SAME
    damaged = side(Records([10, 20], CLASSES_B, 0.25, is_damaged=True))
    assert "it is damaged" in flips_of(comparing(both.a, damaged), 1).problem


@pytest.mark.parametrize("change", [{"features": 13}, {"name": LAYERS[0]}])
def test_that_outputs_that_were_not_kept_whole_tell_no_class(both: Any, change: dict[str, Any]) -> None:
    last = HEADER.layers[LAYERS[-1]]
    header = replace(HEADER, layers={**HEADER.layers, LAYERS[-1]: replace(last, **change)})
    found = flips_of(comparing(both.a, side(both.b.collection.augmentation_records, header)), 1)
    assert found.problem == "the outputs of the network were not kept."
