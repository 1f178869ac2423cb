"""The page of augmentations alone: what it offers, what it asks for, and which pictures it shows."""

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.views.correlations.analysis.augmentation_correlation import AugmentationRequest, AugmentationResult
from app.views.correlations.analysis.matrix_colours import CLIPPED, SIGNED
from app.views.correlations.analysis.matrix_order import Order
from app.views.correlations.augmentation_page import AugmentationPage
from app.views.correlations.augmented_pictures import AugmentedPictures
from app.views.correlations.pair_card import Colours
from tests.app.painted import Paints
from tests.app.views.correlations.made_up import LAYERS, augmentations_of, augmented, flipped

HEADER = augmentations_of()


@pytest.fixture
def page(qtbot: QtBot) -> AugmentationPage:
    page = AugmentationPage()
    qtbot.addWidget(page)
    page.resize(760, 400)
    page.show()
    qtbot.waitExposed(page)
    return page


def reading(order: Order = Order.KIND, layer: str = "conv1") -> AugmentationResult:
    return augmented(HEADER, order, layer)


def words(page: AugmentationPage) -> list[str]:
    return [label.text() for label in page.pictures.labels]


def test_that_it_offers_layers_and_kinds_of_the_run_that_is_open(page: AugmentationPage) -> None:
    assert (page.layer, page.layer_box.offered, page.kind_box.offered) == ("", [], [])
    page.show_header(HEADER)
    assert (page.layer, page.layer_box.offered) == ("conv1", list(LAYERS))
    assert page.kind_box.offered == ["rotation", "noise", "blur"]
    assert words(page) == ["unchanged", "blur −1.00 of 1 pixel"]
    assert page.request(3) == AugmentationRequest(3, "conv1", Order.KIND)
    page.show_layer("fc1")
    page.show_layer("another")
    page.order_box.choose(Order.CLUSTERED)
    assert page.request(3) == AugmentationRequest(3, "fc1", Order.CLUSTERED)
    page.pictures.show_numbers(0, 4)
    page.show_header(HEADER)
    assert (page.layer, words(page)[1][:5]) == ("fc1", "noise"), "of the same run all stays"
    page.show_header(None)
    assert (page.layer, page.kind_box.offered) == ("", [])
    page.show_header(augmentations_of(("none", "shear"), np.array([0.0, 0.5])))
    assert page.kind_box.offered == ["shear"]
    assert words(page)[1].startswith("shear")


def test_that_another_order_or_layer_is_asked_for_and_colours_are_not(page: AugmentationPage) -> None:
    asked: list[str] = []
    page.choice_changed.connect(lambda: asked.append("order"))
    page.layer_requested.connect(asked.append)
    page.colours_box.chosen.emit()
    assert page.matrix.picture is None
    page.show_header(HEADER)
    page.show_reading(reading())
    assert page.matrix.picture is not None
    assert page.matrix.picture.scale == CLIPPED
    page.colours_box.choose(Colours.SIGNED)
    page.colours_box.chosen.emit()
    assert page.matrix.picture.scale == SIGNED
    assert asked == []
    page.order_box.chosen.emit()
    page.layer_box.choose("fc1")
    page.layer_box.chosen.emit()
    page.bars.layer_requested.emit("conv2")
    assert asked == ["order", "fc1", "conv2"]


def test_that_the_pictures_are_those_that_are_pointed_at(page: AugmentationPage) -> None:
    page.matrix.cell_pointed.emit(0, 1)
    page.show_header(HEADER)
    page.show_reading(reading())
    assert page.reading is not None
    places = page.reading.places.tolist()
    for cell, shown in (((2, 5), (places[2], places[5])), ((-1, -1), (places[2], places[5])), ((0, 0), (0, 0))):
        page.matrix.cell_pointed.emit(*cell)
        assert page.pictures.shown == shown
    for number, second in ((4, 4), (-1, 4), (1, 1)):
        page.strengths.augmentation_pointed.emit(number)
        assert page.pictures.shown == (0, second)
    told = [page.pictures.views[1].image, words(page)[1]]
    page.strengths.augmentation_pointed.emit(8)
    assert told[0] != page.pictures.views[1].image
    assert told[1] != words(page)[1]


def test_that_each_layer_has_a_bar_and_the_chosen_one_its_strengths(page: AugmentationPage) -> None:
    page.show_header(HEADER)
    page.show_reading(reading(layer="conv2"))
    found = reading()
    assert [bar.name for bar in page.bars.bars] == list(LAYERS)
    for bar, row in zip(page.bars.bars, found.stability[:, 1:], strict=True):
        if bar.name == "fc1":
            assert (bar.mean, bar.low, bar.high, bar.beside) == (None, 0.0, 0.0, None)
        else:
            assert bar.mean == pytest.approx(row.mean())
            assert (bar.low, bar.high) == pytest.approx(tuple(np.percentile(row, (5, 95))))
    assert page.bars_heading.about == "of each layer: mean, 5–95 %"
    assert page.strengths.chosen == "rotation"
    assert page.strength_heading.about == "1 is 30 degrees"
    page.strengths.kind_requested.emit("noise")
    assert (page.kind_box.choice, page.strengths.chosen, page.strength_heading.about) == ("noise", "noise", "")
    page.kind_box.choose("blur")
    page.kind_box.chosen.emit()
    assert (page.strengths.chosen, page.strength_heading.about) == ("blur", "1 is 1 pixel")
    dots = page.strengths.dots.getData()
    assert dots[1] == pytest.approx(found.stability[1, 7:])


def test_that_beside_another_network_its_means_and_the_first_flip_are_shown(page: AugmentationPage) -> None:
    page.show_header(HEADER, ("ant", "bee"))
    page.show_reading(flipped(reading()))
    assert page.bars_heading.about == "purple: faster, figure: B − A"
    squares = reading().stability[:, 1:] ** 2
    for bar, row in zip(page.bars.bars, squares, strict=True):
        assert (bar.beside is None) == (bar.name == "fc1")
        if bar.beside is not None:
            assert bar.beside == pytest.approx(row.mean())
    assert page.pictures.shown == (0, 6), "the first that flips in one alone"
    assert words(page)[1].endswith("\nusual: ant, faster: class 2")
    page.show_reading(reading())
    assert page.bars_heading.about == "of each layer: mean, 5–95 %"
    assert "\n" not in words(page)[1]
    with_problem = replace(flipped(reading()).flips, problem="other samples.")  # type: ignore[type-var]
    page.show_reading(replace(reading(), flips=with_problem))
    assert page.bars_heading.about == "of each layer: mean, 5–95 %"
    assert [bar.beside for bar in page.bars.bars] == [None] * 4


def test_that_of_what_cannot_be_read_nothing_of_the_measurement_before_stays(page: AugmentationPage) -> None:
    page.show_header(HEADER)
    page.show_reading(flipped(reading()))
    page.show_reading(replace(reading(), problem="It is damaged."))
    assert (page.matrix.picture, page.matrix.message) == (None, "It is damaged.")
    assert page.bars.bars == ()
    assert (page.bars_heading.about, page.strength_heading.about) == ("", "")
    assert page.strengths.dots.getData()[0].size == 0
    assert "\n" not in words(page)[1]
    page.kind_box.chosen.emit()
    assert page.strength_heading.about == ""


# --- the pictures


def test_that_a_small_picture_is_made_once_for_a_run(qtbot: QtBot) -> None:
    pictures = AugmentedPictures()
    qtbot.addWidget(pictures)
    assert pictures.small("3") is None
    pictures.show_numbers(0, 3)
    assert [label.text().strip() for label in pictures.labels] == ["", ""]
    pictures.show_header(HEADER)
    first = pictures.small("3")
    assert first is not None
    assert (first.width(), first.height()) == (8, 8)
    pictures.show_header(HEADER)
    assert pictures.small("3") is first
    pictures.show_header(augmentations_of())
    assert pictures.small("3") is not first
    pictures.show_header(None)
    assert pictures.small("3") is None


@pytest.mark.parametrize(("channels", "is_grey"), [(1, True), (2, True), (3, False), (4, False)])
def test_that_a_picture_has_the_first_three_channels_or_the_first(channels: int, is_grey: bool, qtbot: QtBot) -> None:
    pictures = AugmentedPictures()
    qtbot.addWidget(pictures)
    header = augmentations_of(channels=channels)
    pictures.show_header(header)
    image = pictures.small("0")
    assert image is not None
    colour = image.pixelColor(3, 3)
    own = header.pictures[0, :, 3, 3].tolist()
    assert [colour.red(), colour.green(), colour.blue()] == (own[:1] * 3 if is_grey else own[:3])


def test_that_what_else_there_is_to_say_leaves_the_pictures_where_they_are(qtbot: QtBot) -> None:
    pictures = AugmentedPictures()
    qtbot.addWidget(pictures)
    pictures.resize(300, 240)
    pictures.show()
    pictures.show_header(HEADER)
    usual = [label.height() for label in pictures.labels]
    pictures.show_words(lambda number: f"number {number}")
    QApplication.processEvents()
    assert [label.text() for label in pictures.labels] == ["unchanged\nnumber 0", "blur −1.00 of 1 pixel\nnumber 8"]
    line = pictures.labels[0].fontMetrics().lineSpacing()
    assert all(
        label.height() == pytest.approx(px + line, abs=1) for label, px in zip(pictures.labels, usual, strict=True)
    )
    paints = Paints(pictures.views[1])
    pictures.show_words(None)
    QApplication.processEvents()
    assert [label.height() for label in pictures.labels] == usual
    assert paints.n > 0
