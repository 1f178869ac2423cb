"""Which classes are predicted as which at the playhead, how that has changed, and since when."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QSplitter, QWidget

from app.analysis.figures import true_signs
from app.analysis.row import Row
from app.views.stories.analysis.confusion import ConfusedPair, confused_pairs
from app.views.stories.analysis.story_run import MOST_CLASSES, StoryRun
from app.views.stories.analysis.story_text import moment_text
from app.views.stories.cell_grid import CellGrid
from app.views.stories.colour_key import Scale
from app.views.stories.moment import Moment
from app.views.stories.moment_page import MomentPage
from app.views.stories.panes import keep_whole
from app.views.stories.time_page import theme_colours
from app.widgets.below import below
from app.widgets.difference_colours import difference_colours
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.heading_line import HeadingLine
from app.widgets.row_list import RowList

_MOST_PAIRS, _LEAST_PAIRS_PX = 60, 60
_LIFT = 0.5
"""Few samples are seen beside many."""


class ConfusionPage(MomentPage):
    """The matrix, its change, and the pairs as a list. A click on a cell, or on a pair, selects its samples.

    Signals:
        selection_requested(object): a frozenset of samples.
    """

    selection_requested = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pairs: list[ConfusedPair] = []
        self.heading, self.change_heading = HeadingLine("Confusion"), HeadingLine("Change")
        self.matrix = CellGrid("Confusion: labels by predictions", is_square=True)
        self.change = CellGrid("How the confusion has changed", is_square=True)
        self.pairs_heading = HeadingLine("Confused pairs")
        self.pairs = RowList("Pairs of classes that are confused")
        self.pairs.setMinimumHeight(_LEAST_PAIRS_PX)
        grids = QSplitter(Qt.Orientation.Horizontal)
        grids.addWidget(below(self.heading, self.matrix))
        grids.addWidget(below(self.change_heading, self.change))
        whole = QSplitter(Qt.Orientation.Vertical)
        whole.addWidget(grids)
        whole.addWidget(below(self.pairs_heading, self.pairs))
        keep_whole(whole)
        whole.setSizes([600, 260])
        self.pages = EmptyStateLayout(self, whole, "")
        self.matrix.clicked.connect(self._on_cell_clicked)
        self.change.clicked.connect(self._on_cell_clicked)
        self.pairs.entered_row.connect(self._on_pair)

    def show_moment(self, moment: Moment) -> None:
        """Show a run at its playhead."""
        before, self._moment = self._moment, moment
        run = moment.run
        if run.matrices is None:
            self.pages.show_text(_why_nothing(run))
            return
        if moment.number is None:
            self.pages.show_text("Nothing is measured at or before this step.")
            return
        self.pages.show_content()
        if before is None or before.run is not moment.run or before.number != moment.number:
            self._draw(run, run.matrices, moment.number)

    def _draw(self, run: StoryRun, matrices: np.ndarray, number: int) -> None:
        names = [run.name_of(int(each)) for each in run.classes]
        now = matrices[number]
        axes = ("predicted", "label")
        self.matrix.show_cells(
            _count_colours(now),
            names,
            names,
            self._words,
            figures=_figures(now),
            axes=axes,
            key=[_count_scale(int(now.max(initial=0)))],
            has_name_each=True,
        )
        right, total = int(np.trace(now)), int(now.sum())
        self.heading.show_about(f"{right:,} of {total:,} right, step {int(run.steps[number]):,}")
        change = now - matrices[number - 1] if number else None
        since = f"since step {int(run.steps[number - 1]):,}" if number else ""
        self.change_heading.show_about(since)
        if change is None:
            self.change.show_absence("There is no measurement before this one.")
        elif not change.any():
            self.change.show_absence(f"Nothing has changed {since}.".replace(" step ", " step\u00a0"))
        else:
            most = int(np.abs(change).max())
            colours = difference_colours(change / most)[..., :3]
            ramp = difference_colours(np.linspace(-1, 1, 255))[None, :, :3]
            self.change.show_cells(
                colours,
                names,
                names,
                self._words,
                figures=_signed_figures(change),
                axes=axes,
                key=[Scale(f"−{most:,}", f"+{most:,}", ramp)],
                has_name_each=True,
            )
        self._pairs = confused_pairs(matrices, number)
        self.pairs_heading.show_about(f"{len(self._pairs):,}; a click selects their samples")
        self.pairs.show_rows([_row(run, names, each) for each in self._pairs[:_MOST_PAIRS]], None)

    def _words(self, row: int, column: int) -> str:
        moment = self._moment
        assert moment is not None
        assert moment.number is not None
        run, matrices = moment.run, moment.run.matrices
        assert matrices is not None
        names = [run.name_of(int(run.classes[each])) for each in (row, column)]
        count = int(matrices[moment.number, row, column])
        told = f"label {names[0]}, predicted {names[1]}: {count:,} sample{'s' * (count != 1)}"
        if moment.number:
            change = count - int(matrices[moment.number - 1, row, column])
            told += f", {_since_before(change)}" if change else ", the same as at the measurement before"
        return told

    def _on_cell_clicked(self, row: int, column: int) -> None:
        moment = self._moment
        assert moment is not None
        assert moment.number is not None
        run = moment.run
        assert run.labels is not None
        assert run.predictions is not None
        label, taken_for = run.classes[row], run.classes[column]
        found = np.flatnonzero((run.labels == label) & (run.predictions[moment.number] == taken_for))
        for grid in (self.matrix, self.change):
            grid.show_marked(row, column)
        if len(found):
            self.selection_requested.emit(frozenset(found.tolist()))

    def _on_pair(self, row: int) -> None:
        pair = self._pairs[row]
        self._on_cell_clicked(pair.label, pair.taken_for)


def _why_nothing(run: StoryRun) -> str:
    if run.labels is None or run.predictions is None:
        return "There is no matrix without labels and predictions that are classes."
    return f"There are {len(run.classes):,} classes; a matrix is made of {MOST_CLASSES} or fewer."


def _count_colours(counts: np.ndarray) -> np.ndarray:
    """From the ground to the colour of right on the diagonal, and of wrong beside it."""
    shares = counts / max(int(counts.max(initial=0)), 1)
    return _share_colours(shares, np.eye(len(counts), dtype=bool))


def _count_scale(most: int) -> Scale:
    """Both colours, one upon the other."""
    shares = np.tile(np.linspace(0, 1, 255), (2, 1))
    return Scale("0", f"{most:,}", _share_colours(shares, np.array([[True], [False]])))


def _share_colours(shares: np.ndarray, is_right: np.ndarray) -> np.ndarray:
    theme = theme_colours()
    ground = np.array(theme.nothing, float)
    ends = np.where(is_right[..., None], np.array(theme.right, float), np.array(theme.wrong, float))
    return np.rint(ground + (ends - ground) * shares[..., None] ** _LIFT).astype(np.uint8)


def _figures(counts: np.ndarray) -> np.ndarray:
    return np.array([[f"{each:,}" if each else "" for each in row] for row in counts.tolist()])


def _signed_figures(counts: np.ndarray) -> np.ndarray:
    return np.array([[true_signs(f"{each:+,}") if each else "" for each in row] for row in counts.tolist()])


def _since_before(change: int) -> str:
    return f"{true_signs(f'{change:+,}')} since the measurement before"


def _row(run: StoryRun, names: list[str], pair: ConfusedPair) -> Row:
    since = f"since {moment_text(run, pair.since)}" if pair.since else "since the first measurement"
    change = f", {_since_before(pair.change)}" if pair.change else ""
    told = f"{pair.count:,} sample{'s' * (pair.count != 1)}{change}"
    return Row(above=since, text=f"{names[pair.label]} predicted as {names[pair.taken_for]}: {told}")
