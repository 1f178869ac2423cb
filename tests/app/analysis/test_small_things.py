"""Of the passes, samples and classes of a run what several views tell: places, names, colours, orders."""

import colorsys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.analysis.augmentation_text import augmentation_text
from app.analysis.axis import dumped_steps, epoch_ends, last_at, last_step, place_text
from app.analysis.class_groups import class_colours, grouped
from app.analysis.differences import first_metric, next_stretch, place_among
from app.analysis.samples_view import SampleOrder, SamplesView, ordered
from app.analysis.table import Table
from app.analysis.token_words import token_name, visible
from collector.comparing.difference_map import DifferenceMap
from collector.storage.schema import DumpRecord, EpochRecord


def test_that_a_place_is_its_epoch_and_step_where_the_epoch_is_known() -> None:
    assert place_text(0, 12) == "epoch 0, step 12"
    assert place_text(1_000, 12_000) == "epoch 1,000, step 12,000"
    assert place_text(-1, 5) == "step 5"


@pytest.mark.parametrize(("step", "number"), [(1, None), (2, 0), (4.9, 0), (5, 1), (99, 1)])
def test_that_the_last_step_is_the_last_that_is_not_above(step: float, number: int | None) -> None:
    assert last_at(np.array([2, 5]), step) == number


def test_that_passes_of_the_black_box_are_those_of_the_schedule_among_them_too() -> None:
    dumps = [DumpRecord(9, "nan", steps=[11, 19]), DumpRecord(30, "nan", steps=[30]), DumpRecord(50, "nan")]
    run: Any = SimpleNamespace(passes=SimpleNamespace(steps=np.arange(0, 60, 10)), dumps=dumps, epochs=[])
    run.passes.steps = np.array([0, 10, 11, 15, 19, 20, 30, 40])
    assert dumped_steps(run).tolist() == [11, 15, 19, 30]
    run.dumps = dumps[2:]
    assert dumped_steps(run).tolist() == []


def test_that_epochs_end_where_they_are_recorded_to() -> None:
    run: Any = SimpleNamespace(epochs=[EpochRecord(0, 5), EpochRecord(1, 9)])
    assert epoch_ends(run).tolist() == [5, 9]


@pytest.mark.parametrize(
    ("kind", "strength", "words"),
    [
        ("none", 0.0, "unchanged"),
        ("rotation", 0.4, "rotation 0.40 of 30 degrees"),
        ("rotation", -0.4, "rotation −0.40 of 30 degrees"),
        ("blur", 1.0, "blur 1.00"),
    ],
)
def test_that_a_change_is_told_with_its_strength_and_what_that_is_of(kind: str, strength: float, words: str) -> None:
    header: Any = SimpleNamespace(
        kinds=["other", kind], strengths=np.array([9.0, strength]), largest={"rotation": "30 degrees"}
    )
    assert augmentation_text(header, 1) == words


@pytest.mark.parametrize(
    ("word", "seen"), [("a", "a"), (" a ", "a"), ("a\nb", "a⏎b"), ("\n", "⏎"), ("  ", "␣"), ("", "∅")]
)
def test_that_every_token_can_be_seen(word: str, seen: str) -> None:
    assert visible(word) == seen


def test_that_a_token_without_a_text_is_its_number() -> None:
    assert [token_name(number, {3: "x"}) for number in (3, 13)] == ["x", "#13"]


@pytest.mark.parametrize("n", [0, 1, 10, 11, 200])
def test_that_each_class_has_a_colour_of_its_own(n: int) -> None:
    colours = class_colours(n)
    assert (colours.shape, colours.dtype) == ((n, 3), np.uint8)
    assert len(np.unique(colours, axis=0)) == n


def test_that_the_colours_of_many_classes_are_bright_and_strong_and_every_third_lighter() -> None:
    colours = class_colours(40).astype(float) / 255
    lightness = (colours.max(axis=1) + colours.min(axis=1)) / 2
    assert lightness[::3] == pytest.approx(0.65, abs=0.01)
    assert lightness[1::3] == pytest.approx(0.45, abs=0.01)
    spread = (colours.max(axis=1) - colours.min(axis=1)) / (1 - np.abs(2 * lightness - 1))
    assert spread == pytest.approx(0.75, abs=0.02)


def test_that_groups_are_counted_with_those_that_are_empty() -> None:
    found = grouped(np.array([0, 2, 2]), ("a", "b", "c", "d"), class_colours(4))
    assert found.counts.tolist() == [1, 0, 2, 0]


def test_that_the_measure_of_a_pair_is_what_is_wished_else_the_best_known_else_the_first() -> None:
    own = ("own", "weight_norm", "update_norm")
    assert first_metric(own, "own") == "own"
    assert first_metric(own, "other") == "update_norm"
    assert first_metric(own[:1], "") == "own"
    assert first_metric((), "own") == ""


def stretches(*differs: int) -> DifferenceMap:
    values = np.array([differs, [2 * each for each in differs]], float)
    steps = np.arange(len(differs)) * 10
    return DifferenceMap("norm", ("a", "b"), steps, steps, values, values != 0)


def test_that_the_way_goes_to_the_first_step_of_a_stretch_and_the_layer_that_differs_most() -> None:
    found = stretches(0, 1, 1, 0, 1)
    assert [next_stretch(found, step, 1) for step in (0, 10, 39, 40)] == [(10, "b"), (40, "b"), (40, "b"), None]
    assert [next_stretch(found, step, -1) for step in (10, 11, 40, 41)] == [None, (10, "b"), (10, "b"), (40, "b")]
    assert [place_among(found, step) for step in (9, 10, 20, 21, 40)] == [
        (None, 2), (0, 2), (0, 2), (None, 2), (1, 2),
    ]  # fmt: skip


def test_that_what_has_no_ratio_differs_most_and_what_does_not_differ_least() -> None:
    values = np.array([[5.0], [np.nan], [9.0]])
    differs = np.array([[True], [True], [False]])
    steps = np.array([7])
    assert next_stretch(DifferenceMap("norm", ("a", "b", "c"), steps, steps, values, differs), 0, 1) == (7, "b")


LABELS, PREDICTED = np.array([0, 1, 1, 0]), np.array([0, 0, 1, 1])
VIEW = SamplesView(LABELS, PREDICTED, np.array([0.6, 0.9, 0.9, 0.5], "f4"), np.array([2.0, np.nan, 5.0, 2.0]))


@pytest.mark.parametrize(
    ("order", "numbers"),
    [
        (SampleOrder.PROBE, [0, 1, 2, 3]),
        (SampleOrder.MOST_CONFIDENT, [1, 2, 0, 3]),
        (SampleOrder.LEAST_CONFIDENT, [3, 0, 1, 2]),
        (SampleOrder.WRONG, [1, 3, 2, 0]),
        (SampleOrder.ERROR, [2, 0, 3, 1]),
        (SampleOrder.CHANGED, [3, 1, 0, 2]),
    ],
)
def test_that_samples_stand_in_the_order_that_is_asked_for(order: SampleOrder, numbers: list[int]) -> None:
    assert ordered(VIEW, order, 4, np.array([3, 1])).tolist() == numbers


def test_that_samples_of_which_too_few_are_known_stay_in_order() -> None:
    for order in (SampleOrder.MOST_CONFIDENT, SampleOrder.ERROR, SampleOrder.CHANGED):
        assert ordered(VIEW, order, 5).tolist() == [0, 1, 2, 3, 4]


def test_that_columns_are_put_in_front_of_each_row_but_for_those_that_rows_tell_themselves() -> None:
    table = Table(("step", "loss"), [(1, 0.5), (2, None)], {"a": 1}, ["note"], is_of_pass=True, nothing="none")
    found = table.with_columns({"run": "x", "step": 9})
    assert found == Table(
        ("run", "step", "loss"), [("x", 1, 0.5), ("x", 2, None)], {"a": 1}, ["note"], is_of_pass=True, nothing="none"
    )


def test_that_ten_classes_have_the_colours_that_are_told_apart_best_and_more_go_around_the_circle() -> None:
    ten = class_colours(10)
    assert ten[:3].tolist() == class_colours(3).tolist()
    assert (ten[0].tolist(), ten[9].tolist()) == ([0x4E, 0x9B, 0xE8], [0x2F, 0xBD, 0xC6])
    expected = [
        [
            round(255 * part)
            for part in colorsys.hls_to_rgb(number * 0.61803398875 % 1, 0.45 if number % 3 else 0.65, 0.75)
        ]
        for number in range(30)
    ]
    assert class_colours(30).tolist() == expected
    assert class_colours(11).tolist() == expected[:11]


def test_that_the_axis_ends_at_the_last_step_that_anything_is_known_of() -> None:
    run: Any = SimpleNamespace(n_steps=7, passes=SimpleNamespace(steps=np.array([0, 9])))
    assert last_step(run) == 9
    run.n_steps = 12
    assert last_step(run) == 12
    run.n_steps, run.passes.steps = 0, np.zeros(0, int)
    assert last_step(run) == 1, "an axis has a length"


def test_that_of_those_that_differ_one_without_any_size_is_led_to_as_well() -> None:
    found = DifferenceMap(
        "norm", ("a", "b"), np.array([7]), np.array([7]), np.array([[5.0], [0.0]]), np.array([[False], [True]])
    )
    assert next_stretch(found, 0, 1) == (7, "b")
