"""Where the marks of findings are on the curves, and which of them is lit."""

from PyQt6.QtCore import QPoint

from app.views.timeline.panel import TimelinePanel
from app.widgets.severity_mark import severity_colour


def places(panel: TimelinePanel, card: int) -> list[QPoint]:
    """Where the marks of a curve are, in px of its plot."""
    plot, marks = panel.plots[card], panel.cards[card].onset_marks
    return [plot.mapFromScene(marks.place_of(each)) for each in marks.marks]


def is_lit(panel: TimelinePanel, card: int, number: int) -> bool:
    """Whether a mark is seen as the one that the user went to: its line is whole and strong."""
    picture = panel.plots[card].viewport().grab().toImage()
    at = places(panel, card)[number]
    worst = panel.cards[card].onset_marks.marks[number].findings[0]
    line = severity_colour(worst.severity).name()
    near = [(at.x() + beside, at.y() - above) for above in range(20, 32) for beside in (-1, 0, 1)]
    return [picture.pixelColor(x, y).name() for x, y in near].count(line) == 12
