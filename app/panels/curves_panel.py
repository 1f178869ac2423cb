"""Loss and accuracy over the steps, with the playhead."""

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QPointF, QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from app.analysis.smoothing import moving_average
from app.palette import active
from collector.storage import Collection

SMOOTHED_SHARE = 50
"""The bold line is the mean over a fiftieth of the steps."""


@dataclass(frozen=True)
class _Curve:
    name: str
    title: str
    epoch_metric: str
    colour: str


_CURVES = (
    _Curve("loss", "Loss", "test_loss", "loss"),
    _Curve("accuracy", "Accuracy", "test_accuracy", "accuracy"),
)


class CurvesPanel(QWidget):
    """Two plots on one axis of steps. A click or a drag of the yellow line moves the playhead.

    Signals:
        pass_requested(int): the pass nearest to where the user pointed.
    """

    pass_requested = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pass_steps = np.zeros(0, np.int64)
        self.plots = [_Plot(curve) for curve in _CURVES]
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 12, 4)
        row.setSpacing(8)
        for plot in self.plots:
            row.addWidget(plot)
            plot.step_requested.connect(self._on_step_requested)
        self.setMinimumHeight(120)

    def show_collection(self, collection: Collection) -> None:
        """Draw the curves of a run."""
        self._pass_steps = collection.passes.steps
        last_step = int(max(self._pass_steps.max(initial=1), collection.n_steps, 1))
        for plot in self.plots:
            plot.show_curve(collection, last_step)

    def show_step(self, step: int) -> None:
        """Move the playhead."""
        for plot in self.plots:
            plot.show_step(step)

    def show_nothing(self) -> None:
        """Nothing is open."""
        self._pass_steps = np.zeros(0, np.int64)
        for plot in self.plots:
            plot.clear_curve()

    def _on_step_requested(self, step: float) -> None:
        if len(self._pass_steps):
            self.pass_requested.emit(int(np.abs(self._pass_steps - step).argmin()))


class _Plot(pg.PlotWidget):
    step_requested = pyqtSignal(float)

    def __init__(self, curve: _Curve) -> None:
        super().__init__(enableMenu=False)
        self._curve = curve
        faint, bold = QColor(getattr(active(), curve.colour)), QColor(getattr(active(), curve.colour))
        faint.setAlpha(90)
        item = self.getPlotItem()
        self._each = item.plot(pen=pg.mkPen(faint, width=1))
        self._mean = item.plot(pen=pg.mkPen(bold, width=2))
        self._epochs = item.plot(pen=None, symbol="o", symbolSize=8, symbolBrush=active().text, symbolPen=None)
        self._marks: list[pg.InfiniteLine] = []
        self.playhead = pg.InfiniteLine(0, pen=pg.mkPen(active().hovered, width=2), movable=True)
        self.playhead.sigDragged.connect(lambda line: self.step_requested.emit(line.value()))
        self.message = pg.LabelItem(color=active().faint_text)
        self.message.setParentItem(item.vb)
        self.message.anchor((0.5, 0.5), (0.5, 0.5))
        item.addItem(self.playhead)
        self.playhead.hide()
        item.setTitle(curve.title, size="10pt", color=active().text)
        item.showGrid(x=True, y=True, alpha=0.15)
        item.setLabel("bottom", "step")
        item.setMouseEnabled(x=False, y=False)
        item.hideButtons()
        item.ctrlMenu.setParent(self, item.ctrlMenu.windowFlags())  # it would outlive the plot
        item.setDownsampling(auto=True, mode="peak")
        item.getAxis("left").setWidth(46)
        item.layout.setContentsMargins(4, 2, 8, 8)
        self.scene().sigMouseClicked.connect(self._on_click)

    def show_curve(self, collection: Collection, last_step: int) -> None:
        series = collection.series
        if self._curve.name in series:
            steps, values = series.recorded(self._curve.name)
            finite = np.where(np.isfinite(values), values, np.nan)
            self._each.setData(steps, finite, connect="finite")
            smooth = moving_average(values, max(len(values) // SMOOTHED_SHARE, 1))
            self._mean.setData(steps, smooth, connect="finite")
            self._fit(finite)
        else:
            self._each.setData([], [])
            self._mean.setData([], [])
        is_recorded = self._curve.name in series
        self.message.setText("" if is_recorded else f"not recorded: collector.log({self._curve.name}=…)")
        self._show_epochs(collection)
        self.playhead.show()
        self.playhead.setBounds((0, last_step))
        self.getPlotItem().setXRange(0, last_step, padding=0.02)

    def _fit(self, values: np.ndarray) -> None:
        """All of the curve, but for the tops of a few wild steps, which would flatten the rest."""
        if self._curve.name == "accuracy":
            self.getPlotItem().setYRange(0, 1, padding=0.05)
        elif np.isfinite(values).any():
            high = float(np.nanquantile(values, 0.995))
            self.getPlotItem().setYRange(min(0.0, float(np.nanmin(values))), high or 1.0, padding=0.05)

    def _show_epochs(self, collection: Collection) -> None:
        for mark in self._marks:
            self.getPlotItem().removeItem(mark)
        self._marks = [
            pg.InfiniteLine(epoch.step, pen=pg.mkPen(active().line, width=1, style=Qt.PenStyle.DashLine))
            for epoch in collection.epochs
        ]
        for mark in self._marks:
            self.getPlotItem().addItem(mark, ignoreBounds=True)
        metric = self._curve.epoch_metric
        points = [(each.step, each.metrics[metric]) for each in collection.epochs if metric in each.metrics]
        points = [(step, value) for step, value in points if isinstance(value, float | int)]
        self._epochs.setData([step for step, _ in points], [value for _, value in points])
        if points:
            shown = f"{points[-1][1]:.4f}" if self._curve.name == "loss" else f"{points[-1][1] * 100:.2f} %"
            title = f"{self._curve.title} · each batch, and its moving mean · ● test set {shown}"
        else:
            title = f"{self._curve.title} · each batch, and its moving mean"
        self.getPlotItem().setTitle(title, size="9pt", color=active().faint_text)

    def show_step(self, step: int) -> None:
        with QSignalBlocker(self.playhead):
            self.playhead.setValue(step)

    def clear_curve(self) -> None:
        for item in (self._each, self._mean, self._epochs):
            item.setData([], [])
        self.playhead.hide()

    def _on_click(self, event: object) -> None:
        at: QPointF = event.scenePos()  # type: ignore[attr-defined]
        box = self.getPlotItem().vb
        if self.playhead.isVisible() and box.sceneBoundingRect().contains(at):
            self.step_requested.emit(box.mapSceneToView(at).x())
