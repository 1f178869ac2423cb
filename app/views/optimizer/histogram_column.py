"""How weights, gradients and updates of a pass are spread, one above the other."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from app.views.optimizer.analysis.power_histogram import summed
from app.views.optimizer.histogram_view import LEFT_PX, HistogramView
from app.widgets.elided_text import ElidedLabel
from app.widgets.plain_text import PlainLabel

_KINDS = (("weight", "Weights", "bar"), ("gradient", "Gradients", "loss"), ("update", "Updates", "right"))
_RIGHT_PX = 8

Histograms = Mapping[str, Mapping[str, np.ndarray]]
"""Layer → ``weight``, ``gradient``, ``update`` → counts int ``[129]``."""


@dataclass(frozen=True, eq=False)
class OfB:
    """What is drawn over it.

    Attributes:
        histograms: of B.
        step: of its pass.
        partner: layer of A → layer of B.
    """

    histograms: Histograms
    step: int
    partner: Mapping[str, str]

    def of(self, layer: str | None) -> list[Mapping[str, np.ndarray]]:
        """Those of a layer of A; for None of all."""
        if layer is None:
            return list(self.histograms.values())
        found = self.histograms.get(self.partner.get(layer, ""))
        return [] if found is None else [found]


_NONE = "This pass has no histograms: it is the last, or --insight_interval is 0, or a budget left them out."


class HistogramColumn(QWidget):
    """Of a layer, or of all together where no layer is chosen that has any."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pass: tuple[Histograms, int] | None = None
        self._of_b: OfB | None = None
        self._layer: str | None = None
        self._damage = ""
        self.place_label = ElidedLabel(cut=Qt.TextElideMode.ElideRight)
        self.place_label.setObjectName("faint")
        self.views = {kind: HistogramView(title, colour) for kind, title, colour in _KINDS}
        self.absence_label = PlainLabel("", self)
        self.absence_label.setObjectName("faint")
        self.absence_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.absence_label.setWordWrap(True)
        self.absence_label.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, _RIGHT_PX, 4)
        column.setSpacing(4)
        column.addWidget(self.place_label)
        for view in self.views.values():
            policy = view.sizePolicy()
            policy.setRetainSizeWhenHidden(True)  # the last pass, which has none, leaves all else in its place
            view.setSizePolicy(policy)
            column.addWidget(view)

    def show_pass(self, histograms: Histograms, step: int, damage: str = "", of_b: OfB | None = None) -> None:
        """Show those of a pass, or why they cannot be read; over them those of another, if there is one."""
        self._pass, self._damage, self._of_b = (histograms, step), damage, of_b
        self._show()

    def show_layer(self, name: str | None) -> None:
        """Show those of a layer; of the whole model for None."""
        if name != self._layer:
            self._layer = name
            self._forget()
            self._show()

    def show_nothing(self) -> None:
        """No pass is shown."""
        self._pass = self._of_b = None
        self._forget()
        self.place_label.setText("")
        self._say_absence("")
        for view in self.views.values():
            view.show_counts(None, "")

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._fit()

    def _fit(self) -> None:
        """What is shown is said above the bars themselves where there is room for it, else further left."""
        room = self.width() - LEFT_PX - _RIGHT_PX
        is_wide = self.place_label.fontMetrics().horizontalAdvance(self.place_label.text()) <= room
        self.place_label.setContentsMargins(LEFT_PX if is_wide else 0, 0, 0, 0)
        self.absence_label.setGeometry(self.rect().adjusted(_RIGHT_PX, self.place_label.height(), -_RIGHT_PX, 0))

    def _forget(self) -> None:
        for view in self.views.values():
            view.forget_range()

    def _show(self) -> None:
        if self._pass is None:
            return
        (histograms, step), of_b = self._pass, self._of_b
        place = self._layer if self._layer in histograms else None
        shown = list(histograms.values()) if place is None else [histograms[place]]
        passes = f"step {step:,}"
        if of_b is not None:
            is_one = of_b.step == step
            passes = f"A bars, B line · {passes}" if is_one else f"A bars, {passes} · B line, step {of_b.step:,}"
        beside = [] if of_b is None else of_b.of(place)
        lacks = "" if beside or of_b is None else ": not in B" if place else ": none in B"
        self.place_label.setText(f"{passes} · {place or 'whole model'}{lacks}")
        self._fit()
        self._say_absence("" if histograms else self._damage or _NONE)
        for kind, view in self.views.items():
            view.show_counts(summed(shown, kind), "not recorded at this pass", of_b=summed(beside, kind))

    def _say_absence(self, words: str) -> None:
        """Say in the room of all why there is none of them; nothing where there are."""
        self.absence_label.setText(words)
        self.absence_label.setVisible(bool(words))
        for view in self.views.values():
            view.setVisible(not words)
