"""Matrices, and what stands beside them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PyQt6.QtCore import QPoint, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from app.views.correlations.analysis.matrix_colours import CLIPPED, SIGNED, MatrixScale, Table
from app.views.correlations.analysis.matrix_picture import Group, MatrixPicture, Side
from app.views.correlations.layer_bars import LayerBar, LayerBars
from app.views.correlations.matrix_legend import paint_bar
from app.views.correlations.matrix_strip import MatrixStrip
from app.views.correlations.matrix_view import MatrixView
from app.views.correlations.strength_plot import StrengthPlot
from tests.app.looks.pieces import Canvas, Piece
from tests.app.pointer import turn_wheel
from tests.app.views.correlations.made_up import KINDS, STRENGTHS, likeness_of, matrix, waves

NAMES = ("conv1", "conv2", "fc1", "fc2", "softmax")
LONG = tuple(f"encoder.block_{number}.attention.output.dense" for number in range(5))
SMALL = MatrixScale(-0.015, 0.015, Table.DIVERGING)
CLASSES = (Group("ant", 0, 9), Group("a bee with a name", 9, 21), Group("cat", 21, 22), Group("dog", 22, 30))
CHANGES = (Group("none", 0, 1), Group("rotation", 1, 4), Group("noise", 4, 7), Group("blur", 7, 9))


def of_layers(names: tuple[str, ...] = NAMES) -> MatrixPicture:
    """With cells by chance and a layer without number."""
    values = likeness_of(len(names))
    values[-1, :-1] = values[:-1, -1] = np.nan
    side = Side(names)
    return matrix(values, side, side, CLIPPED, hatched=np.abs(values) < 0.5, hatched_means="within chance")


def of_features() -> MatrixPicture:
    rows, columns = Side(tuple(map(str, range(0, 24, 3))), "features of conv1"), Side(tuple(map(str, range(14))), "fc1")
    return matrix(waves(8, 14), rows, columns)


def of_samples() -> MatrixPicture:
    side = Side(tuple(map(str, range(30))), "samples, by class", CLASSES)
    return matrix(likeness_of(30), side, side)


def of_changes(n: int, groups: tuple[Group, ...] = ()) -> MatrixPicture:
    side = Side(tuple(map(str, range(n))), "", groups, is_pictured=True)
    return matrix(likeness_of(n), side, side, CLIPPED)


def of_means(values: np.ndarray, scale: MatrixScale, decimals: int) -> MatrixPicture:
    """As small as the means of many correlations are."""
    side = Side(tuple("abc"))
    return matrix(values.reshape(3, 3), side, side, scale, decimals=decimals, absent_means="no partner")


def view(picture: MatrixPicture | None, message: str = "") -> Callable[[], QWidget]:
    def make() -> QWidget:
        view = MatrixView()
        view.show_side_pictures(_small)
        view.show_matrix(picture, message)
        return view

    return make


def _small(name: str) -> QImage:
    image = QImage(4, 3, QImage.Format.Format_RGB32)
    image.fill(QColor.fromHsv(37 * int(name) % 360, 200, 200))
    return image


def pointing_at(row: int, column: int) -> Callable[[MatrixView], object]:
    return lambda view: QTest.mouseMove(view, view.cell_rect(row, column).center())


def choosing(row: int, column: int) -> Callable[[MatrixView], object]:
    return lambda view: view.show_chosen((row, column))


def zoomed(view: MatrixView) -> None:
    turn_wheel(view, view.cell_rect(20, 9).center(), 5)


def dragged(view: MatrixView) -> None:
    zoomed(view)
    start = view.rect().center()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, start + QPoint(-31, 17))


MATRICES = {
    "layers": Piece(view(of_layers()), then=choosing(0, 2)),
    "layers_in_light": Piece(view(of_layers()), theme="light", then=choosing(4, 0)),
    "layers_of_long_names": Piece(view(of_layers(LONG)), (430, 190)),
    "layers_of_long_names_upright": Piece(view(of_layers(LONG)), (230, 330), theme="light"),
    "features": Piece(view(of_features())),
    "features_in_light": Piece(view(of_features()), (420, 300), theme="light"),
    "samples": Piece(view(of_samples()), (320, 280)),
    "samples_in_light": Piece(view(of_samples()), (200, 160), theme="light"),
    "changes": Piece(view(of_changes(9, CHANGES)), (340, 300), then=choosing(8, 8)),
    "changes_in_light": Piece(view(of_changes(9, CHANGES)), (220, 200), theme="light"),
    "changes_of_no_kind": Piece(view(of_changes(40))),
    "tiny_means": Piece(view(of_means(waves(9) * 0.014, SMALL, 4)), (330, 210)),
    "means": Piece(view(of_means(waves(9) * 0.3, MatrixScale(0, 0.3, Table.HOT), 3))),
    "no_partner": Piece(view(of_means(np.where(np.arange(9) % 2, np.nan, waves(9)), SIGNED, 2)), (200, 160)),
    "pointed_at": Piece(view(of_samples()), (320, 240), pointing_at(3, 4)),
    "pointed_at_the_end": Piece(view(of_features()), then=pointing_at(7, 13)),
    "pointed_at_in_light": Piece(view(of_layers()), (200, 160), pointing_at(2, 0), "light"),
    "zoomed": Piece(view(matrix(waves(40, 30))), (320, 260), zoomed),
    "dragged": Piece(view(matrix(waves(40, 30))), (320, 260), dragged),
    "of_one": Piece(view(matrix(np.ones((1, 1))))),
    "of_many": Piece(view(matrix(likeness_of(300)))),
    "of_many_layers": Piece(view(matrix(likeness_of(24), *[Side(tuple(f"fc{n}" for n in range(24)))] * 2, CLIPPED))),
    "in_little_room": Piece(view(matrix(waves(6, 20), scale=SMALL)), (200, 160)),
    "high": Piece(view(matrix(waves(60, 2))), (200, 300)),
    "without_values": Piece(view(None, "The features of these layers were not recorded."), (240, 160)),
    "empty": Piece(view(matrix(np.zeros((0, 0))), "There is nothing."), (240, 160)),
}


def _colour_bars(painter: QPainter) -> None:
    scales = (SIGNED, CLIPPED, SMALL, MatrixScale(-0.2, 0.2, Table.DIVERGING), MatrixScale(0, 0.05, Table.HOT))
    for number, scale in enumerate(scales):
        for top, height in ((8, 120), (140, 70), (222, 69)):
            paint_bar(painter, scale, QRectF(8 + 62 * number, top, 12, height))


def strip(n: int, current: int | None = 1, names: Callable[[int], str] = str) -> Callable[[], QWidget]:
    def make() -> QWidget:
        strip = MatrixStrip()
        pictures = [
            matrix(np.where(likeness_of(5) < 0, np.nan, likeness_of(5)) - each / n, scale=CLIPPED) for each in range(n)
        ]
        strip.show_matrices(pictures.__getitem__, [names(each) for each in range(n)], [""] * n)
        strip.show_current(current)
        return strip

    return make


STRIPS = {
    "strip": Piece(strip(4), (280, 90)),
    "strip_in_light": Piece(strip(4), (280, 90), theme="light"),
    "strip_in_rows": Piece(strip(11, 10), (180, 130)),
    "strip_by_step": Piece(strip(8, 3, lambda each: f"{1000 * each:,}"), (200, 130)),
    "strip_of_many": Piece(strip(70, 33), (220, 110)),
    "strip_of_one": Piece(strip(1, None), (150, 150)),
    "strip_that_is_narrow": Piece(strip(5, 4), (100, 55)),
}

BARS = (
    LayerBar("a.conv1", "conv1", 0.75, 0.5, 0.9),
    LayerBar("a.fc1", "fc1", None),
    LayerBar("a.fc2", "fc2", -0.5, -0.7, 0.2),
    LayerBar("a.softmax", "softmax", 1.0, 0.98, 1.0),
)
BESIDE = tuple(replace(bar, beside=value) for bar, value in zip(BARS, (0.5, 0.4, 0.25, 1.0), strict=True))
LONG_BARS = tuple(LayerBar(name, name, 0.1 * number, 0, 0.5) for number, name in enumerate(LONG * 3))


def bars(given: tuple[LayerBar, ...], chosen: str = "a.conv1") -> Callable[[], QWidget]:
    def make() -> QWidget:
        bars = LayerBars()
        bars.show_bars(given, chosen)
        return bars

    return make


BAR_PIECES = {
    "bars": Piece(bars(BARS), (260, 140)),
    "bars_in_light": Piece(bars(BARS, "a.fc1"), (130, 80), theme="light"),
    "bars_beside_others": Piece(bars(BESIDE), (260, 90)),
    "bars_beside_others_in_light": Piece(bars(BESIDE, "a.fc2"), (200, 120), theme="light"),
    "bars_of_long_names": Piece(bars(LONG_BARS, LONG[1]), (260, 220)),
    "no_bars": Piece(bars(()), (100, 40)),
}


def strengths(values: np.ndarray, chosen: str = "rotation") -> Callable[[], QWidget]:
    def make() -> QWidget:
        page = QWidget()
        plot = StrengthPlot(page)
        plot.show_stability(KINDS, STRENGTHS, values, chosen)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(plot)
        return page

    return make


STABILITY = 1 - 0.25 * np.abs(STRENGTHS) ** np.array([1, 1, 1, 1, 2, 2, 2, 0.3, 0.3])
STRENGTH_PIECES = {
    "strengths": Piece(strengths(STABILITY)),
    "strengths_in_light": Piece(strengths(STABILITY, "blur"), (160, 110), theme="light"),
    "strengths_below_zero": Piece(strengths(2.2 * STABILITY - 1.6, "noise"), (220, 120)),
    "strengths_that_are_not_known": Piece(strengths(np.where(STRENGTHS < 0, np.nan, STABILITY)), (219, 160)),
    "strengths_of_a_constant": Piece(strengths(np.full(9, np.nan)), (160, 110), theme="light"),
}

PIECES = (
    {f"matrix_{name}": piece for name, piece in MATRICES.items()}
    | {"colour_bars": Piece(lambda: Canvas(_colour_bars), (330, 300))}
    | {"colour_bars_in_light": Piece(lambda: Canvas(_colour_bars), (330, 300), theme="light")}
    | STRIPS
    | BAR_PIECES
    | STRENGTH_PIECES
)
