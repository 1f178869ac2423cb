"""A part of a view that is scrolled by itself, while the view as a whole is not."""

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QFrame, QScrollArea, QWidget


class InnerScrollArea(QScrollArea):
    """Scrolls its content up and down. Where all around it has to be scrolled anyway, it is as high as its content.

    Args:
        content: what it shows.
        least_px: of its height, so much is seen in any case.
    """

    def __init__(self, content: QWidget, parent: QWidget | None = None, *, least_px: int = 0) -> None:
        super().__init__(parent)
        self._least_px = least_px
        self.setMinimumHeight(least_px)
        self._around: QScrollArea | None = None
        self._least_around = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)

    def showEvent(self, event: QShowEvent | None) -> None:
        if self._around is None:
            above = self.parentWidget()
            while above is not None and not isinstance(above, QScrollArea):
                above = above.parentWidget()
            if above is not None and (viewport := above.viewport()) is not None:
                self._around = above
                viewport.installEventFilter(self)
        self._take_room()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._take_room()
        return super().eventFilter(watched, event)

    def _take_room(self) -> None:
        content, around = self.widget(), None if self._around is None else self._around.widget()
        if content is None or around is None or self._around is None:
            return
        if self.minimumHeight() <= self._least_px:
            self._least_around = around.minimumSizeHint().height()
        is_scrolled = self._around.maximumViewportSize().height() < self._least_around
        frame_px = self.height() - self.maximumViewportSize().height()
        whole = max(content.minimumSizeHint().height(), content.heightForWidth(self.width())) + frame_px
        self.setMinimumHeight(max(whole, self._least_px) if is_scrolled else self._least_px)
