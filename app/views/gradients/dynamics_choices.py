"""Of which gradients the curves of the dynamics tell: layer, threshold, raw or averaged, counts or shares."""

from dataclasses import replace

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from app.analysis.figures import true_signs
from app.analysis.scalar_names import WHOLE_MODEL
from app.views.gradients.analysis.dynamics import DynamicsOptions, Offer
from app.widgets.choice_box import ChoiceBox
from app.widgets.plain_text import PlainLabel
from app.widgets.segments import Segments
from app.widgets.wrapping_row import WrappingRow

RAW, AVERAGE = "raw", "moving average"
COUNTS, FRACTIONS = "counts", "fractions"
_WHOLE = "whole model"


class DynamicsChoices(QWidget):
    """A row of choices. What a run lacks is passed over, and taken up again with a run that has it.

    Attributes:
        options: what is chosen, as far as the run has it.

    Signals:
        changed: `options` or whether each layer is shown has changed.
        layer_chosen(str): the user chose a layer.
    """

    changed = pyqtSignal()
    layer_chosen = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.options = self._wanted = DynamicsOptions()
        self._offer: Offer | None = None
        self._thresholds: dict[str, str] = {}
        self.layer_box = ChoiceBox("Of which gradients the curves tell")
        self.threshold_choice = Segments()
        self.averaged_choice = Segments((RAW, AVERAGE))
        self.fraction_choice = Segments((COUNTS, FRACTIONS))
        self.each_box = QCheckBox("each layer")
        self.each_box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lay_out()
        self.layer_box.chosen.connect(self._on_layer_chosen)
        self.threshold_choice.chosen.connect(lambda text: self.choose(threshold=self._thresholds[text]))
        self.averaged_choice.chosen.connect(lambda text: self.choose(is_averaged=text == AVERAGE))
        self.fraction_choice.chosen.connect(lambda text: self.choose(are_fractions=text == FRACTIONS))
        self.each_box.toggled.connect(lambda _: self.changed.emit())

    def _lay_out(self) -> None:
        near = PlainLabel("near zero: ≤")
        near.setObjectName("faint")
        tips = ("How many gradients", "Shares, which layers of any size have in common")
        self.fraction_choice.show_options((COUNTS, FRACTIONS), tips)
        self.each_box.setToolTip("A thin line for each layer, to compare; the chosen one is strong")
        which = _beside(self.layer_box, near, self.threshold_choice)
        how = _beside(self.averaged_choice, self.fraction_choice, self.each_box)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 0)
        column.addWidget(WrappingRow(which, how))

    def show_offer(self, offer: Offer) -> None:
        """Offer what a run has."""
        self._offer = offer
        self.layer_box.offer({WHOLE_MODEL: _WHOLE} | dict(zip(offer.layers, offer.layers, strict=True)))
        self._thresholds = {true_signs(each): each for each in offer.thresholds}
        self.threshold_choice.show_options(list(self._thresholds))
        tip = "Counted on the gradients and weights averaged with m ← 0.9 m + 0.1 x"
        missing = "Not recorded. An average needs every step: it is recorded with --insight_interval 1."
        self.averaged_choice.show_reach(AVERAGE, offer.has_average, tip if offer.has_average else missing)
        self.averaged_choice.show_reach(RAW, True, "Counted on the gradients as they were")
        self.each_box.setEnabled(len(offer.layers) > 1)
        self._adopt()

    def choose(self, **choices: object) -> None:
        """Change some of the options, fields of `DynamicsOptions`."""
        before = self.options
        self._wanted = replace(self._wanted, **choices)  # type: ignore[arg-type]
        self._adopt()
        if self.options != before:
            self.changed.emit()

    @property
    def compared(self) -> tuple[str, ...]:
        """The layers to compare the chosen one with; none unless each layer is shown."""
        if self._offer is None or not self.each_box.isChecked():
            return ()
        return tuple(layer for layer in self._offer.layers if layer != self.options.layer)

    def _adopt(self) -> None:
        if self._offer is None:
            return
        self.options = self._offer.fitted(self._wanted)
        self.layer_box.choose(self.options.layer)
        self.threshold_choice.show_chosen(true_signs(self.options.threshold))
        self.averaged_choice.show_chosen(AVERAGE if self.options.is_averaged else RAW)
        self.fraction_choice.show_chosen(FRACTIONS if self.options.are_fractions else COUNTS)

    def _on_layer_chosen(self) -> None:
        layer = self.layer_box.choice
        self.choose(layer=layer)
        if layer != WHOLE_MODEL:
            self.layer_chosen.emit(layer)


def _beside(*widgets: QWidget) -> QWidget:
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return whole
