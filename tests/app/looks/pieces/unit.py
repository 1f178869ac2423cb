"""The pinned unit: its weights, the colours of those, and its history."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PyQt6.QtWidgets import QWidget

from app.analysis.graph.graph import Graph, build_graph
from app.analysis.graph.graph_view import prepare
from app.analysis.graph.unit_facts import NO_STEP_FOLLOWS
from app.views.unit.analysis.incoming import Incoming
from app.views.unit.analysis.unit_history import Trace, UnitHistory, UnitHistoryReader
from app.views.unit.colour_bar import ColourBar
from app.views.unit.frame import UnitFrame
from app.views.unit.history_plots import HistoryPlots
from app.views.unit.panel import UnitPanel
from app.views.unit.tile_picture import TilePicture
from collector.storage import CollectionWriter, open_collection
from collector.storage.blocks import to_block
from collector.storage.columns import Columns
from collector.storage.passes import Pass
from collector.storage.schema import FORMAT, VERSION, Header, LayerRecord, ParameterArrays, PassRecord, Run
from collector.storage.series import Series
from tests.app.looks.pieces import Piece
from tests.app.looks.pieces.features import as_they_ask
from tests.app.made_up import MadeUpRun, after_the_last_step, chain, difference_of, layer, measure_scales
from tests.app.scanning import read_all
from tests.app.views.unit.recurrent import recurrent

STEPS = np.array([0, 10, 20, 30, 40, 50, 60])
NO_TRACE = Trace(np.zeros(0, np.int64), np.zeros(0))
WHOLE = UnitHistory(
    *("fc1", 0, 7),
    Trace(STEPS, np.stack([np.sin(STEPS / 20) * 3, STEPS / 30 - 1], axis=1)),
    Trace(STEPS, -(STEPS**2) / 1e5),
    Trace(STEPS[:-1], np.exp(-STEPS[:-1] / 20)),
    1.0,
)
ODD = Trace(STEPS, np.array([1.0, np.nan, 2.0, np.inf, np.nan, 3.0, 2.5]))
OF_B = replace(WHOLE, activations=Trace(STEPS[1:5], WHOLE.activations.values[1:5] / 2), bias=Trace(STEPS, STEPS / 3e3))


def bar(scale: float, **marks: bool) -> Callable[[], QWidget]:
    def make() -> QWidget:
        shown = ColourBar()
        shown.show_scale(scale, **marks)
        return shown

    return make


def tiles(n: int, height: int, width: int, *, odd: bool = False, most_px: int = 300) -> Callable[[], QWidget]:
    """Weights from −1 to 1; of odd ones the first is NaN, and the last was not recorded."""

    def make() -> QWidget:
        values = np.linspace(-1, 1, n * height * width, dtype=np.float32).reshape(n, height, width)
        is_kept = np.ones(values.shape, bool)
        if odd:
            values.flat[0], is_kept.flat[-1] = np.nan, False
        shown = TilePicture()
        shown.limit_height(most_px)
        shown.show_incoming(Incoming("", values, is_kept, tuple(f"conv1 {each}" for each in range(n))), 1.0)
        return in_a_window(shown)

    return make


def in_a_window(shown: QWidget) -> QWidget:
    """As large as it wants to be, at the top of a window."""
    window = QWidget()
    shown.setParent(window)
    window.resizeEvent = lambda event: shown.resize(window.width(), shown.height())  # type: ignore[method-assign]
    return window


def history(shown: UnitHistory | None = WHOLE, step: int = 30, held: int | None = None, **about: object) -> QWidget:
    plots = HistoryPlots()
    plots.show_step(step)
    plots.show_held(held)
    if shown is None:
        _ = plots.plots
    else:
        plots.show_history(shown, 0, 60, **about)  # type: ignore[arg-type]
        elsewhere = str(about.get("elsewhere", ""))
        plots.show_figures("2.99", "1.5", elsewhere or "−0.009", elsewhere or NO_STEP_FOLLOWS)
    return plots


@cache
def run() -> MadeUpRun:
    return chain(("conv", 4), ("conv", 6), ("fc", 20), ("fc", 10), n_passes=4, cap=12)


@cache
def graph() -> Graph:
    return build_graph(run().layers, run().probe)


def series() -> Series:
    columns = Columns()
    columns.add(0, {"loss": np.linspace(2, 1, 40)})
    return Series(columns, 40)


def frame(pass_: Pass, of: Graph | None = None) -> UnitFrame:
    of = of or graph()
    return UnitFrame(prepare(of, pass_, 1, measure_scales(of, [pass_]), is_drawn=False), series())


def unit_panel(
    unit: tuple[str, int] | None = ("fc3", 5), pass_: Pass | None = None, *, has_history: bool = True, step: int = 20
) -> UnitPanel:
    panel, of = UnitPanel(), graph()
    passes = [*run().passes[:3], after_the_last_step(run())]
    panel.show_run(of, run().layers, np.arange(4) * 10, 30)
    panel.show_step(step)
    if unit is not None:
        panel.show_unit(*unit)
    panel.show_frame(frame(pass_ or passes[step // 10]))
    column = panel.column
    if column is not None and unit is not None and has_history and not column.is_input:
        panel.show_history(read_all(passes, UnitHistoryReader(column, int(column.positions[unit[1]]))))
    return panel


def of_two() -> UnitPanel:
    other = chain(("conv", 4), ("conv", 6), ("fc", 20), ("fc", 10), n_passes=4, cap=12, seed=1)
    both = difference_of(run(), other, 2, 2)
    of = build_graph(both.common.layers, run().probe)
    panel = UnitPanel()
    panel.show_run(of, both.common.layers, np.arange(4) * 10, 30)
    panel.show_names(("usual", "with a much larger rate"))
    panel.show_step(20)
    panel.show_unit("fc3", 5)
    panel.show_frame(frame(both, of))
    column = panel.column
    assert column is not None
    for passes, show in ((run().passes, panel.show_history), (other.passes, panel.show_other_history)):
        show(read_all(passes, UnitHistoryReader(column, int(column.positions[5]))))
    panel.show_largest_difference(9.0)
    return panel


def of_none() -> UnitPanel:
    """Of a run whose layers keep no units."""
    layers = {"fc1": layer("fc1", units=8, kept=np.zeros(0, int), parameters={"weight": (8, 3)})}
    panel = UnitPanel()
    panel.show_run(build_graph(layers, None), layers, np.arange(4) * 10, 30)
    return panel


def reading() -> UnitPanel:
    panel = unit_panel(has_history=False)
    panel.show_progress(1340, 4819)
    return panel


def by_part() -> UnitPanel:
    """Of a recurrent layer, whose weights have names of their own."""
    own = np.arange(36, dtype=np.float32).reshape(12, 3)
    with TemporaryDirectory() as folder:
        arrays = {"weight_ih_l0": ParameterArrays(own, own / 10), "bias_ih_l0": ParameterArrays(own[:, 0])}
        header = Header(
            FORMAT, VERSION, Run(created="2026-05-01T12:00:00+00:00", interval=1, neuron_cap=0), [recurrent()]
        )
        with CollectionWriter(Path(folder) / "run.json", header) as writer:
            activation = to_block(np.arange(8, dtype=np.float32).reshape(2, 4))
            writer.write(PassRecord(0, 0, layers={"gru": LayerRecord(activation=activation, parameters=arrays)}))
        with open_collection(Path(folder) / "run.json") as collection:
            pass_ = collection.passes[0]
    of, panel = build_graph(collection.layers, None), UnitPanel()
    panel.show_run(of, collection.layers, np.array([0]), 10)
    panel.show_unit("gru", 1)
    panel.show_frame(frame(pass_, of))
    column = panel.column
    assert column is not None
    panel.show_history(read_all([pass_], UnitHistoryReader(column, 1)))
    return panel


def lossy() -> UnitPanel:
    panel = unit_panel()
    known = panel._history
    assert known is not None
    panel.show_history(replace(known, n_unreadable=1, damaged={"weight_gradient": 2}, gradient_norm=NO_TRACE))
    return panel


def weights() -> QWidget:
    values = np.linspace(-1, 1, 9 * 9, dtype=np.float32).reshape(9, 3, 3)
    shown = TilePicture()
    shown.show_incoming(Incoming("", values, np.ones(values.shape, bool), ("",) * 9), 1.0)
    return shown


PIECES = {
    "as_they_ask": as_they_ask((660, 140), weights, bar(0.7), bar(1.0, has_not_finite=True)),
    "colours": Piece(bar(0.7309), (260, 40)),
    "colours_in_light": Piece(bar(0.7309), (260, 40), theme="light"),
    "colours_marked": Piece(bar(12.5, has_not_finite=True, has_not_recorded=True), (260, 60)),
    "colours_not_finite": Piece(bar(1e-7, has_not_finite=True), (140, 60), theme="light"),
    "colours_not_recorded": Piece(bar(0.0, has_not_recorded=True), (100, 60)),
    **{
        f"tiles_{n}_of_{h}_by_{w}": Piece(tiles(n, h, w), (260, 230))
        for n, h, w in (
            *((1, 28, 28), (1, 5, 5), (24, 1, 1), (8, 2, 2), (6, 3, 3), (40, 6, 6), (300, 1, 1)),
            *((1, 1, 400), (5, 1, 400), (3, 300, 300), (1, 270, 2)),
        )
    },
    "tiles_odd": Piece(tiles(8, 3, 3, odd=True), (200, 120), theme="light"),
    "tiles_in_little_height": Piece(tiles(30, 4, 4, most_px=90), (260, 120)),
    "tiles_in_little_width": Piece(tiles(9, 3, 3), (60, 230)),
    "history": Piece(history, (260, 330)),
    "history_in_light": Piece(lambda: history(held=10), (260, 330), theme="light"),
    "history_of_two": Piece(lambda: history(other=OF_B), (260, 330)),
    "history_not_finite": Piece(lambda: history(replace(WHOLE, bias=ODD, activations=NO_TRACE)), (260, 330)),
    "history_told_elsewhere": Piece(
        lambda: history(replace(WHOLE, bias=NO_TRACE, gradient_norm=NO_TRACE), elsewhere="by part, above"), (260, 330)
    ),
    "history_damaged": Piece(
        lambda: history(replace(WHOLE, bias=NO_TRACE, gradient_norm=NO_TRACE, damaged={"weight_gradient": 2})),
        (260, 330),
    ),
    "history_without_bias": Piece(lambda: history(replace(WHOLE, bias=NO_TRACE), has_no_bias=True), (260, 330)),
    "history_of_nothing": Piece(lambda: history(None), (260, 330)),
    "nothing_pinned": Piece(lambda: unit_panel(None), (300, 300)),
    "no_units": Piece(of_none, (300, 200), theme="light"),
    "linear": Piece(unit_panel, (300, 480)),
    "linear_low": Piece(lambda: unit_panel(("fc4", 3)), (300, 330), theme="light"),
    "convolution": Piece(lambda: unit_panel(("conv2", 3)), (300, 560), theme="light"),
    "last_state": Piece(lambda: unit_panel(("fc4", 3), step=30), (300, 480)),
    "input": Piece(lambda: unit_panel(("input", 20)), (300, 240)),
    "being_read": Piece(reading, (300, 480)),
    "damaged": Piece(lossy, (300, 480)),
    "of_two": Piece(of_two, (300, 520)),
    "by_part": Piece(by_part, (300, 360)),
}
