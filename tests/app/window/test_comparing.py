"""The bar and the menu of what is compared: a run with another one, or a pass with whichever is shown."""

import shutil
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.replay.comparing import Side
from app.session import Session
from app.window.compare_menu import CompareMenu
from app.window.main_window import MainWindow
from collector.comparing.saved import Filters, SavedComparison, load, save
from tests.app.whole_run import PASS_STEPS, record_whole_run
from tests.app.wiring.user import User

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def user(window: MainWindow, qtbot: QtBot, two_paths: tuple[Path, Path]) -> User:
    """At the first pass of a run, which is compared with nothing yet."""
    window.open(two_paths[0])
    return User(window, qtbot)


@pytest.fixture
def comparer(two_in_window: MainWindow, qtbot: QtBot) -> User:
    """At the last pass of two runs."""
    return User(two_in_window, qtbot)


def choose_file(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    for dialog in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, dialog, lambda *_: (str(path), ""))


def menu(user: User) -> CompareMenu:
    found = user.menu("Compare")
    assert isinstance(found, CompareMenu)
    return found


def shown(user: User) -> str:
    bar = user.window.comparing_bar
    return next(text for text, button in bar.sides.buttons.items() if button.isChecked())


def problem(user: User) -> str:
    return user.window.run_bar.problem_label.text().replace("\u200b", "")


def test_that_there_is_no_bar_while_nothing_is_compared(user: User) -> None:
    assert user.window.comparing_bar.isHidden()
    assert not any(each.isEnabled() for each in menu(user).actions() if each.text().startswith("Stop"))


def test_that_while_nothing_is_open_nothing_can_be_compared(window: MainWindow, qtbot: QtBot) -> None:
    empty = User(window, qtbot)
    assert not any(each.isEnabled() for each in menu(empty).actions() if not each.isSeparator())
    assert menu(empty).actions()


def test_that_what_can_be_compared_is_offered_once_something_is_open(user: User, two_paths: tuple[Path, Path]) -> None:
    def offered() -> set[str]:
        return {each.text().replace("&", "") for each in menu(user).actions() if each.isEnabled() and each.text()}

    assert offered() == {"Compare with…", "Compare with this pass"}
    user.session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1])))
    assert {"Show A", "Swap A and B", "Stop comparing"} <= offered()
    user.window.open(two_paths[1])
    assert offered() == {"Compare with…", "Compare with this pass"}


def test_that_another_run_is_chosen_by_a_key_and_both_are_named(
    user: User, two_paths: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    choose_file(monkeypatch, two_paths[1])
    user.press(Qt.Key.Key_D, CTRL)
    bar = user.window.comparing_bar
    assert bar.isVisible()
    assert shown(user) == "Difference"
    assert [str(path) in button.toolTip() for path, button in zip(two_paths, bar.sides.buttons.values(), strict=False)]
    assert user.window.windowTitle().startswith("usual.json | faster.json")


def test_that_a_dialog_that_is_dismissed_compares_nothing(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    user.press(Qt.Key.Key_D, CTRL)
    assert user.session.comparing is None


@pytest.mark.parametrize(
    ("key", "side"), [(Qt.Key.Key_F5, Side.A), (Qt.Key.Key_F6, Side.B), (Qt.Key.Key_F7, Side.DIFFERENCE)]
)
def test_that_each_side_has_a_key_and_a_button(comparer: User, key: Qt.Key, side: Side) -> None:
    other = Side.B if side is Side.A else Side.A
    number = list(Side).index(side)
    comparer.session.show_side(other)
    comparer.press(key)
    assert comparer.session.side is side
    comparer.session.show_side(other)
    comparer.click(list(comparer.window.comparing_bar.sides.buttons.values())[number])
    assert comparer.session.side is side
    assert shown(comparer) == list(comparer.window.comparing_bar.sides.buttons)[number]


def test_that_a_clock_is_chosen_and_one_that_a_run_does_not_tell_is_refused_in_words(
    comparer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = comparer.window.comparing_bar
    comparer.session.change_comparing(offset=3.0)
    comparer.choose(bar.clock_box, "epoch")
    assert comparer.session.comparing is not None
    wish = comparer.session.comparing.wish
    assert (wish.clock, wish.offset) == ("epoch", 0.0), "an offset is of its clock"
    comparer.choose(bar.clock_box, "samples")
    asked = comparer.session.comparing.wish.clock
    assert bar.clock_box.choice == asked
    comparer.session.change_comparing(clock="loss", offset=2.0)
    assert "the clock of losses has no offset" in problem(comparer)
    assert bar.clock_box.choice == asked


def test_that_a_clock_that_is_chosen_and_refused_leaves_the_one_before_in_its_box(
    window: MainWindow, qtbot: QtBot, deep_path: Path, tmp_path: Path
) -> None:
    user, bar = User(window, qtbot), window.comparing_bar
    shutil.copy(deep_path, tmp_path / "again.json")
    user.session.compare(SavedComparison(a=str(deep_path), b=str(tmp_path / "again.json")))
    assert bar.clock_box.choice == "step"
    qtbot.keyClick(bar.clock_box, Qt.Key.Key_Down)
    assert "tells no epochs" in problem(user)
    assert bar.clock_box.choice == "step"


def test_that_an_offset_moves_b_and_where_it_is_then_is_told(comparer: User, two_paths: tuple[Path, Path]) -> None:
    bar = comparer.window.comparing_bar
    comparer.session.show_pass(1)
    assert bar.place_label.text() == ""
    bar.offset_box.setValue(3)
    assert bar.place_label.text() == f"B: step {PASS_STEPS[2]}"
    bar.offset_box.setValue(2)
    assert bar.place_label.text() == f"B: step {PASS_STEPS[2]}, the nearest"
    comparer.window.open(two_paths[1])
    assert bar.place_label.text() == "", "it is of what is compared next"


def test_that_where_b_has_nothing_the_bar_says_so(user: User, two_paths: tuple[Path, Path], tmp_path: Path) -> None:
    short = record_whole_run(tmp_path / "short.json", n_steps=6)
    user.session.compare(SavedComparison(a=str(two_paths[0]), b=str(short)))
    user.session.show_last()
    assert "short has no pass near" in user.window.comparing_bar.place_label.text()


def test_that_the_cross_stops_and_escape_does_not(comparer: User) -> None:
    comparer.press(Qt.Key.Key_Escape)
    assert comparer.session.comparing is not None
    comparer.click(comparer.window.comparing_bar.stop_button)
    assert comparer.session.comparing is None
    assert comparer.window.comparing_bar.isHidden()
    assert comparer.window.windowTitle().startswith("usual.json —")


def test_that_this_pass_is_held_and_compared_with_whichever_is_shown(user: User) -> None:
    user.session.show_pass(1)
    user.press(Qt.Key.Key_C, SHIFT)
    user.press(Qt.Key.Key_End)
    bar = user.window.comparing_bar
    assert list(bar.sides.buttons) == [f"step {PASS_STEPS[1]}", "this pass", "Change"]
    assert not bar.clock_box.isVisible()
    user.press(Qt.Key.Key_F5)
    assert user.state.step == PASS_STEPS[1]
    user.press(Qt.Key.Key_F7)
    assert user.state.step == PASS_STEPS[-1]


def test_that_only_two_runs_can_be_swapped_saved_and_walked_along(user: User) -> None:
    user.press(Qt.Key.Key_C, SHIFT)
    enabled = {each.text().replace("&", "") for each in menu(user).actions() if each.isEnabled()}
    assert {"Show A", "Show B", "Show the difference", "Stop comparing"} <= enabled
    assert not {"Swap A and B", "Save comparison…", "Differences as CSV…", "Next difference"} & enabled


def test_that_a_and_b_change_places_at_the_same_step(comparer: User, two_paths: tuple[Path, Path]) -> None:
    comparer.session.change_comparing(offset=3.0)
    comparer.session.show_pass(1)
    comparer.trigger(menu(comparer), "Swap")
    comparing = comparer.session.comparing
    assert comparing is not None
    assert (comparing.wish.a, comparing.wish.b, comparing.wish.offset) == (str(two_paths[1]), str(two_paths[0]), -3)
    assert comparer.state.step == PASS_STEPS[2]


def test_that_a_comparison_is_saved_and_opens_again_as_it_was(
    comparer: User, two_paths: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    comparer.session.change_comparing(offset=3.0)
    comparer.session.differences.choose("weight_norm")
    comparer.press(Qt.Key.Key_F6)
    choose_file(monkeypatch, tmp_path / "both")
    comparer.trigger(menu(comparer), "Save comparison")
    saved = load(tmp_path / "both.json")
    assert saved.filters == Filters(metric="weight_norm", mode="b")
    assert comparer.window._settings.recent_files()[0] == tmp_path / "both.json"
    comparer.session.stop_comparing()
    choose_file(monkeypatch, tmp_path / "both.json")
    comparer.press(Qt.Key.Key_O, CTRL)
    comparing = comparer.session.comparing
    assert comparing is not None
    assert comparing.wish.offset == 3
    assert comparer.session.side is Side.B
    assert comparer.session.differences.metric == "weight_norm"


def test_that_no_comparison_is_saved_over_a_collection(
    comparer: User, two_paths: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.json"
    shutil.copy(two_paths[0], copy)
    choose_file(monkeypatch, copy)
    comparer.trigger(menu(comparer), "Save comparison")
    assert "is a collection, and stays one" in problem(comparer)
    assert copy.read_bytes() == two_paths[0].read_bytes()


def test_that_a_saved_comparison_whose_runs_are_gone_is_told_of(user: User, tmp_path: Path) -> None:
    path = tmp_path / "both.json"
    save(SavedComparison(a=str(tmp_path / "gone.json"), b=str(tmp_path / "too.json")), path)
    user.window.open(path)
    assert "gone.json" in problem(user)
    path.write_text('{"format":"strobe.compared","a":1}')
    user.window.open(path)
    assert "is no saved comparison" in problem(user)


def test_that_the_differences_are_written_as_a_table(
    comparer: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    choose_file(monkeypatch, tmp_path / "differences.csv")
    comparer.trigger(menu(comparer), "Differences as CSV")
    lines = (tmp_path / "differences.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("name,name_b,step_a")
    assert any(line.startswith("weight_norm/fc1,") for line in lines)
    choose_file(monkeypatch, tmp_path / "nowhere" / "differences.csv")
    comparer.trigger(menu(comparer), "Differences as CSV")
    assert "cannot be written" in problem(comparer)


def test_that_f9_goes_to_the_next_difference_and_there_is_no_way_around(comparer: User) -> None:
    session: Session = comparer.session
    session.differences.choose("weight_norm")
    session.show_pass(0)
    steps = []
    for _ in range(3):
        comparer.press(Qt.Key.Key_F9)
        steps.append(comparer.state.step)
    known = session.differences.known
    assert known is not None
    assert known.map is not None
    assert steps == [known.map.stretches[0][0]] * 3
    assert comparer.state.layer in known.map.layers
    session.show_last()
    comparer.press(Qt.Key.Key_F9, SHIFT)
    assert comparer.state.step == steps[0]


def test_that_f9_goes_on_from_where_b_is(comparer: User) -> None:
    comparer.session.change_comparing(offset=3.0)
    comparer.press(Qt.Key.Key_F6)
    comparer.session.show_last()
    comparer.press(Qt.Key.Key_F9, SHIFT)
    known = comparer.session.differences.known
    assert known is not None
    assert known.map is not None
    assert comparer.session.side is Side.DIFFERENCE
    assert comparer.state.step in [first for first, _ in known.map.stretches]
