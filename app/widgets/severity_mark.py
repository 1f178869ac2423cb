"""The mark of a finding: its severity by colour and by shape, so that it is told apart without colours too."""

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.palette import active
from collector.findings.finding import Severity

MARK_PX = 11.0


def severity_colour(severity: Severity) -> QColor:
    """Of the active theme."""
    palette = active()
    return QColor({"critical": palette.wrong, "warning": palette.hovered, "note": palette.faint_text}[severity])


def paint_mark(
    painter: QPainter, at: QPointF, severity: Severity, px: float = MARK_PX, *, ground: QColor | None = None
) -> None:
    """Paint a mark around a point: critical a disc with a bar, a warning a triangle, a note a ring.

    Args:
        painter: its pen and brush are changed.
        at: the middle.
        severity: what it tells.
        px: its width.
        ground: what it stands on, where that is no plain background; it gets a rim of it.
    """
    colour, arm = severity_colour(severity), px / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rim = Qt.PenStyle.NoPen if ground is None else QPen(ground, 2)
    painter.setPen(rim)
    painter.setBrush(colour)
    if severity == "warning":
        corners = [(0, -arm), (arm, arm * 0.8), (-arm, arm * 0.8)]
        painter.drawPolygon(QPolygonF([at + QPointF(*corner) for corner in corners]))
    elif severity == "critical":
        painter.drawEllipse(at, arm, arm)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(active().background))
        painter.drawRect(QRectF(at.x() - arm * 0.55, at.y() - arm * 0.18, arm * 1.1, arm * 0.36))
    else:
        painter.setBrush(Qt.BrushStyle.NoBrush if ground is None else ground)
        painter.setPen(QPen(colour, max(px / 7, 1.2)))
        painter.drawEllipse(at, arm * 0.68, arm * 0.68)
