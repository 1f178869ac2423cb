"""The curve, the figures and the colours of stories, as they are painted."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QFontMetricsF
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.palette import SMALL_PX, active, font
from app.views.stories.analysis.story_cells import Cells
from app.views.stories.colour_key import ColourKey
from app.views.stories.story_card import StoryCurve, StoryFigures
from tests.app.fitting import words_of_px
from tests.app.painted import painted

LEFT = Qt.MouseButton.LeftButton
SHARES = np.array([[0.0, 0.9], [0.5, 0.9], [1.0, 0.9], [np.nan, 0.9], [0.25, 0.9]])
"""Of two samples at five measurements."""


def run(**recorded: Any) -> Any:
    fields = {"label_probabilities": None, "confidences": None, "losses": None, "right": None, "n_measurements": 5}
    return SimpleNamespace(**(fields | {"steps": np.arange(5) * 10} | recorded))


@pytest.fixture
def curve(qtbot: QtBot) -> StoryCurve:
    """A plot of 200 × 60 px at (4, 18): a measurement each 40 px."""
    curve = StoryCurve()
    qtbot.addWidget(curve)
    curve.resize(208, 98)
    return curve


def dots(curve: StoryCurve) -> list[tuple[float, float]]:
    """Where the points of the curve are."""
    places = [each.place for each in painted(curve).areas(active().bar)]
    return [(place.center().x(), place.center().y()) for place in places if abs(place.width() - 4) < 0.1]


def test_that_a_share_is_as_high_as_it_is_large_in_the_middle_of_its_measurement(curve: StoryCurve) -> None:
    curve.show_story(run(label_probabilities=SHARES), 0, None)
    heights = {0: 78, 1: 48, 2: 18, 4: 63}
    wanted = [(24 + 40 * number, height) for number, height in heights.items()]
    assert np.allclose(dots(curve), wanted, atol=0.05)
    assert painted(curve).texts == ["probability of the label, 0 to 1"]
    curve.show_story(run(confidences=SHARES), 1, None)
    assert np.allclose([y for _, y in dots(curve)], 78 - 0.9 * 60, atol=0.05)
    assert painted(curve).texts == ["confidence, 0 to 1"]


def test_that_a_loss_fills_the_height_with_its_largest(curve: StoryCurve) -> None:
    curve.show_story(run(losses=SHARES * 8), 0, None)
    assert painted(curve).texts == ["loss, 0 to 8"]
    assert np.allclose([y for _, y in dots(curve)], [78, 48, 18, 63], atol=0.05)
    curve.show_story(run(losses=SHARES / 8), 0, None)
    assert painted(curve).texts == ["loss, 0 to 0.125"]
    assert np.allclose([y for _, y in dots(curve)], [78, 48, 18, 63], atol=0.05)
    curve.show_story(run(losses=SHARES * 0), 0, None)
    assert np.allclose([y for _, y in dots(curve)], [78, 78, 78, 78], atol=0.05)
    curve.show_story(run(losses=np.full((5, 2), np.nan)), 0, None)
    assert painted(curve).texts == ["loss, 0 to 1"]
    assert dots(curve) == []


def test_that_without_numbers_it_says_so_and_nothing_is_painted_of_no_measurement(curve: StoryCurve) -> None:
    assert painted(curve).texts == []
    curve.show_story(run(), 0, None)
    assert painted(curve).texts[0] == "right or wrong"
    assert "not recorded" in " ".join(painted(curve).texts)
    curve.show_story(run(right=np.ones((5, 2), bool)), 0, 3)
    (playhead,) = painted(curve).lines(active().hovered)
    assert playhead.place.top() > max(each.place.bottom() for each in painted(curve).words), "not through the words"
    curve.show_story(run(n_measurements=0), 0, None)
    assert painted(curve).texts == []


def test_that_a_band_tells_right_from_wrong_and_a_line_the_playhead(curve: StoryCurve) -> None:
    right = np.array([[False], [False], [True], [True], [True]])
    curve.show_story(run(label_probabilities=SHARES, right=right), 0, 3)
    (band,) = painted(curve).pictures
    assert band.getRect() == (4, 82, 200, 8)
    image = curve.grab().toImage()
    colours = [image.pixelColor(24 + 40 * number + 8, 86).name() for number in range(5)]
    assert colours == [active().wrong] * 2 + [active().right] * 3
    gaps = [each.place.left() for each in painted(curve).lines(active().background)]
    assert gaps == pytest.approx([44, 84, 124, 164])
    (playhead,) = painted(curve).lines(active().hovered)
    assert (playhead.place.left(), playhead.place.top(), playhead.place.bottom()) == pytest.approx((144, 17, 91))
    curve.show_story(run(label_probabilities=SHARES, right=right), 0, None)
    assert painted(curve).lines(active().hovered) == []


def test_that_the_playhead_ends_with_the_plot_where_no_band_is_below(curve: StoryCurve) -> None:
    curve.show_story(run(losses=SHARES), 0, 3)
    (playhead,) = painted(curve).lines(active().hovered)
    assert playhead.place.bottom() == pytest.approx(79)


@pytest.mark.parametrize(
    ("has_values", "has_band", "top", "bottom"),
    [(True, True, 17, 91), (True, False, 17, 79), (False, True, 81, 91), (False, False, 79, 81)],
)
def test_that_the_playhead_crosses_the_curve_and_the_band_and_no_words(
    curve: StoryCurve, has_values: bool, has_band: bool, top: int, bottom: int
) -> None:
    values = np.full((5, 2), 0.5) if has_values else None
    curve.show_story(run(label_probabilities=values, right=np.ones((5, 2), bool) if has_band else None), 0, 3)
    (playhead,) = painted(curve).lines(active().hovered)
    assert (playhead.place.top(), playhead.place.bottom()) == (top, bottom)


def test_that_a_click_requests_the_step_of_its_measurement(curve: StoryCurve) -> None:
    told: list[float] = []
    curve.step_requested.connect(told.append)
    QTest.mouseClick(curve, LEFT, pos=QPoint(24, 50))
    curve.show_story(run(label_probabilities=SHARES), 0, None)
    for x in (24, 43, 45, 0, 207):
        QTest.mouseClick(curve, LEFT, pos=QPoint(x, 50))
    assert told == [0, 0, 10, 0, 40]


def test_that_figures_stand_at_the_right_of_their_names_and_what_is_too_long_is_cut(qtbot: QtBot) -> None:
    figures = StoryFigures()
    qtbot.addWidget(figures)
    assert figures.sizeHint().height() == 17
    figures.show_rows([("truly", "cat", "text"), ("said", "a word " * 40, "wrong")])
    assert figures.sizeHint().height() == 34
    figures.resize(200, 34)
    found = painted(figures)
    assert found.texts[:3] == ["truly", "cat", "said"]
    assert found.word("truly").place.left() == pytest.approx(4, abs=1.5)
    assert found.word("cat").place.right() == pytest.approx(196, abs=1.5)
    assert found.word("said").place.center().y() == pytest.approx(17 + 8.5, abs=3)
    assert "…" in found.words[3].text
    assert found.words[3].place.left() > found.word("said").place.right()
    assert [each.colour for each in found.words] == [
        active().faint_text, active().text, active().faint_text, active().wrong,
    ]  # fmt: skip
    assert figures.accessibleName().startswith("truly cat, said a word")


def test_that_the_same_words_are_cut_at_the_same_place_and_seen_to_be_none_of_the_others(qtbot: QtBot) -> None:
    figures = StoryFigures()
    qtbot.addWidget(figures)
    names = [f"the digit that people write when they mean {number}, in words" for number in range(3)]
    figures.show_rows([("label", names[0], "text"), ("predicted", names[0], "right"), ("loss", "0.1", "text")], names)
    figures.resize(200, 51)
    _, label, _, said, _, loss = painted(figures).texts
    assert label == said
    assert "0" in label
    assert "…" in label
    assert loss == "0.1"


def test_that_a_figure_is_whole_as_far_as_its_name_leaves_room(qtbot: QtBot) -> None:
    figures, metrics = StoryFigures(), QFontMetricsF(font(SMALL_PX))
    qtbot.addWidget(figures)
    figures.resize(200, 17)
    room = 200 - 16 - metrics.horizontalAdvance("label")
    for px, is_whole in ((room, True), (room + 1, False)):
        value = words_of_px(metrics, px)
        figures.show_rows([("label", value, "text")])
        assert (painted(figures).texts[1] == value) == is_whole


@pytest.fixture
def key(qtbot: QtBot) -> ColourKey:
    key = ColourKey()
    qtbot.addWidget(key)
    key.resize(400, 18)
    return key


def cells(names: dict[int, str], span: tuple[str, str] | None = None) -> Cells:
    colours = np.zeros((256, 3), np.uint8)
    colours[:3] = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    return Cells(np.zeros((1, 1), np.uint8), colours, names, span)


def test_that_names_stand_behind_their_swatches(key: ColourKey) -> None:
    key.show_cells(cells({0: "right", 2: "wrong"}))
    found = painted(key)
    assert found.texts == ["right", "wrong"]
    for name, colour in (("right", "#ff0000"), ("wrong", "#0000ff")):
        (swatch,) = found.areas(colour)
        assert (swatch.place.width(), swatch.place.height(), swatch.place.top()) == (10, 10, 4)
        assert found.word(name).place.left() == pytest.approx(swatch.place.right() + 5, abs=1.5)
    assert found.areas("#ff0000")[0].place.left() == 4
    assert found.areas("#0000ff")[0].place.left() == pytest.approx(found.word("right").place.right() + 12, abs=2)
    assert (key.accessibleName(), key.toolTip()) == ("right, wrong", "right, wrong")


def test_that_names_without_room_are_three_dots(key: ColourKey) -> None:
    key.show_cells(cells({0: "a long name of it", 1: "another", 2: "one more"}))
    whole = painted(key)
    key.resize(int(whole.word("another").place.right()) + 5, 18)
    assert painted(key).texts == ["a long name of it", "another", "…"]
    key.resize(int(whole.word("another").place.right()) - 5, 18)
    assert painted(key).texts == ["a long name of it", "…"]


def test_that_a_scale_lies_between_its_ends(key: ColourKey) -> None:
    key.show_cells(cells({}, ("0", "most")))
    found = painted(key)
    assert found.texts == ["0", "most"]
    (bar,) = found.pictures
    assert (bar.width(), bar.height(), bar.top()) == (140, 10, 4)
    assert found.word("0").place.right() == pytest.approx(bar.left() - 6, abs=2)
    assert found.word("most").place.left() == pytest.approx(bar.right() + 6, abs=2)
    assert key.accessibleName() == "0 to most"


def test_that_no_colours_are_nothing(key: ColourKey) -> None:
    assert painted(key).texts == []
    assert painted(key).pictures == []
