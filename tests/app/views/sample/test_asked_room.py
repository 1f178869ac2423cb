"""What wants other room than before asks for it, keys that are not its own are left to others, and lines are full."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.views.sample import sample_strip
from app.views.sample.analysis.probe_pictures import ProbePictures
from app.views.sample.analysis.tokens import Tokens
from app.views.sample.picture_row import PictureRow
from app.views.sample.sample_strip import SampleStrip
from app.views.sample.token_text import TokenText
from app.views.unit.colour_bar import ColourBar
from app.views.unit.tile_picture import TilePicture
from tests.app.looks.pieces import sample as pieces
from tests.app.looks.pieces.unit import Incoming
from tests.app.painted import Events
from tests.app.views.sample.outputs import a_probe

Act = Callable[[Any], object]


def text_of(n: int) -> Tokens:
    return Tokens(("mm",) * n, np.zeros(n), False, (), ("",) * n, 9, ())


def weights(n: int) -> Incoming:
    values = np.ones((n, 3, 3), np.float32)
    return Incoming("", values, np.ones(values.shape, bool), ("",) * n)


BARS, ROWS = pieces.RIGHT, pieces.VALUES


@pytest.mark.parametrize(
    ("make", "acts"),
    [
        (
            pieces.bars(BARS),
            [
                (lambda bars: bars.show_rows(BARS[:2]), True),
                (lambda bars: bars.show_rows(BARS[1:]), False),
                (lambda bars: bars.limit_rows(17), True),
                (lambda bars: bars.limit_rows(17), False),
            ],
        ),
        (pieces.figures(ROWS), [(lambda rows: rows.show_rows(ROWS[:2]), True)]),
        (pieces.pictures(*pieces.OUTPUTS), [(lambda row: row.show_pictures(pieces.OUTPUTS[:1]), True)]),
        (pieces.tokens(pieces.TEXT, pieces.SHARES), [(lambda text: text.show_tokens(text_of(99), 0), True)]),
        (
            ColourBar,
            [
                (lambda bar: bar.show_scale(1.0), False),
                (lambda bar: bar.show_scale(1.0, has_not_finite=True), True),
                (lambda bar: bar.show_scale(2.0, has_not_recorded=True), False),
                (lambda bar: bar.show_scale(2.0), True),
            ],
        ),
        (
            TilePicture,
            [
                (lambda shown: shown.show_incoming(weights(30), 1.0), True),
                (lambda shown: shown.show_incoming(weights(30), 2.0), False),
                (lambda shown: shown.show_incoming(None, 2.0), True),
            ],
        ),
        (
            pieces.strip(pieces.IMAGES),
            [
                (lambda strip: strip.show_all_rows(True), True),
                (lambda strip: strip.show_all_rows(True), False),
                (lambda strip: strip.show_order(np.arange(2)), True),
            ],
        ),
    ],
    ids=["bars", "figures", "pictures", "tokens", "colours", "weights", "samples"],
)
def test_that_other_room_is_asked_for_where_it_is_needed(
    qtbot: QtBot, make: Callable[[], QWidget], acts: list[tuple[Act, bool]]
) -> None:
    around, shown = QWidget(), make()
    qtbot.addWidget(around)
    column = QVBoxLayout(around)
    column.addWidget(shown)
    column.addStretch(1)
    around.resize(220, 300)
    around.show()
    qtbot.waitExposed(around)
    asked = Events(around, QEvent.Type.LayoutRequest)
    for number, (act, is_asked) in enumerate(acts):
        QApplication.processEvents()
        asked.n = 0
        act(shown)
        QApplication.processEvents()
        assert (asked.n > 0) == is_asked, f"number {number}"


@pytest.fixture
def text(qtbot: QtBot) -> TokenText:
    made = TokenText()
    qtbot.addWidget(made)
    made.resize(120, 60)
    made.show_tokens(text_of(60), 1)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def strip(qtbot: QtBot) -> SampleStrip:
    made = SampleStrip()
    qtbot.addWidget(made)
    made.resize(235, 150)
    made.show_pictures(ProbePictures(a_probe(np.abs(pieces.waves(30, 1, 8, 8)))))
    made.show()
    qtbot.waitExposed(made)
    return made


def is_taken(widget: QWidget, key: Qt.Key) -> bool:
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_that_keys_that_are_not_its_own_are_left_to_others(text: TokenText, strip: SampleStrip) -> None:
    assert not is_taken(text, Qt.Key.Key_F)
    assert not is_taken(strip, Qt.Key.Key_F)
    text_bar, strip_bar = text.verticalScrollBar(), strip.verticalScrollBar()
    assert text_bar is not None and strip_bar is not None
    assert is_taken(text, Qt.Key.Key_Down)
    assert text_bar.value() == text_bar.singleStep() > 0
    assert is_taken(text, Qt.Key.Key_Left)
    assert is_taken(strip, Qt.Key.Key_Right)
    assert (text.chosen, strip_bar.value()) == (1, 0)


def test_that_a_line_of_tokens_is_full_before_the_next_begins(text: TokenText) -> None:
    viewport = text.viewport()
    assert viewport is not None
    n_in_a_line = set()
    for width in range(60, 160):
        text.resize(width, 60)
        room, places = viewport.width(), [text.rect_of(number) for number in range(60)]
        for before, after in pairwise(places):
            if after.top() > before.top():
                assert (after.left(), after.top()) == (0, before.bottom() + 3)
                assert before.right() <= room < before.right() + 2 + after.width()
            else:
                assert after.left() == before.right() + 2
        n_in_a_line.add(sum(place.top() == places[0].top() for place in places))
        if places[n_in_a_line_now(places) - 1].right() == room:
            n_in_a_line.add(0)
    assert 0 in n_in_a_line, "one ends exactly where the line does"
    assert len(n_in_a_line) > 3


def n_in_a_line_now(places: list[Any]) -> int:
    return sum(place.top() == places[0].top() for place in places)


def test_that_a_row_of_samples_needs_no_space_behind_its_last(strip: SampleStrip) -> None:
    cell = strip.rect_of(1).left()
    around = strip.width() - strip.viewport().width()
    for n in (2, 3):
        for width, n_in_a_row in ((n * cell - 4, n), (n * cell - 5, n - 1)):
            strip.resize(width + around, 150)
            assert strip.rect_of(n_in_a_row).left() == 0
            assert strip.rect_of(n_in_a_row - 1).top() == strip.rect_of(0).top()
            outside = QPoint(n_in_a_row * cell + 1, 5)
            assert strip._sample_at(outside) is None


def test_that_no_more_than_so_many_pictures_are_kept_small(strip: SampleStrip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_strip, "_MOST_KEPT", 4)
    strip._thumbnails.clear()
    kept = []
    for sample in (0, 1, 2, 3, 0, 4):
        assert strip._thumbnail(sample) is not None
        kept.append(sorted(strip._thumbnails))
    assert kept == [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 3], [4]]


def test_that_a_row_of_no_picture_has_the_room_of_one(qtbot: QtBot) -> None:
    row = PictureRow()
    qtbot.addWidget(row)
    line = row.fontMetrics().height()
    assert (row.captions, row.caption_px(100)) == ([], line + 2)
    assert [row.heightForWidth(width) for width in (50, 100, 400)] == [64 + line + 2, 100 + line + 2, 180 + line + 2]
