"""Places of a view of modules, and when it has come to rest."""

from PyQt6.QtCore import QPoint
from PyQt6.QtWidgets import QApplication

from app.views.network.modules.modules_view import ModulesView

EMPTY = QPoint(2, 2)
"""Where nothing is."""


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def middle(view: ModulesView, name: str) -> QPoint:
    return view.rect_of_box(name).center().toPoint()
