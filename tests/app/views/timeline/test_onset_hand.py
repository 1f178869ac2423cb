"""The marks of findings under the pointer of a user: which is met, what a click is, and what it leaves to the plot."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.views.timeline.onset_marks import OnsetMarks
from app.views.timeline.panel import TimelinePanel
from collector.findings import Finding
from tests.app.growing_run import GrowingRun
from tests.app.made_up_findings import DEAD, LARGE, SPIKE, finding
from tests.app.painted import Paints
from tests.app.pointer import move
from tests.app.views.timeline.onsets import places

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


class Asked:
    """What the user has asked a timeline for."""

    def __init__(self, panel: TimelinePanel) -> None:
        self.findings: list[Finding] = []
        self.steps: list[float] = []
        panel.finding_requested.connect(self.findings.append)
        panel.step_requested.connect(self.steps.append)


@pytest.fixture
def panel(show: Callable[..., None]) -> TimelinePanel:
    """Of 12 steps, in which something is found at the seventh and the tenth."""
    panel = TimelinePanel()
    show(panel, 1200, 190)
    panel.show_collection(GrowingRun().grow(loss=np.linspace(2, 0.1, 12)))  # type: ignore[arg-type]
    panel.show_findings((DEAD, LARGE))
    return panel


@pytest.fixture
def asked(panel: TimelinePanel) -> Asked:
    return Asked(panel)


@pytest.fixture
def marks(panel: TimelinePanel) -> OnsetMarks:
    return panel.cards[0].onset_marks


def test_that_a_click_on_a_mark_is_for_the_finding_alone(panel: TimelinePanel, asked: Asked, qtbot: QtBot) -> None:
    canvas, at = panel.plots[0].viewport(), places(panel, 0)[0]
    qtbot.mouseClick(canvas, LEFT, pos=at)
    assert (asked.findings, asked.steps) == ([DEAD], [])
    qtbot.mouseClick(canvas, LEFT, pos=at - QPoint(60, 0))
    assert asked.findings == [DEAD]
    assert len(asked.steps) == 1
    qtbot.mouseClick(canvas, RIGHT, pos=at)
    assert asked.findings == [DEAD]


def test_that_a_second_click_is_the_plot_s_and_goes_to_no_finding_again(
    panel: TimelinePanel, asked: Asked, qtbot: QtBot
) -> None:
    panel.show_range((2.0, 11.0))
    canvas, at = panel.plots[0].viewport(), places(panel, 0)[0]
    qtbot.mouseClick(canvas, LEFT, pos=at)
    qtbot.mouseDClick(canvas, LEFT, pos=at)
    qtbot.mouseRelease(canvas, LEFT, pos=at)
    assert asked.findings == [DEAD]
    assert panel.shown_steps is None, "which shows the whole run"


def test_that_a_click_goes_on_behind_the_one_that_was_gone_to(panel: TimelinePanel, asked: Asked, qtbot: QtBot) -> None:
    panel.show_findings((DEAD, finding("other", "note", [], DEAD.since)))
    for chosen in (None, DEAD):
        panel.show_chosen(chosen)
        qtbot.mouseClick(panel.plots[0].viewport(), LEFT, pos=places(panel, 0)[0])
    assert [each.rule for each in asked.findings] == [DEAD.rule, "other"]


class Hover:
    """The pointer at a place of the scene, or gone."""

    def __init__(self, at: QPointF | None, *, takes_clicks: bool = True) -> None:
        self._at, self._takes_clicks = at, takes_clicks
        self.wanted: list[Any] = []

    def isExit(self) -> bool:
        return self._at is None

    def scenePos(self) -> QPointF:
        return QPointF() if self._at is None else self._at

    def acceptClicks(self, button: Any) -> bool:
        self.wanted.append(button)
        return self._takes_clicks


def test_that_what_a_mark_is_of_is_told_while_the_pointer_is_on_it(panel: TimelinePanel, marks: OnsetMarks) -> None:
    canvas = panel.plots[0].viewport()
    assert canvas is not None
    move(canvas, QPointF(1, 1))  # Qt looks where a view's last move was, and falls where the view has had none
    first, second = (marks.place_of(each) for each in marks.marks)
    for at, words in (
        (first, f"Critical, since step 6: {DEAD.title}"),
        (second, f"Warning, since step 9: {LARGE.title}"),
        ((first + second) / 2, ""),
        (first, f"Critical, since step 6: {DEAD.title}"),
        (None, ""),
    ):
        event: Any = Hover(at)
        marks.hoverEvent(event)
        assert marks.toolTip() == words
        assert marks.hasCursor() == bool(words)
        assert event.wanted == [LEFT] * bool(words)
    taken: Any = Hover(first, takes_clicks=False)
    marks.hoverEvent(taken)
    assert not marks.hasCursor(), "a click there is for something else"


@pytest.fixture
def long(panel: TimelinePanel) -> TimelinePanel:
    """Of 1,200 steps, about one for each pixel."""
    panel.show_collection(GrowingRun().grow(loss=np.linspace(2, 0.1, 1200)))  # type: ignore[arg-type]
    return panel


def test_that_of_two_marks_in_reach_the_nearer_is_met(long: TimelinePanel) -> None:
    marks = long.cards[0].onset_marks
    long.show_findings((finding("a", "note", [], 0), finding("b", "note", [], 1000)))
    start, end = (each.at for each in marks.marks)
    near = finding("a", "note", [], 500), finding("b", "note", [], 500 + round(31 * 1000 / (end - start)))
    long.show_findings(near)
    first, second = (marks.place_of(each) for each in marks.marks)
    assert 29 < second.x() - first.x() < 33, "both are in reach between them"
    middle = (first + second) / 2
    for beside, met in ((-1, near[0]), (1, near[1])):
        found = marks.mark_at(middle + QPointF(beside, 0))
        assert found is not None
        assert found.findings == (met,)


@pytest.mark.parametrize(
    ("steps", "seen"),
    [((600.0, 900.0), ["a", "b"]), ((600.5, 900.0), ["b"]), ((600.0, 899.5), ["a"]), ((600.5, 899.5), [])],
)
def test_that_marks_are_those_of_the_steps_that_are_shown_with_both_ends(
    long: TimelinePanel, steps: tuple[float, float], seen: list[str]
) -> None:
    long.show_findings((finding("a", "note", [], 600), finding("b", "note", [], 900)))
    long.show_range(steps)
    assert [each.findings[0].rule for each in long.cards[0].onset_marks.marks] == seen


def test_that_what_changes_is_painted_and_what_is_no_news_is_not(
    panel: TimelinePanel, marks: OnsetMarks, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas = panel.plots[0].viewport()
    assert canvas is not None
    paints = Paints(canvas)
    freed: list[float] = []
    monkeypatch.setattr(panel.plots[0], "keep_free", freed.append)

    def n_paints(act: Callable[[], None]) -> int:
        for _ in range(3):
            QApplication.processEvents()
        paints.n = 0
        act()
        for _ in range(3):
            QApplication.processEvents()
        return paints.n

    assert n_paints(lambda: marks.show_chosen(LARGE))
    assert not n_paints(lambda: marks.show_chosen(LARGE))
    assert n_paints(lambda: marks.show_chosen(None))
    assert not n_paints(lambda: marks.show_findings([DEAD, LARGE]))
    assert freed == []
    assert n_paints(lambda: marks.show_findings([DEAD, SPIKE]))
    assert n_paints(lambda: marks.show_findings([]))
    assert [bool(each) for each in freed] == [True, False]


@pytest.mark.parametrize(("n", "rest"), [(5, []), (6, ["and 1 more"]), (9, ["and 4 more"])])
def test_that_of_many_that_begin_together_five_are_told_and_the_rest_counted(
    panel: TimelinePanel, marks: OnsetMarks, n: int, rest: list[str]
) -> None:
    panel.show_findings([finding("odd", "note", [f"fc{number}"], 6) for number in range(n)])
    (mark,) = marks.marks
    lines = mark.text.split("\n")
    assert len(lines) == 5 + len(rest)
    assert lines[5:] == rest
