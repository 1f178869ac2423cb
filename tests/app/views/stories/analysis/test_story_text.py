"""What is said of a sample's story: whole texts."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.views.stories.analysis.story_run import StoryRun
from app.views.stories.analysis.story_text import (
    depth_text,
    hovered_lines,
    moment_text,
    run_text,
    said_lines,
    sample_title,
    selection_text,
    story_rows,
)
from app.views.stories.analysis.suspicion import loss_text
from tests.app.views.stories.made_up_story import WITHOUT, story_of
from tests.app.views.stories.made_up_story import three_samples as run
from tests.app.views.stories.told_run import NAMES, Told

NOTHING: dict[str, Any] = {"confidences": None, "label_probabilities": None, "margins": None, "losses": None}


def rows(made: StoryRun, sample: int, number: int | None) -> list[str]:
    return [f"{name}: {value} ({colour})" for name, value, colour in story_rows(made, sample, number)]


def test_that_the_run_is_told_by_its_samples_and_its_measurements() -> None:
    assert run_text(run()) == "3 training samples · 3 measurements"
    assert run_text(run(of="")) == "3 samples · 3 measurements"
    one = story_of(Told(1, 1), of="held-out", is_from_projection=True)
    assert run_text(one) == (
        "1 held-out sample · 1 measurement · those of the projection: "
        "--story_samples 2000 also records probabilities, margins and losses"
    )
    many = story_of(Told(1200, 1), steps=np.arange(2000))
    assert run_text(many) == "1,200 training samples · 2,000 measurements"


def test_that_a_measurement_and_a_sample_are_told_by_their_numbers() -> None:
    made = run(steps=np.array([0, 10, 12000]), epochs=np.array([0, 1, -1]), numbers=np.array([7, 8, 1234]))
    assert [moment_text(made, number) for number in (None, 1, 2)] == ["", "epoch 1, step 10", "step 12,000"]
    assert [sample_title(made, sample) for sample in (0, 2)] == ["sample #7", "sample #1,234"]


@pytest.mark.parametrize(
    ("changes", "number", "lines"),
    [
        ({}, 0, [("label ant", "text"), ("predicted ant", "right")]),
        ({}, 1, [("label ant", "text"), ("predicted bee", "wrong")]),
        ({}, None, [("label ant", "text")]),
        ({"labels": None}, 1, [("predicted bee", "text")]),
        ({"predictions": np.full((3, 3), -1)}, 1, [("label ant", "text"), ("loss 1.61", "text")]),
        ({"predictions": None}, 1, [("label ant", "text"), ("loss 1.61", "text")]),
        ({"predictions": None}, None, [("label ant", "text")]),
        ({"predictions": None, "losses": np.full((3, 3), np.nan)}, 1, [("label ant", "text")]),
        ({"predictions": None, "losses": None}, 1, [("label ant", "text")]),
        ({"class_names": ()}, 1, [("label class 0", "text"), ("predicted class 1", "wrong")]),
    ],
)
def test_that_a_sample_is_told_by_its_label_and_by_what_the_network_makes_of_it(
    changes: dict[str, Any], number: int | None, lines: list[tuple[str, str]]
) -> None:
    assert said_lines(run(**changes), 0, number) == lines


def test_that_the_card_at_the_pointer_tells_all_that_was_measured() -> None:
    told = [text for text, _ in hovered_lines(run(), 0, 2)]
    assert told == [
        "sample #0", "label ant", "predicted ant", "confidence 100 %", "p(label) 100 %", "margin 2.34",
        "loss 0.000100", "epoch 2, step 20",
    ]  # fmt: skip
    assert {colour for _, colour in hovered_lines(run(), 0, 2)[3:]} == {"faint_text"}
    assert hovered_lines(run(), 0, None) == [("sample #0", "faint_text"), ("label ant", "text")]
    unknown = {name: np.full((3, 3), np.nan) for name in NOTHING}
    assert [text for text, _ in hovered_lines(run(**unknown), 0, 2)][3:] == ["epoch 2, step 20"]
    assert [text for text, _ in hovered_lines(run(), 2, 2)][3:] == [
        "confidence <0.1 %", "p(label) 0.0 %", "margin −3.00", "loss 12.3", "epoch 2, step 20",
    ]  # fmt: skip


def test_that_what_became_of_a_sample_is_told_name_by_name() -> None:
    assert rows(run(), 0, 1) == [
        "label: ant (text)", "predicted: bee (wrong)", "learnt: epoch 0, step 0 (text)", "forgotten: 1× (text)",
        "confidence: 75.0 % (text)", "p(label): 20.0 % (text)", "margin: 0.00 (text)", "loss: 1.61 (text)",
        "AUM: 1.28 · rank 3 of 3 (text)", "depth: fc1 (text)",
    ]  # fmt: skip
    assert rows(run(), 1, 2)[:4] == [
        "label: bee (text)", "predicted: bee (right)", "learnt: epoch 1, step 10 (text)", "forgotten: never (text)",
    ]  # fmt: skip
    never = rows(run(), 2, 2)
    assert never[:4] == [
        "label: cat (text)", "predicted: dog (wrong)", "learnt: never (text)", "confidence: <0.1 % (text)",
    ]  # fmt: skip
    assert never[-2:] == ["AUM: −2.00 · rank 1 of 3 (text)", "depth: output only (text)"]
    assert rows(run(), 2, 0)[-1] == "AUM: −2.00 · rank 1 of 3 (text)"  # where no layer voted there is no depth


def test_that_before_the_first_measurement_only_what_stays_is_told() -> None:
    assert rows(run(), 0, None) == [
        "label: ant (text)", "learnt: epoch 0, step 0 (text)", "forgotten: 1× (text)", "AUM: 1.28 · rank 3 of 3 (text)",
    ]  # fmt: skip


def test_that_of_what_was_not_recorded_nothing_is_told() -> None:
    assert rows(run(**WITHOUT), 0, 1) == []
    only_losses = run(**(WITHOUT | {"losses": run().losses}))
    assert rows(only_losses, 1, 1) == ["loss: 0.700 (text)", "mean loss: 1.03 · rank 2 of 3 (text)"]
    assert rows(run(margins=np.full((3, 3), np.nan), losses=None), 1, 1)[-2:] == [
        "p(label): 50.0 % (text)", "depth: conv1 (text)",
    ]  # fmt: skip
    assert rows(run(**(NOTHING | {"labels": np.array([0, 1, 2])})), 1, 1)[-2] == "right: 66.7 % · rank 3 of 3 (text)"


def test_that_a_depth_is_told_by_its_layer() -> None:
    assert [depth_text(run(), depth) for depth in range(4)] == ["conv1", "conv2", "fc1", "output only"]


MANY = [0] * 9 + [1] * 8 + [2] * 7 + [3] * 1200


@pytest.mark.parametrize(
    ("labels", "selected", "text"),
    [
        ([0, 0, 1, 2, 3, 3, 3], [0, 1, 2, 3, 4, 5, 6], "7 selected: 3 of dog, 2 of ant, 1 of bee, 1 of others"),
        ([0, 0, 1, 2, 3, 3, 3], [0, 1, 2], "3 selected: 2 of ant, 1 of bee"),
        ([0, 0, 1, 2, 3, 3, 3], [2, 3, 6], "3 selected: 1 of bee, 1 of cat, 1 of dog"),
        ([0, 0, 1, 2, 3, 3, 3], [], "0 selected"),
        (None, [1, 2], "2 selected"),
        ([0] * 2500, list(range(1500)), "1,500 selected: 1,500 of ant"),
        (MANY, range(1224), "1,224 selected: 1,200 of dog, 9 of ant, 8 of bee, 7 of others"),
    ],
)
def test_that_a_selection_is_told_by_its_labels_the_most_frequent_first(
    labels: list[int] | None, selected: list[int], text: str
) -> None:
    told = Told(len(labels or [0, 0, 0]), 1)
    made = story_of(told, labels=None if labels is None else np.array(labels))
    assert selection_text(made, np.array(selected, int)) == text


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([0.5], "0.5"),
        ([[-0.25, 1e-7]], "−0.25, 1e−7"),
        ([[1, 2, 3]], "1, 2, 3"),
        ([[1, 2, 3, 4]], "1, 2, 3…"),
        ([[np.nan, 0, 1234.5]], "NaN, 0, 1.23e3"),
        (None, ""),
    ],
)
def test_that_what_is_no_class_is_told_in_numbers(values: list[Any] | None, text: str) -> None:
    told = Told(1, 1)
    made = story_of(told, labels=None, values=None if values is None else np.array(values, float))
    assert made.label_text(0) == text


@pytest.mark.parametrize(
    ("loss", "text"),
    [
        (0, "0.00"),
        (3.1, "3.10"),
        (3.14159, "3.14"),
        (1e-5, "1.00e−5"),
        (123.4, "123"),
        (12345, "1.23e4"),
        (9.999, "10.0"),
    ],
)
def test_that_a_loss_has_three_digits(loss: float, text: str) -> None:
    assert loss_text(loss) == text


def test_that_a_class_has_its_name_or_its_number() -> None:
    made = run()
    assert [made.name_of(number) for number in (0, 3, 4, -1)] == ["ant", "dog", "class 4", "class -1"]
    assert [made.prediction_text(2, number) for number in (None, 0, 2)] == ["", "ant", "dog"]
    assert replace(made, predictions=np.full((3, 3), -1)).prediction_text(0, 0) == ""
    assert replace(made, predictions=None).prediction_text(0, 0) == ""
    assert made.class_names == NAMES
