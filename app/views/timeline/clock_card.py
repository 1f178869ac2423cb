"""How many updates each of several optimizers has made, where they update at their own rates."""

import numpy as np
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.views.timeline.analysis.clocks import MOST_CLOCKS, Clocks
from app.widgets.curve_plot import NO_LINE, CurvePlot, Line, LineStyle
from app.widgets.legend_line import LegendEntry, LegendLine
from app.widgets.value_axis import WIDTH_PX

LEAST_PX = 260
_COLOURS = ("loss", "accuracy", "right", "second")
_SPACE_PX = 4
_TITLE = "Updates of each optimizer"


class ClockCard(QWidget):
    """A clock is a staircase that counts from the left of the steps that are shown. Of those it is told how often each
    optimizer updates while the slowest does once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.clocks: Clocks | None = None
        self._step = 0
        self._left = 0.0
        self._last_step, self._epochs = 1, np.zeros(0)
        styles = [LineStyle(_COLOURS[number % len(_COLOURS)]) for number in range(MOST_CLOCKS)]
        self.plot = CurvePlot(styles)
        self.plot.getPlotItem().setLabel("bottom", "step")
        self.legend = LegendLine()
        self.legend.name(self.plot, _TITLE)
        self.heading = QHBoxLayout()
        self.heading.setSpacing(2)
        self.heading.setContentsMargins(WIDTH_PX + _SPACE_PX, 0, _SPACE_PX, 0)
        self.heading.addWidget(self.legend, stretch=1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.heading)
        column.addWidget(self.plot)
        self.fit()

    def fit(self, extra_px: int = 0) -> None:
        """Be wide enough for the legend, and for so many px of buttons that are not its own."""
        self.setMinimumWidth(self.least_px() + extra_px)

    def least_px(self) -> int:
        """Width at which names and figures can be read."""
        return max(LEAST_PX, WIDTH_PX + 3 * _SPACE_PX + self.legend.wanted_px())

    def show_clocks(self, clocks: Clocks | None, last_step: int, epochs: np.ndarray) -> None:
        """Draw the clocks of a run; None: it has none that differ."""
        self.clocks, self._last_step, self._epochs = clocks, last_step, epochs
        self._draw()
        self._tell()

    def _draw(self) -> None:
        clocks, left = self.clocks, self._left
        lines = [] if clocks is None else [Line(*clocks.staircase(each, left)) for each in range(len(clocks.names))]
        every = [*lines, *[NO_LINE] * (MOST_CLOCKS - len(lines))]
        self.plot.show_lines(every, self._last_step, self._epochs, least=0.0)

    def count_from_left(self) -> None:
        """Other steps are shown: count from the first of them."""
        self._left = max(0.0, float(np.ceil(self.plot.shown_range[0])))
        self._draw()
        self._tell()

    def show_step(self, step: int) -> None:
        """Move the playhead, and tell what each clock shows there."""
        self._step = step
        self.plot.show_step(step)
        self._tell()

    def _tell(self) -> None:
        if self.clocks is None:
            return
        rates = self.clocks.rates(*self.plot.shown_range)
        entries = [LegendEntry("Updates")]
        entries += [
            LegendEntry(name, _COLOURS[number % len(_COLOURS)], "" if rates is None else f"×{rates[number]:g}")
            for number, name in enumerate(self.clocks.names)
        ]
        if (made := self.clocks.at(self._step)) is not None:
            told = ", ".join(f"{each:,}" for each in made)
            entries.append(LegendEntry(f"updates at the playhead: {told}", is_note=True))
        self.legend.show_entries(entries)
