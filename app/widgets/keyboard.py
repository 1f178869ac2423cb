"""Which keys a focused control keeps from the window's shortcuts."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractButton, QAbstractItemView, QAbstractSlider, QComboBox, QWidget

_KEY = Qt.Key
_ARROWS = (_KEY.Key_Left, _KEY.Key_Right, _KEY.Key_Up, _KEY.Key_Down)
_ENDS = (_KEY.Key_Home, _KEY.Key_End, _KEY.Key_PageUp, _KEY.Key_PageDown)
_OWN_KEYS: tuple[tuple[type[QWidget], tuple[Qt.Key, ...]], ...] = (
    (QAbstractButton, (_KEY.Key_Space,)),
    (QComboBox, (_KEY.Key_Space, _KEY.Key_Up, _KEY.Key_Down, *_ENDS)),
    (QAbstractSlider, (*_ARROWS, *_ENDS)),
    (QAbstractItemView, (_KEY.Key_Up, _KEY.Key_Down)),
)


def keeps(widget: QWidget | None, event: QKeyEvent) -> bool:
    """Whether a key does something in a focused control, so that the window's shortcuts must not take it.

    Controls get the focus by Tab only, so that whoever uses the pointer has the window's keys all the time.
    """
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return False
    return any(isinstance(widget, kind) and event.key() in keys for kind, keys in _OWN_KEYS)
