"""What is drawn once and kept: the screen, circles, text; and how slow drawing waits for everything else."""

import time
from collections.abc import Callable, Iterator
from unittest.mock import Mock

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QObject, QRect, QRectF, Qt, QTimer
from PyQt6.QtGui import QColor, QImage, QPainter, QPaintEvent, QTransform
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.analysis.colours import DIVERGING
from app.analysis.graph.graph_view import GraphView
from app.views.network.modules.modules_view import ModulesView
from app.views.network.scene_colours import diverging_table
from app.views.network.units import neuron_sprites
from app.views.network.units.deferred_drawing import DeferredDrawing
from app.views.network.units.headings_item import HeadingsItem
from app.views.network.units.network_view import NetworkView
from app.views.network.units.neuron_sprites import RIM, RIM_SHADE, NeuronSprites
from app.views.network.units.scales_item import ScalesItem
from app.views.network.units.whole_item import WholeItem
from app.views.network.viewport_cache import ViewportCache
from tests.app.looks.pieces.network import LEAST
from tests.app.on_screen import settle
from tests.app.views.network.driving import move, point_of

# the offscreen platform says so whenever a tooltip appears
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

Show = Callable[[GraphView | None], NetworkView]


def test_that_what_is_kept_of_a_screen_is_as_large_as_it_and_is_put_back_without_its_transform(qtbot: QtBot) -> None:
    widget, cache = QWidget(), ViewportCache()
    qtbot.addWidget(widget)
    widget.resize(30, 20)
    painter = cache.begin(widget, "#102030", QTransform.fromTranslate(5, 0))
    assert painter.hasClipping()
    assert painter.clipRegion().boundingRect().translated(5, 0) == QRect(0, 0, 30, 20)
    painter.fillRect(0, 0, 10, 10, QColor("#ff0000"))
    painter.end()
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("#00ff00"))
    onto = QPainter(image)
    onto.setWorldTransform(QTransform.fromScale(3, 3))
    cache.blit(onto)
    assert onto.worldTransform() == QTransform.fromScale(3, 3)
    onto.end()
    colour = lambda x, y: image.pixelColor(x, y).name()  # noqa: E731
    assert [colour(4, 0), colour(5, 0), colour(14, 9), colour(15, 0), colour(29, 19)] == [
        "#102030", "#ff0000", "#ff0000", "#102030", "#102030",
    ]  # fmt: skip
    assert colour(30, 0) == colour(0, 20) == "#00ff00"
    cache.begin(widget, "#203040", QTransform()).end()
    assert cache.pixmap.toImage().pixelColor(7, 2).name() == "#203040", "it begins anew"
    widget.resize(31, 20)
    cache.begin(widget, "#203040", QTransform()).end()
    assert (cache.pixmap.width(), cache.pixmap.height()) == (31, 20)


def test_that_circles_are_made_once_for_each_radius_and_forgotten_when_they_are_many(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[float] = []
    make = neuron_sprites._make
    monkeypatch.setattr(neuron_sprites, "_make", lambda radius, *given: (made.append(radius), make(0.5, *given))[1])
    sprites = NeuronSprites()
    for radius in (0.01, 0.5, 0.6, 0.75, 7.0, 7.1, 7.13):
        sprites.of_radius(radius)
    assert made == [0.5, 0.75, 7.0, 7.25]
    for number in range(41 - 4):
        sprites.of_radius(20 + number)
    n_made = len(made)
    sprites.of_radius(0.5)
    assert len(made) == n_made, "so many are kept"
    sprites.of_radius(99)
    sprites.of_radius(99)
    sprites.of_radius(0.5)
    assert made[n_made:] == [99, 0.5]


@pytest.mark.parametrize("radius", [0.5, 1.5, 4.0, 4.25, 9.0])
def test_that_a_circle_has_its_colour_a_darker_rim_and_a_halo_of_the_ground(qapp: QApplication, radius: float) -> None:
    ground, table = np.array([10.0, 20.0, 30.0], "f4"), diverging_table()
    pixmap, side = neuron_sprites._make(radius, ground, table)
    halo = min(1.5, radius / 3)
    assert side == 2 * int(np.ceil(radius + halo + 0.5))
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    assert (image.width(), image.height()) == (len(table) * side, side)
    block = np.frombuffer(image.constBits().asarray(image.sizeInBytes()), np.uint8).reshape(side, -1, 4).astype(int)
    for number in (0, 60, 128, 200, len(table) - 1):
        for row in range(side):
            for column in range(side):
                distance = float(np.hypot(row - (side - 1) / 2, column - (side - 1) / 2))
                inside = min(max(radius - distance + 0.5, 0), 1)
                around = min(max(radius + halo - distance + 0.5, 0), 1)
                rim = min(max(distance - (radius - RIM) + 0.5, 0), 1) * (RIM_SHADE if radius > 4 else 0)
                colour = table[number, :3] * inside * (1 - rim) + ground * max(around - inside, 0)
                blue, green, red, alpha = block[row, number * side + column]
                assert abs(alpha - 255 * max(inside, around)) <= 1
                assert np.abs(np.array([red, green, blue]) - colour).max() <= 1.5
    assert len(table) == len(DIVERGING)


def test_that_text_that_stays_the_same_is_not_drawn_again(
    show: Show, views: list[GraphView], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    for kind in (HeadingsItem, ScalesItem):

        def paint(self: object, *given: object, kind: type = kind, own: Callable = kind.paint) -> None:
            drawn.append(kind.__name__)
            own(self, *given)

        monkeypatch.setattr(kind, "paint", paint)
    network = show(views[0])
    settle()
    drawn.clear()
    for act in (lambda: move(network, point_of(network, 2, 5)), lambda: network.show_view(views[1])):
        act()
        settle()
        assert drawn == []
    network.highlight_layer("fc2")
    settle()
    assert drawn == ["HeadingsItem"]


class Regions(QObject):
    """What of a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.found: list[QRect] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QPaintEvent):
            self.found.append(event.region().boundingRect())
        return False


def test_that_whatever_changes_all_of_the_graph_is_painted_once(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    scene, viewport = network.scene(), network.viewport()
    settle()
    regions = Regions(viewport)
    for act in (
        lambda: network.highlight_layer("fc2"),
        lambda: scene.hover((2, 5)),
        lambda: scene.focus_on((2, 5)),
        lambda: scene.pin((2, 5)),
        lambda: scene.hover_edge((1, 3)),
        lambda: network.show_view(views[1]),
        lambda: scene.hover_edge(None),
    ):
        act()
        settle()
        assert regions.found == [viewport.rect()]
        regions.found.clear()
        act()
        settle()
        assert regions.found == [], "it is so already"


def test_that_a_drawing_that_covers_all_of_its_ground_has_none_painted_below_it(
    show: Show, views: list[GraphView], qtbot: QtBot
) -> None:
    modules = ModulesView()
    qtbot.addWidget(modules)
    network = show(views[0])
    for widget in (network.viewport(), modules):
        assert widget.testAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
    for widget in (network, modules):
        widget.resize(10, 10)
        assert (widget.width(), widget.height()) == LEAST, "no picture of it is looked at that is smaller"


def test_that_a_graph_is_laid_out_anew_only_for_another_size(show: Show, views: list[GraphView]) -> None:
    network = show(views[0])
    scene = network.scene()
    layout = scene.graph_layout
    network.show_view(views[1])
    network.fit()
    scene.show_graph(views[0].graph, layout.width, layout.height)
    assert scene.graph_layout is layout
    for width, height in ((layout.width + 1, layout.height), (layout.width, layout.height + 1)):
        scene.show_graph(views[0].graph, width, height)
        assert (scene.graph_layout.width, scene.graph_layout.height) == (width, height)
        assert (scene.sceneRect().width(), scene.sceneRect().height()) == (width, height)


def test_that_what_lies_over_the_graph_covers_all_of_it_and_nothing_else(show: Show, views: list[GraphView]) -> None:
    network = show(None)
    over = [each for each in network.scene().items() if isinstance(each, WholeItem)]
    assert len(over) == 8
    assert all(each.boundingRect().isNull() for each in over)
    network.show_view(views[0])
    network.scene().hover_edge((1, 3))
    for size in ((900, 600), (700, 500)):
        network.resize(*size)
        assert all(each.boundingRect() == network.scene().sceneRect() for each in over)
        assert network.scene().sceneRect().getRect() == (0, 0, size[0], size[1] - 30)


def turns_while(strokes: Callable[[], Iterator[None]], qtbot: QtBot) -> int:
    """How often the loop of events comes to something else while strokes are drawn."""
    turns: list[None] = []
    owner, other = QObject(), QTimer()
    other.timeout.connect(lambda: turns.append(None))
    still = DeferredDrawing(owner)

    def counted() -> Iterator[None]:
        other.start(0)
        yield from strokes()
        other.stop()

    still.ask(counted, lambda: None)
    qtbot.waitUntil(lambda: not still.is_under_way)
    return len(turns)


def test_that_slow_strokes_wait_for_everything_else_and_quick_ones_are_drawn_together(qtbot: QtBot) -> None:
    def slow() -> Iterator[None]:
        for _ in range(6):
            time.sleep(0.01)  # longer than a slice
            yield

    def quick() -> Iterator[None]:
        for _ in range(200):
            yield

    assert turns_while(slow, qtbot) >= 5
    assert turns_while(quick, qtbot) < 100


def test_that_what_is_begun_and_no_longer_wished_is_ended_properly(qtbot: QtBot) -> None:
    owner = QObject()
    still = DeferredDrawing(owner)
    told: list[str] = []

    def strokes() -> Iterator[None]:
        try:
            while True:
                time.sleep(0.01)
                told.append("stroke")
                yield
        finally:
            told.append("ended")

    still.ask(strokes, lambda: told.append("done"))
    qtbot.waitUntil(lambda: "stroke" in told)
    still.forget()
    assert told[-1] == "ended" and told.count("ended") == 1
    n_told = len(told)
    qtbot.wait(200)
    assert len(told) == n_told


def test_that_the_ground_is_painted_only_where_no_edges_have_it_with_them(show: Show, views: list[GraphView]) -> None:
    network, image = show(views[0]), QImage(9, 9, QImage.Format.Format_RGB32)
    empty = show(None)
    for scene, device, is_painted in (
        (network.network, network.viewport(), False),
        (network.network, image, True),
        (empty.network, empty.viewport(), True),
    ):
        painter = Mock()
        painter.device.return_value = device
        scene.drawBackground(painter, QRectF(0, 0, 9, 9))
        assert painter.fillRect.called is is_painted
    network.network.drawBackground(None, QRectF())
