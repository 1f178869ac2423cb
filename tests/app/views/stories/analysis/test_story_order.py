"""Orders of samples beside slow ones, and the stretches that they fall into."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.views.stories.analysis.story_order import StoryOrder, orders_of, story_order, stretches
from app.views.stories.analysis.story_run import StoryRun
from tests.app.views.stories.made_up_story import WITHOUT, story_of
from tests.app.views.stories.told_run import Told

SEEDS = st.integers(0, 9999)
NEVER = 999


def made(seed: int, **changes: Any) -> StoryRun:
    """Of few classes and figures, so that many are equal."""
    random = np.random.default_rng(seed)
    n, m = int(random.integers(1, 15)), int(random.integers(1, 6))
    told = Told(n, m)
    known: dict[str, Any] = {
        "labels": random.integers(0, 3, n),
        "predictions": random.integers(-1, 3, (m, n)),
        "confidences": random.integers(0, 3, (m, n)) / 2,
        "losses": random.integers(0, 3, (m, n)).astype(float),
    }
    return story_of(told, **(known | changes))


def story(run: StoryRun, sample: int) -> list[bool]:
    assert run.predictions is not None
    assert run.labels is not None
    return [bool(each == run.labels[sample]) for each in run.predictions[:, sample]]


def learnt(run: StoryRun, sample: int) -> int:
    own = story(run, sample)
    return own.index(True) if True in own else NEVER


def forgotten(run: StoryRun, sample: int) -> int:
    own = story(run, sample)
    return sum(a and not b for a, b in pairwise(own))


@given(SEEDS)
def test_that_the_learnt_come_by_when_then_by_how_seldom_they_were_forgotten_and_how_often_right(seed: int) -> None:
    run = made(seed)
    slow = sorted(range(len(run)), key=lambda it: (learnt(run, it), forgotten(run, it), -sum(story(run, it))))
    assert story_order(run, StoryOrder.LEARNT).tolist() == slow


@given(SEEDS)
def test_that_the_forgotten_come_by_how_often_and_then_by_when_they_were_learnt(seed: int) -> None:
    run = made(seed)
    often = {it: NEVER if learnt(run, it) == NEVER else forgotten(run, it) for it in range(len(run))}
    slow = sorted(often, key=lambda it: (-often[it], learnt(run, it)))
    assert story_order(run, StoryOrder.FORGOTTEN).tolist() == slow


@given(SEEDS)
def test_that_figures_are_ordered_by_their_means_and_equals_by_the_file(seed: int) -> None:
    run = made(seed)
    assert run.confidences is not None
    assert run.losses is not None
    sure, loss = run.confidences.mean(axis=0), run.losses.mean(axis=0)
    assert story_order(run, StoryOrder.CONFIDENCE).tolist() == sorted(range(len(run)), key=lambda it: sure[it])
    assert story_order(run, StoryOrder.LOSS).tolist() == sorted(range(len(run)), key=lambda it: -loss[it])


@given(SEEDS)
def test_that_labels_are_ordered_by_when_their_samples_were_learnt(seed: int) -> None:
    run = made(seed)
    assert run.labels is not None
    labels = run.labels.tolist()
    slow = sorted(range(len(run)), key=lambda it: (labels[it], learnt(run, it)))
    assert story_order(run, StoryOrder.CLASS).tolist() == slow
    without = made(seed, predictions=None)
    assert story_order(without, StoryOrder.CLASS).tolist() == sorted(range(len(run)), key=lambda it: labels[it])


@pytest.mark.parametrize("order", StoryOrder)
def test_that_without_what_it_goes_by_an_order_is_the_files(order: StoryOrder) -> None:
    nothing: dict[str, Any] = WITHOUT
    run = story_of(Told(5, 2), **nothing)
    assert orders_of(run) == [StoryOrder.RECORDED]
    assert story_order(run, order).tolist() == [0, 1, 2, 3, 4]


def test_that_every_order_is_offered_that_there_is_something_for() -> None:
    assert orders_of(made(0)) == list(StoryOrder)
    assert StoryOrder.LEARNT not in orders_of(made(0, labels=None))


def test_that_the_most_suspicious_come_first() -> None:
    run = story_of(Told())
    assert run.suspicion is not None
    assert story_order(run, StoryOrder.SUSPICIOUS).tolist() == run.suspicion.order.tolist()


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (StoryOrder.LEARNT, [(0, "step 0"), (1, "step 10"), (3, "step 2,000"), (4, "never learnt")]),
        (StoryOrder.FORGOTTEN, [(0, "never learnt"), (1, "forgotten 1×"), (2, "never forgotten")]),
        (StoryOrder.CLASS, [(0, "ant"), (3, "cat")]),
        (StoryOrder.SUSPICIOUS, []),
        (StoryOrder.RECORDED, []),
    ],
)
def test_that_a_stretch_begins_where_something_else_is_in_common(
    order: StoryOrder, expected: list[tuple[int, str]]
) -> None:
    labels = np.array([0, 0, 0, 2, 2])
    right = np.array([[1, 0, 0, 0, 0], [0, 1, 1, 0, 0], [0, 1, 1, 1, 0]], bool)
    run = story_of(Told(5, 3), labels=labels, predictions=np.where(right, labels, 3), steps=np.array([0, 10, 2000]))
    assert stretches(run, order, story_order(run, order)) == expected
    assert stretches(run, order, np.zeros(0, int)) == []


def test_that_without_predictions_only_labels_have_stretches() -> None:
    run = made(3, labels=np.array([1] * len(made(3))), predictions=None)
    assert stretches(run, StoryOrder.CLASS, np.arange(len(run))) == [(0, "bee")]
    assert stretches(run, StoryOrder.RECORDED, np.arange(len(run))) == []
