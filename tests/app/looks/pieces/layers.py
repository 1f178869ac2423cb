"""The table of layers: alone, beside another run, and beside a step that is held."""

import numpy as np
from PyQt6.QtCore import QPoint, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter
from PyQt6.QtTest import QTest

from app.analysis.curve import Measured
from app.analysis.health import health_of
from app.palette import active
from app.views.layers.analysis.spark import spark_of
from app.views.layers.layer_delegates import paint_spark
from app.views.layers.layer_table_model import LayerColumn
from app.views.layers.panel import LayersPanel
from tests.app.growing_run import GrowingRun
from tests.app.looks.pieces import Canvas, Piece
from tests.app.made_up_findings import finding
from tests.app.views.layers.layered_run import NAN, USUAL, compared, run

ODD = "a_block_with_a_name_as_people_give_them"
HEALTH = health_of(
    [
        finding("dead-units", "critical", ["stem"], 6),
        finding("update-too-large", "warning", ["stem", "body.0.conv1"], 9),
        finding("loss-spike", "note", ["head"], 3),
    ]
)


def panel(
    *names: str,
    step: int = 30,
    health: bool = False,
    other: tuple[str, ...] = (),
    held: int | None = None,
    chosen: str = "",
) -> LayersPanel:
    found, own = LayersPanel(), run(*(names or USUAL))
    comparing = compared(own, run(*other, rate=0.5) if other else own, held) if other or held is not None else None
    found.show_collection(own, comparing)  # type: ignore[arg-type]
    found.show_step(step)
    if health:
        found.show_health(HEALTH)
    if chosen:
        found.show_layer(chosen)
    return found


def panel_of_none() -> LayersPanel:
    found = LayersPanel()
    found.show_collection(GrowingRun(layers={}).grow(loss=np.ones(5)))  # type: ignore[arg-type]
    return found


def order(shown: LayersPanel, column: LayerColumn) -> None:
    header = shown.table.horizontalHeader()
    assert header is not None
    at = QPoint(header.sectionViewportPosition(column) + 10, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)


def spark(values: list[float], without: tuple[int, ...] = (), playhead: float | None = 0.5) -> Canvas:
    """A curve from step 1 on; ``without`` are the steps that had no gradient."""
    steps = np.arange(1, len(values) + 1)
    measured = Measured("gradient_norm/a", steps, np.array(values), np.isin(steps, without))

    def paint(painter: QPainter) -> None:
        room = QRectF(5, 5, 110, 20)
        paint_spark(painter, room, spark_of(measured, len(values)), playhead, QColor(active().bar))

    return Canvas(paint)


SPARKS = {
    "linear": ([1.0, 2.0, 1.5, 3.0], ()),
    "log": ([1e-4, 1e-2, 1.0, 1e-3], ()),
    "constant": ([2.0, 2.0, 2.0], ()),
    "broken": ([1.0, 2.0, NAN, 3.0, NAN, np.inf, 2.0, 1.0], ()),
    "without_gradient": ([1.0, NAN, NAN, 3.0, 4.0], (2, 3)),
    "of_one": ([3.0], ()),
    "of_nothing": ([NAN, np.inf], ()),
    "long": (np.sin(np.arange(1000) / 30).tolist(), ()),
}

PIECES = {
    **{
        f"spark_{name}": Piece(lambda each=each: spark(*each), (120, 30))  # type: ignore[misc]
        for name, each in SPARKS.items()
    },
    "spark_at_its_end": Piece(lambda: spark([1.0, 2.0], playhead=1.7), (120, 30), theme="light"),
    "spark_without_playhead": Piece(lambda: spark([1.0, 2.0], playhead=None), (120, 30), theme="light"),
    "nothing_open": Piece(LayersPanel, (400, 120)),
    "no_layers": Piece(panel_of_none, (400, 120), theme="light"),
    "run_in_light": Piece(lambda: panel(health=True), (700, 170), theme="light"),
    "narrow": Piece(panel, (300, 170)),
    "narrowest": Piece(lambda: panel(health=True), (252, 170)),
    "chosen": Piece(lambda: panel(health=True, chosen="body.0.conv1"), (480, 170)),
    "last_step": Piece(lambda: panel(step=60), (480, 170), theme="light"),
    "worst_first": Piece(lambda: panel(health=True), (480, 170), lambda shown: order(shown, LayerColumn.HEALTH)),
    "long_names": Piece(lambda: panel(f"{ODD}.first", f"{ODD}.second", f"{ODD}_again", "fc"), (420, 150)),
    "many": Piece(lambda: panel(*(f"fc{each}" for each in range(4)), *USUAL, chosen="head"), (480, 140)),
    "of_two_narrow": Piece(lambda: panel(other=USUAL, health=True), (300, 220), theme="light"),
    "of_two_other_layers": Piece(
        lambda: panel(other=("stem", "body.0.conv1", "body.0.relu", "neck"), step=5), (900, 240)
    ),
    "of_two_by_change": Piece(
        lambda: panel(other=("stem", "body.0.conv1", "neck")),
        (600, 240),
        lambda shown: order(shown, LayerColumn.CHANGE),
    ),
    **{
        f"width_{px}": Piece(lambda: panel("stem", "relu", health=True), (px, 80))
        for px in (280, 330, 365, 400, 440, 520, 620, 900)
    },
    **{
        f"width_of_two_{px}": Piece(lambda: panel("stem", "relu", other=("stem", "relu"), health=True), (px, 80))
        for px in (300, 330, 380, 440, 500, 560, 760)
    },
    "held": Piece(lambda: panel(held=10), (900, 200), theme="light"),
}
