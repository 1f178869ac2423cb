"""What became of a unit, in three plots."""

import numpy as np
from PyQt6.QtCore import QSize, QTimer, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from app.analysis.figures import DAMAGED, NOT_RECORDED
from app.analysis.graph.unit_facts import NO_BIAS
from app.views.unit.analysis.unit_history import Trace, UnitHistory
from app.widgets.curve_plot import NO_LINE, CurvePlot, Line, LineStyle
from app.widgets.heading_line import HeadingLine

LEAST_PX, PLOT_PX = 46, 96
AXIS_PX = 20
"""Only the lowest plot has steps below it, which are those of all."""

IDLE_MS = 400
"""Time between one plot and the next, so that nobody waits for them."""


class _Plot(CurvePlot):
    """Wants no more room than it needs, and takes what there is."""

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.minimumHeight())


class HistoryPlots(QWidget):
    """Activation, bias and gradient norm over the run, one above the other.

    Making a plot takes tens of milliseconds, for which neither a starting window nor a click should wait: they are
    made one by one when the window has nothing else to do, or all at once when they are asked for.

    Signals:
        step_requested(float): the user pointed at this step.
    """

    step_requested = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step = 0
        self._held: int | None = None
        self._made: list[_Plot] = []
        self.headings = [HeadingLine(title) for title in ("Activation", "Bias", "Gradient norm")]
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for heading in self.headings:
            self._column.addWidget(heading)
            self._column.addSpacing(2)
        self._column.addStretch(0)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._make_next)
        self._timer.start(IDLE_MS)

    @property
    def plots(self) -> tuple[CurvePlot, CurvePlot, CurvePlot]:
        """From top to bottom."""
        while len(self._made) < len(self.headings):
            self._make_next()
        return tuple(self._made)  # type: ignore[return-value]

    @property
    def activation(self) -> CurvePlot:
        return self.plots[0]

    @property
    def bias(self) -> CurvePlot:
        return self.plots[1]

    @property
    def gradient_norm(self) -> CurvePlot:
        return self.plots[2]

    def _make_next(self) -> None:
        number = len(self._made)
        is_lowest = number == len(self.headings) - 1
        if is_lowest:
            self._timer.stop()
        mean, own = LineStyle("faint_text", width=1), LineStyle("bar")
        other_mean, other = LineStyle("faint_text", width=1, is_second=True), LineStyle("second", is_second=True)
        plot = _Plot([own, other] if number else [mean, own, other_mean, other], is_zoomable=False)
        plot.getPlotItem().setLabel("bottom", "step")
        _carry_steps(plot, is_lowest)
        plot.step_requested.connect(self.step_requested)
        self.headings[number].name(plot)
        self._column.insertWidget(self._column.indexOf(self.headings[number]) + 1, plot, stretch=1)
        plot.clear_lines()  # or its axes would have numbers that are nobody's
        plot.show_step(self._step)
        plot.show_held(self._held)
        self._made.append(plot)

    def show_history(
        self,
        history: UnitHistory,
        sample: int,
        last_step: int,
        *,
        has_no_bias: bool = False,
        elsewhere: str = "",
        other: UnitHistory | None = None,
    ) -> None:
        """Show a unit, its activation for one sample.

        Args:
            elsewhere: where bias and gradient are told, if not here.
            other: the same unit in the second of two runs, on the steps of the first.
        """
        both = [history] if other is None else [history, other]
        lowest = self.activation
        for plot, kind, traces in (
            (
                self.activation,
                "activation",
                [trace for each in both for trace in (each.mean(), each.of_sample(sample))],
            ),
            (self.bias, "bias", [each.bias for each in both]),
            (self.gradient_norm, "weight_gradient", [each.gradient_norm for each in both]),
        ):
            is_recorded = any(len(trace) for trace in traces)
            bad = np.unique(np.concatenate([trace.steps[~np.isfinite(trace.values)] for trace in traces]))
            absent = DAMAGED if kind in history.damaged else NOT_RECORDED
            if elsewhere and absent == NOT_RECORDED and plot is not self.activation:
                absent = elsewhere
            absent = NO_BIAS if plot is self.bias and has_no_bias else absent
            plot.setVisible(is_recorded or absent != elsewhere)  # the heading says where
            lowest = plot if is_recorded or absent != elsewhere else lowest
            plot.show_message("" if is_recorded else absent)
            lines = [_line(trace) for trace in traces]
            plot.show_lines(lines + [NO_LINE] * (len(plot.lines) - len(lines)), last_step, None, bad)
        for plot in self.plots:
            _carry_steps(plot, plot is lowest)

    def show_figures(self, activation: str, mean: str, bias: str, gradient_norm: str) -> None:
        """Tell the figures at the playhead, each above its plot."""
        for heading, figure in zip(self.headings, (activation, bias, gradient_norm), strict=True):
            heading.show_figure(figure)
        self.headings[0].show_about(f"mean {mean} (thin)")

    def show_held(self, step: int | None) -> None:
        """Mark the step that is held; None: none is."""
        self._held = step
        for plot in self._made:
            plot.show_held(step)

    def clear(self) -> None:
        """Empty the plots."""
        for plot in self._made:
            plot.clear_lines()
            plot.show_message("")

    def show_step(self, step: int) -> None:
        """Move the playhead."""
        self._step = step
        for plot in self._made:
            plot.show_step(step)


def _line(trace: Trace) -> Line:
    return Line(trace.steps, trace.values) if len(trace) else NO_LINE


def _carry_steps(plot: CurvePlot, is_lowest: bool) -> None:
    """Give the lowest plot the steps of all, and room for them."""
    plot.setMinimumHeight(LEAST_PX + AXIS_PX * is_lowest)
    plot.setMaximumHeight(PLOT_PX + AXIS_PX * is_lowest)
    plot.show_steps_below(is_lowest)
