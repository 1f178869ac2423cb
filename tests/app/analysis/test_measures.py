"""What was measured of the layers, as a list to choose from, and how names of scalars are read."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.analysis.measures import Measure, estimate_text, estimate_tip, is_bounded, layer_measures
from app.analysis.metric_text import MetricText, capitalized, metric_text
from app.analysis.not_finite import FirstNotFinite, NotFinitePlace, first_not_finite, not_finite_steps
from app.analysis.scalar_names import grouped, how_to_record, matching, parse
from collector.storage.schema import Metric


def test_that_each_measure_is_offered_once_the_best_known_first_and_averages_behind() -> None:
    names = [
        "loss", "own/fc1", "near_zero@1e-05~ema/fc1", "near_zero@1e-05/fc1", "gradient_norm/total", "update_ratio/fc2",
        "update_ratio/fc1", "learning_rate/fc1", "gradient_norm~se/fc1", "weights_crc32/fc1", "rank_loss/0",
    ]  # fmt: skip
    found = layer_measures(names)
    assert [each.key for each in found] == ["update_ratio", "near_zero@1e-05", "near_zero@1e-05~ema", "own"]
    assert [each.title for each in found] == [
        "Update ratio", "Near zero, below 1e-05", "Near zero, below 1e-05, moving average", "Own",
    ]  # fmt: skip
    assert [each.is_first for each in found] == [True, False, False, False]
    assert found[1].unit == "parameters"


@pytest.mark.parametrize(("is_linear", "is_log"), [(True, False), (False, True)])
def test_that_a_metric_of_ones_own_has_the_scale_that_it_was_given_and_may_be_of_the_whole_model(
    is_linear: bool, is_log: bool
) -> None:
    described = {"own": Metric("own", "My own", "A tip.", "mm", is_linear)}
    assert layer_measures(["own/total"], described) == [
        Measure("own", "own", "My own", "A tip.", is_log, "mm", is_first=True, is_own=True)
    ]
    assert layer_measures(["own/total"]) == []


def test_that_a_measure_has_a_column_for_each_layer_and_the_whole_model() -> None:
    (measure,) = layer_measures(["gradient_norm/fc1"])
    assert [measure.column(layer) for layer in ("fc1", "whole model")] == ["gradient_norm/fc1", "gradient_norm/total"]
    assert [is_bounded(each) for each in ("dead_fraction", "gradient_angle", "angle", "gradient_norm")] == [
        True, True, False, False,
    ]  # fmt: skip


def a_run(sample: int, *names: str) -> Any:
    return SimpleNamespace(insight=SimpleNamespace(sample=sample, parameters=12_000), series=names)


def test_that_an_estimate_says_of_how_many_and_how_good_it_is() -> None:
    assert estimate_text(a_run(5_000)) == "estimate from 5,000 of 12,000 parameters"
    assert estimate_text(a_run(12_000)) == estimate_tip(a_run(12_000)) == ""
    assert estimate_text(SimpleNamespace(insight=None)) == ""  # type: ignore[arg-type]
    assert estimate_tip(a_run(11_999, "loss")) == (
        "The counts are of a random sample, the same for the whole run. "
        "How far they may be off is not recorded in this file."
    )
    assert estimate_tip(a_run(5_000, "loss", "near_zero@1e-05~se/fc1")) == (
        "Everything but norms was measured on a random sample, the same for the whole run. "
        "± is 1.96 standard errors: of 100 samples 95 would be that near to the truth."
    )


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("rank_loss/0", "train with several processes: torchrun --nproc_per_node=2 …"),
        ("weight_norm/fc9", "this run has no such layer, or none of its passes measured it"),
        ("near_zero@1e-05/fc1", "the run did not measure it"),
        ("test_f1", "collector.end_epoch(test_f1=…)"),
        ("train_f1", "collector.end_epoch(train_f1=…)"),
        ("f1", "collector.log(f1=…)"),
    ],
)
def test_that_a_scalar_that_lacks_says_how_it_is_recorded(text: str, how: str) -> None:
    assert how_to_record(text) == how


@pytest.mark.parametrize(
    ("text", "is_first", "is_averaged", "is_error"),
    [
        ("loss", True, False, False),
        ("rank_loss/0", False, False, False),
        ("learning_rate/0", True, False, False),
        ("gradient_norm/fc1", True, False, False),
        ("near_zero@1e-05/fc1", False, False, False),
        ("near_zero@1e-05~ema/fc1", False, True, False),
        ("near_zero@1e-05~ema~se/fc1", False, True, True),
        ("near_zero@1e-05~se/fc1", False, False, True),
    ],
)
def test_that_a_name_is_taken_apart(text: str, is_first: bool, is_averaged: bool, is_error: bool) -> None:
    name = parse(text)
    assert (name.text, name.is_first, name.is_averaged, name.is_error) == (text, is_first, is_averaged, is_error)


def test_that_what_was_logged_stays_as_it_comes_before_what_was_measured() -> None:
    names = ["weight_norm/fc1", "zeta", "gradient_norm/fc1", "gradient_norm/total", "alpha", "update_ratio/fc1"]
    found = {measure: [each.place for each in own] for measure, own in grouped(map(parse, names)).items()}
    assert [*found] == ["zeta", "alpha", "update ratio", "gradient norm", "weight norm"]
    assert found["gradient norm"] == ["whole model", "fc1"]


def test_that_a_search_needs_all_words_of_the_name_or_the_title() -> None:
    names = [*map(parse, ["gradient_norm/total", "weight_norm/fc1"])]
    assert [each.text for each in matching(names, "WHOLE grad")] == ["gradient_norm/total"]
    assert [each.text for each in matching(names, "_norm")] == ["gradient_norm/total", "weight_norm/fc1"]
    assert matching(names, "whole fc1") == []


def test_that_a_metric_is_called_what_the_file_says_else_what_we_do_else_its_own_name() -> None:
    described = {"loss": Metric("loss", "", "A tip.", "nats")}
    assert metric_text("loss", described) == MetricText("loss", "A tip.", "nats")
    assert metric_text("loss") == MetricText("loss", "Of the batch, as it was logged.")
    assert metric_text("my_own_metric") == MetricText("my own metric")
    assert [capitalized(each) for each in ("a b", "", "NaN")] == ["A b", "", "NaN"]


PLACES = [
    NotFinitePlace("NaN in a gradient", "fc2", np.array([5, 6])),
    NotFinitePlace("NaN in a gradient", "fc1", np.array([5])),
    NotFinitePlace("NaN in a gradient", "fc3", np.array([7])),
    NotFinitePlace("loss that is NaN or Inf", "", np.array([1_200])),
    NotFinitePlace("+Inf in a gradient", "fc2", np.array([4])),
    NotFinitePlace("+Inf in a gradient", "fc2", np.array([3])),
]


def test_that_the_first_of_each_kind_names_its_layers_in_their_order() -> None:
    found = first_not_finite(PLACES, ["fc1", "fc2", "fc3"])
    assert found == [
        FirstNotFinite("+Inf in a gradient", 3, ("fc2",)),
        FirstNotFinite("NaN in a gradient", 5, ("fc1", "fc2")),
        FirstNotFinite("loss that is NaN or Inf", 1_200),
    ]
    assert [each.words for each in found] == [
        "First +Inf in a gradient: step 3, layer fc2",
        "First NaN in a gradient: step 5, layer fc1 and 1 more",
        "First loss that is NaN or Inf: step 1,200",
    ]
    of_input = FirstNotFinite("NaN or Inf in the input", 0, ("x", "y", "z"))
    assert of_input.words == "First NaN or Inf in the input: step 0, argument x and 2 more"


def test_that_bad_steps_of_a_layer_are_told_once_and_of_the_whole_model_all() -> None:
    assert not_finite_steps(PLACES, "fc2").tolist() == [3, 4, 5, 6]
    assert not_finite_steps(PLACES, "total").tolist() == [3, 4, 5, 6, 7, 1_200]
    assert not_finite_steps(PLACES, "fc9").tolist() == []
