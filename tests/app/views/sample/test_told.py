"""What is told under the pointer and by the keys, of samples, probabilities and figures: whole texts."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.analysis.samples_view import UNKNOWN, SamplesView
from app.views.sample.analysis.probe_pictures import ProbePictures
from app.views.sample.analysis.shown_output import FigureRow, ShareRow
from app.views.sample.figure_rows import FigureRows, figures_of, tip
from app.views.sample.output_readout import OutputReadout
from app.views.sample.probability_bars import ProbabilityBars
from app.views.sample.probability_row import ProbabilityRow
from app.views.sample.sample_strip import SampleStrip
from app.views.sample.samples_difference import Beside, SamplesDifference
from app.views.sample.token_text import TokenText
from tests.app.views.features.pointing import tooltip_at
from tests.app.views.sample.outputs import a_pass, a_probe, shown

KEY = Qt.Key


@pytest.fixture
def strip(qtbot: QtBot) -> SampleStrip:
    """Eleven samples, three in a row."""
    made = SampleStrip()
    qtbot.addWidget(made)
    made.resize(235, 150)
    labels = np.arange(11) % 3
    made.show_pictures(ProbePictures(a_probe(np.zeros((11, 1, 8, 8)), labels=labels, class_names=("ant", "bee"))))
    made.show_view(SamplesView(labels[:3], np.array([0, UNKNOWN, 1]), np.array([0.5, 0.5, 0.75])))
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.mark.parametrize(
    ("sample", "told"),
    [
        (0, "sample 1\nlabel: ant\nprediction: ant, 50.0 %"),
        (1, "sample 2\nlabel: bee"),
        (2, "sample 3\nlabel: class 2\nprediction: bee, 75.0 %"),
        (3, "sample 4\nlabel: ant"),
    ],
)
def test_that_a_sample_is_told_with_its_label_and_prediction(strip: SampleStrip, sample: int, told: str) -> None:
    assert strip.tip(sample) == told
    assert tooltip_at(strip.viewport(), strip.rect_of(sample).center()) == told


def test_that_of_two_networks_both_predictions_are_told(strip: SampleStrip) -> None:
    one = SamplesView(np.arange(3), np.array([0, 1, 1]), np.array([0.5, 0.5, 0.75]))
    other = replace(one, predicted=np.array([1, UNKNOWN, 1]))
    strip.show_view(one, Beside(("usual", "faster"), None, other, SamplesDifference()))  # type: ignore[arg-type]
    assert strip.tip(0) == "sample 1\nlabel: ant\nusual: predicted ant, 50.0 %\nfaster: predicted bee, 50.0 %"
    assert strip.tip(1) == "sample 2\nlabel: bee\nusual: predicted bee, 50.0 %"


def test_that_beside_the_samples_nothing_is_told(strip: SampleStrip) -> None:
    assert tooltip_at(strip.viewport(), strip.rect_of(11).center()) == ""
    assert tooltip_at(strip.viewport(), QPoint(strip.viewport().width() - 1, 5)) == ""


@pytest.mark.parametrize(
    ("sample", "key", "asked"),
    [
        (4, KEY.Key_Left, [3]),
        (4, KEY.Key_Right, [5]),
        (4, KEY.Key_PageUp, [3]),
        (4, KEY.Key_PageDown, [5]),
        (4, KEY.Key_Up, [1]),
        (4, KEY.Key_Down, [7]),
        (1, KEY.Key_Up, [0]),
        (9, KEY.Key_Down, [10]),
        (0, KEY.Key_Left, []),
        (10, KEY.Key_Right, []),
        (4, KEY.Key_A, []),
    ],
)
def test_that_keys_ask_for_the_next_sample_or_one_of_another_row(
    strip: SampleStrip, sample: int, key: Qt.Key, asked: list[int]
) -> None:
    wishes: list[int] = []
    strip.sample_requested.connect(wishes.append)
    strip.show_sample(sample)
    QTest.keyClick(strip, key)
    assert wishes == asked


def test_that_only_the_left_button_chooses_a_sample(strip: SampleStrip) -> None:
    wishes: list[int] = []
    strip.sample_requested.connect(wishes.append)
    for button in (Qt.MouseButton.RightButton, Qt.MouseButton.LeftButton):
        QTest.mousePress(strip.viewport(), button, pos=strip.rect_of(4).center())
    assert wishes == [4]


def test_that_rows_that_are_hidden_are_scrolled_to_row_by_row(strip: SampleStrip) -> None:
    bar, row = strip.verticalScrollBar(), strip.rect_of(3).top() - strip.rect_of(0).top()
    assert bar is not None
    assert (bar.maximum(), bar.singleStep()) == (4 * row - strip.viewport().height(), row)
    assert bar.pageStep() == strip.viewport().height()
    assert strip.rect_of(0).size() == strip.rect_of(10).size()
    strip.show_sample(6)
    assert bar.value() == 3 * row - strip.viewport().height(), "no further than it takes"
    strip.show_sample(10)
    assert bar.value() == bar.maximum()
    strip.show_sample(3)
    assert bar.value() == row
    strip.show_all_rows(True)
    assert (bar.maximum(), strip.minimumHeight()) == (0, 4 * row)
    assert strip.accessibleName() == "Samples of the probe"


def test_that_what_is_painted_anew_in_part_is_as_it_was_and_nothing_else_is(strip: SampleStrip) -> None:
    viewport, bar = strip.viewport(), strip.verticalScrollBar()
    for scrolled in (0, 13, bar.maximum()):
        bar.setValue(scrolled)
        strip.show_sample(4)
        whole = viewport.grab().toImage()
        for top in range(0, viewport.height(), 7):
            part = QRect(0, top, viewport.width(), 5)
            assert viewport.grab(part).toImage() == whole.copy(part), (scrolled, top)


@pytest.mark.parametrize(("height", "n_rows"), [(100, 2), (138, 2), (139, 3), (150, 3)])
def test_that_only_samples_in_sight_are_painted(
    strip: SampleStrip, monkeypatch: pytest.MonkeyPatch, height: int, n_rows: int
) -> None:
    assert strip.rect_of(3).top() == 69
    painted: list[int] = []
    paint = SampleStrip._paint_cell
    monkeypatch.setattr(SampleStrip, "_paint_cell", lambda own, *given: painted.append(given[2]) or paint(own, *given))
    strip.viewport().grab(QRect(0, 0, 200, height))
    assert painted == list(range(3 * n_rows))


def test_that_before_one_is_chosen_the_first_sample_and_token_are(qtbot: QtBot) -> None:
    strip, text = SampleStrip(), TokenText()
    for made in (strip, text):
        qtbot.addWidget(made)
    assert (strip.sample, strip.order.tolist(), text.chosen) == (0, [], 0)
    assert text.sizeHint().height() == text.minimumSizeHint().height()


def row_of(name: str, probability: float) -> ProbabilityRow:
    return ProbabilityRow(name, probability, False, False)


def test_that_the_probabilities_of_both_are_told(qtbot: QtBot) -> None:
    bars = ProbabilityBars()
    qtbot.addWidget(bars)
    bars.resize(200, 70)
    bars.name_networks(("usual", "faster"))
    bars.show_rows([row_of("ant", 0.5), replace(row_of("bee", 0.25), beside=row_of("bee", 0.5))])
    bars.show()
    qtbot.waitExposed(bars)
    told = "bee\nusual: 25.0 %\nfaster: 50.0 %\ndifference: +25.0 pp"
    assert [tooltip_at(bars, QPoint(50, y)) for y in (1, 10, 23, 24, 45, 46)] == ["", "", "", told, told, ""]


@pytest.mark.parametrize(
    ("row", "figures", "told"),
    [
        (FigureRow("x", 1.23456), "1.23", "x\ngiven: 1.2346"),
        (FigureRow("x", 1.23456, 1.11119), "1.23 / 1.11", "x\ngiven: 1.2346\ntarget: 1.1112\nresidual: 0.123"),
        (FigureRow("x", -1.5, beside=2.34567), "−1.5 · 2.35", "x\ngiven: −1.5\nof the other network: 2.3457"),
        (
            FigureRow("x", 1.23456, 2.34567, 3.45678),
            "1.23 · 3.46 / 2.35",
            "x\ngiven: 1.2346\nof the other network: 3.4568\ntarget: 2.3457\nresidual: −1.11",
        ),
    ],
)
def test_that_a_figure_is_told_with_its_target_and_what_it_misses(row: FigureRow, figures: str, told: str) -> None:
    assert (figures_of(row), tip(row)) == (figures, told)


def test_that_a_figure_is_told_under_the_pointer(qtbot: QtBot) -> None:
    rows = FigureRows()
    qtbot.addWidget(rows)
    rows.resize(200, 70)
    rows.show_rows([FigureRow("x", 1.0), FigureRow("y", 2.0)], "and 3 more")
    rows.show()
    qtbot.waitExposed(rows)
    told = [tooltip_at(rows, QPoint(50, y)) for y in (1, 2, 23, 24, 45, 46)]
    assert told == ["", "x\ngiven: 1", "x\ngiven: 1", "y\ngiven: 2", "y\ngiven: 2", ""]


@pytest.mark.parametrize(
    ("row", "judged"),
    [
        (ShareRow("x", 0.5, True), (True, True, False)),
        (ShareRow("x", 0.4999, True), (True, False, False)),
        (ShareRow("x", 0.5, False), (False, True, True)),
        (ShareRow("x", 0.4999, False), (False, False, False)),
        (ShareRow("x", 0.9, None), (False, False, False)),
    ],
)
def test_that_a_label_is_judged_from_one_half_on(qtbot: QtBot, row: ShareRow, judged: tuple[bool, bool, bool]) -> None:
    of_labels = shown("labels", a_pass(logits=np.zeros((1, 2), "f4")), a_probe(np.zeros((1, 4))))
    output = replace(of_labels, shares=(row,))
    readout = OutputReadout()
    qtbot.addWidget(readout)
    readout.show_output(output, output, ("a", "b"))
    (found,) = readout.shares.rows
    for each in (found, found.beside):
        assert each is not None
        assert (each.is_true, each.is_predicted, each.is_wrong) == judged
