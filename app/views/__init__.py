"""The table of views. Each is loaded when it is first seen, so that the window starts without them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from app.analysis.health import is_same
from app.view import ENTRY_POINTS, Place, View, ViewSpec

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QMenu, QWidget

    from app.replay.state import ReplayView
    from app.session import Session

log = logging.getLogger("strobe.app")


def _make(module: str, name: str) -> Callable[[Session], View]:
    """What loads a module of this package and makes the view of this name in it."""

    def make(session: Session) -> View:
        return getattr(import_module(f"{__name__}.{module}"), name)(session)

    return make


def _of(module: str, name: str) -> Callable[..., object]:
    """What loads a module of this package and calls the function of this name in it."""

    def call(*arguments: object) -> object:
        return getattr(import_module(f"{__name__}.{module}"), name)(*arguments)

    return call


def _network_menu(session: Session, parent: QWidget) -> QMenu:
    from app.views.network.menu import NetworkMenu

    return NetworkMenu(session, parent)


def _is_pinned(before: ReplayView | None, view: ReplayView) -> bool:
    return view.unit is not None and (before is None or before.unit != view.unit)


def _is_found(before: ReplayView | None, view: ReplayView) -> bool:
    """Whether another finding was gone to; that of a run that has grown is the same one."""
    known = None if before is None else before.finding
    return view.finding is not None and (known is None or not is_same(known, view.finding))


VIEWS = (
    ViewSpec(
        "network",
        "Network",
        Place.CENTRE,
        _make("network.view", "NetworkPanelView"),
        prepare=_of("network.frame", "prepare"),
        subtract=_of("network.frame", "subtract"),
        shows_difference=True,
        derive=_of("network.frame", "derive"),
        shows_pass=True,
        make_menu=_network_menu,
    ),
    ViewSpec(
        "correlations",
        "Correlations",
        Place.CENTRE,
        _make("correlations.view", "CorrelationsPanelView"),
        shows_difference=True,
    ),
    ViewSpec(
        "gradients", "Gradients", Place.CENTRE, _make("gradients.view", "GradientsPanelView"), shows_difference=True
    ),
    ViewSpec(
        "features",
        "Features",
        Place.CENTRE,
        _make("features.view", "FeaturesPanelView"),
        prepare=_of("features.frame", "prepare"),
        subtract=_of("features.frame", "subtract"),
        shows_difference=True,
        derive=_of("features.frame", "derive"),
        shows_pass=True,
    ),
    ViewSpec(
        "projection",
        "Projection",
        Place.CENTRE,
        _make("projection.view", "ProjectionPanelView"),
        shows_difference=True,
    ),
    ViewSpec("stories", "Stories", Place.CENTRE, _make("stories.view", "StoriesPanelView")),
    ViewSpec(
        "optimizer",
        "Optimizer",
        Place.CENTRE,
        _make("optimizer.view", "OptimizerPanelView"),
        prepare=_of("optimizer.frame", "prepare"),
        shows_difference=True,
        shows_pass=True,
    ),
    ViewSpec(
        "compare",
        "Compare",
        Place.CENTRE,
        _make("compare.view", "ComparePanelView"),
        subtract=_of("compare.frame", "subtract"),
        shows_difference=True,
    ),
    ViewSpec(
        "sample",
        "Sample",
        Place.LEFT,
        _make("sample.view", "SamplePanelView"),
        prepare=_of("sample.frame", "prepare"),
        subtract=_of("sample.samples_difference", "subtract"),
        shows_difference=True,
        shows_pass=True,
    ),
    ViewSpec("layers", "Layers", Place.RIGHT, _make("layers.view", "LayersPanelView"), shows_difference=True),
    ViewSpec(
        "unit",
        "Unit",
        Place.RIGHT,
        _make("unit.view", "UnitPanelView"),
        prepare=_of("unit.frame", "prepare"),
        subtract=_of("unit.frame", "subtract"),
        shows_difference=True,
        shows_pass=True,
        comes_forward=_is_pinned,
    ),
    ViewSpec(
        "findings",
        "Findings",
        Place.RIGHT,
        _make("findings.view", "FindingsPanelView"),
        shows_difference=True,
        comes_forward=_is_found,
    ),
    ViewSpec("notes", "Notes", Place.RIGHT, _make("notes.view", "NotesPanelView"), shows_difference=True),
    ViewSpec("timeline", "Timeline", Place.BOTTOM, _make("timeline.view", "TimelinePanelView"), shows_difference=True),
)
"""Tabs from left to right, docks of a side from top to bottom."""


def all_views() -> tuple[tuple[ViewSpec, ...], list[str]]:
    """Our views and those that other packages announce; and what is wrong with the rest of these, in words."""
    found, problems = list(VIEWS), []
    for entry in entry_points(group=ENTRY_POINTS):
        package = entry.dist.name if entry.dist else entry.value
        try:
            spec = entry.load()
            if not isinstance(spec, ViewSpec):
                raise TypeError(f"{entry.value} is a {type(spec).__name__}, not a ViewSpec")
            if any(each.name == spec.name for each in found):
                raise ValueError(f"there is a view of the name {spec.name!r} already")
        except Exception as error:  # whatever a package raises, the window starts
            log.exception("The view %r of %s cannot be loaded", entry.name, package)
            problems.append(f"The view “{entry.name}” of {package} cannot be loaded. {type(error).__name__}: {error}")
        else:
            found.append(spec)
    return tuple(found), problems
