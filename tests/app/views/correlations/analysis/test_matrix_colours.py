"""Values and colours of matrices."""

import numpy as np
import pytest
from matplotlib import colormaps

from app.analysis.figures import signed
from app.views.correlations.analysis.matrix_colours import CLIPPED, LEVELS, NO_VALUE, RGB, SIGNED, Table


def test_that_values_find_their_place_and_stay_inside() -> None:
    assert SIGNED.numbers(np.array([-2, -1, 0, 1, 2])).tolist() == [0, 0, 127, 254, 254]
    assert CLIPPED.numbers(np.array([-0.3, 0, 0.5, 1, 1.02])).tolist() == [0, 0, 127, 254, 254]


def test_that_what_has_no_value_has_a_colour_of_its_own() -> None:
    assert SIGNED.numbers(np.array([np.nan, np.inf, -np.inf])).tolist() == [NO_VALUE] * 3
    for table in Table:
        grey = RGB[table][NO_VALUE].astype(int)
        assert np.abs(RGB[table][:LEVELS].astype(int) - grey).sum(1).min() > 20


def test_that_hot_is_the_hot_of_matplotlib() -> None:
    expected = colormaps["hot"](np.linspace(0, 1, LEVELS))[:, :3] * 255
    assert np.abs(RGB[Table.HOT][:LEVELS] - expected).max() < 3


def test_that_what_has_a_sign_goes_from_blue_over_white_to_red_evenly() -> None:
    table = RGB[Table.DIVERGING].astype(int)
    assert table[[0, 127, 254, NO_VALUE]].tolist() == [[38, 98, 232], [248, 248, 250], [226, 44, 40], [128, 131, 139]]
    assert np.abs(table[:128] - np.linspace(table[0], table[127], 128)).max() <= 0.5
    assert np.abs(table[127:255] - np.linspace(table[127], table[254], 128)).max() <= 0.5


@pytest.mark.parametrize(
    ("value", "text"), [(0.714, "0.71"), (-0.02, "−0.02"), (-0.001, "0.00"), (1.004, "1.00"), (-1, "−1.00")]
)
def test_that_a_zero_has_no_sign(value: float, text: str) -> None:
    assert signed(value, 2) == text
