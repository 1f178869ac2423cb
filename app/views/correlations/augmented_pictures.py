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
_LINES, _MORE_LINES = 3, 4
"""So many lines the longest words on a change take where the page is narrow, and with what else there is to say."""


class AugmentedPictures(QWidget):
    """The picture of a row and that of a column of the matrix, side by side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._header: Augmentations | None = None
        self._small: dict[int, QImage] = {}
        self.shown = (0, 0)
        self._words: Callable[[int], str] | None = None
        self.views = [PictureView(), PictureView()]
        self.labels = [PlainLabel(), PlainLabel()]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        for view, label in zip(self.views, self.labels, strict=True):
            view.setMinimumSize(_PICTURE_PX, _PICTURE_PX)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            label.setWordWrap(True)
            column = QVBoxLayout()
            column.setSpacing(2)
            column.addWidget(view, stretch=1)
            column.addWidget(label)
            row.addLayout(column, stretch=1)
        self._leave_room(_LINES)

    def _leave_room(self, n_lines: int) -> None:
        """For so many lines of words, whatever these are: the pictures stay as large as they are."""
        for label in self.labels:
            label.ensurePolished()
            label.setMinimumHeight(0)  # what it wants is no less than it had
            label.setText("\n" * (n_lines - 1))
            label.setFixedHeight(label.sizeHint().height())

    def show_header(self, header: Augmentations | None) -> None:
        """Where the pictures come from."""
        if header is not self._header:
            self._header, self._small = header, {}
            if header is not None:
                self.show_numbers(0, len(header) - 1)

    def show_words(self, words: Callable[[int], str] | None) -> None:
        """What else to say of an augmentation, by its number; None: nothing."""
        self._words = words
        self._leave_room(_LINES if words is None else _MORE_LINES)
        self.show_numbers(*self.shown)

    def show_numbers(self, first: int, second: int) -> None:
        """Show two augmentations by their numbers."""
        if self._header is None:
            return
        self.shown = first, second
        for number, view, label in zip(self.shown, self.views, self.labels, strict=True):
            view.show_picture(self._picture(number))
            told = augmentation_text(self._header, number)
            label.setText(told if self._words is None else f"{told}\n{self._words(number)}")

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
