"""What arrows do on a curve: to the value before or after, to the plot above or below."""

from collections.abc import Callable

import numpy as np
from PyQt6.QtCore import QPoint, QRectF, Qt
from PyQt6.QtWidgets import QScrollArea, QWidget

from app.widgets.walk import PlaceWalk


class StepWalk(PlaceWalk):
    """Left and right move the playhead from value to value; up and down lead to another plot.

    Args:
        plot: a widget that has this walk.
        steps: where the plot has values, int ``[R]`` rising.
        step: where the playhead is.
        go_to: asks for another step.
    """

    def __init__(
        self,
        plot: QWidget,
        steps: Callable[[], np.ndarray],
        step: Callable[[], float],
        go_to: Callable[[float], None],
    ) -> None:
        self._steps, self._step, self._go_to = steps, step, go_to
        super().__init__(plot)

    def place(self) -> QRectF | None:
        return QRectF(self._widget.rect())

    def go(self, down: int, across: int, *, is_far: bool) -> None:
        if down:
            self._to_plot(down)
            return
        steps, step = self._steps(), self._step()
        place = int(np.searchsorted(steps, step)) - 1 if across < 0 else int(np.searchsorted(steps, step, side="right"))
        if 0 <= place < len(steps):
            self._go_to(float(steps[place]))
            self._widget.setAccessibleDescription(f"step {steps[place]:,}")

    def choose(self) -> None:
        """Nothing: the playhead is there already."""

    def _to_plot(self, by: int) -> None:
        """To the plot so many further on, of those that stand together: in the nearest parent that has more of them."""
        around = self._widget.parentWidget()
        plots = [self._widget]
        while around is not None and len(plots) == 1:
            near = {id(walk._widget): walk._widget for walk in around.findChildren(StepWalk)}
            window = self._widget.window()
            assert window is not None
            plots = [plot for plot in near.values() if plot.isVisibleTo(around)]
            plots.sort(key=lambda plot: _top_left(plot, window))
            around = around.parentWidget()
        place = plots.index(self._widget) + by
        if 0 <= place < len(plots):
            plots[place].setFocus(Qt.FocusReason.TabFocusReason)
            _bring_into_sight(plots[place])


def _top_left(widget: QWidget, window: QWidget) -> tuple[int, int]:
    at = widget.mapTo(window, QPoint(0, 0))
    return at.y(), at.x()


def _bring_into_sight(widget: QWidget) -> None:
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(widget)
        around = around.parentWidget()
