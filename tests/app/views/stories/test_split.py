"""Pages whose parts share their room: none of them can be dragged away, and each has its share at first."""

from typing import Any

import pytest
from PyQt6.QtWidgets import QSplitter
from pytestqt.qtbot import QtBot

from app.views.correlations.augmentation_page import AugmentationPage
from app.views.correlations.evolution_page import EvolutionPage
from app.views.correlations.panel import CorrelationsPanel
from app.views.stories.changes_page import ChangesPage
from app.views.stories.confusion_page import ConfusionPage
from app.views.stories.depth_page import DepthPage

PARTS = {
    ChangesPage: [2, 2],
    ConfusionPage: [2, 2],
    DepthPage: [2, 2],
    AugmentationPage: [2, 2, 2],
    EvolutionPage: [3],
    CorrelationsPanel: [2, 2, 3],
}
"""Of each page its splitters, and how many parts each has."""


@pytest.mark.parametrize("kind", PARTS)
def test_that_no_part_can_be_dragged_away(kind: type[Any], qtbot: QtBot) -> None:
    page = kind()
    qtbot.addWidget(page)
    if isinstance(page, CorrelationsPanel):
        page.evolution.show()
        page._pages.setCurrentIndex(1)
    elif hasattr(page, "pages"):
        page.pages.show_content()
    page.resize(900, 700)
    page.show()
    qtbot.waitExposed(page)
    splitters = page.findChildren(QSplitter)
    assert sorted(splitter.count() for splitter in splitters) == PARTS[kind]
    for splitter in splitters:
        n = splitter.count()
        for part in range(n):
            splitter.setSizes([0 if each == part else 900 for each in range(n)])
            assert min(splitter.sizes()) > 20
