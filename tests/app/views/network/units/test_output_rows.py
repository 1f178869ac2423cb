"""The rows beside the output."""

from types import SimpleNamespace

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication

from app.analysis.graph.rectangle import Rectangle
from app.palette import TEXT_PX
from app.views.network.text import text_width
from app.views.network.units.analysis.grid import Grid
from app.views.network.units.analysis.output_rows import _name_width, place_rows
from app.views.network.units.output_item import _MARK_WIDTH, class_texts

CIFAR = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


@pytest.mark.parametrize("names", [("ant", "bee", "cat", "dog"), tuple("0123456789"), CIFAR, ("spam", "not spam")])
def test_that_the_usual_names_of_classes_are_written_whole_beside_the_mark(
    qapp: QApplication, names: tuple[str, ...]
) -> None:
    room = _name_width(SimpleNamespace(class_names=names)) - _MARK_WIDTH  # type: ignore[arg-type]
    assert max(text_width(name, TEXT_PX, bold=True) for name in names) <= room


@pytest.mark.parametrize("letters", [9, 30, 200])
def test_that_names_give_way_to_the_bars(letters: int) -> None:
    output = SimpleNamespace(class_names=["n" * letters, *"abc"])
    rows = place_rows(output, np.zeros((0, 2)), Grid(2, 2, 10.0), Rectangle(0, 0, 170, 300))  # type: ignore[arg-type]
    assert rows.bars is not None
    assert rows.bars[1] - rows.bars[0] >= 24
    assert rows.names[1] < rows.bars[0]


def test_that_names_without_room_lose_the_words_that_all_begin_with_and_no_others(qapp: QApplication) -> None:
    names = ("class 939", "class 44", "class 7")
    wide = max(text_width(name, TEXT_PX, bold=True) for name in names)
    assert class_texts(names, wide + 1) == list(names)
    assert class_texts(names, wide - 5) == ["939", "44", "7"]
    assert class_texts(("a dog", "a dogfish"), text_width("dogfish", TEXT_PX, bold=True) + 1) == ["dog", "dogfish"]
    assert class_texts(("class", "class a"), 12)[0], "nothing is left without a name"


def test_that_rows_of_the_most_probable_lie_around_the_middle_of_the_room() -> None:
    output = SimpleNamespace(class_names=["n"] * 1000)
    several = Grid(40, 25, 10.0)
    rows = place_rows(output, np.zeros((0, 2)), several, Rectangle(0, 100, 170, 50))  # type: ignore[arg-type]
    assert not rows.are_aligned
    assert rows.middles.tolist() == pytest.approx([100 + 25 - 50 / 3, 125, 125 + 50 / 3])
    rows = place_rows(output, np.zeros((0, 2)), several, Rectangle(0, 100, 170, 600))  # type: ignore[arg-type]
    assert rows.middles.tolist() == [400 + 28 * (number - 4.5) for number in range(10)]
