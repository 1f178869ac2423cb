"""How alike the layers are, how that grows, and what augmentations of a sample do to it."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from app.analysis.axis import last_at, place_text
from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.views.correlations.across_pair import AcrossRequest, AcrossResult
from app.views.correlations.across_run import AcrossMeasure, AcrossRun
from app.views.correlations.analysis.augmentation_correlation import (
    AugmentationRequest,
    AugmentationResult,
    augmentation_table,
)
from app.views.correlations.analysis.pair_correlation import PairRequest, PairResult
from app.views.correlations.analysis.similarity_run import HEADINGS, PairMeasure, SimilarityRun
from app.views.correlations.augmentation_page import AugmentationPage
from app.views.correlations.evolution_page import EvolutionPage
from app.views.correlations.matrix_view import MatrixView
from app.views.correlations.pair_card import PairCard
from app.widgets.choice_box import ChoiceBox
from app.widgets.empty_state import EmptyState, ShownPageLayout
from app.widgets.heading_line import HeadingLine
from app.widgets.plain_text import plain_tooltip
from app.widgets.segments import Segments

LAYERS, AUGMENTATIONS = "Layers", "Augmentations"

NOTHING = "Open a collection to see how alike its layers are."
NO_SIMILARITY = (
    "This run has no layer similarity.\n"
    "Record it with --similarity_samples 256, or Collector(..., similarity=(images, labels))."
)
NO_AUGMENTATIONS = "This run has no augmentations of a sample.\nRecord them with --augmentations end, or epochs."

READING = "The measurements are being read"
NOT_YET = "Nothing is measured yet; the first measurement appears here."

_SECOND = 2
"""The first layer is shown with the third: with the second, which is often its norm, it would be all alike."""

_NO_STEPS = np.zeros(0, np.int64)

Request = PairRequest | AcrossRequest | AugmentationRequest
Run = SimilarityRun | AcrossRun
Table = tuple[tuple[str, ...], list[tuple[str | int | float | None, ...]]]


class CorrelationsPanel(QWidget):
    """Two pages: the layers among each other, or those of A by those of B; and the augmentations of one sample.

    What takes long to make is made when it is needed: the curves over the run in a turn of the event loop of their own,
    the page of augmentations when it is chosen.

    What is to be read is asked for: the measurements by `run_requested`, which come back by `show_run`, and features
    by `reading_requested`, whose matrix comes back by `show_reading`.

    Signals:
        layer_requested(str): the user chose this layer, which every panel shall show.
        step_requested(float): the user pointed at this step.
        run_requested: the measurements are to be read in the background, or those that were added.
        procrustes_requested(AcrossRun): this is to be read in the background with Procrustes; it comes back likewise.
        reading_requested(Request): what is to be read in the background.
    """

    layer_requested = pyqtSignal(str)
    step_requested = pyqtSignal(float)
    run_requested = pyqtSignal()
    procrustes_requested = pyqtSignal(object)
    reading_requested = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opened: OpenedCollection | None = None
        self._run: Run | None = None
        self._why_no_run = ""
        self._step = 0
        self._measurement: tuple[str, int | None] | None = None
        self._layer: str | None = None
        self._request: Request | None = None
        self.page_choice = Segments([LAYERS, AUGMENTATIONS])
        self.page_choice.show_chosen(LAYERS)
        self.page_choice.chosen.connect(lambda _: self._show_measurement())
        self.measure_box = ChoiceBox("What tells how alike two layers are", list(PairMeasure))
        self.measure_box.chosen.connect(self._draw_run)
        self.heading = HeadingLine("Layer similarity")
        self.layers = MatrixView(is_zoomable=False)
        self.layers.cell_clicked.connect(self._on_cell_clicked)
        self.pair = PairCard()
        self.pair.choice_changed.connect(self._read)
        self._evolution: EvolutionPage | None = None
        self._augmentations: AugmentationPage | None = None
        self.empty_state = EmptyState()
        self.empty_state.go_requested.connect(self._on_go_requested)
        self._lay_out()
        self._show_measurement()
        self._soon = QTimer(self)
        self._soon.timeout.connect(self._make_evolution)
        self._soon.start(0)

    def _lay_out(self) -> None:
        left = QWidget()
        measures = QHBoxLayout()
        measures.setContentsMargins(0, 0, 0, 0)
        measures.addWidget(self.heading, stretch=1)
        measures.addWidget(self.measure_box)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(measures)
        column.addWidget(self.layers, stretch=1)
        upper = QSplitter(Qt.Orientation.Horizontal)
        upper.addWidget(left)
        upper.addWidget(self.pair)
        upper.setSizes([500, 500])
        self._layers_page = QSplitter(Qt.Orientation.Vertical)
        self._layers_page.addWidget(upper)
        for splitter in (upper, self._layers_page):
            splitter.setChildrenCollapsible(False)
        inside = QWidget()
        self._pages = ShownPageLayout(inside)
        for page in (self.empty_state, self._layers_page):
            self._pages.addWidget(page)
        self.place_label = HeadingLine("")
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.page_choice)
        top.addWidget(self.place_label, stretch=1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(10, 4, 10, 6)
        whole.setSpacing(4)
        whole.addLayout(top)
        whole.addWidget(inside, stretch=1)

    @property
    def page(self) -> str:
        """The page that is seen: `LAYERS` or `AUGMENTATIONS`."""
        return AUGMENTATIONS if self.page_choice.buttons[AUGMENTATIONS].isChecked() else LAYERS

    def _make_evolution(self) -> EvolutionPage:
        self._soon.stop()
        self._evolution = EvolutionPage()
        self._evolution.step_requested.connect(self.step_requested)
        self._evolution.measurement_requested.connect(self._on_measurement_requested)
        self._layers_page.addWidget(self._evolution)
        self._layers_page.setSizes([700, 300])
        return self._evolution

    def _make_augmentations(self) -> AugmentationPage:
        self._augmentations = page = AugmentationPage()
        page.choice_changed.connect(self._read)
        page.layer_requested.connect(self._on_layer_requested)
        self._pages.addWidget(page)
        if self._opened is not None:
            page.show_header(self._opened.collection.augmentations, _class_names(self._opened))
        page.show_layer(self._layer or "")
        return page

    @property
    def evolution(self) -> EvolutionPage:
        """The curves below the layers."""
        return self._evolution or self._make_evolution()

    @property
    def augmentations(self) -> AugmentationPage:
        """The page of them."""
        return self._augmentations or self._make_augmentations()

    def show_collection(self, opened: OpenedCollection) -> None:
        """Show a run, or what it has become; of the same run all choices stay."""
        before, self._opened = self._opened, opened
        if before is None or opened.collection is not before.collection:
            self._step, self._layer = 0, None
            self._drop_run()
        elif opened.comparing is not before.comparing:
            self._drop_run()
        if self._augmentations is not None:
            self._augmentations.show_header(opened.collection.augmentations, _class_names(opened))
        self._draw_run()
        if self._run is None or len(self._run.steps) < len(opened.collection.similarities):
            self.run_requested.emit()

    def _drop_run(self) -> None:
        self._request, self._run, self._why_no_run = None, None, ""

    def show_progress(self, done: int, total: int) -> None:
        """How far the reading of the measurements is."""
        if self._run is None and self.page == LAYERS:
            self.empty_state.show_text(f"{READING}: {done:,} of {total:,}")

    def show_run(self, run: Run | str | None) -> None:
        """The measurements have been read; None, or in words: there are none, and why."""
        is_first = self._run is None
        self._run, self._why_no_run = (None, run) if isinstance(run, str) else (run, "")
        if (found := self._run) is not None:
            self.measure_box.offer(found.measures_offered)
            if isinstance(found, AcrossRun):
                is_known = self._pair() is not None
                row = self.pair.pair[0] if self.pair.pair[0] in found.rows else found.rows[0]
                self._choose_pair(row, self.pair.pair[1] if is_known and not is_first else found.beside(row))
            elif is_first or self._pair() is None:
                self._choose_pair(found.layers[0], found.layers[min(_SECOND, len(found.layers) - 1)])
        self._draw_run()
        if is_first:
            self._show_layer(self._layer)

    def show_view(self, view: ReplayView, step: int) -> None:
        """Move the playhead; a layer that was chosen elsewhere is shown."""
        self._step = step
        if self._evolution is not None:
            self._evolution.show_step(step)
        if view.layer != self._layer:
            self._layer = view.layer
            self._show_layer(view.layer)
        self._show_measurement()

    def show_reading(self, reading: PairResult | AcrossResult | AugmentationResult) -> None:
        """What was asked for has been read; what is not wanted any more is passed over."""
        if reading.request != self._request:
            return
        if not isinstance(reading, AugmentationResult):
            self.pair.show_reading(reading)
        else:
            self.augmentations.show_reading(reading)
            self._tell_augmentations(reading.place)
            if reading.flips is not None:
                self.place_label.show_about(reading.flips.text)

    def numbers(self) -> Table:
        """Headings and a row for each pair of layers at each measurement."""
        return (HEADINGS, []) if self._run is None else self._run.table()

    def pair_numbers(self) -> Table:
        """Headings and a row for each row of the matrix of the chosen pair."""
        reading = self.pair.reading
        return (("feature",), []) if reading is None or reading.problem else reading.table()

    def augmentation_numbers(self) -> Table:
        """Headings and a row for each augmentation: kind, strength, and how stable each layer is."""
        header = None if self._opened is None else self._opened.collection.augmentations
        reading = None if self._augmentations is None else self._augmentations.reading
        if header is None or reading is None or reading.problem:
            return ("augmentation", "kind", "strength"), []
        return augmentation_table(header, reading)

    def _measured_steps(self) -> np.ndarray:
        """Steps of the measurements that the page shows, rising, int ``[E]``."""
        if self.page == LAYERS:
            return _NO_STEPS if self._run is None else self._run.steps
        return _NO_STEPS if self._opened is None else self._opened.collection.augmentation_records.steps

    def _show_measurement(self) -> None:
        """Show the last measurement at or before the playhead, unless it is shown already."""
        measurement = self.page, last_at(self._measured_steps(), self._step)
        if measurement == self._measurement:
            return
        self._measurement = measurement
        page, number = measurement
        if number is None:
            self._show_absence()
        elif page == LAYERS:
            self._pages.setCurrentWidget(self._layers_page)
            self._draw_layers(number)
        else:
            self._pages.setCurrentWidget(self.augmentations)
            self._tell_augmentations(place_text(-1, int(self._measured_steps()[number])))
        self._read()

    def _show_absence(self) -> None:
        """Say why there is nothing to see."""
        steps = self._measured_steps()
        self._pages.setCurrentWidget(self.empty_state)
        self.place_label.show_title("")
        self.place_label.show_about("")
        if self._opened is None:
            self.empty_state.show_text(NOTHING)
        elif len(steps):
            first = f"Nothing was measured up to this pass; the first time was at step {steps[0]:,}."
            self.empty_state.show_text(first, can_go=True)
        elif self.page == LAYERS:
            header = self._opened.collection.similarity
            is_read = header is None or not header.layers or self._run is not None
            nothing = self._why_no_run or (NO_SIMILARITY if is_read and self._run is None else NOT_YET)
            self.empty_state.show_text(nothing if is_read or self._why_no_run else READING)
        else:
            is_awaited = self._opened.collection.augmentations is not None
            self.empty_state.show_text(NOT_YET if is_awaited else NO_AUGMENTATIONS)

    def _pair(self) -> tuple[int, int] | None:
        """Numbers of the chosen layers; None where the run does not have them."""
        run, (row, column) = self._run, self.pair.pair
        if run is None or row not in run.rows or column not in run.columns:
            return None
        return run.rows.index(row), run.columns.index(column)

    def _choose_pair(self, row: str, column: str) -> None:
        run, header = self._run, None if self._opened is None else self._opened.collection.similarity
        assert run is not None
        has_classes = header is not None and header.labels is not None
        across = run if isinstance(run, AcrossRun) else None
        self.pair.show_pair(row, column, run.title(row, column), has_classes=has_classes, across=across)

    def _draw_run(self) -> None:
        """Draw what is seen of the whole run, then the measurement."""
        pair, run, measure = self._pair(), self._run, self.measure_box.choice
        if run is not None and self._opened is not None and pair is not None:
            self.evolution.show_evolution(run.evolution(measure, pair), self._opened.last_step)
            self.evolution.show_step(self._step)
            if measure is AcrossMeasure.PROCRUSTES and isinstance(run, AcrossRun) and measure not in run.likeness:
                self.procrustes_requested.emit(run)
        self._measurement = None
        self._show_measurement()

    def _draw_layers(self, number: int) -> None:
        run, opened, measure = self._run, self._opened, self.measure_box.choice
        assert run is not None
        assert opened is not None
        self.layers.show_matrix(run.picture(number, measure))
        self.layers.show_chosen(self._pair())
        self.layers.setAccessibleName(f"{measure.value} of each pair of layers")
        self.measure_box.setToolTip(plain_tooltip(measure.about))
        self.evolution.show_measurement(number)
        self.place_label.show_title(run.place(number))
        self.place_label.show_about(run.samples_text)

    def _tell_augmentations(self, place: str) -> None:
        header = None if self._opened is None else self._opened.collection.augmentations
        assert header is not None
        self.place_label.show_title(place)
        self.place_label.show_about(f"one sample, changed in {len(header) - 1:,} ways")

    def _read(self) -> None:
        """Ask for the features of what is shown, unless that is under way or here."""
        page, number = self._measurement or (LAYERS, None)
        if number is None:
            return
        request = self.pair.request(number) if page == LAYERS else self.augmentations.request(number)
        if request != self._request:
            self._request = request
            if page == LAYERS:
                self.pair.expect()
            self.reading_requested.emit(request)

    def _show_layer(self, name: str | None) -> None:
        """A layer was chosen elsewhere."""
        if name is None:
            return
        if self._augmentations is not None:
            self._augmentations.show_layer(name)
        if self._run is not None and name in self._run.rows and name not in self.pair.pair:
            self._choose_pair(name, self._run.beside(name))
            self._draw_run()
        self._read()

    def _on_cell_clicked(self, row: int, column: int) -> None:
        if self._run is None:
            return
        self._choose_pair(self._run.rows[row], self._run.columns[column])
        self._draw_run()
        self._on_layer_requested(self._run.rows[row])

    def _on_layer_requested(self, name: str) -> None:
        if self._augmentations is not None:
            self._augmentations.show_layer(name)
        self._read()
        if self._opened is not None and name in self._opened.collection.layers:
            self.layer_requested.emit(name)

    def _on_measurement_requested(self, number: int) -> None:
        """Go to the first pass that shows it: the nearest pass may be one before it."""
        steps = self._measured_steps()
        if self._opened is None or number >= len(steps):
            return
        passes = self._opened.collection.passes.steps
        at = min(int(np.searchsorted(passes, steps[number])), len(passes) - 1)
        self.step_requested.emit(float(passes[at]))

    def _on_go_requested(self) -> None:
        self._on_measurement_requested(0)


def _class_names(opened: OpenedCollection) -> tuple[str, ...]:
    return () if opened.collection.probe is None else opened.collection.probe.class_names
