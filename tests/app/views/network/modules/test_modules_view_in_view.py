"""What of a network of modules is drawn: what is in view, and above it what is marked."""

from math import ceil, floor

import pytest
from PyQt6.QtCore import QPoint, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter
from pytestqt.qtbot import QtBot

from app.analysis.health import health_of
from app.palette import DARK
from app.views.network.modules.modules_view import ModulesView
from tests.app.looks.pieces.network_modules import CHAIN
from tests.app.made_up_findings import finding
from tests.app.painted import Painted, painted, painted_by
from tests.app.pointer import LEFT, move, press
from tests.app.views.network.modules.made_up_modules import ModuleRun, chain_of
from tests.app.views.network.modules.pointing import middle

MIDDLE = QPoint(300, 200)


def of(run: ModuleRun, qtbot: QtBot) -> ModulesView:
    made = ModulesView()
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show_layout(run.layout())
    made.show_numbers(run.numbers())
    return made


@pytest.fixture
def chain(qtbot: QtBot) -> ModulesView:
    return of(ModuleRun(CHAIN), qtbot)


def rings(found: Painted) -> list[tuple[QRectF, float]]:
    """What has a ring of the colour of what is pointed at, and how wide its line is."""
    return [(each.place, each.px) for each in found.lines(DARK.hovered)]


@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_that_a_box_is_drawn_as_long_as_something_of_it_is_in_view(qtbot: QtBot, side: str) -> None:
    view = of(ModuleRun(chain_of("fc")), qtbot)
    view.zoom_by(0.93)
    rect = view.rect_of_box("fc")
    before = {
        "left": (ceil(-rect.right()), -1),
        "top": (ceil(-rect.bottom()), -1),
        "right": (floor(700 - rect.left()), 1),
        "bottom": (floor(470 - rect.top()), 1),
    }
    least, outwards = before[side]
    press(view, MIDDLE)
    for further, n in ((0, 1), (outwards, 0)):
        by = least + further
        move(view, MIDDLE + (QPoint(by, 0) if side in ("left", "right") else QPoint(0, by)), LEFT)
        kept, *strips = painted(view).pictures
        assert kept.getRect() == (0, 0, 700, 500)
        assert len(strips) == n


@pytest.mark.parametrize(("zoom", "times"), [(2.0, 1.0), (1.0, 1.0), (0.5, 2.0), (0.3, 1 / 0.3), (0.2, 1 / 0.3)])
def test_that_rings_are_as_wide_on_the_screen_from_near_and_from_far(
    chain: ModulesView, zoom: float, times: float
) -> None:
    chain.zoom_by(zoom / chain.zoom)
    chain.highlight_layer("fc1")
    chain.mark_pinned("fc3")
    move(chain, middle(chain, "fc2"))
    found = rings(painted(chain))[-3:]
    assert [px for _, px in found] == pytest.approx([1.2 * times, 2.4 * times, 2.4 * times], rel=1e-3)
    for (place, _), name in zip(found, ("fc2", "fc1", "fc3"), strict=True):
        assert (place.center() - chain.rect_of_box(name).center()).manhattanLength() < 0.1
        assert place.width() == pytest.approx(chain.rect_of_box(name).width(), abs=0.1)


def test_that_edges_at_what_is_pointed_at_are_drawn_and_no_others(chain: ModulesView) -> None:
    move(chain, middle(chain, "fc2"))
    (edges, px), _ = rings(painted(chain))
    assert px == 2.0
    left, right = (chain.rect_of_box(name) for name in ("fc1", "fc3"))
    assert (edges.left(), edges.right()) == pytest.approx((left.right(), right.left()), abs=0.1)


def test_that_an_open_frame_that_is_pointed_at_has_no_ring(view: ModulesView) -> None:
    move(view, view.rect_of_box("blocks.0").center().toPoint())
    assert view.hovered == "blocks.0"
    assert [place for place, _ in rings(painted(view)) if place.width() > 0] == []


@pytest.mark.parametrize("zoom", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("name", ["blocks.0", "head"])
def test_that_what_is_focused_has_a_frame_just_outside(view: ModulesView, name: str, zoom: float) -> None:
    view.zoom_by(zoom / view.zoom)
    view.focus_on(name)
    view.show_health(health_of([finding("dead-units", "critical", ["embedding"], 0)]))
    rect = view.rect_of_box(name).adjusted(-4, -4, 4, 4)
    frame = painted(view).lines(DARK.text)[-1]
    assert frame.place.getRect() == pytest.approx(rect.getRect(), abs=0.1)
    view.focus_on(None)
    assert not [each for each in painted(view).lines(DARK.text) if each.place == frame.place]


def saved(view: ModulesView, rect: QRectF) -> Painted:
    """What is saved of it into a rectangle of a picture, whose own corner is elsewhere."""

    def paint(painter: QPainter) -> None:
        painter.translate(30, 50)
        view.paint_to(painter, rect)

    return painted_by(paint, QSize(1000, 800))


def test_that_a_saved_picture_stands_where_it_is_wished_whole_and_in_the_middle(view: ModulesView) -> None:
    view.zoom_by(3.0)
    found, layout = saved(view, QRectF(10, 20, 640, 430)), view.module_layout
    assert layout is not None
    zoom = min(640 / layout.width, 400 / layout.height)
    left, top = 40 + (640 - layout.width * zoom) / 2, 70 + (400 - layout.height * zoom) / 2
    box, head = layout.boxes["head"], found.word("head").place
    assert left + box.x * zoom < head.left() < head.right() < left + box.right * zoom
    assert top + box.y * zoom < head.top() < head.bottom() < top + box.bottom * zoom
    of_legend = [each.place for each in found.words if "gradient norm" in each.text]
    assert [place.center().y() for place in of_legend] == [pytest.approx(70 + 430 - 15, abs=2)]
    assert min(each.place.left() for each in found.words if each.place.top() > 470) < 40 + 60


def test_that_a_small_network_is_saved_no_larger_than_it_is_shown(qtbot: QtBot) -> None:
    view = of(ModuleRun(chain_of("fc")), qtbot)
    (strip,) = saved(view, QRectF(0, 0, 900, 700)).pictures
    assert strip.width() == pytest.approx(1.4 * (118 - 14), abs=0.1)


@pytest.mark.parametrize(("zoom", "are_seen"), [(0.225, True), (0.2249, False)])
def test_that_a_legend_tells_of_units_where_they_are_drawn(chain: ModulesView, zoom: float, are_seen: bool) -> None:
    layout = chain.module_layout
    assert layout is not None
    found = saved(chain, QRectF(0, 0, layout.width * zoom, 600))
    assert bool(found.pictures) is are_seen
    chain.zoom_by(zoom / chain.zoom)
    assert any("units" in text for text in painted(chain).texts) is are_seen


def test_that_nothing_is_saved_where_nothing_is_shown(qtbot: QtBot) -> None:
    empty = ModulesView()
    qtbot.addWidget(empty)
    assert saved(empty, QRectF(0, 0, 400, 300)) == Painted([], [], [])


def test_that_it_is_known_to_cover_all_of_itself_and_follows_the_pointer(chain: ModulesView) -> None:
    assert chain.testAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
    chain.resize(1, 1)
    assert (chain.width(), chain.height()) == (320, 200), "with less, words of its legend have no room"
    assert chain.accessibleName() == "Network as modules"
