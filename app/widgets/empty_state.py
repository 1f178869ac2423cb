"""Words in the place of a panel's content: why there is nothing to see, and what would fill it."""

from __future__ import annotations

from PyQt6.QtCore import QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter
from PyQt6.QtWidgets import QPushButton, QStackedLayout, QVBoxLayout, QWidget

from app.palette import active
from app.widgets.plain_text import PlainLabel


def write_absence(painter: QPainter, room: QRect | QRectF, text: str) -> None:
    """Words in the middle of what would be painted there."""
    painter.setPen(QColor(active().faint_text))
    painter.drawText(QRectF(room), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)


class EmptyState(QWidget):
    """Words in the middle, and a button where there is somewhere to go.

    Signals:
        go_requested: the user wants to see the first measurement.
    """

    go_requested = pyqtSignal()

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = PlainLabel(text)
        self.label.setObjectName("faint")
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.label.setWordWrap(True)
        self.go_button = QPushButton("Go to the first measurement")
        self.go_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.go_button.clicked.connect(lambda *_: self.go_requested.emit())
        self.go_button.hide()
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(self.label)
        column.addWidget(self.go_button, alignment=Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)

    def show_text(self, text: str, *, can_go: bool = False) -> None:
        """Say why nothing is seen."""
        self.label.setText(text)
        self.go_button.setVisible(can_go)


class ShownPageLayout(QStackedLayout):
    """Asks for the room of the page that is shown: words need not be scrolled because another page is large."""

    def minimumSize(self) -> QSize:
        """Of what is shown: words wrap where the content would have to be scrolled."""
        shown = self.currentWidget()
        return QSize(0, 0) if shown is None else shown.minimumSizeHint().expandedTo(shown.minimumSize())


class EmptyStateLayout(ShownPageLayout):
    """The content of a panel, or words in its place; words first.

    Attributes:
        state: the words.
    """

    def __init__(self, panel: QWidget, content: QWidget, text: str) -> None:
        super().__init__(panel)
        self.setContentsMargins(0, 0, 0, 0)
        self.state = EmptyState(text)
        self._content = content
        self.addWidget(self.state)
        self.addWidget(content)

    @property
    def is_empty(self) -> bool:
        """Whether words stand in the place of the content."""
        return self.currentWidget() is self.state

    def show_content(self) -> None:
        """There is something to see."""
        self.setCurrentWidget(self._content)

    def show_text(self, text: str, *, can_go: bool = False) -> None:
        """Say why there is nothing to see."""
        self.state.show_text(text, can_go=can_go)
        self.setCurrentWidget(self.state)
