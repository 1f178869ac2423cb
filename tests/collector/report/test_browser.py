"""The page as a browser shows it."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from collector import open_collection
from collector.report.page import page
from tests.collector.report.page_parts import parts_of


@pytest.fixture(scope="module")
def browser() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium is installed, in which the page would be looked at")
    return found


@pytest.fixture(scope="module")
def shown(browser: str, dead_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Opens the page without a network; what the browser writes to its output."""
    folder = tmp_path_factory.mktemp("browser")
    with open_collection(dead_path) as collection:
        (folder / "page.html").write_text(page(collection, collection.findings()), encoding="utf-8")
    quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage"]
    quiet += [f"--user-data-dir={folder / 'profile'}", "--host-resolver-rules=MAP * ~NOTFOUND"]

    def show(*options: str) -> str:
        command = [browser, *quiet, *options, (folder / "page.html").as_uri()]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=90).stdout

    return show


def test_that_a_browser_makes_of_the_page_what_was_written(shown: Callable[..., str], dead_path: Path) -> None:
    made = parts_of(shown("--dump-dom"))
    with open_collection(dead_path) as collection:
        report = collection.findings()
        written = parts_of(page(collection, report))
    for tag in ("article", "svg", "path", "rect", "tr", "details"):
        assert made.count(tag) == written.count(tag)
    assert all(each.title in made.text for each in report.findings)


@pytest.mark.parametrize("width", [480, 1280])
def test_that_the_page_is_painted_within_its_width(shown: Callable[..., str], width: int, tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    shown(f"--window-size={width},1600", f"--screenshot={picture}", "--blink-settings=preferredColorScheme=1")
    with Image.open(picture) as opened:
        pixels = np.asarray(opened.convert("RGB"))
    assert pixels.shape[1] == width
    ground = pixels[2, 2]
    has_ink = (pixels != ground).any(axis=2)
    assert has_ink.mean() > 0.05
    assert not has_ink[:, -8:].any(), "nothing is cut off at the right"
    for colour in ((0xC4, 0x34, 0x2B), (0x2F, 0x6B, 0xC0)):  # of what is critical, and of curves
        assert (pixels == colour).all(axis=2).any()
