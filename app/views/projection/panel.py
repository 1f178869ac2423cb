"""Held-out samples as points in a plane, epoch by epoch; where two runs are compared, those of both."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.analysis.axis import last_at
from app.analysis.probabilities import percent
from app.analysis.same_samples import UNKNOWN
from app.views.projection.analysis.point_alignment import are_same_samples, fitted_with
from app.views.projection.analysis.point_groups import Colouring
from app.views.projection.analysis.point_run import PointRun
from app.views.projection.analysis.point_text import RAW_DATA
from app.views.projection.analysis.projection_request import RAW, Method, Projected, ProjectionRequest
from app.views.projection.points_of_run import PointsOfRun, Row
from app.widgets.choice_box import ChoiceBox
from app.widgets.elided_text import ElidedLabel
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.plain_text import plain_tooltip
from app.widgets.point_cloud import Tool
from app.widgets.segments import Segments
from collector.storage import Collection

NOTHING = "Open a collection to see its samples in a plane."
NO_PROJECTION = (
    "This run has no samples that can be laid out in a plane.\n"
    "Record them with --projection_samples 2000, or with projection=(images, labels) for Collector or KerasCollector."
)
NOT_YET = "The samples are not recorded yet; they appear here when training begins."
_OTHER_SOURCE_PX = 170

Asked = tuple[Collection, ProjectionRequest]
Table = tuple[tuple[str, ...], list[Row]]


class ProjectionPanel(QWidget):
    """Shows points; asks for what it needs by signals, and is given it by the methods of the same name.

    Of two runs both stand side by side in one frame: a map is fitted on both, t-SNE and UMAP of B are turned to lie
    nearest to A (orthogonal Procrustes), and a line leads from each sample of A to where B has it.

    Attributes:
        own: the samples of the run that is open, which is A where two are compared.
        other: those of B, laid out in the same way; hidden while there is none.

    Signals:
        run_requested(object): the samples shall be read; the `PointRun` known so far, or None. → `show_run`
        known_requested(Collection, ProjectionRequest): what is laid out of this already? → `show_projected`
        compute_requested(object): lay out each of these, `Asked`. → `show_projected`, `show_progress`, `show_ended`
        cancel_requested: stop that.
        sample_requested(int): the user chose this sample of the probe.
        step_requested(float): the user wants to see this step.
        stories_selected(object): the user selected these samples of the stories, a frozenset; None: none.
    """

    run_requested = pyqtSignal(object)
    known_requested = pyqtSignal(object, object)
    compute_requested = pyqtSignal(object)
    cancel_requested = pyqtSignal()
    sample_requested = pyqtSignal(int)
    step_requested = pyqtSignal(float)
    stories_selected = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._collection: Collection | None = None
        self._n_records = 0
        self._computing: tuple[Asked, ...] = ()
        self._steps: tuple[int | None, int | None] = (0, None)
        self._are_same = False
        self._sample: int | None = None
        self._story: int | None = None
        self._selected: frozenset[int] | None = None
        self.own, self.other = PointsOfRun(), PointsOfRun()
        self.method_box = ChoiceBox("How it is laid out", list(Method))
        self.setting_box = ChoiceBox("How many neighbours a point is held to")
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
        self.lines_button = QPushButton("Lines")
        self.lines_button.setCheckable(True)
        self.lines_button.setChecked(True)
        self.lines_button.setToolTip("A line from each sample of A to where B has the same one")
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setFixedHeight(10)
        self.bar.setTextVisible(False)
        self.words_label = ElidedLabel()
        self._lay_out()
        self._connect()
        self._offer_settings()

    def _lay_out(self) -> None:
        choices = QHBoxLayout()
        choices.setSpacing(6)
        own_source = self.own.source_box
        for widget in (own_source, self.method_box, self.setting_box, self.compute_button, self.cancel_button):
            choices.addWidget(widget)
        choices.addStretch(1)
        choices.addWidget(self.colour_box)
        for button in (self.compute_button, self.cancel_button, self.fit_button, self.lines_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.other.source_box.setMaximumWidth(_OTHER_SOURCE_PX)
        self.other.corner.addWidget(self.other.source_box)
        self.other.hide()
        sides = QHBoxLayout()
        sides.setSpacing(12)
        sides.addWidget(self.own, stretch=1)
        sides.addWidget(self.other, stretch=1)
        bottom = QHBoxLayout()
        bottom.addWidget(self.words_label, stretch=2)
        bottom.addWidget(self.bar, stretch=1)
        bottom.addWidget(self.lines_button)
        bottom.addWidget(self.tools)
        bottom.addWidget(self.fit_button)
        self._inside = QWidget()
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(10, 4, 10, 6)
        column.setSpacing(4)
        column.addLayout(choices)
        column.addLayout(sides, stretch=1)
        column.addLayout(bottom)
        self._pages = EmptyStateLayout(self, self._inside, NOTHING)
        self.empty_state = self._pages.state

    def _connect(self) -> None:
        self.own.source_box.chosen.connect(self._on_own_source_chosen)
        self.other.source_box.chosen.connect(self._on_request_changed)
        self.method_box.chosen.connect(self._on_method_chosen)
        self.setting_box.chosen.connect(self._on_request_changed)
        self.colour_box.chosen.connect(self._on_colouring_chosen)
        self.compute_button.clicked.connect(lambda *_: self._on_compute())
        self.cancel_button.clicked.connect(lambda *_: self._on_cancel())
        self.fit_button.clicked.connect(lambda *_: self._on_fit())
        self.lines_button.toggled.connect(lambda _: self._draw())
        self.tools.chosen.connect(self._on_tool)
        self.own.go_requested.connect(self._on_go)
        self.own.clicked.connect(self._on_clicked)
        self.own.stories_selected.connect(self._on_stories_selected)
        self.other.clicked.connect(self._on_other_clicked)
        for side in (self.own, self.other):
            side.selection_changed.connect(self._update_readout)

    @property
    def sides(self) -> list[PointsOfRun]:
        """Those that have samples."""
        return [side for side in (self.own, self.other) if side.run is not None]

    def request_of(self, side: PointsOfRun) -> ProjectionRequest:
        """What is chosen for one of the two: the same way, perhaps of another layer; a map is fitted on both."""
        method = self.method_box.choice
        setting = int(self.setting_box.choice.split()[-1]) if method.settings else 0
        beside = self.own if side is self.other else self.other
        fitted = None
        if method.is_fitted and self._are_same and side.run is not None and beside.run is not None:
            fitted = fitted_with(side.run, beside.run, side.source, beside.source, is_first=side is self.other)
        return ProjectionRequest(side.source, method, setting, fitted)

    @property
    def number(self) -> int | None:
        """The record of the open run at or before the playhead; None where there is none."""
        return self._number_of(self.own)

    def _number_of(self, side: PointsOfRun) -> int | None:
        step = self._steps[side is self.other]
        return None if side.run is None or step is None else last_at(side.run.steps, step)

    def show_collection(self, collection: Collection) -> None:
        """Show a run, or what it has become; of the same run all choices stay."""
        n_records = len(collection.projections) + collection.projections.has_samples
        is_new = collection is not self._collection
        if is_new:
            self.cancel_requested.emit()
            self._sample = None
            self.own.show_run(None)
            self.remove_other()
            self.show_ended("")  # of what was selected, too, nothing is told any more
        self._collection = collection
        if is_new or n_records != self._n_records:
            self._n_records = n_records
            if collection.projection is not None and collection.projections.has_samples:
                self.run_requested.emit(self.own.run)
        self._show_absence()

    def show_run(self, run: PointRun | None) -> None:
        """The samples are read."""
        if run is None or run.collection is not self._collection:
            return
        self.own.show_run(run)
        if self._selected is not None:
            self.own.show_selected(self._selected)
        self._show_absence()
        self._on_request_changed()

    def show_other(self, run: PointRun, names: tuple[str, str]) -> None:
        """The samples of B are read.

        Args:
            names: what A and B are called.
        """
        is_first = self.other.run is None
        for side, name in zip((self.own, self.other), names, strict=True):
            side.show_beside(True, name)
        self.other.show_run(run)
        if is_first:
            self.other.show_colouring(self.colour_box.choice)
            self.other.choose_source(self.own.source)
        self.other.show()
        self._on_request_changed()
        self._update_readout()

    def show_alone(self, why: str) -> None:
        """B has nothing to show, for this reason."""
        self.remove_other()
        self._warn(why)

    def remove_other(self) -> None:
        """Nothing is compared any more; what is computed for B ends."""
        if self.other.run is None:
            return
        self.cancel_requested.emit()
        self.show_ended("")
        self.other.show_run(None)
        self.other.hide()
        self.own.show_beside(False)
        self.own.cloud.show_ends(None)
        if self.own.run is not None:
            self._on_request_changed()
        self._update_readout()

    def show_projected(self, collection: Collection, projected: Projected) -> None:
        """This much of a collection is laid out; what is not wished any more is passed over."""
        for side in self.sides:
            if side.run is not None and side.run.collection is collection:
                side.show_projected(projected)
        self._draw()

    def show_progress(self, collection: Collection, share: float) -> None:
        """The computation for a collection is so far, 0…1."""
        for number, (computed, request) in enumerate(self._computing):
            if computed is collection:
                self.bar.setValue(round(1000 * (number + share) / len(self._computing)))
                place = f" in {collection.path.name}" if len(self._computing) > 1 else ""
                self.words_label.setText(
                    f"{request.method.value} of {request.source or RAW_DATA}{place}: {percent(share)}"
                )

    def show_ended(self, problem: str) -> None:
        """The computation is over, or was never begun."""
        self._computing = ()
        self.bar.hide()
        self.cancel_button.hide()
        self._update_readout()
        if problem:
            self.words_label.setText(problem)
        self._draw()

    def show_step(self, step: int) -> None:
        """Move the playhead."""
        self.show_steps(step, None)

    def show_steps(self, step: int | None, step_b: int | None) -> None:
        """The same where A and B stand each at a step of its own; None: at none."""
        self._steps = (step, step_b)
        self._draw()

    def show_sample(self, sample: int, story: int | None = None) -> None:
        """A sample of the probe, or of the stories, is shown elsewhere; it gets a ring."""
        self._sample, self._story = sample, story
        for side in self.sides:
            side.show_sample(sample, story if side is self.own else None)

    def show_selected(self, stories: frozenset[int] | None) -> None:
        """Samples of the stories are selected elsewhere."""
        if stories != self._selected:
            self._selected = stories
            self.own.show_selected(stories)

    def numbers(self) -> Table:
        """Headings and a row for each sample as it is seen now."""
        headings = ("sample", "label", "prediction", "x", "y", "is_selected")
        if self.other.run is None:
            return headings, self.own.rows()
        if self._are_same and self.own.places is not None and self.other.places is not None:
            return _both_rows(self.own, self.other)
        named = [(name, *row) for name, side in zip("ab", self.sides, strict=True) for row in side.rows()]
        return ("run", *headings), named

    def _offer_settings(self) -> None:
        method = self.method_box.choice
        self.setting_box.offer([f"{method.setting} {value}" for value in method.settings])
        self.setting_box.setVisible(bool(method.settings))
        self.setting_box.setToolTip(
            plain_tooltip(f"{method.setting.capitalize()}: how many neighbours a point is held to")
        )
        self.method_box.setToolTip(plain_tooltip(method.about))

    def _show_absence(self) -> None:
        """Say why there is nothing to see, where there is nothing."""
        if self.own.run is not None:
            self._pages.show_content()
            return
        collection = self._collection
        words = NOTHING
        if collection is not None:
            words = NO_PROJECTION if collection.projection is None else NOT_YET
        self._pages.show_text(words)

    def _draw(self) -> None:
        """Let both show the moment; they redraw what has changed."""
        self._show_buttons()
        own, number = self.own.run, self.number
        if own is None:
            return
        is_fitted, is_one = self.method_box.choice.is_fitted, self._are_same
        frame = self.other.projected if is_one and is_fitted else None
        can_go = number is None and self.own.source != RAW and len(own.steps) > 0
        self.own.show_number(number, self._why_nothing(self.own, number), can_go=can_go, frame=frame)
        self.own.show_sample(self._sample, self._story)
        if self.other.run is None:
            return
        beside = self._number_of(self.other)
        onto = self.own.places if is_one and not is_fitted else None
        self.other.show_number(
            beside, self._why_nothing(self.other, beside), onto=onto, frame=self.own.projected if is_one else None
        )
        self.other.show_sample(self._sample if is_one else None)
        self.own.cloud.show_ends(self.other.places if is_one and self.lines_button.isChecked() else None)

    def _show_buttons(self) -> None:
        is_running = bool(self._computing)
        is_whole = all(side.is_whole for side in self.sides)
        self.compute_button.setVisible(not is_running)
        self.compute_button.setEnabled(not is_whole)
        self.compute_button.setToolTip(
            "All of it is laid out" if is_whole else "In the background; it can be cancelled"
        )
        self.cancel_button.setVisible(is_running)

    def _why_nothing(self, side: PointsOfRun, number: int | None) -> str:
        assert side.run is not None
        if number is None and side.source != RAW:
            step = self._steps[side is self.other]
            return f"Nothing is recorded {'next to this step' if step is None else f'at or before step {step:,}'}."
        if (side.run.collection, self.request_of(side)) in self._computing:
            return "This epoch is being laid out…"
        if self._computing:
            return "Not laid out yet; something else is being laid out now."
        together = " together" if self.other.run is not None else ""
        return f"Not laid out{together} yet. “{self.compute_button.text()}” does it in the background and keeps it."

    def _update_readout(self) -> None:
        if not self._computing:
            self.words_label.setText(" · ".join(filter(None, (side.selection_text() for side in self.sides))))

    def _on_go(self) -> None:
        if self.own.run is not None:
            self.step_requested.emit(float(self.own.run.steps[0]))

    def _on_own_source_chosen(self) -> None:
        self.other.choose_source(self.own.source)
        self._on_request_changed()

    def _on_method_chosen(self) -> None:
        self._offer_settings()
        self._on_request_changed()

    def _on_colouring_chosen(self) -> None:
        for side in self.sides:
            side.show_colouring(self.colour_box.choice)

    def _on_request_changed(self) -> None:
        own, other = self.own.run, self.other.run
        self._are_same = own is not None and other is not None and are_same_samples(own, other)
        self.lines_button.setVisible(self._are_same)
        for side in self.sides:
            request = self.request_of(side)
            side.show_request(request)
            assert side.run is not None
            self.known_requested.emit(side.run.collection, request)
        self._draw()

    def _on_compute(self) -> None:
        asked = ((side.run.collection, self.request_of(side)) for side in self.sides if side.run and not side.is_whole)
        self._computing = tuple(dict.fromkeys(asked))  # two passes of one run are laid out at once
        if self._computing:
            self.bar.show()
            self.show_progress(self._computing[0][0], 0.0)
            self._draw()
            self.compute_requested.emit(self._computing)

    def _on_cancel(self) -> None:
        self.cancel_requested.emit()
        self.show_ended("")

    def _on_fit(self) -> None:
        for side in (self.own, self.other):
            side.cloud.fit()

    def _on_stories_selected(self, stories: frozenset[int] | None) -> None:
        self._selected = stories
        self.stories_selected.emit(stories)

    def _on_tool(self, name: str) -> None:
        for side in (self.own, self.other):
            side.cloud.tool = Tool(name)

    def _on_clicked(self, sample: int) -> None:
        assert self.own.run is not None
        in_probe = int(self.own.run.in_probe[sample])
        if in_probe != UNKNOWN:
            self.sample_requested.emit(in_probe)
        else:
            self._warn(f"Sample #{sample:,} is not in the probe; --probe_samples takes more.")

    def _on_other_clicked(self, sample: int) -> None:
        if self._are_same:
            self._on_clicked(sample)
        else:
            self._warn(f"Sample #{sample:,} is none of {self.own.heading.title}, which has other samples.")

    def _warn(self, words: str) -> None:
        """What is computed goes before."""
        if not self._computing:
            self.words_label.setText(words)


def _both_rows(own: PointsOfRun, other: PointsOfRun) -> Table:
    """A row for each sample of A and B: where both have it, and how far that is apart."""
    headings = (
        *("sample", "label", "prediction_a", "prediction_b", "x_a", "y_a", "x_b", "y_b"),
        *("x_difference", "y_difference", "distance", "is_selected"),
    )
    assert own.places is not None
    assert other.places is not None
    apart = other.places - own.places
    rows: list[Row] = []
    for a, b, by in zip(own.rows(), other.rows(), apart.tolist(), strict=True):
        sample, label, guess_a, *place_a, is_selected = a
        rows.append((sample, label, guess_a, b[2], *place_a, *b[3:5], *by, float(np.hypot(*by)), is_selected))
    return headings, rows
