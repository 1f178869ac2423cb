"""What the pictures of the optimizer say in words, and where their bars and lines are."""

from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.analysis import colours
from app.analysis.health import health_of
from app.palette import DARK
from app.views.optimizer.analysis.layer_heat import HeatScale
from app.views.optimizer.heat_colours import NO_GRADIENT_RGB, ZERO_RGB, colour_table
from app.views.optimizer.histogram_view import AXIS, HistogramView
from app.views.optimizer.scale_bar import ScaleBar
from app.widgets.heat_map import LEFT_PX, HeatMap
from tests.app.made_up_findings import finding
from tests.app.painted import painted
from tests.app.views.optimizer.made_up_heat import heat_of


def counts(near_zero: int = 0) -> np.ndarray:
    """Of 100 values: 10 in each of the powers 2⁻⁶ … 2⁻² of either sign."""
    made = np.zeros(129, np.int64)
    for power in range(-6, -1):
        made[64 + power + 49] = made[64 - power - 49] = 10
    made[64] = near_zero
    return made


@pytest.fixture
def histogram(qtbot: QtBot) -> HistogramView:
    view = HistogramView("weights", "bar")
    qtbot.addWidget(view)
    view.resize(360, 160)
    view.show_counts(counts())
    return view


def test_that_bars_stand_on_the_axis_as_high_as_their_share(histogram: HistogramView) -> None:
    values = counts()
    values[64 - 6 + 49] = 5
    histogram.show_counts(values)
    found = painted(histogram)
    (axis,) = found.lines(DARK.line)
    (ground,) = found.areas(DARK.background)
    bars = found.areas(DARK.bar)
    assert len(bars) == 10
    assert {round(each.place.bottom(), 3) for each in bars} == {round(axis.place.top(), 3)}
    heights = sorted(each.place.height() for each in bars)
    assert heights[0] == pytest.approx(heights[1] / 2, abs=1.5)
    assert heights[-1] == pytest.approx(ground.place.height() - 2, abs=0.5)
    assert all(ground.place.contains(each.place.center()) for each in bars)
    lefts = [each.place for each in bars]
    assert all(after.left() >= before.right() for before, after in pairwise(lefts))
    middle = ground.place.center().x()
    assert sum(each.place.right() <= middle for each in bars) == sum(each.place.left() >= middle for each in bars) == 5


def test_that_a_histogram_names_itself_its_axis_and_both_ends_of_its_height(histogram: HistogramView) -> None:
    found = painted(histogram)
    assert found.word("weights").colour == DARK.text
    assert found.word(AXIS).colour == DARK.faint_text
    assert found.word(AXIS).place.left() > found.word("weights").place.right()
    ground = found.areas(DARK.background)[0].place
    top, bottom = found.word("10 %"), found.words[3]
    assert bottom.text == "0"
    assert top.place.right() < ground.left()
    assert bottom.place.right() < ground.left()
    assert top.place.center().y() == pytest.approx(ground.top(), abs=4)
    assert bottom.place.center().y() == pytest.approx(ground.bottom(), abs=4)
    histogram.resize(160, 160)
    assert AXIS not in painted(histogram).texts, "which the tooltip says where there is no room"


@pytest.mark.parametrize(("near_zero", "text"), [(0, "10 %"), (1, "9.9 %"), (100, "5.0 %"), (150, "4.0 %")])
def test_that_a_small_share_has_a_digit_behind_the_point(histogram: HistogramView, near_zero: int, text: str) -> None:
    histogram.show_counts(counts(near_zero))
    assert text in painted(histogram).texts


def test_that_each_tick_s_number_is_below_it_and_the_two_sides_are_alike(histogram: HistogramView) -> None:
    found = painted(histogram)
    ground = found.areas(DARK.background)[0].place
    ticks = [each.place for each in found.lines(DARK.faint_text)]
    texts = found.words[4:]
    assert len(ticks) == len(texts) >= 3
    for tick, text in zip(ticks, texts, strict=True):
        assert (tick.top(), tick.bottom()) == (ground.bottom(), ground.bottom() + 3)
        assert text.place.center().x() == pytest.approx(tick.left(), abs=1.5)
        assert tick.bottom() < text.place.top() < text.place.bottom() <= histogram.height()
    middle = len(ticks) // 2
    assert texts[middle].text == "0"
    assert ticks[middle].left() == pytest.approx(ground.center().x(), abs=0.6)
    for before, after in zip(range(middle), range(len(ticks) - 1, middle, -1), strict=True):
        assert texts[before].text == f"−{texts[after].text}"
        assert ticks[before].left() + ticks[after].left() == pytest.approx(2 * ground.center().x(), abs=0.01)


def test_that_a_bar_of_nothing_that_is_cut_off_has_its_share_beside_it(histogram: HistogramView) -> None:
    assert not any("near 0" in text for text in painted(histogram).texts)
    histogram.show_counts(counts(near_zero=900))
    found = painted(histogram)
    (bar,) = found.areas(DARK.faint_text)
    words = found.word("90.0 % near 0")
    assert words.colour == DARK.faint_text
    assert 0 < words.place.left() - bar.place.right() < 8
    assert bar.place.top() < min(each.place.top() for each in found.areas(DARK.bar)), "it rises above the others"


def test_that_a_histogram_without_counts_says_why_in_its_middle(histogram: HistogramView) -> None:
    histogram.show_counts(None, "no moment at this step")
    found = painted(histogram)
    assert found.texts == ["weights", AXIS, "no moment at this step"]
    assert found.word("no moment at this step").place.center().x() == pytest.approx(
        found.areas(DARK.background)[0].place.center().x(), abs=2
    )
    assert found.areas(DARK.bar) == []


def test_that_a_bar_s_words_are_of_the_bar_that_is_painted_there(histogram: HistogramView) -> None:
    found = painted(histogram)
    ground = found.areas(DARK.background)[0].place
    for number, each in enumerate(found.areas(DARK.bar)):
        power = -2 - number if number < 5 else number - 11
        low, high = 2.0**power, 2.0 ** (power + 1)
        sign = "−" if number < 5 else ""
        words = histogram.text_at(each.place.center().x())
        assert words == f"{sign}{low:.2g} … {sign}{high:.2g}\n10 values, 10.00 %"
    assert histogram.text_at(ground.center().x()).startswith("|x| < ")


@pytest.fixture
def scale_bar(qtbot: QtBot) -> ScaleBar:
    bar = ScaleBar()
    qtbot.addWidget(bar)
    bar.resize(480, 30)
    return bar


def test_that_a_scale_bar_has_its_numbers_at_their_places_then_its_marks_and_its_unit(scale_bar: ScaleBar) -> None:
    values = np.array([1e-4, 1e-2, 0.0, np.nan, 1.0, 1.0])
    scale_bar.show_heat(heat_of(**{"gradient_norm/a": values}), mark=1e-2)
    found = painted(scale_bar)
    (picture,) = found.pictures
    ticks = found.lines(DARK.faint_text)
    assert scale_bar.scale is not None
    assert len(ticks) >= 2
    for tick, word in zip(ticks, found.words, strict=False):
        at = picture.left() + picture.width() * scale_bar.scale.place_of(float(word.text.replace("−", "-")))
        assert tick.place.left() == pytest.approx(at, abs=0.6)
        assert (tick.place.top(), tick.place.bottom()) == (picture.bottom(), picture.bottom() + 3)
        assert word.place.center().x() == pytest.approx(at, abs=1.5)
        assert word.place.bottom() <= scale_bar.height()
    (mark,) = found.lines("#ffffff")
    assert mark.place.left() == pytest.approx(
        picture.left() + picture.width() * scale_bar.scale.place_of(1e-2), abs=0.6
    )
    right = picture.right()
    for rgb, text in ((ZERO_RGB, "0"), (colours.NOT_FINITE_RGB, "NaN or Inf")):
        (swatch,) = found.areas(QColor(*rgb).name())
        word = [each for each in found.words if each.text == text][-1]
        assert right < swatch.place.left() < swatch.place.right() < word.place.left()
        right = word.place.right()
    assert right < found.word("px").place.left() < found.word("px").place.right() <= scale_bar.width()
    assert QColor(*NO_GRADIENT_RGB).name() not in {each.area for each in found.shapes}
    assert {each.colour for each in found.words} == {DARK.faint_text}


@pytest.mark.parametrize("width", [170, 240, 480, 900])
@pytest.mark.parametrize("scale", [HeatScale(1e-7, 1e3, True), HeatScale(0.2, 0.7, True), HeatScale(0.0, 5.0, False)])
def test_that_numbers_of_a_scale_rise_and_are_as_many_as_have_room(
    scale_bar: ScaleBar, scale: HeatScale, width: int
) -> None:
    scale_bar.scale = scale
    ticks = scale_bar.ticks(width)
    places = [place for place, _ in ticks]
    assert 1 <= len(ticks) <= 24
    assert places == sorted(places)
    assert all(-1e-6 <= place <= 1 + 1e-6 for place in places)
    ends = [(place * width - half, place * width + half) for place, text in ticks
            for half in [scale_bar.fontMetrics().horizontalAdvance(text) / 2]]  # fmt: skip
    assert all(after[0] - before[1] >= 4 for before, after in pairwise(ends))
    if width >= 480:
        assert len(ticks) >= 3


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (5e-7, 0.02, ["1e−6", "1e−5", "1e−4", "1e−3", "1e−2"]),
        (0.0039, 0.06, ["0.005", "0.01", "0.02", "0.05"]),
        (0.21, 0.5, ["0.3", "0.4", "0.5"]),
    ],
)
def test_that_numbers_of_a_log_scale_are_round_and_of_one_notation(
    scale_bar: ScaleBar, low: float, high: float, texts: list[str]
) -> None:
    scale_bar.scale = HeatScale(low, high, True)
    assert [text for _, text in scale_bar.ticks(900)] == texts


@pytest.mark.parametrize(
    ("low", "high", "width", "texts"),
    [
        (0.0, 0.983, 900, ["0", "0.2", "0.4", "0.6", "0.8"]),
        (0.0, 1.0, 100, ["0", "1"]),
        (0.0, 3e-7, 900, ["0", "1e−7", "2e−7", "3e−7"]),
        (-120.0, 116.0, 900, ["−100", "−50", "0", "50", "100"]),
        (-120.0, 116.0, 150, ["−100", "0", "100"]),
        (-1.6, 1.6, 900, ["−1", "0", "1"]),
        (-15.0, 15.0, 100, ["−15", "0", "15"]),
        (0.0, 180.0, 900, ["0", "45", "90", "135", "180"]),
        (0.0, 180.0, 150, ["0", "90", "180"]),
    ],
)
def test_that_numbers_of_a_linear_scale_are_round_and_the_middle_of_two_signs_is_0(
    scale_bar: ScaleBar, low: float, high: float, width: int, texts: list[str]
) -> None:
    scale_bar.scale = HeatScale(low, high, False)
    ticks = scale_bar.ticks(width)
    assert [text for _, text in ticks] == texts
    for place, text in ticks:
        assert place == pytest.approx((float(text.replace("−", "-")) - low) / (high - low))


def test_that_a_scale_bar_of_nothing_is_empty(scale_bar: ScaleBar) -> None:
    scale_bar.show_heat(None, mark=1.0)
    found = painted(scale_bar)
    assert (found.words, found.pictures, scale_bar.mark) == ([], [], None)


@pytest.fixture
def heat_map(qtbot: QtBot) -> HeatMap:
    map_ = HeatMap(colour_table)
    qtbot.addWidget(map_)
    map_.resize(460, 120)
    values = {f"gradient_norm/layer{number}": np.linspace(0.1, 1, 20) for number in range(5)}
    map_.show_heat(heat_of(**values), 19)
    map_.show_range(0, 19)
    return map_


def test_that_each_row_has_its_name_beside_it_and_the_selected_one_stands_out(heat_map: HeatMap) -> None:
    heat_map.show_layer("layer3")
    found = painted(heat_map)
    assert [each.text for each in found.words if each.place.right() < LEFT_PX][:1] == ["layer3"]
    for number in range(5):
        word = found.word(f"layer{number}")
        assert word.place.right() == pytest.approx(LEFT_PX - 6, abs=2)
        assert word.place.center().y() == pytest.approx((number + 0.5) * heat_map.height() / 5, abs=2)
        assert word.colour == (DARK.text if number == 3 else DARK.faint_text)
        assert heat_map.text_at(word.place.center().__class__(300, word.place.center().y())).startswith(word.text)
    (frame,) = found.lines(DARK.text)
    row_px = heat_map.height() / 5
    assert frame.place.top() == pytest.approx(3 * row_px, abs=1.5)
    assert frame.place.bottom() == pytest.approx(4 * row_px, abs=2)


def test_that_the_row_of_a_layer_of_which_something_is_found_has_a_mark_before_its_name(heat_map: HeatMap) -> None:
    found = finding("dead-units", "critical", ["layer3", "no such layer"], 0)
    heat_map.show_health(health_of([found]))
    shown = painted(heat_map)
    (mark,) = shown.areas(DARK.wrong)
    name = shown.word("layer3").place
    assert 2 < name.left() - mark.place.right() < 8
    assert mark.place.center().y() == pytest.approx(name.center().y(), abs=2)
    assert found.title in heat_map.text_at(name.center())


def test_that_names_end_before_the_marks_where_there_are_any(heat_map: HeatMap) -> None:
    names = [f"{'i' * 60}{number}" for number in range(5)]
    values = {f"gradient_norm/{name}": np.linspace(0.1, 1, 20) for name in names}
    heat_map.show_heat(heat_of(**values), 19)
    without = min(each.place.left() for each in painted(heat_map).words)
    heat_map.show_health(health_of([finding("dead-units", "critical", [names[3]], 0)]))
    found = painted(heat_map)
    (mark,) = found.areas(DARK.wrong)
    assert without < mark.place.right()
    assert all(each.place.left() > mark.place.right() + 3 for each in found.words)


def test_that_names_and_marks_of_the_first_and_the_last_of_many_rows_are_seen_whole(heat_map: HeatMap) -> None:
    names = [f"fc{number}" for number in range(61)]
    heat_map.show_heat(heat_of(**{f"gradient_norm/{name}": np.linspace(0.1, 1, 20) for name in names}), 19)
    heat_map.show_layer("fc60")
    heat_map.show_health(health_of([finding("dead-units", "critical", ["fc0", "fc60"], 0)]))
    found = painted(heat_map)
    for each in (found.word("fc0"), found.word("fc60"), *found.areas(DARK.wrong)):
        assert each.place.top() >= 0 and each.place.bottom() <= heat_map.height()
    assert found.word("fc0").place.top() < 3, "as near to its row as it can be seen whole"
    assert found.word("fc60").place.bottom() > heat_map.height() - 3


def test_that_of_many_rows_those_of_which_something_is_found_have_their_names(heat_map: HeatMap) -> None:
    names = [f"fc{number}" for number in range(61)]
    heat_map.show_heat(heat_of(**{f"gradient_norm/{name}": np.linspace(0.1, 1, 20) for name in names}), 19)
    heat_map.show_health(health_of([finding("dead-units", "critical", ["fc13", "fc14", "fc37"], 0)]))
    found = painted(heat_map)
    assert {"fc13", "fc37"} <= set(found.texts)
    assert len(found.areas(DARK.wrong)) == 3, "a row whose neighbour is named has its mark"
    assert all(mark.place.right() < found.word("fc13").place.left() for mark in found.areas(DARK.wrong)[:2])


def test_that_the_playhead_stands_at_its_step(heat_map: HeatMap) -> None:
    for step in (0, 5, 19):
        heat_map.show_step(step)
        (line,) = painted(heat_map).lines(DARK.hovered)
        assert line.px == 2
        assert line.place.left() == pytest.approx(heat_map._x_of(step), abs=0.01)
        assert line.place.height() == heat_map.height()


def test_that_names_of_many_layers_keep_apart_and_the_selected_one_is_among_them(heat_map: HeatMap) -> None:
    values = {f"gradient_norm/layer{number}": np.linspace(0.1, 1, 20) for number in range(60)}
    heat_map.show_heat(heat_of(**values), 19)
    heat_map.show_layer("layer7")
    names = sorted((each for each in painted(heat_map).words), key=lambda each: each.place.top())
    assert "layer7" in {each.text for each in names}
    assert 5 < len(names) < 60
    assert all(after.place.top() > before.place.bottom() for before, after in pairwise(names))
