"""Filters, feature maps, activation strips, sequences, attention and experts of the selected layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from app.analysis.axis import last_step
from app.analysis.figures import B_LESS_A
from app.replay.frame import Frame
from app.replay.opened import Comparing
from app.views.features.analysis.activation_strips import AFTER, BEFORE, Strip, Strips
from app.views.features.analysis.dead_marks import NO_MARKS, dead_marks, n_dead_of_two
from app.views.features.analysis.dead_unit_curves import UnitStateCurve, placed, unit_state_curves
from app.views.features.analysis.expert_choices import ExpertChoices, expert_choices
from app.views.features.analysis.feature_history import FeatureHistory, dead_units
from app.views.features.analysis.feature_stages import FeatureStage, stage_of
from app.views.features.analysis.feature_tiles import channel_names, filter_tiles, first_choice, map_tiles, maps_absence
from app.views.features.analysis.numbers_of_two import numbers_of_two
from app.views.features.analysis.tiles import ScaleRule
from app.views.features.dead_unit_plot import DeadUnitPlot
from app.views.features.expert_map import NOT_COUNTED, READING, ExpertMap
from app.views.features.feature_sample import FeatureSample
from app.views.features.frame import NAME, FeatureFrame
from app.views.features.scale_line import ScaleLine
from app.views.features.sequence_page import SequencePage
from app.views.features.strips_view import StripsView
from app.views.features.titled_grid import TitledGrid
from app.widgets.choice_box import ChoiceBox
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.heading_line import HeadingLine
from app.widgets.inner_scroll import InnerScrollArea
from app.widgets.pass_note import PassNote
from collector.comparing.subtracted import PassDifference
from collector.storage import Collection

NOTHING = "Open a collection to see its filters and what they make of a sample."
NO_STAGES = (
    "This network has no convolution in the plane, no linear layer, and none that gives a sequence or attends, whose "
    "features could be shown here."
)
NO_UNITS = (
    "What the layers are, and what they give, is not in this file.\n"
    "Collector(…, probe=(images, labels)) records it while a network is trained, from_checkpoints of what was kept."
)
NO_WEIGHT = "The weight was not recorded{}."
NO_TWO_WEIGHTS = "The weights are not compared{}."

Table = tuple[tuple[str, ...], list[tuple[str | int | float | None, ...]]]


class FeaturesPanel(QWidget):
    """A convolution's filters beside its feature maps before and after activation; linear layers as strips; what gives
    sequences, or attends, as matrices; below them which experts a router chooses.

    Everything but the history is of the frame. The history, which tells since when a unit is dead and what the
    run's largest values are, is asked for by `history_requested` and comes back by `show_history`.

    Signals:
        layer_requested(str): the user chose a layer.
        sample_requested(int): the user chose another sample of the probe.
        step_requested(float): the user pointed at this step.
        unit_requested(str, int): stage and true number of the unit that was clicked.
        history_requested(object): the passes shall be read in the background; the `FeatureHistory` that is known.
    """

    layer_requested = pyqtSignal(str)
    sample_requested = pyqtSignal(int)
    step_requested = pyqtSignal(float)
    unit_requested = pyqtSignal(str, int)
    history_requested = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._collection: Collection | None = None
        self._stages: Sequence[FeatureStage] = ()
        self._stage: FeatureStage | None = None
        self._frame: Frame | None = None
        self._history = FeatureHistory()
        self._largest_differences: Mapping[tuple[str, str], float] = {}
        self._is_reading = self._is_of_two = False
        self._curves: list[UnitStateCurve] = []
        self._curves_of_b: list[UnitStateCurve] = []
        self._unit: tuple[str, int] | None = None
        self.stage_box = ChoiceBox("Layer")
        self.stage_box.chosen.connect(self._on_stage_chosen)
        self.scale_box = ChoiceBox("Which value has the full colour", list(ScaleRule))
        self.scale_box.chosen.connect(self._draw)
        self.heading = HeadingLine("")
        self.pass_note = PassNote()
        self.channel_box = ChoiceBox("What is shown of each filter")
        self.channel_box.chosen.connect(self._draw)
        self.filters = TitledGrid("Filters", self.channel_box)
        self.before = TitledGrid("Before activation")
        self.after = TitledGrid("After activation")
        self.activation_box = ChoiceBox("What the strips show", [AFTER, BEFORE])
        self.activation_box.chosen.connect(self._draw)
        self.strips_heading = HeadingLine("Activation strips")
        self.strips = StripsView()
        self.strips_scale = ScaleLine()
        self.sequences = SequencePage()
        self.experts = ExpertMap()
        self.sample = FeatureSample()
        self.dead_units = DeadUnitPlot()
        self._connect()
        self._lay_out()

    def _connect(self) -> None:
        for titled in (self.filters, self.before, self.after):
            titled.grid.unit_requested.connect(self._on_unit_clicked)
        self.strips.unit_requested.connect(self.unit_requested)
        self.sequences.unit_requested.connect(self._on_unit_clicked)
        self.strips.layer_requested.connect(self._on_layer_clicked)
        self.sample.sample_requested.connect(self.sample_requested)
        self.dead_units.step_requested.connect(self.step_requested)
        self.experts.step_requested.connect(self.step_requested)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self.stage_box)
        top.addWidget(self.heading, stretch=1)
        top.addWidget(self.pass_note)
        top.addWidget(self.scale_box)
        left = self._beside = QSplitter(Qt.Orientation.Vertical)
        left.addWidget(self.sample)
        left.addWidget(self.dead_units)
        left.setStretchFactor(1, 1)
        left.setSizes([330, 200])
        self._grids = QSplitter(Qt.Orientation.Horizontal)
        for titled in (self.filters, self.before, self.after):
            self._grids.addWidget(titled)
        self._grids.setSizes([400, 400, 400])
        inside = QWidget()
        self._pages = QStackedLayout(inside)
        self._pages.addWidget(self._grids)
        self._strips_page = self._strips_column()
        self._pages.addWidget(self._strips_page)
        self._pages.addWidget(self.sequences)
        self._inside = inside
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(inside)
        right.addWidget(self.experts)
        right.setSizes([400, 200])
        whole = QSplitter(Qt.Orientation.Horizontal)
        whole.addWidget(left)
        whole.addWidget(right)
        whole.setStretchFactor(1, 1)
        whole.setSizes([210, 900])
        for splitter in (left, self._grids, right, whole):
            splitter.setChildrenCollapsible(False)
        self._shown_page = QWidget()
        column = QVBoxLayout(self._shown_page)
        column.setContentsMargins(10, 4, 10, 6)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(whole, stretch=1)
        self._outer = EmptyStateLayout(self, self._shown_page, NOTHING)
        self.empty_state = self._outer.state

    def _strips_column(self) -> QWidget:
        page = QWidget()
        top = QHBoxLayout()
        top.addWidget(self.strips_heading, stretch=1)
        top.addWidget(self.activation_box)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(top)
        column.addWidget(InnerScrollArea(self.strips), stretch=1)
        column.addWidget(self.strips_scale)
        return page

    @property
    def stage(self) -> FeatureStage | None:
        """What is shown."""
        return self._stage

    @property
    def shows_sequences(self) -> bool:
        """Whether the stage is shown along a sequence."""
        return self._stage is not None and self._stage.is_sequence and not self._stage.is_convolution

    def show_collection(self, collection: Collection, stages: Sequence[FeatureStage]) -> None:
        """Show a run and the stages of its network, or what it has become; of the same run all choices stay."""
        if collection is not self._collection:
            self._collection, self._frame, self._unit = collection, None, None
            self._history, self._is_reading = FeatureHistory(), False
            self._stages = stages
            self.stage_box.offer([stage.name for stage in self._stages])
            self._stage = self._stages[0] if self._stages else None
            self._offer()
        elif stages is not self._stages:  # of two runs, with the units that both keep
            shown, self._stages, self._frame = self._stage, stages, None
            self._stage = next((each for each in stages if shown is not None and each.name == shown.name), None)
        self._curves = unit_state_curves(collection)
        if self._stages:
            self._outer.show_content()
        else:
            is_known = any(layer.units for layer in collection.layers.values())
            self._outer.show_text(NO_STAGES if is_known else NO_UNITS)
        self._draw_curves()
        self._ask()

    def show_frame(self, frame: Frame) -> None:
        """Show a pass and a sample."""
        self._frame = frame
        self.pass_note.show_pass(frame.step)
        self.sample.show_frame(frame)
        self._draw()

    def show_step(self, step: int) -> None:
        """Move the playhead, ahead of the frame."""
        self.dead_units.show_step(step)
        self.experts.show_step(step)
        self.pass_note.show_step(step)

    def show_layer(self, name: str | None) -> None:
        """Show the stage that a layer belongs to; nothing changes where it belongs to none."""
        layers = {} if self._collection is None else self._collection.layers
        stage = stage_of(self._stages, layers, name)
        if stage is not None and stage is not self._stage:
            self._stage = stage
            self._offer()
            self._draw_curves()
            self._draw()
        if stage is not None and name is not None:
            self.sequences.show_layer(name)

    def show_unit(self, unit: tuple[str, int] | None) -> None:
        """Frame the pinned unit, by its stage and true number."""
        self._unit = unit
        self._mark_unit()

    def show_progress(self, done: int, total: int) -> None:
        """How far the reading of the history is."""
        self.heading.show_figure(f"reading {done:,} of {total:,} passes…" if done < total else "")

    def show_history(self, history: FeatureHistory) -> None:
        """What all passes tell together."""
        self._history, self._is_reading = history, False
        self.heading.show_figure("")
        self._draw()
        self._draw_experts()
        self._ask()

    def show_comparing(self, comparing: Comparing | None) -> None:
        """Two passes are compared from now on, or others; None: none any more. What they differ by at most follows."""
        self._largest_differences = {}
        self._curves_of_b = []
        self._is_of_two = comparing is not None
        if comparing is not None and comparing.held is None:  # of two passes of a run they are the same
            names = {b: a for a, b in comparing.pair.partner.items()}
            self._curves_of_b = placed(unit_state_curves(comparing.b.collection), names, comparing.on_a)
        self._draw_curves()

    def show_largest_differences(self, largest: Mapping[tuple[str, str], float]) -> None:
        """What has the full colour where the run's largest differences have."""
        self._largest_differences = largest
        self._draw()

    def numbers(self) -> Table:
        """Headings and a row for each kept unit of the layer at this pass: bias, activation, whether it is dead."""
        names = ("layer", "unit", "activation", "activation_mean", "dead", "dead_since")
        stage, frame = self._stage, self._frame
        if stage is None or frame is None:
            return names, []
        pass_, sample = _features_of(frame).pass_, frame.view.sample
        if isinstance(pass_, PassDifference):
            return numbers_of_two(pass_, stage, sample)
        arrays = pass_.layers.get(stage.after.name)
        recorded = None if arrays is None else arrays.activation
        dead = None if stage.rectifier is None else dead_units(pass_, stage.rectifier)
        since = [] if stage.rectifier is None else self._history.dead_since(stage.rectifier, pass_.step).tolist()
        rows: list[tuple[str | int | float | None, ...]] = []
        for place, unit in enumerate(stage.layer.kept.tolist()):
            values = None if recorded is None else recorded[:, place]
            rows.append(
                (
                    stage.after.name,
                    unit,
                    None if values is None or sample >= len(values) else float(values[sample]),
                    None if values is None else float(values.mean()),
                    None if dead is None else int(dead[place]),
                    since[place] if since and since[place] >= 0 else None,
                )
            )
        return names, rows

    def _ask(self) -> None:
        """Have the passes read that are not; while some are being read, those that were added wait."""
        n_passes = len(self._collection.passes) if self._collection is not None and self._stages else 0
        if not self._is_reading and self._history.n_passes < n_passes:
            self._is_reading = True
            self.history_requested.emit(self._history)

    def _offer(self) -> None:
        """What there is to choose for the layer."""
        stage = self._stage
        if stage is None:
            return
        self.stage_box.choose(stage.name)
        if stage.is_convolution:
            self.channel_box.offer(channel_names(stage))
            self.channel_box.choose(first_choice(stage))
            self.channel_box.setVisible(self.channel_box.count() > 1)
        self.scale_box.offer(list(ScaleRule) if stage.is_convolution else [ScaleRule.RUN, ScaleRule.PASS])

    def _draw_curves(self) -> None:
        if self._collection is None or self._stage is None:
            return
        layers = tuple(layer.name for layer in (self._stage.layer, *self._stage.carriers))
        self.dead_units.show_curves(self._curves, layers, last_step(self._collection), self._curves_of_b)
        self._draw_experts()

    @property
    def choices(self) -> tuple[str, ExpertChoices | None]:
        """The layer of the stage that chooses among experts, and its choices as far as they are read; of none empty."""
        routing = () if self._stage is None else self._stage.routing
        if not routing:
            return "", None
        name = routing[0].name
        chosen = self._history.chosen.get(name)
        return name, None if chosen is None else expert_choices(self._history.steps, chosen)

    def _draw_experts(self) -> None:
        name, choices = self.choices
        self.experts.setVisible(bool(name))
        stage = self._stage
        is_more = stage is not None and (stage.is_convolution or stage.is_sequence or stage.is_linear)
        self._inside.setVisible(is_more or not name)
        if name and self._collection is not None:
            is_read = self._history.n_passes >= len(self._collection.passes)
            whose = f"{name} in A" if self._is_of_two else name
            absence = NOT_COUNTED if is_read else READING
            self.experts.show_choices(choices, whose, last_step(self._collection), absence)

    def _draw(self) -> None:
        stage, frame = self._stage, self._frame
        if stage is None or frame is None:
            return
        self._update_readout(stage)
        of_stage = {layer.name for layer in (stage.layer, *stage.carriers)}
        has_more = frame.sample.picture is not None or any(curve.layer in of_stage for curve in self._curves)
        self._beside.setVisible(has_more or not stage.is_sequence)
        if stage.is_convolution:
            self._pages.setCurrentWidget(self._grids)
            self._draw_tiles(stage, frame)
        elif stage.is_sequence:
            self._pages.setCurrentWidget(self.sequences)
            self._draw_sequences(stage, frame)
        else:
            self._pages.setCurrentWidget(self._strips_page)
            self._draw_strips(frame)
        self._mark_unit()

    def _draw_tiles(self, stage: FeatureStage, frame: Frame) -> None:
        pass_, sample, rule = _features_of(frame).pass_, frame.view.sample, self.scale_box.choice
        scales = self._scales(frame)
        dead = dead_marks(pass_, stage, self._history)
        weights = filter_tiles(pass_, stage, self.channel_box.choice, rule, scales.get((stage.name, "weight"), 0.0))
        reason = pass_.why_missing(stage.layer, "weight")
        height, width = stage.layer.parameters["weight"][-2:]
        absence = NO_WEIGHT if frame.sides is None else NO_TWO_WEIGHTS
        self.filters.show_tiles(f"{width}×{height}", weights, absence.format(f": {reason}" if reason else ""), dead)
        maps_of_stage = [each for each in stage.carriers if len(each.output_shape) == 3]
        last = maps_of_stage[-1] if maps_of_stage else None
        for titled, layer in ((self.before, stage.layer), (self.after, last)):
            titled.setVisible(layer is not None)
            if layer is None:
                continue
            maps = map_tiles(pass_, layer, sample, rule, scales.get((layer.name, "feature_maps"), 0.0))
            absence = "" if maps is not None else maps_absence(pass_, layer, sample)
            size = "×".join(map(str, layer.output_shape[:0:-1]))
            titled.show_tiles(f"{layer.name} · {size}", maps, absence, dead if titled is self.after else NO_MARKS)
        self.before.heading.show_title("Before activation" if last is not None else "Feature maps")

    def _draw_strips(self, frame: Frame) -> None:
        shown, sample = _features_of(frame), frame.view.sample
        pass_ = shown.pass_
        strips = shown.strips(self.activation_box.choice)
        rule, scale = self.scale_box.choice, strips.largest
        if rule is ScaleRule.RUN:
            known = (self._scales(frame).get((strip.shown, "activation"), 0.0) for strip in strips.rows)
            scale = max(scale, *known)
        logits = pass_.logits if frame.task.kind == "classes" else None
        last = next((each.layer for each in reversed(self._stages) if each.is_linear), None)
        names: tuple[str, ...] = ()
        if last is not None and logits is not None and sample < len(logits) and last.units == logits.shape[1] >= 2:
            names = tuple(frame.sample.name_of(number) for number in range(last.units))
        truth, guess = frame.sample.true_class, frame.sample.predicted_class if frame.sides is None else None
        self.strips.show_strips(strips.rows, scale, names, truth, guess, self._since)
        self.strips_heading.show_about(
            f"{_of_two(strips)}all linear layers up to the {'logits' if names else 'output'}"
        )
        dead = n_dead_of_two(strips) if frame.sides else strips.dead_words
        self.strips_scale.show_scale(scale, rule, is_signed=True, dead=dead)

    def _draw_sequences(self, stage: FeatureStage, frame: Frame) -> None:
        pass_, scales = _features_of(frame).pass_, self._scales(frame)
        own = None if self._collection is None else self._collection.probe
        self.sequences.show_stage(
            pass_,
            stage,
            frame.view.sample,
            own if pass_.probe is None else pass_.probe,
            self.scale_box.choice,
            lambda layer: scales.get((layer, "sequence"), 0.0),
        )

    def _scales(self, frame: Frame) -> Mapping[tuple[str, str], float]:
        """The largest values of the run, or what two runs differ by at most, as far as they are known."""
        return self._history.scales if frame.sides is None else self._largest_differences

    def _since(self, strip: Strip) -> np.ndarray:
        """The step since which each of its units is dead, int ``[U]``, −1: not; ``[0]`` where that is not known."""
        if strip.rectifier is None or self._frame is None:
            return np.zeros(0, np.int64)
        return self._history.dead_since(strip.rectifier, self._frame.step)

    def _update_readout(self, stage: FeatureStage) -> None:
        kept, units = len(stage.layer.kept), stage.layer.units
        what = "channels" if stage.is_convolution else "units"
        self.heading.show_title(f"{stage.layer.kind} with {units:,} {what}")
        self.heading.show_about(f"{kept:,} of them kept (--neuron_cap 0 keeps all)" if kept < units else "")

    def _mark_unit(self) -> None:
        stage = self._stage
        number = self._unit[1] if self._unit and stage is not None and self._unit[0] == stage.name else None
        for titled in (self.filters, self.before, self.after):
            titled.grid.show_unit(number)
        self.sequences.show_unit(number)
        self.strips.show_chosen(None if stage is None else stage.name, self._unit)

    def _on_stage_chosen(self) -> None:
        self._on_layer_clicked(self.stage_box.choice)

    def _on_layer_clicked(self, name: str) -> None:
        self.show_layer(name)
        self.layer_requested.emit(name)

    def _on_unit_clicked(self, number: int) -> None:
        if self._stage is not None:
            self.unit_requested.emit(self._stage.name, number)


def _features_of(frame: Frame) -> FeatureFrame:
    """What was prepared of the pass, or of both."""
    shown = frame.prepared[NAME] if frame.sides is None else frame.differences[NAME]
    assert isinstance(shown, FeatureFrame)
    return shown


def _of_two(strips: Strips) -> str:
    compared = [strip for strip in strips.rows if strip.sides is not None]
    if not compared:
        return ""
    return f"{B_LESS_A}{': the same in A and B' * all(strip.is_same for strip in compared)} · "
