"""The menu from which a curve is chosen."""

from collections.abc import Iterable, Iterator, Mapping

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QLineEdit, QMenu, QWidget, QWidgetAction

from app.analysis.metric_text import capitalized
from app.analysis.scalar_names import Described, ScalarName, grouped, matching, parse
from app.widgets.plain_text import plain_action_text, plain_tooltip

MANY = 12
"""With more names than this the menu can be searched."""

MOST_FOUND = 20


class CurveMenu(QMenu):
    """Names by what they measure, then by layer; the best known first, the rest behind “More”.

    Typed words narrow them down.

    Signals:
        name_chosen(str): the user chose a scalar by its name in the file.
    """

    name_chosen = pyqtSignal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._described: Described = {}
        self._chosen: frozenset[str] = frozenset()
        self._found: list[QAction] = []
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_search_changed)
        self.search.returnPressed.connect(self._on_return_pressed)
        self._search_action = QWidgetAction(self)
        self._search_action.setDefaultWidget(self.search)
        self.aboutToShow.connect(self._fill)

    @property
    def found(self) -> list[QAction]:
        """What was found by the typed words."""
        return self._found

    def show_names(self, names: Iterable[str], chosen: Iterable[str], described: Described | None = None) -> None:
        """Offer these names when the menu opens; those that are chosen already have a tick."""
        self._names, self._chosen, self._described = tuple(names), frozenset(chosen), described or {}

    def _parsed(self) -> Iterator[ScalarName]:
        return (parse(name, self._described) for name in self._names)

    def _fill(self) -> None:
        self._found = []
        self.removeAction(self._search_action)  # or it would be deleted with the rest
        for action in self.actions():
            submenu = action.menu()
            self.removeAction(action)
            action.deleteLater()
            if submenu:
                submenu.deleteLater()
        if len(self._names) > MANY:
            self.search.clear()
            self.addAction(self._search_action)
            self.search.setFocus()
        if not self._names:
            nothing = QAction("nothing recorded yet", self)
            nothing.setEnabled(False)
            self.addAction(nothing)
        groups = grouped(self._parsed())
        first = {measure: members for measure, members in groups.items() if members[0].is_first}
        more = {measure: members for measure, members in groups.items() if measure not in first}
        self._add_groups(self, first)
        if first and more:
            submenu = QMenu("More", self)
            self._add_groups(submenu, more)
            self.addMenu(submenu)
        else:
            self._add_groups(self, more)

    def _add_groups(self, menu: QMenu, groups: Mapping[str, list[ScalarName]]) -> None:
        for measure, members in groups.items():
            tip = members[0].words.tip
            if len(members) == 1:
                self._add(menu, members[0], members[0].title).setToolTip(plain_tooltip(tip))
                continue
            submenu = QMenu(plain_action_text(capitalized(measure)), menu)
            for name in members:
                self._add(submenu, name, name.place or measure)
            menu.addMenu(submenu)

    def _add(self, menu: QMenu, name: ScalarName, text: str) -> QAction:
        action = QAction(plain_action_text(text), menu)
        action.setCheckable(True)
        action.setChecked(name.text in self._chosen)
        action.setData(name.text)
        action.triggered.connect(lambda _, text=name.text: self.name_chosen.emit(text))
        menu.addAction(action)
        return action

    def _on_search_changed(self, text: str) -> None:
        for action in self._found:
            self.removeAction(action)
            action.deleteLater()
        self._found = []
        for action in self.actions():
            if action is not self._search_action:
                action.setVisible(not text.strip())
        if text.strip():
            names = matching(self._parsed(), text)
            self._found = [self._add(self, name, name.title) for name in names[:MOST_FOUND]]
            if len(names) > MOST_FOUND or not names:
                rest = f"and {len(names) - MOST_FOUND} more" if names else "nothing of this name was recorded"
                self._found.append(QAction(rest, self))
                self._found[-1].setEnabled(False)
                self.addAction(self._found[-1])

    def _on_return_pressed(self) -> None:
        if self._found and self._found[0].isEnabled():
            name = self._found[0].data()
            self.close()
            self.name_chosen.emit(name)
