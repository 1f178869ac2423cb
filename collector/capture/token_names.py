"""The texts of tokens, as far as they are needed: of those in the probe, and of those that the network finds likely."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from collector.storage.probe import LONGEST_NAME
from collector.storage.schema import TokenNamesRecord, TopLogits

MOST_NAMES = 20_000
"""Texts in one file."""

MOST_OF_ALL = 1024
"""Of a table of no more all texts are kept at the start."""

LONGEST_TEXT = 2_000
"""Characters of a sample that is a text."""

_SPACES = {"Ġ": " ", "▁": " ", "Ċ": "\n"}
"""Marks of tokenizers for what they stand for (byte-level BPE of GPT-2; SentencePiece)."""


class TokenNames:
    """Texts by number, each handed out once.

    Args:
        tokenizer: a table (list of texts, dict number → text or text → number), a function of a number, or a tokenizer
            with ``convert_ids_to_tokens``, ``id_to_token`` or ``decode``; None: there are no texts.

    Raises:
        ValueError: it is something else.
    """

    def __init__(self, tokenizer: Any = None) -> None:
        self._of, self._n = _lookup(tokenizer)
        self._told: set[int] = set()

    def __bool__(self) -> bool:
        return self._of is not None

    def first(self, *arrays: np.ndarray | None) -> dict[str, str]:
        """Of the tokens in arrays of whole numbers, and of a small table all."""
        numbers = [each[np.isfinite(each)].astype(np.int64).ravel() for each in arrays if each is not None]
        few = range(self._n) if self._n is not None and self._n <= MOST_OF_ALL else ()
        return self._new(np.concatenate([*numbers, np.fromiter(few, np.int64)]))

    def record(self, step: int, likely: TopLogits | None) -> TokenNamesRecord | None:
        """Of those among the likeliest that were not named before; None where there are none."""
        if self._of is None or likely is None or not isinstance(likely.numbers, np.ndarray):
            return None
        names = self._new(likely.numbers)
        return TokenNamesRecord(step, names) if names else None

    def _new(self, numbers: np.ndarray) -> dict[str, str]:
        if self._of is None:
            return {}
        wanted = [each for each in np.unique(numbers).tolist() if each >= 0 and each not in self._told]
        wanted = wanted[: max(0, MOST_NAMES - len(self._told))]
        self._told.update(wanted)
        return {str(each): text for each in wanted if (text := _text(self._of, each)) is not None}


def texts_of(tokenizer: Any, tokens: np.ndarray) -> list[str]:
    """The text of each sample of tokens, int ``[N, T]``; none where the tokenizer has none.

    What fills it up at its end is left out: more than one time the same token.
    """
    decode = getattr(tokenizer, "decode", None)
    of, _ = _lookup(tokenizer)
    if of is None:
        return []
    texts = []
    for row in tokens.tolist():
        n_same = next((n for n, each in enumerate(reversed(row)) if each != row[-1]), len(row))
        kept = row[: len(row) - n_same] if n_same > 1 else row
        text = _decoded(decode, kept) if callable(decode) else None
        if text is None:
            parts = [_text(of, each) or "" for each in kept]
            text = ("" if any(each.startswith(" ") for each in parts) else " ").join(parts)
        texts.append(text[:LONGEST_TEXT])
    return texts


def _decoded(decode: Callable[[list[int]], object], tokens: list[int]) -> str | None:
    try:
        text = decode(tokens)
    except Exception:  # noqa: BLE001 - the tokenizer is the user's, and may well take one token only
        return None
    return text if isinstance(text, str) else None


def check_tokenizer(tokenizer: Any) -> None:
    """Whether it has texts.

    Raises:
        ValueError: it is something else.
    """
    _lookup(tokenizer)


_Lookup = Callable[[int], object]


def _lookup(tokenizer: Any) -> tuple[_Lookup | None, int | None]:
    """A function of a number, and of a table its length."""
    if tokenizer is None:
        return None, None
    if isinstance(tokenizer, Mapping):
        is_by_text = all(isinstance(each, str) for each in tokenizer)
        table = {number: text for text, number in tokenizer.items()} if is_by_text else dict(tokenizer)
        return table.get, len(table)
    if isinstance(tokenizer, Sequence) and not isinstance(tokenizer, str):
        return (lambda number: tokenizer[number] if number < len(tokenizer) else None), len(tokenizer)
    for name in ("convert_ids_to_tokens", "id_to_token", "lookup_token"):
        if callable(found := getattr(tokenizer, name, None)):
            return found, None
    if callable(decode := getattr(tokenizer, "decode", None)):
        return (lambda number: decode([number])), None
    if callable(tokenizer):
        return tokenizer, None
    raise ValueError(
        f"tokenizer is of type {type(tokenizer).__name__}; give a tokenizer with convert_ids_to_tokens or decode, a "
        "list of texts, a dict of texts and numbers, or a function of a number"
    )


def _text(of: _Lookup, number: int) -> str | None:
    try:
        text = of(number)
    except Exception:  # noqa: BLE001 - the tokenizer is the user's, and may well have no such token
        return None
    if text is None:
        return None
    readable = str(text)
    for mark, meaning in _SPACES.items():
        readable = readable.replace(mark, meaning)
    return readable[:LONGEST_NAME]
