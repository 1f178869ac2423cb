"""Gradients that are NaN, and layers without one, in the sign raster."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtGui import QColor

from app.views.gradients.analysis.sign_colours import ON_DARK
from collector.storage import open_collection
from tests.app.views.gradients.raster_run import (
    INTERVAL,
    N_COLUMNS,
    odd_classes,
    write_odd_run,
)
from tests.app.views.gradients.raster_user import WORDS, Shown


@pytest.fixture
def odd(panel: Shown, tmp_path: Path) -> Iterator[Shown]:
    """A run in which gradients are NaN, and a bias has none, from the second row on."""
    with open_collection(write_odd_run(tmp_path / "odd.json", 8)) as collection:
        panel.open(collection)
        yield panel


@pytest.mark.parametrize("column", [2, 3, 108, 113, 114, 115, 700])
def test_that_hovering_tells_what_is_nan_and_what_has_no_gradient_from_what_is_larger(odd: Shown, column: int) -> None:
    odd.zoom_to(column, 5)
    odd.move(odd.place(column + 0.5, 5.5))
    assert odd.panel.readout.text().endswith(f"step {5 * INTERVAL} · " + WORDS[odd_classes(5)[column]])


@pytest.mark.parametrize(("column", "field"), [(2, "not_finite"), (110, "no_gradient")])
def test_that_nan_and_missing_gradients_have_colours_of_their_own(odd: Shown, column: int, field: str) -> None:
    colour = QColor(*getattr(ON_DARK, field))
    odd.zoom_to(column, 0)
    assert odd.colour(odd.place(column + 0.5, 0.5)) != colour
    odd.raster.fit()
    odd.zoom_to(column, 5)
    assert odd.colour(odd.place(column + 0.5, 5.5)) == colour


def test_that_a_single_nan_is_seen_from_afar(odd: Shown) -> None:
    colours = {odd.colour(odd.place(700.5 + near, 5.5)).name() for near in np.linspace(-2, 2, 9)}
    assert QColor(*ON_DARK.not_finite).name() in colours


def test_that_the_legend_and_the_saved_numbers_tell_the_shares_of_both(odd: Shown) -> None:
    odd.panel.show_step(5 * INTERVAL)
    true = np.bincount(odd_classes(5), minlength=6) / N_COLUMNS
    odd.qtbot.waitUntil(lambda: odd.panel.legend.shares is not None)
    assert odd.panel.legend.shares == pytest.approx(true.tolist())
    texts = [text for _, text in odd.panel.legend.entries()]
    assert texts[0].startswith("NaN or Inf")
    assert texts[1].startswith("no gradient")
    headings, rows = odd.panel.numbers()
    assert headings[-2:] == ("not_finite", "no_gradient")
    assert rows[5][-2:] == pytest.approx(true[-2:].tolist(), abs=1 / 255)
    assert rows[0][-2:] == (0, 0)


def test_that_a_run_without_either_has_no_entry_for_them(shown: Shown) -> None:
    assert {field for field, _ in shown.panel.legend.entries()} == {"negative", "both", "positive", "zero", "ground"}
