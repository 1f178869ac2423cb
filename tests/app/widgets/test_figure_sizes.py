"""The size at which all of a widget is painted, and that it is as it was afterwards."""

import pytest
from PyQt6.QtCore import QSize
from PyQt6.QtWidgets import (
    QLabel,
    QListWidget,
    QScrollArea,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.widgets.figure import full_size
from app.window.theme import apply_theme
from tests.app.widgets.pictured import shown, texts_of


@pytest.fixture(autouse=True)
def dark_theme(qapp) -> None:
    apply_theme(qapp, "dark")


@pytest.mark.parametrize("kind", [QListWidget, QTextEdit])
def test_that_of_what_scrolls_all_is_painted_and_it_is_as_it_was_afterwards(qtbot: QtBot, kind: type) -> None:
    view = kind()
    qtbot.addWidget(view)
    lines = [f"line {number}" for number in range(40)]
    view.addItems(lines) if kind is QListWidget else view.setPlainText("\n".join(lines))
    view.resize(200, 100)
    if isinstance(view, QListWidget):
        view.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
    view.show()
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    before = bar.value(), view.size()
    assert before[0] > 0
    assert full_size(view) == QSize(200, 100 + bar.maximum())
    assert set(lines) <= set(texts_of(view))
    assert (bar.value(), view.size()) == before


def test_that_a_part_in_a_scroll_area_is_as_large_as_its_content_where_it_is_seen(qtbot: QtBot) -> None:
    area, content = QScrollArea(), QWidget()
    content.resize(700, 900)
    area.setWidget(content)
    whole = shown(area)
    qtbot.addWidget(whole)
    whole.resize(300, 200)
    whole.show()
    qtbot.waitExposed(whole)
    across, down = area.horizontalScrollBar().maximum(), area.verticalScrollBar().maximum()
    assert across > 300 and down > 600
    assert full_size(whole) == QSize(300 + across, 200 + down)
    area.hide()
    assert full_size(whole) == QSize(300, 200)


def test_that_nothing_is_painted_smaller_than_it_can_be(qtbot: QtBot) -> None:
    words = QLabel("some words that need room")
    whole = shown(words)
    qtbot.addWidget(whole)
    whole.show()
    least = whole.minimumSizeHint()
    whole.setMinimumSize(1, 1)
    whole.resize(5, 5)
    assert full_size(whole) == least.expandedTo(whole.size())
