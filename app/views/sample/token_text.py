"""A text, token by token, each shaded by how likely the network finds it."""

from dataclasses import dataclass
from math import isfinite

from PyQt6.QtCore import QEvent, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip, QWidget

from app.analysis.probabilities import percent
from app.analysis.token_words import visible
from app.palette import active
from app.views.sample.analysis.tokens import Tokens
from app.widgets.plain_text import elided, plain_tooltip, width_of

_PAD, _GAP, _LINE_GAP = 3, 2, 3
_LEAST_LINES, _MOST_LINES = 4, 7
_LEAST, _MOST = 0.08, 0.75
"""How strongly the least and the most likely token are shaded."""


@dataclass(frozen=True)
class _Placed:
    text: str
    place: QRectF


class TokenText(QAbstractScrollArea):
    """Words in lines. One is chosen: what the network finds likely in its place is shown elsewhere.

    Signals:
        word_chosen(int): the user chose this word.
    """

    word_chosen = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens: Tokens | None = None
        self._chosen = 0
        self._placed: list[_Placed] = []
        self._height = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Tokens of the sample")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    @property
    def chosen(self) -> int:
        """Number of the word that is framed."""
        return self._chosen

    def show_tokens(self, tokens: Tokens, chosen: int) -> None:
        """Show a sample's tokens."""
        self._tokens, self._chosen = tokens, chosen
        self._place()
        self.updateGeometry()

    def rect_of(self, word: int) -> QRectF:
        """Where a word stands, in pixels of the viewport."""
        return self._placed[word].place.translated(0, -self._scrolled)

    @property
    def _scrolled(self) -> int:
        bar = self.verticalScrollBar()
        return bar.value() if bar is not None else 0

    def _viewport(self) -> QWidget:
        found = self.viewport()
        assert found is not None
        return found

    def _place(self) -> None:
        metrics = QFontMetrics(self.font())
        line_px, width = metrics.height() + 2 * _PAD, self._viewport().width()
        left = top = 0.0
        placed = []
        for word in () if self._tokens is None else self._tokens.words:
            text = visible(word)
            text_px = width_of(metrics, text) + 2 * _PAD
            if text_px > width:
                text, text_px = elided(metrics, text, width - 2 * _PAD), width
            if left and left + text_px > width:
                left, top = 0.0, top + line_px + _LINE_GAP
            placed.append(_Placed(text, QRectF(left, top, text_px, line_px)))
            left += text_px + _GAP
        self._placed, self._height = placed, int(top + line_px + 1)
        bar = self.verticalScrollBar()
        assert bar is not None
        bar.setRange(0, self._height - self._viewport().height())
        bar.setPageStep(self._viewport().height())
        bar.setSingleStep(line_px + _LINE_GAP)
        self._viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(220, min(max(self._height, self._row_px), _MOST_LINES * self._row_px) + 2 * self.frameWidth())

    def minimumSizeHint(self) -> QSize:
        return QSize(160, min(self.sizeHint().height(), _LEAST_LINES * self._row_px + 2 * self.frameWidth()))

    @property
    def _row_px(self) -> int:
        return self.fontMetrics().height() + 2 * _PAD + _LINE_GAP

    def paintEvent(self, event: QPaintEvent | None) -> None:
        tokens = self._tokens
        if tokens is None:
            return
        painter = QPainter(self._viewport())
        painter.translate(0, -self._scrolled)
        for number, each in enumerate(self._placed):
            share = float(tokens.shares[number])
            ground = QColor(active().bar_ground)
            painter.fillRect(each.place, ground)
            if isfinite(share):
                colour = QColor(active().bar)
                colour.setAlphaF(_LEAST + (_MOST - _LEAST) * share)
                painter.fillRect(each.place, colour)
            painter.setPen(QColor(active().text))
            painter.drawText(each.place, Qt.AlignmentFlag.AlignCenter, each.text)
            if number == self._chosen:
                painter.setPen(QColor(active().hovered))
                painter.drawRect(each.place.adjusted(0, 0, -1, -1))

    def tip(self, word: int) -> str:
        """What is known of a word."""
        tokens = self._tokens
        if tokens is None:
            return ""
        lines = [f"token {word + 1}: “{tokens.words[word]}”"]
        if tokens.wanted[word]:
            lines.append(f"wanted: “{tokens.wanted[word]}”")
        if isfinite(float(tokens.shares[word])):
            lines.append(f"the network gives it {percent(float(tokens.shares[word]))}")
        return "\n".join(lines)

    def _word_at(self, x: float, y: float) -> int | None:
        found = (n for n, each in enumerate(self._placed) if each.place.contains(x, y + self._scrolled))
        return next(found, None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        word = self._word_at(event.position().x(), event.position().y())
        if word is not None:
            self.word_chosen.emit(word)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        wanted = min(max(self._chosen + by, 0), len(self._placed) - 1)
        if by and wanted != self._chosen:
            self.word_chosen.emit(wanted)
        elif not by:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            word = self._word_at(event.pos().x(), event.pos().y())
            QToolTip.showText(event.globalPos(), plain_tooltip("" if word is None else self.tip(word)), self)
            return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._place()
        self.updateGeometry()
