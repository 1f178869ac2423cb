"""What each view shows of another collection in place of the one before, and of one that grows."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.views.correlations import panel as correlations_panel
from app.views.gradients import dynamics_panel, raster_panel
from app.views.projection import panel as projection_panel
from app.window.main_window import MainWindow
from tests.app.parts import IN_TABS, part
from tests.app.views.features.features_run import write_features_run
from tests.app.whole_run import PASS_STEPS
from tests.app.wiring.user import User

Do = Callable[[User], object]
PINNED = ("fc1", 8)


def of(view: str, read: Callable[[Any], object]) -> Do:
    """What is read of a view."""
    return lambda user: read(user.view(view))


def stages(boxed: Any) -> list[str]:
    return [boxed.itemText(number) for number in range(boxed.count())]


def offered(timeline: Any) -> list[str]:
    """What can be added to the timeline."""
    timeline.curve_menu.aboutToShow.emit()
    return [each.data() for each in timeline.curve_menu.actions() if each.data()]


def recent(user: User) -> list[str]:
    user.window.recent_menu.aboutToShow.emit()
    return [Path(each.text()).name for each in user.window.recent_menu.actions()]


OTHER: dict[str, tuple[Do, object]] = {
    "title": (lambda user: user.window.windowTitle(), "other.json — Strobe"),
    "run bar": (of("run_bar", lambda it: it.run_label.text()), "a model · 1,570 parameters · a pass every 10 steps"),
    "transport": (of("transport", lambda it: it.place_label.text()), "pass 1 of 4 · step 0 · epoch 0"),
    "transport: slider": (of("transport", lambda it: (it.slider.value(), it.slider.maximum())), (0, 3)),
    "timeline": (of("timeline", lambda it: it.cards[0].curve), None),
    "timeline: offered": (of("timeline", offered), ["dead_fraction/relu"]),
    "layers": (of("layers", lambda it: [row.layer.name for row in it.model.rows]), ["conv", "relu", "fc"]),
    "sample": (of("sample", lambda it: it.choice_label.text()), "sample 1 of 3"),
    "sample: strip": (of("sample", lambda it: len(it.strip.order)), 3),
    "sample: picture": (of("sample", lambda it: it.picture.image.width()), 7),
    "unit": (of("unit", lambda it: it.empty_state.isVisibleTo(it)), True),
    "unit: history": (of("unit", lambda it: it.numbers()[1]), []),
    "network": (
        of("network", lambda it: [each.stage for each in it.graph_view.graph.columns]),
        ["input", "conv", "fc"],
    ),
    "network: pin": (of("network", lambda it: it.scene().pinned_unit), None),
    "correlations": (of("correlations", lambda it: it.empty_state.label.text()), correlations_panel.NO_SIMILARITY),
    "raster": (of("raster", lambda it: it.empty_state.label.text()), raster_panel.NOT_RECORDED),
    "raster: in sight": (of("raster", lambda it: it.empty_state.label.isVisible()), True),
    "dynamics": (of("dynamics", lambda it: it.empty_state.label.text()), dynamics_panel.NOT_RECORDED),
    "dynamics: in sight": (of("dynamics", lambda it: it.empty_state.label.isVisible()), True),
    "features": (of("features", lambda it: stages(it.stage_box)), ["conv", "fc"]),
    "features: dead units": (of("features", lambda it: [each.layer for each in it.dead_units.chosen]), ["relu"]),
    "projection": (of("projection", lambda it: it.empty_state.label.text()), projection_panel.NO_PROJECTION),
    "projection: in sight": (of("projection", lambda it: it.empty_state.isVisible()), True),
    "optimizer": (of("optimizer", lambda it: it.heat_map.heat and it.heat_map.heat.layers), ("relu",)),
    "recent files": (recent, ["other.json", "whole.json"]),
    "problem": (of("run_bar", lambda it: it.problem_label.isVisible()), False),
}


@pytest.mark.parametrize("name", OTHER)
def test_that_each_view_shows_another_collection_in_place_of_the_one_before(
    user: User, tmp_path: Path, name: str
) -> None:
    read, expected = OTHER[name]
    other = write_features_run(tmp_path / "other.json", 4)
    user.session.pin_unit(PINNED)
    user.session.problem_occurred.emit("something went wrong")
    read(user)
    user.settle()
    if name.startswith("projection"):
        user.wait(lambda: user.view("projection").own.run is not None)
    before = read(user)
    user.window.open(other)
    user.wait(lambda: read(user) == expected)
    assert before != expected


def test_that_the_samples_are_known_by_the_names_of_their_classes(user: User) -> None:
    headings, rows = user.view("sample").numbers()
    assert [row[headings.index("label_name")] for row in rows] == ["ant", "bee", "cat", "dog", "ant"]


def test_that_a_network_seen_as_modules_has_its_units_ready_behind_them(user: User, deep_path: Path) -> None:
    user.window.open(deep_path)
    assert part(user.window, "page").are_modules_seen
    assert user.view("network").scene().graph is user.opened.graph


@pytest.mark.parametrize("name", [each for each in IN_TABS if each in OTHER])  # one run alone is not compared
def test_that_a_tab_out_of_sight_shows_another_collection_when_it_comes_back(
    user: User, tmp_path: Path, name: str
) -> None:
    read, expected = OTHER[name]
    read(user)
    user.settle()
    user.window.show_view("network")
    user.window.open(write_features_run(tmp_path / "other.json", 4))
    user.wait(lambda: read(user) == expected)


@pytest.fixture
def growing(window: MainWindow, whole_path: Path, qtbot: QtBot, tmp_path: Path) -> tuple[User, Callable[[], None]]:
    """A run of which three passes are written, open at the second, and what writes the rest."""
    content, path = whole_path.read_bytes(), tmp_path / "growing.json"
    at = content.index(b',{"record":"signs","step":9')
    path.write_bytes(content[:at])
    window.open(path)
    window._session.show_pass(1)

    def grow() -> None:
        with path.open("ab") as file:
            file.write(content[at:])

    return User(window, qtbot), grow


def pin(user: User) -> None:
    user.session.pin_unit(PINNED)


def follow(user: User) -> None:
    user.session.set_following(True)


def samples_read(user: User) -> None:
    user.wait(lambda: user.view("projection").own.run is not None)


GROWN: dict[str, tuple[Sequence[Do], Do, object]] = {
    "transport": ((), of("transport", lambda it: it.slider.maximum()), 4),
    "transport: place": ((), of("transport", lambda it: it.place_label.text()), "pass 2 of 5 · step 3 · epoch 0"),
    "following": ((follow,), lambda user: user.state.pass_number, 4),
    "run bar": ((), of("run_bar", lambda it: it.ending_badge.isVisible()), False),
    "timeline": ((), of("timeline", lambda it: it.cards[0].curve.steps[-1]), 11),
    "timeline: epochs": ((), of("timeline", lambda it: it.plots[0].epoch_marks.steps.tolist()), [6, 12]),
    "layers": ((), of("layers", lambda it: it.model.rows[2].norm.steps[-1]), 11),
    "unit": ((pin,), of("unit", lambda it: [row[0] for row in it.numbers()[1]]), list(PASS_STEPS)),
    "correlations": ((), of("correlations", lambda it: it.evolution.strip.shown()), [0, 1, 2]),
    "raster": ((), of("raster", lambda it: it.raster.view.n_rows), 4),
    "dynamics": ((), of("dynamics", lambda it: [c.steps[-1] for c in it.cards[0].curves if c]), [11]),
    "features": ((), of("features", lambda it: it.dead_units.chosen[0].steps[-1]), 12),
    "projection": ((samples_read,), of("projection", lambda it: it.own.run.steps.tolist()), [0, 6, 12]),
    "optimizer": ((), of("optimizer", lambda it: it.numbers()[1][-1][0]), 11),
}
"""What was done before, what is read of a view, and what that is once the run has grown."""


@pytest.mark.parametrize("name", GROWN)
def test_that_each_view_shows_what_a_run_has_become(growing: tuple[User, Callable[[], None]], name: str) -> None:
    user, grow = growing
    given, read, expected = GROWN[name]
    if given:
        for each in given:
            each(user)
    else:
        user.view(name.partition(":")[0].replace(" ", "_"))
    user.settle()
    before = read(user)
    assert user.opened.n_passes == 3
    grow()
    user.wait(lambda: read(user) == expected)
    assert before != expected


def test_that_the_history_of_features_is_read_on_when_the_run_has_grown(
    growing: tuple[User, Callable[[], None]],
) -> None:
    user, grow = growing
    panel = user.view("features")
    read: list[int] = []
    user.window.view("features").reading.ready.connect(lambda history: read.append(history.n_passes))
    grow()
    user.wait(lambda: read == [len(PASS_STEPS)])
    assert panel.numbers()[1]


def test_that_the_history_of_features_tells_since_when_a_unit_is_dead(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    user = User(window, qtbot)
    window.open(write_features_run(tmp_path / "run.json"))
    panel = user.view("features")
    user.session.show_last()
    headings, rows = panel.numbers()
    assert [row[headings.index("dead_since")] for row in rows] == [None, 10, None, 40, None]
    assert panel.heading.figure == "", "nothing is read any more"


def test_that_while_a_run_grows_the_choices_of_each_view_stay(growing: tuple[User, Callable[[], None]]) -> None:
    user, grow = growing
    user.session.select_layer("fc1")
    user.session.choose_sample(2)
    pin(user)
    grow()
    user.wait(lambda: user.opened.n_passes == len(PASS_STEPS))
    assert (user.state.pass_number, user.state.layer, user.state.sample, user.state.unit) == (1, "fc1", 2, PINNED)
    assert user.view("layers").selected == "fc1"
    assert user.view("unit").title_label.text() == "fc1 · unit 8"
    assert user.view("network").scene().pinned_unit is not None
    assert np.isfinite(user.view("network").graph_view.columns[-1].values).all()
