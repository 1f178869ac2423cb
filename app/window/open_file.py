"""Which file to open: one that is chosen in a dialog, a recent one, or those that are dropped."""

from functools import partial
from pathlib import Path

from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QFileDialog, QMenu, QWidget

from app.session import Session
from app.widgets.menu_entries import add_action
from app.widgets.plain_text import plain_action_text
from app.window.settings import Settings
from collector.storage.paths import folder_here

FIRST_FOLDER = "data/collections"
"""Where the dialog begins while nothing is open."""


def ask_for_file(window: QWidget, session: Session) -> None:
    """Open what is chosen in a dialog, which begins where the collection lies that is open."""
    opened = session.opened
    folder = FIRST_FOLDER if opened is None else str(folder_here(opened.collection.path))
    name, _ = QFileDialog.getOpenFileName(window, "Open a collection", folder, "Collections (*.json);;All files (*)")
    if name:
        session.open(name)


class RecentMenu(QMenu):
    """The files that were opened last."""

    def __init__(self, session: Session, settings: Settings, parent: QWidget) -> None:
        super().__init__("Open &recent", parent)
        self._session, self._settings = session, settings
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        for path in self._settings.recent_files():
            add_action(self, plain_action_text(str(path)), None, partial(self._session.open, path))
        if self.isEmpty():
            add_action(self, "nothing yet", None, lambda: None).setEnabled(False)


def dropped_files(event: QDropEvent) -> list[Path]:
    """The local files that are dragged; none where anything else is among them."""
    data = event.mimeData()
    urls = data.urls() if data else []
    return [Path(url.toLocalFile()) for url in urls] if all(url.isLocalFile() for url in urls) else []
