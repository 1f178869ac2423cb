"""The graph as a file."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtSvg import QSvgRenderer

from app.analysis.graph.graph_view import GraphView
from app.analysis.health import health_of
from app.views.network.units.network_view import NetworkView
from app.views.network.units.scale_labels import scale_labels
from app.widgets.figure import GAP, MARGIN, Figure
from app.widgets.severity_mark import severity_colour
from tests.app.made_up import chain, difference_view
from tests.app.made_up_findings import finding
from tests.app.views.network.conftest import prepared
from tests.app.views.network.driving import pixels_of, turn_wheel

Show = Callable[[GraphView | None], NetworkView]
SVG = "{http://www.w3.org/2000/svg}"


def texts_of(path: Path) -> set[str]:
    return {(element.text or "").strip() for element in ElementTree.parse(path).iter(f"{SVG}text")}


def save(network: NetworkView, path: Path) -> Path:
    Figure("The network", (), [network]).save(path)
    return path


def graph_in(picture: QImage, network: NetworkView) -> np.ndarray:
    """The part of a picture, in px of the screen, that shows the graph: below the heading."""
    pixels = pixels_of(picture)
    top = pixels.shape[0] - MARGIN - GAP - network.height()
    return pixels[top : top + network.height(), MARGIN : MARGIN + network.width()]


def test_that_a_picture_looks_like_the_view(show: Show, views: list[GraphView], tmp_path: Path) -> None:
    network = show(views[0])
    network.pin("fc2", 5)
    network.highlight_layer("fc2")
    whole = QImage(str(save(network, tmp_path / "graph.png")))
    saved = graph_in(whole.scaled(whole.size() / 2, transformMode=Qt.TransformationMode.SmoothTransformation), network)
    assert np.abs(saved - pixels_of(network.grab().toImage())).mean() < 3
    network.unpin()
    assert np.abs(saved - pixels_of(network.grab().toImage())).mean() > 3, "the pin is seen in it"


def test_that_an_svg_has_text_as_text_and_a_shape_for_each_edge_and_neuron(
    show: Show, views: list[GraphView], tmp_path: Path
) -> None:
    network = show(views[0])
    save(network, tmp_path / "graph.svg")
    texts = texts_of(tmp_path / "graph.svg")
    assert {"input", "conv1", "fc2", "fc3"} <= texts
    assert any(text.startswith("weight ±") for text in texts)
    shapes = list(ElementTree.parse(tmp_path / "graph.svg").iter())
    assert sum(each.tag == f"{SVG}polyline" for each in shapes) >= len(views[0].lines)
    assert sum(each.tag in (f"{SVG}ellipse", f"{SVG}circle") for each in shapes) >= 12 + 10


def test_that_the_scales_stand_below_the_columns_in_the_picture_too(
    show: Show, views: list[GraphView], tmp_path: Path
) -> None:
    network = show(views[0])
    scales = {label.text for label in scale_labels(views[0], network.scene().graph_layout)}
    assert len(scales) > 2
    save(network, tmp_path / "graph.svg")
    assert scales <= texts_of(tmp_path / "graph.svg")


def test_that_an_svg_looks_like_the_view(show: Show, views: list[GraphView], tmp_path: Path) -> None:
    network = show(views[0])
    network.pin("conv1", 1)
    drawing = QSvgRenderer(str(save(network, tmp_path / "graph.svg")))
    image = QImage(drawing.viewBox().size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    drawing.render(painter)
    painter.end()
    assert np.abs(graph_in(image, network) - pixels_of(network.grab().toImage())).mean() < 5


def test_that_a_picture_has_every_edge_whatever_there_was_time_for(show: Show, tmp_path: Path) -> None:
    network = show(prepared(chain(("fc", 90), ("fc", 90), ("fc", 3), picture=(1, 2, 2))))
    save(network, tmp_path / "graph.svg")
    lines = ElementTree.parse(tmp_path / "graph.svg").iter(f"{SVG}polyline")
    assert sum(1 for _ in lines) >= network.graph_view.graph.n_edges


def test_that_the_whole_graph_is_saved_also_when_zoomed_in(show: Show, views: list[GraphView], tmp_path: Path) -> None:
    network = show(views[0])
    save(network, tmp_path / "whole.png")
    turn_wheel(network, network.rect().center(), 6)
    save(network, tmp_path / "zoomed.png")
    assert (tmp_path / "whole.png").read_bytes() == (tmp_path / "zoomed.png").read_bytes()


def test_that_the_health_of_layers_is_marked_in_the_picture_too(
    show: Show, views: list[GraphView], tmp_path: Path
) -> None:
    network = show(views[0])
    marks = []
    for found in ([], [finding("dead-units", "critical", ["fc2"], 0)]):
        network.show_health(health_of(found))
        svg = ElementTree.parse(save(network, tmp_path / "graph.svg"))
        marks.append([each.get("fill") for each in svg.iter()].count(severity_colour("critical").name()))
    assert marks[0] < marks[1]


def test_that_what_cannot_be_seen_is_said_in_the_picture(show: Show, tmp_path: Path) -> None:
    save(show(difference_view(chain(("fc", 4), ("fc", 3)))), tmp_path / "graph.svg")
    assert "activation and weight: the same in A and B" in texts_of(tmp_path / "graph.svg")
