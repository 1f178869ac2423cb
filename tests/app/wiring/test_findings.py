"""What is found in a run leads everywhere: by clicks, by keys, by marks on what else is seen."""

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pyqtgraph
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QContextMenuEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.judging import Judging
from app.views.layers.layer_table_model import LayerColumn
from app.widgets.row_list import RowList
from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.start import make_window
from collector.findings import Evidence, Finding, FirstMovers, Mover, Report, SharedMove
from collector.findings.registry import all_rules
from collector.storage import CollectionError
from tests.app.made_up_findings import DEAD, LARGE, SPIKE, report
from tests.app.parts import part
from tests.app.plots import place_in
from tests.app.views.timeline.onsets import is_lit
from tests.app.wiring.user import User

SHIFT = Qt.KeyboardModifier.ShiftModifier
MOVERS = FirstMovers(
    step=6,
    window=(3, 9),
    movers=[
        Mover("fc1", "gradient_norm", 4, (3, 4), 12.0, 40.0, True),
        Mover("conv1", "update_norm", 4, (3, 4), 9.0, 0.1, True),
        Mover("fc2", "weight_norm", 8, (7, 8), 5.0, 2.0, False),
    ],
    shared=[SharedMove("gradient_norm", 5, 3.0)],
)


class Rules:
    """What the rules say of whatever is open, and who moved first."""

    def __init__(self) -> None:
        self.said: Report | None = report(DEAD, LARGE, SPIKE)
        self.asked: list[int] = []

    def report(self) -> Report:
        if self.said is None:
            raise CollectionError("run.json", "cannot be read")
        return self.said

    def movers(self, step: int) -> FirstMovers:
        self.asked.append(step)
        return msgspec.structs.replace(MOVERS, step=step)


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Rules:
    rules = Rules()
    monkeypatch.setattr(Judging, "report", lambda *_: rules.report())
    monkeypatch.setattr(Judging, "first_movers", lambda _, step: rules.movers(step))
    return rules


@pytest.fixture
def finder(rules: Rules, user: User) -> User:
    """Before a run: fc1 is dead since step 6, the updates of conv1 too large since 9, and the loss spiked at 3."""
    return user


def dock(finder: User) -> Any:
    return finder.view("findings")


def click_row(finder: User, rows: RowList, number: int) -> None:
    finder.click(rows.viewport(), rows.visualRect(rows.rows.index(number)).center())


def place(finder: User) -> tuple[object, ...]:
    state = finder.state
    return state.step, state.layer, state.unit, state.sample, state.tab, state.finding


OF_DEAD = (6, "fc1", ("fc1", 8), 2, "features", DEAD)


def test_that_the_dock_comes_forward_with_what_harms_and_says_how_much(finder: User) -> None:
    assert finder.window.docks["findings"].windowTitle() == "Findings (2)"
    finder.wait(lambda: finder.window.pages["findings"].is_seen)


def test_that_a_dock_that_was_closed_stays_closed(rules: Rules, window: MainWindow, whole_path: Path) -> None:
    window.docks["findings"].close()
    window.open(whole_path)
    assert window.docks["findings"].isHidden()
    assert window.docks["findings"].windowTitle() == "Findings (2)"


def test_that_what_a_rule_stays_silent_of_is_told(finder: User) -> None:
    finder.wait(lambda: dock(finder).current == DEAD)
    finder.click(dock(finder).what_button)
    rule = next(each for each in all_rules()[0] if each.name == DEAD.rule)
    assert rule.stays_silent in dock(finder).text.toPlainText()


def test_that_another_run_does_not_stand_under_what_was_found_in_the_one_before(
    rules: Rules, window: MainWindow, whole_path: Path, tmp_path: Path
) -> None:
    window.open(whole_path)
    assert part(window, "findings").shown
    rules.said = None
    window.open(shutil.copy(whole_path, tmp_path / "other.json"))
    assert not part(window, "findings").shown
    told = part(window, "findings").empty_state.label.text()
    assert told == "What the rules say of this run cannot be told. 'run.json': cannot be read"


def test_that_notes_alone_bring_nothing_forward(rules: Rules, window: MainWindow, whole_path: Path) -> None:
    rules.said = report(SPIKE)
    window.open(whole_path)
    assert window.docks["findings"].windowTitle() == "Findings"
    assert window.pages["layers"].is_seen


def test_that_a_click_goes_to_the_first_evidence_in_one_change(finder: User) -> None:
    told: list = []
    rows = dock(finder).list
    finder.session.view_changed.connect(told.append)
    click_row(finder, rows, 0)
    assert place(finder) == OF_DEAD
    assert len(told) == 1
    finder.wait(lambda: finder.window.pages["findings"].is_seen), "the pinned unit does not come before it"


def test_that_enter_goes_there_too(finder: User) -> None:
    dock(finder).list.setFocus(Qt.FocusReason.TabFocusReason)
    finder.qtbot.keyClick(dock(finder).list, Qt.Key.Key_Return)
    assert place(finder) == OF_DEAD


def test_that_f8_goes_from_finding_to_finding_in_the_order_of_steps(finder: User) -> None:
    finder.session.show_step(0)
    visited: list[Finding | None] = []
    for _ in range(4):
        finder.press(Qt.Key.Key_F8)
        visited.append(finder.state.finding)
    assert visited == [SPIKE, DEAD, LARGE, SPIKE]
    finder.press(Qt.Key.Key_F8, SHIFT)
    assert finder.state.finding == LARGE
    assert dock(finder).current == LARGE


def test_that_f8_begins_at_the_playhead_where_nothing_is_chosen(finder: User) -> None:
    finder.session.show_step(8)
    finder.press(Qt.Key.Key_F8)
    assert finder.state.finding == LARGE


def test_that_f8_goes_on_from_what_was_clicked(finder: User) -> None:
    click_row(finder, dock(finder).list, 0)
    finder.press(Qt.Key.Key_F8)
    assert finder.state.finding == LARGE


def marks(finder: User) -> Any:
    return finder.view("timeline").cards[0].onset_marks


def mark_at(finder: User, rule: str) -> QPoint:
    plot = finder.view("timeline").plots[0]
    found = next(each for each in marks(finder).marks if any(one.rule == rule for one in each.findings))
    return plot.mapFromScene(marks(finder).place_of(found))


def test_that_each_onset_has_a_mark_on_the_timeline_that_leads_there(finder: User) -> None:
    told: list = []
    plot = finder.view("timeline").plots[0]
    finder.session.view_changed.connect(told.append)
    finder.click(plot.viewport(), mark_at(finder, "dead-units"))
    assert place(finder) == OF_DEAD
    assert len(told) == 1, "the plot does not move the playhead as well"


def test_that_the_mark_of_the_finding_that_the_user_went_to_is_lit(finder: User) -> None:
    lit = lambda: [is_lit(finder.view("timeline"), 0, number) for number in range(3)]  # noqa: E731
    assert lit() == [False] * 3
    click_row(finder, dock(finder).list, 0)
    assert lit() == [False, True, False]


def test_that_a_click_beside_the_marks_moves_the_playhead(finder: User) -> None:
    plot = finder.view("timeline").plots[0]
    finder.click(plot.viewport(), mark_at(finder, "dead-units") - QPoint(0, 40))
    assert (finder.state.step, finder.state.finding) == (6, None)


def test_that_what_is_marked_is_told_at_the_pointer(finder: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(pyqtgraph.CONFIG_OPTIONS, "mouseRateLimit", 0)  # every move counts
    plot = finder.view("timeline").plots[0]
    finder.qtbot.mouseMove(plot.viewport(), mark_at(finder, "dead-units"))
    finder.wait(lambda: DEAD.title in marks(finder).toolTip())
    finder.qtbot.mouseMove(plot.viewport(), mark_at(finder, "dead-units") - QPoint(0, 40))
    finder.wait(lambda: marks(finder).toolTip() == "")


def test_that_the_health_of_layers_is_marked_in_table_network_modules_and_heat_map(
    finder: User,
) -> None:
    table = finder.view("layers")
    assert not table.table.isColumnHidden(LayerColumn.HEALTH)
    assert set(table.model.health) == {"fc1", "relu2", "conv1"}
    graph = finder.view("network").network
    columns = {graph.graph.columns[number].stage: each.severity for number, each in graph.column_health.items()}
    assert columns == {"fc1": "critical", "conv1": "warning"}
    finder.session.draw_as_modules(True)
    boxes = finder.view("modules").box_health
    assert {name: each.severity for name, each in boxes.items()} == {
        "fc1": "critical",
        "relu2": "critical",
        "conv1": "warning",
    }
    heat_map = finder.view("optimizer").heat_map
    finder.wait(lambda: heat_map.heat is not None)
    rows = {heat_map.heat.layers[row]: each.severity for row, each in heat_map.marked_rows.items()}
    assert rows == {"fc1": "critical", "conv1": "warning"}


def test_that_a_click_on_health_sorts_the_layers_by_it_and_another_puts_them_back(finder: User) -> None:
    table = finder.view("layers")
    finder.session.select_layer("fc2")
    in_order = [row.layer.name for row in table.model.rows]
    header = table.table.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(LayerColumn.HEALTH) + 10, header.height() // 2)
    finder.click(header.viewport(), at)
    names = [row.layer.name for row in table.model.rows]
    assert names[:3] == ["fc1", "relu2", "conv1"]
    assert table.selected == "fc2"
    finder.click(header.viewport(), at)
    assert [row.layer.name for row in table.model.rows] == in_order
    assert table.selected == "fc2"


def test_that_a_muted_rule_leaves_marks_badges_keys_and_the_next_start_too(
    finder: User, settings: Settings, qtbot: QtBot, whole_path: Path
) -> None:
    click_row(finder, dock(finder).list, 0)
    finder.click(dock(finder).mute_button)
    assert finder.window.docks["findings"].windowTitle() == "Findings (1)"
    assert [each.rule for mark in marks(finder).marks for each in mark.findings] == ["loss-spike", "update-too-large"]
    assert set(finder.view("layers").model.health) == {"conv1"}
    assert set(finder.view("network").network.column_health) == {1}
    finder.session.show_step(4)
    finder.press(Qt.Key.Key_F8)
    assert finder.state.finding == LARGE
    again, session = make_window(settings, is_synchronous=True)
    qtbot.addWidget(again)
    again.show()
    again.open(whole_path)
    assert part(again, "findings").shown == [LARGE, SPIKE]
    assert again.docks["findings"].windowTitle() == "Findings (1)"
    session.close()


@pytest.mark.parametrize("said", [report(), None], ids=["nothing is found", "it is not judged"])
def test_that_another_run_has_none_of_the_health_and_the_marks_of_the_one_before(
    finder: User, rules: Rules, collection_path: Path, said: Report | None
) -> None:
    for name in ("layers", "network", "optimizer"):
        finder.view(name)
    rules.said = said
    finder.window.open(collection_path)
    assert finder.view("layers").model.health == {}
    assert finder.view("network").network.column_health == {}
    assert finder.view("modules").box_health == {}
    assert finder.view("optimizer").heat_map.marked_rows == {}
    assert marks(finder).marks == []
    assert finder.state.finding is None


def test_that_while_another_run_is_judged_it_has_none_of_the_marks_either(
    finder: User, rules: Rules, whole_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heat_map, seen = finder.view("optimizer").heat_map, []
    finder.wait(lambda: bool(heat_map.marked_rows))
    monkeypatch.setattr(Judging, "report", lambda *_: (seen.append(heat_map.marked_rows), rules.said)[1])
    finder.window.open(shutil.copy(whole_path, tmp_path / "again.json"))
    assert seen[0] == {}
    finder.wait(lambda: bool(heat_map.marked_rows))


def ask_by_key(finder: User) -> None:
    finder.session.show_step(6)
    finder.press(Qt.Key.Key_Y)


def ask_by_button(finder: User) -> None:
    finder.session.show_step(6)
    finder.click(finder.view("timeline").why_button)


def ask_by_menu(finder: User) -> None:
    timeline = finder.view("timeline")
    viewport, at = timeline.plots[0].viewport(), place_in(timeline.plots[0], 6)
    timeline.step_menu.popup = lambda _: None  # there is no screen for it
    QApplication.sendEvent(viewport, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, viewport.mapToGlobal(at)))
    assert timeline.step_menu.actions()[0].text().endswith("step 6")
    timeline.step_menu.actions()[0].trigger()


@pytest.mark.parametrize("ask", [ask_by_key, ask_by_button, ask_by_menu])
def test_that_why_here_lists_who_moved_first_around_the_step(finder: User, rules: Rules, ask: Any) -> None:
    finder.view("layers")
    ask(finder)
    finder.wait(lambda: rules.asked == [6])
    finder.wait(lambda: finder.window.pages["findings"].is_seen)
    page = dock(finder).movers
    assert dock(finder).are_movers_seen
    assert page.title_label.text() == "Who moved first around step 6 (looked at: steps 3 to 9)"
    rows = page.list.rows.rows
    assert [each.above for each in rows] == [
        "1 · since step 4 · a tie",
        "1 · since step 4 · a tie",
        "3 · since step 8",
    ]
    assert rows[0].text == "fc1: gradient norm 40 times as large as usual"
    assert "gradient norm 3 times as large as usual, from step 5 on" in page.shared_label.text()


def test_that_while_it_is_looked_for_the_page_says_so(finder: User, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def looked_for(*_: object) -> FirstMovers:
        said.append(dock(finder).movers.title_label.text())
        return MOVERS

    monkeypatch.setattr(Judging, "first_movers", looked_for)
    ask_by_key(finder)
    assert said == ["Looking for who moved first around step 6…"]


def test_that_where_it_cannot_be_read_the_page_says_why(
    finder: User, whole_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object) -> FirstMovers:
        raise CollectionError(whole_path, "is gone.")

    monkeypatch.setattr(Judging, "first_movers", unreadable)
    ask_by_key(finder)
    page = dock(finder).movers
    assert page.title_label.text() == "Who moved first cannot be told."
    assert "is gone" in page.shared_label.text()
    assert not page.list.isVisible()


def test_that_a_mover_leads_to_where_it_moved(finder: User) -> None:
    ask_by_key(finder)
    click_row(finder, dock(finder).movers.list, 1)
    assert (finder.state.step, finder.state.layer, finder.state.tab) == (4, "conv1", "optimizer")
    assert dock(finder).are_movers_seen, "the list stays for the next one"


def test_that_the_way_back_to_the_findings_is_a_click_or_the_next_finding(finder: User) -> None:
    ask_by_key(finder)
    finder.click(dock(finder).movers.back_button)
    assert not dock(finder).are_movers_seen
    ask_by_key(finder)
    finder.press(Qt.Key.Key_F8)
    assert not dock(finder).are_movers_seen


def test_that_asking_opens_a_dock_that_was_closed(finder: User) -> None:
    finder.window.docks["findings"].close()
    ask_by_key(finder)
    assert not finder.window.docks["findings"].isHidden()


def test_that_why_nothing_can_be_told_is_said(finder: User, rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = FirstMovers(step=6, window=(6, 6), movers=[], shared=[], lacks="fewer than 6 steps were recorded")
    monkeypatch.setattr(Judging, "first_movers", lambda *_: nothing)
    ask_by_key(finder)
    page = dock(finder).movers
    assert "fewer than 6 steps were recorded" in page.shared_label.text()
    assert not page.list.isVisible()


def test_that_the_chosen_finding_stays_chosen_while_the_run_grows(finder: User, rules: Rules) -> None:
    click_row(finder, dock(finder).list, 0)
    grown = msgspec.structs.replace(DEAD, title="all of fc1 is dead")
    rules.said = report(grown, LARGE, SPIKE)
    finder.window.show_view("layers")
    finder.session.findings.judge()
    assert finder.state.finding == grown
    assert finder.window.pages["layers"].is_seen, "which is nothing to come forward for"
    assert dock(finder).current == grown


def curves(finder: User) -> list[str]:
    return [card.name for card in finder.view("timeline").cards]


def test_that_a_place_on_the_timeline_brings_its_curve_as_long_as_it_is_asked_for(finder: User) -> None:
    finder.session.go_to_evidence(Evidence(tab="timeline", step=6, series="dead_fraction/relu2"))
    assert curves(finder) == ["loss", "accuracy", "dead_fraction/relu2"]
    finder.session.show_pass(1)
    finder.window.show_view("optimizer")
    assert curves(finder)[2:] == ["dead_fraction/relu2"], "the playhead and the tabs take nothing away"
    finder.session.go_to_evidence(Evidence(tab="timeline", step=6, series="loss"))
    assert curves(finder) == ["loss", "accuracy"]


def test_that_a_curve_that_was_asked_for_is_not_among_those_that_are_remembered(
    finder: User, settings: Settings
) -> None:
    timeline = finder.view("timeline")
    finder.session.go_to_evidence(Evidence(tab="timeline", step=6, series="dead_fraction/relu2"))
    finder.click(timeline.cards[1].close_button)
    assert settings.choice("timeline") == ["loss"]
    assert curves(finder) == ["loss", "dead_fraction/relu2"]
    finder.click(timeline.cards[1].close_button)
    assert curves(finder) == ["loss"]


def test_that_a_place_in_the_optimizer_shows_the_measure_that_it_is_about(finder: User) -> None:
    finder.session.go_to_evidence(Evidence(tab="optimizer", step=6, layer="fc1", series="weight_norm/fc1"))
    assert finder.view("optimizer").chosen == "weight_norm"
    finder.session.go_to_evidence(Evidence(tab="optimizer", step=6, layer="fc1", series="no such measure/fc1"))
    assert finder.view("optimizer").chosen == "weight_norm"
