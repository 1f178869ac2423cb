"""Paints a run into one picture, for machines without a display.

Run as ``python -m app.window.overview COLLECTION PICTURE``.
"""

import os
import sys
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PyQt6.QtCore import QEvent, QRect, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QApplication, QWidget

from app.jobs import Jobs
from app.palette import active
from app.replay.frame import Frame
from app.session import Session
from app.view import View
from app.views import VIEWS
from app.widgets.figure import paint_widget
from app.widgets.plain_text import on_a_line
from app.window.run_text import describe_run
from app.window.start import make_application
from collector.storage import Collection
from collector.storage.paths import AnyPath, located

WIDTH, NETWORK_HEIGHT, CURVES_HEIGHT = 1600, 640, 230
SMALL_HEIGHT = 360
SMALL_SIZE, NETWORK_SHARE = QSize(480, 270), 0.62
HEADING_HEIGHT, CAPTION_HEIGHT, MARGIN = 72, 26, 16
WRONG_USE = 2
SHOWN = ("network", "timeline")
"""The views that are painted."""


class Overview:
    """Views of the table without a window: they are told of the session's facts, and painted.

    Args:
        path: of the collection.
    """

    def __init__(self, path: AnyPath) -> None:
        self.problems: list[str] = []
        self.session = session = Session(Jobs(is_synchronous=True), VIEWS)
        session.problem_occurred.connect(self.problems.append)
        self._views = {spec.name: spec.make(session) for spec in VIEWS if spec.name in SHOWN}
        for view in self._views.values():
            assert isinstance(view, QWidget)
            view.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self._frame: Frame | None = None
        session.set_visible(frozenset(SHOWN))
        session.collection_opened.connect(lambda opened: self._tell(lambda view: view.show_collection(opened)))
        session.view_changed.connect(lambda shown: self._tell(lambda view: view.show_view(shown, shown.step)))
        session.findings.ready.connect(lambda report: self._tell(lambda view: view.show_findings(report)))
        session.frame_ready.connect(self._show_frame)
        session.open(path)

    def _tell(self, show: Callable[[View], None]) -> None:
        for view in self._views.values():
            show(view)

    def _show_frame(self, frame: Frame) -> None:
        self._frame = frame
        self._tell(lambda view: view.show_frame(frame))

    def image(self) -> QImage:
        """The network at the last pass, loss and accuracy, and the network at the first and the middle pass."""
        assert self.session.opened is not None
        heights = HEADING_HEIGHT + NETWORK_HEIGHT + CURVES_HEIGHT + SMALL_HEIGHT + 2 * CAPTION_HEIGHT + 2 * MARGIN
        image = QImage(WIDTH, heights, QImage.Format.Format_RGB32)
        image.fill(QColor(active().background))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        _paint_heading(painter, self.session.opened.collection)
        last = self.session.opened.n_passes - 1
        top = HEADING_HEIGHT
        self._paint_network(painter, last, QRect(0, top, WIDTH, NETWORK_HEIGHT + CAPTION_HEIGHT))
        top += NETWORK_HEIGHT + CAPTION_HEIGHT + MARGIN
        self._paint(painter, "timeline", QRect(0, top, WIDTH, CURVES_HEIGHT))
        top += CURVES_HEIGHT + MARGIN
        half = WIDTH // 2
        earlier = [number for number in dict.fromkeys((0, last // 2)) if number != last]
        for column, number in enumerate(earlier):
            place = QRect(column * half, top, half, SMALL_HEIGHT + CAPTION_HEIGHT)
            self._paint_network(painter, number, place)
        painter.end()
        return image

    def small_image(self) -> QImage:
        """The network at the last pass above loss and accuracy, `SMALL_SIZE`."""
        assert self.session.opened is not None
        self.session.show_last()
        image = QImage(2 * SMALL_SIZE, QImage.Format.Format_RGB32)
        image.fill(QColor(active().background))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        network, curves = image.rect(), image.rect()
        network.setHeight(round(NETWORK_SHARE * image.height()))
        curves.setTop(network.bottom() + 1)
        self._paint(painter, "network", network)
        self._paint(painter, "timeline", curves)
        painter.end()
        return image.scaled(SMALL_SIZE, transformMode=Qt.TransformationMode.SmoothTransformation)

    def close(self) -> None:
        """Give back the file and the widgets."""
        self.session.close()
        for view in self._views.values():
            assert isinstance(view, QWidget)
            view.deleteLater()
            if view.corner is not None:  # which stands beside no tabs here
                view.corner.deleteLater()

    def _paint_network(self, painter: QPainter, number: int, place: QRect) -> None:
        self.session.show_pass(number)
        assert self._frame is not None
        painter.setPen(QColor(active().text))
        caption = QRect(place.left() + MARGIN, place.top(), place.width() - 2 * MARGIN, CAPTION_HEIGHT)
        painter.drawText(caption, Qt.AlignmentFlag.AlignVCenter, on_a_line(_caption(self._frame)))
        self._paint(painter, "network", place.adjusted(0, CAPTION_HEIGHT, 0, 0))

    def _paint(self, painter: QPainter, name: str, place: QRect) -> None:
        view = self._views[name]
        assert isinstance(view, QWidget)
        view.resize(place.size())
        view.show()
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # no loop runs that would lay it out anew
        (part,) = view.figure_parts()
        paint_widget(painter, part, place)


def _paint_heading(painter: QPainter, collection: Collection) -> None:
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


def _caption(frame: Frame) -> str:
    parts = [
        f"pass {frame.view.pass_number + 1:,} of {frame.view.n_passes:,}",
        f"step {frame.step:,}",
        f"epoch {frame.epoch:,}",
    ]
    if frame.loss is not None and np.isfinite(frame.loss):
        parts.append(f"loss {frame.loss:.3f}")
    sample = frame.sample
    if sample.predicted_class is not None:
        parts.append(
            f"sample: label {sample.name_of(sample.true_class)}, predicted {sample.name_of(sample.predicted_class)}"
        )
    elif frame.samples.score:
        parts.append(f"probe: {frame.samples.score}")
    return " · ".join(parts)


def main(collection: str, picture: str) -> int:
    """Paint the overview of a collection into a PNG file; the exit code."""
    application = make_application()
    overview = Overview(located(collection))
    code = 0
    if overview.session.opened is None:
        sys.stderr.write("\n".join(overview.problems) + "\n")
        code = WRONG_USE
    elif not overview.image().save(picture, "PNG"):
        sys.stderr.write(f"{picture!r} cannot be written\n")
        code = 1
    overview.close()
    application.quit()
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
