"""One plot of what becomes of near-zero gradients: its legend, and its curves."""

from collections.abc import Mapping, Sequence

import numpy as np
from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app.analysis.curve import Measured, smoothing_text, together
from app.analysis.metric_text import capitalized, metric_text
from app.analysis.two_curves import TwoCurves
from app.views.gradients.analysis.dynamics import CurveKind, DynamicsOptions, PlotKind
from app.widgets.legend_line import LegendEntry, LegendLine
from app.widgets.plain_text import plain_tooltip
from app.widgets.steps_plot import StepsPlot
from app.widgets.value_axis import WIDTH_PX
from collector.comparing.noise import Band

COLOURS = ("bar", "loss")
_ABOVE_PLOT_PX, _MARGIN_PX = WIDTH_PX + 4, 8
LEAST_SIZE = QSize(230, 128)
_ANGLE = "degrees"
_MORE_DIGITS = "000"
_NO_FLIPS = "no flip inside the retained"
"""There is nothing to be a share of."""


class DynamicsCard(QWidget):
    """A legend above a plot."""

    def __init__(self, kind: PlotKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self.curves: tuple[Measured | None, ...] = ()
        self.twos: tuple[TwoCurves, ...] = ()
        self._names: tuple[str, str] | None = None
        self._labels: tuple[str, ...] = ()
        self._unit = ""
        self._step = 0
        own = COLOURS[: len(kind.curves)]
        self.plot = StepsPlot(own, seconds=own if len(own) > 1 else ("second",))
        self.plot.getPlotItem().setLabel("bottom", "step")
        self.legend = LegendLine()
        self.legend.name(self.plot, "Over the steps")
        self.log_button = QToolButton()
        self.log_button.setText("log")
        self.log_button.setToolTip("Log scale")
        self.log_button.setAccessibleName(f"Log scale for {kind.curves[0].label}")
        self.log_button.setCheckable(True)
        self.log_button.setAutoRaise(True)
        self.log_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.log_button.toggled.connect(self.plot.show_log)
        self.log_button.setChecked(kind.is_log)
        self.heading = QHBoxLayout()
        self.heading.setSpacing(4)
        self.heading.addWidget(self.legend, stretch=1)
        self.heading.addWidget(self.log_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.heading)
        column.addWidget(self.plot, stretch=1)
        self.setMinimumSize(LEAST_SIZE)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._fit()

    def _fit(self) -> None:
        """The legend begins above the plot itself where there is room for all of its names, else further left."""
        parts = [self.heading.itemAt(number) for number in range(1, self.heading.count())]
        beside = sum(part.sizeHint().width() for part in parts if part is not None) + _MARGIN_PX
        is_wide = self.width() - beside - _ABOVE_PLOT_PX >= self.legend.wanted_px() + self._longer_px
        self.heading.setContentsMargins(_ABOVE_PLOT_PX if is_wide else _MARGIN_PX, 0, _MARGIN_PX, 0)

    @property
    def _longer_px(self) -> int:
        """What figures of many powers of ten take more room than others."""
        more = self.fontMetrics().horizontalAdvance(_MORE_DIGITS)
        return more * len(self.kind.curves) if self.kind.is_log else 0

    def show_curves(
        self,
        curves: Sequence[Measured | None],
        options: DynamicsOptions,
        others: Mapping[str, Measured],
        last_step: int,
        epochs: np.ndarray,
        not_finite: np.ndarray,
        *,
        twos: Sequence[TwoCurves] = (),
        names: tuple[str, str] | None = None,
        noise: Band | None = None,
    ) -> None:
        """Draw the curves of a layer.

        Args:
            curves: for each of the plot's kinds; None where not recorded.
            options: what was chosen.
            others: the first curve of every other layer, to compare with; empty for no comparison.
            last_step: of the run.
            epochs: steps at which epochs ended.
            not_finite: steps at which anything was not finite.
            twos: each curve beside that of another run, or of a step that is held; empty where nothing is compared.
            names: what the two are called.
            noise: where one more repeat of the run would lie, of the first curve.
        """
        kinds = self.kind.curves
        if others:
            curves, twos = [*curves[:1], *([None] * (len(kinds) - 1))], twos[:1]
        self.curves, self.twos, self._names = tuple(curves), tuple(twos), names
        seconds = [two.other for two in twos]
        self._labels = tuple(kind.label for kind in kinds)
        is_share = options.are_fractions and bool(kinds[0].whole)
        self._unit = "fraction" if is_share else metric_text(kinds[0].metric(options)).unit
        for widget in (self.legend, self.plot):
            widget.setToolTip(plain_tooltip(_tip(kinds, options, options.are_fractions)))
        self.plot.hold_others(*together(others))
        is_there = any(curve is not None and len(curve.steps) for curve in curves) or bool(others)
        is_there = is_there or any(each is not None and len(each.steps) for each in seconds)
        has_no_flips = is_share and any(each is not None for each in (*curves, *seconds))
        self.plot.show_message("" if is_there else _NO_FLIPS if has_no_flips else "not recorded")
        self.plot.show_curves(
            [None if curve is None else (curve.steps, curve.values) for curve in curves],
            last_step,
            epochs,
            seconds=seconds + [None] * (len(kinds) - len(seconds)) if seconds else (),
            noise=noise,
            not_finite=not_finite,
            without_gradient=_steps_without_gradient(curves),
            estimate=curves[0],
            least=0.0,
            whole=None if self.kind.top is None else (0.0, self.kind.top),
        )
        self.plot.show_axes(is_there)
        self.log_button.setEnabled(is_there)
        self._update_readout()

    def show_nothing(self) -> None:
        """Nothing is open."""
        self.curves = self.twos = ()
        self._names = None
        self.plot.clear_lines()
        self.plot.show_message("")
        self.legend.show_entries([])

    def show_step(self, step: int) -> None:
        """Move the playhead, and tell the figures there."""
        self._step = step
        self.plot.show_step(step)
        self._update_readout()

    def _update_readout(self) -> None:
        entries = self._entries_of_two() if self._names is not None else self._entries()
        self.legend.show_entries(entries or [LegendEntry(label) for label in self._labels[:1]])
        self._fit()

    def _entries_of_two(self) -> list[LegendEntry]:
        """Both at the playhead, and B less A."""
        assert self._names is not None
        a, b = self._names
        figures = [two.figures_at(self._step, counts=True, digits=3) for two in self.twos]
        has_lines = any(two.other is not None for two in self.twos)
        if len(figures) == 1 and has_lines:
            entries = [
                LegendEntry(f"{self._labels[0]} · {a}", COLOURS[0], figures[0].a),
                LegendEntry(b, "second", figures[0].b, is_dashed=True),
            ]
            entries += [LegendEntry("", figure=figures[0].change)] if figures[0].change else []
        else:
            told = zip(self._labels, COLOURS, figures, strict=False)
            entries = [
                LegendEntry(label, colour, f"{self._in_unit(each.a) or '–'} | {self._in_unit(each.b) or '–'}")
                for label, colour, each in told
            ]
            entries += [LegendEntry(f"{a} | {b}{', dashed' if has_lines else ''}", is_note=True)]
        return entries + self._unit_note()

    def _in_unit(self, figure: str) -> str:
        """An angle with its sign, which is short; other units are told once behind all figures."""
        if self._unit != _ANGLE or not figure[-1:].isdigit():
            return figure
        return f"{figure}°".replace(" ± ", "° ± ")

    def _unit_note(self) -> list[LegendEntry]:
        return [LegendEntry(self._unit, is_note=True)] if self._unit not in ("", _ANGLE) else []

    @property
    def columns(self) -> list[Measured]:
        """What a table has of it: where something is compared both, and B less A."""
        if self._names is not None:
            return [column for two in self.twos for column in two.columns]
        return [curve for curve in self.curves if curve is not None]

    def _entries(self) -> list[LegendEntry]:
        entries = []
        for label, colour, curve in zip(self._labels, COLOURS, self.curves, strict=False):
            if curve is None:
                continue
            entries.append(LegendEntry(label, colour, self._in_unit(curve.text_at(self._step, counts=True, digits=3))))
        if entries:
            entries += self._unit_note()
            means = [text for curve in self.curves if curve is not None and (text := smoothing_text(curve.values))]
            entries += [LegendEntry(f"bold: {max(means, key=len)}", is_note=True)] if means else []
        return entries


def _steps_without_gradient(curves: Sequence[Measured | None]) -> np.ndarray:
    found = [curve.without_gradient for curve in curves if curve is not None]
    return np.unique(np.concatenate([np.zeros(0, np.int64), *found]))


def _tip(kinds: Sequence[CurveKind], options: DynamicsOptions, are_fractions: bool) -> str:
    """A sentence for each curve."""
    lines = []
    for kind in kinds:
        metric = kind.metric(options)
        of = " As a share of the flips inside the retained." if are_fractions and kind.whole else ""
        said = metric_text(metric)
        lines.append(f"{capitalized(said.title)}: {said.tip}{of}")
    return "\n".join(lines)
