"""The sign raster as it is walked over by keys."""

from PyQt6.QtCore import Qt

from tests.app.views.gradients.raster_run import (
    INTERVAL,
    classes,
)
from tests.app.views.gradients.raster_user import WORDS, Shown


def press(shown: Shown, *keys: Qt.Key) -> None:
    for key in keys:
        shown.qtbot.keyClick(shown.raster, key)


def test_that_arrows_go_from_cell_to_cell_and_what_they_go_to_is_told_and_seen(shown: Shown) -> None:
    shown.raster.setFocus(Qt.FocusReason.TabFocusReason)
    shown.zoom_to(0, 0)
    shown.zoom_to(0, 0)
    seen = shown.raster.view
    press(shown, Qt.Key.Key_Right, Qt.Key.Key_Down)
    shown.settle()
    words = f"{shown.panel._bands.name_of(1)} · step {INTERVAL} · {WORDS[classes(1)[1]]}"
    assert shown.panel.readout.text() == shown.raster.accessibleDescription() == words
    assert shown.raster.walk.ring.geometry().contains(shown.place(1.5, 1.5).toPoint())
    press(shown, *[Qt.Key.Key_Right] * (int(seen.right) + 3))
    assert shown.raster.view.left > seen.left
    assert shown.raster.walk.ring.isVisible()
    press(shown, Qt.Key.Key_Return)
    assert shown.layers == [shown.panel._bands.layer_at(int(seen.right) + 4).layer]


def test_that_plus_and_minus_zoom_where_the_keys_are(shown: Shown) -> None:
    shown.raster.setFocus(Qt.FocusReason.TabFocusReason)
    press(shown, *[Qt.Key.Key_Right] * 20, *[Qt.Key.Key_Down] * 3)
    at = shown.raster.walk.place().topLeft()
    whole = shown.raster.view
    press(shown, Qt.Key.Key_Plus, Qt.Key.Key_Plus)
    view = shown.raster.view
    assert view.right - view.left < whole.right - whole.left
    assert (shown.raster.walk.place().topLeft() - at).manhattanLength() < 20
    press(shown, *[Qt.Key.Key_Minus] * 3)
    assert shown.raster.view == whole
