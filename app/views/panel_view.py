"""What the tabs of the middle have in common."""

from collections.abc import Callable, Mapping

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from app.replay.frame import Frame
from app.window.saving import Table


class PanelTab(QWidget):
    """A widget that fills the tab, and the panels in it under the names by which they are saved.

    Attributes:
        panels: name → panel.
        tables: name → further tables; none, unless a tab has some.
    """

    def __init__(self, body: QWidget, panels: Mapping[str, QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.panels = panels
        self.tables: Mapping[str, Callable[[], Table]] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(body)

    def show_frame(self, frame: Frame) -> None:
        """Nothing, in a tab that shows nothing of a single pass."""
