"""The menu of what is compared: with which run or pass, which side is shown, and where both differ."""

from functools import partial
from pathlib import Path

import msgspec
from PyQt6.QtGui import QAction, QActionGroup
from PyQt6.QtWidgets import QFileDialog, QMenu, QWidget

from app.replay.comparing import Comparing, Side
from app.session import Session
from app.widgets.menu_entries import add_action
from collector.comparing.saved import Filters, SavedComparison, is_saved_comparison, save
from collector.storage import CollectionError
from collector.storage.header import is_collection
from collector.storage.paths import folder_here

SIDE_KEYS = {Side.A: "F5", Side.B: "F6", Side.DIFFERENCE: "F7"}
COMPARE_KEY, HOLD_KEY, NEXT_KEY, BEFORE_KEY = "Ctrl+D", "Shift+C", "F9", "Shift+F9"

_SIDE_TEXTS = {Side.A: "Show &A", Side.B: "Show &B", Side.DIFFERENCE: "Show the &difference"}
_MODES = {Side.A: "a", Side.B: "b", Side.DIFFERENCE: "difference"}


class CompareMenu(QMenu):
    """Entries that need two runs, or anything to be compared, can be chosen only then."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("&Compare", parent)
        self._session, self._window = session, parent
        self._with = [
            add_action(self, "Compare &with…", COMPARE_KEY, self._ask_with_what),
            add_action(self, "Compare with &this pass", HOLD_KEY, session.hold_pass),
        ]
        self.addSeparator()
        self._sides = {side: self._side_entry(side, text) for side, text in _SIDE_TEXTS.items()}
        self.addSeparator()
        self._of_two_runs = [
            add_action(self, "&Next difference", NEXT_KEY, partial(session.find_difference, 1)),
            add_action(self, "Difference befo&re", BEFORE_KEY, partial(session.find_difference, -1)),
        ]
        self.addSeparator()
        self._of_two_runs += [
            add_action(self, "Swap A and B", None, session.swap_sides),
            add_action(self, "&Save comparison…", None, self._save),
            add_action(self, "Differences as &CSV…", None, self._write),
        ]
        self.addSeparator()
        self._stop = add_action(self, "Stop c&omparing", None, session.stop_comparing)
        session.comparing_changed.connect(self.show_comparing)
        session.collection_opened.connect(lambda _: self.show_comparing(session.comparing))
        self.show_comparing(None)

    def _side_entry(self, side: Side, text: str) -> QAction:
        action = add_action(self, text, SIDE_KEYS[side], partial(self._session.show_side, side))
        action.setCheckable(True)
        group = self.findChild(QActionGroup) or QActionGroup(self)
        group.addAction(action)
        return action

    def show_comparing(self, comparing: Comparing | None) -> None:
        """Offer what can be done, and mark the side that is shown."""
        for action in self._with:
            action.setEnabled(self._session.opened is not None)
        for action in (*self._sides.values(), self._stop):
            action.setEnabled(comparing is not None)
        for action in self._of_two_runs:
            action.setEnabled(comparing is not None and comparing.held is None)
        for side, action in self._sides.items():
            action.setChecked(comparing is not None and side is self._session.side)

    def _folder(self) -> Path:
        opened = self._session.opened
        assert opened is not None  # or nothing here could be chosen
        return folder_here(opened.collection.path)

    def _ask_with_what(self) -> None:
        kinds = "Collections and saved comparisons (*.json);;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self._window, "Compare with", str(self._folder()), kinds)
        comparing, opened = self._session.comparing, self._session.opened
        if not name:
            return
        assert opened is not None
        if is_saved_comparison(Path(name)):
            self._session.open(name)
            return
        a = opened.collection if comparing is None else comparing.a.collection
        self._session.compare(SavedComparison(a=str(a.path), b=name))

    def _save(self) -> None:
        comparing = self._session.comparing
        assert comparing is not None  # or it could not be chosen
        if (path := self._ask_where(comparing, "Save comparison", "json")) is None:
            return
        filters = Filters(metric=self._session.differences.metric, mode=_MODES[self._session.side])  # type: ignore[arg-type]
        try:
            save(msgspec.structs.replace(comparing.wish, filters=filters), path)
        except CollectionError as error:
            self._session.problem_occurred.emit(str(error))
        else:
            self._session.comparison_kept.emit(path)

    def _write(self) -> None:
        comparing = self._session.comparing
        assert comparing is not None  # or it could not be chosen
        if (path := self._ask_where(comparing, "Differences as CSV", "csv")) is not None:
            self._session.differences.write(path)

    def _ask_where(self, comparing: Comparing, title: str, ending: str) -> Path | None:
        """The file that the user chose, with its ending; None where that is a collection, which is said."""
        one, other = (each.replace("/", "_") for each in comparing.names)
        suggested = str(self._folder() / f"{one}_and_{other}.{ending}")
        name, _ = QFileDialog.getSaveFileName(self._window, title, suggested, f"{ending.upper()} (*.{ending})")
        if not name:
            return None
        path = Path(name) if Path(name).suffix else Path(f"{name}.{ending}")
        if is_collection(path):
            self._session.problem_occurred.emit(f"{str(path)!r} is a collection, and stays one. Choose another name.")
            return None
        return path


def side_of(wish: SavedComparison) -> Side:
    """What a saved comparison showed when it was saved."""
    return next((side for side, mode in _MODES.items() if mode == wish.filters.mode), Side.DIFFERENCE)
