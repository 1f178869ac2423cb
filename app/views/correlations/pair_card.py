"""The correlations of two layers' features, or within one layer."""

from __future__ import annotations

from enum import Enum

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.views.correlations.analysis.matrix_colours import CLIPPED, SIGNED
from app.views.correlations.analysis.matrix_order import Order
from app.views.correlations.analysis.pair_correlation import Inside, PairRequest, PairResult
from app.views.correlations.matrix_view import MatrixView
from app.widgets.choice_box import ChoiceBox
from app.widgets.heading_line import HeadingLine


class Colours(Enum):
    """How correlations are coloured."""

    SIGNED = "−1…1"
    CLIPPED = "0…1, hot"


_FEATURE_ORDERS = (Order.AS_IS, Order.CLUSTERED)
_SAMPLE_ORDERS = (Order.CLASS, Order.CLUSTERED, Order.AS_IS)
_SCALES = {Colours.SIGNED: SIGNED, Colours.CLIPPED: CLIPPED}


class PairCard(QWidget):
    """A heading with choices above a matrix.

    Signals:
        choice_changed: the user chose another order, or another matrix within a layer; see `request`.
    """

    choice_changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pair = ("", "")
        self._reading: PairResult | None = None
        self.heading = HeadingLine("")
        self.inside_box = ChoiceBox("What of the layer is compared", list(Inside))
        self.feature_order_box = ChoiceBox("Order of the features", _FEATURE_ORDERS)
        self.sample_order_box = ChoiceBox("Order of the samples", _SAMPLE_ORDERS)
        self.colours_box = ChoiceBox("Colours", list(Colours))
        for box in (self.inside_box, self.feature_order_box, self.sample_order_box):
            box.chosen.connect(self._on_chosen)
        self.colours_box.chosen.connect(self._draw)
        self.matrix = MatrixView()
        choices = QHBoxLayout()
        choices.setContentsMargins(0, 0, 0, 0)
        choices.setSpacing(4)
        choices.addWidget(self.heading, stretch=1)
        for box in (self.inside_box, self.feature_order_box, self.sample_order_box, self.colours_box):
            choices.addWidget(box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(choices)
        column.addWidget(self.matrix, stretch=1)
        self._offer()

    @property
    def pair(self) -> tuple[str, str]:
        """The two layers; empty names where none are chosen."""
        return self._pair

    @property
    def reading(self) -> PairResult | None:
        """What is shown."""
        return self._reading

    def show_pair(self, row: str, column: str, title: str, *, has_classes: bool) -> None:
        """Choose two layers; their matrix follows by `show_reading`."""
        if (row, column) != self._pair:
            self.matrix.show_whole()
        self._pair = row, column
        self.sample_order_box.offer(_SAMPLE_ORDERS if has_classes else _SAMPLE_ORDERS[1:])
        self._offer()
        self.heading.show_title(title)

    def request(self, number: int) -> PairRequest:
        """What has to be read for a measurement."""
        order_box = self.sample_order_box if self._is_of_samples else self.feature_order_box
        return PairRequest(number, *self._pair, self.inside_box.choice, order_box.choice)

    def show_reading(self, reading: PairResult) -> None:
        """Show a matrix that was read."""
        self._reading = reading
        self._draw()

    def show_nothing(self, message: str) -> None:
        """Say why there is no matrix."""
        self._reading = None
        self.heading.show_about("")
        self.matrix.show_matrix(None, message)

    @property
    def _is_of_samples(self) -> bool:
        return self._pair[0] == self._pair[1] and self.inside_box.choice is Inside.SAMPLES

    def _offer(self) -> None:
        self.inside_box.setVisible(self._pair[0] == self._pair[1])
        self.sample_order_box.setVisible(self._is_of_samples)
        self.feature_order_box.setVisible(not self._is_of_samples)

    def _on_chosen(self) -> None:
        self._offer()
        self.choice_changed.emit()

    def _draw(self) -> None:
        reading = self._reading
        if reading is None:
            return
        self.heading.show_about(_about(reading))
        if reading.problem:
            self.matrix.show_matrix(None, reading.problem)
        else:
            self.matrix.show_matrix(reading.picture(_SCALES[self.colours_box.choice]))


def _about(reading: PairResult) -> str:
    if reading.problem:
        return ""
    rows, columns = reading.values.shape
    what = "samples" if reading.request.is_of_samples else "features"
    unknown = f", {reading.n_without_variance} without variance" if reading.n_without_variance else ""
    return f"Pearson, {rows:,} × {columns:,} {what}{unknown}"
