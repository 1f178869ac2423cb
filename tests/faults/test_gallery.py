"""The gallery of faults shows every fault that is trained, and every picture that is painted."""

import re

from tests.faults.broken import CASES
from tests.faults.gallery import PAGES, PICTURES


def test_that_the_table_has_every_fault_in_its_order() -> None:
    rows = re.findall(
        r"^\| (?:\[([^]]+)\]\((\w+)\.md\)|([A-Z][^|]+?)) \|", (PAGES / "index.md").read_text(), re.MULTILINE
    )
    named = [re.sub(r"^F\d+ ", "", case.name).lower() for case in CASES]
    assert [(title or alone).lower() for title, _, alone in rows] == named


def test_that_each_page_has_its_picture_and_each_picture_its_page() -> None:
    pages = {path.stem for path in PAGES.glob("*.md")} - {"index"}
    assert {path.stem for path in PICTURES.iterdir()} == pages
    assert all(f"faults/{name}.png" in (PAGES / f"{name}.md").read_text("utf-8") for name in pages)
