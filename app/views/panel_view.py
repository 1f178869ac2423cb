"""What views have in common, so that each says only what is its own."""

from collections.abc import Callable, Mapping, Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from app.analysis.table import Cell, Table
from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from collector.findings import Report


class PanelView(QWidget):
    """A view whose place is filled by one widget.

    Attributes:
        tables: title → its numbers; none, unless a view has some.
        corner: controls beside the tabs; None, unless a view has some.

    Signals:
        choice_changed(list): the user chose what shall be remembered, in names; `restore_choice` gets it again.
    """

    choice_changed = pyqtSignal(list)

    def __init__(self, body: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._body = body
        self.tables: Mapping[str, Callable[[], Table]] = {}
        self.corner: QWidget | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(body)

    def about(self) -> Mapping[str, Cell]:
        """Nothing, in a view that is of the whole run or its pass."""
        return {}

    def figure_parts(self) -> Sequence[QWidget]:
        """What fills it."""
        return (self._body,)

    def show_collection(self, opened: OpenedCollection) -> None:
        """Nothing, in a view that shows frames only."""

    def show_view(self, view: ReplayView, step: int) -> None:
        """Nothing, in a view that follows no playhead."""

    def show_frame(self, frame: Frame) -> None:
        """Nothing, in a view that shows nothing of a single pass."""

    def show_findings(self, report: Report) -> None:
        """Nothing, in a view that marks none."""

    def fit(self) -> None:
        """Nothing, in a view that cannot be zoomed."""

    def step_sample(self, n_places: int) -> bool:
        """Nothing, in a view that has no samples in an order."""
        return False

    def restore_choice(self, names: list[str]) -> None:
        """Nothing, in a view that remembers nothing."""
