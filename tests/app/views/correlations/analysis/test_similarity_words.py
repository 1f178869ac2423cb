"""What is said of the likeness of layers over a run, word for word, of runs that are made up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.views.correlations.analysis.evolution import numbered
from app.views.correlations.analysis.matrix_colours import MatrixScale, Table
from app.views.correlations.analysis.similarity_run import PairMeasure, SimilarityRun, rounded_up
from tests.app.views.correlations.made_up import LAYERS, likeness_of, run_of

CKA, CLIPPED, MEAN = PairMeasure
OF_12 = [f"layer{number}" for number in range(12)]


@pytest.fixture
def run() -> SimilarityRun:
    return run_of()


@pytest.mark.parametrize(
    ("measure", "pair", "number", "text"),
    [
        (CKA, (0, 1), 0, "conv1 × conv2: 0.90; chance lies between −0.05 and 0.06, 1,200 samples"),
        (CKA, (2, 0), 1, "fc1 × conv1: 0.60; chance lies between −0.05 and 0.06, 1,200 samples"),
        (CKA, (0, 3), 3, "conv1 × softmax: no number: a layer has no variance, 1,200 samples"),
        (CLIPPED, (0, 1), 0, "conv1 × conv2: 0.0180, 1,200 samples"),
        (CLIPPED, (3, 1), 2, "softmax × conv2: no number: a layer has no variance, 1,200 samples"),
        (MEAN, (0, 2), 1, "conv1 × fc1: 0.00101, 1,200 samples"),
    ],
)
def test_that_a_pair_is_told_word_for_word(
    run: SimilarityRun, measure: PairMeasure, pair: tuple[int, int], number: int, text: str
) -> None:
    assert run.tell(number, measure, *pair) == text
    assert run.picture(number, measure).tell(*pair) == text


def test_that_a_pair_in_the_null_band_is_said_to_be_there_both_ends_among_it(run: SimilarityRun) -> None:
    cka, null = run.measures[CKA][0], run.null[0]
    for end, other in ((0, cka[0, 1] + 1), (1, cka[0, 1] - 1)):
        null[0, 1] = other
        null[0, 1, end] = cka[0, 1]
        assert run.is_chance(0)[0, 1]
        assert "; within chance, which lies between " in run.tell(0, CKA, 0, 1)
        assert run.picture(0, CKA).hatched[0, 1]  # type: ignore[index]
    null[0, 1] = np.nan
    assert run.tell(0, CKA, 0, 1) == "conv1 × conv2: 0.90, 1,200 samples"
    assert not run.is_chance(0)[0, 1]


def test_that_a_measurement_that_cannot_be_read_says_so() -> None:
    run = run_of(epochs=np.array([0, -1, 2, 3]))
    assert run.tell(1, CKA, 0, 1) == "this measurement cannot be read"
    assert run.tell(0, CKA, 0, 1).startswith("conv1 × conv2: ")
    assert run.evolution(CKA, (0, 1)).numbers == ["0", "?", "2", "3"]


def test_that_a_run_says_on_what_it_was_measured_and_what_its_pairs_are_called(run: SimilarityRun) -> None:
    assert run.samples_text == "measured on 1,200 held-out samples"
    assert (run.title("fc1", "conv1"), run.title("fc1", "fc1")) == ("fc1 × conv1", "fc1")
    assert run.beside("conv2") == "conv2"
    assert run.rows == run.columns == LAYERS
    assert [run.place(number) for number in range(4)] == [f"epoch {each}, step {30 * each}" for each in range(4)]
    assert [each.about for each in run.measures_offered] == [
        "Do two layers tell the same samples apart? 1: the same, 0: no more than chance.",
        "Mean of the correlations of all pairs of features, negative ones counted as 0.",
        "Mean of the correlations of all pairs of features.",
    ]


def test_that_colours_hold_along_the_run_and_decimals_tell_values_apart(run: SimilarityRun) -> None:
    assert run.scale(CKA) == MatrixScale(0.0, 1.0, Table.HOT)
    assert run.scale(CLIPPED) == MatrixScale(0.0, 0.02, Table.HOT)
    assert run.scale(MEAN) == MatrixScale(-0.005, 0.005, Table.DIVERGING)
    assert [run.decimals(measure) for measure in PairMeasure] == [2, 4, 5]
    assert [run.picture(0, measure).decimals for measure in PairMeasure] == [2, 4, 5]
    run = run_of()
    run.measures[CLIPPED][:] = np.nan
    assert (run.scale(CLIPPED), run.decimals(CLIPPED)) == (MatrixScale(0.0, 1.0, Table.HOT), 3)


def test_that_the_curves_are_of_all_pairs_once_and_the_chosen_one_is_strong(run: SimilarityRun) -> None:
    found = run.evolution(CKA, (2, 0))
    expected = [f"{LAYERS[i]} × {LAYERS[j]}" for i in range(4) for j in range(i + 1, 4)]
    assert list(found.pairs.names) == expected
    assert (found.pairs.chosen, found.pairs.labels, found.pairs.decimals) == ([expected.index("conv1 × fc1")], [""], 2)
    assert np.array_equal(found.pairs.values[1], run.measures[CKA][:, 0, 2])
    assert np.array_equal(found.pairs.band, run.null[:, 0, 2])  # type: ignore[arg-type]
    assert (found.ranks.chosen, found.ranks.labels, found.ranks.decimals) == ([2, 0], ["fc1", "conv1"], 1)
    assert np.array_equal(found.ranks.values[3], run.effective_rank[:, 3], equal_nan=True)
    assert (found.title, found.about) == ("fc1 × conv1", "grey: chance, thin: other pairs")
    assert (found.numbers, found.numbers_are) == (["0", "1", "2", "3"], "by epochs that had ended")
    assert found.places[2] == "epoch 2, step 60"
    assert found.picture_of(3).tell(0, 0) == run.tell(3, CKA, 0, 0)


def test_that_a_layer_with_itself_is_drawn_only_where_it_is_chosen(run: SimilarityRun) -> None:
    found = run.evolution(MEAN, (1, 1))
    assert [name for name in found.pairs.names if len(set(name.split(" × "))) == 1] == ["conv2 × conv2"]
    assert [found.pairs.names[each] for each in found.pairs.chosen] == ["conv2 × conv2"]
    assert (found.pairs.band, found.title, found.about) == (None, "conv2 × conv2", "thin: other pairs")
    assert (found.ranks.chosen, found.ranks.labels) == ([1], ["conv2"])


@pytest.mark.parametrize(("n_layers", "n_pairs"), [(9, 9 * 8 // 2), (10, 2 * 9 - 1)])
def test_that_of_many_layers_the_curves_of_the_chosen_two_are_drawn(n_layers: int, n_pairs: int) -> None:
    found = run_of(OF_12[:n_layers]).evolution(CLIPPED, (7, 2))
    pairs = {frozenset(name.split(" × ")) for name in found.pairs.names}
    assert len(pairs) == len(found.pairs.names) == n_pairs
    if n_layers == 10:
        assert all(pair & {"layer2", "layer7"} for pair in pairs)
    assert found.about == "thin: other pairs" + " of the two layers" * (n_layers == 10)


def test_that_each_pair_of_each_measurement_is_a_row(run: SimilarityRun) -> None:
    headings, rows = run.table()
    assert headings == (
        *("step", "epoch", "layer", "other_layer", "cka", "clipped_mean", "mean", "cka_null_low", "cka_null_high"),
    )
    assert len(rows) == 4 * 10
    cka = likeness_of(4)[0, 1]
    assert rows[1] == (0, 0, "conv1", "conv2", cka, 0.02 * cka, 0.01 * (cka - 0.5), -0.05, 0.06)
    assert rows[-1][:4] == (90, 3, "softmax", "softmax")


@pytest.mark.parametrize(
    ("epochs", "steps", "names", "are"),
    [
        ([0, 1, 2], [0, 50, 100], ["0", "1", "2"], "by epochs that had ended"),
        ([0, 0, 1], [0, 1500, 3000], ["0", "1,500", "3,000"], "by step"),
        ([-1], [7], ["?"], "by epochs that had ended"),
        ([1000], [7], ["1,000"], "by epochs that had ended"),
        ([], [], [], "by epochs that had ended"),
    ],
)
def test_that_measurements_are_numbered_by_epochs_or_where_several_lie_in_one_by_step(
    epochs: list[int], steps: list[int], names: list[str], are: str
) -> None:
    assert numbered(np.array(epochs, int), np.array(steps, int)) == (names, are)


@given(st.floats(1e-8, 9e3))
def test_that_a_value_is_rounded_up_to_the_next_of_eight_digits(value: float) -> None:
    power = 10.0 ** np.floor(np.log10(value))
    expected = min(each * power for each in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if each * power >= value * (1 - 1e-9))
    assert rounded_up(value, 1e9) == pytest.approx(expected)
    assert rounded_up(value) == pytest.approx(min(expected, 1.0))


@pytest.mark.parametrize("value", [0.0, -0.5])
def test_that_what_is_no_length_is_rounded_up_to_one(value: float) -> None:
    assert rounded_up(value) == rounded_up(value, 2.0) == 1.0


@pytest.mark.parametrize("value", [0.1, 0.15, 0.2, 0.8, 1.0])
def test_that_a_round_value_stays(value: float) -> None:
    assert rounded_up(value) == pytest.approx(value)
