"""Of a view that is scrolled, no part is scrolled by itself."""

import pytest
from PyQt6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget
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


def test_that_a_part_asks_for_nothing_that_scrolls_around_it_and_is_never_scrolled_across(qtbot: QtBot) -> None:
    content = QWidget()
    content.setMinimumSize(900, CONTENT_PX)
    alone = InnerScrollArea(content, least_px=70)
    qtbot.addWidget(alone)
    alone.resize(200, 100)
    alone.show()
    assert alone.minimumHeight() == 70
    assert alone.frameShape() == QFrame.Shape.NoFrame
    assert alone.widgetResizable()
    assert not alone.horizontalScrollBar().isVisible()
    assert alone.verticalScrollBar().maximum() > 0


def test_that_a_part_has_exactly_the_height_of_its_content_while_the_page_is_scrolled(page: Page, qtbot: QtBot) -> None:
    page.resize(300, 150)
    qtbot.waitUntil(lambda: page.scrolls() == (True, False))
    content = page.inner.widget()
    assert content is not None
    margins = page.inner.height() - page.inner.maximumViewportSize().height()
    assert page.inner.minimumHeight() == content.minimumSizeHint().height() + margins


def test_that_words_have_the_height_that_they_take_at_their_width(qtbot: QtBot) -> None:
    words = QLabel("words " * 200)
    words.setWordWrap(True)
    view, page = QWidget(), QScrollArea()
    column = QVBoxLayout(view)
    above = QWidget()
    above.setMinimumHeight(ABOVE_PX)
    inner = InnerScrollArea(words)
    for each in (above, inner):
        column.addWidget(each)
    page.setWidgetResizable(True)
    page.setWidget(view)
    qtbot.addWidget(page)
    page.resize(300, 150)
    page.show()
    qtbot.waitUntil(lambda: inner.minimumHeight() >= words.heightForWidth(inner.width()) > 300)


def test_that_a_part_that_is_shown_again_watches_what_it_lies_in_as_before(page: Page, qtbot: QtBot) -> None:
    for _ in range(2):
        page.hide()
        page.resize(300, 450)
        page.show()
        qtbot.waitUntil(lambda: page.scrolls() == (False, True))
        page.resize(300, 150)
        qtbot.waitUntil(lambda: page.scrolls() == (True, False))


def test_that_a_px_too_few_has_the_page_scrolled_and_none_too_few_the_part(page: Page, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.scrolls() == (False, True))
    view = page.widget()
    assert view is not None
    least_px = view.minimumSizeHint().height() + page.height() - page.maximumViewportSize().height()
    for _ in range(2):
        page.resize(300, least_px)
        qtbot.waitUntil(lambda: page.scrolls() == (False, True))
        page.resize(300, least_px - 1)
        qtbot.waitUntil(lambda: page.scrolls() == (True, False))
