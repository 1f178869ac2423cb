"""A picture with a title and a line below it, that can be clicked."""

from PyQt6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PyQt6.QtGui import QColor, QEnterEvent, QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QAbstractButton, QWidget

from app.palette import SMALL_PX, TITLE_PX, active, font
from app.widgets.empty_state import write_absence
from app.widgets.plain_text import elided, plain_tooltip

PICTURE = QSize(240, 135)
_MARGIN, _TITLE_HEIGHT, _LINE_HEIGHT, _ROUND = 8, 20, 17, 6
MOST_PX, LEAST_PX = PICTURE.width() + 2 * _MARGIN, 220
"""Width of a card that has its picture as large as it was painted, and of one that gives way to another beside it."""


class PictureCard(QAbstractButton):
    """Painted anew as large as the picture; what does not fit on a line is shortened, and told by the tooltip."""

    def __init__(self, title: str, line: str = "", tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.line = title, line
        self.picture: QImage | None = None
        self.absence = ""
        self.setAccessibleName(f"{title}. {line}" if line else title)
        self.setToolTip(plain_tooltip(tip))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.fit(MOST_PX)

    def fit(self, width: int) -> None:
        """Be so wide, and as high as the picture then takes."""
        self._shown = PICTURE.scaled(width - 2 * _MARGIN, PICTURE.height(), Qt.AspectRatioMode.KeepAspectRatio)
        below = _TITLE_HEIGHT + _LINE_HEIGHT + 2 * _MARGIN + 4
        self.setFixedSize(self._shown.width() + 2 * _MARGIN, self._shown.height() + below)

    def show_picture(self, picture: QImage, line: str = "") -> None:
        """The picture is there, and what it tells."""
        self.picture = picture
        if line:
            self.line = line
            self.setAccessibleName(f"{self.title}. {line}")
        self.update()

    def show_absence(self, words: str) -> None:
        """Why there is no picture, as long as there is none."""
        if words != self.absence:
            self.absence = words
            self.update()

    def enterEvent(self, event: QEnterEvent | None) -> None:
        self.update()

    def leaveEvent(self, event: QEvent | None) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        palette, painter = active(), QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        is_lit = self.underMouse() or self.hasFocus()
        painter.setPen(QColor(palette.hovered if is_lit else palette.line))
        painter.setBrush(QColor(palette.bar_ground))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), _ROUND, _ROUND)
        place = QRect(QPoint(_MARGIN, _MARGIN), self._shown)
        if self.picture is None:
            painter.fillRect(place, QColor(palette.background))
            painter.setFont(font(SMALL_PX))
            write_absence(painter, place, self.absence)
        else:
            painter.drawImage(place, self.picture)
        title = QRect(_MARGIN, place.bottom() + 5, place.width(), _TITLE_HEIGHT)
        painter.setPen(QColor(palette.text))
        painter.setFont(font(TITLE_PX, bold=True))
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, elided(painter.fontMetrics(), self.title, title.width()))
        painter.setPen(QColor(palette.faint_text))
        painter.setFont(font(SMALL_PX))
        line = QRect(_MARGIN, title.bottom() + 1, place.width(), _LINE_HEIGHT)
        painter.drawText(
            line,
            Qt.AlignmentFlag.AlignVCenter,
            elided(painter.fontMetrics(), self.line, line.width(), Qt.TextElideMode.ElideRight),
        )
