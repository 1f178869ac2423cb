"""The view of the notes: a list that moves every other view to a note's step and layer."""

from PyQt6.QtWidgets import QWidget

from app.analysis.table import Table
from app.replay.opened import OpenedCollection
from app.session import Session
from app.views.notes.panel import NotesPanel
from app.views.panel_view import PanelView


class NotesPanelView(PanelView):
    """One panel."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        self.panel = NotesPanel()
        super().__init__(self.panel, parent)
        self.tables = {"Notes": lambda: Table(*self.panel.numbers(), nothing="The run has no notes.")}
        self.setFocusProxy(self.panel)
        self._session = session
        self.panel.place_requested.connect(self._go_to)

    def _go_to(self, step: int | None, layer: str | None) -> None:
        self._session.go_to(step=... if step is None else step, layer=... if layer is None else layer)

    def show_collection(self, opened: OpenedCollection) -> None:
        self.panel.show_collection(opened.collection)
