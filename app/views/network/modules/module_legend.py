"""What the bars in boxes of modules mean, on one line below them."""

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QPainter

from app.palette import SMALL_PX, active
from app.views.network.modules.analysis.module_numbers import ModuleNumbers, Span
from app.views.network.modules.pass_drawing import activation_colour, gradient_colour
from app.views.network.text import LEFT, shortened, text_width, write

_MARGIN, _SPACE, _BAR = 14.0, 16.0, 26.0
_UNKNOWN = "order as the layers ran: this collection does not say what reads what"


def module_legend(numbers: ModuleNumbers | None) -> str:
    """The legend in words."""
    return " · ".join(text for _, text in _parts(numbers))


def draw_module_legend(painter: QPainter, room: QRectF, numbers: ModuleNumbers | None) -> None:
    """Draw it into a room, from the left, as much as there is room for."""
    painter.fillRect(room, QColor(active().background))
    x, end = room.x() + _MARGIN, room.right() - _MARGIN / 2
    for colour, text in _parts(numbers):
        sign = 0.0 if colour is None else _BAR + 6
        text = shortened(text, end - x - sign, SMALL_PX)
        if len(text) <= 4:
            return
        if colour is not None:
            painter.fillRect(QRectF(x, room.center().y() - 2, _BAR, 4), colour)
        width = text_width(text, SMALL_PX) + 2
        write(
            painter, QRectF(x + sign, room.y(), width, room.height()), text, active().faint_text, SMALL_PX, align=LEFT
        )
        x += sign + width + _SPACE


def _parts(numbers: ModuleNumbers | None) -> list[tuple[QColor | None, str]]:
    if numbers is None:
        return []
    parts: list[tuple[QColor | None, str]] = [
        (activation_colour(), f"mean |activation| {_span(numbers.activations)}"),
        (gradient_colour(), f"gradient norm {_span(numbers.gradients)}"),
        (None, f"log scales of the run{_of_some(numbers)}; squares: units, blue − red +"),
    ]
    if not numbers.graph.is_recorded:
        parts.insert(0, (None, _UNKNOWN))
    return parts


def _of_some(numbers: ModuleNumbers) -> str:
    n = len(numbers.layers)
    return f", by {numbers.n_measured:,} of its {n:,} layers" if numbers.n_measured < n else ""


def _span(span: Span) -> str:
    if not span.high:
        return "not recorded"
    return f"{'≤ ' * (span.low < span.shown_low)}{span.shown_low:.2g} … {span.high:.2g}"
