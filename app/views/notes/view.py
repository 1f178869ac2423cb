"""The view of the notes: a list that moves every other view to a note's step and layer."""

from PyQt6.QtWidgets import QWidget

from app.analysis.table import Table
from app.replay.opened import OpenedCollection
from app.session import Session
from app.views.notes.analysis.note_rows import NoteRow, note_rows, notes_of_both
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

    def _go_to(self, row: NoteRow) -> None:
        step, layer, comparing = row.step, row.layer, self._session.comparing
        if row.is_of_b and comparing is not None:
            step, layer = comparing.place_on_a(step, layer)
        self._session.go_to(step=... if step is None else step, layer=... if layer is None else layer)

    def show_collection(self, opened: OpenedCollection) -> None:
        both = opened.comparing
        if both is None or both.held is not None:  # two passes of one run, whose notes are the same
            self.panel.show_rows(note_rows(opened.collection))
        else:
            self.panel.show_rows(notes_of_both(both.a.collection, both.b.collection, both.names))
