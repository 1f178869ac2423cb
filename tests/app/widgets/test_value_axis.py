"""Which numbers stand at the axis of values of a plot, and how they are written."""

import numpy as np
import pyqtgraph as pg
import pytest
from PyQt6.QtGui import QFontMetrics
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.widgets.step_axis import StepAxis
from app.widgets.value_axis import ValueAxis, labelled_ticks, round_above
from tests.app.painted import painted


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (1.0, (1.0, 2.0, 5.0), 1.0),
        (1.0001, (1.0, 2.0, 5.0), 2.0),
        (2.0, (1.0, 2.0, 5.0), 2.0),
        (2.1, (1.0, 2.0, 5.0), 5.0),
        (2.1, (1.0, 2.0, 3.0, 4.0, 5.0), 3.0),
        (5.1, (1.0, 2.0, 5.0), 10.0),
        (0.03, (1.0, 2.0, 5.0), 0.05),
        (999.0, (1.0, 2.0, 5.0), 1000.0),
        (0.2 + 1e-17, (1.0, 2.0, 5.0), 0.2),
    ],
)
def test_that_the_next_round_number_above_is_the_value_itself_where_it_is_round(
    value: float, digits: tuple[float, ...], expected: float
) -> None:
    assert round_above(value, digits) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("low", "high", "size", "spacing", "expected"),
    [
        (0.0, 1.0, 300.0, 0.2, [0, 0.2, 0.4, 0.6, 0.8, 1]),  # six at the most
        (0.0, 1.0, 100.0, 0.2, [0, 0.2, 0.4, 0.6, 0.8, 1]),  # 18 px apart at the least
        (0.0, 1.0, 80.0, 0.2, [0, 0.2, 0.4, 0.6, 0.8, 1]),  # 16 px, or one alone would be seen whole
        (0.0, 1.0, 90.0, 0.2, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0.3, 1.7, 77.0, 0.5, [0.5, 1, 1.5]),
        (-1.0, 1.0, 120.0, 0.5, [-1, -0.5, 0, 0.5, 1]),
        (0.0, 1.0, 60.0, 0.3, [0, 0.3, 0.6, 0.9]),  # finer numbers where one alone would be seen
        (0.05, 0.95, 60.0, 0.3, [0.3, 0.6, 0.9]),
        (0.0, 10.0, 30.0, 2.0, [2, 8]),  # no two in steps of one size: those that are furthest apart
        (6.89, 6.92, 30.0, 0.002, [6.896, 6.914]),
        (0.0, 1.0, 20.0, 0.1, [0.3, 0.7]),  # too low for two that do not touch
        (3.0, 7.0, 16.0, 1.0, [4, 6]),
        (1.9, 22.4, 30.0, 2.0, [6, 18]),
        (-6.0, 26.0, 32.0, 20.0, [0, 20]),  # 6 px from an end is far enough
    ],
)
def test_that_a_scale_has_round_numbers_as_close_as_they_have_room(
    low: float, high: float, size: float, spacing: float, expected: list[float]
) -> None:
    found = labelled_ticks(low, high, size)
    assert found[0] == pytest.approx(spacing)
    assert found[1] == pytest.approx(expected)
    assert not any(np.signbit(value) and value == 0 for value in found[1]), "a zero has no sign"


def test_that_the_lines_of_a_grid_between_the_numbers_have_none(qapp: QApplication) -> None:
    (spacing, labelled), (finest, others) = ValueAxis().tickValues(0.0, 1.0, 200.0)
    assert (spacing, labelled) == (pytest.approx(0.2), pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1]))
    assert finest < spacing
    assert others and not set(others) & set(labelled)


@pytest.mark.parametrize(
    ("values", "scale", "spacing", "expected"),
    [
        ([0.0, 1.0], 1.0, 1.0, ["0", "1"]),
        ([0.0, 0.25], 1.0, 0.25, ["0.0", "0.2"]),
        ([-0.5, 0.5], 1.0, 0.5, ["−0.5", "0.5"]),
        ([99_999.0], 1.0, 1.0, ["99,999"]),
        ([0.0, 100_000.0], 1.0, 50_000.0, ["0", "1e5"]),
        ([150_000.0, 200_000.0], 1.0, 50_000.0, ["1.5e5", "2e5"]),
        ([1_000_000.0, 1_000_001.0], 1.0, 1.0, ["1e6", "1.000001e6"]),
        ([0.0001, 0.0002], 1.0, 0.0001, ["0.0001", "0.0002"]),
        ([0.00001, 0.00002], 1.0, 0.00001, ["1e−5", "2e−5"]),
        ([-0.00012, 0.0], 1.0, 0.00001, ["−1.2e−4", "0"]),
        ([0.0], 1.0, 1e-9, ["0"]),
        ([1_234_567.0], 1.0, 100_000.0, ["1.2e6"]),
        ([0.12e-7], 1.0, 1e-6, ["1e−8"]),
        ([1.0, 2.0], 0.5, 1.0, ["0.5", "1.0"]),
        ([1.0], 1.0, 0.0, ["1"]),
        ([], 1.0, 1.0, []),
    ],
)
def test_that_numbers_have_as_many_digits_as_tell_them_apart_and_an_exponent_where_six_letters_do_not(
    qapp: QApplication, values: list[float], scale: float, spacing: float, expected: list[str]
) -> None:
    assert ValueAxis().tickStrings(values, scale, spacing) == expected


def log_ticks(low: float, high: float, size: float) -> list[float]:
    """The numbers themselves."""
    ((level, ticks),) = ValueAxis().logTickValues(float(np.log10(low)), float(np.log10(high)), size, [])
    assert level is None
    return [float(f"{10**tick:.3g}") for tick in ticks]


@pytest.mark.parametrize(
    ("low", "high", "size", "expected"),
    [
        (0.5, 200.0, 200.0, [1, 2, 5, 10, 20, 50, 100]),
        (0.5, 200.0, 126.0, [1, 2, 5, 10, 20, 50, 100]),
        (0.5, 200.0, 125.0, [1, 10, 100]),
        (0.5, 2e7, 90.0, [10, 1e3, 1e5]),
        (1.5, 7.0, 60.0, [2, 5]),
        (1.5, 60.0, 40.0, [5, 20]),
        (1.5, 60.0, 20.0, [5, 10]),
        (1.0, 1.2, 80.0, [1, 1.1, 1.2]),
        (2.2, 4.5, 36.0, [2.8, 3.5]),
        (2.2, 4.5, 18.0, [2.8, 3.5]),
        (2.2, 4.5, 200.0, [2.5, 2.9, 3.4, 3.9]),
    ],
)
def test_that_a_log_scale_has_1_2_and_5_of_each_power_or_the_powers_or_numbers_of_two_digits(
    qapp: QApplication, low: float, high: float, size: float, expected: list[float]
) -> None:
    assert log_ticks(low, high, size) == expected


def test_that_the_axis_of_steps_reaches_4_px_beyond_the_plot_at_either_side_alone(qapp: QApplication) -> None:
    axis = StepAxis()
    usual = pg.AxisItem.boundingRect(axis)
    assert axis.boundingRect() == usual.adjusted(-4, 0, 4, 0)


def test_that_however_much_room_there_is_the_lines_between_numbers_have_none(qtbot: QtBot) -> None:
    plot = pg.PlotWidget(axisItems={"left": ValueAxis()})
    qtbot.addWidget(plot)
    plot.resize(300, 900)
    plot.setYRange(0, 1, padding=0)
    plot.show()
    texts = {each.text for each in painted(plot).words if each.place.right() < 54}
    assert texts <= {"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}
    assert len(texts) >= 4


def test_that_a_log_scale_has_no_more_levels_than_that(qapp: QApplication) -> None:
    axis = ValueAxis()
    axis.setLogMode(x=False, y=True)
    assert [level for level, _ in axis.tickValues(-2.2, 0.1, 200.0)] == [None]
    assert axis.tickStrings([-400.0, 0.0, 400.0], 1.0, 1.0) == ["1e−300", "1e0", "1e300"]


def test_that_the_first_steps_of_an_axis_are_as_far_apart_as_the_widest_of_them_and_6_px(qapp: QApplication) -> None:
    axis, high, size = StepAxis(), 1_234_567_890.0, 50.0
    widest = QFontMetrics(axis.font()).horizontalAdvance("1,234,567,890") + 6
    for share, expected in ((1.0, 1e8), (1.01, 2e8)):
        low = high - share * 1e8 * size / widest
        assert axis.tickSpacing(low, high, size)[0][0] == expected


def test_that_steps_have_no_parts(qapp: QApplication) -> None:
    levels = StepAxis().tickSpacing(0.0, 3.0, 300.0)
    assert len(levels) > 1
    assert min(spacing for spacing, _ in levels) == 1
    assert StepAxis().tickStrings([0.0, 1000.0, 2.6], 1.0, 1.0) == ["0", "1,000", "3"]


@pytest.mark.parametrize(
    ("low", "high", "size"), [(0, 100, 300), (1_000, 2_000, 300), (0, 100_000, 200), (900, 1_000, 600), (5, 9, 400)]
)
def test_that_numbers_of_steps_are_so_far_apart_that_the_widest_has_room(
    qapp: QApplication, low: float, high: float, size: float
) -> None:
    axis = StepAxis()
    (first, _), *others = axis.tickSpacing(low, high, size)
    wanted = QFontMetrics(axis.font()).horizontalAdvance(f"{high:,.0f}") + 6
    (usual, _), *_ = pg.AxisItem("bottom").tickSpacing(low, high, size)
    per_step = size / (high - low)
    assert first * per_step >= wanted or first == usual
    closer = [each for each in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000) if each < first]
    assert all(each < usual or each * per_step < wanted for each in closer)
    assert all(each >= 1 for each, _ in others)


def test_that_no_number_stands_between_two_steps(qapp: QApplication) -> None:
    assert [spacing for spacing, _ in StepAxis().tickSpacing(0, 3, 600)] == [1, 1, 1]


def test_that_steps_are_whole_numbers_however_many_there_are(qapp: QApplication) -> None:
    axis = StepAxis()
    assert axis.tickStrings([0, 1_500, 2e6], 1.0, 500) == ["0", "1,500", "2,000,000"]
    assert not axis.autoSIPrefix


def test_that_numbers_of_a_log_scale_have_three_digits_and_its_last_power_of_ten_is_one_that_is_seen(
    qapp: QApplication,
) -> None:
    axis = ValueAxis()
    axis.setLogMode(x=False, y=True)
    assert axis.tickStrings([np.log10(0.125), np.log10(2)], 1.0, 1.0) == ["0.125", "2"]
    assert axis.tickStrings([], 1.0, 1.0) == []
    assert ValueAxis().tickStrings([], 1.0, 1.0) == []
    for high in (2.0, 2.5):
        ((_, shown),) = axis.logTickValues(-1.0, high, 100.0, [])
        assert shown == pytest.approx([each for each in (0, 1, 2) if each < high])
