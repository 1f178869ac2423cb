"""A collection over HTTP, 50 ms a request, in the real window: opening, switching, a connection that is lost."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.benchmarks.generated import write_collection
from tests.benchmarks.row import Row, hand_over
from tests.http_server import serving

SIZES = {"100 MB": 10**8, "1 GB": 10**9}
NETWORK = [784, 96, 10]
DELAY = 0.05
REPEATS = 3
MOST_SECONDS = 60


class _Watched:
    """In the child: a window, and how long its event loop has waited at most."""

    def __init__(self, folder: Path) -> None:
        from PyQt6.QtCore import QTimer

        from app.window.settings import Settings
        from app.window.start import make_application, make_window

        self.application = make_application()
        self.window, self.session = make_window(Settings(folder / "strobe.ini"))
        self.window.show()
        self.longest, self._ticked = 0.0, time.perf_counter()
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)
        self._timer.start(2)
        self.frames = 0
        self.session.frame_ready.connect(self._count)

    def _count(self, *_: object) -> None:
        self.frames += 1

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest, self._ticked = max(self.longest, now - self._ticked), now

    def until(self, is_so: Callable[[], bool]) -> float:
        """Seconds until that is so."""
        began = time.perf_counter()
        while not is_so():
            self.application.processEvents()
            time.sleep(0.0005)
            if time.perf_counter() - began > MOST_SECONDS:
                raise TimeoutError
        return time.perf_counter() - began

    def next_frame(self, act: Callable[[], object]) -> float:
        """Seconds until the frame that something leads to."""
        before = self.frames
        act()
        return self.until(lambda: self.frames > before)


def open_once(path: Path) -> None:
    """In the child: everything there is to be measured of one file."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder, serving(path.parent) as server:
        server.delay = DELAY
        watched = _Watched(Path(folder))
        session, bar = watched.session, watched.window.remote_bar
        address = f"{server.address}/{path.name}"
        found: dict[str, float] = {"open": watched.next_frame(lambda: watched.window.open(address))}
        found |= {"open_bytes": server.n_bytes, "open_requests": server.n_requests}
        watched.until(lambda: session.findings.report is not None)
        found["judged_bytes"] = server.n_bytes
        passes = len(session.opened.collection.passes)  # type: ignore[union-attr] # it is open
        chosen = [passes * each // 17 for each in range(1, 17, 2)]
        watched.longest = 0.0
        found["switch"] = median(watched.next_frame(lambda at=at: session.show_pass(at)) for at in chosen)
        found["longest"] = watched.longest
        server.status = 503
        began = time.perf_counter()
        session.show_pass(passes * 2 // 3)
        watched.until(lambda: "tried again" in bar.label.text())
        found["told"] = time.perf_counter() - began
        server.status = 0
        found["back"] = watched.next_frame(lambda: None)
        watched.until(lambda: "tried again" not in bar.label.text())
        watched.window.close()
    print(json.dumps(found))


def measure(folder: Path) -> list[Row]:
    rows = []
    for size, n_bytes in SIZES.items():
        path = folder / "generated.json"
        n_passes = write_collection(path, NETWORK, n_bytes)
        runs = [_child(path) for _ in range(REPEATS)]
        path.unlink()
        of = {name: median(run[name] for run in runs) for name in runs[0]}
        is_goal = n_bytes == 10**9
        place = f"{size} over HTTP, {DELAY * 1e3:.0f} ms a request"
        figure = f"{of['open']:.2f} s, {of['open_bytes'] / 1e6:.1f} MB"
        beside = f"{of['open_requests']:.0f} requests, {n_passes} passes; judged with {of['judged_bytes'] / 1e6:.1f} MB"
        goal = "≤ 1.5 s, ≤ 5 MB" if is_goal else ""
        rows.append(Row("opening in the window, to the first picture", place, goal, figure, beside))
        figure = f"{of['switch'] * 1e3:.0f} ms; the window waits {of['longest'] * 1e3:.0f} ms at most"
        rows.append(Row("switching the pass", place, "≤ 50 ms waited" if is_goal else "", figure, ""))
        figure = f"told in {of['told']:.1f} s, back in {of['back']:.1f} s"
        rows.append(Row("a server that fails, and comes back", place, "", figure, ""))
    return rows


def _child(path: Path) -> dict[str, float]:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.remote", str(path)], capture_output=True, text=True, check=True
    )
    result: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return result


if __name__ == "__main__":
    if len(sys.argv) > 1:
        open_once(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as name:
            hand_over(measure(Path(name)))
