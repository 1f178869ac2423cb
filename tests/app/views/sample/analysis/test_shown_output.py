"""What is told of the output of each task: whole texts and figures, against what they are by hand."""

import numpy as np
import pytest

from app.views.sample.analysis.as_picture import MASK_COLOURS
from app.views.sample.analysis.shown_output import MOST_FIGURES, ShownOutput, shown_output
from collector.storage.task import Task
from tests.app.views.sample.outputs import a_pass, a_probe, shown

FLAT = np.zeros((2, 4), "f4")


def of_values(values: np.ndarray, kind: str = "values", **probe: object) -> ShownOutput:
    return shown(kind, a_pass(logits=values.astype("f4")), a_probe(FLAT[: len(values)], **probe))


@pytest.mark.parametrize(
    ("kind", "n", "titles"),
    [
        ("values", 1, ("Value", "value")),
        ("values", 2, ("Values", "value 0", "value 1")),
        ("scores", 1, ("Score", "score")),
        ("q_values", 2, ("Q-values", "action 0", "action 1")),
        ("embedding", 2, ("Embedding", "output 0", "output 1")),
        ("", 1, ("Outputs", "output")),
    ],
)
def test_that_numbers_are_named_by_their_task(kind: str, n: int, titles: tuple[str, ...]) -> None:
    found = of_values(np.ones((1, n)), kind)
    assert (found.title, *(row.name for row in found.figures)) == titles
    assert found.told_by == "the loss says so"


def test_that_outputs_are_named_as_the_classes_where_there_are_as_many() -> None:
    names = ("red", "round")
    assert [row.name for row in of_values(np.ones((1, 2)), class_names=names).figures] == ["red", "round"]
    assert [row.name for row in of_values(np.ones((1, 1)), class_names=names).figures] == ["value"]
    assert [row.name for row in of_values(np.ones((1, 3)), class_names=names).figures][-1] == "value 2"


@pytest.mark.parametrize(
    ("given", "wanted", "told"),
    [
        ([1.5], [1.0], "residual +0.5"),
        ([0.5], [1.0], "residual −0.5"),
        ([1.0], [1.0], "residual 0"),
        ([4.0, 0.0], [1.0, 4.0], "root mean square of the residuals 3.54"),
        ([4.0, 0.0], None, "no targets: probe=(inputs, targets) shows them beside the values"),
    ],
)
def test_that_values_are_told_with_what_they_miss(given: list[float], wanted: list[float] | None, told: str) -> None:
    found = of_values(np.array([given]), targets=None if wanted is None else np.array([wanted], "f4"))
    assert found.lines == (told,)
    assert [row.target for row in found.figures] == ([None] * len(given) if wanted is None else wanted)


def test_that_an_embedding_has_a_length_and_the_best_action_is_named() -> None:
    assert of_values(np.array([[3.0, 4.0]]), "embedding").lines == ("length 5, 2 numbers",)
    assert of_values(np.ones((1, 1200)), "embedding").lines == ("length 34.6, 1,200 numbers",)
    assert of_values(np.array([[3.0, 4.0, 4.0]]), "q_values").lines == ("best: action 1",)
    assert of_values(np.array([[3.0, np.inf]]), "q_values").lines == ()
    many = np.zeros((1, MOST_FIGURES + 1))
    many[0, -1] = 1
    assert of_values(many, "q_values").lines == ()
    assert of_values(many[:, ::-1], "q_values").lines == ("best: action 0",)
    assert of_values(np.array([[1.0]]), "scores").lines == ()


@pytest.mark.parametrize(("n", "more"), [(64, ""), (65, "and 1 more numbers"), (1100, "and 1,036 more numbers")])
def test_that_of_many_numbers_the_first_are_shown_and_the_rest_counted(n: int, more: str) -> None:
    found = of_values(np.arange(n)[None])
    assert (len(found.figures), found.figures[-1].value, found.more) == (min(n, MOST_FIGURES), min(n, 64) - 1, more)


@pytest.mark.parametrize(
    ("logits", "shares", "lines"),
    [
        ([0.0, 0.0], [0.5, 0.5], ("entropy 0.693 nats",)),
        ([0.25, 0.75], [0.25, 0.75], ("entropy 0.562 nats",)),
        ([1.0, 0.0], [1.0, 0.0], ("entropy 0 nats",)),
        ([0.5, 0.5005], [0.5, 0.5005], ("entropy 0.693 nats",)),
        ([1000.0, 0.0], [1.0, 0.0], ("entropy 0 nats",)),
        ([0.3], [0.3], ()),
        ([0.0], [0.0], ()),
        ([2.0], [1 / (1 + np.exp(-2))], ()),
        ([-2.0], [1 / (1 + np.exp(2))], ()),
    ],
)
def test_that_a_policy_is_told_as_probabilities(
    logits: list[float], shares: list[float], lines: tuple[str, ...]
) -> None:
    found = of_values(np.array([logits]), "policy")
    assert [row.share for row in found.shares] == pytest.approx(shares, abs=1e-6)
    assert (found.lines, found.title, found.more) == (lines, "Policy", "")
    assert {row.is_true for row in found.shares} == {None}
    assert [row.name for row in found.shares] == (["action"] if len(logits) == 1 else ["action 0", "action 1"])


def test_that_numbers_that_do_not_sum_to_one_or_are_negative_are_logits() -> None:
    for logits in ([0.5, 0.502], [-0.1, 1.1]):
        powers = np.exp(logits)
        found = of_values(np.array([logits]), "policy")
        assert [row.share for row in found.shares] == pytest.approx(powers / powers.sum())
    assert of_values(np.array([[np.nan, 1.0]]), "policy").lines == ()


def test_that_many_actions_and_labels_are_counted() -> None:
    assert of_values(np.zeros((1, 70)), "policy").more == "and 6 more actions"
    found = of_values(np.zeros((1, 66)), "labels", targets=np.ones((1, 66)))
    assert (found.more, found.lines, len(found.shares)) == ("and 2 more labels", ("66 of 66 labels right",), 64)
    assert of_values(np.zeros((1, 2)), "labels").lines == ()
    assert [row.is_true for row in of_values(np.zeros((1, 2)), "labels").shares] == [None, None]


MASKS = np.array([[[0, 1], [2, -1]]])


def segmented(given: np.ndarray, wanted: np.ndarray | None) -> ShownOutput:
    outputs = np.stack([given == number for number in range(3)], 1).astype("f4")
    return shown("segmentation", a_pass(outputs=outputs), a_probe(np.zeros((1, 1, 2, 2), "f4"), targets=wanted))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([[0, 1], [2, 0]], "100.0 % of pixels right, mean intersection over union 1"),
        ([[0, 1], [1, 0]], "66.7 % of pixels right, mean intersection over union 0.5"),
        ([[1, 0], [0, 0]], "0.0 % of pixels right, mean intersection over union 0"),
    ],
)
def test_that_pixels_that_count_are_compared(given: list[list[int]], told: str) -> None:
    found = segmented(np.array([given]), MASKS)
    assert found.lines == (told,)
    wrong = found.pictures[2].pixels
    assert wrong.tolist() == (np.array(given) != MASKS[0]).astype(float).tolist()
    assert [each.caption for each in segmented(np.array([given]), None).pictures] == ["predicted"]
    assert segmented(np.array([given]), None).lines == ()


def test_that_the_colours_of_masks_are_those_that_nobody_confuses_on_a_dark_ground() -> None:
    okabe_and_ito = ["E69F00", "56B4E9", "009E73", "F0E442", "0072B2", "D55E00", "CC79A7"]
    published = np.array([list(bytes.fromhex(each)) for each in okabe_and_ito]) / 255
    assert np.abs(MASK_COLOURS[1:] - published).max() < 0.01
    assert (MASK_COLOURS[0] > 0).all() and (MASK_COLOURS[0] < 0.2).all()


def test_that_masks_have_a_colour_for_each_class_and_begin_anew_behind_the_last_colour() -> None:
    n = len(MASK_COLOURS)
    wanted, given = np.array([[[0, 1], [n, -1]]]), np.array([[0, n + 1], [n - 1, 2]])
    outputs = np.stack([given[None] == number for number in range(n + 2)], 1).astype("f4")
    mask, predicted, _ = shown(
        "segmentation", a_pass(outputs=outputs), a_probe(np.zeros((1, 1, 2, 2), "f4"), targets=wanted)
    ).pictures
    assert mask.pixels.tolist() == MASK_COLOURS[[[0, 1], [0, 0]]].tolist()
    assert predicted.pixels.tolist() == MASK_COLOURS[[[0, 1], [n - 1, 2]]].tolist()


def test_that_a_picture_stands_beside_its_target_and_what_it_misses() -> None:
    target = np.array([[[[0.0, 0.5], [1.0, 1.0]]]], "f4")
    taken = a_pass(outputs=target * 0.5)
    found = shown("values", taken, a_probe(np.zeros((1, 3), "f4"), targets=target))
    assert [each.caption for each in found.pictures] == ["target", "output", "|output − target|, white: 0.5"]
    assert found.pictures[0].pixels.tolist() == [[0.0, 0.5], [1.0, 1.0]]
    assert found.pictures[1].pixels.tolist() == [[0.0, 0.25], [0.5, 0.5]]
    assert found.pictures[2].pixels.tolist() == [[0.0, 0.5], [1.0, 1.0]]
    assert (found.title, found.lines) == ("Picture", ("mean squared error 0.141",))
    without = shown("values", taken, a_probe(np.zeros((1, 3), "f4")))
    assert [each.caption for each in without.pictures] == ["output"]
    assert without.lines == ("no targets: probe=(inputs, targets) shows them beside the values",)
    assert shown("reconstruction", taken, a_probe(target)).title == "Recon\N{SOFT HYPHEN}struction"


def test_that_what_is_no_picture_is_told_by_its_shape() -> None:
    found = shown("values", a_pass(outputs=np.zeros((1, 2, 3, 4), "f4")), a_probe(FLAT[:1]))
    assert (found.title, found.lines, found.pictures) == ("Picture", ("shape 2×3×4, no picture",), ())


@pytest.mark.parametrize(
    ("arrays", "sample", "told"),
    [
        ({}, 0, "The output was not recorded."),
        ({"outputs": np.zeros((1, 1, 2, 2), "f4")}, 1, "The file holds the outputs of the first sample."),
        ({"outputs": np.zeros((1200, 1, 2, 2), "f4")}, 1200, "The file holds the outputs of the first 1,200 samples."),
    ],
)
def test_that_an_output_that_is_not_there_is_told_of(arrays: dict[str, np.ndarray], sample: int, told: str) -> None:
    found = shown("reconstruction", a_pass(**arrays), a_probe(np.zeros((1300, 1, 2, 2), "f4")), sample)
    assert (found.lines, found.figures, found.pictures) == ((told,), (), ())


def test_that_classes_and_samples_that_there_are_not_have_none() -> None:
    taken, probe = a_pass(logits=np.zeros((2, 3), "f4")), a_probe(FLAT)
    assert shown_output(taken, probe, Task("classes"), 0, {}) is None
    assert shown_output(taken, None, Task("values"), 0, {}) is None
    assert shown_output(taken, probe, Task("values"), 2, {}) is None
    assert shown_output(taken, probe, Task("values"), 1, {}) is not None


def test_that_what_was_generated_is_of_the_sample() -> None:
    made = np.stack([np.zeros((1, 2, 2)), np.eye(2)[None]]).astype("f4")
    taken = a_pass(logits=np.ones((3, 1), "f4"), outputs=made)
    probe = a_probe(np.zeros((3, 4), "f4"))
    assert shown("scores", taken, probe, 1).pictures[0].pixels.tolist() == np.eye(2).tolist()
    assert shown("scores", taken, probe, 2).pictures == ()
    assert shown("", taken, probe, 1).pictures[0].caption == "generated"
    assert shown("values", taken, probe, 1).pictures == ()
