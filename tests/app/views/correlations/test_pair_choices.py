"""What can be chosen above the matrix of a pair: of one network and of two, within a layer and between two."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.views.correlations.across_pair import Across, AcrossRequest, AcrossResult
from app.views.correlations.across_run import AcrossRun
from app.views.correlations.analysis.matrix_colours import CLIPPED, SIGNED
from app.views.correlations.analysis.matrix_order import Order
from app.views.correlations.analysis.pair_correlation import Inside, PairRequest, PairResult
from app.views.correlations.pair_card import Colours, PairCard
from collector.comparing.unit_matching import UnitMatch
from tests.app.on_screen import shown
from tests.app.pointer import turn
from tests.app.views.correlations.made_up import across_of, waves

BOXES = ("across_box", "inside_box", "feature_order_box", "sample_order_box", "colours_box")


@pytest.fixture
def card(qtbot: QtBot) -> PairCard:
    card = PairCard()
    return shown(qtbot, card, 600, 400)


def seen(card: PairCard) -> list[str]:
    """Boxes that are."""
    return [name.removesuffix("_box") for name in BOXES if getattr(card, name).isVisible()]


def choose(card: PairCard, name: str, what: object) -> None:
    box = getattr(card, f"{name}_box")
    box.choose(what)
    box.chosen.emit()


def test_that_of_one_network_only_a_layer_with_itself_has_something_inside(card: PairCard) -> None:
    card.show_pair("conv1", "fc1", "conv1 × fc1", has_classes=True)
    assert seen(card) == ["feature_order", "colours"]
    card.show_pair("fc1", "fc1", "fc1", has_classes=True)
    assert seen(card) == ["inside", "feature_order", "colours"]
    choose(card, "inside", Inside.SAMPLES)
    assert seen(card) == ["inside", "sample_order", "colours"]
    assert card.request(3) == PairRequest(3, "fc1", "fc1", Inside.SAMPLES, Order.CLASS)
    card.show_pair("conv1", "fc1", "conv1 × fc1", has_classes=True)
    assert seen(card) == ["feature_order", "colours"]
    assert card.request(3) == PairRequest(3, "conv1", "fc1", Inside.SAMPLES, Order.AS_IS)


def test_that_of_two_networks_a_difference_has_colours_of_its_own_and_a_product_no_samples(card: PairCard) -> None:
    run = across_of(partner=(1, 0, 2, -1))
    card.show_pair("fc1", "fc1", "fc1, both", has_classes=True, across=run)
    assert seen(card) == ["across", "inside", "feature_order"]
    choose(card, "inside", Inside.SAMPLES)
    assert seen(card) == ["across", "inside", "sample_order"]
    choose(card, "across", Across.PRODUCT)
    assert seen(card) == ["across", "feature_order", "colours"]
    card.show_pair("conv1", "conv2", "conv1, both", has_classes=True, across=run)
    choose(card, "across", Across.DIFFERENCE)
    assert seen(card) == ["across", "inside", "sample_order"], "partners of other names are one layer, too"
    card.show_pair("conv1", "conv1", "conv1 × conv1", has_classes=True, across=run)
    assert seen(card) == ["across", "feature_order"]


def test_that_of_two_networks_the_partners_are_asked_for(card: PairCard) -> None:
    run = across_of(partner=(1, 0, 2, -1))
    for row, column, partners in (
        ("conv1", "fc1", ("fc1", "conv2")),
        ("softmax", "fc1", None),
        ("fc1", "fc1", ("fc1", "fc1")),
    ):
        card.show_pair(row, column, "", has_classes=True, across=run)
        request = AcrossRequest((2, 2), row, column, partners, Across.DIFFERENCE, Inside.FEATURES, Order.AS_IS)
        assert card.request(2) == request


@pytest.mark.parametrize("has_classes", [True, False])
def test_that_samples_stand_by_class_where_they_have_one(card: PairCard, *, has_classes: bool) -> None:
    card.show_pair("fc1", "fc1", "fc1", has_classes=has_classes)
    assert card.sample_order_box.offered == [Order.CLASS] * has_classes + [Order.CLUSTERED, Order.AS_IS]


def result(run: AcrossRun, order: Order, own: float) -> AcrossResult:
    request = AcrossRequest((1, 1), "fc1", "fc1", ("fc1", "fc1"), Across.PRODUCT, Inside.FEATURES, order)
    match = UnitMatch(np.arange(4), np.ones(4), np.full(4, own), 0.5)
    return AcrossResult(request, waves(4, 4), np.arange(4), np.arange(4), match=match)


def test_that_b_is_put_in_the_order_of_a_where_that_tells_something_or_was_chosen(card: PairCard) -> None:
    run = across_of()
    card.show_pair("fc1", "fc1", "fc1, both", has_classes=True, across=run)
    usual = [Order.AS_IS, Order.CLUSTERED]
    for own, order, offered in (
        (1.0, Order.AS_IS, usual),
        (0.0, Order.AS_IS, [*usual, Order.MATCHED]),
        (1.0, Order.MATCHED, [*usual, Order.MATCHED]),
        (1.0, Order.CLUSTERED, usual),
        (0.0, Order.AS_IS, [*usual, Order.MATCHED]),
    ):
        card.show_reading(result(run, order, own))
        assert card.feature_order_box.offered == offered
    card.show_pair("fc1", "fc1", "fc1, both", has_classes=True, across=run)
    assert card.feature_order_box.offered == [*usual, Order.MATCHED], "of the same two it stays"
    card.show_pair("fc1", "fc1", "fc1", has_classes=True)
    assert card.feature_order_box.offered == usual


def test_that_all_choices_but_colours_are_asked_for(card: PairCard) -> None:
    asked = []
    card.choice_changed.connect(lambda: asked.append(1))
    card.show_pair("fc1", "fc1", "fc1", has_classes=True)
    request = PairRequest(0, "fc1", "fc1", Inside.FEATURES, Order.AS_IS)
    card.colours_box.chosen.emit()
    assert card.matrix.picture is None
    card.show_reading(PairResult(request, waves(4, 4), np.arange(4), np.arange(4), ("fc1", "fc1")))
    assert card.heading.about == "Pearson, 4 × 4 features"
    for colours, scale in ((Colours.CLIPPED, CLIPPED), (Colours.SIGNED, SIGNED)):
        choose(card, "colours", colours)
        assert card.matrix.picture is not None
        assert card.matrix.picture.scale == scale
    assert asked == []
    for n, name in enumerate(("across", "inside", "feature_order", "sample_order"), 1):
        getattr(card, f"{name}_box").chosen.emit()
        assert len(asked) == n


def test_that_a_part_that_is_looked_at_stays_while_the_pair_does(card: PairCard) -> None:
    request = PairRequest(0, "fc1", "fc1", Inside.FEATURES, Order.AS_IS)
    card.show_pair("fc1", "fc1", "fc1", has_classes=True)
    card.show_reading(PairResult(request, waves(40, 40), np.arange(40), np.arange(40), ("fc1", "fc1")))
    turn(card.matrix, card.matrix.cell_rect(20, 20).center(), 360)
    part = card.matrix.seen
    assert part is not None
    card.show_pair("fc1", "fc1", "fc1", has_classes=True)
    assert card.matrix.seen == part
    card.show_reading(PairResult(request, -waves(40, 40), np.arange(40), np.arange(40), ("fc1", "fc1")))
    assert card.matrix.seen == part
    card.show_pair("fc1", "conv1", "fc1 × conv1", has_classes=True)
    assert card.matrix.seen is None
    card.show_nothing("It is gone.")
    assert (card.reading, card.heading.about, card.matrix.message) == (None, "", "It is gone.")
