"""Small pieces that are painted: axis labels, tiles of weights, colour bar, heading, picture, bars."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint
from PyQt6.QtGui import QHelpEvent, QImage
from PyQt6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.palette import active
from app.views.sample.probability_bars import MOST_ROWS, ProbabilityBars, ProbabilityRow
from app.views.unit.analysis.incoming import Incoming
from app.views.unit.colour_bar import ColourBar
from app.views.unit.tile_picture import TilePicture
from app.widgets.heading_line import HeadingLine
from app.widgets.legend_line import LegendEntry, LegendLine
from app.widgets.picture_view import PictureView
from app.widgets.value_axis import ValueAxis
from app.window.theme import apply_theme


@pytest.fixture(autouse=True)
def dark_theme(qapp) -> None:
    apply_theme(qapp, "dark")


def weights(n: int, height: int, width: int, *, is_kept: bool = True) -> Incoming:
    values = np.linspace(-1, 1, n * height * width, dtype=np.float32).reshape(n, height, width)
    return Incoming("", values, np.full(values.shape, is_kept), tuple(f"fc1 {number}" for number in range(n)))


@pytest.mark.parametrize(
    ("values", "spacing", "expected"),
    [
        ([0.0, 0.5, 1.0], 0.5, ["0.0", "0.5", "1.0"]),
        ([0.0, 2000.0], 2000.0, ["0", "2,000"]),
        ([-0.0015, -0.001, 0.0], 0.0005, ["−1.5e−3", "−1e−3", "0"]),
        ([0.0, 2e6], 2e6, ["0", "2e6"]),
    ],
)
def test_that_axis_labels_are_short(qapp, values: list[float], spacing: float, expected: list[str]) -> None:
    assert ValueAxis().tickStrings(values, 1.0, spacing) == expected


@pytest.mark.parametrize(("low", "high"), [(-8, 2), (-1, 1), (-0.35, -0.05), (0.1, 0.1001), (-300, 300)])
def test_that_labels_of_a_log_scale_have_room(qapp, low: float, high: float) -> None:
    size = 90.0
    ((_, ticks),) = ValueAxis().logTickValues(low, high, size, [])
    assert 1 <= len(ticks) <= size / 18
    assert ticks == sorted(ticks)


@pytest.mark.parametrize(("low", "high", "size"), [(0.0015, 0.06, 60.0), (0.0012, 0.07, 40.0), (0.006, 0.15, 50.0)])
def test_that_labels_of_a_log_scale_are_round_where_two_such_numbers_fit(
    qapp, low: float, high: float, size: float
) -> None:
    ((_, ticks),) = ValueAxis().logTickValues(float(np.log10(low)), float(np.log10(high)), size, [])
    assert 2 <= len(ticks) <= size / 18
    assert {f"{10**each:.1e}"[:3] for each in ticks} <= {"1.0", "2.0", "5.0"}


def test_that_labels_of_a_log_scale_have_one_notation_and_none_is_cut_off_by_an_end(qapp) -> None:
    axis = ValueAxis()
    axis.setLogMode(x=False, y=True)
    assert axis.tickStrings([-2.0, -3.0, -6.0], 1.0, 1.0) == ["1e−2", "1e−3", "1e−6"]
    assert axis.tickStrings([-2.0, -3.0], 1.0, 1.0) == ["0.01", "0.001"]
    low, high, size = float(np.log10(0.0072)), float(np.log10(0.0201)), 65.0  # 0.01, and 0.02 too close to the end
    ((_, ticks),) = axis.logTickValues(low, high, size, [])
    per_px = (high - low) / size
    assert len(ticks) >= 2
    assert min(ticks) >= low + 6 * per_px
    assert max(ticks) <= high - 6 * per_px


@pytest.mark.parametrize("size", [30.0, 40.0, 66.0, 90.0, 300.0])
@pytest.mark.parametrize(
    ("low", "high"), [(-0.1, 0.0), (0.0, 0.0021), (-5.0, 33.0), (0.0, 1.0), (6.89, 6.92), (-1e7, 3e7)]
)
def test_that_a_scale_has_at_least_two_numbers_and_none_touches_another(
    qapp, low: float, high: float, size: float
) -> None:
    axis = ValueAxis()
    spacing, values = axis.tickValues(low, high, size)[0]
    places = np.array(values) * size / (high - low)
    cut_off = 6 - 1e-6
    ends = low * size / (high - low) + cut_off, high * size / (high - low) - cut_off
    seen = places[(places >= ends[0]) & (places <= ends[1])]
    assert len(seen) >= 2
    assert np.diff(places).min(initial=np.inf) >= min(16.0, size / 3) - 1e-6
    assert len(set(axis.tickStrings(values, 1.0, spacing))) == len(values)


def test_that_the_pointer_over_a_tile_tells_unit_place_and_weight(qtbot: QtBot) -> None:
    tiles = TilePicture()
    qtbot.addWidget(tiles)
    tiles.resize(260, 100)
    tiles.show_incoming(weights(6, 3, 3), 1.0)
    tiles.show()
    assert tiles.weight_at(QPoint(1, 1)) == (0, 0, 0)
    assert tiles.tip(QPoint(1, 1)) == "fc1 0, row 0, column 0: −1"
    found = {tiles.weight_at(QPoint(x, y)) for x in range(0, 260, 3) for y in range(0, tiles.height(), 3)} - {None}
    assert len(found) == 6 * 9
    tiles.show_incoming(weights(1, 2, 2, is_kept=False), 1.0)
    assert tiles.tip(QPoint(1, 1)).endswith("not recorded")


@pytest.mark.parametrize(("n", "height", "width"), [(1, 28, 28), (3, 32, 32), (4096, 1, 1), (1, 600, 800), (1, 1, 1)])
def test_that_weights_of_any_number_fit_the_width(qtbot: QtBot, n: int, height: int, width: int) -> None:
    tiles = TilePicture()
    qtbot.addWidget(tiles)
    tiles.resize(260, 100)
    tiles.show_incoming(weights(n, height, width), 1.0)
    tiles.show()
    assert 0 < tiles.height() < 1200
    assert tiles.grab().toImage().pixelColor(1, 1) != tiles.palette().window().color()
    tiles.show_incoming(None, 0.0)
    assert tiles.height() == 0


def test_that_the_colour_bar_names_marks_only_where_there_are_any(qtbot: QtBot) -> None:
    bar = ColourBar()
    qtbot.addWidget(bar)
    bar.show_scale(0.25)
    plain = bar.sizeHint().height()
    bar.show_scale(0.25, has_not_finite=True, has_not_recorded=True)
    assert bar.sizeHint().height() > plain
    bar.show()
    bar.grab()


def test_that_a_narrow_heading_keeps_its_title_and_tells_the_rest_in_the_tooltip(qtbot: QtBot) -> None:
    line = HeadingLine("Gradient norm · conv1")
    qtbot.addWidget(line)
    line.show_figure("0.1234")
    line.show_about("each step, and its moving mean")
    for width in (600, 120, 12):
        line.resize(width, 20)
        line.grab()
    assert line.toolTip() == "Gradient norm · conv1 · 0.1234 · each step, and its moving mean"


def test_that_of_a_pair_each_name_is_cut_and_a_short_one_is_not(qtbot: QtBot) -> None:
    line = HeadingLine("")
    qtbot.addWidget(line)
    line.resize(160, 24)
    long = "a_block_as_people_name_them_who_tell_what_it_does"
    for first, second in ((f"{long}_first", f"{long}_last"), ("fc1", long), (long, "fc1")):
        line.show_title(f"{first} × {second}")
        shown = line.shown()[0][0].split(" × ")
        assert [short[0] for short in shown] == [first[0], second[0]]
        assert [short == name for short, name in zip(shown, (first, second), strict=True)] == [
            name == "fc1" for name in (first, second)
        ]
        assert line.fontMetrics().horizontalAdvance(" × ".join(shown)) <= 160


def test_that_a_vector_is_drawn_as_bars_with_nan_marked(qtbot: QtBot) -> None:
    view = PictureView()
    qtbot.addWidget(view)
    view.resize(130, 130)
    view.show()
    view.show_vector(np.array([1.0, -1.0, np.nan]))
    image = view.grab().toImage()
    assert _has(image, active().bar)
    assert _has(image, active().wrong)
    view.show_picture(np.ones((4, 4), np.float32))
    assert not _has(view.grab().toImage(), active().bar)


def test_that_rows_of_probabilities_shrink_before_they_are_cut_off(qtbot: QtBot) -> None:
    bars = ProbabilityBars()
    qtbot.addWidget(bars)
    rows = [ProbabilityRow(f"class {number}", number / 100, number == 3, number == 99) for number in range(100)]
    bars.show_rows(rows)
    assert len(bars.rows) == MOST_ROWS + 1, "the most probable, and the true one"
    assert bars.minimumSizeHint().height() < bars.sizeHint().height()
    bars.resize(240, bars.minimumSizeHint().height())
    bars.show()
    bars.grab()


def _has(image: QImage, colour: str) -> bool:
    return any(image.pixelColor(x, y).name() == colour for x in range(image.width()) for y in range(image.height()))


@pytest.mark.parametrize("scale", [1.0, 0.0123456, 1.234e-11, 123456.0])
@pytest.mark.parametrize("width", [60, 90, 120, 150, 300])
def test_that_numbers_of_a_colour_bar_never_touch(qtbot: QtBot, width: int, scale: float) -> None:
    bar = ColourBar()
    qtbot.addWidget(bar)
    bar.resize(width, 40)
    bar.show_scale(scale)
    ends = [(left, left + bar.fontMetrics().horizontalAdvance(text)) for text, left in bar.labels()]
    assert ends
    assert all(before[1] < after[0] for before, after in pairwise(ends))


def test_that_a_narrow_legend_leaves_out_what_is_no_curve_before_it_cuts_names(qtbot: QtBot) -> None:
    legend = LegendLine()
    qtbot.addWidget(legend)
    curve, note = LegendEntry("Released", "bar", "0.0357"), LegendEntry("bold: moving mean", is_note=True)
    legend.show_entries([curve, note])
    legend.resize(400, 20)
    assert legend.shown_entries() == [curve, note]
    legend.resize(legend.wanted_px() + 20, 20)
    assert legend.shown_entries() == [curve]
    legend.grab()


def test_that_a_note_that_just_fits_into_a_legend_is_shown(qtbot: QtBot) -> None:
    legend, wide = LegendLine(), LegendLine()
    for each in (legend, wide):
        qtbot.addWidget(each)
    curve, note = LegendEntry("Released", "bar"), LegendEntry("bold: moving mean", is_note=True)
    legend.show_entries([curve, note])
    wide.show_entries([curve, replace(note, is_note=False)])
    legend.resize(wide.wanted_px(), 20)
    assert legend.shown_entries() == [curve, note]
    legend.resize(wide.wanted_px() - 1, 20)
    assert legend.shown_entries() == [curve]


def test_that_a_legend_with_no_room_for_its_names_gives_them_that_of_the_figures(qtbot: QtBot) -> None:
    legend = LegendLine()
    qtbot.addWidget(legend)
    legend.show_entries([LegendEntry("Released", "bar", "0.0592 | 0.0166"), LegendEntry("Retained", "bar", "0.941")])
    legend.resize(legend.wanted_px() + 60, 20)
    assert [each.figure for each in legend.shown_entries()] == ["0.0592 | 0.0166", "0.941"]
    legend.resize(2 * legend.fontMetrics().horizontalAdvance("Released") + 60, 20)
    assert [each.figure for each in legend.shown_entries()] == ["", ""]
    assert legend.shown_labels() == ["Released", "Retained"]
    legend.grab()


def test_that_names_in_a_narrow_legend_are_seen_to_differ(qtbot: QtBot) -> None:
    legend = LegendLine()
    qtbot.addWidget(legend)
    legend.show_entries([LegendEntry("Released", "bar", "0.044"), LegendEntry("Retained", "bar", "0.956")])
    for width in range(legend.wanted_px() - 60, legend.wanted_px() + 20):
        legend.resize(width, 20)
        first, second = legend.shown_labels()
        assert first != second, width


def test_that_a_short_name_in_a_legend_leaves_its_room_to_a_long_one(qtbot: QtBot) -> None:
    legend = LegendLine()
    qtbot.addWidget(legend)
    legend.show_entries([LegendEntry("fc1", "bar", "38.9"), LegendEntry("encoder.block." * 9, "loss", "5.5")])
    legend.resize(220, 20)
    legend.show()
    short, long = legend.shown_labels()
    assert short == "fc1"
    assert long.startswith("enc") and "…" in long
    QApplication.sendEvent(legend, QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 5), legend.mapToGlobal(QPoint(5, 5))))
    assert "encoder.block." * 6 in QToolTip.text()
    QToolTip.hideText()


def test_that_an_explanation_is_cut_at_its_end_and_a_name_in_its_middle(qtbot: QtBot) -> None:
    heading = HeadingLine("Loss of the discriminator that sees both halves")
    qtbot.addWidget(heading)
    heading.show_figure("0.12")
    heading.show_about("grey: all other pairs of layers")
    heading.resize(heading.wanted_px() + 80, 24)
    about = heading.shown()[-1][0]
    assert about == f"{'grey: all other pairs of layers'[: len(about) - 1].rstrip()}…"
    heading.resize(200, 24)
    (title, *_), (figure, *_) = heading.shown()
    assert title.startswith("Loss") and title.endswith("halves") and figure == "0.12"


def test_that_how_far_a_figure_may_be_wrong_is_left_out_before_names_are_cut(qtbot: QtBot) -> None:
    legend = LegendLine()
    qtbot.addWidget(legend)
    entries = [LegendEntry("Released", "bar", "0.04 ± 0.001"), LegendEntry("Retained", "loss", "0.96 ± 0.002")]
    legend.show_entries(entries)
    legend.resize(legend.wanted_px(), 20)
    assert [each.figure for each in legend.shown_entries()] == ["0.04 ± 0.001", "0.96 ± 0.002"]
    legend.resize(legend.wanted_px() - 60, 20)
    assert [each.figure for each in legend.shown_entries()] == ["0.04", "0.96"]
    assert legend.shown_labels() == ["Released", "Retained"]


def test_that_of_a_pair_without_room_for_both_its_beginning_is_told_and_what_it_is_about_never_alone(
    qtbot: QtBot,
) -> None:
    line = HeadingLine("embedding × 0.attention.q")
    qtbot.addWidget(line)
    line.show_about("Pearson, 16 × 16")
    told = set()
    for width in range(10, 300):
        line.resize(width, 24)
        if shown := [text for text, *_ in line.shown()]:
            assert shown[0].startswith("em"), width
            told.add(shown[0])
    assert {"embeddin…", "embedding × 0.attention.q"} <= told


def test_that_lines_above_plots_are_as_high_as_their_letters_want_and_as_narrow_as_they_have_to_be(
    qtbot: QtBot,
) -> None:
    heading, legend = HeadingLine("Loss"), LegendLine()
    for each, more in ((heading, 8), (legend, 6)):
        qtbot.addWidget(each)
        letters = each.fontMetrics().height()
        assert (each.minimumSizeHint().width(), each.minimumSizeHint().height()) == (0, letters + more)
        assert (each.sizeHint().width(), each.sizeHint().height()) == (200, letters + more)
