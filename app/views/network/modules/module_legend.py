"""What the bars and colours in boxes of modules mean, on one line below them."""

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QLinearGradient, QPainter

from app.analysis import colours
from app.analysis.figures import short_figure
from app.palette import SMALL_PX, active
from app.views.network.modules.analysis.module_differences import ModuleDifference, Told
from app.views.network.modules.analysis.module_numbers import ModuleNumbers, Span
from app.views.network.modules.difference_drawing import colour_of
from app.views.network.modules.pass_drawing import activation_colour, gradient_colour
from app.views.network.scene_colours import diverging_table, scene_colours
from app.views.network.text import LEFT, shortened, text_width, write
from app.views.network.units.analysis.legend_parts import only_in_b
from collector.comparing.subtracted import OTHER_PROBE

_MARGIN, _SPACE, _BAR, _STRIP, _APART = 14.0, 16.0, 26.0, 40.0, 6.0
_ENDS = np.linspace(0, colours.LEVELS - 1, 5).astype(int)
_UNKNOWN = "order as the layers ran: this collection does not say what reads what"
_SHORT = {Told.ACTIVATION: "activation", Told.GRADIENT: "gradient"}
_ZOOM_IN, _ZOOM_IN_SHORT = "zoom in to see what is in the boxes", "zoom in for more"

_Part = tuple[QColor | QLinearGradient | None, str]
"""A bar's colour, or those of a scale from one end to the other, and what it means."""


def module_legend(numbers: ModuleNumbers | ModuleDifference | None, told: Told = Told.ACTIVATION) -> str:
    """The legend in words."""
    return " · ".join(text for _, text in _parts(numbers, told))


def draw_module_legend(
    painter: QPainter,
    room: QRectF,
    numbers: ModuleNumbers | ModuleDifference | None,
    told: Told,
    *,
    are_units_seen: bool = True,
    are_bars_seen: bool = True,
) -> None:
    """Draw it into a room, from the left, as much as there is room for, in fewer words where that is little.

    Args:
        are_units_seen: whether boxes are large enough that their units are drawn.
        are_bars_seen: whether they are large enough that anything is drawn in them.
    """
    painter.fillRect(room, QColor(active().background))
    x, end = room.x() + _MARGIN, room.right() - _MARGIN / 2
    seen = {"are_units_seen": are_units_seen, "are_bars_seen": are_bars_seen}
    parts = _parts(numbers, told, **seen)
    if x + sum(_beside(sign) + text_width(text, SMALL_PX) + 2 + _SPACE for sign, text in parts) - _SPACE > end:
        parts = _parts(numbers, told, **seen, is_short=True)
    for sign, whole in parts:
        beside = _beside(sign)
        width = beside - _APART
        text = shortened(whole, end - x - beside, SMALL_PX)
        if text != whole and whole != parts[0][1]:
            return  # half a number is another number
        if isinstance(sign, QLinearGradient):
            strip = QRectF(x, room.center().y() - 5, width, 10)
            painter.fillRect(strip, QColor(active().bar_ground))
            sign.setStart(strip.topLeft())
            sign.setFinalStop(strip.topRight())
            painter.fillRect(strip, sign)
            painter.setPen(QColor(active().line))
            painter.drawRect(strip)
        elif sign is not None:
            painter.fillRect(QRectF(x, room.center().y() - 2, width, 4), sign)
        long = text_width(text, SMALL_PX) + 2
        at = QRectF(x + beside, room.y(), long, room.height())
        write(painter, at, text, active().faint_text, SMALL_PX, align=LEFT)
        x += beside + long + _SPACE


def _beside(sign: QColor | QLinearGradient | None) -> float:
    """Room for a sign and what is between it and its words."""
    return 0.0 if sign is None else (_STRIP if isinstance(sign, QLinearGradient) else _BAR) + _APART


def _parts(
    numbers: ModuleNumbers | ModuleDifference | None,
    told: Told,
    *,
    are_units_seen: bool = True,
    are_bars_seen: bool = True,
    is_short: bool = False,
) -> list[_Part]:
    if numbers is None:
        return []
    if isinstance(numbers, ModuleDifference):
        seen = {"are_units_seen": are_units_seen, "are_bars_seen": are_bars_seen}
        return _difference_parts(numbers, told, **seen, is_short=is_short)
    if not are_bars_seen:
        return [(None, _ZOOM_IN)]
    parts: list[_Part] = [
        (activation_colour(), f"mean |activation| {_span(numbers.activations)}"),
        (gradient_colour(), f"gradient norm {_span(numbers.gradients)}"),
    ]
    if numbers.has_not_finite:
        parts.append(_not_finite())
    if are_units_seen:
        of_units = _strip([QColor(*rgba) for rgba in diverging_table()[_ENDS].tolist()])
        parts.append((of_units, "units ±" if is_short else "units, − to +"))
    parts.append((None, "log scales" if is_short else f"log scales of the run{_of_some(numbers)}"))
    if not numbers.graph.is_recorded:
        parts.insert(0, (None, _UNKNOWN))
    return parts


def _not_finite() -> _Part:
    return QColor(*scene_colours().not_finite), "NaN or Inf"


def _strip(colours: list[QColor]) -> QLinearGradient:
    """A scale through colours, evenly apart."""
    strip = QLinearGradient()
    for place, colour in enumerate(colours):
        strip.setColorAt(place / (len(colours) - 1), colour)
    return strip


def _difference_parts(
    numbers: ModuleDifference, told: Told, *, are_units_seen: bool, are_bars_seen: bool, is_short: bool
) -> list[_Part]:
    parts: list[_Part] = []
    if numbers.is_same:
        parts.append((None, "the same in A and B"))
    if not numbers.has_same_probe:
        parts.append((None, f"activations are not compared: {OTHER_PROBE}"))
    if numbers.pair.only_b:
        parts.append((None, only_in_b(numbers.pair.only_b)))
    scales = {what: numbers.scale_of(what) for what in Told}
    if scales[told]:  # else no box has a colour
        strip = _strip([colour_of((place - 2) / 2, 1.0) for place in range(5)])
        own = f"±{short_figure(100 * scales[told])} %" if told is Told.ADDED else f"±{short_figure(scales[told])}"
        parts.append((strip, f"box: {told.value} {own}{'' if is_short else ' (run)'}"))
    for what, colour in ((Told.ACTIVATION, activation_colour()), (Told.GRADIENT, gradient_colour())):
        if are_bars_seen and scales[what]:
            parts.append((colour, f"{_SHORT[what] if is_short else what.value} ±{short_figure(scales[what])}"))
    if numbers.has_not_finite:
        parts.append(_not_finite())
    if scales[Told.GRADIENT] or scales[Told.ACTIVATION]:
        parts.append((None, "log₂ B ÷ A"))
    if are_units_seen and numbers.has_same_probe and scales[Told.ACTIVATION]:
        parts.append((None, "squares: B − A" if is_short else "squares: units, B − A"))
    if not are_bars_seen:
        parts.append((None, _ZOOM_IN_SHORT if is_short else _ZOOM_IN))
    return parts


def _of_some(numbers: ModuleNumbers) -> str:
    n = len(numbers.layers)
    return f", by {numbers.n_measured:,} of its {n:,} layers" if numbers.n_measured < n else ""


def _span(span: Span) -> str:
    if not span.high:
        return "not recorded"
    return f"{'≤ ' * (span.low < span.shown_low)}{short_figure(span.shown_low)} … {short_figure(span.high)}"
