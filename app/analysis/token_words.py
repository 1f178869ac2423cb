"""Tokens as they can be read wherever they stand."""


def visible(word: str) -> str:
    """A token as it can be seen: ends of lines as a mark, blanks alone as one too."""
    seen = word.replace("\n", "⏎").strip(" ")
    return seen or ("␣" if word else "∅")
