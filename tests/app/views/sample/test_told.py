"""What is told under the pointer and by the keys, of samples, probabilities, figures and tokens: whole texts."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.analysis.samples_view import UNKNOWN, SamplesView
from app.views.sample.analysis.probe_pictures import ProbePictures
from app.views.sample.analysis.shown_output import FigureRow, ShareRow, ShownOutput
from app.views.sample.analysis.tokens import Likely, Tokens
from app.views.sample.figure_rows import figures_of, tip
from app.views.sample.output_readout import OutputReadout
from app.views.sample.probability_bars import ProbabilityBars
from app.views.sample.probability_row import ProbabilityRow
from app.views.sample.sample_strip import SampleStrip
from app.views.sample.samples_difference import Beside, SamplesDifference
from app.views.sample.token_text import TokenText
from tests.app.views.features.pointing import tooltip_at
from tests.app.views.sample.outputs import a_pass, a_probe, shown, words

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
    strip.show_sample(10)
    assert bar.value() == bar.maximum()
    strip.show_sample(3)
    assert bar.value() == row
    strip.show_all_rows(True)
    assert (bar.maximum(), strip.minimumHeight()) == (0, 4 * row)
    assert strip.accessibleName() == "Samples of the probe"


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
        (FigureRow("x", 1.5, 1.0), "1.5 / 1", "x\ngiven: 1.5\ntarget: 1\nresidual: 0.5"),
        (FigureRow("x", -1.5, beside=2.0), "−1.5 · 2", "x\ngiven: −1.5\nof the other network: 2"),
        (
            FigureRow("x", 1.0, 1.5, 2.0),
            "1 · 2 / 1.5",
            "x\ngiven: 1\nof the other network: 2\ntarget: 1.5\nresidual: −0.5",
        ),
    ],
)
def test_that_a_figure_is_told_with_its_target_and_what_it_misses(row: FigureRow, figures: str, told: str) -> None:
    assert (figures_of(row), tip(row)) == (figures, told)


TOKENS = Tokens(("the", " cat\n", " sat"), np.array([np.nan, 0.25, 0.5]), False, (), ("", " dog", ""), 9, ())


@pytest.fixture
def text(qtbot: QtBot) -> TokenText:
    made = TokenText()
    qtbot.addWidget(made)
    made.resize(200, 60)
    made.show_tokens(TOKENS, 1)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_that_a_token_is_told_with_what_is_wanted_and_how_likely_it_is(text: TokenText) -> None:
    told = (
        "token 1: “the”",
        "token 2: “ cat\n”\nwanted: “ dog”\nthe network gives it 25.0 %",
        "token 3: “ sat”\nthe network gives it 50.0 %",
    )
    assert tuple(map(text.tip, range(3))) == told
    viewport = text.viewport()
    assert viewport is not None
    assert tooltip_at(viewport, text.rect_of(2).center().toPoint()) == told[2]
    assert tooltip_at(viewport, QPoint(190, 50)) == ""
    assert TokenText().tip(0) == ""
    assert text.accessibleName() == "Tokens of the sample"


@pytest.mark.parametrize(
    ("chosen", "key", "asked"),
    [
        (1, KEY.Key_Left, [0]),
        (1, KEY.Key_Right, [2]),
        (0, KEY.Key_Left, []),
        (2, KEY.Key_Right, []),
        (1, KEY.Key_Up, []),
    ],
)
def test_that_keys_go_from_token_to_token(text: TokenText, chosen: int, key: Qt.Key, asked: list[int]) -> None:
    wishes: list[int] = []
    text.word_chosen.connect(wishes.append)
    text.show_tokens(TOKENS, chosen)
    QTest.keyClick(text, key)
    assert wishes == asked


def test_that_a_click_with_the_left_button_chooses_the_token_under_it(text: TokenText) -> None:
    wishes: list[int] = []
    text.word_chosen.connect(wishes.append)
    viewport = text.viewport()
    assert viewport is not None
    at = text.rect_of(2).center().toPoint()
    QTest.mousePress(viewport, Qt.MouseButton.RightButton, pos=at)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(190, 50))
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=at)
    assert wishes == [2]


def test_that_what_is_likely_in_the_place_of_a_token_is_told_with_what_is_before_it(qtbot: QtBot) -> None:
    readout = OutputReadout()
    qtbot.addWidget(readout)
    readout.show_output(shown("tokens", *words(last=5)), None, ("", ""))
    told = []
    for word in (0, 1, 4, 99, -1):
        readout.text.word_chosen.emit(word)
        told.append((readout.text.chosen, readout.place_label.text(), readout.shares.isHidden()))
    assert told == [
        (0, "The first token: nothing is before it.", True),
        (1, "After “…a”:", False),
        (4, "After “…a cat sat down”:", False),
        (4, "After “…a cat sat down”:", False),
        (0, "The first token: nothing is before it.", True),
    ]
    readout.show_output(None, None, ("", ""))
    assert readout.isHidden()


def test_that_the_last_four_words_before_a_token_are_told_with_the_parts_of_words_joined(qtbot: QtBot) -> None:
    texts = ("a", " cat", "on", "the", "mat", "##tress", "s")
    likely = tuple((Likely(f" {number}", 0.5, False),) * 2 for number in range(7))
    tokens = Tokens(texts, np.full(7, 0.5), True, likely, ("",) * 7, 2, ())
    readout = OutputReadout()
    qtbot.addWidget(readout)
    readout.show_output(ShownOutput("Tokens", "", tokens=tokens), None, ("", ""))
    told = []
    for word in (4, 6):
        readout.text.word_chosen.emit(word)
        told.append(readout.place_label.text())
    assert told == ["After “…a cat on the”:", "After “…on the mat##tress”:"]
    assert [row.name for row in readout.shares.rows] == ["6", "6"]


def test_that_what_is_wanted_in_the_place_of_a_token_is_told(qtbot: QtBot) -> None:
    taken, probe = words()
    probe = a_probe(probe.inputs, whole_numbers=True, targets=np.array([[5, 4, -1, 0], [0] * 4]))
    readout = OutputReadout()
    qtbot.addWidget(readout)
    readout.show_output(shown("tokens", taken, probe), shown("tokens", taken, probe, 1), ("a", "b"))
    assert readout.place_label.text() == "At “a”, where “slept” is wanted:"
    assert [(row.name, row.is_true, row.beside is None) for row in readout.shares.rows] == [
        ("cat", False, False),
        ("and", False, False),
    ]
    readout.text.word_chosen.emit(2)
    assert readout.place_label.text() == "At “sat”:"


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
