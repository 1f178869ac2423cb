"""What is kept of samples that can be laid out in a plane: how they look, of which layers how much."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.capture.comparison import MOST_BYTES, OUTPUT
from collector.capture.projecting import as_pictures, plan_projection, predicted_classes, record_of, samples_kept


@given(st.integers(0, 999), st.sampled_from([1, 3]))
def test_that_pictures_are_what_they_were_before_they_were_normalised(seed: int, channels: int) -> None:
    random = np.random.default_rng(seed)
    pictures = random.integers(0, 256, (5, channels, 4, 6), np.uint8)
    mean, std = random.uniform(0, 1, channels), random.uniform(0.1, 1, channels)
    inputs = (pictures / 255 - mean[:, None, None]) / std[:, None, None]

    np.testing.assert_array_equal(as_pictures(inputs.astype(np.float32), mean, std), pictures)


def test_that_without_mean_and_deviation_the_smallest_is_black_and_the_largest_white() -> None:
    inputs = np.array([[[-3.0, np.nan], [1.0, 5.0]]], np.float32)

    assert as_pictures(inputs, (), ()).tolist() == [[[[0, 0], [128, 255]]]]
    assert as_pictures(np.zeros((2, 1, 2, 2), np.float32), (), ()).max() == 0


def test_that_what_is_no_picture_is_flattened_as_it_is() -> None:
    inputs = np.random.default_rng(0).normal(size=(4, 5, 3, 3)).astype(np.float32)

    np.testing.assert_array_equal(as_pictures(inputs, (), ()), inputs.reshape(4, -1))
    assert as_pictures(np.ones((4, 7)), (), ()).shape == (4, 7)


def test_that_of_large_samples_as_many_are_kept_as_fit() -> None:
    assert samples_kept(10_000, 784, are_pictures=True) == 10_000
    assert samples_kept(10_000, 3 * 224 * 224, are_pictures=True) == 2**28 // (3 * 224 * 224)
    assert samples_kept(10, 2**30, are_pictures=False) == 1


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(0, 5000), max_size=40), st.integers(1, 10_000))
def test_that_layers_and_features_are_bounded_and_spread(widths: dict[str, int], n_samples: int) -> None:
    plan = plan_projection(widths, n_samples)

    there = [name for name, width in widths.items() if width]
    assert len(plan.layers) == min(24, len(there))
    assert [each.name for each in plan.layers] == [name for name in there if name in {x.name for x in plan.layers}]
    assert bool(plan.notes) == (len(there) > 24)
    for layer in plan.layers:
        kept = np.asarray(layer.to_schema().kept)
        assert len(kept) == min(256, widths[layer.name])
        assert (kept[0], kept[-1]) == (0, widths[layer.name] - 1 if len(kept) > 1 else 0)
        assert (np.diff(kept) > 0).all()
    assert [layer for group in plan.groups for layer in group] == list(plan.layers)
    assert all(sum(x.n_taken for x in group) * 4 * n_samples <= MOST_BYTES or len(group) == 1 for group in plan.groups)


def test_that_a_record_holds_the_kept_features_and_the_classes() -> None:
    values = np.random.default_rng(0).normal(size=(6, 600)).astype(np.float32)
    values[0, 0], values[1, 0] = 1e9, np.nan
    logits = np.eye(6, 3, dtype=np.float32)
    asked = []

    def outputs(wanted):
        asked.extend(wanted)
        found = {"a": values[:, wanted["a"]], "b": values[:3, :4], OUTPUT: logits}
        return {name: found[name] for name in wanted if name in found}

    plan = plan_projection({"a": 600, "b": 4, "c": 2}, 6)
    record = record_of(plan, outputs, 6, step=7, epoch=2)

    assert (record.step, record.epoch, list(record.features)) == (7, 2, ["a"])
    assert asked == ["a", "b", "c", OUTPUT]
    kept = np.clip(values[:, plan.layers[0].taken], -65504, 65504).astype(np.float16)
    np.testing.assert_array_equal(record.features["a"], kept)
    assert record.features["a"][0, 0] == 65504
    assert record.predictions.tolist() == [0, 1, 2, 0, 0, 0]


@pytest.mark.parametrize("n_classes", [3, 40_000])
def test_that_a_prediction_is_the_largest_and_none_where_there_is_nan(n_classes: int) -> None:
    logits = np.zeros((3, n_classes), np.float32)
    logits[0, n_classes - 1], logits[1, 0] = 1, np.nan

    assert predicted_classes(logits).tolist() == [n_classes - 1, -1, 0]
