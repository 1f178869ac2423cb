"""Pictures beside each other, and the words below them."""

import numpy as np
from PyQt6.QtCore import QSize
from pytestqt.qtbot import QtBot

from app.views.sample.analysis.shown_output import CaptionedPicture
from app.views.sample.picture_row import PictureRow
from tests.app.painted import painted


def test_that_captions_have_room_for_all_of_their_lines(qtbot: QtBot) -> None:
    row = PictureRow()
    qtbot.addWidget(row)
    picture = np.zeros((8, 8))
    row.show_pictures([CaptionedPicture(name, picture) for name in ("target", "output", "|output − target|, white: 1")])
    row.resize(QSize(220, row.heightForWidth(220)))
    row.show()
    assert painted(row).texts[-1] == "white: 1"
    assert all(each.place.bottom() <= row.height() for each in painted(row).words)
