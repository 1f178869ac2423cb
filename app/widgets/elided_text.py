"""Text that gives way to what stands around it: shortened in the middle, since names often begin alike."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from os.path import commonprefix

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtGui import QFontMetrics, QFontMetricsF, QPainter, QPaintEvent
from PyQt6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QStylePainter, QWidget

from app.widgets.plain_text import PlainLabel, elided, on_a_line, plain_tooltip

_LEAST_PX = 40
_DOTS = "…"
_MOST_KEPT = 200
"""So many letters of a beginning that others have too, and of an end, are worth trying to show."""


def elided_apart(metrics: QFontMetrics | QFontMetricsF, texts: Sequence[str], width: float) -> list[str]:
    """The same of several, so that texts which differ are seen to differ: what they share gives way, in its middle."""
    texts = [on_a_line(text) for text in texts]
    shown = [elided(metrics, text, width) for text in texts]
    alike: dict[str, set[str]] = defaultdict(set)
    for text, short in zip(texts, shown, strict=True):
        alike[short].add(text)
    instead: dict[str, str] = {}
    for group in alike.values():
        if len(group) > 1:
            whole = sorted(group)
            n_first = len(commonprefix(whole))
            n_last = len(commonprefix([text[n_first:][::-1] for text in whole]))
            while n_first and whole[0][n_first - 1].isdigit():
                n_first -= 1  # numbers are told whole
            while n_last and whole[0][-n_last].isdigit():
                n_last -= 1
            instead |= {text: _around(metrics, text, n_first, n_last, width) for text in whole}
    return [instead.get(text, short) for text, short in zip(texts, shown, strict=True)]


def _around(metrics: QFontMetrics | QFontMetricsF, text: str, n_first: int, n_last: int, width: float) -> str:
    """A text without the middle of its first and of its last letters, of which others have so many too."""
    begin, own, end = text[:n_first], text[n_first : len(text) - n_last], text[len(text) - n_last :]

    def shown(n: int) -> str:
        first = begin if n >= len(begin) else begin[:n] + _DOTS
        return first + own + (end if n >= len(end) else _DOTS + end[len(end) - n :])

    most = min(max(len(begin), len(end)), _MOST_KEPT)
    # what Qt would cut is tried, not measured: a width is rounded, and a letter too much would cost what is its own
    n = bisect_left(range(1, most + 1), True, key=lambda n: elided(metrics, shown(n), width) != on_a_line(shown(n)))
    short = elided(metrics, shown(n), width)
    return short if short == on_a_line(shown(n)) else elided(metrics, own, width, Qt.TextElideMode.ElideRight)


def elided_parts(metrics: QFontMetrics | QFontMetricsF, text: str, width: float, between: str) -> str:
    """As many whole parts as there is room for, from the first on, of which alone there is what fits."""
    parts = on_a_line(text).split(between)
    for n_shown in range(len(parts), 0, -1):
        shown = between.join([*parts[:n_shown], *([_DOTS] if n_shown < len(parts) else [])])
        if metrics.horizontalAdvance(shown) <= width:
            return shown
    return elided(metrics, parts[0], width, Qt.TextElideMode.ElideRight)


class ElidedLabel(PlainLabel):
    """Shortened where there is no room for it; then its tooltip tells all of it.

    A plain label is never narrower than its text: a long name in it would push the docks together.

    Args:
        cut: where it is shortened.
        between: what stands between its parts, where those that there is no room for are left out whole.

    Attributes:
        about: what the tooltip tells besides.
    """

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        cut: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
        between: str = "",
    ) -> None:
        super().__init__(text, parent)
        self._cut, self._between = cut, between
        self.about = ""
        self.setIndent(0)  # a label with a ground would want room at one side, and leave it free at the other

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_PX, super().minimumSizeHint().height())

    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.ToolTip:
            cut = self.text() if self.shown_text() != self.text() else ""
            self.setToolTip(plain_tooltip("\n".join(filter(None, (cut, self.about)))))
        return super().event(event)

    def shown_text(self) -> str:
        """What of the text there is room for."""
        metrics, width = self.fontMetrics(), self.contentsRect().width()
        if self._between:
            return elided_parts(metrics, self.text(), width, self._between)
        return elided(metrics, self.text(), width, self._cut)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        self.drawFrame(painter)  # the ground of a badge
        style = self.style()
        assert isinstance(style, QStyle)
        alignment = int(self.alignment())
        style.drawItemText(
            painter,
            self.contentsRect(),
            alignment,
            self.palette(),
            self.isEnabled(),
            self.shown_text(),
            self.foregroundRole(),
        )


class ElidedButton(QPushButton):
    """A button that is but words, shortened where there is no room for them."""

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_PX, super().minimumSizeHint().height())

    def shown_text(self) -> str:
        """What of the text there is room for."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        style = self.style()
        assert style is not None
        room = style.subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self)
        return elided(self.fontMetrics(), self.text(), room.width())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, option = QStylePainter(self), QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self.shown_text()
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
