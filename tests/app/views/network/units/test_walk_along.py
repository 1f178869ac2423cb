"""The keyboard's walk along a network of more columns than can be drawn: it goes on where others are shown."""

from collections.abc import Callable

import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.analysis.graph.graph import STRETCH, build_graph
from app.analysis.graph.graph_options import GraphOptions
from app.analysis.graph.graph_view import GraphView, prepare
from app.analysis.graph.run_scales import RunScales
from app.views.network.units.network_view import NetworkView
from tests.app.looks.pieces.network import DEEP

# the offscreen platform says so whenever a tooltip appears
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

Show = Callable[[GraphView | None], NetworkView]
Key, FAR = Qt.Key, Qt.KeyboardModifier.ControlModifier
LAST = 60


class Walked:
    """A network of 61 columns, of which a view shows those that it asks for, while it is answered."""

    def __init__(self, show: Show, qtbot: QtBot, first: int) -> None:
        self._qtbot, self._graph = qtbot, build_graph(DEEP.layers, DEEP.probe)
        self._scales = RunScales(self._graph, lambda: DEEP.passes)
        self.network = show(self._view(first))
        self.asked: list[int] = []
        self.is_answered = True
        self.network.column_requested.connect(self._answer)

    def _view(self, first: int) -> GraphView:
        options = GraphOptions(first_column=first)
        return prepare(self._graph, DEEP.passes[0], 0, self._scales.of(options), options)

    def _answer(self, number: int) -> None:
        self.asked.append(number)
        if self.is_answered:
            self.scroll_to(number)

    def scroll_to(self, number: int) -> None:
        self.network.show_view(self._view(number))

    def press(self, key: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> int | None:
        """The column that the keyboard is at then, counted in the whole network."""
        self._qtbot.keyClick(self.network, key, modifier)
        return self.column

    @property
    def column(self) -> int | None:
        graph, unit = self.network.network.graph, self.network.network.focused_unit
        return None if graph is None or unit is None else graph.first + unit[0]


@pytest.fixture
def walked(show: Show, qtbot: QtBot) -> Walked:
    return Walked(show, qtbot, 20)


def test_that_it_goes_from_column_to_column_to_both_ends_of_the_network(walked: Walked) -> None:
    assert walked.press(Key.Key_Return) == 21
    for column in range(22, LAST + 1):
        assert walked.press(Key.Key_Right, FAR) == column
    n_asked = len(walked.asked)
    assert n_asked > 1 and walked.asked == sorted(walked.asked)
    assert walked.press(Key.Key_Right, FAR) == LAST
    assert len(walked.asked) == n_asked, "there is nothing further on"
    for column in reversed(range(LAST)):
        assert walked.press(Key.Key_Left, FAR) == column
    assert walked.press(Key.Key_Left, FAR) == 0
    assert walked.asked[n_asked:] == sorted(walked.asked[n_asked:], reverse=True)


def test_that_a_step_to_a_unit_beside_goes_on_as_well(walked: Walked) -> None:
    walked.press(Key.Key_Return)
    column = 21
    for _ in range(2 * STRETCH):
        after = walked.press(Key.Key_Right)
        assert after in (column, column + 1), "a column may have units beside one another"
        column = after
    assert column > 20 + STRETCH


def test_that_columns_that_come_while_nobody_walks_have_nothing_focused(walked: Walked) -> None:
    walked.scroll_to(30)
    assert walked.column is None
    assert walked.network.accessibleName() == "Network by its units"


def test_that_it_stays_at_its_unit_as_long_as_that_is_shown_and_begins_anew_elsewhere(walked: Walked) -> None:
    walked.press(Key.Key_Return)
    assert walked.press(Key.Key_Right, FAR) == 22
    walked.scroll_to(21)
    assert walked.column == 22
    walked.scroll_to(40)
    assert walked.column == 41, "the first behind the one that is the input elsewhere"
    walked.scroll_to(10)
    assert walked.column == 11


def test_that_a_step_that_was_taken_is_not_taken_again(walked: Walked) -> None:
    walked.press(Key.Key_Return)
    while len(walked.asked) < 1:
        walked.press(Key.Key_Right, FAR)
    assert walked.column == 20 + STRETCH
    walked.scroll_to(20 + STRETCH - 3)
    assert walked.column == 20 + STRETCH


@pytest.mark.parametrize("is_ended", [False, True])
def test_that_a_step_that_waits_for_its_columns_is_taken_when_they_come_unless_the_walk_has_ended(
    walked: Walked, is_ended: bool
) -> None:
    walked.is_answered = False
    walked.press(Key.Key_Return)
    while len(walked.asked) < 1:
        walked.press(Key.Key_Right, FAR)
    assert walked.column == 19 + STRETCH
    if is_ended:
        walked.press(Key.Key_Escape)
        walked.press(Key.Key_Return)
    walked.scroll_to(25)
    assert walked.column == (26 if is_ended else 20 + STRETCH)
