"""Tokens as they can be read wherever they stand."""

from collections.abc import Mapping


def visible(word: str) -> str:
    """A token as it can be seen: ends of lines as a mark, blanks alone as one too."""
    seen = word.replace("\n", "⏎").strip(" ")
    return seen or ("␣" if word else "∅")


def token_name(number: int, names: Mapping[int, str]) -> str:
    """A token by its text, or where that is not known by its number in the vocabulary, as ``#13``."""
    return names.get(number, f"#{number}")
