"""What changes is painted anew by itself, without anything else that moves in the window."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractScrollArea, QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.views.features.analysis.tiles import ScaleRule
from app.views.features.scale_line import ScaleLine
from app.views.sample.analysis.probe_pictures import ProbePictures
from app.views.sample.sample_strip import SampleStrip
from tests.app.looks.pieces import features as of_features
from tests.app.looks.pieces import sample as of_sample
from tests.app.looks.pieces.features import NUMBERS, TOKENS, Make, named, strip, tiles, waves
from tests.app.looks.pieces.sample import GREY, OUTPUTS, RIGHT, SHARES, TEXT, VALUES, WRONG
from tests.app.painted import Paints

Act = Callable[[Any], object]


def at(x: int, y: int) -> Act:
    return lambda shown: QTest.mouseMove(shown, QPoint(x, y))


def leave(shown: QWidget) -> None:
    QApplication.sendEvent(shown, QEvent(QEvent.Type.Leave))


GRID = of_features.grid(tiles(waves(6, 3, 3)))
MATRIX = of_features.matrix(named(TOKENS, NUMBERS))
STRIPS = of_features.strips([strip("fc1", 10), strip("fc2", 4)])
STRIP = of_sample.strip(of_sample.IMAGES)


@pytest.mark.parametrize(
    ("make", "acts"),
    [
        (
            GRID,
            [
                lambda grid: grid.show_tiles(tiles(waves(5, 3, 3))),
                lambda grid: grid.show_tiles(None, "nothing"),
                lambda grid: grid.show_tiles(tiles(waves(5, 3, 3))),
                lambda grid: grid.show_unit(3),
                lambda grid: grid.show_unit(None),
                at(20, 40),
                leave,
            ],
        ),
        (
            MATRIX,
            [
                lambda shown: shown.show_matrix(named(TOKENS[:2], NUMBERS)),
                lambda shown: shown.show_matrix(None, "nothing"),
                lambda shown: shown.show_matrix(named(TOKENS, NUMBERS)),
                lambda shown: shown.show_column(4),
                lambda shown: shown.show_column(None),
                at(120, 80),
                leave,
            ],
        ),
        (
            STRIPS,
            [
                lambda shown: shown.show_strips([strip("fc1", 9)], 1.0),
                lambda shown: shown.show_chosen("fc1", None),
                lambda shown: shown.show_chosen("fc1", ("fc1", 2)),
                lambda shown: shown.show_chosen(None, None),
                at(120, 20),
                leave,
            ],
        ),
        (
            ScaleLine,
            [
                lambda line: line.show_scale(1.0, ScaleRule.PASS, is_signed=True),
                lambda line: line.show_tiles(tiles(waves(2, 2, 2), ScaleRule.OWN)),
                lambda line: line.show_tiles(tiles(waves(2, 2, 2, 3))),
                lambda line: line.show_tiles(None),
            ],
        ),
        (of_sample.bars(RIGHT), [lambda bars: bars.show_rows(WRONG), lambda bars: bars.show_rows([], "none")]),
        (
            of_sample.figures(VALUES),
            [lambda rows: rows.show_rows(VALUES[:3]), lambda rows: rows.show_rows(VALUES[1:4], "and more")],
        ),
        (
            of_sample.pictures(*OUTPUTS),
            [
                lambda row: row.show_pictures(OUTPUTS[:2]),
                lambda row: row.show_pictures([type(OUTPUTS[0])(each.caption, 1 - GREY) for each in OUTPUTS[:2]]),
            ],
        ),
        (
            of_sample.tokens(TEXT, SHARES),
            [
                lambda text: text.show_tokens(text._tokens, 3),
                lambda text: text.show_tokens(text._tokens, 0),
            ],
        ),
        (
            STRIP,
            [
                lambda shown: shown.show_sample(4),
                lambda shown: shown.show_view(of_sample.view_of(7, lambda n: n % 4)),
                lambda shown: shown.show_order(np.arange(7)[::-1]),
                lambda shown: shown.show_pictures(ProbePictures(of_sample.probe_of(of_sample.VECTORS))),
                lambda shown: shown.show_all_rows(True),
            ],
        ),
    ],
    ids=["tiles", "matrix", "strips", "scale", "bars", "figures", "pictures", "tokens", "samples"],
)
def test_that_it_is_painted_anew(qtbot: QtBot, make: Make, acts: list[Act]) -> None:
    shown = make()
    qtbot.addWidget(shown)
    shown.resize(320, 200)
    shown.show()
    qtbot.waitExposed(shown)
    watched = shown.viewport() if isinstance(shown, QAbstractScrollArea) else shown
    assert watched is not None
    paints = Paints(watched)
    for number, act in enumerate(acts):
        for _ in range(3):
            QApplication.processEvents()
        paints.n = 0
        act(shown)
        QApplication.processEvents()
        assert paints.n, f"number {number}"
    assert not isinstance(shown, SampleStrip) or shown.sample == 4
