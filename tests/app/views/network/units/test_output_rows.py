"""The rows beside the output."""

from types import SimpleNamespace

import pytest
from PyQt6.QtWidgets import QApplication

from app.palette import TEXT_PX
from app.views.network.text import text_width
from app.views.network.units.analysis.output_rows import _name_width
from app.views.network.units.output_item import _MARK_WIDTH

CIFAR = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


@pytest.mark.parametrize("names", [("ant", "bee", "cat", "dog"), tuple("0123456789"), CIFAR, ("spam", "not spam")])
def test_that_the_usual_names_of_classes_are_written_whole_beside_the_mark(
    qapp: QApplication, names: tuple[str, ...]
) -> None:
    room = _name_width(SimpleNamespace(class_names=names)) - _MARK_WIDTH  # type: ignore[arg-type]
    assert max(text_width(name, TEXT_PX, bold=True) for name in names) <= room
