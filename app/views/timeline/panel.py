"""Curves over the steps of the run, with the playhead."""

from collections.abc import Iterable

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QToolButton, QWidget

from app.analysis.axis import epoch_ends, last_step
from app.analysis.curve import curve_of, scalars_of
from app.views.timeline.curve_card import CurveCard
from app.views.timeline.curve_menu import CurveMenu
from app.widgets.curve_plot import CurvePlot
from app.widgets.plain_text import PlainLabel, plain_tooltip
from collector.storage import Collection

DEFAULT = ("loss", "accuracy")


class TimelinePanel(QWidget):
    """Plots side by side on one axis of steps. A click or a drag of the yellow line moves the playhead.

    The wheel zooms, a drag moves along, a double click shows the whole run. What is seen stays while the run grows.

    Signals:
        pass_requested(int): the pass nearest to where the user pointed.
        chosen_changed: the user added or closed a curve; see `chosen`.
    """

    pass_requested = pyqtSignal(int)
    chosen_changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._collection: Collection | None = None
        self._pass_steps = np.zeros(0, np.int64)
        self._last_step = 1
        self._step = 0
        self._before_click: int | None = None
        self.cards: list[CurveCard] = []
        self.curve_menu = CurveMenu(self)
        self.curve_menu.name_chosen.connect(self._on_name_chosen)
        self.add_button = _button("+ Curve", "Show another scalar of the run")
        self.add_button.setMenu(self.curve_menu)
        self.add_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add_button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.everything_button = _button("↔", "Show the whole run (double click)")
        self.everything_button.clicked.connect(lambda *_: self._show_range(None))
        self.nothing_label = PlainLabel("No curve is chosen. Add one with “+ Curve”.")
        self.nothing_label.setObjectName("faint")
        self.nothing_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self.setMinimumHeight(120)
        self.choose(DEFAULT)

    def _lay_out(self) -> None:
        self._shared = QWidget()
        buttons = QHBoxLayout(self._shared)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(2)
        buttons.addWidget(self.everything_button)
        buttons.addWidget(self.add_button)
        self.everything_button.hide()
        inside = QWidget()
        self._row = QHBoxLayout(inside)
        self._row.setContentsMargins(4, 2, 8, 2)
        self._row.setSpacing(10)
        self._row.addWidget(self.nothing_label, stretch=1)
        self._row.addWidget(self._shared)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._outside = QHBoxLayout(self)
        self._outside.setContentsMargins(0, 0, 0, 0)
        self._outside.setSpacing(0)
        self._outside.addWidget(scroll, stretch=1)

    @property
    def plots(self) -> list[CurvePlot]:
        """The plots from left to right."""
        return [card.plot for card in self.cards]

    def chosen(self) -> list[str]:
        """Names of the scalars that are shown, from left to right."""
        return [card.name for card in self.cards]

    def choose(self, names: Iterable[str]) -> None:
        """Show these scalars and no others, whether or not the run has them."""
        names = list(dict.fromkeys(names))
        self._row.addWidget(self._shared)  # it may stand in the heading of a card that goes
        for card in [card for card in self.cards if card.name not in names]:
            self._row.removeWidget(card)
            card.hide()
            card.deleteLater()
        kept = {card.name: card for card in self.cards}
        self.cards = [kept.get(name) or self._make(name) for name in names]
        for card in self.cards:
            self._row.removeWidget(card)
        for number, card in enumerate(self.cards):
            self._row.insertWidget(number, card, stretch=1)
        self._place_buttons()
        self._offer()

    def show_collection(self, collection: Collection) -> None:
        """Draw the curves of a run, or what it has become: of the same run the range of steps stays."""
        if collection is not self._collection:
            self._collection = collection
            self._show_range(None)
        self._pass_steps = collection.passes.steps
        self._last_step = last_step(collection)
        for card in self.cards:
            self._fill(card)
        self._offer()

    def show_step(self, step: int) -> None:
        """Move the playhead."""
        self._step = step
        for card in self.cards:
            card.show_step(step)

    def hide_buttons(self) -> None:
        """Be a picture: nobody can press a button in one."""
        self._shared.hide()
        for card in self.cards:
            card.log_button.hide()
            card.close_button.hide()

    def show_nothing(self) -> None:
        """Nothing is open."""
        self._collection = None
        self._pass_steps = np.zeros(0, np.int64)
        for card in self.cards:
            card.show_nothing()
        self._offer()

    def numbers(self) -> tuple[tuple[str, ...], list[tuple[int | float | None, ...]]]:
        """Column names and a row for each step that any shown scalar was recorded at; None where one was not."""
        curves = [card.curve for card in self.cards]
        every = [np.zeros(0, np.int64), *(curve.steps for curve in curves if curve)]
        steps = np.unique(np.concatenate(every))
        columns: list[list[int | float | None]] = [steps.tolist()]
        for curve in curves:
            column: list[int | float | None] = [None] * len(steps)
            if curve:
                at = np.searchsorted(steps, curve.steps).tolist()
                for place, value in zip(at, curve.values.tolist(), strict=True):
                    column[place] = value
            columns.append(column)
        return ("step", *self.chosen()), list(zip(*columns, strict=True))

    def _make(self, name: str) -> CurveCard:
        card = CurveCard(name)
        card.close_requested.connect(lambda: self._on_close_requested(card))
        card.plot.step_requested.connect(self._on_step_requested)
        card.plot.range_requested.connect(lambda low, high: self._show_range((low, high)))
        card.plot.everything_requested.connect(self._on_everything_requested)
        if self.cards:
            card.plot.show_range(self.cards[0].plot.asked_range)
        self._fill(card)
        return card

    def _fill(self, card: CurveCard) -> None:
        if self._collection is None:
            card.show_nothing()
            return
        epochs = epoch_ends(self._collection)
        card.show_curve(curve_of(self._collection, card.name), self._last_step, epochs)
        card.plot.resume_marks.show_steps(np.array([each.step for each in self._collection.resumes]))
        card.show_step(self._step)

    def _place_buttons(self) -> None:
        """The shared buttons stand in the last heading, where they take no room of their own.

        Where plots have to be scrolled they stand beside them, or they would be scrolled away.
        """
        self.nothing_label.setVisible(not self.cards)
        for layout in (self._row, self._outside):
            layout.removeWidget(self._shared)
        shared_px = self._shared.sizeHint().width()
        needed = sum(card.least_px() + self._row.spacing() for card in self.cards) + shared_px
        is_scrolled = needed > self.width()
        for card in self.cards:
            card.fit(shared_px if card is self.cards[-1] and not is_scrolled else 0)
        if not self.cards:
            self._row.addWidget(self._shared, alignment=Qt.AlignmentFlag.AlignTop)
            self.everything_button.hide()
        elif is_scrolled:
            self._outside.addWidget(self._shared, alignment=Qt.AlignmentFlag.AlignTop)
        else:
            self.cards[-1].heading.addWidget(self._shared)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._place_buttons()

    def _offer(self) -> None:
        names = [] if self._collection is None else scalars_of(self._collection)
        self.curve_menu.show_names(names, self.chosen())

    def _show_range(self, steps: tuple[float, float] | None) -> None:
        for plot in self.plots:
            plot.show_range(steps)
        if self.everything_button.isHidden() == (steps is not None):
            self.everything_button.setVisible(steps is not None)
            self._place_buttons()

    def _on_name_chosen(self, name: str) -> None:
        chosen = self.chosen()
        self.choose([each for each in chosen if each != name] if name in chosen else [*chosen, name])
        self.chosen_changed.emit()

    def _on_close_requested(self, card: CurveCard) -> None:
        self.choose([each for each in self.chosen() if each != card.name])
        self.chosen_changed.emit()

    def _on_step_requested(self, step: float) -> None:
        if len(self._pass_steps):
            self._before_click = self._nearest(self._step)
            self.pass_requested.emit(self._nearest(step))

    def _on_everything_requested(self) -> None:
        """The first click of the two has moved the playhead, which was not meant."""
        self._show_range(None)
        if self._before_click is not None and len(self._pass_steps):
            self.pass_requested.emit(self._before_click)

    def _nearest(self, step: float) -> int:
        return int(np.abs(self._pass_steps - step).argmin())


def _button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(plain_tooltip(tip))
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button
