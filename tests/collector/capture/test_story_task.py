"""What an output says of each sample: the same as PyTorch's own losses, and as numbers worked out one by one."""

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from collector.capture.network_output import Output
from collector.capture.story_task import FIELDS, UNKNOWN_ENDING, StoryTask, story_task
from collector.capture.targets import Targets, targets_of

RANDOM = np.random.default_rng(0)
LOGITS = RANDOM.normal(0, 3, (40, 5)).astype(np.float32)
LABELS = RANDOM.integers(0, 5, 40)


def told(task: StoryTask, outputs: np.ndarray, start: int = 0) -> dict[str, np.ndarray]:
    return dict(zip(FIELDS, task.numbers(outputs, start).T, strict=True))


def test_that_class_confidence_margin_and_loss_are_those_worked_out_one_by_one() -> None:
    found = told(StoryTask("classes", LABELS), LOGITS)

    for sample, (row, label) in enumerate(zip(LOGITS.astype(np.float64), LABELS, strict=True)):
        shares = np.exp(row) / np.exp(row).sum()
        others = [each for number, each in enumerate(row) if number != label]
        expected = [row.argmax(), shares.max(), shares[label], row[label] - max(others), -np.log(shares[label])]
        np.testing.assert_allclose([found[field][sample] for field in FIELDS], expected, rtol=1e-6)
    losses = F.cross_entropy(torch.tensor(LOGITS), torch.tensor(LABELS), reduction="none")
    np.testing.assert_allclose(found["losses"], losses.numpy(), rtol=1e-5)


def test_that_probabilities_say_the_same_as_the_logits_that_they_are_made_of() -> None:
    shares = torch.tensor(LOGITS, dtype=torch.float64).softmax(1).numpy()

    one, other = (told(StoryTask("classes", LABELS), each) for each in (LOGITS, shares))
    for field in FIELDS:
        np.testing.assert_allclose(one[field], other[field], rtol=1e-4)


def test_that_one_logit_is_that_of_class_1() -> None:
    logits, labels = LOGITS[:, :1], LABELS % 2
    rows = np.hstack((np.zeros_like(logits), logits))
    as_rows = told(StoryTask("classes", labels), rows)

    as_one = told(StoryTask("binary", labels), logits)
    as_share = told(StoryTask("binary", labels, is_probability=True), 1 / (1 + np.exp(-logits.astype(np.float64))))
    for field in FIELDS:
        np.testing.assert_allclose(as_one[field], as_rows[field], rtol=1e-6)
        np.testing.assert_allclose(as_share[field], as_rows[field], rtol=1e-5)


def test_that_without_a_label_that_is_a_class_only_the_prediction_is_told() -> None:
    labels = LABELS.copy()
    labels[:2] = -100, 5
    found = told(StoryTask("classes", labels), LOGITS)

    for field in FIELDS[2:]:
        assert np.isnan(found[field][:2]).all()
        assert np.isfinite(found[field][2:]).all()
    assert np.isfinite(found["confidences"]).all()
    assert StoryTask("classes", None).fields == ("predictions", "confidences")


def test_that_a_nan_is_no_prediction_and_an_infinity_is_one() -> None:
    logits = LOGITS[:3].copy()
    logits[0, 1], logits[1, 2] = np.nan, -np.inf
    labels = LOGITS[:3].argmax(1)
    found = told(StoryTask("classes", labels), logits)

    assert found["predictions"][0] == -1
    assert all(np.isnan(found[field][0]) for field in FIELDS[1:])
    assert found["predictions"][2] == labels[2]
    assert np.isfinite(found["losses"][1]) or labels[1] == 2


def test_that_other_outputs_have_the_losses_that_pytorch_gives_for_them() -> None:
    values = RANDOM.normal(size=(40, 5)).astype(np.float32)
    found = told(StoryTask("values", values), LOGITS)["losses"]
    expected = F.mse_loss(torch.tensor(LOGITS), torch.tensor(values), reduction="none").mean(1)
    np.testing.assert_allclose(found, expected.numpy(), rtol=1e-5)

    several = RANDOM.integers(0, 2, (40, 5))
    given = torch.tensor(LOGITS), torch.tensor(several, dtype=torch.float32)
    expected = F.binary_cross_entropy_with_logits(*given, reduction="none").mean(1)
    shares = torch.tensor(LOGITS, dtype=torch.float64).sigmoid().numpy()
    np.testing.assert_allclose(told(StoryTask("labels", several), LOGITS)["losses"], expected.numpy(), rtol=1e-5)
    found = told(StoryTask("labels", several, is_probability=True), shares)["losses"]
    np.testing.assert_allclose(found, expected.numpy(), rtol=1e-5)
    assert StoryTask("labels", several).fields == ("losses",)


def test_that_of_tokens_the_loss_is_the_mean_over_the_positions_that_count() -> None:
    logits = RANDOM.normal(size=(6, 7, 5)).astype(np.float32)
    tokens = RANDOM.integers(0, 5, (6, 7))
    tokens[2, 3:], tokens[4] = -100, -100
    found = told(StoryTask("tokens", tokens), logits)["losses"]

    for sample in range(6):
        expected = F.cross_entropy(torch.tensor(logits[sample]), torch.tensor(tokens[sample])).item()
        np.testing.assert_allclose(found[sample], expected, rtol=1e-5)
    assert np.isnan(found[4])


def test_that_parts_say_what_the_whole_says(monkeypatch: pytest.MonkeyPatch) -> None:
    task = StoryTask("classes", LABELS)
    whole = task.numbers(LOGITS, 0)

    np.testing.assert_array_equal(task.numbers(LOGITS[10:20], 10), whole[10:20])
    monkeypatch.setattr("collector.capture.story_task.MOST_AT_ONCE", 12)
    np.testing.assert_array_equal(task.numbers(LOGITS, 0), whole)


def rows(*shape: int) -> Output:
    return Output("", "rows", (2, *shape))


@pytest.mark.parametrize(
    ("output", "given", "kind", "ending", "expected"),
    [
        (rows(3), [0, 2], "", "", "classes"),
        (rows(3), [[0, 1, 0], [1, 0, 0]], "", "", "classes"),
        (rows(3), None, "classes", "", "classes"),
        (rows(3), None, "", "", "the network gives (3,) for each, and the samples have no labels"),
        (rows(1), [0, 1], "", "none", "binary"),
        (rows(1), [0, 1], "", "sigmoid", "binary"),
        (rows(1), [0, 1], "", "", UNKNOWN_ENDING),
        (rows(1), [0.0, 1.0], "values", "", "values"),
        (rows(1), [0.3, 1.5], "", "", "values"),
        (rows(), [0.3, 1.5], "", "", "values"),
        (rows(3), [[0.3, 1.5, 2.0]] * 2, "", "", "values"),
        (rows(3), [[1, 1, 0], [0, 0, 0]], "", "none", "labels"),
        (rows(3), [[1.0, 1.0, 0.0], [0, 0, 0]], "labels", "none", "labels"),
        (rows(3), [[1, 1, 0], [0, 0, 0]], "", "", UNKNOWN_ENDING),
        (rows(3), [0.3, 1.5], "", "", "the network gives (3,) for each, and the samples have labels of another kind"),
        (Output("", "tokens", (2, 4, 9)), [[1, 2, 3, 4]] * 2, "", "", "tokens"),
        (Output("", "tokens", (2, 4, 9)), [0, 1], "", "", "(4, 9) for each, and the samples have labels of another"),
        (Output("", "shaped", (2, 3, 4, 4)), np.full((2, 3, 4, 4), 0.5), "", "", "values"),
        (None, [0, 1], "", "", "the network gives nothing for each of the samples"),
    ],
)
def test_that_the_task_is_told_by_outputs_and_labels_or_not_at_all(
    output: Output | None, given: Any, kind: str, ending: Any, expected: str
) -> None:
    targets = Targets() if given is None else targets_of(np.array(given), 2)

    found = story_task(output, targets, kind, ending)

    if isinstance(found, StoryTask):
        assert (found.kind, found.is_probability) == (expected, ending == "sigmoid")
    else:
        assert expected in found
