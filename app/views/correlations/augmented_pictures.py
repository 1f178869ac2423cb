"""Two of the augmented pictures, large, with what was done to each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.analysis.augmentation_text import augmentation_text
from app.widgets.picture_view import PictureView, to_image
from app.widgets.plain_text import PlainLabel
from collector.storage.compared import Augmentations

_PICTURE_PX = 96
_LINES = 3
"""So many lines the longest words on a change take where the page is narrow."""


class AugmentedPictures(QWidget):
    """The picture of a row and that of a column of the matrix, side by side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._header: Augmentations | None = None
        self._small: dict[int, QImage] = {}
        self.shown = (0, 0)
        self._words: Callable[[int], str] = lambda _: ""
        self.views = [PictureView(), PictureView()]
        self.labels = [PlainLabel(), PlainLabel()]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        for view, label in zip(self.views, self.labels, strict=True):
            view.setMinimumSize(_PICTURE_PX, _PICTURE_PX)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            label.setWordWrap(True)
            label.setFixedHeight(_LINES * label.fontMetrics().lineSpacing())
            column = QVBoxLayout()
            column.setSpacing(2)
            column.addWidget(view, stretch=1)
            column.addWidget(label)
            row.addLayout(column, stretch=1)

    def show_header(self, header: Augmentations | None) -> None:
        """Where the pictures come from."""
        if header is not self._header:
            self._header, self._small = header, {}
            if header is not None:
                self.show_numbers(0, len(header) - 1)

    def show_words(self, words: Callable[[int], str]) -> None:
        """What else to say of an augmentation, by its number."""
        self._words = words
        self.show_numbers(*self.shown)

    def show_numbers(self, first: int, second: int) -> None:
        """Show two augmentations by their numbers."""
        if self._header is None:
            return
        self.shown = first, second
        for number, view, label in zip(self.shown, self.views, self.labels, strict=True):
            view.show_picture(self._picture(number))
            told = (augmentation_text(self._header, number), self._words(number))
            label.setText("\n".join(filter(None, told)))

    def small(self, name: str) -> QImage | None:
        """The picture of an augmentation by its number as text, in its own size."""
        if self._header is None:
            return None
        number = int(name)
        if number not in self._small:
            self._small[number] = to_image(self._picture(number))
        return self._small[number]

    def _picture(self, number: int) -> np.ndarray:
        assert self._header is not None
        picture = self._header.pictures[number].astype(np.float32) / 255
        return np.moveaxis(picture[:3], 0, -1) if len(picture) >= 3 else picture[0]
