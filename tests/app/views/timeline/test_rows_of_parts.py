"""In a heading words take all the room that the buttons leave, and a plot all the height that the heading leaves."""

from collections.abc import Callable

import numpy as np
import pytest

from app.views.timeline.panel import TimelinePanel
from tests.app.growing_run import GrowingRun


@pytest.fixture
def panel(show: Callable[..., None]) -> TimelinePanel:
    made = np.arange(1, 101)
    panel = TimelinePanel()
    show(panel, 1500, 190)
    panel.show_collection(  # type: ignore[arg-type]
        GrowingRun().grow(loss=made / 9, accuracy=made / 200, updates__a=made, updates__b=made // 5)
    )
    return panel


def test_that_buttons_take_what_they_want_and_the_words_the_rest(panel: TimelinePanel) -> None:
    for card in panel.cards:
        assert [each.width() for each in (card.log_button, card.close_button)] == [
            each.sizeHint().width() for each in (card.log_button, card.close_button)
        ]
        assert card.log_button.x() - card.heading_line.geometry().right() <= 4
        assert card.width() - card.close_button.geometry().right() <= 6
        assert card.plot.geometry().bottom() == card.height() - 1
    buttons = panel.add_button.parentWidget()
    assert buttons is not None
    assert buttons.width() == buttons.sizeHint().width()
    assert buttons.x() - panel.clock_card.legend.geometry().right() <= 4
    assert panel.clock_card.plot.geometry().bottom() == panel.clock_card.height() - 1


def test_that_all_plots_are_as_wide_where_all_have_room(panel: TimelinePanel) -> None:
    widths = [card.width() for card in (*panel.cards, panel.clock_card)]
    assert max(widths) - min(widths) <= 1
    assert max(card.geometry().right() for card in (*panel.cards, panel.clock_card)) <= panel.width() - 8
