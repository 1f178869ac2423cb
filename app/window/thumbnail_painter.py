"""Run by the window: ``python -m app.window.thumbnail_painter FOLDER THEME COLLECTION …``.

Writes a picture of each collection into the folder, and its name on a line when it is there.
"""

import contextlib
import json
import os
import secrets
import sys
from pathlib import Path

from app.window.overview import Overview
from app.window.run_text import ending
from app.window.start import make_application
from app.window.thumbnails import TOLD, picture_path

_MOST_KEPT = 100


def main(folder: str, theme: str, *collections: str) -> int:
    """Paint them; the exit code."""
    if hasattr(os, "nice"):
        os.nice(10)  # the window, and a training, come first
    application = make_application(theme)
    Path(folder).mkdir(parents=True, exist_ok=True)
    for collection in map(Path, collections):
        with contextlib.suppress(Exception):  # whatever a file holds, the others are painted
            _paint(collection, picture_path(Path(folder), collection, theme))
            print(json.dumps(str(collection)), flush=True)
    _forget_old(Path(folder))
    application.quit()
    return 0


def _paint(collection: Path, picture: Path) -> None:
    overview = Overview(collection)
    try:
        image = overview.small_image()
        image.setText(TOLD, _told(overview))
    finally:
        overview.close()
    partial = picture.with_name(f".{secrets.token_hex()}.png")
    if not image.save(str(partial), "PNG"):
        raise OSError(f"{partial} cannot be written")
    os.replace(partial, picture)  # noqa: PTH105


def _told(overview: Overview) -> str:
    opened = overview.session.opened
    assert opened is not None
    collection = opened.collection
    run, report = collection.run, overview.session.findings.report
    n = len(report.at_least("warning")) if report else 0
    parts = [f"{n} finding{'s' * (n != 1)}"] if n else []
    parts += [f"{collection.n_steps:,} steps", ending(opened).text.partition(" at ")[0]]
    parts += [f"{run.model or 'a model'} on {run.dataset}" if run.dataset else run.model]
    return " · ".join(part for part in parts if part)


def _forget_old(folder: Path) -> None:
    kept = sorted(folder.glob("*.png"), key=lambda each: each.stat().st_mtime, reverse=True)
    for each in kept[_MOST_KEPT:]:
        each.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
