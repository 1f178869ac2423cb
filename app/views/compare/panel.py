"""Two runs as wholes: the verdict, a map of which layer differs when, and all that differs in words; or two passes."""

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.analysis.measures import Measure
from app.views.compare.analysis.difference_heat import DifferenceHeat
from app.views.compare.analysis.pass_rows import PassRow
from app.views.compare.analysis.sections import Entry, LayerNames
from app.views.compare.difference_strip import DifferenceStrip
from app.views.compare.heat_colours import difference_table
from app.views.compare.ratio_bar import RatioBar
from app.views.compare.sections_list import SectionsList
from app.widgets.choice_box import ChoiceBox
from app.widgets.curve_plot import CurvePlot
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.heat_map import HeatMap
from app.widgets.plain_text import PlainLabel, plain_tooltip
from app.widgets.step_axis_panel import StepAxisPanel

NOTHING = "Nothing is compared. Compare with another run… (Ctrl+D) or with this pass (Shift+C)."
WAITING = "Both runs are being compared."
NO_MEASURES = "Nothing that both runs measured of a layer can be laid over the steps."


class ComparePanel(StepAxisPanel):
    """The playhead is A's.

    Signals:
        layer_requested(str): the user pointed at a row of the map.
        entered(Entry): the user goes to where something is seen.
        first_requested: the user goes to the first difference.
        metric_requested(str): of which the map is wanted.
        difference_requested(int): the user goes so many differences on, or back.
        repeats_requested: the user wants to say which runs are repeats of A.
        partner_chosen(str, object): the user pairs a layer of A with one of B; None: with none.
    """

    layer_requested = pyqtSignal(str)
    entered = pyqtSignal(object)
    first_requested = pyqtSignal()
    metric_requested = pyqtSignal(str)
    difference_requested = pyqtSignal(int)
    repeats_requested = pyqtSignal()
    partner_chosen = pyqtSignal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heat: DifferenceHeat | None = None
        self._last_step = 1
        self.verdict_label = PlainLabel()
        self.verdict_label.setObjectName("heading")
        self.verdict_label.setWordWrap(True)
        self.go_button = QPushButton("Go there")
        self.go_button.setToolTip("Move playhead, layer and tab to the first difference")
        self.go_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.go_button.clicked.connect(lambda *_: self.first_requested.emit())
        self.noise_label = PlainLabel()
        self.noise_label.setObjectName("faint")
        self.noise_label.setWordWrap(True)
        self.repeats_button = QPushButton()
        self.repeats_button.setAccessibleName("Repeats of A")
        self.repeats_button.setObjectName("link")
        self.repeats_button.setToolTip(plain_tooltip("Runs like A with other seeds: what they differ by is noise"))
        self.repeats_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.repeats_button.clicked.connect(lambda *_: self.repeats_requested.emit())
        self.measure_box = ChoiceBox("Of what the map is")
        self.measure_box.chosen.connect(lambda: self.metric_requested.emit(self.measure_box.choice))
        self.ratio_bar = RatioBar()
        self.place_label = PlainLabel()
        self.before_button = self._arrow("◀", "Difference before (Shift+F9)", -1)
        self.next_button = self._arrow("▶", "Next difference (F9)", 1)
        self.heat_map = HeatMap(difference_table)
        self.strip = DifferenceStrip()
        self.nothing_label = PlainLabel(NO_MEASURES)
        self.nothing_label.setObjectName("faint")
        self.nothing_label.setIndent(12)  # as the labels above
        self.sections = SectionsList()
        self._page = QWidget()
        self._lay_out()
        self.heat_map.layer_requested.connect(self.layer_requested)
        heat_map = self.heat_map
        self._put_on_axis(heat_map.step_requested, heat_map.range_requested, heat_map.everything_requested)
        self.strip.step_requested.connect(self.step_requested)
        self.sections.entered.connect(self.entered)
        self.sections.partner_chosen.connect(self.partner_chosen)

    def _arrow(self, text: str, tip: str, n_places: int) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setAutoRaise(True)
        button.setToolTip(plain_tooltip(tip))
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda *_: self.difference_requested.emit(n_places))
        return button

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setContentsMargins(8, 0, 8, 0)
        first.addWidget(self.verdict_label, stretch=1)
        first.addWidget(self.go_button, alignment=Qt.AlignmentFlag.AlignTop)
        noise = QHBoxLayout()
        noise.setContentsMargins(8, 0, 8, 0)
        noise.addWidget(self.noise_label, stretch=1)
        noise.addWidget(self.repeats_button, alignment=Qt.AlignmentFlag.AlignTop)
        choices = QHBoxLayout()
        choices.setContentsMargins(8, 0, 8, 0)
        choices.setSpacing(8)
        choices.addWidget(self.measure_box)
        choices.addWidget(self.ratio_bar, stretch=1)
        for widget in (self.everything_button, self.before_button, self.place_label, self.next_button):
            choices.addWidget(widget)
        self._map = QWidget()
        over_steps = QVBoxLayout(self._map)
        over_steps.setContentsMargins(0, 0, 0, 0)
        over_steps.setSpacing(4)
        over_steps.addLayout(choices)
        over_steps.addWidget(self.heat_map, stretch=1)
        over_steps.addWidget(self.strip)
        column = QVBoxLayout(self._page)
        column.setContentsMargins(0, 6, 0, 4)
        column.setSpacing(4)
        column.addLayout(first)
        column.addLayout(noise)
        column.addWidget(self._map, stretch=3)
        column.addWidget(self.nothing_label)
        column.addWidget(self.sections, stretch=2)
        self._pages = EmptyStateLayout(self, self._page, NOTHING)
        self.empty_state = self._pages.state

    @property
    def plots(self) -> tuple[CurvePlot, ...]:
        """None: map and strip are no plots."""
        return ()

    @property
    def heat(self) -> DifferenceHeat | None:
        """What the map shows."""
        return self._heat

    def show_nothing(self) -> None:
        """Nothing is compared."""
        self._pages.show_text(NOTHING)

    def show_waiting(self) -> None:
        """Two runs are compared, and nothing is known of them yet."""
        self._pages.show_text(WAITING)

    def show_verdict(self, text: str, *, can_go: bool = False, noise: str = "", repeats: str = "") -> None:
        """Say how both differ in a sentence.

        Args:
            text: the sentence.
            can_go: whether there is a first difference to go to.
            noise: what is known of the noise; empty: nothing is to be said of it.
            repeats: what the button says that asks for repeats; empty: there is none.
        """
        self._pages.show_content()
        self.verdict_label.setText(text)
        self.go_button.setVisible(can_go)
        self.noise_label.setText(noise)
        self.noise_label.setVisible(bool(noise))
        self.repeats_button.setText(repeats)
        self.repeats_button.setVisible(bool(repeats))

    def show_measures(self, measures: Sequence[Measure], metric: str) -> None:
        """Offer what the map can be of, and mark what it is of."""
        titles = {each.key: each.title for each in measures}
        first = {each.key: each.title for each in measures if each.is_first} or titles
        self.measure_box.offer(first, {key: title for key, title in titles.items() if key not in first})
        self.measure_box.choose(metric)

    def show_heat(self, heat: DifferenceHeat | None, last_step: int, *, is_of_runs: bool = True) -> None:
        """Show a map, up to the last step of A; None: there is none, which is said of two runs."""
        self._heat, self._last_step = heat, last_step
        self._map.setVisible(heat is not None)
        self.nothing_label.setVisible(heat is None and is_of_runs)
        self.heat_map.show_heat(heat, last_step)
        self.ratio_bar.show_heat(heat)
        stretches = [] if heat is None else heat.map.stretches
        self.strip.show_stretches(stretches, 1 if heat is None else heat.stride, last_step)
        self.show_range(self.shown_steps)

    def show_range(self, steps: tuple[float, float] | None) -> None:
        super().show_range(steps)
        low, high = (0.0, self._last_step * 1.01) if steps is None else steps
        self.heat_map.show_range(low, high)
        self.strip.show_range(low, high)

    def show_step(self, step: float, place: tuple[int | None, int]) -> None:
        """Move the playhead, which is in a stretch of differences of this number, of so many."""
        self._step = round(step)
        self.heat_map.show_step(self._step)
        self.strip.show_step(step)
        number, n = place
        self.strip.show_chosen(number)
        self.place_label.setText(_place_text(number, n))
        first = self.strip.stretches[0][0] if self.strip.stretches else None
        last = self.strip.stretches[-1][0] if self.strip.stretches else None
        self.before_button.setEnabled(first is not None and step > first)
        self.next_button.setEnabled(last is not None and step < last)

    def show_layer(self, name: str | None) -> None:
        """Mark a layer of A."""
        self.heat_map.show_layer(name)

    def show_sections(
        self, sections: Mapping[str, Sequence[Entry]], names: LayerNames | None, of_pass: Sequence[PassRow]
    ) -> None:
        """Show what differs in words, see `SectionsList.show_sections`."""
        self.sections.show_sections(sections, names, of_pass)


def _place_text(number: int | None, n: int) -> str:
    """Which of the differences, or how many there are."""
    if number is not None:
        return f"{number + 1:,} of {n:,}"
    return f"{n:,} difference{'s' * (n != 1)}" if n else "no difference"
