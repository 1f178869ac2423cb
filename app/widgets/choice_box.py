"""A box from which one of several is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from PyQt6.QtCore import QSignalBlocker, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QPaintEvent
from PyQt6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from app.widgets.plain_text import elided, on_a_line, plain_tooltip

Offered = Mapping[Any, str] | Sequence[Enum | str]
"""What can be chosen and how it is called; members of an enumeration and words stand for themselves."""

MORE = "More…"

_MOST_PX, _LEAST_PX = 260, 104
_MOST_LINES = 30
_FRAME_PX = 24
_MORE_KEY = object()

_MEASURED = 50
"""The widest entry is one of the longest."""


class ChoiceBox(QComboBox):
    """As wide as what it offers, up to a bound; its list is as wide as its longest entry.

    What was chosen stays when other things are offered.

    Args:
        tip: what is chosen, for the pointer and for those who do not see.

    Signals:
        chosen: the user chose something else.
    """

    chosen = pyqtSignal()

    def __init__(self, tip: str, offered: Offered = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._listed: dict[Any, str] = {}
        self._more: dict[Any, str] = {}
        self._before: Any = None
        self.setToolTip(plain_tooltip(tip))
        self.setAccessibleName(tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # or each entry that is added would have all of them measured
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMaxVisibleItems(_MOST_LINES)
        self.offer(offered)
        self.activated.connect(self._on_activated)

    @property
    def choice(self) -> Any:
        """What is chosen; None where nothing is offered."""
        return self.currentData()

    @property
    def offered(self) -> list[Any]:
        """What can be chosen, also behind `MORE`."""
        return [*self._listed, *self._more]

    def offer(self, offered: Offered, more: Offered = ()) -> None:
        """Offer these; the first is chosen where the choice is not among them.

        Args:
            offered: what the list shows.
            more: what it shows when `MORE` was chosen in it.
        """
        named, rest = _named(offered), _named(more)
        if self._listed | self._more == named | rest and self.offered == [*named, *rest]:
            return
        before = self.choice
        with QSignalBlocker(self):
            self.clear()
            self._listed, self._more = named, rest
            self._add(named)
            if rest:
                self.addItem(MORE, _MORE_KEY)
            self.choose(before)
        self._before = self.choice
        self.updateGeometry()

    def choose(self, what: Any) -> None:
        """Choose what is offered; nothing happens where it is not."""
        if what in self._more:
            self._show_more()
        if what in self._listed:
            self.setCurrentIndex(list(self._listed).index(what))
        self._before = self.choice

    def _add(self, named: Mapping[Any, str]) -> None:
        for what, text in named.items():
            self.addItem(text, what)

    def _show_more(self) -> None:
        """Put what was behind `MORE` in its place."""
        with QSignalBlocker(self):
            self.removeItem(self.count() - 1)
            self._add(self._more)
        self._listed, self._more = self._listed | self._more, {}

    def _on_activated(self, number: int) -> None:
        if self.itemData(number) is not _MORE_KEY:
            self._before = self.choice
            self.chosen.emit()
            return
        before = self._before
        self._show_more()
        self.choose(before)
        QTimer.singleShot(0, self.showPopup)

    def showPopup(self) -> None:
        view = self.view()
        assert view is not None
        view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        screen = self.screen()
        assert screen is not None
        view.setMinimumWidth(min(view.sizeHintForColumn(0) + _FRAME_PX, screen.availableGeometry().width()))
        super().showPopup()

    def sizeHint(self) -> QSize:
        empty = super().sizeHint()
        longest = sorted((self.itemText(number) for number in range(self.count())), key=len)[-_MEASURED:]
        text_px = max((self.fontMetrics().horizontalAdvance(text) for text in longest), default=0)
        return QSize(min(empty.width() + text_px, _MOST_PX), empty.height())

    def minimumSizeHint(self) -> QSize:
        # Qt's own stays as wide as the widest entry that there ever was
        hint = self.sizeHint()
        return QSize(min(hint.width(), _LEAST_PX), hint.height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        style = self.style()
        assert style is not None
        field = QStyle.SubControl.SC_ComboBoxEditField
        room = style.subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, self)
        text = option.currentText or ""
        option.currentText = elided(self.fontMetrics(), text, room.width())  # what is too long keeps clear of the arrow
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


def _named(offered: Offered) -> dict[Any, str]:
    if isinstance(offered, Mapping):
        return {what: on_a_line(text) for what, text in offered.items()}
    return {each: on_a_line(str(each.value) if isinstance(each, Enum) else each) for each in offered}
