"""The view of samples as a whole: what it says in each state, and its table."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PyQt6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from app.analysis.samples_view import SampleOrder, SamplesView
from app.palette import active
from app.replay.frame import SampleView
from app.session import Session
from app.views.sample.analysis.shown_output import FigureRow
from app.views.sample.panel import SamplePanel
from app.views.sample.probability_bars import MOST_ROWS, ProbabilityBars, points
from app.views.sample.probability_row import ProbabilityRow
from app.views.sample.view import SamplePanelView
from tests.app.looks.pieces.sample import (
    CLASS,
    CLASS_OF_B,
    IMAGES,
    LABELLED,
    VALUED,
    Make,
    beside,
    of_tokens,
    output,
    panel,
)
from tests.app.painted import painted
from tests.app.views.features.alone import alone
from tests.app.views.features.expert_run import write_expert_run
from tests.app.views.features.features_run import write_features_run


@pytest.fixture
def seen(qtbot: QtBot) -> Callable[[Make], SamplePanel]:
    def see(make: Make) -> SamplePanel:
        area = make()
        qtbot.addWidget(area)
        area.resize(260, 500)
        area.show()
        qtbot.waitExposed(area)
        assert isinstance(area, QScrollArea)
        found = area.widget()
        assert isinstance(found, SamplePanel)
        return found

    return see


def coloured(name: str, colour: str, figure: str = "75.0&nbsp;%") -> str:
    return f"<b style='color:{getattr(active(), colour)}'>{name}</b> ({figure})"


OF_TWO = "filled: one · hatched: other · figures: other less one"
OTHER_LABEL = replace(beside(7), sample=replace(CLASS_OF_B, true_class=0))


@pytest.mark.parametrize(
    ("make", "label", "told", "below"),
    [
        (panel(CLASS, IMAGES), "Label: <b>class 2</b>", "Prediction: {right}", None),
        (panel(replace(CLASS, true_class=None), IMAGES), "Label: <b>not recorded</b>", "Prediction: {text}", None),
        (panel(replace(CLASS, true_class=0), IMAGES), "Label: <b>ant</b>", "Prediction: {wrong}", None),
        (
            panel(replace(CLASS, predicted_class=None, no_prediction="no <logits>"), IMAGES),
            *("Label: <b>class 2</b>", "Prediction: <b>no &lt;logits&gt;</b>", None),
        ),
        (panel(CLASS, IMAGES, beside(7)), "Label: <b>class 2</b>", "one: {right}<br>other: {dog}", OF_TWO),
        (
            panel(CLASS, IMAGES, OTHER_LABEL),
            "Label: <b>class 2</b>, in other <b>ant</b>",
            "one: {right}<br>other: {dog}",
            OF_TWO,
        ),
        (
            panel(CLASS, IMAGES, beside(7, is_same=True)),
            *(
                "Label: <b>class 2</b>",
                "one: {right}<br>other: {dog}",
                "one and other: the same, to the bit, for all samples.",
            ),
        ),
        (
            panel(CLASS, IMAGES, beside(7, why_not="other samples")),
            *("Label: <b>class 2</b>", "Prediction: {right}", "one alone: other samples, which cannot be compared."),
        ),
    ],
    ids=["right", "no label", "wrong", "no prediction", "of two", "other labels", "the same", "not compared"],
)
def test_that_a_class_is_told_with_its_label_and_prediction(
    seen: Callable[[Make], SamplePanel], make: Make, label: str, told: str, below: str | None
) -> None:
    shown = seen(make)
    words = {each: coloured("class&nbsp;2", each) for each in ("right", "wrong", "text")}
    assert shown.true_label.text() == label
    assert shown.predicted_label.text() == told.format(**words, dog=coloured("dog", "wrong"))
    assert shown.beside_label.isVisible() == (below is not None)
    assert shown.beside_label.text() == (below or "")
    is_compared = below is not None and "cannot" not in below
    assert shown.loss_label.text() == ("Cross entropy 0.5 → 1.25 (+0.75)" if is_compared else "")
    assert shown.loss_label.isVisible() == is_compared
    assert (SampleOrder.CHANGED in shown.order_box.offered) == is_compared


def figures_of(logits: list[float]) -> np.ndarray:
    return np.array([logits] * 2, "f4")


@pytest.mark.parametrize(
    ("make", "title", "lines", "task", "orders"),
    [
        (
            output("values", VALUED, logits=figures_of([1.5, 2.0])),
            *("<b>Values</b>", "root mean square of the residuals 0.354", "How the task is known: the loss says so."),
            [SampleOrder.PROBE, SampleOrder.ERROR],
        ),
        (
            output("labels", LABELLED, logits=figures_of([2.0, 2.0, -2.0])),
            *("<b>Labels</b>", "1 of 3 labels right", "How the task is known: the loss says so."),
            [SampleOrder.PROBE, SampleOrder.ERROR],
        ),
        (
            output("", VALUED, logits=figures_of([1.5, 2.0])),
            *("<b>Outputs</b>", "root mean square of the residuals 0.354"),
            "What they are is not known: the loss says so. Collector(…, task=…) says it.",
            [SampleOrder.PROBE, SampleOrder.ERROR],
        ),
        (
            of_tokens(),
            *("<b>Tokens</b>", "perplexity 2.72 over 3 tokens<br>shaded: the likelier a token, the bluer"),
            "How the task is known: the loss says so.",
            [SampleOrder.PROBE, SampleOrder.ERROR],
        ),
    ],
)
def test_that_what_is_no_class_is_told_with_how_that_is_known(
    seen: Callable[[Make], SamplePanel], make: Make, title: str, lines: str, task: str, orders: list[SampleOrder]
) -> None:
    shown = seen(make)
    assert (shown.true_label.text(), shown.predicted_label.text(), shown.task_label.text()) == (title, lines, task)
    assert shown.order_box.offered == orders
    assert not shown.bars.isVisible()
    assert not shown.loss_label.isVisible()
    assert shown.readout.isVisible()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (panel(CLASS, IMAGES), "3 of 7 right"),
        (panel(CLASS, IMAGES, samples=SamplesView(None, np.zeros(7), np.zeros(7))), ""),
        (panel(CLASS, IMAGES, samples=SamplesView(None, None, None)), ""),
        (panel(CLASS, IMAGES, samples=SamplesView(None, None, None, score="error 2")), "error 2"),
        (panel(CLASS, IMAGES, beside(7), samples=SamplesView(None, None, None, score="error 2")), "one: error 2"),
        (panel(CLASS, IMAGES, beside(7)), "2 changed"),
        (panel(CLASS, IMAGES, replace(beside(7), samples=SamplesView(None, None, None))), ""),
    ],
)
def test_that_all_samples_have_a_score(seen: Callable[[Make], SamplePanel], make: Make, told: str) -> None:
    assert seen(make).score_label.text() == told


def test_that_the_picture_is_as_large_as_there_is_room_for(seen: Callable[[Make], SamplePanel]) -> None:
    shown = seen(panel(CLASS, IMAGES))
    area = shown.window()
    for height, is_tall in ((699, False), (700, True), (500, False)):
        area.resize(260, height)
        assert (shown.picture.maximumWidth() > 10_000) == is_tall
        assert (shown.picture.height() > 200) == is_tall
        assert (shown.true_label.y() > shown.picture.y() + shown.picture.height()) == is_tall
        assert (shown.true_label.x() > shown.picture.x() + shown.picture.width()) != is_tall


def test_that_arrows_are_there_for_several_samples_and_end_at_their_ends(seen: Callable[[Make], SamplePanel]) -> None:
    shown = seen(panel(CLASS, IMAGES))
    assert (shown.before_button.isEnabled(), shown.after_button.isEnabled()) == (False, True)
    assert (shown.before_button.toolTip(), shown.after_button.toolTip()) == (
        "Sample before (Page up)",
        "Next sample (Page down)",
    )
    assert shown.before_button.accessibleName() == "Sample before (Page up)"
    assert shown.choice_label.text() == "sample 1 of 7"
    shown.order_box.setCurrentIndex(shown.order_box.findData(SampleOrder.MOST_CONFIDENT))
    place = shown.strip.order.tolist().index(0)
    assert (shown.before_button.isEnabled(), shown.after_button.isEnabled()) == (place > 0, place < 6)
    alone_here = seen(panel(CLASS, IMAGES[:1]))
    assert not any(each.isVisible() for each in (alone_here.before_button, alone_here.after_button, alone_here.strip))


def viewed(qtbot: QtBot, write: Any, go: Callable[[Session], object]) -> Any:
    view = alone("sample", write, go)
    qtbot.addWidget(view)
    view.resize(260, 500)
    view.show()
    qtbot.waitExposed(view)
    return view


def test_that_the_view_is_about_the_sample_and_has_a_table_of_all(qtbot: QtBot) -> None:
    view = viewed(qtbot, write_features_run, lambda session: session.go_to(pass_number=2, sample=1))
    assert view.about() == {"sample": 1}
    (title,) = view.tables
    table = view.tables[title]()
    assert (title, table.is_of_pass, table.nothing) == ("Sample", True, "The run was recorded without samples.")
    assert table.notes == (
        "sample: number in the probe, from 0; rows are in the order that was shown",
        "probability: of the predicted class, 0…1",
        "cross entropy in nats; differences are B less A",
    )
    assert [row[:3] for row in table.rows] == [(0, 0, "ant"), (1, 1, "bee"), (2, 2, "cat")]
    asked: list[int] = []
    view.panel.sample_requested.connect(asked.append)
    assert view.step_sample(1)
    assert view.step_sample(-1)
    assert asked == [2, 1]


def test_that_of_two_passes_the_names_are_those_of_both(qtbot: QtBot) -> None:
    def go(session: Session) -> None:
        session.hold_pass()
        session.show_pass(2)

    view = viewed(qtbot, write_features_run, go)
    assert view.panel.beside_label.text() == "filled: step 0 · hatched: this pass · figures: this pass less step 0"
    of_values = viewed(qtbot, write_expert_run, go)
    assert of_values.about() == {"sample": 0}


def many(n: int) -> list[ProbabilityRow]:
    return [ProbabilityRow(f"class {number}", number / 100, number == 0, number == n - 1) for number in range(n)]


@pytest.mark.parametrize(
    ("n", "names"),
    [
        (MOST_ROWS, [f"class {number}" for number in range(12)]),
        (MOST_ROWS + 1, [*(f"class {number}" for number in range(12, 0, -1)), "class 0"]),
        (40, [*(f"class {number}" for number in range(39, 27, -1)), "class 0"]),
    ],
)
def test_that_of_many_classes_the_likeliest_and_the_label_are_shown(qtbot: QtBot, n: int, names: list[str]) -> None:
    bars = ProbabilityBars()
    bars.show_rows(many(n))
    assert [row.name for row in bars.rows] == names
    bars.show_rows(many(n), rest="and more that the file does not hold")
    assert len(bars.rows) == n


@pytest.mark.parametrize(
    ("n", "told"),
    [(MOST_ROWS + 1, "class 0"), (MOST_ROWS + 2, "and 1 other class"), (MOST_ROWS + 3, "and 2 other classes")],
)
def test_that_it_is_told_how_many_classes_are_not_among_them(qtbot: QtBot, n: int, told: str) -> None:
    bars = ProbabilityBars()
    qtbot.addWidget(bars)
    bars.resize(300, 400)
    bars.show_rows(many(n))
    assert [each for each in painted(bars).texts if not each.endswith("%")][-1] == told


@pytest.mark.parametrize(
    ("difference", "told"),
    [(4.9e-4, "≈ 0 pp"), (-4.9e-4, "≈ 0 pp"), (5e-4, "+0.1 pp"), (-5e-4, "−0.1 pp"), (1.0, "+100.0 pp"), (np.inf, "–")],
)
def test_that_points_are_told_from_a_twentieth_of_one_on(difference: float, told: str) -> None:
    assert points(difference) == told


def test_that_a_row_of_two_is_as_likely_as_its_likelier_bar() -> None:
    a, b = (ProbabilityRow("x", probability, False, False) for probability in (0.25, 0.5))
    assert (a.largest, replace(a, beside=b).largest, replace(b, beside=a).largest) == (0.25, 0.5, 0.5)
    assert replace(a, probability=np.nan, beside=b).largest == 0.5
    assert replace(a, probability=np.nan).largest == 0
    assert replace(a, beside=b).difference == 0.25
    assert np.isnan(a.difference)
    assert FigureRow("x", 1.0).target is None
    assert SampleView(None, None, None, None, ()).by_class == []


@pytest.mark.parametrize("name", ["sample", "features"])
def test_that_a_playhead_between_two_passes_is_told_of_the_pass_that_is_shown(qtbot: QtBot, name: str) -> None:
    view = alone(name, write_features_run, lambda session: session.show_step(14))
    qtbot.addWidget(view)
    note = view.panel.pass_note  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: note.text() == "pass of step 10")
    assert not note.isHidden()


def test_that_before_anything_is_opened_there_is_no_sample(qtbot: QtBot, session: Session) -> None:
    view = SamplePanelView(session)
    qtbot.addWidget(view)
    assert view.about() == {}
