"""What of a network of modules is painted anew, and what of it stays where it is when something else is shown."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF
from PyQt6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.analysis.health import health_of
from app.views.network.modules import modules_view
from app.views.network.modules.analysis.module_differences import Told
from app.views.network.modules.modules_view import ModulesView
from tests.app.looks.pieces.network_modules import BLOCKS, CHAIN, FIRST, HEALTH
from tests.app.made_up_findings import finding
from tests.app.on_screen import settle
from tests.app.pointer import LEFT, move, press, release, turn
from tests.app.views.network.modules.made_up_modules import ModuleRun
from tests.app.views.network.modules.pointing import EMPTY, middle

# the offscreen platform says so whenever a tooltip appears
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)


def frames(view: ModulesView, act: Callable[[], object]) -> int:
    """How often it is painted for something that is done."""
    settle()
    painted: list[None] = []
    count = lambda: painted.append(None)  # noqa: E731
    view.frame_painted.connect(count)
    act()
    settle()
    view.frame_painted.disconnect(count)
    return len(painted)


def test_that_what_changes_is_painted_at_once(view: ModulesView, run: ModuleRun) -> None:
    layout, numbers = view.module_layout, run.numbers(number=1)
    assert layout is not None
    for act in (
        lambda: view.show_numbers(numbers),
        lambda: view.show_told(Told.ADDED),
        lambda: view.highlight_layer("head"),
        lambda: view.mark_pinned("head"),
        lambda: view.show_health(HEALTH),
        lambda: view.focus_on("head"),
        lambda: view.focus_on(None),
        lambda: view.show_layout(layout),
        lambda: view.show_layout(run.layout(frozenset())),
        lambda: view.show_layout(run.layout(FIRST)),
        lambda: view.zoom_by(1.3),
        lambda: turn(view, QPoint(99, 99), 120),
        lambda: (press(view, EMPTY), move(view, EMPTY + QPoint(50, 50), LEFT)),
        lambda: release(view, EMPTY) or view.fit(),
        lambda: move(view, middle(view, "head")),
        lambda: move(view, EMPTY),
        lambda: QApplication.sendEvent(view, QEvent(QEvent.Type.Leave)),
    ):
        assert frames(view, act) == 1
    move(view, EMPTY)
    assert frames(view, lambda: move(view, EMPTY + QPoint(1, 1))) == 0, "nothing is met there either"


def test_that_a_drag_that_is_none_yet_paints_nothing(view: ModulesView) -> None:
    press(view, EMPTY)
    assert frames(view, lambda: move(view, EMPTY + QPoint(1, 1), LEFT)) == 0


def test_that_other_boxes_or_other_numbers_are_told_once_and_the_same_not_at_all(
    view: ModulesView, run: ModuleRun
) -> None:
    told: list[None] = []
    view.drawing_changed.connect(lambda: told.append(None))
    layout = view.module_layout
    assert layout is not None
    view.show_layout(layout)
    assert len(told) == 0
    view.show_layout(run.layout(frozenset()))
    assert len(told) == 1
    view.show_numbers(run.numbers())
    view.show_told(Told.GRADIENT)
    assert len(told) == 3


def test_that_what_was_pointed_at_is_not_in_another_layout(view: ModulesView, run: ModuleRun) -> None:
    move(view, middle(view, "blocks.1"))
    view.show_layout(run.layout(frozenset()))
    assert view.hovered is None
    move(view, middle(view, "blocks"))
    assert view.hovered == "blocks"


def test_that_the_figures_that_are_shown_are_those_of_the_pass_that_comes(
    view: ModulesView, run: ModuleRun, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    monkeypatch.setattr(QToolTip, "isVisible", lambda: True)
    view.show_numbers(run.numbers(number=1))
    assert said == [], "the pointer is at nothing"
    move(view, middle(view, "head"))
    before = said[-1]
    view.show_numbers(run.numbers())
    assert len(said) == 2 and said[-1] != before and "<b>head</b>" in said[-1]
    monkeypatch.setattr(QToolTip, "isVisible", lambda: False)
    view.show_numbers(run.numbers(number=1))
    assert len(said) == 2


def test_that_numbers_of_another_network_are_not_drawn_in_this_one(view: ModulesView) -> None:
    other = ModuleRun(BLOCKS[:3])
    numbers = view.numbers
    view.show_layout(other.layout())
    assert view.numbers is None
    view.grab()
    assert numbers is not None
    view.show_numbers(numbers)
    view.grab()
    own = other.numbers()
    view.show_numbers(own)
    view.show_layout(other.layout())
    assert view.numbers is own, "and of the same they stay"


def test_that_a_module_that_is_opened_stays_where_it_is_unless_all_of_it_can_be_seen(
    view: ModulesView, run: ModuleRun
) -> None:
    view.choose("blocks.1")
    view.show_layout(run.layout(FIRST | {"blocks.1"}))
    assert not view.is_zoomed, "all of it is seen"
    view.zoom_by(1.5)
    corner = view.rect_of_box("blocks.1").topLeft()
    view.choose("blocks.1")
    view.show_layout(run.layout(FIRST))
    after = view.rect_of_box("blocks.1").topLeft()
    assert view.is_zoomed
    assert (after.x(), after.y()) == pytest.approx((corner.x(), corner.y()))
    view.show_layout(run.layout(frozenset()))
    assert not view.is_zoomed, "which no click here has asked for"


def test_that_a_large_network_is_not_made_small_by_what_is_opened_in_it(view: ModulesView, run: ModuleRun) -> None:
    view.resize(320, 200)
    settle()
    corner = view.rect_of_box("blocks.1").topLeft()
    assert not view.is_zoomed
    view.choose("blocks.1")
    view.show_layout(run.layout(FIRST | {"blocks.1"}))
    after = view.rect_of_box("blocks.1").topLeft()
    assert view.is_zoomed
    assert (after.x(), after.y()) == pytest.approx((corner.x(), corner.y()))


@pytest.mark.parametrize(("width", "stays"), [(1400.0, False), (1401.0, True)])
def test_that_all_is_shown_of_what_was_opened_if_it_is_half_as_large_then(
    view: ModulesView, run: ModuleRun, width: float, stays: bool
) -> None:
    view.choose("blocks.1")
    view.show_layout(replace(run.layout(FIRST | {"blocks.1"}), width=width))
    assert view.is_zoomed is stays


def test_that_another_network_is_shown_whole_whatever_was_clicked_in_the_last(view: ModulesView) -> None:
    view.zoom_by(1.5)
    view.choose("blocks.1")
    view.show_layout(ModuleRun(BLOCKS).layout(FIRST))
    assert not view.is_zoomed


def test_that_a_click_counts_for_the_next_layout_only(view: ModulesView, run: ModuleRun) -> None:
    view.choose("blocks.1")
    view.show_layout(run.layout(FIRST | {"blocks.1"}))
    view.zoom_by(1.5)
    view.show_layout(run.layout(FIRST))
    assert not view.is_zoomed


def test_that_numbers_that_came_before_their_network_are_shown_with_it(view: ModulesView) -> None:
    other = ModuleRun(BLOCKS)
    numbers = other.numbers()
    view.show_numbers(numbers)
    view.show_layout(other.layout())
    assert view.numbers is numbers


def test_that_what_is_found_is_kept_for_the_layouts_that_come(qtbot: QtBot) -> None:
    run, view = ModuleRun(CHAIN), ModulesView()
    qtbot.addWidget(view)
    view.show_health(HEALTH)
    assert view.box_health == {}
    view.show_layout(run.layout())
    assert view.box_health == HEALTH
    view.show_health({})
    assert view.box_health == {}


def test_that_structure_is_drawn_anew_only_where_it_is_another(
    view: ModulesView, run: ModuleRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple] = []
    monkeypatch.setattr(modules_view, "draw_structure", lambda *given: drawn.append(given))

    def n_drawn(act: Callable[[], object]) -> int:
        drawn.clear()
        act()
        settle()
        return len(drawn)

    n_drawn(view.update)
    for act in (
        lambda: view.show_numbers(run.numbers(number=1)),
        lambda: view.highlight_layer("head"),
        lambda: view.mark_pinned("head"),
        lambda: view.focus_on("head"),
        lambda: move(view, middle(view, "head")),
    ):
        assert n_drawn(act) == 0
    for act in (
        lambda: view.zoom_by(1.1),
        lambda: view.show_health(health_of([finding("dead-units", "critical", ["head"], 0)])),
        lambda: view.show_layout(run.layout(frozenset())),
        lambda: view.resize(650, 480),
    ):
        assert n_drawn(act) == 1


def test_that_what_is_focused_is_moved_into_view_no_further_than_it_must(view: ModulesView) -> None:
    view.zoom_by(2.0)
    room = view.rect().adjusted(24, 24, -24, -24 - 30)
    for name in view.module_layout.boxes:  # type: ignore[union-attr]
        before = view.rect_of_box(name)
        view.focus_on(name)
        after = view.rect_of_box(name)
        across = max(room.left() - before.left(), 0) + min(room.left() + room.width() - before.right(), 0)
        down = max(room.top() - before.top(), 0) + min(room.top() + room.height() - before.bottom(), 0)
        moved = after.topLeft() - before.topLeft()
        assert (moved.x(), moved.y()) == pytest.approx((across, down), abs=1e-6)
    view.fit()
    places = {name: view.rect_of_box(name) for name in view.module_layout.boxes}  # type: ignore[union-attr]
    for name, place in places.items():
        view.focus_on(name)
        assert view.rect_of_box(name) == place, "all of it is in view"


def test_that_everything_stands_in_the_middle_and_no_small_network_is_blown_up(qtbot: QtBot) -> None:
    run = ModuleRun(BLOCKS[:2])
    view = ModulesView()
    qtbot.addWidget(view)
    view.resize(901, 501)
    view.show_layout(run.layout())
    assert view.zoom == 1.4
    layout = view.module_layout
    assert layout is not None
    corner = view._transform.map(QPointF(0, 0))
    assert (corner.x(), corner.y()) == (
        round((901 - 1.4 * layout.width) / 2), round((471 - 1.4 * layout.height) / 2),
    )  # fmt: skip
    view.resize(320, 200)
    view.fit()
    assert view.zoom == pytest.approx(min(320 / layout.width, 170 / layout.height, 1.4))


def test_that_a_new_size_fits_anew_what_nobody_has_zoomed(view: ModulesView) -> None:
    zoom = view.zoom
    view.resize(600, 300)
    settle()
    assert view.zoom < zoom
    view.zoom_by(1.5)
    zoomed = view.zoom
    view.resize(700, 500)
    settle()
    assert view.zoom == zoomed
