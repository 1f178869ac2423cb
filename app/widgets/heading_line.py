"""The line above a plot: what it shows, the figure at the playhead, and what else there is to say."""

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.palette import active
from app.widgets.plain_text import elided, on_a_line, plain_tooltip

_SPACE = 10
_FIGURE = "0.00000"
DOT = "●"
"""In front of the figure of a plot's dots."""
PAIR = " × "
"""Between the two names of which something is told."""


class HeadingLine(QWidget):
    """Takes the room it gets. Where that is little, the explanation is cut short, then the title, the figures never."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.figure, self.about = on_a_line(title), "", ""
        self.dot_name, self.dot = "", ""
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

    def show_dot(self, name: str, figure: str) -> None:
        """The value of the plot's last dot at or before the playhead, empty where there is none, and of what dots are.

        Without a name there are no dots, and no room is wanted for their figure.
        """
        if (name, figure) != (self.dot_name, self.dot):
            self.dot_name, self.dot = name, figure
            self._update_readout()

    def show_about(self, about: str) -> None:
        """What the plot shows, in words."""
        about = on_a_line(about)
        if about != self.about:
            self.about = about
            self._update_readout()

    def _update_readout(self) -> None:
        text = " · ".join(part for part in (self.title, self.figure, *self._dots[:1], self.about) if part)
        self.setToolTip(plain_tooltip(text))
        self.setAccessibleName(text)
        if self._named is not None:
            self._named.setAccessibleName(text)
        self.update()

    def wanted_px(self) -> int:
        """Width at which the title and a figure can be read."""
        bold = QFont(self.font())
        bold.setBold(True)
        figures = [_FIGURE, *([f"{DOT} {_FIGURE}"] if self.dot_name else [])]
        metrics = self.fontMetrics()
        return QFontMetrics(bold).horizontalAdvance(self.title) + sum(
            metrics.horizontalAdvance(figure) + _SPACE for figure in figures
        )

    @property
    def _dots(self) -> list[str]:
        """The figure of the dots with its name, and without it."""
        return [f"{DOT} {self.dot_name} {self.dot}", f"{DOT} {self.dot}"] if self.dot else []

    def sizeHint(self) -> QSize:
        return QSize(200, self.fontMetrics().height() + 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.fontMetrics().height() + 8)

    def shown(self) -> list[tuple[str, QFont, str]]:
        """What there is room for, with its font and colour: the middle of the title goes, of the rest the end.

        The dots lose their name: of their figure a part would be another figure.
        """
        bold = QFont(self.font())
        bold.setBold(True)
        beside = [each for each in (self.figure, *self._dots[1:]) if each]
        figures_px = sum(self.fontMetrics().horizontalAdvance(each) + _SPACE for each in beside)
        parts: list[tuple[str, QFont, str]] = []
        room = self.width()

        def add(text: str, font: QFont, colour: str) -> None:
            nonlocal room
            parts.append((text, font, colour))
            room -= QFontMetrics(font).horizontalAdvance(text) + _SPACE

        def add_cut(text: str, font: QFont, colour: str, cut: Qt.TextElideMode, kept_px: int = 0) -> None:
            short = _shortened(QFontMetrics(font), text, room - kept_px, cut)
            if text and len(short) >= min(len(text), 4):  # a letter or two say nothing
                add(short, font, colour)

        palette, metrics = active(), self.fontMetrics()
        add_cut(self.title, bold, palette.text, Qt.TextElideMode.ElideMiddle, figures_px)
        add_cut(self.figure, self.font(), palette.text, Qt.TextElideMode.ElideRight)
        for dots in [each for each in self._dots if metrics.horizontalAdvance(each) <= room][:1]:
            add(dots, self.font(), palette.faint_text)
        add_cut(self.about, self.font(), palette.faint_text, Qt.TextElideMode.ElideRight)
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
