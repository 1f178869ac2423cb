"""The window's own parts: tabs by their keys, docks, dialogs, files, what is remembered."""

from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from app.palette import DARK, LIGHT, active
from app.view import Place
from app.views import VIEWS
from app.window.keys_dialog import KeysDialog
from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.start import make_window
from app.window.theme import apply_theme
from tests.app.parts import part
from tests.app.wiring.user import User

CTRL = Qt.KeyboardModifier.ControlModifier
DOCKS = ("Sample", "Layers", "Unit", "Timeline")
TITLES = tuple(spec.title for spec in VIEWS if spec.place is Place.CENTRE)


def front(user: User) -> str:
    return user.window.tabs.tabText(user.window.tabs.currentIndex())


@pytest.mark.parametrize(("number", "title"), list(enumerate(TITLES, start=1)))
def test_that_each_tab_has_a_key_and_an_entry(user: User, number: int, title: str) -> None:
    user.window.show_view("network" if title != "Network" else "optimizer")
    assert front(user) != title
    user.press(Qt.Key[f"Key_{number}"], CTRL)
    assert front(user) == title
    user.window.show_view("network" if title != "Network" else "optimizer")
    user.trigger(user.menu("View"), title)
    assert front(user) == title


@pytest.mark.parametrize("name", DOCKS)
def test_that_each_dock_can_be_closed_and_brought_back(user: User, name: str) -> None:
    dock = user.window.docks[name.lower()]
    for is_hidden in (True, False):
        user.trigger(user.menu("View"), name)
        assert dock.isHidden() is is_hidden


@pytest.mark.parametrize("name", DOCKS)
def test_that_a_dock_that_was_closed_shows_what_is_current_when_it_comes_back(user: User, name: str) -> None:
    user.trigger(user.menu("View"), name)
    user.session.show_pass(3)
    user.session.choose_sample(3)
    user.session.pin_unit(("fc1", 8))
    user.session.select_layer("fc1")
    if user.window.docks[name.lower()].isHidden():
        user.trigger(user.menu("View"), name)
    shown = {
        "Sample": lambda: user.view("sample").choice_label.text() == "sample 4 of 5",
        "Layers": lambda: user.view("layers").selected == "fc1",
        "Unit": lambda: user.view("unit").title_label.text() == "fc1 · unit 8",
        "Timeline": lambda: user.view("timeline").plots[0].playhead.value() == 9,
    }
    assert shown[name]()


def test_that_a_pinned_unit_brings_its_dock_to_the_front(user: User) -> None:
    assert user.window.pages["unit"].visibleRegion().isEmpty()
    user.session.pin_unit(("fc1", 8))
    user.wait(lambda: not user.window.pages["unit"].visibleRegion().isEmpty())


@pytest.mark.parametrize("is_drawn_as_modules", [False, True])
def test_that_f_fits_the_drawing_that_is_seen(user: User, is_drawn_as_modules: bool) -> None:
    user.session.draw_as_modules(is_drawn_as_modules)
    seen = part(user.window, "modules") if is_drawn_as_modules else part(user.window, "network")
    seen.zoom_by(2.0)
    assert seen.is_zoomed
    user.press(Qt.Key.Key_F)
    assert not seen.is_zoomed


def test_that_quit_closes_the_window(user: User) -> None:
    user.trigger(user.menu("File"), "Quit")
    assert not user.window.isVisible()


def test_that_the_theme_is_switched_by_its_entry_and_shown_by_it(user: User, settings: Settings) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    try:
        assert user.trigger(user.menu("View"), "Light theme").isChecked()
        assert (active(), settings.theme()) == (LIGHT, "light")
        assert not user.trigger(user.menu("View"), "Light theme").isChecked()
        assert (active(), settings.theme()) == (DARK, "dark")
    finally:
        apply_theme(application, "dark")


def test_that_without_anything_opened_before_there_is_nothing_to_choose(window: MainWindow) -> None:
    window.recent_menu.aboutToShow.emit()
    assert [(each.text(), each.isEnabled()) for each in window.recent_menu.actions()] == [("nothing yet", False)]


def test_that_the_keys_are_listed_by_the_help_menu(user: User) -> None:
    user.trigger(user.menu("Help"), "Keys")
    dialog = user.window.findChild(KeysDialog)
    assert dialog is not None
    assert dialog.isVisible()
    dialog.close()


def test_that_an_open_dialog_that_is_dismissed_changes_nothing(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    before = user.session.opened
    user.press(Qt.Key.Key_O, CTRL)
    assert user.session.opened is before


def test_that_what_can_be_saved_is_that_of_the_tab_in_front(user: User) -> None:
    def saved() -> set[str]:
        user.window.save_menu.aboutToShow.emit()
        return {each.text() for each in user.window.save_menu.actions()}

    assert "Optimizer…" not in saved()
    user.window.show_view("optimizer")
    assert "Optimizer…" in saved()
    user.window.show_view("gradients")
    assert "Gradients…" in saved()
    assert "Optimizer…" not in saved()


@pytest.mark.parametrize("how", ["menu", "close"])
def test_that_the_chosen_curves_are_those_of_the_next_window(
    user: User, settings: Settings, qtbot: QtBot, how: str
) -> None:
    timeline = user.view("timeline")
    if how == "menu":
        timeline.curve_menu.aboutToShow.emit()
        next(each for each in timeline.curve_menu.actions() if each.data() == "learning_rate").trigger()
        expected = ["loss", "accuracy", "learning_rate"]
    else:
        user.click(timeline.cards[0].close_button)
        expected = ["accuracy"]
    assert timeline.chosen() == expected
    again, session = make_window(settings, is_synchronous=True)
    qtbot.addWidget(again)
    again.show()
    assert part(again, "timeline").chosen() == expected
    session.close()


def test_that_nothing_is_open_and_each_view_says_so(window: MainWindow, qtbot: QtBot) -> None:
    user = User(window, qtbot)
    assert window.transport.place_label.text() == "no collection"
    assert not window.transport.play_button.isEnabled()
    assert "Open a collection" in part(window, "layers").empty_state.label.text()
    assert "Open a collection" in part(window, "sample").empty_state.label.text()
    for name in ("raster", "dynamics", "optimizer"):
        assert "Open a collection" in user.view(name).empty_state.label.text()
    for name in ("correlations", "features", "projection"):
        assert "Open a collection" in user.view(name).empty_state.label.text()


def test_that_the_network_is_saved_as_it_is_seen(user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    for number, is_drawn_as_modules in enumerate((False, True)):
        path = tmp_path / f"{number}.png"
        user.session.draw_as_modules(is_drawn_as_modules)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, path=path: (str(path), ""))
        user.press(Qt.Key.Key_E, CTRL)
        written.append(path.read_bytes())
    assert written[0] != written[1]
