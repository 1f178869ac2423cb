"""Points as pixels: the colours of discs and their rims."""

import numpy as np

from app.analysis.point_raster import LEVELS, is_inside, nearest_point, painted

COLOURS = np.array([[255, 0, 10], [1, 2, 3]], np.uint8)
GROUND = (17, 34, 52)


def rgb(colour: tuple[float, ...]) -> int:
    red, green, blue = (round(each) for each in colour)
    return 0xFF << 24 | red << 16 | green << 8 | blue


def test_that_a_pixel_is_mixed_of_its_point_and_the_ground_by_how_far_it_is_covered() -> None:
    codes = np.arange(2 * LEVELS + 1, dtype=np.int32).reshape(1, -1)
    found = painted(codes, COLOURS, GROUND)
    expected = [rgb(GROUND)]
    for colour in COLOURS.tolist():
        for level in range(1, LEVELS + 1):
            share = level / LEVELS
            expected.append(
                rgb(tuple(own * share + below * (1 - share) for own, below in zip(colour, GROUND, strict=True)))
            )
    assert (found.dtype, found.shape) == (np.uint32, codes.shape)
    assert found[0].tolist() == expected


def test_that_without_points_all_is_ground_and_none_is_met() -> None:
    nothing = np.zeros((0, 2))
    assert painted(np.zeros((1, 2), np.int32), COLOURS[:0], GROUND).tolist() == [[rgb(GROUND)] * 2]
    assert nearest_point(nothing, np.zeros(0, bool), 0, 0, 9) is None
    assert is_inside(nothing, np.zeros((3, 2))).tolist() == []


def test_that_a_lasso_that_crosses_itself_is_hollow_where_it_lies_twice() -> None:
    star = np.array([[0, -10], [6, 8], [-9, -3], [9, -3], [-6, 8]], float)
    places = np.array([[0, 0], [0, -7], [4, 5], [-7, -2.5], [9, 9]], float)
    assert is_inside(places, star).tolist() == [False, True, True, True, False]
