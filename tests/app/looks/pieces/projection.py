"""Samples in a plane: the panel, alone and with two runs, and the legend of its groups."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget

from app.analysis.class_groups import PointGroups
from app.views.projection.analysis.point_groups import Colouring
from app.views.projection.analysis.point_run import PointRun, point_run
from app.views.projection.analysis.projection_request import RAW, Method, ProjectionRequest
from app.views.projection.panel import ProjectionPanel
from app.views.projection.point_legend import LegendRows, PointLegend
from app.widgets.point_cloud import Tool
from collector.storage import Collection, open_collection
from tests.app.looks.pieces import Piece
from tests.app.looks.pieces.features import as_they_ask
from tests.app.views.projection.clouds import around, choose, drag, laid_out, point_at
from tests.app.views.projection.projected_run import write_run

COLOURS = np.array([(74, 144, 226), (240, 140, 40), (80, 180, 90), (220, 80, 80)], np.uint8)
LONG = "the digit that people write when they mean"


def groups(n: int, name: str = "class", none: tuple[int, ...] = ()) -> PointGroups:
    counts = np.arange(n) * 700 % 1501 + 1
    counts[list(none)] = 0
    names = tuple(f"{name} {number}" for number in range(n))
    return PointGroups(np.zeros(n, int), names, np.resize(COLOURS, (n, 3)), counts)


def legend(shown: PointGroups | None, *, is_below: bool = False, room_px: int = 600) -> Callable[[], QWidget]:
    def make() -> QWidget:
        found = PointLegend()
        found.show_below(is_below)
        found.show_groups(shown)
        found.show_room(room_px)
        return found

    return make


def hide_the_second(shown: PointLegend | ProjectionPanel) -> None:
    rows = shown.findChildren(LegendRows)[0]
    QTest.mouseClick(rows, Qt.MouseButton.LeftButton, pos=rows.place_of(1).center())


@cache
def run_of(name: str, layers: tuple[str, ...] = ("relu1", "frozen"), *, is_projected: bool = True) -> Collection:
    """A run whose file is gone: what is read of it later is known."""
    with TemporaryDirectory() as folder:
        path = write_run(Path(folder) / f"{name}.json", layers, is_projected=is_projected)
        with open_collection(path) as collection:
            if is_projected:
                known(collection)
            return collection


@cache
def known(collection: Collection) -> PointRun:
    run = point_run(collection)
    assert run is not None
    return run


def panel(
    *,
    source: str = "fc1, after relu1",
    step: int | None = 20,
    of: tuple[str, ...] = ("run",),
    laid: tuple[int, ...] = (0, 1, 2),
    method: Method = Method.PCA,
    is_projected: bool = True,
) -> ProjectionPanel:
    found = ProjectionPanel()
    found.run_requested.connect(lambda _: found.show_run(known(run_of("run"))))

    def know(one: Collection, request: ProjectionRequest) -> None:
        shown = laid_out(request, (0,) if request.source == RAW and laid else laid)
        if one is not run_of("run"):  # where each sample lies elsewhere
            moved = {each: replace(of, positions=of.positions + np.array([20, 9])) for each, of in shown.points.items()}
            shown = replace(shown, points=moved)
        found.show_projected(one, shown)

    found.known_requested.connect(know)
    if not of:
        return found
    found.show_collection(run_of("run") if is_projected else run_of("bare", is_projected=False))
    choose(found.method_box, method.value)
    choose(found.own.source_box, source)
    if len(of) > 1:
        found.show_other(known(run_of(of[1], ("relu1", "last"))), (of[0], of[1]))
    found.show_steps(step, step)
    found.show_sample(2)
    return found


def computing(share: float) -> Callable[[], QWidget]:
    def make() -> QWidget:
        found = panel(laid=())
        found.compute_button.click()
        found.show_progress(run_of("run"), share)
        return found

    return make


def select(shown: ProjectionPanel) -> None:
    cloud = shown.own.cloud
    cloud.tool = Tool.RECTANGLE
    left, right = around(cloud, np.arange(60) % 3 == 1)
    drag(cloud, [left, right])
    QTest.mouseMove(shown, QPoint(1, 1))


def hover(shown: ProjectionPanel) -> None:
    point_at(shown.own.cloud, shown.own.cloud.pixel_of(5))


def colour(shown: ProjectionPanel, colouring: Colouring) -> None:
    choose(shown.colour_box, colouring.value)


def warn(shown: ProjectionPanel) -> None:
    shown.own.cloud.clicked.emit(47)


def rows_of_legend() -> QWidget:
    found = LegendRows()
    found.show_groups(groups(3), np.ones(3, bool))
    return found


PIECES = {
    "legend_as_it_asks": as_they_ask((620, 190), rows_of_legend, legend(groups(3)), legend(groups(3), is_below=True)),
    "legend": Piece(legend(groups(4)), (170, 120)),
    "legend_in_light": Piece(legend(groups(4)), (170, 120), hide_the_second, theme="light"),
    "legend_of_many": Piece(legend(groups(40, none=(1, 3, 5))), (170, 150)),
    "legend_of_long_names": Piece(legend(groups(3, LONG)), (170, 80)),
    "legend_of_long_names_in_much_room": Piece(legend(groups(3, LONG), room_px=1300), (400, 80)),
    "legend_of_nothing": Piece(legend(None), (170, 60)),
    "legend_below": Piece(legend(groups(10), is_below=True), (600, 104), hide_the_second),
    "legend_below_in_little_width": Piece(legend(groups(40), is_below=True), (250, 104), theme="light"),
    "legend_below_of_long_names": Piece(legend(groups(7, LONG), is_below=True), (320, 104)),
    "nothing_open": Piece(lambda: panel(of=()), (500, 200)),
    "nothing_recorded": Piece(lambda: panel(is_projected=False), (500, 200), theme="light"),
    "run": Piece(panel, (640, 380)),
    "raw_data": Piece(lambda: panel(source="raw data"), (900, 420), theme="light"),
    "first_epoch": Piece(lambda: panel(step=3, method=Method.TSNE), (640, 380)),
    "not_laid_out": Piece(lambda: panel(laid=()), (640, 300), theme="light"),
    "begins": Piece(computing(0.0), (640, 300)),
    "half_done": Piece(computing(0.5), (640, 300)),
    "nowhere": Piece(lambda: panel(step=None), (640, 300)),
    "selected": Piece(panel, (520, 280), select),
    "hovered": Piece(panel, (520, 280), hover, theme="light"),
    "hidden": Piece(panel, (520, 280), hide_the_second),
    "right_or_wrong": Piece(panel, (520, 280), lambda shown: colour(shown, Colouring.RIGHT)),
    "predictions": Piece(lambda: panel(step=10), (520, 280), lambda shown: colour(shown, Colouring.PREDICTION)),
    "clicked": Piece(panel, (640, 300), warn),
    "of_two": Piece(lambda: panel(of=("run", "other")), (900, 480)),
    "of_two_in_light": Piece(lambda: panel(of=("run", "other"), method=Method.UMAP), (640, 380), theme="light"),
    "of_two_not_laid_out": Piece(lambda: panel(of=("run", "other"), laid=()), (640, 380)),
}
