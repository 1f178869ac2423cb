"""What one sample, changed in many ways, is to each layer."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.analysis.augmentation_text import NONE
from app.analysis.layer_names import tails
from app.views.correlations.analysis.augmentation_correlation import (
    AugmentationRequest,
    AugmentationResult,
    spread_of,
)
from app.views.correlations.analysis.flips import Flips
from app.views.correlations.analysis.matrix_colours import CLIPPED, SIGNED
from app.views.correlations.analysis.matrix_order import Order
from app.views.correlations.augmented_pictures import AugmentedPictures
from app.views.correlations.layer_bars import LayerBar, LayerBars
from app.views.correlations.matrix_view import MatrixView
from app.views.correlations.pair_card import Colours
from app.views.correlations.strength_plot import StrengthPlot
from app.widgets.below import below
from app.widgets.choice_box import ChoiceBox
from app.widgets.heading_line import HeadingLine
from collector.storage.compared import Augmentations

_ORDERS = (Order.KIND, Order.CLUSTERED, Order.AS_IS)


class AugmentationPage(QWidget):
    """Left the augmentations by the augmentations for one layer; right the pictures, and the stability.

    Signals:
        choice_changed: the user chose another order; see `request`.
        layer_requested(str): the user chose another layer.
    """

    choice_changed = pyqtSignal()
    layer_requested = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._header: Augmentations | None = None
        self._class_names: tuple[str, ...] = ()
        self._reading: AugmentationResult | None = None
        self.layer_box = ChoiceBox("Layer")
        self.layer_box.chosen.connect(lambda: self.layer_requested.emit(self.layer_box.choice))
        self.order_box = ChoiceBox("Order of the augmentations", _ORDERS)
        self.order_box.chosen.connect(self.choice_changed)
        self.colours_box = ChoiceBox("Colours", list(reversed(Colours)))
        self.colours_box.chosen.connect(self._draw_matrix)
        self.matrix = MatrixView()
        self.matrix.cell_pointed.connect(self._on_cell_pointed)
        self.pictures = AugmentedPictures()
        self.matrix.show_side_pictures(self.pictures.small)
        self.bars_heading = HeadingLine("Stability")
        self.bars = LayerBars()
        self.bars.setToolTip(_STABILITY)
        self.bars.layer_requested.connect(self.layer_requested)
        self.strength_heading = HeadingLine("Strength")
        self.kind_box = ChoiceBox("Kind of change")
        self.kind_box.chosen.connect(self._draw_strengths)
        self.strengths = StrengthPlot()
        self.strengths.augmentation_pointed.connect(self._on_augmentation_pointed)
        self.strengths.kind_requested.connect(self._on_kind_requested)
        self._lay_out()

    def _lay_out(self) -> None:
        left = below([self.layer_box, self.order_box, self.colours_box, None], self.matrix)
        bars = below([self.bars_heading], self.bars)
        strengths = below([self.kind_box, self.strength_heading], self.strengths)
        lower = QSplitter(Qt.Orientation.Horizontal)
        for part in (bars, strengths):
            lower.addWidget(part)
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self.pictures)
        right.addWidget(lower)
        right.setStretchFactor(0, 2)
        right.setStretchFactor(1, 3)
        whole = QSplitter(Qt.Orientation.Horizontal)
        whole.addWidget(left)
        whole.addWidget(right)
        for splitter in (lower, right, whole):
            splitter.setChildrenCollapsible(False)
        lower.setSizes([500, 500])
        whole.setSizes([500, 500])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(whole)

    @property
    def layer(self) -> str:
        """The chosen layer; empty where there is none."""
        return self.layer_box.choice or ""

    @property
    def reading(self) -> AugmentationResult | None:
        """What is shown."""
        return self._reading

    def show_header(self, header: Augmentations | None, class_names: tuple[str, ...] = ()) -> None:
        """What was augmented, and how."""
        self._class_names = class_names
        if header is self._header:
            return
        self._header = header
        self.layer_box.offer(() if header is None else tuple(header.layers))
        kinds = () if header is None else tuple(dict.fromkeys(kind for kind in header.kinds if kind != NONE))
        self.kind_box.offer(kinds)
        self.pictures.show_header(header)

    def show_layer(self, name: str) -> None:
        """Choose a layer, if it was measured; its matrix follows by `show_reading`."""
        self.layer_box.choose(name)

    def request(self, number: int) -> AugmentationRequest:
        """What has to be read for a measurement."""
        return AugmentationRequest(number, self.layer, self.order_box.choice)

    def show_reading(self, reading: AugmentationResult) -> None:
        """Show what was read."""
        self._reading = reading
        self._draw_matrix()
        if self._header is None:
            return
        if reading.problem:
            self._show_nothing_else()
            return
        names, spreads = tuple(self._header.layers), spread_of(reading.stability, self._header.kinds)
        flips = None if reading.flips is None or reading.flips.problem else reading.flips
        beside = [None] * len(names) if flips is None else spread_of(flips.stability, self._header.kinds)
        bars = []
        for name, short, spread, other in zip(names, tails(names), spreads, beside, strict=True):
            mean, low, high = spread or (None, 0.0, 0.0)
            bars.append(LayerBar(name, short, mean, low, high, None if other is None else other[0]))
        self.bars.show_bars(bars, reading.request.layer)
        self.bars_heading.show_about(
            "of each layer: mean, 5–95 %" if flips is None else f"purple: {flips.names[1]}, figure: B − A"
        )
        self._show_flips(flips)
        self._draw_strengths()

    def _show_nothing_else(self) -> None:
        """What stood beside the matrix before was of another measurement."""
        self.bars.show_bars((), "")
        self.bars_heading.show_about("")
        self._show_flips(None)
        self.strengths.show_stability((), np.zeros(0), np.zeros(0), "")
        self.strength_heading.show_about("")

    def _show_flips(self, flips: Flips | None) -> None:
        """Tell what both networks take the changed samples for; the first that flips in one alone is shown."""
        self.pictures.show_words(None if flips is None else (lambda at: flips.words(at, self._class_names)))
        if flips is not None and len(flips.order):
            self.pictures.show_numbers(0, int(flips.order[0]))

    def _draw_matrix(self) -> None:
        reading = self._reading
        if reading is None:
            return
        if reading.problem:
            self.matrix.show_matrix(None, reading.problem)
            return
        self.matrix.show_matrix(reading.picture(CLIPPED if self.colours_box.choice is Colours.CLIPPED else SIGNED))

    def _draw_strengths(self) -> None:
        header, reading = self._header, self._reading
        if header is None or reading is None or reading.problem:
            return
        kind = self.kind_box.choice or ""
        values = reading.stability[list(header.layers).index(reading.request.layer)]
        self.strengths.show_stability(header.kinds, header.strengths, values, kind)
        largest = header.largest.get(kind, "")
        self.strength_heading.show_about(f"1 is {largest}" if largest else "")

    def _on_cell_pointed(self, row: int, column: int) -> None:
        if self._reading is not None and row >= 0:
            places = self._reading.places
            self.pictures.show_numbers(int(places[row]), int(places[column]))

    def _on_augmentation_pointed(self, number: int) -> None:
        if number >= 0:
            self.pictures.show_numbers(0, number)

    def _on_kind_requested(self, kind: str) -> None:
        self.kind_box.choose(kind)
        self._draw_strengths()


_STABILITY = (
    "Correlation of the layer's output with that for the unchanged sample: 1 is the same.\n"
    "Bar: mean over all augmentations; line: from the 5th to the 95th percentile."
)
