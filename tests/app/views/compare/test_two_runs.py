"""Two runs as wholes, as a user sees them: where they part, the map, and all that differs in words."""

import shutil
from pathlib import Path

import msgspec
import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.replay.comparing import Side
from app.views.compare.analysis.sections import finding_entries, option_entries, sample_entries
from app.views.compare.panel import NOTHING, WAITING
from app.widgets.heat_map import LEFT_PX
from app.window.main_window import MainWindow
from collector.comparing.comparison import ChangedSample, OneSided, OptionDifference
from collector.comparing.saved import SavedComparison
from tests.app.parts import part
from tests.app.views.compare.looking import enter, panel, read
from tests.app.whole_run import PASS_STEPS, record_whole_run
from tests.app.wiring.user import User

PARTED = 4
"""From this step on the second run has a higher rate."""


def test_that_nothing_is_compared_at_first_and_it_is_said_how_to(
    window: MainWindow, two_paths: tuple[Path, Path]
) -> None:
    window.open(two_paths[0])
    assert part(window, "compare").empty_state.label.text() == NOTHING


def test_that_nothing_is_compared_any_more_and_it_is_said_how_to(user: User) -> None:
    assert not panel(user).empty_state.isVisible()
    user.click(user.window.comparing_bar.stop_button)
    assert panel(user).empty_state.isVisible()
    assert panel(user).empty_state.label.text() == NOTHING


def test_that_it_is_said_while_nothing_is_known_yet(user: User, two_paths: tuple[Path, Path]) -> None:
    user.session.differences.ask = lambda: None  # type: ignore[method-assign]  # it takes its time
    user.session.compare(SavedComparison(a=str(two_paths[1]), b=str(two_paths[0])))
    assert panel(user).empty_state.isVisible()
    assert panel(user).empty_state.label.text() == WAITING


def test_that_two_runs_are_looked_at_as_wholes_first(user: User) -> None:
    assert user.window.tabs.current.spec.name == "compare"
    assert panel(user).verdict_label.text() == (
        "Batches equal up to step 4, weights equal up to step 4; first difference: learning rate at step 4, 0.01 in A"
        " and 0.05 in B."
    )
    assert "every difference counts" in panel(user).noise_label.text()


def test_that_go_there_moves_playhead_and_tab(user: User) -> None:
    user.session.show_side(Side.B)
    user.click(panel(user).go_button)
    assert user.session.side is Side.DIFFERENCE
    assert user.state.step == PARTED
    assert user.window.tabs.current.spec.name == "optimizer"


def test_that_identical_runs_are_told_as_that(user: User, two_paths: tuple[Path, Path], tmp_path: Path) -> None:
    copy = tmp_path / "copy.json"
    shutil.copy(two_paths[0], copy)
    user.session.compare(SavedComparison(a=str(two_paths[0]), b=str(copy)))
    assert panel(user).verdict_label.text().startswith(f"Identical for {len(PASS_STEPS)} passes")
    assert panel(user).go_button.isHidden()
    assert panel(user).place_label.text() == "no difference"
    assert not panel(user).next_button.isEnabled()


def test_that_a_click_on_the_map_moves_step_and_layer(user: User) -> None:
    heat_map = panel(user).heat_map
    assert heat_map.heat is not None
    row = heat_map.heat.layers.index("fc1")
    at = QPointF(heat_map._x_of(6), (row + 0.5) * heat_map.height() / len(heat_map.heat.layers))
    user.click(heat_map, at)
    assert (user.state.step, user.state.layer) == (6, "fc1")
    assert "of B" in heat_map.text_at(at)
    assert "the same" in heat_map.text_at(QPointF(heat_map._x_of(1), at.y()))


def test_that_another_measure_is_chosen_and_remembered(user: User) -> None:
    user.choose(panel(user).measure_box, "weight_norm")
    heat = panel(user).heat
    assert heat is not None
    assert heat.title == "Weight norm"
    assert heat.layers == ("conv1", "fc1", "fc2")
    assert user.window._settings.choice("compare") == ["weight_norm"]


def test_that_the_arrows_walk_along_the_differences_and_end_at_the_last(user: User) -> None:
    user.session.show_pass(0)
    shown = panel(user)
    assert shown.place_label.text() == "1 difference"
    assert not shown.before_button.isEnabled()
    user.click(shown.next_button)
    assert shown.place_label.text() == "1 of 1"
    assert user.state.step == shown.strip.stretches[0][0]
    assert not shown.next_button.isEnabled()


def test_that_a_click_on_the_strip_moves_the_playhead(user: User) -> None:
    strip = panel(user).strip
    user.click(strip, QPointF(strip._x_of(9), 4))
    assert user.state.step == 9


def test_that_while_b_is_shown_the_map_goes_by_the_steps_of_a(user: User) -> None:
    user.session.change_comparing(offset=3.0)
    user.session.show_pass(1)
    user.session.show_side(Side.B)
    assert user.state.step == PASS_STEPS[2]
    assert panel(user).strip._step == PASS_STEPS[1]
    assert panel(user).strip._x_of(PASS_STEPS[1]) > LEFT_PX


def test_that_measures_are_told_the_best_known_first_and_lead_to_their_map(user: User) -> None:
    rows = read(user, "Measures")
    assert rows[0].startswith("Loss: differs by up to ")
    row = next(number for number, text in enumerate(rows) if text.startswith("Update norm"))
    panel(user).sections.list.scrollTo(panel(user).sections.list.rows.index(row))
    enter(user, row)
    assert user.state.step == PARTED
    heat = panel(user).heat
    assert heat is not None
    assert heat.map.metric == "update_norm"


def test_that_only_differences_are_counted(user: User) -> None:
    texts = list(panel(user).sections.choice.buttons)
    assert {"Layers", "This pass"} <= set(texts)
    assert next(text for text in texts if text.startswith("Measures"))[-1].isdigit()


def test_that_the_arrays_of_the_pass_are_told_layer_by_layer(user: User) -> None:
    read(user, "This pass")
    table = panel(user).sections.pass_table
    cells = [table.rows.data(table.rows.index(0, column)) for column in range(table.rows.columnCount())]
    assert cells[0] == "conv1"
    assert cells[1].endswith("%")
    user.session.show_pass(0)
    assert {table.rows.data(table.rows.index(0, column)) for column in range(1, 3)} == {"same"}
    viewport = table.viewport()
    assert viewport is not None
    user.click(viewport, table.visualRect(table.rows.index(1, 0)).center())
    assert user.state.layer == table.rows.rows[1].layer


def test_that_an_option_a_changed_sample_and_a_finding_are_gone_to(user: User) -> None:
    known = user.session.differences.known
    assert known is not None
    samples = [ChangedSample(3, 0, 0, 2, 0.5, 1.5)]
    findings = [OneSided("dead-units", "warning", "fc1: 9 of 30 units are dead.", ["fc1"], 6)]
    options = [OptionDifference(kind="group", name="lr", a=0.01, b=None, step=6)]
    found = msgspec.structs.replace(known.comparison, changed_samples=samples, findings_a=findings, options=options)
    sections = {
        "Options": option_entries(found),
        "Samples": sample_entries(found, ["ant", "bee", "cat"], 9),
        "Findings": finding_entries(found),
    }
    panel(user).show_sections(sections, None, [])
    assert read(user, "Options") == ["lr: 0.01 in A, not given in B, from step 6 on"]
    enter(user, 0)
    assert user.state.step == 6
    panel(user).show_sections(sections, None, [])
    assert read(user, "Samples") == ["Sample 4: ant in A, cat in B, truly ant"]
    enter(user, 0)
    assert (user.state.sample, user.state.step) == (3, 9)
    panel(user).show_sections(sections, None, [])
    assert read(user, "Findings") == ["fc1: 9 of 30 units are dead."]
    enter(user, 0)
    assert (user.state.layer, user.state.step) == ("fc1", 6)


def test_that_a_partner_is_chosen_for_a_layer_by_hand(user: User) -> None:
    rows = read(user, "Layers")
    assert rows[:2] == ["conv1", "relu1"]
    enter(user, rows.index("fc2"))
    user.choose(panel(user).sections.partner_box, "")
    comparing = user.session.comparing
    assert comparing is not None
    assert comparing.wish.layers == {"fc2": None}
    assert read(user, "Layers")[:2] == ["fc2", "fc2"]
    assert [each.row.above for each in panel(user).sections.entries][:2] == ["only in A", "only in B"]
    enter(user, read(user, "Layers").index("relu2"))
    user.choose(panel(user).sections.partner_box, "relu1")
    enter(user, read(user, "Layers").index("relu1"))
    user.choose(panel(user).sections.partner_box, "relu1")
    comparing = user.session.comparing
    assert comparing is not None
    assert comparing.wish.layers == {"fc2": None, "relu1": "relu1"}


def test_that_repeats_give_a_band_of_noise_and_one_alone_gives_none(
    user: User, two_paths: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repeats = [tmp_path / f"{number}.json" for number in range(2)]
    for path in repeats:
        shutil.copy(two_paths[0], path)
    for chosen, words in ((repeats[:1], "1 repeat tells no spread"), (repeats, "Noise: the spread of 3 runs")):
        monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_, chosen=chosen: ([*map(str, chosen)], ""))
        user.click(panel(user).repeats_button)
        assert words in panel(user).noise_label.text()
    assert any("noise" in text for _, text in panel(user).ratio_bar.ticks)


def test_that_what_is_not_compared_is_said_with_the_reason(
    window: MainWindow, qtbot: QtBot, two_paths: tuple[Path, Path], collection_path: Path
) -> None:
    user = User(window, qtbot)
    user.session.compare(SavedComparison(a=str(two_paths[0]), b=str(collection_path)))
    rows = read(user, "Not compared")
    assert any("their probes differ" in text for text in rows)


def test_that_two_passes_of_a_run_are_told_by_their_arrays(
    window: MainWindow, qtbot: QtBot, two_paths: tuple[Path, Path]
) -> None:
    user = User(window, qtbot)
    window.open(two_paths[0])
    user.session.show_pass(1)
    user.press(Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    assert panel(user).verdict_label.text() == f"Step {PASS_STEPS[1]} and this pass are the same."
    user.press(Qt.Key.Key_End)
    assert panel(user).verdict_label.text().startswith(f"From step {PASS_STEPS[1]} to this pass ")
    assert panel(user).heat is None
    assert panel(user).sections.pass_table.isVisible()


def test_that_two_passes_have_no_map_where_two_runs_had_one(user: User) -> None:
    assert panel(user).heat_map.isVisible()
    user.press(Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    assert panel(user).verdict_label.text().endswith("are the same.")
    assert not panel(user).heat_map.isVisible()
    assert not panel(user).nothing_label.isVisible()


def test_that_the_section_that_is_read_is_marked(user: User) -> None:
    checked = lambda: [text for text, each in panel(user).sections.choice.buttons.items() if each.isChecked()]  # noqa: E731
    assert [text.partition(" ")[0] for text in checked()] == ["Measures"]
    read(user, "Layers")
    assert [text.partition(" ")[0] for text in checked()] == ["Layers"]


def test_that_a_layer_is_paired_once_the_arrows_have_come_to_it(user: User) -> None:
    sections, rows = panel(user).sections, read(user, "Layers")
    assert not sections.partner_box.isVisible()
    for row in rows[:2]:
        user.qtbot.keyClick(sections.list, Qt.Key.Key_Down)
        assert sections.partner_box.isVisible()
        assert sections.partner_label.text() == f"{row} of A is compared with"


def test_that_enter_goes_to_a_layer_of_the_pass(user: User) -> None:
    read(user, "This pass")
    table = panel(user).sections.pass_table
    for row in (0, 2):
        table.setFocus()
        table.setCurrentIndex(table.rows.index(row, 0))
        user.qtbot.keyClick(table, Qt.Key.Key_Return)
        assert user.state.layer == table.rows.rows[row].layer


def test_that_what_is_seen_is_saved_with_a_b_and_the_difference(user: User) -> None:
    view = user.window.view("compare")
    assert view is not None
    user.session.differences.choose("weight_norm")
    table = view.tables["Compare: over the steps"]()
    row = dict(zip(table.headings, table.rows[-1], strict=True))
    assert (row["layer"], row["step"]) == ("fc2", PASS_STEPS[-1] - 1)
    assert row["difference"] == pytest.approx(row["b"] - row["a"])
    assert row["differs"] == 1
    what = view.tables["Compare: what differs"]()
    assert {"Measures", "Layers"} <= {row[0] for row in what.rows}
    assert {row[0] for row in view.tables["Compare: this pass"]().rows} >= {"conv1", "fc1", ""}


@pytest.mark.parametrize("side", Side)
def test_that_a_run_that_grows_is_compared_again(
    side: Side, window: MainWindow, qtbot: QtBot, two_paths: tuple[Path, Path], tmp_path: Path
) -> None:
    user = User(window, qtbot)
    lines = two_paths[1].read_bytes().splitlines(keepends=True)
    begun = tmp_path / "begun.json"
    cut = next(number for number, line in enumerate(lines) if b'"pass"' in line[:40] and number > 3)
    begun.write_bytes(b"".join(lines[: cut + 1]))
    user.session.compare(SavedComparison(a=str(two_paths[0]), b=str(begun)))
    assert panel(user).verdict_label.text().startswith("Identical for")
    user.session.show_side(side)
    with begun.open("ab") as file:
        file.write(b"".join(lines[cut + 1 :]))
    user.session._beside.opening.look()
    assert "learning rate at step 4" in panel(user).verdict_label.text()


def test_that_a_shorter_run_is_compared_as_far_as_it_goes(
    user: User, two_paths: tuple[Path, Path], tmp_path: Path
) -> None:
    short = record_whole_run(tmp_path / "short.json", n_steps=6)
    user.session.compare(SavedComparison(a=str(two_paths[0]), b=str(short)))
    heat = panel(user).heat
    assert heat is not None
    assert heat.map.steps.max() <= 6 < panel(user)._last_step
