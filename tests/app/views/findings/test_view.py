"""The view of the findings on a session: what is asked for, how often, and what is given back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.judging import Judging
from app.replay.state import ReplayView
from app.session import Session
from app.views.findings.entry import TwoReports
from app.views.findings.reading import BothReading, MoversReading, RulesReading
from app.views.findings.view import FindingsPanelView
from collector.comparing.findings import SidedFindings
from tests.app.made_up_findings import DEAD, LARGE, report


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is asked for in the background: a step for who moved there, "rules" for the rules; "stop" where it ends."""
    asked: list[Any] = []
    monkeypatch.setattr(MoversReading, "read", lambda _, step: asked.append(step))
    monkeypatch.setattr(MoversReading, "cancel", lambda _: asked.append("stop"))
    monkeypatch.setattr(RulesReading, "read", lambda _: asked.append("rules"))
    return asked


@pytest.fixture
def view(session: Session, collection_path: Path, asked: list[Any], qtbot: QtBot) -> FindingsPanelView:
    view = FindingsPanelView(session)
    qtbot.addWidget(view)
    session.open(collection_path)
    assert session.opened is not None
    view.show_collection(session.opened)
    view.panel.show_report(report(DEAD, LARGE), ())
    return view


@pytest.fixture
def shown(session: Session, view: FindingsPanelView) -> ReplayView:
    assert session.view is not None
    return session.view


def test_that_who_moved_first_is_asked_once_for_a_step_and_no_more_when_it_is_left(
    view: FindingsPanelView, shown: ReplayView, asked: list[Any]
) -> None:
    title = view.panel.movers.title_label
    for why_at, expected in ((None, ["stop"]), (5, ["stop", 5]), (5, []), (7, ["stop", 7]), (None, ["stop"])):
        asked.clear()
        view.show_view(replace(shown, why_at=why_at), 0)
        assert asked == expected
        assert view.panel.are_movers_seen == (why_at is not None)
        assert why_at is None or title.text() == f"Looking for who moved first around step {why_at}…"
        parts = (title, view.panel.movers.list)
        findings = (view.panel.summary_label, view.panel.list, view.panel.text)
        assert view.figure_parts() == (findings if why_at is None else parts)


def test_that_the_finding_that_the_user_went_to_is_chosen_once(view: FindingsPanelView, shown: ReplayView) -> None:
    view.show_view(replace(shown, finding=LARGE), 0)
    assert view.panel.current == LARGE
    view.panel.list.choose(0)
    view.show_view(replace(shown, finding=LARGE, step=9), 9)
    assert view.panel.current == DEAD, "who reads another meanwhile goes on reading it"
    view.show_view(replace(shown, finding=None), 0)
    assert view.panel.current == DEAD
    view.show_view(replace(shown, finding=LARGE), 0)
    assert view.panel.current == LARGE


def test_that_the_rules_are_read_once_and_only_where_there_is_something_to_read_of_them(
    view: FindingsPanelView, asked: list[Any]
) -> None:
    assert asked == []
    for _ in range(2):
        view.show_findings(report(DEAD))
    assert asked == ["rules"]


def test_that_of_another_run_nothing_is_seen_until_it_is_judged(
    view: FindingsPanelView, session: Session, collection_path: Path
) -> None:
    assert session.opened is not None
    view.show_collection(replace(session.opened))
    assert not view.panel.empty_state.isVisibleTo(view), "it is the same, of which there may be more"
    other: Any = SimpleNamespace(collection=object(), comparing=None)
    view.show_collection(other)
    assert view.panel.empty_state.isVisibleTo(view)
    assert view.panel.shown == []


def test_that_a_table_of_nothing_says_so(view: FindingsPanelView) -> None:
    table = view.tables["Findings"]()
    assert [row[1] for row in table.rows] == [DEAD.rule, LARGE.rule]
    assert table.nothing == "Nothing is found in this run."
    assert view.focusProxy() is view.panel


class Asked(BothReading):
    """Asks, and is answered when the test says so."""

    def start(self, work: Any, **given: Any) -> None:
        self.reads = given["reads"]


def comparing_of(b: str, names: tuple[str, str] = ("usual", "faster")) -> Any:
    a, of_b = (SimpleNamespace(collection=SimpleNamespace(path=Path(each))) for each in ("a.json", b))
    return SimpleNamespace(names=names, a=a, b=of_b)


@pytest.fixture
def released(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    released: list[str] = []
    monkeypatch.setattr(Judging, "close", lambda each: released.append(Path(each.path).stem))
    return released


@pytest.fixture
def both(session: Session, released: list[str]) -> Iterator[Asked]:
    yield Asked(session)


ANSWER = TwoReports(("usual", "faster"), SidedFindings([], [], []), report())


def test_that_what_is_known_of_both_is_the_answer_to_the_very_same_question(both: Asked) -> None:
    parts: list[TwoReports] = []
    both.part_ready.connect(parts.append)
    comparing, of_a = comparing_of("b.json"), report(DEAD)
    assert both.known(comparing, of_a) is None
    both.read(comparing, of_a)
    assert [(each.names, each.found) for each in parts] == [(("usual", "faster"), None)]
    assert both.known(comparing, of_a) is None, "it is still looked for"
    both.ready.emit(ANSWER)
    assert both.known(comparing, of_a) is ANSWER
    assert both.known(comparing_of("b.json"), of_a) is None
    assert both.known(comparing, report(DEAD)) is None
    both.read(comparing, of_a)
    assert both.known(comparing, of_a) is None, "it may be another answer now"


def test_that_a_file_is_given_back_once_another_is_judged_or_nothing_is_compared(
    both: Asked, released: list[str]
) -> None:
    first = comparing_of("b.json")
    both.read(first, report())
    judging, *files = both.reads
    assert files == [first.a.collection, first.b.collection]
    both.read(comparing_of("b.json"), report())
    assert both.reads[0] is judging
    assert released == []
    both.read(comparing_of("c.json"), report())
    assert released == ["b"]
    both.ready.emit(ANSWER)
    for _ in range(2):
        both.leave()
        assert released == ["b", "c"]
    assert both.known(first, report()) is None
    both.read(first, report())
    assert both.reads[0] is not judging


def test_that_who_moved_first_is_not_asked_where_nothing_is_judged(qapp: object) -> None:
    session: Any = SimpleNamespace(findings=SimpleNamespace(judging=None))
    reading = MoversReading(session)
    reading.start = lambda *_, **__: pytest.fail("there is nothing to ask")  # type: ignore[method-assign]
    reading.read(5)
