"""A page read back."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Parts:
    """Tags with their attributes in order, and all text that is shown."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: str = ""

    def count(self, tag: str, class_: str | None = None) -> int:
        return sum(
            name == tag and (class_ is None or class_ in (of.get("class") or "").split()) for name, of in self.tags
        )


def parts_of(page: str) -> Parts:
    """What a browser would make of it."""
    parts = Parts()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            parts.tags.append((tag, dict(attrs)))

        def handle_data(self, data: str) -> None:
            parts.text += data

    reader = Reader()
    reader.feed(page)
    reader.close()
    return parts
