"""The line above a plot of several curves: the colour, the name and the figure at the playhead of each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.palette import active
from app.widgets.elided_text import elided_apart
from app.widgets.plain_text import on_a_line, plain_tooltip, width_of

_DASH_PX, _NEAR_PX, _SPACE_PX = 12, 5, 12
_FIGURE, _WITHIN = "000.0", " ± "
_LEAST = 4
"""Letters, the ellipsis among them: fewer say nothing."""


@dataclass(frozen=True)
class LegendEntry:
    """A curve; ``colour`` is a field of `app.palette.Palette`, empty for a curve that has no line of its own."""

    label: str
    colour: str = ""
    figure: str = ""
    is_dashed: bool = False
    """Whether its line is."""

    is_note: bool = False
    """What there is to say of all curves, if there is room."""


def _fair_share(wanted: Sequence[int], room: int) -> int:
    """The most that each may have, so that those who want less leave the rest to the others; below 0 for no room."""
    n, taken = len(wanted), 0
    for number, each in enumerate(sorted(wanted)):
        if taken + each * (n - number) > room:
            return (room - taken) // (n - number)
        taken += each
    return max(wanted, default=0)


def _alone(figure: str) -> str:
    """A figure without how far it may be wrong."""
    return figure.partition(_WITHIN)[0]


def _usual(figure: str) -> str:
    """As wide as such figures are."""
    return _FIGURE + _WITHIN + _FIGURE if _WITHIN in figure else _FIGURE


class LegendLine(QWidget):
    """Takes the room it gets: where that is little, notes go first and how far a figure may be wrong, then the names
    are cut short, and figures go only where nothing would be left of the names."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[LegendEntry, ...] = ()
        self._named: tuple[QWidget, str] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def name(self, widget: QWidget, title: str) -> None:
        """Be the name of what it stands above, for those who do not see, behind a title of its own."""
        self._named = widget, title
        self._tell()

    def _told(self) -> list[str]:
        return [f"{each.label} {each.figure}".strip() for each in self.entries]

    def event(self, event: QEvent | None) -> bool:
        """Who has no tooltip of its own tells all of the names, which may be cut."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and not self.toolTip():
            QToolTip.showText(event.globalPos(), plain_tooltip("\n".join(self._told())), self)
            return True
        return super().event(event)

    def _tell(self) -> None:
        told = self._told()
        self.setAccessibleName(", ".join(told))
        if self._named is not None:
            widget, title = self._named
            widget.setAccessibleName(f"{title}: {', '.join(told)}" if told else title)

    def show_entries(self, entries: Sequence[LegendEntry]) -> None:
        """Show these."""
        entries = tuple(replace(each, label=on_a_line(each.label)) for each in entries)
        if entries != self.entries:
            self.entries = entries
            self._tell()
            self.updateGeometry()
            self.update()

    def wanted_px(self) -> int:
        """Width at which every name and a usual figure can be read; the same whatever the figures are."""
        entries = [
            replace(each, figure=" | ".join(map(_usual, each.figure.split(" | "))) if each.figure else "")
            for each in self.entries
            if not each.is_note
        ]
        return self._px(entries)

    def shown_entries(self) -> list[LegendEntry]:
        """What there is room for, though perhaps not for all of each name."""
        shown = [each for each in self.entries if not each.is_note]
        if self._px(shown) > self.width():
            shown = [replace(each, figure=" | ".join(map(_alone, each.figure.split(" | ")))) for each in shown]
        if not self._can_be_read(shown):  # figures of what, nobody could tell
            shown = [replace(each, figure="") for each in shown if each.label]
        for note in (each for each in self.entries if each.is_note):
            if self._px([*shown, note]) <= self.width():
                shown.append(note)
        return shown

    def shown_labels(self) -> list[str]:
        """What of the names of `shown_entries` there is room for: short ones leave theirs to the others."""
        return self._labels(self.shown_entries())

    def _labels(self, entries: Sequence[LegendEntry]) -> list[str]:
        room = self.width() - sum(map(self._fixed_px, entries)) - _SPACE_PX * (len(entries) - 1)
        wanted = [ceil(width_of(self.fontMetrics(), each.label)) + 1 for each in entries]
        most = _fair_share(wanted, room)
        return elided_apart(self.fontMetrics(), [each.label for each in entries], most)

    def _can_be_read(self, entries: Sequence[LegendEntry]) -> bool:
        """Whether something is left of each name."""
        labels = self._labels(entries)
        return all(len(short) >= min(len(each.label), _LEAST) for short, each in zip(labels, entries, strict=True))

    def _px(self, entries: Sequence[LegendEntry]) -> int:
        each = [self._fixed_px(entry) + ceil(width_of(self.fontMetrics(), entry.label)) + 1 for entry in entries]
        return sum(each) + _SPACE_PX * max(len(each) - 1, 0)

    def _fixed_px(self, entry: LegendEntry) -> int:
        """Width of its colour and its figure."""
        figure_px = self.fontMetrics().horizontalAdvance(entry.figure) + _NEAR_PX if entry.figure else 0
        return figure_px + (_DASH_PX + _NEAR_PX if entry.colour else 0)

    def sizeHint(self) -> QSize:
        return QSize(200, self.fontMetrics().height() + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        metrics, x, height = self.fontMetrics(), 0, self.height()
        for each, label in zip(self.shown_entries(), self.shown_labels(), strict=True):
            if each.colour:
                for start, long in ((0, 5), (7, 5)) if each.is_dashed else ((0, _DASH_PX),):
                    painter.fillRect(x + start, height // 2 - 1, long, 3, QColor(getattr(active(), each.colour)))
                x += _DASH_PX + _NEAR_PX
            given = ceil(width_of(metrics, label)) + 1
            painter.setPen(QColor(active().faint_text if each.is_note else active().text))
            painter.drawText(x, 0, given, height, Qt.AlignmentFlag.AlignVCenter, label)
            x += given
            if each.figure:
                x += _NEAR_PX
                painter.setPen(QColor(active().faint_text))
                wide = metrics.horizontalAdvance(each.figure)
                painter.drawText(x, 0, wide + 2, height, Qt.AlignmentFlag.AlignVCenter, each.figure)
                x += wide
            x += _SPACE_PX
