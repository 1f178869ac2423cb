"""The list of findings by clicks and keys: what is read, where it leads, what is muted."""

from collections.abc import Callable

import msgspec
import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QAbstractItemModelTester
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.views.findings.panel import JUDGING, FindingsPanel
from app.window.theme import apply_theme
from collector.findings import Finding, Rule
from tests.app.made_up_findings import DEAD, LARGE, SPIKE, finding, report

LONG = finding("long", "warning", ["a.very.long.name.of.a.module.within.modules"], 150, title="so many words " * 12)
RULE = Rule(
    "dead-units", "Units that are silent", lambda _: (), "f", "t", "s", stays_silent="sparse codes", alarms="1 of 92"
)


@pytest.fixture
def panel(show: Callable[..., None]) -> FindingsPanel:
    panel = FindingsPanel()
    panel.tester = QAbstractItemModelTester(panel.list.rows, QAbstractItemModelTester.FailureReportingMode.Fatal, panel)
    show(panel, 300, 560)
    panel.show_waiting()
    panel.show_report(report(DEAD, LARGE, SPIKE), ())
    return panel


@pytest.fixture
def chosen(panel: FindingsPanel) -> list[Finding]:
    chosen: list[Finding] = []
    panel.chosen.connect(chosen.append)
    return chosen


def click_row(qtbot: QtBot, panel: FindingsPanel, number: int) -> None:
    at = panel.list.visualRect(panel.list.rows.index(number)).center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)


def words(panel: FindingsPanel) -> str:
    return panel.text.toPlainText()


def test_that_a_run_says_that_it_is_being_judged_until_it_is(panel: FindingsPanel) -> None:
    panel.show_waiting()
    assert panel.empty_state.label.text() == JUDGING
    assert panel.empty_state.isVisible()
    panel.show_report(report(), ())
    assert not panel.empty_state.isVisible()


def test_that_a_row_says_how_bad_since_when_and_where_above_what(panel: FindingsPanel) -> None:
    row = panel.list.rows.rows[0]
    assert (row.above, row.text) == ("Critical · since step 6 · fc1", DEAD.title)
    heard = panel.list.rows.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert heard == f"{row.above}: {row.text}"


def test_that_a_consequence_names_the_rule_that_it_follows_from(panel: FindingsPanel) -> None:
    later = msgspec.structs.replace(SPIKE, follows_from="dead-units")
    panel.show_report(report(DEAD, later), ())
    assert panel.list.rows.rows[1].above == "since step 3 · ↳ dead-units"
    assert "Probably a consequence of dead-units." in panel.list.rows.rows[1].tip
    assert panel.list.rows.rows[1].is_faint


def test_that_a_title_is_wrapped_and_not_cut_at_300_px(panel: FindingsPanel) -> None:
    panel.show_report(report(DEAD, LONG), ())
    heights = [panel.list.visualRect(panel.list.rows.index(number)).height() for number in range(2)]
    assert heights[1] >= heights[0] + 2 * panel.fontMetrics().height()
    assert panel.list.horizontalScrollBar().maximum() == 0
    assert panel.minimumSizeHint().width() <= 300


def test_that_rows_are_laid_out_anew_for_another_width(panel: FindingsPanel) -> None:
    panel.show_report(report(LONG), ())
    narrow = panel.list.visualRect(panel.list.rows.index(0)).height()
    panel.resize(900, 560)
    QApplication.processEvents()
    assert panel.list.visualRect(panel.list.rows.index(0)).height() < narrow


def test_that_a_list_is_no_taller_than_its_rows_and_leaves_the_rest_to_what_is_read(panel: FindingsPanel) -> None:
    panel.resize(300, 900)
    panel.show_report(report(DEAD, LARGE, SPIKE, LONG), ())
    QApplication.processEvents()
    assert panel.list.viewport().height() == panel.list.visualRect(panel.list.rows.index(3)).bottom() + 1
    panel.show_report(report(DEAD), ())
    QApplication.processEvents()
    assert panel.list.height() == panel.list.minimumHeight()


def test_that_of_a_low_list_the_first_row_is_seen_whole(panel: FindingsPanel) -> None:
    panel.show_report(report(LONG, DEAD), ())
    panel.resize(300, 200)
    QApplication.processEvents()
    first, viewport = panel.list.visualRect(panel.list.rows.index(0)), panel.list.viewport()
    assert first.height() > 60
    assert viewport.height() >= first.height()


def test_that_the_first_finding_is_read_before_anything_is_clicked(panel: FindingsPanel, chosen: list[Finding]) -> None:
    assert panel.current == DEAD
    assert "Suffer from it: conv1." in words(panel)
    assert "The rate is too high. Look at: Try a tenth of it." in words(panel)
    assert chosen == [], "nobody went there"


def test_that_a_click_goes_to_a_finding_and_reads_it(panel: FindingsPanel, chosen: list[Finding], qtbot: QtBot) -> None:
    click_row(qtbot, panel, 1)
    assert LARGE in chosen
    assert panel.current == LARGE


def test_that_arrows_read_and_enter_goes_there(panel: FindingsPanel, chosen: list[Finding], qtbot: QtBot) -> None:
    panel.list.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(panel.list, Qt.Key.Key_Down)
    assert (panel.current, chosen) == (LARGE, [])
    qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert chosen == [LARGE]


def test_that_each_place_where_it_can_be_seen_is_a_button(panel: FindingsPanel, qtbot: QtBot) -> None:
    asked: list = []
    panel.place_requested.connect(asked.append)
    buttons = [panel._places.itemAt(number).widget() for number in range(panel._places.count())]
    assert [each.text() for each in buttons] == [
        "→ Features · step 6 · fc1 · unit 8 · sample 3",
        "→ Gradients · step 9 · fc1",
    ]
    qtbot.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
    assert asked == [DEAD.evidence[1]]


def test_that_what_is_this_tells_formula_threshold_source_and_false_alarms(panel: FindingsPanel, qtbot: QtBot) -> None:
    panel.show_rules({"dead-units": RULE})
    qtbot.mouseClick(panel.what_button, Qt.MouseButton.LeftButton)
    for told in ("Units that are silent", "a formula", "a threshold", "a paper", "sparse codes", "1 of 92"):
        assert told in words(panel)
    qtbot.mouseClick(panel.what_button, Qt.MouseButton.LeftButton)
    assert "a formula" not in words(panel)


def test_that_what_is_found_stands_there_as_it_is_and_not_as_markup(panel: FindingsPanel) -> None:
    panel.show_report(report(finding("odd", "note", ["<b>fc1</b>"], 0, why="<b>bold</b>")), ())
    assert "<b>bold</b>" in words(panel)


def test_that_the_mute_button_says_which_rules_are_muted_then(panel: FindingsPanel, qtbot: QtBot) -> None:
    asked: list[list[str]] = []
    panel.muted_changed.connect(asked.append)
    qtbot.mouseClick(panel.mute_button, Qt.MouseButton.LeftButton)
    assert asked == [["dead-units"]]
    panel.show_report(report(DEAD, LARGE), asked[-1])
    assert panel.shown == [LARGE]
    assert panel.summary_label.text() == "1 finding, 1 muted"


def test_that_muted_findings_are_shown_on_request_and_can_be_told_of_again(panel: FindingsPanel, qtbot: QtBot) -> None:
    asked: list[list[str]] = []
    panel.muted_changed.connect(asked.append)
    assert not panel.show_muted_box.isVisible()
    panel.show_report(report(DEAD, LARGE), ["dead-units"])
    qtbot.mouseClick(panel.show_muted_box, Qt.MouseButton.LeftButton, pos=panel.show_muted_box.rect().center() / 4)
    assert panel.shown == [DEAD, LARGE]
    click_row(qtbot, panel, 0)
    assert panel.mute_button.text() == "Show this rule again"
    qtbot.mouseClick(panel.mute_button, Qt.MouseButton.LeftButton)
    assert asked == [[]]


def test_that_a_healthy_run_says_what_was_judged_and_what_could_not_be_and_why(panel: FindingsPanel) -> None:
    panel.show_rules({"dead-units": RULE})
    panel.show_report(report(), ())
    assert panel.summary_label.text() == "Nothing is wrong as far as can be judged"
    assert "norm-statistics: there is no batches_tracked/LAYER" in words(panel)
    assert "dead-units: units that are silent" in words(panel)
    assert "step 4: The updates of all layers" in words(panel)
    assert not panel.list.isVisible()


def test_that_what_was_judged_is_read_beside_findings_too_until_another_is_chosen(
    panel: FindingsPanel, qtbot: QtBot
) -> None:
    assert panel.judged_button.text() == "2 rules judged, 1 could not be"
    qtbot.mouseClick(panel.judged_button, Qt.MouseButton.LeftButton)
    assert "Could not be judged" in words(panel)
    click_row(qtbot, panel, 1)
    assert LARGE.why in words(panel)
    assert not panel.judged_button.isChecked()


def test_that_the_chosen_finding_and_the_place_of_the_list_stay_while_a_run_grows(
    panel: FindingsPanel, qtbot: QtBot
) -> None:
    many = [finding(f"rule-{number}", "note", ["fc1"], number) for number in range(30)]
    panel.show_report(report(*many), ())
    panel.list.verticalScrollBar().setValue(200)
    click_row(qtbot, panel, panel.list.indexAt(panel.list.viewport().rect().center()).row())
    before = panel.current
    at = panel.list.verticalScrollBar().value()
    grown = [msgspec.structs.replace(each, why="worse") for each in many]
    panel.show_report(report(*grown, finding("new", "note", [], 99)), ())
    assert before is not None
    assert panel.current == msgspec.structs.replace(before, why="worse")
    assert panel.list.verticalScrollBar().value() == at


def test_that_what_is_read_stays_where_it_is_scrolled_to_while_its_figures_change(panel: FindingsPanel) -> None:
    panel.resize(300, 260)
    panel.text.verticalScrollBar().setValue(30)
    panel.show_report(report(msgspec.structs.replace(DEAD, why="It learns even less."), LARGE), ())
    assert "even less" in words(panel)
    assert panel.text.verticalScrollBar().value() == 30
    panel.list.choose(1)
    assert panel.text.verticalScrollBar().value() == 0


def test_that_a_place_that_has_the_focus_keeps_it_while_the_run_grows(panel: FindingsPanel, qtbot: QtBot) -> None:
    button = panel._places.itemAt(1).widget()
    qtbot.waitUntil(panel.isActiveWindow)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    panel.show_report(report(msgspec.structs.replace(DEAD, why="It learns even less."), LARGE), ())
    assert QApplication.focusWidget() is button


def test_that_what_was_judged_is_read_on_while_more_is_found(panel: FindingsPanel, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.judged_button, Qt.MouseButton.LeftButton)
    panel.show_report(report(DEAD, LARGE, SPIKE, finding("new", "note", [], 9)), ())
    assert panel.judged_button.isChecked()
    assert "Could not be judged" in words(panel)


def test_that_rows_that_say_the_same_are_not_told_anew(panel: FindingsPanel) -> None:
    told: list[str] = []
    panel.list.rows.modelReset.connect(lambda: told.append("reset"))
    panel.list.rows.dataChanged.connect(lambda *_: told.append("changed"))
    panel.show_report(report(DEAD, LARGE, SPIKE), ())
    assert told == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_severities_are_told_apart_in_both_themes(panel: FindingsPanel, qapp: QApplication, theme: str) -> None:
    apply_theme(qapp, theme)
    pictures = []
    for number in range(3):
        rect = panel.list.visualRect(panel.list.rows.index(number))
        image = panel.list.viewport().grab(rect).toImage().copy(8, 4, 12, 14)
        pictures.append(np.frombuffer(image.bits().asarray(image.sizeInBytes()), np.uint8).copy())
    assert not np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[1], pictures[2])


def test_that_who_moved_first_is_seen_while_the_rules_are_still_put_to_the_run(panel: FindingsPanel) -> None:
    panel.show_waiting()
    panel.show_movers(are_asked=True)
    assert not panel.empty_state.isVisible()
    panel.show_movers(are_asked=False)
    assert panel.empty_state.isVisible()
    assert panel.empty_state.label.text() == JUDGING


def test_that_another_run_begins_at_its_first_finding(panel: FindingsPanel, qtbot: QtBot) -> None:
    click_row(qtbot, panel, 2)
    assert panel.current == SPIKE
    panel.show_waiting()
    assert panel.current is None
    panel.show_report(report(LARGE, SPIKE), ())
    assert panel.current == LARGE
