"""The pointer, the wheel and drags over a network of modules."""

from dataclasses import replace

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QHelpEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.views.network.modules.modules_view import ModulesView
from tests.app.views.network.modules.made_up_modules import ModuleRun
from tests.app.views.network.modules.pointing import EMPTY, LEFT, RIGHT, middle, move, press, release, turn

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
        event = QHelpEvent(QEvent.Type.ToolTip, at, view.mapToGlobal(at))
        assert QApplication.sendEvent(view, event) and event.isAccepted()
        assert text in said[-1] and bool(said[-1]) is bool(text)


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


def test_that_the_pointer_says_at_once_what_it_can_do(view: ModulesView) -> None:
    shape = lambda: view.cursor().shape()  # noqa: E731
    shapes = Qt.CursorShape
    assert shape() is shapes.ArrowCursor
    view.zoom_by(2.0)
    assert shape() is shapes.OpenHandCursor
    view.fit()
    assert shape() is shapes.ArrowCursor
    move(view, middle(view, "head"))
    assert shape() is shapes.PointingHandCursor
