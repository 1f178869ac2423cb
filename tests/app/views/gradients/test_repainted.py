"""What changes in the sign raster is painted anew by itself, and what does not change is not."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QEvent
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.views.gradients.analysis.raster_bands import RasterBands
from app.views.gradients.analysis.raster_range import RasterRange
from app.views.gradients.analysis.raster_tiles import picture_of
from app.views.gradients.analysis.sign_words import OF_TWO
from app.views.gradients.raster_legend import RasterLegend
from app.views.gradients.raster_view import RasterView
from tests.app.on_screen import settle
from tests.app.painted import Paints
from tests.app.views.gradients.made_up_signs import MadeUpSigns, bands_of, read_all

Act = Callable[[Any], object]

BANDS = bands_of(("conv1 weight", 200), ("fc1 weight", 400))
SIGNS = MadeUpSigns((np.arange(600) // 3 + np.arange(40)[:, None]).astype(np.uint8) % 4, 10 * np.arange(40))
SHARES = (0.5, 0.2, 0.1, 0.1, 0.05, 0.05)


def raster() -> RasterView:
    view = RasterView()
    view.show_run(600, RasterBands(BANDS, {}, 600))
    view.show_steps(SIGNS.steps)
    return view


@pytest.fixture
def painted_by(qtbot: QtBot) -> Iterator[Callable[[QWidget], Callable[[Act], int]]]:
    """How often a widget is painted after each thing that is done to it."""

    def watch(widget: QWidget) -> Callable[[Act], int]:
        qtbot.addWidget(widget)
        widget.resize(700, 300)
        widget.show()
        qtbot.waitExposed(widget)
        paints = Paints(widget)

        def n_paints(act: Act) -> int:
            settle()
            paints.n = 0
            act(widget)
            settle()
            return paints.n

        return n_paints

    yield watch


RASTER: list[Act] = [
    lambda view: read_all(view, SIGNS, BANDS),
    lambda view: view.show_step(50),
    lambda view: view.show_held(120),
    lambda view: view.show_held(None),
    lambda view: view.show_layer("fc1"),
    lambda view: view.show_layer(None),
    lambda view: view.zoom(300, 20, 0.5, 0.5),
    lambda view: view.fit(),
    lambda view: QApplication.sendEvent(view, QEvent(QEvent.Type.PaletteChange)),
    lambda view: view.show_steps(np.arange(50)),
    lambda view: view.show_run(600, RasterBands(BANDS, {}, 600), keeps_place=True),
    lambda view: view.show_run(500, RasterBands((), {}, 500)),
]
LEGEND: list[Act] = [
    lambda legend: legend.show_shares("Columns in view:", SHARES),
    lambda legend: legend.show_threshold(1.23457e-3),
    lambda legend: legend.show_words(OF_TWO),
    lambda legend: legend.show_seen(not_finite=True, no_gradient=False),
    lambda legend: legend.show_seen(not_finite=False, no_gradient=True),
    lambda legend: legend.forget_seen(),
    lambda legend: legend.show_shares("", None),
]


@pytest.mark.parametrize(("make", "acts"), [(raster, RASTER), (RasterLegend, LEGEND)], ids=["raster", "legend"])
def test_that_what_is_changed_is_painted_anew(
    painted_by: Callable[[QWidget], Callable[[Act], int]], make: Callable[[], QWidget], acts: list[Act]
) -> None:
    n_paints = painted_by(make())
    assert [bool(n_paints(act)) for act in acts] == [True] * len(acts)


def test_that_the_legend_is_at_once_as_high_as_what_it_says_wants(qtbot: QtBot) -> None:
    legend = RasterLegend()
    qtbot.addWidget(legend)
    legend.show()
    for width in range(200, 1000, 20):
        for act in LEGEND:
            legend.resize(width, legend.height())
            act(legend)
            at_once = legend.height()
            for beside in (width + 1, width):  # which fits it anew
                legend.resize(beside, legend.height())
            assert legend.height() == at_once
        legend.show_threshold(1e-5)


def test_that_what_is_no_news_is_not_painted_anew(painted_by: Callable[[QWidget], Callable[[Act], int]]) -> None:
    n_paints = painted_by(raster())
    assert n_paints(lambda view: view.show_steps(SIGNS.steps)) == 0
    assert n_paints(lambda view: view.show_tiles([])) == 0
    assert n_paints(lambda view: view.bring_into_sight(0.5, 39.5)) == 0
    n_paints = painted_by(RasterLegend())
    n_paints(lambda legend: legend.show_seen(not_finite=True, no_gradient=False))
    assert n_paints(lambda legend: legend.show_seen(not_finite=True, no_gradient=False)) == 0
    assert n_paints(lambda legend: legend.show_seen(not_finite=False, no_gradient=False)) == 0


def test_that_the_picture_is_put_together_once_however_often_it_is_painted(
    painted_by: Callable[[QWidget], Callable[[Act], int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[RasterRange] = []
    usual = picture_of

    def counted(view: RasterRange, *given: Any) -> np.ndarray:
        made.append(view)
        return usual(view, *given)

    monkeypatch.setattr("app.views.gradients.raster_view.picture_of", counted)
    n_paints = painted_by(raster())
    settle()
    made.clear()
    for act in (lambda view: view.show_step(70), lambda view: view.show_layer("fc1"), lambda view: view.show_held(3)):
        assert n_paints(act)
    assert made == []
    n_paints(lambda view: view.zoom(300, 20, 0.5))
    assert len(made) == 1


def test_that_another_run_has_no_layer_marked_and_none_of_the_tiles_of_the_one_before(
    painted_by: Callable[[QWidget], Callable[[Act], int]],
) -> None:
    def seen(view: RasterView) -> QImage:
        return view.grab().toImage()

    view, new = raster(), raster()
    for each in (view, new):
        painted_by(each)
    read_all(view, SIGNS, BANDS)
    view.show_layer("fc1")
    view.show_run(600, RasterBands(BANDS, {}, 600), keeps_place=True)
    assert (len(view.tiles), view.has_cells) == (0, False)
    view.show_steps(SIGNS.steps)
    assert seen(view) != seen(new), "of another picture of the same run the layer is still marked"
    view.show_run(600, RasterBands(BANDS, {}, 600))
    view.show_steps(SIGNS.steps)
    assert seen(view) == seen(new)
