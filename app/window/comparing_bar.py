"""What is compared with what, on which clock, and which of both is shown: a line that is there while something is."""

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QToolButton, QWidget

from app.replay.comparing import Comparing, Side
from app.widgets.choice_box import ChoiceBox
from app.widgets.elided_text import ElidedLabel
from app.widgets.plain_text import PlainLabel, elided
from app.widgets.segments import Segments
from app.window.comparing_text import CLOCK_TEXTS, side_texts, side_tips

_NAME_PX = 200
_LARGEST_OFFSET = 1e9
_DECIMALS = {"epoch": 2, "seconds": 1}


class ComparingBar(QWidget):
    """A, B and the difference, side by side.

    Signals:
        side_chosen(Side): the user wants to see this.
        clock_chosen(str): both are to be aligned by it.
        offset_chosen(float): what lies at x on the clock of A is to be compared with x + this on that of B.
        stop_requested: nothing is to be compared any more.
    """

    side_chosen = pyqtSignal(object)
    clock_chosen = pyqtSignal(str)
    offset_chosen = pyqtSignal(float)
    stop_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sides: dict[str, Side] = {}
        self.sides = Segments()
        self.sides.chosen.connect(lambda text: self.side_chosen.emit(self._sides[text]))
        self.clock_box = ChoiceBox("What places of both are taken for the same", CLOCK_TEXTS)
        self.clock_box.chosen.connect(lambda: self.clock_chosen.emit(self.clock_box.choice))
        self.offset_label = PlainLabel("offset")
        self.offset_label.setObjectName("faint")
        self.offset_box = QDoubleSpinBox()
        self.offset_box.setToolTip("What lies at x on the clock of A is compared with x plus this in B")
        self.offset_box.setAccessibleName("Offset of B on the clock")
        self.offset_box.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.offset_box.setKeyboardTracking(False)
        self.offset_box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # it is typed into, which takes a click
        self.offset_box.setRange(-_LARGEST_OFFSET, _LARGEST_OFFSET)
        self.offset_box.setFixedWidth(72)
        self.offset_box.valueChanged.connect(self.offset_chosen)
        self.place_label = ElidedLabel()
        self.place_label.setObjectName("faint")
        self.stop_button = QToolButton()
        self.stop_button.setText("×")
        self.stop_button.setAutoRaise(True)
        self.stop_button.setToolTip("Stop comparing")
        self.stop_button.setAccessibleName("Stop comparing")
        self.stop_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.stop_button.clicked.connect(lambda *_: self.stop_requested.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 4)
        for widget in (self.sides, self.clock_box, self.offset_label, self.offset_box):
            row.addWidget(widget)
        row.addWidget(self.place_label, stretch=1)
        row.addWidget(self.stop_button)
        self.hide()

    def show_comparing(self, comparing: Comparing | None, side: Side) -> None:
        """Show what is compared, and which of it is seen; be gone where nothing is."""
        self.setVisible(comparing is not None)
        if comparing is None:
            self.show_place("")
            return
        texts, tips = side_texts(comparing), side_tips(comparing)
        shown = {each: elided(self.fontMetrics(), text, _NAME_PX) for each, text in texts.items()}
        self._sides = {text: each for each, text in shown.items()}
        self.sides.show_options(list(shown.values()), list(tips.values()))
        self.sides.show_chosen(shown[side])
        wish, is_of_runs = comparing.wish, comparing.held is None
        self.clock_box.choose(wish.clock)
        self.clock_box.setVisible(is_of_runs)
        with QSignalBlocker(self.offset_box):
            self.offset_box.setDecimals(_DECIMALS.get(wish.clock, 0))
            self.offset_box.setValue(wish.offset)
        for widget in (self.offset_label, self.offset_box):
            widget.setVisible(is_of_runs and wish.clock != "loss")

    def show_place(self, text: str) -> None:
        """Say where the other one's pass lies, see `comparing_text.place_text`."""
        self.place_label.setText(text)
