"""A choice of a few, side by side."""

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from app.widgets.plain_text import plain_action_text, plain_tooltip


class Segments(QWidget):
    """Buttons of which one is down. Some may be out of reach, and say why.

    Signals:
        chosen(str): the user chose this one.
    """

    chosen = pyqtSignal(str)

    def __init__(self, options: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(1)
        self.buttons: dict[str, QToolButton] = {}
        self._group.buttonClicked.connect(self._on_clicked)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_options(options)

    def show_options(self, options: Sequence[str], tips: Sequence[str] = ()) -> None:
        """Offer these, with a tooltip for each if any."""
        if list(options) != list(self.buttons):
            for button in self.buttons.values():
                button.hide()
                button.deleteLater()
            self.buttons = {text: self._made(text) for text in options}
        for text, tip in zip(options, tips, strict=False):
            self.buttons[text].setToolTip(plain_tooltip(tip))

    def show_chosen(self, option: str) -> None:
        """Put the button of an option down."""
        if option in self.buttons:
            self.buttons[option].setChecked(True)

    def show_reach(self, option: str, is_there: bool, tip: str) -> None:
        """Whether an option can be chosen, and a word on it."""
        self.buttons[option].setEnabled(is_there)
        self.buttons[option].setToolTip(plain_tooltip(tip))

    def _on_clicked(self, button: QAbstractButton) -> None:
        self.chosen.emit(next(option for option, each in self.buttons.items() if each is button))

    def _made(self, text: str) -> QToolButton:
        button = QToolButton()
        button.setText(plain_action_text(text))
        button.setCheckable(True)
        button.setAutoRaise(True)
        self._group.addButton(button)
        self._row.addWidget(button)
        return button
