"""One scalar over the run: its name, its figure at the playhead, and its plot."""

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QWIDGETSIZE_MAX, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.analysis.curve import NO_GRADIENT_MARK, NOT_FINITE_MARK, Curve, Measured, smoothed, smoothing_text, spikes
from app.analysis.figures import figure, figures_of_two
from app.analysis.scalar_names import ScalarName, how_to_record, parse
from app.analysis.two_curves import SAME, TwoCurves
from app.views.timeline.onset_marks import OnsetMarks
from app.widgets.curve_plot import NO_LINE, CurvePlot, Line, LineStyle
from app.widgets.heading_line import HeadingLine
from app.widgets.plain_text import plain_tooltip
from app.widgets.value_axis import WIDTH_PX
from collector.comparing.noise import Band

LEAST_PX = 230
_NARROW_MARGIN_PX, _SPACE_PX = 8, 4

_COLOURS = {"loss": "loss", "accuracy": "accuracy"}


class CurveCard(QWidget):
    """A heading with buttons above a plot.

    Attributes:
        is_small: it has but words to show, and takes no more room than they need.

    Signals:
        close_requested: the user does not want this curve any more.
    """

    close_requested = pyqtSignal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self.curve: Curve | None = None
        self.two: TwoCurves | None = None
        self.is_small = False
        self._of_b: Curve | None = None
        self._dot_name = ""
        self._words = parse(name)
        colour = _COLOURS.get(self._words.metric.removeprefix("test_").removeprefix("train_"), "bar")
        self.plot = CurvePlot([*_styles(colour), *_styles("second", is_second=True)])
        self.plot.getPlotItem().setLabel("bottom", "step")
        self.onset_marks = OnsetMarks(self.plot)
        self.heading_line = HeadingLine("")
        self.heading_line.name(self.plot)
        self.log_button = _button("log")
        self.log_button.setCheckable(True)
        self.log_button.toggled.connect(self.plot.show_log)
        self.close_button = _button("✕")
        self.close_button.clicked.connect(lambda *_: self.close_requested.emit())
        self.heading = QHBoxLayout()
        self.heading.setSpacing(2)
        self.heading.addWidget(self.heading_line, stretch=1)
        self.heading.addWidget(self.log_button)
        self.heading.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.heading)
        column.addWidget(self.plot)
        self.show_name(self._words)
        self.fit()

    def show_name(self, name: ScalarName) -> None:
        """What the scalar is called in the run that is shown, which may have brought it along."""
        self._words = name
        self.heading_line.show_title(name.title)
        for button, does in ((self.log_button, "Log scale for"), (self.close_button, "Close")):
            button.setToolTip(plain_tooltip(f"{does} {name.title}"))
            button.setAccessibleName(f"{does} {name.title}")

    def fit(self, extra_px: int = 0) -> None:
        """Be wide enough for the heading, and for so many px of buttons that are not its own."""
        self.setMinimumWidth(self.least_px() + extra_px)
        self.setMaximumWidth(self.minimumWidth() if self.is_small else QWIDGETSIZE_MAX)
        self._place_heading()

    def least_px(self) -> int:
        """Width at which title and figure can be read."""
        buttons = self.log_button.sizeHint().width() + self.close_button.sizeHint().width() + 3 * _SPACE_PX
        return max(LEAST_PX, _NARROW_MARGIN_PX + self.heading_line.wanted_px() + buttons)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._place_heading()

    def _place_heading(self) -> None:
        """The title stands above the plot itself, where there is room for all that the heading tells."""
        line = self.heading_line
        wanted = self.minimumWidth() + WIDTH_PX + line.whole_px() - line.wanted_px()
        margin = WIDTH_PX + _SPACE_PX if self.width() >= wanted else _NARROW_MARGIN_PX
        self.heading.setContentsMargins(margin, 0, _SPACE_PX, 0)

    def show_curve(
        self,
        curve: Curve | None,
        last_step: int,
        epochs: np.ndarray,
        *,
        two: TwoCurves | None = None,
        of_b: Curve | None = None,
        names: tuple[str, str] | None = None,
        noise: Band | None = None,
    ) -> None:
        """Draw the scalar of a run; None where it was not recorded.

        Args:
            curve: of the run whose steps are shown.
            last_step: of it.
            epochs: at which they ended.
            two: the same beside that of another run, or beside what it was at a step; None: nothing is compared.
            of_b: that of another run, on these steps; None: there is none.
            names: what the two are called.
            noise: where one more repeat of the run would lie.
        """
        self.curve, self.two = curve, two
        known = [each for each in (curve, of_b) if each is not None]
        has_any = any(len(each.values) or len(each.dots) for each in known)
        self.plot.show_message("" if has_any else _why_nothing(self.name, is_recorded=bool(known)))
        above = np.zeros(0, bool) if curve is None else spikes(curve.values)
        lines = [*_lines(curve, above), *_lines(of_b, None if of_b is None else spikes(of_b.values))]
        not_finite = None if curve is None else curve.not_finite
        self.plot.show_lines(
            lines,
            last_step,
            epochs,
            not_finite,
            without_gradient=None if curve is None else curve.without_gradient,
            estimate=curve,
            noise=noise,
            least=0.0 if self.name.endswith("loss") else None,
            whole=(0.0, 1.0) if self.name == "accuracy" and _are_shares(known) else None,
        )
        about = [] if names is None else [_legend(names, two, has_lines=of_b is not None)]
        about += ["band: where one more repeat of A lies"] if noise is not None else []
        about += [] if curve is None else [_about(self._words, curve, above)]
        self.heading_line.show_about(" · ".join(each for each in about if each))
        self._of_b = of_b
        self._dot_name = _dot_name(self._words, curve, of_b)
        self.log_button.setEnabled(any(bool((each.values > 0).any()) for each in known))

    @property
    def columns(self) -> list[Measured]:
        """What a table has of it: of two runs both, and B less A."""
        if self.two is not None:
            return self.two.columns
        return [] if self.curve is None else [self.curve]

    def show_step(self, step: int, *, is_following: bool = False) -> None:
        """Move the playhead, and tell the figure there; of a run that is followed that of its newest step."""
        self.plot.show_step(step)
        curve = self.curve
        self._show_dot(step, is_following=is_following)
        if self.two is not None:
            self.heading_line.show_figure(self.two.figures_at(step).text)
        elif curve is None or not len(curve.steps):
            self.heading_line.show_figure("")
        elif is_following:
            newest = int(curve.steps[-1])
            self.heading_line.show_figure(f"{curve.text_at(newest)} at step {newest:,}")
        else:
            self.heading_line.show_figure(curve.text_at(step))

    def _show_dot(self, step: int, *, is_following: bool) -> None:
        at = self.plot.last_step if is_following else step
        a, b = (None if each is None else each.dot_at(at) for each in (self.curve, self._of_b))
        told = "" if a is None else figure(a)
        if self._of_b is not None:
            told = "" if a is None and b is None else figures_of_two(a, b, None)
        self.heading_line.show_dot(self._dot_name, told if self._dot_name else "")
        self._place_heading()

    def show_nothing(self) -> None:
        """Nothing is open yet."""
        self.plot.clear_lines()
        self.plot.show_message("open a collection to see its curves")
        self.log_button.setEnabled(False)


def _button(text: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button


def _styles(colour: str, *, is_second: bool = False) -> list[LineStyle]:
    """Of each of many values, of their mean, and of results of epochs."""
    dots = "second" if is_second else "text"
    return [
        LineStyle(colour, width=1, strength=0.45, is_second=is_second),
        LineStyle(colour, is_second=is_second),
        LineStyle(dots, is_dots=True, is_second=is_second),
    ]


def _lines(curve: Curve | None, above: np.ndarray | None) -> list[Line]:
    """Of many values each faintly, and their mean; a spike stands behind what the mean makes of it."""
    if curve is None:
        return [NO_LINE, NO_LINE, NO_LINE]
    each, dots = Line(curve.steps, curve.values), Line(curve.dot_steps, curve.dots)
    mean = smoothed(curve.values, above)
    return [NO_LINE, each, dots] if mean is None else [each, Line(curve.steps, mean), dots]


def _are_shares(curves: list[Curve]) -> bool:
    """Whether no value is outside of 0 to 1, as those of an accuracy in percent are."""
    return not any((part < 0).any() or (part > 1).any() for each in curves for part in (each.values, each.dots))


def _why_nothing(name: str, *, is_recorded: bool) -> str:
    """What stands in an empty plot."""
    return "no value yet" if is_recorded else f"not recorded in this run\n{how_to_record(name)}"


def _legend(names: tuple[str, str], two: TwoCurves | None, *, has_lines: bool) -> str:
    """Which of the two is which."""
    if two is not None and two.is_same:
        return f"{SAME} in {names[0]} and {names[1]}"
    one, other = ("A —", "B ╌") if has_lines else ("A", "B")
    lacks = two is not None and has_lines and two.own is None
    return f"{one} {names[0]}{' (not recorded)' if lacks else ''}, {other} {names[1]}"


def _dot_name(name: ScalarName, *curves: Curve | None) -> str:
    """Of what the dots are; empty where there are none, and where the curve itself is what they are."""
    is_any = any(each is not None and len(each.dots) > 0 for each in curves)
    return "test set" if is_any and not name.text.startswith(("test_", "train_")) else ""


def _about(name: ScalarName, curve: Curve, above: np.ndarray) -> str:
    parts = [unit] if (unit := name.words.unit) else []
    parts += ["estimate"] if curve.is_estimate else []
    n_bad, n_missing = len(curve.not_finite), len(curve.without_gradient)
    parts += [f"{NOT_FINITE_MARK} {n_bad:,} NaN or Inf"] if n_bad else []
    parts += [f"{NO_GRADIENT_MARK} {n_missing:,} without a gradient"] if n_missing else []
    if mean := smoothing_text(curve.values, above):
        parts.append(f"bold: {mean}, faint: each")
    if above.any():
        highest = np.where(above, curve.values, -np.inf).argmax()
        parts.append(f"▲ {figure(float(curve.values[highest]))} at step {curve.steps[highest]:,}")
    return " · ".join(parts)
