"""The sign raster's bits and overview against slow versions that look at one number at a time."""

from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from collector.metrics.signs import sign_bits, sign_overview

LIMIT = np.float32(1e-5)
SPECIAL = [0.0, -0.0, float(LIMIT), -float(LIMIT), 1e-45, -1e-45, np.nan, np.inf, -np.inf]
GRADIENTS = st.one_of(
    st.sampled_from(SPECIAL), st.floats(-(2**-15), 2**-15, width=32), st.floats(width=32, allow_nan=True)
)


def class_of(value: np.float32) -> tuple[bool, bool]:
    """Near zero and not positive, near zero and not negative: of one gradient."""
    is_near = bool(abs(value) <= LIMIT)
    return is_near and bool(value <= 0), is_near and bool(value >= 0)


def shares_of(classes: list[tuple[bool, bool]]) -> list[int]:
    """Negative, positive and zero of one group, in 255ths, rounded up."""
    counted = [classes.count(each) for each in ((True, False), (False, True), (True, True))]
    return [ceil(255 * count / len(classes)) for count in counted]


@given(arrays(np.float32, st.integers(0, 700), elements=GRADIENTS))
def test_that_bits_and_overview_are_those_of_looking_at_one_number_at_a_time(flat: np.ndarray) -> None:
    classes = [class_of(value) for value in flat]

    bits = sign_bits(flat, 1e-5)

    assert bits.shape == (2, ceil(len(flat) / 8))
    unpacked = np.unpackbits(bits, axis=1)
    assert [(bool(a), bool(b)) for a, b in unpacked[:, : len(flat)].T] == classes
    assert not unpacked[:, len(flat) :].any()
    slow = [shares_of(classes[start : start + 256]) for start in range(0, len(flat), 256)]
    overview = sign_overview(bits, len(flat))
    assert (overview.dtype, overview.shape) == (np.uint8, (3, ceil(len(flat) / 256)))
    assert overview.T.tolist() == slow


@pytest.mark.parametrize("n_columns", [2**18 - 1, 2**18, 2**18 + 1, 3 * 2**18 + 77])
def test_that_chunks_join_without_a_seam(n_columns: int) -> None:
    flat = np.random.default_rng(0).normal(0, 1e-5, n_columns).astype(np.float32)

    bits = sign_bits(flat, 1e-5)

    near = np.abs(flat) <= LIMIT
    assert np.array_equal(bits, np.stack([np.packbits(near & (flat <= 0)), np.packbits(near & (flat >= 0))]))
    assert sign_overview(bits, n_columns).shape == (3, ceil(n_columns / 256))


def test_that_a_single_one_of_256_is_not_lost() -> None:
    flat = np.ones(512, np.float32)
    flat[300] = -1e-6

    assert sign_overview(sign_bits(flat, 1e-5), 512).tolist() == [[0, 1], [0, 0], [0, 0]]


def test_that_gradients_that_are_not_contiguous_are_read_as_they_are() -> None:
    flat = np.random.default_rng(0).normal(0, 1e-5, 1000).astype(np.float32)

    assert np.array_equal(sign_bits(flat[::2], 1e-5), sign_bits(flat[::2].copy(), 1e-5))
