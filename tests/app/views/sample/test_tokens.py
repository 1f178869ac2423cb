"""A text token by token: what is told under the pointer and by the keys, and what is likely in a place."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.palette import active
from app.views.sample.analysis.shown_output import ShownOutput
from app.views.sample.analysis.tokens import Likely, Tokens
from app.views.sample.output_readout import OutputReadout
from app.views.sample.token_text import TokenText
from tests.app.views.features.pointing import tooltip_at
from tests.app.views.sample.outputs import a_probe, shown, words

KEY = Qt.Key


def test_that_a_long_text_is_scrolled_row_by_row(qtbot: QtBot) -> None:
    text = TokenText()
    qtbot.addWidget(text)
    text.resize(120, 60)
    n = 60
    text.show_tokens(Tokens(("word",) * n, np.zeros(n), False, (), ("",) * n, 9, ()), 0)
    text.show()
    qtbot.waitExposed(text)
    bar, viewport = text.verticalScrollBar(), text.viewport()
    assert bar is not None and viewport is not None
    in_a_row = sum(text.rect_of(number).top() == 0 for number in range(n))
    row = text.rect_of(in_a_row).top()
    assert (bar.singleStep(), bar.pageStep()) == (row, viewport.height())
    bar.setValue(bar.maximum())
    assert 0 <= viewport.height() - text.rect_of(n - 1).bottom() <= 2
    assert tooltip_at(viewport, text.rect_of(n - 1).center().toPoint()).startswith(f"token {n}: ")


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
        (2, KEY.Key_Left, [1]),
        (1, KEY.Key_Left, [0]),
        (0, KEY.Key_Right, [1]),
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
    for word in (0, 1, 4, 99):
        readout.text.word_chosen.emit(word)
        told.append((readout.text.chosen, readout.place_label.text(), readout.shares.isHidden()))
    assert told == [
        (0, "The first token: nothing is before it.", True),
        (1, "After “…a”:", False),
        (4, "After “…a cat sat down”:", False),
        (4, "After “…a cat sat down”:", False),
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


def test_that_a_token_is_shaded_evenly_by_how_likely_it_is(text: TokenText) -> None:
    text.show_tokens(replace(TOKENS, words=("a",) * 4, shares=np.array([np.nan, 0, 0.5, 1]), wanted=("",) * 4), 3)
    seen = text.viewport().grab().toImage()  # type: ignore[union-attr]
    places = [text.rect_of(word).topLeft().toPoint() + QPoint(2, 2) for word in range(4)]
    ground, bar = QColor(active().bar_ground).red(), QColor(active().bar).red()
    unknown, least, middle, most = ((seen.pixelColor(each).red() - ground) / (bar - ground) for each in places)
    assert unknown == 0
    assert 0 < least < middle < most < 1
    assert abs(middle - (least + most) / 2) < 0.02
