"""Filters and maps as tiles, and what all passes tell of dead units, against slow counts."""

from collections.abc import Iterator, ValuesView
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, QRectF

from app.analysis import colours
from app.views.features.analysis.feature_history import FeatureHistory, FeatureHistoryReader, dead_units
from app.views.features.analysis.feature_stages import FeatureStage, feature_stages, stage_of
from app.views.features.analysis.feature_tiles import (
    ALL_CHANNELS,
    MOST_CHANNELS,
    RGB,
    channel_names,
    filter_tiles,
    first_choice,
    map_tiles,
    maps_absence,
)
from app.views.features.analysis.tiles import ScaleRule, Tiles
from app.views.features.tile_places import tile_places
from collector.storage import Collection, open_collection
from collector.storage.layer import Layer
from tests.app.made_up import layer
from tests.app.scanning import read_all
from tests.app.views.features.features_run import DEAD, write_features_run


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(write_features_run(tmp_path / "run.json")) as collection:
        yield collection


@pytest.fixture
def conv(collection: Collection) -> FeatureStage:
    return feature_stages(collection.layers)[0]


def test_that_a_stage_is_known_by_any_layer_that_carries_its_units(collection: Collection, conv: FeatureStage) -> None:
    stages = feature_stages(collection.layers)
    assert [stage.name for stage in stages] == ["conv", "fc"]
    assert (conv.rectifier, conv.after.name, conv.is_convolution) == ("relu", "relu", True)
    assert stage_of(stages, collection.layers, "relu") is stages[0]
    assert stage_of(stages, collection.layers, "nothing") is None


def test_that_filters_are_the_weight_in_every_choice(collection: Collection, conv: FeatureStage) -> None:
    pass_ = collection.passes[2]
    weight = pass_.layers["conv"].weight
    assert channel_names(conv) == [RGB, ALL_CHANNELS, "red", "green", "blue"]
    whole = filter_tiles(pass_, conv, ALL_CHANNELS, ScaleRule.PASS, 0)
    np.testing.assert_array_equal(whole.values.reshape(5, 3, 2, 2), weight)
    assert whole.n_columns == 3
    assert whole.units.tolist()[:4] == [0, 0, 0, 2]
    np.testing.assert_array_equal(filter_tiles(pass_, conv, "green", ScaleRule.PASS, 0).values, weight[:, 1])
    coloured = filter_tiles(pass_, conv, RGB, ScaleRule.PASS, 0)
    np.testing.assert_array_equal(coloured.values[..., 2], weight[:, 2])
    assert coloured.scale == np.abs(weight).max()


def test_that_maps_are_those_of_the_sample_or_it_is_told_how_to_keep_them(
    collection: Collection, conv: FeatureStage
) -> None:
    pass_ = collection.passes[1]
    maps = map_tiles(pass_, conv.layer, 1, ScaleRule.PASS, 0)
    np.testing.assert_array_equal(maps.values, pass_.layers["conv"].feature_maps[1].astype(np.float32))
    assert map_tiles(pass_, conv.layer, 2, ScaleRule.PASS, 0) is None
    words = maps_absence(pass_, conv.layer, 2)
    assert "first 2 samples" in words
    assert words.endswith("--feature_samples 3")
    assert map_tiles(pass_, conv.after, 2, ScaleRule.PASS, 0) is not None


@pytest.mark.parametrize("rule", list(ScaleRule))
def test_that_colours_are_those_of_the_scale_that_is_told(rule: ScaleRule) -> None:
    values = np.random.default_rng(0).normal(size=(3, 2, 4)).astype(np.float32)
    values[1] = 0
    values[2, 0, 0] = np.nan
    tiles = Tiles(values, np.arange(3), ("a", "b", "c"), 2.5, rule)
    for tile in range(3):
        scale = np.nanmax(np.abs(values[tile])) if rule is ScaleRule.OWN else 2.5
        assert tiles.scale_of(tile) == pytest.approx(scale)
        expected = colours.DIVERGING[colours.diverging_numbers(values[tile], float(scale))]
        np.testing.assert_array_equal(tiles.pixels()[tile], expected)
    grey = Tiles(np.abs(values[:1]), np.arange(1), ("a",), 2.5, rule)
    assert (grey.pixels()[..., 0] == grey.pixels()[..., 2]).all(), "what is never negative is grey"


def test_that_three_channels_are_grey_at_zero_and_pure_at_the_scale() -> None:
    values = np.array([[[[0, 0, 0], [1, -1, -1], [-1, -1, 1]]]], np.float32)
    pixels = Tiles(values, np.arange(1), ("a",), 1.0, ScaleRule.PASS).pixels()[0, 0, :, :3]
    assert pixels.tolist() == [[127, 127, 127], [254, 0, 0], [0, 0, 254]]


def test_that_dead_units_equal_a_slow_count(collection: Collection) -> None:
    for number, dead in enumerate(DEAD):
        maps = collection.passes[number].layers["relu"].feature_maps
        slow = [unit for unit in range(5) if all(value == 0 for value in maps[:, unit].ravel())]
        assert np.flatnonzero(dead_units(collection.passes[number], "relu")).tolist() == slow == list(dead)


def test_that_a_unit_is_dead_since_the_first_pass_of_its_last_unbroken_row(
    collection: Collection, conv: FeatureStage
) -> None:
    history = read_all(collection.passes, FeatureHistoryReader([conv], len(DEAD)))
    for number in range(len(DEAD)):
        expected = []
        for unit in range(5):
            since = -1
            for earlier in range(number, -1, -1):
                if unit not in DEAD[earlier]:
                    break
                since = 10 * earlier
            expected.append(since)
        assert history.dead_since("relu", 10 * number).tolist() == expected
    assert history.dead_since("relu", 11).size == 0, "no pass was taken there"
    assert FeatureHistory().dead_since("relu", 0).size == 0


def test_that_a_history_goes_on_where_it_ended(collection: Collection, conv: FeatureStage) -> None:
    part = read_all(collection.passes[:2], FeatureHistoryReader([conv], len(DEAD)))
    assert part.n_passes == 2
    joined = read_all(collection.passes, FeatureHistoryReader([conv], len(DEAD), part))
    whole = read_all(collection.passes, FeatureHistoryReader([conv], len(DEAD)))
    np.testing.assert_array_equal(joined.dead["relu"], whole.dead["relu"])
    assert joined.scales == whole.scales
    largest = max(np.abs(pass_.layers["conv"].weight).max() for pass_ in collection.passes)
    assert whole.scales["conv", "weight"] == pytest.approx(largest)


@pytest.mark.parametrize(("n", "n_columns"), [(1, 0), (8, 0), (64, 0), (15, 3), (4096, 64), (600, 0)])
def test_that_tiles_fit_their_room_and_are_found_where_they_lie(n: int, n_columns: int) -> None:
    room = QRectF(2, 3, 400, 300)
    places = tile_places(n, 5, 7, room, n_columns)
    for tile in range(0, n, max(n // 50, 1)):
        place = places.rect(tile)
        assert room.adjusted(-0.5, -0.5, 0.5, 0.5).contains(place)
        inside = QPointF(place.left() + 6.5 * places.factor, place.top() + 4.5 * places.factor)
        assert places.at(inside) == (tile, 4, 6)
    assert places.at(QPointF(0, 0)) is None


@pytest.mark.parametrize(("width", "n_columns", "above"), [(22, 0, 13), (21, 0, 0), (21, 3, 0)])
def test_that_a_tile_has_its_number_above_where_that_has_room(width: int, n_columns: int, above: int) -> None:
    places = tile_places(4, 10, width, QRectF(0, 0, 2 * width + 3, 60), n_columns)
    assert (places.above, places.factor if not n_columns else 1) == (above, 1)
    assert places.rect(0).top() == places.origin.y() + above


class Counted(dict[str, Layer]):
    """Layers that note how often all of them are gone through."""

    n_times = 0

    def values(self) -> ValuesView[Layer]:  # type: ignore[override]
        self.n_times += 1
        return super().values()


def test_that_the_layers_are_not_gone_through_for_each_stage() -> None:
    layers = Counted()
    for number in range(50):
        fc, relu = f"fc{number}", f"relu{number}"
        layers[fc] = layer(fc, units=2, kept=np.arange(2), parameters={"weight": (2, 2)})
        layers[relu] = layer(relu, "ReLU", units=2, kept=np.arange(2), stage=fc)
    stages = feature_stages(layers)
    assert layers.n_times <= 2
    assert [(stage.name, stage.rectifier) for stage in stages[-2:]] == [("fc48", "relu48"), ("fc49", "relu49")]


def test_that_of_more_channels_than_can_be_told_apart_the_first_is_shown(conv: FeatureStage) -> None:
    def of(channels: int) -> FeatureStage:
        own = replace(conv.layer, input_units=channels, input_kept=np.arange(channels))
        return replace(conv, layer=own)

    assert [first_choice(of(channels)) for channels in (1, 3, MOST_CHANNELS)] == [ALL_CHANNELS, RGB, ALL_CHANNELS]
    assert first_choice(of(MOST_CHANNELS + 1)) == "input channel 0"
