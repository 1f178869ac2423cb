"""What every control of the window says of itself, in one list that somebody has read.

Where it is to say something else, `python -m tests.app.looks -k control` writes the list anew; read what differs.
"""

from collections.abc import Iterator
from pathlib import Path

from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QMenu,
    QMenuBar,
    QScrollBar,
    QTabBar,
    QWidget,
)  # fmt: skip

from app.views import VIEWS
from app.window.main_window import MainWindow
from tests.app.looks.kept_lists import compare_list

CONTROLS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)


def _room_of(widget: QWidget) -> str | None:
    """The dock, or the classes of what holds it, as far as they are ours; None for what is pyqtgraph's or Qt's."""
    names, at = [], widget.parentWidget()
    while at is not None:
        if isinstance(at, QMenu | QTabBar):
            return None
        if isinstance(at, QDockWidget) or type(at).__module__.startswith("app."):
            names.append(at.windowTitle() if isinstance(at, QDockWidget) else type(at).__name__)
        at = at.parentWidget()
    return " < ".join(names[:-1])


def _told(control: QWidget) -> str:
    named: dict[str, object] = {"name": control.accessibleName(), "about": control.accessibleDescription()}
    named |= {"tip": control.toolTip(), "focus": control.focusPolicy().name, "style": control.objectName()}
    named["hand"] = control.cursor().shape().name if control.cursor().shape().value else ""
    if isinstance(control, QAbstractButton):
        named |= {"text": control.text(), "checked": control.isChecked() if control.isCheckable() else ""}
        named["key"] = control.shortcut().toString()
    if isinstance(control, QComboBox):
        named["choices"] = [control.itemText(number) for number in range(control.count())]
    if isinstance(control, QAbstractSlider):
        named |= {"from": control.minimum(), "to": control.maximum(), "page": control.pageStep()}
    if isinstance(control, QLineEdit):
        named |= {"text": control.text(), "hint": control.placeholderText()}
    named["can be used"] = control.isEnabled()
    return ", ".join(
        f"{name} {value!r}" for name, value in named.items() if value not in ("", [], "qt_spinbox_lineedit")
    )


def _lines(window: MainWindow) -> list[str]:
    controls = {each for kind in CONTROLS for each in window.findChildren(kind) if not isinstance(each, QScrollBar)}
    lines = [f"{type(each).__name__} in {room}: {_told(each)}" for each in controls if (room := _room_of(each))]
    bar = window.menuBar()
    assert bar is not None
    return [*sorted(lines), *_entries(bar, "")]


def _entries(menu: QMenuBar | QMenu, place: str) -> Iterator[str]:
    """In the order in which they stand."""
    for action in menu.actions():
        if (below := action.menu()) is not None:
            yield from _entries(below, f"{place}{action.text()} › ")
        elif action.isVisible():
            keys = " ".join(each.toString() for each in action.shortcuts())
            state = f"on {action.isChecked()}, " if action.isCheckable() else ""
            yield f"{place}{action.text() or '—'}: key {keys!r}, {state}can be used {action.isEnabled()}"


def test_that_every_control_says_of_itself_what_was_read(window: MainWindow, kept_runs: dict[str, Path]) -> None:
    window.open(kept_runs["usual"])
    for spec in VIEWS:
        window.show_view(spec.name)
    compare_list(_lines(window), "controls.txt")
