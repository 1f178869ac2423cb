"""Keeps the JSON Schema in ``FORMAT.md`` what the code says: ``python -m collector.storage.format_page``."""

import json
from pathlib import Path

from collector.storage.schema import json_schema

PAGE = Path(__file__).with_name("FORMAT.md")

_BEGIN = "<!-- The rest is made by python -m collector.storage.format_page. Do not edit it. -->\n"


def with_schema(page: str) -> str:
    """The page with everything behind the marker replaced by the schema of the code.

    Raises:
        ValueError: the page has no marker.
    """
    before, marker, _ = page.partition(_BEGIN)
    if not marker:
        raise ValueError("FORMAT.md has lost the line behind which the schema stands")
    return f"{before}{marker}\n```json\n{json.dumps(json_schema(), indent=2)}\n```\n"


def rewrite(page: Path = PAGE) -> None:
    """Bring the page up to date."""
    page.write_text(with_schema(page.read_text("utf-8")), "utf-8", newline="\n")


if __name__ == "__main__":
    rewrite()
