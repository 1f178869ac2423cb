"""Two widgets beside each other, or below each other where there is no room for that."""

from PyQt6.QtCore import QEvent, QSize
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QBoxLayout, QWidget

from app.widgets.heading_line import HeadingLine
from app.widgets.legend_line import LegendLine

_SPACE_PX = 10


class WrappingRow(QWidget):
    """The two keep their order; one that takes whatever room it gets says itself how much it can be read at."""

    def __init__(self, first: QWidget, second: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = (first, second)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_SPACE_PX)
        for part in self._parts:
            takes_the_rest = isinstance(part, HeadingLine | LegendLine) or part is second
            self._row.addWidget(part, stretch=int(takes_the_rest))
        self._fit()

    @property
    def is_wrapped(self) -> bool:
        """Whether they are below each other."""
        return self._row.direction() == QBoxLayout.Direction.TopToBottom

    def minimumSizeHint(self) -> QSize:
        # also while they are beside each other, or they would never get below each other
        return QSize(max(_least_px(part) for part in self._parts), super().minimumSizeHint().height())

    def _fit(self) -> None:
        wanted = [_wanted_px(part) for part in self._parts]
        is_wrapped = sum(wanted) + _SPACE_PX > self.width()
        first, second = self._parts
        if isinstance(first, HeadingLine) and isinstance(second, LegendLine) and not is_wrapped:
            room = self.width() - _SPACE_PX
            first_px = min(first.whole_px(), room - wanted[1])  # an explanation gives way before names do
            self._share(first_px, room - first_px)
        if is_wrapped == self.is_wrapped:
            return  # who changes a layout while it is laid out has it laid out again, for ever
        self._row.setSpacing(2 if is_wrapped else _SPACE_PX)
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if is_wrapped else QBoxLayout.Direction.LeftToRight)

    def _share(self, *px: int) -> None:
        """Have the parts as wide as this."""
        for number, each in enumerate(px):
            if self._row.stretch(number) != each:
                self._row.setStretch(number, each)

    def event(self, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._fit()


def _least_px(widget: QWidget) -> int:
    return max(widget.minimumWidth(), widget.minimumSizeHint().width())


def _wanted_px(widget: QWidget) -> int:
    return widget.wanted_px() if isinstance(widget, HeadingLine | LegendLine) else widget.sizeHint().width()
