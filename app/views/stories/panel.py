"""Stories of samples: when each was learnt, how sure the network was, where it decides, what it confuses."""

from __future__ import annotations

from enum import Enum

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.analysis.axis import last_at
from app.views.stories.analysis.changes import NOT_RECORDED, Changes
from app.views.stories.analysis.story_run import HOW_TO_RECORD, StoryRun
from app.views.stories.analysis.story_text import run_text, selection_text
from app.views.stories.changes_page import ChangesPage
from app.views.stories.confusion_page import ConfusionPage
from app.views.stories.depth_page import DepthPage
from app.views.stories.map_page import MapPage
from app.views.stories.moment import Moment
from app.views.stories.story_card import WIDTH_PX, StoryCard
from app.views.stories.suspects_page import SuspectsPage
from app.views.stories.time_page import TimePage
from app.widgets.elided_text import ElidedLabel
from app.widgets.empty_state import EmptyStateLayout, ShownPageLayout
from app.widgets.segments import Segments
from collector.storage import Collection

NOTHING = "Open a collection to see what became of its samples."
NO_STORIES = f"No stories of samples were recorded.\n{HOW_TO_RECORD}"
NOT_YET = "Nothing is measured yet; the stories appear here when training begins."


class Page(Enum):
    """Ways to look at the samples."""

    TIME = "Over time"
    MAP = "Data map"
    SUSPECTS = "Suspicious"
    DEPTH = "Depth"
    CHANGES = "Changes"
    CONFUSION = "Confusion"


_TIPS = (
    "Samples by measurements: when each was learnt and forgotten",
    "How sure the network was of each label, and how much that changed",
    "Samples that look mislabelled first",
    "From which layer on the nearest neighbours agree with the network",
    "Which changes of one sample flip it, and in which layer",
    "Which classes are predicted as which, and since when",
)


class StoriesPanel(QWidget):
    """Shows stories; asks for what it needs by signals, and is given it by the methods of the same name.

    Signals:
        run_requested(object): the samples shall be read; the `StoryRun` known so far, or None. → `show_run`
        changes_requested(int): what the network made of the changed sample at this step. → `show_changes`
        story_requested(int, object): the user chose a sample of the run, and a measurement, or None.
        selection_requested(object): the user selected these samples, a frozenset; None: none.
        step_requested(float): the user wants to see this step.
        layer_requested(str): the user chose a layer.
    """

    run_requested = pyqtSignal(object)
    changes_requested = pyqtSignal(int)
    story_requested = pyqtSignal(int, object)
    selection_requested = pyqtSignal(object)
    step_requested = pyqtSignal(float)
    layer_requested = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run: StoryRun | None = None
        self._collection: Collection | None = None
        self._known: tuple[int, int] | None = None
        self._step = 0
        self._probe_sample: int | None = None
        self._story: int | None = None
        self._selected: frozenset[int] | None = None
        self._asked: tuple[Collection, int | None, int] | None = None
        self.segments = Segments()
        self.segments.show_options([page.value for page in Page], list(_TIPS))
        self.about_label = ElidedLabel(between=" · ")
        self.about_label.setObjectName("faint")
        self.selection_label = ElidedLabel(cut=Qt.TextElideMode.ElideRight)
        self.let_go_button = QPushButton("Deselect")
        self.let_go_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.over_time, self.data_map, self.suspects = TimePage(), MapPage(), SuspectsPage()
        self.depths, self.changes, self.confusion = DepthPage(), ChangesPage(), ConfusionPage()
        self.card = StoryCard()
        pages = (self.over_time, self.data_map, self.suspects, self.depths, self.changes, self.confusion)
        self._of_page: dict[Page, QWidget] = dict(zip(Page, pages, strict=True))
        self._lay_out()
        self._connect()
        self.segments.show_chosen(Page.TIME.value)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self.segments)
        top.addWidget(self.about_label, stretch=1)
        stack = QWidget()
        self._stack = ShownPageLayout(stack)
        self._stack.setContentsMargins(0, 0, 0, 0)
        for page in self._of_page.values():
            self._stack.addWidget(page)
        middle = QHBoxLayout()
        middle.setSpacing(6)
        middle.addWidget(stack)
        self._side = _scrolled(self.card)
        middle.addWidget(self._side)
        self._bottom = QWidget()
        bottom = QHBoxLayout(self._bottom)
        bottom.setContentsMargins(0, 0, 0, 0)
        bottom.addWidget(self.selection_label, stretch=1)
        bottom.addWidget(self.let_go_button)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(10, 4, 10, 6)
        column.setSpacing(4)
        column.addLayout(top)
        column.addLayout(middle, stretch=1)
        column.addWidget(self._bottom)
        self._pages = EmptyStateLayout(self, inside, NOTHING)
        self.empty_state = self._pages.state

    def _connect(self) -> None:
        self.segments.chosen.connect(lambda name: self.show_page(Page(name)))
        self.let_go_button.clicked.connect(lambda *_: self.selection_requested.emit(None))
        self.card.step_requested.connect(self.step_requested)
        for page in (self.over_time, self.data_map, self.suspects):
            page.story_requested.connect(self.story_requested)
        for teller in (self.over_time, self.depths):
            teller.step_requested.connect(self.step_requested)
        for brush in (self.data_map, self.depths, self.confusion):
            brush.selection_requested.connect(self.selection_requested)
        for layered in (self.depths, self.changes):
            layered.layer_requested.connect(self.layer_requested)

    @property
    def page(self) -> Page:
        """The one that is in front."""
        shown = self._stack.currentWidget()
        return next(page for page, widget in self._of_page.items() if widget is shown)

    @property
    def number(self) -> int | None:
        """The measurement at or before the playhead; None where there is none."""
        return None if self.run is None else last_at(self.run.steps, self._step)

    @property
    def sample(self) -> int | None:
        """The sample whose story is told: the chosen one, or the probe's where it is one of these."""
        if self.run is None:
            return None
        if self._story is not None:
            return self._story if self._story < len(self.run) else None
        return None if self._probe_sample is None else self.run.sample_of_probe(self._probe_sample)

    @property
    def selected(self) -> frozenset[int] | None:
        """The samples that are selected; None: none are."""
        return self._selected

    def show_page(self, page: Page) -> None:
        """Bring a page to the front."""
        self._stack.setCurrentWidget(self._of_page[page])
        self._draw()

    def show_collection(self, collection: Collection) -> None:
        """Show a run, or what it has become; of the same run all choices stay."""
        counts = (
            len(collection.stories) + collection.stories.has_samples,
            len(collection.projections) + collection.projections.has_samples,
        )
        if collection is not self._collection:
            self.run = self._known = None
        self._collection = collection
        if counts != self._known:
            self._known = counts
            if any(counts):
                self.run_requested.emit(self.run)
        self._show_absence()
        self._ask_for_changes()

    def show_run(self, run: StoryRun | None) -> None:
        """The samples are read."""
        if run is None or run.collection is not self._collection:
            return
        self.run = run
        self.about_label.setText(run_text(run))
        self._show_absence()
        self._draw()

    def show_changes(self, found: Changes | str) -> None:
        """What the network made of the changed sample is read."""
        probe = None if self._collection is None else self._collection.probe
        self.changes.show_changes(found, () if probe is None else probe.class_names)

    def show_place(self, step: int, probe_sample: int, story: int | None, selected: frozenset[int] | None) -> None:
        """Move the playhead, and show another sample, or another selection."""
        self._step, self._probe_sample, self._story, self._selected = step, probe_sample, story, selected
        self._draw()
        self._ask_for_changes()

    def fit(self) -> None:
        """Show everything there is."""
        self.over_time.raster.fit()
        self.data_map.cloud.fit()

    def step_sample(self, n_places: int) -> bool:
        """Choose the sample so many places further on in the order that is seen; whether there is one."""
        order = np.zeros(0, int)
        if self.page is Page.TIME:
            order = self.over_time.order
        elif self.page is Page.SUSPECTS:
            order = np.array(self.suspects.tiles.tiles.numbers, int)
        if not len(order) or self.run is None:
            return False
        found = np.flatnonzero(order == self.sample)
        place = int(found[0]) + n_places if len(found) else 0
        self.story_requested.emit(int(order[min(max(place, 0), len(order) - 1)]), None)
        return True

    def _draw(self) -> None:
        """Have the page that is seen show the moment."""
        run = self.run
        if run is None:
            return
        moment = Moment(run, self.number, self.sample, self._selected)
        for page in (self.over_time, self.data_map, self.suspects, self.depths, self.confusion):
            if page is self._stack.currentWidget():
                page.show_moment(moment)
        self.card.show_story(run, moment.sample, moment.number)
        self._side.setVisible(self._has_card(moment))
        selected = moment.is_selected
        self._bottom.setVisible(selected is not None)
        if selected is not None:
            self.selection_label.setText(selection_text(run, np.flatnonzero(selected)))

    def _has_card(self, moment: Moment) -> bool:
        """Whether there is a sample to tell of, or one can be chosen here."""
        page = self._stack.currentWidget()
        if page is self.changes:  # which are of one sample of its own
            return False
        says_why_not = isinstance(page, MapPage | SuspectsPage | DepthPage | ConfusionPage) and page.pages.is_empty
        return moment.sample is not None or not says_why_not

    def _ask_for_changes(self) -> None:
        collection = self._collection
        if collection is None or collection.augmentations is None:
            if collection is not None:
                self.changes.show_changes(NOT_RECORDED, ())
            return
        number = last_at(collection.augmentation_records.steps, self._step)
        asked = (collection, number, len(collection.augmentation_records))
        if self._asked is None or self._asked != asked:
            self._asked = asked
            self.changes_requested.emit(self._step)

    def _show_absence(self) -> None:
        """Say why there is nothing to see, where there is nothing."""
        collection = self._collection
        if self.run is not None:
            self._pages.show_content()
        elif collection is not None:
            is_coming = collection.stories.n_samples or collection.projection is not None
            self._pages.show_text(NOT_YET if is_coming else NO_STORIES)


def _scrolled(card: StoryCard) -> QScrollArea:
    """The card in the height that there is."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(card)
    bar = area.verticalScrollBar()
    area.setFixedWidth(WIDTH_PX + (0 if bar is None else bar.sizeHint().width()))
    return area
