"""How the similarity of layers grows over the run: curves, effective rank, small multiples."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.views.correlations.analysis.evolution import Evolution
from app.views.correlations.evolution_plot import COLOURS, EvolutionPlot
from app.views.correlations.matrix_strip import MatrixStrip
from app.widgets.below import below
from app.widgets.heading_line import HeadingLine
from app.widgets.legend_line import LegendEntry, LegendLine
from app.widgets.wrapping_row import WrappingRow


class EvolutionPage(QWidget):
    """Beside each other. A click in a plot, or on a small matrix, moves the playhead.

    Signals:
        step_requested(float): the user pointed at this step.
        measurement_requested(int): the user clicked the small matrix of this measurement.
    """

    step_requested = pyqtSignal(float)
    measurement_requested = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._evolution: Evolution | None = None
        self._grey = ""
        self.pair_heading, self.rank_heading = HeadingLine(""), HeadingLine("Effective rank")
        self.rank_heading.setToolTip("How many directions a layer's outputs really use; thin: the other layers")
        self.rank_legend = LegendLine()
        self.strip_heading = HeadingLine("Over the run")
        self.pairs, self.ranks = EvolutionPlot(), EvolutionPlot()
        self.pair_heading.name(self.pairs)
        self.rank_legend.name(self.ranks, "Effective rank")
        self.strip = MatrixStrip()
        self.strip.measurement_requested.connect(self.measurement_requested)
        columns = QSplitter(Qt.Orientation.Horizontal)
        columns.setChildrenCollapsible(False)
        for plot in (self.pairs, self.ranks):
            plot.setMinimumWidth(160)
            plot.getPlotItem().setLabel("bottom", "step")
            plot.step_requested.connect(self.step_requested)
        columns.addWidget(below(self.pair_heading, self.pairs))
        columns.addWidget(below(WrappingRow(self.rank_heading, self.rank_legend), self.ranks))
        columns.addWidget(below(self.strip_heading, self.strip))
        columns.setSizes([310, 320, 260])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(columns)

    def show_evolution(self, evolution: Evolution, last_step: int) -> None:
        """Draw how alike the chosen layers are over the run."""
        self._evolution = evolution
        for plot, lines in ((self.pairs, evolution.pairs), (self.ranks, evolution.ranks)):
            plot.show_evolution(evolution.steps, lines, last_step)
        self.pair_heading.show_title(evolution.title)
        self.pair_heading.show_about(evolution.about)
        has_gaps = len(evolution.steps) and not np.isfinite(evolution.pairs.values).all()
        self._grey = f"grey: {evolution.picture_of(0).absent_means} · " if has_gaps else ""
        self.strip.show_matrices(evolution.picture_of, evolution.numbers, evolution.places)

    def show_measurement(self, number: int) -> None:
        """Tell the figures of a measurement of what is drawn, and mark it."""
        evolution = self._evolution
        assert evolution is not None
        self.strip.show_current(number)
        self.pair_heading.show_figure(" · ".join(evolution.pairs.figures(number)))
        ranks = evolution.ranks
        self.rank_legend.show_entries(
            [
                LegendEntry(label, colour, figure, is_dashed=ranks.is_of_two and colour == COLOURS[1])
                for label, figure, colour in zip(ranks.labels, ranks.figures(number), COLOURS, strict=False)
            ]
        )
        shown, total = len(self.strip.shown()), len(evolution.steps)
        left_out = f", {shown} of {total}" if shown < total else ""
        self.strip_heading.show_about(f"{self._grey}{evolution.numbers_are}{left_out}")

    def show_step(self, step: int) -> None:
        """Move the playhead."""
        for plot in (self.pairs, self.ranks):
            plot.show_step(step)
