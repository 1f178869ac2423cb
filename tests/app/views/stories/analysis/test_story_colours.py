"""Codes and colours of cells, exactly: ends of scales, what was not recorded, classes, and what is said of them."""

from typing import Any

import numpy as np
import pytest

from app.analysis.class_groups import class_colours
from app.views.stories.analysis.story_cells import (
    NOT_RECORDED,
    CellColours,
    Cells,
    Quantity,
    cells_of,
    scale_colours,
)
from tests.app.views.stories.made_up_story import WITHOUT, story_of
from tests.app.views.stories.told_run import Told

THEME = CellColours((0, 200, 0), (200, 0, 0), (30, 30, 30))
TOP = 254


def cells(quantity: Quantity, values: list[float], name: str) -> Cells:
    """Of one sample at as many measurements as there are values."""
    told = Told(1, len(values))
    return cells_of(story_of(told, **{name: np.array(values)[:, None]}), quantity, THEME)


def test_that_the_scale_has_five_colours_of_viridis_and_those_between_them() -> None:
    scale = scale_colours()
    assert scale.shape == (255, 3)
    assert scale[[0, 127, 254]].tolist() == [[68, 1, 84], [33, 145, 140], [253, 231, 37]]
    assert np.abs(scale[[63, 64]].mean(axis=0) - (59, 82, 139)).max() < 1.5
    assert np.abs(scale[[190, 191]].mean(axis=0) - (94, 201, 98)).max() < 1.5


def test_that_right_is_calmer_than_wrong() -> None:
    told = Told(2, 2)
    found = cells_of(
        story_of(told, labels=np.array([0, 1]), predictions=np.array([[0, 0], [-1, 1]])), Quantity.RIGHT, THEME
    )
    assert found.codes.tolist() == [[1, NOT_RECORDED], [0, 1]]
    assert found.colours[[0, 1, NOT_RECORDED]].tolist() == [[200, 0, 0], [15, 115, 15], [30, 30, 30]]
    assert list(found.names.items()) == [(1, "right"), (0, "wrong")]
    assert found.span is None


@pytest.mark.parametrize(
    ("quantity", "name"), [(Quantity.CONFIDENCE, "confidences"), (Quantity.LABEL, "label_probabilities")]
)
def test_that_a_share_has_its_place_on_the_scale_from_0_to_1(quantity: Quantity, name: str) -> None:
    found = cells(quantity, [0, 1, 0.5, 0.25, 1.5, -1, np.nan, np.inf], name)
    assert found.codes.tolist() == [[0, TOP, 127, 64, TOP, 0, NOT_RECORDED, NOT_RECORDED]]
    assert (found.colours[:255] == scale_colours()).all()
    assert found.colours[NOT_RECORDED].tolist() == [30, 30, 30]
    assert (found.names, found.span) == ({}, ("0", "1"))


def test_that_a_margin_is_wrong_below_0_and_right_above_it_up_to_the_98th_percentile() -> None:
    values = [*([0.0] * 150), *([2.0] * 40), *([-2.0] * 8), -500.0, np.nan]
    found = cells(Quantity.MARGIN, values, "margins")
    assert found.span == ("≤ −2", "≥ 2")
    assert found.codes[0, [0, 150, 190, 198, 199]].tolist() == [127, TOP, 0, 0, NOT_RECORDED]
    assert found.colours[[0, 127, TOP, NOT_RECORDED]].tolist() == [[200, 0, 0], [30, 30, 30], [0, 200, 0], [30, 30, 30]]
    half = np.rint(30 + (np.array(THEME.right) - 30) * (0.5**0.7))
    assert np.abs(found.colours[round(127 * 1.5)].astype(int) - half).max() <= 1


@pytest.mark.parametrize(
    ("values", "span"),
    [
        ([np.nan, np.nan], ("≤ −1", "≥ 1")),
        ([0.0, 0.0], ("≤ −1e−6", "≥ 1e−6")),
        ([-1234.5] * 3, ("≤ −1.23e3", "≥ 1.23e3")),
    ],
)
def test_that_the_ends_of_margins_are_told_with_true_signs(values: list[float], span: tuple[str, str]) -> None:
    assert cells(Quantity.MARGIN, values, "margins").span == span


def test_that_a_loss_has_its_place_by_its_logarithm_between_percentiles() -> None:
    values = [*([0.01] * 50), *([1.0] * 100), *([100.0] * 48), 1e9, 0.0, np.nan, -1.0]
    found = cells(Quantity.LOSS, values, "losses")
    assert found.span == ("≤ 0.01", "≥ 100")
    assert found.codes[0, [0, 50, 150, 198, 199, 200, 201]].tolist() == [
        0,
        127,
        TOP,
        TOP,
        0,
        NOT_RECORDED,
        NOT_RECORDED,
    ]


@pytest.mark.parametrize(
    ("values", "span", "codes"),
    [([np.nan, 0.0], ("0", "1"), [NOT_RECORDED, 0]), ([0.5, 0.5], ("≤ 0.5", "≥ 0.5"), [0, 0])],
)
def test_that_losses_which_are_nought_or_all_alike_are_at_the_lower_end(
    values: list[float], span: tuple[str, str], codes: list[int]
) -> None:
    found = cells(Quantity.LOSS, values, "losses")
    assert (found.span, found.codes.tolist()) == (span, [codes])


@pytest.mark.parametrize(
    ("quantity", "name", "values"),
    [
        (Quantity.LOSS, "losses", [1.0] * 50 + [2.0] * 50),
        (Quantity.LOSS, "losses", [1e-9] * 50 + [1.01e-9] * 50),
        (Quantity.MARGIN, "margins", [-0.01] * 50 + [0.01] * 50),
    ],
)
def test_that_what_is_nearly_alike_spans_the_whole_scale(quantity: Quantity, name: str, values: list[float]) -> None:
    found = cells(quantity, values, name)
    assert found.codes.tolist() == [[0] * 50 + [TOP] * 50]


def test_that_margins_that_are_all_nought_are_in_the_middle() -> None:
    assert cells(Quantity.MARGIN, [0.0, 0.0, np.nan], "margins").codes.tolist() == [[127, 127, NOT_RECORDED]]


def test_that_classes_have_the_colours_that_they_have_everywhere() -> None:
    told = Told(2, 2)
    made = story_of(told, labels=np.array([0, 9]), predictions=np.array([[0, 9], [-1, 3]]))
    found = cells_of(made, Quantity.PREDICTION, THEME)
    assert found.names == {0: "ant", 1: "bee", 2: "cat", 3: "dog", 4: "class 9"}
    assert found.codes.tolist() == [[0, NOT_RECORDED], [4, 3]]
    assert found.colours[:5].tolist() == class_colours(5).tolist()
    assert (found.colours[5:] == 30).all()


def test_that_of_very_many_classes_colours_come_again_and_none_is_that_of_nothing() -> None:
    n = 300
    made = story_of(Told(n, 1), labels=np.arange(n), predictions=np.arange(n)[None], class_names=())
    found = cells_of(made, Quantity.PREDICTION, THEME)
    assert found.codes[:, 0].tolist() == [number % TOP for number in range(n)]
    assert len(found.names) == TOP
    assert found.colours[:TOP].tolist() == class_colours(TOP).tolist()


@pytest.mark.parametrize("quantity", Quantity)
def test_that_what_was_not_recorded_has_no_cells(quantity: Quantity) -> None:
    nothing: dict[str, Any] = WITHOUT
    with pytest.raises(ValueError, match=f"{quantity} was not recorded"):
        cells_of(story_of(Told(2, 2), **nothing), quantity, THEME)
