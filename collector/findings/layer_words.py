"""Names of layers within a sentence."""

from collections.abc import Sequence

MOST = 3


def layer_words(name: str) -> str:
    """A layer's name; one that is a number alone, as those of a Sequential, is said to be a layer's: ``layer 0``."""
    return f"layer {name}" if _is_number(name) else name


def layers_words(names: Sequence[str], most: int = MOST) -> str:
    """Some names, and how many more there are: ``fc1, fc2 and 3 more``, ``layers 0, 2``."""
    told = names[:most]
    word = ("layers " if len(told) > 1 else "layer ") if told and all(map(_is_number, told)) else ""
    more = len(names) - len(told)
    return f"{word}{', '.join(told)}" + (f" and {more} more" if more else "")


def _is_number(name: str) -> bool:
    return name.replace(".", "").isdigit()
