"""What a widget tells where the pointer rests."""

from unittest.mock import patch

from PyQt6.QtCore import QEvent, QPoint
from PyQt6.QtGui import QHelpEvent
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget


def tooltip_at(widget: QWidget, at: QPoint) -> str:
    """The text that it answers with, as Qt asks for one; empty: none is shown."""
    with patch.object(QToolTip, "showText") as shown:
        is_answered = QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, at, widget.mapToGlobal(at)))
    assert is_answered, "whoever does not answer has the tooltip taken away"
    (call,) = shown.call_args_list
    assert call.args[0] == widget.mapToGlobal(at)
    text: str = call.args[1]
    return text
