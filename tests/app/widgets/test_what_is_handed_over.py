"""What widgets are told in one piece: it stays as it was, and two of arrays are never compared by their numbers."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from app.widgets.curve_plot import NO_LINE, Line, LineStyle
from app.widgets.figure import Figure
from app.widgets.legend_line import LegendEntry
from app.widgets.sample_card import SampleCard

PIECES = [
    (LineStyle("bar"), "width"),
    (Line(np.arange(2), np.ones(2)), "values"),
    (Figure("Title", (), ()), "title"),
    (LegendEntry("first"), "label"),
    (SampleCard(np.ones((2, 2)), ()), "picture"),
]


@pytest.mark.parametrize(("piece", "field"), PIECES)
def test_that_what_was_handed_over_cannot_be_changed(piece: object, field: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(piece, field, None)


@pytest.mark.parametrize("piece", [Line(np.arange(2), np.ones(2)), SampleCard(np.ones((2, 2)), ())])
def test_that_what_holds_arrays_is_itself_alone(piece: Line | SampleCard) -> None:
    assert piece == piece  # noqa: PLR0124
    assert piece != replace(piece)
    assert len({piece, replace(piece)}) == 2


def test_that_entries_and_styles_that_say_the_same_are_the_same() -> None:
    assert LegendEntry("first", "bar") == LegendEntry("first", "bar", "", is_dashed=False, is_note=False)
    assert LineStyle("bar") == LineStyle("bar", 2, 1.0, is_dots=False, is_second=False)
    assert (len(NO_LINE.steps), len(NO_LINE.values), NO_LINE.steps.dtype) == (0, 0, np.int64)
