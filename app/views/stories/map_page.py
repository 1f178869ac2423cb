"""The data map: how sure the network was of each label, and how much that changed."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.analysis.class_groups import PointGroups, grouped
from app.views.stories.analysis.data_map import ABOUT, DataMap
from app.views.stories.analysis.story_cells import CellColours, Cells
from app.views.stories.analysis.story_run import HOW_TO_RECORD, StoryRun
from app.views.stories.analysis.story_text import hovered_lines
from app.views.stories.colour_key import ColourKey
from app.views.stories.moment import Moment
from app.views.stories.moment_page import MomentPage
from app.views.stories.time_page import theme_colours
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.plain_text import plain_tooltip
from app.widgets.point_cloud import PointCloud, Tool
from app.widgets.sample_card import SampleCard
from app.widgets.segments import Segments

N_BANDS = 5
BOUNDS = np.array([[0.0, 0.0], [0.5, 1.0]])
_NAMES = (*(f"{20 * band}–{20 * band + 20}" for band in range(N_BANDS)), "not known")
_LEAST_SHARE = 0.001
"""Of what there can be: of a thousand classes a label has a probability of a thousandth."""


class MapPage(MomentPage):
    """A point for each sample; a rectangle or a lasso selects, in all views.

    Signals:
        story_requested(int, object): the user chose a sample; the measurement stays, None.
        selection_requested(object): a frozenset of samples, or None.
    """

    story_requested = pyqtSignal(int, object)
    selection_requested = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cloud = PointCloud()
        self.cloud.is_plot = True
        self.cloud.setAccessibleName("Data map: variability to the right, confidence upwards")
        self.cloud.show_axes("variability of p(label)", "mean p(label)")
        self.key = ColourKey()
        self.tools = Segments()
        self.tools.show_options(
            [tool.value for tool in Tool],
            ["Drag to move, wheel to zoom", "Drag around points to select them", "Drag a rectangle to select points"],
        )
        self.fit_button = QPushButton("Fit")
        self.fit_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bottom = QHBoxLayout()
        bottom.addStretch()
        bottom.addWidget(self.tools)
        bottom.addWidget(self.fit_button)
        inside = QWidget()
        inside.setToolTip(plain_tooltip(ABOUT))
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.cloud, stretch=1)
        column.addWidget(self.key)
        column.addLayout(bottom)
        self.pages = EmptyStateLayout(self, inside, "")
        self.tools.chosen.connect(self._on_tool)
        self.fit_button.clicked.connect(lambda *_: self.cloud.fit())
        self.cloud.clicked.connect(lambda sample: self.story_requested.emit(sample, None))
        self.cloud.hovered.connect(self._on_hovered)
        self.cloud.selected.connect(self._on_selected)
        self.tools.show_chosen(Tool.RECTANGLE.value)
        self._on_tool(Tool.RECTANGLE.value)

    def show_moment(self, moment: Moment) -> None:
        """Show a run, with its sample and selection."""
        before, self._moment = self._moment, moment
        found = moment.run.data_map
        if found is None:
            self.pages.show_text(_why_nothing(moment.run))
            return
        self.pages.show_content()
        if before is None or before.run is not moment.run:
            self._draw(found)
        if before is None or before.run is not moment.run or before.selected != moment.selected:
            self.cloud.show_selection(moment.is_selected)
        self.cloud.show_current(moment.sample)

    def _draw(self, found: DataMap) -> None:
        theme = theme_colours()
        places = np.stack([found.variability, found.confidence], axis=1)
        known = np.isfinite(places).all(axis=1)
        self.cloud.show_points(np.where(known[:, None], places, -1e3), _bounds(places[known]))
        groups = correctness_groups(found.correctness, theme)
        self.cloud.show_groups(groups, np.ones(len(groups.names), bool))
        colours = np.zeros((256, 3), np.uint8)
        colours[: len(groups.names)] = groups.colours
        seen = {number: name for number, name in enumerate(groups.names) if groups.counts[number]}
        bands = [number for number in seen if number < N_BANDS]
        if bands:  # what they are is said once
            seen[bands[0]] = f"right at {seen[bands[0]]}"
            seen[bands[-1]] += " %"
        self.key.show_cells(Cells(np.zeros((0, 0), np.uint8), colours, seen))

    def _on_tool(self, name: str) -> None:
        self.cloud.tool = Tool(name)

    def _on_hovered(self, sample: int) -> None:
        moment = self._moment
        if moment is None or sample < 0:
            self.cloud.show_card(None)
            return
        lines = hovered_lines(moment.run, sample, moment.number)
        self.cloud.show_card(SampleCard(moment.run.picture(sample), lines))

    def _on_selected(self, selected: np.ndarray | None) -> None:
        found = None if selected is None else frozenset(np.flatnonzero(selected).tolist())
        self.selection_requested.emit(found)


def _bounds(places: np.ndarray) -> np.ndarray:
    """What is to be seen of the map, float ``[2, 2]``: where there are points, and not less than can be told apart."""
    if not len(places):
        return BOUNDS
    low, high = places.min(axis=0), places.max(axis=0)
    wider = np.maximum(_LEAST_SHARE * (BOUNDS[1] - BOUNDS[0]) - (high - low), 0) / 2
    return np.stack([np.maximum(low - wider, BOUNDS[0]), np.minimum(high + wider, BOUNDS[1])])


def _why_nothing(run: StoryRun) -> str:
    if run.labels is None:
        return "Without classes there is no probability of a label, and no data map."
    return f"The probabilities of the labels are not recorded.\n{HOW_TO_RECORD}"


def correctness_groups(correctness: np.ndarray, theme: CellColours) -> PointGroups:
    """Samples in bands of how often they were right, float ``[N]`` in 0…1, in colours from wrong to right."""
    known = np.isfinite(correctness)
    bands = np.minimum((np.nan_to_num(correctness) * N_BANDS).astype(int), N_BANDS - 1)
    share = np.linspace(0, 1, N_BANDS)[:, None]
    middle = np.array((232, 185, 60), float)
    low = np.array(theme.wrong, float) + (middle - np.array(theme.wrong, float)) * np.minimum(share * 2, 1)
    mixed = np.where(share <= 0.5, low, middle + (np.array(theme.right, float) - middle) * (share * 2 - 1))
    colours = np.concatenate([np.rint(mixed), [(142, 149, 158)]]).astype(np.uint8)
    return grouped(np.where(known, bands, N_BANDS), _NAMES, colours)
