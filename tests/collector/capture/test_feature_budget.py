"""Of which layers, and of how many samples, feature maps are kept."""

import pytest

from collector.capture.feature_budget import MOST_OWN_VALUES, MOST_VALUES, MapSource, check_maps, mapped_samples

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
