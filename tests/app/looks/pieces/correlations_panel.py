"""The whole view of correlations, of runs that are made up."""

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from app.jobs import Jobs
from app.session import Session
from app.views.correlations.panel import AUGMENTATIONS
from app.views.correlations.view import CorrelationsPanelView
from tests.app.looks.pieces import Piece
from tests.app.views.correlations.similar_layers import write_run

LONG = tuple(f"encoder.block_{number}.attention.output" for number in range(4))


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp())


@cache
def run(name: str, **given: object) -> Path:
    """A file of a made-up run."""
    return write_run(_folder() / f"{name}.json", **given)  # type: ignore[arg-type]


def view(
    path: Callable[[], Path] | None, step: int | None = None, layer: str | None = None
) -> Callable[[], CorrelationsPanelView]:
    """A run at a step, or at the last; or nothing."""

    def make() -> CorrelationsPanelView:
        session = Session(Jobs(is_synchronous=True))
        view = CorrelationsPanelView(session)
        session.collection_opened.connect(view.show_collection)
        session.view_changed.connect(lambda each: view.show_view(each, each.step))
        view.destroyed.connect(session.close)
        if path is not None:
            session.open(path())
            session.show_last() if step is None else session.show_step(step)
            if layer is not None:
                session.select_layer(layer)
        return view

    return make


def usual() -> Path:
    return run("usual")


def long_names() -> Path:
    return run("long", names=LONG)


def late() -> Path:
    return run("late", first=2)


def _augmentations(view: CorrelationsPanelView) -> None:
    QTest.mouseClick(view.panel.page_choice.buttons[AUGMENTATIONS], Qt.MouseButton.LeftButton)


PIECES = {
    "layers": Piece(view(usual), (760, 460)),
    "layers_in_light": Piece(view(usual, step=12, layer="bn1"), (620, 420), theme="light"),
    "augmentations": Piece(view(usual), (760, 420), _augmentations),
    "augmentations_in_light": Piece(view(long_names), (560, 400), _augmentations, theme="light"),
    "too_early": Piece(view(late, step=0), (420, 200)),
    "nothing": Piece(view(None), (420, 160), theme="light"),
}
