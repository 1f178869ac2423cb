"""What a matrix says of itself and of its cells, word for word, and what a saved table holds of it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.views.correlations.across_pair import Across, AcrossRequest, AcrossResult
from app.views.correlations.analysis.augmentation_correlation import augmentation_table, mean_by_strength, spread_of
from app.views.correlations.analysis.flips import Flips
from app.views.correlations.analysis.matrix_colours import CLIPPED, SIGNED, MatrixScale, Table
from app.views.correlations.analysis.matrix_order import Order
from app.views.correlations.analysis.matrix_picture import Group
from app.views.correlations.analysis.pair_correlation import Inside, PairRequest, PairResult
from collector.comparing.unit_matching import UnitMatch
from tests.app.views.correlations.made_up import LAYERS, augmentations_of, augmented, flipped

VALUES = np.array([[0.5, np.nan, -0.25], [-0.0004, np.nan, 1.0]])


def of_pair(inside: Inside = Inside.FEATURES, order: Order = Order.AS_IS, row: str = "fc1") -> PairResult:
    request = PairRequest(0, row, "fc2", inside, order)
    return PairResult(request, VALUES, np.array([4, 8]), np.array([1, 3, 5]), ("a.fc1", "a.fc2"))


def of_samples(order: Order = Order.CLASS, classes: tuple[str, ...] = ("ant", "bee")) -> PairResult:
    places = np.array([3, 7])
    values = np.array([[1.0, np.nan], [np.nan, np.nan]])
    groups = (Group("ant", 0, 1), Group("bee", 1, 2))
    return PairResult(
        PairRequest(0, "fc1", "fc1", Inside.SAMPLES, order), values, places, places, ("a", "a"), groups, classes
    )


def of_both(
    what: Across = Across.DIFFERENCE, order: Order = Order.AS_IS, match: UnitMatch | None = None, **given: object
) -> AcrossResult:
    request = AcrossRequest((0, 1), "fc1", "fc2", ("fc2", "fc1"), what, Inside.FEATURES, order)
    return AcrossResult(request, VALUES, np.array([4, 8]), np.array([1, 3, 5]), match=match, **given)  # type: ignore[arg-type]


MATCH = UnitMatch(of_b=np.array([0, -1]), correlation=np.array([0.9, np.nan]), own=np.array([0.8, np.nan]), null=0.5)


def test_that_a_matrix_of_features_says_what_it_is() -> None:
    assert of_pair().about == "Pearson, 2 × 3 features, 1 without variance"
    assert replace(of_pair(), values=np.ones((2, 3))).about == "Pearson, 2 × 3 features"
    assert replace(of_pair(), values=np.ones((1200, 3))).about == "Pearson, 1,200 × 3 features"
    assert replace(of_pair(), values=np.full((2, 3), np.nan)).about == "Pearson, 2 × 3 features, 5 without variance"
    assert of_samples().about == "Pearson, 2 × 2 samples, 1 without variance"
    assert replace(of_pair(), problem="it is damaged").about == ""


def test_that_a_cell_of_features_says_what_it_is() -> None:
    picture = of_pair().picture(SIGNED)
    assert picture.tell(0, 2) == "fc1 feature 4 × fc2 feature 5: −0.250"
    assert picture.tell(1, 0) == "fc1 feature 8 × fc2 feature 1: 0.000"
    assert picture.tell(0, 1) == "fc1 feature 4 × fc2 feature 3: no number: a feature is the same for every sample"
    assert (picture.rows.names, picture.columns.names) == (("4", "8"), ("1", "3", "5"))
    assert (picture.rows.title, picture.columns.title) == ("features of a.fc1", "features of a.fc2")
    assert (picture.scale, picture.decimals, picture.absent_means, picture.hatched) == (SIGNED, 2, "no variance", None)


def test_that_a_cell_of_samples_says_what_it_is() -> None:
    picture = of_samples().picture(CLIPPED)
    assert picture.tell(0, 0) == "sample 3 (ant) × sample 3 (ant): 1.000"
    unknown = "sample 3 (ant) × sample 7 (bee): no number: all features of a sample are the same"
    assert picture.tell(0, 1) == unknown
    assert of_samples(classes=()).picture(CLIPPED).tell(0, 0) == "sample 3 × sample 3: 1.000"
    assert picture.rows == picture.columns
    assert (picture.rows.names, picture.rows.title) == (("3", "7"), "samples, by class")
    assert [each.name for each in picture.rows.groups] == ["ant", "bee"]
    assert of_samples(Order.AS_IS).picture(CLIPPED).rows.title == "samples"
    assert of_samples(Order.CLUSTERED).picture(CLIPPED).rows.title == "samples, by clusters"


def test_that_a_table_has_none_where_there_is_no_number() -> None:
    headings = ("feature_of_fc1", "fc2/feature_1", "fc2/feature_3", "fc2/feature_5")
    assert of_pair().table() == of_both().table() == (headings, [(4, 0.5, None, -0.25), (8, -0.0004, None, 1.0)])
    assert of_samples().table() == (
        ("sample_of_fc1", "fc1/sample_3", "fc1/sample_7"),
        [(3, 1.0, None), (7, None, None)],
    )


def test_that_a_matrix_of_both_says_what_it_is() -> None:
    assert of_both().about == "Pearson, 2 × 3 features"
    assert replace(of_both(), values=np.array([[0.0, np.nan]])).about == "the same, Pearson, 1 × 2 features"
    assert replace(of_both(Across.PRODUCT), values=np.zeros((1, 2))).about == "Pearson, 1 × 2 features"
    assert of_both(match=MATCH).about == "Pearson, 2 × 3 features; each with itself 0.80 in the mean"
    matched = of_both(order=Order.MATCHED, match=MATCH)
    assert matched.about == "Pearson, 2 × 3 features; each with itself 0.80 in the mean, 1 matched"
    nobody = replace(MATCH, own=np.array([np.nan, np.nan]))
    assert of_both(match=nobody).about == "Pearson, 2 × 3 features"
    assert replace(of_both(match=MATCH), problem="it is damaged").about == ""


def test_that_a_cell_of_both_says_what_it_is() -> None:
    assert of_both().picture(SIGNED).tell(0, 2) == "B − A, fc1 feature 4 × fc2 feature 5: −0.250"
    assert of_both(Across.PRODUCT).picture(SIGNED).tell(1, 2) == "A × B, fc1 feature 8 × fc2 feature 5: 1.000"
    unknown = "B − A, fc1 feature 4 × fc2 feature 3: no number: one does not vary"
    assert of_both().picture(SIGNED).tell(0, 1) == unknown
    matched = of_both(Across.PRODUCT, Order.MATCHED, MATCH).picture(SIGNED)
    assert matched.tell(0, 0) == "A × B, fc1 feature 4 × fc2 feature 1: 0.500"
    assert matched.tell(1, 0) == "A × B, fc1 feature 8 × fc2 feature 1: 0.000; no match"
    assert of_both(Across.PRODUCT, match=MATCH).picture(SIGNED).tell(1, 0).endswith(": 0.000")


def test_that_a_difference_has_a_scale_of_its_own_whose_middle_is_the_same() -> None:
    assert of_both().picture(CLIPPED).scale == MatrixScale(-1.0, 1.0, Table.DIVERGING)
    assert replace(of_both(), values=2 * VALUES).picture(CLIPPED).scale == MatrixScale(-2.0, 2.0, Table.DIVERGING)
    assert of_both(Across.PRODUCT).picture(CLIPPED).scale == CLIPPED
    hatched = np.array([[True, False, False]] * 2)
    picture = of_both(hatched=hatched).picture(SIGNED)
    assert picture.hatched is hatched
    assert picture.hatched_means == "no match"
    assert (picture.rows.title, picture.columns.title) == ("B − A: features of fc1", "features of fc2")
    picture = of_both(Across.PRODUCT).picture(SIGNED)
    assert (picture.rows.title, picture.columns.title) == ("A: features of fc1", "B: features of fc2")


def test_that_samples_of_both_are_told_as_samples() -> None:
    request = AcrossRequest((0, 0), "fc1", "fc1", ("fc1", "fc1"), Across.DIFFERENCE, Inside.SAMPLES, Order.CLASS)
    places = np.array([2, 6])
    found = AcrossResult(request, np.array([[0.0, 0.5], [0.5, 0.0]]), places, places, (Group("ant", 0, 2),))
    assert found.about == "Pearson, 2 × 2 samples"
    picture = found.picture(SIGNED)
    assert picture.tell(0, 1) == "B − A, fc1 sample 2 × fc1 sample 6: 0.500"
    assert (picture.rows.title, picture.rows.groups) == ("samples", found.groups)
    assert found.table()[0] == ("sample_of_fc1", "fc1/sample_2", "fc1/sample_6")
    assert found.table()[1][1] == (6, 0.5, 0.0)


def test_that_a_cell_of_augmentations_says_what_was_done() -> None:
    reading = augmented(augmentations_of())
    reading.values[0, 1] = np.nan
    picture = reading.picture(CLIPPED)
    assert picture.tell(0, 0) == "unchanged × unchanged: 1.000"
    assert picture.tell(0, 1) == "unchanged × rotation −0.75 of 30 degrees: no number: all features are the same"
    assert picture.tell(4, 8).startswith("noise −0.50 × blur 0.50 of 1 pixel: ")
    assert picture.rows.names == ("0", "1", "2", "3", "4", "5", "6", "8", "7")
    assert picture.rows.is_pictured
    assert [each.name for each in picture.columns.groups] == ["none", "rotation", "noise", "blur"]


def test_that_a_table_of_augmentations_has_a_row_for_each() -> None:
    header = augmentations_of()
    reading = augmented(header)
    headings, rows = augmentation_table(header, reading)
    assert headings == ("augmentation", "kind", "strength", *LAYERS)
    assert [row[:3] for row in rows] == [
        (number, kind, strength)
        for number, (kind, strength) in enumerate(zip(header.kinds, header.strengths.tolist(), strict=True))
    ]
    assert rows[3][3:5] == (reading.stability[0, 3], reading.stability[1, 3])
    both = flipped(reading)
    headings, rows = augmentation_table(header, both)
    assert headings[7:] == (
        *("class_a", "class_b", "flips_in_a", "flips_in_b"),
        *(f"{name}_{end}" for name in LAYERS for end in ("b", "difference")),
    )
    assert rows[6][7:11] == (0, 2, 0, 1)
    assert rows[6][11] == reading.stability[0, 6] ** 2
    assert rows[6][12] == reading.stability[0, 6] ** 2 - reading.stability[0, 6]
    assert both.flips is not None
    alone = replace(both, flips=replace(both.flips, problem="there is no other"))
    assert augmentation_table(header, alone)[0] == ("augmentation", "kind", "strength", *LAYERS)


def test_that_flips_are_counted_for_each_network_and_for_both() -> None:
    flips = Flips(("one", "two"), np.array([[0, 1, 1, 0, 1, 1, 0], [2, 2, 0, 0, 0, 1, 3]]), np.zeros((1, 7)))
    assert flips.flipped.tolist() == [
        [False, True, True, False, True, True, False],
        [False, False, True, True, True, True, True],
    ]
    assert flips.text == "flip: 2 only in two, 1 only in one, 3 in both"
    assert flips.order.tolist() == [1, 3, 6]
    assert flips.words(1, ("ant", "bee")) == "one: bee, two: class 2"
    assert replace(flips, problem="there is no measurement.").text == "one alone: there is no measurement."


STRENGTHS = arrays(np.float64, 12, elements=st.floats(-1, 1))
MAYBE = arrays(np.float64, 12, elements=st.one_of(st.floats(-1, 1), st.just(np.nan)))


@given(STRENGTHS, MAYBE, st.integers(1, 9))
def test_that_means_by_strength_are_those_of_equal_parts(strengths: np.ndarray, values: np.ndarray, n: int) -> None:
    expected = []
    for part in range(n):
        low, high = -1 + 2 * part / n, -1 + 2 * (part + 1) / n
        inside = (strengths + 1) / 2 * n
        here = (inside >= part) & ((inside < part + 1) | (part == n - 1)) & np.isfinite(values)
        if here.any():
            expected.append((strengths[here].mean(), values[here].mean()))
            assert low - 1e-9 <= expected[-1][0] <= high + 1e-9
    found = mean_by_strength(strengths, values, n)
    means = np.array(found).T
    assert means == pytest.approx(np.array(expected).reshape(-1, 2))


def test_that_there_are_eight_parts_of_the_strengths() -> None:
    strengths, values = mean_by_strength(np.linspace(-0.99, 0.99, 800), np.ones(800))
    assert len(strengths) == len(values) == 8


@given(arrays(np.float64, (3, 6), elements=st.one_of(st.floats(-1, 1), st.just(np.nan))))
def test_that_a_spread_is_of_what_is_known_of_the_changed_samples(stability: np.ndarray) -> None:
    kinds = ["none", "blur", "noise", "none", "blur", "blur"]
    for row, found in zip(stability, spread_of(stability, kinds), strict=True):
        known = [value for value, kind in zip(row, kinds, strict=True) if kind != "none" and np.isfinite(value)]
        if known:
            assert found == pytest.approx((np.mean(known), *np.percentile(known, [5, 95])))
        else:
            assert found is None


def test_that_a_scale_says_its_numbers_shortly() -> None:
    def texts(low: float, high: float, most: int = 5) -> list[str]:
        return MatrixScale(low, high, Table.HOT).tick_texts(most)

    assert texts(-1, 1) == ["1.0", "0.5", "0.0", "−0.5", "−1.0"]
    assert texts(0, 1) == ["1.00", "0.75", "0.50", "0.25", "0.00"]
    assert texts(0, 1, 2) == ["1", "0"]
    assert texts(0, 4) == ["4", "3", "2", "1", "0"]
    assert texts(-0.015, 0.015) == ["0.015", "0.000", "−0.015"], "of five the second would need a fourth decimal"
    assert texts(0, 0.0005, 2) == ["0.0005", "0.0000"]
    assert texts(0, 1 / 3) == ["0.333333", "0.166667", "0.000000"]


@given(
    arrays(np.float64, 20, elements=st.floats(-2, 2)),
    st.sampled_from([SIGNED, CLIPPED, MatrixScale(0.5, 0.5, Table.HOT)]),
)
def test_that_the_colour_of_a_value_is_the_nearest_of_the_scale(values: np.ndarray, scale: MatrixScale) -> None:
    numbers = scale.numbers(values)
    if scale.low == scale.high:
        assert not numbers.any()
        return
    colours = np.linspace(scale.low, scale.high, 255)
    expected = np.abs(colours[None] - np.clip(values, scale.low, scale.high)[:, None])
    assert np.take_along_axis(expected, numbers[:, None].astype(int), 1)[:, 0] == pytest.approx(expected.min(1))
