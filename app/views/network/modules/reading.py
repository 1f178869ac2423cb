"""Where the modules of the network stand, laid out in the background, and which of them the user wants open."""

from app.jobs import Lane, Progress
from app.reading import Reading
from app.replay.state import ReplayView
from app.session import Session
from app.views.network.frame import can_be_drawn, modules_of, readings_of
from app.views.network.modules.analysis.module_folding import all_frames, fold, is_drawn_as_modules, shown_open, toggled
from app.views.network.modules.analysis.module_layout import ModuleLayout, lay_out

READ_AT_ONCE = 300
"""What more boxes show of the whole run is not waited for."""


class LayoutReading(Reading):
    """Lays out the modules with those open that are wished, and reads what their boxes show of the whole run.

    `ready` gives the `ModuleLayout`; one of very many boxes `part_ready` has given before.
    """

    def read(self, view: ReplayView) -> None:
        """Lay them out for a view, if the network is drawn so."""
        opened = self.opened
        if opened is None or not is_drawn_as_modules(modules_of(opened), view.as_modules):
            return
        readings, wished = readings_of(opened), view.open_modules

        def work(_: object, progress: Progress) -> ModuleLayout:
            layout = lay_out(fold(readings.graph, shown_open(readings.graph, wished)))
            if len(layout.boxes) > READ_AT_ONCE:
                progress.hand_over(layout)
            readings.read(layout.boxes, progress.rest)
            return layout

        self.start(work, lane=Lane.FRAME)


def toggle_drawing(session: Session) -> None:
    """From units to modules and back."""
    if can_be_drawn(session.opened) and session.view:
        session.draw_as_modules(not is_drawn_as_modules(modules_of(session.opened), session.view.as_modules))


def toggle_module(session: Session, name: str) -> None:
    """Open a closed module, close an open one."""
    if can_be_drawn(session.opened) and session.view:
        graph = modules_of(session.opened)
        session.set_open_modules(toggled(graph, shown_open(graph, session.view.open_modules), name))


def open_all_modules(session: Session) -> None:
    """Show every call and every sum."""
    if can_be_drawn(session.opened):
        session.set_open_modules(all_frames(modules_of(session.opened)))


def close_all_modules(session: Session) -> None:
    """Show the outermost modules only."""
    session.set_open_modules(frozenset())
