"""The norm of many layers together, against a slow and obvious version of itself."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.curve import Measured
from app.views.network.modules.analysis.joined_norm import joined_norm


def slow(norms: list[Measured], step: int) -> tuple[float | None, bool]:
    """Layer by layer."""
    values = [norm.value_at(step) for norm in norms]
    there = [each for each in values if each is not None]
    lacks = any(norm.place_at(step) is not None and norm.value_at(step) is None for norm in norms)
    return (math.sqrt(sum(each**2 for each in there)), False) if there else (None, lacks)


@st.composite
def measured(draw: st.DrawFn) -> Measured:
    steps = draw(st.sampled_from([[], [0], [0, 5, 9], [0, 5, 9], [3, 4]]))
    values = draw(st.lists(st.floats(0, 1e3) | st.just(math.nan), min_size=len(steps), max_size=len(steps)))
    is_missing = draw(st.lists(st.booleans(), min_size=len(steps), max_size=len(steps)) | st.just([]))
    return Measured("gradient_norm/fc", np.array(steps, int), np.array(values, float), np.array(is_missing, bool))


@given(st.lists(measured(), max_size=5), st.integers(-1, 11))
def test_that_it_is_that_of_the_layers_one_by_one(norms: list[Measured], step: int) -> None:
    norm, lacks = slow(norms, step)
    found, is_lacking = joined_norm(norms).at(step)
    assert is_lacking == lacks
    assert found == pytest.approx(norm, nan_ok=True)
