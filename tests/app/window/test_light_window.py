"""What the window itself does with its views, each of which is a label here: places, sizes, what comes forward."""

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.session import Session
from app.window.main_window import FRAME, MainWindow
from app.window.settings import Settings
from collector.findings import Finding
from tests.app.made_up_findings import LARGE, SPIKE, report
from tests.app.window.light import SPECS, Chosen


def view_of(window: MainWindow, name: str) -> Chosen:
    view = window.view(name)
    assert isinstance(view, Chosen)
    return view


def front_at_right(window: MainWindow) -> str:
    """The dock that is seen of those at the right, once they are laid out."""
    QApplication.processEvents()
    (name,) = {page.spec.name for page in window.pages.visible} & {"layers", "findings", "stories"}
    return name


def test_that_the_findings_come_forward_with_the_first_that_harms_once_in_a_run(
    light: MainWindow, found: list[Finding], collection_path: Path, tmp_path: Path
) -> None:
    found.append(SPIKE)
    light.open(collection_path)
    fronts = [front_at_right(light)]
    light._session.findings.ready.emit(report(SPIKE, LARGE))
    fronts.append(front_at_right(light))
    light.show_view("layers")
    light._session.findings.ready.emit(report(SPIKE, LARGE))
    fronts.append(front_at_right(light))
    assert fronts == ["layers", "findings", "layers"]
    assert light.docks["findings"].windowTitle() == "Findings (1)"
    light.open(shutil.copy(collection_path, tmp_path / "other.json"))
    assert light.docks["findings"].windowTitle() == "Findings", "nothing is wrong with this one"
    light._session.findings.ready.emit(report(LARGE))
    assert front_at_right(light) == "findings", "it is another run"


def test_that_the_sides_of_what_is_compared_bring_the_findings_forward_once(
    light: MainWindow, collection_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    light.open(collection_path)
    light._session.findings.ready.emit(report(LARGE))
    light.show_view("layers")
    monkeypatch.setattr(Session, "comparing", property(lambda _: SimpleNamespace(held=3)))
    light._on_collection_opened(light._session.opened)  # type: ignore[arg-type]
    light._session.findings.ready.emit(report(LARGE))
    assert front_at_right(light) == "layers"
    monkeypatch.undo()


def test_that_findings_that_were_closed_stay_closed(light: MainWindow, collection_path: Path) -> None:
    light.open(collection_path)
    light.docks["findings"].close()
    light._session.findings.ready.emit(report(LARGE))
    assert light.docks["findings"].isHidden()


def test_that_who_asks_why_is_shown_the_findings(light: MainWindow, collection_path: Path) -> None:
    light.open(collection_path)
    light.docks["findings"].close()
    light._session.ask_why(3)
    assert front_at_right(light) == "findings"


def test_that_a_view_comes_forward_when_it_says_so_unless_it_was_closed(
    light: MainWindow, collection_path: Path
) -> None:
    light.open(collection_path)
    fronts = []
    for step in (3, 6):
        light._session.show_step(step)
        fronts.append(front_at_right(light))
    light.show_view("layers")
    light._session.select_layer("fc1")
    assert [*fronts, front_at_right(light)] == ["layers", "stories", "layers"]
    light.docks["stories"].close()
    light._session.show_step(3)
    light._session.show_step(6)
    assert light.docks["stories"].isHidden()


def test_that_a_tab_that_is_wished_comes_to_the_front_once(light: MainWindow, collection_path: Path) -> None:
    light.open(collection_path)
    light._session.go_to(tab="features")
    assert light.tabs.current.spec.name == "features"
    light.tabs.setCurrentWidget(light.pages["network"])
    light._session.show_pass(2)
    assert light.tabs.current.spec.name == "network"
    assert light._session.view is not None
    assert light._session.view.tab == "network", "a click on a tab is a wish too"
    light._session.go_to(tab="timeline")
    light.docks["timeline"].close()
    light._session.show_pass(3)
    assert light.docks["timeline"].isHidden(), "it was brought there already"


def test_that_what_was_chosen_in_a_view_comes_back_and_is_kept(
    qtbot: QtBot, qapp: QApplication, settings: Settings
) -> None:
    settings.keep_choice("network", ["one", "two"])
    window = MainWindow(Session(Jobs(is_synchronous=True)), settings, SPECS)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    assert (view_of(window, "network").said, view_of(window, "sample").said) == ([["one", "two"]], [])
    view_of(window, "network").choice_changed.emit(["three"])
    view_of(window, "sample").choice_changed.emit(["four"])
    assert [settings.choice(name) for name in ("network", "sample", "layers")] == [["three"], ["four"], []]
    window.close()


def test_that_the_tab_in_front_is_fitted_and_no_other(light: MainWindow, qtbot: QtBot) -> None:
    light.show_view("features")
    qtbot.keyClick(light, Qt.Key.Key_F)
    assert (view_of(light, "features").said, view_of(light, "network").said) == (["fit"], [])


@pytest.mark.parametrize(("screen", "least"), [(QSize(1600, 1000), (960, 600)), (QSize(800, 500), (788, 456))])
def test_that_a_window_may_be_made_as_small_as_is_good_to_read_and_fits_every_screen(
    qtbot: QtBot, settings: Settings, monkeypatch: pytest.MonkeyPatch, screen: QSize, least: tuple[int, int]
) -> None:
    monkeypatch.setattr(MainWindow, "room", lambda _: screen)
    window = MainWindow(Session(Jobs(is_synchronous=True)), settings, SPECS)
    qtbot.addWidget(window)
    assert (window.minimumWidth(), window.minimumHeight()) == least
    assert (window.width(), window.height()) == (
        min(screen.width() - FRAME.width(), 1440),
        min(screen.height() - FRAME.height(), 900),
    )
    window.close()


def test_that_the_room_is_what_the_screen_has_where_there_is_one(
    light: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = light.room()
    monkeypatch.setattr(QApplication, "platformName", staticmethod(lambda: "xcb"))
    screen = light.screen()
    assert screen is not None
    assert light.room() == screen.availableGeometry().size()
    monkeypatch.setattr(MainWindow, "screen", lambda _: None)
    assert light.room() == without == QSize(1440, 900) + FRAME


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_that_the_menu_knows_the_theme_that_was_chosen(qtbot: QtBot, settings: Settings, theme: str) -> None:
    settings.keep_theme(theme)
    window = MainWindow(Session(Jobs(is_synchronous=True)), settings, SPECS)
    qtbot.addWidget(window)
    assert (window.theme_action.isCheckable(), window.theme_action.isChecked()) == (True, theme == "light")
    window.close()


def test_that_each_tab_has_a_key_as_far_as_there_are_digits(qtbot: QtBot, settings: Settings) -> None:
    tabs = tuple(replace(SPECS[0], name=f"tab{number}", title=f"Tab {number}") for number in range(1, 12))
    window = MainWindow(Session(Jobs(is_synchronous=True)), settings, tabs)
    qtbot.addWidget(window)
    keys = {
        each.text(): each.shortcut().toString()
        for each in window.findChildren(type(window.train_action))
        if each.text().startswith("Tab ")
    }
    assert keys == {f"Tab {number}": f"Ctrl+{number}" if number < 10 else "" for number in range(1, 12)}
    window.close()


def test_that_the_view_in_front_is_told_of_what_a_run_has_more_of(
    light: MainWindow, collection_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    light.open(collection_path)
    told: list[object] = []
    monkeypatch.setattr(light.view("network"), "show_collection", told.append)
    light._session.collection_grown.emit(light._session.opened)
    assert told == [light._session.opened]


def test_that_where_no_view_has_an_order_a_sample_further_on_is_the_probe_s(
    light: MainWindow, collection_path: Path
) -> None:
    light.pages.step_sample(1)
    light.open(collection_path)
    found = []
    for n_places in (2, -1, 1):
        light.pages.step_sample(n_places)
        assert light._session.view is not None
        found.append(light._session.view.sample)
    assert found == [2, 1, 2]


def test_that_at_first_no_bar_is_seen_above_the_tabs(light: MainWindow) -> None:
    bars = (light.run_bar, light.remote_bar, light.comparing_bar, light.training_bar)
    assert [each.isVisible() for each in bars] == [False] * 4
    assert light.tabs.isVisible()
