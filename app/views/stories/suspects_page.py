"""Samples that look mislabelled, first the ones that look it most."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QCheckBox, QWidget

from app.views.stories.analysis.story_run import HOW_TO_RECORD
from app.views.stories.analysis.story_text import said_lines, sample_title
from app.views.stories.moment import Moment
from app.views.stories.tile_list import Line, TileList, Tiles
from app.widgets.below import below
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.heading_line import HeadingLine
from app.widgets.picture_view import to_image


class SuspectsPage(QWidget):
    """A tile for each: picture or text, label, what the network says, and the figure that it is sorted by.

    Signals:
        story_requested(int, object): the user chose a sample; the measurement stays, None.
    """

    story_requested = pyqtSignal(int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._moment: Moment | None = None
        self._images: dict[int, QImage | None] = {}
        self.heading = HeadingLine("Suspicious first")
        self.only_selected = QCheckBox("Selected only")
        self.only_selected.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.only_selected.toggled.connect(lambda _: self._draw())
        self.tiles = TileList("Samples that look mislabelled")
        self.tiles.chosen.connect(lambda sample: self.story_requested.emit(sample, None))
        inside = below((self.heading, self.only_selected), self.tiles)
        self.pages = EmptyStateLayout(self, inside, "")

    def show_moment(self, moment: Moment) -> None:
        """Show a run, with its playhead, sample and selection."""
        before, self._moment = self._moment, moment
        suspect = moment.run.suspicion
        if suspect is None:
            self.pages.show_text(f"Nothing is recorded that tells how the network took each sample.\n{HOW_TO_RECORD}")
            return
        self.pages.show_content()
        self.heading.show_about(suspect.about)
        if before is None or before.run.inputs is not moment.run.inputs:
            self._images = {}
        if before is None or before.run is not moment.run or before.selected != moment.selected:
            self._draw()
        elif before.number != moment.number:
            self.tiles.show_words()
        self.tiles.show_current(moment.sample, moment.selected or frozenset())

    def _draw(self) -> None:
        moment = self._moment
        if moment is None or moment.run.suspicion is None:
            return
        run, order = moment.run, moment.run.suspicion.order
        self.only_selected.setEnabled(moment.selected is not None)
        selected = moment.is_selected
        if self.only_selected.isChecked() and selected is not None:
            order = order[selected[order]]
        inputs = None if run.texts else run.inputs
        vectors = inputs if inputs is not None and inputs.ndim == 2 else None
        self.tiles.show_tiles(
            Tiles(
                order.tolist(),
                self._image_of,
                self._lines_of,
                lambda sample: run.texts[sample] if run.texts else sample_title(run, sample),
                vector_of=lambda sample: None if vectors is None else vectors[sample],
                words_of=self._words_of,
                has_pictures=inputs is not None and inputs.ndim in (2, 4),
            )
        )

    def _words_of(self, sample: int) -> list[Line]:
        assert self._moment is not None
        run, suspect = self._moment.run, self._moment.run.suspicion
        assert suspect is not None
        lines = said_lines(run, sample, self._moment.number)
        return [*lines, (f"{suspect.title} {suspect.figure_text(sample)}", "faint_text")]

    def _lines_of(self, sample: int) -> list[Line]:
        """The names alone where tiles are narrow, those of pictures."""
        assert self._moment is not None
        run, words = self._moment.run, self._words_of(sample)
        if run.texts or run.inputs is None:
            return words
        return [(_short(text), colour) for text, colour in words]

    def _image_of(self, sample: int) -> QImage | None:
        if sample not in self._images:
            assert self._moment is not None
            picture = self._moment.run.picture(sample)
            self._images[sample] = None if picture is None else to_image(picture)
        return self._images[sample]


def _short(text: str) -> str:
    if text.startswith("predicted "):
        return f"→ {text.removeprefix('predicted ')}"
    return text.removeprefix("label ")
