"""Pictures side by side, each with a few words below it."""

from collections.abc import Sequence

from PyQt6.QtCore import QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.palette import active
from app.views.sample.analysis.shown_output import CaptionedPicture
from app.widgets.picture_view import to_image

SIDE_PX, LEAST_SIDE_PX = 180, 64
_GAP = 8
_CAPTION = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap


class PictureRow(QWidget):
    """Shows pictures of one size, so that they can be compared; their pixels are squares."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: list[tuple[str, QImage]] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def captions(self) -> list[str]:
        """The words below the pictures."""
        return [caption for caption, _ in self._shown]

    def show_pictures(self, pictures: Sequence[CaptionedPicture]) -> None:
        """Show these from left to right."""
        self._shown = [(each.caption, to_image(each.pixels)) for each in pictures]
        self.updateGeometry()
        self.update()

    def _side(self, width: int) -> int:
        n = max(len(self._shown), 1)
        return int(min(max((width - _GAP * (n - 1)) // n, LEAST_SIDE_PX), SIDE_PX))

    def caption_px(self, side: int) -> int:
        """Height of the largest caption below pictures of a width in px."""
        room, metrics = QRect(0, 0, side, 10 * SIDE_PX), self.fontMetrics()
        heights = [metrics.boundingRect(room, _CAPTION, caption).height() for caption in self.captions]
        return max(heights, default=metrics.height()) + 2

    def heightForWidth(self, width: int) -> int:
        side = self._side(width)
        return side + self.caption_px(side)

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(240))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, LEAST_SIDE_PX + self.caption_px(LEAST_SIDE_PX))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        side = self._side(self.width())
        for number, (caption, image) in enumerate(self._shown):
            left = number * (side + _GAP)
            size = image.size().scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio)
            factor = size.width() // image.width()
            if factor >= 1:
                size = QSize(image.width() * factor, image.height() * factor)
            place = QRectF(left + (side - size.width()) / 2, (side - size.height()) / 2, size.width(), size.height())
            painter.drawImage(place, image)
            painter.setPen(QColor(active().line))
            painter.drawRect(place.adjusted(-1, -1, 0, 0))
            painter.setPen(QColor(active().faint_text))
            painter.drawText(QRectF(left, side + 2, side, self.height() - side), _CAPTION, caption)
