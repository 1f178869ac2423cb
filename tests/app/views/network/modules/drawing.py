"""A network of modules as it is drawn at a zoom, in the layout's own places."""

from collections.abc import Callable, Set

from PyQt6.QtCore import QSize
from PyQt6.QtGui import QPainter

from app.analysis.graph.rectangle import Rectangle
from app.views.network.modules.analysis.module_differences import Told
from app.views.network.modules.analysis.module_layout import ModuleLayout
from app.views.network.modules.analysis.module_numbers import SampleEndpoints
from app.views.network.modules.difference_drawing import draw_difference
from app.views.network.modules.module_drawing import draw_structure
from app.views.network.modules.pass_drawing import draw_pass
from tests.app.looks.pieces.network_modules import CHAIN
from tests.app.painted import Painted, painted_by
from tests.app.views.network.modules.made_up_modules import ModuleRun


def whole(made: ModuleLayout) -> Rectangle:
    return Rectangle(0, 0, made.width, made.height)


def size_of(made: ModuleLayout) -> QSize:
    return QSize(int(made.width) + 20, int(made.height) + 20)


def drawn(made: ModuleLayout, zoom: float = 1.0, marked: Set[str] = frozenset()) -> Painted:
    """All of it, in the layout's own places."""
    return painted_by(lambda painter: draw_structure(painter, made, whole(made), zoom, marked), size_of(made))


def painted(layout: ModuleLayout, paint: Callable[[QPainter], object]) -> Painted:
    return painted_by(paint, size_of(layout))


def of_pass(run: ModuleRun, zoom: float, endpoints: SampleEndpoints | None = None, **about: object) -> Painted:
    layout, numbers = run.layout(), run.numbers(endpoints)
    for name, value in about.items():
        setattr(numbers, name, value)
    return painted(layout, lambda painter: draw_pass(painter, layout, numbers, whole(layout), zoom))


def of_two(zoom: float, what: Told = Told.ACTIVATION, b: ModuleRun | None = None, **about: object) -> Painted:
    a = ModuleRun(CHAIN)
    layout, both = a.layout(), (b or ModuleRun(CHAIN, seed=1, scale=1.7)).less(a, **about)  # type: ignore[arg-type]
    return painted(layout, lambda painter: draw_difference(painter, layout, both, what, whole(layout), zoom))
