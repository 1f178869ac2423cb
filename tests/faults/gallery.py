"""Paints what the window says of each fault, a page for each in ``docs/gallery/faults``: ``make gallery``.

python -m tests.faults.gallery             trains them all and paints them
python -m tests.faults.gallery FOLDER      takes the recordings that are there, and leaves the others there
"""

import os
import re
import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt6.QtTest import QTest

from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.start import make_application, make_window
from collector.findings import Finding, Report
from tests.faults import broken
from tests.faults.measure import outcome
from tests.faults.training import Case
from tests.painted import save_small

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "gallery" / "faults"
PICTURES = ROOT / "docs" / "pictures" / "faults"
SIZE = 1280, 800


@dataclass(frozen=True)
class Shown:
    """A fault, what is found of it first, if anything is, and all that is found."""

    case: Case
    finding: Finding | None
    report: Report

    @property
    def what(self) -> str:
        """The fault in words, without its number in the list."""
        number, _, words = self.case.name.partition(" ")
        text = words if number[1:].isdigit() else self.case.name
        return text[:1].upper() + text[1:]

    @property
    def name(self) -> str:
        """The same as a file's name."""
        return "_".join(re.findall(r"[a-z0-9]+", self.what.lower()))


def main(recordings: Path | None = None) -> int:
    """Paint the window at the first right finding of each; the exit code."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as scratch:
        folder = recordings or Path(scratch)
        for each in (PAGES, PICTURES):
            each.mkdir(parents=True, exist_ok=True)
        application = make_application()
        window, _ = make_window(Settings(Path(scratch) / "strobe.ini"), is_synchronous=True)
        window.show()
        window.resize(*SIZE)
        shown = [paint(window, case, recording(case, folder)) for case in broken.CASES]
        window.close()
        application.quit()
    for each in shown:
        if each.finding is not None:
            (PAGES / f"{each.name}.md").write_text(page(each, each.finding), "utf-8")
    (PAGES / "index.md").write_text(contents(shown), "utf-8")
    return 0


def recording(case: Case, folder: Path) -> Path:
    """That of the first seed; it is trained where it is not there."""
    file = "".join(each if each.isalnum() else "_" for each in case.name)
    path = folder / f"{file}-0-broken.json"
    if not path.is_file():
        outcome("broken", case.name, 0, folder)
    return path


def paint(window: MainWindow, case: Case, path: Path) -> Shown:
    """Go to what is found, wait until the picture is exact, and save it."""
    session = window._session
    window.open(path)
    report = session.findings.shown
    assert report is not None
    right = [each for each in report.findings if each.rule in case.rules]
    shown = Shown(case, next(iter((*right, *report.findings)), None), report)
    if shown.finding is None:
        return shown
    session.go_to_finding(shown.finding)
    window.docks["findings"].raise_()
    QTest.qWait(2500)  # plots are filled by and by
    save_small(window, PICTURES / f"{shown.name}.png")
    return shown


def page(shown: Shown, finding: Finding) -> str:
    """What the fault is, what the window says of it, what may have led to it."""
    told = (broken_text(shown.case) or f"{shown.what}.").strip()
    since = "from the first step on" if finding.since == 0 else f"since step {finding.since:,}"
    layers = f", in {', '.join(f'`{each}`' for each in finding.layers[:6])}" if finding.layers else ""
    others = [each for each in shown.report.findings if each is not finding]
    lines = [
        f"# {shown.what}",
        "",
        told[:1].upper() + told[1:],
        "",
        f"![The window at the finding: {finding.title}](../../pictures/faults/{shown.name}.png)",
        "",
        f"**{finding.title}** {finding.why}",
        "",
        f"Found by [{finding.rule}](../../rules.md#{finding.rule}), {since}{layers}.",
        "",
        "What may have led to it, and what to look at:",
        "",
        *(f"- {each.text} {each.check}" for each in finding.causes),
    ]
    if others:
        lines += ["", "Found besides:", "", *(f"- {each.severity}: {each.title}" for each in others)]
    return "\n".join(lines) + "\n"


def broken_text(case: Case) -> str:
    """What its function says of it, without the number."""
    text = (getattr(case.make, "__doc__", "") or "").split("\n\n")[0]
    return " ".join(text.partition(": ")[2].split())


def contents(shown: list[Shown]) -> str:
    """The table of all of them."""
    lines = [
        "# Faults, as the window shows them",
        "",
        "Each is a small training that was broken on purpose, recorded, and painted by `make gallery` at what is found",
        "of it first.",
        "",
        "| what was broken | what the window says | rule |",
        "| --- | --- | --- |",
    ]
    for each in shown:
        found = each.finding
        if found is None:
            lines.append(f"| {each.what} | nothing | |")
        else:
            rule = f"[{found.rule}](../../rules.md#{found.rule})"
            lines.append(f"| [{each.what}]({each.name}.md) | {found.title} | {rule} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(*(Path(each) for each in sys.argv[1:2])))
