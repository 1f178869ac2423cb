"""The site is built without a warning, and the examples of parts of one's own work from a package outside."""

import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.window.settings import Settings
from app.window.start import make_window
from collector.findings import findings
from collector.storage import open_collection
from tests.collector.findings.recorded import Recorded

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def test_that_the_site_is_built_strictly_and_asks_nobody_for_anything(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    built = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, check=False
    )

    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr
    for page in tmp_path.rglob("*.html"):
        loaded = re.findall(
            r"<(?:script|img|link rel=\"stylesheet\")[^>]+(?:src|href)=\"(https?:[^\"]+)", page.read_text()
        )
        assert not loaded, page
    assert "gradient_norm" in (tmp_path / "read" / "numbers" / "index.html").read_text()
    assert "vanishing-gradient" in (tmp_path / "rules" / "index.html").read_text()


def blocks(page: str, language: str) -> str:
    """The code of a language in a page, one block behind the other."""
    return "\n".join(re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL))


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package that consists of what the pages on rules and views say."""
    package = tmp_path / "my_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    entries = []
    for page, name in (("extend/rules.md", "rules"), ("extend/views.md", "sums")):
        (package / f"{name}.py").write_text(blocks(page, "py"), "utf-8")
        entries.append(blocks(page, "toml").replace('"', "").replace("[project.entry-points.", "["))
    about = tmp_path / "my_package-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: my_package\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("\n".join(entries))
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "my_package"]:
        monkeypatch.delitem(sys.modules, name)
    logging.getLogger("strobe.app").handlers.clear()


def test_that_the_rule_of_the_page_judges_like_ours(installed: None, tmp_path: Path) -> None:
    run = Recorded(tmp_path).scalars({"loss": [1.0] * 120})
    run.report()

    with open_collection(run.path) as collection:
        report = findings(collection)

    assert [each.title for each in report.findings if each.rule == "quiet-loss"] == [
        "The loss has been the same for 100 steps."
    ]


def test_that_the_view_of_the_page_is_a_tab_like_ours(
    installed: None, tmp_path: Path, qtbot: QtBot, collection_path: Path
) -> None:
    window, session = make_window(Settings(tmp_path / "strobe.ini"), is_synchronous=True)
    qtbot.addWidget(window)
    window.show()
    window.open(collection_path)
    window.show_view("sums")
    session.show_pass(2)

    label = window.view("sums").findChild(QLabel)
    assert session.opened is not None
    layers = session.opened.collection.passes[2].layers
    sums = {name: each.weight.sum() for name, each in layers.items() if each.weight is not None}
    assert label.text().split("\n") == [f"{name}: {total:.3g}" for name, total in sums.items()]
    session.close()
