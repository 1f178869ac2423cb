"""Curves over the steps of the run, with the playhead."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QMenu, QScrollArea, QSizePolicy, QToolButton, QWidget

from app.analysis.axis import dumped_steps, epoch_ends, last_step
from app.analysis.curve import Curve, Measured, Row, curve_of, curve_table, logged_curves, scalars_of
from app.analysis.scalar_names import parse
from app.replay.comparing import Comparing
from app.views.timeline.analysis.clocks import clocks_of
from app.views.timeline.clock_card import ClockCard
from app.views.timeline.curve_card import CurveCard
from app.views.timeline.curve_menu import CurveMenu
from app.widgets.curve_plot import CurvePlot
from app.widgets.menu_entries import add_action
from app.widgets.plain_text import PlainLabel, plain_tooltip
from app.widgets.step_axis_panel import StepAxisPanel
from collector.comparing.noise import Band
from collector.findings import Finding
from collector.storage import Collection

AT_FIRST = ("loss", "accuracy")
"""What has a plot while nothing is open."""

WHY = "Who moved first"


class TimelinePanel(StepAxisPanel):
    """Plots side by side: of what was logged until the user chooses. What is seen stays while the run grows.

    Signals:
        chosen_changed: the user added or closed a curve; see `chosen`.
        finding_requested(Finding): the user goes to a finding, by its mark.
        why_requested(float): the user asks who moved first around a step.
        noise_requested(list): the noise bands of these scalars are wished; `show_noise` takes them.
    """

    noise_requested = pyqtSignal(object)
    chosen_changed = pyqtSignal()
    finding_requested = pyqtSignal(object)
    why_requested = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._collection: Collection | None = None
        self._comparing: Comparing | None = None
        self._noise: Mapping[str, Band] = {}
        self._last_step = 1
        self._is_following = False
        self._wanted: tuple[str, ...] | None = None
        self._asked: str | None = None
        self._recorded: dict[str, None] = {}
        self.cards: list[CurveCard] = []
        self.clock_card = ClockCard()
        self._put_plot_on_axis(self.clock_card.plot)
        self.clock_card.plot.menu_requested.connect(self._open_menu)
        self.clock_card.hide()
        self._findings: tuple[Finding, ...] = ()
        self._finding: Finding | None = None
        self.step_menu = QMenu(self)
        self.why_button = _button("Why here?", f"{WHY} around the playhead (Y)")
        self.why_button.clicked.connect(lambda *_: self.why_requested.emit(self._step))
        self.why_button.setEnabled(False)
        self.curve_menu = CurveMenu(self)
        self.curve_menu.name_chosen.connect(self._on_name_chosen)
        self.add_button = _button("+ Curve", "Show another scalar of the run")
        self.add_button.setMenu(self.curve_menu)
        self.add_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add_button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.everything_button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.nothing_label = PlainLabel("No curve is chosen. Add one with “+ Curve”.")
        self.nothing_label.setObjectName("faint")
        self.nothing_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self.setMinimumHeight(120)
        self._arrange()

    def _lay_out(self) -> None:
        self._shared = QWidget()
        buttons = QHBoxLayout(self._shared)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(2)
        for button in (self.everything_button, self.why_button, self.add_button):
            buttons.addWidget(button)
        self.everything_button.hide()
        inside = QWidget()
        self._row = QHBoxLayout(inside)
        self._row.setContentsMargins(4, 2, 8, 2)
        self._row.setSpacing(10)
        self._row.addWidget(self.clock_card, stretch=1)
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
        self._outside.addWidget(scroll)

    @property
    def plots(self) -> list[CurvePlot]:
        """The plots from left to right."""
        clocks = [] if self.clock_card.clocks is None else [self.clock_card.plot]
        return [*(card.plot for card in self.cards), *clocks]

    def chosen(self) -> list[str]:
        """Names of the scalars that are shown whatever is asked for, from left to right."""
        return list(self._own_names())

    def choose(self, names: Iterable[str]) -> None:
        """Show these scalars and no others; those that a run has not say so, and a run that has none shows its own."""
        self._wanted = tuple(dict.fromkeys(names))
        self._arrange()

    def show_asked(self, name: str | None) -> None:
        """Show a scalar beside those that were chosen, as long as it is asked for; None: none is."""
        self._asked = name
        self._arrange()

    def show_collection(self, collection: Collection, comparing: Comparing | None = None) -> None:
        """Draw the curves of a run, or what it has become: of the same run the range of steps stays.

        Args:
            collection: the run.
            comparing: where another run is drawn over it, or one of its passes is held: both.
        """
        if collection is not self._collection:
            self._collection = collection
            self.show_range(None)
            self.show_findings(())
        self.why_button.setEnabled(True)
        self._comparing, self._noise = comparing, {}
        self._last_step, self._recorded = last_step(collection), dict.fromkeys(scalars_of(collection))
        if comparing is not None and comparing.held is None:
            in_a = map(comparing.pair.turned.name_in_b, scalars_of(comparing.b.collection))
            self._recorded.update(dict.fromkeys(name for name in in_a if name))
        self.clock_card.show_clocks(clocks_of(collection), self._last_step, epoch_ends(collection))
        self.clock_card.setVisible(self.clock_card.clocks is not None)
        kept = self._arrange()
        for card in kept:
            self._fill(card)
        self._place_buttons()  # whose headings may want other room
        self._ask_noise()

    def show_noise(self, bands: Mapping[str, Band]) -> None:
        """Draw where one more repeat of A would lie: name of a scalar → its band."""
        self._noise = bands
        for card in self.cards:
            if card.name in bands:
                self._fill(card)

    def _ask_noise(self) -> None:
        if self._comparing is not None and self._comparing.wish.repeats:
            self.noise_requested.emit([card.name for card in self.cards])

    def _names(self) -> Sequence[str]:
        """What is shown."""
        own, asked = self._own_names(), self._asked
        return own if asked is None or asked in own or asked not in self._recorded else [*own, asked]

    def _own_names(self) -> Sequence[str]:
        """What was chosen, or is shown at first."""
        if self._collection is None:
            return AT_FIRST if self._wanted is None else self._wanted
        if self._wanted is not None and (not self._wanted or self._recorded.keys() & set(self._wanted)):
            return self._wanted
        return logged_curves(list(self._recorded))

    def _arrange(self) -> list[CurveCard]:
        """Have a card for each scalar that is shown; those that stood there before."""
        names = self._names()
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
            card.is_small = bool(self._recorded) and card.name not in self._recorded
        self._place_buttons()
        tabbed = [part for card in self.cards for part in (card.log_button, card.close_button, card.plot)]
        for before, after in pairwise(
            [*tabbed, self.clock_card.plot, self.everything_button, self.why_button, self.add_button]
        ):
            self.setTabOrder(before, after)
        self._offer()
        return [card for card in self.cards if card.name in kept]

    def show_step(self, step: int, *, is_following: bool = False) -> None:
        """Move the playhead; of a run that is followed the figures are those of its newest step."""
        self._step, self._is_following = step, is_following
        self.clock_card.show_step(step)
        for card in self.cards:
            card.show_step(step, is_following=is_following)

    def show_findings(self, findings: Iterable[Finding]) -> None:
        """Mark where these begin."""
        self._findings = tuple(findings)
        for card in self.cards:
            card.onset_marks.show_findings(self._findings)

    def show_chosen(self, finding: Finding | None) -> None:
        """Mark the finding that the user went to."""
        self._finding = finding
        for card in self.cards:
            card.onset_marks.show_chosen(finding)

    def numbers(self) -> tuple[tuple[str, ...], list[Row]]:
        """Column names and a row for each step that any shown scalar was recorded at; None where one was not."""
        return curve_table([curve for card in self.cards for curve in card.columns])

    def _make(self, name: str) -> CurveCard:
        card = CurveCard(name)
        card.close_requested.connect(lambda: self._on_close_requested(card))
        self._put_plot_on_axis(card.plot)
        card.plot.menu_requested.connect(self._open_menu)
        card.onset_marks.finding_clicked.connect(self.finding_requested)
        card.onset_marks.show_findings(self._findings)
        card.onset_marks.show_chosen(self._finding)
        card.plot.show_range(self.shown_steps)
        self._fill(card)
        return card

    def _fill(self, card: CurveCard) -> None:
        if self._collection is None:
            card.show_nothing()
            return
        card.show_name(parse(card.name, self._collection.metrics))
        epochs, own = epoch_ends(self._collection), curve_of(self._collection, card.name)
        if (comparing := self._comparing) is None:
            card.show_curve(own, self._last_step, epochs)
        else:
            of_b = curve_of(comparing.b.collection, comparing.pair.name_in_b(card.name))
            two = comparing.beside.curves(own, lambda: of_b)
            card.show_curve(
                own,
                self._last_step,
                epochs,
                two=two,
                of_b=_on_a(comparing, two.other, of_b),
                names=comparing.names,
                noise=self._noise.get(card.name),
            )
        card.plot.show_held(None if comparing is None else comparing.held_step)
        card.plot.resume_marks.show_steps(np.array([each.step for each in self._collection.resumes]))
        card.plot.dump_marks.show_steps(dumped_steps(self._collection))
        card.show_step(self._step, is_following=self._is_following)

    def _place_buttons(self) -> None:
        """The shared buttons stand in the last heading, where they take no room of their own.

        Where plots have to be scrolled they stand beside them, or they would be scrolled away.
        """
        for layout in (self._row, self._outside):
            layout.removeWidget(self._shared)
        shared_px = self._shared.sizeHint().width()
        cards: list[CurveCard | ClockCard] = [*self.cards]
        cards += [] if self.clock_card.clocks is None else [self.clock_card]
        self.nothing_label.setVisible(not cards)
        needed = sum(card.least_px() + self._row.spacing() for card in cards) + shared_px
        is_scrolled = needed > self.width()
        for card in cards:
            card.fit(shared_px if card is cards[-1] and not is_scrolled else 0)
        if not cards:
            self._row.addWidget(self._shared, alignment=Qt.AlignmentFlag.AlignTop)
            self.everything_button.hide()
        elif is_scrolled:
            self._outside.addWidget(self._shared, alignment=Qt.AlignmentFlag.AlignTop)
        else:
            cards[-1].heading.addWidget(self._shared)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._place_buttons()

    def _offer(self) -> None:
        described = {} if self._collection is None else self._collection.metrics
        self.curve_menu.show_names(self._recorded, self.chosen(), described)

    def show_range(self, steps: tuple[float, float] | None) -> None:
        was_hidden = self.everything_button.isHidden()
        super().show_range(steps)
        self.clock_card.count_from_left()
        if self.everything_button.isHidden() != was_hidden:
            self._place_buttons()

    def _open_menu(self, step: float, at: QPoint) -> None:
        """What can be asked of a step."""
        number = round(step)
        self.step_menu.clear()
        add_action(
            self.step_menu, f"Why here? {WHY} around step {number:,}", None, lambda: self.why_requested.emit(step)
        )
        add_action(self.step_menu, f"Go to step {number:,}", None, lambda: self.step_requested.emit(step))
        self.step_menu.popup(at)

    def _on_name_chosen(self, name: str) -> None:
        chosen = self.chosen()
        self.choose([each for each in chosen if each != name] if name in chosen else [*chosen, name])
        self.chosen_changed.emit()

    def _on_close_requested(self, card: CurveCard) -> None:
        if card.name not in self.chosen():
            self.show_asked(None)
            return
        self.choose([each for each in self.chosen() if each != card.name])
        self.chosen_changed.emit()


def _on_a(comparing: Comparing, other: Measured | None, of_b: Curve | None) -> Curve | None:
    """The curve of another run with its results of epochs, on A's steps."""
    if other is None or of_b is None:
        return None
    return Curve(**vars(other), dot_steps=comparing.on_a(of_b.dot_steps), dots=of_b.dots)


def _button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(plain_tooltip(tip))
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button
