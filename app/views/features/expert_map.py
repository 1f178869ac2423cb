"""How often each expert of a layer is chosen, over the run, below its heading and above its scale."""

from typing import Any

import numpy as np
from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from app.analysis import colours
from app.analysis.probabilities import percent
from app.palette import active
from app.views.features.analysis.expert_choices import ExpertChoices
from app.views.features.analysis.tiles import ScaleRule
from app.views.features.scale_line import ScaleLine
from app.widgets.heading_line import HeadingLine
from app.widgets.heat_map import HeatMap

READING = "The passes are being read."
NOT_COUNTED = "No pass has how often each expert was chosen: that takes held-out samples, probe=(inputs, targets)."


class ExpertMap(QWidget):
    """A row for each expert, light where it is chosen often. The wheel zooms along the steps.

    Signals:
        step_requested(float): the user pointed at this step.
    """

    step_requested = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: ExpertChoices | None = None
        self._step, self._last_step = 0, 1
        self._layer = ""
        self.heading = HeadingLine("Experts")
        self.map = HeatMap(_colour_table)
        self.heading.name(self.map)
        self.map.step_requested.connect(self.step_requested)
        self.map.layer_requested.connect(self.map.show_layer)
        self.map.range_requested.connect(self.map.show_range)
        self.map.everything_requested.connect(self._show_all)
        self.scale = ScaleLine()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.heading)
        column.addWidget(self.map, stretch=1)
        column.addWidget(self.scale)

    def show_choices(self, choices: ExpertChoices | None, layer: str, last_step: int, absence: str) -> None:
        """Show what a layer's router chose in a run that has come to ``last_step``.

        Args:
            absence: why there is nothing to show, where there is not.
        """
        is_other = layer != self._layer or last_step != self._last_step
        self._choices, self._layer, self._last_step = choices, layer, last_step
        self.map.show_absence(absence)
        self.map.show_heat(choices, last_step)
        if is_other:
            self.map.show_layer(None)
            self._show_all()
        even = "" if choices is None else f"; all alike would be {percent(choices.even)}"
        self.heading.show_about(f"of {layer}: share of all choices for the probe, a row for each{even}")
        if choices is None:
            self.scale.show_nothing()
        else:
            self.scale.show_scale(choices.largest, ScaleRule.RUN, is_signed=False, words="share of choices")
        self._update_readout()

    def show_step(self, step: int) -> None:
        """Move the playhead."""
        self._step = step
        self.map.show_step(step)
        self._update_readout()

    def _show_all(self) -> None:
        self.map.show_range(0.0, float(max(self._last_step, 1)))

    def _update_readout(self) -> None:
        self.heading.show_figure("" if self._choices is None else self._choices.summary(self._step))


def _colour_table(_: Any) -> np.ndarray:
    """From dark to light; the ground where there was no pass yet."""
    table = colours.GREY.copy()
    table[0] = QColor(active().background).getRgb()
    return table
