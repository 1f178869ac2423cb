"""Shares of groups of columns and rows, against slow versions that count one gradient at a time."""

from math import ceil

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.views.gradients.analysis.sign_shares import (
    bits_of_spans,
    counts_of_bits,
    pooled_columns,
    pooled_rows,
    shares_of_bits,
    shares_of_spans,
)


def planes_of(classes: np.ndarray) -> np.ndarray:
    """Bits ``[R, 4, B]`` of classes ``[R, D]``: 1 negative, 2 positive, 3 zero, 4 not finite, 5 no gradient."""
    set_in = ((1, 3), (2, 3), (4,), (5,))
    return np.stack([np.packbits(np.isin(classes, each), axis=1) for each in set_in], axis=1)


def random_classes(seed: int, n_rows: int, n_columns: int) -> np.ndarray:
    n_classes = 4 if seed % 2 else 6
    return np.random.default_rng(seed).integers(0, n_classes, (n_rows, n_columns)).astype(np.uint8)


@given(
    spans=st.lists(st.integers(0, 600), min_size=2, max_size=6, unique=True).map(sorted),
    n_columns=st.integers(1, 700),
    level=st.integers(0, 9),
)
def test_that_shares_of_spans_are_those_of_their_bits(spans: list[int], n_columns: int, level: int) -> None:
    pairs = [(first, min(last, n_columns)) for first, last in zip(spans[::2], spans[1::2], strict=False)]
    is_inside = np.array([any(a <= column < b for a, b in pairs) for column in range(n_columns)])
    groups = [is_inside[start : start + 2**level] for start in range(0, n_columns, 2**level)]

    assert shares_of_spans(pairs, level, n_columns).tolist() == [ceil(255 * int(g.sum()) / len(g)) for g in groups]
    assert bits_of_spans(pairs, 0, -(-n_columns // 8)).tolist() == np.packbits(is_inside).tolist()
    assert bits_of_spans(pairs, 3, 9).tolist() == np.packbits(np.append(is_inside, [False] * 72))[3:9].tolist()


@given(seed=st.integers(0, 99), n_columns=st.integers(1, 700), level=st.integers(0, 7))
def test_that_shares_of_bits_are_counts_in_255ths_rounded_up(seed: int, n_columns: int, level: int) -> None:
    classes = random_classes(seed, 2, n_columns)

    shares = shares_of_bits(planes_of(classes), level, n_columns)

    groups = [classes[:, start : start + 2**level] for start in range(0, n_columns, 2**level)]
    for kind in range(1, 6):
        slow = [
            [ceil(255 * int((part == kind).sum()) / len(part)) for part in (g[row] for g in groups)] for row in (0, 1)
        ]
        assert shares[kind - 1].tolist() == slow


@given(seed=st.integers(0, 99), n_groups=st.integers(1, 70), level=st.integers(0, 9))
def test_that_pooled_columns_are_means_rounded_up(seed: int, n_groups: int, level: int) -> None:
    shares = np.random.default_rng(seed).integers(0, 256, (5, 2, n_groups)).astype(np.uint8)

    pooled = pooled_columns(shares, level)

    starts = range(0, n_groups, 2**level)
    slow = [np.ceil(shares[..., start : start + 2**level].astype(float).mean(-1) - 1e-9) for start in starts]
    assert np.array_equal(pooled, np.stack(slow, axis=-1))


@given(seed=st.integers(0, 99), n_rows=st.integers(1, 20), level=st.integers(0, 4))
def test_that_pooled_rows_are_means_of_the_readable_ones(seed: int, n_rows: int, level: int) -> None:
    random = np.random.default_rng(seed)
    is_readable = random.random(n_rows) < 0.6
    shares = random.integers(0, 256, (5, n_rows, 6)).astype(np.uint8) * is_readable[:, None].astype(np.uint8)

    pooled, is_there = pooled_rows(shares, is_readable, level)

    for number, start in enumerate(range(0, n_rows, 2**level)):
        rows = [row for row in range(start, min(start + 2**level, n_rows)) if is_readable[row]]
        assert is_there[number] == bool(rows)
        if rows:
            slow = np.ceil(shares[:, rows].astype(float).mean(1) - 1e-9)
            assert np.array_equal(pooled[:, number], slow)


@given(seed=st.integers(0, 99), start=st.integers(0, 300), length=st.integers(1, 300))
def test_that_counts_are_of_the_columns_asked_for_and_no_others(seed: int, start: int, length: int) -> None:
    classes = random_classes(seed, 1, 700)
    bits = planes_of(classes)[0, :, start // 8 : -(-(start + length) // 8)]

    counts = counts_of_bits(bits, start, start + length)

    assert counts.tolist() == [int((classes[0, start : start + length] == kind).sum()) for kind in range(6)]


def test_that_one_among_a_million_is_still_not_nothing() -> None:
    classes = np.zeros((1, 2**20), np.uint8)
    classes[0, 777_777] = 1

    shares = pooled_columns(shares_of_bits(planes_of(classes), 7, 2**20), 13)

    assert shares.tolist() == [[[1]], [[0]], [[0]], [[0]], [[0]]]
