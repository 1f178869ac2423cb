"""The cards of the start page alone: which there are, what stands on them, and when pictures are asked for."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.window.demos import DEMOS
from app.window.start_page import StartPage
from app.window.theme import apply_theme
from app.window.thumbnails import TOLD, Thumbnails
from collector.storage.paths import RemotePath

TO_COME = "Its picture is being painted."
DEMO_PATHS = [each.path for each in DEMOS]


class Asked(Thumbnails):
    """Notes what is asked for."""

    def __init__(self) -> None:
        super().__init__(Path("pictures"))
        self.asked: list[tuple[list[Path], str]] = []

    def ask(self, collections: Sequence[Path], theme: str) -> None:
        self.asked.append((list(collections), theme))


@pytest.fixture
def thumbnails() -> Asked:
    return Asked()


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication, thumbnails: Asked) -> Iterator[StartPage]:
    apply_theme(qapp)
    page = StartPage(thumbnails, can_train=True)
    qtbot.addWidget(page)
    yield page
    apply_theme(qapp)


def picture(words: str = "") -> QImage:
    made = QImage(4, 4, QImage.Format.Format_RGB32)
    made.fill(QColor("red"))
    made.setText(TOLD, words)
    return made


def test_that_six_recent_files_have_cards_in_their_order(page: StartPage, thumbnails: Asked) -> None:
    paths = [Path("runs") / f"{number}.json" for number in range(8)]
    page.show_recent(paths)
    cards = page.recent_grid.cards
    assert [(card.title, card.line, card.toolTip()) for card in cards] == [
        (path.name, "runs", str(path)) for path in paths[:6]
    ]
    assert thumbnails.asked == [([*DEMO_PATHS, *paths[:6]], "dark")]
    assert page.nothing_label.isHidden()
    page.show_recent([])
    assert (page.recent_grid.cards, page.nothing_label.isHidden()) == ([], False)
    assert thumbnails.asked[1:] == [(DEMO_PATHS, "dark")]


def test_that_what_lies_elsewhere_has_no_picture_and_shows_no_secret(page: StartPage, thumbnails: Asked) -> None:
    there, here = RemotePath("https://me:secret@example.org/runs/there.json"), Path("here.json")
    page.show_recent([there, here])
    first, second = page.recent_grid.cards
    assert (first.title, first.line) == ("there.json", "https://me@example.org/runs")
    assert first.toolTip() == "https://me@example.org/runs/there.json"
    assert (first.absence, second.absence) == ("no picture", TO_COME)
    assert thumbnails.asked == [([*DEMO_PATHS, here], "dark")]
    thumbnails.ended.emit()
    assert {card.absence for card in (*page.recent_grid.cards, *page.demo_grid.cards)} == {"no picture"}


def test_that_a_picture_comes_to_every_card_of_its_run_and_to_no_other(page: StartPage, thumbnails: Asked) -> None:
    page.show_recent([Path("a.json"), DEMO_PATHS[0], Path("b.json")])
    thumbnails.painted.emit(Path("b.json"), picture("12 steps"))
    thumbnails.painted.emit(DEMO_PATHS[0], picture("180 steps"))
    thumbnails.painted.emit(Path("gone.json"), picture())
    recent, demos = page.recent_grid.cards, page.demo_grid.cards
    assert [card.picture is not None for card in recent] == [False, True, True]
    assert [card.picture is not None for card in demos] == [True, False, False]
    assert [card.line for card in recent[1:]] == ["180 steps", "12 steps"]
    assert [card.line for card in demos] == [each.told for each in DEMOS], "what happens in it stays"


def test_that_pictures_are_asked_for_anew_in_another_theme_and_only_then(
    page: StartPage, thumbnails: Asked, qapp: QApplication
) -> None:
    apply_theme(qapp, "light")
    QApplication.sendEvent(page, QEvent(QEvent.Type.PaletteChange))
    assert thumbnails.asked == [], "nobody has seen the page yet"
    page.show_recent([])
    for _ in range(2):
        QApplication.sendEvent(page, QEvent(QEvent.Type.PaletteChange))
    assert [theme for _, theme in thumbnails.asked] == ["light"]
    apply_theme(qapp, "dark")
    for kind in (QEvent.Type.FontChange, QEvent.Type.PaletteChange, QEvent.Type.PaletteChange):
        QApplication.sendEvent(page, QEvent(kind))
    assert [theme for _, theme in thumbnails.asked] == ["light", "dark"]


@pytest.mark.parametrize(
    ("open_now", "words"),
    [
        (None, None),
        (Path("runs/a & b.json"), "Back to a && b.json"),
        (RemotePath("https://e.org/c.json"), "Back to c.json"),
    ],
)
def test_that_there_is_a_way_back_to_what_is_open(page: StartPage, open_now: Any, words: str | None) -> None:
    page.show_recent([], Path("before.json"))
    page.show_recent([], open_now)
    assert page.back_button.isHidden() is (words is None)
    assert words is None or page.back_button.text() == words


def test_that_each_card_and_each_button_asks_for_what_it_says(page: StartPage, qtbot: QtBot) -> None:
    heard: list[tuple[Any, ...]] = []
    for name in (
        "file_chosen",
        "demo_chosen",
        "train_requested",
        "choose_requested",
        "open_requested",
        "back_requested",
    ):
        getattr(page, name).connect(lambda *what, name=name: heard.append((name, *what)))
    paths = [Path("a.json"), Path("b.json")]
    page.show_recent(paths, paths[0])
    for each in (
        *page.recent_grid.cards,
        *page.demo_grid.cards,
        *(page.train_button, page.choose_button, page.open_button, page.back_button),
    ):
        qtbot.mouseClick(each, Qt.MouseButton.LeftButton)
    assert heard == [
        *(("file_chosen", path) for path in paths),
        *(("demo_chosen", demo) for demo in DEMOS),
        *(("train_requested",), ("choose_requested",), ("open_requested",), ("back_requested",)),
    ]


@pytest.mark.parametrize("can_train", [True, False])
def test_that_what_cannot_be_trained_cannot_be_asked_for(qtbot: QtBot, can_train: bool) -> None:
    page = StartPage(Asked(), can_train=can_train, lacks="" if can_train else "torch is needed")
    qtbot.addWidget(page)
    assert (page.train_button.isEnabled(), page.choose_button.isEnabled()) == (can_train, can_train)
    assert page.open_button.isEnabled()
    assert page.train_label.text() == (
        "A small CNN learns MNIST for one epoch, and you watch it: a minute or two." if can_train else "torch is needed"
    )


def test_that_a_wide_window_has_the_page_in_its_middle(page: StartPage) -> None:
    for width, whole_px in ((1000, 0), (1900, 1300)):
        page.resize(width, 600)
        page.show()
        QApplication.processEvents()
        whole, viewport = page.widget(), page.viewport()
        assert whole is not None and viewport is not None
        room = viewport.width()
        assert whole.width() == (whole_px or room)
        assert abs(whole.x() - (room - whole.width()) // 2) <= 1
