"""Five bubbles that show where things are, one after the other; only who asks for them sees them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.palette import active
from app.widgets.plain_text import PlainLabel

_WIDTH, _APART, _ROUND = 340, 14, 6
_VEIL_ALPHA = 150

_TOLD = (
    (
        "timeline",
        "The run, from its first step to its last",
        "Drag the playhead, or press Space to play. Whatever is open shows the pass under it, all at once.",
    ),
    (
        "network",
        "The network, at this pass",
        "Point at a unit for its figures, click to pin it. W, G and U let the edges show weights, gradients or"
        " updates. The other tabs show the same pass in other ways.",
    ),
    (
        "sample",
        "What it makes of a sample",
        "Held-out samples that every pass is measured on. Page up and Page down choose another one.",
    ),
    (
        "layers",
        "The layers",
        "Figures of each layer at this pass. A click on one moves every view to it.",
    ),
    (
        "findings",
        "What is wrong, where, and since when",
        "Rules look for it while you train, too. A click, or F8, goes to where it is seen, and “What is this?” tells"
        " why. A question mark lists all keys.",
    ),
)
"""View, title and text of each bubble."""


@dataclass(frozen=True)
class Stop:
    """Something that is shown.

    Attributes:
        title, text: what is said of it.
        place: brings it to the front, and gives the widgets that it consists of.
    """

    title: str
    text: str
    place: Callable[[], Sequence[QWidget]]


class Tour(QWidget):
    """Lies over a window: the rest is dimmed, and a bubble stands beside what is shown.

    Enter, a space or → go on, ← back, Esc ends it. It is gone when the last bubble is.
    """

    def __init__(self, window: QWidget, stops: Sequence[Stop]) -> None:
        super().__init__(window)
        self._stops = stops
        self.number = 0
        self._lit = QRect()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.bubble = QFrame(self)
        self.bubble.setObjectName("bubble")
        self.bubble.setFixedWidth(_WIDTH)
        self.title_label, self.text_label, self.place_label = PlainLabel(), PlainLabel(), PlainLabel()
        self.title_label.setObjectName("section")
        for label in (self.title_label, self.text_label):
            label.setWordWrap(True)
        self.place_label.setObjectName("faint")
        self.back_button, self.next_button, self.end_button = QPushButton("Back"), QPushButton(), QPushButton("End")
        self.back_button.clicked.connect(lambda *_: self.go(-1))
        self.next_button.clicked.connect(lambda *_: self.go(1))
        self.end_button.clicked.connect(lambda *_: self.close())
        row = QHBoxLayout()
        row.addWidget(self.place_label)
        row.addStretch()
        for button in (self.end_button, self.back_button, self.next_button):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys are the tour's
            row.addWidget(button)
        column = QVBoxLayout(self.bubble)
        column.addWidget(self.title_label)
        column.addWidget(self.text_label)
        column.addLayout(row)
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.show()
        self.setFocus()
        self._show_stop()

    def go(self, n_places: int) -> None:
        """Show the next bubble, or the one before; behind the last one it is over."""
        number = max(self.number + n_places, 0)
        if number >= len(self._stops):
            self.close()
            return
        self.number = number
        self._show_stop()

    def _show_stop(self) -> None:
        stop, n = self._stops[self.number], len(self._stops)
        widgets = [each for each in stop.place() if each.isVisible()]
        self._lit = QRect()
        for each in widgets:
            self._lit = self._lit.united(QRect(each.mapTo(self.window() or each, QPoint()), each.size()))
        self.title_label.setText(stop.title)
        self.text_label.setText(stop.text)
        self.place_label.setText(f"{self.number + 1} of {n}")
        self.back_button.setEnabled(self.number > 0)
        self.next_button.setText("Next" if self.number + 1 < n else "Done")
        self.setAccessibleName(f"{stop.title}. {stop.text}")
        self.bubble.setFixedHeight(self._bubble_height())
        self.bubble.move(beside(self._lit, self.bubble.size().width(), self.bubble.height(), self.rect()))
        self.raise_()
        self.update()

    def _bubble_height(self) -> int:
        layout = self.bubble.layout()
        assert layout is not None
        # with the frame's border, which takes of the width that lines are broken at
        return layout.totalHeightForWidth(_WIDTH)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
            self._show_stop()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        steps = {
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Return: 1,
            Qt.Key.Key_Enter: 1,
            Qt.Key.Key_Space: 1,
            Qt.Key.Key_Left: -1,
        }
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif (n_places := steps.get(Qt.Key(event.key()))) is not None:
            self.go(n_places)

    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # none of the window's keys is meant while this lies over it
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, palette = QPainter(self), active()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QPainterPath()
        veil.addRect(QRectF(self.rect()))
        lit = QPainterPath()
        lit.addRoundedRect(QRectF(self._lit).adjusted(1, 1, -1, -1), _ROUND, _ROUND)
        painter.fillPath(veil.subtracted(lit), QColor(0, 0, 0, _VEIL_ALPHA))
        painter.setPen(QColor(palette.hovered))
        painter.drawPath(lit)


def stops(docks: Mapping[str, QWidget], tabs: QWidget, show_view: Callable[[str], None]) -> list[Stop]:
    """What is worth to be shown of the window.

    Args:
        docks: name of a view → its dock.
        tabs: those in the middle.
        show_view: brings a view to the front, by its name.
    """

    def shown(view: str) -> Callable[[], Sequence[QWidget]]:
        def place() -> Sequence[QWidget]:
            show_view(view)
            return [docks.get(view, tabs)]

        return place

    return [Stop(title, text, shown(view)) for view, title, text in _TOLD]


def beside(lit: QRect, width: int, height: int, room: QRect) -> QPoint:
    """Where a bubble stands: right, left, above or below of what is lit, else over its middle; always in the room."""
    middle = lit.center()
    for left, top in (
        (lit.right() + _APART, middle.y() - height // 2),
        (lit.left() - _APART - width, middle.y() - height // 2),
        (middle.x() - width // 2, lit.top() - _APART - height),
        (middle.x() - width // 2, lit.bottom() + _APART),
    ):
        if room.left() <= left <= room.right() - width and room.top() <= top <= room.bottom() - height:
            return QPoint(left, top)
    at = QPoint(middle.x() - width // 2, middle.y() - height // 2)
    return QPoint(
        min(max(at.x(), room.left() + _APART), room.right() - width - _APART),
        min(max(at.y(), room.top() + _APART), room.bottom() - height - _APART),
    )
