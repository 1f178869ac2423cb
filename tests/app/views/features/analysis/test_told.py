"""Tiles of filters and maps, and what is said of them: whole texts."""

import numpy as np
import pytest

from app.views.features.analysis.feature_stages import FeatureStage
from app.views.features.analysis.feature_tiles import (
    ALL_CHANNELS,
    RGB,
    channel_names,
    filter_tiles,
    map_tiles,
    maps_absence,
)
from app.views.features.analysis.tiles import ScaleRule, Tiles
from tests.app.made_up import layer, made_up_pass


def tiles(values: np.ndarray, **given: object) -> Tiles:
    names = tuple(f"filter {number}" for number in range(len(values)))
    return Tiles(values, np.arange(len(values)), names, 2.5, given.pop("rule", ScaleRule.PASS), **given)  # type: ignore[arg-type]


VALUES = np.arange(-4, 4, dtype=np.float32).reshape(2, 2, 2)


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (tiles(VALUES), "filter 1 · row 1, column 0: 2\nfull colour at 2.5"),
        (tiles(VALUES, rule=ScaleRule.OWN), "filter 1 · row 1, column 0: 2\nfull colour at 3"),
        (
            tiles(VALUES, sides=(VALUES, 2 * VALUES)),
            "filter 1 · row 1, column 0: A 2 · B 4 · +2\nfull colour at 2.5",
        ),
        (
            tiles(VALUES, rows=("from 0", "from 1"), columns=("to 0", "to 1")),
            "filter 1\nfrom 1\nto 0\n: 2\nfull colour at 2.5",
        ),
        (
            tiles(np.stack([VALUES, VALUES + 1, VALUES * 2], -1), sides=(VALUES, VALUES)),
            "filter 1 · row 1, column 0: 2, 3, 4\nfull colour at 2.5",
        ),
    ],
    ids=["of a scale", "of its own", "of two", "named", "in colour"],
)
def test_that_a_value_is_told_with_its_tile_its_place_and_its_scale(shown: Tiles, told: str) -> None:
    assert shown.tell(1, 1, 0) == told


def test_that_a_tile_of_one_value_has_no_rows_and_columns() -> None:
    assert tiles(np.ones((1, 1, 1), "f4")).tell(0, 0, 0) == "filter 0: 1\nfull colour at 2.5"


@pytest.mark.parametrize(
    ("values", "is_signed"), [((0.0, 1.0), False), ((-1e-6, 1.0), True), ((np.nan, 0.0), False), ((np.nan, -1.0), True)]
)
def test_that_tiles_are_signed_where_a_value_is_negative_or_may_be(values: tuple[float, ...], is_signed: bool) -> None:
    array = np.array(values, "f4").reshape(1, 1, 2)
    assert tiles(array).is_signed == is_signed
    assert tiles(array, sides=(array, array)).is_signed


def test_that_only_differences_that_are_all_zero_are_the_same() -> None:
    zero = np.zeros((1, 2, 2), "f4")
    assert tiles(zero, sides=(zero, zero)).is_same
    assert not tiles(zero).is_same
    assert not tiles(zero + np.eye(2, dtype="f4"), sides=(zero, zero)).is_same


def stage_of(units: int, **given: object) -> FeatureStage:
    own = layer("conv", "Conv2d", units=units, kept=np.arange(0, 2 * units, 2), **given)
    relu = layer("relu", "ReLU", units=units, kept=own.kept, stage="conv")
    return FeatureStage(own, (relu,), relu, "relu", True)


def test_that_channels_are_named_by_what_they_come_from() -> None:
    def names(n: int, units: int, reads: tuple[str, ...]) -> list[str]:
        return channel_names(stage_of(2, input_units=units, input_kept=np.arange(n) * 2, reads=reads))

    assert names(1, 5, ("pool",)) == [ALL_CHANNELS]
    assert names(2, 5, ("pool",)) == [ALL_CHANNELS, "pool channel 0", "pool channel 2"]
    assert names(2, 5, ("pool", "skip")) == [ALL_CHANNELS, "input channel 0", "input channel 2"]
    assert names(3, 5, ())[1:] == ["input channel 0", "input channel 2", "input channel 4"]
    assert names(3, 3, ()) == [RGB, ALL_CHANNELS, "red", "green", "blue"]


def filters(n_channels: int, weight: np.ndarray, channels: str, rule: ScaleRule = ScaleRule.PASS) -> Tiles | None:
    stage = stage_of(2, input_units=n_channels + 4, input_kept=np.arange(n_channels) * 2, reads=("pool",))
    taken = made_up_pass({"conv": stage.layer}, {"conv": {"weight": weight.astype("f4")}})
    return filter_tiles(taken, stage, channels, rule, 9.0)


def test_that_filters_are_named_by_their_units_and_channels() -> None:
    weight = np.arange(16).reshape(2, 2, 2, 2) - 3
    every, one = filters(2, weight, ALL_CHANNELS), filters(2, weight, "pool channel 2")
    alone = filters(1, weight[:, :1], ALL_CHANNELS, ScaleRule.RUN)
    assert every is not None and one is not None and alone is not None
    assert every.names == tuple(f"filter {unit}, pool channel {channel}" for unit in (0, 2) for channel in (0, 2))
    assert (every.n_columns, every.column_names, every.units.tolist()) == (2, ("0", "2"), [0, 0, 2, 2])
    assert (one.names, one.n_columns) == (("filter 0, pool channel 2", "filter 2, pool channel 2"), 0)
    assert (alone.names, alone.values.shape) == (("filter 0", "filter 2"), (2, 2, 2))
    assert (every.scale, one.scale, alone.scale) == (12.0, 12.0, 9.0)
    faint = filters(2, weight / 64, ALL_CHANNELS)
    assert faint is not None and faint.scale == 12 / 64


def test_that_a_weight_that_is_no_filter_has_no_tiles() -> None:
    assert filters(2, np.zeros((2, 2, 0, 2)), ALL_CHANNELS) is None
    stage = stage_of(2)
    assert filter_tiles(made_up_pass({}, {}), stage, ALL_CHANNELS, ScaleRule.PASS, 0.0) is None
    flat = stage_of(2, input_units=2)
    taken = made_up_pass({"conv": flat.layer}, {"conv": {"weight": np.zeros((2, 2), "f4")}})
    assert filter_tiles(taken, flat, ALL_CHANNELS, ScaleRule.PASS, 0.0) is None


@pytest.mark.parametrize(
    ("maps", "sample", "told"),
    [
        (
            2,
            2,
            "Maps of relu are kept of the first 2 samples of the probe; this is sample 3.\n\n"
            "To keep more:\n--feature_samples 3",
        ),
        (
            1,
            1499,
            "Maps of relu are kept of the first sample of the probe; this is sample 1,500.\n\n"
            "To keep more:\n--feature_samples 1500",
        ),
        (0, 0, "Maps of relu were not recorded. Record them with\n--feature_maps ends"),
    ],
)
def test_that_maps_that_are_not_there_say_why(maps: int, sample: int, told: str) -> None:
    relu = layer("relu", "ReLU", units=3, output_shape=(3, 2, 2))
    records = {"relu": {"feature_maps": np.ones((maps, 3, 2, 2), "f2")}} if maps else {}
    taken = made_up_pass({"relu": relu}, records, n_samples=2000)
    assert map_tiles(taken, relu, sample, ScaleRule.PASS, 0.0) is None
    assert map_tiles(taken, relu, -1, ScaleRule.PASS, 0.0) is None
    assert maps_absence(taken, relu, sample) == told


def test_that_maps_are_named_by_their_channels_and_scaled_by_the_run_where_that_is_larger() -> None:
    relu = layer("relu", "ReLU", units=9, kept=np.array([0, 8]), output_shape=(9, 2, 2))
    maps = np.arange(16, dtype="f2").reshape(2, 2, 2, 2)
    taken = made_up_pass({"relu": relu}, {"relu": {"feature_maps": maps}}, n_samples=2)
    for rule, scale in ((ScaleRule.RUN, 20.0), (ScaleRule.PASS, 7.0), (ScaleRule.OWN, 7.0)):
        found = map_tiles(taken, relu, 0, rule, 20.0)
        assert found is not None
        assert (found.names, found.scale, found.rule) == (("relu channel 0", "relu channel 8"), scale, rule)
        assert (found.values.tolist(), found.units.tolist()) == (maps[0].tolist(), [0, 8])
    assert map_tiles(taken, relu, 1, ScaleRule.RUN, 3.0).scale == 15.0  # type: ignore[union-attr]
    faint = made_up_pass({"relu": relu}, {"relu": {"feature_maps": maps / 64}}, n_samples=2)
    assert map_tiles(faint, relu, 0, ScaleRule.PASS, 20.0).scale == 7 / 64  # type: ignore[union-attr]
