"""A line of text that gives way to what stands around it."""

from PyQt6.QtCore import QEvent, QSize
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QStyle

from app.widgets.plain_text import PlainLabel, elided, plain_tooltip

_LEAST_PX = 40


class ElidedLabel(PlainLabel):
    """Shortened where there is no room for it; then its tooltip tells all of it.

    A plain label is never narrower than its text: a long name in it would push the docks together.
    """

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_PX, super().minimumSizeHint().height())

    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.ToolTip:
            self.setToolTip(plain_tooltip(self.text() if self.shown_text() != self.text() else ""))
        return super().event(event)

    def shown_text(self) -> str:
        """What of the text there is room for."""
        return elided(self.fontMetrics(), self.text(), self.contentsRect().width())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        style = self.style()
        assert isinstance(style, QStyle)
        alignment = int(self.alignment())
        style.drawItemText(
            painter,
            self.contentsRect(),
            alignment,
            self.palette(),
            self.isEnabled(),
            self.shown_text(),
            self.foregroundRole(),
        )
