"""Places of a view of modules."""

from PyQt6.QtCore import QPoint

from app.views.network.modules.modules_view import ModulesView

EMPTY = QPoint(2, 2)
"""Where nothing is."""


def middle(view: ModulesView, name: str) -> QPoint:
    return view.rect_of_box(name).center().toPoint()
