"""Names of layers as short as they stay different."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def tails(names: Sequence[str]) -> tuple[str, ...]:
    """The last parts of dotted names, as many as tell each from all others: ``block1.conv`` for ``body.block1.conv``.

    Args:
        names: all different.
    """
    parts = [name.split(".") for name in names]
    shown: dict[int, str] = {}
    for n_parts in range(1, len(max(parts, key=len, default=()))):
        tail = [".".join(each[-n_parts:]) for each in parts]
        counts = Counter(tail)
        for number, text in enumerate(tail):
            if number not in shown and counts[text] == 1:
                shown[number] = text
    return tuple(shown.get(number, name) for number, name in enumerate(names))
