"""What a layer gives along the sequence of a sample, and beside it what its heads attend to."""

from collections.abc import Callable

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QSplitter, QStackedLayout, QVBoxLayout, QWidget

from app.analysis.figures import B_LESS_A
from app.views.features.analysis.feature_stages import FeatureStage
from app.views.features.analysis.sequence_maps import (
    BEYOND,
    NamedMatrix,
    Rows,
    absence,
    head_figures,
    head_matrix,
    head_tiles,
    left_out,
    matrix_rows,
    sequence_matrix,
)
from app.views.features.analysis.tiles import ScaleRule, Tiles
from app.views.features.matrix_map import MatrixMap
from app.views.features.scale_line import ScaleLine
from app.views.features.tile_grid import TileGrid
from app.widgets.choice_box import ChoiceBox
from app.widgets.heading_line import HeadingLine
from app.widgets.wrapping_row import WrappingRow
from collector.storage.layer import Layer
from collector.storage.passes import Pass
from collector.storage.probe import Probe

ALL_HEADS = "all heads"
MOST_WEIGHTS = f"and beyond; {100 * BEYOND:.0f} of 100 weights lie below it"
RunScale = Callable[[str], float]


class SequencePage(QWidget):
    """Time goes down, units lie across; of heads all are shown side by side, or one with the names of its positions.

    A click on a head shows it alone, another one all of them.

    Signals:
        unit_requested(int): the true number of the unit that was clicked.
    """

    unit_requested = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Pass, FeatureStage, int, Probe | None] | None = None
        self._layer = ""
        self._run_scale: RunScale = _none_known
        self._rule = ScaleRule.RUN
        self.layer_box = ChoiceBox("Which layer's output is shown")
        self.layer_box.chosen.connect(self._draw)
        self.sequence_heading = HeadingLine("Along the sequence")
        self.sequence = MatrixMap("Along the sequence")
        self.sequence.column_requested.connect(self.unit_requested)
        self.sequence_scale = ScaleLine()
        self.head_box = ChoiceBox("Which head is shown", [ALL_HEADS])
        self.head_box.chosen.connect(self._draw)
        self.attention_heading = HeadingLine("Attention")
        self.heads = TileGrid()
        self.heads.setAccessibleName("What each head attends to")
        self.heads.unit_requested.connect(self._on_head_clicked)
        self.head = MatrixMap("What one head attends to")
        self.head.column_requested.connect(lambda _: self._on_head_clicked(ALL_HEADS))
        self.attention_scale = ScaleLine()
        self._lay_out()

    def _lay_out(self) -> None:
        self._sequence_side, self._attention_side = QWidget(), QWidget()
        room = QWidget()
        self._pages = QStackedLayout(room)
        self._pages.addWidget(self.heads)
        self._pages.addWidget(self.head)
        for side, heading, box, inside, scale in (
            (self._sequence_side, self.sequence_heading, self.layer_box, self.sequence, self.sequence_scale),
            (self._attention_side, self.attention_heading, self.head_box, room, self.attention_scale),
        ):
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(3)
            column.addWidget(WrappingRow(heading, box))
            column.addWidget(inside, stretch=1)
            column.addWidget(scale)
        sides = QSplitter(Qt.Orientation.Horizontal)
        sides.addWidget(self._sequence_side)
        sides.addWidget(self._attention_side)
        sides.setSizes([500, 600])
        sides.setChildrenCollapsible(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(sides)

    def show_stage(
        self, pass_: Pass, stage: FeatureStage, sample: int, probe: Probe | None, rule: ScaleRule, run_scale: RunScale
    ) -> None:
        """Show a stage at a pass, or how two passes differ in it.

        Args:
            pass_: the pass.
            stage: one that is shown along a sequence.
            sample: of the probe.
            probe: where the names of its tokens are from.
            rule: which value has the full colour of sequences.
            run_scale: tells the run's largest value in sequences of a layer, as far as that is known.
        """
        is_other = self._shown is None or self._shown[1] is not stage
        self._shown, self._rule, self._run_scale = (pass_, stage, sample, probe), rule, run_scale
        self.layer_box.offer([each.name for each in stage.in_sequence])
        if is_other:
            self.layer_box.choose(self._layer)
        self.layer_box.setVisible(len(stage.in_sequence) > 1)
        self._draw()

    def sequence_numbers(self) -> Rows:
        """See `matrix_rows`."""
        matrix = self.sequence.matrix if self._sequence_side.isVisibleTo(self) else None
        return [] if matrix is None else matrix_rows(self.layer_box.choice, matrix)

    def attention_numbers(self) -> Rows:
        """The same of all heads; the name of the layer tells the head."""
        if self._shown is None or not self._shown[1].attending:
            return []
        pass_, stage, sample, probe = self._shown
        layer = stage.attending[-1]
        tiles = head_tiles(pass_, layer, sample, probe)
        if tiles is None:
            return []
        return [
            row
            for head, name in enumerate(tiles.names)
            for row in matrix_rows(name, head_matrix(tiles, layer, head, probe, sample))
        ]

    def show_layer(self, name: str) -> None:
        """Show the output of this layer, if it is one of those that can be chosen."""
        if name != self._layer:
            self._layer = name
            self.layer_box.choose(name)
            self._draw()

    def show_unit(self, unit: int | None) -> None:
        """Frame the pinned unit, by its true number."""
        self.sequence.show_column(unit)

    def _draw(self) -> None:
        if self._shown is None:
            return
        pass_, stage, sample, probe = self._shown
        shown = next((each for each in stage.in_sequence if each.name == self.layer_box.choice), None)
        self._sequence_side.setVisible(shown is not None)
        if shown is not None:
            self._draw_sequence(pass_, shown, sample, probe)
        attending = stage.attending[-1] if stage.attending else None
        self._attention_side.setVisible(attending is not None)
        if attending is not None:
            self._draw_attention(pass_, attending, sample, probe)

    def _draw_sequence(self, pass_: Pass, layer: Layer, sample: int, probe: Probe | None) -> None:
        run_scale = self._run_scale(layer.name) if self._rule is ScaleRule.RUN else 0.0
        matrix = sequence_matrix(pass_, layer, sample, run_scale, probe)
        self.sequence.show_matrix(matrix, "" if matrix is not None else absence(pass_, layer, "sequence", sample))
        self.sequence_heading.show_title(layer.name)
        parts = [_of_two(matrix), "positions down, units across", left_out(layer.sequence)]
        self.sequence_heading.show_about(" · ".join(filter(None, parts)))
        if matrix is None:
            self.sequence_scale.show_nothing()
        else:
            self.sequence_scale.show_scale(matrix.scale, self._rule, is_signed=matrix.is_signed)

    def _draw_attention(self, pass_: Pass, layer: Layer, sample: int, probe: Probe | None) -> None:
        tiles = head_tiles(pass_, layer, sample, probe)
        heads = 0 if layer.attention is None or tiles is None else len(tiles.values)
        names: dict[object, str] = {ALL_HEADS: ALL_HEADS} | {each: f"head {each}" for each in range(heads)}
        self.head_box.offer(names)
        self.head_box.setVisible(heads > 1)
        head = 0 if heads == 1 else self.head_box.choice
        reason = "" if tiles is not None else absence(pass_, layer, "attention", sample)
        if tiles is None or not isinstance(head, int):
            self._pages.setCurrentWidget(self.heads)
            self.heads.show_tiles(tiles, reason)
        else:
            self._pages.setCurrentWidget(self.head)
            self.head.show_matrix(head_matrix(tiles, layer, head, probe, sample))
        own = head_figures(pass_, layer, head) if tiles is not None and isinstance(head, int) else ""
        self._tell_attention(tiles, layer, own)

    def _tell_attention(self, tiles: Tiles | None, layer: Layer, own: str) -> None:
        kept = None if layer.attention is None else layer.attention.keys
        parts = [_of_two(tiles), "queries down, keys across", left_out(kept)]
        self.attention_heading.show_title("Attention" if layer.name == self.layer_box.choice else layer.name)
        self.attention_heading.show_figure(own)
        self.attention_heading.show_about(" · ".join(filter(None, parts)))
        if tiles is None or tiles.sides is not None:
            self.attention_scale.show_tiles(tiles)
        else:
            self.attention_scale.show_scale(tiles.scale, tiles.rule, is_signed=False, words=MOST_WEIGHTS)

    def _on_head_clicked(self, head: int | str) -> None:
        self.head_box.choose(head)
        self._draw()


def _of_two(shown: Tiles | NamedMatrix | None) -> str:
    return B_LESS_A if shown is not None and shown.sides is not None else ""


def _none_known(layer: str) -> float:
    return 0.0
