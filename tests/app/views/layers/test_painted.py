"""What the cells of the layers' table paint."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QColor, QPainter

from app.analysis.curve import Measured
from app.palette import DARK
from app.replay.opened import OpenedCollection
from app.views.layers.analysis.spark import Spark, spark_of
from app.views.layers.layer_delegates import paint_spark
from app.views.layers.panel import LayersPanel
from tests.app.painted import Painted, painted, painted_by

ROOM = QRectF(10, 5, 100, 20)


def measured(values: list[float], without: tuple[int, ...] = ()) -> Measured:
    """A curve from step 1 on; ``without`` are the steps that had no gradient."""
    steps = np.arange(1, len(values) + 1)
    return Measured("gradient_norm/a", steps, np.array(values), np.isin(steps, without))


def spark_painted(spark: Spark, playhead: float | None = None) -> Painted:
    def paint(painter: QPainter) -> None:
        paint_spark(painter, ROOM, spark, playhead, QColor(DARK.bar))

    return painted_by(paint, QSize(120, 30))


def test_that_a_curve_spans_its_room_from_the_lowest_to_the_highest_value() -> None:
    found = spark_painted(spark_of(measured([1.0, 2.0, 3.0]), 3))
    (curve,) = found.lines(DARK.bar)
    assert curve.place.left() == pytest.approx(10 + 100 / 3, abs=0.1)
    assert curve.place.right() == pytest.approx(110, abs=0.1)
    assert (curve.place.top(), curve.place.bottom()) == (pytest.approx(5), pytest.approx(25))
    assert len(found.shapes) == 1


def test_that_a_curve_that_never_changes_lies_in_the_middle() -> None:
    (curve,) = spark_painted(spark_of(measured([2.0, 2.0]), 2)).lines(DARK.bar)
    assert curve.place.center().y() == pytest.approx(15)


def test_that_a_curve_is_broken_where_a_value_is_not_finite_which_a_red_mark_says() -> None:
    found = spark_painted(spark_of(measured([1.0, 2.0, float("nan"), 3.0]), 4))
    pieces = found.lines(DARK.bar)
    assert len(pieces) == 2
    assert pieces[1].place.width() == pytest.approx(2), "one value alone is a dot"
    (mark,) = found.lines(DARK.wrong)
    assert mark.place.left() == pytest.approx(10 + 100 * 3 / 4, abs=0.6)
    assert mark.place.top() < 5 < mark.place.bottom() < 10


def test_that_steps_without_a_gradient_lie_faintly_on_the_ground() -> None:
    found = spark_painted(spark_of(measured([1.0, float("nan"), 3.0, 4.0], without=(2,)), 4))
    (mark,) = found.lines(DARK.faint_text)
    assert mark.place.center().x() == pytest.approx(60, abs=1)
    assert mark.place.top() == pytest.approx(26)


@pytest.mark.parametrize(("playhead", "x"), [(0.0, 10), (0.5, 60), (1.0, 110), (1.7, 110)])
def test_that_the_playhead_stands_at_its_share_of_the_run(playhead: float, x: float) -> None:
    (line,) = spark_painted(spark_of(measured([1.0, 2.0]), 2), playhead).lines(DARK.hovered)
    assert line.place.left() == x
    assert (line.place.top(), line.place.bottom()) == (3, 27)


@pytest.mark.parametrize(
    ("values", "is_log", "middle"),
    [
        ([1e-4, 1e-2, 1.0], True, 0.5),
        ([0.02, 0.51, 1.0], False, 0.5),
        ([0.0, 0.5, 1000.0], False, 0.0005),
        ([-1.0, 0.0, 1000.0], False, 1 / 1001),
    ],
)
def test_that_only_what_is_above_zero_and_spans_hundredfold_is_on_a_log_scale(
    values: list[float], is_log: bool, middle: float
) -> None:
    spark = spark_of(measured(values), 3)
    assert spark.is_log is is_log
    assert spark.up.tolist() == [0.0, pytest.approx(middle), 1.0]
    assert (spark.low, spark.high) == (values[0], values[-1])


def test_that_a_curve_without_any_number_has_only_marks() -> None:
    spark = spark_of(measured([float("nan"), float("inf")]), 2)
    assert (spark.n_not_finite, spark.n_without_gradient) == (2, 0)
    found = spark_painted(spark)
    assert found.lines(DARK.bar) == []
    assert len(found.lines(DARK.wrong)) == 2


def test_that_a_layer_s_row_has_its_curve_with_the_playhead_and_the_number_there(
    show: Callable[..., None], opened: OpenedCollection
) -> None:
    panel = LayersPanel()
    show(panel, 900, 260)
    panel.show_collection(opened.collection)
    panel.show_step(6)
    found = painted(panel.table)
    curves, playheads = found.lines(DARK.bar), found.lines(DARK.hovered)
    sparks = [row.spark for row in panel.model.rows if row.spark is not None]
    assert len(sparks) == len(curves) == len(playheads) > 0
    for spark, curve, playhead in zip(sparks, curves, playheads, strict=True):
        first, last = spark.across[0], spark.across[-1]
        half_way = (0.5 - first) / (last - first)
        along = (playhead.place.left() - curve.place.left()) / curve.place.width()
        assert along == pytest.approx(half_way, abs=0.02), "step 6 of 12"
        assert playhead.place.top() < curve.place.top() < curve.place.bottom() < playhead.place.bottom()
        beside = [
            each
            for each in found.words
            if each.place.left() > curve.place.right()
            and abs(each.place.center().y() - playhead.place.center().y()) < 4
        ]
        figure = min(beside, key=lambda each: each.place.left())
        assert figure.colour == DARK.text
        assert float(figure.text) > 0


def test_that_names_of_layers_with_parameters_stand_out(show: Callable[..., None], opened: OpenedCollection) -> None:
    panel = LayersPanel()
    show(panel, 900, 260)
    panel.show_collection(opened.collection)
    words = {each.text: each.colour for each in painted(panel.table).words}
    assert [words[name] for name in ("conv1", "fc1", "fc2")] == [DARK.text] * 3
    assert [words[name] for name in ("relu1", "relu2")] == [DARK.faint_text] * 2
