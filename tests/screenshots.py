"""Paints the pictures of README and docs from a real run: ``make screenshots``.

Takes the collection of the default run, which ``make run`` leaves, or the one that is named. With a second one,
what both look like side by side.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt6.QtTest import QTest

from app.analysis.graph.graph_options import EdgeMode
from app.replay.comparing import Side
from app.views.network.modules.reading import toggle_module
from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.start import make_application, make_window
from collector.comparing.saved import SavedComparison
from tests.app.parts import part
from tests.painted import save_small

ROOT = Path(__file__).parent.parent
DEFAULT_RUN = ROOT / "data" / "collections" / "mnist_cnn.json"
FOLDER = ROOT / "docs" / "pictures"
TABS = ("gradients", "correlations", "features", "projection", "stories", "optimizer")
"""Each on a page of its own of the site."""


def main(collection: Path, other: Path | None = None) -> int:
    """Paint the window at the run's middle pass: as it opens, with a unit pinned, and the gradients; the exit code."""
    for path in filter(None, (collection, other)):
        if not path.is_file():
            sys.stderr.write(f"{path} is missing: make it with 'make run', or name another collection\n")
            return 2
    application = make_application()
    with tempfile.TemporaryDirectory() as folder:
        window, session = make_window(Settings(Path(folder) / "strobe.ini"), is_synchronous=True)
        window.show()
        window.open(collection)
        session.show_pass(len(session.opened.collection.passes) // 2 if session.opened else 0)
        FOLDER.mkdir(parents=True, exist_ok=True)
        _paint(window, "window")
        session.pin_unit(liveliest(window))
        session.set_options(edges=EdgeMode.UPDATE)
        _paint(window, "pinned")
        session.pin_unit(None)
        session.set_options(edges=EdgeMode.WEIGHT)
        window.docks["layers"].raise_()
        for tab in TABS:
            window.show_view(tab)
            if tab == "projection":
                lay_out(window)
            _paint(window, tab)
        window.show_view("network")
        if other is not None:
            session.compare(SavedComparison(a=str(collection), b=str(other)))
            session.show_side(Side.DIFFERENCE)
            window.show_view("compare")
            _paint(window, "compare")
            session.stop_comparing()
            window.show_view("network")
        window.open(record_deep(Path(folder)))
        session.show_pass(5)
        session.select_layer("stage2.0.conv2")
        for module in ("stage2", "stage2.0"):
            toggle_module(session, module)
        _paint(window, "modules")
        window.close()
    application.quit()
    return 0


def lay_out(window: MainWindow) -> None:
    """Have the samples laid out in the plane, and wait for it."""
    panel = part(window, "projection")
    QTest.qWait(1000)
    panel.compute_button.click()
    for _ in range(300):
        QTest.qWait(100)
        if not panel.compute_button.isEnabled():  # all of it is there
            return


def record_deep(folder: Path) -> Path:
    """A small residual network, trained for a moment; in a child process, so that torch stays out of this one."""
    path = folder / "deep.json"
    subprocess.run([sys.executable, "-m", "tests.deep_network", str(path)], check=True, cwd=ROOT)
    return path


def liveliest(window: MainWindow) -> tuple[str, int]:
    """The unit with the strongest activation among those before the output: a dead one would show nothing."""
    view = part(window, "network").graph_view
    assert view is not None
    column, drawn = view.graph.columns[-2], view.columns[-2]
    return column.stage, int(column.kept[int(drawn.numbers.argmax())])


def _paint(window: MainWindow, name: str) -> None:
    """Wait until the picture is exact, then save it."""
    QTest.qWait(3000)  # plots are filled, and planes laid out, by and by
    save_small(window, FOLDER / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main(*([Path(each) for each in sys.argv[1:]] or [DEFAULT_RUN])))
