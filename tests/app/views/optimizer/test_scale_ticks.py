"""Which numbers stand below a scale, as wide as it is."""

import pytest
from pytestqt.qtbot import QtBot

from app.views.optimizer.analysis.layer_heat import HeatScale
from app.views.optimizer.scale_bar import ScaleBar
from tests.app.painted import painted


def texts(qtbot: QtBot, scale: HeatScale, width: int) -> list[str]:
    bar = ScaleBar()
    qtbot.addWidget(bar)
    bar.scale = scale
    return [text for _, text in bar.ticks(width)]


@pytest.mark.parametrize(
    ("low", "high", "width", "shown"),
    [
        (1e-6, 1e3, 900, "1e−6 1e−5 1e−4 1e−3 1e−2 1e−1 1e0 1e1 1e2 1e3"),
        (1e-6, 1e3, 352, "1e−6 1e−4 1e−2 1e0 1e2"),
        (1e-6, 1e3, 132, "1e−6 1e−2 1e2"),
        (1e-6, 1e3, 131, "1e−6 1e−1"),
        (1e-6, 1e3, 40, "1e−6"),
        (0.01, 1.0, 900, "0.01 0.1 1"),
        (0.0101, 1.0, 900, "0.02 0.05 0.1 0.2 0.5 1"),
        (0.2, 0.5, 900, "0.2 0.3 0.4 0.5"),
        (2.1, 2.9, 900, "2.1 2.2 2.3 2.4 2.5 2.6 2.7 2.8 2.9"),
        (2.1, 2.9, 132, "2.1 2.3 2.6"),
        (2.1, 2.9, 131, "2.1 2.5"),
        (0.9, 1.1, 170, "0.9 0.96 1"),
        (1.0, 1.1, 88, "1"),
        (1.0, 1.1, 200, "1 1.1"),
    ],
)
def test_that_numbers_of_a_log_scale_are_powers_or_round_as_many_as_there_is_room_for(
    qtbot: QtBot, low: float, high: float, width: int, shown: str
) -> None:
    assert " ".join(texts(qtbot, HeatScale(low, high, is_log=True), width)) == shown


@pytest.mark.parametrize(
    ("low", "high", "width", "shown"),
    [
        (0, 1, 900, "0 0.2 0.4 0.6 0.8 1"),
        (0, 1, 264, "0 0.2 0.4 0.6 0.8 1"),
        (0, 1, 263, "0 0.5 1"),
        (0, 1, 88, "0 1"),
        (0, 1, 10, "0"),
        (0, 5, 220, "0 2 4"),
        (0, 60, 264, "0 20 40 60"),
        (-3, 7, 900, "−2 0 2 4 6"),
        (-3, 7, 88, "0 5"),
        (-7, 7, 88, "−7 0 7"),
        (-0.7, 0.7, 88, "−0.7 0 0.7"),
        (0, 0.7, 88, "0 0.5"),
        (0, 180, 220, "0 45 90 135 180"),
        (0, 180, 219, "0 90 180"),
        (-180, 180, 900, "−180 −90 0 90 180"),
    ],
)
def test_that_numbers_of_a_linear_scale_are_multiples_of_a_round_one(
    qtbot: QtBot, low: float, high: float, width: int, shown: str
) -> None:
    assert " ".join(texts(qtbot, HeatScale(low, high, is_log=False), width)) == shown


def test_that_a_long_number_at_the_left_end_is_whole_and_begins_a_pixel_from_it(qtbot: QtBot) -> None:
    bar = ScaleBar()
    qtbot.addWidget(bar)
    bar.scale = HeatScale(-1.25e-10, -1.2e-10, is_log=False)
    bar.resize(300, 40)
    first, *others = painted(bar).words
    assert first.text == "−1.25e−10"
    assert first.place.left() == pytest.approx(1, abs=0.6)
    assert others[-1].place.center().x() == pytest.approx(300 - 18, abs=1)


@pytest.mark.parametrize(("value", "x"), [(-1, None), (0, 18), (50, 150), (100, 282), (101, None)])
def test_that_what_is_usual_is_a_line_across_the_bar_where_it_lies_on_it(
    value: float, x: float | None, qtbot: QtBot
) -> None:
    bar = ScaleBar()
    qtbot.addWidget(bar)
    bar.scale, bar.mark = HeatScale(0.0, 100.0, is_log=False), value
    bar.resize(300, 40)
    lines = [each.place.getCoords() for each in painted(bar).lines("#ffffff")]
    assert lines == ([] if x is None else [(x, 1, x, 9)])
