"""Where the legend of a plot of near-zero gradients begins, just where there is room and just where there is none."""

import numpy as np
import pytest
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.analysis.curve import Measured
from app.views.gradients.analysis.dynamics import PLOTS, DynamicsOptions
from app.views.gradients.dynamics_card import LEAST_SIZE, DynamicsCard
from app.widgets.value_axis import WIDTH_PX

NONE = np.zeros(0, np.int64)


@pytest.mark.parametrize(("kind", "n_more", "has_another"), [(0, 0, True), (1, 0, False), (1, 0, True), (4, 6, False)])
def test_that_a_legend_begins_above_the_plot_itself_where_all_of_it_has_room_there(
    qtbot: QtBot, kind: int, n_more: int, has_another: bool
) -> None:
    card = DynamicsCard(PLOTS[kind])
    qtbot.addWidget(card)
    others = [QLabel("another")] * has_another
    for each in others:
        card.heading.insertWidget(1, each)
    curve = Measured("x", np.arange(3), np.array([0.5, 0.25, 0.125]))
    card.show_curves([curve] * len(PLOTS[kind].curves), DynamicsOptions(), {}, 3, NONE, NONE)
    card.show()
    card.show_step(1)
    beside = card.log_button.sizeHint().width() + sum(each.sizeHint().width() for each in others) + 8
    figures = card.fontMetrics().horizontalAdvance("000") * (n_more // 3)
    whole = WIDTH_PX + 4 + card.legend.wanted_px() + figures + beside
    assert whole > LEAST_SIZE.width()
    for width, left in ((whole + 1, WIDTH_PX + 4), (whole, WIDTH_PX + 4), (whole - 1, 8)):
        card.resize(int(np.ceil(width)) if left > 8 else int(width), 150)
        assert card.heading.contentsMargins().left() == left
        assert card.heading.contentsMargins().right() == 8
