"""The start page, through its real cards and buttons."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication, QImage
from PyQt6.QtWidgets import QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.window.demos import DEFAULT, DEMOS
from app.window.main_window import MainWindow
from app.window.own_script import IN_A_CLONE, SCRIPTS, OwnScript
from app.window.settings import Settings
from app.window.start import make_window
from app.window.theme import apply_theme
from app.window.thumbnails import Thumbnails, picture_path
from app.window.train_dialog import TrainDialog, TrainingChoices, TrainingRequest
from app.window.training import Training

PATIENCE_MS = 30_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def choices(tmp_path: Path) -> TrainingChoices:
    return TrainingChoices(
        program=tmp_path / "main.py",
        models_of={"mnist": ["cnn", "mlp"], "digits": ["mlp"]},
        path_of=lambda dataset, model: tmp_path / f"{dataset}_{model}.json",
        needs_folder=frozenset(),
        optimizers=["adamw"],
    )


@pytest.fixture
def painter() -> None:
    """Asked for by the test that pictures are painted for; all others do without the process."""


@pytest.fixture
def started(
    qtbot: QtBot,
    qapp,
    settings: Settings,
    choices: TrainingChoices,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MainWindow]:
    """The window as it starts with nothing else to do."""
    if "painter" not in request.fixturenames:
        monkeypatch.setattr(Thumbnails, "_start", lambda *_: None)
    apply_theme(qapp)
    window, _ = make_window(settings, choices, cache=tmp_path / "cache", is_synchronous=True)
    qtbot.addWidget(window)
    window.show_start_page()
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[TrainingRequest]:
    """What was to be trained; nothing is."""
    asked: list[TrainingRequest] = []
    monkeypatch.setattr(Training, "start", lambda _, request: asked.append(request))
    return asked


def click(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.mouseClick(widget, LEFT)


def is_alone(window: MainWindow) -> bool:
    """Whether the page is all that is seen of the window."""
    around = (*window.docks.values(), window.transport, window.tabs)
    return window.beginning.page.isVisible() and not any(each.isVisible() for each in around)


def test_that_the_start_page_stands_alone_and_says_what_will_be_kept_there(started: MainWindow) -> None:
    page = started.beginning.page
    assert is_alone(started)
    assert page.nothing_label.isVisible()
    assert not page.back_button.isVisible()
    assert [card.title for card in page.demo_grid.cards] == [demo.title for demo in DEMOS]


def test_that_headings_text_and_cards_begin_at_one_place_and_lines_are_as_far_apart_on_both_sides(
    started: MainWindow,
) -> None:
    page = started.beginning.page
    labels = {each.text(): each for each in page.findChildren(QLabel)}
    assert {labels[text].indent() for text in ("Strobe", "Recent", "Train", page.nothing_label.text())} == {0}

    def below(heading: str, text: str) -> int:
        return labels[text].geometry().top() - labels[heading].geometry().bottom()

    assert below("Recent", page.nothing_label.text()) == below("Train", page.train_label.text())


def test_that_a_recent_file_is_opened_by_its_card_and_the_docks_come_back(
    started: MainWindow, qtbot: QtBot, settings: Settings, collection_path: Path
) -> None:
    settings.add_recent_file(collection_path)
    started.show_start_page()
    (card,) = started.beginning.page.recent_grid.cards
    assert card.title == "small.json"
    click(qtbot, card)
    assert started.windowTitle() == "small.json — Strobe"
    assert not started.beginning.page.isVisible()
    assert all(started.docks[name].isVisible() for name in ("sample", "layers", "timeline"))
    assert started.transport.isVisible()


def test_that_a_card_is_reached_and_opened_by_keys(
    started: MainWindow, qtbot: QtBot, settings: Settings, collection_path: Path
) -> None:
    settings.add_recent_file(collection_path)
    started.show_start_page()
    (card,) = started.beginning.page.recent_grid.cards
    started.beginning.page.own_script.copy_button.setFocus()
    for _ in range(40):
        if card.hasFocus():
            break
        qtbot.keyClick(QGuiApplication.focusWindow(), Qt.Key.Key_Tab)
    assert card.hasFocus()
    qtbot.keyClick(card, Qt.Key.Key_Space)
    assert started.windowTitle() == "small.json — Strobe"


def test_that_pictures_are_painted_beside_the_window_and_kept(
    painter: None, started: MainWindow, qtbot: QtBot, settings: Settings, collection_path: Path, tmp_path: Path
) -> None:
    spoilt = tmp_path / "spoilt.json"
    spoilt.write_text("{")
    for path in (collection_path, spoilt):
        settings.add_recent_file(path)
    started.show_start_page()
    page, thumbnails = started.beginning.page, started.beginning.thumbnails
    assert {card.absence for card in (*page.recent_grid.cards, *page.demo_grid.cards)} == {
        "Its picture is being painted."
    }
    qtbot.waitUntil(lambda: not thumbnails.is_painting, timeout=PATIENCE_MS)
    unreadable, card = page.recent_grid.cards
    assert unreadable.picture is None
    assert unreadable.absence == "no picture"
    assert card.picture is not None
    assert "12 steps" in card.line
    assert all(each.picture is not None for each in page.demo_grid.cards)
    spoilt.unlink()
    started.show_start_page()
    assert not thumbnails.is_painting
    assert [each.picture is not None for each in page.recent_grid.cards] == [True]


PAINTER = """#!{python}
import json, shutil, sys, time
shutil.copy({picture!r}, {target!r})
print(json.dumps({collection!r}), flush=True)
time.sleep(600)
"""
"""Paints one picture, and is at the next one for ever."""


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
def test_that_each_picture_is_shown_while_others_are_still_painted(
    painter: None,
    qtbot: QtBot,
    collection_path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture, program = tmp_path / "painted.png", tmp_path / "painter"
    QImage(4, 4, QImage.Format.Format_RGB32).save(str(picture))
    target = str(picture_path(tmp_path, collection_path, "dark"))
    program.write_text(
        PAINTER.format(python=sys.executable, picture=str(picture), target=target, collection=str(collection_path))
    )
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    thumbnails = Thumbnails(tmp_path)
    with qtbot.waitSignal(thumbnails.painted, timeout=PATIENCE_MS) as painted:
        thumbnails.ask([collection_path], "dark")
    assert painted.args is not None
    assert painted.args[0] == collection_path
    assert thumbnails.is_painting
    thumbnails.stop()
    assert not thumbnails.is_painting


def test_that_a_collection_that_has_changed_has_another_picture(collection_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    shutil.copy(collection_path, path)
    before = picture_path(tmp_path, path, "dark")
    assert before != picture_path(tmp_path, path, "light")
    with path.open("a") as file:
        file.write("\n")
    assert picture_path(tmp_path, path, "dark") != before


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.name)
def test_that_a_demo_opens_with_the_finding_that_it_is_about(started: MainWindow, qtbot: QtBot, demo) -> None:
    click(qtbot, started.beginning.page.demo_grid.cards[DEMOS.index(demo)])
    session = started._session
    assert session.view is not None
    chosen = session.view.finding
    assert (chosen.rule if chosen else "") == demo.rule
    report = session.findings.report
    assert report is not None
    assert bool(report.at_least("warning")) == bool(demo.rule)
    assert started._settings.recent_files() == [], "a demo is no file of the user's"


def test_that_the_demo_of_the_command_has_its_dead_layer_selected(started: MainWindow) -> None:
    started.open_demo(DEFAULT)
    view = started._session.view
    assert view is not None
    assert view.layer == "conv2"
    assert started.docks["findings"].isVisible()


def test_that_the_demos_are_small_together() -> None:
    assert sum(demo.path.stat().st_size for demo in DEMOS) <= 2_000_000


def test_that_the_default_is_trained_by_its_button(
    started: MainWindow, qtbot: QtBot, requests: list[TrainingRequest], tmp_path: Path
) -> None:
    click(qtbot, started.beginning.page.train_button)
    assert requests == [TrainingRequest(("--dataset", "mnist", "--model", "cnn"), tmp_path / "mnist_cnn.json")]
    assert not started.beginning.page.isVisible()
    assert started.docks["timeline"].isVisible()


def test_that_an_installation_that_cannot_train_says_so_with_the_way_out(
    qtbot: QtBot, settings: Settings, choices: TrainingChoices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Thumbnails, "_start", lambda *_: None)
    choices = replace(choices, lacks="torch is needed: pipx install --force '.[train]'")
    window, _ = make_window(settings, choices, cache=tmp_path / "cache", is_synchronous=True)
    qtbot.addWidget(window)
    window.show_start_page()
    page = window.beginning.page
    assert page.train_label.text() == "torch is needed: pipx install --force '.[train]'"
    assert not page.train_button.isEnabled()
    assert not page.choose_button.isEnabled()


def test_that_the_dialog_of_such_an_installation_says_so_too(qtbot: QtBot, choices: TrainingChoices) -> None:
    dialog = TrainDialog(replace(choices, lacks="torch is needed: pipx install --force '.[train]'"))
    qtbot.addWidget(dialog)
    assert dialog.hint_label.text() == "torch is needed: pipx install --force '.[train]'"
    assert not dialog.train_button.isEnabled()


def test_that_the_way_to_install_the_collector_is_told_in_a_clone_and_outside_of_one(qtbot: QtBot) -> None:
    for source, told in ((Path("/home/you/strobe/collector"), "/home/you/strobe/collector"), (None, IN_A_CLONE)):
        own = OwnScript(source)
        qtbot.addWidget(own)
        assert [each.text() for each in own.findChildren(QLabel) if "pip install" in each.text()] == [
            f"Once, where you train: pip install {told}"
        ]


def test_that_something_else_is_asked_for_by_the_other(started: MainWindow, qtbot: QtBot) -> None:
    click(qtbot, started.beginning.page.choose_button)
    dialog = started.findChild(TrainDialog)
    assert dialog is not None
    dialog.reject()


def test_that_a_file_is_asked_for_and_what_is_wrong_with_it_is_said_on_the_page(
    started: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt = tmp_path / "spoilt.json"
    spoilt.write_text("{")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(spoilt), ""))
    click(qtbot, started.beginning.page.open_button)
    assert is_alone(started)
    assert "spoilt.json" in started.run_bar.problem_label.text()
    assert started.run_bar.problem_label.isVisible()


def test_that_the_page_can_be_seen_again_and_left_for_what_is_open(
    started: MainWindow, qtbot: QtBot, collection_path: Path
) -> None:
    started.open(collection_path)
    started.docks["sample"].hide()
    started.show_start_page()
    assert is_alone(started)
    back = started.beginning.page.back_button
    assert back.text() == "Back to small.json"
    click(qtbot, back)
    assert started.tabs.isVisible()
    assert started.run_bar.isVisible()
    assert started.docks["timeline"].isVisible()
    assert not started.docks["sample"].isVisible(), "one that was closed stays closed"


def test_that_the_layout_before_the_page_is_the_one_that_is_remembered(
    started: MainWindow, settings: Settings, qtbot: QtBot, collection_path: Path
) -> None:
    started.open(collection_path)
    started.show_start_page()
    started.close()
    window, _ = make_window(settings, is_synchronous=True)
    qtbot.addWidget(window)
    window.show()
    assert all(window.docks[name].isVisible() for name in ("sample", "layers", "timeline"))
    window.close()


def test_that_the_lines_for_pytorch_are_shown_first(started: MainWindow) -> None:
    own = started.beginning.page.own_script
    assert own.code.text() == SCRIPTS["PyTorch"].rstrip()
    assert [text for text, button in own.choice.buttons.items() if button.isChecked()] == ["PyTorch"]
    assert [button.toolTip() for button in own.choice.buttons.values()] == ["With PyTorch", "With Keras"]


@pytest.mark.parametrize(
    ("framework", "words"),
    [("PyTorch", ("Collector(model, optimizer", "collector.log(loss=loss)")), ("Keras", ("KerasCollector(", "fit("))],
)
def test_that_the_lines_to_record_ones_own_are_copied(
    started: MainWindow, qtbot: QtBot, framework: str, words: tuple[str, ...]
) -> None:
    own = started.beginning.page.own_script
    click(qtbot, own.choice.buttons[framework])
    click(qtbot, own.copy_button)
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert all(word in clipboard.text() for word in words)
    compile(clipboard.text(), "copied", "exec")
    assert own.copy_button.text() == "Copied"
