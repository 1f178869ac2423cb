"""Names of classes without what tells none of them apart."""

from collections.abc import Sequence
from os.path import commonprefix


def shared_letters(names: Sequence[str]) -> int:
    """How many letters the words have that the names of several all begin with."""
    return commonprefix(list(names)).rfind(" ") + 1 if len(names) > 1 else 0


def own_words(name: str, names: Sequence[str]) -> str:
    """The name of a class without these words."""
    return name[shared_letters(names) :] or name
