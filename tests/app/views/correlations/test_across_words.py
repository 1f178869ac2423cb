"""What is said of the layers of two networks, word for word, of runs that are made up."""

import numpy as np
import pytest

from app.views.correlations.across_run import AcrossMeasure, AcrossRun
from app.views.correlations.analysis.matrix_colours import MatrixScale, Table
from tests.app.views.correlations.made_up import LAYERS, NETWORKS, across_of

CKA, PROCRUSTES, CKA_DIFFERENCE, CLIPPED_DIFFERENCE, MEAN_DIFFERENCE = AcrossMeasure
CHANCE_0, CHANCE_1 = "chance lies between −0.04 and 0.30", "chance lies between 0.16 and 0.50"


@pytest.fixture
def run() -> AcrossRun:
    return across_of(has_procrustes=True)


@pytest.mark.parametrize(
    ("measure", "number", "pair", "text"),
    [
        (CKA, 0, (0, 1), f"usual conv1 × faster conv2: 0.90; {CHANCE_0}"),
        (CKA, 1, (3, 3), f"usual softmax × faster softmax: 0.82; {CHANCE_0}"),
        (PROCRUSTES, 3, (0, 1), f"usual conv1 × faster conv2: 0.75; {CHANCE_1}"),
        (CKA_DIFFERENCE, 0, (0, 1), "usual conv1 × faster conv2: 0.902 → 0.864, −0.037"),
        (CLIPPED_DIFFERENCE, 3, (1, 0), "usual conv2 × faster conv1: 0.01595 → 0.01481, −0.00115"),
        (MEAN_DIFFERENCE, 0, (2, 2), "usual fc1 × faster fc1: 0.00500 → 0.00500, 0.00000"),
        (CKA_DIFFERENCE, 1, (3, 3), "usual softmax × faster softmax: no number"),
    ],
)
def test_that_a_pair_is_told_word_for_word(
    run: AcrossRun, measure: AcrossMeasure, number: int, pair: tuple[int, int], text: str
) -> None:
    assert run.tell(number, measure, *pair) == text
    assert run.picture(number, measure).tell(*pair) == text


def test_that_what_chance_gives_is_told_only_where_it_is_known(run: AcrossRun) -> None:
    run.likeness[CKA].null[0, 0, 1, 1] = np.nan
    assert run.tell(0, CKA, 0, 1) == "usual conv1 × faster conv2: 0.90"
    assert across_of().tell(0, PROCRUSTES, 0, 1) == "usual conv1 × faster conv2: no number"


def test_that_a_place_names_both_measurements_where_they_differ(run: AcrossRun) -> None:
    assert [run.place(number) for number in (0, 1)] == ["epoch 0, step 0: the same, to the bit", "epoch 1, step 30"]
    run.numbers[1, 1] = 2
    assert run.place(1) == "epoch 1, step 30 × epoch 2, step 60"
    assert run.numbers_at(1) == (1, 2)
    assert run.samples_text == "usual × faster, 1,200 held-out samples"


def test_that_each_layer_has_its_partner_beside_it(run: AcrossRun) -> None:
    assert (run.rows, run.columns) == (LAYERS, LAYERS)
    assert [run.beside(name) for name in LAYERS] == ["conv1", "conv2", "fc1", "conv1"]
    crossed = across_of(partner=(1, 0, 2, -1))
    assert crossed.beside("conv1") == "conv2"
    assert crossed.is_within("conv1", "conv2")
    assert not crossed.is_within("conv1", "conv1")
    assert crossed.turned("conv1", "fc1") == ("fc1", "conv2")
    assert crossed.turned("softmax", "fc1") is None
    assert crossed.turned("fc1", "softmax") is None
    assert crossed.title("conv1", "conv2") == "conv1, both"
    assert crossed.title("conv1", "fc1") == "conv1 × fc1"


def test_that_measures_say_what_they_are(run: AcrossRun) -> None:
    within = "Here that in B less that in A, for the layers that both have."
    assert {each.value: each.about for each in run.measures_offered} == {
        "CKA, A × B": "Do a layer of A and one of B tell the same samples apart? 1: the same, 0: no more than chance.",
        "Procrustes, A × B": "How well the features of one turn into those of the other by a rotation; "
        "large by chance, too.",
        "CKA, B − A": "Do two layers tell the same samples apart? 1: the same, 0: no more than chance. " + within,
        "clipped mean, B − A": "Mean of the correlations of all pairs of features, negative ones counted as 0. "
        + within,
        "mean, B − A": "Mean of the correlations of all pairs of features. " + within,
    }


def test_that_colours_hold_along_the_run_and_their_middle_is_the_same(run: AcrossRun) -> None:
    assert run.scale(CKA) == run.scale(PROCRUSTES) == MatrixScale(0.0, 1.0, Table.HOT)
    assert run.scale(CKA_DIFFERENCE) == MatrixScale(-0.2, 0.2, Table.DIVERGING)
    assert [run.decimals(measure) for measure in AcrossMeasure] == [2, 2, 3, 5, 5]
    for measure in AcrossMeasure:
        picture = run.picture(1, measure)
        assert (picture.rows.title, picture.columns.title) == NETWORKS
        assert picture.decimals == run.decimals(measure)
        assert picture.absent_means == ("no number" if measure in (CKA, PROCRUSTES) else "no partner")
        assert (picture.hatched is None) == (measure not in (CKA, PROCRUSTES))


def test_that_pairs_are_hatched_from_one_end_of_chance_to_the_other(run: AcrossRun) -> None:
    found = run.likeness[CKA]
    found.null[0] = found.values[0][..., None]
    assert run.is_chance(0, CKA).all()  # type: ignore[union-attr]
    found.null[0, 0, 0] += 1e-9, 1
    found.null[0, 0, 1] -= 1, 1e-9
    assert np.flatnonzero(~run.is_chance(0, CKA)).tolist() == [0, 1]  # type: ignore[operator]
    assert run.is_chance(0, CKA_DIFFERENCE) is None


def test_that_a_difference_is_b_s_for_the_partners_less_a_s() -> None:
    run = across_of(partner=(1, 0, 2, -1))
    run.numbers[:, 1] = (0, 2, 2, 1)
    one, other = (each.measures[CKA.within or CKA_DIFFERENCE.within] for each in run.runs)  # type: ignore[index]
    values = run.values(CKA_DIFFERENCE)
    back = {1: 0, 0: 1, 2: 2}
    for number, row, column in np.ndindex(values.shape):
        if row == 3 or column == 3:
            assert np.isnan(values[number, row, column])
        else:
            b = other[run.numbers[number, 1], back[row], column]
            assert values[number, row, column] == b - one[number, row, back[column]]


def test_that_each_layer_with_its_partner_is_a_curve_and_the_chosen_pair_is_strong(run: AcrossRun) -> None:
    found = run.evolution(CKA, (0, 1))
    assert list(found.pairs.names) == ["conv1 × conv2", "conv1 × conv1", "conv2 × conv2", "fc1 × fc1"]
    assert (found.pairs.chosen, found.pairs.labels, found.pairs.decimals) == ([0], ["A × B"], 2)
    assert np.array_equal(found.pairs.values, run.values(CKA)[:, [0, 0, 1, 2], [1, 0, 1, 2]].T)
    assert np.array_equal(found.pairs.band, run.likeness[CKA].null[:, 0, 1])  # type: ignore[arg-type]
    assert (found.title, found.about) == ("conv1 × conv2", "grey: chance, thin: the other layers")
    assert (found.numbers, found.numbers_are) == (["0", "1", "2", "3"], "by epochs that had ended")
    assert found.places == [run.place(number) for number in range(4)]
    assert list(run.evolution(CKA, (2, 2)).pairs.names) == ["fc1 × fc1", "conv1 × conv1", "conv2 × conv2"]
    awaited = across_of().evolution(PROCRUSTES, (0, 1)).pairs
    assert (awaited.band, awaited.nothing) == (None, "Being worked out …")
    assert found.pairs.nothing == "no number"


def test_that_a_difference_has_a_curve_of_a_and_one_of_b(run: AcrossRun) -> None:
    found = run.evolution(CKA_DIFFERENCE, (0, 1))
    for lines, decimals in ((found.pairs, 3), (found.ranks, 1)):
        assert (tuple(lines.names), tuple(lines.labels)) == (NETWORKS, NETWORKS)
        assert (list(lines.chosen), lines.decimals, lines.is_of_two) == ([0, 1], decimals, True)
    assert found.about == "usual · faster"
    assert np.array_equal(found.ranks.values, [run.runs[0].effective_rank[:, 0], run.runs[1].effective_rank[:, 1]])
    values = found.pairs.values[1] - found.pairs.values[0]
    assert np.array_equal(values, run.values(CKA_DIFFERENCE)[:, 0, 1])


def test_that_each_pair_of_each_measurement_is_a_row(run: AcrossRun) -> None:
    headings, rows = run.table()
    assert headings == (
        *("step_a", "step_b", "layer_a", "layer_b", "cka_across", "cka_null_low", "cka_null_high"),
        *("procrustes", "procrustes_null_low", "procrustes_null_high"),
        *("cka_a", "cka_b", "cka_difference"),
    )
    assert len(rows) == 4 * 16
    row = rows[17]
    assert row[:4] == (30, 30, "conv1", "conv2")
    cka, procrustes = (run.likeness[each] for each in (CKA, PROCRUSTES))
    assert row[4:7] == (cka.values[1, 0, 1], -0.04, 0.3)
    assert row[7] == procrustes.values[1, 0, 1]
    assert row[8:10] == pytest.approx((0.16, 0.5))
    assert row[10:] == pytest.approx(
        (*(each.measures[CKA_DIFFERENCE.within][1, 0, 1] for each in run.runs), -0.0443123)
    )  # type: ignore[index]
    assert rows[-1][10:] == (None, None, None)
    assert across_of().table()[1][17][7:10] == (None, None, None)
