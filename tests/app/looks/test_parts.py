"""How every part of the window is set up, in one list: room, focus, pointer, text, rows, and when timers fire.

Where it is to be otherwise, `python -m tests.app.looks -k part` writes the list anew; read what differs.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from PyQt6.QtCore import QObject, Qt, QTimer
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QBoxLayout,
    QDockWidget,
    QFrame,
    QGridLayout,
    QGroupBox,
    QLabel,
    QLayout,
    QMenu,
    QMenuBar,
    QScrollBar,
    QSizeGrip,
    QSplitter,
    QTabBar,
    QTableView,
    QWidget,
)  # fmt: skip

from app.views import VIEWS
from app.window.main_window import MainWindow
from tests.app.looks.kept_lists import compare_list, skip_where_another_qt_paints

ANY = (1 << 24) - 1
"""Qt's QWIDGETSIZE_MAX."""
QTS_OWN = (QDockWidget, QGroupBox, QFrame, QScrollBar, QMenu, QMenuBar, QSizeGrip)


def _place_of(part: QObject) -> str | None:
    """The classes of what holds it, as far as they are ours; None for what is pyqtgraph's or Qt's."""
    names: list[str] = []
    at = part.parent()
    while at is not None:
        if isinstance(at, QMenu | QTabBar | QAbstractItemView):
            return None
        if type(at).__module__.startswith("app."):
            names.append(type(at).__name__)
        at = at.parent()
    return " < ".join(names) or None


def _set_up(widget: QWidget) -> Iterator[str]:
    """What it is told by its code, and how it is then."""
    if widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
        yield f"focus {widget.focusPolicy().name}"
    if widget.hasMouseTracking():
        yield "follows the pointer"
    if widget.cursor().shape() != Qt.CursorShape.ArrowCursor:
        yield f"pointer {widget.cursor().shape().name}"
    policy = widget.sizePolicy()
    yield f"grows {policy.horizontalPolicy().name} × {policy.verticalPolicy().name}"
    if isinstance(widget, QLabel):
        aligned = widget.alignment().value
        yield f"text {widget.textFormat().name}, wraps {widget.wordWrap()}, aligned {aligned:#x}"
        yield f"text can be taken {widget.textInteractionFlags().value}, in {widget.font().pixelSize()} px"
    if isinstance(widget, QAbstractScrollArea):
        yield f"scrolls {widget.horizontalScrollBarPolicy().name}, {widget.verticalScrollBarPolicy().name}"
        yield f"frame {widget.frameShape().name}"
    if isinstance(widget, QAbstractItemView):
        yield f"selects {widget.selectionMode().name}, {widget.selectionBehavior().name}"
        yield f"edits {widget.editTriggers().value}, Tab within {widget.tabKeyNavigation()}"
        yield f"scrolls by {widget.horizontalScrollMode().name}, {widget.verticalScrollMode().name}"
        yield f"elides {widget.textElideMode().name}"
    if isinstance(widget, QTableView):
        yield f"grid {widget.showGrid()}, wraps {widget.wordWrap()}"
        for header in (widget.horizontalHeader(), widget.verticalHeader()):
            assert header is not None
            sizes = [header.defaultSectionSize(), header.minimumSectionSize()]
            yield f"header seen {not header.isHidden()}, sections of {sizes} px"
            yield f"last grows {header.stretchLastSection()}, lit {header.highlightSections()}"
    if isinstance(widget, QTabBar):
        yield f"tabs expand {widget.expanding()}, elide {widget.elideMode().name}, arrows {widget.usesScrollButtons()}"
    yield from _asked(widget)


def _asked(widget: QWidget) -> Iterator[str]:
    """What was set of its room."""
    least, most = widget.minimumSize(), widget.maximumSize()
    if not least.isNull():
        yield f"at least {least.width()} × {least.height()} px"
    if (most.width(), most.height()) != (ANY, ANY):
        yield f"at most {' × '.join('any' if px == ANY else str(px) for px in (most.width(), most.height()))} px"
    if isinstance(widget, QSplitter):
        stretches = [widget.widget(n).sizePolicy().horizontalStretch() for n in range(widget.count())]  # type: ignore[union-attr]
        stretches += [widget.widget(n).sizePolicy().verticalStretch() for n in range(widget.count())]  # type: ignore[union-attr]
        yield f"handle {widget.handleWidth()} px, stretches {stretches}"
        yield f"parts of {widget.sizes()} px"
        yield f"can be closed {[widget.isCollapsible(n) for n in range(widget.count())]}"
    if (layout := widget.layout()) is not None:
        yield from _around(layout)


def _around(layout: QLayout) -> Iterator[str]:
    margins = layout.contentsMargins()
    around = [margins.left(), margins.top(), margins.right(), margins.bottom()]
    yield f"{type(layout).__name__}: around {around} px, between {layout.spacing()} px"
    if isinstance(layout, QBoxLayout) and any(stretches := [layout.stretch(n) for n in range(layout.count())]):
        yield f"stretches {stretches}"
    if isinstance(layout, QGridLayout):
        yield f"between {layout.horizontalSpacing()}, {layout.verticalSpacing()} px"
        yield f"stretches {[layout.columnStretch(n) for n in range(layout.columnCount())]}"
    for number in range(layout.count()):
        item = layout.itemAt(number)
        if item is not None and (inner := item.layout()) is not None:
            yield from _around(inner)
        elif item is not None and (spacer := item.spacerItem()) is not None and not spacer.sizeHint().isNull():
            yield f"gap {spacer.sizeHint().width()} × {spacer.sizeHint().height()} px"


def _lines(window: MainWindow) -> list[str]:
    lines = []
    for widget in window.findChildren(QWidget):
        is_bare = type(widget) is QWidget and widget.layout() is None
        place = None if is_bare or type(widget) in QTS_OWN else _place_of(widget)
        if place is not None:
            lines.append(f"{type(widget).__name__} in {place}: {', '.join(_set_up(widget))}")
    for timer in window.findChildren(QTimer):
        if (place := _place_of(timer)) is not None:
            lines.append(f"timer of {place}: {timer.interval()} ms, {'once' if timer.isSingleShot() else 'again'}")
    counted = [(line, len(list(same))) for line, same in groupby(sorted(lines))]
    return [line if n == 1 else f"{line} ({n} times)" for line, n in counted]


def test_that_every_part_is_set_up_as_it_was_read(window: MainWindow, kept_runs: dict[str, Path]) -> None:
    skip_where_another_qt_paints()
    window.open(kept_runs["usual"])
    for spec in VIEWS:
        window.show_view(spec.name)
    compare_list(_lines(window), "parts.txt")
