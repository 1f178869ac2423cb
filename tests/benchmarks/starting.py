"""From the start of the process to a painted window."""

import subprocess
import sys
import time
from statistics import median

from tests.benchmarks.row import Row, hand_over

REPEATS = 7
IMPORTS = "import PyQt6.QtWidgets, pyqtgraph"
WINDOW = """
import tempfile
from pathlib import Path
from app.window.start import make_application, make_window
from app.window.settings import Settings
application = make_application()
window, session = make_window(Settings(Path(tempfile.mkdtemp()) / "strobe.ini"))
window.show()
application.processEvents()
window.grab()
window.close()
"""


def measure() -> list[Row]:
    windows, imports = [], []
    for _ in range(REPEATS):
        windows.append(_seconds(WINDOW))
        imports.append(_seconds(IMPORTS))
    figure, beside = f"{median(windows):.2f} s", f"importing PyQt6 and pyqtgraph alone {median(imports):.2f} s"
    return [Row("window on the screen", "empty window, 1440×900", "≤ 1.0 s", figure, beside)]


def _seconds(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, cwd=".", capture_output=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    hand_over(measure())
