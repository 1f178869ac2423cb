"""From the wish for another pass to the painted frame, every pass read from the file."""

import os
import tempfile
import time
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt6.QtCore import QEventLoop, QTimer
from PyQt6.QtWidgets import QDockWidget

from app.replay.pass_cache import PassCache
from app.settings import Settings
from app.start import make_application, make_window
from app.window import MainWindow
from tests.benchmarks.generated import write_collection
from tests.benchmarks.row import Row, hand_over, ms

SWITCHES = 120


def write_cnn(path: Path, neuron_cap: int) -> None:
    """The collection of the project's cnn: 20 passes of a training on random pictures, in a child process."""
    import subprocess
    import sys

    code = f"""
import torch
from collector import Collector
from models.build import build
torch.manual_seed(0)
model = build("cnn", (1, 28, 28), 10)
optimizer = torch.optim.AdamW(model.parameters(), 0.002)
images, labels = torch.rand(64, 1, 28, 28), torch.randint(0, 10, (64,))
options = dict(probe=(images[:16], labels[:16]), interval=1, neuron_cap={neuron_cap}, overwrite=True)
with Collector(model, optimizer, {str(path)!r}, class_names="0123456789", **options) as collector:
    for _ in range(19):
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        optimizer.zero_grad(); loss.backward(); optimizer.step()
        collector.log(loss=loss, accuracy=0.5)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


class Watch:
    """Waits for a window to paint what it was asked for."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._session = window._session
        self._loop = QEventLoop()
        self._is_ready = False
        self._session.frame_ready.connect(self._on_frame)
        window.network.frame_painted.connect(self._on_painted)

    def _on_frame(self, frame: object) -> None:
        self._is_ready = True

    def _on_painted(self) -> None:
        if self._is_ready:
            self._loop.quit()

    def open(self, path: Path) -> None:
        self._is_ready = False
        self._window.open(path)
        self._wait()

    def switch(self, number: int) -> float:
        """Seconds from the wish to the painted frame."""
        self._is_ready = False
        began = time.perf_counter()
        self._session.show_pass(number)
        self._wait()
        return time.perf_counter() - began

    def _wait(self) -> None:
        timeout = QTimer()
        timeout.setSingleShot(True)
        timeout.timeout.connect(lambda: self._loop.exit(1))
        timeout.start(60_000)
        if self._loop.exec():
            raise SystemExit("the window did not paint within a minute")


def measure(folder: Path) -> list[Row]:
    application = make_application()
    window, session = make_window(Settings(folder / "strobe.ini"))
    window.resize(1600, 1000)
    window.show()
    watch = Watch(window)
    rows = []
    for name, path in _collections(folder):
        watch.open(path)
        opened = session.opened
        assert opened is not None
        object.__setattr__(opened, "passes", PassCache(opened.collection.passes, most_bytes=0))
        for is_whole in (False, True):
            for dock in window.findChildren(QDockWidget):
                dock.setVisible(is_whole)
            window.menuBar().setVisible(is_whole)
            window.run_bar.setVisible(is_whole)
            application.processEvents()
            taken = [watch.switch((3 * number) % opened.n_passes) for number in range(1, SWITCHES + 1)]
            size = f"{name}: {opened.graph.n_edges:,} edges"
            if is_whole:
                rows.append(Row("switching the pass, all docks", size, "≤ 33 ms", ms(taken)))
            else:
                rows.append(Row("switching the pass, 1600×1000", size, "≤ 16 ms, p95 ≤ 33 ms", ms(taken)))
    window.close()
    return rows


def _collections(folder: Path) -> list[tuple[str, Path]]:
    made = []
    for name, neuron_cap in (("cnn", 24), ("cnn, every unit", 0)):
        path = folder / f"cnn_{neuron_cap}.json"
        write_cnn(path, neuron_cap)
        made.append((name, path))
    for name, sizes in (
        ("a tenth", [48, 24, 12, 10]),
        ("linear layers as the original drew the cnn", [576, 24, 24, 24, 24, 10]),
        ("ten times", [1250, 120, 64, 10]),
    ):
        path = folder / f"{sizes[0]}.json"
        write_collection(path, sizes, sum(a * b for a, b in pairwise(sizes)) * 16 * 20)
        made.append((name, path))
    return made


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        hand_over(measure(Path(name)))
