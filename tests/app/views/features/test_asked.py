"""What is answered where somebody asks: a tooltip where the pointer rests, and nothing else."""

from collections.abc import Callable
from unittest.mock import patch

import pytest
from PyQt6.QtCore import QEvent, QPoint
from PyQt6.QtGui import QHelpEvent
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from app.views.projection.point_legend import LegendRows
from app.views.unit.tile_picture import TilePicture
from tests.app.looks.pieces import features, projection, sample, unit
from tests.app.painted import canvas_of

MAKES: dict[str, Callable[[], QWidget]] = {
    "tiles": features.grid(features.tiles(features.waves(6, 3, 3))),
    "matrix": features.matrix(features.named(features.TOKENS, features.NUMBERS)),
    "strips": features.strips([features.strip("fc1", 10)]),
    "bars": sample.bars(sample.TWO),
    "figures": sample.figures(sample.VALUES),
    "samples": sample.strip(sample.IMAGES),
    "tokens": sample.tokens(sample.TEXT, sample.SHARES),
    "legend": projection.legend(projection.groups(4)),
    "weights": unit.tiles(6, 3, 3),
}


@pytest.mark.parametrize("name", MAKES)
def test_that_only_a_pointer_that_rests_is_told_something(qtbot: QtBot, name: str) -> None:
    made = MAKES[name]()
    qtbot.addWidget(made)
    made.resize(300, 160)
    made.show()
    qtbot.waitExposed(made)
    inside = {"legend": LegendRows, "weights": TilePicture}.get(name)
    asked = canvas_of(made) if inside is None else made.findChildren(inside)[0]
    places = [QPoint(x, y) for x in range(2, asked.width(), 16) for y in range(2, asked.height(), 8)]
    with patch.object(QToolTip, "showText") as shown:
        for kind in (QEvent.Type.WhatsThis, QEvent.Type.QueryWhatsThis):
            QApplication.sendEvent(asked, QHelpEvent(kind, places[0], asked.mapToGlobal(places[0])))
        assert not shown.called
        for at in places:
            QApplication.sendEvent(asked, QHelpEvent(QEvent.Type.ToolTip, at, asked.mapToGlobal(at)))
    assert len(shown.call_args_list) == len(places)
    assert any(call.args[1] for call in shown.call_args_list)
