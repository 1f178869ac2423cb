"""A number, NaN or Inf, and no gradient are three things; an estimate says that it is one, and how good."""

import numpy as np
import pytest

from app.analysis.curve import NO_GRADIENT_TEXT, Measured, curve_of, curve_table, measured_of, scalars_of
from app.analysis.measures import estimate_tip, layer_measures
from app.analysis.not_finite import first_not_finite, not_finite_places, not_finite_steps
from app.analysis.scalar_names import WHOLE_MODEL, parse
from app.views.gradients.analysis.dynamics import PLOTS, DynamicsOptions, measured, offer_of
from app.views.layers.analysis.layer_rows import LayerRows
from app.views.optimizer.analysis.layer_heat import NO_GRADIENT, NOT_FINITE, layer_heat
from collector.storage import Collection, open_collection
from collector.storage.columns import Columns
from collector.storage.series import Series
from tests.app.three_states_run import BAD, EVERY, FROZEN, N_STEPS, write_three_states

OPTIONS = DynamicsOptions("fc1", "1e-05")


@pytest.fixture(scope="module", params=[False, True], ids=["new", "older"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return open_collection(write_three_states(tmp_path_factory.mktemp("run") / "a.json", is_older=request.param))


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return open_collection(write_three_states(tmp_path_factory.mktemp("new") / "a.json"))


def column(run: Collection, name: str) -> Measured:
    found = measured_of(run.series, name)
    assert found is not None
    return found


def test_that_a_frozen_layer_has_no_gradient_and_one_of_nan_is_not_finite(run: Collection) -> None:
    frozen, bad = column(run, "gradient_norm/fc1"), column(run, "gradient_norm/fc2")
    assert frozen.without_gradient.tolist() == list(FROZEN)
    assert frozen.not_finite.tolist() == []
    assert bad.without_gradient.tolist() == []
    assert bad.not_finite.tolist() == list(BAD)
    assert (frozen.text_at(FROZEN[0]), bad.text_at(BAD[0])) == (NO_GRADIENT_TEXT, "NaN")
    assert (frozen.value_at(FROZEN[0]), np.isnan(bad.value_at(BAD[0]) or 0)) == (None, True)


def test_that_steps_with_nothing_to_compare_with_are_passed_over(run: Collection) -> None:
    angle = column(run, "gradient_angle/conv1")
    assert angle.steps.tolist() == list(range(EVERY, N_STEPS, EVERY))
    assert np.isfinite(angle.values).all()


def test_that_the_table_of_layers_tells_both_apart(run: Collection) -> None:
    rows = {row.layer.name: row for row in LayerRows(run.layers, run.series, N_STEPS)}
    marks = {name: (row.spark.n_without_gradient, row.spark.n_not_finite) for name, row in rows.items() if row.spark}
    assert marks == {"conv1": (0, 0), "fc1": (len(FROZEN), 0), "fc2": (0, len(BAD))}


def test_that_the_heat_map_tells_both_apart(run: Collection) -> None:
    heat = layer_heat(run, next(each for each in layer_measures(run.series) if each.key == "gradient_norm"))
    assert heat is not None
    for layer, at, number, words in (("fc1", FROZEN, NO_GRADIENT, "no gradient"), ("fc2", BAD, NOT_FINITE, "NaN")):
        row = heat.layers.index(layer)
        assert heat.steps[heat.numbers[row] == number].tolist() == list(at)
        assert heat.text_at(row, at[1]).startswith(words)
    assert heat.value_at(heat.layers.index("fc1"), FROZEN[0]) is None


def test_that_saved_curves_say_no_gradient_and_estimate_with_the_error_behind_it(new: Collection) -> None:
    curve = measured(new, PLOTS[0].curves[0], "fc1", OPTIONS)
    assert curve is not None
    headings, rows = curve_table([curve, column(new, "loss")])
    name = "near_zero_fraction@1e-05"
    assert headings == ("step", f"{name}/fc1 (estimate)", f"{name}~se/fc1", "loss")
    by_step = {row[0]: row[1:] for row in rows}
    assert by_step[FROZEN[0]][0] == NO_GRADIENT_TEXT
    assert by_step[0][1] == 0.01
    assert by_step[1][:2] == (None, None)


def test_that_an_estimate_is_told_with_its_interval_of_95_of_100(new: Collection) -> None:
    curve = column(new, "near_zero_fraction@1e-05/fc1")
    assert curve.is_estimate
    assert curve.text_at(0).endswith(" ± 0.02"), "1.96 times 0.01"
    assert not column(new, "near_zero_fraction@1e-05/fc2").is_estimate
    assert "±" not in column(new, "gradient_norm/fc1").text_at(0)


def test_that_how_good_an_estimate_is_is_said_or_said_to_be_unknown(run: Collection) -> None:
    is_new = any(name.startswith("no_gradient/") for name in run.series)
    assert ("1.96 standard errors" in estimate_tip(run)) == is_new
    assert ("not recorded" in estimate_tip(run)) != is_new
    assert column(run, "near_zero@1e-05/total").is_estimate


def test_that_standard_errors_are_no_curves_of_their_own(new: Collection) -> None:
    assert any("~se" in name for name in new.series)
    assert not [name for name in scalars_of(new) if "~se" in name]
    assert not [each.key for each in layer_measures(new.series) if "~se" in each.key]
    offer = offer_of(new)
    assert offer is not None
    assert not offer.has_average, "~se is no moving average"
    assert parse("near_zero@1e-05~ema~se/fc1").is_averaged
    assert parse("near_zero@1e-05~ema~se/fc1").is_error


def test_that_a_curve_of_the_timeline_has_the_three_states_too(run: Collection) -> None:
    curve = curve_of(run, "gradient_norm/fc1")
    assert curve is not None
    assert curve.without_gradient.tolist() == list(FROZEN)


def of_columns(columns: dict[str, dict[int, float]]) -> Series:
    gathered = Columns()
    for name, values in columns.items():
        gathered.put(name, np.array(list(values)), np.array(list(values.values()), np.float64))
    return Series(gathered, 100)


class _Run:
    """As much of a collection as is looked at."""

    def __init__(self, columns: dict[str, dict[int, float]], layers: tuple[str, ...]) -> None:
        self.series, self.layers = of_columns(columns), dict.fromkeys(layers)


def test_that_what_is_not_finite_is_found_in_gradients_weights_updates_activations_and_loss() -> None:
    run = _Run(
        {
            "nan/b": {40: 2, 50: 1},
            "plus_inf/a": {50: 1},
            "not_finite_weight/b": {30: 0, 41: 7},
            "not_finite_update/a": {41: 7},
            "not_finite_update/b": {41: 7},
            "not_finite_activation/a": {20: 0, 60: 1},
            "weight_norm/a": {0: 1, 45: np.inf},
            "loss": {43: 1, 44: np.nan, 45: np.nan},
        },
        ("a", "b"),
    )
    assert [each.words for each in first_not_finite(not_finite_places(run), run.layers)] == [  # type: ignore[arg-type]
        "First NaN in a gradient: step 40, layer b",
        "First NaN or Inf in a weight: step 41, layer b",
        "First NaN or Inf in an update: step 41, layer a and 1 more",
        "First loss that is NaN or Inf: step 44",
        "First +Inf in a gradient: step 50, layer a",
        "First NaN or Inf in an activation: step 60, layer a",
    ]
    assert not_finite_steps(not_finite_places(run), "a").tolist() == [41, 45, 50, 60]  # type: ignore[arg-type]
    assert not_finite_steps(not_finite_places(run), WHOLE_MODEL).tolist() == [40, 41, 44, 45, 50, 60]  # type: ignore[arg-type]


def test_that_an_older_run_tells_weights_that_are_nan_by_their_norm() -> None:
    run = _Run({"weight_norm/a": {0: 1, 10: np.nan}}, ("a",))
    assert [each.words for each in first_not_finite(not_finite_places(run), run.layers)] == [  # type: ignore[arg-type]
        "First NaN or Inf in a weight: step 10, layer a"
    ]


def test_that_only_norms_of_layers_tell_and_what_is_no_norm_tells_nothing() -> None:
    run = _Run({"gradient_angle/a": {0: np.nan}, "weight_norm/total": {0: np.nan}, "nan/total": {0: 4}}, ("a",))
    assert not_finite_places(run) == []  # type: ignore[arg-type]
