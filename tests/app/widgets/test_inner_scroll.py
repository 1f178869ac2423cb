"""Of a view that is scrolled, no part is scrolled by itself."""

import pytest
from PyQt6.QtWidgets import QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.widgets.inner_scroll import InnerScrollArea

ABOVE_PX, CONTENT_PX = 200, 500


class Page(QScrollArea):
    """A view that is scrolled where it needs more room than there is: something above what is long."""

    def __init__(self, least_px: int = 0) -> None:
        super().__init__()
        above, content, view = QWidget(), QWidget(), QWidget()
        above.setMinimumHeight(ABOVE_PX)
        self.rows = QVBoxLayout(content)
        self.rows.addSpacing(CONTENT_PX)
        self.inner = InnerScrollArea(content, least_px=least_px)
        column = QVBoxLayout(view)
        column.addWidget(above)
        column.addWidget(self.inner)
        self.setWidgetResizable(True)
        self.setWidget(view)

    def scrolls(self) -> tuple[bool, bool]:
        """Whether the page is scrolled, and the part in it."""
        return self.verticalScrollBar().maximum() > 0, self.inner.verticalScrollBar().maximum() > 0


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    page = Page()
    qtbot.addWidget(page)
    page.resize(300, 450)
    page.show()
    return page


def test_that_a_part_is_scrolled_while_the_rest_fits_and_with_the_rest_where_it_does_not(
    page: Page, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: page.scrolls() == (False, True))
    page.resize(300, 150)
    qtbot.waitUntil(lambda: page.scrolls() == (True, False))
    assert page.inner.height() >= CONTENT_PX
    page.resize(300, 450)
    qtbot.waitUntil(lambda: page.scrolls() == (False, True))
    page.resize(300, 900)
    qtbot.waitUntil(lambda: page.scrolls() == (False, False))


def test_that_a_part_is_never_lower_than_what_shall_be_seen_of_it(qtbot: QtBot) -> None:
    page = Page(least_px=120)
    qtbot.addWidget(page)
    page.resize(300, 400)
    page.show()
    qtbot.waitUntil(lambda: page.scrolls() == (False, True))
    page.resize(300, ABOVE_PX + 100)
    qtbot.waitUntil(lambda: page.scrolls() == (True, False))
    page.resize(300, 400)
    qtbot.waitUntil(lambda: page.scrolls() == (False, True))
    assert page.inner.minimumHeight() == 120


def test_that_a_part_that_grows_has_its_room_while_the_page_is_scrolled(page: Page, qtbot: QtBot) -> None:
    page.resize(300, 150)
    qtbot.waitUntil(lambda: page.scrolls() == (True, False))
    page.rows.addSpacing(CONTENT_PX)
    qtbot.waitUntil(lambda: page.inner.height() >= 2 * CONTENT_PX)
    assert page.scrolls() == (True, False)
