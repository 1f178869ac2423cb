"""What became of a unit, in three plots."""

import numpy as np
from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from app.analysis.unit_history import Trace, UnitHistory
from app.widgets.curve_plot import NO_LINE, CurvePlot, Line, LineStyle
from app.widgets.heading_line import HeadingLine

PLOT_PX = 96


class HistoryPlots(QWidget):
    """Activation, bias and gradient norm over the run, one above the other.

    Signals:
        step_requested(float): the user pointed at this step.
    """

    step_requested = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        mean, own = LineStyle("faint_text", width=1), LineStyle("bar")
        self.activation = CurvePlot([mean, own], is_zoomable=False)
        self.bias = CurvePlot([own], is_zoomable=False)
        self.gradient_norm = CurvePlot([own], is_zoomable=False)
        self.headings = [HeadingLine(title) for title in ("Activation", "Bias", "Gradient norm")]
        self.headings[0].show_about("thin: mean of the probe")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for heading, plot in zip(self.headings, self.plots, strict=True):
            plot.setFixedHeight(PLOT_PX)
            plot.step_requested.connect(self.step_requested)
            column.addWidget(heading)
            column.addWidget(plot)
            column.addSpacing(4)

    @property
    def plots(self) -> tuple[CurvePlot, CurvePlot, CurvePlot]:
        """From top to bottom."""
        return self.activation, self.bias, self.gradient_norm

    def show_history(self, history: UnitHistory, sample: int, last_step: int) -> None:
        """Show a unit, its activation for one sample."""
        for plot, traces in (
            (self.activation, [history.mean(), history.of_sample(sample)]),
            (self.bias, [history.bias]),
            (self.gradient_norm, [history.gradient_norm]),
        ):
            is_recorded = any(len(trace) for trace in traces)
            bad = np.unique(np.concatenate([trace.steps[~np.isfinite(trace.values)] for trace in traces]))
            plot.show_message("" if is_recorded else "not recorded")
            plot.show_lines([_line(trace) for trace in traces], last_step, None, bad)

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
