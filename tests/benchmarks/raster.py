"""Panning and zooming the sign raster, from the mouse's move to the painted frame, while its tiles are being read."""

import os
import tempfile
import time
from pathlib import Path
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication

from app.jobs import Jobs
from app.session import Session
from app.views.gradients.raster_panel import RasterPanel
from app.views.gradients.reading import SignReading
from app.window.start import make_application
from collector.metrics.signs import sign_bits, sign_overview
from collector.storage import CollectionWriter, schema
from tests.benchmarks.generated import header, random_pass
from tests.benchmarks.row import Row, hand_over, ms, resident_mib

SIZES = {
    "585,000 parameters × 1,000 rows": (585_000, 1000, ""),
    "5.85 M parameters × 100 rows": (5_850_000, 100, ""),
    "5.85 M parameters × 1,000 rows": (5_850_000, 1000, "≤ 16 ms"),
    "10 M parameters × 1,000 rows": (10_000_000, 1000, "≤ 16 ms"),
    "1 M parameters × 10,000 rows": (1_000_000, 10_000, ""),
}
INTERVAL = 30
FRAMES = 60
NETWORK = [4, 2]


def write_raster(path: Path, n_columns: int, n_rows: int) -> None:
    """A run of such a raster: each layer has its own share of near-zero gradients, which grows as the run goes on."""
    sizes = [n_columns // 50, n_columns // 5, n_columns // 2]
    sizes.append(n_columns - sum(sizes))
    firsts = np.cumsum([0, *sizes])
    bands = [
        schema.Band(f"layer{number}", "weight", size, int(first), size)
        for number, (first, size) in enumerate(zip(firsts, sizes, strict=False))
    ]
    first_line = header(NETWORK)
    first_line.insight = schema.Insight(
        0, [1e-5], n_columns, n_columns, sign_interval=INTERVAL, sign_columns=n_columns, bands=bands
    )
    random = np.random.default_rng(0)
    scales = [
        np.concatenate([np.full(size, 10.0 ** -(3 + part + kind), np.float32) for kind, size in enumerate(sizes)])
        for part in (0, 1, 2)
    ]
    rows = []
    for number in range(24):
        gradient = random.standard_normal(n_columns, np.float32) * scales[number // 8]
        bits = sign_bits(gradient, 1e-5)
        rows.append((bits, sign_overview(bits, n_columns)))
    with CollectionWriter(path, first_line) as writer:
        writer.write(random_pass(NETWORK, 0))
        for row in range(n_rows):
            bits, overview = rows[24 * row // n_rows // 8 * 8 + row % 8]
            writer.write(schema.SignsRecord(row * INTERVAL, overview))  # type: ignore[arg-type]
            writer.write(schema.SignBitsRecord(row * INTERVAL, bits))  # type: ignore[arg-type]


class Hand:
    """Moves and turns the mouse over the raster, and waits for each frame."""

    def __init__(self, application: QApplication, panel: RasterPanel) -> None:
        self._application = application
        self._panel = panel
        self._raster = panel.raster
        self.worked: list[float] = []
        """Seconds of the processor that each frame took the window's thread: what others do counts nothing."""

    def wait(self) -> float:
        """Seconds until nothing is lacking any more."""
        began = time.perf_counter()
        deadline = began + 120
        while self._raster.tiles.lacks([*self._raster.whole_keys(), *self._raster.keys()], len(self._panel._steps)):
            self._application.processEvents()
            time.sleep(0.002)
            if time.perf_counter() > deadline:
                raise SystemExit("the tiles of a picture did not come within two minutes")
        return time.perf_counter() - began

    def wheel(self, notches: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> float:
        """Seconds from a turn of the wheel to the painted frame."""
        at = QPointF(self._raster.width() * 0.6, self._raster.height() * 0.5)
        turn = QPoint(0, 120 * notches)
        none = Qt.MouseButton.NoButton
        return self._frame(QWheelEvent(at, at, QPoint(), turn, none, modifiers, Qt.ScrollPhase.NoScrollPhase, False))

    def drag(self, by: QPointF, n_frames: int) -> list[float]:
        """Seconds of each frame of a drag there and back."""
        at = QPointF(self._raster.width() * 0.5, self._raster.height() * 0.5)
        self._send(QEvent.Type.MouseButtonPress, at)
        taken = []
        for number in range(n_frames):
            at = at + (by if number < n_frames / 2 else -by)
            taken.append(self._frame(self._mouse(QEvent.Type.MouseMove, at)))
            time.sleep(0.016)  # as a hand would
        self._send(QEvent.Type.MouseButtonRelease, at)
        return taken

    def _mouse(self, kind: QEvent.Type, at: QPointF) -> QMouseEvent:
        left = Qt.MouseButton.LeftButton
        return QMouseEvent(kind, at, self._raster.mapToGlobal(at), left, left, Qt.KeyboardModifier.NoModifier)

    def _send(self, kind: QEvent.Type, at: QPointF) -> None:
        self._application.sendEvent(self._raster, self._mouse(kind, at))

    def _frame(self, event: QEvent) -> float:
        self._application.processEvents()
        began, worked = time.perf_counter(), time.thread_time()
        self._application.sendEvent(self._raster, event)
        self._raster.repaint()
        self.worked.append(time.thread_time() - worked)
        return time.perf_counter() - began


def measure(folder: Path) -> list[Row]:
    application = make_application()
    rows = []
    for size, (n_columns, n_rows, goal) in SIZES.items():
        path = folder / "raster.json"
        write_raster(path, n_columns, n_rows)
        session, panel = Session(Jobs()), RasterPanel()
        session.collection_opened.connect(panel.show_collection)
        reading = SignReading(session)
        reading.part_ready.connect(panel.show_signs)
        panel.tiles_requested.connect(reading.read)
        panel.resize(1440, 900)
        panel.show()
        before = resident_mib()
        session.open(path)
        while session.opened is None:
            application.processEvents()
        panel.show_step(n_rows * INTERVAL / 2)
        hand = Hand(application, panel)
        first = hand.wait()
        panned, zoomed, waited = [], [], []
        for _ in range(3):
            panned += hand.drag(QPointF(-9, 4), FRAMES // 6)
            for notches, modifiers in ((1, Qt.KeyboardModifier.NoModifier), (1, Qt.KeyboardModifier.ControlModifier)):
                for _ in range(12):
                    zoomed.append(hand.wheel(notches, modifiers))
                    time.sleep(0.016)
            panned += hand.drag(QPointF(-25, 7), FRAMES // 3)
            waited.append(hand.wait())
            panned += hand.drag(QPointF(21, 3), FRAMES // 3)
            for _ in range(30):
                zoomed.append(hand.wheel(1))
            waited.append(hand.wait())
            for _ in range(60):
                zoomed.append(hand.wheel(-1))
                zoomed.append(hand.wheel(-1, Qt.KeyboardModifier.ShiftModifier))
            waited.append(hand.wait())
        beside = f"whole picture after {first:.2f} s, sharp after {median(waited):.2f} s (worst {max(waited):.2f}); "
        beside += f"+{resident_mib() - before:.0f} MiB, file {path.stat().st_size / 1e9:.2f} GB"
        rows.append(Row("panning the sign raster, 1440×900", size, goal, ms(panned), beside))
        rows.append(
            Row(
                "zooming the sign raster, 1440×900", size, goal, ms(zoomed), f"processor time a frame {ms(hand.worked)}"
            )
        )
        panel.close()
        panel.deleteLater()
        session.close()
        path.unlink()
    return rows


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name)))
