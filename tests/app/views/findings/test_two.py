"""What is found in two runs: which of both has it, where it leads, and that the other run is judged too."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from app.judging import Judging
from app.replay.comparing import Side
from app.views.findings.entry import TwoReports, placed_on_a
from app.views.findings.panel import FindingsPanel
from app.window.main_window import MainWindow
from collector.comparing.findings import SidedFindings
from collector.findings import Evidence, Finding, Recording, Report
from collector.findings.registry import all_rules
from tests.app.made_up_findings import DEAD, LARGE, SPIKE, finding, report
from tests.app.parts import part

OF_B = finding("diverging-loss", "warning", [], 7)
LATER = msgspec.structs.replace(LARGE, since=11)
NAMES = ("usual", "faster")
BOTH = TwoReports(NAMES, SidedFindings([DEAD, SPIKE], [OF_B], [(LARGE, LATER)]), report(OF_B, LATER))


@pytest.fixture
def panel(show: Callable[..., None]) -> FindingsPanel:
    panel = FindingsPanel()
    QAbstractItemModelTester(panel.list.rows, QAbstractItemModelTester.FailureReportingMode.Fatal, panel)
    show(panel, 300, 560)
    panel.show_waiting()
    panel.show_report(report(DEAD, SPIKE, LARGE), (), BOTH)
    return panel


def test_that_what_only_b_has_stands_first_and_what_both_have_last(panel: FindingsPanel) -> None:
    assert panel.shown == [OF_B, DEAD, SPIKE, LARGE]
    assert [row.above for row in panel.list.rows.rows] == [
        "Warning · since step 7 · only B",
        "Critical · since step 6 · only A · fc1",
        "Note · since step 3 · only A",
        "Warning · since step 9 (B: 11) · both · conv1",
    ]
    assert panel.list.rows.rows[-1].is_faint
    assert panel.summary_label.text() == "1 finding only in faster; 1 finding, 1 note only in usual; 1 finding in both"


def test_that_of_what_both_have_that_of_b_is_read_too(panel: FindingsPanel) -> None:
    panel.show_chosen(LARGE)
    assert f"In faster\nSince step 11: {LATER.title}" in panel.text.toPlainText()


def test_that_the_table_says_whose_each_is(panel: FindingsPanel) -> None:
    headings, rows = panel.numbers()
    told = [dict(zip(headings, row, strict=True)) for row in rows]
    assert [(each["found_in"], each["since"], each["since_in_b"]) for each in told] == [
        ("b", 7, None),
        ("a", 6, None),
        ("a", 3, None),
        ("both", 9, 11),
    ]


def test_that_a_muted_rule_is_muted_in_both(panel: FindingsPanel) -> None:
    panel.show_report(report(DEAD, SPIKE, LARGE), [LARGE.rule, OF_B.rule], BOTH)
    assert panel.shown == [DEAD, SPIKE]
    assert panel.summary_label.text() == "1 finding, 1 note only in usual, 2 muted"


def test_that_while_b_is_judged_those_of_a_are_read(panel: FindingsPanel) -> None:
    panel.show_report(report(DEAD, SPIKE), (), TwoReports(NAMES))
    assert panel.shown == [DEAD, SPIKE]
    assert panel.summary_label.text() == "Of usual; the rules are being put to faster"
    assert panel.numbers()[0][0] == "severity"


def test_that_what_was_judged_in_b_is_read_below_that_of_a(panel: FindingsPanel, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.judged_button, Qt.MouseButton.LeftButton)
    assert "In faster\n2 rules judged, 1 could not be\n" in panel.text.toPlainText()


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which runs the rules were put to; what they say is made up."""
    judged: list[str] = []

    def judge(recording: Recording, *_: object) -> Report:
        name = recording.collection.path.stem
        judged.append(name)
        return report(DEAD, LARGE) if name == "usual" else report(OF_B, LATER)

    monkeypatch.setattr("app.judging.judge", judge)
    return judged


def rows(window: MainWindow) -> list[Finding]:
    panel: FindingsPanel = part(window, "findings")
    return panel.shown


def test_that_b_is_judged_once_and_each_side_alone_has_its_own(judged: list[str], two_in_window: MainWindow) -> None:
    assert [each.title for each in rows(two_in_window)] == [OF_B.title, DEAD.title, LARGE.title]
    session = two_in_window._session
    session.show_last()
    session.show_side(Side.A)
    assert rows(two_in_window) == [DEAD, LARGE]
    session.show_side(Side.DIFFERENCE)
    assert len(rows(two_in_window)) == 3
    session.show_side(Side.B)
    assert rows(two_in_window) == [OF_B, LATER]
    session.stop_comparing()
    assert rows(two_in_window) == [DEAD, LARGE]


def test_that_rules_are_told_with_what_they_look_for(window: MainWindow, two_paths: tuple[Path, Path]) -> None:
    window.show_view("findings")
    window.open(two_paths[0])
    panel: FindingsPanel = part(window, "findings")
    panel.judged_button.setChecked(True)
    told = panel.text.toPlainText().partition("\nJudged\n")[2]
    titles = {rule.name: rule.title for rule in all_rules()[0]}
    assert all(": " in line and line.removeprefix("• ").partition(": ")[0] in titles for line in told.splitlines())
    assert told


def test_that_a_run_that_cannot_be_judged_says_why(window: MainWindow) -> None:
    window.show_view("findings")
    panel: FindingsPanel = part(window, "findings")
    panel.show_waiting()
    window._session.findings.failed.emit("It is gone.")
    assert panel.empty_state.label.text() == "What the rules say of this run cannot be told. It is gone."


def test_that_a_click_on_a_finding_of_b_moves_both_to_it(
    judged: list[str], two_in_window: MainWindow, qtbot: QtBot
) -> None:
    session = two_in_window._session
    session.change_comparing(offset=3.0)
    panel: FindingsPanel = part(two_in_window, "findings")
    seen = []
    session.frame_ready.connect(lambda frame: seen.append(frame.sides))
    at = panel.list.visualRect(panel.list.rows.index(0)).center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert session.view is not None
    assert session.view.step == 4, "step 7 of B lies on step 4 of A"
    assert [each.step for each in seen[-1]] == [3, 6]


def test_that_the_places_of_a_finding_of_b_are_those_of_a(judged: list[str], two_in_window: MainWindow) -> None:
    comparing = two_in_window._session.comparing
    assert comparing is not None
    made = finding(
        "odd", "note", ["fc1"], 5, evidence=[Evidence(step=5, layer="fc1", series="loss"), Evidence(step=99)]
    )
    (placed,) = placed_on_a([made], comparing)
    assert placed.evidence == [Evidence(step=5, layer="fc1", series="loss"), Evidence()]
    (bare,) = placed_on_a([msgspec.structs.replace(made, evidence=[])], comparing)
    assert bare.evidence == [Evidence(step=5, layer="fc1")]


def test_that_the_file_of_b_is_given_back_with_the_window(
    judged: list[str], two_in_window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows(two_in_window)
    closed: list[str] = []
    close = Judging.close
    monkeypatch.setattr(Judging, "close", lambda each: (closed.append(Path(each.path).stem), close(each)))
    two_in_window.close()
    assert sorted(closed) == ["faster", "usual"]


def test_that_what_is_known_of_b_is_kept_while_a_rule_is_muted(judged: list[str], two_in_window: MainWindow) -> None:
    assert len(rows(two_in_window)) == 3
    two_in_window._session.findings.mute([DEAD.rule])
    assert [each.title for each in rows(two_in_window)] == [OF_B.title, LARGE.title]
    assert judged.count("faster") == 1
