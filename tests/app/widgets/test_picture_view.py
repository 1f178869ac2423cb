"""A sample drawn large: where its picture stands, and which bars a vector has."""

import numpy as np
import pytest
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication, QSizePolicy
from pytestqt.qtbot import QtBot

from app.palette import active
from app.widgets.picture_view import PictureView, paint_vector, to_image
from app.window.theme import apply_theme
from tests.app.painted import Painted, painted, painted_by


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication) -> PictureView:
    apply_theme(qapp)
    made = PictureView()
    qtbot.addWidget(made)
    made.resize(200, 150)
    return made


@pytest.mark.parametrize(
    ("shape", "place"),
    [
        ((10, 10), (25, 0, 150, 150)),
        ((10, 20), (0, 25, 200, 100)),
        ((40, 30), (56, 15, 90, 120)),  # three pixels of the screen for each of its own
        ((150, 200), (0, 0, 200, 150)),
        ((151, 200), (1, 0, 198, 150)),  # too large for whole numbers
        ((1, 1), (25, 0, 150, 150)),
    ],
)
def test_that_a_picture_is_as_large_as_fits_in_whole_pixels_and_in_the_middle(
    view: PictureView, shape: tuple[int, int], place: tuple[int, int, int, int]
) -> None:
    view.show_picture(np.ones(shape))
    (found,) = painted(view).pictures
    assert found.width() == pytest.approx(place[2], abs=1)
    assert found.height() == pytest.approx(place[3], abs=1)
    assert found.center().x() == pytest.approx(place[0] + place[2] / 2, abs=1)
    assert found.center().y() == pytest.approx(place[1] + place[3] / 2, abs=1)


def test_that_one_of_picture_vector_and_words_is_shown(view: PictureView) -> None:
    def shown() -> tuple[int, bool, list[str]]:
        found = painted(view)
        return len(found.pictures), bool(found.areas(active().bar)), found.texts

    assert shown() == (0, False, [])
    assert view.image is None
    view.show_picture(np.ones((4, 4)))
    assert shown() == (1, False, [])
    assert view.image is not None and view.image.size() == QSize(4, 4)
    view.show_vector(np.array([1.0, 2.0]))
    assert shown() == (0, True, ["1 to 2"])
    assert view.image is None
    view.show_picture(None)
    assert shown() == (0, False, ["no picture"])
    view.show_picture(None, "not recorded")
    assert shown() == (0, False, ["not recorded"])


def test_that_it_takes_room_and_asks_for_some(view: PictureView) -> None:
    assert view.sizeHint() == QSize(224, 224)
    assert view.minimumSize() == QSize(120, 120)
    assert view.sizePolicy().horizontalPolicy() == view.sizePolicy().verticalPolicy() == QSizePolicy.Policy.Expanding


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([-0.5, 0.25, np.nan], "−0.5 to 0.25"),
        ([3.0], "3 to 3"),
        ([1e-5, np.inf], "1e−5 to 1e−5"),
        ([np.nan, np.inf], "no number"),
    ],
)
def test_that_below_a_vector_stand_the_least_and_the_largest_of_its_numbers(
    view: PictureView, values: list[float], expected: str
) -> None:
    view.show_vector(np.array(values))
    word = painted(view).word(expected)
    assert word.colour == active().faint_text
    assert word.place.center().x() == pytest.approx(100, abs=2)
    assert 150 - 20 < word.place.top() < word.place.bottom() < 150
    (ground,) = painted(view).lines(active().line)
    assert (ground.place.left(), ground.place.right()) == (2, 198)
    assert ground.place.bottom() < word.place.top()


def test_that_numbers_become_pixels_from_black_to_white() -> None:
    grey = to_image(np.array([[-1.0, 0.0, 0.5], [1.0, 2.0, np.nan]]))
    assert grey.format() == QImage.Format.Format_Grayscale8
    assert [[grey.pixelColor(x, y).red() for x in range(3)] for y in range(2)] == [[0, 0, 128], [255, 255, 0]]
    coloured = to_image(np.array([[[0.2, 0.4, 1.0]], [[0.0, 0.6, 0.8]]]))
    assert [coloured.pixelColor(0, y).getRgb()[:3] for y in range(2)] == [(51, 102, 255), (0, 153, 204)]


ROOM = QRectF(10, 20, 100, 60)


def bars_of(values: list[float] | np.ndarray, room: QRectF = ROOM) -> Painted:
    return painted_by(lambda painter: paint_vector(painter, room, np.asarray(values, float)), QSize(120, 100))


def places(found: Painted, colour: str) -> list[tuple[float, float, float, float]]:
    return [
        (each.place.left(), each.place.top(), each.place.width(), each.place.height()) for each in found.areas(colour)
    ]


def test_that_bars_go_up_and_down_from_zero_and_use_all_of_the_height(qapp: QApplication) -> None:
    apply_theme(qapp)
    found = bars_of([2.0, -1.0, 0.0, 1.0])
    assert places(found, active().bar) == [(10, 20, 24, 40), (35, 60, 24, 20), (60, 60, 24, 0), (85, 40, 24, 20)]
    (zero,) = found.lines(active().line)
    assert (zero.place.left(), zero.place.right(), zero.place.center().y()) == (10, 110, 60)


@pytest.mark.parametrize(("values", "zero", "bar"), [([1, 2], 80, (20, 60)), ([-1, -2], 20, (20, 60))])
def test_that_values_of_one_sign_stand_on_an_end(
    qapp: QApplication, values: list[float], zero: float, bar: tuple[float, float]
) -> None:
    apply_theme(qapp)
    found = bars_of(values)
    assert found.lines(active().line)[0].place.center().y() == zero
    assert places(found, active().bar)[1][1::2] == bar


def test_that_bars_are_apart_where_they_are_wider_than_3_px(qapp: QApplication) -> None:
    apply_theme(qapp)
    for n, wide in ((25, 3), (30, 100 / 30 - 1), (34, 100 / 34), (50, 2)):
        found = places(bars_of(np.ones(n)), active().bar)
        assert len(found) == n
        assert found[0][2] == pytest.approx(wide, abs=1e-4)
    assert places(bars_of(np.ones(20), QRectF(0, 0, 15, 30)), active().bar)[0][2] == pytest.approx(15 / 7, abs=1e-4)
    assert len(places(bars_of(np.ones(20), QRectF(0, 0, 1, 30)), active().bar)) == 1


def test_that_of_more_values_than_bars_the_strongest_of_each_stretch_is_one_whatever_its_sign(
    qapp: QApplication,
) -> None:
    apply_theme(qapp)
    values = np.zeros(100)
    values[[1, 3, 99]] = (1, -2, 2)
    found = places(bars_of(values, QRectF(0, 0, 50, 40)), active().bar)
    assert len(found) == 25
    assert found[0][1:] == (20, 2, 20)
    assert found[24][1:] == (0, 2, 20)
    assert all(each[3] == 0 for each in found[1:24])


def test_that_what_is_no_number_is_as_tall_as_the_room_and_hides_no_other(qapp: QApplication) -> None:
    apply_theme(qapp)
    found = bars_of([1.0, np.nan, np.inf, -1.0])
    assert places(found, active().wrong) == [(35, 20, 24, 60), (60, 20, 24, 60)]
    assert places(found, active().bar) == [(10, 20, 24, 30), (85, 50, 24, 30)]
    narrow = places(bars_of([1.0] * 49 + [np.nan]), active().wrong)
    assert narrow == [(pytest.approx(108), 20, 1, 60)]


def test_that_a_vector_of_noughts_or_of_nothing_is_a_line(qapp: QApplication) -> None:
    apply_theme(qapp)
    for values in ([0.0, 0.0], []):
        found = bars_of(values)
        assert all(each[3] == 0 for each in places(found, active().bar))
        assert found.lines(active().line)[0].place.center().y() == 20
