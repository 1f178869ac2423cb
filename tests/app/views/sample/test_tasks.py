"""The sample panel shows the task: figures, labels, pictures and text, and nothing right or wrong but what can be."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.analysis.samples_view import SampleOrder, samples_of
from app.replay.frame import SampleView
from app.views.sample.analysis.shown_output import shown_output
from app.views.sample.analysis.tokens import Tokens
from app.views.sample.panel import SamplePanel
from app.views.sample.token_text import TokenText
from app.window.theme import apply_theme
from collector.storage.passes import Pass
from collector.storage.probe import Probe
from collector.storage.task import Task
from tests.app.views.sample.outputs import NAMES, a_pass, a_probe, shown, words


def test_a_value_stands_beside_its_target() -> None:
    probe = a_probe(np.zeros((3, 4), "f4"), targets=np.array([1.0, 2.0, 4.0], "f4"))
    taken = a_pass(logits=np.array([[1.5], [2.0], [1.0]], "f4"))
    row = shown("values", taken, probe).figures[0]
    assert (row.value, row.target) == (1.5, 1.0)
    assert shown("values", taken, probe).lines == ("residual +0.5",)
    view = samples_of(taken, probe, Task("values"))
    np.testing.assert_allclose(view.errors, [0.25, 0, 9])
    assert view.predicted is None
    assert view.n_right is None


def test_q_values_and_outputs_that_nobody_knows_are_numbers_without_right_or_wrong() -> None:
    probe = a_probe(np.zeros((3, 4), "f4"), labels=np.array([0, 1, 0]))
    taken = a_pass(logits=np.array([[1.5, 3.0]] * 3, "f4"))
    assert shown("q_values", taken, probe).lines == ("best: action 1",)
    unknown = shown("", taken, probe)
    assert [row.target for row in unknown.figures] == [None, None]
    assert unknown.title == "Outputs"


def test_a_policy_of_numbers_shows_them_and_one_of_choices_how_likely_each_is() -> None:
    taken, probe = a_pass(logits=np.array([[1.68, 0.0]], "f4")), a_probe(np.zeros((1, 4), "f4"))
    numbers = shown_output(taken, probe, Task("policy", is_continuous=True), 0, {})
    assert numbers is not None
    assert [(row.name, row.value) for row in numbers.figures] == [("action 0", np.float32(1.68)), ("action 1", 0.0)]
    assert numbers.shares == ()
    choices = shown("policy", taken, probe)
    assert choices.shares[0].share == pytest.approx(np.exp(1.68) / (np.exp(1.68) + 1))


def test_labels_are_judged_one_by_one() -> None:
    probe = a_probe(np.zeros((1, 4), "f4"), targets=np.array([[1, 0, 1]]), class_names=("red", "round", "large"))
    found = shown("labels", a_pass(logits=np.array([[2.0, 2.0, -2.0]], "f4")), probe)
    assert [(row.name, row.is_true) for row in found.shares] == [("red", True), ("round", False), ("large", True)]
    assert found.lines == ("1 of 3 labels right",)
    assert found.shares[0].share == pytest.approx(1 / (1 + np.exp(-2)))


@pytest.mark.parametrize(("wanted", "is_true"), [(0.49, False), (0.5, True), (0.51, True)])
def test_a_label_of_one_half_counts_as_there(wanted: float, is_true: bool) -> None:
    probe = a_probe(np.zeros((1, 4), "f4"), targets=np.array([[wanted]], "f4"))
    found = shown("labels", a_pass(logits=np.array([[2.0]], "f4")), probe)
    assert [row.is_true for row in found.shares] == [is_true]
    assert found.lines == (f"{int(is_true)} of 1 labels right",)


def test_a_flat_reconstruction_is_a_picture_beside_the_input() -> None:
    inputs = np.random.default_rng(0).random((2, 1, 4, 4)).astype("f4")
    found = shown("reconstruction", a_pass(logits=inputs.reshape(2, 16) * 0.36), a_probe(inputs), 1)
    output, apart = found.pictures
    low, high = inputs[1].min(), inputs[1].max()
    np.testing.assert_allclose(output.pixels, np.clip((inputs[1, 0] * 0.36 - low) / (high - low), 0, 1), atol=1e-6)
    np.testing.assert_allclose(apart.pixels, inputs[1, 0] / inputs[1].max(), rtol=1e-6)
    assert apart.caption == f"|output − input|, white: {0.64 * inputs[1].max():.2g}"
    assert found.lines == (f"mean squared error {(0.64**2 * inputs[1] ** 2).mean():.3g}",)


def test_masks_stand_beside_one_another_also_where_every_other_pixel_was_kept() -> None:
    masks = np.array([[[0, 1, 1, 1], [0, 0, 1, 1], [1, 1, 0, 0], [1, 1, 0, 0]]])
    logits = np.stack([masks[:, ::2, ::2] == 0, masks[:, ::2, ::2] == 1], 1).astype("f4")
    found = shown("segmentation", a_pass(outputs=logits), a_probe(np.zeros((1, 1, 4, 4), "f4"), targets=masks))
    assert [each.caption for each in found.pictures] == ["mask", "predicted", "wrong pixels"]
    assert found.lines == ("100.0 % of pixels right, mean intersection over union 1",)


def test_what_a_generator_made_stands_beside_its_score() -> None:
    taken = a_pass(logits=np.array([[0.5]], "f4"), outputs=np.ones((1, 1, 3, 3), "f4"))
    found = shown("scores", taken, a_probe(np.zeros((1, 8), "f4")))
    assert [each.caption for each in found.pictures] == ["generated"]
    assert found.figures[0].value == 0.5


@pytest.mark.parametrize(("n_kept", "told"), [(1, "sample"), (2, "2 samples")])
def test_of_later_samples_whose_output_is_not_kept_this_is_said(n_kept: int, told: str) -> None:
    taken = a_pass(outputs=np.zeros((n_kept, 1, 2, 2), "f4"))
    found = shown("reconstruction", taken, a_probe(np.zeros((3, 1, 2, 2), "f4")), 2)
    assert found.lines == (f"The file holds the outputs of the first {told}.",)


@pytest.mark.parametrize("sample", [0, 1])
def test_of_a_pass_without_outputs_this_is_said(sample: int) -> None:
    found = shown("reconstruction", a_pass(), a_probe(np.zeros((3, 1, 2, 2), "f4")), sample)
    assert found.lines == ("The output was not recorded.",)


def test_tokens_have_the_probability_that_the_one_before_gave_them() -> None:
    tokens = shown("tokens", *words()).tokens
    assert tokens is not None
    assert tokens.words == (" a", " cat", " sat", " down")
    assert np.isnan(tokens.shares[0])
    np.testing.assert_allclose(tokens.shares[1:], np.exp(-1.0), rtol=1e-6)
    assert [each.name for each in tokens.likely[1]] == [" cat", " and"]
    assert tokens.lines == ("perplexity 2.72 over 3 tokens", "shaded: the likelier a token, the bluer")


@pytest.mark.parametrize(
    ("n_kept", "told"),
    [(4, (" a", " cat", " sat", " down", " slept")), (3, (" a", " cat", " sat", " down")), (2, (" a", " cat", " sat"))],
)
def test_what_follows_the_last_token_that_is_kept_stands_behind_it(n_kept: int, told: tuple[str, ...]) -> None:
    tokens = shown("tokens", *words(last=5, n_kept=n_kept)).tokens
    assert tokens is not None
    assert tokens.words == told
    assert len(tokens.shares) == len(told)
    np.testing.assert_allclose(tokens.shares[1:], np.exp(-1.0), rtol=1e-6)


@pytest.fixture
def panel(show: Callable[..., None]) -> Callable[..., SamplePanel]:
    def make(task: str, taken: Pass, probe: Probe) -> SamplePanel:
        output = None if task == "classes" else shown(task, taken, probe)
        panel = SamplePanel()
        show(panel, 270, 700)
        panel.show_collection(SimpleNamespace(probe=probe))  # type: ignore[arg-type]
        sample = SampleView(probe.picture(0), None, None, None, ())
        frame = SimpleNamespace(sample=sample, view=SimpleNamespace(sample=0), step=0)
        panel.show_frame(frame, len(probe), None, output)  # type: ignore[arg-type]
        panel.show_samples(samples_of(taken, probe, Task(task)))
        panel.grab()
        return panel

    return make


def test_the_panel_has_what_the_output_is(panel: Callable[..., SamplePanel]) -> None:
    values = a_probe(np.zeros((1, 4), "f4"), targets=np.array([1.0], "f4"))
    readout = panel("values", a_pass(logits=np.array([[1.5]], "f4")), values).readout
    assert [(row.value, row.target) for row in readout.figures.rows] == [(1.5, 1.0)]
    pictures = np.random.default_rng(0).random((1, 1, 4, 4)).astype("f4")
    readout = panel("reconstruction", a_pass(logits=pictures.reshape(1, 16)), a_probe(pictures)).readout
    assert [each.partition(" ")[0] for each in readout.pictures.captions] == ["output", "|output"]
    labels = a_probe(np.zeros((1, 4), "f4"), targets=np.array([[1, 0]]), class_names=("red", "round"))
    readout = panel("labels", a_pass(logits=np.array([[2.0, 2.0]], "f4")), labels).readout
    assert [row.name for row in readout.shares.rows] == ["red", "round"]


def test_a_click_on_a_word_shows_what_is_likely_in_its_place(panel: Callable[..., SamplePanel], qtbot: QtBot) -> None:
    made = panel("tokens", *words())
    text = made.readout.text
    at = text.rect_of(3).center().toPoint()
    qtbot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert made.readout.place_label.text() == "After “…a cat sat”:"
    first = made.readout.shares.rows[0]
    assert (first.name, first.is_true) == ("down", True)
    qtbot.keyClick(text, Qt.Key.Key_Left)
    assert made.readout.place_label.text() == "After “…a cat”:"
    assert text.tip(2) == "token 3: “ sat”\nthe network gives it 36.8 %"


@pytest.mark.parametrize("n_rows", [1, 2, 4])
def test_a_text_of_a_few_rows_is_seen_whole(qtbot: QtBot, qapp: QApplication, n_rows: int) -> None:
    apply_theme(qapp, "dark")
    text = TokenText()
    qtbot.addWidget(text)
    text.resize(60, 400)
    text.show()
    text.show_tokens(Tokens(("mm",) * 60, np.zeros(60), False, (), ("",) * 60, 9, ()), 0)
    in_a_row = sum(text.rect_of(number).top() == 0 for number in range(60))
    n = n_rows * in_a_row
    text.show_tokens(Tokens(("mm",) * n, np.zeros(n), False, (), ("",) * n, 9, ()), 0)
    text.resize(60, text.minimumSizeHint().height())
    bar, viewport = text.verticalScrollBar(), text.viewport()
    assert bar is not None and viewport is not None
    assert bar.maximum() == 0
    assert text.rect_of(n - 1).bottom() <= viewport.height() <= text.rect_of(n - 1).bottom() + 3


@pytest.mark.parametrize(
    ("names", "text", "more"),
    [
        (NAMES, "a cat sat down", "down sat cat a"),
        ({1: " cat"}, "#0 cat #2 #3", "#3 #2 cat #0"),
        ({}, "0 1 2 3", "3 2 1 0"),
    ],
)
def test_a_text_that_is_taken_for_a_class_is_read_in_place_of_a_picture(
    panel: Callable[..., SamplePanel], names: dict[int, str], text: str, more: str
) -> None:
    probe = a_probe(np.array([[0, 1, 2, 3], [3, 2, 1, 0]], "f4"), whole_numbers=True, token_names=names)
    made = panel("classes", a_pass(logits=np.array([[1.5, 0.0], [2.0, 0.0]], "f4")), probe)
    assert made.text_label.text() == text
    assert made.text_label.isVisible()
    assert not made.picture.isVisible()
    assert made.strip.tip(1).splitlines()[1] == more


def test_pixels_that_are_whole_numbers_are_a_picture(panel: Callable[..., SamplePanel]) -> None:
    probe = a_probe(np.zeros((2, 1, 4, 4), "f4"), whole_numbers=True)
    made = panel("classes", a_pass(logits=np.array([[1.5, 0.0], [2.0, 0.0]], "f4")), probe)
    assert made.picture.isVisible()
    assert not made.text_label.isVisible()


def test_what_is_read_token_by_token_does_not_stand_above_once_more(panel: Callable[..., SamplePanel]) -> None:
    assert not panel("tokens", *words()).text_label.isVisible()


def test_samples_without_classes_are_sorted_by_their_error_and_scored_without_right_or_wrong(
    panel: Callable[..., SamplePanel],
) -> None:
    probe = a_probe(np.zeros((3, 4), "f4"), targets=np.array([1.0, 2.0, 4.0], "f4"))
    made = panel("values", a_pass(logits=np.array([[1.5], [2.0], [1.0]], "f4")), probe)
    made.order_box.setCurrentIndex(made.order_box.findData(SampleOrder.ERROR))
    assert made.strip.order.tolist() == [2, 0, 1]
    assert made.score_label.text() == "mean squared error 3.08"
    assert made.order_box.findData(SampleOrder.WRONG) < 0
    assert not made.bars.isVisible()
    assert "How the task is known: the loss says so." in made.task_label.text()
