"""Samples as pictures, vectors or words, tokens with their probabilities, and the table of all samples."""

from collections.abc import Callable

import numpy as np
import pytest

from app.analysis.samples_view import UNKNOWN, SamplesView
from app.views.sample.analysis.as_picture import as_picture, difference_picture
from app.views.sample.analysis.probe_pictures import MOST_VALUES, MOST_WORDS, ProbePictures
from app.views.sample.analysis.sample_table import loss_words, sample_table
from app.views.sample.analysis.tokens import tokens_of
from app.views.sample.samples_difference import Beside, SamplesDifference
from collector.storage.blocks import to_block
from collector.storage.schema import TopLogits
from tests.app.views.sample.outputs import NAMES, a_pass, a_probe, shown, words

RAMP = np.array([[-1.0, 0.0], [1.0, 3.0]])


@pytest.mark.parametrize(
    ("values", "like", "wanted"),
    [
        (RAMP, None, [[0, 0.25], [0.5, 1]]),
        (RAMP, np.array([0.0, 1.0]), [[0, 0], [1, 1]]),
        (RAMP, np.array([-3.0, np.nan, 5.0, np.inf]), [[0.25, 0.375], [0.5, 0.75]]),
        (RAMP, np.array([np.nan]), [[0, 0], [1, 1]]),
        (RAMP * 0, None, [[0, 0], [0, 0]]),
        (np.array([[np.nan, 0.0], [1.0, 2.0]]), None, [[0, 0], [0.5, 1]]),
    ],
)
def test_that_brightness_is_that_of_what_it_is_like(
    values: np.ndarray, like: np.ndarray | None, wanted: list[list[float]]
) -> None:
    for each in (values, values[None]):
        assert as_picture(each, None, like).tolist() == wanted  # type: ignore[union-attr]


def test_that_the_normalisation_of_the_probe_is_undone_and_colour_stands_last() -> None:
    probe = a_probe(np.zeros((1, 3, 2, 2)), mean=np.array([0.5, 0.0, 0.25]), std=np.array([0.5, 1.0, 0.0]))
    found = as_picture(np.stack([RAMP] * 3), probe)
    assert found is not None
    assert found.shape == (2, 2, 3)
    assert found[..., 0].tolist() == [[0, 0.5], [1, 1]]
    assert found[..., 1].tolist() == [[0, 0], [1, 1]]
    assert found[..., 2].tolist() == [[0.25, 0.25], [0.25, 0.25]]
    assert as_picture(RAMP, probe).tolist() == [[0, 0.25], [0.5, 1]]  # type: ignore[union-attr] # of another depth


@pytest.mark.parametrize("shape", [(2,), (2, 2, 2), (4, 2, 2), (1, 1, 2, 2), (1, 0, 2), (0, 2)])
def test_that_what_has_no_shape_of_a_picture_is_none(shape: tuple[int, ...]) -> None:
    assert as_picture(np.zeros(shape)) is None


def test_that_a_difference_is_in_parts_of_its_largest() -> None:
    assert difference_picture(RAMP, RAMP * 0).tolist() == [[1 / 3, 0], [1 / 3, 1]]  # type: ignore[union-attr]
    assert difference_picture(RAMP, RAMP).tolist() == [[0, 0], [0, 0]]  # type: ignore[union-attr]
    both = difference_picture(np.stack([RAMP, RAMP * 3]), np.zeros((2, 2, 2)))
    assert both.tolist() == [[1 / 3, 0], [1 / 3, 1]]  # type: ignore[union-attr]
    assert difference_picture(np.array([[np.nan, 2.0]]), np.zeros((1, 2))).tolist() == [[0, 1]]  # type: ignore[union-attr]
    assert difference_picture(np.zeros(3), np.ones(3)) is None
    assert difference_picture(np.zeros((1, 1, 2, 2)), np.ones((1, 1, 2, 2))) is None


def test_that_a_sample_is_a_picture_a_vector_or_words() -> None:
    vectors = ProbePictures(a_probe(np.arange(6.0).reshape(2, 3)))
    assert (len(vectors), vectors.picture(0), vectors.text(0)) == (2, None, "")
    assert vectors.vector(1).tolist() == [3, 4, 5]  # type: ignore[union-attr]
    assert vectors.vector(2) is vectors.picture(2) is None
    for n, is_drawn in ((0, False), (1, True), (MOST_VALUES, True), (MOST_VALUES + 1, False)):
        assert (ProbePictures(a_probe(np.zeros((1, n)))).vector(0) is not None) == is_drawn
    assert ProbePictures(a_probe(np.zeros((1, 2, 3)))).vector(0) is None
    assert ProbePictures(a_probe(np.zeros((1, 4)), whole_numbers=True)).vector(0) is None
    assert ProbePictures(a_probe(np.zeros((1, 1, 4, 4)), whole_numbers=True)).text(0) == ""


def test_that_without_a_probe_there_is_nothing() -> None:
    nothing = ProbePictures(None)
    assert (len(nothing), nothing.class_names, nothing.labels) == (0, (), None)
    assert (nothing.picture(0), nothing.vector(0), nothing.text(0)) == (None, None, "")
    assert nothing.is_of(None)


@pytest.mark.parametrize(
    ("n", "end"),
    [(1, "w0"), (MOST_WORDS, "w47"), (MOST_WORDS + 1, "w47 … (49 in all)"), (1200, "w47 … (1,200 in all)")],
)
def test_that_a_text_is_told_by_its_first_words(n: int, end: str) -> None:
    names = {number: f" w{number}" for number in range(n)}
    probe = a_probe(np.arange(n, dtype=float)[None] + 0.4, whole_numbers=True, token_names=names)
    told = ProbePictures(probe).text(0)
    assert told.endswith(end)
    assert told.split(" ")[0] == "w0"
    assert ProbePictures(probe).text(1) == ""


@pytest.mark.parametrize(("number", "name"), [(-1, "class -1"), (0, "ant"), (1, "bee"), (2, "class 2")])
def test_that_a_class_without_a_name_is_told_by_its_number(number: int, name: str) -> None:
    assert ProbePictures(a_probe(np.zeros((1, 2)), class_names=("ant", "bee"))).name_of(number) == name


SAMPLES = SamplesView(np.array([0, 1, 1]), np.array([1, UNKNOWN, 1]), np.array([0.5, 0.25, np.nan]))
NAME: Callable[[int], str] = ("ant", "bee").__getitem__


def test_that_the_table_has_a_row_for_each_sample() -> None:
    names, rows = sample_table(np.array([2, 0, 1, 3]), SamplesView(None, *_of(SAMPLES)), None, NAME)
    assert names == ("sample", "label", "label_name", "prediction", "prediction_name", "probability")
    assert rows == [
        (2, None, None, 1, "bee", None),
        (0, None, None, 1, "bee", 0.5),
        (1, None, None, None, None, None),
        (3, None, None, None, None, None),
    ]
    assert sample_table(np.array([0]), SAMPLES, None, NAME)[1][0][:3] == (0, 0, "ant")


def test_that_of_two_the_table_has_both_and_what_differs() -> None:
    other = SamplesView(SAMPLES.labels, np.array([0, 1, 1]), np.array([0.75, 0.5, 0.25]))
    losses = (np.array([1.0, np.nan, 2.0]), np.array([0.25, 1.0, 2.0]))
    beside = Beside(("a", "b"), None, other, SamplesDifference(changed=np.array([0]), losses=losses))  # type: ignore[arg-type]
    names, rows = sample_table(np.arange(3), SAMPLES, beside, NAME)
    assert names[3:] == (
        *("prediction_a", "prediction_name_a", "probability_a", "prediction_b", "prediction_name_b", "probability_b"),
        *("cross_entropy_a", "cross_entropy_b", "cross_entropy_difference", "is_changed"),
    )
    assert [row[3:] for row in rows] == [
        (1, "bee", 0.5, 0, "ant", 0.75, 1.0, 0.25, -0.75, 1),
        (None, None, None, 1, "bee", 0.5, None, None, None, 0),
        (1, "bee", None, 1, "bee", 0.25, 2.0, 2.0, 0.0, 0),
    ]


def _of(view: SamplesView) -> tuple[np.ndarray | None, np.ndarray | None]:
    return view.predicted, view.confidence


@pytest.mark.parametrize(
    ("a", "b", "told"),
    [
        (0.125, 1.5, "Cross entropy 0.125 → 1.5 (+1.4)"),
        (1.5, 0.125, "Cross entropy 1.5 → 0.125 (−1.4)"),
        (0.5, 0.5, "Cross entropy 0.5 → 0.5 (the same)"),
        (0.5, 0.5000001, "Cross entropy 0.5 → 0.5 (+1e−7)"),
    ],
)
def test_that_the_loss_of_both_is_told(a: float, b: float, told: str) -> None:
    assert loss_words(a, b) == told


@pytest.mark.parametrize(("sample", "loss"), [(0, (1.0, 0.25)), (1, None), (2, (2.0, 3.0)), (3, None)])
def test_that_a_loss_is_of_both_or_none(sample: int, loss: tuple[float, float] | None) -> None:
    losses = (np.array([1.0, np.nan, 2.0, 4.0]), np.array([0.25, 1.0, 3.0]))
    assert SamplesDifference(losses=losses).loss_of(sample) == loss
    assert SamplesDifference(losses=(losses[0], None)).loss_of(0) is SamplesDifference().loss_of(0) is None


def test_that_tokens_of_a_text_are_told_with_what_is_wanted_in_their_places() -> None:
    taken, probe = words()
    probe = a_probe(probe.inputs, whole_numbers=True, targets=np.array([[5, 4, -1, 0], [0, 0, 0, 0]]))
    tokens = tokens_of(taken, probe, 0, NAMES)
    assert tokens is not None
    assert tokens.words == (" a", " cat", " sat", " down")
    assert tokens.wanted == (" slept", " and", "", " a")
    assert (tokens.are_following, tokens.n_kinds, tokens.first) == (False, 6, 0)
    of = [[each.is_wanted for each in row] for row in tokens.likely]
    assert of == [[False, False], [False, True], [False, False], [False, False]]
    assert tokens_of(taken, probe, 2, NAMES) is None
    assert tokens_of(a_pass(), probe, 0, NAMES) is None


@pytest.mark.parametrize(("n_kept", "told"), [(4, ()), (2, ("the first 2 of 4 positions",))])
def test_that_positions_that_are_not_kept_are_counted(n_kept: int, told: tuple[str, ...]) -> None:
    tokens = shown("tokens", *words(n_kept=n_kept)).tokens
    assert tokens is not None
    assert tokens.lines[2:] == told
    assert tokens.first == 1


def test_that_of_a_text_without_targets_it_is_said_how_they_would_be_known() -> None:
    taken, probe = words()
    assert taken.token_logits is not None
    top = taken.token_logits
    blocks = {name: to_block(getattr(top, name)) for name in ("numbers", "values", "log_sum_exp", "entropy")}
    bare = a_pass(token_logits=TopLogits(6, **blocks, true=None))
    tokens = tokens_of(bare, a_probe(probe.inputs, whole_numbers=True), 0, {})
    assert tokens is not None
    assert tokens.lines == ('what is to follow is not known: probe=(tokens, targets), or task="next_token"',)
    assert tokens.words == ("#0", "#1", "#2", "#3")
    assert np.isnan(tokens.shares).all()
    named = tokens_of(bare, a_probe(probe.inputs, class_names=("x",)), 0, {})
    assert named is not None
    assert named.words == ("position 1", "position 2", "position 3", "position 4")
