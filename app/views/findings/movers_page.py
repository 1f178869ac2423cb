"""Who moved first around a step, in place of the findings."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.views.findings.analysis.mover_text import mover_rows, movers_title, nothing_moved, place_of, shared_texts
from app.widgets.plain_text import PlainLabel
from app.widgets.row_list import RowList
from collector.findings import FirstMovers

HOW = (
    "Each layer is held against its own past; what all layers share is taken out. Whoever left it first may be the"
    " cause, and is no proof."
)


class MoversPage(QWidget):
    """A list, the likeliest first.

    Signals:
        place_requested(Evidence): the user goes to where a move is seen.
    """

    place_requested = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._movers: FirstMovers | None = None
        self.back_button = QPushButton("← Findings")
        self.back_button.setObjectName("link")
        self.back_button.setToolTip("Back to what is found in the run")
        self.back_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.title_label = _wrapped("heading")
        self.shared_label = _wrapped("")
        self.how_label = _wrapped("faint")
        self.how_label.setText(HOW)
        self.list = RowList("Who moved first")
        self.list.entered_row.connect(self._on_entered)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(6)
        column.addWidget(self.back_button, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.title_label)
        column.addWidget(self.list, stretch=1)
        column.addWidget(self.shared_label)
        column.addWidget(self.how_label)
        column.addStretch()

    def show_asked(self, step: int) -> None:
        """It is being looked for, around this step."""
        self._movers = None
        self._show(f"Looking for who moved first around step {step:,}…", "")

    def show_movers(self, movers: FirstMovers) -> None:
        """Show the answer."""
        self._movers = movers
        told = shared_texts(movers)
        self._show(movers_title(movers), "\n".join(told if movers.movers else [nothing_moved(movers), *told]))

    def show_failed(self, why: str) -> None:
        """There is no answer."""
        self._show("Who moved first cannot be told.", why)

    def _show(self, title: str, words: str) -> None:
        rows = [] if self._movers is None else mover_rows(self._movers)
        self.title_label.setText(title)
        self.shared_label.setText(words)
        self.shared_label.setVisible(bool(words))
        self.list.show_rows(rows, 0 if rows else None)
        self.list.setVisible(bool(rows))
        self.how_label.setVisible(bool(rows))

    def _on_entered(self, number: int) -> None:
        if self._movers is not None:
            self.place_requested.emit(place_of(self._movers.movers[number]))


def _wrapped(name: str) -> PlainLabel:
    label = PlainLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setIndent(1)  # as the button above
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    return label
