"""Where findings begin is marked on every curve, whatever becomes of it."""

from collections.abc import Callable

import numpy as np
import pyqtgraph
import pytest
from PyQt6.QtCore import QPoint, QPointF, QSize, Qt
from pytestqt.qtbot import QtBot

from app.views.timeline.onset_marks import OnsetMarks
from app.views.timeline.panel import TimelinePanel
from app.widgets.severity_mark import MARK_PX
from tests.app.growing_run import GrowingRun
from tests.app.made_up_findings import DEAD, LARGE, finding
from tests.app.painted import painted_by
from tests.app.pointer import move
from tests.app.views.timeline.onsets import is_lit, places

FOUND = (DEAD, LARGE)


@pytest.fixture
def panel(show: Callable[..., None]) -> TimelinePanel:
    """Of 12 steps, in which something is found at the seventh and the tenth."""
    panel = TimelinePanel()
    show(panel, 1200, 190)
    panel.show_collection(GrowingRun().grow(loss=np.linspace(2, 0.1, 12), accuracy=np.linspace(0, 1, 12)))
    panel.choose(["loss"])
    panel.show_findings(FOUND)
    return panel


def test_that_a_curve_that_is_added_has_the_marks_of_the_others(panel: TimelinePanel) -> None:
    panel.show_chosen(LARGE)
    panel.choose(["loss", "accuracy"])
    for card in (0, 1):
        assert [mark.findings for mark in panel.cards[card].onset_marks.marks] == [(DEAD,), (LARGE,)]
        assert [is_lit(panel, card, number) for number in (0, 1)] == [False, True]


def test_that_the_mark_that_the_user_went_to_is_lit_as_long_as_it_is_that(panel: TimelinePanel) -> None:
    for chosen, lit in ((DEAD, [True, False]), (LARGE, [False, True]), (None, [False, False])):
        panel.show_chosen(chosen)
        assert [is_lit(panel, 0, number) for number in (0, 1)] == lit


def larger(panel: TimelinePanel) -> None:
    panel.resize(1200, 600)


def closer(panel: TimelinePanel) -> None:
    panel.show_range((5.0, 11.0))


@pytest.mark.parametrize("change", [larger, closer])
def test_that_a_mark_is_painted_and_met_where_it_has_come_to(
    panel: TimelinePanel, qtbot: QtBot, change: Callable[[TimelinePanel], None]
) -> None:
    plot, marks = panel.plots[0], panel.cards[0].onset_marks
    plot.grab()
    before, painted = places(panel, 0), []
    usual = OnsetMarks.paint
    change(panel)
    OnsetMarks.paint = lambda self, *given: painted.append(self) or usual(self, *given)  # type: ignore[assignment]
    try:
        qtbot.waitUntil(lambda: marks in painted)
    finally:
        OnsetMarks.paint = usual  # type: ignore[method-assign]
    assert places(panel, 0) != before
    with qtbot.waitSignal(panel.finding_requested) as asked:
        qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=places(panel, 0)[1])
    assert asked.args == [LARGE]


def test_that_no_value_lies_on_a_mark(panel: TimelinePanel) -> None:
    plot = panel.plots[0]
    box = plot.getPlotItem().vb

    def lowest_px() -> float:
        return box.sceneBoundingRect().bottom() - box.mapViewToScene(QPointF(11.0, 0.1)).y()

    assert lowest_px() > MARK_PX + 2
    panel.show_findings(())
    assert lowest_px() < MARK_PX + 2


def test_that_a_mark_counts_what_is_as_severe_as_it_says(panel: TimelinePanel) -> None:
    def counted(*severities: str) -> list[str]:
        panel.show_findings([finding("dead-units", each, [f"fc{n}"], 7) for n, each in enumerate(severities)])
        marks = panel.cards[0].onset_marks
        (mark,) = marks.marks
        assert len(mark.findings) == len(severities)
        return painted_by(lambda painter: marks.paint(painter, None), QSize(1200, 200)).texts

    assert counted("critical", "note", "note") == []
    assert counted("critical", "critical", "warning") == ["2"]
    assert counted("note", "note", "note") == ["3"]


def test_that_over_a_mark_the_pointer_is_a_hand_and_beside_it_is_not(
    panel: TimelinePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(pyqtgraph.CONFIG_OPTIONS, "mouseRateLimit", 0)  # every move counts
    plot = panel.plots[0]
    canvas = plot.viewport()
    assert canvas is not None
    on, beside = places(panel, 0)[0], places(panel, 0)[0] + QPoint(60, 0)
    shapes = []
    for at in (beside, on, beside):
        for moved in (at - QPoint(1, 0), at):  # the shape is that of what the pointer was over before the move
            move(canvas, QPointF(moved))  # told to the plot: the screen's pointer is whatever window's is above there
        shapes.append(canvas.cursor().shape())
    hand = Qt.CursorShape.PointingHandCursor
    assert [shape == hand for shape in shapes] == [False, True, False]


@pytest.mark.parametrize(
    ("beside", "is_met"),
    [
        ((0, 0), True),
        ((17, 0), True),
        ((-17, 0), True),
        ((17.1, 0), False),
        ((10, 7), True),
        ((10, 7.1), False),
        ((0, -17.1), False),
    ],
)
def test_that_a_mark_is_met_within_its_reach(panel: TimelinePanel, beside: tuple[float, float], is_met: bool) -> None:
    marks = panel.cards[0].onset_marks
    first = marks.marks[0]
    found = marks.mark_at(marks.place_of(first) + QPointF(*beside))
    assert (found is not None and found.findings == first.findings) == is_met


def test_that_only_the_strip_of_the_marks_takes_clicks(panel: TimelinePanel) -> None:
    marks = panel.cards[0].onset_marks
    strip, whole = marks.shape().boundingRect(), marks.boundingRect()
    assert strip.bottom() == pytest.approx(whole.bottom())
    assert strip.height() == pytest.approx(16)
    assert strip.width() == pytest.approx(whole.width())
    assert marks.place_of(marks.marks[0]).y() == pytest.approx(marks._box.sceneBoundingRect().bottom() - 7.5)
