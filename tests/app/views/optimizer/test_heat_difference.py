"""How the picture of two runs is coloured, against a version that looks at one cell after the other."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.beside import Beside
from app.analysis.measures import Measure
from app.views.optimizer.analysis.layer_heat import layer_heat
from app.views.optimizer.heat_difference import HeatDifference, with_difference
from collector.comparing import pair_of
from collector.comparing.noise import Band
from collector.storage import schema
from collector.storage.layer import layers_of
from tests.app.growing_run import GrowingRun

RATIO = Measure("update_ratio", "update_ratio", "Update ratio", "", True)
BEND = Measure("bend", "bend", "Bend", "", False, "px")
NORM = Measure("gradient_norm", "gradient_norm", "Gradient norm", "", True)
N = 5


def run(**columns: Any) -> Any:
    return GrowingRun().grow(**{name: np.asarray(values, float) for name, values in columns.items()})


def difference(
    a: Any, b: Any, measure: Measure = RATIO, held: int | None = None, noise: Any = None, layers: Any = None
) -> HeatDifference:
    heat = layer_heat(a, measure)
    assert heat is not None
    found = with_difference(heat, Beside(pair_of(a, b, layers=layers), ("a", "b"), held), noise).difference
    assert isinstance(found, HeatDifference)
    return found


NUMBERS = st.one_of(st.floats(1e-6, 1e3), st.sampled_from([0.0, 1.0, 1.0, 1.0 + 1e-9, np.nan, np.inf]))
SIGNED = st.one_of(NUMBERS, st.floats(-1e3, -1e-6), st.sampled_from([-1.0, -np.inf]))


def slow_value(a: float, b: float, is_ratio: bool) -> float:
    if is_ratio and a == 0 and b == 0:
        return 0.0
    with np.errstate(all="ignore"):
        return float(np.log2(np.float64(b) / np.float64(a)) if is_ratio else np.float64(b) - a)


def slow_number(a: float, b: float, value: float, high: float) -> int:
    """128 where it is the same, 3 and 253 at the ends, 255 where there is no number to tell."""
    if np.isfinite(a) and np.isfinite(b) and abs(b - a) <= 1e-6 * max(abs(a), abs(b)):
        return 128
    if not np.isfinite(a) and not np.isfinite(b):
        return 128
    if np.isnan(value):
        return 255
    return 128 + round(min(max(value / high, -1), 1) * 125)


@pytest.mark.parametrize("is_ratio", [True, False])
@given(data=st.data())
def test_that_each_cell_has_the_colour_of_its_own_difference(is_ratio: bool, data: st.DataObject) -> None:
    several = st.lists(NUMBERS if is_ratio else SIGNED, min_size=N, max_size=N)
    a, b = ([data.draw(several), data.draw(several)] for _ in "ab")
    measure = RATIO if is_ratio else BEND
    names = [f"{measure.key}__fc{n}" for n in (0, 1)]
    bad = {f"nan__fc{n}": np.ones(N) for n in (0, 1)}  # so that NaN is no number, rather than nothing to measure
    with np.errstate(all="ignore"):
        shown = difference(
            run(**dict(zip(names, a, strict=True)), **bad), run(**dict(zip(names, b, strict=True)), **bad), measure
        )
    assert shown.is_ratio == is_ratio
    for row in (0, 1):
        two = shown.two[row]
        if two.a is None or two.b is None:
            continue
        for step, one, other in zip(two.a.steps.tolist(), two.a.values, two.b.values, strict=True):
            at = int(np.searchsorted(shown.steps, step))
            value = slow_value(one, other, is_ratio)
            np.testing.assert_allclose(shown.values[row, at], value, rtol=1e-9)
            assert abs(int(shown.numbers[row, at]) - slow_number(one, other, value, shown.scale.high)) <= 1
            if slow_number(one, other, value, shown.scale.high) in (128, 255):
                assert shown.numbers[row, at] == slow_number(one, other, value, shown.scale.high)


@pytest.mark.parametrize(
    ("a", "b", "reach"),
    [([1, 1, 1], [4, 4, 4], 2.0), ([1, 1, 1], [0.5, 1, 1], 1.0), ([1, 1, 1], [1, 1, 1], 1.0), ([1], [1.2345678], 0.3)],
)
def test_that_the_scale_reaches_as_far_to_both_sides(a: list[float], b: list[float], reach: float) -> None:
    scale = difference(run(update_ratio__fc=a), run(update_ratio__fc=b)).scale
    assert (scale.low, scale.high, scale.is_log) == (-reach, pytest.approx(reach, rel=0.02), False)
    assert scale.high == float(f"{scale.high:.2g}"), "of two digits, which can be read"


def test_that_one_negative_value_makes_all_of_it_b_less_a() -> None:
    shown = difference(run(update_ratio__fc=[1, 2, -3]), run(update_ratio__fc=[1, 3, 3]))
    assert (shown.is_ratio, shown.meaning) == (False, "B − A")
    assert shown.values.tolist() == [[0, 1, 6]]
    assert difference(run(bend__fc=[1, 2]), run(bend__fc=[1, 3]), BEND).meaning == "B − A, px"
    assert difference(run(update_ratio__fc=[1]), run(update_ratio__fc=[2])).meaning == "log₂ B ÷ A"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (0, "A 1 · B 1 · the same"),
        (1, "A 1 · B 4 · +3 · log₂ B ÷ A +2.00"),
        (2, "A 2 · B 0.5 · −1.5 · log₂ B ÷ A −2.00"),
        (3, "A 0 · B 1 · +1"),
        (9, "A 0 · B 1 · +1"),
    ],
)
def test_that_a_cell_tells_both_and_their_ratio(step: int, words: str) -> None:
    shown = difference(run(update_ratio__fc=[1, 1, 2, 0]), run(update_ratio__fc=[1, 4, 0.5, 1]))
    assert shown.text_at(0, step) == words


def test_that_layers_which_only_one_has_are_marked() -> None:
    layer = layers_of([schema.Layer(name=name, kind="Linear", units=1, stage=name) for name in "abcd"])
    a = run(update_ratio__a=[1, 2], update_ratio__b=[1, 2], gradient_norm__a=[1, 1])
    b = run(update_ratio__a=[1, 2], update_ratio__c=[1, 2], gradient_norm__d=[1, 1])
    a.layers, b.layers = ({name: layer[name] for name in names} for names in ("ab", "acd"))
    shown = difference(a, b, layers={"b": None})
    assert shown.layers == ("a", "b", "c")
    assert dict(shown.notes) == {1: "only in A", 2: "only in B"}
    assert [shown.text_at(row, 1) for row in range(3)] == ["A 2 · B 2 · the same", "only in A", "only in B"]
    assert not shown.numbers[1:].any()
    assert not shown.is_same
    assert difference(a, a).is_same
    assert difference(a, a, held=0).layers == ("a", "b")


@pytest.mark.parametrize(
    ("a", "b", "is_same"),
    [([1.0, 2.0], [1.0, 2.0], True), ([1.0, 2.0], [1.0, 2.1], False), ([1.0, 2.0], [1.0, 2.0 * (1 + 1e-8)], True)],
)
def test_that_nothing_differs_where_all_is_within_rounding(a: list[float], b: list[float], is_same: bool) -> None:
    assert difference(run(update_ratio__fc=a), run(update_ratio__fc=b)).is_same == is_same


def test_that_what_had_no_gradient_in_either_has_its_own_colour() -> None:
    missing = {"gradient_norm__fc": [1, np.nan, 2], "no_gradient__fc": [0, 7, 0]}
    whole = {"gradient_norm__fc": [1, 1, 2], "no_gradient__fc": [0, 0, 0]}
    for one, other in ((missing, whole), (whole, missing)):
        assert difference(run(**one), run(**other), NORM).numbers.tolist() == [[128, 254, 128]]


def test_that_with_repeats_what_lies_within_their_spread_is_the_same() -> None:
    steps = np.arange(3)
    noise = SimpleNamespace(band=lambda name: Band(steps, np.full(3, 0.5), np.full(3, 2.0)))
    a, b = run(update_ratio__fc=[1, 1, 1]), run(update_ratio__fc=[1.5, 3, 1])
    assert (difference(a, b, noise=noise).numbers == 128).tolist() == [[True, False, True]]
    assert (difference(a, b).numbers == 128).tolist() == [[False, False, True]]


@given(numbers=st.lists(st.sampled_from([0, 3, 100, 128, 140, 253, 254, 255]), min_size=1, max_size=6))
def test_that_of_many_steps_the_furthest_from_the_middle_is_seen(numbers: list[int]) -> None:
    values = [1.0] * len(numbers)
    shown = difference(run(update_ratio__fc=values), run(update_ratio__fc=values))
    object.__setattr__(shown, "numbers", np.array([numbers], np.uint8))
    marks = [each for each in numbers if each > 253]
    told = [each for each in numbers if 0 < each <= 253]
    furthest = max((abs(each - 128) for each in told), default=0)
    seen = int(shown.picture(-0.5, len(numbers) - 0.5, 1)[0, 0])
    assert seen == max(marks) if marks else abs(seen - 128) == furthest if told else seen == 0
