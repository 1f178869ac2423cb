"""Where in the network samples are decided: prediction depth over the measurements, and whose votes changed."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QSplitter, QWidget

from app.analysis.class_groups import class_colours
from app.analysis.layer_names import tails
from app.analysis.probabilities import percent
from app.views.stories.analysis.depth import ABOUT, UNKNOWN, depth_counts, first_flips
from app.views.stories.analysis.story_cells import scale_colours
from app.views.stories.analysis.story_run import HOW_TO_RECORD, StoryRun
from app.views.stories.analysis.story_text import moment_text, sample_title
from app.views.stories.cell_grid import CellGrid
from app.views.stories.colour_key import Scale, Swatch
from app.views.stories.moment import Moment
from app.views.stories.moment_page import MomentPage
from app.views.stories.panes import keep_whole
from app.views.stories.time_page import theme_colours
from app.widgets.below import below
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.heading_line import HeadingLine
from app.widgets.plain_text import plain_tooltip

OUTPUT = "output"


class DepthPage(MomentPage):
    """Above how many samples have which depth when; below the votes of the layers on the sample that is shown.

    Signals:
        step_requested(float): the user chose a measurement.
        layer_requested(str): the user chose a layer.
        selection_requested(object): the user chose the samples of a cell, a frozenset.
    """

    step_requested = pyqtSignal(float)
    layer_requested = pyqtSignal(str)
    selection_requested = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = HeadingLine("Prediction depth")
        self.depths = CellGrid("Prediction depth: layers by measurements")
        self.votes_heading = HeadingLine("Votes on the sample")
        self.votes = CellGrid("Votes of the layers on the sample")
        self.flips_heading = HeadingLine("First vote to change")
        self.flips = CellGrid("Layers whose vote changed with the prediction")
        lower = QSplitter(Qt.Orientation.Horizontal)
        lower.addWidget(below(self.votes_heading, self.votes))
        lower.addWidget(below(self.flips_heading, self.flips))
        whole = QSplitter(Qt.Orientation.Vertical)
        whole.addWidget(below(self.heading, self.depths))
        whole.addWidget(lower)
        keep_whole(whole)
        lower.setSizes([600, 400])
        whole.setSizes([500, 500])
        self.depths.setToolTip(plain_tooltip(ABOUT))
        self.pages = EmptyStateLayout(self, whole, "")
        self.depths.clicked.connect(self._on_depth_clicked)
        self.votes.clicked.connect(self._on_cell_clicked)
        self.flips.clicked.connect(self._on_cell_clicked)

    def show_moment(self, moment: Moment) -> None:
        """Show a run, with its playhead and sample."""
        before, self._moment = self._moment, moment
        run = moment.run
        if run.depths is None:
            self.pages.show_text(_why_nothing(run))
            return
        self.pages.show_content()
        is_new = before is None or before.run is not moment.run
        if is_new:
            self._draw_depths(run, run.depths)
            self._draw_flips(run)
        if is_new or before is None or before.sample != moment.sample:
            self._draw_votes(moment)
        self._mark(moment)

    def _draw_depths(self, run: StoryRun, depths: np.ndarray) -> None:
        n_layers = len(run.layers)
        counts = depth_counts(depths, n_layers)
        totals = np.maximum(counts.sum(axis=1), 1)
        shares = counts / totals[:, None]
        rows = [*tails(run.layers), OUTPUT]
        table = scale_colours()
        most = float(shares.max(initial=0)) or 1.0
        colours = table[np.rint(shares.T / most * 254).astype(int)]

        def words(row: int, column: int) -> str:
            decided = f"from {run.layers[row]} on" if row < n_layers else "by the output alone"
            n = int(counts[column, row])
            told = f"{n:,} sample{'s' * (n != 1)}, {percent(float(shares[column, row]))}"
            return f"{moment_text(run, column)}\ndecided {decided}: {told}"

        key = [Scale("0", percent(most), table[None])]
        self.depths.show_cells(colours, rows, _columns(run), words, axes=("step", ""), key=key)
        self.heading.show_about("share of the samples; a click selects them")

    def _draw_flips(self, run: StoryRun) -> None:
        """Of the samples that are taken for another class than a measurement before: the first layer that changed."""
        assert run.votes is not None
        assert run.predictions is not None
        n_layers, n = len(run.layers), run.n_measurements
        first = np.zeros((n_layers + 1, n), int)
        for number in range(1, n):
            flips = first_flips(
                (run.votes[number - 1], run.votes[number]), (run.predictions[number - 1], run.predictions[number])
            )
            first[:, number] = np.bincount(flips, minlength=n_layers + 1)
        totals = first.sum(axis=0)
        shares = first / np.maximum(totals, 1)
        table = scale_colours()
        colours = table[np.rint(shares * 254).astype(int)]
        colours[:, totals == 0] = theme_colours().nothing

        def words(row: int, column: int) -> str:
            name = run.layers[row] if row < n_layers else "no layer's vote, the output alone"
            total = int(totals[column])
            of = f"{total:,} sample{'s are' if total != 1 else ' is'} predicted as another class than before"
            return f"{moment_text(run, column)}\n{of}; in {first[row, column]:,} {name} changed first"

        rows, key = [*tails(run.layers), OUTPUT], [Scale("0", percent(1.0), table[None])]
        self.flips.show_cells(colours, rows, _columns(run), words, axes=("step", ""), key=key)
        self.flips_heading.show_about("of the samples whose prediction changed since the measurement before")

    def _draw_votes(self, moment: Moment) -> None:
        run, sample = moment.run, moment.sample
        if sample is None or run.votes is None or run.predictions is None:
            self.votes_heading.show_title("Votes on the sample")
            self.votes_heading.show_about("")
            self.votes.show_absence("Choose a sample: its layers' votes stand here.")
            return
        seen = np.concatenate([run.votes[:, :, sample], run.predictions[:, None, sample]], axis=1).T
        classes = run.classes
        table = np.concatenate([class_colours(len(classes)), [theme_colours().nothing]]).astype(np.uint8)
        places = np.where(seen < 0, len(classes), np.searchsorted(classes, seen))
        voted = np.unique(places[seen >= 0]).tolist()
        figures = np.array([["" if each < 0 else run.name_of(each) for each in row] for row in seen.tolist()])

        def words(row: int, column: int) -> str:
            who = f"nearest neighbours by {run.layers[row]}" if row < len(run.layers) else "the network"
            return f"{moment_text(run, column)}\n{who}: {figures[row, column] or 'not recorded'}"

        self.votes.show_cells(
            table[places],
            [*tails(run.layers), OUTPUT],
            _columns(run),
            words,
            figures=figures,
            axes=("step", ""),
            key=[Swatch(run.name_of(int(classes[each])), tuple(table[each].tolist())) for each in voted],
        )
        label = run.label_text(sample)
        self.votes_heading.show_title(f"Votes on {sample_title(run, sample)}")
        self.votes_heading.show_about(f"label {label}; votes of {run.neighbours} neighbours" if label else "")

    def _mark(self, moment: Moment) -> None:
        run, number, sample = moment.run, moment.number, moment.sample
        depth = None
        if run.depths is not None and number is not None and sample is not None:
            depth = int(run.depths[number, sample])
        self.depths.show_marked(None if depth in (None, UNKNOWN) else depth, number)
        self.votes.show_marked(None, number)
        self.flips.show_marked(None, number)

    def _on_depth_clicked(self, row: int, column: int) -> None:
        assert self._moment is not None
        run = self._moment.run
        assert run.depths is not None
        self.step_requested.emit(float(run.steps[column]))
        found = np.flatnonzero(run.depths[column] == row)
        if len(found):
            self.selection_requested.emit(frozenset(found.tolist()))

    def _on_cell_clicked(self, row: int, column: int) -> None:
        assert self._moment is not None
        run = self._moment.run
        self.step_requested.emit(float(run.steps[column]))
        if row < len(run.layers):
            self.layer_requested.emit(run.layers[row])


def _why_nothing(run: StoryRun) -> str:
    if run.labels is None:
        return "Without classes no neighbours vote, and no depth is known."
    return f"The votes of the layers are not recorded.\n{HOW_TO_RECORD}"


def _columns(run: StoryRun) -> list[str]:
    return [f"{step:,}" for step in run.steps.tolist()]
