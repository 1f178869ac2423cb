"""One sample and its story: what it is, what became of it, and the curve of how the network took it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetricsF, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.analysis.figures import figure
from app.palette import SMALL_PX, active, font
from app.views.stories.analysis.story_run import StoryRun
from app.views.stories.analysis.story_text import Row, sample_title, story_rows
from app.widgets.elided_text import ElidedLabel, elided_apart
from app.widgets.empty_state import EmptyStateLayout, write_absence
from app.widgets.picture_view import PictureView
from app.widgets.plain_text import PlainLabel, elided, plain
from app.widgets.step_walk import StepWalk

WIDTH_PX = 212
_LINE_PX, _APART_PX = 17.0, 6.0
_MOST_OTHERS = 50
_MOST_LETTERS, _MOST_TEXT_PX, _BESIDE_TEXT_PX = 700, 132, 16
_LEAST_PICTURE_PX, _MOST_PICTURE_PX = 64, 132
"""It gives way to the figures, which are told nowhere else."""

_LONG_WORD, _BREAKABLE = re.compile(r"\S{16}(?=\S)"), "\\g<0>\u200b"
"""A word is broken where it is wider than the card."""

NOTHING = "Choose a sample: a row of Over time, a point of the Data map, or one that is Suspicious."


class StoryCurve(QWidget):
    """Probability of the label (or the loss) at each measurement; below it whether it was right.

    Signals:
        step_requested(float): the user clicked a measurement.
    """

    step_requested = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: StoryRun | None = None
        self._sample = self._number = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("The sample's story over the measurements")
        self.walk = StepWalk(self, self._steps, self._step, self.step_requested.emit)

    def show_story(self, run: StoryRun, sample: int, number: int | None) -> None:
        """Show a sample, with the playhead on a measurement."""
        self._run, self._sample, self._number = run, sample, -1 if number is None else number
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX, 92)

    def _steps(self) -> np.ndarray:
        return np.zeros(0, int) if self._run is None else self._run.steps

    def _step(self) -> float:
        steps = self._steps()
        return float(steps[self._number]) if 0 <= self._number < len(steps) else -1.0

    def _plot(self) -> QRectF:
        return QRectF(4, 18, self.width() - 8, self.height() - 38)

    def _series(self) -> tuple[str, np.ndarray | None, float]:
        run = self._run
        assert run is not None
        for name, values in (("probability of the label", run.label_probabilities), ("confidence", run.confidences)):
            if values is not None:
                return f"{name}, 0 to 1", values[:, self._sample], 1.0
        if run.losses is not None:
            own = run.losses[:, self._sample]
            finite = own[np.isfinite(own)]
            most = max(float(finite.max()), 1e-9) if len(finite) else 1.0
            return f"loss, 0 to {figure(most, 3)}", own, most
        return "right or wrong", None, 1.0

    def paintEvent(self, event: QPaintEvent | None) -> None:
        run = self._run
        if run is None or not run.n_measurements:
            return
        painter, plot, palette = QPainter(self), self._plot(), active()
        name, values, most = self._series()
        painter.setFont(font(SMALL_PX))
        painter.setPen(QColor(palette.faint_text))
        words = elided(QFontMetricsF(painter.font()), name, plot.width())
        painter.drawText(QRectF(4, 0, plot.width(), 16), Qt.AlignmentFlag.AlignVCenter, words)
        painter.fillRect(plot, QColor(palette.bar_ground))
        wide = plot.width() / run.n_measurements
        middles = plot.left() + (np.arange(run.n_measurements) + 0.5) * wide
        if values is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(palette.bar), 2))
            heights = plot.bottom() - np.clip(values / most, 0, 1) * plot.height()
            known = np.isfinite(values)
            points = [QPointF(x, y) for x, y in zip(middles[known].tolist(), heights[known].tolist(), strict=True)]
            painter.drawPolyline(QPolygonF(points))
            if len(points) <= 40:
                painter.setBrush(QColor(palette.bar))
                for point in points:
                    painter.drawEllipse(point, 2, 2)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        else:
            write_absence(painter, plot, "probabilities and losses are not recorded")
        if run.right is not None:
            rights = run.right[:, self._sample]
            pixels = np.where(rights, QColor(palette.right).rgba(), QColor(palette.wrong).rgba()).astype(np.uint32)
            band = QImage(pixels.tobytes(), len(pixels), 1, 4 * len(pixels), QImage.Format.Format_RGB32)
            painter.drawImage(QRectF(plot.left(), plot.bottom() + 4, plot.width(), 8), band)
            if wide > _APART_PX:
                painter.setPen(QColor(palette.background))
                for x in (middles[:-1] + wide / 2).tolist():
                    painter.drawLine(QLineF(x, plot.bottom() + 4, x, plot.bottom() + 12))
        if 0 <= self._number < len(middles):
            x = float(middles[self._number])
            painter.setPen(QPen(QColor(palette.hovered), 2))
            top = plot.top() - 1 if values is not None else plot.bottom() + 3  # not through the words
            painter.drawLine(QLineF(x, top, x, plot.bottom() + (1 if run.right is None else 13)))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        run = self._run
        if event is None or run is None or not run.n_measurements:
            return
        share = (event.position().x() - self._plot().left()) / self._plot().width()
        number = int(np.clip(share * run.n_measurements, 0, run.n_measurements - 1))
        self.step_requested.emit(float(run.steps[number]))


class StoryFigures(QWidget):
    """Names at the left, figures at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[Row] = ()
        self._others: Sequence[str] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[Row], others: Sequence[str] = ()) -> None:
        """Show these; what is cut of them is seen to be none of the ``others``."""
        self._others = others[:_MOST_OTHERS]
        if rows != self.rows:
            has_grown = len(rows) != len(self.rows)
            self.rows = rows
            self.setAccessibleName(", ".join(f"{name} {value}" for name, value, _ in rows))
            if has_grown:
                self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX, int(_LINE_PX * max(len(self.rows), 1)))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, palette = QPainter(self), active()
        painter.setFont(font(SMALL_PX))
        metrics = QFontMetricsF(painter.font())
        values = [value for _, value, _ in self.rows]
        rooms = [self.width() - 16 - metrics.horizontalAdvance(name) for name, _, _ in self.rows]
        is_cut = [elided(metrics, value, room) != value for value, room in zip(values, rooms, strict=True)]
        # the same words are cut at the same place
        least = min((room for room, cut in zip(rooms, is_cut, strict=True) if cut), default=0.0)
        shown = elided_apart(metrics, [*values, *self._others], least) if any(is_cut) else values
        for row, (name, value, colour) in enumerate(self.rows):
            line = QRectF(4, row * _LINE_PX, self.width() - 8, _LINE_PX)
            painter.setPen(QColor(palette.faint_text))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, name)
            painter.setPen(QColor(getattr(palette, colour)))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(line, right, shown[row] if is_cut[row] else value)


class StoryCard(QWidget):
    """The sample that is shown.

    Signals:
        step_requested(float): the user clicked a measurement of its curve.
    """

    step_requested = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[StoryRun | None, int | None, int | None] | None = None
        self.title = ElidedLabel()
        self.picture = PictureView()
        self.picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.picture.setMinimumHeight(_LEAST_PICTURE_PX)
        self.picture.setMaximumHeight(_MOST_PICTURE_PX)
        self.text = PlainLabel()
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text_area = QScrollArea()
        self.text_area.setWidget(self.text)
        self.text_area.setWidgetResizable(True)
        self.curve = StoryCurve()
        self.figures = StoryFigures()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(8, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.title, self.picture, self.text_area, self.curve, self.figures):
            column.addWidget(widget)
        column.addStretch()
        self.pages = EmptyStateLayout(self, inside, NOTHING)
        self.curve.step_requested.connect(self.step_requested)

    def show_story(self, run: StoryRun | None, sample: int | None, number: int | None) -> None:
        """Show a sample, with the playhead on a measurement; None: none."""
        if (run, sample, number) == self._shown:
            return
        self._shown = (run, sample, number)
        if run is None or sample is None:
            self.pages.show_text(NOTHING)
            return
        self.pages.show_content()
        picture, text = run.picture(sample), run.texts[sample] if run.texts else ""
        vector = None if run.inputs is None or run.inputs.ndim != 2 else run.inputs
        self.picture.setVisible(not text and (picture is not None or vector is not None))
        self.text_area.setVisible(bool(text))
        self.title.setText(sample_title(run, sample) + (f" of the {run.of} data" if run.of else ""))
        if picture is not None or vector is None:
            self.picture.show_picture(picture)
        else:
            self.picture.show_vector(vector[sample])
        self.text.setText(_LONG_WORD.sub(_BREAKABLE, plain(text, _MOST_LETTERS)))
        high = self.text.heightForWidth(WIDTH_PX - _BESIDE_TEXT_PX) + 2 * self.text_area.frameWidth() + 2
        self.text_area.setFixedHeight(min(high, _MOST_TEXT_PX))
        self.curve.show_story(run, sample, number)
        self.figures.show_rows(story_rows(run, sample, number), run.class_names)
