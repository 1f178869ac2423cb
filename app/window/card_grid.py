"""Cards of one size in rows, as many beside each other as there is room for; they give way for one more."""

from collections.abc import Sequence

from PyQt6.QtCore import QSize
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QWidget

from app.window.picture_card import LEAST_PX, MOST_PX, PictureCard

_SPACE_PX = 12


class CardGrid(QWidget):
    """From left to right and from top to bottom, in the order given, which is that of the Tab key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[PictureCard] = []

    def show_cards(self, cards: Sequence[PictureCard]) -> None:
        """Show these in place of what was shown."""
        for each in self.cards:
            each.hide()
            each.deleteLater()
        self.cards = list(cards)
        for each in self.cards:
            each.setParent(self)
            each.show()
        self._place()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._place()

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_PX, self.cards[0].height()) if self.cards else QSize()

    def _place(self) -> None:
        if not self.cards:
            self.setFixedHeight(0)
            return
        n_columns = max((self.width() + _SPACE_PX) // (LEAST_PX + _SPACE_PX), 1)
        card_px = min((self.width() + _SPACE_PX) // n_columns - _SPACE_PX, MOST_PX)
        for card in self.cards:
            card.fit(max(card_px, LEAST_PX))
        width, height = self.cards[0].width() + _SPACE_PX, self.cards[0].height() + _SPACE_PX
        for number, card in enumerate(self.cards):
            row, column = divmod(number, n_columns)
            card.move(column * width, row * height)
        self.setFixedHeight(-(-len(self.cards) // n_columns) * height - _SPACE_PX)
