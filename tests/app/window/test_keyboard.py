"""Everything in the window is reached by keys, says what it is, and shows that it has the focus."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QRect, Qt
from PyQt6.QtGui import QFocusEvent
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QHeaderView,
    QLineEdit,
    QMenu,
    QMenuBar,
    QScrollBar,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.widgets.walk import CellWalk
from app.window.main_window import MainWindow
from app.window.theme import apply_theme
from tests.app.parts import part
from tests.app.views.network.driving import pixels_of
from tests.app.wiring.conftest import whole_path  # noqa: F401 - a fixture
from tests.app.wiring.user import User

CONTROLS = (QAbstractButton, QComboBox, QAbstractSlider, QAbstractSpinBox, QLineEdit, QAbstractItemView)
TYPED_INTO = (QLineEdit, QAbstractSpinBox, QAbstractItemView)

OF_A_CLICK = ("SampleStrip", "PointCloud")
"""They have keys for what was clicked: another sample, the end of a selection."""

QTS_OWN = (QMenu, QMenuBar, QTabBar, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractItemView)
"""What lies in these is Qt's, and is reached through them."""


@pytest.fixture
def user(window: MainWindow, whole_path: Path, qtbot: QtBot) -> User:  # noqa: F811
    """Of a window in which every view is made."""
    window.open(whole_path)
    window._session.show_pass(2)
    window._session.pin_unit(("conv1", 2))
    user = User(window, qtbot)
    for page in window.pages:
        window.show_view(page.spec.name)
    user.settle()
    window.show_view("network")
    return user


def ancestors(widget: QWidget) -> Iterator[QWidget]:
    parent = widget.parentWidget()
    while parent is not None:
        yield parent
        parent = parent.parentWidget()


def controls(window: QWidget) -> list[QWidget]:
    """Every control that is ours to name, and every painted widget whose cells are chosen by a click."""
    found = []
    for widget in window.findChildren(QWidget):
        is_ours = not any(isinstance(each, QTS_OWN) for each in ancestors(widget))
        is_control = isinstance(widget, CONTROLS) and not isinstance(widget, QScrollBar | QHeaderView)
        if is_ours and not isinstance(widget.parent(), QDockWidget) and (is_control or hasattr(widget, "walk")):
            found.append(widget)
    return found


def described(widget: QWidget) -> str:
    names = [type(each).__name__ for each in (widget, *ancestors(widget))][:4]
    return f"{' in '.join(names)} {widget.toolTip()!r}"


def test_that_every_control_has_a_name_for_those_who_do_not_see(user: User) -> None:
    unnamed = []
    for widget in controls(user.window):
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        name = widget.accessibleName() or text
        if not any(letter.isalnum() for letter in name):
            unnamed.append(described(widget))
    assert unnamed == []


def test_that_every_control_is_reached_by_tab_and_takes_no_focus_from_a_click_that_it_has_no_use_for(
    user: User,
) -> None:
    policies = {
        described(widget): widget.focusPolicy()
        for widget in controls(user.window)
        if not isinstance(widget, TYPED_INTO) and type(widget).__name__ not in OF_A_CLICK
    }
    assert {name: policy for name, policy in policies.items() if policy != Qt.FocusPolicy.TabFocus} == {}


def chain(user: User) -> list[QWidget]:
    """What Tab comes by, once around."""
    found: list[QWidget] = []
    focused = QApplication.focusWidget()
    while focused is not None and focused not in found:
        found.append(focused)
        user.qtbot.keyClick(focused, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
    return found


def test_that_tab_comes_by_every_control_that_is_seen_and_can_be_used(user: User) -> None:
    user.wait(user.window.isActiveWindow)
    user.window.transport.play_button.setFocus(Qt.FocusReason.TabFocusReason)
    came_by = chain(user)
    usable = [each for each in controls(user.window) if each.isVisible() and each.isEnabled()]
    # docks that stand before others are Qt's to hide: it keeps them beside the screen
    seen = [each for each in usable if not each.visibleRegion().isEmpty()]
    groups = [each for each in seen if isinstance(each, QAbstractButton) and each.group() and not each.isChecked()]
    assert [described(each) for each in seen if each not in came_by and each not in groups] == []


@pytest.mark.parametrize("name", ["optimizer", "features", "correlations", "gradients", "projection"])
def test_that_tab_goes_through_a_view_as_the_eye_does(user: User, name: str) -> None:
    user.window.show_view(name)
    user.wait(user.window.isActiveWindow)
    view = user.window.view(name)
    assert isinstance(view, QWidget)
    user.window.transport.play_button.setFocus(Qt.FocusReason.TabFocusReason)
    inside = [each for each in chain(user) if view.isAncestorOf(each)]
    places = [QRect(each.mapTo(view, QPoint(0, 0)), each.size()) for each in inside]
    assert inside
    first = places[0]
    assert first.top() <= min(place.bottom() for place in places), "it begins at the top"


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_what_has_the_focus_looks_another_way(user: User, qapp: QApplication, theme: str) -> None:
    apply_theme(qapp, theme)
    user.wait(user.window.isActiveWindow)
    button, box = user.window.transport.play_button, part(user.window, "optimizer").measure_box
    for widget in (button, box, user.window.transport.slider):
        user.window.run_bar.setFocus()
        widget.clearFocus()
        before = pixels_of(widget.grab().toImage())
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        assert not np.array_equal(before, pixels_of(widget.grab().toImage())), described(widget)


def test_that_space_presses_a_button_that_has_the_focus_and_plays_everywhere_else(user: User) -> None:
    user.wait(user.window.isActiveWindow)
    user.window.transport.last_button.setFocus(Qt.FocusReason.TabFocusReason)
    user.qtbot.keyClick(user.window.transport.last_button, Qt.Key.Key_Space)
    assert user.state.pass_number == 4
    assert not user.state.is_playing
    user.window.transport.last_button.clearFocus()
    user.window.setFocus()
    user.press(Qt.Key.Key_Space)
    assert user.state.is_playing
    user.session.set_playing(False)


def test_that_arrows_move_a_slider_or_a_choice_that_has_the_focus_and_passes_everywhere_else(user: User) -> None:
    user.wait(user.window.isActiveWindow)
    slider = user.window.transport.delay_slider
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    before = slider.value()
    user.qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert (slider.value(), user.state.pass_number) == (before + 1, 2)
    box = part(user.window, "optimizer").measure_box
    box.setFocus(Qt.FocusReason.TabFocusReason)
    number = box.currentIndex()
    user.qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentIndex() != number
    user.qtbot.keyClick(box, Qt.Key.Key_Right)
    assert user.state.pass_number == 3, "which a choice has no use for"


def tile_of(user: User) -> Any:
    return part(user.window, "features").filters.grid


def heat_map(user: User) -> Any:
    return part(user.window, "optimizer").heat_map


def matrix(user: User) -> Any:
    return part(user.window, "correlations").layers


def strip(user: User) -> Any:
    return part(user.window, "correlations").evolution.strip


WALKED: dict[str, tuple[Callable[[User], Any], Qt.Key, Callable[[User], object], object]] = {
    "tiles: the unit is pinned": (tile_of, Qt.Key.Key_Right, lambda user: user.state.unit, ("conv1", 1)),
    "heat map: the layer is selected": (heat_map, Qt.Key.Key_Down, lambda user: user.state.layer, "fc1"),
    "matrix: the pair is shown": (matrix, Qt.Key.Key_Right, lambda user: matrix(user).chosen, (0, 1)),
    "strip: the step is shown": (strip, Qt.Key.Key_Right, lambda user: user.state.step, 6),
}


@pytest.mark.parametrize("name", WALKED)
def test_that_arrows_walk_over_what_is_painted_and_enter_does_what_a_click_does(user: User, name: str) -> None:
    widget_of, key, read, expected = WALKED[name]
    user.session.go_to(pass_number=1)
    widget = widget_of(user)
    user.settle()
    walk: CellWalk = widget.walk
    user.wait(user.window.isActiveWindow)
    assert walk.ring.isHidden()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert walk.at == (0, 0)
    assert walk.ring.isVisible()
    user.qtbot.keyClick(widget, key)
    assert walk.at in ((0, 1), (1, 0))
    assert user.state.pass_number == 1, "the arrow was the widget's"
    before = read(user)
    user.qtbot.keyClick(widget, Qt.Key.Key_Return)
    user.wait(lambda: read(user) == expected)
    assert before != expected
    user.qtbot.keyClick(widget, Qt.Key.Key_Escape)
    assert walk.ring.isHidden()
    assert walk.at is None
    user.qtbot.keyClick(widget, Qt.Key.Key_Return)
    assert walk.ring.isVisible(), "Enter begins again"


def test_that_a_walk_stays_inside_what_is_painted(user: User) -> None:
    widget = matrix(user)
    user.wait(user.window.isActiveWindow)
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Left):
        user.qtbot.keyClick(widget, key)
    assert widget.walk.at == (0, 0)
    rows, columns = widget.picture.values.shape
    for key in [Qt.Key.Key_Down] * (rows + 2) + [Qt.Key.Key_Right] * (columns + 2):
        user.qtbot.keyClick(widget, key)
    assert widget.walk.at == (rows - 1, columns - 1)


def test_that_a_walk_is_where_it_was_when_the_window_comes_back(user: User) -> None:
    widget = matrix(user)
    user.wait(user.window.isActiveWindow)
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    user.qtbot.keyClick(widget, Qt.Key.Key_Right)
    for kind in (QEvent.Type.FocusOut, QEvent.Type.FocusIn):
        QApplication.sendEvent(widget, QFocusEvent(kind, Qt.FocusReason.ActiveWindowFocusReason))
        assert widget.walk.at == (0, 1)


def test_that_a_click_leaves_the_arrows_to_the_passes(user: User) -> None:
    widget = tile_of(user)
    user.click(widget, widget.rect_of(0).center())
    user.press(Qt.Key.Key_Right)
    assert user.state.pass_number == 3


def test_that_a_focused_cell_is_told_in_words(user: User) -> None:
    widget = tile_of(user)
    user.wait(user.window.isActiveWindow)
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    user.qtbot.keyClick(widget, Qt.Key.Key_Right)
    user.wait(lambda: "1" in widget.accessibleDescription())


def dynamics(user: User) -> Any:
    panel = part(user.window, "dynamics")
    user.settle()
    return panel


CURVES: dict[str, Callable[[User], Any]] = {
    "timeline": lambda user: part(user.window, "timeline").plots[0],
    "dynamics": lambda user: dynamics(user).plots[0],
    "optimizer": lambda user: part(user.window, "optimizer").plots[1],
    "evolution": lambda user: part(user.window, "correlations").evolution.pairs,
    "dead units": lambda user: part(user.window, "features").dead_units.plot,
    "unit": lambda user: part(user.window, "unit").plots.activation,
}


@pytest.mark.parametrize("name", CURVES)
def test_that_arrows_move_the_playhead_from_value_to_value_of_the_curve_that_has_the_focus(
    user: User, name: str
) -> None:
    plot = CURVES[name](user)
    user.settle()
    user.wait(user.window.isActiveWindow)
    user.session.go_to(step=3)
    steps = np.unique(np.concatenate([line.steps for line in plot.lines])).tolist()
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    assert plot.walk.ring.isVisible()
    user.qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert user.state.step == min(step for step in steps if step > 3)
    for key in [Qt.Key.Key_Left] * (len(steps) + 2):
        user.qtbot.keyClick(plot, key)
    assert user.state.step == steps[0]
    user.wait(lambda: plot.playhead.value() == steps[0])
    user.qtbot.keyClick(plot, Qt.Key.Key_Right)
    user.qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert plot.accessibleDescription() == f"step {steps[0]}"
    user.qtbot.keyClick(plot, Qt.Key.Key_Escape)
    user.qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert user.state.step == 3, "the arrows are those of the passes again"


def test_that_up_and_down_lead_from_curve_to_curve(user: User) -> None:
    user.window.show_view("gradients")
    user.settle()
    plots = part(user.window, "dynamics").plots
    user.wait(user.window.isActiveWindow)
    plots[0].setFocus(Qt.FocusReason.TabFocusReason)
    came_by = [QApplication.focusWidget()]
    for _ in plots:
        user.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
        came_by.append(QApplication.focusWidget())
    assert came_by == [*plots, plots[-1]]
    assert not plots[-1].visibleRegion().isEmpty()
    user.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up)
    assert QApplication.focusWidget() is plots[-2]


def test_that_a_curve_is_named_by_what_stands_above_it(user: User) -> None:
    plot = part(user.window, "timeline").plots[0]
    user.session.go_to(step=3)
    user.settle()
    curve = part(user.window, "timeline").cards[0].curve
    assert plot.accessibleName().startswith(f"Loss · {curve.text_at(3)}")
    user.session.go_to(step=9)
    assert plot.accessibleName().startswith(f"Loss · {curve.text_at(9)}")
    rank = part(user.window, "correlations").evolution.ranks
    assert rank.accessibleName().startswith("Effective rank: ")
