"""The correlations of two layers' features, or within one layer."""

from __future__ import annotations

from enum import Enum

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.views.correlations.across_pair import Across, AcrossRequest, AcrossResult
from app.views.correlations.across_run import AcrossRun
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
_MATCHED_ORDERS = (*_FEATURE_ORDERS, Order.MATCHED)
_SAMPLE_ORDERS = (Order.CLASS, Order.CLUSTERED, Order.AS_IS)
_SCALES = {Colours.SIGNED: SIGNED, Colours.CLIPPED: CLIPPED}

_MOMENT = 200
"""Milliseconds that the matrix before may stay."""


class PairCard(QWidget):
    """A heading with choices above a matrix: of one network, or of a layer of A and one of B.

    Signals:
        choice_changed: the user chose another order, or another matrix within a layer; see `request`.
    """

    choice_changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pair = ("", "")
        self._reading: PairResult | AcrossResult | None = None
        self._across: AcrossRun | None = None
        self.across_box = ChoiceBox("What of both networks is shown", list(Across))
        self.heading = HeadingLine("")
        self.inside_box = ChoiceBox("What of the layer is compared", list(Inside))
        self.feature_order_box = ChoiceBox("Order of the features", _FEATURE_ORDERS)
        self.sample_order_box = ChoiceBox("Order of the samples", _SAMPLE_ORDERS)
        self.colours_box = ChoiceBox("Colours", list(Colours))
        for box in (self.across_box, self.inside_box, self.feature_order_box, self.sample_order_box):
            box.chosen.connect(self._on_chosen)
        self.colours_box.chosen.connect(self._draw)
        self.matrix = MatrixView()
        choices = QHBoxLayout()
        choices.setContentsMargins(0, 0, 0, 0)
        choices.setSpacing(4)
        choices.addWidget(self.heading, stretch=1)
        self._waiting = QTimer(self)
        self._waiting.setInterval(_MOMENT)
        self._waiting.timeout.connect(lambda: self.show_nothing("Correlating …"))
        boxes = (self.across_box, self.inside_box, self.feature_order_box, self.sample_order_box, self.colours_box)
        for box in boxes:
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
    def reading(self) -> PairResult | AcrossResult | None:
        """What is shown."""
        return self._reading

    def show_pair(
        self, row: str, column: str, title: str, *, has_classes: bool, across: AcrossRun | None = None
    ) -> None:
        """Choose two layers, the first of A and the second of B where there are two networks; their matrix follows."""
        if (row, column) != self._pair:
            self.matrix.show_whole()
        self._pair, self._across = (row, column), across
        if across is None:
            self.feature_order_box.offer(_FEATURE_ORDERS)
        self.sample_order_box.offer(_SAMPLE_ORDERS if has_classes else _SAMPLE_ORDERS[1:])
        self._offer()
        self.heading.show_title(title)

    def request(self, number: int) -> PairRequest | AcrossRequest:
        """What has to be read for a measurement."""
        order_box = self.sample_order_box if self._is_of_samples else self.feature_order_box
        inside, order = self.inside_box.choice, order_box.choice
        if self._across is None:
            return PairRequest(number, *self._pair, inside, order)
        what = self.across_box.choice
        return AcrossRequest(self._across.numbers_at(number), *self._pair, self._partners, what, inside, order)

    def expect(self) -> None:
        """A matrix is being read: what is shown is of something else, and gone where it takes longer than a moment."""
        self._waiting.start()

    def show_reading(self, reading: PairResult | AcrossResult) -> None:
        """Show a matrix that was read."""
        self._waiting.stop()
        self._reading = reading
        if isinstance(reading, AcrossResult):
            is_matched = reading.offers_matching or reading.request.order is Order.MATCHED
            self.feature_order_box.offer(_MATCHED_ORDERS if is_matched else _FEATURE_ORDERS)
        self._draw()

    def show_nothing(self, message: str) -> None:
        """Say why there is no matrix."""
        self._waiting.stop()
        self._reading = None
        self.heading.show_about("")
        self.matrix.show_matrix(None, message)

    @property
    def _partners(self) -> tuple[str, str] | None:
        """In A the layer of the column, in B that of the row."""
        return None if self._across is None else self._across.turned(*self._pair)

    @property
    def _is_within(self) -> bool:
        """Whether there is something inside one layer to compare."""
        if self._across is None:
            return self._pair[0] == self._pair[1]
        return self._across.is_within(*self._pair) and self.across_box.choice is Across.DIFFERENCE

    @property
    def _is_of_samples(self) -> bool:
        return self._is_within and self.inside_box.choice is Inside.SAMPLES

    def _offer(self) -> None:
        self.across_box.setVisible(self._across is not None)
        self.colours_box.setVisible(self._across is None or self.across_box.choice is Across.PRODUCT)
        self.inside_box.setVisible(self._is_within)
        self.sample_order_box.setVisible(self._is_of_samples)
        self.feature_order_box.setVisible(not self._is_of_samples)

    def _on_chosen(self) -> None:
        self._offer()
        self.choice_changed.emit()

    def _draw(self) -> None:
        reading = self._reading
        if reading is None:
            return
        self.heading.show_about(reading.about)
        if reading.problem:
            self.matrix.show_matrix(None, reading.problem)
        else:
            self.matrix.show_matrix(reading.picture(_SCALES[self.colours_box.choice]))
