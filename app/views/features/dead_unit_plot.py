"""Fractions of dead and saturated units over the run: one layer's in colour, those of the others faint."""

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from app.analysis.probabilities import percent
from app.views.features.analysis.dead_unit_curves import ABOUT, UnitState, UnitStateCurve
from app.widgets.curve_plot import NO_LINE, CurvePlot, Line, LineStyle
from app.widgets.heading_line import HeadingLine

_MOST_OTHERS = 24
"""Of so many other layers there is a curve."""

_COLOURS = {UnitState.DEAD: "wrong", UnitState.SATURATED: "badge"}
NO_CURVES = (
    "no dead or saturated units are counted in this run: no rectifier or bounded function was seen in it, or no probe"
)
NO_CURVE_HERE = "none can be dead or saturated behind this layer; other layers faint"


class DeadUnitPlot(QWidget):
    """A plot below its heading. A click moves the playhead.

    Signals:
        step_requested(float): the user pointed at this step.
    """

    step_requested = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves: list[UnitStateCurve] = []
        self._of_b: list[UnitStateCurve] = []
        self._layers: tuple[str, ...] = ()
        self._step = 0
        self.heading = HeadingLine("Dead and saturated units")
        styles = [LineStyle("faint_text", 1, 0.45)] * _MOST_OTHERS
        own = [LineStyle(_COLOURS[state], 2, is_second=is_second) for is_second in (False, True) for state in UnitState]
        self.plot = CurvePlot([*styles, *own], is_zoomable=False)
        self.plot.step_requested.connect(self.step_requested)
        self.plot.setMinimumHeight(90)
        self.plot.getPlotItem().setLabel("bottom", "step")
        self.heading.name(self.plot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.heading)
        column.addWidget(self.plot, stretch=1)

    @property
    def chosen(self) -> list[UnitStateCurve]:
        """The curves in colour."""
        return [curve for curve in self._curves if curve.layer in self._layers]

    def show_curves(
        self,
        curves: list[UnitStateCurve],
        layers: tuple[str, ...],
        last_step: int,
        of_b: Sequence[UnitStateCurve] = (),
    ) -> None:
        """Show all curves, those of some layers in colour.

        Args:
            of_b: those of the second of two runs, on the steps and by the names of the first; dashed.
        """
        self._curves, self._layers = curves, layers
        self._of_b = [curve for curve in of_b if curve.layer in layers]
        others = [curve for curve in curves if curve.layer not in layers][:_MOST_OTHERS]
        lines = [_in_percent(curve) for curve in others]
        lines += [NO_LINE] * (_MOST_OTHERS - len(lines))
        for run in (self.chosen, self._of_b):
            for state in UnitState:
                of_kind = [curve for curve in run if curve.state is state]
                lines.append(_in_percent(of_kind[-1]) if of_kind else NO_LINE)
        self.plot.show_lines(lines, last_step, least=0.0, whole=(0.0, 100.0))
        self.plot.show_message("" if curves else NO_CURVES)
        self._update_readout()

    def show_step(self, step: int) -> None:
        """Move the playhead."""
        self._step = step
        self.plot.show_step(step)
        self._update_readout()

    def _update_readout(self) -> None:
        curve = self.chosen[-1] if self.chosen else None
        fraction = None if curve is None else curve.at(self._step)
        self.heading.show_title(
            "Dead and saturated units" if curve is None else f"{curve.state.value.capitalize()} units"
        )
        same = [
            each for each in self._of_b if curve is not None and (each.layer, each.state) == (curve.layer, curve.state)
        ]
        other = same[0].at(self._step) if same else None
        told = "" if fraction is None else percent(fraction)
        self.heading.show_figure(told if other is None else f"A {told} · B {percent(other)}")
        self.heading.show_about(
            (NO_CURVE_HERE if self._curves else "")
            if curve is None
            else f"of {curve.layer}, other layers faint · {ABOUT[curve.state]}"
        )


def _in_percent(curve: UnitStateCurve) -> Line:
    return Line(curve.steps, 100 * curve.values)
