"""The rows of the raster: which gradient each column shows, and as what."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.capture.insight import InsightRecorder
from collector.capture.insight_options import InsightOptions
from collector.capture.parameters import ParameterSpec
from collector.capture.run_log import RunLog
from collector.storage import open_collection, schema
from collector.storage.signs import LARGER, NEGATIVE, POSITIVE, ZERO

Rows = Callable[..., list[np.ndarray]]


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    """Records gradients ``[step][parameter]`` and gives the classes of each row, as a reader has them."""

    def record(
        sizes: list[int], gradients: list[list[np.ndarray | None]], n_columns: int = 0, interval: int = 1
    ) -> list[np.ndarray]:
        specs = [ParameterSpec(f"layer{number}", "weight", size) for number, size in enumerate(sizes)]
        options = InsightOptions(interval=0, sign_interval=interval, sign_columns=n_columns)
        recorder = InsightRecorder(specs, options)
        run = schema.Run("2026-01-01T00:00:00+00:00", 10, 0)
        header = schema.Header(schema.FORMAT, schema.VERSION, run, [], insight=recorder.to_schema())
        log = RunLog(tmp_path / "run.json", header, overwrite=True)
        recorder.start(log)
        weights = [np.zeros(size, np.float32) for size in sizes]
        for step, own in enumerate(gradients):
            if recorder.wants(step):
                recorder.before_update(step, own, weights, None)
                recorder.after_update(step, weights)
            log.after_step()
        log.close()
        with open_collection(tmp_path / "run.json") as collection:
            assert collection.signs.steps.tolist() == list(range(0, len(gradients), interval))
            n_shown = collection.insight.sign_columns
            return [collection.signs.columns(row, 0, n_shown) for row in range(len(collection.signs))]

    return record


def class_of(value: float) -> int:
    """By hand: near zero is up to 1e-5, as float32, on either side."""
    limit = float(np.float32(1e-5))
    if value == 0:
        return ZERO
    if -limit <= value < 0:
        return NEGATIVE
    return POSITIVE if 0 < value <= limit else LARGER


def gradients_of(seed: int, size: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    special = np.array([0, -0.0, 1e-5, -1e-5, 1.1e-5, -1.1e-5, 1e-45, -1e-45, 1, -1], np.float32)
    return np.where(chance.random(size) < 0.5, chance.choice(special, size), chance.normal(0, 1e-5, size)).astype("f4")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 300), min_size=1, max_size=4), st.integers(0, 999))
def test_that_each_column_is_the_sign_and_size_of_its_own_gradient(rows: Rows, sizes: list[int], seed: int) -> None:
    gradients = [[gradients_of(seed + 10 * step + at, size) for at, size in enumerate(sizes)] for step in range(2)]

    for found, own in zip(rows(sizes, gradients), gradients, strict=True):
        assert found.tolist() == [class_of(value) for value in np.concatenate(own).tolist()]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 300), min_size=1, max_size=4), st.integers(1, 200), st.integers(0, 999))
def test_that_thinned_columns_are_evenly_spread_ones_of_each_tensor(
    rows: Rows, sizes: list[int], n_columns: int, seed: int
) -> None:
    gradients = [gradients_of(seed + at, size) for at, size in enumerate(sizes)]
    share = min(1, n_columns / sum(sizes))

    expected = []
    for own in gradients:
        n_shown = min(len(own), max(1, round(len(own) * share)))
        places = [round(place) for place in np.linspace(0, len(own) - 1, n_shown)]
        expected += [class_of(own.tolist()[place]) for place in places]

    assert rows(sizes, [gradients], n_columns)[0].tolist() == expected


def test_that_a_parameter_without_a_gradient_leaves_the_columns_of_the_others_as_they_are(rows: Rows) -> None:
    first, last = gradients_of(1, 20), gradients_of(2, 30)

    with_all, without = rows([20, 10, 30], [[first, gradients_of(3, 10), last], [first, None, last]])

    by_hand = [class_of(value) for value in np.concatenate([first, last]).tolist()]
    for row in (with_all, without):
        assert [*row[:20].tolist(), *row[30:].tolist()] == by_hand
    assert not set(without[20:30].tolist()) & {NEGATIVE, POSITIVE, ZERO}


def test_that_a_row_is_of_the_step_at_each_multiple_of_the_interval(rows: Rows) -> None:
    gradients = [[gradients_of(step, 40)] for step in range(8)]

    found = rows([40], gradients, interval=3)

    assert [row.tolist() for row in found] == [[class_of(each) for each in gradients[at][0]] for at in (0, 3, 6)]


def test_that_interval_zero_shows_nothing() -> None:
    recorder = InsightRecorder([ParameterSpec("fc", "weight", 4)], InsightOptions(interval=0, sign_interval=0))

    assert (recorder.to_schema().sign_columns, recorder.to_schema().bands) == (0, [])


def test_that_bands_lie_side_by_side_and_say_how_much_of_each_tensor_they_show() -> None:
    specs = [ParameterSpec("a", "weight", 100), ParameterSpec("a", "bias", 2), ParameterSpec("b", "weight", 98)]
    told = InsightRecorder(specs, InsightOptions(interval=0, sign_interval=1, sign_columns=50)).to_schema()

    bands = [(each.layer, each.parameter, each.size, each.first, each.columns) for each in told.bands]
    assert bands == [("a", "weight", 100, 0, 25), ("a", "bias", 2, 25, 1), ("b", "weight", 98, 26, 24)]
    assert told.sign_columns == 50
