"""What the transport offers of a run."""

from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication, QLabel, QSlider, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.replay.state import ReplayView
from app.window.main_window import MainWindow
from app.window.theme import apply_theme
from app.window.transport_bar import TransportBar
from tests.app.views.stories.told_run import Told, write_told


@pytest.mark.parametrize(("n_passes", "goes"), [(1, False), (2, True), (3, True)])
def test_that_there_is_something_to_go_through_from_two_passes_on(
    window: MainWindow, tmp_path: Path, n_passes: int, goes: bool
) -> None:
    window.open(write_told(tmp_path / "told.json", Told(n_measurements=n_passes)))
    transport = window.transport
    assert transport.slider.isEnabled() is goes
    assert {each.isEnabled() for each in transport._icons} == {goes}


VIEW = ReplayView(
    pass_number=4, n_passes=10, step=50, pass_step=50, sample=0, is_playing=False, delay_ms=500, is_looping=False
)


@pytest.fixture
def bar(qtbot: QtBot, qapp: QApplication) -> TransportBar:
    """In a window of any width, as the status bar gives it what there is."""
    apply_theme(qapp)
    window = QWidget()
    qtbot.addWidget(window)
    bar = TransportBar(window)
    bar.resize(1300, 44)
    window.show()
    return bar


@pytest.fixture
def heard(bar: TransportBar) -> list[tuple[str, object]]:
    """What is asked for, by its signal's name."""
    said: list[tuple[str, object]] = []
    for name in ("first", "back", "play_toggle", "stop", "forward", "last"):
        getattr(bar, f"{name}_requested").connect(lambda name=name: said.append((name, None)))
    for name in ("pass", "loop", "delay", "stride"):
        getattr(bar, f"{name}_requested").connect(lambda value, name=name: said.append((name, value)))
    return said


def test_that_to_show_a_place_asks_for_nothing(bar: TransportBar, heard: list[tuple[str, object]]) -> None:
    bar.show_view(replace(VIEW, is_looping=True, is_playing=True, n_passes=3000, stride=5), 1)
    assert heard == []
    shown = (bar.slider.value(), bar.slider.maximum(), bar.delay_slider.value(), bar.loop_button.isChecked())
    assert shown == (4, 2999, 5, True)
    assert bar.stride_box.choice == 5


def test_that_each_button_and_each_slider_asks_for_what_it_is_for(
    bar: TransportBar, heard: list[tuple[str, object]], qtbot: QtBot
) -> None:
    bar.show_view(VIEW, 1)
    for button in bar._icons:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    names = [name for name, _ in heard]
    assert names == ["first", "back", "play_toggle", "stop", "forward", "last", "loop"]
    heard.clear()
    for slider, key in ((bar.slider, Qt.Key.Key_Right), (bar.delay_slider, Qt.Key.Key_Right)):
        qtbot.keyClick(slider, key)
    assert heard == [("pass", 5), ("delay", 600)]
    heard.clear()
    bar.show_view(replace(VIEW, n_passes=3000), 1)
    qtbot.keyClick(bar.stride_box, Qt.Key.Key_Down)
    assert heard == [("stride", 2)]
    bar.show_view(VIEW, 1)
    heard.clear()
    for key in (Qt.Key.Key_Home, Qt.Key.Key_End):
        qtbot.keyClick(bar.delay_slider, key)
        qtbot.keyClick(bar.slider, key)
    assert heard == [("delay", 200), ("pass", 0), ("delay", 2000), ("pass", 9)]


@pytest.mark.parametrize(
    ("view", "epoch", "words"),
    [
        (VIEW, 0, "pass 5 of 10 · step 50 · epoch 0"),
        (replace(VIEW, step=57), 2, "pass 5 of 10 (step 50) · step 57 · epoch 2"),
        (
            replace(VIEW, n_passes=20_000, pass_number=12_344, step=61_720, pass_step=61_720),
            1_200,
            "pass 12,345 of 20,000 · step 61,720 · epoch 1,200",
        ),
    ],
)
def test_that_the_place_is_told(bar: TransportBar, view: ReplayView, epoch: int, words: str) -> None:
    bar.show_view(view, epoch)
    assert bar.place_label.text() == words
    assert bar.delay_label.text() == "500 ms"
    bar.show_view(replace(view, delay_ms=2000), epoch)
    assert bar.delay_label.text() == "2,000 ms"


LONG = "a spike of the loss at step 50 and all the steps before it, as far as they were still held"


def test_that_why_a_pass_was_kept_is_told_as_long_as_it_is_shown(bar: TransportBar) -> None:
    found = []
    bar.resize(1500, 44)
    for why in ("", "a spike", LONG, ""):
        bar.show_view(VIEW, 1, why)
        QApplication.processEvents()
        found.append(bar.kept_label.shown_text() if bar.kept_label.isVisible() else "")
    assert (found[0], found[1], found[3]) == ("", "kept by the black box: a spike", "")
    assert found[2].startswith("kept by the black box: a spike of the loss")
    assert found[2].endswith("…")
    assert bar.kept_label.maximumWidth() == 336
    bar.show_view(VIEW, 1, LONG)
    bar.resize(940, 44)
    QApplication.processEvents()
    assert bar.kept_label.shown_text().startswith("kept by the black box: ")
    assert not bar.delay_slider.isVisible(), "there is no room for both"


@pytest.mark.parametrize("width", [940, 1000, 1100, 1300])
@pytest.mark.parametrize("why", ["", LONG])
@pytest.mark.parametrize("n_passes", [10, 20_000])
def test_that_nothing_of_it_is_cut(bar: TransportBar, width: int, why: str, n_passes: int) -> None:
    bar.resize(width, 44)
    for step in (50, 57):
        bar.show_view(replace(VIEW, n_passes=n_passes, step=step, pass_step=50), 1, why)
        QApplication.processEvents()
        parts = [*bar.findChildren(QLabel), *bar.findChildren(QSlider), *bar.findChildren(QToolButton)]
        assert [each for each in parts if each.isVisible() and each.width() < each.minimumSizeHint().width()] == []
        assert bar.slider.width() >= 80
        assert bar.kept_label.isVisible() is bool(why)


@pytest.mark.parametrize(("width", "is_wide"), [(939, False), (940, True)])
def test_that_a_narrow_bar_keeps_the_buttons_the_slider_and_the_place(
    bar: TransportBar, width: int, is_wide: bool
) -> None:
    for why in ("a spike", ""):
        bar.show_view(VIEW, 1, why)
        bar.resize(width, 44)
        assert (bar.kept_label.isVisible(), bar.place_label.minimumWidth() > 0) == (is_wide and bool(why), is_wide)
        assert all(each.isVisible() for each in (*bar._icons, bar.slider, bar.place_label))
    assert bar.delay_slider.isVisible() is is_wide


def test_that_it_needs_no_more_than_the_least_window_has(bar: TransportBar) -> None:
    bar.show_view(replace(VIEW, n_passes=20_000, step=57), 1, "a spike")
    assert bar.minimumSizeHint().width() == 600
    assert 20 <= bar.minimumSizeHint().height() <= 60


def test_that_the_slider_keeps_its_place_whatever_is_told_of_the_place(bar: TransportBar) -> None:
    places = []
    for view in (VIEW, replace(VIEW, step=57), replace(VIEW, pass_number=0, step=0, pass_step=0), VIEW):
        bar.show_view(view, 1)
        QApplication.processEvents()
        places.append(bar.slider.geometry())
    assert len({(each.left(), each.right()) for each in places}) == 1
    wide = bar.place_label.minimumWidth()
    assert wide >= bar.place_label.fontMetrics().horizontalAdvance("pass 5 of 10 (step 50) · step 57 · epoch 1")
    bar.show_nothing()
    bar.show_view(replace(VIEW, n_passes=2, pass_number=0, step=0, pass_step=0), 1)
    assert bar.place_label.minimumWidth() < wide, "of another run"


@pytest.mark.parametrize(("n_passes", "is_offered"), [(300, False), (301, True)])
def test_that_strides_are_offered_where_a_run_takes_more_than_a_minute(
    bar: TransportBar, n_passes: int, is_offered: bool
) -> None:
    bar.show_view(replace(VIEW, n_passes=n_passes), 1)
    assert bar.stride_box.isVisible() is is_offered


def picture(button: QToolButton) -> QImage:
    return button.icon().pixmap(20, 20).toImage()


def test_that_the_play_button_looks_like_what_it_does_in_either_theme(bar: TransportBar, qapp: QApplication) -> None:
    bar.show_view(VIEW, 1)
    looks = [[picture(each) for each in bar._icons]]
    bar.show_view(replace(VIEW, is_playing=True), 1)
    looks.append([picture(each) for each in bar._icons])
    tips = [bar.play_button.toolTip()]
    apply_theme(qapp, "light")
    QApplication.processEvents()
    looks.append([picture(each) for each in bar._icons])
    apply_theme(qapp)
    QApplication.processEvents()
    bar.show_view(VIEW, 1)
    looks.append([picture(each) for each in bar._icons])
    assert [number for number in range(7) if looks[0][number] != looks[1][number]] == [2]
    assert not any(one == other for one, other in zip(looks[1], looks[2], strict=True))
    assert looks[3] == looks[0]
    assert [*tips, bar.play_button.toolTip()] == ["Pause (Space)", "Play (Space)"]


def test_that_where_nothing_is_open_nothing_can_be_moved(bar: TransportBar) -> None:
    bar.show_view(VIEW, 1, "a spike")
    bar.show_nothing()
    assert not any(each.isEnabled() for each in (*bar._icons, bar.slider, bar.delay_slider))
    assert (bar.place_label.text(), bar.kept_label.isVisible()) == ("no collection", False)
    bar.resize(1200, 44)
    assert not bar.kept_label.isVisible()
    bar.show_view(VIEW, 1)
    assert all(each.isEnabled() for each in (*bar._icons, bar.slider, bar.delay_slider))


def test_that_a_run_that_is_played_when_it_is_first_seen_can_be_paused(bar: TransportBar) -> None:
    plays = picture(bar.play_button)
    bar.show_view(replace(VIEW, is_playing=True), 1)
    assert picture(bar.play_button) != plays
    bar.show_view(VIEW, 1)
    assert picture(bar.play_button) == plays
