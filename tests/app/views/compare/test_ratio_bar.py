"""What the colours of a map of differences mean, as it is painted."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.palette import active
from app.views.compare.analysis.difference_heat import DifferenceHeat, difference_heat
from app.views.compare.ratio_bar import RatioBar
from collector.comparing.difference_map import DifferenceMap
from tests.app.painted import painted


def heat(*values: float, has_noise: bool = False) -> DifferenceHeat:
    cells, steps = np.array([values]), np.arange(len(values))
    return difference_heat(DifferenceMap("", ("fc1",), steps, steps, cells, cells != 0), "", has_noise=has_noise)


@pytest.fixture
def bar(qtbot: QtBot) -> RatioBar:
    bar = RatioBar()
    qtbot.addWidget(bar)
    bar.resize(500, bar.sizeHint().height())
    return bar


def test_that_ratios_stand_below_their_colours_from_less_to_more(bar: RatioBar) -> None:
    bar.show_heat(heat(4.0, -4.0))
    found = painted(bar)
    assert found.texts == ["the same", "÷16", "×16", "÷4", "×4"]
    middles = {each.text: each.place.center().x() for each in found.words}
    (picture,) = found.pictures
    places = {"÷16": 0.0, "÷4": 0.25, "the same": 0.5, "×4": 0.75, "×16": 1.0}
    assert (picture.left(), picture.width()) == (24, 420)
    for text, share in places.items():
        assert middles[text] == pytest.approx(24 + share * 420, abs=2)
    assert {each.colour for each in found.words} == {active().faint_text}
    assert all(each.place.top() > picture.bottom() for each in found.words)


def test_that_where_there_is_no_room_for_all_middle_and_ends_stand_alone(bar: RatioBar) -> None:
    bar.resize(220, bar.height())
    bar.show_heat(heat(4.0))
    assert painted(bar).texts == ["the same", "÷16", "×16"]
    assert painted(bar).pictures[0].width() == 220 - 48


def test_that_what_has_no_ratio_has_a_mark_behind_the_bar(bar: RatioBar) -> None:
    bar.show_heat(heat(1.0, np.nan))
    found = painted(bar)
    word, picture = found.word("no ratio"), found.pictures[0]
    (mark,) = found.areas("#ff00dc")
    assert picture.right() + 20 < mark.place.left() < word.place.left()
    assert word.place.right() <= bar.width()


def test_that_a_bar_with_little_room_has_its_mark_in_it_and_no_more_room_than_that(qtbot: QtBot) -> None:
    bar = RatioBar()
    qtbot.addWidget(bar)
    bar.show()
    bar.show_heat(heat(1.0))
    least = bar.minimumSizeHint()
    bar.show_heat(heat(1.0, np.nan))
    assert bar.minimumSizeHint().width() > least.width()
    bar.resize(bar.minimumSizeHint())
    found = painted(bar)
    assert found.pictures[0].width() == least.width() - 48 > 2 * 24
    assert found.word("no ratio").place.right() <= bar.width() < found.word("no ratio").place.right() + 24


def test_that_there_is_room_for_a_mark_only_where_there_is_one(qtbot: QtBot) -> None:
    bar = RatioBar()
    qtbot.addWidget(bar)
    rooms = [bar.minimumSizeHint().width()]
    for values in ((1.0,), (1.0, np.nan), (1.0,)):
        bar.show_heat(heat(*values))
        rooms.append(bar.minimumSizeHint().width())
    assert rooms[0] == rooms[1] == rooms[3] < rooms[2]


def test_that_the_middle_says_whether_it_holds_the_noise_too(bar: RatioBar) -> None:
    bar.show_heat(heat(1.0, has_noise=True))
    assert "the same, or inside of the noise" in painted(bar).texts
    bar.show_heat(None)
    assert painted(bar).texts == painted(bar).pictures == []
