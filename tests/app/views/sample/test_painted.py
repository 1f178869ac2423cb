"""What the strip of samples and a sample's picture paint."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.analysis.samples_view import UNKNOWN, SamplesView
from app.palette import DARK
from app.replay.frame import Frame
from app.replay.opened import OpenedCollection
from app.views.sample.analysis.probe_pictures import ProbePictures
from app.views.sample.panel import SamplePanel
from app.views.sample.sample_strip import SampleStrip
from app.widgets.picture_view import PictureView
from tests.app.made_up import probe
from tests.app.painted import painted


def strip_of(qtbot: QtBot, shape: tuple[int, ...], n: int = 7) -> SampleStrip:
    strip = SampleStrip()
    qtbot.addWidget(strip)
    strip.resize(220, 200)
    strip.show_pictures(ProbePictures(probe(np.random.default_rng(0).random((n, *shape), np.float32), 4)))
    strip.show()
    qtbot.waitExposed(strip)
    return strip


def frames(strip: SampleStrip) -> list[QRectF]:
    return [each.place for each in painted(strip).lines(DARK.hovered)]


@pytest.mark.parametrize("shape", [(1, 8, 8), (1, 8, 16), (3, 20, 10), (1, 120, 90)])
def test_that_pictures_stand_in_rows_in_their_proportions(qtbot: QtBot, shape: tuple[int, int, int]) -> None:
    strip = strip_of(qtbot, shape)
    places = painted(strip).pictures
    assert len(places) == 7
    _, high, wide = shape
    for place, found in enumerate(places):
        assert found.width() / found.height() == pytest.approx(wide / high, abs=0.05)
        assert QRectF(strip.rect_of(place)).contains(found)
    assert not any(one.intersects(other) for number, one in enumerate(places) for other in places[:number])
    rows = {each.top() for each in places}
    assert max(each.right() for each in places) <= strip.viewport().width()
    in_a_row = sum(each.top() == places[0].top() for each in places)
    cell = strip.rect_of(0).width()
    assert (in_a_row + 1) * cell > strip.viewport().width() or len(rows) == 1, "one more would not fit"


def test_that_what_the_network_makes_of_each_sample_stands_below_its_picture(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, (1, 8, 8), 4)
    labels = np.array([0, 1, 2, 3])
    strip.show_view(SamplesView(labels, np.array([0, 2, 2, UNKNOWN]), np.full(4, 0.5, np.float32)))
    found = painted(strip)
    assert len(found.areas(DARK.right)) == 2
    assert len(found.areas(DARK.wrong)) == 1
    for number, colour in ((0, DARK.right), (1, DARK.wrong), (2, DARK.right)):
        picture = found.pictures[number]
        (mark,) = [
            each
            for each in found.areas(colour)
            if each.place.left() == picture.left() and 0 < each.place.top() - picture.bottom() < 5
        ]
        assert mark.place.width() == picture.width()
        assert strip.rect_of(number).contains(mark.place.toAlignedRect())
    strip.show_view(SamplesView(labels, None, None))
    assert not painted(strip).areas(DARK.right)


def test_that_the_current_sample_is_framed(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, (1, 8, 8))
    for sample in (0, 3, 6):
        strip.show_sample(sample)
        (frame,) = frames(strip)
        picture = painted(strip).pictures[sample]
        assert frame.contains(picture)
        assert frame.center() == picture.center()


def test_that_samples_of_another_order_are_where_a_press_finds_them(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, (1, 8, 8))
    strip.show_order(np.array([4, 2, 6, 0, 1, 3, 5]))
    asked: list[int] = []
    strip.sample_requested.connect(asked.append)
    for place in (0, 2, 6):
        qtbot.mousePress(strip.viewport(), Qt.MouseButton.LeftButton, pos=strip.rect_of(place).center())
    assert asked == [4, 6, 5]
    strip.show_sample(6)
    assert frames(strip)[0].center() == painted(strip).pictures[2].center()
    nowhere = strip.rect_of(7).center()
    assert strip.viewport().rect().contains(nowhere)
    qtbot.mousePress(strip.viewport(), Qt.MouseButton.LeftButton, pos=nowhere)
    assert len(asked) == 3


def test_that_a_sample_that_is_no_picture_is_drawn_as_bars(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, (6,), 3)
    found = painted(strip)
    assert found.pictures == []
    assert len(found.areas(DARK.bar_ground)) == 3
    assert len(found.areas(DARK.bar)) == 18


def test_that_the_framed_sample_is_brought_into_sight(qtbot: QtBot) -> None:
    strip = strip_of(qtbot, (1, 8, 8), 60)
    strip.show_sample(59)
    assert strip.viewport().rect().contains(strip.rect_of(59).center())
    assert strip.verticalScrollBar().value() == strip.verticalScrollBar().maximum()
    assert len(frames(strip)) == 1
    strip.show_first()
    assert frames(strip) == []
    strip.show_sample(1)
    assert strip.verticalScrollBar().value() == 0


@pytest.fixture
def picture(qtbot: QtBot) -> PictureView:
    view = PictureView()
    qtbot.addWidget(view)
    view.resize(160, 130)
    return view


@pytest.mark.parametrize(
    ("shape", "size"), [((8, 8), (128, 128)), ((8, 16), (160, 80)), ((300, 200), None), ((1, 1), (130, 130))]
)
def test_that_a_picture_is_as_large_as_whole_pixels_allow_in_the_middle(
    picture: PictureView, shape: tuple[int, int], size: tuple[int, int] | None
) -> None:
    picture.show_picture(np.zeros(shape, np.float32))
    found = painted(picture)
    (place,) = found.pictures
    if size is not None:
        assert (place.width(), place.height()) == size
    assert place.width() / place.height() == pytest.approx(shape[1] / shape[0], abs=0.02)
    assert place.center().x() == pytest.approx(80, abs=1)
    assert place.center().y() == pytest.approx(65, abs=1)
    (frame,) = found.lines(DARK.line)
    assert frame.place == place.adjusted(-1, -1, 0, 0)


def test_that_a_vector_s_bars_stand_on_zero_as_long_as_its_values_with_their_span_below(picture: PictureView) -> None:
    picture.show_vector(np.array([1.0, -0.5, 0.25, np.nan]))
    found = painted(picture)
    bars = [each.place for each in found.areas(DARK.bar)]
    (zero,) = found.lines(DARK.line)
    (bad,) = found.areas(DARK.wrong)
    assert [each.height() / bars[0].height() for each in bars] == pytest.approx([1.0, 0.5, 0.25], abs=1e-4)
    ground = zero.place.top()
    assert [each.bottom() for each in (bars[0], bars[2])] == [pytest.approx(ground)] * 2
    assert bars[1].top() == pytest.approx(ground)
    assert bad.place.height() == pytest.approx(bars[0].height() + bars[1].height())
    assert all(before.right() < after.left() for before, after in pairwise([*bars, bad.place]))
    span = found.word("−0.5 to 1")
    assert span.colour == DARK.faint_text
    assert span.place.top() > bad.place.bottom()
    assert span.place.bottom() <= 130
    assert span.place.center().x() == pytest.approx(80, abs=2)


def test_that_of_a_long_vector_the_strongest_of_each_stretch_is_seen(picture: PictureView) -> None:
    values = np.full(10_000, 0.01)
    values[5_000] = -1.0
    picture.show_vector(values)
    bars = painted(picture).areas(DARK.bar)
    assert 30 < len(bars) <= 78
    tall = [each for each in bars if each.place.height() > 50]
    assert len(tall) == 1
    assert tall[0].place.center().x() == pytest.approx(80, abs=3)


def test_that_a_vector_without_a_number_says_so_and_no_picture_says_why(picture: PictureView) -> None:
    picture.show_vector(np.array([np.nan]))
    assert painted(picture).texts == ["no number"]
    picture.show_picture(None, "not recorded")
    found = painted(picture)
    assert [(each.text, QColor(each.colour).name()) for each in found.words] == [("not recorded", DARK.faint_text)]
    assert found.shapes == []


@pytest.mark.parametrize("sample", [0, 1])
def test_that_of_the_probabilities_the_true_class_is_framed_and_the_predicted_one_says_whether_it_is_right(
    show: Callable[..., None], opened: OpenedCollection, frame_of: Callable[..., Frame], sample: int
) -> None:
    panel = SamplePanel()
    show(panel, 300, 600)
    panel.show_collection(opened.collection)
    frame = frame_of(2, sample)
    panel.show_frame(frame, 5)
    assert frame.sample.true_class is not None
    is_right = frame.sample.predicted_class == frame.sample.true_class
    for row in panel.bars.rows:
        is_true = row.name == frame.sample.name_of(frame.sample.true_class)
        is_predicted = row.name == frame.sample.name_of(frame.sample.predicted_class)
        assert (row.is_true, row.is_predicted) == (is_true, is_predicted)
        assert row.is_wrong == (is_predicted and not is_right)
    found = painted(panel.bars)
    assert len(found.lines(DARK.text)) == 1
    assert len(found.areas(DARK.right)) == is_right
    assert len(found.areas(DARK.wrong)) == (not is_right)
