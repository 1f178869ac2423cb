"""Pages of matrices with what belongs to them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget

from app.views.correlations.across_pair import Across, AcrossRequest, AcrossResult
from app.views.correlations.across_run import AcrossMeasure, AcrossRun
from app.views.correlations.analysis.augmentation_correlation import AugmentationResult
from app.views.correlations.analysis.matrix_order import Order, by_class
from app.views.correlations.analysis.pair_correlation import Inside, PairRequest, PairResult
from app.views.correlations.analysis.similarity_run import PairMeasure, SimilarityRun
from app.views.correlations.augmentation_page import AugmentationPage
from app.views.correlations.augmented_pictures import AugmentedPictures
from app.views.correlations.evolution_page import EvolutionPage
from app.views.correlations.pair_card import PairCard
from tests.app.looks.pieces import Piece
from tests.app.views.correlations.made_up import (
    LAYERS,
    across_of,
    augmentations_of,
    augmented,
    flipped,
    likeness_of,
    run_of,
    waves,
)

DEEP = tuple(f"layer{number}" for number in range(12))


def evolution(
    run: SimilarityRun | AcrossRun, measure: PairMeasure | AcrossMeasure, pair: tuple[int, int], number: int = 1
) -> Callable[[], QWidget]:
    def make() -> QWidget:
        page = EvolutionPage()
        page.show_evolution(run.evolution(measure, pair), int(run.steps[-1]))  # type: ignore[arg-type]
        page.show_measurement(number)
        page.show_step(int(run.steps[number]) + 5)
        return page

    return make


def of_steps(n: int) -> SimilarityRun:
    """Measured often within an epoch."""
    return run_of(steps=np.arange(n) * 1000, epochs=np.zeros(n, int))


EVOLUTIONS = {
    "evolution": Piece(evolution(run_of(), PairMeasure.CKA, (0, 2)), (620, 170)),
    "evolution_in_light": Piece(evolution(run_of(), PairMeasure.CKA, (3, 0), 2), (620, 170), theme="light"),
    "evolution_of_a_layer": Piece(evolution(run_of(), PairMeasure.MEAN, (1, 1)), (900, 150)),
    "evolution_of_many_layers": Piece(evolution(run_of(DEEP), PairMeasure.CLIPPED, (2, 7), 3), (620, 150)),
    "evolution_by_step": Piece(evolution(of_steps(60), PairMeasure.CKA, (1, 2), 40), (620, 150), theme="light"),
    "evolution_across": Piece(evolution(across_of(), AcrossMeasure.CKA, (0, 2)), (620, 170)),
    "evolution_of_a_difference": Piece(evolution(across_of(), AcrossMeasure.CKA_DIFFERENCE, (0, 2), 2), (620, 170)),
    "evolution_of_small_differences": Piece(
        evolution(across_of(), AcrossMeasure.MEAN_DIFFERENCE, (1, 1)), (620, 170), theme="light"
    ),
    "evolution_without_procrustes": Piece(evolution(across_of(), AcrossMeasure.PROCRUSTES, (0, 2)), (620, 150)),
    "evolution_of_one_measurement": Piece(evolution(of_steps(1), PairMeasure.CKA, (0, 1), 0), (620, 150)),
}


def pair_card(reading: PairResult | AcrossResult, across: AcrossRun | None = None) -> Callable[[], QWidget]:
    def make() -> QWidget:
        card = PairCard()
        request = reading.request
        title = request.row if request.row == request.column else f"{request.row} × {request.column}"
        card.show_pair(request.row, request.column, title, has_classes=True, across=across)
        if request.row == request.column:
            card.inside_box.choose(request.inside)
        if isinstance(request, AcrossRequest):
            card.across_box.choose(request.what)
        card.inside_box.chosen.emit()
        card.show_reading(reading)
        return card

    return make


def of_features(row: str, column: str) -> PairResult:
    request = PairRequest(1, row, column, Inside.FEATURES, Order.AS_IS)
    values = waves(5, 7)
    values[2] = np.nan
    return PairResult(request, values, np.arange(0, 10, 2), np.arange(7), (row, column))


def of_samples() -> PairResult:
    labels = np.array([0, 1, 2, 1, 0, 2, 2, 1, 7, 1])
    places, groups = by_class(labels, ("ant", "bee", "cat"))
    request = PairRequest(1, "fc1", "fc1", Inside.SAMPLES, Order.CLASS)
    classes = tuple(("ant", "bee", "cat", *[f"class {n}" for n in range(3, 9)])[labels[place]] for place in places)
    return PairResult(request, likeness_of(10), places, places, ("fc1", "fc1"), groups, classes)


def of_both(what: Across, row: str = "fc1", column: str = "conv2") -> AcrossResult:
    request = AcrossRequest((1, 1), row, column, (column, row), what, Inside.FEATURES, Order.AS_IS)
    hatched = np.zeros((5, 7), bool)
    hatched[3] = True
    return AcrossResult(request, 0.3 * waves(5, 7), np.arange(5), np.arange(7), hatched=hatched)


PAIRS = {
    "pair": Piece(pair_card(of_features("conv1", "fc1")), (420, 240)),
    "pair_in_light": Piece(pair_card(of_features("conv1", "conv1")), (420, 240), theme="light"),
    "pair_of_samples": Piece(pair_card(of_samples()), (420, 260)),
    "pair_of_a_product": Piece(pair_card(of_both(Across.PRODUCT), across_of()), (480, 240)),
    "pair_of_a_difference": Piece(pair_card(of_both(Across.DIFFERENCE), across_of()), (480, 240), theme="light"),
    "pair_within_both": Piece(pair_card(of_both(Across.DIFFERENCE, "fc1", "fc1"), across_of()), (520, 240)),
    "pair_with_a_problem": Piece(
        pair_card(replace(of_features("conv1", "fc1"), problem="This measurement cannot be read.")), (360, 160)
    ),
    "pair_that_is_awaited": Piece(
        pair_card(of_features("conv1", "fc1")), (360, 160), lambda card: card.expect(), wait_ms=260
    ),
}


def pictures(channels: int, first: int, second: int, words: str = "") -> Callable[[], QWidget]:
    def make() -> QWidget:
        shown = AugmentedPictures()
        shown.show_header(augmentations_of(channels=channels))
        shown.show_numbers(first, second)
        shown.show_words((lambda number: f"{words} {number}") if words else None)
        return shown

    return make


def augmentation_page(reading: AugmentationResult, kind: str = "rotation") -> Callable[[], QWidget]:
    def make() -> QWidget:
        page = AugmentationPage()
        page.show_header(augmentations_of(), ("ant", "bee"))
        page.kind_box.choose(kind)
        page.show_layer(reading.request.layer)
        page.show_reading(reading)
        return page

    return make


def _pointing(page: AugmentationPage) -> None:
    QTest.mouseMove(page.matrix, page.matrix.cell_rect(2, 7).center())


def _failing(page: AugmentationPage) -> None:
    """What the next measurement says, after one that could be read."""
    page.show_reading(replace(_of(Order.KIND, LAYERS[0]), problem="This measurement cannot be read."))


def _of(order: Order, layer: str) -> AugmentationResult:
    return augmented(augmentations_of(), order, layer)


AUGMENTATION_PIECES = {
    "augmented_pictures": Piece(pictures(1, 0, 8), (240, 180)),
    "augmented_pictures_in_colour": Piece(pictures(3, 2, 3, "usual: ant, faster:"), (300, 180), theme="light"),
    "augmented_pictures_of_two_channels": Piece(pictures(2, 1, 4), (210, 150)),
    "augmentations": Piece(augmentation_page(_of(Order.KIND, LAYERS[0])), (760, 360)),
    "augmentations_as_they_are": Piece(
        augmentation_page(_of(Order.AS_IS, LAYERS[3]), "noise"), (760, 320), theme="light"
    ),
    "augmentations_of_a_constant": Piece(augmentation_page(_of(Order.KIND, LAYERS[2])), (560, 320)),
    "augmentations_pointed_at": Piece(augmentation_page(_of(Order.KIND, LAYERS[1]), "blur"), (640, 340), _pointing),
    "augmentations_of_both": Piece(augmentation_page(flipped(_of(Order.KIND, LAYERS[0]))), (760, 360), theme="light"),
    "augmentations_with_a_problem": Piece(augmentation_page(_of(Order.KIND, LAYERS[0])), (560, 300), _failing),
}

PIECES = EVOLUTIONS | PAIRS | AUGMENTATION_PIECES
