"""Text that gives way to what stands around it: shortened in the middle, since names often begin alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from os.path import commonprefix

from PyQt6.QtCore import QEvent, QSize
from PyQt6.QtGui import QFontMetrics, QFontMetricsF, QPainter, QPaintEvent
from PyQt6.QtWidgets import QStyle

from app.widgets.plain_text import PlainLabel, elided, plain_tooltip

_LEAST_PX = 40
_DOTS = "…"


def elided_apart(metrics: QFontMetrics | QFontMetricsF, texts: Sequence[str], width: float) -> list[str]:
    """The same of several, so that texts which differ are seen to differ: what they begin and end with gives way."""
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
            for text in whole:
                own = text[n_first : len(text) - n_last]
                instead[text] = elided(metrics, f"{_DOTS * (n_first > 0)}{own}{_DOTS * (n_last > 0)}", width)
    return [instead.get(text, short) for text, short in zip(texts, shown, strict=True)]


class ElidedLabel(PlainLabel):
    """Shortened where there is no room for it; then its tooltip tells all of it.

    A plain label is never narrower than its text: a long name in it would push the docks together.
    """

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_PX, super().minimumSizeHint().height())

    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.ToolTip:
            self.setToolTip(plain_tooltip(self.text() if self.shown_text() != self.text() else ""))
        return super().event(event)

    def shown_text(self) -> str:
        """What of the text there is room for."""
        return elided(self.fontMetrics(), self.text(), self.contentsRect().width())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
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
