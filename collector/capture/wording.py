"""Lists in sentences, and names that are there once."""

from collections.abc import Container, Sequence


def listed(names: Sequence[str], most: int = 3) -> str:
    """At most so many names, and how many more: ``fc1, fc2 and fc3``, ``fc1, fc2, fc3 and 4 more``."""
    shown, n_more = list(names[:most]), len(names) - most
    if n_more > 0:
        return f"{', '.join(shown)} and {n_more} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def unique_name(name: str, *taken: Container[str]) -> str:
    """The name, or ``name (2)`` and so on where something has it already."""
    unique, number = name, 1
    while any(unique in each for each in taken):
        number += 1
        unique = f"{name} ({number})"
    return unique
