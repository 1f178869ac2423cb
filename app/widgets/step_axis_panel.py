"""A panel of plots that share one axis of steps."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import pyqtBoundSignal, pyqtSignal
from PyQt6.QtWidgets import QToolButton, QWidget

from app.widgets.curve_plot import CurvePlot


class StepAxisPanel(QWidget):
    """Zoomed together; a click or a drag moves the playhead, a double click shows the whole run.

    Attributes:
        everything_button: shows the whole run; hidden while it is shown.

    Signals:
        step_requested(float): the user pointed at a step.
    """

    step_requested = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step = self._before_click = 0
        self._steps_shown: tuple[float, float] | None = None
        self.everything_button = QToolButton()
        self.everything_button.setText("↔")
        self.everything_button.setToolTip("Show the whole run (double click)")
        self.everything_button.setAccessibleName("Show the whole run")
        self.everything_button.setAutoRaise(True)
        self.everything_button.clicked.connect(lambda *_: self.show_range(None))
        self.everything_button.hide()

    @property
    def plots(self) -> Sequence[CurvePlot]:
        """The plots on the axis."""
        raise NotImplementedError

    @property
    def shown_steps(self) -> tuple[float, float] | None:
        """The steps that the user zoomed to; None for the whole run."""
        return self._steps_shown

    def show_range(self, steps: tuple[float, float] | None) -> None:
        """Show these steps in every plot; None for the whole run."""
        self._steps_shown = steps
        for plot in self.plots:
            plot.show_range(steps)
        self.everything_button.setVisible(steps is not None)

    def _put_on_axis(self, step: pyqtBoundSignal, steps: pyqtBoundSignal, everything: pyqtBoundSignal) -> None:
        """Take the wishes of a plot: a step, a range of steps, the whole run."""
        step.connect(self._on_step_requested)
        steps.connect(lambda low, high: self.show_range((low, high)))
        everything.connect(self._on_everything_requested)

    def _put_plot_on_axis(self, plot: CurvePlot) -> None:
        self._put_on_axis(plot.step_requested, plot.range_requested, plot.everything_requested)

    def _on_step_requested(self, step: float) -> None:
        self._before_click = self._step
        self.step_requested.emit(step)

    def _on_everything_requested(self) -> None:
        """The first click of the two has moved the playhead, which was not meant."""
        self.show_range(None)
        self.step_requested.emit(float(self._before_click))
