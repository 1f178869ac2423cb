"""Paints a run into one picture, for machines without a display.

Run as ``python -m app.window.overview COLLECTION PICTURE``.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PyQt6.QtCore import QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QWidget

from app.palette import active
from app.replay.frame import Frame, read_frame
from app.replay.opened import OpenedCollection, open_for_replay
from app.replay.state import ReplayState
from app.views.network.frame import NAME, NetworkFrame, derive, modules_of, prepare
from app.views.network.modules.analysis.module_folding import fold, is_drawn_as_modules, open_at_first
from app.views.network.modules.analysis.module_layout import lay_out
from app.views.network.modules.modules_view import ModulesView
from app.views.network.units.network_view import NetworkView
from app.views.timeline.panel import TimelinePanel
from app.widgets.plain_text import on_a_line
from app.window.run_text import describe_run
from app.window.start import make_application
from collector.storage import CollectionError

WIDTH, NETWORK_HEIGHT, CURVES_HEIGHT = 1600, 640, 230
SMALL_HEIGHT = 360
HEADING_HEIGHT, CAPTION_HEIGHT, MARGIN = 72, 26, 16
WRONG_USE = 2


def paint_overview(opened: OpenedCollection) -> QImage:
    """The network at the last pass, loss and accuracy, and the network at the first and the middle pass."""
    opened = replace(opened, derived={NAME: derive(opened)})
    heights = HEADING_HEIGHT + NETWORK_HEIGHT + CURVES_HEIGHT + SMALL_HEIGHT + 2 * CAPTION_HEIGHT + 2 * MARGIN
    image = QImage(WIDTH, heights, QImage.Format.Format_RGB32)
    image.fill(QColor(active().background))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    _paint_heading(painter, opened)
    last = opened.n_passes - 1
    top = HEADING_HEIGHT
    _paint_network(painter, opened, last, QRect(0, top, WIDTH, NETWORK_HEIGHT + CAPTION_HEIGHT))
    top += NETWORK_HEIGHT + CAPTION_HEIGHT + MARGIN
    curves = TimelinePanel()
    curves.hide_buttons()
    curves.show_collection(opened.collection)
    curves.show_step(int(opened.collection.passes.steps[last]))
    _paint_widget(painter, curves, QRect(0, top, WIDTH, CURVES_HEIGHT))
    top += CURVES_HEIGHT + MARGIN
    half = WIDTH // 2
    earlier = [number for number in dict.fromkeys((0, last // 2)) if number != last]
    for column, number in enumerate(earlier):
        _paint_network(painter, opened, number, QRect(column * half, top, half, SMALL_HEIGHT + CAPTION_HEIGHT))
    painter.end()
    return image


def _paint_heading(painter: QPainter, opened: OpenedCollection) -> None:
    collection = opened.collection
    font = painter.font()
    font.setPixelSize(20)
    painter.setFont(font)
    painter.setPen(QColor(active().text))
    line = QRect(MARGIN, 12, WIDTH - 2 * MARGIN, 26)
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, on_a_line(describe_run(collection)))
    font.setPixelSize(13)
    painter.setFont(font)
    painter.setPen(QColor(active().hovered if collection.run.data_note else active().faint_text))
    note = collection.run.data_note or collection.path.name
    painter.drawText(QRect(MARGIN, 42, WIDTH - 2 * MARGIN, 20), Qt.AlignmentFlag.AlignVCenter, on_a_line(note))


def _paint_network(painter: QPainter, opened: OpenedCollection, number: int, place: QRect) -> None:
    view = opened.view_of(ReplayState(pass_number=number))
    assert view is not None
    frame = read_frame(opened, view, {NAME: prepare})
    shown = frame.prepared[NAME]
    assert isinstance(shown, NetworkFrame)
    as_modules = is_drawn_as_modules(modules_of(opened), None)
    network = _as_modules(opened, shown) if as_modules else _as_units(opened, shown)
    painter.setPen(QColor(active().text))
    caption = QRect(place.left() + MARGIN, place.top(), place.width() - 2 * MARGIN, CAPTION_HEIGHT)
    painter.drawText(caption, Qt.AlignmentFlag.AlignVCenter, on_a_line(_caption(frame)))
    network.paint_to(painter, QRectF(place.adjusted(0, CAPTION_HEIGHT, 0, 0)))
    network.deleteLater()


def _as_units(opened: OpenedCollection, shown: NetworkFrame) -> NetworkView:
    network = NetworkView()
    network.show_graph(opened.graph)
    network.show_view(shown.graph)
    return network


def _as_modules(opened: OpenedCollection, shown: NetworkFrame) -> ModulesView:
    network = ModulesView()
    network.show_layout(lay_out(fold(shown.modules.graph, open_at_first(shown.modules.graph))))
    network.show_numbers(shown.modules)
    return network


def _caption(frame: Frame) -> str:
    parts = [
        f"pass {frame.view.pass_number + 1} of {frame.view.n_passes}",
        f"step {frame.step}",
        f"epoch {frame.epoch}",
    ]
    if frame.loss is not None and np.isfinite(frame.loss):
        parts.append(f"loss {frame.loss:.3f}")
    sample = frame.sample
    if sample.predicted_class is not None:
        parts.append(f"sample: {sample.name_of(sample.true_class)}, taken for {sample.name_of(sample.predicted_class)}")
    return " · ".join(parts)


def _paint_widget(painter: QPainter, widget: QWidget, place: QRect) -> None:
    widget.resize(place.size())
    widget.ensurePolished()
    painter.drawPixmap(place, widget.grab())
    widget.deleteLater()


def main(collection: str, picture: str) -> int:
    """Paint the overview of a collection into a PNG file; the exit code."""
    application = make_application()
    try:
        opened = open_for_replay(Path(collection))
        if not paint_overview(opened).save(picture, "PNG"):
            sys.stderr.write(f"{picture!r} cannot be written\n")
            return 1
        opened.collection.close()
    except CollectionError as error:
        sys.stderr.write(f"{error.problem} {error.way_out}\n")
        return WRONG_USE
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
