"""What the session tells is what each view shows then: a pass, a layer, a sample, a unit, a frame, a problem.

A row names what is read off a view, and what that is to be after the session has moved; a view that is added adds its
rows. What is to be seen is taken from the collection, not from the view.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QEvent
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget

from app.analysis.figures import figure
from app.analysis.graph.graph_options import EdgeMode, NodeMode
from app.analysis.health import health_of
from app.analysis.probabilities import percent, softmax
from app.views.network.frame import prepare
from app.views.network.modules.module_tooltip import module_tooltip
from app.views.network.panel import MODULES
from tests.app.parts import part
from tests.app.pointer import move
from tests.app.views.network.driving import pixels_of
from tests.app.whole_run import PASS_STEPS
from tests.app.wiring.user import User, as_modules, augmentations, listed

# the offscreen platform says so whenever a tooltip appears
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

Do = Callable[[User], object]
PINNED = ("fc1", 8)
AT = 6
"""Place of the pinned unit among those that are kept."""


class Rows:
    """What the tests are given, row by row."""

    def __init__(self, move: Do | None = None) -> None:
        self.rows: list = []
        self._move = move

    def add(self, name: str, read: Do, expected: object, given: Sequence[Do] = (), move: Do | None = None) -> None:
        """What is read of a view, what that is after a move (a function is asked before it), and what was before."""
        self.rows.append(pytest.param(read, expected, given, move or self._move, id=name))


def check(user: User, read: Do, expected: object, given: Sequence[Do], move: Do) -> None:
    """It is so after the move, and was not before."""
    for each in given:
        each(user)
    read(user)  # which makes the view, where it is not there yet
    user.settle()
    expected = expected(user) if callable(expected) else expected
    before = read(user)
    move(user)
    user.wait(lambda: read(user) == expected)
    assert before != expected


def column(table: tuple[Sequence[str], Sequence[Sequence[Any]]], name: str) -> list[Any]:
    """What a table says under a heading."""
    headings, rows = table
    return [row[list(headings).index(name)] for row in rows]


def to_pass(number: int) -> Do:
    return lambda user: user.session.show_pass(number)


def to_layer(name: str | None) -> Do:
    return lambda user: user.session.select_layer(name)


def to_sample(number: int) -> Do:
    return lambda user: user.session.choose_sample(number)


def to_unit(unit: tuple[str, int] | None) -> Do:
    return lambda user: user.session.pin_unit(unit)


def laid_out(user: User) -> None:
    """The samples are there, as the last layer has them."""
    panel = user.view("projection")
    user.wait(lambda: panel.own.run is not None)
    user.choose(panel.own.source_box, "fc2")
    user.wait(lambda: len(panel.own.cloud.positions) == 30)


def taken(number: int, layer: str, what: str) -> Callable[[User], Any]:
    """An array of a layer in a pass."""
    return lambda user: getattr(user.collection.passes[number].layers[layer], what)


def activation(number: int, layer: str, sample: int = 1) -> Do:
    return lambda user: listed(taken(number, layer, "activation")(user)[sample])


def recorded(name: str, step: int) -> Callable[[User], float]:
    """A scalar of the collection at a step."""

    def value(user: User) -> float:
        steps, values = user.collection.series.recorded(name)
        return float(values[np.flatnonzero(steps == step)[0]])

    return value


def of(view: str, read: Callable[[Any], object]) -> Do:
    """What is read of a view."""
    return lambda user: read(user.view(view))


def playheads(view: str, plots: Callable[[Any], Sequence[Any]]) -> Do:
    return of(view, lambda it: [plot.playhead.value() for plot in plots(it)])


def right(user: User, number: int) -> str:
    predicted, labels = user.collection.passes[number].logits.argmax(1), user.collection.probe.labels
    return f"{int((predicted == np.asarray(labels)).sum())} of 5 right"


def predicted_words(user: User) -> str:
    return user.view("features").sample.words.text().rpartition("&nbsp;")[0].rpartition(" ")[2]


def predicted(user: User, number: int) -> str:
    """The figure of the likeliest class, as it is told without its sign."""
    return percent(float(softmax(user.collection.passes[number].logits[1]).max())).rpartition(" ")[0]


def told_of_box(user: User, name: str) -> str:
    """What the tooltip of a box says; the pointer comes from outside."""
    view = user.view("modules")
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    move(view, view.rect_of_box(name).center())
    return QToolTip.text()


def module_words(user: User, number: int, name: str) -> str:
    shown = prepare(user.opened, user.state, user.opened.passes.get(number))
    assert user.session.findings.report is not None
    health = health_of(user.session.findings.report.findings).get(name)
    return module_tooltip(user.view("modules").module_layout.folded, name, shown.modules, health)


def slowly(user: User) -> None:
    user.session.set_delay_ms(2000)
    user.session.set_playing(True)


# --- another pass: the fourth, at step 9, or the first

passes = Rows(to_pass(3))
passes.add("transport: slider", of("transport", lambda it: it.slider.value()), 3)
passes.add("transport: place", of("transport", lambda it: it.place_label.text()), "pass 4 of 5 · step 9 · epoch 1")
passes.add(
    "transport: epoch",
    of("transport", lambda it: it.place_label.text()),
    "pass 1 of 5 · step 0 · epoch 0",
    move=to_pass(0),
)
passes.add("timeline: playheads", playheads("timeline", lambda timeline: timeline.plots), [9, 9])
passes.add(
    "timeline: figure",
    of("timeline", lambda it: it.cards[0].heading_line.figure),
    lambda user: figure(recorded("loss", 9)(user)),
)
passes.add("layers: playhead", of("layers", lambda it: it.model.playhead), 9 / 12)
passes.add(
    "layers: norms",
    of("layers", lambda it: column(it.numbers(), "gradient_norm")[2]),
    recorded("gradient_norm/fc1", 9),
)
passes.add(
    "sample: probabilities",
    of("sample", lambda it: [row.probability for row in it.bars.rows]),
    lambda user: softmax(user.collection.passes[3].logits[1]).tolist(),
)
passes.add(
    "sample: how many are right",
    of("sample", lambda it: it.score_label.text()),
    lambda user: right(user, 4),
    move=to_pass(4),
)
passes.add("unit: playheads", playheads("unit", lambda unit: unit.plots.plots), [9] * 3, [to_unit(PINNED)])
passes.add(
    "unit: bias",
    of("unit", lambda it: it.plots.headings[1].figure),
    lambda user: figure(float(taken(3, "fc1", "bias")(user)[AT])),
    [to_unit(PINNED)],
)
passes.add(
    "unit: weights",
    of("unit", lambda it: it.weights.incoming and sorted(listed(it.weights.incoming.values.ravel()))),
    lambda user: sorted(listed(taken(3, "fc1", "weight")(user)[AT].ravel())),
    [to_unit(PINNED)],
)
passes.add(
    "network: activations",
    of("network", lambda it: listed(it.graph_view.columns[-1].values)),
    activation(3, "fc2"),
)
passes.add(
    "network: edges",
    of("network", lambda it: sorted(listed(it.graph_view.pairs[-1].values))),
    lambda user: sorted(listed(taken(3, "fc2", "weight")(user).ravel())),
)
passes.add(
    "modules: numbers", lambda user: told_of_box(user, "fc1"), lambda user: module_words(user, 3, "fc1"), [as_modules]
)
passes.add(
    "correlations: place", of("correlations", lambda it: it.place_label.title), "epoch 0, step 0", move=to_pass(0)
)
passes.add(
    "correlations: matrix",
    of("correlations", lambda it: listed(it.layers.picture.values)),
    lambda user: listed(user.collection.similarities[0].cka),
    move=to_pass(0),
)
passes.add("correlations: pair", of("correlations", lambda it: it.pair.reading.request.number), 0, move=to_pass(0))
passes.add("correlations: small matrix", of("correlations", lambda it: it.evolution.strip.current), 0, move=to_pass(0))
passes.add(
    "correlations: playheads",
    playheads("correlations", lambda panel: [panel.evolution.pairs, panel.evolution.ranks]),
    [9, 9],
)
passes.add(
    "augmentations: place",
    of("correlations", lambda it: it.place_label.title),
    "epoch 0, step 0",
    [augmentations],
    to_pass(0),
)
passes.add(
    "augmentations: bars",
    of("correlations", lambda it: [bar.mean for bar in it.augmentations.bars.bars]),
    lambda user: pytest.approx(user.collection.augmentation_records[0].stability[:, 1:].mean(1).tolist(), abs=1e-6),
    [augmentations],
    to_pass(0),
)
passes.add("raster: row", of("raster", lambda it: it.heading.figure), "row of step 9")
passes.add("dynamics: playheads", playheads("dynamics", lambda panel: [card.plot for card in panel.cards]), [9] * 6)
passes.add(
    "dynamics: figure",
    of("dynamics", lambda it: [each.figure for card in it.cards[5:] for each in card.legend.entries][:1]),
    lambda user: [f"{recorded('gradient_angle/total', 9)(user):.3g}°"],
)
passes.add("features: playhead", playheads("features", lambda panel: [panel.dead_units.plot]), [9])
passes.add(
    "features: filters",
    of("features", lambda it: listed(it.filters.grid.tiles.values.ravel())),
    lambda user: listed(taken(3, "conv1", "weight")(user).ravel()),
)
for grid, layer in (("before", "conv1"), ("after", "relu1")):
    passes.add(
        f"features: maps {grid}",
        lambda user, grid=grid: listed(getattr(user.view("features"), grid).grid.tiles.values.ravel()),
        lambda user, layer=layer: listed(taken(3, layer, "feature_maps")(user)[1].ravel()),
    )
passes.add(
    "features: strips",
    of("features", lambda it: listed(it.strips.strips[0].values)),
    activation(3, "relu2"),
    [to_layer("fc1")],
)
passes.add("features: predicted", predicted_words, lambda user: predicted(user, 4), move=to_pass(4))
passes.add("projection: record", of("projection", lambda it: it.number), 2, [laid_out], to_pass(4))
passes.add(
    "projection: points",
    of("projection", lambda it: it.own.cloud.positions[0].tolist()),
    [2, 0],
    [laid_out],
    to_pass(4),
)
passes.add(
    "optimizer: playheads",
    playheads("optimizer", lambda panel: [panel.curves, panel.rates]),
    [9, 9],
)
passes.add(
    "optimizer: histograms",
    of("optimizer", lambda it: it.histograms.place_label.text()),
    "step 9 · whole model",
)
passes.add(
    "optimizer: figure",
    of("optimizer", lambda it: it.curves_legend.entries[0].figure),
    lambda user: f"{recorded('update_ratio/fc1', 9)(user):.3g}",
    [to_layer("fc1")],
)


# --- another layer

layers = Rows(to_layer("fc1"))
layers.add("layers: row", of("layers", lambda it: it.selected), "fc1")
layers.add("modules: box", of("modules", lambda it: it.marked()), "fc1", [as_modules])
layers.add("correlations: pair", of("correlations", lambda it: it.pair.pair), ("fc1", "fc1"))
layers.add("augmentations: layer", of("correlations", lambda it: it.augmentations.layer), "fc1", [augmentations])
layers.add(
    "augmentations: matrix",
    of("correlations", lambda it: it.augmentations.reading.request.layer),
    "fc1",
    [augmentations],
)
layers.add("dynamics: choice", of("dynamics", lambda it: it.choices.layer_box.currentText()), "fc1")
layers.add(
    "dynamics: curves",
    of("dynamics", lambda it: [card.curves[0].name.rpartition("/")[2] for card in it.cards if card.curves]),
    ["fc1"] * 6,
)
layers.add("features: stage", of("features", lambda it: it.stage.name), "fc1")
layers.add("features: choice", of("features", lambda it: it.stage_box.choice), "fc1")
layers.add("features: dead units", of("features", lambda it: [each.layer for each in it.dead_units.chosen]), ["relu2"])
layers.add("optimizer: histograms", of("optimizer", lambda it: it.histograms.place_label.text()), "step 6 · fc1")
layers.add(
    "optimizer: curve",
    of("optimizer", lambda it: it.curves_legend.entries[0].label.rpartition(" ")[2]),
    "fc1",
)
layers.add("layers: none", of("layers", lambda it: it.selected), "fc2", [to_layer("fc1")], to_layer("fc2"))


# --- another sample

samples = Rows(to_sample(3))
samples.add("sample: words", of("sample", lambda it: it.choice_label.text()), "sample 4 of 5")
samples.add("sample: strip", of("sample", lambda it: it.strip.sample), 3)
samples.add("sample: label", of("sample", lambda it: "dog" in it.true_label.text()), True)
samples.add("sample: last", of("sample", lambda it: it.after_button.isEnabled()), False, move=to_sample(4))
samples.add(
    "network: activations",
    of("network", lambda it: listed(it.graph_view.columns[-1].values)),
    activation(2, "fc2", 3),
)
samples.add(
    "features: maps",
    of("features", lambda it: listed(it.before.grid.tiles.values.ravel())),
    lambda user: listed(taken(2, "conv1", "feature_maps")(user)[3].ravel()),
)
samples.add("features: words", of("features", lambda it: "sample 4 of 5" in it.sample.words.text()), True)
samples.add("projection: ring", of("projection", lambda it: it.own.cloud.current), 3, [laid_out])
samples.add(
    "unit: activation over the run",
    of("unit", lambda it: listed(it.plots.activation.lines[1].values)),
    lambda user: listed([each.layers["relu2"].activation[3, AT] for each in user.collection.passes]),
    [to_unit(PINNED)],
)


# --- another unit, or none

units = Rows(to_unit(PINNED))
units.add("unit: title", of("unit", lambda it: it.title_label.text()), "fc1 · unit 8")
units.add("unit: in sight", lambda user: not user.window.pages["unit"].visibleRegion().isEmpty(), True)
units.add("unit: history", of("unit", lambda it: [row[0] for row in it.numbers()[1]]), list(PASS_STEPS))
units.add(
    "unit: weights",
    lambda user: (
        user.view("unit").weights.incoming and sorted(listed(user.view("unit").weights.incoming.values.ravel()))
    ),
    lambda user: sorted(listed(taken(2, "fc1", "weight")(user)[AT].ravel())),
)
units.add("network: pin", of("network", lambda it: it.scene().pinned_unit), (2, AT))
none = to_unit(None)
units.add("network: no pin", of("network", lambda it: it.scene().pinned_unit), None, [to_unit(PINNED)], none)
units.add("unit: none", of("unit", lambda it: it.empty_state.label.isVisible()), True, [to_unit(PINNED)], none)
units.add("unit: no history", of("unit", lambda it: it.numbers()[1]), [], [to_unit(PINNED)], none)


# --- how the network is drawn, and what the graph shows

drawings = Rows(as_modules)
drawings.add("page", lambda user: part(user.window, "page").are_modules_seen, True)
drawings.add("controls: buttons", of("controls", lambda it: it.open_button.isVisible()), True)
drawings.add("controls: choice", of("controls", lambda it: it.drawings.buttons[MODULES].isChecked()), True)
drawings.add("modules: layout", of("modules", lambda it: it.module_layout is not None), True)


def checked(words: str) -> Do:
    def read(user: User) -> bool:
        entries = user.menu("Network").actions()
        return next(each for each in entries if each.text().replace("&", "").startswith(words)).isChecked()

    return read


options = Rows(lambda user: user.session.set_options(edges=EdgeMode.UPDATE, nodes=NodeMode.BIAS, most_edges=300))
for words in ("Update", "Bias", "300"):
    options.add(f"menu: {words}", checked(words), True)
options.add("network", of("network", lambda it: it.graph_view.options.edges), EdgeMode.UPDATE)


# --- playing and following

replaying = Rows()
replaying.add("play", of("transport", lambda it: it.play_button.toolTip()), "Pause (Space)", move=slowly)
replaying.add(
    "loop",
    of("transport", lambda it: it.loop_button.isChecked()),
    False,
    move=lambda user: user.session.set_looping(False),
)
replaying.add(
    "delay",
    of("transport", lambda it: it.delay_label.text()),
    "700 ms",
    move=lambda user: user.session.set_delay_ms(700),
)
replaying.add(
    "delay: slider",
    of("transport", lambda it: it.delay_slider.value()),
    7,
    move=lambda user: user.session.set_delay_ms(700),
)
replaying.add(
    "follow",
    of("training_bar", lambda it: it.follow_button.isChecked()),
    True,
    move=lambda user: user.session.set_following(True),
)


# --- what is told besides

told = Rows()
told.add(
    "run bar: problem",
    of("run_bar", lambda it: it.problem_label.isVisible() and it.problem_label.text()),
    "it is gone",
    move=lambda user: user.session.problem_occurred.emit("it is gone"),
)
told.add(
    "unit: progress",
    of("unit", lambda it: it.progress_label.text()),
    "reading 2 of 5 passes…",
    move=lambda user: user.window.view("unit").reading.progressed.emit(2, 5),
)
told.add(
    "features: progress",
    of("features", lambda it: it.heading.figure),
    "reading 2 of 5 passes…",
    move=lambda user: user.window.view("features").reading.progressed.emit(2, 5),
)

told.add(
    "correlations: page",
    of("correlations", lambda it: it.augmentations.isVisible()),
    True,
    move=augmentations,
)

EVERY = {
    "pass": passes, "layer": layers, "sample": samples, "unit": units, "drawing": drawings, "options": options,
    "replay": replaying, "told": told,
}  # fmt: skip


@pytest.mark.parametrize(
    ("read", "expected", "given", "move"),
    [pytest.param(*row.values, id=f"{kind}: {row.id}") for kind, rows in EVERY.items() for row in rows.rows],
)
def test_that_a_view_shows_what_the_session_tells(
    user: User, read: Do, expected: object, given: Sequence[Do], move: Do
) -> None:
    check(user, read, expected, given, move)


MARKED: dict[str, tuple[Sequence[Do], Callable[[User], QWidget], Do, Do]] = {
    "network: layer": ((), of("network", lambda it: it), to_layer("fc1"), to_layer(None)),
    "network: unit": ((), of("network", lambda it: it), to_unit(PINNED), to_unit(None)),
    "raster: layer": ((), of("raster", lambda it: it.raster), to_layer("fc1"), to_layer(None)),
    "raster: playhead": ((), of("raster", lambda it: it.raster), to_pass(0), to_pass(2)),
    "optimizer: layer": ((), of("optimizer", lambda it: it.heat_map), to_layer("fc1"), to_layer(None)),
    "optimizer: playhead": ((), of("optimizer", lambda it: it.heat_map), to_pass(3), to_pass(2)),
    "features: tile": ((), of("features", lambda it: it.filters.grid), to_unit(("conv1", 4)), to_unit(None)),
    "features: strip": ((to_layer("fc1"),), of("features", lambda it: it.strips), to_unit(PINNED), to_unit(None)),
}
"""What is marked in a picture: what was before, the picture, what marks it and what takes the mark away again."""


@pytest.mark.parametrize("name", MARKED)
def test_that_a_picture_marks_what_the_session_tells_and_lets_it_go_again(user: User, name: str) -> None:
    given, find, move, back = MARKED[name]
    for each in given:
        each(user)
    picture = lambda: pixels_of(find(user).grab().toImage())  # noqa: E731
    find(user)
    user.settle()
    if name.startswith("raster"):
        user.wait(lambda: user.view("raster").legend.shares is not None)
    before = picture()
    move(user)
    user.wait(lambda: not np.array_equal(picture(), before))
    back(user)
    user.wait(lambda: np.array_equal(picture(), before))


def test_that_the_raster_is_given_the_tiles_that_it_asks_for(user: User) -> None:
    raster = user.view("raster").raster
    user.wait(lambda: not raster.tiles.lacks(raster.keys(), 4))
    assert raster.keys()


def test_that_the_controls_of_the_network_stand_beside_the_tabs_as_long_as_it_is_seen(user: User) -> None:
    controls = user.view("controls")
    assert controls.isVisible()
    user.window.show_view("optimizer")
    assert not controls.isVisible()
    user.window.show_view("network")
    assert controls.isVisible()
    user.session.go_to(tab="optimizer")
    assert not controls.isVisible()


def test_that_the_tab_in_front_is_part_of_what_is_wished(user: User) -> None:
    user.window.show_view("optimizer")
    assert user.state.tab == "optimizer"
    user.session.go_to(tab="features", step=3)
    assert user.window.tabs.current.spec.name == "features"
    user.window.show_view("network")
    user.session.show_pass(0)
    assert user.window.tabs.current.spec.name == "network", "a view that the user left does not come back"
