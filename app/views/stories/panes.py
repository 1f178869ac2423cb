"""Plots that share a page."""

from PyQt6.QtWidgets import QSplitter


def keep_whole(whole: QSplitter) -> None:
    """No pane of it, and of those inside it, can be lost, or is cut where there is least room."""
    for each in (whole, *whole.findChildren(QSplitter)):
        each.setChildrenCollapsible(False)
    whole.setStyleSheet("QSplitter { border: none; }")  # a theme's border is none of what Qt says it needs
