"""What the optimizer does with each layer: a heat map, the same as curves, learning rate, and histograms."""

from collections.abc import Callable
from functools import partial

import numpy as np
from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from app.analysis.axis import last_step
from app.analysis.curve import Measured, Row, curve_table, measured_of, smoothing_window, together
from app.analysis.figures import figure
from app.analysis.measures import Measure, estimate_text, estimate_tip, layer_measures
from app.analysis.metric_text import USUAL_UPDATE_RATIO
from app.analysis.scalar_names import WHOLE_MODEL_WORDS
from app.analysis.two_curves import TwoCurves
from app.replay.comparing import Comparing
from app.views.optimizer.analysis.layer_heat import LayerHeat
from app.views.optimizer.heat_colours import colour_table
from app.views.optimizer.histogram_column import HistogramColumn, Histograms, OfB
from app.views.optimizer.scale_bar import ScaleBar
from app.widgets.choice_box import ChoiceBox
from app.widgets.curve_plot import NO_LINE, Line
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.heat_map import LEFT_PX, HeatMap
from app.widgets.legend_line import LegendEntry, LegendLine
from app.widgets.plain_text import PlainLabel, plain_tooltip
from app.widgets.step_axis_panel import StepAxisPanel
from app.widgets.steps_plot import StepsPlot
from collector.storage import Collection

NOTHING_OPEN = "Open a collection to see what the optimizer does with each layer."
NOT_RECORDED = (
    "This collection measured nothing of its layers.\n"
    "Passes do, and --insight_interval 10 measures between them as well."
)
FIRST_MEASURES = ("update_ratio", "gradient_norm")
_RATE_COLOURS = ("bar", "loss", "right")
_MARGIN = 0.02
_AXIS_PX = LEFT_PX - 5  # which begins behind the frame and the margin of a plot
_SINGLE_ROW_PX, _ANY_PX = 60, 2**24 - 1


class OptimizerPanel(StepAxisPanel):
    """One axis of steps for heat map, curves and learning rate; the histograms are those of the pass.

    Signals:
        layer_requested(str): the user chose a layer.
        heat_requested(Collection, Measure): a measure of the run's layers is wished; `show_heat` takes it.
    """

    layer_requested = pyqtSignal(str)
    heat_requested = pyqtSignal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._collection: Collection | None = None
        self._has_histograms = False
        self._measures: dict[str, Measure] = {}
        self._measure: Measure | None = None
        self._heat: LayerHeat | None = None
        self._comparing: Comparing | None = None
        self._is_awaiting = False
        self._last_step = 1
        self._layer: str | None = None
        self._rates: list[TwoCurves] = []
        self._waiting: list[Callable[[], None]] = []
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._fill_next)
        self.measure_box = ChoiceBox("What is shown of each layer")
        self.scale_bar = ScaleBar()
        self.estimate_label = PlainLabel()
        self.heat_map = HeatMap(colour_table)
        self.curves = StepsPlot(("bar",), seconds=("second",))
        self.curves_legend = LegendLine()
        self.rates = StepsPlot(_RATE_COLOURS, seconds=_RATE_COLOURS)
        self.rates_legend = LegendLine()
        self.curves_legend.name(self.curves, "By layer")
        self.rates_legend.name(self.rates, "Learning rate and momentum")
        self.histograms = HistogramColumn()
        self._page = QWidget()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        choices = QHBoxLayout()
        choices.setContentsMargins(8, 4, 8, 2)
        choices.setSpacing(8)
        choices.addWidget(self.measure_box)
        choices.addWidget(self.scale_bar, stretch=1)
        self.estimate_label.setObjectName("faint")
        choices.addWidget(self.estimate_label)
        choices.addWidget(self.everything_button)
        for plot in (self.curves, self.rates):
            plot.getPlotItem().getAxis("left").setWidth(_AXIS_PX)
        self.curves.show_steps_below(False)
        self.curves.setMinimumHeight(70)
        self.rates.setMinimumHeight(84)
        self.rates.getPlotItem().setLabel("bottom", "step")
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(2)
        left.addLayout(choices)
        left.addWidget(self.heat_map, stretch=4)
        left.addLayout(_indented(self.curves_legend))
        left.addWidget(self.curves, stretch=4)
        left.addLayout(_indented(self.rates_legend))
        left.addWidget(self.rates, stretch=2)
        grid = QGridLayout(self._page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        grid.addLayout(left, 0, 0)
        grid.addWidget(self.histograms, 0, 1)
        grid.setColumnStretch(0, 5)
        grid.setColumnStretch(1, 2)
        self._pages = EmptyStateLayout(self, self._page, NOTHING_OPEN)
        self.empty_state = self._pages.state

    def _connect(self) -> None:
        self.measure_box.chosen.connect(lambda: self.choose(self.measure_box.choice))
        self.heat_map.layer_requested.connect(self._on_layer_clicked)
        heat_map = self.heat_map
        self._put_on_axis(heat_map.step_requested, heat_map.range_requested, heat_map.everything_requested)
        for plot in self.plots:
            self._put_plot_on_axis(plot)

    @property
    def plots(self) -> tuple[StepsPlot, StepsPlot]:
        """The plots below the heat map."""
        return self.curves, self.rates

    @property
    def chosen(self) -> str:
        """Key of the measure that is shown; empty for none."""
        return "" if self._measure is None else self._measure.key

    @property
    def is_filling(self) -> bool:
        """Whether a plot still waits for its curves: they come one in a turn of the event loop."""
        return self._is_awaiting or bool(self._waiting)

    def choose(self, key: str) -> None:
        """Show a measure that the run has."""
        if self._collection is not None and key in self._measures:
            self._ask(self._collection, self._measures[key])

    def show_collection(self, collection: Collection, comparing: Comparing | None = None) -> None:
        """Show a run, or what it has become: of the same run the range of steps and all choices stay.

        Args:
            collection: the run.
            comparing: where how it differs is shown: what it is compared with.
        """
        before = self.chosen
        if collection is not self._collection:
            self._collection, self._heat, self._has_histograms = collection, None, False
            self.histograms.show_nothing()
            self.show_range(None)
        self._comparing = comparing
        for each in (self.heat_map, *self.plots):
            each.show_held(None if comparing is None else comparing.held_step)
        self._last_step = last_step(collection)
        self._measures = {each.key: each for each in layer_measures(collection.series, collection.metrics)}
        self._rates = _learning_rates(collection, comparing)
        if not self._measures and not self._rates and not self._has_histograms:
            self._empty(NOT_RECORDED)
            return
        self._pages.show_content()
        self.heat_map.show_absence("" if self._measures else NOT_RECORDED)
        self.measure_box.setVisible(bool(self._measures))
        self._offer()
        wanted = next((key for key in (before, *FIRST_MEASURES, *self._measures) if key in self._measures), "")
        self._refill(self._show_rates, self._show_heat, self._show_curves)
        self._ask(collection, self._measures.get(wanted))

    def show_step(self, step: int) -> None:
        """Move the playhead."""
        self._step = step
        self.heat_map.show_step(step)
        self.curves.show_step(step)
        self.rates.show_step(step)
        self._update_readout()

    def show_layer(self, name: str | None) -> None:
        """Mark a layer; its histograms are shown, for None those of the whole model."""
        if name != self._layer:
            self._layer = name
            self.histograms.show_layer(name)
            self.heat_map.show_layer(name)
            self._refill(self._show_curves)

    def show_histograms(self, histograms: Histograms, step: int, damage: str = "", of_b: OfB | None = None) -> None:
        """Show the histograms of a pass: layer → ``weight``, ``gradient``, ``update`` → counts int ``[129]``.

        Args:
            damage: why they cannot be read, where they are in the file.
            of_b: those of another pass, which are drawn over them.
        """
        self.histograms.show_pass(histograms, step, damage, of_b)
        if histograms and not self._has_histograms and self._collection is not None:
            self._has_histograms = True  # which may be all that there is of an imported run
            self.show_collection(self._collection, self._comparing)

    def numbers(self) -> tuple[tuple[str, ...], list[Row]]:
        """Column names and a row for each step that a layer was measured at, or that a learning rate was told for."""
        return curve_table([*self._of_layers(), *(curve for rate in self._rates for curve in self._columns(rate))])

    def _of_layers(self) -> list[Measured]:
        if self._heat is None:
            return []
        if (difference := self._heat.difference) is not None:
            return [curve for two in difference.two for curve in two.columns]
        return list(self._heat.curves)

    def _columns(self, rate: TwoCurves) -> list[Measured]:
        if self._comparing is not None:
            return rate.columns
        return [] if rate.own is None else [rate.own]

    def _empty(self, words: str) -> None:
        self._waiting, self._measure, self._heat, self._is_awaiting = [], None, None, False
        self.heat_map.show_heat(None, 1)
        for plot in (self.curves, self.rates):
            plot.clear_lines()
        self._pages.show_text(words)

    def _offer(self) -> None:
        titles = {each.key: each.title for each in self._measures.values()}
        first = {each.key: each.title for each in self._measures.values() if each.is_first} or titles
        self.measure_box.offer(first, {key: title for key, title in titles.items() if key not in first})

    def _ask(self, collection: Collection, measure: Measure | None) -> None:
        """Another measure is chosen, or there is more of it."""
        self._measure, self._is_awaiting = measure, measure is not None
        if measure is None:
            self.show_heat(None)
            return
        self.measure_box.choose(measure.key)
        for widget in (self.measure_box, self.scale_bar, self.curves, self.curves_legend):
            widget.setToolTip(plain_tooltip(measure.tip))
        self.heat_requested.emit(collection, measure)

    def show_heat(self, heat: LayerHeat | None) -> None:
        """Show the measure that was asked for, by and by; None: no layer has it."""
        if heat is not None and heat.measure != self._measure:
            return  # another was chosen meanwhile
        self._heat, self._is_awaiting = heat, False
        words = ""
        if heat is not None and heat.is_estimate and self._collection is not None:
            words = f"{estimate_text(self._collection)}. {estimate_tip(self._collection)}"
        self.estimate_label.setText("estimate" if words else "")
        self.estimate_label.setToolTip(plain_tooltip(words))
        self._refill(self._show_heat, self._show_curves)

    def _refill(self, *parts: Callable[[], None]) -> None:
        """Draw these anew, one in each turn of the event loop, so that none of them is waited for."""
        self._waiting = [*(part for part in self._waiting if part not in parts), *parts]
        self._timer.start()

    def _fill_next(self) -> None:
        if self._collection is None or not self._waiting:
            self._timer.stop()
            return
        self._waiting.pop(0)()

    @property
    def _mark(self) -> float | None:
        """The value that is usual."""
        return USUAL_UPDATE_RATIO if self._heat and self._heat.measure.metric == "update_ratio" else None

    @property
    def _epochs(self) -> np.ndarray:
        """Steps at which epochs ended."""
        epochs = () if self._collection is None else self._collection.epochs
        return np.array([epoch.step for epoch in epochs], np.int64)

    def _show_heat(self) -> None:
        shown = None if self._heat is None else self._heat.shown
        self.heat_map.show_heat(shown, self._last_step)
        is_single = shown is not None and len(shown.layers) == 1  # of the whole model: its curve tells more
        self.heat_map.setMaximumHeight(_SINGLE_ROW_PX if is_single else _ANY_PX)
        self.scale_bar.show_heat(shown, None if self._comparing else self._mark)
        self.heat_map.show_range(*self.rates.shown_range)

    def _show_curves(self) -> None:
        """All layers thin, the chosen one strong, of another run too."""
        heat = self._heat
        two = None if heat is None else self._two_of_chosen(heat)
        chosen = None if heat is None else heat.row_of(self._layer)
        line = not_finite = missing = curve = noise = None
        self.curves.show_message("" if heat else "not recorded")
        if heat is not None:
            self.curves.show_log(heat.measure.is_log)
            rows = [row for row in range(len(heat.layers)) if row != chosen]
            self.curves.hold_others(heat.steps, heat.values[rows])
            if heat.difference is not None and chosen is None:
                of_b = {name: two.other for name, two in zip(heat.layers, heat.difference.two, strict=True)}
                self.curves.hold_others_of_b(*together({name: each for name, each in of_b.items() if each is not None}))
            if chosen is not None:
                curve = heat.curves[chosen]
                line, not_finite, missing = (curve.steps, curve.values), curve.not_finite, curve.without_gradient
                noise = None if heat.difference is None else heat.difference.bands[chosen]
        self.curves.show_curves(
            [line],
            self._last_step,
            self._epochs,
            seconds=[] if two is None else [two.other],
            not_finite=not_finite,
            without_gradient=missing,
            estimate=curve,
            noise=noise,
        )
        self.curves.show_axes(heat is not None)
        self.curves.show_mark(self._mark)
        self._update_readout()

    def _show_rates(self) -> None:
        shown = self._rates[: len(_RATE_COLOURS)]
        own, of_b = [_line(two.own) for two in shown], [_line(two.other) for two in shown]
        rest = [NO_LINE] * (len(_RATE_COLOURS) - len(shown))
        lines = [*[NO_LINE] * len(_RATE_COLOURS), *of_b, *rest, *own, *rest]
        self.rates.show_message("" if self._rates else "learning rate not recorded")
        self.rates.show_lines(lines, self._last_step, self._epochs, least=0.0)

    def _update_readout(self) -> None:
        """The figures at the playhead."""
        heat = self._heat
        self.curves_legend.show_entries([] if heat is None else self._entries(heat))
        entries = []
        for number, (rate, colour) in enumerate(zip(self._rates, _RATE_COLOURS, strict=False)):
            own = rate.own or rate.other
            label = "Learning rate" if number == 0 or own is None else own.name.rpartition("/")[2]
            if self._comparing is not None:
                entries.append(LegendEntry(label, colour, rate.figures_at(self._step, digits=3).text))
            else:
                value = None if own is None else own.value_at(self._step)
                entries.append(LegendEntry(label, colour, "" if value is None else figure(value, 3)))
        if any(rate.other is not None for rate in self._rates) and self._comparing is not None:
            entries.append(LegendEntry(f"B dashed: {self._comparing.names[1]}", is_note=True))
        self.rates_legend.show_entries(entries)

    def _two_of_chosen(self, heat: LayerHeat) -> TwoCurves | None:
        """The chosen layer in both; None where none is chosen, and where nothing is compared."""
        row = heat.row_of(self._layer)
        return None if heat.difference is None or row is None else heat.difference.two[row]

    def _entries(self, heat: LayerHeat) -> list[LegendEntry]:
        """The curves, and what the dashed line across them is."""
        is_marked = self._mark is not None and 0 <= heat.scale.place_of(self._mark) <= 1
        usual = [LegendEntry(f"usual: {figure(USUAL_UPDATE_RATIO, 3)}", "faint_text", is_dashed=True, is_note=True)]
        return self._entries_of_curves(heat) + (usual if is_marked else [])

    def _entries_of_curves(self, heat: LayerHeat) -> list[LegendEntry]:
        unit = [LegendEntry(heat.measure.unit, is_note=True)] if heat.measure.unit else []
        is_smoothed = smoothing_window(len(heat.steps)) > 1
        two, row = self._two_of_chosen(heat), heat.row_of(self._layer)
        if two is not None and self._comparing is not None:
            names, figures = self._comparing.names, two.figures_at(self._step, digits=3)
            title = f"{heat.measure.title} · {heat.layers[row or 0]} · {names[0]}"
            of_b = LegendEntry(names[1], "second" if two.other is not None else "", figures.b, is_dashed=True)
            change = [LegendEntry("", figure=figures.change)] if figures.change else []
            lacks = two.a is None
            return [LegendEntry(title, "bar", figures.a), *([LegendEntry("only in A")] if lacks else [of_b, *change])]
        if self._comparing is not None:
            a, b = self._comparing.names
            if self._comparing.held is not None:
                return [LegendEntry(f"{heat.measure.title} of each layer"), *unit]
            title = f"{heat.measure.title} of each layer"
            return [LegendEntry(title), LegendEntry(a, "faint_text"), LegendEntry(b, "second"), *unit]
        if row is not None:
            which = "layers" if heat.layers[row] == WHOLE_MODEL_WORDS else "other layers"
            others = f"{which} thin: moving means" if is_smoothed else f"{which} thin"
            beside = [LegendEntry(others, is_note=True)] if len(heat.layers) > 1 else []
            figure = heat.text_at(row, self._step, digits=3)
            return [LegendEntry(f"{heat.measure.title} · {heat.layers[row]}", "bar", figure), *unit, *beside]
        estimate = " (estimate)" if heat.is_estimate else ""
        each = ", the moving mean of each layer" if is_smoothed else " of each layer"
        return [LegendEntry(f"{heat.measure.title}{each}{estimate}"), *unit]

    def show_range(self, steps: tuple[float, float] | None) -> None:
        super().show_range(steps)
        self.heat_map.show_range(*self.rates.shown_range)

    def _on_layer_clicked(self, name: str) -> None:
        is_layer = self._heat is not None and name in self._heat.layers  # the other run may have more
        if is_layer and name != WHOLE_MODEL_WORDS:
            self.show_layer(name)
            self.layer_requested.emit(name)


def _learning_rates(collection: Collection, comparing: Comparing | None) -> list[TwoCurves]:
    """Of each group of parameters, in another run too where there is one."""
    names = [name for name in collection.series if name.partition("/")[0] == "learning_rate"]
    own = {name: measured_of(collection.series, name) for name in names}
    if comparing is None:
        return [TwoCurves(rate, None) for rate in own.values() if rate is not None]
    of_b = comparing.b.collection.series
    beside = comparing.beside
    return [beside.curves(rate, partial(measured_of, of_b, name)) for name, rate in own.items()]


def _line(curve: Measured | None) -> Line:
    return NO_LINE if curve is None else Line(curve.steps, curve.values)


def _indented(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(LEFT_PX, 0, 8, 0)
    row.addWidget(widget)
    return row
