"""Says that nothing was measured yet at the playhead, and leads to where something was."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.widgets.plain_text import PlainLabel


class EmptyState(QWidget):
    """Words in the middle, and a button where there is somewhere to go.

    Signals:
        go_requested: the user wants to see the first measurement.
    """

    go_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = PlainLabel()
        self.label.setObjectName("faint")
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.label.setWordWrap(True)
        self.go_button = QPushButton("Go to the first measurement")
        self.go_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.go_button.clicked.connect(lambda *_: self.go_requested.emit())
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(self.label)
        column.addWidget(self.go_button, alignment=Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)

    def show_text(self, text: str, *, can_go: bool = False) -> None:
        """Say why nothing is seen."""
        self.label.setText(text)
        self.go_button.setVisible(can_go)
