"""Held-out samples as points in a plane, epoch by epoch."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from app.analysis.point_groups import Colouring, PointGroups, point_groups, selection_words
from app.analysis.point_run import UNKNOWN, PointRun
from app.analysis.probabilities import percent
from app.analysis.projection_wish import RAW, Method, Points, Projected, ProjectionWish
from app.analysis.similarity_run import last_at, place_words
from app.widgets.choice_box import ChoiceBox
from app.widgets.elided_label import ElidedLabel
from app.widgets.heading_line import HeadingLine
from app.widgets.not_there import NotThere
from app.widgets.point_cloud import PointCloud, Tool
from app.widgets.point_legend import PointLegend
from app.widgets.sample_card import SampleCard
from app.widgets.segments import Segments
from collector.storage import Collection

NOTHING = "Open a collection to see its samples in a plane."
NO_PROJECTION = (
    "This run has no samples that can be laid out in a plane.\n"
    "Record them with --projection_samples 2000, or with projection=(images, labels) for Collector or KerasCollector."
)
NOT_YET = "The samples are not recorded yet; they appear here when training begins."
AS_THEY_ARE = "the samples as they are"
OTHER_LAYERS = (
    "What is laid out. Kept are each linear layer and the last convolution; others are recorded with "
    "--projection_layers conv1,fc1, or with projection_layers=[...] for Collector or KerasCollector."
)

Table = tuple[tuple[str, ...], list[tuple[str | int | float | None, ...]]]


class ProjectionPanel(QWidget):
    """Shows points; asks for what it needs by signals, and is given it by the methods of the same name.

    Signals:
        run_requested(object): the samples shall be read; the `PointRun` known so far, or None. → `show_run`
        known_requested(ProjectionWish): what is laid out of this already? → `show_projected`
        compute_requested(ProjectionWish): lay it out. → `show_projected`, `show_progress`, `show_ended`
        cancel_requested: stop that.
        sample_requested(int): the user chose this sample of the probe.
        step_requested(float): the user wants to see this step.
    """

    run_requested = pyqtSignal(object)
    known_requested = pyqtSignal(object)
    compute_requested = pyqtSignal(object)
    cancel_requested = pyqtSignal()
    sample_requested = pyqtSignal(int)
    step_requested = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._collection: Collection | None = None
        self._n_records = 0
        self._run: PointRun | None = None
        self._projected: Projected | None = None
        self._computing: ProjectionWish | None = None
        self._step = 0
        self._sample: int | None = None
        self._drawn: object = None
        self._sources: dict[str, str] = {}
        self.source_box = ChoiceBox(OTHER_LAYERS)
        self.method_box = ChoiceBox("How it is laid out", list(Method))
        self.setting_box = ChoiceBox("")
        self.compute_button = QPushButton("Lay out")
        self.cancel_button = QPushButton("Cancel")
        self.colour_box = ChoiceBox("What the colour of a point tells", list(Colouring))
        self.tools = Segments([tool.value for tool in Tool])
        self.tools.show_options(
            [tool.value for tool in Tool],
            ["Drag to move, wheel to zoom", "Drag around points to select them", "Drag a rectangle to select points"],
        )
        self.tools.show_chosen(Tool.MOVE.value)
        self.fit_button = QPushButton("Fit")
        self.heading = HeadingLine("")
        self.cloud = PointCloud()
        self.legend = PointLegend()
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setFixedHeight(10)
        self.bar.setTextVisible(False)
        self.words_label = ElidedLabel()
        self.words_label.setTextFormat(Qt.TextFormat.PlainText)
        self.not_there = NotThere()
        self.not_laid_out = NotThere()
        self._lay_out()
        self._join()
        self._offer_settings()
        self.show_ended("")
        self._show_absence()

    def _lay_out(self) -> None:
        choices = QHBoxLayout()
        choices.setSpacing(6)
        for widget in (self.source_box, self.method_box, self.setting_box, self.compute_button, self.cancel_button):
            choices.addWidget(widget)
        choices.addStretch(1)
        for widget in (self.colour_box, self.tools, self.fit_button):
            choices.addWidget(widget)
        for button in (self.compute_button, self.cancel_button, self.fit_button):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        clouds = QWidget()
        self._clouds = QStackedLayout(clouds)
        self._clouds.addWidget(self.cloud)
        self._clouds.addWidget(self.not_laid_out)
        middle = QHBoxLayout()
        middle.addWidget(clouds, stretch=1)
        middle.addWidget(self.legend)
        bottom = QHBoxLayout()
        bottom.addWidget(self.words_label, stretch=1)
        bottom.addWidget(self.bar, stretch=1)
        self._inside = QWidget()
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(10, 4, 10, 6)
        column.setSpacing(4)
        column.addLayout(choices)
        column.addWidget(self.heading)
        column.addLayout(middle, stretch=1)
        column.addLayout(bottom)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.not_there)
        self._pages.addWidget(self._inside)

    def _join(self) -> None:
        self.source_box.chosen.connect(self._on_wish_changed)
        self.method_box.chosen.connect(self._on_method_chosen)
        self.setting_box.chosen.connect(self._on_wish_changed)
        self.colour_box.chosen.connect(self._recolour)
        self.compute_button.clicked.connect(lambda *_: self._on_compute())
        self.cancel_button.clicked.connect(lambda *_: self._on_cancel())
        self.fit_button.clicked.connect(lambda *_: self.cloud.fit())
        self.tools.chosen.connect(self._on_tool)
        self.not_laid_out.go_requested.connect(self._on_go)
        self.legend.changed.connect(self._on_groups_toggled)
        self.cloud.hovered.connect(self._on_hovered)
        self.cloud.clicked.connect(self._on_clicked)
        self.cloud.selected.connect(lambda _: self._write_words())

    @property
    def wish(self) -> ProjectionWish:
        """What is chosen."""
        method = self.method_box.choice
        setting = int(self.setting_box.choice.split()[-1]) if method.settings else 0
        return ProjectionWish(self._sources.get(self.source_box.choice, RAW), method, setting)

    @property
    def number(self) -> int | None:
        """The record at or before the playhead; None where there is none."""
        return None if self._run is None else last_at(self._run.steps, self._step)

    def show_collection(self, collection: Collection) -> None:
        """Show a run, or what it has become; of the same run all choices stay."""
        n_records = len(collection.projections) + collection.projections.has_samples
        is_other = collection is not self._collection
        if is_other:
            self.cancel_requested.emit()
            self.show_ended("")
            self._run, self._projected, self._sample = None, None, None
            self.cloud.show_selection(None)
        self._collection = collection
        if is_other or n_records != self._n_records:
            self._n_records = n_records
            self._offer_sources(collection)
            if collection.projection is not None and collection.projections.has_samples:
                self.run_requested.emit(self._run)
        self._show_absence()

    def show_run(self, run: PointRun | None) -> None:
        """The samples are read."""
        if run is None or run.collection is not self._collection:
            return
        self._run = run
        self._show_absence()
        self._on_wish_changed()
        self._recolour()

    def show_projected(self, projected: Projected) -> None:
        """This much is laid out; what is not wished any more is passed over."""
        if projected.wish == self.wish:
            self._projected = projected
            self._drawn = None
            self._draw()

    def show_progress(self, share: float) -> None:
        """The computation is so far, 0…1."""
        self.bar.setValue(round(1000 * share))
        if self._computing is not None:
            source = self._computing.source or AS_THEY_ARE
            self.words_label.setText(f"{self._computing.method.value} of {source}: {percent(share)}")

    def show_ended(self, problem: str) -> None:
        """The computation is over, or was never begun."""
        self._computing = None
        self.bar.hide()
        self.cancel_button.hide()
        self._write_words()
        if problem:
            self.words_label.setText(problem)
        self._draw()

    def show_step(self, step: int) -> None:
        """Move the playhead."""
        self._step = step
        self._draw()

    def show_sample(self, sample: int) -> None:
        """A sample of the probe is shown elsewhere; it gets a ring."""
        self._sample = sample
        self._show_ring()

    def numbers(self) -> Table:
        """Headings and a row for each sample as it is seen now."""
        headings = ("sample", "label", "prediction", "x", "y", "is_selected")
        points, run = self._points(), self._run
        if points is None or run is None:
            return headings, []
        predicted, selection = run.predicted(self.number), self.cloud.selection
        rows: list[tuple[str | int | float | None, ...]] = []
        for sample, (x, y) in enumerate(points.positions.tolist()):
            label = None if run.labels is None else int(run.labels[sample])
            guess = None if predicted is None or predicted[sample] == UNKNOWN else int(predicted[sample])
            rows.append((sample, label, guess, x, y, int(selection is not None and bool(selection[sample]))))
        return headings, rows

    def _offer_sources(self, collection: Collection) -> None:
        self._sources = {AS_THEY_ARE: RAW}
        layers = {} if collection.projection is None else collection.projection.layers
        for name in layers:
            stage = collection.layers[name].stage if name in collection.layers else name
            self._sources[f"{stage}, after {name}" if stage != name else name] = name
        self.source_box.offer(list(self._sources))

    def _offer_settings(self) -> None:
        method = self.method_box.choice
        self.setting_box.offer([f"{method.setting} {value}" for value in method.settings])
        self.setting_box.setVisible(bool(method.settings))
        self.setting_box.setToolTip(f"{method.setting.capitalize()}: how many neighbours a point is held to")
        self.method_box.setToolTip(method.about)

    def _show_absence(self) -> None:
        """Say why there is nothing to see, where there is nothing."""
        if self._run is not None:
            self._pages.setCurrentWidget(self._inside)
            return
        collection = self._collection
        words = NOTHING
        if collection is not None:
            words = NO_PROJECTION if collection.projection is None else NOT_YET
        self.not_there.show_words(words)
        self._pages.setCurrentWidget(self.not_there)

    def _points(self) -> Points | None:
        if self._projected is None:
            return None
        number = 0 if self._projected.wish.source == RAW else self.number
        return None if number is None else self._projected.points.get(number)

    def _draw(self) -> None:
        """Draw the moment, unless it is drawn already."""
        run, points, number = self._run, self._points(), self.number
        self._show_buttons()
        if run is None or (points, number) == self._drawn:
            return
        self._drawn = (points, number)
        self._write_heading(points)
        self._recolour()
        if points is None or self._projected is None:
            self.not_laid_out.show_words(self._why_nothing(), can_go=self._is_before_all and len(run.steps) > 0)
            self._clouds.setCurrentWidget(self.not_laid_out)
            return
        self._clouds.setCurrentWidget(self.cloud)
        bounds = np.concatenate([each.positions for each in self._projected.points.values()])
        axes = ("", "")
        if len(points.explained) == 2:
            first, second = points.explained
            axes = (f"axis 1: {percent(first)} of the variance", f"axis 2: {percent(second)} of the variance")
        self.cloud.show_axes(*axes)
        self.cloud.show_points(points.positions, bounds)
        self._show_ring()

    def _show_buttons(self) -> None:
        is_running = self._computing is not None
        is_whole = self._projected is not None and self._projected.is_whole
        self.compute_button.setVisible(not is_running)
        self.compute_button.setEnabled(self._run is not None and not is_whole)
        self.compute_button.setToolTip(
            "All of it is laid out" if is_whole else "In the background; it can be cancelled"
        )
        self.cancel_button.setVisible(is_running)

    @property
    def _is_before_all(self) -> bool:
        return self.number is None and self.wish.source != RAW

    def _on_go(self) -> None:
        if self._run is not None:
            self.step_requested.emit(float(self._run.steps[0]))

    def _why_nothing(self) -> str:
        if self._is_before_all:
            return f"Nothing is recorded at or before step {self._step:,}."
        if self._computing == self.wish:
            return "This epoch is being laid out…"
        return f"Not laid out yet. “{self.compute_button.text()}” does it in the background and keeps it."

    def _write_heading(self, points: Points | None) -> None:
        run, number, wish = self._run, self.number, self.wish
        assert run is not None
        place = "" if number is None else place_words(int(run.epochs[number]), int(run.steps[number]))
        if wish.source == RAW:
            place = "the same at every epoch"
        told = [f"{len(run):,} held-out samples"]
        layers = self._collection.projection.layers if self._collection and self._collection.projection else {}
        if wish.source in layers and len(layers[wish.source].kept) < layers[wish.source].features:
            told.append(f"{len(layers[wish.source].kept):,} of {layers[wish.source].features:,} features")
        if points is not None:
            if len(points.explained) == 1:
                told.append(f"{percent(points.explained[0])} of the variance kept")
            if np.isfinite(points.trustworthiness):
                told.append(f"trustworthiness {points.trustworthiness:.2f}")
            if np.isfinite(points.same_class):
                told.append(f"nearest neighbour of the same class: {percent(points.same_class)}")
        self.heading.show_title(place)
        self.heading.show_about(" · ".join(told))

    def _groups(self) -> PointGroups | None:
        return None if self._run is None else point_groups(self._run, self.colour_box.choice, self.number)

    def _recolour(self) -> None:
        groups = self._groups()
        self.legend.show_groups(groups)
        if groups is not None:
            self.cloud.show_groups(groups, self.legend.visible)
        self._write_words()

    def _on_groups_toggled(self) -> None:
        if self.legend.rows.groups is not None:
            self.cloud.show_groups(self.legend.rows.groups, self.legend.visible)

    def _write_words(self) -> None:
        if self._computing is None:
            selection, run = self.cloud.selection, self._run
            words = "" if run is None or selection is None else f"Selected: {selection_words(run, selection)}"
            self.words_label.setText(words)

    def _show_ring(self) -> None:
        found = [] if self._run is None else np.flatnonzero(self._run.in_probe == self._sample)
        self.cloud.show_current(int(found[0]) if self._sample is not None and len(found) else None)

    def _on_method_chosen(self) -> None:
        self._offer_settings()
        self._on_wish_changed()

    def _on_wish_changed(self) -> None:
        self._drawn = None
        if self._projected is not None and self._projected.wish != self.wish:
            self._projected = None
            self.cloud.fit()
        if self._run is not None:
            self.known_requested.emit(self.wish)
        self._draw()

    def _on_compute(self) -> None:
        self._computing = self.wish
        self.bar.show()
        self._drawn = None
        self.show_progress(0.0)
        self._draw()
        self.compute_requested.emit(self.wish)

    def _on_cancel(self) -> None:
        self.cancel_requested.emit()
        self._drawn = None
        self.show_ended("")

    def _on_tool(self, name: str) -> None:
        self.cloud.tool = Tool(name)

    def _on_hovered(self, sample: int) -> None:
        run = self._run
        if run is None or sample < 0:
            self.cloud.show_card(None)
            return
        lines = [(f"sample {sample:,}", "faint_text")]
        label = None if run.labels is None else int(run.labels[sample])
        if label is not None:
            lines.append((f"label {run.name_of(label)}", "text"))
        predicted = run.predicted(self.number)
        if predicted is not None and predicted[sample] != UNKNOWN:
            colour = "text" if label is None else "right" if predicted[sample] == label else "wrong"
            lines.append((f"taken for {run.name_of(int(predicted[sample]))}", colour))
        self.cloud.show_card(SampleCard(run.picture(sample), lines))

    def _on_clicked(self, sample: int) -> None:
        assert self._run is not None
        in_probe = int(self._run.in_probe[sample])
        if in_probe != UNKNOWN:
            self.sample_requested.emit(in_probe)
        elif self._computing is None:
            told = (
                f"Sample {sample:,} is none of the probe's, which alone have activations; --probe_samples takes more."
            )
            self.words_label.setText(told)
