"""Names above the raster of signs: each layer's where there is room, else those of some, beside each other."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QRectF, QSize

from app.views.gradients.analysis.raster_bands import RasterBands
from app.views.gradients.analysis.raster_range import RasterRange
from app.views.gradients.raster_axes import (
    ABOVE_PX,
    LAYER_PX,
    Places,
    nice_interval,
    paint_bands,
    row_of_step,
    step_of_row,
)
from collector.storage.schema import Band
from tests.app.painted import Painted, painted_by

PLOT = QRectF(40, ABOVE_PX, 500, 100)


def names_of(n_layers: int, name: str = "layer{}", parameter: str = "weight") -> Painted:
    bands = RasterBands(
        [Band(layer=name.format(n), parameter=parameter, size=10, first=10 * n, columns=10) for n in range(n_layers)],
        {},
        10 * n_layers,
    )
    places = Places(PLOT, RasterRange.whole(10 * n_layers, 5))
    return painted_by(lambda painter: paint_bands(painter, places, bands, None), QSize(560, 160))


@pytest.mark.usefixtures("qapp")
def test_that_few_layers_have_their_names_above_those_of_parameters() -> None:
    found = names_of(5)
    assert [each.text for each in found.words if each.place.bottom() <= LAYER_PX] == [f"layer{n}" for n in range(5)]
    assert found.texts.count("weight") == 5


@pytest.mark.usefixtures("qapp")
def test_that_of_many_layers_some_are_named_where_they_begin_and_no_two_names_lie_on_each_other() -> None:
    found = names_of(100).words
    assert len(found) >= 5
    for word in found:
        assert abs(word.place.left() - (PLOT.left() + 5 * int(word.text.removeprefix("layer")))) < 8
    assert found[-1].place.right() <= PLOT.right()
    for left, right in pairwise(found):
        assert left.place.right() < right.place.left()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("n_layers", [20, 25, 30])
def test_that_layers_too_narrow_for_four_letters_are_named_as_many_are(n_layers: int) -> None:
    found = names_of(n_layers, "encoder{}").texts
    assert len(found) >= 4
    assert all(text.startswith("encoder") for text in found), "none is cut, and no parameter stands among them"


@pytest.mark.usefixtures("qapp")
def test_that_a_parameter_of_which_fewer_than_four_letters_have_room_has_no_name() -> None:
    for n_layers in range(5, 18):
        found = names_of(n_layers, "l{}").texts
        assert found.count("l0") == 1
        assert all(len(text.replace("…", "")) >= 4 for text in found if not text.startswith("l"))


@pytest.mark.usefixtures("qapp")
def test_that_layers_have_as_much_of_their_names_as_tells_them_apart() -> None:
    assert names_of(3, "body.block{}.conv").texts[:3] == [f"block{n}.conv" for n in range(3)]


@pytest.mark.parametrize(
    ("steps", "step", "row"),
    [
        ([0, 3, 6], 3, 1.5),
        ([0, 3, 6], 4.5, 2.0),
        ([0, 3, 6], 6.75, 2.75),
        ([0, 3, 6], 7.5, 3.0),
        ([0, 3, 6], 99, 3.0),
        ([4], 4, 0.5),
        ([4], 4.25, 0.75),
        ([], 4, 0.0),
    ],
)
def test_that_a_step_lies_in_its_row_or_between_two_and_never_below_the_last(
    steps: list[int], step: float, row: float
) -> None:
    assert row_of_step(np.array(steps), step) == pytest.approx(row)


@pytest.mark.parametrize(
    ("steps", "row", "step"),
    [
        ([0, 3, 6], 0.5, 0),
        ([0, 3, 6], 1.0, 1.5),
        ([0, 3, 6], 2.5, 6),
        ([0, 3, 6], -9, 0),
        ([0, 3, 6], 9, 6),
        ([], 1, 0),
    ],
)
def test_that_a_place_among_the_rows_is_a_step_of_the_run(steps: list[int], row: float, step: float) -> None:
    assert step_of_row(np.array(steps), row) == pytest.approx(step)


@pytest.mark.parametrize(
    ("least", "interval"),
    [(0, 1), (0.3, 1), (1, 1), (1.01, 2), (2, 2), (2.5, 5), (5, 5), (5.1, 10), (10, 10), (10.1, 20), (2001, 5000)],
)
def test_that_numbers_stand_at_round_intervals(least: float, interval: int) -> None:
    assert nice_interval(least) == interval


@given(x=st.floats(0, 1), y=st.floats(0, 1))
def test_that_a_place_leads_to_a_pixel_and_back(x: float, y: float) -> None:
    places = Places(QRectF(40, 38, 500, 100), RasterRange(900, 60, 200.0, 450.0, 12.0, 32.0))
    column, row = 200 + 250 * x, 12 + 20 * y
    assert places.column(places.x(column)) == pytest.approx(column)
    assert places.row(places.y(row)) == pytest.approx(row)
    assert (places.x(200), places.x(450), places.y(12), places.y(32)) == (40, 540, 38, 138)
    assert (places.x_scale, places.y_scale) == (2, 5)
