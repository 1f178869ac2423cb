"""The list of keys."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QVBoxLayout, QWidget

from app.widgets.plain_text import PlainLabel
from app.window.menus import LEAP

KEYS = (
    ("Space", "play or pause"),
    ("← →", "one pass back or on"),
    ("Shift ← →", f"{LEAP} passes back or on"),
    ("Home End", "first or last pass"),
    ("F8, Shift+F8", "next finding, finding before"),
    ("Y", "why here? who moved first at the playhead"),
    ("Page up, Page down", "sample before or after, in the order shown"),
    ("F", "fit what is in front into its place"),
    ("Wheel, drag", "zoom at the cursor, move the view"),
    ("Click on a unit", "pin it; again: let it go"),
    ("Tab to the network, ← → ↑ ↓", "walk over its units or modules"),
    ("Ctrl ← →, Enter, Esc there", "go by layers; pin or open; let go"),
    ("Tab to a curve, ← → ↑ ↓", "from value to value; to other curves"),
    ("Tab to tiles or points, ← → ↑ ↓", "walk; Enter: click; + −: zoom"),
    ("W G U", "edges show weight, gradient, update"),
    ("M", "draw the network as units or as modules"),
    ("Click on a module", "open it; on its heading: close it"),
    ("E, Shift+E", "open all modules, close all"),
    ("Ctrl+D, Shift+C", "compare with another run, with this pass"),
    ("F5, F6, F7", "show A, B, how they differ"),
    ("F9, Shift+F9", "next place where two runs differ, the one before"),
    ("Ctrl+1, Ctrl+2, …", "the tabs in the middle"),
    ("Wheel on a curve", "zoom the steps; a double click shows the whole run"),
    ("Ctrl+O", "open a collection"),
    ("Ctrl+T", "train"),
    ("Ctrl+E", "save the tab in front as a picture"),
    ("F11", "full screen"),
    ("?", "this list"),
)

_TEXT_PX, _APART_PX = 240, 24


class KeysDialog(QDialog):
    """Two columns, so that all of them fit on a low screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        grid = QGridLayout()
        grid.setVerticalSpacing(5)
        grid.setColumnMinimumWidth(2, _APART_PX)
        half = -(-len(KEYS) // 2)
        for number, (key, does) in enumerate(KEYS):
            row, block = number % half, 3 * (number // half)
            name, words = PlainLabel(key), PlainLabel(does)
            name.setObjectName("heading")
            words.setWordWrap(True)
            words.setFixedWidth(_TEXT_PX)
            for label, place in ((name, block), (words, block + 1)):
                grid.addWidget(label, row, place, Qt.AlignmentFlag.AlignTop)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok)
        buttons.accepted.connect(self.accept)
        column = QVBoxLayout(self)
        column.addLayout(grid)
        column.addWidget(buttons)
