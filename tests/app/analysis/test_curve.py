"""Scalars as curves: names, gaps, ranges, thinning, sparks."""

import numpy as np
import pytest

from app.analysis.curve import Measured, measured_of, smoothed, smoothing_text, spikes, y_range
from app.analysis.scalar_names import grouped, matching, parse
from app.views.layers.analysis.spark import MOST_POINTS, Spark, spark_of
from collector.report.thinning import is_jagged, standing_alone, thinned
from collector.storage.columns import Columns
from collector.storage.series import Series


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("loss", "Loss"),
        ("learning_rate", "Learning rate"),
        ("gradient_norm/conv1", "Gradient norm · conv1"),
        ("released_fraction@1e-05/total", "Released fraction, below 1e-05 · whole model"),
        ("sign_flips@1e-07~ema/body.0.conv2", "Flips inside the retained, below 1e-07, moving average · body.0.conv2"),
        ("a/b/c", "A · b/c"),
        ("", ""),
    ],
)
def test_that_a_name_is_put_into_words(text: str, title: str) -> None:
    assert parse(text).title == title


def test_that_names_are_grouped_by_measure_with_the_whole_model_first() -> None:
    groups = grouped(map(parse, ["loss", "norm/conv1", "norm/total", "zeros@1e-07/fc", "zeros@1e-05/fc"]))
    assert {measure: [name.layer for name in names] for measure, names in groups.items()} == {
        "loss": [""],
        "norm": ["total", "conv1"],
        "zeros, below 1e-07": ["fc"],
        "zeros, below 1e-05": ["fc"],
    }


def test_that_a_search_takes_words_in_any_order_and_case() -> None:
    names = ["gradient_norm/conv1", "gradient_norm/conv2", "weight_norm/conv1"]
    assert [name.text for name in matching(map(parse, names), "CONV1 grad")] == ["gradient_norm/conv1"]


def measured(steps: np.ndarray, values: np.ndarray) -> Measured:
    columns = Columns()
    columns.put("val_loss", steps, values)
    found = measured_of(Series(columns, len(steps)), "val_loss")
    assert found is not None
    return found


def test_that_gaps_of_a_sparse_scalar_are_no_measured_nan() -> None:
    values = np.full(101, np.nan)
    values[::10] = 1.0
    values[50] = np.nan  # this one was due
    curve = measured(np.arange(101), values)
    assert curve.steps.tolist() == list(range(0, 101, 10))
    assert curve.not_finite.tolist() == [50]


@pytest.mark.parametrize("bad", [slice(50, None), slice(50, 60), slice(0, None), slice(3, 4)])
def test_that_nan_of_a_scalar_of_every_step_stays(bad: slice) -> None:
    values = np.ones(100)
    values[bad] = np.nan
    curve = measured(np.arange(100), values)
    assert len(curve.steps) == 100
    np.testing.assert_array_equal(curve.values, values)


def test_that_the_range_of_values_passes_over_wild_tops_and_what_is_not_finite() -> None:
    values = np.ones(10_000)
    values[:3] = 1e9, np.nan, np.inf
    values[5] = 0.5
    assert y_range([values]) == (0.5, 1.0)
    assert y_range([values], least=0.0) == (0.0, 1.0)
    assert y_range([np.full(5, np.nan), np.zeros(0)]) is None
    low, high = y_range([np.full(5, 3.0)])
    assert low < 3 < high


@pytest.mark.parametrize("n", [3, 1_000, 1_001, 99_999])
def test_that_thinning_keeps_ends_extremes_and_order(n: int) -> None:
    random = np.random.default_rng(n)
    steps, values = np.sort(random.choice(10 * n, n, replace=False)), random.normal(size=n)
    values[n // 2] = np.nan
    thin_steps, thin_values = thinned(steps, values, 200)
    assert len(thin_steps) <= max(210, min(n, 200))
    assert (np.diff(thin_steps) > 0).all()
    assert np.nanmax(thin_values) == np.nanmax(values)
    assert np.nanmin(thin_values) == np.nanmin(values)
    assert thin_steps[-1] == steps[-1]
    at = np.searchsorted(steps, thin_steps)
    np.testing.assert_array_equal(values[at], thin_values)


def test_that_thinning_keeps_a_stretch_of_nothing_but_nan_as_a_gap() -> None:
    values = np.ones(10_000)
    values[4000:6000] = np.nan
    _, thin = thinned(np.arange(10_000), values, 200)
    assert np.isnan(thin).any()


def a_spark(values: np.ndarray, last_step: int, is_missing: np.ndarray | None = None) -> Spark:
    missing = np.zeros(0, bool) if is_missing is None else is_missing
    return spark_of(Measured("x", np.arange(len(values)), values, missing), last_step)


def test_that_a_spark_is_on_a_log_scale_only_where_it_spans_decades() -> None:
    wide, narrow = a_spark(np.geomspace(1, 1e-6, 100), 99), a_spark(np.linspace(1, 2, 100), 99)
    assert wide.is_log
    assert not narrow.is_log
    np.testing.assert_allclose(wide.up, 1 - wide.across, atol=1e-9)
    assert not a_spark(np.linspace(0, 1000, 100), 99).is_log, "0 has no place on a log scale"


def test_that_a_spark_of_many_values_is_small_and_of_odd_ones_is_whole() -> None:
    random = np.random.default_rng(0)
    values = random.random(50_000)
    values[1000] = np.inf
    spark = a_spark(values, 50_000)
    assert len(spark.up) <= MOST_POINTS + 10
    assert spark.n_not_finite == 1
    assert spark.not_finite == pytest.approx([0.02], abs=0.01)
    for odd in (np.zeros(0), np.full(3, np.nan), np.ones(1), np.full(9, 5.0)):
        shown = a_spark(odd, 10)
        assert len(shown.up) == len(odd)
        assert np.isnan(shown.up).sum() == np.isnan(odd).sum()


def test_that_a_value_without_a_finite_neighbour_stands_alone() -> None:
    values = np.array([1, np.nan, 2, 3, np.inf, 4])
    assert standing_alone(values).tolist() == [True, False, False, False, False, True]
    assert standing_alone(np.array([7.0])).tolist() == [True]
    assert standing_alone(np.zeros(0)).tolist() == []


def test_that_only_a_curve_that_goes_up_and_down_all_the_time_is_jagged() -> None:
    assert is_jagged(np.tile([0.0, 1.0, np.nan], 200))
    assert not is_jagged(np.sin(np.linspace(0, 20, 1000)))
    assert not is_jagged(np.zeros(1000))
    assert not is_jagged(np.zeros(0))


def test_that_a_spark_tells_missing_gradients_from_numbers_that_are_none() -> None:
    values = np.ones(100)
    values[10:13], values[50:55] = np.nan, np.nan
    is_missing = np.zeros(100, bool)
    is_missing[50:55] = True
    spark = a_spark(values, 100, is_missing)
    assert (spark.n_not_finite, spark.n_without_gradient) == (3, 5)
    assert (len(spark.not_finite), len(spark.without_gradient)) == (3, 5)
    assert spark.without_gradient == pytest.approx(np.arange(50, 55) / 100, abs=0.01)


def test_that_a_mean_is_that_of_its_values_but_for_spikes() -> None:
    values = np.random.default_rng(0).normal(2.0, 0.1, 1000)
    values[500] = 1e6
    window = len(values) // 50
    mean = smoothed(values)
    assert mean is not None
    assert mean[499] == pytest.approx(values[480:500].mean())
    assert mean[505] == pytest.approx(np.delete(values[486:506], 500 - 486).mean())
    assert np.flatnonzero(spikes(values)).tolist() == [500]
    assert smoothing_text(values) == f"mean of {window} values without spikes"


def test_that_a_curve_that_only_begins_high_or_rises_has_no_spike() -> None:
    assert not spikes(np.linspace(3, 0, 1000)).any()
    assert not spikes(np.concatenate([np.ones(900), np.full(100, 1e6)])).any()
    assert smoothed(np.ones(50)) is None
    assert smoothing_text(np.ones(50)) == ""
