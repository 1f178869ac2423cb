"""The sample of a large model, against every draw that there could be."""

from itertools import combinations

import numpy as np
import pytest

from collector.metrics.flat_layout import WORD, FlatLayout
from collector.metrics.sample import covariances


def test_that_every_word_is_drawn_as_often_as_any_other_the_shorter_last_one_too() -> None:
    size = 40 * WORD + 5
    values = np.repeat(np.arange(41, dtype=np.float32), WORD)[:size]
    times = np.zeros(41)
    for seed in range(400):
        layout = FlatLayout([size], 16 * WORD, seed)
        row = np.zeros(layout.length, np.float32)
        layout.copy([values], row)
        drawn = row[::WORD].astype(int)
        assert layout.counted[0] == (np.isin(drawn, 40)).sum() * (5 - WORD) + len(drawn) * WORD
        times[drawn] += 1

    share = len(drawn) / 41
    assert np.abs(times / 400 - share).max() < 5 * (share * (1 - share) / 400) ** 0.5


def test_that_a_word_that_is_a_part_of_one_brings_its_values_and_no_others() -> None:
    size = 40 * WORD + 5
    values = np.arange(1, size + 1, dtype=np.float32)
    seed = next(n for n in range(99) if FlatLayout([size], 16 * WORD, n).counted[0] % WORD)
    layout = FlatLayout([size], 16 * WORD, seed)
    row = np.zeros(layout.length, np.float32)

    layout.copy([values], row)

    place = layout.place(0)
    assert row[place][-5:].tolist() == values[-5:].tolist()
    assert not row[place.stop :].any()
    assert np.unpackbits(layout.valid.view(np.uint8)).sum() == layout.counted[0]


def test_that_what_is_not_trained_takes_the_place_of_nothing_that_is() -> None:
    sizes = [100 * WORD, 1000 * WORD]
    layout = FlatLayout(sizes, 200 * WORD, is_trained=[True, False])

    assert layout.n_taken.tolist() == [100, 100]
    assert layout.weights.tolist() == [1, 10]


@pytest.mark.parametrize("n_taken", [2, 3, 5, 6])
def test_that_estimated_variances_are_right_on_average_over_every_draw(n_taken: int) -> None:
    chance = np.random.default_rng(0)
    x, y = chance.normal(2, 1, 6), chance.normal(-1, 3, 6)
    estimates, told = [], []
    for drawn in combinations(range(6), n_taken):
        own = x[list(drawn)], y[list(drawn)]
        found = covariances(own, [(0, 0), (0, 1)], np.array([0]), np.array([6]), np.array([n_taken]))
        told.append(found[:, 0])
        estimates.append([each.sum() * 6 / n_taken for each in own])

    totals = np.array(estimates)
    assert totals.mean(axis=0) == pytest.approx([x.sum(), y.sum()])
    expected = [totals[:, 0].var(), np.mean(totals[:, 0] * totals[:, 1]) - x.sum() * y.sum()]
    assert np.mean(told, axis=0) == pytest.approx(expected, abs=1e-9)
