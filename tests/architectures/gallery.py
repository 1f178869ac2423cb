"""Paints six of the trainings for ``docs/gallery/architectures.md``: ``make gallery``.

python -m tests.architectures.gallery             trains the six and paints them
python -m tests.architectures.gallery FOLDER      takes the recordings that are there, and leaves the others there
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt6.QtTest import QTest

from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.start import make_application, make_window
from tests.architectures.trained import file_of
from tests.painted import save_small

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "pictures" / "architectures"
SIZE = 1440, 900


@dataclass(frozen=True)
class Picture:
    """Of which training, and what is looked at in it: a tab, a layer, a sample."""

    training: str
    tab: str = "network"
    layer: str = ""
    sample: int = 0


PICTURES = (
    Picture("word_transformer", "features", "blocks.layers.0.self_attn", 2),
    Picture("gat"),
    Picture("unet", sample=4),
    Picture("vae"),
    Picture("wgan"),
    Picture("dqn"),
)


def main(recordings: Path | None = None) -> int:
    """Paint the window at the last pass of each; the exit code."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = recordings or Path(scratch)
        train([each.training for each in PICTURES], folder)
        FOLDER.mkdir(parents=True, exist_ok=True)
        application = make_application()
        window, _ = make_window(Settings(Path(scratch) / "strobe.ini"), is_synchronous=True)
        window.show()
        window.resize(*SIZE)
        for picture in PICTURES:
            paint(window, picture, file_of(folder, picture.training, 0))
        window.close()
        application.quit()
    return 0


def train(names: list[str], folder: Path) -> None:
    """Those that are not there yet; in a child process, so that torch stays out of the window's."""
    missing = [name for name in names if not file_of(folder, name, 0).is_file()]
    if missing:
        told = ["--seeds", "1", "--keep", str(folder), "--only", *missing]
        command = [sys.executable, "-m", "tests.architectures", *told]
        subprocess.run(command, check=True, cwd=ROOT)


def paint(window: MainWindow, picture: Picture, path: Path) -> None:
    """Show what is looked at, wait until the picture is exact, and save it."""
    session = window._session
    window.open(path)
    assert session.opened is not None
    session.show_pass(session.opened.n_passes - 1)
    session.choose_sample(picture.sample)
    if picture.layer:
        session.select_layer(picture.layer)
    window.show_view(picture.tab)
    window.docks["layers"].raise_()
    QTest.qWait(900)
    save_small(window, FOLDER / f"{picture.training}.png")


if __name__ == "__main__":
    sys.exit(main(*(Path(each) for each in sys.argv[1:2])))
