"""The pointer, the wheel and drags over a network of modules."""

from dataclasses import replace

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QHelpEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.views.network.modules.modules_view import ModulesView
from tests.app.looks.pieces.network_modules import FIRST
from tests.app.painted import Events
from tests.app.pointer import LEFT, RIGHT, move, press, release, turn
from tests.app.views.network.modules.made_up_modules import ModuleRun
from tests.app.views.network.modules.pointing import EMPTY, middle

# the offscreen platform says so whenever a tooltip appears
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)


class Heard:
    """What a view has told."""

    def __init__(self, view: ModulesView) -> None:
        self.told: list[str] = []
        view.layer_clicked.connect(lambda name: self.told.append(f"layer {name}"))
        view.module_toggled.connect(lambda name: self.told.append(f"module {name}"))


def test_that_a_click_tells_of_what_it_meets_and_of_nothing_else(view: ModulesView) -> None:
    heard = Heard(view)
    for at in (middle(view, "blocks.0.norm1"), middle(view, "blocks.1"), middle(view, "blocks.0.sum1"), EMPTY):
        press(view, at)
        release(view, at)
    heading = view.rect_of_box("blocks.0")
    press(view, heading.center().toPoint())
    release(view, heading.center().toPoint())
    assert heard.told == ["layer blocks.0.norm1", "module blocks.1", "module blocks.0"]


def test_that_only_the_left_button_clicks_and_only_where_it_was_pressed(view: ModulesView) -> None:
    heard, at = Heard(view), middle(view, "head")
    press(view, at, RIGHT)
    release(view, at, RIGHT)
    release(view, at)
    press(view, at)
    release(view, at, RIGHT)
    assert heard.told == []
    release(view, at)
    assert heard.told == ["layer head"], "the left one is still held"
    release(view, at)
    assert heard.told == ["layer head"]


@pytest.mark.parametrize("past", [-1, 0])
def test_that_what_moves_as_far_as_a_drag_is_one_and_clicks_nothing(view: ModulesView, past: int) -> None:
    heard, at = Heard(view), middle(view, "head")
    away = QPoint(QApplication.startDragDistance() + past, 0)
    before = view.rect_of_box("head")
    press(view, at)
    move(view, at + away, LEFT)
    release(view, at + away)
    if past < 0:
        assert heard.told == ["layer head"]
        assert view.rect_of_box("head") == before and not view.is_zoomed
    else:
        assert heard.told == []
        assert view.rect_of_box("head") == before.translated(QPointF(away)) and view.is_zoomed


def test_that_a_drag_begins_anew_from_where_the_last_one_ended(view: ModulesView) -> None:
    before = view.rect_of_box("head")
    for _ in range(2):
        press(view, EMPTY)
        move(view, EMPTY + QPoint(15, 10), LEFT)
        move(view, EMPTY + QPoint(30, 20), LEFT)
        release(view, EMPTY + QPoint(30, 20))
    assert view.rect_of_box("head") == before.translated(60, 40)
    move(view, EMPTY + QPoint(90, 90))
    assert view.rect_of_box("head") == before.translated(60, 40), "no button is held"


def test_that_with_another_button_nothing_is_dragged(view: ModulesView) -> None:
    before = view.rect_of_box("head")
    press(view, EMPTY, RIGHT)
    move(view, EMPTY + QPoint(50, 50), RIGHT)
    assert view.rect_of_box("head") == before and not view.is_zoomed


@pytest.mark.parametrize(("angle", "factor"), [(120, 1.15), (-120, 1 / 1.15), (60, 1.15**0.5), (0, 1.0)])
def test_that_the_wheel_zooms_by_as_much_as_it_is_turned(view: ModulesView, angle: int, factor: float) -> None:
    zoom, at = view.zoom, QPoint(333, 111)
    place = view._at(QPointF(at))
    assert turn(view, at, angle)
    assert view.zoom == pytest.approx(zoom * factor)
    moved = view._at(QPointF(at)) - place
    assert (moved.x(), moved.y()) == pytest.approx((0, 0), abs=1e-6)


def test_that_zooming_ends_where_boxes_fill_the_screen_or_cannot_be_seen(view: ModulesView) -> None:
    view.zoom_by(1e9)
    assert view.zoom == pytest.approx(4.0)
    view.zoom_by(1e-9)
    assert view.zoom == pytest.approx(0.03)
    view.zoom_by(2.0)
    assert view.zoom == pytest.approx(0.06)


def test_that_without_a_point_it_zooms_around_the_middle_above_the_legend(view: ModulesView) -> None:
    middle_of_room = QPointF(350, (500 - 30) / 2)
    place = view._at(middle_of_room)
    view.zoom_by(1.7)
    moved = view._at(middle_of_room) - place
    assert (moved.x(), moved.y()) == pytest.approx((0, 0), abs=1e-6)


def test_that_the_corner_is_a_point_to_zoom_around(view: ModulesView) -> None:
    place = view._at(QPointF(0, 0))
    turn(view, QPoint(0, 0), 120)
    moved = view._at(QPointF(0, 0)) - place
    assert (moved.x(), moved.y()) == pytest.approx((0, 0), abs=1e-6)


def test_that_a_very_large_network_is_zoomed_out_as_far_as_it_fits(view: ModulesView, run: ModuleRun) -> None:
    view.show_layout(replace(run.layout(), width=1e5))
    assert view.zoom == 700 / 1e5
    view.zoom_by(2.0)
    view.zoom_by(0.1)
    assert view.zoom == pytest.approx(700 / 1e5)


def test_that_where_nothing_is_shown_nothing_is_zoomed(qtbot: QtBot) -> None:
    view = ModulesView()
    qtbot.addWidget(view)
    view.zoom_by(2.0)
    assert (view.zoom, view.is_zoomed) == (1.0, False)


def test_that_where_nothing_is_shown_nothing_is_met_marked_or_chosen(qtbot: QtBot, said: list[str]) -> None:
    view = ModulesView()
    qtbot.addWidget(view)
    heard = Heard(view)
    view.highlight_layer("head")
    view.mark_pinned("head")
    view.choose("head")
    view.show_tooltip("head", EMPTY)
    press(view, EMPTY)
    release(view, EMPTY)
    move(view, EMPTY)
    assert (view.marked(), view.pinned(), view.hovered, view.legend_text) == (None, None, None, "")
    assert (heard.told, said) == ([], [])


def test_that_a_move_with_a_button_that_was_pressed_elsewhere_drags_nothing(view: ModulesView) -> None:
    before, at = view.rect_of_box("head"), middle(view, "head")
    move(view, at, LEFT)
    assert view.hovered == "head"
    press(view, EMPTY)
    move(view, at + QPoint(30, 30), RIGHT)
    assert view.rect_of_box("head") == before and not view.is_zoomed, "the left one is not held any more"


def test_that_a_module_that_is_a_layer_is_chosen_and_opened(view: ModulesView, run: ModuleRun) -> None:
    layers = run.graph.layers
    run.graph = replace(run.graph, layers={**layers, "blocks.1": layers["head"]})
    view.show_layout(run.layout(frozenset({"blocks"})))
    heard = Heard(view)
    view.choose("blocks.1")
    view.choose("blocks.0")
    assert heard.told == ["layer blocks.1", "module blocks.1", "module blocks.0"]


def test_that_the_tooltip_follows_the_pointer_and_goes_with_it(view: ModulesView, said: list[str]) -> None:
    at = middle(view, "head")
    move(view, at)
    assert [text.count("<b>head</b>") for text in said] == [1]
    move(view, at + QPoint(1, 0))
    assert len(said) == 1, "it is the same box"
    move(view, middle(view, "blocks.1"))
    assert "<b>blocks.1</b>" in said[-1]
    move(view, view.rect_of_box("blocks.0").center().toPoint())
    assert (view.hovered, said[-1]) == ("blocks.0", ""), "an open module has its figures in its heading"
    move(view, at)
    move(view, EMPTY)
    assert (view.hovered, said[-1]) == (None, "")
    move(view, at)
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert (view.hovered, said[-1]) == (None, "")


def test_that_what_rests_is_answered_with_the_figures_of_its_box(view: ModulesView, said: list[str]) -> None:
    for at, text in ((middle(view, "head"), "<b>head</b>"), (EMPTY, "")):
        move(view, at)
        said.clear()
        event = QHelpEvent(QEvent.Type.ToolTip, at, view.mapToGlobal(at))
        assert QApplication.sendEvent(view, event) and event.isAccepted()
        (answer,) = said
        assert text in answer and bool(answer) is bool(text)


def test_that_below_the_drawing_nothing_is_met(view: ModulesView) -> None:
    view.zoom_by(3.0)
    view.focus_on("head")
    rect = view.rect_of_box("head")
    press(view, EMPTY)
    move(view, EMPTY + QPoint(0, round(470 - rect.center().y())), LEFT)
    release(view, EMPTY + QPoint(0, round(470 - rect.center().y())))
    x = round(view.rect_of_box("head").center().x())
    assert view.rect_of_box("head").contains(QPointF(x, 472))
    move(view, QPoint(x, 470))
    assert view.hovered == "head"
    move(view, QPoint(x, 471))
    assert view.hovered is None, "the legend lies over it"


def shape_of(view: ModulesView) -> Qt.CursorShape:
    return view.cursor().shape()


ARROW, HAND, OPEN_HAND = Qt.CursorShape.ArrowCursor, Qt.CursorShape.PointingHandCursor, Qt.CursorShape.OpenHandCursor


def test_that_the_pointer_says_at_once_what_it_can_do(view: ModulesView) -> None:
    assert shape_of(view) is ARROW
    view.zoom_by(2.0)
    assert shape_of(view) is OPEN_HAND
    view.fit()
    assert shape_of(view) is ARROW
    move(view, middle(view, "head"))
    assert shape_of(view) is HAND
    move(view, EMPTY)
    assert shape_of(view) is ARROW


def test_that_what_was_dragged_can_be_dragged_on(view: ModulesView) -> None:
    press(view, EMPTY)
    move(view, EMPTY + QPoint(20, 0), LEFT)
    assert shape_of(view) is OPEN_HAND


def test_that_a_pointer_that_has_left_comes_back_to_where_nothing_is(view: ModulesView) -> None:
    move(view, middle(view, "head"))
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    move(view, EMPTY)
    assert shape_of(view) is ARROW


def test_that_a_module_that_was_opened_from_near_is_pointed_at_no_more(view: ModulesView, run: ModuleRun) -> None:
    view.zoom_by(1.5)
    move(view, middle(view, "blocks.1"))
    assert shape_of(view) is HAND
    view.choose("blocks.1")
    view.show_layout(run.layout(FIRST | {"blocks.1"}))
    assert (view.hovered, shape_of(view)) == (None, OPEN_HAND)


def test_that_no_cursor_is_set_that_is_there_already(view: ModulesView) -> None:
    changes = Events(view, QEvent.Type.CursorChange)
    view.zoom_by(1.1)
    before = changes.n
    view.zoom_by(1.1)
    assert changes.n == before > 0
