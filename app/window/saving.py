"""Entries of the File menu that save pictures and numbers of what is seen."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from PyQt6.QtCore import QStandardPaths
from PyQt6.QtWidgets import QFileDialog, QMenu, QWidget

from app.session import Session
from app.views.network.panel import NetworkPage
from app.views.network.units.analysis.graph_numbers import numbers_of
from app.window.export import Cell, write_numbers
from app.window.menus import add_action
from collector.storage.header import is_collection

Table = tuple[Sequence[str], Iterable[Sequence[Cell]]]


class Panel(Protocol):
    """What can be saved as a picture, and as a table."""

    def numbers(self) -> Table: ...


class Saving:
    """Asks for a place and writes there; what goes wrong is told in words.

    Args:
        parent: of the dialogs.
        say: shows a problem.
    """

    def __init__(self, parent: QWidget, session: Session, network: NetworkPage, say: Callable[[str], None]) -> None:
        self._parent = parent
        self._session = session
        self._network = network
        self._say = say
        self._folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))

    def fill(
        self, pictures: QMenu, tables: QMenu, panels: Mapping[str, QWidget], others: Mapping[str, Callable[[], Table]]
    ) -> None:
        """Entries for all panels, anew; ``others`` are tables that are no panel's picture."""
        pictures.clear()
        tables.clear()
        numbers = {name: panel.numbers for name, panel in panels.items()}  # type: ignore[attr-defined]
        for name, panel in panels.items():
            add_action(pictures, f"{name}…", None, partial(self.save_panel, name, panel))
        for name, table in (numbers | dict(others)).items():
            add_action(tables, f"{name}…", None, partial(self.save_numbers, name, table))
        for part in ("units", "edges"):
            add_action(tables, f"Network: {part}…", None, partial(self._save_graph_numbers, part))

    def save_network(self) -> None:
        """The network as a picture or as vectors."""
        path = self._ask_where("Save the network", "network.png", "PNG (*.png);;SVG (*.svg)")
        if path:
            try:
                self._network.save_picture(path)
            except OSError as error:
                self._say(str(error))

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

    def _save_graph_numbers(self, part: str) -> None:
        if self._network.are_modules_seen:
            self._say("The network is drawn as modules. Draw it as units (M) to save their numbers and edges.")
            return
        view = self._network.units.graph_view
        if view is None:
            self._say("There is no network to save. Open a collection first.")
            return
        table = getattr(numbers_of(view), part)
        self.save_numbers(part, lambda: (table.headings, table.rows))

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
