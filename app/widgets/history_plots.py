"""What became of a unit, in three plots."""

import numpy as np
from PyQt6.QtCore import QSize, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from app.analysis.unit_facts import NO_BIAS, NOT_RECORDED
from app.analysis.unit_history import Trace, UnitHistory
from app.widgets.curve_plot import NO_LINE, CurvePlot, Line, LineStyle
from app.widgets.heading_line import HeadingLine

LEAST_PX, PLOT_PX = 46, 96
AXIS_PX = 20
"""Only the lowest plot has steps below it, which are those of all."""


class _Plot(CurvePlot):
    """Wants no more room than it needs, and takes what there is."""

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.minimumHeight())


class HistoryPlots(QWidget):
    """Activation, bias and gradient norm over the run, one above the other.

    Signals:
        step_requested(float): the user pointed at this step.
    """

    step_requested = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mean, own = LineStyle("faint_text", width=1), LineStyle("bar")
        self.activation = _Plot([mean, own], is_zoomable=False)
        self.bias = _Plot([own], is_zoomable=False)
        self.gradient_norm = _Plot([own], is_zoomable=False)
        self.headings = [HeadingLine(title) for title in ("Activation", "Bias", "Gradient norm")]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for heading, plot in zip(self.headings, self.plots, strict=True):
            is_lowest = plot is self.gradient_norm
            plot.setMinimumHeight(LEAST_PX + AXIS_PX * is_lowest)
            plot.setMaximumHeight(PLOT_PX + AXIS_PX * is_lowest)
            if not is_lowest:
                plot.hide_steps()
            plot.step_requested.connect(self.step_requested)
            column.addWidget(heading)
            column.addWidget(plot, stretch=1)
            column.addSpacing(2)
        column.addStretch(0)

    @property
    def plots(self) -> tuple[CurvePlot, CurvePlot, CurvePlot]:
        """From top to bottom."""
        return self.activation, self.bias, self.gradient_norm

    def show_history(self, history: UnitHistory, sample: int, last_step: int, *, has_no_bias: bool = False) -> None:
        """Show a unit, its activation for one sample."""
        for plot, traces in (
            (self.activation, [history.mean(), history.of_sample(sample)]),
            (self.bias, [history.bias]),
            (self.gradient_norm, [history.gradient_norm]),
        ):
            is_recorded = any(len(trace) for trace in traces)
            bad = np.unique(np.concatenate([trace.steps[~np.isfinite(trace.values)] for trace in traces]))
            absent = NO_BIAS if plot is self.bias and has_no_bias else NOT_RECORDED
            plot.show_message("" if is_recorded else absent)
            plot.show_lines([_line(trace) for trace in traces], last_step, None, bad)

    def show_figures(self, activation: str, mean: str, bias: str, gradient_norm: str) -> None:
        """Tell the figures at the playhead, each above its plot."""
        for heading, figure in zip(self.headings, (activation, bias, gradient_norm), strict=True):
            heading.show_figure(figure)
        self.headings[0].show_about(f"thin: mean {mean}")

    def show_message(self, text: str) -> None:
        """Empty the plots, and say in the first why."""
        for plot in self.plots:
            plot.clear_lines()
            plot.show_message("")
        self.activation.show_message(text)

    def show_step(self, step: int) -> None:
        """Move the playhead."""
        for plot in self.plots:
            plot.show_step(step)


def _line(trace: Trace) -> Line:
    return Line(trace.steps, trace.values) if len(trace) else NO_LINE
