"""A box from which one of a few is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QComboBox, QWidget

from app.widgets.plain_text import on_a_line, plain_tooltip


class ChoiceBox(QComboBox):
    """Offers the members of an enumeration, or words. What was chosen stays when other things are offered.

    Args:
        tip: what is chosen, for the pointer and for those who do not see.

    Signals:
        chosen: the user chose something else.
    """

    chosen = pyqtSignal()

    def __init__(self, tip: str, offered: Sequence[Enum | str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTip(plain_tooltip(tip))
        self.setAccessibleName(tip)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.offer(offered)
        self.activated.connect(lambda _: self.chosen.emit())

    @property
    def choice(self) -> Any:
        """The member or word that is chosen; None where nothing is offered."""
        return self.currentData()

    def offer(self, offered: Sequence[Enum | str]) -> None:
        """Offer these; the first is chosen where the choice is not among them."""
        if [self.itemData(number) for number in range(self.count())] == list(offered):
            return
        before = self.choice
        with QSignalBlocker(self):
            self.clear()
            for each in offered:
                self.addItem(on_a_line(str(each.value) if isinstance(each, Enum) else each), each)
            if before in offered:
                self.choose(before)

    def choose(self, what: Enum | str) -> None:
        """Choose what is offered; nothing happens where it is not."""
        for number in range(self.count()):
            if self.itemData(number) == what:
                self.setCurrentIndex(number)
