"""The samples of one run in the plane: heading, cloud and legend. Two of them stand side by side."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QBoxLayout, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from app.analysis.class_groups import PointGroups
from app.analysis.probabilities import percent
from app.analysis.same_samples import UNKNOWN
from app.views.projection.analysis.point_alignment import aligned
from app.views.projection.analysis.point_groups import Colouring, point_groups, selection_text
from app.views.projection.analysis.point_run import PointRun
from app.views.projection.analysis.point_text import measurement_text, points_text, run_text, sample_lines, sources_of
from app.views.projection.analysis.projection_request import RAW, Points, Projected, ProjectionRequest
from app.views.projection.point_legend import PointLegend
from app.widgets.choice_box import ChoiceBox
from app.widgets.empty_state import EmptyState
from app.widgets.heading_line import HeadingLine
from app.widgets.point_cloud import PointCloud
from app.widgets.sample_card import SampleCard

OTHER_LAYERS = (
    "What is laid out. Kept are each linear layer and the last convolution; others are recorded with "
    "--projection_layers conv1,fc1, or with projection_layers=[...] for Collector or KerasCollector."
)

_TOP_PX = 32


Row = tuple[str | int | float | None, ...]


class PointsOfRun(QWidget):
    """Shows what it is given, and redraws only what has changed.

    Attributes:
        run: whose samples they are; None: nobody's yet.
        projected: what is laid out of what is wished.
        number: of the record that is shown; None where there is none.
        source_box: what of the run is laid out. It stands wherever the panel puts it.
        corner: room beside the heading for more.

    Signals:
        clicked(int): the user clicked this sample.
        selection_changed: other samples are selected than before.
        stories_selected(object): the user selected these samples of the stories, a frozenset; None: none.
        go_requested: the user wants to see the first epoch.
    """

    clicked = pyqtSignal(int)
    selection_changed = pyqtSignal()
    stories_selected = pyqtSignal(object)
    go_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run: PointRun | None = None
        self.projected: Projected | None = None
        self.number: int | None = None
        self._request: ProjectionRequest | None = None
        self._colouring = Colouring.CLASS
        self._drawn: object = None
        self._onto: np.ndarray | None = None
        self._is_beside = False
        self._name = ""
        self._places: np.ndarray | None = None
        self._sources: dict[str, str] = {}
        self.source_box = ChoiceBox(OTHER_LAYERS)
        self.heading = HeadingLine("")
        self.figures = HeadingLine("")
        self.cloud = PointCloud()
        self.legend = PointLegend()
        self.not_laid_out = EmptyState()
        self.corner = QHBoxLayout()
        clouds = QWidget()
        self._clouds = QStackedLayout(clouds)
        self._clouds.addWidget(self.not_laid_out)
        self._clouds.addWidget(self.cloud)
        top = QHBoxLayout()
        top.addWidget(self.heading, stretch=1)
        top.addLayout(self.corner)
        top.addStrut(_TOP_PX)  # so that two headings stand at one height
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.addWidget(clouds, stretch=1)
        self._middle.addWidget(self.legend)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self.figures)
        column.addLayout(self._middle, stretch=1)
        self.not_laid_out.go_requested.connect(self.go_requested)
        self.legend.changed.connect(self._on_groups_toggled)
        self.cloud.hovered.connect(self._on_hovered)
        self.cloud.clicked.connect(self.clicked)
        self.cloud.selected.connect(lambda _: self._on_selected())
        self.figures.hide()

    @property
    def source(self) -> str:
        """What of the run is chosen."""
        return self._sources.get(self.source_box.choice, RAW)

    @property
    def is_whole(self) -> bool:
        """Whether all that is wished is laid out."""
        return self.projected is not None and self.projected.is_whole

    def choose_source(self, source: str) -> None:
        """Choose what of the run is laid out; nothing happens where it has no such layer."""
        for words, each in self._sources.items():
            if each == source:
                self.source_box.choose(words)

    def show_beside(self, is_beside: bool, name: str = "") -> None:
        """Two runs are side by side: each is called something, and its legend lies below."""
        self._is_beside, self._name = is_beside, name
        self.figures.setVisible(is_beside)
        direction = QBoxLayout.Direction.TopToBottom if is_beside else QBoxLayout.Direction.LeftToRight
        self._middle.setDirection(direction)
        self.legend.show_below(is_beside)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self.legend.show_room(self.width())

    def show_run(self, run: PointRun | None) -> None:
        """Other samples, or the same ones of a run that has grown; None: none."""
        if run is None or self.run is None or run.collection is not self.run.collection:
            self.projected = self.number = self._places = None
            self.cloud.show_selection(None)
            self.cloud.fit()
        self.run, self._drawn = run, None
        if run is not None:
            self._sources = sources_of(run.collection)
            self.source_box.offer(list(self._sources))
            self._recolour()

    def show_request(self, request: ProjectionRequest) -> None:
        """This is wished; what was laid out for another request is not shown any more."""
        self._request, self._drawn = request, None
        if self.projected is not None and self.projected.request != request:
            self.projected = None
            self.cloud.fit()

    def show_projected(self, projected: Projected) -> None:
        """This much is laid out; what is not wished any more is passed over."""
        if projected.request == self._request:
            self.projected, self._drawn = projected, None

    def show_colouring(self, colouring: Colouring) -> None:
        """What the colour of a point tells."""
        self._colouring = colouring
        self._recolour()

    def show_number(
        self,
        number: int | None,
        why_nothing: str,
        *,
        can_go: bool = False,
        onto: np.ndarray | None = None,
        frame: Projected | None = None,
    ) -> None:
        """Show a record; where it is not laid out, say why, and whether there is one to go to.

        Args:
            number: of the record.
            why_nothing: what to say where there is nothing.
            can_go: whether the user can go to another record.
            onto: places ``[N, 2]`` that the points are turned to lie nearest to; None: they stay.
            frame: what has to fit in besides; None: nothing.
        """
        self.number = number
        points = self._points()
        drawn = (points, number, why_nothing, frame)
        if self.run is None or (drawn == self._drawn and onto is self._onto):
            return
        self._drawn, self._onto = drawn, onto
        self._places = None if points is None else points.positions
        if points is not None and onto is not None and len(onto) == len(points.positions):
            self._places = aligned(points.positions, onto)
        self._write_heading()
        self._recolour()
        if self._places is None or points is None or self.projected is None:
            self.not_laid_out.show_text(why_nothing, can_go=can_go)
            self._clouds.setCurrentWidget(self.not_laid_out)
            return
        self._clouds.setCurrentWidget(self.cloud)
        every = [self._places] if onto is not None else [each.positions for each in self.projected.points.values()]
        every += [] if frame is None else [each.positions for each in frame.points.values()]
        axes = ("", "")
        if len(points.explained) == 2:
            first, second = points.explained
            axes = (f"axis 1 · {percent(first)} of the variance", f"axis 2 · {percent(second)} of the variance")
        self.cloud.show_axes(*axes)
        self.cloud.show_points(self._places, np.concatenate(every))

    @property
    def places(self) -> np.ndarray | None:
        """Where the samples lie, float ``[N, 2]``; None where they are not laid out."""
        return self._places

    def show_selected(self, stories: frozenset[int] | None) -> None:
        """Samples of the stories are selected elsewhere; those that are here, too, stand out."""
        run = self.run
        if run is not None:
            chosen = None if stories is None else np.isin(run.in_stories, list(stories)) & (run.in_stories != UNKNOWN)
            self.cloud.show_selection(chosen if chosen is not None and chosen.any() else None)
            self.selection_changed.emit()

    def selected_stories(self) -> frozenset[int] | None:
        """What is selected, as samples of the stories; None where that is nothing, or none of them."""
        if self.run is None or self.cloud.selection is None:
            return None
        found = self.run.in_stories[self.cloud.selection]
        return frozenset(found[found != UNKNOWN].tolist()) or None

    def show_sample(self, sample: int | None, story: int | None = None) -> None:
        """A sample of the probe, or of the stories, is shown elsewhere; it gets a ring."""
        found: np.ndarray | list[int] = []
        if self.run is not None and story is not None:
            found = np.flatnonzero(self.run.in_stories == story)
        elif self.run is not None and sample is not None:
            found = np.flatnonzero(self.run.in_probe == sample)
        self.cloud.show_current(int(found[0]) if len(found) else None)

    def selection_text(self) -> str:
        """What is selected; empty for nothing."""
        run, selection = self.run, self.cloud.selection
        if run is None or selection is None:
            return ""
        place = f" in {self._name}" if self._is_beside else ""
        return f"Selected{place}: {selection_text(run, selection)}"

    def rows(self) -> list[Row]:
        """For each sample as it is seen now its number, label, prediction, x, y, and whether it is selected."""
        places, run = self._places, self.run
        if places is None or run is None:
            return []
        predicted, selection = run.predicted(self.number), self.cloud.selection
        rows: list[Row] = []
        for sample, (x, y) in enumerate(places.tolist()):
            label = None if run.labels is None else int(run.labels[sample])
            guess = None if predicted is None or predicted[sample] == UNKNOWN else int(predicted[sample])
            rows.append((sample, label, guess, x, y, int(selection is not None and bool(selection[sample]))))
        return rows

    def _points(self) -> Points | None:
        if self.projected is None:
            return None
        number = 0 if self.projected.request.source == RAW else self.number
        return None if number is None else self.projected.points.get(number)

    def _write_heading(self) -> None:
        run = self.run
        if run is None or self._request is None:
            return
        source = self._request.source
        moment, told = measurement_text(run, self.number, source), points_text(run, source, self._points())
        if self._is_beside:
            self.heading.show_title(self._name)
            self.heading.show_about(run_text(run.collection))
            self.figures.show_about(" · ".join(part for part in (moment * (source != RAW), told) if part))
        else:
            self.heading.show_title(moment)
            self.heading.show_about(told)

    def _groups(self) -> PointGroups | None:
        return None if self.run is None else point_groups(self.run, self._colouring, self.number)

    def _recolour(self) -> None:
        groups = self._groups()
        self.legend.show_groups(groups)
        if groups is not None:
            self.cloud.show_groups(groups, self.legend.visible)

    def _on_selected(self) -> None:
        self.selection_changed.emit()
        self.stories_selected.emit(self.selected_stories())

    def _on_groups_toggled(self) -> None:
        if self.legend.rows.groups is not None:
            self.cloud.show_groups(self.legend.rows.groups, self.legend.visible)

    def _on_hovered(self, sample: int) -> None:
        run = self.run
        if run is not None and sample >= 0:
            self.cloud.show_card(SampleCard(run.picture(sample), sample_lines(run, self.number, sample)))
