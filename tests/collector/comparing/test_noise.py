"""What repeats of a run differ by, against the formula written out."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from collector import open_collection
from collector.comparing import Alignment
from collector.comparing.noise import Band, Noise, prediction_band
from tests.collector.findings.recorded import Recorded, chain


def drawn(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def slow_band(values: np.ndarray, spread: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """m ± t s √(1 + 1/n) of each column by itself."""
    low, high = np.full(values.shape[1], np.nan), np.full(values.shape[1], np.nan)
    for column in range(values.shape[1]):
        own = values[np.isfinite(values[:, column]), column]
        n = len(own)
        if n > 2:
            s = np.std(own, ddof=1) if spread is None else spread[column]
            reach = stats.t.ppf(0.975, min(n - 1, 15)) * s * np.sqrt(1 + 1 / n)
            low[column], high[column] = own.mean() - reach, own.mean() + reach
    return low, high


@pytest.mark.parametrize("n", [3, 4, 5, 8, 12, 16, 17, 40])
def test_that_bounds_are_students_of_so_many_runs(n: int) -> None:
    values = drawn(n, 1)
    values[0] = -1.0
    assert np.allclose(prediction_band(values), slow_band(values), rtol=1e-3)


def test_that_of_values_above_0_their_logarithms_are_bounded() -> None:
    values = np.exp(drawn(4, 1))
    assert np.allclose(prediction_band(values), np.exp(slow_band(np.log(values))), rtol=1e-3)


def test_that_a_value_of_0_is_not_above_it() -> None:
    values = np.array([[0.0], [1.0], [2.0]])
    assert np.allclose(prediction_band(values), slow_band(values), rtol=1e-3)


def test_that_runs_that_agree_by_chance_spread_as_their_neighbours_do() -> None:
    values = drawn(4, 30)
    values[:, 0] = values[:, 12] = values[:, 29] = -1.0
    own = np.std(values, axis=0, ddof=1)
    around = [np.median(np.pad(own, 4, mode="edge")[at : at + 9]) for at in range(30)]
    assert np.allclose(prediction_band(values), slow_band(values, np.maximum(own, around)), rtol=1e-3)


def test_that_of_fewer_steps_all_are_neighbours() -> None:
    values = drawn(4, 8)
    values[:, 2] = -1.0
    own = np.std(values, axis=0, ddof=1)
    assert np.allclose(prediction_band(values), slow_band(values, np.maximum(own, np.median(own))), rtol=1e-3)


def test_that_logarithms_spread_by_what_is_usual_at_least_and_other_values_by_their_own() -> None:
    above, any_sign = np.exp(0.01 * drawn(3, 1)), drawn(3, 1)
    wide = np.exp(slow_band(np.log(above), np.array([0.5])))
    assert np.allclose(prediction_band(above, least=0.5), wide, rtol=1e-3)
    assert np.allclose(prediction_band(any_sign, least=50.0), slow_band(any_sign), rtol=1e-3)


def test_that_a_step_is_bounded_by_the_runs_that_have_it_if_these_are_three() -> None:
    values = drawn(4, 3)
    values[3, 1] = values[2:, 2] = np.nan
    low, high = prediction_band(values)
    own = np.std(values[:, 0], ddof=1), np.std(values[:3, 1], ddof=1), np.nan
    spread = np.maximum(own, np.median(own[:2]))
    assert np.allclose((low, high), slow_band(values, spread), rtol=1e-3, equal_nan=True)
    assert np.isnan([low[2], high[2]]).all()


def test_that_outside_is_what_lies_beyond_either_bound_at_a_step_of_the_band() -> None:
    band = Band(np.array([0, 10, 20]), np.array([0.0, 0.0, np.nan]), np.array([1.0, 1.0, np.nan]))
    steps = np.array([0, 0, 0, 0, 10, 15, 20, 30])
    values = np.array([-0.1, 0.0, 1.0, 1.1, 1.1, 9.0, 9.0, 9.0])
    assert band.outside(steps, values).tolist() == [True, False, False, True, True, False, False, False]
    nothing = Band(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    assert nothing.outside(np.array([3]), np.array([9.0])).tolist() == [False]


def noise(folder: Path, *runs: dict[str, np.ndarray], layers: tuple[str, ...] = ("fc1", "fc2", "fc3")) -> Noise:
    """Of a first run and its repeats, the last of which calls its layers by other names."""
    files = []
    for number, columns in enumerate(runs):
        made = chain(3)
        for layer, name in zip(made, layers if number == len(runs) - 1 else ("fc1", "fc2", "fc3"), strict=True):
            layer.name = name
        files.append(open_collection(Recorded(folder, made, name=f"{number}.json").scalars(columns).write()))
    return Noise(files[0], files[1:], [Alignment(files[0], each) for each in files[1:]])


def test_that_the_band_of_a_scalar_is_that_of_all_runs_at_the_steps_of_a(tmp_path: Path) -> None:
    losses = drawn(3, 20)
    made = noise(tmp_path, *({"loss": own} for own in losses))
    band = made.band("loss")
    assert band is not None
    assert band.steps.tolist() == list(range(20))
    assert np.array_equal((band.low, band.high), prediction_band(losses))
    assert made.band("loss") is band
    assert len(made) == 3
    assert made.text.startswith("the spread of 3 runs;")


def test_that_a_layer_is_found_in_a_repeat_under_its_name_there(tmp_path: Path) -> None:
    norms = drawn(3, 20)
    columns = [{f"a/{'net.' if number == 2 else ''}fc1": own} for number, own in enumerate(norms)]
    made = noise(tmp_path, *columns, layers=("net.fc1", "net.fc2", "net.fc3"))
    band = made.band("a/fc1")
    assert band is not None
    assert np.array_equal((band.low, band.high), prediction_band(norms))


def test_that_a_layer_spreads_at_least_as_layers_usually_do_by_that_metric(tmp_path: Path) -> None:
    wide = np.exp(drawn(3, 20))
    columns = [
        {"norm/fc1": np.full(20, 2.0), "norm/fc2": own, "norm/fc3": own**3, "other/fc1": np.full(20, 2.0)}
        for own in wide
    ]
    made = noise(tmp_path, *columns)
    spreads = np.std(np.log([np.full((3, 20), 2.0), wide, wide**3]), axis=1, ddof=1)
    band, other = made.band("norm/fc1"), made.band("other/fc1")
    assert band is not None
    assert other is not None
    expected = prediction_band(np.full((3, 20), 2.0), least=float(np.median(spreads)))
    assert np.allclose((band.low, band.high), expected)
    assert (band.high > 2.5).all()
    assert np.allclose((other.low, other.high), 2.0)


def test_that_a_scalar_that_a_run_lacks_has_no_band_and_one_repeat_tells_no_spread(tmp_path: Path) -> None:
    made = noise(tmp_path, {"loss": np.ones(5)}, {"loss": np.ones(5), "own": np.ones(5)}, {"own": np.ones(5)})
    assert made.band("loss") is None
    assert made.band("own") is None
    with pytest.raises(ValueError, match="1 repeat tells no spread; give at least 2"):
        noise(tmp_path, {"loss": np.ones(5)}, {"loss": np.ones(5)})
