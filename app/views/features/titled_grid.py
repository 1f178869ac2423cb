"""Tiles below their heading, and what the colours mean."""

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from app.analysis.figures import B_LESS_A
from app.views.features.analysis.dead_marks import NO_MARKS, DeadMarks
from app.views.features.analysis.tiles import Tiles
from app.views.features.scale_line import ScaleLine
from app.views.features.tile_grid import TileGrid
from app.widgets.choice_box import ChoiceBox
from app.widgets.heading_line import HeadingLine
from app.widgets.wrapping_row import WrappingRow

SAME = "The same in A\N{NO-BREAK SPACE}and\N{NO-BREAK SPACE}B."


class TitledGrid(QWidget):
    """A heading, tiles, a colour bar; ``box`` offers a choice beside the heading where there is one."""

    def __init__(self, title: str, box: ChoiceBox | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = HeadingLine(title)
        self.grid = TileGrid()
        self.grid.setAccessibleName(title)
        self.scale = ScaleLine()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.heading if box is None else WrappingRow(self.heading, box))
        column.addWidget(self.grid, stretch=1)
        column.addWidget(self.scale)

    def show_tiles(self, about: str, tiles: Tiles | None, message: str, dead: DeadMarks = NO_MARKS) -> None:
        """Show tiles, or say why there are none, or that they do not differ; ``dead`` as in `TileGrid.show_tiles`."""
        self.heading.show_about(f"{B_LESS_A} · {about}" if tiles and tiles.sides else about)
        if tiles is not None and tiles.is_same:
            tiles, message = None, SAME
        self.grid.show_tiles(tiles, message, dead)
        self.scale.show_tiles(tiles, dead.summary)
