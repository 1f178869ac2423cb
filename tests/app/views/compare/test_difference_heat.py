"""The picture of a map of differences, number by number."""

import numpy as np
import pytest

from app.analysis.differences import next_stretch, place_among
from app.views.compare.analysis.difference_heat import NO_RATIO, NOT_RECORDED, SAME, difference_heat, scale_ticks
from app.views.compare.difference_strip import round_steps
from app.views.compare.heat_colours import difference_table
from collector.comparing.difference_map import DifferenceMap


def a_map(values: list[list[float]], steps: list[int], differs: list[list[bool]] | None = None) -> DifferenceMap:
    cells = np.array(values, float)
    found = cells != 0 if differs is None else np.array(differs)
    layers = tuple(f"fc{number}" for number in range(len(values)))
    return DifferenceMap("gradient_norm", layers, np.array(steps), np.array(steps), cells, found)


def test_that_a_value_is_as_far_from_the_middle_as_it_is_large() -> None:
    heat = difference_heat(a_map([[-1.0, -0.5, 0.0, 0.5, 1.0]], [0, 1, 2, 3, 4]), "", has_noise=False)
    assert heat.scale == 1
    numbers = heat.picture(0, 5, 5)[0]
    assert numbers.tolist() == [1, 64, SAME, 190, 253]


def test_that_what_is_no_difference_is_the_middle_however_large() -> None:
    heat = difference_heat(a_map([[0.9, 1.0]], [0, 1], [[False, True]]), "", has_noise=True)
    assert heat.picture(0, 2, 2)[0].tolist() == [SAME, 253]
    assert heat.text_at(0, 0).endswith("inside of the noise")


def test_that_what_has_no_ratio_and_what_was_not_recorded_have_marks_of_their_own() -> None:
    heat = difference_heat(a_map([[np.nan, np.nan, np.inf]], [0, 1, 2], [[True, False, True]]), "", has_noise=False)
    assert heat.picture(0, 3, 3)[0].tolist() == [NO_RATIO, NOT_RECORDED, 253]
    assert heat.has_no_ratio
    assert "no ratio" in heat.text_at(0, 0)
    assert heat.text_at(0, 1) == ""
    assert "not 0" in heat.text_at(0, 2)


def test_that_of_many_steps_in_a_column_the_largest_difference_is_seen() -> None:
    heat = difference_heat(a_map([[0.1, -1.0, 0.5, 0.0]], [0, 1, 2, 3]), "", has_noise=False)
    assert heat.picture(0, 4, 1)[0].tolist() == [1]


def test_that_a_ratio_is_told_in_words() -> None:
    heat = difference_heat(a_map([[1.0, -1.0, 0.0]], [0, 1, 2]), "", has_noise=False)
    assert [heat.text_at(0, step) for step in range(3)] == [
        "B is 2 times A, at step 0 of B", "B is 1/2 of A, at step 1 of B", "the same"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("scale", "texts"),
    [(2.0, ["÷4", "÷2"]), (3.0, ["÷8", "÷4"]), (0.2, ["÷1.15", "÷1.07"]), (0.02, ["÷1.014", "÷1.007"])],
)
def test_that_the_scale_has_round_ratios_where_there_are_any(scale: float, texts: list[str]) -> None:
    ticks = scale_ticks(scale)
    assert [text for _, text in ticks][:2] == texts
    assert [place for place, _ in ticks] == sorted(place for place, _ in ticks)


def test_that_the_way_goes_from_stretch_to_stretch_and_not_around() -> None:
    found = a_map([[0, 1, 1, 0, 0], [0, 0, 3, 0, -1]], [0, 10, 20, 30, 40])
    assert found.stretches == [(10, 20), (40, 40)]
    assert next_stretch(found, 0, 1) == (10, "fc0")
    assert next_stretch(found, 15, 1) == (40, "fc1")
    assert next_stretch(found, 40, 1) is None
    assert next_stretch(found, 40, -1) == (10, "fc0")
    assert next_stretch(found, 15, -1) == (10, "fc0")
    assert next_stretch(found, 10, -1) is None
    assert [place_among(found, step) for step in (0, 15, 40)] == [(None, 2), (0, 2), (1, 2)]


@pytest.mark.parametrize(("high", "steps"), [(12, [0, 5, 10]), (938, [0, 200, 400, 600, 800]), (1, [0, 1])])
def test_that_steps_on_the_axis_are_round(high: float, steps: list[int]) -> None:
    assert round_steps(0, high, 5) == steps


@pytest.mark.parametrize(
    ("value", "differs", "has_noise", "words"),
    [
        (1.0, True, False, "B is 2 times A, at step 20 of B"),
        (-2.0, True, False, "B is 1/4 of A, at step 20 of B"),
        (0.0, True, False, "B is 1 times A, at step 20 of B"),
        (7.0, True, False, "B is 128 times A, at step 20 of B"),
        (np.inf, True, False, "B is not 0, unlike A, at step 20 of B"),
        (-np.inf, True, False, "B is 0, unlike A, at step 20 of B"),
        (np.nan, True, False, "no ratio: signs differ, or one has no number"),
        (np.nan, False, True, ""),
        (1.0, False, True, "B is 2 times A, which is inside of the noise"),
        (1.0, False, False, "the same"),
        (0.0, False, True, "the same"),
    ],
)
def test_that_each_cell_is_told_in_words(value: float, differs: bool, has_noise: bool, words: str) -> None:
    found = DifferenceMap("m", ("fc1",), np.array([5]), np.array([20]), np.array([[value]]), np.array([[differs]]))
    assert difference_heat(found, "", has_noise=has_noise).text_at(0, 5) == words


def test_that_a_value_holds_as_long_as_the_steps_are_usually_apart() -> None:
    heat = difference_heat(a_map([[1.0, 1.0, 1.0, 1.0]], [10, 20, 30, 90]), "", has_noise=False)
    assert heat.stride == 10
    assert [bool(heat.text_at(0, step)) for step in (9, 10, 39, 40, 89, 90, 99, 100)] == [
        False, True, True, False, False, True, True, False,
    ]  # fmt: skip
    assert difference_heat(a_map([[1.0]], [5]), "", has_noise=False).stride == 1
    assert difference_heat(a_map([[1.0, 1.0]], [5, 5]), "", has_noise=False).stride == 1


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([0.0], 0.01),
        ([0.01], 0.01),
        ([0.011], 0.02),
        ([-1.5], 2.0),
        ([2.5], 3.0),
        ([5.0], 6.0),
        ([99.0], 16.0),
        ([np.inf, np.nan, 0.3], 0.5),
        ([*[0.1] * 99, 9.0], 0.1),
    ],
)
def test_that_a_scale_is_round_and_holds_all_but_the_last_two_in_a_hundred(values: list[float], scale: float) -> None:
    assert difference_heat(a_map([values], [*range(len(values))]), "", has_noise=False).scale == scale


def test_that_ratios_on_a_scale_stand_where_they_are() -> None:
    assert scale_ticks(3.0) == [
        (-1.0, "÷8"), (-2 / 3, "÷4"), (0.0, "the same"), (2 / 3, "×4"), (1.0, "×8"),
    ]  # fmt: skip
    assert scale_ticks(0.5)[3] == (0.5, "×1.19")
    assert scale_ticks(16.0)[-1] == (1.0, "×65,536")


def test_that_the_smallest_difference_is_no_sameness() -> None:
    heat = difference_heat(a_map([[1e-9, -1e-9, 16.0]], [0, 1, 2]), "", has_noise=False)
    assert heat.picture(0, 3, 3)[0].tolist() == [SAME + 1, SAME - 1, 253]


def test_that_a_scale_is_at_most_twice_and_a_half_what_it_holds_and_a_large_one_can_be_halved() -> None:
    for reach in np.geomspace(0.01, 16, 300):
        scale = difference_heat(a_map([[reach]], [0]), "", has_noise=False).scale
        assert reach <= scale * (1 + 1e-12) and scale <= 2.5 * reach + 1e-12
        assert reach <= 3 or scale % 2 == 0


@pytest.mark.parametrize(
    ("values", "differs", "has_any"),
    [
        ([1.0], [True], False),
        ([np.nan], [False], False),
        ([np.nan], [True], True),
        ([np.nan, 1.0], [False, True], False),
    ],
)
def test_that_what_differs_without_a_ratio_is_known(values: list[float], differs: list[bool], has_any: bool) -> None:
    found = a_map([values], [*range(len(values))], [differs])
    assert difference_heat(found, "", has_noise=False).has_no_ratio is has_any


def test_that_every_colour_covers_the_ground_but_that_of_what_was_not_recorded() -> None:
    opacities = difference_table()[:, 3].tolist()
    assert opacities == [0 if number == NOT_RECORDED else 255 for number in range(256)]
