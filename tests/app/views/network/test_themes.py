"""The graph in the colours of the theme."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QApplication

from app.analysis.graph.graph_view import GraphView
from app.palette import DARK, LIGHT, Palette, active
from app.views.network.legend import Legend
from app.views.network.units.network_view import NetworkView
from app.window.theme import apply_theme
from tests.app.made_up import chain, made_up_pass
from tests.app.views.network.conftest import prepared
from tests.app.views.network.driving import pixels, pixels_of

Show = Callable[[GraphView | None], NetworkView]


@pytest.fixture(autouse=True)
def dark_again(qapp: QApplication) -> Iterator[None]:
    apply_theme(qapp, "dark")
    yield
    apply_theme(qapp, "dark")


def background_of(palette: Palette) -> np.ndarray:
    colour = QColor(palette.background)
    return np.array([colour.blue(), colour.green(), colour.red()])


def commonest(found: np.ndarray) -> np.ndarray:
    colours, counts = np.unique(found.reshape(-1, 3), axis=0, return_counts=True)
    return colours[counts.argmax()]


def test_that_the_view_follows_the_theme_while_it_is_shown(show: Show, qapp: QApplication) -> None:
    network = show(prepared(chain(("conv", 4), ("fc", 12), ("fc", 10))))
    before = pixels(network)
    assert (commonest(before) == background_of(DARK)).all()
    apply_theme(qapp, "light")
    assert active() is LIGHT
    assert (commonest(pixels(network)) == background_of(LIGHT)).all()
    apply_theme(qapp, "dark")
    assert (pixels(network) == before).all()


def test_that_nothing_dark_is_left_in_the_light_legend(show: Show, qapp: QApplication) -> None:
    network = show(prepared(chain(("fc", 12), ("fc", 10))))
    apply_theme(qapp, "light")
    legend = pixels_of(network.grab().toImage())[-25:]
    assert (commonest(legend) == background_of(LIGHT)).all()
    assert not (legend == background_of(DARK)).all(axis=2).any()


def test_that_the_legend_is_painted_anew_in_another_theme(show: Show, qapp: QApplication) -> None:
    network = show(prepared(chain(("fc", 12), ("fc", 10))))
    (legend,) = network.findChildren(Legend)
    painted: list[str] = []

    class Watch(QObject):
        def eventFilter(self, _: QObject | None, event: QEvent | None) -> bool:
            if event is not None and event.type() == QEvent.Type.Paint:
                painted.append(active().background)
            return False

    watch = Watch(network)
    legend.installEventFilter(watch)
    qapp.processEvents()
    painted.clear()
    qapp.processEvents()
    assert painted == []
    apply_theme(qapp, "light")
    qapp.processEvents()
    assert painted and set(painted) == {LIGHT.background}


def test_that_a_view_made_in_the_light_looks_like_one_that_came_to_it(show: Show, qapp: QApplication) -> None:
    view = prepared(chain(("conv", 4), ("fc", 12), ("fc", 10)))
    came = show(view)
    apply_theme(qapp, "light")
    assert (pixels(show(view)) == pixels(came)).all()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_edges_can_be_seen_on_either_ground(show: Show, qapp: QApplication, theme: str) -> None:
    apply_theme(qapp, theme)
    network = show(prepared(chain(("fc", 12), ("fc", 10))))
    found, layout = pixels(network), network.scene().graph_layout
    left, right = int(layout.columns[1].body.right) + 5, int(layout.columns[2].body.x) - 5
    between = found[int(layout.columns[1].body.y) : int(layout.columns[1].body.bottom), left:right]
    assert np.abs(between - background_of(active())).sum(axis=2).max() > 200


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_what_was_not_recorded_stands_back_in_both(show: Show, qapp: QApplication, theme: str) -> None:
    apply_theme(qapp, theme)
    run = chain(("conv", 3), ("fc", 4), ("fc", 3))
    run.passes[0] = made_up_pass(run.layers, {})
    network = show(prepared(run))
    layout = network.scene().graph_layout
    for column in (1, 2):
        x, y = layout.columns[column].centres[0]
        middle = pixels(network)[int(y), int(x)]
        assert 60 < np.abs(middle - background_of(active())).sum() < 300
