"""Paints the README's picture from a real run: ``make screenshots``.

Takes the collection of the default run, which ``make run`` leaves, or the one that is named.
"""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from app.settings import Settings
from app.start import make_application, make_window

ROOT = Path(__file__).parent.parent
DEFAULT_RUN = ROOT / "data" / "collections" / "mnist_cnn.json"
PICTURE = ROOT / "resources" / "screenshots" / "window.png"


def main(collection: Path) -> int:
    """Paint the window at the run's middle pass; the exit code."""
    if not collection.is_file():
        sys.stderr.write(f"{collection} is missing: make it with 'make run', or name another collection\n")
        return 2
    application = make_application()
    with tempfile.TemporaryDirectory() as folder:
        window, session = make_window(Settings(Path(folder) / "strobe.ini"), is_synchronous=True)
        window.show()
        window.open(collection)
        session.show_pass(len(session.opened.collection.passes) // 2 if session.opened else 0)
        application.processEvents()
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        window.grab().save(str(PICTURE))
        window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_RUN))
