"""What the window itself does with what is wished of it, where each of its views is a label."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.session import Session
from app.window.demos import DEFAULT, DEMOS
from app.window.keys_dialog import KeysDialog
from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.tour import Tour
from app.window.train_dialog import TrainingChoices
from collector.comparing.saved import SavedComparison
from collector.storage import CollectionError
from tests.app.window.light import SPECS


def test_that_what_was_left_out_is_told_with_what_is_opened_next_and_not_with_the_one_after(
    light: MainWindow, collection_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(light._session, "compare", lambda wish: light.open(wish.a))
    label = light.run_bar.problem_label
    light.open_dropped([collection_path, Path("b.json"), Path("c.json"), Path("d.json")])
    assert (label.isVisible(), label.text()) == (
        True,
        "Two runs are compared at a time; left out: c.json, d.json.",
    )
    light.open(shutil.copy(collection_path, tmp_path / "other.json"))
    assert not label.isVisible()


@pytest.mark.parametrize(("n_files", "words"), [(2, ""), (3, "Two runs are compared at a time; left out: 2.json.")])
def test_that_two_files_are_compared_and_of_no_more_is_anything_left_out(
    light: MainWindow, collection_path: Path, monkeypatch: pytest.MonkeyPatch, n_files: int, words: str
) -> None:
    wished: list[SavedComparison] = []
    monkeypatch.setattr(light._session, "compare", wished.append)
    light.open_dropped([Path(f"{number}.json") for number in range(n_files)])
    assert wished == [SavedComparison(a="0.json", b="1.json")]
    light.open(collection_path)
    assert light.run_bar.problem_label.text() == words


@pytest.mark.parametrize("is_file", [True, False])
def test_that_only_a_file_is_taken_from_whoever_drops_it(
    light: MainWindow, collection_path: Path, is_file: bool
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(collection_path)) if is_file else QUrl("https://example.org/run.json")])
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    event = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, buttons, keys)
    event.ignore()
    light.dropEvent(event)
    assert (event.isAccepted(), light._session.opened is not None) == (is_file, is_file)


def test_that_another_clock_begins_without_an_offset(light: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(light._session, "change_comparing", lambda **changes: asked.append(changes))
    light.comparing_bar.clock_chosen.emit("epoch")
    light.comparing_bar.offset_chosen.emit(2.5)
    assert asked == [{"clock": "epoch", "offset": 0.0}, {"offset": 2.5}]


def test_that_a_tour_that_was_asked_for_begins_once(light: MainWindow, collection_path: Path) -> None:
    light.open(collection_path)
    light.show_start_page()
    light._start_tour()
    assert not light.beginning.is_shown, "what it shows is beside the page"
    for number in (1, 2):
        light._session.show_pass(number)
    assert len(light.findChildren(Tour)) == 1


def test_that_the_keys_are_gone_when_their_list_is_closed(light: MainWindow, qtbot: QtBot) -> None:
    light._show_keys()
    dialog = light.findChild(KeysDialog)
    assert dialog is not None and dialog.isModal()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()


def test_that_a_training_is_offered_where_something_can_be_trained(
    qtbot: QtBot, settings: Settings, light: MainWindow, tmp_path: Path
) -> None:
    choices = TrainingChoices(tmp_path / "main.py", {"digits": ["cnn"]}, lambda *_: tmp_path, frozenset(), ["adamw"])
    window = MainWindow(Session(Jobs(is_synchronous=True)), settings, SPECS, choices)
    qtbot.addWidget(window)
    offered = [each.pages["network"].notice.text() for each in (light, window)]
    assert offered == [
        "Open a collection (Ctrl+O) or drop one here.",
        "Open a collection (Ctrl+O) or drop one here, or train a network (Ctrl+T).",
    ]
    assert [each.train_action.isEnabled() for each in (light, window)] == [False, True]
    window.close()


TRANSPORT: list[tuple[str, tuple[object, ...], str, tuple[object, ...]]] = [
    ("pass_requested", (3,), "show_pass", (3,)),
    ("first_requested", (), "show_pass", (0,)),
    ("back_requested", (), "step_by", (-1,)),
    ("forward_requested", (), "step_by", (1,)),
    ("last_requested", (), "show_last", ()),
    ("play_toggle_requested", (), "toggle_playing", ()),
    ("stop_requested", (), "stop", ()),
    ("loop_requested", (True,), "set_looping", (True,)),
    ("delay_requested", (300,), "set_delay_ms", (300,)),
    ("stride_requested", (2,), "set_stride", (2,)),
]


def test_that_each_wish_of_the_transport_reaches_the_session(
    qtbot: QtBot, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, tuple[object, ...]]] = []
    for name in {method for _, _, method, _ in TRANSPORT}:
        monkeypatch.setattr(Session, name, lambda _, *given, name=name: said.append((name, given)))
    window = MainWindow(Session(Jobs(is_synchronous=True)), settings, SPECS)
    qtbot.addWidget(window)
    for signal, given, _, _ in TRANSPORT:
        getattr(window.transport, signal).emit(*given)
    assert said == [(method, expected) for _, _, method, expected in TRANSPORT]
    window.close()


def test_that_whatever_goes_wrong_is_told_in_the_bar_of_the_run(light: MainWindow) -> None:
    told: list[tuple[str, bool]] = []
    for signal in (
        light._session.problem_occurred,
        light.watch.problem_occurred,
        light.pages["sample"].failed,
    ):
        light.run_bar.hide_problem()
        signal.emit(f"words {len(told)}")
        told.append((light.run_bar.problem_label.text(), light.run_bar.problem_label.isVisible()))
    assert told == [("words 0", True), ("words 1", True), ("words 2", True)]


def test_that_a_training_says_what_stands_where_nothing_is_open(light: MainWindow) -> None:
    light.watch.nothing_shown.emit("It is starting.", "It is awaited.")
    assert {name: light.pages[name].notice.text() for name in ("network", "features", "sample", "timeline")} == {
        "network": "It is starting.",
        "features": "It is starting.",
        "sample": "It is awaited.",
        "timeline": "It is awaited.",
    }


def test_that_what_lies_elsewhere_is_told_of_from_the_first_byte_to_the_last(
    light: MainWindow, collection_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    bar = light.remote_bar
    for name in ("show_collection", "end_waiting"):
        monkeypatch.setattr(bar, name, lambda *_, name=name: said.append(name))
    light.open(collection_path)
    said.append("a damaged pass")
    light._session.frame_failed.emit(CollectionError("run.json", "is damaged."))
    assert said == ["show_collection", "end_waiting", "a damaged pass", "end_waiting"]
    light._session.jobs.connection_changed.emit("example.org cannot be reached.")
    assert bar.label.text().startswith("example.org cannot be reached.")


def test_that_rules_that_are_muted_and_files_that_are_kept_are_remembered(
    light: MainWindow, settings: Settings, collection_path: Path
) -> None:
    light._session.findings.mute(["dead-units"])
    assert settings.muted_rules() == ["dead-units"]
    light._session.comparison_kept.emit(collection_path)
    assert settings.recent_files() == [collection_path]
    again = MainWindow(Session(Jobs(is_synchronous=True)), settings, SPECS)
    assert list(again._session.findings.muted) == ["dead-units"]
    again.close()
    again.deleteLater()


def test_that_there_is_a_menu_for_each_kind_of_wish_and_help_at_the_end(
    light: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = light.menuBar()
    assert bar is not None
    menus = [each.menu() for each in bar.actions()]
    assert [each.text() for each in bar.actions()] == ["&File", "&View", "&Compare", "&Go", "&Help"]
    (*_, helps) = menus
    assert helps is not None
    assert [each.text() for each in helps.actions()] == [
        *("&Keys", "&Tour"),
        *(f"Demo: {demo.title}" for demo in DEMOS),
    ]
    opened: list[object] = []
    monkeypatch.setattr(light.beginning, "open_demo", opened.append)
    for action in helps.actions()[1:]:
        action.trigger()
    assert opened == [DEFAULT, *DEMOS], "a tour of nothing is given in a demo"


def groups(menu: QMenu | None) -> list[list[str]]:
    """The entries of a menu as lines part them."""
    assert menu is not None
    parts: list[list[str]] = [[]]
    for action in menu.actions():
        if action.isSeparator():
            parts.append([])
        else:
            parts[-1].append(action.text().replace("&", ""))
    return parts


def test_that_what_belongs_together_stands_together_in_each_menu(light: MainWindow) -> None:
    bar = light.menuBar()
    assert bar is not None
    files, view, compare, go, _ = (groups(each.menu()) for each in bar.actions())
    assert files == [
        ["Open…", "Open an address…", "Open recent", "Start page"],
        ["Train…"],
        ["Save the tab in front as a picture…", "Save a view as a picture", "Width of pictures", "Save numbers"],
        ["Quit"],
    ]
    assert view == [
        ["Fit the view in front", "Full screen", "Light theme"],
        ["Network", "Features"],
        ["Sample", "Layers", "Findings", "Stories", "Timeline"],
    ]
    assert compare == [
        ["Compare with…", "Compare with this pass"],
        ["Show A", "Show B", "Show the difference"],
        ["Next difference", "Difference before"],
        ["Swap A and B", "Save comparison…", "Differences as CSV…"],
        ["Stop comparing"],
    ]
    assert go == [
        ["Play or pause", "Stop"],
        ["Pass before", "Next pass", "10 passes back", "10 passes on", "First pass", "Last pass"],
        ["Next finding", "Finding before", "Why here?"],
        ["Sample before", "Next sample"],
    ]


def test_that_a_training_that_begins_takes_the_start_page_and_the_problem_away(light: MainWindow) -> None:
    light.show_start_page()
    light.show_problem("There is no such file.")
    light.watch.began.emit()
    assert (light.beginning.is_shown, light.run_bar.problem_label.isVisible()) == (False, False)


def test_that_a_run_that_goes_on_no_more_is_told_of_anew(
    light: MainWindow, collection_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[str, str]] = []
    monkeypatch.setattr(
        light.run_bar,
        "show_collection",
        lambda opened, *, is_live, failure: shown.append((opened.collection.path.name, failure)),
    )
    light.watch.run_ended.emit()
    assert shown == [], "nothing is open"
    light.open(collection_path)
    monkeypatch.setattr(light.watch, "failure", lambda path: f"{path.name} has failed")
    light.watch.run_ended.emit()
    assert shown == [("small.json", ""), ("small.json", "small.json has failed")]


def test_that_where_b_is_is_told_with_each_pass_as_long_as_two_are_compared(
    light: MainWindow, two_paths: tuple[Path, Path]
) -> None:
    told: list[str] = []
    light.comparing_bar.show_place = told.append  # type: ignore[method-assign]
    session = light._session
    session.open(two_paths[0])
    assert told == []
    session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1]), offset=1.0))
    told.clear()
    session.show_pass(2)
    assert told == ["B: step 6, the nearest"]
    session.stop_comparing()
    told.clear()
    session.show_pass(1)
    assert told == []
