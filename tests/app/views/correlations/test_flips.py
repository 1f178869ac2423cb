"""What changes of a sample do in two networks: which of both takes it for something else then."""

from dataclasses import replace

import numpy as np
import pytest

from app.views.correlations.across_flips import flips_of
from app.views.correlations.analysis.augmentation_correlation import (
    AugmentationRequest,
    AugmentationResult,
    augmentation_table,
)
from app.views.correlations.analysis.flips import Flips
from app.views.correlations.analysis.matrix_order import Order
from app.views.correlations.panel import AUGMENTATIONS, CorrelationsPanel
from app.window.main_window import MainWindow
from tests.app.parts import part

CLASSES = np.array([[0, 0, 1, 2, 0], [3, 3, 0, 3, 1]])
FLIPS = Flips(("usual", "faster"), CLASSES, np.ones((1, 5)))


def test_that_a_flip_is_another_class_than_that_of_the_unchanged_sample() -> None:
    assert FLIPS.flipped.tolist() == [[False, False, True, True, False], [False, False, True, False, True]]
    assert FLIPS.text == "flip: 1 only in faster, 1 only in usual, 1 in both"
    assert FLIPS.order.tolist() == [3, 4]
    assert FLIPS.words(4, ("ant", "bee")) == "usual: ant, faster: bee"
    assert FLIPS.words(3, ()) == "usual: class 2, faster: class 3"


@pytest.fixture
def panel(two_in_window: MainWindow) -> CorrelationsPanel:
    two_in_window.show_view("correlations")
    panel: CorrelationsPanel = part(two_in_window, "correlations")
    panel.page_choice.buttons[AUGMENTATIONS].click()
    return panel


def test_that_the_page_tells_the_flips_of_both_and_how_much_more_stable_b_is(
    two_in_window: MainWindow, panel: CorrelationsPanel
) -> None:
    comparing = two_in_window._session.comparing
    assert comparing is not None
    found = flips_of(comparing, 2)
    last = [each.collection.augmentation_records[2] for each in (comparing.a, comparing.b)]
    layers = list(comparing.a.collection.augmentations.layers)  # type: ignore[union-attr]
    expected = [each.features(layers[-1]).argmax(axis=1) for each in last]  # type: ignore[union-attr]
    assert np.array_equal(found.classes, expected)
    assert panel.place_label.about == found.text
    for number, bar in enumerate(panel.augmentations.bars.bars):
        assert bar.beside == pytest.approx(float(np.mean(last[1].stability[number, 1:])))
    assert panel.augmentations.bars_heading.about == f"purple: {found.names[1]}, figure: B − A"
    headings, rows = panel.augmentation_numbers()
    row = dict(zip(headings, rows[3], strict=True))
    a, b, difference = (float(row[f"fc1{end}"] or 0) for end in ("", "_b", "_difference"))
    assert difference == pytest.approx(b - a)
    two_in_window._session.stop_comparing()
    assert panel.place_label.about == "one sample, changed in 6 ways"
    assert "class_a" not in panel.augmentation_numbers()[0]


def test_that_the_first_change_that_flips_one_of_them_alone_is_shown_with_what_both_take_it_for(
    two_in_window: MainWindow, panel: CorrelationsPanel
) -> None:
    reading, pictures = panel.augmentations.reading, panel.augmentations.pictures
    assert reading is not None and reading.flips is not None
    classes = np.array([[0, 0, 1, 2, 0, 0, 0], [3, 3, 0, 3, 1, 3, 3]])
    panel.show_reading(replace(reading, flips=replace(reading.flips, classes=classes)))
    assert pictures.shown == (0, 3)
    told = [label.text().rpartition("\n")[2] for label in pictures.labels]
    assert told == ["usual: ant, faster: dog", "usual: cat, faster: dog"]
    two_in_window._session.stop_comparing()
    assert not any("usual: " in label.text() for label in pictures.labels)


def test_that_the_table_of_one_network_is_as_ever(two_in_window: MainWindow) -> None:
    header = two_in_window._session.opened.collection.augmentations  # type: ignore[union-attr]
    assert header is not None
    request = AugmentationRequest(0, "fc1", Order.AS_IS)
    headings, rows = augmentation_table(header, AugmentationResult(request, stability=np.ones((len(header.layers), 7))))
    assert headings == ("augmentation", "kind", "strength", *header.layers)
    assert len(rows) == 7
