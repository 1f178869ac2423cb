"""The line above a plot: what it shows, the figure at the playhead, and what else there is to say."""

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.palette import active
from app.widgets.elided_text import elided_apart
from app.widgets.plain_text import elided, on_a_line, plain_tooltip

_SPACE, _NEAR = 10, 4
_LEAST_SHARE = 0.4
"""Of the line, for the title: a figure of nobody knows what says nothing."""
_LEAST, _LEAST_ABOUT = 4, 10
"""Letters of a name and of an explanation, the ellipsis among them."""
_FIGURE = "0.00000"
DOT = "●"
"""In front of the figure of a plot's dots."""
PAIR = " × "
"""Between the two names of which something is told."""


class HeadingLine(QWidget):
    """Takes the room it gets. Where that is little, the explanation is cut short, then the title, then the figure."""

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
        dots = f"{DOT} {self._dots[0]}" if self._dots else ""
        text = " · ".join(part for part in (self.title, self.figure, dots, self.about) if part)
        self.setToolTip(plain_tooltip(text))
        self.setAccessibleName(text)
        if self._named is not None:
            self._named.setAccessibleName(text)
        self.update()

    def wanted_px(self) -> int:
        """Width at which the title and a figure can be read."""
        bold = QFont(self.font())
        bold.setBold(True)
        figure_px = self.fontMetrics().horizontalAdvance(_FIGURE) + _SPACE
        dots_px = self._dot_px() + figure_px if self.dot_name else 0
        return QFontMetrics(bold).horizontalAdvance(self.title) + figure_px + dots_px

    def whole_px(self) -> int:
        """Width at which all of it can be read; the same whatever the figures are."""
        rest = [f" {self.dot_name}" if self.dot_name else "", self.about]
        return self.wanted_px() + sum(self.fontMetrics().horizontalAdvance(each) + _SPACE for each in rest if each)

    @property
    def _dots(self) -> list[str]:
        """The figure of the dots with its name, and without it."""
        return [f"{self.dot_name} {self.dot}", self.dot] if self.dot else []

    def _dot_px(self) -> int:
        return self.fontMetrics().horizontalAdvance(DOT) + _NEAR

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
        palette, metrics = active(), self.fontMetrics()
        beside = [each for each in (self.figure, *self._dots[1:]) if each]
        figures_px = sum(metrics.horizontalAdvance(each) + _SPACE for each in beside)
        figures_px += self._dot_px() if self._dots else 0
        parts: list[tuple[str, QFont, str]] = []
        room = self.width()

        def add(text: str, font: QFont, colour: str) -> None:
            nonlocal room
            parts.append((text, font, colour))
            room -= QFontMetrics(font).horizontalAdvance(text) + (_NEAR if text == DOT else _SPACE)

        title_px = min(QFontMetrics(bold).horizontalAdvance(self.title) + 1, int(_LEAST_SHARE * room))
        if short := _shortened(QFontMetrics(bold), self.title, max(room - figures_px, title_px)):
            add(short, bold, palette.text)
        if short := _beginning(metrics, self.figure, room):
            add(short, self.font(), palette.text)
        if fitting := [each for each in self._dots if self._dot_px() + metrics.horizontalAdvance(each) <= room]:
            add(DOT, self.font(), palette.text)
            add(fitting[0], self.font(), palette.faint_text)
        is_titled = bool(parts) or not self.title  # or it would be told of nobody knows what
        if is_titled and (short := _beginning(metrics, self.about, room, _LEAST_ABOUT)):
            add(short, self.font(), palette.faint_text)
        return parts

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, x = QPainter(self), 0
        for text, font, colour in self.shown():
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(x, 0, self.width() - x, self.height(), Qt.AlignmentFlag.AlignVCenter, text)
            x += QFontMetrics(font).horizontalAdvance(text) + (_NEAR if text == DOT else _SPACE)


def _shortened(metrics: QFontMetrics, title: str, width: int) -> str:
    """What there is room for; of a pair of names something of each, and a short one leaves its room to the other."""
    short = elided(metrics, title, width)
    if short == title or title.count(PAIR) != 1:
        return _said(title, short)
    names, room = title.split(PAIR), width - metrics.horizontalAdvance(PAIR)
    wanted = [metrics.horizontalAdvance(name) + 1 for name in names]
    if min(wanted) > room // 2:
        shown = elided_apart(metrics, names, room // 2)
    else:
        shown = [elided(metrics, name, room - min(px, room // 2)) for name, px in zip(names, wanted[::-1], strict=True)]
    return PAIR.join(shown) if all(map(_said, names, shown)) else _beginning(metrics, title, width)


def _beginning(metrics: QFontMetrics, text: str, width: int, least: int = _LEAST) -> str:
    return _said(text, elided(metrics, text, width, Qt.TextElideMode.ElideRight), least)


def _said(text: str, short: str, least: int = _LEAST) -> str:
    """What of a text is shown, or nothing: a letter or two say nothing."""
    return short if len(short) >= min(len(text), least) else ""
