"""Of which layers, and of how many samples, feature maps are kept."""

import pytest

from collector.capture.feature_maps import (
    MOST_OWN_VALUES,
    MOST_VALUES,
    MapSource,
    check_maps,
    choose_maps,
    mapped_samples,
)
from collector.capture.layer_plan import LayerPlan
from collector.capture.units import choose_units

SMALL = [
    MapSource("conv", 1000, is_own=True, is_last=False),
    MapSource("norm", 1000, is_own=False, is_last=False),
    MapSource("relu", 1000, is_own=False, is_last=True),
    MapSource("alone", 500, is_own=True, is_last=True),
]


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("ends", {"conv", "relu", "alone"}),
        ("last", {"relu", "alone"}),
        ("all", {"conv", "norm", "relu", "alone"}),
        ("none", set()),
    ],
)
def test_that_the_rule_says_which_layers_and_the_rest_says_how_to_keep_it(rule: str, kept: set[str]) -> None:
    found = mapped_samples(SMALL, rule, 16)
    assert {name for name, number in found.items() if number == 16} == kept
    assert all("feature_maps '" in each for each in found.values() if isinstance(each, str))


def test_that_a_number_that_is_asked_for_is_kept_to_whatever_it_takes() -> None:
    large = [
        MapSource("conv", MOST_VALUES, is_own=True, is_last=False),
        MapSource("relu", MOST_VALUES, is_own=False, is_last=True),
    ]
    assert mapped_samples(large, "ends", 16, asked=3) == {"conv": 3, "relu": 3}
    assert mapped_samples(large, "ends", 2, asked=3) == {"conv": 2, "relu": 2}, "there are only two"


@pytest.mark.parametrize("size", [1, 100, 5_000, 70_000, 200_000, 10**7])
def test_that_the_budget_holds_but_for_one_sample_of_the_last_layers(size: int) -> None:
    sources = [
        MapSource("conv", 2 * size, is_own=True, is_last=False),
        MapSource("relu", size, is_own=False, is_last=True),
    ]
    found = mapped_samples(sources, "ends", 16)
    last, own = found["relu"], found["conv"]
    assert isinstance(last, int)
    assert last == 1 or last * size <= MOST_VALUES
    assert last == 16 or (last + 1) * size > MOST_VALUES
    if isinstance(own, str):
        assert 2 * size > MOST_OWN_VALUES
        assert "feature_samples 1" in own
    else:
        assert 0 < own <= last
        assert own * 2 * size <= MOST_OWN_VALUES


@pytest.mark.parametrize(("rule", "n_samples"), [("some", None), ("ends", 0), ("ends", 1.5), (None, None)])
def test_that_what_cannot_be_is_refused(rule: object, n_samples: object) -> None:
    with pytest.raises(ValueError, match="feature_"):
        check_maps(rule, n_samples)


def source(name: str, n_values: int, *, is_own: bool = False) -> MapSource:
    return MapSource(name, n_values, is_own=is_own, is_last=not is_own)


@pytest.mark.parametrize(("n_more", "n_kept"), [(0, 8), (1, 7)])
def test_that_last_layers_that_fill_the_budget_exactly_are_kept_of_all_of_these_samples(
    n_more: int, n_kept: int
) -> None:
    sources = [source("a", MOST_VALUES // 16), source("b", MOST_VALUES // 16 + n_more)]

    assert mapped_samples(sources, "last", 100) == {"a": n_kept, "b": n_kept}


@pytest.mark.parametrize(("n_more", "kept"), [(0, 8), (1, 7)])
def test_that_convolutions_that_fill_their_own_budget_exactly_are_kept_of_all_of_these_samples(
    n_more: int, kept: int
) -> None:
    sources = [source("conv", MOST_OWN_VALUES // 8 + n_more, is_own=True), source("relu", 1)]

    assert mapped_samples(sources, "ends", 100) == {"conv": kept, "relu": 100}


def test_that_convolutions_that_do_not_fit_once_say_how_large_they_are_and_what_keeps_them() -> None:
    sources = [source("a", MOST_OWN_VALUES, is_own=True), source("b", 1000, is_own=True), source("relu", 1)]

    found = mapped_samples(sources, "ends", 100)

    assert found["relu"] == 100
    assert (
        found["a"]
        == found["b"]
        == (
            "those of all convolutions are 132,072 values a sample, where 131,072 are kept at most; feature_samples 1 "
            "keeps them of one sample"
        )
    )


def test_that_no_more_samples_are_mapped_of_a_convolution_than_of_the_last_layers() -> None:
    assert mapped_samples([source("conv", 1, is_own=True), source("relu", 10**6)], "ends", 16) == {"conv": 1, "relu": 1}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("last", "only the last layer of a stage has them; feature_maps 'ends' keeps the convolution's own too"),
        ("ends", "only the first and the last layer of a stage have them; feature_maps 'all' keeps these too"),
    ],
)
def test_that_a_layer_between_is_told_which_rule_keeps_it(rule: str, words: str) -> None:
    assert mapped_samples(SMALL, rule, 16)["norm"] == words


def test_that_a_layer_that_is_first_and_last_of_its_stage_counts_once() -> None:
    sources = [MapSource("conv", MOST_VALUES // 4, is_own=True, is_last=True)]

    assert mapped_samples(sources, "ends", 16) == {"conv": 4}


def test_that_the_plans_are_told_what_is_kept_by_stage_kept_units_and_positions() -> None:
    units = choose_units(50, 10)
    stages = {"conv": "conv", "norm": "conv", "relu": "conv", "alone": "alone"}
    n_positions = {"conv": 13_107, "norm": 13_107, "relu": 20_000, "alone": 6_214}
    plans = {
        name: LayerPlan(name=name, stage=stage, units=units, output_shape=(50, n_positions[name], 1))
        for name, stage in stages.items()
    }
    plans["linear"] = LayerPlan(name="linear", stage="linear", units=units, output_shape=(50,))
    # relu and alone: 10 units × (20,000 + 6,214) positions fill 2**20 values of a pass four times, with some left over
    choose_maps(plans.values(), "ends", 16)

    assert {name: plan.n_mapped for name, plan in plans.items()} == {
        "conv": 1,
        "norm": 0,
        "relu": 4,
        "alone": 4,
        "linear": 0,
    }
    assert {name for name, plan in plans.items() if plan.not_recorded} == {"norm"}
    assert list(plans["norm"].not_recorded) == ["feature_maps"]


@pytest.mark.parametrize(("rule", "n_samples"), [("ends", None), ("last", 1), ("all", 7), ("none", None)])
def test_that_every_rule_and_number_of_samples_from_one_on_can_be_kept(rule: str, n_samples: int | None) -> None:
    assert check_maps(rule, n_samples) is None
    assert set(mapped_samples(SMALL, rule, 16, n_samples)) == {"conv", "norm", "relu", "alone"}
