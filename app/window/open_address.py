"""Asks for the address of a collection that lies elsewhere."""

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QInputDialog, QWidget

LABEL = "Address of a collection, as https://host/run.json, s3://…, gs://… or ssh://…"


def ask_for_address(parent: QWidget, take: Callable[[str], object]) -> QInputDialog:
    """Open a dialog that gives what was typed in it to ``take``; the dialog."""
    dialog = QInputDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle("Open an address")
    dialog.setLabelText(LABEL)
    dialog.setOkButtonText("Open")
    dialog.textValueSelected.connect(lambda text: take(text.strip()) if text.strip() else None)
    dialog.open()
    return dialog
