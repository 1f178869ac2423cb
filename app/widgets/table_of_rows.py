"""How a table behaves of which whole rows are chosen, one at a time."""

from PyQt6.QtWidgets import QAbstractItemView, QTableView


def choose_rows(table: QTableView) -> None:
    """Choose row by row, without a grid; Tab leaves the table."""
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
