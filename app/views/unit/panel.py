"""What is known of the unit that is pinned in the network graph."""

from collections.abc import Mapping

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.analysis.curve import NO_GRADIENT_TEXT
from app.analysis.figures import DAMAGED, NOT_RECORDED
from app.analysis.graph.columns import Column
from app.analysis.graph.graph import Graph
from app.analysis.graph.unit_facts import ACTIVATION, BIAS, GRADIENT_NORM, MEAN, NO_STEP_FOLLOWS, unit_facts, unit_name
from app.views.unit.analysis.incoming import incoming_weights, why_no_weights
from app.views.unit.analysis.parameter_rows import parameter_rows
from app.views.unit.analysis.unit_history import UnitHistory
from app.views.unit.colour_bar import ColourBar
from app.views.unit.frame import UnitFrame
from app.views.unit.history_plots import HistoryPlots
from app.views.unit.tile_picture import TilePicture
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.pass_note import PassNote
from app.widgets.plain_text import NameLabel, PlainLabel
from collector.storage.layer import Layer

_ABOVE_PLOTS = (ACTIVATION, MEAN, BIAS, GRADIENT_NORM)
"""Facts that stand in the headings of the plots."""

_WEIGHTS_SHARE = 0.26
"""Part of the panel's height that the picture of the weights takes at most."""

_LEAST_WEIGHTS_PX = 90

OF_TWO = ("_a", "_b", "_difference")
"""What the names of columns end with where two passes are compared."""


BY_PART = "by part, above"
"""Of what a layer has in several parameters, each with a row of its own."""

NOTHING_PINNED = "Click a unit in the network.\nWhere it is drawn as modules, M draws its units."


class UnitPanel(QWidget):
    """Figures of the current pass, the incoming weights, and the unit over all passes.

    Signals:
        step_requested(float): the user pointed at this step in a plot.
        unpin_requested: the user is done with the unit.
    """

    step_requested = pyqtSignal(float)
    unpin_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._graph: Graph | None = None
        self._layers: Mapping[str, Layer] = {}
        self._unit: tuple[int, int] | None = None
        self._frame: UnitFrame | None = None
        self._history: UnitHistory | None = None
        self._other: UnitHistory | None = None
        self._largest_difference = 0.0
        self._pass_steps = np.zeros(0, np.int64)
        self._last_step = 1
        self._facts: list[tuple[str, str]] = []
        self._rows: list[str] = []
        self.title_label = NameLabel()
        self.title_label.setObjectName("heading")
        self.title_label.setIndent(0)  # all begins where pictures and plots do
        self.unpin_button = QToolButton()
        self.unpin_button.setText("✕")
        self.unpin_button.setToolTip("Unpin the unit")
        self.unpin_button.setAccessibleName("Unpin the unit")
        self.unpin_button.setAutoRaise(True)
        self.unpin_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.unpin_button.clicked.connect(lambda *_: self.unpin_requested.emit())
        self.subtitle_label = _faint()
        self.pass_note = PassNote()
        self.weights_label = _faint()
        self.weights = TilePicture()
        self.colour_bar = ColourBar()
        self.names_label = _faint()
        self.names_label.hide()
        self.progress_label = _faint()
        self.progress_bar = QProgressBar()
        self.progress_bar.setTextVisible(False)
        self.progress_bar.setFixedHeight(6)
        self.plots = HistoryPlots()
        self.plots.step_requested.connect(self.step_requested)
        self._lay_out()

    def _lay_out(self) -> None:
        title = QHBoxLayout()
        title.addWidget(self.title_label, stretch=1)
        title.addWidget(self.unpin_button, alignment=Qt.AlignmentFlag.AlignTop)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(14)
        self._form.setVerticalSpacing(2)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(10, 6, 10, 8)
        column.setSpacing(4)
        column.addLayout(title)
        column.addWidget(self.subtitle_label)
        column.addWidget(self.pass_note)
        column.addLayout(self._form)
        column.addSpacing(2)
        for of_weights in (self.weights_label, self.weights, self.colour_bar):
            column.addWidget(of_weights)
        column.addSpacing(6)
        column.addWidget(self.progress_label)
        column.addWidget(self.progress_bar)
        column.addWidget(self.names_label)
        column.addWidget(self.plots, stretch=1)
        column.addStretch(0)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inside)
        self._pages = EmptyStateLayout(self, self._scroll, NOTHING_PINNED)
        self.empty_state = self._pages.state

    @property
    def column(self) -> Column | None:
        """The column of the pinned unit."""
        return None if self._graph is None or self._unit is None else self._graph.columns[self._unit[0]]

    @property
    def unit(self) -> tuple[str, int] | None:
        """Stage and true number of the pinned unit."""
        column = self.column
        return None if column is None or self._unit is None else (column.stage, int(column.kept[self._unit[1]]))

    def show_run(self, graph: Graph, layers: Mapping[str, Layer], pass_steps: np.ndarray, last_step: int) -> None:
        """Another run is open, or the same has grown; of another run no unit is pinned.

        Args:
            graph: of the run.
            layers: name → layer.
            pass_steps: the step of each pass, int ``[P]``.
            last_step: where plots end.
        """
        is_another, self._graph = graph is not self._graph, graph
        if is_another:
            self.show_nothing()
        self._layers = layers
        self._pass_steps, self._last_step = pass_steps, last_step
        self._draw_history()

    def show_unit(self, stage: str, number: int) -> None:
        """Pin the unit of a stage by its true number; nothing where the graph has none such.

        Its history follows by `show_history`.
        """
        column_number = None if self._graph is None else self._graph.column_number(stage)
        if self._graph is None or column_number is None:
            return
        column = self._graph.columns[column_number]
        position = int(column.positions[number]) if 0 <= number < len(column.positions) else -1
        if position < 0:
            return
        self._unit, self._history, self._other = (column_number, position), None, None
        self._largest_difference = 0.0
        self.title_label.setText(unit_name(column, position))
        self.subtitle_label.setText(column.subtitle)
        is_input = column.is_input
        self.plots.setVisible(not is_input)
        self.plots.clear()
        self.progress_label.setText("The input is the same at every pass." if is_input else "")
        self.progress_label.setVisible(is_input)
        self.progress_bar.hide()
        self._pages.show_content()
        self._draw_frame()

    def show_frame(self, frame: UnitFrame) -> None:
        """Show the figures of a pass and sample."""
        is_other_sample = self._frame is None or self._frame.graph.sample != frame.graph.sample
        self._frame = frame
        self._draw_frame()
        is_of_two = frame.graph.difference is not None  # the bar says which
        self.pass_note.show_pass(None if is_of_two else frame.graph.pass_.step)
        if is_other_sample:
            self._draw_history()

    def show_step(self, step: int) -> None:
        """Move the playhead, ahead of the frame."""
        self.plots.show_step(step)
        self.pass_note.show_step(step)

    def show_progress(self, done: int, total: int) -> None:
        """How far the reading of the unit's history is."""
        if self._history is None:
            self.progress_label.setText(f"reading {done:,} of {total:,} passes…")
            self.progress_bar.setRange(0, total)
            self.progress_bar.setValue(done)
            self.progress_label.show()
            self.progress_bar.show()

    def show_history(self, history: UnitHistory) -> None:
        """Show a unit over all passes; one that is not pinned any more is passed over."""
        if (history.stage, history.number) != self.unit:
            return
        self._history = history
        lost = _lost(history)
        self.progress_label.setText(lost)
        self.progress_label.setVisible(bool(lost))
        self.progress_bar.hide()
        self._draw_history()
        self._draw_frame()

    def show_other_history(self, history: UnitHistory | None) -> None:
        """Show the unit in the second of two runs too, on the steps of the first; None: no more."""
        self._other = history
        self._draw_history()

    def show_largest_difference(self, largest: float) -> None:
        """What has the full colour of the weights' difference along both runs."""
        self._largest_difference = largest
        self._draw_weights()

    def show_names(self, names: tuple[str, str] | None, held: int | None = None) -> None:
        """What A and B are called, where two passes are compared; and the step of A where it is held."""
        self.names_label.setText("" if names is None else f"A — {names[0]} · B ╌ {names[1]}")
        self.names_label.setVisible(names is not None and held is None)
        self.plots.show_held(held)

    def show_nothing(self) -> None:
        """No unit is pinned."""
        self._unit = self._history = self._other = None
        self._facts = []
        self.plots.clear()
        columns = [] if self._graph is None else [each for each in self._graph.columns if not each.is_input]
        has_units = not columns or any(len(each.kept) for each in columns)
        self._pages.show_text(NOTHING_PINNED if has_units else f"This run has {columns[0].why_no_units}.")

    def numbers(self) -> tuple[tuple[str, ...], list[tuple[int | float | None, ...]]]:
        """Column names and a row for each pass that recorded anything of the unit; None for what it did not."""
        names = ("step", "activation", "activation_mean", "bias", "gradient_norm")
        history = self._history
        if history is None:
            return names, []
        sample = 0 if self._frame is None else self._frame.graph.sample
        known = _by_step(history, sample)
        if self._other is not None:
            return _rows_of_two(names, known, _by_step(self._other, sample))
        steps = sorted(set().union(*known))
        return names, [(step, *(each.get(step) for each in known)) for step in steps]

    def weight_numbers(self) -> tuple[tuple[str, ...], list[tuple[str | int | float | None, ...]]]:
        """Column names and a row for each incoming weight at the current pass; None where one is not kept."""
        incoming = self.weights.incoming
        rows: list[tuple[str | int | float | None, ...]] = []
        for place in np.ndindex((0,) if incoming is None else incoming.values.shape):
            assert incoming is not None
            tile, row, column = place
            told = [incoming.values] if incoming.sides is None else [*incoming.sides, incoming.values]
            cells = [float(each[place]) if incoming.is_kept[place] else None for each in told]
            rows.append((incoming.names[tile], row, column, *cells))
        is_of_two = incoming is not None and incoming.sides is not None
        return ("from", "row", "column", *([f"weight{side}" for side in OF_TWO] if is_of_two else ["weight"])), rows

    def _draw_frame(self) -> None:
        column = self.column
        if self._unit is None or column is None or self._frame is None:
            return
        if self._frame.graph.graph.whole is not self._graph:
            return
        facts = unit_facts(self._frame.graph, column, self._unit[1])
        if self._is_last_state(self._frame.graph.pass_.step):
            # of two passes one may have a gradient where the other has none
            is_lone = self._frame.graph.difference is None
            facts = [
                (what, NO_STEP_FOLLOWS if what == GRADIENT_NORM and (is_lone or value == NOT_RECORDED) else value)
                for what, value in facts
            ]
        elif (step := self._frame.updated_at(column.stage)) is not None:
            facts = [(what, f"{value}, of step {step:,}" if what == GRADIENT_NORM else value) for what, value in facts]
        elif self._has_no_gradient():
            facts = [(what, _no_gradient(value) if what == GRADIENT_NORM else value) for what, value in facts]
        by_part = self._parameter_rows()
        if by_part:
            facts = [(what, BY_PART if _is_absent(what, value) else value) for what, value in facts] + by_part
        if self.plots.isHidden():
            self._draw_rows(facts)
        else:
            self.plots.show_figures(*(dict(facts).get(what, "") for what in _ABOVE_PLOTS))
            self._draw_rows([(what, value) for what, value in facts if what not in _ABOVE_PLOTS])
        self._facts = facts
        self._draw_weights()

    def _parameter_rows(self) -> list[tuple[str, str]]:
        """The unit in the parameters of any other name that its layer has."""
        assert self._frame is not None
        unit = self.unit
        layer = None if unit is None else self._layers.get(unit[0])
        if unit is None or layer is None:
            return []
        pass_, history = self._frame.graph.pass_, self._history
        is_last = self._is_newest(pass_.step) and history is not None and history.has_no_step_by_part_after(pass_.step)
        return parameter_rows(layer, unit[1], pass_, NO_STEP_FOLLOWS if is_last else NOT_RECORDED)

    def _has_no_gradient(self) -> bool:
        """Whether the layer of the unit is known to have had no gradient at the pass."""
        assert self._frame is not None
        assert self.column is not None
        return self._frame.has_no_gradient(self.column.stage)

    def _is_last_state(self, step: int) -> bool:
        """Whether the run ended with this pass; it is known once its history is read."""
        return self._is_newest(step) and self._history is not None and self._history.has_no_step_after(step)

    def _is_newest(self, step: int) -> bool:
        return step in self._pass_steps[-1:]

    def _draw_rows(self, facts: list[tuple[str, str]]) -> None:
        if [what for what, _ in facts] == self._rows:
            for row, (_, value) in enumerate(facts):
                field = self._form.itemAt(row, QFormLayout.ItemRole.FieldRole)
                label = None if field is None else field.widget()
                assert isinstance(label, QLabel)
                label.setText(value)
            return
        while self._form.rowCount():
            self._form.removeRow(0)
        for what, value in facts:
            name = _faint(what)
            name.setWordWrap(False)
            self._form.addRow(name, PlainLabel(value))
        self._rows = [what for what, _ in facts]

    def _draw_weights(self) -> None:
        incoming, absent = None, NOT_RECORDED
        if self._unit is not None and self._frame is not None and self._graph is not None:
            pass_ = self._frame.graph.pass_
            incoming = incoming_weights(self._graph, self._layers, *self._unit, pass_)
            absent = why_no_weights(self._graph.columns[self._unit[0]], pass_)
            if absent == NOT_RECORDED and self._parameter_rows():
                absent = BY_PART
        along = self._history.largest_weight if self._history else 0.0
        if incoming is not None and incoming.sides is not None:
            along = self._largest_difference
        scale = 0.0 if incoming is None else max(incoming.largest, along)
        self.weights.show_incoming(incoming, scale)
        for widget in (self.weights, self.colour_bar):
            widget.setVisible(incoming is not None)
        is_input = self.column is not None and self.column.is_input
        self.weights_label.setVisible(not is_input)
        same = ", the same" if incoming is not None and incoming.sides and not incoming.values.any() else ""
        self.weights_label.setText(f"incoming weights: {absent}" if incoming is None else f"{incoming.words}{same}")
        if incoming is not None:
            bad = not bool(np.isfinite(incoming.values).all())
            self.colour_bar.show_scale(scale, has_not_finite=bad, has_not_recorded=not incoming.is_kept.all())

    def _draw_history(self) -> None:
        if self._history is not None:
            sample = 0 if self._frame is None else self._frame.graph.sample
            has_no_bias = self.column is not None and self.column.has_no_bias
            elsewhere = BY_PART if self._frame is not None and self._parameter_rows() else ""
            self.plots.show_history(
                self._history,
                sample,
                self._last_step,
                has_no_bias=has_no_bias,
                elsewhere=elsewhere,
                other=self._other,
            )

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self.weights.limit_height(max(int(self.height() * _WEIGHTS_SHARE), _LEAST_WEIGHTS_PX))


def _by_step(history: UnitHistory, sample: int) -> list[dict[float, float]]:
    """Step → activation of the sample, its mean, bias, norm of the gradient."""
    traces = (history.of_sample(sample), history.mean(), history.bias, history.gradient_norm)
    return [dict(zip(trace.steps.tolist(), trace.values.tolist(), strict=True)) for trace in traces]


def _rows_of_two(
    names: tuple[str, ...], a: list[dict[float, float]], b: list[dict[float, float]]
) -> tuple[tuple[str, ...], list[tuple[int | float | None, ...]]]:
    """Each number of A, of B, and B less A where both lie on one step."""
    rows: list[tuple[int | float | None, ...]] = []
    for step in sorted(set().union(*a, *b)):
        cells: list[float | None] = []
        for one, other in zip(a, b, strict=True):
            of_a, of_b = one.get(step), other.get(step)
            cells += [of_a, of_b, None if of_a is None or of_b is None else of_b - of_a]
        rows.append((step, *cells))
    return (names[0], *(f"{name}{side}" for name in names[1:] for side in OF_TWO)), rows


def _faint(text: str = "") -> PlainLabel:
    label = NameLabel(text)
    label.setObjectName("faint")
    label.setIndent(0)
    return label


def _lost(history: UnitHistory) -> str:
    """What of its passes could not be read, in words; empty where all could be."""
    parts = [f"{_passes(history.n_unreadable)} could not be read"] if history.n_unreadable else []
    parts += [f"{kind.replace('_', ' ')}: {DAMAGED} in {_passes(n)}" for kind, n in history.damaged.items()]
    return ", ".join(parts)


def _passes(n: int) -> str:
    return f"{n:,} pass{'es' * (n != 1)}"


def _is_absent(what: str, value: str) -> bool:
    return what in (BIAS, GRADIENT_NORM) and value == NOT_RECORDED


def _no_gradient(value: str) -> str:
    return NO_GRADIENT_TEXT if value == NOT_RECORDED else value
