"""Which notes are of one kind, so that one that comes again and again does not fill the file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_ALIKE = 8
"""So many notes that differ in their numbers only are written; those that follow are counted."""

_NUMBER = re.compile(r"\d[\d,.]*(e[+-]?\d+)?")


@dataclass
class _Kind:
    text: str
    first_step: int
    last_step: int
    n_counted: int = 0
    """Those that were not written."""

    @property
    def told(self) -> str:
        """How often it came, in words."""
        text = self.text if len(self.text) <= 120 else f"{self.text[:119]}…"
        since = f"from step {self.first_step} on, last at step {self.last_step}"
        return f"{self.n_counted:,} more of this kind, {since}: {text}"


class RepeatedNotes:
    """Counts the notes that are not written."""

    def __init__(self) -> None:
        self._texts: set[str] = set()
        self._kinds: dict[object, _Kind] = {}
        self._alike: dict[str, int] = {}

    def is_new(self, text: str, once: object, step: int) -> bool:
        """Whether to write a note: the first with a value of ``once``; without one, the first of its words.

        Of notes without one that differ in their numbers only the first `MOST_ALIKE` are.
        """
        if once is None:
            if text in self._texts:
                return False
            self._texts.add(text)
            once = words = _NUMBER.sub("#", text)
            self._alike[words] = self._alike.get(words, 0) + 1
            if self._alike[words] <= MOST_ALIKE:
                return True
        kind = self._kinds.get(once)
        if kind is None:
            self._kinds[once] = _Kind(text, step, step, n_counted=int(isinstance(once, str) and once in self._alike))
            return not self._kinds[once].n_counted
        kind.n_counted += 1
        kind.last_step = step
        return False

    def counted(self) -> Iterator[str]:
        """A sentence for each kind of which some were not written; they are told once."""
        for kind in self._kinds.values():
            if kind.n_counted:
                yield kind.told
        self._kinds.clear()
