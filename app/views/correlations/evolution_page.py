"""How the similarity of layers grows over the run: curves, effective rank, small multiples."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.views.correlations.analysis.matrix_picture import signed
from app.views.correlations.analysis.similarity_run import PairMeasure, SimilarityRun
from app.views.correlations.evolution_plot import EvolutionPlot
from app.views.correlations.matrix_strip import MatrixStrip
from app.widgets.heading_line import HeadingLine
from app.widgets.legend_line import LegendEntry, LegendLine
from app.widgets.plain_text import PlainLabel
from app.widgets.wrapping_row import WrappingRow

_RANK_COLOURS = ("bar", "loss")
_MOST_LAYERS = 9
"""Of more layers the curves of all pairs would be one grey block."""


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
        self._run: SimilarityRun | None = None
        self._is_by_epoch = True
        self._pair = (0, 0)
        self._measure = PairMeasure.CKA
        self.pair_heading, self.rank_heading = HeadingLine(""), PlainLabel("Effective rank")
        self.rank_heading.setObjectName("heading")
        self.rank_heading.setToolTip("How many directions a layer's outputs really use; thin: the other layers")
        self.rank_legend = LegendLine()
        self.strip_heading = HeadingLine("Over the run")
        self.pairs, self.ranks = EvolutionPlot(["bar"]), EvolutionPlot(_RANK_COLOURS, decimals=1)
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
        columns.addWidget(_below(self.pair_heading, self.pairs))
        columns.addWidget(_below(WrappingRow(self.rank_heading, self.rank_legend), self.ranks))
        columns.addWidget(_below(self.strip_heading, self.strip))
        columns.setSizes([310, 320, 260])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(columns)

    def show_run(self, run: SimilarityRun, measure: PairMeasure, pair: tuple[int, int], last_step: int) -> None:
        """Draw a measure of all pairs of layers, the chosen pair strong."""
        self._run, self._pair, self._measure = run, pair, measure
        low, high = sorted(pair)
        rows, columns = _drawn_pairs(len(run.layers), low, high)
        names = [f"{run.layers[i]} × {run.layers[j]}" for i, j in zip(rows, columns, strict=True)]
        chosen = int(np.flatnonzero((rows == low) & (columns == high))[0])
        values = run.measures[measure][:, rows, columns].T
        band = run.null[:, low, high] if measure is PairMeasure.CKA else None
        self.pairs.decimals = run.decimals(measure)
        self.pairs.show_evolution(run.steps, names, values, [chosen], last_step, band=band, least=0.0)
        self.pair_heading.show_title(f"{run.short_names[pair[0]]} × {run.short_names[pair[1]]}")
        thin = "thin: other pairs" + (" of the two layers" if len(run.layers) > _MOST_LAYERS else "")
        self.pair_heading.show_about(f"grey: chance, {thin}" if band is not None else thin)
        ranks = list(dict.fromkeys(pair))
        self.ranks.show_evolution(run.steps, run.layers, run.effective_rank.T, ranks, last_step, least=0.0)
        self._is_by_epoch = len(set(run.epochs.tolist())) == len(run.epochs)
        numbers = run.epochs if self._is_by_epoch else run.steps
        names = [f"{each:,}" if each >= 0 else "?" for each in numbers.tolist()]
        places = [run.place(number) for number in range(len(run.steps))]
        self.strip.show_matrices(lambda number: run.picture(number, measure), names, places)

    def show_measurement(self, number: int | None) -> None:
        """Tell the figures of a measurement, and mark it."""
        self.strip.show_current(number)
        run = self._run
        if run is None or number is None:
            self.pair_heading.show_figure("")
            self.rank_legend.show_entries(())
            return
        self.pair_heading.show_figure(
            signed(float(run.measures[self._measure][number][self._pair]), run.decimals(self._measure))
        )
        self.rank_legend.show_entries(
            [
                LegendEntry(run.short_names[each], colour, f"{run.effective_rank[number, each]:.1f}")
                for each, colour in zip(dict.fromkeys(self._pair), _RANK_COLOURS, strict=False)
            ]
        )
        shown, total = len(self.strip.shown()), len(run.steps)
        left_out = f", {shown} of {total}" if shown < total else ""
        self.strip_heading.show_about(f"{'by epochs that had ended' if self._is_by_epoch else 'by step'}{left_out}")

    def show_step(self, step: int) -> None:
        """Move the playhead."""
        for plot in (self.pairs, self.ranks):
            plot.show_step(step)


def _drawn_pairs(n_layers: int, low: int, high: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the layers of each pair that has a curve: the chosen one, and others that are no diagonal."""
    rows, columns = np.triu_indices(n_layers)
    is_drawn = rows < columns
    if n_layers > _MOST_LAYERS:
        is_drawn &= np.isin(rows, (low, high)) | np.isin(columns, (low, high))
    is_drawn |= (rows == low) & (columns == high)
    return rows[is_drawn], columns[is_drawn]


def _below(heading: QWidget, widget: QWidget) -> QWidget:
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(heading)
    column.addWidget(widget, stretch=1)
    return whole
