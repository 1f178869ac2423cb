"""Samples by measurements, in an order: when each was learnt and forgotten."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtWidgets import QCheckBox, QPushButton, QVBoxLayout, QWidget

from app.palette import active
from app.views.stories.analysis.learning import DEFINITIONS
from app.views.stories.analysis.story_cells import CellColours, Cells, Quantity, cells_of, quantities_of
from app.views.stories.analysis.story_order import StoryOrder, orders_of, story_order, stretches
from app.views.stories.analysis.story_run import StoryRun
from app.views.stories.analysis.story_text import hovered_lines, sample_title
from app.views.stories.colour_key import ColourKey
from app.views.stories.moment import Moment
from app.views.stories.moment_page import MomentPage
from app.views.stories.story_raster import StoryRaster
from app.widgets.below import in_row
from app.widgets.choice_box import ChoiceBox
from app.widgets.picture_view import to_image
from app.widgets.plain_text import plain, plain_tooltip
from app.widgets.sample_card import SampleCard
from app.widgets.wrapping_row import WrappingRow

_MOST_IMAGES, _MOST_LETTERS = 2_000, 80


class TimePage(MomentPage):
    """The raster of stories with what it shows and in which order.

    Signals:
        story_requested(int, object): the user chose a sample, and a measurement or None.
        step_requested(float): the user pointed at a step.
    """

    story_requested = pyqtSignal(int, object)
    step_requested = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells: tuple[object, Cells] | None = None
        self._orders: dict[tuple[StoryOrder, frozenset[int] | None], np.ndarray] = {}
        self._images: dict[int, QImage | None] = {}
        self.quantity_box = ChoiceBox("What the colour of a cell tells")
        self.order_box = ChoiceBox("Order of the samples")
        self.order_box.setToolTip(plain_tooltip(DEFINITIONS))
        self.only_selected = QCheckBox("Selected only")
        self.only_selected.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.fit_button = QPushButton("Fit")
        self.fit_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.raster = StoryRaster()
        self.key = ColourKey()
        boxes, others = QWidget(), QWidget()
        boxes.setLayout(in_row((self.quantity_box, self.order_box)))
        others.setLayout(in_row((self.only_selected, None, self.fit_button)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(WrappingRow(boxes, others))
        column.addWidget(self.raster, stretch=1)
        column.addWidget(self.key)
        self.quantity_box.chosen.connect(self._draw)
        self.order_box.chosen.connect(self._draw)
        self.only_selected.toggled.connect(lambda _: self._draw())
        self.fit_button.clicked.connect(lambda *_: self.raster.fit())
        self.raster.clicked.connect(self.story_requested.emit)
        self.raster.sample_clicked.connect(lambda sample: self.story_requested.emit(sample, None))
        self.raster.step_requested.connect(self.step_requested)
        self.raster.hovered.connect(self._on_hovered)

    def show_moment(self, moment: Moment) -> None:
        """Show a run, with its playhead, sample and selection."""
        before, self._moment = self._moment, moment
        if before is None or before.run is not moment.run:
            run = moment.run
            self._orders = {}
            if before is None or before.run.inputs is not run.inputs:
                self._images = {}
            self.quantity_box.offer(quantities_of(run))
            self.order_box.offer(orders_of(run))
        if before is None or before.run is not moment.run or before.selected != moment.selected:
            self._draw()
        self.raster.show_number(moment.number)
        self.raster.show_current(moment.sample)

    @property
    def order(self) -> np.ndarray:
        """Numbers of the samples as they stand from top to bottom, int."""
        return self.raster.order

    def _draw(self) -> None:
        moment = self._moment
        if moment is None:
            return
        run, quantity, order = moment.run, self.quantity_box.choice, self.order_box.choice
        self.only_selected.setEnabled(moment.selected is not None)
        only = moment.is_selected if self.only_selected.isChecked() else None
        key = (order, None if only is None else moment.selected)
        if key not in self._orders:
            numbers = story_order(run, order)
            self._orders[key] = numbers if only is None else numbers[only[numbers]]
        if quantity is None:
            return
        cells = self._cells_of(run, quantity)
        self.raster.show_cells(cells, run.steps, self._orders[key])
        self.raster.show_sides(
            stretches(run, order, self._orders[key]) if only is None else [], self._image_of, self._text_of
        )
        self.raster.show_selection(moment.is_selected)
        self.key.show_cells(cells)

    def _cells_of(self, run: StoryRun, quantity: Quantity) -> Cells:
        theme = theme_colours()
        key = (id(run), quantity, theme)
        if self._cells is None or self._cells[0] != key:
            self._cells = key, cells_of(run, quantity, theme)
        return self._cells[1]

    def _image_of(self, sample: int) -> QImage | None:
        if sample not in self._images:
            assert self._moment is not None
            picture = self._moment.run.picture(sample)
            if len(self._images) > _MOST_IMAGES:
                self._images.clear()
            self._images[sample] = None if picture is None else to_image(picture)
        return self._images[sample]

    def _text_of(self, sample: int) -> str:
        assert self._moment is not None
        run = self._moment.run
        if run.texts:
            return " ".join(plain(run.texts[sample], _MOST_LETTERS).split())  # a space at its end would move it
        return run.label_text(sample) or sample_title(run, sample)

    def _on_hovered(self, sample: int, number: int) -> None:
        if self._moment is None or sample < 0:
            self.raster.show_card(None)
            return
        run = self._moment.run
        self.raster.show_card(SampleCard(run.picture(sample), hovered_lines(run, sample, number)))


def theme_colours() -> CellColours:
    """Of the theme that is on."""
    palette = active()
    return CellColours(*(_rgb(each) for each in (palette.right, palette.wrong, palette.bar_ground)))


def _rgb(name: str) -> tuple[int, int, int]:
    colour = QColor(name)
    return colour.red(), colour.green(), colour.blue()
