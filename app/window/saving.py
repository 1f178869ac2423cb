"""Entries of the File menu that save pictures and numbers of what is seen."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QStandardPaths
from PyQt6.QtWidgets import QFileDialog, QMenu, QWidget

from app.session import Session
from app.widgets.menu_entries import add_action
from app.window.export import Cell, write_numbers
from app.window.pages import Page
from collector.storage.header import is_collection

Table = tuple[Sequence[str], Iterable[Sequence[Cell]]]


class Saving:
    """Asks for a place and writes there; what goes wrong is told in words.

    Args:
        parent: of the dialogs.
        say: shows a problem.
    """

    def __init__(self, parent: QWidget, session: Session, say: Callable[[str], None]) -> None:
        self._parent = parent
        self._session = session
        self._say = say
        self._folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))

    def fill(self, pictures: QMenu, tables: QMenu, pages: Iterable[Page]) -> None:
        """Entries for what is seen, anew."""
        pictures.clear()
        tables.clear()
        for page in pages:
            if page.view is not None:
                for name, panel in page.view.panels.items():
                    add_action(pictures, f"{name}…", None, partial(self.save_panel, name, panel))
                numbers = {name: panel.numbers for name, panel in page.view.panels.items() if hasattr(panel, "numbers")}
                for name, table in (numbers | dict(page.view.tables)).items():
                    add_action(tables, f"{name}…", None, partial(self.save_numbers, name, table))

    def save_picture(self, page: Page) -> None:
        """The view of a page."""
        if page.view is not None:
            self.save_panel(page.spec.title, page)

    def save_panel(self, name: str, panel: QWidget) -> None:
        """A panel as it is seen."""
        path = self._ask_where(f"Save {name.lower()}", f"{_file_name(name)}.png", "PNG (*.png)")
        if path and not panel.grab().save(str(path), "PNG"):
            self._say(f"{str(path)!r} cannot be written. Choose another place.")

    def save_numbers(self, name: str, numbers: Callable[[], Table]) -> None:
        """A panel's table."""
        path = self._ask_where("Save numbers", f"{_file_name(name)}.csv", "CSV (*.csv);;JSON (*.json)")
        if path:
            try:
                write_numbers(path, *numbers())
            except OSError as error:
                self._say(f"{str(path)!r} cannot be written: {error.strerror}. Choose another place.")

    def _ask_where(self, title: str, name: str, kinds: str) -> Path | None:
        stem = self._session.opened.collection.path.stem if self._session.opened else "strobe"
        chosen, _ = QFileDialog.getSaveFileName(self._parent, title, str(self._folder / f"{stem}_{name}"), kinds)
        path = Path(chosen)
        if not chosen:
            return None
        if is_collection(path):
            self._say(f"{chosen!r} is a collection, and stays one. Choose another name.")
            return None
        self._folder = path.parent
        return path


def _file_name(name: str) -> str:
    return name.lower().replace(": ", "_").replace(" ", "_")
