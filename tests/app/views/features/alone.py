"""A view with a session of its own and without a window, for pictures of it alone."""

import atexit
from collections.abc import Callable
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from app.jobs import Jobs
from app.session import Session
from app.views import VIEWS
from app.views.panel_view import PanelView

Go = Callable[[Session], object]


def alone(name: str, write: Callable[[Path], Path], go: Go = lambda session: None) -> PanelView:
    """A view of a run.

    Args:
        name: of the view.
        write: writes the run to a path.
        go: leads the session to what is to be seen.
    """
    (spec,) = [each for each in VIEWS if each.name == name]
    session = Session(Jobs(is_synchronous=True), [spec])
    view = spec.make(session)
    assert isinstance(view, PanelView)
    session.setParent(view)
    for signal in (session.collection_opened, session.collection_grown):
        signal.connect(view.show_collection)
    session.view_changed.connect(lambda shown: view.show_view(shown, shown.step))
    session.frame_ready.connect(view.show_frame)
    session.set_visible(frozenset({name}))
    session.open(_written(write))
    go(session)
    return view


@cache
def _written(write: Callable[[Path], Path]) -> Path:
    folder = Path(mkdtemp())
    atexit.register(rmtree, folder, ignore_errors=True)
    return write(folder / "run.json")
