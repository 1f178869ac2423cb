"""Matrices, runs and readings that are made up by formulas, and so are the same on every machine."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from app.analysis.augmentation_text import augmentation_text
from app.views.correlations.across_run import AcrossMeasure, AcrossRun
from app.views.correlations.analysis.augmentation_correlation import AugmentationRequest, AugmentationResult
from app.views.correlations.analysis.flips import Flips
from app.views.correlations.analysis.matrix_colours import SIGNED, MatrixScale
from app.views.correlations.analysis.matrix_order import Order, by_kind
from app.views.correlations.analysis.matrix_picture import MatrixPicture, Side, picture_of
from app.views.correlations.analysis.similarity_run import PairMeasure, SimilarityRun
from collector.comparing.similarity import Likeness
from collector.storage.compared import Augmentations, ComparedLayer

LAYERS = ("conv1", "conv2", "fc1", "softmax")
STEPS = np.array([0, 30, 60, 90])
KINDS = ("none", "rotation", "rotation", "rotation", "noise", "noise", "noise", "blur", "blur")
STRENGTHS = np.array([0.0, -0.75, 0.25, 1.0, -0.5, 0.1, 0.9, 0.5, -1.0])
STABILITY = np.array([1.0, 0.2, 0.5, 0.8, 0.9, 0.9, 0.9, 0.6, 0.6])
NETWORKS = ("usual", "faster")


def waves(*shape: int, speed: float = 0.7, start: float = 0.0) -> np.ndarray:
    """Values in −1…1 that go up and down, float ``[…]``."""
    return np.sin(start + speed * np.arange(np.prod(shape))).reshape(shape)


def likeness_of(n: int, start: float = 0.0) -> np.ndarray:
    """Symmetric, 1 with itself and less the further apart two are, float ``[n, n]``."""
    apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    return np.cos(apart * (0.35 + start)) * 0.96**apart


def matrix(
    values: np.ndarray,
    rows: Side | None = None,
    columns: Side | None = None,
    scale: MatrixScale = SIGNED,
    **given: object,
) -> MatrixPicture:
    """A picture of values whose sides are numbered where nothing else is said."""
    sides = [side or Side(tuple(map(str, range(n)))) for side, n in zip((rows, columns), values.shape, strict=True)]

    def tell(row: int, column: int) -> str:
        return f"row {row} × column {column} of a matrix that is told in words: {values[row, column]:.3f}"

    return picture_of(values, scale, *sides, tell, **given)  # type: ignore[arg-type]


def run_of(
    layers: Sequence[str] = LAYERS, steps: np.ndarray = STEPS, *, epochs: np.ndarray | None = None, start: float = 0.0
) -> SimilarityRun:
    """Layers that become less alike; from the third measurement on the last two have no number."""
    n = len(layers)
    cka = np.stack([likeness_of(n, start + 0.08 * number) for number in range(len(steps))])
    cka[2:, -1, :-1] = cka[2:, :-1, -1] = np.nan
    rank = 8 + 6 * waves(len(steps), n, start=start)
    rank[2:, -1] = np.nan
    null = np.stack([np.full_like(cka, -0.05), np.full_like(cka, 0.06)], axis=-1)
    return SimilarityRun(
        layers=tuple(layers),
        samples=1200,
        steps=steps,
        epochs=np.arange(len(steps)) if epochs is None else epochs,
        measures={PairMeasure.CKA: cka, PairMeasure.CLIPPED: 0.02 * np.abs(cka), PairMeasure.MEAN: 0.01 * (cka - 0.5)},
        null=null,
        effective_rank=rank,
    )


def across_of(*, has_procrustes: bool = False, partner: Sequence[int] = (0, 1, 2, -1)) -> AcrossRun:
    """Two networks of these layers that begin alike; the last layer of A has no partner."""
    runs = run_of(), run_of(start=0.1)
    values = np.stack([np.exp(-0.2 * number) * likeness_of(len(LAYERS)) for number in range(len(STEPS))])
    null = np.stack([np.full_like(values, -0.04), np.full_like(values, 0.3)], axis=-1)
    likeness = {AcrossMeasure.CKA: Likeness(values, null)}
    if has_procrustes:
        likeness[AcrossMeasure.PROCRUSTES] = Likeness(0.5 + values / 2, null + 0.2)
    numbers = np.stack([np.arange(len(STEPS))] * 2, axis=1)
    is_same = np.array([True, False, False, False])
    return AcrossRun(NETWORKS, runs, numbers, STEPS, np.array(partner), likeness, is_same)


def augmentations_of(
    kinds: Sequence[str] = KINDS, strengths: np.ndarray = STRENGTHS, channels: int = 1
) -> Augmentations:
    """A bar that lies elsewhere the stronger it was changed."""
    picture = np.zeros((channels, 8, 8))
    picture[:, 1:7, 3:5] = np.linspace(1, 0.4, channels)[:, None, None]
    pictures = np.stack([np.roll(picture, round(3 * each), 2) * (1 - abs(each) / 3) for each in strengths])
    kept = {name: ComparedLayer(name, 12, 12, np.arange(12)) for name in LAYERS}
    largest = {"rotation": "30 degrees", "blur": "1 pixel"}
    return Augmentations((pictures * 255).astype(np.uint8), tuple(kinds), strengths, largest, 1, 3, kept)


def augmented(header: Augmentations, order: Order = Order.KIND, layer: str = "conv1") -> AugmentationResult:
    """What a network makes of them; the third layer is constant, the last one turns the sample round."""
    n = len(header.kinds)
    places, groups = by_kind(header.kinds, header.strengths) if order is Order.KIND else (np.arange(n), ())
    felt = np.abs(header.strengths)
    stability = np.stack([1 - 0.2 * felt, 1 - 0.6 * felt, np.full(n, np.nan), 1 - 1.6 * felt])
    words = tuple(augmentation_text(header, int(place)) for place in places)
    request = AugmentationRequest(0, layer, order)
    values = likeness_of(n)[np.ix_(places, places)]
    return AugmentationResult(request, values, stability, places, groups, words, "epoch 3, step 90")


def flipped(reading: AugmentationResult) -> AugmentationResult:
    """The same beside another network, which takes two of them for something else."""
    classes = np.array([[0, 0, 0, 1, 0, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 2, 0, 0]])
    return replace(reading, flips=Flips(NETWORKS, classes, reading.stability**2))
