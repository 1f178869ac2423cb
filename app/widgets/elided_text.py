"""Text that gives way to what stands around it: shortened in the middle, since names often begin alike."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
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
    shown = {text: elided(metrics, text, width) for text in texts}
    for group in _alike({text: short.partition(_DOTS)[0] for text, short in shown.items() if short != text}):
        shown |= _whole_words_apart(metrics, group, width)
    for group in _alike(shown):
        shown |= _letters_apart(metrics, group, width)
    return [shown[text] for text in texts]


def _alike(shown: Mapping[str, str]) -> list[list[str]]:
    """Texts that are shown as others are, each group sorted."""
    groups: dict[str, list[str]] = defaultdict(list)
    for text in sorted(shown):
        groups[shown[text]].append(text)
    return [group for group in groups.values() if len(group) > 1]


def _whole_words_apart(metrics: QFontMetrics | QFontMetricsF, texts: Sequence[str], width: float) -> dict[str, str]:
    """Each with the words that are its own; empty where those of one have no room."""
    first, last = _shared(texts, str.isalnum)
    before, behind = _DOTS if first else "", _DOTS if last else ""
    if any(not _fits(metrics, before + text[first : len(text) - last] + behind, width) for text in texts):
        return {}
    return {text: _around(metrics, text, first, last, width) for text in texts}


def _letters_apart(metrics: QFontMetrics | QFontMetricsF, texts: Sequence[str], width: float) -> dict[str, str]:
    """Each with what is its own, of which words begin with their beginnings where that tells them apart."""
    found: dict[str, str] = {}
    for is_one in (str.isalnum, str.isdigit):  # numbers are told whole in any case
        first, last = _shared(texts, is_one)
        found = {text: _around(metrics, text, first, last, width) for text in texts}
        if len(set(found.values())) == len(texts):
            break
    return found


def _shared(texts: Sequence[str], is_one: Callable[[str], bool]) -> tuple[int, int]:
    """How many letters all have in common at their beginnings and at their ends, but for the beginnings of a word."""
    first = len(commonprefix(texts))
    last = len(commonprefix([text[first:][::-1] for text in texts]))
    return _begin(texts[0], first, is_one), _begin(texts[0][::-1], last, is_one)


def _fits(metrics: QFontMetrics | QFontMetricsF, text: str, width: float) -> bool:
    return elided(metrics, text, width) == on_a_line(text)


def _begin(text: str, n: int, is_one: Callable[[str], bool]) -> int:
    """Where the run of letters begins that goes up to the first ``n``."""
    while n and is_one(text[n - 1]):
        n -= 1
    return n


def _around(metrics: QFontMetrics | QFontMetricsF, text: str, n_first: int, n_last: int, width: float) -> str:
    """A text without the middle of its first and of its last letters, of which others have so many too."""
    begin, own, end = text[:n_first], text[n_first : len(text) - n_last], text[len(text) - n_last :]

    def shown(n: int) -> str:
        first = begin if n >= len(begin) else begin[:n].rstrip(".") + _DOTS
        return first + own + (end if n >= len(end) else _DOTS + end[len(end) - n :].lstrip("."))

    most = min(max(len(begin), len(end)), _MOST_KEPT)
    # what Qt would cut is tried, not measured: a width is rounded, and a letter too much would cost what is its own
    n = bisect_left(range(1, most + 1), True, key=lambda n: not _fits(metrics, shown(n), width))
    for short in (shown(n), _DOTS + own if begin else own):
        if _fits(metrics, short, width):
            return on_a_line(short)
    is_cut = (begin != "" and (begin[-1] + own[:1]).isalpha()) or (end != "" and (own[-1:] + end[0]).isalpha())
    if len(own) > 1 and is_cut:
        own = text  # or a part of a word would stand there as a word
    return elided(metrics, own, width, Qt.TextElideMode.ElideRight)


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
