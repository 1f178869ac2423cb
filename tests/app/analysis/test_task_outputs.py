"""What a network gives beside what it is to give, of every task, against one sample after the other."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.analysis.task_outputs import TaskOutputs, fitted, sigmoid, task_outputs
from collector.storage.blocks import to_block
from collector.storage.passes import Pass
from collector.storage.probe import Probe
from collector.storage.schema import PassRecord, TopLogits
from collector.storage.task import Task

DRAWN = np.random.default_rng(0)
NOTHING = np.zeros(0, "f4")


def told(kind: str, taken: dict[str, Any], sigmoid_last: bool = False, **of_probe: Any) -> TaskOutputs:
    """What is told of a pass with these arrays, by a probe with these."""
    blocks = {name: to_block(each) if isinstance(each, np.ndarray) else each for name, each in taken.items()}
    fields = {"inputs": np.zeros((4, 2), "f4"), "labels": None, "class_names": (), "mean": NOTHING, "std": NOTHING}
    pass_ = Pass(PassRecord(number=0, step=0, **blocks), Path("made up"), {}, None)
    return task_outputs(pass_, Probe(**(fields | of_probe)), Task(kind, "", ends_in_sigmoid=sigmoid_last))


def drawn(*shape: int) -> np.ndarray:
    return DRAWN.normal(size=shape).astype("f4")


@pytest.mark.parametrize("kind", ["values", "scores", "q_values", ""])
def test_that_the_error_of_numbers_is_the_mean_square_of_each_sample(kind: str) -> None:
    given, wanted = drawn(3, 2), drawn(4, 2)
    found = told(kind, {"logits": given}, targets=wanted)
    errors = [sum((float(given[n, k]) - float(wanted[n, k])) ** 2 for k in range(2)) / 2 for n in range(3)]
    assert found.given is not None and np.array_equal(found.given, given)
    assert found.wanted is not None and np.array_equal(found.wanted, wanted[:3])
    assert found.errors is not None and np.allclose(found.errors, errors)
    assert found.score == f"mean squared error {sum(errors) / 3:.3g}"


def test_that_where_there_are_no_targets_labels_are_what_numbers_are_to_be() -> None:
    found = told("values", {"logits": drawn(4, 1)}, labels=np.arange(4))
    assert found.wanted is not None
    assert found.wanted.tolist() == [[0], [1], [2], [3]]
    both = told("values", {"logits": drawn(4, 1)}, labels=np.arange(4), targets=np.ones((4, 1), "f4"))
    assert both.wanted is not None
    assert both.wanted.tolist() == [[1]] * 4


def test_that_of_a_policy_only_what_is_given_is_known() -> None:
    found = told("policy", {"logits": drawn(4, 2)}, targets=drawn(4, 2))
    assert found.given is not None
    assert (found.wanted, found.errors, found.score) == (None, None, "")


def test_that_a_reconstruction_is_to_be_what_the_network_reads_in_its_shape() -> None:
    inputs = drawn(4, 1, 2, 3)
    found = told("reconstruction", {"outputs": inputs.reshape(4, 6) + np.float32(0.5)}, inputs=inputs)
    assert found.given is not None
    assert found.given.shape == (4, 1, 2, 3)
    assert found.errors is not None and np.allclose(found.errors, 0.25)


def test_that_labels_are_right_on_the_same_side_of_a_half() -> None:
    given, wanted = drawn(4, 3), (DRAWN.random((4, 3)) > 0.5).astype("f4")
    given[0, 0] = 0.0
    shares = 1 / (1 + np.exp(-given.astype(float)))
    right = [[(shares[n, k] >= 0.5) == bool(wanted[n, k]) for k in range(3)] for n in range(4)]
    losses = [
        sum(-math.log(shares[n, k] if wanted[n, k] else 1 - shares[n, k]) for k in range(3)) / 3 for n in range(4)
    ]
    found = told("labels", {"logits": given}, targets=wanted)
    assert found.given is not None and np.allclose(found.given, shares)
    assert found.errors is not None and np.allclose(found.errors, losses)
    assert found.score == f"{sum(map(sum, right))} of 12 labels right"
    assert told("labels", {"logits": given}).errors is None


def test_that_a_label_that_is_surely_wrong_has_a_loss_that_is_a_number() -> None:
    found = told("labels", {"logits": np.full((4, 1), -1e4, "f4")}, targets=np.ones((4, 1), "f4"))
    assert found.errors is not None and np.allclose(found.errors, -math.log(1e-12))


def test_that_the_surprise_of_tokens_is_of_those_that_are_wanted() -> None:
    log_sum, true = drawn(2, 4) + 3, drawn(2, 4)
    true[0, 3] = np.nan
    top = {
        "numbers": np.zeros((2, 4, 1), int),
        "values": drawn(2, 4, 1),
        "log_sum_exp": log_sum,
        "entropy": drawn(2, 4),
    }
    blocks: Any = {name: to_block(each) for name, each in (top | {"true": true}).items()}
    found = told("tokens", {"token_logits": TopLogits(6, **blocks)}, inputs=np.zeros((2, 4), "f4"), whole_numbers=True)
    each = [[float(log_sum[n, t] - true[n, t]) for t in range(4) if np.isfinite(true[n, t])] for n in range(2)]
    assert found.errors is not None and np.allclose(found.errors, [sum(own) / len(own) for own in each])
    assert found.score == f"perplexity {math.exp(sum(map(sum, each)) / 7):.3g} over {len(each)} samples"
    assert told("tokens", {"logits": drawn(2, 4)}).errors is None


@pytest.mark.parametrize("n_classes", [1, 3])
@pytest.mark.parametrize("sigmoid_last", [False, True])
def test_that_pixels_are_counted_where_a_class_is_wanted(n_classes: int, sigmoid_last: bool) -> None:
    given = drawn(2, n_classes, 3, 3)
    wanted = DRAWN.integers(0, max(n_classes, 2), (4, 3, 3))
    wanted[0, 0] = -1
    least = 0.5 if sigmoid_last else 0.0
    masks = given.argmax(axis=1) if n_classes > 1 else (given[:, 0] > least).astype(int)
    places = [(n, y, x) for n in range(2) for y in range(3) for x in range(3) if wanted[n, y, x] >= 0]
    wrong = [place for place in places if masks[place] != wanted[place]]
    for targets in (wanted, wanted[:, None]):
        found = told("segmentation", {"outputs": given}, sigmoid_last, targets=targets)
        assert found.given is not None and np.array_equal(found.given, masks)
        assert found.wanted is not None and np.array_equal(found.wanted, wanted[:2])
        assert found.errors is not None
        assert np.allclose(found.errors, [sum(place[0] == n for place in wrong) / 9 for n in range(2)])
        assert found.score == f"{100 * (1 - len(wrong) / len(places)):.1f} % of pixels right"


def test_that_masks_of_which_nothing_is_wanted_are_all_right() -> None:
    found = told("segmentation", {"outputs": drawn(2, 3, 2, 2)}, targets=np.full((2, 2, 2), -1))
    assert found.score == "100.0 % of pixels right"
    assert told("segmentation", {"outputs": drawn(2, 3, 2, 2)}, targets=np.zeros((2, 1, 3), int)).wanted is None
    assert told("segmentation", {"outputs": drawn(2, 6)}, targets=np.zeros((2, 2, 2), int)).given is None


def test_that_losses_that_were_given_are_the_errors_of_any_task() -> None:
    found = told("classes", {"logits": drawn(4, 3), "losses": np.arange(4, dtype="f4")})
    assert found.errors is not None
    assert found.errors.tolist() == [0, 1, 2, 3]
    own = told("values", {"logits": drawn(4, 1), "losses": np.arange(4, dtype="f4")}, targets=drawn(4, 1))
    assert own.errors is not None and own.errors.tolist() == [0, 1, 2, 3]
    assert own.given is not None
    assert own.wanted is not None
    assert own.score.startswith("mean squared error")


def test_that_of_a_large_picture_the_kept_rows_and_columns_are_wanted() -> None:
    wanted = drawn(5, 7, 10)
    found = fitted(wanted, (3, 4, 4))
    assert found is not None
    assert np.array_equal(found, [[[wanted[n, y, x] for x in (0, 3, 6, 9)] for y in (0, 2, 4, 6)] for n in range(3)])
    coloured = fitted(wanted[:, None], (5, 1, 7, 5))
    assert coloured is not None
    assert np.array_equal(coloured[:, 0], wanted[:, :, ::2])


@pytest.mark.parametrize(
    ("wanted", "shape"),
    [
        *[((2, 4), (3, 4)), ((4, 5), (3, 4)), ((3, 5), (3, 4, 4)), ((3, 4, 4), (3, 5)), ((3, 4, 4), (3, 2, 2, 2))],
        *[((1, 4, 6), (1, 3)), ((1, 6), (1, 1, 3))],  # which thinned would be as many numbers
    ],
)
def test_that_what_does_not_fit_is_not_wanted(wanted: tuple[int, ...], shape: tuple[int, ...]) -> None:
    assert fitted(np.zeros(wanted), shape) is None
    assert fitted(None, shape) is None


def test_that_a_single_number_is_a_row_of_one_and_flat_is_given_in_the_shape_that_is_wanted() -> None:
    one, flat = fitted(np.arange(4), (3, 1)), fitted(np.zeros((3, 2, 2)), (3, 4))
    assert one is not None and one.tolist() == [[0], [1], [2]]
    assert flat is not None and flat.shape == (3, 2, 2)


def test_that_sigmoid_is_its_formula() -> None:
    assert sigmoid(np.array([0, 2, -3], "f4")).tolist() == [1 / (1 + math.exp(-x)) for x in (0, 2, -3)]


@pytest.mark.parametrize("kind", ["labels", "tokens", "segmentation", "reconstruction", "values", "policy", "classes"])
def test_that_of_a_pass_without_outputs_nothing_is_told(kind: str) -> None:
    found = told(kind, {}, targets=drawn(4, 2))
    assert (found.given, found.wanted, found.errors, found.score) == (None, None, None, "")


def test_that_numbers_are_logits_where_there_are_any_else_outputs() -> None:
    logits, outputs = drawn(4, 2), drawn(4, 2)
    assert np.array_equal(told("values", {"logits": logits, "outputs": outputs}).given, logits)  # type: ignore[arg-type]
    assert np.array_equal(told("values", {"outputs": outputs}).given, outputs)  # type: ignore[arg-type]


def test_that_tokens_of_which_none_is_wanted_have_no_error() -> None:
    arrays = {"numbers": np.zeros((2, 4, 1), int), "values": drawn(2, 4, 1), "log_sum_exp": drawn(2, 4)}
    blocks: Any = {name: to_block(each) for name, each in (arrays | {"entropy": drawn(2, 4)}).items()}
    for true in ({}, {"true": to_block(np.full((2, 4), np.nan, "f4"))}):
        found = told("tokens", {"token_logits": TopLogits(6, **blocks, **true)}, whole_numbers=True)
        assert (found.errors, found.score) == (None, "")


def test_that_the_perplexity_of_one_sample_is_over_one_sample() -> None:
    true = drawn(2, 4)
    true[1] = np.nan
    arrays = {"numbers": np.zeros((2, 4, 1), int), "values": drawn(2, 4, 1), "log_sum_exp": drawn(2, 4) + 3}
    blocks: Any = {name: to_block(each) for name, each in (arrays | {"entropy": drawn(2, 4), "true": true}).items()}
    found = told("tokens", {"token_logits": TopLogits(6, **blocks)}, whole_numbers=True)
    assert found.score.endswith(" over 1 sample")
    assert found.errors is not None
    assert np.isnan(found.errors).tolist() == [False, True]


def test_that_a_half_is_a_label_that_is_given_and_one_that_is_wanted() -> None:
    found = told("labels", {"logits": np.array([[0, 2, -2]], "f4")}, targets=np.full((1, 3), 0.5, "f4"))
    assert found.score == "2 of 3 labels right"
    shares = [1 / (1 + math.exp(-x)) for x in (0, 2, -2)]
    assert found.errors is not None
    assert found.errors.tolist() == pytest.approx([sum(-math.log(each) for each in shares) / 3])
    assert told("labels", {"logits": np.array([[-1]], "f4")}, targets=np.array([[0.4]], "f4")).score.startswith(
        "1 of 1"
    )
