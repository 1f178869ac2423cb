"""What stands around the histograms where there is much room for it, and where there is little."""

from itertools import pairwise

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.palette import active
from app.views.optimizer.analysis.power_histogram import range_of
from app.views.optimizer.histogram_column import HistogramColumn, OfB
from app.views.optimizer.histogram_view import AXIS, LEFT_PX, HistogramView
from tests.app.painted import painted


def bell(centre: int, n: int = 100) -> np.ndarray:
    """Values around a bin of either sign."""
    made = np.zeros(129, np.int64)
    for away in range(-4, 5):
        made[64 + centre + away] = made[64 - centre - away] = n // (1 + away * away)
    return made


@pytest.fixture
def column(qtbot: QtBot) -> HistogramColumn:
    column = HistogramColumn()
    qtbot.addWidget(column)
    column.show_pass({"fc1": {kind: bell(40) for kind in ("weight", "gradient", "update")}}, 1500)
    return column


@pytest.mark.parametrize(("width", "is_above_the_bars"), [(300, True), (150, False)])
def test_that_the_pass_is_told_above_the_bars_where_there_is_room(
    column: HistogramColumn, width: int, is_above_the_bars: bool
) -> None:
    column.resize(width, 400)
    column.show()
    place = column.place_label.contentsRect().left() + column.place_label.x()
    title = painted(column.views["weight"]).word("Weights").place.left() + column.views["weight"].x()
    assert place == pytest.approx(title if is_above_the_bars else 0, abs=2)


@pytest.mark.parametrize(
    ("step_of_b", "layer", "words"),
    [
        (None, None, "step 1,500 · whole model"),
        (None, "fc1", "step 1,500 · fc1"),
        (None, "fc2", "step 1,500 · whole model"),
        (1500, None, "A bars, B line · step 1,500 · whole model"),
        (1510, "fc1", "A bars, step 1,500 · B line, step 1,510 · fc1: not in B"),
    ],
)
def test_that_what_is_shown_is_told_in_words(
    column: HistogramColumn, step_of_b: int | None, layer: str | None, words: str
) -> None:
    histograms = {"fc1": {"weight": bell(40)}}
    of_b = None if step_of_b is None else OfB({"other": {"weight": bell(41)}}, step_of_b, {})
    column.show_pass(histograms, 1500, of_b=of_b)
    column.show_layer(layer)
    assert column.place_label.text() == words


def test_that_a_run_without_any_histogram_beside_one_that_has_some_is_told(column: HistogramColumn) -> None:
    column.show_pass({"fc1": {"weight": bell(40)}}, 3, of_b=OfB({}, 3, {}))
    assert column.place_label.text() == "A bars, B line · step 3 · whole model: none in B"


@pytest.mark.parametrize("width", [190, 240, 400])
def test_that_what_the_axis_is_stands_beside_each_title_that_leaves_room_to_the_edge(qtbot: QtBot, width: int) -> None:
    view = HistogramView("Gradients", "loss")
    qtbot.addWidget(view)
    view.resize(width, 130)
    view.show_counts(bell(40))
    found = painted(view)
    words, title = found.word(AXIS).place, found.word("Gradients").place
    assert title.right() + 4 < words.left() < words.right() <= width
    assert words.right() == pytest.approx(max(found.areas(active().background)[0].place.right(), words.right()), abs=2)


@pytest.mark.parametrize("centre", [10, 30, 45])
@pytest.mark.parametrize("width", range(180, 700, 40))
def test_that_numbers_of_the_axis_keep_apart(qtbot: QtBot, width: int, centre: int) -> None:
    view = HistogramView("Gradients", "loss")
    qtbot.addWidget(view)
    view.resize(width, 130)
    view.show_counts(bell(centre))
    found = painted(view)
    ground = found.areas(active().background)[0].place
    numbers = sorted(
        (each.place for each in found.words if each.place.top() > ground.bottom()), key=lambda it: it.left()
    )
    assert len(numbers) >= 3
    assert all(after.left() - before.right() >= 3 for before, after in pairwise(numbers))


def test_that_there_are_as_many_numbers_as_the_widest_has_room_for(qtbot: QtBot) -> None:
    view = HistogramView("Gradients", "loss")
    qtbot.addWidget(view)
    view.show_counts(bell(30))
    axis = range_of(bell(30))
    assert axis is not None
    widest = view.fontMetrics().horizontalAdvance("−1e−10") + 4
    for width in range(180, 700):
        view.resize(width, 130)
        bar_px = (width - LEFT_PX - 16) / axis.n_bars
        ticks = axis.ticks(bar_px, widest)
        found = painted(view)
        lines = [each.place.left() for each in found.lines(active().faint_text) if each.place.height() == 3]
        assert lines == pytest.approx([LEFT_PX + place * bar_px for place, _ in ticks], abs=0.01)


def test_that_a_share_of_all_is_read_whole(qtbot: QtBot) -> None:
    view = HistogramView("Gradients", "loss")
    qtbot.addWidget(view)
    view.resize(200, 130)
    view.show_counts(np.eye(129, dtype=np.int64)[20])
    assert painted(view).word("100 %").place.left() >= 0


def test_that_a_pass_without_histograms_says_why_once_in_the_room_of_all(column: HistogramColumn) -> None:
    column.resize(190, 300)
    column.show()
    column.show_pass({}, 60)
    label = column.absence_label
    assert label.isVisible()
    assert label.text() == (
        "This pass has no histograms: it is the last, or --insight_interval is 0, or a budget left them out."
    )
    assert label.heightForWidth(label.width()) <= label.height()
    assert not any(view.isVisible() for view in column.views.values())
    column.show_pass({}, 60, "The block is cut off.")
    assert label.text() == "The block is cut off."
    column.show_pass({"fc1": {"weight": bell(40)}}, 90)
    assert not label.isVisible()
    assert all(view.isVisible() for view in column.views.values())
    column.show_pass({}, 60)
    column.show_nothing()
    assert not label.isVisible()
