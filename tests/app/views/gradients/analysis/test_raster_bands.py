"""Whose column is which."""

import numpy as np
import pytest

from app.views.gradients.analysis.raster_bands import LayerBand, RasterBands, number_of
from collector.storage.layer import layers_of
from collector.storage.schema import Band
from tests.app.views.gradients.raster_run import N_COLUMNS, header, insight


@pytest.fixture
def bands() -> RasterBands:
    return RasterBands(insight().bands, layers_of(header(None).layers), N_COLUMNS)


def test_that_parameters_of_a_layer_are_one_band(bands: RasterBands) -> None:
    assert bands.layers == (LayerBand("conv1", 0, 114), LayerBand("fc1", 114, N_COLUMNS))


@pytest.mark.parametrize(
    ("column", "name"),
    [
        (0, "conv1 weight[0, 0, 0, 0]"),
        (107, "conv1 weight[5, 1, 2, 2]"),
        (108, "conv1 bias[0]"),
        (114 + 40 * 3 + 7, "fc1 weight[3, 7]"),
        (N_COLUMNS - 1, "fc1 bias[29]"),
        (N_COLUMNS, f"column {N_COLUMNS:,}"),
    ],
)
def test_that_a_column_is_named_by_its_place_in_its_parameter(bands: RasterBands, column: int, name: str) -> None:
    assert bands.name_of(column) == name


def test_that_some_columns_are_named_together(bands: RasterBands) -> None:
    assert bands.names_between(120, 127) == "fc1 weight, values 6 to 13"
    assert bands.names_between(100, 127) == "conv1 weight to fc1 weight"
    assert bands.names_between(120, 120) == bands.name_of(120)


def test_that_a_parameter_of_unknown_shape_is_named_by_number() -> None:
    bands = RasterBands([Band("gone", "weight", 50, 0, 50)], {}, 50)

    assert bands.name_of(7) == "gone weight, value 7"


@pytest.mark.parametrize(("size", "n_columns"), [(10_007, 999), (10, 9), (10, 2), (1000, 1), (5, 5)])
def test_that_evenly_spread_columns_show_the_values_that_the_recorder_takes(size: int, n_columns: int) -> None:
    band = Band("fc", "weight", size, 100, n_columns)

    taken = np.linspace(0, size - 1, n_columns).round().astype(int)

    assert [number_of(band, 100 + at) for at in range(n_columns)] == taken.tolist()


def test_that_bands_beyond_the_raster_are_left_out() -> None:
    bands = RasterBands([Band("a", "w", 5, 0, 5), Band("b", "w", 50, 5, 50)], {}, 20)

    assert [band.layer for band in bands.layers] == ["a"]
    assert bands.layer_at(10) is None
