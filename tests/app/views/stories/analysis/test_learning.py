"""Learnt, forgotten, the data map, margins and suspicion, each beside a slow version of itself."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.views.stories.analysis.data_map import data_map
from app.views.stories.analysis.learning import (
    NEVER,
    first_learnt,
    is_right,
    times_forgotten,
)
from app.views.stories.analysis.suspicion import area_under_margin, suspicion

RIGHTS = arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 6)))
NUMBERS = arrays(np.float32, st.tuples(st.integers(1, 9), st.integers(1, 6)), elements=st.floats(0, 1, width=32))


def story_of(right: np.ndarray, sample: int) -> list[bool]:
    return [bool(each) for each in right[:, sample]]


@given(RIGHTS)
def test_that_a_sample_is_learnt_when_it_is_first_right(right: np.ndarray) -> None:
    slow = []
    for sample in range(right.shape[1]):
        story = story_of(right, sample)
        slow.append(story.index(True) if True in story else NEVER)
    assert first_learnt(right).tolist() == slow


@given(RIGHTS)
def test_that_a_sample_is_forgotten_each_time_that_wrong_follows_right(right: np.ndarray) -> None:
    slow = []
    for sample in range(right.shape[1]):
        story = story_of(right, sample)
        slow.append(sum(before and not after for before, after in pairwise(story)))
    assert times_forgotten(right).tolist() == slow


def test_that_without_a_measurement_nothing_is_learnt() -> None:
    assert first_learnt(np.zeros((0, 2), bool)).tolist() == [NEVER, NEVER]


def test_that_no_prediction_is_not_right() -> None:
    assert is_right(np.array([[-1, 2]]), np.array([-1, 2])).tolist() == [[False, True]]


@given(NUMBERS)
def test_that_the_data_map_is_mean_and_deviation_over_the_measurements(probabilities: np.ndarray) -> None:
    found = data_map(probabilities, probabilities > 0.5)
    for sample in range(probabilities.shape[1]):
        own = [float(each) for each in probabilities[:, sample]]
        mean = sum(own) / len(own)
        assert found.confidence[sample] == pytest.approx(mean)
        assert found.variability[sample] == pytest.approx((sum((each - mean) ** 2 for each in own) / len(own)) ** 0.5)
        assert found.correctness[sample] == pytest.approx(sum(each > 0.5 for each in own) / len(own))


def test_that_what_was_not_measured_counts_in_no_mean() -> None:
    found = data_map(np.array([[0.2, np.nan], [0.6, np.nan], [np.nan, np.nan]]))
    assert found.confidence[0] == pytest.approx(0.4)
    assert found.variability[0] == pytest.approx(0.2)
    assert np.isnan(found.confidence[1])


@given(NUMBERS)
def test_that_the_area_under_the_margin_is_the_mean_of_label_less_largest_other(logits: np.ndarray) -> None:
    slow = [sum(float(each) for each in own) / len(own) for own in logits.T]
    np.testing.assert_allclose(area_under_margin(logits), slow)


@pytest.mark.parametrize(
    ("name", "values", "order"),
    [
        ("margins", [[3.0, -2.0, 0.5]], [1, 2, 0]),
        ("label_probabilities", [[0.9, 0.1, 0.5]], [1, 2, 0]),
        ("losses", [[0.1, 4.0, 1.0]], [1, 2, 0]),
        ("right", [[True, False, True], [True, False, False]], [1, 2, 0]),
    ],
)
def test_that_the_most_suspicious_come_first_by_whatever_is_recorded(
    name: str, values: list[list[float]], order: list[int]
) -> None:
    found = suspicion(**{name: np.array(values)})
    assert found is not None
    assert found.order.tolist() == order


def test_that_a_sample_of_which_nothing_is_known_is_the_least_suspicious() -> None:
    found = suspicion(margins=np.array([[np.nan, 1.0, -1.0]]))
    assert found is not None
    assert found.order.tolist() == [2, 1, 0]


@pytest.mark.parametrize(
    ("name", "values", "title", "figure"),
    [
        ("margins", [[3.0], [-2.0]], "AUM", "0.50"),
        ("label_probabilities", [[0.25], [0.5]], "mean p(label)", "37.5 %"),
        ("losses", [[2.0], [4.28]], "mean loss", "3.14"),
        ("right", [[True], [False]], "right", "50.0 %"),
    ],
)
def test_that_a_mean_is_called_so_and_told_as_what_it_is_of(
    name: str, values: list[list[float]], title: str, figure: str
) -> None:
    found = suspicion(**{name: np.array(values)})
    assert found is not None
    assert (found.title, found.figure_text(0)) == (title, figure)


def test_that_without_records_nobody_is_suspicious() -> None:
    assert suspicion() is None
