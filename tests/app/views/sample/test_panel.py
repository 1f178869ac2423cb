"""The probe's samples, by clicks and keys."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from app.analysis.probabilities import percent
from app.analysis.samples_view import SampleOrder, SamplesView, samples_view
from app.replay.frame import Frame, SampleView
from app.replay.opened import OpenedCollection
from app.views.sample.panel import SamplePanel
from app.window.theme import apply_theme
from tests.app.made_up import probe
from tests.app.painted import painted

CONFIDENCE = np.array([0.5, 0.9, 0.6, 0.99, 0.4], "f4")
LABELS = np.array([0, 1, 2, 3, 0])
PREDICTED = np.array([0, 2, 2, 3, 1])


@pytest.fixture
def panel(show: Callable[..., None], opened: OpenedCollection, frame_of: Callable[..., Frame]) -> SamplePanel:
    """Five samples, of which those numbered 1 and 4 are taken for something else."""
    panel = SamplePanel()
    show(panel, 270, 480)
    panel.show_collection(opened.collection)
    panel.show_frame(frame_of(2), 5)
    panel.show_samples(SamplesView(LABELS, PREDICTED, CONFIDENCE))
    return panel


@pytest.fixture
def wishes(panel: SamplePanel) -> list[int]:
    wishes: list[int] = []
    panel.sample_requested.connect(wishes.append)
    return wishes


def choose_order(panel: SamplePanel, order: SampleOrder) -> None:
    panel.order_box.setCurrentIndex(panel.order_box.findData(order))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (SampleOrder.PROBE, [0, 1, 2, 3, 4]),
        (SampleOrder.MOST_CONFIDENT, [3, 1, 2, 0, 4]),
        (SampleOrder.LEAST_CONFIDENT, [4, 0, 2, 1, 3]),
        (SampleOrder.WRONG, [1, 4, 3, 2, 0]),
    ],
)
def test_that_the_samples_stand_in_the_chosen_order(
    panel: SamplePanel, order: SampleOrder, expected: list[int]
) -> None:
    choose_order(panel, order)
    assert panel.strip.order.tolist() == expected


def test_that_a_click_asks_for_the_sample_under_the_pointer(
    panel: SamplePanel, wishes: list[int], qtbot: QtBot
) -> None:
    choose_order(panel, SampleOrder.MOST_CONFIDENT)
    at = panel.strip.rect_of(1).center()
    qtbot.mouseClick(panel.strip.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert wishes == [1]


def test_that_a_click_beside_the_samples_asks_for_nothing(panel: SamplePanel, wishes: list[int], qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.strip.viewport(), Qt.MouseButton.LeftButton, pos=panel.strip.rect_of(5).center())
    assert wishes == []


def test_that_arrows_and_keys_go_on_in_the_order_that_is_shown(
    panel: SamplePanel, wishes: list[int], qtbot: QtBot, frame_of: Callable[..., Frame]
) -> None:
    panel.show_frame(frame_of(2, sample=2), 5)
    choose_order(panel, SampleOrder.MOST_CONFIDENT)
    qtbot.mouseClick(panel.after_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.before_button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(panel.strip, Qt.Key.Key_PageDown)
    qtbot.keyClick(panel.strip, Qt.Key.Key_Left)
    panel.request_by(2)
    assert wishes == [0, 1, 0, 1, 4]


def test_that_the_arrows_end_at_the_ends_of_the_order(
    panel: SamplePanel, wishes: list[int], frame_of: Callable[..., Frame]
) -> None:
    choose_order(panel, SampleOrder.MOST_CONFIDENT)
    enabled = []
    for sample in (3, 1, 2, 0, 4):
        panel.show_frame(frame_of(2, sample=sample), 5)
        enabled.append((panel.before_button.isEnabled(), panel.after_button.isEnabled()))
    assert enabled == [(False, True), (True, True), (True, True), (True, True), (True, False)]
    panel.request_by(1)
    panel.show_frame(frame_of(2, sample=3), 5)
    panel.request_by(-1)
    assert wishes == []


def test_that_the_chosen_sample_and_order_hold_across_passes(
    panel: SamplePanel, wishes: list[int], frame_of: Callable[..., Frame]
) -> None:
    choose_order(panel, SampleOrder.MOST_CONFIDENT)
    panel.show_frame(frame_of(3, sample=2), 5)
    panel.show_samples(SamplesView(LABELS, PREDICTED, CONFIDENCE[::-1].copy()))
    assert panel.strip.order.tolist() == [1, 3, 2, 4, 0]
    assert panel.strip.sample == 2
    assert panel.order is SampleOrder.MOST_CONFIDENT
    assert wishes == []


def test_that_the_figures_tell_label_prediction_probability_and_score(
    panel: SamplePanel, frame_of: Callable[..., Frame]
) -> None:
    shown = frame_of(2).sample
    assert f"<b>{shown.name_of(shown.true_class)}</b>" in panel.true_label.text()
    assert shown.name_of(shown.predicted_class) in panel.predicted_label.text()
    assert panel.score_label.text() == "3 of 5 right"
    assert panel.choice_label.text() == "sample 1 of 5"
    tip = panel.strip.tip(1)
    assert tip.startswith("sample 2\nlabel: ")
    assert tip.endswith("prediction: cat, 90.0 %")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("class 6", "class&nbsp;6"),
        ("a cat & dog", "a&nbsp;cat&nbsp;&amp;&nbsp;dog"),
        ("a cat & dogs", "a&nbsp;cat&nbsp;&amp;&nbsp;dogs"),
        ("a cat and dog", "a cat and dog"),
    ],
)
def test_that_a_short_name_of_a_class_stays_on_a_line(
    panel: SamplePanel, frame_of: Callable[..., Frame], name: str, told: str
) -> None:
    frame = frame_of(2)
    sample = replace(frame.sample, class_names=(name,) * 4)
    panel.show_frame(replace(frame, sample=sample), 5)
    assert f">{told}</b> (" in panel.predicted_label.text()


def test_that_the_same_run_grown_keeps_what_is_shown(panel: SamplePanel, opened: OpenedCollection) -> None:
    choose_order(panel, SampleOrder.WRONG)
    panel.show_collection(opened.collection)
    assert panel.strip.order.tolist() == [1, 4, 3, 2, 0]


def test_that_other_samples_have_no_prediction_of_those_before(panel: SamplePanel) -> None:
    assert "prediction" in panel.strip.tip(4)
    panel.show_collection(SimpleNamespace(probe=probe(np.zeros((9, 1, 8, 8), "f4"))))
    assert not any("prediction" in panel.strip.tip(sample) for sample in range(9))


def test_that_the_numbers_have_a_row_for_each_sample_in_the_order_shown(panel: SamplePanel) -> None:
    choose_order(panel, SampleOrder.WRONG)
    names, rows = panel.numbers()
    assert names == ("sample", "label", "label_name", "prediction", "prediction_name", "probability")
    assert [row[0] for row in rows] == [1, 4, 3, 2, 0]
    assert rows[0][1:5] == (1, "bee", 2, "cat")
    assert rows[0][5] == pytest.approx(0.9)


def test_that_the_colours_of_the_prediction_follow_the_theme(panel: SamplePanel, qapp) -> None:
    before = panel.predicted_label.text()
    apply_theme(qapp, "light")
    assert panel.predicted_label.text() != before
    panel.grab()


def shown_with(
    show: Callable[..., None], inputs: np.ndarray | None, logits: np.ndarray | None, labels: np.ndarray | None = None
) -> SamplePanel:
    """The panel with the first of some made-up samples."""
    panel = SamplePanel()
    show(panel, 270, 480)
    given = None if inputs is None else probe(inputs)
    n = 0 if inputs is None else len(inputs)
    panel.show_collection(SimpleNamespace(probe=given))
    picture = None if given is None else given.picture(0)
    frame = SimpleNamespace(sample=SampleView(picture, None, None, None, ()), view=SimpleNamespace(sample=0), step=0)
    panel.show_frame(frame, n)
    panel.show_samples(samples_view(logits, labels))
    panel.grab()
    return panel


def test_that_a_thousand_samples_can_be_scrolled_and_chosen(show: Callable[..., None], qtbot: QtBot) -> None:
    logits = np.random.default_rng(0).normal(size=(1000, 10))
    panel = shown_with(show, np.zeros((1000, 1, 8, 8), "f4"), logits)
    bar = panel.strip.verticalScrollBar()
    bar.setValue(bar.maximum())
    with qtbot.waitSignal(panel.sample_requested) as wish:
        at = panel.strip.rect_of(999).center()
        qtbot.mouseClick(panel.strip.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert wish.args == [999]
    panel.grab()
    assert len(panel.strip._thumbnails) < 100, "only what is seen is made"


def test_that_a_framed_sample_is_brought_into_sight_and_a_pass_does_not_scroll(show: Callable[..., None]) -> None:
    panel = shown_with(show, np.zeros((200, 1, 8, 8), "f4"), None)
    panel.strip.show_sample(150)
    bar = panel.strip.verticalScrollBar()
    assert panel.strip.viewport().rect().contains(panel.strip.rect_of(150))
    bar.setValue(0)
    panel.strip.show_sample(150)
    assert bar.value() == 0


@pytest.mark.parametrize(
    ("inputs", "logits", "labels"),
    [
        (np.ones((1, 1, 28, 28), "f4"), np.ones((1, 3)), np.array([2])),
        (np.ones((7, 13), "f4"), np.ones((7, 3)), None),
        (np.full((7, 13), np.nan, "f4"), None, np.arange(7)),
        (np.ones((7, 5, 6, 7), "f4"), np.full((7, 3), np.nan), np.arange(7)),
        (np.ones((3, 3, 300, 200), "f4"), None, None),
        (np.ones((3, 1, 1, 1), "f4"), None, None),
        (np.ones((4,), "f4"), None, None),
        (None, None, None),
    ],
    ids=["one", "vectors", "NaN", "no picture", "large", "one pixel", "scalars", "no probe"],
)
def test_that_odd_samples_are_shown_as_far_as_they_go(
    show: Callable[..., None], inputs: np.ndarray | None, logits: np.ndarray | None, labels: np.ndarray | None
) -> None:
    panel = shown_with(show, inputs, logits, labels)
    n = 0 if inputs is None else len(inputs)
    assert len(panel.strip.order) == n
    assert panel.order_box.isEnabled() == (logits is not None)
    for order in SampleOrder:
        choose_order(panel, order)
        assert sorted(panel.strip.order.tolist()) == list(range(n))
    assert len(panel.numbers()[1]) == n


def test_that_a_sample_that_is_a_vector_is_drawn_as_one(show: Callable[..., None]) -> None:
    panel = shown_with(show, np.array([[0.5, -1.0, 1.0]] * 4, "f4"), None)
    assert painted(panel.picture).word("−1 to 1")


def test_that_a_run_without_samples_says_how_to_record_some(show: Callable[..., None]) -> None:
    panel = shown_with(show, None, None)
    assert panel.empty_state.isVisible()
    assert "Collector(…, probe=(images, labels))" in panel.empty_state.label.text()


def test_that_one_sample_alone_has_no_strip_and_no_order(show: Callable[..., None]) -> None:
    panel = shown_with(show, np.ones((1, 1, 28, 28), "f4"), np.ones((1, 3)), np.array([2]))
    assert not any(each.isVisible() for each in (panel.strip, panel.order_box, panel.score_label, panel.after_button))
    assert panel.picture.isVisible()


def test_that_a_pass_with_a_sample_of_its_own_says_so(panel: SamplePanel, frame_of: Callable[..., Frame]) -> None:
    frame = frame_of(2)
    panel.show_frame(replace(frame, sample=replace(frame.sample, is_of_pass=True)), 1)
    assert panel.choice_label.text() == "each pass has its own sample"
    panel.show_frame(frame, 5)
    assert panel.choice_label.text() == "sample 1 of 5"
    assert panel.strip.isVisible()


def test_that_a_chosen_order_is_shown_from_its_beginning(show: Callable[..., None]) -> None:
    panel = shown_with(show, np.zeros((200, 1, 8, 8), "f4"), np.random.default_rng(0).normal(size=(200, 10)))
    panel.strip.show_sample(150)
    choose_order(panel, SampleOrder.LEAST_CONFIDENT)
    first = int(panel.strip.order[0])
    assert panel.strip.viewport().rect().contains(panel.strip.rect_of(panel.strip.place_of(first)))


def test_that_a_low_window_shows_two_rows_of_samples(panel: SamplePanel) -> None:
    panel.show_frame(_ten_classes(), 20)
    panel.resize(250, 515)
    panel.grab()
    assert panel.strip.viewport().height() >= 2 * panel.strip.rect_of(0).height() - 4


def test_that_at_another_pass_the_samples_stay_where_they_are_scrolled_to(show: Callable[..., None]) -> None:
    panel = shown_with(show, np.zeros((200, 1, 8, 8), "f4"), np.random.default_rng(0).normal(size=(200, 10)))
    bar = panel.strip.verticalScrollBar()
    assert bar is not None
    bar.setValue(77)
    panel.show_samples(samples_view(np.random.default_rng(1).normal(size=(200, 10)), None))
    assert bar.value() == 77
    choose_order(panel, SampleOrder.LEAST_CONFIDENT)
    assert bar.value() == 0


def _ten_classes() -> SimpleNamespace:
    sample = SampleView(np.zeros((28, 28)), 0, 0, np.full(10, 0.1), tuple("0123456789"))
    return SimpleNamespace(sample=sample, view=SimpleNamespace(sample=0), step=0)


def test_that_without_a_collection_the_panel_says_what_would_fill_it(show: Callable[..., None]) -> None:
    panel = SamplePanel()
    show(panel, 270, 480)
    assert panel.empty_state.label.isVisible()
    assert not panel.order_box.isVisible()


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.0, "0.0 %"), (0.0004, "<0.1 %"), (0.0449, "4.5 %"), (0.9996, "100 %"), (float("nan"), "NaN")],
)
def test_that_a_small_probability_is_told_from_none(probability: float, words: str) -> None:
    assert percent(probability) == words


def test_that_where_the_panel_is_scrolled_the_samples_are_all_there_and_else_are_scrolled_themselves(
    panel: SamplePanel, qtbot: QtBot, frame_of: Callable[..., Frame]
) -> None:
    area = QScrollArea()
    qtbot.addWidget(area)
    area.setWidgetResizable(True)
    area.setWidget(panel)
    panel.strip.show_order(np.arange(5).repeat(20))
    area.resize(270, 240)
    area.show()
    bar, strip = area.verticalScrollBar(), panel.strip
    qtbot.waitUntil(lambda: bar.maximum() > 1000)
    assert strip.verticalScrollBar().maximum() == 0
    assert strip.rect_of(99).bottom() <= strip.height()
    area.resize(270, 900)
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    assert strip.verticalScrollBar().maximum() > 0
