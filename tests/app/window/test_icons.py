"""The transport's icons are whole: nothing of a shape is cut off, and each is another."""

import numpy as np
import pytest
from PyQt6.QtGui import QColor, QIcon, QImage

from app.palette import DARK, LIGHT
from app.window.icons import NAMES, icon
from app.window.theme import apply_theme


def opacity(name: str, mode: QIcon.Mode = QIcon.Mode.Normal) -> np.ndarray:
    image = icon(name).pixmap(64, 64, mode).toImage().convertToFormat(QImage.Format.Format_Alpha8)
    block = image.constBits().asarray(image.sizeInBytes())
    return np.frombuffer(block, np.uint8).reshape(image.height(), -1)[:, : image.width()].copy()


@pytest.mark.parametrize("name", NAMES)
def test_that_an_icon_stands_in_the_middle_of_its_square_and_is_not_cut(qapp, name: str) -> None:
    shape = opacity(name) > 127
    rows, columns = np.flatnonzero(shape.any(axis=1)), np.flatnonzero(shape.any(axis=0))
    side = len(shape)
    assert 0.1 < shape.mean() < 0.5
    for first, last in ((rows[0], rows[-1]), (columns[0], columns[-1])):
        assert 0.05 * side < first < last < 0.95 * side
        assert last - first > 0.4 * side
        assert (first + last) / 2 == pytest.approx(side / 2, abs=0.08 * side)


def test_that_no_two_icons_are_alike(qapp) -> None:
    shapes = [opacity(name) for name in NAMES]
    for number, one in enumerate(shapes):
        for other in shapes[:number]:
            assert np.abs(one.astype(int) - other).mean() > 4


@pytest.mark.parametrize(("theme", "palette"), [("dark", DARK), ("light", LIGHT)])
def test_that_an_icon_has_the_theme_s_colour_and_a_faint_one_where_it_cannot_be_used(qapp, theme: str, palette) -> None:
    apply_theme(qapp, theme)
    for mode, colour in ((QIcon.Mode.Normal, palette.text), (QIcon.Mode.Disabled, palette.line)):
        image = icon("stop").pixmap(64, 64, mode).toImage()
        assert image.pixelColor(image.width() // 2, image.height() // 2) == QColor(colour)
    apply_theme(qapp)
