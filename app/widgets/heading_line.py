"""The line above a plot: what it shows, the figure at the playhead, and what else there is to say."""

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.palette import active
from app.widgets.plain_text import elided, on_a_line, plain_tooltip

_SPACE = 10
_FIGURE = "0.00000"
PAIR = " × "
"""Between the two names of which something is told."""


class HeadingLine(QWidget):
    """Takes the room it gets. Where that is little, first the explanation is cut short, then the title."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.figure, self.about = on_a_line(title), "", ""
        self._named: QWidget | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._update_readout()

    def name(self, widget: QWidget) -> None:
        """Be the name of what it stands above, for those who do not see."""
        self._named = widget
        widget.setAccessibleName(self.accessibleName())

    def show_title(self, title: str) -> None:
        """What the plot is of, where that changes."""
        title = on_a_line(title)
        if title != self.title:
            self.title = title
            self._update_readout()

    def show_figure(self, figure: str) -> None:
        """The value at the playhead; empty where there is none."""
        if figure != self.figure:
            self.figure = figure
            self._update_readout()

    def show_about(self, about: str) -> None:
        """What the plot shows, in words."""
        about = on_a_line(about)
        if about != self.about:
            self.about = about
            self._update_readout()

    def _update_readout(self) -> None:
        text = " · ".join(part for part in (self.title, self.figure, self.about) if part)
        self.setToolTip(plain_tooltip(text))
        self.setAccessibleName(text)
        if self._named is not None:
            self._named.setAccessibleName(text)
        self.update()

    def wanted_px(self) -> int:
        """Width at which the title and a figure can be read."""
        bold = QFont(self.font())
        bold.setBold(True)
        return QFontMetrics(bold).horizontalAdvance(self.title) + self.fontMetrics().horizontalAdvance(_FIGURE) + _SPACE

    def sizeHint(self) -> QSize:
        return QSize(200, self.fontMetrics().height() + 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.fontMetrics().height() + 8)

    def shown(self) -> list[tuple[str, QFont, str]]:
        """What there is room for, with its font and colour: the middle of the title goes, of the rest the end."""
        bold = QFont(self.font())
        bold.setBold(True)
        figure_px = self.fontMetrics().horizontalAdvance(self.figure) + _SPACE if self.figure else 0
        middle, end = Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideRight
        parts, room = [], self.width()
        for text, font, colour, cut, kept in (
            (self.title, bold, active().text, middle, figure_px),
            (self.figure, self.font(), active().text, end, 0),
            (self.about, self.font(), active().faint_text, end, 0),
        ):
            metrics = QFontMetrics(font)
            short = _shortened(metrics, text, room - kept, cut)
            if text and len(short) >= min(len(text), 4):  # a letter or two say nothing
                parts.append((short, font, colour))
                room -= metrics.horizontalAdvance(short) + _SPACE
        return parts

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, x = QPainter(self), 0
        for text, font, colour in self.shown():
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(x, 0, self.width() - x, self.height(), Qt.AlignmentFlag.AlignVCenter, text)
            x += QFontMetrics(font).horizontalAdvance(text) + _SPACE


def _shortened(metrics: QFontMetrics, text: str, width: int, cut: Qt.TextElideMode) -> str:
    """What there is room for; of a pair of names something of each, and a short one leaves its room to the other."""
    if metrics.horizontalAdvance(text) <= width or text.count(PAIR) != 1:
        return elided(metrics, text, width, cut)
    first, second = text.split(PAIR)
    room = width - metrics.horizontalAdvance(PAIR)
    taken = [min(metrics.horizontalAdvance(name) + 1, room // 2) for name in (first, second)]
    return PAIR.join((elided(metrics, first, room - taken[1], cut), elided(metrics, second, room - taken[0], cut)))
