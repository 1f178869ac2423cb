"""The graph as a file."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtSvg import QSvgRenderer

from app.analysis.graph.graph_options import EdgeMode, GraphOptions
from app.analysis.graph.graph_view import GraphView
from app.views.network.units.network_view import NetworkView
from tests.app.made_up import chain
from tests.app.views.network.conftest import prepared
from tests.app.views.network.driving import pixels_of, turn_wheel

Show = Callable[[GraphView | None], NetworkView]
SVG = "{http://www.w3.org/2000/svg}"


def texts_of(path: Path) -> set[str]:
    return {(element.text or "").strip() for element in ElementTree.parse(path).iter(f"{SVG}text")}


def test_that_a_png_has_twice_the_pixels_of_the_view(show: Show, views: list[GraphView], tmp_path: Path) -> None:
    network = show(views[0])
    network.save_picture(tmp_path / "graph.png")
    image = QImage(str(tmp_path / "graph.png"))
    assert (image.width(), image.height()) == (2 * network.width(), 2 * network.height())


def test_that_a_png_looks_like_the_view(show: Show, views: list[GraphView], tmp_path: Path) -> None:
    network = show(views[0])
    network.pin("fc2", 5)
    network.highlight_layer("fc2")
    network.save_picture(tmp_path / "graph.png")
    screen = network.grab().toImage()
    saved = pixels_of(QImage(str(tmp_path / "graph.png")))
    height, width = saved.shape[0] // 2, saved.shape[1] // 2
    halved = saved.reshape(height, 2, width, 2, 3).mean(axis=(1, 3))
    assert np.abs(halved - pixels_of(screen)).mean() < 3
    network.unpin()
    assert np.abs(halved - pixels_of(network.grab().toImage())).mean() > 3, "the pin is seen in it"


def test_that_an_svg_has_text_as_text_and_a_shape_for_each_edge_and_neuron(
    show: Show, views: list[GraphView], tmp_path: Path
) -> None:
    network = show(views[0])
    network.save_picture(tmp_path / "graph.svg")
    texts = texts_of(tmp_path / "graph.svg")
    assert {"input", "conv1", "fc2", "fc3"} <= texts
    assert any(text.startswith("weight ±") for text in texts)
    shapes = list(ElementTree.parse(tmp_path / "graph.svg").iter())
    assert sum(each.tag == f"{SVG}polyline" for each in shapes) >= len(views[0].lines)
    assert sum(each.tag in (f"{SVG}ellipse", f"{SVG}circle") for each in shapes) >= 12 + 10


def test_that_an_svg_looks_like_the_view(show: Show, views: list[GraphView], tmp_path: Path) -> None:
    network = show(views[0])
    network.pin("conv1", 1)
    network.save_picture(tmp_path / "graph.svg")
    image = QImage(network.size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    QSvgRenderer(str(tmp_path / "graph.svg")).render(painter)
    painter.end()
    assert np.abs(pixels_of(image) - pixels_of(network.grab().toImage())).mean() < 5


def test_that_a_picture_has_every_edge_whatever_there_was_time_for(show: Show, tmp_path: Path) -> None:
    network = show(prepared(chain(("fc", 90), ("fc", 90), ("fc", 3), picture=(1, 2, 2))))
    network.save_picture(tmp_path / "graph.svg")
    lines = ElementTree.parse(tmp_path / "graph.svg").iter(f"{SVG}polyline")
    assert sum(1 for _ in lines) >= network.graph_view.graph.n_edges


def test_that_the_whole_graph_is_saved_also_when_zoomed_in(show: Show, views: list[GraphView], tmp_path: Path) -> None:
    network = show(views[0])
    network.save_picture(tmp_path / "whole.png")
    turn_wheel(network, network.rect().center(), 6)
    network.save_picture(tmp_path / "zoomed.png")
    assert (tmp_path / "whole.png").read_bytes() == (tmp_path / "zoomed.png").read_bytes()


def test_that_what_cannot_be_seen_is_said_in_the_picture(show: Show, tmp_path: Path) -> None:
    options = GraphOptions(edges=EdgeMode.CHANGE)
    show(prepared(chain(("fc", 4), ("fc", 3)), options=options)).save_picture(tmp_path / "graph.svg")
    assert "no change: this is the pass to compare with" in texts_of(tmp_path / "graph.svg")


@pytest.mark.parametrize("name", ["graph.svg", "graph.png"])
def test_that_a_place_that_cannot_be_written_is_an_error(
    show: Show, views: list[GraphView], tmp_path: Path, name: str
) -> None:
    with pytest.raises(OSError, match="graph"):
        show(views[0]).save_picture(tmp_path / "nowhere" / name)


def test_that_an_ending_that_is_no_picture_is_an_error(show: Show, views: list[GraphView], tmp_path: Path) -> None:
    with pytest.raises(OSError, match="png"):
        show(views[0]).save_picture(tmp_path / "graph.words")


def test_that_nothing_shown_is_nothing_saved(show: Show, tmp_path: Path) -> None:
    show(None).save_picture(tmp_path / "graph.png")
    assert list(tmp_path.iterdir()) == []
