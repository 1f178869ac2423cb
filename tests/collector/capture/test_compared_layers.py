"""Which layers are compared, and which of their features, in how much memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.capture.compared_layers import MOST_BYTES, OUTPUT, grouped, plan_compared_layers, softmax, spread


def test_that_layers_come_in_their_order_with_the_softmax_of_the_output_last() -> None:
    plan = plan_compared_layers({"fc1": 128, "bn1": 128, "fc2": 10}, 10, 256, 128)

    assert [(each.name, each.source, each.features) for each in plan.layers] == [
        ("fc1", "fc1", 128), ("bn1", "bn1", 128), ("fc2", "fc2", 10), ("softmax", OUTPUT, 10)
    ]  # fmt: skip
    assert plan.notes == ()


@pytest.mark.parametrize("n_outputs", [None, 1])
def test_that_an_output_that_is_no_class_scores_has_no_softmax(n_outputs: int | None) -> None:
    assert [each.name for each in plan_compared_layers({"fc": 3}, n_outputs, 8, 9).layers] == ["fc"]


def test_that_a_layer_of_that_name_keeps_it() -> None:
    names = [each.name for each in plan_compared_layers({"softmax": 3}, 3, 8, 9).layers]

    assert names == ["softmax", "softmax (output)"]


def test_that_as_many_layers_as_are_compared_are_all_compared_without_a_note() -> None:
    plan = plan_compared_layers({f"fc{number}": 4 for number in range(24)}, None, 8, 9)

    assert (len(plan.layers), plan.notes) == (24, ())


def test_that_of_many_layers_evenly_spread_ones_are_left_out_with_a_note() -> None:
    plan = plan_compared_layers({f"fc{number}": 4 for number in range(40)}, 4, 8, 9)

    names = [each.name for each in plan.layers]
    assert len(names) == 24
    assert (names[0], names[-1]) == ("fc0", "softmax")
    told, left_out = plan.notes[0].removesuffix(".").split(": ")
    assert "Of 41 layers 24 are compared" in told
    assert sorted([*names, *left_out.replace(" and ", ", ").split(", ")]) == sorted(
        [*(f"fc{number}" for number in range(40)), "softmax"]
    )


@given(
    st.dictionaries(st.text("abc", min_size=1), st.integers(1, 10**6), min_size=1, max_size=30),
    st.integers(1, 5000),
    st.integers(1, 300),
)
def test_that_no_group_holds_more_than_the_bound_and_every_layer_is_in_one(
    widths: dict[str, int], n_samples: int, n_kept: int
) -> None:
    plan = plan_compared_layers(widths, None, n_samples, n_kept)

    assert [layer for group in plan.groups for layer in group] == list(plan.layers)
    for group in plan.groups:
        assert sum(layer.n_taken for layer in group) * 4 * n_samples <= MOST_BYTES
    for layer in plan.layers:
        described = layer.to_schema()
        assert described.features == widths[layer.name]
        assert described.correlated == len(layer.correlated) == min(2048, layer.n_taken)
        kept = described.kept
        assert len(set(kept.tolist())) == len(kept) == min(n_kept, layer.n_taken)
        assert (kept[0], kept[-1]) in ((0, layer.features - 1), (0, 0))


def test_that_a_layer_too_wide_to_hold_is_measured_on_evenly_spread_features_with_a_note() -> None:
    plan = plan_compared_layers({"conv": 800_000}, None, 256, 128)

    (layer,) = plan.layers
    assert layer.n_taken == MOST_BYTES // (4 * 256)
    assert "131,072 of them" in plan.notes[0]
    assert np.diff(layer.taken).max() <= 7
    assert np.isin(layer.to_schema().kept, layer.taken).all()


@pytest.mark.parametrize(("total", "most", "expected"), [(5, 9, [0, 1, 2, 3, 4]), (9, 3, [0, 4, 8]), (7, 1, [0])])
def test_that_spread_numbers_reach_from_the_first_to_the_last(total: int, most: int, expected: list[int]) -> None:
    assert spread(total, most).tolist() == expected


def test_that_softmax_is_that_of_the_logits_and_leaves_probabilities_alone() -> None:
    logits = np.array([[1000.0, 1000.0, 0.0], [-3.0, 0.0, 2.0]], np.float32)
    powers = np.exp([-3.0, 0.0, 2.0])

    found = softmax(logits)

    np.testing.assert_allclose(found, [[0.5, 0.5, 0], powers / powers.sum()], atol=1e-6)
    np.testing.assert_array_equal(softmax(found), found)
    assert softmax(found).dtype == np.float32


@given(st.lists(st.integers(1, 9), min_size=1, max_size=20), st.integers(9, 30))
def test_that_a_group_is_filled_up_to_its_bound_and_no_further(widths: list[int], most: int) -> None:
    layers = plan_compared_layers({f"fc{number}": width for number, width in enumerate(widths)}, None, 1, 1).layers

    slow: list[list[int]] = [[]]
    for layer in layers:
        if sum(slow[-1]) + layer.n_taken > most:
            slow.append([])
        slow[-1].append(layer.n_taken)

    assert [[layer.n_taken for layer in group] for group in grouped(layers, most)] == slow


@pytest.mark.parametrize(("n_samples", "n_groups"), [(64, 1), (65, 2)])
def test_that_layers_that_fill_the_memory_exactly_are_run_at_once(n_samples: int, n_groups: int) -> None:
    half = MOST_BYTES // 4 // 64 // 2

    plan = plan_compared_layers({"a": half, "b": half}, None, n_samples, 8)

    assert len(plan.groups) == n_groups
    assert plan.notes == ()


@pytest.mark.parametrize(("n_more", "is_whole"), [(0, True), (1, False)])
def test_that_a_layer_that_fills_the_memory_exactly_is_measured_as_a_whole(n_more: int, is_whole: bool) -> None:
    n_features = MOST_BYTES // 4 // 64

    (layer,) = plan_compared_layers({"wide": n_features + n_more}, None, 64, 8).layers

    assert (layer.taken is None) == is_whole
    assert (layer.features, layer.n_taken) == (n_features + n_more, n_features)


def test_that_of_more_samples_than_memory_for_one_feature_each_one_feature_is_measured() -> None:
    (layer,) = plan_compared_layers({"fc": 5}, None, MOST_BYTES, 8).layers

    assert layer.n_taken == 1


def test_that_twenty_four_layers_are_compared_without_a_word_and_empty_ones_never() -> None:
    plan = plan_compared_layers({"empty": 0} | {f"fc{number}": 4 for number in range(24)}, None, 8, 9)

    assert [each.name for each in plan.layers] == [f"fc{number}" for number in range(24)]
    assert plan.notes == ()


@pytest.mark.parametrize(("n_outputs", "names"), [(2, ["fc", "softmax"]), (0, ["fc"])])
def test_that_two_outputs_are_class_scores(n_outputs: int, names: list[str]) -> None:
    assert [each.name for each in plan_compared_layers({"fc": 3}, n_outputs, 8, 9).layers] == names


def test_that_the_note_of_a_layer_too_wide_names_its_size_the_samples_and_what_is_measured() -> None:
    plan = plan_compared_layers({"conv": 800_000, "fc": 10}, None, 1024, 128)

    assert plan.notes == (
        "'conv' has 800,000 features for each of 1,024 samples; its similarity and effective rank are measured on "
        "32,768 of them, evenly spread.",
    )


def test_that_a_layer_says_which_of_its_own_features_are_kept_where_only_some_are_measured() -> None:
    (layer,) = plan_compared_layers({"conv": 800_000}, None, 256, 3).layers

    assert layer.kept.tolist() == [0, 65_536, 131_071]
    assert layer.taken is not None
    assert layer.to_schema().kept.tolist() == layer.taken[[0, 65_536, 131_071]].tolist()
    assert layer.to_schema().kept.tolist()[::2] == [0, 799_999]


def test_that_probabilities_are_known_by_their_sums_and_signs() -> None:
    nearly = np.array([[0.25, 0.7505]], np.float32)
    for logits in (np.array([[0.25, 0.76]]), np.array([[-0.25, 1.25]])):
        powers = np.exp(logits[0])
        np.testing.assert_allclose(softmax(logits.astype(np.float32))[0], powers / powers.sum(), atol=1e-6)

    assert softmax(nearly) is nearly
