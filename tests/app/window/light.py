"""Views for a window that is made at once, as each of them is a label."""

from typing import Any

from PyQt6.QtWidgets import QLabel

from app.replay.state import ReplayView
from app.session import Session
from app.view import Place, ViewSpec
from app.views.panel_view import PanelView


class Chosen(PanelView):
    """A view that writes down what it is given of what was chosen, and how often it is fitted."""

    def __init__(self, _: Session) -> None:
        super().__init__(QLabel("body"))
        self.said: list[Any] = []

    def restore_choice(self, names: list[str]) -> None:
        self.said.append(names)

    def fit(self) -> None:
        self.said.append("fit")


def at_step_6(before: ReplayView | None, view: ReplayView) -> bool:
    """Comes to the front with one step."""
    return view.step == 6 and (before is None or before.step != 6)


SPECS = (
    ViewSpec("network", "Network", Place.CENTRE, Chosen),
    ViewSpec("features", "Features", Place.CENTRE, Chosen),
    ViewSpec("sample", "Sample", Place.LEFT, Chosen),
    ViewSpec("layers", "Layers", Place.RIGHT, Chosen),
    ViewSpec("findings", "Findings", Place.RIGHT, Chosen),
    ViewSpec("stories", "Stories", Place.RIGHT, Chosen, comes_forward=at_step_6),
    ViewSpec("timeline", "Timeline", Place.BOTTOM, Chosen),
)
