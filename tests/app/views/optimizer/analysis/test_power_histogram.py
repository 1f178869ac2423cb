"""Bars of counts by sign and power of two."""

import numpy as np
import pytest

from app.views.optimizer.analysis.power_histogram import MIDDLE, BinRange, range_of, summed

POWERS = ("1e−6", "1e−5", "1e−4", "1e−3", "1e−2", "1e−1", "1", "1e1", "1e2", "1e3")
"""Of ten, from 2⁻²⁴ to 2¹³, but for the first, which is too near to 0."""


def counts(**bins: int) -> np.ndarray:
    """``p3=5``: five values in the third bin above the middle; ``n3``: below it; ``z``: in the middle."""
    made = np.zeros(129, np.int64)
    for name, number in bins.items():
        sign = {"p": 1, "n": -1, "z": 0}[name[0]]
        made[MIDDLE + sign * int(name[1:] or 0)] += number
    return made


def test_that_the_range_holds_both_signs_alike() -> None:
    found = range_of(counts(p40=10, n30=10, z=3))
    assert found == BinRange(30, 40)
    assert found.n_bars == 23


def test_that_what_is_nearer_to_zero_counts_in_the_middle_so_that_none_is_lost() -> None:
    values = counts(p40=10_000, n40=10_000, p2=1, z=7)
    found = range_of(values)
    assert found is not None
    bars = found.bars(values)
    assert bars.sum() == values.sum()
    assert bars[found.n_bars // 2] == 8
    assert bars[0] == bars[-1] == 10_000


@pytest.mark.parametrize("values", [counts(p1=1), counts(n64=1), counts(z=5), counts(p64=3, n1=3)])
def test_that_few_bins_still_have_an_axis(values: np.ndarray) -> None:
    found = range_of(values)
    assert found is not None
    assert found.far - found.near >= 5
    assert found.bars(values).sum() == values.sum()


def test_that_no_value_has_no_range() -> None:
    assert range_of(np.zeros(129, np.int64)) is None


def test_that_ranges_only_grow_when_joined() -> None:
    assert BinRange(10, 20).joined(BinRange(15, 30)) == BinRange(10, 30)


def test_that_powers_of_ten_stand_where_they_are_and_keep_their_distance() -> None:
    shown = BinRange(25, 60)  # 2^-24 … 2^12
    n_side = 36
    places = {text: place for place, text in shown.ticks(20, 40)}
    assert [*places] == [*(f"−{text}" for text in POWERS[::-1]), "0", *POWERS]
    assert places["0"] == n_side + 0.5
    for text in POWERS:
        above = np.log2(float(text.replace("−", "-"))) + 24  # in bars, of which each holds a power of two
        assert places[text] == pytest.approx(n_side + 1 + above)
        assert places[f"−{text}"] == pytest.approx(n_side - above)
    for bar_px in (1, 3, 10):
        gaps = np.diff([place for place, _ in shown.ticks(bar_px, 40)]) * bar_px
        assert (gaps > 25).all()


def test_that_layers_are_summed_where_they_have_the_kind() -> None:
    layers = [{"weight": counts(p3=1)}, {"weight": counts(p3=2), "gradient": counts(n4=1)}]
    total = summed(layers, "weight")
    assert total is not None
    assert total[MIDDLE + 3] == 3
    assert summed(layers, "update") is None
