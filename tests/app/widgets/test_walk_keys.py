"""Which keys belong to a widget that is walked over, when, and what each does."""

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.widgets.figure import HINT
from app.widgets.walk import PlaceWalk, Walk
from tests.app.pointer import told

KEY, HELD = Qt.Key, Qt.KeyboardModifier
NOTHING, SHIFT, CONTROL, KEYPAD = HELD.NoModifier, HELD.ShiftModifier, HELD.ControlModifier, HELD.KeypadModifier
REASON = Qt.FocusReason


class Heard(Walk):
    """Keeps what it is asked to do."""

    zooms = goes_far = True

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.done: list[object] = []

    def begin(self) -> None:
        self.done.append("begin")

    def end(self) -> None:
        self.done.append("end")

    def go(self, down: int, across: int, *, is_far: bool) -> None:
        self.done.append((down, across, is_far))

    def choose(self) -> None:
        self.done.append("choose")

    def let_go(self) -> None:
        self.done.append("let go")

    def zoom(self, *, is_closer: bool) -> None:
        self.done.append("closer" if is_closer else "further")


class Near(Heard):
    """Without the keys that not every walk has."""

    zooms = goes_far = False


@pytest.fixture
def widget(qtbot: QtBot) -> Iterator[QWidget]:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(200, 100)
    made.show()
    yield made


def send(widget: QWidget, key: Qt.Key, held: Qt.KeyboardModifier = NOTHING, kind: str = "KeyPress") -> bool:
    """Whether the widget's walk takes a key."""
    event = QKeyEvent(QEvent.Type[kind], key, held)
    event.ignore()
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def focus(widget: QWidget, kind: str, reason: Qt.FocusReason) -> None:
    QApplication.sendEvent(widget, QFocusEvent(QEvent.Type[kind], reason))


@pytest.mark.parametrize("kind", [Heard, Near])
def test_that_before_it_begins_only_enter_and_what_zooms_are_its_keys(widget: QWidget, kind: type[Heard]) -> None:
    walk = kind(widget)
    for key in (KEY.Key_Left, KEY.Key_Up, KEY.Key_Space, KEY.Key_Escape, KEY.Key_A):
        assert not send(widget, key)
    assert send(widget, KEY.Key_Plus) == walk.zooms
    assert walk.done == ["closer"] * walk.zooms
    assert send(widget, KEY.Key_Enter, KEYPAD)
    assert walk.done[-1] == "begin"
    assert walk.is_on


def test_that_each_arrow_goes_its_way_and_the_other_keys_do_what_they_say(widget: QWidget) -> None:
    walk = Heard(widget)
    send(widget, KEY.Key_Return)
    walk.done.clear()
    for key in ("Left", "Right", "Up", "Down", "Return", "Enter", "Space", "Plus", "Equal", "Minus", "Escape"):
        assert send(widget, KEY[f"Key_{key}"])
    arrows = [(0, -1, False), (0, 1, False), (-1, 0, False), (1, 0, False)]
    assert walk.done == [*arrows, *["choose"] * 3, "closer", "closer", "further", "let go", "end"]
    assert not walk.is_on
    assert not send(widget, KEY.Key_Escape)


def test_that_control_goes_far_where_a_walk_does_and_else_makes_it_another_key(widget: QWidget) -> None:
    far = Heard(widget)
    send(widget, KEY.Key_Return)
    assert send(widget, KEY.Key_Right, CONTROL)
    assert far.done[-1] == (0, 1, True)
    assert not send(widget, KEY.Key_Right, CONTROL | SHIFT)
    assert not send(widget, KEY.Key_Space, CONTROL)
    widget.removeEventFilter(far)
    near = Near(widget)
    send(widget, KEY.Key_Return)
    assert not send(widget, KEY.Key_Right, CONTROL)
    assert near.done == ["begin"]


def test_that_plus_is_typed_with_shift_and_is_no_key_of_a_walk_that_does_not_zoom(widget: QWidget) -> None:
    walk = Heard(widget)
    assert send(widget, KEY.Key_Plus, SHIFT)
    assert send(widget, KEY.Key_Minus, KEYPAD)
    assert not send(widget, KEY.Key_Plus, CONTROL)
    assert walk.done == ["closer", "further"]
    widget.removeEventFilter(walk)
    near = Near(widget)
    for held in (NOTHING, SHIFT):
        assert not send(widget, KEY.Key_Plus, held)
    assert near.done == []


def test_that_a_shortcut_of_the_window_is_kept_from_its_keys_and_does_nothing_yet(widget: QWidget) -> None:
    walk = Heard(widget)
    assert send(widget, KEY.Key_Return, kind="ShortcutOverride")
    assert not send(widget, KEY.Key_Space, kind="ShortcutOverride")
    assert walk.done == []
    send(widget, KEY.Key_Return)
    assert send(widget, KEY.Key_Space, kind="ShortcutOverride")
    assert walk.done == ["begin"]


@pytest.mark.parametrize(
    ("reason", "begins"),
    [("Tab", True), ("Backtab", True), ("Shortcut", True), ("Mouse", False), ("Other", False), ("ActiveWindow", False)],
)
def test_that_it_begins_where_the_focus_comes_by_keys(widget: QWidget, reason: str, begins: bool) -> None:
    walk = Heard(widget)
    assert widget.focusPolicy() == Qt.FocusPolicy.TabFocus
    for _ in range(2):
        focus(widget, "FocusIn", REASON[f"{reason}FocusReason"])
    assert walk.is_on == begins
    assert walk.done == ["begin"] * begins, "once"


def test_that_it_ends_where_the_focus_goes_but_not_where_the_whole_window_does(widget: QWidget) -> None:
    walk = Heard(widget)
    focus(widget, "FocusOut", REASON.TabFocusReason)
    assert walk.done == []
    focus(widget, "FocusIn", REASON.TabFocusReason)
    focus(widget, "FocusOut", REASON.ActiveWindowFocusReason)
    assert walk.is_on
    focus(widget, "FocusOut", REASON.MouseFocusReason)
    focus(widget, "FocusOut", REASON.MouseFocusReason)
    assert walk.done == ["begin", "end"]


class Spot(PlaceWalk):
    """Stands at one place, or nowhere."""

    at: QRectF | None = QRectF(40, 30, 20, 10)

    def place(self) -> QRectF | None:
        return self.at

    def go(self, down: int, across: int, *, is_far: bool) -> None:
        """There is nowhere else."""


def test_that_the_ring_is_2_px_around_what_is_seen_of_a_place_and_goes_where_there_is_none(widget: QWidget) -> None:
    walk = Spot(widget)
    assert walk.ring.property(HINT)
    assert walk.ring.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    send(widget, KEY.Key_Return)
    for place, ring in (
        (QRectF(40, 30, 20, 10), (38, 28, 24, 14)),
        (QRectF(-5, -5, 20, 20), (0, 0, 17, 17)),
        (QRectF(190, 90, 50, 50), (188, 88, 12, 12)),
    ):
        walk.at = place
        walk.mark()
        assert walk.ring.isVisible()
        assert walk.ring.geometry().getRect() == ring
    for nowhere in (None, QRectF(), QRectF(300, 300, 5, 5)):
        walk.at = nowhere
        walk.mark()
        assert not walk.ring.isVisible()
        walk.at = QRectF(40, 30, 20, 10)
        walk.mark()


def test_that_the_ring_goes_with_the_size(widget: QWidget) -> None:
    walk = Spot(widget)
    send(widget, KEY.Key_Return)
    walk.at = QRectF(80, 30, 20, 10)
    QApplication.sendEvent(widget, QResizeEvent(widget.size(), widget.size()))
    assert walk.ring.geometry().left() == 78


def test_that_a_place_is_clicked_in_its_middle_and_nothing_where_there_is_none(qtbot: QtBot) -> None:
    class Clicked(QWidget):
        def __init__(self) -> None:
            super().__init__()
            self.heard: list[tuple[QEvent.Type, QPointF, Qt.MouseButton, Qt.MouseButton]] = []

        def event(self, event: QEvent) -> bool:
            if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
                self.heard.append((event.type(), event.position(), event.button(), event.buttons()))  # type: ignore[attr-defined]
            return super().event(event)

    widget = Clicked()
    qtbot.addWidget(widget)
    widget.resize(200, 100)
    walk = Spot(widget)
    send(widget, KEY.Key_Return)
    send(widget, KEY.Key_Space)
    left, none, at = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton, QPointF(50, 35)
    assert widget.heard == [
        (QEvent.Type.MouseButtonPress, at, left, left),
        (QEvent.Type.MouseButtonRelease, at, left, none),
    ]
    walk.at = None
    send(widget, KEY.Key_Space)
    assert len(widget.heard) == 2


def test_that_a_place_that_is_gone_to_is_pointed_at_as_by_a_pointer_without_a_button(qtbot: QtBot) -> None:
    class Pointed(QWidget):
        def __init__(self) -> None:
            super().__init__()
            self.heard: list[tuple[QPointF, QPoint, Qt.MouseButton, str]] = []

        def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
            assert event is not None
            self.heard.append((event.position(), event.globalPosition().toPoint(), event.buttons(), "move"))

        def event(self, event: QEvent | None) -> bool:
            if isinstance(event, QHelpEvent):
                self.heard.append((QPointF(event.pos()), event.globalPos(), Qt.MouseButton.NoButton, "rest"))
                return True
            return super().event(event)

    widget = Pointed()
    qtbot.addWidget(widget)
    widget.move(30, 40)
    widget.setMouseTracking(True)
    at = QPointF(50, 35)
    Spot(widget).point(at)
    where = at, widget.mapToGlobal(at).toPoint(), Qt.MouseButton.NoButton
    assert widget.heard == [(*where, "move"), (*where, "rest")]


def test_that_what_was_told_of_a_place_before_is_not_told_of_one_of_which_nothing_is(widget: QWidget) -> None:
    walk = Spot(widget)
    widget.setAccessibleDescription("of before")
    told(widget, QPointF(5, 5))
    walk.point(QPointF(50, 35))
    assert widget.accessibleDescription() == ""


def test_that_its_end_is_one_for_the_pointer_too(qtbot: QtBot) -> None:
    class Left(QWidget):
        n_left = 0

        def leaveEvent(self, event: QEvent | None) -> None:
            Left.n_left += 1

    widget = Left()
    qtbot.addWidget(widget)
    Spot(widget)
    send(widget, KEY.Key_Return)
    assert Left.n_left == 0
    send(widget, KEY.Key_Escape)
    assert Left.n_left == 1
