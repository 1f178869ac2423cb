"""Which curves the dynamics panel shows, and what it says of numbers that are none."""

from pathlib import Path

import numpy as np
import pytest

from app.analysis.curve import Measured, curve_table, together
from app.analysis.measures import estimate_text
from app.analysis.not_finite import first_not_finite, not_finite_places, not_finite_steps
from app.analysis.scalar_names import WHOLE_MODEL
from app.views.gradients.analysis.dynamics import (
    PLOTS,
    CurveKind,
    DynamicsOptions,
    measured,
    offer_of,
)
from tests.app.growing_run import GrowingRun
from tests.app.insight_run import open_insight_run

MINIMA = PLOTS[3].curves[0]


def test_that_a_run_offers_its_thresholds_layers_and_averages(tmp_path: Path) -> None:
    offer = offer_of(open_insight_run(tmp_path / "a.json"))
    assert offer is not None
    assert offer.thresholds == ("1e-07", "1e-05")
    assert offer.layers == ("conv1", "conv2", "fc1", "fc2")
    assert offer.has_average


def test_that_a_run_of_every_tenth_step_offers_no_average_and_chooses_none(tmp_path: Path) -> None:
    offer = offer_of(open_insight_run(tmp_path / "a.json", interval=10))
    assert offer is not None
    assert not offer.has_average
    fitted = offer.fitted(DynamicsOptions(layer="gone", threshold="1e-03", is_averaged=True))
    assert fitted == DynamicsOptions(layer=WHOLE_MODEL, threshold="1e-05", is_averaged=False)


def test_that_a_run_without_counts_offers_nothing() -> None:
    assert offer_of(GrowingRun().grow(loss=np.ones(3))) is None


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (DynamicsOptions("fc1", "1e-05"), "near_zero_fraction@1e-05/fc1"),
        (DynamicsOptions("total", "1e-07", is_averaged=True, are_fractions=False), "near_zero@1e-07~ema/total"),
    ],
)
def test_that_choices_name_the_scalar(tmp_path: Path, options: DynamicsOptions, name: str) -> None:
    run = open_insight_run(tmp_path / "a.json")
    curve = measured(run, PLOTS[0].curves[0], options.layer, options)
    assert curve is not None
    assert curve.name == name
    assert curve.values.tolist() == run.series.recorded(name)[1].tolist()


def test_that_minima_as_fractions_are_shares_of_the_flips(tmp_path: Path) -> None:
    run = open_insight_run(tmp_path / "a.json")
    options = DynamicsOptions(threshold="1e-05")
    curve = measured(run, MINIMA, WHOLE_MODEL, options)
    assert curve is not None
    minima, flips = (run.series.recorded(f"{metric}@1e-05/total")[1] for metric in ("minima", "sign_flips"))
    assert curve.values == pytest.approx(minima[flips > 0] / flips[flips > 0])


def test_that_the_original_rule_has_columns_of_its_own() -> None:
    options = DynamicsOptions(are_fractions=False, is_original_rule=True)
    assert MINIMA.metric(options) == "minima_original"


def test_that_steps_with_nothing_to_count_are_passed_over(tmp_path: Path) -> None:
    run = open_insight_run(tmp_path / "a.json", layers=("tiny",))
    options = DynamicsOptions(threshold="1e-07")
    curve = measured(run, CurveKind("sign_flips", "", "flip_fraction"), "tiny", options)
    assert curve is not None
    assert np.isfinite(curve.values).all()


def test_that_layers_measured_at_different_steps_share_an_axis() -> None:
    curves = {
        "a": Measured("a", np.array([0, 2]), np.array([1.0, 2.0])),
        "b": Measured("b", np.array([1, 2]), np.array([3.0, 4.0])),
    }
    steps, values = together(curves)
    assert steps.tolist() == [0, 1, 2]
    np.testing.assert_array_equal(values, [[1, np.nan, 2], [np.nan, 3, 4]])
    assert together({})[1].shape == (0, 0)


def test_that_the_first_nan_names_step_and_layer(tmp_path: Path) -> None:
    run = open_insight_run(tmp_path / "a.json", nan_at=123)
    places = not_finite_places(run)
    assert [each.words for each in first_not_finite(places, run.layers)] == [
        "First NaN in a gradient: step 123, layer fc2"
    ]
    assert not_finite_steps(places, "fc2").tolist() == list(range(123, 200))
    assert not_finite_steps(places, WHOLE_MODEL).tolist() == list(range(123, 200))
    assert not_finite_steps(places, "fc1").tolist() == []


def test_that_counts_of_a_sample_are_called_an_estimate(tmp_path: Path) -> None:
    assert estimate_text(open_insight_run(tmp_path / "a.json")) == ""
    sampled = open_insight_run(tmp_path / "b.json", sample=1000)
    assert estimate_text(sampled) == "estimate from 1,000 of 61,300 parameters"


def test_that_a_table_of_curves_has_a_row_for_each_step_of_any() -> None:
    curves = [
        Measured("a", np.array([0, 2]), np.array([1.0, 2.0])),
        Measured("b", np.array([2]), np.array([5.0])),
    ]
    assert curve_table(curves) == (("step", "a", "b"), [(0, 1.0, None), (2, 2.0, 5.0)])
    assert curve_table([]) == (("step",), [])
