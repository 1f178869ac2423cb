"""Small pictures of collections, painted by a process of its own and kept on the disk.

A process, because to open a stranger's file and to paint a network takes a while, and the window waits for nothing.
"""

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QObject, QProcess, QProcessEnvironment, pyqtSignal
from PyQt6.QtGui import QImage

import app

_ROOT = Path(app.__file__).resolve().parent.parent
_VERSION = "2"
_PATIENCE_MS = 5000
TOLD = "Strobe"
"""Under which key a picture has what is told of its run."""


def picture_path(folder: Path, collection: Path, theme: str) -> Path:
    """Where the picture of a collection as it is now is kept in a folder.

    Raises:
        OSError: there is no such file.
    """
    path = collection.resolve()
    state = path.stat()
    is_of = json.dumps([_VERSION, str(path), state.st_size, state.st_mtime_ns, theme])
    return folder / f"{hashlib.sha256(is_of.encode()).hexdigest()[:32]}.png"


class Thumbnails(QObject):
    """What is on the disk at once, the rest one after the other.

    Args:
        folder: where pictures are kept.

    Signals:
        painted(Path, QImage): the picture of this collection; what it tells of its run stands in it under `TOLD`.
        ended: no more of them come.
    """

    painted = pyqtSignal(object, object)
    ended = pyqtSignal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._theme = ""
        self._rest = b""
        self._process: QProcess | None = None

    @property
    def is_painting(self) -> bool:
        """Whether pictures are still to come."""
        return self._process is not None

    def ask(self, collections: Sequence[Path], theme: str) -> None:
        """Show the pictures of these, in place of what was asked for before."""
        self.stop()
        self._theme = theme
        missing = [each for each in collections if not self._show(each)]
        if missing:
            self._start([str(each.resolve()) for each in missing])
        else:
            self.ended.emit()

    def stop(self) -> None:
        """Paint nothing more."""
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(_PATIENCE_MS)
            process.deleteLater()

    def _show(self, collection: Path) -> bool:
        try:
            picture = QImage(str(picture_path(self._folder, collection, self._theme)))
        except OSError:
            return True  # gone: there is nothing to paint
        if not picture.isNull():
            self.painted.emit(collection, picture)
        return not picture.isNull()

    def _start(self, collections: list[str]) -> None:
        self._rest = b""
        self._process = process = QProcess(self)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("QT_QPA_PLATFORM", "offscreen")
        process.setProcessEnvironment(environment)
        process.setWorkingDirectory(str(_ROOT))
        process.setProgram(sys.executable)
        process.setArguments(["-m", "app.window.thumbnail_painter", str(self._folder), self._theme, *collections])
        process.readyReadStandardOutput.connect(self._on_output)
        process.finished.connect(self._on_finished)
        process.start()

    def _on_output(self) -> None:
        assert self._process is not None
        *lines, self._rest = (self._rest + bytes(self._process.readAllStandardOutput().data())).split(b"\n")
        for line in lines:
            self._show(Path(json.loads(line)))

    def _on_finished(self) -> None:
        """Without a picture of what it could not paint, or of any where it has died: a card can be read without."""
        self._on_output()
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        self.ended.emit()
