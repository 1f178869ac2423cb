"""The window, through its real buttons, keys and files."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QApplication, QDialogButtonBox, QLabel
from pytestqt.qtbot import QtBot

from app.window.keys_dialog import KEYS, KeysDialog
from app.window.main_window import FRAME, LEAST_SIZE, MainWindow
from app.window.settings import Settings
from app.window.start import make_window
from tests.app.parts import part
from tests.app.plots import pixel_of
from tests.collector.storage.rewriting import rewrite

Place = Callable[[], str]


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key, *, shift: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(window, key, modifier)


def click(qtbot: QtBot, button) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_that_opening_shows_run_sample_network_and_place(open_window: MainWindow, place_of: Place) -> None:
    assert open_window.windowTitle() == "small.json — Strobe"
    assert open_window.run_bar.run_label.text().startswith("small on noise · 6,694 parameters")
    assert place_of() == "pass 1 of 5 · step 0 · epoch 0"
    assert part(open_window, "sample").picture.image is not None
    assert part(open_window, "network").graph_view is not None
    assert len(part(open_window, "sample").bars.rows) == 4


def test_that_the_run_bar_says_what_recording_cost(open_window: MainWindow) -> None:
    label = open_window.run_bar.overhead_label
    assert label.toolTip().startswith("The training took ")
    assert "following the gradients: " in label.toolTip()


@pytest.mark.parametrize(
    ("button", "start", "expected"),
    [
        ("first_button", 3, 1),
        ("back_button", 3, 2),
        ("forward_button", 3, 4),
        ("last_button", 3, 5),
        ("stop_button", 3, 1),
    ],
)
def test_that_each_transport_button_moves_the_playhead(
    open_window: MainWindow, place_of: Place, qtbot: QtBot, button: str, start: int, expected: int
) -> None:
    open_window.transport.slider.setValue(start - 1)
    click(qtbot, getattr(open_window.transport, button))
    assert place_of().startswith(f"pass {expected} of 5")


@pytest.mark.parametrize(
    ("key", "shift", "expected"),
    [
        (Qt.Key.Key_Left, False, 2),
        (Qt.Key.Key_Right, False, 4),
        (Qt.Key.Key_Left, True, 1),
        (Qt.Key.Key_Right, True, 5),
        (Qt.Key.Key_Home, False, 1),
        (Qt.Key.Key_End, False, 5),
    ],
)
def test_that_each_key_moves_the_playhead(
    open_window: MainWindow, place_of: Place, qtbot: QtBot, key: Qt.Key, shift: bool, expected: int
) -> None:
    open_window.transport.slider.setValue(2)
    press(qtbot, open_window, key, shift=shift)
    assert place_of().startswith(f"pass {expected} of 5")


def test_that_space_plays_and_pauses(open_window: MainWindow, place_of: Place, qtbot: QtBot) -> None:
    open_window.transport.delay_slider.setValue(2)
    assert open_window.transport.delay_label.text() == "200 ms"
    press(qtbot, open_window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not place_of().startswith("pass 1 "), timeout=5000)
    press(qtbot, open_window, Qt.Key.Key_Space)
    assert open_window.transport.play_button.toolTip() == "Play (Space)"


def test_that_the_play_button_says_what_it_will_do(open_window: MainWindow, qtbot: QtBot) -> None:
    click(qtbot, open_window.transport.play_button)
    assert open_window.transport.play_button.toolTip() == "Pause (Space)"
    click(qtbot, open_window.transport.play_button)
    assert open_window.transport.play_button.toolTip() == "Play (Space)"


def test_that_without_loop_the_playback_ends(open_window: MainWindow, place_of: Place, qtbot: QtBot) -> None:
    assert open_window.transport.loop_button.isChecked()
    click(qtbot, open_window.transport.loop_button)
    open_window.transport.delay_slider.setValue(2)
    open_window.transport.slider.setValue(3)
    press(qtbot, open_window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: open_window.transport.play_button.toolTip() == "Play (Space)", timeout=5000)
    assert place_of().startswith("pass 5 of 5")


def test_that_the_delay_goes_from_200_to_2000_ms(open_window: MainWindow) -> None:
    slider = open_window.transport.delay_slider
    slider.setValue(slider.minimum())
    assert open_window.transport.delay_label.text() == "200 ms"
    slider.setValue(slider.maximum())
    assert open_window.transport.delay_label.text() == "2,000 ms"


def test_that_a_click_on_a_curve_moves_the_playhead_to_the_nearest_pass(
    open_window: MainWindow, place_of: Place, qtbot: QtBot
) -> None:
    plot = part(open_window, "timeline").plots[0]
    at = pixel_of(plot, 8.6, 0.5)
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert place_of().startswith("pass 4 of 5 · step 9")
    assert [each.playhead.value() for each in part(open_window, "timeline").plots] == [9, 9]


def test_that_the_arrows_choose_another_sample_which_stays_across_passes(open_window: MainWindow, qtbot: QtBot) -> None:
    assert not part(open_window, "sample").before_button.isEnabled()
    click(qtbot, part(open_window, "sample").after_button)
    press(qtbot, open_window, Qt.Key.Key_PageDown)
    press(qtbot, open_window, Qt.Key.Key_End)
    assert part(open_window, "sample").choice_label.text() == "sample 3 of 5"
    press(qtbot, open_window, Qt.Key.Key_PageUp)
    assert part(open_window, "sample").choice_label.text() == "sample 2 of 5"


def test_that_the_true_class_is_marked_and_the_figures_add_up(open_window: MainWindow) -> None:
    rows = part(open_window, "sample").bars.rows
    assert sum(row.probability for row in rows) == pytest.approx(1)
    assert sum(row.is_true for row in rows) == sum(row.is_predicted for row in rows) == 1
    true = next(row.name for row in rows if row.is_true)
    assert f"<b>{true}</b>" in part(open_window, "sample").true_label.text()


def test_that_a_dropped_file_is_opened(window: MainWindow, collection_path: Path, place_of: Place) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(collection_path))])
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(window, drop)
    assert place_of() == "pass 1 of 5 · step 0 · epoch 0"


def drop(window: MainWindow, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, buttons, keys))


def test_that_two_dropped_files_are_compared(window: MainWindow, two_paths: tuple[Path, Path]) -> None:
    drop(window, *two_paths)
    assert list(window.comparing_bar.sides.buttons) == ["A · usual", "B · faster", "Difference"]
    assert not window.run_bar.problem_label.isVisible()


def test_that_of_more_dropped_files_those_left_out_are_named(
    window: MainWindow, two_paths: tuple[Path, Path], collection_path: Path
) -> None:
    drop(window, *two_paths, collection_path)
    assert window.run_bar.problem_label.text().endswith(f"left out: {collection_path.name}.")
    assert window.comparing_bar.isVisible()


def test_that_something_dropped_that_is_no_file_is_refused(window: MainWindow) -> None:
    data = QMimeData()
    data.setText("hello")
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, buttons, keys)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    assert not enter.isAccepted()


def test_that_the_open_dialog_opens_what_is_chosen(
    window: MainWindow, collection_path: Path, place_of: Place, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.window.open_file.QFileDialog.getOpenFileName", lambda *_: (str(collection_path), ""))
    qtbot.keyClick(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    assert place_of().startswith("pass 1 of 5")


def test_that_recent_files_are_offered_newest_first_and_open(
    open_window: MainWindow, collection_path: Path, tmp_path: Path, place_of: Place
) -> None:
    other = Path(shutil.copy(collection_path, tmp_path / "other.json"))
    open_window.open(other)
    open_window.recent_menu.aboutToShow.emit()
    actions = open_window.recent_menu.actions()
    assert [Path(action.text()).name for action in actions] == ["other.json", "small.json"]
    actions[1].trigger()
    assert open_window.windowTitle() == "small.json — Strobe"


def test_that_a_bad_file_is_named_and_what_was_open_stays(
    open_window: MainWindow, tmp_path: Path, place_of: Place, qtbot: QtBot
) -> None:
    bad = tmp_path / "notes.json"
    bad.write_text('{"hello": 1}')
    press(qtbot, open_window, Qt.Key.Key_End)
    open_window.open(bad)
    assert open_window.run_bar.problem_label.isVisible()
    assert "notes.json" in open_window.run_bar.problem_label.text()
    assert place_of().startswith("pass 5 of 5")
    click(qtbot, open_window.run_bar.problem_button)
    assert not open_window.run_bar.problem_label.isVisible()


def test_that_other_data_is_said_as_long_as_the_collection_is_open(
    window: MainWindow, collection_path: Path, tmp_path: Path
) -> None:
    stood_in = shutil.copy(collection_path, tmp_path / "stood_in.json")
    rewrite(stood_in, before=b'"dataset":"noise"', after=b'"dataset":"mnist"')
    window.open(stood_in)
    assert window.run_bar.data_badge.isVisible()
    assert window.run_bar.data_badge.text() == "noise stood in for mnist"


def test_that_a_cut_off_collection_opens_and_says_that_it_is_unfinished(
    window: MainWindow, collection_path: Path, tmp_path: Path, place_of: Place
) -> None:
    content = collection_path.read_bytes()
    cut = tmp_path / "cut.json"
    cut.write_bytes(content[: content.index(b'{"record":"pass","pass":3') + 100])
    window.open(cut)
    assert place_of().startswith("pass 1 of 3")
    assert window.run_bar.ending_badge.isVisible()


def test_that_the_list_of_keys_names_every_key(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Question)
    dialog = window.findChild(KeysDialog)
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert texts == [text for row in KEYS for text in row]
    dialog.close()


def test_that_the_list_of_keys_goes_by_its_button(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Question)
    dialog = window.findChild(KeysDialog)
    with qtbot.waitSignal(dialog.finished):
        click(qtbot, dialog.findChild(QDialogButtonBox).buttons()[0])
    assert not dialog.isVisible()


def test_that_the_list_of_keys_fits_into_the_least_window(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Question)
    dialog = window.findChild(KeysDialog)
    needed = dialog.sizeHint()
    assert needed.width() <= LEAST_SIZE.width()
    assert needed.height() <= LEAST_SIZE.height() - FRAME.height()
    dialog.close()


def test_that_f11_fills_the_screen_and_gives_it_back(window: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    press(qtbot, window, Qt.Key.Key_F11)
    assert not window.isFullScreen()


def test_that_docks_can_be_closed_and_the_layout_is_remembered(
    open_window: MainWindow, settings: Settings, qtbot: QtBot
) -> None:
    open_window.docks["sample"].toggleViewAction().trigger()
    assert not open_window.docks["sample"].isVisible()
    open_window.close()
    again, session = make_window(settings, is_synchronous=True)
    qtbot.addWidget(again)
    again.show()
    assert not again.docks["sample"].isVisible()
    assert again.docks["timeline"].isVisible()
    session.close()


def test_that_zooming_is_kept_across_passes_and_undone_by_f(open_window: MainWindow, qtbot: QtBot) -> None:
    part(open_window, "network").zoom_by(2.0)
    press(qtbot, open_window, Qt.Key.Key_End)
    assert part(open_window, "network").is_zoomed
    press(qtbot, open_window, Qt.Key.Key_F)
    assert not part(open_window, "network").is_zoomed


def test_that_a_collection_opens_where_it_was_left_when_the_window_was_closed(
    open_window: MainWindow, settings: Settings, collection_path: Path, qtbot: QtBot
) -> None:
    open_window.transport.slider.setValue(3)
    open_window.close()
    again, _ = make_window(settings, is_synchronous=True)
    qtbot.addWidget(again)
    again.open(collection_path)
    assert again.transport.place_label.text() == "pass 4 of 5 · step 9 · epoch 1"
    again.close()


def test_that_a_step_between_two_passes_is_told_with_the_pass_that_is_shown(
    open_window: MainWindow, place_of: Place, qtbot: QtBot
) -> None:
    plot = part(open_window, "timeline").plots[0]
    plot.step_requested.emit(7.0)
    assert place_of() == "pass 3 of 5 (step 6) · step 7 · epoch 1"
    assert plot.playhead.value() == 7
    for name in ("sample", "features"):
        note = part(open_window, name).pass_note
        assert note.isHidden()  # as long as the pass may be on its way
        qtbot.waitUntil(note.isVisible)
        assert note.text() == "pass of step 6"
    plot.step_requested.emit(9.0)
    assert place_of() == "pass 4 of 5 · step 9 · epoch 1"
    for name in ("sample", "features"):
        assert part(open_window, name).pass_note.isHidden()


def test_that_a_stride_is_offered_for_many_passes_only(open_window: MainWindow, qtbot: QtBot) -> None:
    assert not open_window.transport.stride_box.isVisible()
    view = open_window._session.view
    open_window.transport.show_view(replace(view, n_passes=3000), 0)
    box = open_window.transport.stride_box
    assert box.isVisible()
    assert box.offered == [1, 2, 5, 10, 20, 50, 100, 200]
    assert box.itemText(3) == "every 10th pass"
    with qtbot.waitSignal(open_window.transport.stride_requested) as wish:
        box.setFocus()
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert wish.args == [2]
    assert open_window._session.view.stride == 2
