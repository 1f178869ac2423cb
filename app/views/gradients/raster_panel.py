"""Which gradients are near zero and on which side of it: the sign raster, its legend, and what lies under the mouse."""

import numpy as np
from PyQt6.QtCore import QPoint, QPointF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QHideEvent, QShowEvent
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.analysis.figures import true_signs
from app.analysis.probabilities import percent
from app.replay.comparing import Comparing
from app.replay.opened import OpenedCollection
from app.views.gradients.analysis.raster_bands import RasterBands
from app.views.gradients.analysis.raster_numbers import raster_numbers
from app.views.gradients.analysis.raster_tiles import SignAnswer, SignRequest
from app.views.gradients.analysis.sign_words import OF_ONE, OF_TWO
from app.views.gradients.analysis.signs_difference import SignsDifference, why_not
from app.views.gradients.raster_legend import RasterLegend
from app.views.gradients.raster_view import Cell, RasterView
from app.widgets.elided_text import ElidedLabel
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.figure import HINT
from app.widgets.heading_line import HeadingLine
from app.widgets.plain_text import plain_tooltip
from collector.storage import Collection
from collector.storage.schema import Insight
from collector.storage.signs import LARGER, NEGATIVE, Signs

ASK_MS = 30
"""While the user drags or zooms, tiles are asked for so often."""

NOT_OPEN = "Open a collection to see the signs of its gradients."
NOT_RECORDED = (
    "This run has no sign raster. Record one with --sign_interval 30,\n"
    "or Collector(..., insight=InsightOptions(sign_interval=30))."
)
NO_ROW_YET = "No row has been recorded yet. The first will appear here."
NO_ROW = "The run ended before the first row of its sign raster was recorded."
HOW_TO = (
    "Wheel: zoom parameters · Ctrl + wheel: zoom steps · drag: move · click: choose a layer · double click: show all"
)


class RasterPanel(QWidget):
    """Steps downwards, parameters to the right, a pixel for each gradient or group of them.

    Signals:
        layer_requested(str): the user clicked on a column of this layer.
        step_requested(float): the user pointed at the axis of steps.
        tiles_requested(SignRequest): what the picture lacks; `show_signs` takes the answers.
    """

    layer_requested = pyqtSignal(str)
    step_requested = pyqtSignal(float)
    tiles_requested = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._signs: Signs | SignsDifference | None = None
        self._shown: Collection | None = None
        self._compared: tuple[object, ...] = ()
        self._words = OF_ONE
        self._insight: Insight | None = None
        self._bands = RasterBands((), {}, 0)
        self._steps = np.zeros(0, np.int64)
        self._step: float | None = None
        self._asked: SignRequest | None = None
        self._counted: tuple[int, int, int] | None = None
        self._mouse: QPointF | None = None
        self.heading = HeadingLine("Signs of small gradients")
        self.legend = RasterLegend()
        self.raster = RasterView()
        self.fit_button = QToolButton()
        self.fit_button.setText("↔")
        self.fit_button.setToolTip("Show all parameters and steps (double click)")
        self.fit_button.setAccessibleName("Show all parameters and steps")
        self.fit_button.setAutoRaise(True)
        self.fit_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.readout = ElidedLabel(HOW_TO, cut=Qt.TextElideMode.ElideRight)
        self.readout.setObjectName("faint")
        self.readout.setProperty(HINT, True)
        self.readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(ASK_MS)
        self._timer.timeout.connect(self._ask)
        self._lay_out()
        self.fit_button.clicked.connect(lambda *_: self.raster.fit())
        self.raster.layer_clicked.connect(self.layer_requested)
        self.raster.step_requested.connect(self.step_requested)
        self.raster.range_changed.connect(self._on_range_changed)
        self.raster.hovered.connect(self._on_hovered)

    def _lay_out(self) -> None:
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(8, 4, 4, 4)
        column.setSpacing(2)
        top = QHBoxLayout()
        top.addWidget(self.heading, stretch=1)
        top.addWidget(self.fit_button)
        column.addLayout(top)
        column.addWidget(self.legend)
        column.addSpacing(4)
        column.addWidget(self.raster, stretch=1)
        column.addWidget(self.readout)
        self._pages = EmptyStateLayout(self, shown, NOT_OPEN)
        self.empty_state = self._pages.state

    def show_collection(self, opened: OpenedCollection | Collection) -> None:
        """Show the raster of a run, or what it has become: of the same run the part that is seen stays."""
        collection = opened.collection if isinstance(opened, OpenedCollection) else opened
        comparing = opened.comparing if isinstance(opened, OpenedCollection) else None
        lacks = "" if comparing is None else why_not(comparing.beside)
        insight, signs = collection.insight, self._signs_of(collection, None if lacks else comparing)
        if signs is not self._signs:
            is_same = collection is self._shown
            self._signs, self._insight, self._shown = signs, insight, collection
            self._asked = self._counted = None
            self._words = OF_TWO if isinstance(signs, SignsDifference) else OF_ONE
            self._bands = RasterBands(insight.bands if insight else (), collection.layers, signs.n_columns)
            self.raster.show_run(signs.n_columns, self._bands, self._words, keeps_place=is_same)
            self.legend.show_words(self._words)
            if insight:
                self.legend.show_threshold(insight.sign_threshold)
                self.legend.forget_seen()
        self.heading.show_title(self._words.title)
        if insight:
            alone = [] if comparing is None or not lacks else [f"{comparing.front_name} alone: {lacks}"]
            self.heading.show_about(" · ".join([*alone, _about(insight)]))
        self.raster.show_held(None if comparing is None else comparing.held_step)
        self._steps = signs.steps
        self.raster.show_steps(self._steps)
        if insight is None or not insight.sign_interval or not signs.n_columns:
            self._pages.show_text(NOT_RECORDED)
        elif not len(self._steps):
            self._pages.show_text(NO_ROW if collection.finished else NO_ROW_YET)
        else:
            self._pages.show_content()
        self._show_place()
        self._ask_soon()

    def _signs_of(self, collection: Collection, comparing: Comparing | None) -> Signs | SignsDifference:
        """What is shown; of the same two the same as before, which may have more rows."""
        if comparing is None:
            self._compared = ()
            return collection.signs
        wish = comparing.wish
        compared = (
            comparing.a.collection,
            comparing.b.collection,
            comparing.held,
            (wish.clock, wish.offset, wish.layers),
        )
        if compared == self._compared and isinstance(self._signs, SignsDifference):
            self._signs.take(comparing.beside)
            return self._signs
        self._compared = compared
        return SignsDifference(comparing.beside)

    def show_step(self, step: float) -> None:
        """Move the playhead."""
        self._step = step
        self.raster.show_step(step)
        self._show_place()
        self._ask_soon()

    def show_layer(self, name: str | None) -> None:
        """Mark a layer."""
        self.raster.show_layer(name)

    def show_signs(self, answer: SignAnswer) -> None:
        """A part of what was asked for; of another run it comes too late and is passed over."""
        if answer.signs is not self._signs:
            return
        self.raster.show_tiles(answer.tiles)
        if answer.tiles:
            self._show_readout()
        if answer.counted is not None:
            self._counted = answer.counted
            counts = answer.counts
            shares = None if counts is None or not counts.sum() else tuple((counts / counts.sum()).tolist())
            self.legend.show_shares("Columns in view:", shares)
        for tile in answer.tiles:
            self.legend.show_seen(not_finite=bool(tile.shares[3].any()), no_gradient=bool(tile.shares[4].any()))

    def numbers(self) -> tuple[tuple[str, ...], list[tuple[int | float | None, ...]]]:
        """Column names and a row for each row of pixels, as `raster_numbers` has them."""
        return raster_numbers(self.raster.view, *self.raster.plot_size, self.raster.tiles, self._steps, self._words)

    @property
    def row(self) -> int | None:
        """The row that the playhead stands on: the last at or before its step."""
        if self._step is None or not len(self._steps):
            return None
        return max(int(np.searchsorted(self._steps, self._step, side="right")) - 1, 0)

    def showEvent(self, event: QShowEvent | None) -> None:
        self._ask_soon()

    def hideEvent(self, event: QHideEvent | None) -> None:
        self._timer.stop()

    def _show_place(self) -> None:
        self.heading.show_figure("" if self.row is None else f"row of step {self._steps[self.row]:,}")

    def _on_range_changed(self) -> None:
        self._show_readout()
        self._ask_soon()

    def _ask_soon(self) -> None:
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def _ask(self) -> None:
        """Wish for what is lacking: first the whole picture from afar, then what is seen, then what lies around it."""
        if self._signs is None or not self.isVisible() or not len(self._steps):
            return
        raster, n_rows = self.raster, len(self._steps)
        keys = dict.fromkeys([*raster.whole_keys(), *raster.keys(), *raster.keys(ring=1)])
        row, view = self.row, raster.view
        counted = None if row is None else (row, int(view.left), int(np.ceil(view.right)))
        lacking = tuple(raster.tiles.lacks(keys, n_rows))
        request = SignRequest(lacking, n_rows, None if counted == self._counted else counted, self._signs)
        if request != self._asked and (request.keys or request.counted):
            self._asked = request
            self.tiles_requested.emit(request)

    def _on_hovered(self, at: QPoint | None) -> None:
        self._mouse = None if at is None else QPointF(at)
        self._show_readout()

    def _show_readout(self) -> None:
        cell = None if self._mouse is None else self.raster.cell_at(self._mouse)
        text = HOW_TO if cell is None else self.words(cell)
        if text != self.readout.text():
            self.readout.setText(text)
            self.readout.setToolTip(plain_tooltip("" if cell is None else text))
        self.raster.setAccessibleDescription("" if cell is None else text)

    def words(self, cell: Cell) -> str:
        """What a pixel shows: whose gradients, at which steps, and their class or shares."""
        threshold = true_signs(f"{self._insight.sign_threshold:g}") if self._insight else "the threshold"
        steps = [f"{self._steps[row]:,}" for row in dict.fromkeys((cell.top, cell.bottom))]
        when = f"step {steps[0]}" if len(steps) == 1 else f"steps {steps[0]} to {steps[1]}"
        parts = [self._bands.names_between(cell.first, cell.last), when]
        if not cell.is_readable:
            parts.append("damaged in the file")
        elif cell.shares is None:
            parts.append("being read")
        elif cell.is_single:
            parts.append(self._words.single[_class_of(cell.shares)].format(threshold))
        elif not cell.shares.any():
            parts.append(f"{cell.n_gradients:,} gradients, {self._words.none.format(threshold)}")
        else:
            shares = zip((cell.shares / 255).tolist(), self._words.shared, strict=True)
            near = ", ".join(f"{percent(share)} {name}" for share, name in shares if share)
            parts.append(f"of {cell.n_gradients:,} gradients about {near}")
        return " · ".join(parts)


def _class_of(shares: np.ndarray) -> int:
    return int(np.argmax(shares)) + NEGATIVE if shares.any() else LARGER


def _about(insight: Insight) -> str:
    if insight.sign_columns >= insight.parameters:
        columns = f"a column for each of {insight.parameters:,} parameters"
    else:
        columns = f"columns for {insight.sign_columns:,} of {insight.parameters:,} parameters, evenly spread"
    interval = "step" if insight.sign_interval == 1 else f"{insight.sign_interval:,} steps"
    return f"a row every {interval}, {columns}"
