"""Widgets that several views have."""

from collections.abc import Callable, Sequence

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter
from PyQt6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.analysis.class_groups import PointGroups
from app.analysis.row import Row
from app.widgets.choice_box import ChoiceBox
from app.widgets.elided_text import ElidedButton, ElidedLabel
from app.widgets.empty_state import EmptyState
from app.widgets.heading_line import HeadingLine
from app.widgets.legend_line import LegendEntry, LegendLine
from app.widgets.picture_view import PictureView
from app.widgets.point_cloud import PointCloud, Tool
from app.widgets.row_list import RowList
from app.widgets.sample_card import SampleCard
from app.widgets.segments import Segments
from app.widgets.severity_mark import paint_mark
from app.widgets.walk import FocusRing
from app.widgets.wrapping_row import WrappingRow
from tests.app.looks.pieces import Canvas, Piece

SEVERITIES = ("critical", "warning", "note")
TRAINING, TEST = "loss of the training set", "loss of the test set"
CURVES = (
    LegendEntry(TRAINING, "loss", "0.734 ± 0.02"),
    LegendEntry(TEST, "second", "0.8", is_dashed=True),
    LegendEntry("mean of 32 samples each", is_note=True),
)
LONG = "a_block_with_a_name_as_people_give_them_who_tell_what_it_does"


def _marks(painter: QPainter) -> None:
    for number, severity in enumerate(SEVERITIES):
        paint_mark(painter, QPointF(20 + 30 * number, 20), severity)
        paint_mark(painter, QPointF(20 + 30 * number, 50), severity, 22, ground=QColor("white"))


def _legend(entries: Sequence[LegendEntry] = CURVES) -> LegendLine:
    legend = LegendLine()
    legend.show_entries(entries)
    return legend


def _heading(title: str, figure: str = "", dot: tuple[str, str] = ("", ""), about: str = "") -> HeadingLine:
    heading = HeadingLine(title)
    heading.show_figure(figure)
    heading.show_dot(*dot)
    heading.show_about(about)
    return heading


def _headings() -> QWidget:
    """Of all kinds, one below the other."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(4, 4, 4, 4)
    column.setSpacing(0)
    test = ("test set", "0.8768")
    for heading in (
        _heading("Loss"),
        _heading("Loss", "0.1147"),
        _heading("Loss", "0.1147", ("test set", "")),
        _heading("Loss", "0.1147", test),
        _heading("Loss", "0.1147", test, "bold: mean of 32, faint: each"),
        _heading("conv1 × fc1", "0.63", about="grey: chance"),
        _heading(f"{LONG}_first × {LONG}_last", "0.63", about="grey: chance"),
        _heading(f"fc1 × {LONG}", "", about="grey: chance"),
        _heading("", "0.63", about="without a title"),
    ):
        column.addWidget(heading)
    return whole


def _row(entries: Sequence[LegendEntry]) -> Callable[[], QWidget]:
    return lambda: WrappingRow(_heading("Effective rank"), _legend(entries))


ROWS = (
    Row("Critical · since step 120 · conv2", "100 % of 8 units are silent for every sample.", "critical"),
    Row("Warning · since step 0 · out", f"The network gives the same output for {LONG} and every sample.", "warning"),
    Row("Note · since step 99", "The loss runs away. " * 12, "note"),
    Row("since step 99 · ↳ dead-units", "What only follows from another.", "note", is_faint=True),
    Row("without a mark", "A row of words alone."),
)


def _rows(rows: Sequence[Row] = ROWS, chosen: int | None = 1) -> Callable[[], QWidget]:
    def make() -> QWidget:
        shown = RowList("Rows")
        shown.show_rows(rows, chosen)
        return shown

    return make


def _picture(picture: np.ndarray | None, absent: str = "no picture") -> Callable[[], QWidget]:
    def make() -> QWidget:
        view = PictureView()
        view.show_picture(picture, absent)
        return view

    return make


def _vector(values: np.ndarray) -> Callable[[], QWidget]:
    def make() -> QWidget:
        view = PictureView()
        view.show_vector(values)
        return view

    return make


GREY = np.linspace(0, 1, 24).reshape(4, 6)
COLOURED = np.stack([GREY, GREY[::-1], 1 - GREY], axis=2)
WAVE = np.sin(np.arange(24) / 3.0)
SAID = (("sample #3", "text"), ("label bee", "faint_text"), ("predicted wasp", "wrong"), (f"of {LONG}", "text"))


def _card(at: tuple[float, float], picture: np.ndarray | None, n_lines: int, size: tuple[int, int]) -> QWidget:
    lines = [SAID[number % len(SAID)] for number in range(n_lines)]
    return Canvas(lambda painter: SampleCard(picture, lines).paint(painter, QPointF(*at), QRectF(0, 0, *size)))


def _elided() -> QWidget:
    whole = QWidget()
    column = QVBoxLayout(whole)
    badge, parts = ElidedLabel(LONG), ElidedLabel("cnn on digits · 1,198 parameters · AdamW", between=" · ")
    badge.setObjectName("badge")
    end = ElidedLabel("a column for each of 1,198 parameters", cut=Qt.TextElideMode.ElideRight)
    box = ChoiceBox("Which", [LONG, f"{LONG}_too"])
    button = ElidedButton(LONG)
    button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    for each in (badge, parts, end, button, box):
        column.addWidget(each)
    return whole


def _segments() -> QWidget:
    segments = Segments()
    segments.show_options(["Units", "Modules", "Neither"])
    segments.show_chosen("Modules")
    segments.show_reach("Neither", False, "because")
    return segments


def _empty(text: str, *, can_go: bool = False) -> Callable[[], QWidget]:
    def make() -> QWidget:
        state = EmptyState()
        state.show_text(text, can_go=can_go)
        return state

    return make


def _ring() -> QWidget:
    widget = QWidget()
    FocusRing(widget).surround(QRectF(20, 10, 40, 20))
    FocusRing(widget).surround(QRectF(-10, -10, 30, 25))
    return widget


N_POINTS = 40
ANGLES = np.arange(N_POINTS) * 2.4
POSITIONS = np.stack([0.12 * np.sqrt(ANGLES) * np.cos(ANGLES), 0.05 * np.sqrt(ANGLES) * np.sin(ANGLES) + 0.4], axis=1)
GROUPS = PointGroups(
    np.arange(N_POINTS) % 3,
    ("ant", "bee", "cat"),
    np.array([[80, 160, 230], [230, 140, 60], [90, 180, 90]], np.uint8),
    np.array([14, 13, 13]),
)


def _cloud(
    *,
    is_plot: bool = False,
    visible: tuple[bool, ...] = (True, True, True),
    n: int = N_POINTS,
    of: np.ndarray = POSITIONS,
) -> PointCloud:
    cloud = PointCloud()
    cloud.is_plot = is_plot
    cloud.show_points(of[:n], of[:n])
    if n == N_POINTS:
        cloud.show_groups(GROUPS, np.array(visible))
    cloud.show_current(5)
    cloud.show_axes("variability of the label's probability", "mean probability")
    return cloud


def _selected(cloud: PointCloud) -> None:
    cloud.show_selection(np.arange(N_POINTS) < 9)


def _pointed_at(cloud: PointCloud) -> None:
    cloud.point_at(8)
    cloud.show_card(SampleCard(GREY, SAID[:3]))


def _from_another(cloud: PointCloud) -> None:
    cloud.show_ends(POSITIONS + np.array([0.05, 0.03]))
    cloud.point_at(8)


def _lasso(cloud: PointCloud) -> None:
    cloud.tool = Tool.RECTANGLE
    cloud._trail = [QPointF(60, 40), QPointF(190, 150)]
    cloud.update()


def _zoomed(cloud: PointCloud) -> None:
    cloud.zoom(4.0, 5)


PIECES = {
    "marks": Piece(lambda: Canvas(_marks), (100, 70)),
    "marks_in_light": Piece(lambda: Canvas(_marks), (100, 70), theme="light"),
    **{f"legend_of_{px}": Piece(_legend, (px, 20)) for px in (600, 400, 260, 120)},
    "legend_in_light": Piece(_legend, (600, 20), theme="light"),
    "legend_of_two_figures": Piece(
        lambda: _legend([LegendEntry("Released", "bar", "0.0592 | 0.0166"), LegendEntry("without a line", "", "0.94")]),
        (330, 20),
    ),
    "headings": Piece(_headings, (460, 250)),
    "headings_narrow": Piece(_headings, (190, 250), theme="light"),
    "headings_of_no_room": Piece(_headings, (90, 250)),
    "heading_beside_a_legend": Piece(_row(CURVES[:2]), (640, 26)),
    "heading_above_a_legend": Piece(_row(CURVES[:2]), (300, 50), theme="light"),
    "rows": Piece(_rows(), (300, 380)),
    "rows_in_light": Piece(_rows(chosen=3), (420, 300), theme="light"),
    "rows_narrow": Piece(_rows(chosen=None), (150, 260)),
    "rows_of_one": Piece(_rows(ROWS[4:], 0), (260, 80)),
    "rows_none": Piece(_rows((), None), (160, 40)),
    "picture_grey": Piece(_picture(GREY), (120, 120)),
    "picture_coloured": Piece(_picture(COLOURED), (150, 90), theme="light"),
    "picture_of_nan": Piece(_picture(np.full((3, 3), np.nan)), (60, 60)),
    "picture_none": Piece(_picture(None, "no picture of this"), (120, 60)),
    "vector": Piece(_vector(WAVE), (180, 120)),
    "vector_of_one_sign": Piece(_vector(np.abs(WAVE) + 0.1), (180, 90), theme="light"),
    "vector_with_nan": Piece(_vector(np.where(np.arange(24) == 5, np.nan, WAVE)), (180, 90)),
    "vector_of_noughts": Piece(_vector(np.zeros(6)), (120, 60)),
    "vector_long": Piece(_vector(np.sin(np.arange(2000) / 90)), (180, 90)),
    "card": Piece(lambda: _card((20, 10), GREY, 4, (320, 260)), (320, 260)),
    "card_at_the_right": Piece(lambda: _card((300, 250), COLOURED, 3, (320, 260)), (320, 260), theme="light"),
    "card_low": Piece(lambda: _card((20, 60), GREY, 8, (420, 150)), (420, 150)),
    "card_of_words": Piece(lambda: _card((200, 10), None, 2, (260, 80)), (260, 80)),
    "elided": Piece(_elided, (260, 180)),
    "elided_narrow": Piece(_elided, (130, 180), theme="light"),
    "segments": Piece(_segments, (240, 32)),
    "segments_in_light": Piece(_segments, (240, 32), theme="light"),
    "empty": Piece(_empty("Nothing was measured in this run.\nRecord it with --insight_interval 100."), (220, 120)),
    "empty_with_a_way": Piece(_empty("Nothing yet.", can_go=True), (260, 100), theme="light"),
    "focus_ring": Piece(_ring, (100, 50)),
    "cloud": Piece(_cloud, (260, 200)),
    "cloud_in_light": Piece(_cloud, (260, 200), theme="light"),
    "cloud_without_groups": Piece(lambda: _cloud(n=3), (160, 120)),
    "cloud_of_one": Piece(lambda: _cloud(n=1, is_plot=True), (200, 150)),
    "cloud_of_noughts": Piece(lambda: _cloud(n=6, is_plot=True, of=np.zeros((6, 2))), (260, 160), theme="light"),
    "cloud_of_none": Piece(lambda: _cloud(n=0), (160, 120)),
    "cloud_as_a_plot": Piece(lambda: _cloud(is_plot=True), (390, 215)),
    "cloud_as_a_plot_large": Piece(lambda: _cloud(is_plot=True), (640, 400), theme="light"),
    "cloud_with_a_hidden_group": Piece(lambda: _cloud(visible=(True, False, True)), (260, 200)),
    "cloud_with_a_selection": Piece(_cloud, (260, 200), _selected),
    "cloud_pointed_at": Piece(_cloud, (300, 240), _pointed_at),
    "cloud_beside_another": Piece(_cloud, (260, 200), _from_another, "light"),
    "cloud_with_a_rectangle": Piece(_cloud, (260, 200), _lasso),
    "cloud_closer": Piece(lambda: _cloud(is_plot=True), (390, 215), _zoomed),
}
