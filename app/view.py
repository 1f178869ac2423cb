"""What a view is: how it is called, where it stands, how it is made, and what it is given to show.

A view of our own is a folder in `app.views` and a row in its table. One from elsewhere is a `ViewSpec` under the entry
point group ``strobe.views`` of an installed package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from app.analysis.table import Cell, Table
from app.replay.state import ReplayView

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QMenu, QWidget

    from app.replay.comparing import Comparing
    from app.replay.frame import Frame
    from app.replay.opened import OpenedCollection
    from app.session import Session
    from collector.findings import Report
    from collector.storage.passes import Pass

ENTRY_POINTS = "strobe.views"
"""The group under which other packages announce theirs."""


class Place(Enum):
    """Where a view stands in the window: as a tab, or in a dock at a side."""

    CENTRE = "centre"
    LEFT = "left"
    RIGHT = "right"
    BOTTOM = "bottom"


def _never(before: ReplayView | None, view: ReplayView) -> bool:
    return False


@dataclass(frozen=True)
class ViewSpec:
    """A row in the table of views.

    Attributes:
        name: stable, a word as in a file's name: settings, saved files and `frame.prepared` know the view by it.
        title: what the user reads.
        place: where it stands.
        make: builds it, and imports its widgets only then; called when the view is first seen.
        prepare: what it needs of a pass, computed on a job's thread while it is visible, see `frame.prepared`.
        subtract: what it needs of the frames of two runs, computed on a job's thread while it is visible and the
            difference of both is shown, see `frame.differences`.
        shows_difference: whether it shows how two runs differ, see `opened.comparing` and `frame.sides`; it is said of
            one that does not.
        derive: what it needs of a collection whatever the pass, computed on a job's thread when one is opened and again
            when it has grown, given what it was before; see `opened.derived`.
        shows_pass: whether it shows something of the pass: where that cannot be read, this is said in its place.
        make_menu: a menu of the view's own, which is there from the start, with its keys.
        comes_forward: whether a change of what is wished brings it to the front, given the view before and the new one.
    """

    name: str
    title: str
    place: Place
    make: Callable[[Session], View]
    prepare: Callable[[OpenedCollection, ReplayView, Pass], object] | None = None
    subtract: Callable[[Comparing, Frame, Frame], object] | None = None
    shows_difference: bool = False
    derive: Callable[[OpenedCollection, Any], object] | None = None
    shows_pass: bool = False
    make_menu: Callable[[Session, QWidget], QMenu] | None = None
    comes_forward: Callable[[ReplayView | None, ReplayView], bool] = _never


class View(Protocol):
    """A widget that shows something of a run; `app.views.panel_view.PanelView` is one to begin with.

    While it is seen it is told of each change; when it comes into sight, of all that changed meanwhile. An error in
    any of the ``show_…`` is logged, and a notice stands in the view's place until the next change.
    """

    @property
    def tables(self) -> Mapping[str, Callable[[], Table]]:
        """Title → the numbers that are seen, as they are then."""

    def about(self) -> Mapping[str, Cell]:
        """What is shown beside the run and its pass, as ``{"layer": "fc1", "unit": 8, "sample": 2}``."""

    def figure_parts(self) -> Sequence[QWidget]:
        """What a picture of the view consists of, from top to bottom; see `app.widgets.figure`."""

    @property
    def choice_changed(self) -> Any:
        """Signal, with a list of names: the user chose what shall be remembered."""

    @property
    def corner(self) -> QWidget | None:
        """Controls that stand beside the tabs while a tab is in front."""

    def show_collection(self, opened: OpenedCollection) -> None:
        """Another collection is open, or the same has grown, or is compared with another one or no more."""

    def show_view(self, view: ReplayView, step: int) -> None:
        """The playhead, the sample, the layer, the unit or a choice has changed."""

    def show_frame(self, frame: Frame) -> None:
        """A pass is read and ready."""

    def show_findings(self, report: Report) -> None:
        """The rules have been put to what is open, or other ones are muted, whose findings are left out.

        A view of another package may do without: there were none at first.
        """

    def fit(self) -> None:
        """Show everything there is, in its first size."""

    def step_sample(self, n_places: int) -> bool:
        """Ask for the sample so many places further on, if the view has the samples in an order; whether it has."""

    def restore_choice(self, names: list[str]) -> None:
        """What the user had chosen when the program was closed, see `choice_changed`."""
