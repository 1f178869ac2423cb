"""What a user does in a view is what the session wishes then: each signal of each view, by a click or a key.

A row names what is done and what of the session's view is other than before; a view that is added adds its rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from PyQt6.QtCore import QPointF, Qt

from app.analysis.graph.graph_options import EdgeMode
from app.views.gradients.raster_axes import ABOVE_PX
from app.views.network.frame import modules_of
from app.views.network.modules.analysis.module_folding import all_frames
from app.views.network.panel import MODULES, UNITS
from tests.app.plots import place_in
from tests.app.wiring.user import LEFT, NO_KEY, User, as_modules, augmentations

Do = Callable[[User], object]
Expected = Mapping[str, object]
PINNED = ("fc1", 8)
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Rows:
    """What the tests are given, row by row."""

    def __init__(self) -> None:
        self.rows: list = []

    def add(self, name: str, do: Do, given: Do | None = None, **expected: object) -> None:
        """A wish: what is done, what was done before, and fields of the view then; a function is asked before."""
        self.rows.append(pytest.param(do, given, expected, id=name))


wishes = Rows()
of_modules = Rows()


def check(user: User, do: Do, given: Do | None, expected: Expected) -> None:
    """All of it is as expected afterwards, and something was not before."""
    if given is not None:
        given(user)
    user.settle()
    expected = {name: value(user) if callable(value) else value for name, value in expected.items()}
    now = lambda: {name: getattr(user.state, name) for name in expected}  # noqa: E731
    assert now() != expected
    do(user)
    user.wait(lambda: now() == expected)


def pin(user: User) -> None:
    user.session.pin_unit(PINNED)


def play(user: User) -> None:
    user.session.set_delay_ms(2000)
    user.session.set_playing(True)


def select(layer: str) -> Do:
    return lambda user: user.session.select_layer(layer)


def press(view: str, button: str) -> Do:
    """Press a button of a view."""
    return lambda user: user.click(getattr(user.view(view), button))


def key(which: Qt.Key, modifiers: Qt.KeyboardModifier = NO_KEY) -> Do:
    return lambda user: user.press(which, modifiers)


def entry(menu: str, words: str) -> Do:
    return lambda user: user.trigger(user.menu(menu), words)


# --- the transport, and the menu that says the same

for name, wanted in {"first": 0, "back": 1, "forward": 3, "last": 4, "stop": 0}.items():
    wishes.add(f"transport: {name}", press("transport", f"{name}_button"), pass_number=wanted)
wishes.add("transport: first plays on", press("transport", "first_button"), play, pass_number=0, is_playing=True)
wishes.add("transport: stop ends playing", press("transport", "stop_button"), play, pass_number=0, is_playing=False)
wishes.add("transport: play", press("transport", "play_button"), is_playing=True)
wishes.add("transport: pause", press("transport", "play_button"), play, is_playing=False)
wishes.add("transport: loop", press("transport", "loop_button"), is_looping=False)
wishes.add("transport: slider", lambda user: user.view("transport").slider.setValue(3), pass_number=3)
wishes.add("transport: delay", lambda user: user.view("transport").delay_slider.setValue(7), delay_ms=700)

for words, wanted in {"Pass before": 1, "Next pass": 3, "First pass": 0, "Last pass": 4, "Stop": 0}.items():
    wishes.add(f"Go: {words}", entry("Go", words), pass_number=wanted)
wishes.add("Go: 10 passes back", entry("Go", "10 passes back"), pass_number=0)
wishes.add("Go: 10 passes on", entry("Go", "10 passes on"), pass_number=4)
wishes.add("Go: Play or pause", entry("Go", "Play or pause"), is_playing=True)
wishes.add("Go: Sample before", entry("Go", "Sample before"), sample=0)
wishes.add("Go: Next sample", entry("Go", "Next sample"), sample=2)
for which, wanted in {"Left": 1, "Right": 3, "Home": 0, "End": 4}.items():
    wishes.add(f"key {which}", key(Qt.Key[f"Key_{which}"]), pass_number=wanted)
wishes.add("key Shift+Left", key(Qt.Key.Key_Left, SHIFT), pass_number=0)
wishes.add("key Shift+Right", key(Qt.Key.Key_Right, SHIFT), pass_number=4)
wishes.add("key Space", key(Qt.Key.Key_Space), is_playing=True)
wishes.add("key Page up", key(Qt.Key.Key_PageUp), sample=0)
wishes.add("key Page down", key(Qt.Key.Key_PageDown), sample=2)
wishes.add("training bar: follow", lambda user: user.view("training_bar").follow_button.click(), is_following=True)


# --- the docks


def click_layer(name: str) -> Do:
    def do(user: User) -> None:
        layers = user.view("layers")
        index = layers.model.index(layers.model.number_of(name), 0)
        user.click(layers.table.viewport(), layers.table.visualRect(index).center())

    return do


def drag_playhead(user: User) -> None:
    plot = user.view("timeline").plots[0]
    start, end = place_in(plot, 6), place_in(plot, 9)
    user.qtbot.mousePress(plot.viewport(), LEFT, pos=start)
    for part in (0.3, 0.6, 1.0):
        user.qtbot.mouseMove(plot.viewport(), start + (end - start) * part)
    user.qtbot.mouseRelease(plot.viewport(), LEFT, pos=end)


def plot_of(view: str, find: Callable) -> Do:
    """Click at step 9 into a plot of a view."""
    return lambda user: user.point_at_step(find(user.view(view)), 9)


def click_thumbnail(user: User) -> None:
    strip = user.view("sample").strip
    user.click(strip.viewport(), strip.rect_of(3).center())


wishes.add("timeline: click", plot_of("timeline", lambda timeline: timeline.plots[1]), pass_number=3)
wishes.add("timeline: drag", drag_playhead, pass_number=3)
wishes.add(
    "timeline: a step between two passes",
    lambda user: user.point_at_step(user.view("timeline").plots[0], 7),
    pass_number=2,
    step=7,
)
wishes.add("layers: click", click_layer("fc1"), layer="fc1")
wishes.add("sample: before", press("sample", "before_button"), sample=0)
wishes.add("sample: after", press("sample", "after_button"), sample=2)
wishes.add("sample: strip", click_thumbnail, sample=3)
wishes.add("unit: unpin", press("unit", "unpin_button"), pin, unit=None)
for number, name in enumerate(("activation", "bias", "gradient norm")):
    wishes.add(f"unit: {name}", plot_of("unit", lambda unit, n=number: unit.plots.plots[n]), pin, pass_number=3)


# --- the network


def click_unit(position: int) -> Do:
    """Click a unit of fc1."""

    def do(user: User) -> None:
        network = user.view("network")
        centre = network.scene().graph_layout.columns[2].centres[position]
        user.click(network.viewport(), network.mapFromScene(QPointF(*centre)))

    return do


def click_heading(user: User) -> None:
    network = user.view("network")
    heading = network.scene().graph_layout.columns[2].heading
    user.click(network.viewport(), network.mapFromScene(QPointF(heading.x + heading.width / 2, heading.y + 5)))


def click_box(name: str) -> Do:
    return lambda user: user.click(user.view("modules"), user.view("modules").rect_of_box(name).center())


def press_drawing(name: str) -> Do:
    return lambda user: user.click(user.view("controls").drawings.buttons[name])


def of_gradients(user: User) -> object:
    return replace(user.state.options, edges=EdgeMode.GRADIENT)


wishes.add("network: click a unit", click_unit(6), unit=PINNED)
wishes.add("network: click it again", click_unit(6), pin, unit=None)
wishes.add("network: click another", click_unit(0), pin, unit=("fc1", 0))
wishes.add("network: click a heading", click_heading, layer="fc1")
wishes.add("modules: click a layer", click_box("fc1"), as_modules, layer="fc1")
wishes.add("controls: modules", press_drawing(MODULES), as_modules=True)
wishes.add("controls: units", press_drawing(UNITS), as_modules, as_modules=False)
wishes.add("key M", key(Qt.Key.Key_M), as_modules=True)
wishes.add("key G", key(Qt.Key.Key_G), options=of_gradients)


def everything(user: User) -> frozenset[str]:
    return all_frames(modules_of(user.opened))


of_modules.add("modules: open one", click_box("body.3"), open_modules=frozenset({"body", "body.3"}))
of_modules.add("modules: close one", click_box("body"), open_modules=frozenset())
of_modules.add("controls: open all", press("controls", "open_button"), open_modules=everything)
of_modules.add("controls: close all", press("controls", "close_button"), open_modules=frozenset())
of_modules.add("key E", key(Qt.Key.Key_E), open_modules=everything)
of_modules.add("key Shift+E", key(Qt.Key.Key_E, SHIFT), open_modules=frozenset())


# --- correlations


def click_cell(user: User) -> None:
    layers = user.view("correlations").layers
    user.click(layers, layers.cell_rect(1, 2).center())


def click_matrix(user: User) -> None:
    strip = user.view("correlations").evolution.strip
    user.click(strip, strip.thumbnail_rect(2).center())


def click_bar(user: User) -> None:
    bars = user.view("correlations").augmentations.bars
    user.click(bars, bars.row_rect(2).center())


wishes.add("correlations: a cell", click_cell, layer="fc1")
wishes.add("correlations: pairs", plot_of("correlations", lambda panel: panel.evolution.pairs), pass_number=3)
wishes.add("correlations: ranks", plot_of("correlations", lambda panel: panel.evolution.ranks), pass_number=3)
wishes.add("correlations: a small matrix", click_matrix, pass_number=4)
wishes.add("augmentations: a bar", click_bar, augmentations, layer="fc2")
wishes.add(
    "augmentations: a layer",
    lambda user: user.choose(user.view("correlations").augmentations.layer_box, "fc1"),
    augmentations,
    layer="fc1",
)


# --- gradients


def in_raster(row: float | None = None) -> Do:
    """Click into the middle of fc1's columns, or at the axis beside a row."""

    def do(user: User) -> None:
        raster = user.view("raster").raster
        places = raster.places()
        at = (
            QPointF(places.plot.left() / 2, places.y(row))
            if row is not None
            else QPointF(places.x(3000), ABOVE_PX + 20)
        )
        user.click(raster, at)

    return do


wishes.add("raster: a column", in_raster(), layer="fc1")
wishes.add("raster: the axis of steps", in_raster(3.5), lambda user: user.view("raster"), pass_number=3)
wishes.add("dynamics: a layer", lambda user: user.choose(user.view("dynamics").choices.layer_box, "fc1"), layer="fc1")
for number in range(6):
    do = plot_of("dynamics", lambda panel, number=number: panel.cards[number].plot)
    wishes.add(f"dynamics: plot {number}", do, lambda user: user.view("dynamics"), pass_number=3)


# --- features


def click_tile(grid: str) -> Do:
    def do(user: User) -> None:
        tiles = getattr(user.view("features"), grid).grid
        user.click(tiles, tiles.rect_of(4).center())

    return do


def click_strip(user: User) -> None:
    strips = user.view("features").strips
    user.click(strips, strips.cell_of(0, 6).center())


def click_strip_name(user: User) -> None:
    strips = user.view("features").strips
    user.click(strips, QPointF(10, strips.rect_of(1).center().y()))


def sample_of(way: str) -> Callable[[User], int]:
    return lambda user: user.view("features").sample.order_of(way)[0]


def elsewhere(user: User, way: str) -> None:
    """At another sample than the button leads to."""
    user.session.choose_sample((sample_of(way)(user) + 1) % 5)


wishes.add("features: a layer", lambda user: user.choose(user.view("features").stage_box, "fc2"), layer="fc2")
for grid in ("filters", "before", "after"):
    wishes.add(f"features: a tile {grid}", click_tile(grid), unit=("conv1", 4))
wishes.add("features: a cell of a strip", click_strip, select("fc1"), unit=PINNED)
wishes.add("features: the name of a strip", click_strip_name, select("fc1"), layer="fc2")
wishes.add("features: dead units", plot_of("features", lambda panel: panel.dead_units.plot), pass_number=3)
for way in ("Most confident", "Least confident", "Wrong"):
    do = lambda user, way=way: user.click(user.view("features").sample.buttons[way])  # noqa: E731
    wishes.add(f"features: {way}", do, lambda user, way=way: elsewhere(user, way), sample=sample_of(way))


# --- projection


def laid_out(user: User) -> None:
    panel = user.view("projection")
    user.wait(lambda: panel.own.cloud.isVisible() and len(panel.own.cloud.positions) == 30)


def click_point(user: User) -> None:
    cloud = user.view("projection").own.cloud
    user.click(cloud, cloud.pixel_of(3))


wishes.add("projection: a point", click_point, laid_out, sample=3)
wishes.add("projection: go", lambda user: user.view("projection").own.go_requested.emit(), laid_out, pass_number=0)


# --- optimizer


def in_heat(user: User) -> None:
    heat_map = user.view("optimizer").heat_map
    left, right = heat_map._x_of(9), heat_map.height() / 2
    user.click(heat_map, QPointF(left, right))


wishes.add("optimizer: the heat map", in_heat, lambda user: user.view("optimizer"), layer="fc1", pass_number=3)
for name in ("curves", "rates"):
    do = plot_of("optimizer", lambda panel, name=name: getattr(panel, name))
    wishes.add(f"optimizer: {name}", do, lambda user: user.view("optimizer"), pass_number=3)


def test_that_the_tables_are_of_every_kind_of_wish() -> None:
    fields = {name for row in wishes.rows + of_modules.rows for name in row.values[2]}
    assert fields >= {"pass_number", "sample", "layer", "unit", "as_modules", "open_modules", "options", "is_playing"}


@pytest.mark.parametrize(("do", "given", "expected"), wishes.rows)
def test_that_a_wish_of_a_view_is_the_sessions(user: User, do: Do, given: Do | None, expected: Expected) -> None:
    check(user, do, given, expected)


@pytest.mark.parametrize(("do", "given", "expected"), of_modules.rows)
def test_that_a_wish_of_a_network_of_modules_is_the_sessions(
    deep_user: User, do: Do, given: Do | None, expected: Expected
) -> None:
    check(deep_user, do, given, expected)
