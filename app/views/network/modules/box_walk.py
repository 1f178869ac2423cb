"""Walks over the boxes of modules by keys: what is focused is told in figures, opened, closed and chosen."""

from PyQt6.QtCore import QPoint, QTimer
from PyQt6.QtWidgets import QToolTip

from app.views.network.modules.analysis.module_text import box_facts, open_text
from app.views.network.modules.modules_view import ACCESSIBLE_NAME, PER_NOTCH, ModulesView
from app.widgets.plain_text import on_a_line
from app.widgets.walk import Walk

_AWAY = 12


class BoxWalk(Walk):
    """The walk in a view of modules; with Control as without."""

    zooms = goes_far = True

    def __init__(self, view: ModulesView) -> None:
        super().__init__(view)
        self._view = view
        view.drawing_changed.connect(self._refresh)

    def _refresh(self) -> None:
        layout = self._view.module_layout
        if not self.is_on or layout is None:
            return
        focused = self._view.focused
        if focused is None or (focused not in layout.boxes and focused not in layout.frames):
            self.begin()
        else:
            self._tell(is_shown=QToolTip.isVisible())

    def begin(self) -> None:
        layout = self._view.module_layout
        if layout is not None:
            self._focus(self._view.marked() or next(iter(layout.boxes), None))
            QTimer.singleShot(0, self._tell)  # what comes with the focus takes a tooltip away

    def go(self, down: int, across: int, *, is_far: bool) -> None:
        layout, focused = self._view.module_layout, self._view.focused
        found = None if layout is None or focused is None else layout.beside(focused, across, down)
        if found is not None:
            self._focus(found)

    def choose(self) -> None:
        if self._view.focused is not None:
            self._view.choose(self._view.focused)

    def zoom(self, *, is_closer: bool) -> None:
        self._view.zoom_by(PER_NOTCH if is_closer else 1 / PER_NOTCH)

    def end(self) -> None:
        self._view.focus_on(None)
        self._view.setAccessibleName(ACCESSIBLE_NAME)
        self._view.setAccessibleDescription("")
        QToolTip.hideText()

    def _focus(self, name: str | None) -> None:
        self._view.focus_on(name)
        self._tell()

    def _tell(self, *, is_shown: bool = True) -> None:
        """Beside the box for who sees it, and in words for who does not."""
        layout, name = self._view.module_layout, self._view.focused
        if layout is None or name is None:
            return
        facts = box_facts(layout.folded, name, self._view.numbers)
        self._view.setAccessibleName(on_a_line(f"{ACCESSIBLE_NAME}: {name}{open_text(layout.folded, name)}"))
        self._view.setAccessibleDescription(on_a_line(", ".join(f"{what} {value}" for what, value in facts)))
        if is_shown and name in layout.boxes:
            corner = self._view.rect_of_box(name).bottomRight().toPoint()
            self._view.show_tooltip(name, self._view.mapToGlobal(corner + QPoint(_AWAY, _AWAY)))
        elif is_shown:
            QToolTip.hideText()
