"""What becomes of near-zero gradients, in curves over the steps."""

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.analysis.axis import epoch_ends, last_step
from app.analysis.curve import Row, curve_table
from app.analysis.measures import estimate_text, estimate_tip
from app.analysis.metric_text import metric_text
from app.analysis.not_finite import MOST_KINDS, FirstNotFinite, first_not_finite, not_finite_steps
from app.analysis.scalar_names import WHOLE_MODEL
from app.views.gradients.analysis.dynamics import PLOTS, measured, offer_of
from app.views.gradients.dynamics_card import DynamicsCard
from app.views.gradients.dynamics_choices import DynamicsChoices
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.plain_text import PlainLabel, plain_action_text, plain_tooltip
from app.widgets.step_axis_panel import StepAxisPanel
from app.widgets.steps_plot import StepsPlot
from collector.storage import Collection

NOTHING_OPEN = "Open a collection to see what becomes of its gradients."
NOT_RECORDED = (
    "This collection has no counts of near-zero gradients.\n"
    "Record them with --insight_interval 10, or 1 for every step."
)
_THREE_BESIDE_PX = 1080
_MOST_FIRSTS = 3
"""So many firsts have a button in full; the others stand in the tooltip of the last."""


class DynamicsPanel(StepAxisPanel):
    """Plots on one axis of steps, of the whole model or of a layer. A click or a drag of the line moves the playhead.

    Signals:
        layer_requested(str): the user chose a layer.
    """

    layer_requested = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._collection: Collection | None = None
        self._firsts: list[FirstNotFinite] = []
        self._waiting: list[DynamicsCard] = []
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._fill_next)
        self.choices = DynamicsChoices()
        self.cards = [DynamicsCard(kind) for kind in PLOTS]
        self.original_box = QCheckBox("original")
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
        self.cards[3].heading.insertWidget(1, self.original_box)
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
        self._grid.setContentsMargins(4, 2, 8, 2)
        self._grid.setSpacing(6)
        self._beside = 0
        self._place(2)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
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
        self.choices.changed.connect(self._refill)
        self.choices.layer_chosen.connect(self.layer_requested)
        self.original_box.toggled.connect(lambda on: self.choices.choose(is_original_rule=on))
        for number, button in enumerate(self.first_buttons):
            button.clicked.connect(lambda *_, number=number: self._on_first_clicked(number))
        for card in self.cards:
            self._put_plot_on_axis(card.plot)

    @property
    def plots(self) -> list[StepsPlot]:
        """The plots in order."""
        return [card.plot for card in self.cards]

    @property
    def is_filling(self) -> bool:
        """Whether a plot still waits for its curves: they come one in a turn of the event loop."""
        return bool(self._waiting)

    def show_collection(self, collection: Collection) -> None:
        """Show a run, or what it has become: of the same run the range of steps stays, as do all choices."""
        if collection is not self._collection:
            self._collection = collection
            self.show_range(None)
        offer = offer_of(collection)
        if offer is None:
            self._empty(NOT_RECORDED)
            return
        self._pages.show_content()
        self.choices.show_offer(offer)
        self._show_firsts(first_not_finite(collection))
        words = estimate_text(collection)
        self.estimate_label.setText(words)
        self.estimate_label.setToolTip(plain_tooltip(estimate_tip(collection)))
        self._refill()

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
        return curve_table([curve for card in self.cards for curve in card.curves if curve is not None])

    def _empty(self, words: str) -> None:
        self._waiting = []
        for card in self.cards:
            card.show_nothing()
        self._pages.show_text(words)

    def _refill(self) -> None:
        """Fill the plots anew, one in each turn of the event loop, so that none of them is waited for."""
        self._waiting = list(self.cards)
        self._timer.start()

    def _fill_next(self) -> None:
        if self._collection is None or not self._waiting:
            self._timer.stop()
            return
        self._fill(self._collection, self._waiting.pop(0))

    def _fill(self, collection: Collection, card: DynamicsCard) -> None:
        options, kinds = self.choices.options, card.kind.curves
        others = {layer: measured(collection, kinds[0], layer, options) for layer in self.choices.compared}
        card.show_curves(
            [measured(collection, kind, options.layer, options) for kind in kinds],
            options,
            {layer: curve for layer, curve in others.items() if curve is not None},
            last_step(collection),
            epoch_ends(collection),
            not_finite_steps(collection, options.layer),
        )
        card.show_step(self._step)

    def _show_firsts(self, firsts: list[FirstNotFinite]) -> None:
        self._firsts = firsts
        for number, button in enumerate(self.first_buttons):
            button.setVisible(number < len(firsts))
            if number < len(firsts):
                more = firsts[_MOST_FIRSTS:] if number == _MOST_FIRSTS - 1 else []
                words = plain_action_text(firsts[number].words)
                button.setText(f"✕ {words}" + (f" (+ {len(more)})" if more else ""))
                button.setToolTip(plain_tooltip("\n".join(["Move the playhead there", *(each.words for each in more)])))

    def _place(self, beside: int) -> None:
        if beside == self._beside:
            return
        self._beside = beside
        for number, card in enumerate(self.cards):
            self._grid.addWidget(card, number // beside, number % beside)
        for column in range(3):
            self._grid.setColumnStretch(column, int(column < beside))

    def _on_first_clicked(self, number: int) -> None:
        self.step_requested.emit(float(self._firsts[number].step))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._place(3 if self.width() >= _THREE_BESIDE_PX else 2)
