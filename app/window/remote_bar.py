"""One line on a collection that lies elsewhere: what is being read of it, and that it is out of reach."""

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from app.replay.opened import OpenedCollection
from app.widgets.plain_text import PlainLabel
from collector.storage.paths import RemotePath

LOOK_MS = 250
"""What takes less is not told of."""

_MEGA = 1e6


class RemoteBar(QWidget):
    """Seen as long as a collection is open that lies elsewhere: so much of it has come, or is awaited."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = PlainLabel()
        self.label.setWordWrap(True)
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 0, 10, 6)
        line.addWidget(self.label)
        self._opened: OpenedCollection | None = None
        self._lost = ""
        self._awaited: tuple[int, int] | None = None
        self._slow: tuple[int, int] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._show()

    def show_collection(self, opened: OpenedCollection) -> None:
        """This is open now, or has more in it."""
        self._opened = opened
        if opened.collection.is_remote:
            self._timer.start()
        else:
            self._timer.stop()
        self._show()

    def await_pass(self, opened: OpenedCollection, number: int) -> None:
        """A pass is being read."""
        if opened.collection.is_remote:
            self._opened, self._slow = opened, None
            self._awaited = number, opened.collection.n_bytes_come
            self._timer.start()

    def end_waiting(self) -> None:
        """The pass is there, or cannot be read."""
        self._awaited = self._slow = None
        self._show()

    def show_connection(self, problem: str) -> None:
        """Say why what is waited for is out of reach; empty: it is not."""
        self._lost = problem
        self._show()

    def _look(self) -> None:
        self._slow = self._awaited
        self._show()

    def _show(self) -> None:
        text = self._lost and f"{self._lost} What is shown stays; it is tried again by itself."
        self.label.setObjectName("problem" if text else "faint")
        self.label.style().polish(self.label)  # type: ignore[union-attr] # every widget has one
        self.label.setText(text or self._progress())
        self.setVisible(bool(self.label.text()))

    def _progress(self) -> str:
        opened = self._opened
        if opened is None or not isinstance(path := opened.collection.path, RemotePath):
            return ""
        collection = opened.collection
        if self._slow is not None:
            number, n_before = self._slow
            n_bytes = collection.passes.n_bytes(number)
            n_come = min(n_bytes, collection.n_bytes_come - n_before)
            return f"Reading pass {number} from {path.host}: {n_come / _MEGA:.1f} of {n_bytes / _MEGA:.1f} MB."
        if collection.unread:
            n_done = collection.n_bytes - collection.unread
            return (
                f"Looking through a run that has not ended, at {path.host}: {n_done / _MEGA:,.0f} of "
                f"{collection.n_bytes / _MEGA:,.0f} MB."
            )
        return (
            f"At {path.host}: {collection.n_bytes_come / _MEGA:,.1f} of {collection.n_bytes / _MEGA:,.1f} MB were read."
        )
