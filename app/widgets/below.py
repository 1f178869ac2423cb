"""A widget below its heading."""

from collections.abc import Sequence

from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.widgets.heading_line import HeadingLine


def below(above: QWidget | Sequence[QWidget | None], widget: QWidget) -> QWidget:
    """A widget below another one, or some in a row, of which headings, or None, take the room that is left."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    if isinstance(above, QWidget):
        column.setSpacing(2)
        column.addWidget(above)
    else:
        column.setSpacing(4)
        column.addLayout(in_row(above))
    column.addWidget(widget, stretch=1)
    return whole


def in_row(widgets: Sequence[QWidget | None]) -> QHBoxLayout:
    """These beside one another; headings, or None, take the room that is left."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    for each in widgets:
        if each is None:
            row.addStretch(1)
        else:
            row.addWidget(each, stretch=int(isinstance(each, HeadingLine)))
    return row
