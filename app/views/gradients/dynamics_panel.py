"""What becomes of near-zero gradients, in curves over the steps."""

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.analysis.axis import epoch_ends, last_step
from app.analysis.curve import Row, curve_table
from app.analysis.measures import estimate_text, estimate_tip
from app.analysis.metric_text import metric_text
from app.analysis.not_finite import MOST_KINDS, FirstNotFinite, not_finite_steps
from app.analysis.scalar_names import WHOLE_MODEL
from app.views.gradients.analysis.dynamics import PLOTS, DynamicsRun, PlotKind, measured, measured_in_both
from app.views.gradients.dynamics_card import LEAST_SIZE, DynamicsCard
from app.views.gradients.dynamics_choices import DynamicsChoices
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.inner_scroll import InnerScrollArea
from app.widgets.plain_text import PlainLabel, plain_action_text, plain_tooltip
from app.widgets.step_axis_panel import StepAxisPanel
from app.widgets.steps_plot import StepsPlot
from collector.comparing.noise import Band

NOTHING_OPEN = "Open a collection to see what becomes of its gradients."
NOT_RECORDED = (
    "This collection has no counts of near-zero gradients.\n"
    "Record them with --insight_interval 10, or 1 for every step."
)
_THREE_BESIDE_PX = 1080
_ABOVE_PX = 2
_MOST_FIRSTS = 3
"""So many firsts have a button in full; the others stand in the tooltip of the last."""


class DynamicsPanel(StepAxisPanel):
    """Plots on one axis of steps, of the whole model or of a layer. A click or a drag of the line moves the playhead.

    Signals:
        layer_requested(str): the user chose a layer.
        noise_requested(list): the noise bands of these scalars are wished; `show_noise` takes them.
    """

    layer_requested = pyqtSignal(str)
    noise_requested = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: DynamicsRun | None = None
        self._noise: Mapping[str, Band] = {}
        self._waiting: list[int] = []
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._fill_next)
        self.choices = DynamicsChoices()
        self.cards: list[DynamicsCard] = []
        self.original_box = QCheckBox("original", self)
        self.original_box.hide()  # until it has its place
        self.original_box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.estimate_label = PlainLabel()
        self.first_buttons = [QPushButton() for _ in range(min(MOST_KINDS, _MOST_FIRSTS))]
        self._page = QWidget()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.original_box.setToolTip(
            plain_tooltip(f"{metric_text('minima_original').tip} Ours takes both changes from the same interval.")
        )
        notes = QHBoxLayout()
        notes.setContentsMargins(8, 0, 8, 0)
        for button in self.first_buttons:
            button.setFlat(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName("First value that is not finite")
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            notes.addWidget(button)
        notes.addStretch(1)
        self.estimate_label.setObjectName("faint")
        notes.addWidget(self.estimate_label)
        inside = QWidget()
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(4, _ABOVE_PX, 8, _ABOVE_PX)
        self._grid.setSpacing(6)
        self._beside = 0
        self._place_beside(2)
        scroll = InnerScrollArea(inside, least_px=LEAST_SIZE.height() + 2 * _ABOVE_PX)  # one row of cards
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self._page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        choices = QHBoxLayout()
        choices.addWidget(self.choices, stretch=1)
        choices.addWidget(self.everything_button)
        column.addLayout(choices)
        column.addLayout(notes)
        column.addWidget(scroll, stretch=1)
        self._pages = EmptyStateLayout(self, self._page, NOTHING_OPEN)
        self.empty_state = self._pages.state

    def _connect(self) -> None:
        self.choices.changed.connect(self._on_choices_changed)
        self.choices.layer_chosen.connect(self.layer_requested)
        self.original_box.toggled.connect(lambda on: self.choices.choose(is_original_rule=on))
        for number, button in enumerate(self.first_buttons):
            button.clicked.connect(lambda *_, number=number: self._on_first_clicked(number))

    @property
    def plots(self) -> list[StepsPlot]:
        """The plots in order, as far as they are made."""
        return [card.plot for card in self.cards]

    @property
    def is_filling(self) -> bool:
        """Whether a plot still waits to be made or filled: they come one in a turn of the event loop."""
        return self._timer.isActive()

    def show_run(self, run: DynamicsRun) -> None:
        """Show a run, or what it has become: of the same run the range of steps stays, as do all choices."""
        if self._run is None or run.collection is not self._run.collection:
            self.show_range(None)
        self._run = run
        if run.offer is None:
            self._empty()
            self._pages.show_text(NOT_RECORDED)
            return
        self._pages.show_content()
        self.choices.show_offer(run.offer)
        self._show_firsts(run.firsts)
        words = estimate_text(run.collection)
        self.estimate_label.setText(words)
        self.estimate_label.setVisible(bool(words))
        self.estimate_label.setToolTip(plain_tooltip(estimate_tip(run.collection)))
        self._refill()
        self._ask_noise(run)

    def show_nothing(self) -> None:
        """Another run is still being looked through."""
        self._run = None
        self._empty()
        self._show_firsts(())

    def show_step(self, step: int) -> None:
        """Move the playhead."""
        self._step = step
        for card in self.cards:
            card.show_step(step)

    def show_layer(self, name: str | None) -> None:
        """Tell of a layer; of the whole model for None, and for a layer without gradients."""
        self.choices.choose(layer=name or WHOLE_MODEL)

    def numbers(self) -> tuple[tuple[str, ...], list[Row]]:
        """Column names and a row for each step at which anything that is shown was measured."""
        return curve_table([curve for card in self.cards for curve in card.columns])

    def show_noise(self, bands: Mapping[str, Band]) -> None:
        """Draw where one more repeat of A would lie: name of a scalar → its band."""
        self._noise = bands
        self._refill()

    def _ask_noise(self, run: DynamicsRun) -> None:
        if run.beside is None or not run.beside.has_repeats:
            self._noise = {}
            return
        options = self.choices.options
        firsts = [kind.curves[0] for kind in PLOTS]
        self.noise_requested.emit([kind.column(kind.metric(options), options.layer, options) for kind in firsts])

    def _empty(self) -> None:
        self._timer.stop()
        for card in self.cards:
            card.show_nothing()

    def _refill(self) -> None:
        """Fill the plots anew, one in each turn of the event loop, so that none of them is waited for."""
        self._waiting = list(range(len(PLOTS)))
        self._timer.start()

    def _on_choices_changed(self) -> None:
        self._refill()
        if self._run is not None and self._run.offer is not None:
            self._ask_noise(self._run)

    def _fill_next(self) -> None:
        if self._run is None or not self._waiting:
            self._timer.stop()  # a turn after the last, which has its place by then
            return
        number = self._waiting.pop(0)
        if number == len(self.cards):
            self._make_card(PLOTS[number])
        self._fill(self._run, self.cards[number])

    def _make_card(self, kind: PlotKind) -> None:
        card = DynamicsCard(kind)
        if any(curve.original for curve in kind.curves):
            card.heading.insertWidget(1, self.original_box)
            self.original_box.show()
        self.cards.append(card)
        self._put_plot_on_axis(card.plot)
        self._place(card)

    def _fill(self, run: DynamicsRun, card: DynamicsCard) -> None:
        collection, options, kinds = run.collection, self.choices.options, card.kind.curves
        others = {layer: measured(collection, kinds[0], layer, options) for layer in self.choices.compared}
        curves = [measured(collection, kind, options.layer, options) for kind in kinds]
        beside, twos = run.beside, []
        if beside is not None:
            both = zip(kinds, curves, strict=True)
            twos = [measured_in_both(beside, kind, options.layer, options, own) for kind, own in both]
        is_recorded = not (options.are_fractions and kinds[0].whole)
        card.show_curves(
            curves,
            options,
            {layer: curve for layer, curve in others.items() if curve is not None},
            last_step(collection),
            epoch_ends(collection),
            not_finite_steps(run.not_finite, options.layer),
            twos=twos,
            names=None if beside is None else beside.names,
            noise=self._noise.get(curves[0].name) if curves[0] is not None and is_recorded else None,
        )
        card.plot.show_held(None if beside is None else beside.held_step)
        card.plot.show_range(self.shown_steps)
        card.show_step(self._step)

    def _show_firsts(self, firsts: Sequence[FirstNotFinite]) -> None:
        for number, button in enumerate(self.first_buttons):
            button.setVisible(number < len(firsts))
            if number < len(firsts):
                more = firsts[_MOST_FIRSTS:] if number == _MOST_FIRSTS - 1 else []
                words = plain_action_text(firsts[number].words)
                button.setText(f"✕ {words}" + (f" (+ {len(more)})" if more else ""))
                button.setToolTip(plain_tooltip("\n".join(["Move the playhead there", *(each.words for each in more)])))

    def _place_beside(self, beside: int) -> None:
        """So many plots side by side. Those that are still to be made have their room already."""
        if beside == self._beside:
            return
        self._beside = beside
        for card in self.cards:
            self._place(card)
        for place in range(len(PLOTS)):
            self._grid.setColumnStretch(place, int(place < beside))
            is_row = place * beside < len(PLOTS)
            self._grid.setRowStretch(place, int(is_row))
            self._grid.setRowMinimumHeight(place, LEAST_SIZE.height() if is_row else 0)

    def _place(self, card: DynamicsCard) -> None:
        self._grid.addWidget(card, *divmod(PLOTS.index(card.kind), self._beside))

    def _on_first_clicked(self, number: int) -> None:
        if self._run is not None:
            self.step_requested.emit(float(self._run.firsts[number].step))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._place_beside(3 if self.width() >= _THREE_BESIDE_PX else 2)
